"""``longgame tournament``: every strategy against every other, and a league table."""

from __future__ import annotations

from longgame.experiments.cli.lab import SEEDS, Lab, Payoff, Strategies
from longgame.experiments.cli.options import EnsembleName, Folder, Line, Market, Running, Seeds


def tournament(
    *strategies: Strategies,
    lab: Lab = Lab(),
    market: Market = Market(),
    seeds: Seeds | None = None,
    payoff: Payoff = "profit",
    markets: EnsembleName | None = None,
    quick: bool = False,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Play the tournament, print the league table, and write everything.

    Parameters
    ----------
    seeds : int, optional
        Runs of every market (default 16; with --markets 3, with --quick 2).
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson.
    markets : str, optional
        Play in all markets of an ensemble instead of one: a stored ensemble, or a file. Then all sell together, and
        each in a market of its own; duels are left out.
    quick : bool
        With --markets: 30 of them.
    out : str, optional
        Where the results go (default results/tournament, with six letters of what was chosen).
    """
    from longgame.experiments.studies.values import Tournament
    from longgame.sim.errors import InputError

    contest = lab.choose(strategies, market)
    if markets is not None:
        from longgame.experiments.cli.over_markets import Asked, tournament_over

        return tournament_over(contest, payoff, Asked(markets, market, seeds, quick, running, out, line))
    if quick:
        raise InputError("--quick: goes with --markets; use --seeds instead")
    study = Tournament(contest.strategies, contest.organisation, payoff)
    return contest.carry_out(study, seeds or SEEDS, running, out, line)
