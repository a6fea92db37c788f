"""A dial of a conduct turned: a column over its levels, and the paired difference to the lowest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import HERD, SINGLETON, Arm, of_arm
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures.axes import (
    POINTS,
    dial_axis,
    draw_means,
    headline,
    label_levels,
    runs,
    two_panels,
    units,
)
from longgame.experiments.figures.looks import OKABE_ITO, Look
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.said import said_per, say, say_each
from longgame.experiments.words import ORGANISATION_WORDS, capital, listed, number, years


def figure_sweep(
    figure: Figure,
    tables: Tables,
    arms: Mapping[str, Sequence[Arm]],
    market: str,
    column: str,
    *,
    dial: str,
    what: str,
    where: str,
    scale: float = 1,
    unit: str = "",
) -> None:
    """Fill a figure with a column over the levels of a dial, and the paired difference to the lowest level.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    tables : mapping of str to DataFrame
        ``horizons`` is drawn at its longest horizon.
    arms : mapping of str to sequence of Arm
        Organisation (or any other name of a line) to arms that have a level, as from `grids.sweep`, lowest first.
    market : {"shared", "separate"}
    column, what, where, scale
        As for `pairs.figure_pairs`.
    dial : str
        What the dial is called.
    unit : str
        Unit of the column, if it is not one of `measures.summary`.
    """
    scale, table = abs(scale), tables["horizons"]
    last = int(table["months"].max())
    table = table[table["months"] == last]
    wide = {
        key: scale
        * _over([arm.level for arm in line], [of_arm(table, market, arm).set_index("seed")[column] for arm in line])
        for key, line in arms.items()
    }
    n = max(numbers.shape[1] for numbers in wide.values())
    lines = {key: (_line(key, i), ORGANISATION_WORDS.get(key, key)) for i, key in enumerate(arms)}
    level_unit, unit = units(column, scale, unit)
    gaps = {key: numbers - numbers.iloc[0] for key, numbers in wide.items()}
    levels, difference = two_panels(figure)
    for ax, drawn in ((levels, wide), (difference, gaps)):
        values = next(iter(drawn.values())).index.to_list()
        draw_means(ax, [(*lines[key], numbers) for key, numbers in drawn.items()], values)
        dial_axis(ax, dial, values, values, log=False)
    label_levels(levels, what, level_unit)
    low, high = values[0], values[-1]
    label_levels(difference, f"gap to {dial} {number(low)}", unit)
    ends = say_each([effect_of(gap.iloc[-1], unit=unit) for gap in gaps.values()], unit, what)
    but = [_otherwise(gap) for gap in gaps.values()]
    said = [f"{end} for {lines[key][1]}{more}" for key, end, more in zip(gaps, ends, but, strict=True)]
    finding = (
        f"{capital(where)}: with {dial} {number(high)} instead of {number(low)}, "
        f"{said_per(what, unit)} over {years(last)} is {listed(said, ', and ')}"
    )
    means = {lines[key][1]: numbers.mean(axis=1) for key, numbers in wide.items()}
    peaks = {name: number(float(mean.idxmax())) for name, mean in means.items() if mean.nunique() > 1}
    said = [f"{peak} for {name}" for name, peak in peaks.items()]
    if len(peaks) == len(means) and len(set(peaks.values())) == 1:
        said = [f"{next(iter(peaks.values()))} for all"]
    most = f" Mean highest at {dial} {listed(said, ', and ')}." if said else ""
    headline(figure, finding, f"{runs(n)}; {POINTS}.{most}")


def _otherwise(gap: pd.DataFrame) -> str:
    """Write where between the ends of a dial the gap is clearly on the other side than at its end."""
    end = effect_of(gap.iloc[-1], unit="")
    between = {level: effect_of(row, unit="") for level, row in gap.iloc[1:-1].iterrows()}
    others = {level: e for level, e in between.items() if e.sign and e.sign * end.value < 0}
    if not others:
        return ""
    level = max(others, key=lambda level: abs(others[level].value))
    return f" (but {say(others[level], '')} at {number(float(level))})"


def _over(index: Sequence[float], rows: Sequence[pd.Series]) -> pd.DataFrame:
    """Return one row per value of a dial, one column per seed."""
    return pd.concat(rows, axis=1, keys=index).T


def _line(key: str, place: int) -> Look:
    """Return how a line that is no strategy is drawn: both organisations black, others in a colour each."""
    if key in (SINGLETON, HERD):
        return Look(OKABE_ITO["black"], "o", key == HERD)
    colours, markers = ["blue", "orange", "purple", "green", "vermillion"], "o^sDv"
    return Look(OKABE_ITO[colours[place % 5]], markers[place % 5], place % 2 == 0)
