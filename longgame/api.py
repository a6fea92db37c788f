"""The program in one call each: a run, a claim, a tournament, a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd
from pydantic import ValidationError

from longgame.arguments import (
    check_count,
    check_one_of,
    check_where,
    dial_of,
    listed,
    markets_of,
    name_of,
    refused,
    scenario_of,
    seeds_of,
    strategies_of,
)
from longgame.default_market import DEFAULT
from longgame.experiments import studies
from longgame.experiments.claim import QUICK_SEEDS, SEEDS
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SHARED, SINGLETON, Arm
from longgame.experiments.design.compositions import PAYOFFS
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.measures.totals import SUMMARY_UNITS
from longgame.experiments.reports.played import Played
from longgame.experiments.reports.run import about
from longgame.experiments.runs.runner import Outcome, run_plan
from longgame.experiments.study import Experiment, Findings
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.engine import run as simulate
from longgame.sim.errors import InputError, refusals
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy


def run(
    scenario: Scenario | str | PathLike[str] = DEFAULT,
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
        If there is no such scenario, or an argument is none that it can be.

    Examples
    --------
    >>> import longgame
    >>> result = longgame.run(months=12, seed=1)
    >>> sorted(result.tables)
    ['customers', 'market', 'monthly', 'salespeople']
    """
    check_count("threads", threads)
    found = simulate(scenario_of(scenario, months), seed, orders=orders, threads=threads)
    return Played(found.scenario, found.seed, found.months, found.makers)


def run_many(
    scenarios: Mapping[str, Scenario | str | PathLike[str]] | Iterable[Scenario | str | PathLike[str]],
    seeds: int | Sequence[int],
    measures: Iterable[Measure | Callable[[Any], pd.DataFrame]] = (HORIZONS,),
    *,
    workers: int | None = None,
    store: Any = None,
    progress: bool = True,
) -> Outcome:
    """Play many markets with many seeds, and keep what measures make of each run.

    Parameters
    ----------
    scenarios : mapping or iterable of Scenario, str or path
        Markets by name; those of an iterable are called after their scenarios.
    seeds : int or sequence of int
        How many, or which; the same for every market.
    measures : iterable of Measure or callable
        Each takes a `Result` and returns a table. By default the summary of every group at every horizon.
    workers, store, progress
        As for `experiment`.

    Returns
    -------
    Outcome
        ``tables`` by the name of the measure, with columns ``market`` and ``seed``, and ``failures``: a run that
        fails is missing in the tables, and stops no other.

    Raises
    ------
    InputError
        If an argument is none that it can be.

    Examples
    --------
    >>> import longgame
    >>> market = longgame.Scenario(months=12).but({"customers.count": 200})
    >>> found = longgame.run_many([market], seeds=3, workers=1)
    >>> found.tables["horizons"].groupby("seed").size().to_list()
    [4, 4, 4]
    """
    named = markets_of(scenarios)
    taken = [one if isinstance(one, Measure) else Measure(name_of(one), one) for one in listed("measures", measures)]
    check_where(workers, store)
    try:
        plan = Plan(named, seeds_of(seeds), taken)
    except ValueError as error:
        raise InputError(f"run_many: {error}") from None
    return run_plan(plan, workers=workers, store=store, progress=progress)


def experiment(
    what: Experiment | str | PathLike[str],
    scenario: Scenario | str | PathLike[str] = DEFAULT,
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
    what : Experiment, str or path
        Anything with a name, a text and a method ``run(scenario, seeds, answer)``; a name from `longgame list`, or a
        file of your own with a `CLAIM` or a `STUDY`.
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

    Raises
    ------
    InputError
        If an argument is none that it can be, or the scenario cannot hold the markets of the experiment.
    """
    asked = studies.load(str(what)) if isinstance(what, str | PathLike) else what
    if not isinstance(asked, Experiment):
        raise refused("experiment", what, "give a Claim, a Study, or the name or file of one")
    check_where(workers, store)
    chosen = scenario_of(scenario, months)
    wanted = seeds_of(seeds)
    notes: dict[str, Any] = {}

    def answer(plan: Any) -> Any:
        outcome = run_plan(plan, workers=workers, store=store, progress=progress)
        if outcome.failures:
            first = outcome.failures[0]
            raise RuntimeError(f"market {first.market!r}, seed {first.seed}: {first.error}")
        notes.update(about([f"longgame.experiment({asked.name!r})"], plan, outcome))
        return outcome.tables

    try:
        found = asked.run(chosen, wanted, answer)
    except ValidationError as error:
        raise InputError(f"scenario: cannot hold the markets of {asked.name}: {refusals(error)}") from None
    return found.with_about(chosen, notes)


def claim(
    name: str | PathLike[str],
    scenario: Scenario | str | PathLike[str] = DEFAULT,
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
    if not isinstance(name, str | PathLike):
        raise refused("claim", name, "give a name from `longgame list`, or a file")
    return experiment(studies.load(str(name)), scenario, seeds=wanted, **how)


def sweep(
    *dials: str | Mapping[str, Sequence[float]],
    ours: str | Strategy | Arm = "collaborative",
    theirs: str | Strategy | Arm = "adversarial",
    organisation: str = HERD,
    setting: str = SHARED,
    column: str = "profit",
    scenario: Scenario | str | PathLike[str] = DEFAULT,
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
    from longgame.experiments.studies.sweep import Sweep

    for name, value, choices in (
        ("organisation", organisation, ORGANISATIONS),
        ("setting", setting, tuple(MARKET_WORDS)),
        ("column", column, tuple(SUMMARY_UNITS)),
    ):
        check_one_of(name, value, choices)
    base = scenario_of(scenario, how.pop("months", None))
    turned: dict[str, Sequence[float]] = {}
    for dial in dials:
        turned.update(dial_of(dial, base))
    if not 1 <= len(turned) <= 2:
        raise InputError(f"dials: {len(turned)} are given; a sweep takes one or two")
    our, their = (
        side if isinstance(side, Arm) else Arm(*strategies_of([side]), organisation) for side in (ours, theirs)
    )
    if our.name == their.name:
        raise refused("theirs", their.name, "it is the same as ours; compare two")
    return experiment(Sweep(turned, our, their, setting=setting, column=column), base, seeds=seeds, **how)


def tournament(
    strategies: Iterable[str | Strategy] = (),
    *,
    organisation: str = SINGLETON,
    payoff: str = "profit",
    scenario: Scenario | str | PathLike[str] = DEFAULT,
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

    Raises
    ------
    InputError
        If there is no such strategy, or an argument is none that it can be.
    """
    from longgame.experiments.design.entrants import entrants
    from longgame.experiments.studies.values import Tournament

    check_one_of("organisation", organisation, ORGANISATIONS)
    check_one_of("payoff", payoff, PAYOFFS)
    base = scenario_of(scenario, how.pop("months", None))
    given = strategies_of(strategies)
    words = [one for one in given if isinstance(one, str)]
    own = {one.name: one for one in given if not isinstance(one, str)}
    taking_part = {**(entrants(words, base) if len(words) > 1 or not own else {}), **own}
    return experiment(Tournament(taking_part, organisation, payoff), base, seeds=seeds, **how)
