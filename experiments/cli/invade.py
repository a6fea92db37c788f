"""``longgame invade``: which strategy takes over whose market."""

from __future__ import annotations

import os
import textwrap
import time
from functools import partial

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.lab import SEEDS, Lab, Payoff, Strategies, payoff_table, write
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds, report, screen_width
from longgame.experiments.tables import text_table
from longgame.experiments.words import many


def invade(
    *strategies: Strategies,
    lab: Lab = Lab(),
    market: Market = Market(),
    seeds: Seeds = SEEDS,
    payoff: Payoff = "profit",
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Let every strategy invade every other, print what becomes of every market, and write everything.

    Parameters
    ----------
    strategies : str
        Names from `longgame list`, and files of your own: .toml with [[strategies]], .py with Strategy objects, which
        is run (default, and beside files alone: all that have a name).
    seeds : int
        Runs of every market.
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson.
    out : str, optional
        Where the results go (default results/invade, with six letters of what was chosen).
    """
    from longgame.experiments.figures.style import save
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import invasion, invasion_figure, invasion_report
    from longgame.experiments.words import ORGANISATION_WORDS

    contest = lab.choose(strategies, market)
    path = contest.folder("invade", out)
    needed = invasion.enough_seeds(len(contest.strategies))
    if seeds < needed:
        report(
            f"longgame: with {many(seeds, 'seed')} every verdict is `undecided`: "
            f"{len(contest.strategies)} strategies take at least --seeds {needed}"
        )
    start = time.perf_counter()
    with results_folder(path) as draft, running.open() as workers:
        wanted = invasion.compositions(contest.strategies, contest.firms, contest.organisation)
        table, about = payoff_table("invade", wanted, contest, seeds, workers, line)
        found = invasion.verdicts(table, payoff)
        where = ORGANISATION_WORDS[contest.organisation]
        words = (invasion.few_of(contest.firms), payoff, where)
        write(draft, {"payoffs": table, "verdicts": found}, about, contest)
        (draft / "invasion.md").write_text(invasion_report.markdown(found, *words, line), encoding="utf-8")
        told = invasion_report.as_json(found, {"payoff": payoff, "where": where, "command": line})
        (draft / "invasion.json").write_text(told, encoding="utf-8")
        draw = partial(invasion_figure.figure_graph, found=found, few=words[0], payoff=payoff, where=where)
        save(draw, draft / "figures" / "invasion")
    print()
    room = screen_width() - max(map(len, contest.strategies)) - 2
    print(text_table([(name, textwrap.fill(said, room)) for name, said in invasion_report.sentences(found)]))
    print("\n" + textwrap.fill(invasion_report.explained(found, *words), screen_width()))
    print(f"\nIn {time.perf_counter() - start:.0f} s. Results: {path}{os.sep}")
    return DONE
