"""``longgame tournament``: every strategy against every other, and a league table."""

from __future__ import annotations

import argparse
import os
import textwrap
import time
from collections.abc import Sequence
from functools import partial

from longgame.experiments.cli import lab_options as lab
from longgame.experiments.cli.options import screen_width


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    lab.add(command, "tournament")
    lab.add_payoff(command, "profit", "")


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Play the tournament, print the league table, and write everything."""
    from longgame.experiments.figures.style import save
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import tournament, tournament_figure, tournament_report
    from longgame.experiments.words import ORGANISATION_WORDS

    choice = lab.chosen(options)
    out = lab.results_path("tournament", options, choice)
    start = time.perf_counter()
    with results_folder(out) as draft:
        wanted = tournament.compositions(choice.strategies, choice.firms, choice.organisation)
        found = lab.payoff_table("tournament", wanted, options, choice)
        if found is None:
            return 1
        table, about = found
        league = tournament.league(tournament.scores(table, choice.firms, options.payoff))
        duels = tournament.results(table, options.payoff)
        half = tournament.shares_of("duel", choice.firms)
        record = tournament.record(duels, half)
        where = ORGANISATION_WORDS[choice.organisation]
        command = " ".join(["longgame", *arguments])
        lab.write(draft, {"payoffs": table, "league": league, "duels": duels}, about, options, choice, arguments)
        (draft / "league.json").write_text(
            tournament_report.as_json(league, {"payoff": options.payoff, "where": where, "command": command}),
            encoding="utf-8",
        )
        (draft / "league.md").write_text(
            tournament_report.markdown(league, record, options.payoff, where, command), encoding="utf-8"
        )
        draw = partial(
            tournament_figure.figure_duels, duels=duels, league=league, share=half, payoff=options.payoff, where=where
        )
        save(draw, draft / "figures" / "duels")
    print(f"\n{tournament_report.terminal(league, record)}\n")
    print(textwrap.fill(tournament_report.explained(league, options.payoff, where), screen_width()))
    print(f"\nIn {time.perf_counter() - start:.0f} s. Results: {out}{os.sep}")
    return 0
