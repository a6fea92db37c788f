"""Arguments of the calls in `longgame.api`: taken as they are meant, or refused in one line before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from os import PathLike
from typing import Any

import numpy as np

from longgame.experiments.store.store import ResultStore
from longgame.sim.agents import Salesperson
from longgame.sim.errors import InputError, nearest, shown_as
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import load_scenario, set_values
from longgame.sim.strategy import Strategy
from longgame.sim.strategy_class import strategy_of


def refused(name: str, value: object, right: str) -> InputError:
    """Return the error that says what is wrong with an argument, and what is right."""
    return InputError(f"{name} is {shown_as(value)}; {right}")


def check_one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """See that an argument is one of some words."""
    if value not in choices:
        raise refused(name, value, nearest(str(value), choices))


def check_count(name: str, value: object) -> None:
    """See that an argument is a whole number from 1 on."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise refused(name, value, "give a whole number from 1 on")


def seeds_of(seeds: int | Sequence[int]) -> tuple[int, ...]:
    """Return the seeds that are meant by how many or which; `Plan` looks at each."""
    if isinstance(seeds, Iterable) and not isinstance(seeds, str | bytes):
        return tuple(seeds)
    check_count("seeds", seeds)
    return tuple(range(seeds))


def dial_of(dial: object, base: Scenario) -> Mapping[str, Sequence[float]]:
    """Return a dial of a sweep and its values."""
    from longgame.experiments.studies.sweep import read_sweep

    if isinstance(dial, str):
        return dict([read_sweep(dial, "sweep", base)])
    if not isinstance(dial, Mapping):
        raise refused("dial", dial, 'give "word_of_mouth.gossip=0:0.9:10" or {"word_of_mouth.gossip": [0, 0.5, 0.9]}')
    for name, values in dial.items():
        if isinstance(values, str) or not isinstance(values, Iterable) or not list(values):
            raise refused(f"the values of dial {name}", values, "give a list of at least one number")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, Real):
                raise refused(f"a value of dial {name}", value, "give a number")
            set_values(base, [f"{name}={value}"])
    return dial


def strategies_of(given: Any) -> list[str | Strategy]:
    """Return the strategies of a tournament; a class is the strategy that it plays."""
    right = "name a strategy from `longgame list`, or give a file, a Strategy or a Salesperson class"
    found: list[str | Strategy] = []
    for one in listed("strategies", given):
        if isinstance(one, PathLike):
            found.append(str(one))
        elif isinstance(one, type) and issubclass(one, Salesperson):
            found.append(strategy_of(one))
        elif isinstance(one, str | Strategy):
            found.append(one)
        else:
            raise refused("a strategy", one, right)
    return found


def scenario_of(scenario: Scenario | str | PathLike[str], months: int | None = None) -> Scenario:
    """Return a scenario, loaded if it is a name or a file."""
    if not isinstance(scenario, Scenario | str | PathLike):
        raise refused("scenario", scenario, "give a Scenario, the name of a configuration, or a file")
    found = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return found if months is None else found.but(months=months)


def markets_of(scenarios: Any) -> dict[str, Scenario]:
    """Return markets by name, loaded where names or files are given."""
    if isinstance(scenarios, Mapping):
        return {str(name): scenario_of(one) for name, one in scenarios.items()}
    loaded = [scenario_of(one) for one in listed("scenarios", scenarios)]
    names = [one.name for one in loaded]
    for name in names:
        if names.count(name) > 1:
            raise refused("scenarios", name, "two have this name; give a dict of names and scenarios")
    return dict(zip(names, loaded, strict=True))


def listed(name: str, value: Any) -> list[Any]:
    """Return the items of an argument that has to be a list, refused where it is none."""
    if isinstance(value, str | PathLike | Scenario) or not isinstance(value, Iterable):
        raise refused(name, value, "give a list of them")
    return list(value)


def name_of(measure: Any) -> str:
    """Return the name of a function that measures a run."""
    if not callable(measure):
        raise refused("a measure", measure, "give a Measure, or a function of a result that returns a table")
    return getattr(measure, "__name__", type(measure).__name__)


def check_where(workers: Any, store: Any) -> None:
    """Refuse workers and stores that are none."""
    if workers is not None:
        check_count("workers", workers)
    if store is not None and not isinstance(store, ResultStore):
        raise refused("store", store, 'give an open one: ResultStore("runs.sqlite")')
