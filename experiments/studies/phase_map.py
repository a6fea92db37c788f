"""Phase diagrams: who is ahead over any two dials of the scenario, refined where that changes.

A coarse grid first. Then every cell whose corners do not all say the same clearly is split in four, twice or
more often, those through which the boundary runs first; so runs are made where the boundary is, not where
everything is clear. All points share their seeds (common random numbers).

Between points everything is interpolated: the mean difference, whose 0 is the boundary, and both ends of its
interval. Where the lower end is above 0 the one side is clearly ahead, where the upper is below 0 the other;
the belt between is the uncertainty of the boundary.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import SHARED, chosen, markets, values
from longgame.experiments.design.dials import FREQUENCY, RANGES, Dial, turned, value_at
from longgame.experiments.design.plan import Answer, Design, Plan
from longgame.experiments.inference.effects import RESAMPLES, RESAMPLING_SEED, Effect, fewest, paired
from longgame.experiments.inference.pairs import PROFIT_UNIT, Pair
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.words import ORGANISATION_WORDS
from longgame.sim.scenario import Scenario

#: Places along a side, at least, between which belts are drawn and parts of the map are counted.
FINE = 200

#: The maps that are made where none is asked for: dials along x and y. Memory begins where only the last deal counts.
MAPS = {
    "memory": (RANGES["word_of_mouth.gossip"], RANGES["trust.forgetting"].between(0.0, 1.0)),
    "time": (FREQUENCY, RANGES["months"]),
}

#: A point of the finest grid: steps from the low end of x and of y.
Place = tuple[int, int]


class Cell(NamedTuple):
    """A square of the finest grid: its corner nearest to both low ends, and how many steps wide it is."""

    x: int
    y: int
    width: int

    def corners(self) -> list[Place]:
        """Return its four corners."""
        return [(self.x + i * self.width, self.y + j * self.width) for i in (0, 1) for j in (0, 1)]

    def quarters(self) -> list[Cell]:
        """Return the four cells it is split into."""
        half = self.width // 2
        return [Cell(self.x + i * half, self.y + j * half, half) for i in (0, 1) for j in (0, 1)]


@dataclass(frozen=True)
class Chart:
    """What is mapped.

    Attributes
    ----------
    x, y : Dial
    pairs : tuple of (Arm, Arm)
        Ours and theirs; a chart is drawn for each pair, all on the same points.
    market : {"shared", "separate"}
    coarse : int
        Points along each dial to begin with, at least 2.
    depth : int
        How often a cell may be split.
    points : int
        Points at most; the coarse grid is made in any case.
    """

    x: Dial
    y: Dial
    pairs: tuple[Pair, ...]
    market: str = SHARED
    coarse: int = 5
    depth: int = 2
    points: int = 80

    @property
    def steps(self) -> int:
        """Steps of the finest grid along each dial."""
        return (self.coarse - 1) * 2**self.depth

    def at(self, place: Place) -> dict[Dial, float]:
        """Return the values of both dials at a place."""
        return {dial: value_at(dial, i / self.steps) for dial, i in zip((self.x, self.y), place, strict=True)}

    def grid(self) -> list[Cell]:
        """Return the coarse cells."""
        width = 2**self.depth
        return [Cell(i, j, width) for i in range(0, self.steps, width) for j in range(0, self.steps, width)]


@dataclass(frozen=True)
class Traced:
    """A chart with its points run.

    Attributes
    ----------
    chart : Chart
    effects : mapping
        For every place an effect per pair: ours − theirs, profit per salesperson-year.
    depths : mapping
        For every place how many splits led to it.
    plan : Plan
    table : pandas.DataFrame
        Every run: the summary of every arm at every point.
    """

    chart: Chart
    effects: Mapping[Place, tuple[Effect, ...]]
    depths: Mapping[Place, int]
    plan: Plan
    table: pd.DataFrame


def most_runs(chart: Chart, scenario: Scenario, seeds: int) -> int:
    """Return how many runs a chart takes at most."""
    finest, coarse = (chart.steps + 1) ** 2, chart.coarse**2
    points = min(finest, max(coarse, chart.points))
    return points * len(_market(chart, scenario, (0, 0))) * seeds


def trace(
    chart: Chart,
    scenario: Scenario,
    seeds: tuple[int, ...],
    answer: Answer,
    tell: Callable[[str], None] = lambda text: None,
) -> Traced:
    """Run the points of a chart, coarse grid first, then where its boundary is.

    Raises
    ------
    pydantic.ValidationError
        If the scenario refuses a value of a dial, or cannot hold the arms.
    """
    cells = chart.grid()
    depths = dict.fromkeys(sorted({corner for cell in cells for corner in cell.corners()}), 0)
    for depth in range(chart.depth + 1):
        made = Design({})
        for place in depths:
            made |= _market(chart, scenario, place)
        plan = Plan(made, seeds, (AT_END,))
        tell(f"{len(depths)} points, {len(plan):,} runs")
        table = answer(plan)[AT_END.name]
        effects = _effects(chart, table, list(depths))
        if depth == chart.depth:
            break
        cells, new = _split(chart, cells, effects)
        if not new:
            break
        depths |= dict.fromkeys(new, depth + 1)
    return Traced(chart, effects, depths, plan, table)


def _market(chart: Chart, scenario: Scenario, place: Place) -> Design:
    """Return the markets of one point, with the values of both dials as labels."""
    point = chart.at(place)
    said = ",".join(f"{dial.name}={value:g}" for dial, value in point.items())
    arms = list(dict.fromkeys(arm for pair in chart.pairs for arm in pair))
    here = markets(turned(scenario, point), arms).where(setting=chart.market)
    return here.also(**_labels(point)).renamed(lambda name: f"{name}@{said}")


def _labels(point: Mapping[Dial, float]) -> dict[str, float]:
    """Return the values of a point by the names of the dials."""
    return {dial.name: value for dial, value in point.items()}


def _effects(chart: Chart, table: pd.DataFrame, places: Sequence[Place]) -> dict[Place, tuple[Effect, ...]]:
    """Return the effects at every place."""
    found = {}
    for place in places:
        here = table.loc[chosen(table, _labels(chart.at(place)))]
        found[place] = tuple(
            paired(
                values(here, chart.market, ours, "profit"),
                values(here, chart.market, theirs, "profit"),
                unit=PROFIT_UNIT,
                at={"organisation": ORGANISATION_WORDS[ours.organisation]},
            )
            for ours, theirs in chart.pairs
        )
    return found


def _split(
    chart: Chart, cells: Sequence[Cell], effects: Mapping[Place, tuple[Effect, ...]]
) -> tuple[list[Cell], list[Place]]:
    """Split the cells that need it, those with the boundary first, while points are left.

    Returns
    -------
    cells : list of Cell
        The quarters.
    new : list of (int, int)
        Places to run.
    """
    ranked = sorted((rank, cell) for cell in cells if (rank := _rank(cell, effects)) is not None)
    quarters: list[Cell] = []
    new: set[Place] = set()
    for _, cell in ranked:
        wanted = {corner for quarter in cell.quarters() for corner in quarter.corners()} - set(effects)
        if len(effects) + len(new | wanted) > chart.points:
            continue
        new |= wanted
        quarters += cell.quarters()
    return quarters, sorted(new)


def _rank(cell: Cell, effects: Mapping[Place, tuple[Effect, ...]]) -> int | None:
    """Return 0 for a cell with the boundary of a pair, 1 where corners are not all clear, None if all are."""
    by_pair = list(zip(*(effects[corner] for corner in cell.corners()), strict=True))
    if any(len({effect.value > 0 for effect in corners}) > 1 for corners in by_pair):
        return 0
    clear = all({effect.sign for effect in corners} in ({1}, {-1}) for corners in by_pair)
    return None if clear else 1


# -- what came out ------------------------------------------------------------------------------------


def p_ahead(effect: Effect) -> float:
    """Return the bootstrap probability that ours is ahead: resampled means above 0, half of those at 0.

    The same resamples for the same number of seeds, so that points are compared under the same luck.
    """
    d = np.asarray(effect.differences)
    if not len(d):
        return float("nan")
    draws = np.random.default_rng(RESAMPLING_SEED).integers(len(d), size=(RESAMPLES, len(d)))
    means = d[draws].mean(axis=1)
    return float((means > 0).mean() + 0.5 * (means == 0).mean())


def points_table(traced: Traced) -> pd.DataFrame:
    """Return every point: both dials, organisation, mean difference, interval, n, probability, depth."""
    chart = traced.chart
    rows = [
        {
            **{str(dial): value for dial, value in chart.at(place).items()},
            **effect.at,
            "ours": ours.name,
            "theirs": theirs.name,
            "effect": effect.value,
            "low": effect.low,
            "high": effect.high,
            "n": effect.n,
            "clear": effect.sign in (1, -1),
            "p_ahead": p_ahead(effect),
            "depth": traced.depths[place],
        }
        for place, effects in sorted(traced.effects.items())
        for effect, (ours, theirs) in zip(effects, chart.pairs, strict=True)
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Surface:
    """A pair's mean difference and both ends of its interval on the finest grid: arrays [y, x]."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def finer(self) -> Surface:
        """Interpolate between places of the grid, so that a belt within a cell is seen.

        Where one side is clear at one place and the other side at the next, neither is between them.
        """
        from scipy.ndimage import zoom

        parts = math.ceil(FINE / (len(self.mean) - 1))
        size = (len(self.mean) - 1) * parts + 1
        return Surface(*(zoom(array, size / len(array), order=1) for array in (self.mean, self.low, self.high)))

    def shares(self) -> tuple[float, float, float]:
        """Return the parts of the map in which ours is clearly ahead, theirs is, and nothing is clear."""
        found = self.finer()
        low, high = (0.25 * (a[1:, 1:] + a[1:, :-1] + a[:-1, 1:] + a[:-1, :-1]) for a in (found.low, found.high))
        ours, theirs = float((low > 0).mean()), float((high < 0).mean())
        return ours, theirs, 1 - ours - theirs


def surface(traced: Traced, pair: int) -> Surface:
    """Interpolate one pair over the finest grid."""
    effects = {place: effects[pair] for place, effects in traced.effects.items()}
    far = 1 + 10 * max((abs(e.value) for e in effects.values() if not math.isnan(e.value)), default=0.0)

    def end(effect: Effect, bound: float, side: int) -> float:
        # Too few runs have an interval of some sort, yet tell nothing: it reaches far to both sides.
        return effect.value + side * far if effect.n < fewest(effect.level) or math.isnan(bound) else bound

    places = (
        {place: e.value for place, e in effects.items()},
        {place: end(e, e.low, -1) for place, e in effects.items()},
        {place: end(e, e.high, 1) for place, e in effects.items()},
    )
    return Surface(*(interpolated(at, traced.chart) for at in places))


def interpolated(known: Mapping[Place, float], chart: Chart) -> np.ndarray:
    """Return values on the whole finest grid, [y, x]: those known, and halfway between them where not.

    Every halving of the grid fills the middle of edges with the mean of their ends and the middle of cells
    with the mean of the middles of their edges, so values are continuous across cells of different size.
    """
    size = chart.steps + 1
    grid = np.full((size, size), np.nan)
    for (i, j), value in known.items():
        grid[j, i] = value
    width = 2**chart.depth
    while width > 1:
        half = width // 2
        for rows, columns in (
            (slice(0, None, width), slice(half, None, width)),
            (slice(half, None, width), slice(0, None, width)),
            (slice(half, None, width), slice(half, None, width)),
        ):
            along = _means(grid, rows, columns, half)
            grid[rows, columns] = np.where(np.isnan(grid[rows, columns]), along, grid[rows, columns])
        width = half
    return grid


def _means(grid: np.ndarray, rows: slice, columns: slice, half: int) -> np.ndarray:
    """Return the means of the neighbours, half a cell away, of every `half`-th place in rows and columns."""
    size = len(grid)
    r, c = np.arange(size)[rows], np.arange(size)[columns]
    total, count = np.zeros((len(r), len(c))), np.zeros((len(r), len(c)))
    for down, right in ((half, 0), (-half, 0), (0, half), (0, -half)):
        if (down and rows.start == 0) or (right and columns.start == 0):
            continue  # along an edge only its ends count
        total += grid[np.ix_(r + down, c + right)]
        count += 1
    return total / count
