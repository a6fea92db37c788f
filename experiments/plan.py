"""An experiment is a value: a `Plan` says which markets, which seeds, and what is measured in each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measure:
    """What is kept of a run: a function from a `sim.Result` to a tidy table.

    Attributes
    ----------
    name : str
        Name of the table it fills.
    of : callable
        The function. It must live at the top of a module, because worker processes import it.
    version : int
        Raise it whenever the same result would be measured differently.
    orders : bool
        Whether the run has to keep its order log.
    """

    name: str
    of: Callable[[Any], pd.DataFrame]
    version: int = 1
    orders: bool = False


@dataclass(frozen=True)
class Run:
    """One market, one seed: the smallest piece of work, and what a results store would keep."""

    arm: str
    scenario: Scenario
    seed: int

    def key(self, measure: Measure) -> str:
        """Return what identifies this run's `measure` for good: scenario, seed, measure and its version."""
        return f"{self.scenario.key()}-{self.seed}-{measure.name}.{measure.version}"


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

    def runs(self) -> Iterator[Run]:
        """Yield the runs, seed by seed, so that a plan cut short still compares like with like."""
        for seed in self.seeds:
            for arm, scenario in self.scenarios.items():
                yield Run(arm, scenario, seed)
