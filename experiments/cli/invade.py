"""``longgame invade``: which strategy takes over whose market."""

from __future__ import annotations

from longgame.experiments.cli.lab import SEEDS, Lab, Payoff, Strategies
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds, report
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
    seeds : int
        Runs of every market.
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson.
    out : str, optional
        Where the results go (default results/invade, with six letters of what was chosen).
    """
    from longgame.experiments.studies.invasion import enough_seeds
    from longgame.experiments.studies.values import Invasion

    contest = lab.choose(strategies, market)
    needed = enough_seeds(len(contest.strategies))
    if seeds < needed:
        report(
            f"longgame: with {many(seeds, 'seed')} every verdict is `undecided`: "
            f"{len(contest.strategies)} strategies take at least --seeds {needed}"
        )
    study = Invasion(contest.strategies, contest.organisation, payoff)
    return contest.carry_out(study, seeds, running, out, line)
