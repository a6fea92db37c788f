"""An experiment is a value: a `Plan` gives the markets, the seeds, and what is measured in each run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from longgame.experiments.design.identity import identity
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

#: Labels by the name of what carries them.
Labels = Mapping[str, Mapping[str, Any]]


#: Tables of a plan, by the name of the measure.
type Tables = Mapping[str, pd.DataFrame]

#: Runs a plan and returns its tables.
type Answer = Callable[[Plan], Tables]


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
        Raise it whenever the same result would be measured differently: a results store keeps what it has. Needed
        for functions of longgame and for what they call in installed packages; a change of any other function is
        noticed (`longgame.experiments.design.identity`).
    orders : bool
        Whether the run has to keep its order log.
    """

    name: str
    of: Callable[[Any], pd.DataFrame]
    version: int = 1
    orders: bool = False

    @functools.cached_property
    def function(self) -> str:
        """The function by name and what it does: measures of one name by different functions are kept apart."""
        return identity(self.of)


@dataclass(frozen=True)
class Run:
    """One market, one seed: the smallest piece of work.

    Attributes
    ----------
    market : str
        Name of the market in its plan.
    scenario : Scenario
    seed : int
    key : str
        What identifies the run for good, whatever plan it is in: a hash of scenario and model version, and
        the seed.
    """

    market: str
    scenario: Scenario
    seed: int
    key: str


class Design(Mapping[str, Scenario]):
    """Markets by name, with labels: what differs between them, as columns of every table.

    Parameters
    ----------
    markets : mapping of str to Scenario
    labels : mapping of str to mapping, optional
        Labels of a market, by its name: for example ``{"word_of_mouth.gossip": 0.5}``.
    groups : mapping of str to mapping, optional
        Labels of a group of firms, by its name: for example ``{"strategy": "principled"}``.

    Examples
    --------
    >>> design = Design({"short": Scenario(months=12)}, {"short": {"length": 12}})
    >>> list(design), design.labels["short"]
    (['short'], {'length': 12})
    """

    def __init__(
        self, markets: Mapping[str, Scenario], labels: Labels | None = None, groups: Labels | None = None
    ) -> None:
        self._markets = dict(markets)
        self.labels = {name: dict((labels or {}).get(name, {})) for name in self._markets}
        self.groups = {name: dict(found) for name, found in (groups or {}).items()}

    def __getitem__(self, name: str) -> Scenario:
        return self._markets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._markets)

    def __len__(self) -> int:
        return len(self._markets)

    def __or__(self, other: Design) -> Design:
        """Return the markets of both; where both have a name, the other's market and labels stand."""
        return Design(
            {**self._markets, **other._markets}, {**self.labels, **other.labels}, {**self.groups, **other.groups}
        )

    def only(self, names: Iterable[str]) -> Design:
        """Return the part of the design with some of its markets.

        Raises
        ------
        KeyError
            If there is no such market.
        """
        return Design({name: self._markets[name] for name in names}, self.labels, self.groups)

    def where(self, **values: Any) -> Design:
        """Return the part of the design whose labels have these values."""
        return self.only(name for name, labels in self.labels.items() if values.items() <= labels.items())

    def also(self, **values: Any) -> Design:
        """Return the design with further labels, alike for all of its markets."""
        return Design(self._markets, {name: {**found, **values} for name, found in self.labels.items()}, self.groups)

    def renamed(self, new: Callable[[str], str]) -> Design:
        """Return the design with other names of its markets, made from the old ones."""
        return Design(
            {new(name): market for name, market in self._markets.items()},
            {new(name): found for name, found in self.labels.items()},
            self.groups,
        )

    def under(self, point: Any) -> Design:
        """Return the design as one of several in a plan: with other names, and labels that lead back.

        Examples
        --------
        >>> design = Design({"short": Scenario(months=12)}).under(3)
        >>> design.labels
        {'3/short': {'point': 3, 'local': 'short'}}
        """
        local = {name: {**found, "point": point, "local": name} for name, found in self.labels.items()}
        return Design(self._markets, local, self.groups).renamed(lambda name: f"{point}/{name}")

    def holding(self, sides: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the names of the markets that hold a group of firms with the labels of any of some sides.

        Without sides, those of all markets.
        """
        return [
            name
            for name, market in self._markets.items()
            if not sides
            or any(
                side.items() <= {**self.groups.get(firms.name, {}), **self.labels[name], "group": firms.name}.items()
                for firms in market.firms
                for side in sides
            )
        ]

    def labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the labels of its markets and groups as columns behind ``market`` and ``seed``."""
        return labelled(table, self.labels, self.groups)


def labelled(table: pd.DataFrame, markets: Labels, groups: Labels) -> pd.DataFrame:
    """Return a table with labels of markets and groups, each by its name, as columns behind ``market`` and ``seed``.

    A column that was measured stands; a label of the same name is left out.
    """
    place = 1 + max(list(table).index(column) for column in ("market", "seed"))
    for column, labels in (("market", markets), ("group", groups)):
        if column not in table:
            continue
        names = dict.fromkeys(label for found in labels.values() for label in found)
        for label in names:
            if label not in table:
                values = {name: found.get(label) for name, found in labels.items()}
                table.insert(place, label, table[column].astype(object).map(values))
                place += 1
    return table


@dataclass(frozen=True)
class Plan:
    """Every market of an experiment × every seed, and the measures taken of each run.

    Attributes
    ----------
    markets : Design
        Name to market, with labels; a plain mapping of names to scenarios has none.
    seeds : tuple of int
        The same for every market, so that runs can be paired.
    measures : tuple of Measure
        At least one; names must differ.

    Raises
    ------
    ValueError
        If there is no market, no seed or no measure, if a seed or the name of a measure is there twice, or if
        a seed is not a whole number from 0 to 2^64 - 1.

    Examples
    --------
    >>> plan = Plan({"short": Scenario(months=12), "long": Scenario(months=24)}, (0, 1), (Measure("m", len),))
    >>> [(run.market, run.seed) for run in plan.runs()]
    [('short', 0), ('long', 0), ('short', 1), ('long', 1)]
    """

    markets: Design
    seeds: tuple[int, ...]
    measures: tuple[Measure, ...]

    def __init__(self, markets: Mapping[str, Scenario], seeds: Iterable[int], measures: Iterable[Measure]) -> None:
        design = markets if isinstance(markets, Design) else Design(markets)
        if not design:
            raise ValueError("a plan needs at least one market")
        for name, value in (("markets", design), ("seeds", _seeds(seeds)), ("measures", tuple(measures))):
            object.__setattr__(self, name, value)
        names = [m.name for m in self.measures]
        if not names or len(set(names)) < len(names):
            raise ValueError("a plan needs measures, each with its own name")

    def __len__(self) -> int:
        return len(self.markets) * len(self.seeds)

    @property
    def orders(self) -> bool:
        """Whether any measure needs the order log."""
        return any(measure.orders for measure in self.measures)

    def only(self, markets: Iterable[str], *measures: str) -> Plan:
        """Return the part of the plan with some of its markets, and some of its measures (all if none is named).

        Raises
        ------
        KeyError
            If the plan has no such market or measure.

        Examples
        --------
        >>> plan = Plan({"a": Scenario(), "b": Scenario()}, (0,), (Measure("m", len), Measure("n", len)))
        >>> part = plan.only(["b"], "m")
        >>> list(part.markets), [measure.name for measure in part.measures]
        (['b'], ['m'])
        """
        named = {measure.name: measure for measure in self.measures}
        return Plan(self.markets.only(markets), self.seeds, [named[name] for name in measures or named])

    def runs(self) -> Iterator[Run]:
        """Yield the runs, seed by seed, so that a plan cut short still compares like with like."""
        keys = {name: scenario.key() for name, scenario in self.markets.items()}
        for seed in self.seeds:
            for name, scenario in self.markets.items():
                yield Run(name, scenario, seed, f"{keys[name]}-{seed}")


def apart(tables: Tables) -> dict[Any, dict[str, pd.DataFrame]]:
    """Return the tables of a plan of several designs (`Design.under`) by their point, as if run alone.

    A point with rows in one table has every table; a point whose runs all failed is not there.
    """
    points = dict.fromkeys(point for table in tables.values() for point in table["point"])
    found: dict[Any, dict[str, pd.DataFrame]] = {point: {} for point in points}
    for name, table in tables.items():
        local = table.assign(market=table["local"]).drop(columns=["local"])
        for point in points:
            rows = local[local["point"] == point]
            found[point][name] = rows.drop(columns=["point"]).reset_index(drop=True)
    return found


def _seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """Return the seeds of a plan, checked."""
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ValueError(f"{seeds!r} is no list of seeds: give whole numbers, for example range(20)")
    found = tuple(seeds)
    if not found:
        raise ValueError("a plan needs at least one seed")
    for seed in found:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
            raise ValueError(f"{seed!r} is not a seed: seeds are whole numbers from 0 to 2^64 - 1")
    if len(set(found)) < len(found):
        raise ValueError("a plan's seeds must differ: a repeated seed is the same run, not another one")
    return tuple(int(seed) for seed in found)
