"""``longgame tournament``: every strategy against every other, and a league table."""

from __future__ import annotations

from longgame.experiments.cli.lab import SEEDS, Lab, Payoff, Strategies
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds


def tournament(
    *strategies: Strategies,
    lab: Lab = Lab(),
    market: Market = Market(),
    seeds: Seeds = SEEDS,
    payoff: Payoff = "profit",
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Play the tournament, print the league table, and write everything.

    Parameters
    ----------
    seeds : int
        Runs of every market.
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson.
    out : str, optional
        Where the results go (default results/tournament, with six letters of what was chosen).
    """
    from longgame.experiments.studies.values import Tournament

    contest = lab.choose(strategies, market)
    study = Tournament(contest.strategies, contest.organisation, payoff)
    return contest.carry_out(study, seeds, running, out, line)
