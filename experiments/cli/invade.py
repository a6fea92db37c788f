"""``longgame invade``: which strategy takes over whose market."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
import time
from collections.abc import Sequence
from functools import partial

from longgame.experiments.cli import lab_options as lab
from longgame.experiments.cli.options import screen_width
from longgame.experiments.tables import text_table
from longgame.experiments.words import many


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    lab.add(command, "invade")
    lab.add_payoff(command, "profit", "")


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Let every strategy invade every other, print what becomes of every market, and write everything."""
    from longgame.experiments.figures.style import save
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import invasion as invade
    from longgame.experiments.studies import invasion_figure as invade_figure
    from longgame.experiments.studies import invasion_report as invade_report
    from longgame.experiments.words import ORGANISATION_WORDS

    choice = lab.chosen(options)
    out = lab.results_path("invade", options, choice)
    needed = invade.enough_seeds(len(choice.strategies))
    if options.seeds < needed:
        print(
            f"longgame: with {many(options.seeds, 'seed')} every verdict is `undecided`: "
            f"{len(choice.strategies)} strategies take at least --seeds {needed}",
            file=sys.stderr,
        )
    start = time.perf_counter()
    with results_folder(out) as draft:
        wanted = invade.compositions(choice.strategies, choice.firms, choice.organisation)
        made = lab.payoff_table("invade", wanted, options, choice)
        if made is None:
            return 1
        table, about = made
        found = invade.verdicts(table, options.payoff)
        where = ORGANISATION_WORDS[choice.organisation]
        words = (invade.few_of(choice.firms), options.payoff, where)
        command = " ".join(["longgame", *arguments])
        lab.write(draft, {"payoffs": table, "verdicts": found}, about, options, choice, arguments)
        (draft / "invasion.md").write_text(invade_report.markdown(found, *words, command), encoding="utf-8")
        (draft / "invasion.json").write_text(
            invade_report.as_json(found, {"payoff": options.payoff, "where": where, "command": command}),
            encoding="utf-8",
        )
        draw = partial(invade_figure.figure_graph, found=found, few=words[0], payoff=options.payoff, where=where)
        save(draw, draft / "figures" / "invasion")
    print()
    room = screen_width() - max(map(len, choice.strategies)) - 2
    print(text_table([(name, textwrap.fill(said, room)) for name, said in invade_report.sentences(found)]))
    print("\n" + textwrap.fill(invade_report.explained(found, *words), screen_width()))
    print(f"\nIn {time.perf_counter() - start:.0f} s. Results: {out}{os.sep}")
    return 0
