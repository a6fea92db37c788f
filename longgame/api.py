"""The program in one call each: a run, a claim, a tournament, a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

from longgame.experiments import claims
from longgame.experiments.claim import QUICK_SEEDS, SEEDS
from longgame.experiments.design.arms import HERD, SHARED, SINGLETON, Arm
from longgame.experiments.reports.played import Played
from longgame.experiments.reports.run import about
from longgame.experiments.runs.runner import run_plan
from longgame.experiments.study import Experiment, Findings
from longgame.sim.engine import run as simulate
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import load_scenario
from longgame.sim.strategy import Strategy


def scenario_of(scenario: Scenario | str | PathLike[str], months: int | None = None) -> Scenario:
    """Return a scenario, loaded if it is a name or a file."""
    found = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return found if months is None else found.but(months=months)


def run(
    scenario: Scenario | str | PathLike[str] = "default",
    seed: int = 0,
    *,
    months: int | None = None,
    orders: bool = False,
    threads: int = 1,
) -> Played:
    """Play one market.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, the name of a configuration (`longgame list`), or a scenario file.
    seed : int
        Same scenario and seed, same result, to the last bit.
    months : int, optional
        Another length of the run.
    orders : bool
        Also keep the order log.
    threads : int
        Threads inside this run; the result does not depend on it.

    Returns
    -------
    Played
        Tables, `plot`, `summary`.

    Raises
    ------
    InputError
        If there is no such scenario.

    Examples
    --------
    >>> import longgame
    >>> result = longgame.run(months=12, seed=1)
    >>> sorted(result.tables)
    ['customers', 'market', 'monthly', 'salespeople']
    """
    found = simulate(scenario_of(scenario, months), seed, orders=orders, threads=threads)
    return Played(found.scenario, found.seed, found.makers)


def experiment(
    what: Experiment,
    scenario: Scenario | str | PathLike[str] = "default",
    *,
    seeds: int | Sequence[int] = SEEDS,
    months: int | None = None,
    workers: int | None = None,
    store: Any = None,
    progress: bool = True,
) -> Findings:
    """Run a claim, a study, or any experiment of your own.

    Parameters
    ----------
    what : Experiment
        Anything with a name, a text and a method ``run(scenario, seeds, answer)``.
    scenario : Scenario, str or path
    seeds : int or sequence of int
        How many, or which.
    months : int, optional
    workers : int, optional
        Worker processes; one per core if left out, 1 runs here.
    store : ResultStore, optional
        Where finished runs are kept and found again.
    progress : bool
        Show a bar on a terminal or in a notebook.
    """
    chosen = scenario_of(scenario, months)
    wanted = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    notes: dict[str, Any] = {}

    def answer(plan: Any) -> Any:
        outcome = run_plan(plan, workers=workers, store=store, progress=progress)
        if outcome.failures:
            first = outcome.failures[0]
            raise RuntimeError(f"market {first.market!r}, seed {first.seed}: {first.error}")
        notes.update(about([f"longgame.experiment({what.name!r})"], plan, outcome))
        return outcome.tables

    return what.run(chosen, wanted, answer).with_about(chosen, notes)


def claim(
    name: str | PathLike[str],
    scenario: Scenario | str | PathLike[str] = "default",
    *,
    quick: bool = False,
    seeds: int | Sequence[int] | None = None,
    **how: Any,
) -> Findings:
    """Run a claim and say whether it holds.

    Parameters
    ----------
    name : str or path
        A name from `longgame list`, or a file of your own with a `CLAIM`.
    scenario : Scenario, str or path
    quick : bool
        Fewer seeds, for a first look.
    seeds : int or sequence of int, optional
    **how
        As for `experiment`.

    Examples
    --------
    >>> import longgame
    >>> market = longgame.Scenario(months=12).but({"customers.count": 200})
    >>> longgame.claim("desperate", market, seeds=6, workers=1).verdict.outcome
    'holds'
    """
    wanted = seeds if seeds is not None else QUICK_SEEDS if quick else SEEDS
    return experiment(claims.load(str(name)), scenario, seeds=wanted, **how)


def sweep(
    *dials: str | Mapping[str, Sequence[float]],
    ours: str | Strategy | Arm = "collaborative",
    theirs: str | Strategy | Arm = "adversarial",
    organisation: str = HERD,
    setting: str = SHARED,
    column: str = "profit",
    scenario: Scenario | str | PathLike[str] = "default",
    seeds: int | Sequence[int] = 6,
    **how: Any,
) -> Findings:
    """Turn one or two dials of the scenario and see who is ahead at every value.

    Parameters
    ----------
    *dials : str or mapping
        One or two, each ``"word_of_mouth.gossip=0:0.9:10"`` or ``{"word_of_mouth.gossip": [0, 0.5, 0.9]}``.
    ours, theirs : str, Strategy or Arm
    organisation : {"herd", "singleton"}
        How both sides work, unless they are arms.
    setting : {"shared", "separate"}
        Whether both compete for the same customers.
    column : str
        What is compared, a column of the run summary.
    scenario, seeds, **how
        As for `experiment`.

    Raises
    ------
    InputError
        If there is no such dial, or the scenario cannot have such a value.

    Examples
    --------
    >>> import longgame
    >>> market = longgame.Scenario(months=12).but({"customers.count": 200})
    >>> found = longgame.sweep("word_of_mouth.gossip=0:0.8:2", scenario=market, workers=1)
    >>> list(found.tables["points"]["word_of_mouth.gossip"])
    [0.0, 0.8]
    """
    from longgame.experiments.studies.sweep import Sweep, read_sweep

    base = scenario_of(scenario, how.pop("months", None))
    turned: dict[str, Sequence[float]] = {}
    for dial in dials:
        turned.update(dial if isinstance(dial, Mapping) else [read_sweep(dial, "sweep", base)])
    if not 1 <= len(turned) <= 2:
        raise ValueError(f"{len(turned)} dials are given; a sweep takes one or two")
    sides = [side if isinstance(side, Arm) else Arm(side, organisation) for side in (ours, theirs)]
    return experiment(Sweep(turned, *sides, setting=setting, column=column), base, seeds=seeds, **how)


def tournament(
    strategies: Iterable[str | Strategy] = (),
    *,
    organisation: str = SINGLETON,
    payoff: str = "profit",
    scenario: Scenario | str | PathLike[str] = "default",
    seeds: int | Sequence[int] = 16,
    **how: Any,
) -> Findings:
    """Play strategies against each other, alone and among all, and return a league table.

    Parameters
    ----------
    strategies : iterable of str, Strategy or Salesperson class
        Names, files of your own (``.toml``, ``.py``), values or classes; all of the library if none is given.
    organisation : {"singleton", "herd"}
    payoff : {"profit", "pay"}
    scenario, seeds, **how
        As for `experiment`.
    """
    from longgame.experiments.design.entrants import entrants
    from longgame.experiments.studies.values import Tournament

    base = scenario_of(scenario, how.pop("months", None))
    given = list(strategies)
    words = [one for one in given if isinstance(one, str)]
    own = {one.name: one for one in given if not isinstance(one, str)}
    taking_part = {**(entrants(words, base) if len(words) > 1 or not own else {}), **own}
    return experiment(Tournament(taking_part, organisation, payoff), base, seeds=seeds, **how)
