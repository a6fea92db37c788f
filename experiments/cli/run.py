"""``longgame run``: a claim, or an experiment of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from longgame.default_market import DEFAULT
from longgame.experiments.cli.carry import announce, carry_out
from longgame.experiments.cli.options import EnsembleName, Folder, Line, Market, Running, Seeds, report
from longgame.experiments.words import many

if TYPE_CHECKING:
    from longgame.experiments.design.plan import Plan
    from longgame.experiments.study import Experiment
    from longgame.sim.scenario import Scenario


def run(
    experiment: str,
    /,
    *,
    market: Market = Market(),
    seeds: Seeds | None = None,
    running: Running = Running(),
    out: Folder | None = None,
    quick: bool = False,
    until_clear: bool = False,
    max_seeds: Seeds | None = None,
    markets: EnsembleName | None = None,
    line: Line,
) -> int:
    """Run an experiment, print what was found, and write it.

    Parameters
    ----------
    experiment : str
        A name from `longgame list`, or a file of your own (.py) with a CLAIM or a STUDY.
    seeds : int, optional
        Runs of every market (default 20, with --quick 10).
    out : str, optional
        Where the results go (default results/EXPERIMENT, with the scenario's name where it is another and six letters
        of its key where numbers were set).
    quick : bool
        Fewer seeds, for a first look.
    until_clear : bool
        More and more seeds until the verdict is clear, with intervals corrected for looking often; --seeds is then
        the first look (default 16).
    max_seeds : int, optional
        Where --until-clear ends at the latest (default 100).
    markets : str, optional
        Run a claim in all markets of an ensemble instead of one: a stored ensemble, or a file.
    """
    from longgame.experiments.claim import QUICK_SEEDS, SEEDS
    from longgame.experiments.studies import load

    asked, planned = load(experiment), _planned(quick, until_clear, seeds, max_seeds)
    if markets is not None:
        from longgame.experiments.cli.over_markets import Asked, over_markets
        from longgame.sim.errors import InputError

        if planned or not hasattr(asked, "analyse"):
            raise InputError(f"--markets: goes with claims alone, without --until-clear; {experiment}: leave it out")
        over = Asked(markets, market, seeds, quick, running, out, line)
        return over_markets({asked.name: asked}, over)
    chosen = market.load()
    name, one_plan = asked.name, hasattr(asked, "analyse")
    if planned:
        asked = _looked_at(asked, experiment, planned)
    return carry_out(
        asked,
        chosen,
        seeds or (QUICK_SEEDS if quick else SEEDS),
        name=chosen.name(name),
        running=running,
        out=out,
        line=line,
        whole=not one_plan,  # a claim is answered by the runs that there are
        before=_announce if one_plan else announce,
    )


def _planned(quick: bool, until_clear: bool, seeds: int | None, most: int | None) -> tuple[int, ...]:
    """Return the seeds at every look of --until-clear; nothing without it."""
    from longgame.experiments.runs import sequential
    from longgame.sim.errors import InputError

    if not until_clear:
        if most is not None:
            raise InputError("--max-seeds: goes with --until-clear; add that, or use --seeds")
        return ()
    if quick:
        raise InputError("--quick: does not go with --until-clear; leave one of them out")
    most = most or max(sequential.MOST, seeds or 0)
    if seeds and seeds > most:
        raise InputError(f"--seeds {seeds}: is more than --max-seeds {most}")
    try:
        return sequential.schedule(seeds or sequential.LEAST, most)
    except ValueError as error:
        raise InputError(f"--max-seeds: {error}") from None


def _looked_at(asked: Any, word: str, planned: tuple[int, ...]) -> Experiment:
    """Return a claim that is run until it is clear."""
    from longgame.experiments.runs.sequential import UntilClear
    from longgame.sim.errors import InputError

    if not hasattr(asked, "analyse"):
        raise InputError(f"{word}: has no plan that could be run with more seeds; leave --until-clear out")
    return UntilClear(asked, planned, report)


def _announce(name: str, plan: Plan, scenario: Scenario) -> None:
    """Report what will be run, and that a claim arranges the firms itself where the scenario has firms of its own."""
    from longgame.sim.configurations import CONFIGURATIONS
    from longgame.sim.scenario import Scenario

    announce(name, plan, scenario)
    usual = (Scenario(), CONFIGURATIONS[DEFAULT])
    if (scenario.firms, scenario.strategies) in [(market.firms, market.strategies) for market in usual]:
        return
    groups = [group for market in plan.markets.values() for group in market.firms]
    strategies = list(dict.fromkeys(strategy for group in groups for strategy in group.strategies))
    sizes = sorted({group.members for group in groups})
    made = " and ".join("singletons" if size == 1 else f"herds of {size}" for size in sizes)
    sellers = sorted({market.sellers for market in plan.markets.values()})
    report(
        f"{name} arranges the firms itself: {many(len(strategies), 'strategy', 'strategies')} "
        f"({', '.join(strategies)}) as {made}, {' or '.join(f'{s:,}' for s in sellers)} salespeople in every "
        "market. The scenario's own firms are not used, only the size and rules of its herds and singletons."
    )
