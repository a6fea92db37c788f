"""An experiment is a value: a `Plan` says which markets, which seeds, and what is measured in each run."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measure:
    """What is kept of a run: a function from a `sim.Result` to a tidy table.

    The table may depend on nothing but the result, and not on the name of its scenario: what a results store
    keeps is found again by the scenario's numbers.

    Attributes
    ----------
    name : str
        Name of the table it fills.
    of : callable
        The function. It must live at the top of a module, because worker processes import it. Its columns may
        hold numbers, bool, text and categories, with missing values.
    version : int
        Raise it whenever the same result would be measured differently: a results store keeps what it has.
    orders : bool
        Whether the run has to keep its order log.
    """

    name: str
    of: Callable[[Any], pd.DataFrame]
    version: int = 1
    orders: bool = False

    @property
    def function(self) -> str:
        """Name of the function: measures of one name that are made by different functions are kept apart."""
        return _name_of(self.of)


def _name_of(function: Any) -> str:
    """Return where a function lives, with what it is given beforehand."""
    if isinstance(function, functools.partial):
        given = [*map(repr, function.args), *(f"{k}={v!r}" for k, v in sorted(function.keywords.items()))]
        return f"{_name_of(function.func)}({', '.join(given)})"
    module = getattr(function, "__module__", None)
    if module == "__main__":  # `python -m name` is that module; another script's is another function
        main = sys.modules["__main__"]
        spec = getattr(main, "__spec__", None)
        module = spec.name if spec else Path(getattr(main, "__file__", None) or module).stem
    return f"{module}.{getattr(function, '__qualname__', None) or repr(function)}"


@dataclass(frozen=True)
class Run:
    """One market, one seed: the smallest piece of work.

    Attributes
    ----------
    arm : str
        Name of the market in its plan.
    scenario : Scenario
    seed : int
    key : str
        What identifies the run for good, whatever plan it is in: a hash of scenario and model version, and
        the seed.
    """

    arm: str
    scenario: Scenario
    seed: int
    key: str


@dataclass(frozen=True)
class Plan:
    """Every market of an experiment × every seed, and the measures taken of each run.

    Attributes
    ----------
    scenarios : mapping
        Name of the arm to its market.
    seeds : tuple of int
        The same for every arm, so that runs can be paired.
    measures : tuple of Measure
        At least one; names must differ.

    Examples
    --------
    >>> plan = Plan({"short": Scenario(months=12), "long": Scenario(months=24)}, (0, 1), (Measure("m", len),))
    >>> [(run.arm, run.seed) for run in plan.runs()]
    [('short', 0), ('long', 0), ('short', 1), ('long', 1)]
    """

    scenarios: Mapping[str, Scenario]
    seeds: tuple[int, ...]
    measures: tuple[Measure, ...]

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise ValueError("a plan needs at least one scenario")
        if not self.seeds:
            raise ValueError("a plan needs at least one seed")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("a plan's seeds must differ: a repeated seed is the same run, not another one")
        names = [m.name for m in self.measures]
        if not names or len(set(names)) < len(names):
            raise ValueError("a plan needs measures, each with its own name")

    def __len__(self) -> int:
        return len(self.scenarios) * len(self.seeds)

    @property
    def orders(self) -> bool:
        """Whether any measure needs the order log."""
        return any(measure.orders for measure in self.measures)

    def only(self, arms: Iterable[str], *measures: str) -> Plan:
        """Return the part of the plan with some of its arms, and some of its measures (all if none is named).

        Raises
        ------
        KeyError
            If the plan has no such arm or measure.

        Examples
        --------
        >>> plan = Plan({"a": Scenario(), "b": Scenario()}, (0,), (Measure("m", len), Measure("n", len)))
        >>> part = plan.only(["b"], "m")
        >>> list(part.scenarios), [measure.name for measure in part.measures]
        (['b'], ['m'])
        """
        named = {measure.name: measure for measure in self.measures}
        kept = tuple(named[name] for name in measures or named)
        return Plan({arm: self.scenarios[arm] for arm in arms}, self.seeds, kept)

    def runs(self) -> Iterator[Run]:
        """Yield the runs, seed by seed, so that a plan cut short still compares like with like."""
        keys = {arm: scenario.key() for arm, scenario in self.scenarios.items()}
        for seed in self.seeds:
            for arm, scenario in self.scenarios.items():
                yield Run(arm, scenario, seed, f"{keys[arm]}-{seed}")
