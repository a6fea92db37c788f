"""Markets that differ in dials of the scenario: lines over one dial, a map of two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.axes import (
    POINTS,
    dial_axis,
    dial_label,
    draw_means,
    headline,
    label_levels,
    money_axis,
    places_of,
    runs,
    short_money,
    two_panels,
    units,
    wrapped,
)
from longgame.experiments.figures.looks import distinct_looks, ink
from longgame.experiments.figures.pairs import brief, minus
from longgame.experiments.figures.style import hatching, line_width
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.said import said_per, say_each
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, capital, named, number, years


def figure_grid(
    figure: Figure,
    table: pd.DataFrame,
    dial: str,
    arms: Sequence[Arm],
    column: str,
    *,
    what: str,
    where: str,
    scale: float = 1,
    unit: str = "",
) -> None:
    """Fill a figure with one line per arm over a dial of the scenario, and the first arm − the others.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    table : pandas.DataFrame
        Of a plan over `grids.grid`, with one dial. Its longest horizon is drawn, if it has several.
    dial : str
        Dotted name of the dial, a column of `table`.
    arms : sequence of Arm
        At least two.
    column, what, scale
        As for `pairs.figure_pairs`.
    where : str
        The kind of market, for the headline; of a table with both kinds that one is drawn
        (`words.MARKET_WORDS`).
    unit : str
        Unit of the column, if it is not one of `measures.summary`.
    """
    table, last = _one_kind(table, where)
    wide = [
        abs(scale) * table[table["group"] == arm.name].pivot(index=dial, columns="seed", values=column) for arm in arms
    ]
    gaps = [wide[0] - other for other in wide[1:]]
    values = [float(value) for value in gaps[0].index]
    places, log = places_of(values)
    its = list(distinct_looks(arms).values())
    level_unit, unit = units(column, scale, unit)
    levels, difference = two_panels(figure)
    draw_means(levels, list(zip(its, brief(arms), wide, strict=True)), places)
    one = len(gaps) == 1  # against several: each in the rival's look
    rivals = brief(arms)[1:]
    if one and arms[0].way == arms[1].way:
        rivals = [ORGANISATION_WORDS[arms[1].organisation]]
    draw_means(
        difference,
        [
            (its[0] if one else rival_look, "" if one else f"against {rival}", gap)
            for rival_look, rival, gap in zip(its[1:], rivals, gaps, strict=True)
        ],
        places,
    )
    for ax in (levels, difference):
        dial_axis(ax, dial, values, places, log)
    label_levels(levels, what, level_unit)
    label_levels(difference, minus(*arms) if one else f"{named(arms[0])} − others", unit)
    ends = [effect_of(gap.loc[value], unit=unit) for gap in gaps for value in (values[0], values[-1])]
    said = say_each(ends, unit, what)
    (low, high), *more = zip(said[::2], said[1::2], strict=True)
    time = f" over {years(last)}" if last else ""
    finding = (
        f"{capital(where)}: {said_per(what, unit)}{time} is {low} for {named(arms[0])} than for "
        f"{rivals[0]} where {dial} is {number(values[0])}, {high} where it is {number(values[-1])}"
    )
    finding += "".join(
        f"; than for {rival} {first} and {last_said}"
        for rival, (first, last_said) in zip(rivals[1:], more, strict=True)
    )
    headline(figure, finding, f"{runs(gaps[0].shape[1])}; {POINTS}.")


def _one_kind(table: pd.DataFrame, where: str) -> tuple[pd.DataFrame, int]:
    """Return the rows of one kind of market at the longest horizon, and that horizon (0: not in the table).

    Raises
    ------
    ValueError
        If the table has both kinds of market, by its column ``setting``, and `where` is neither.
    """
    if "setting" in table and len(set(table["setting"])) > 1:
        kinds = {words: market for market, words in MARKET_WORDS.items()}
        if where not in kinds:
            raise ValueError(f"the table has both kinds of market: `where` must be one of {list(kinds)}")
        table = table.loc[table["setting"] == kinds[where]]
    last = int(table["months"].max()) if "months" in table else 0
    return (table.loc[table["months"] == last] if last else table), last


#: Dark where ours is ahead, light where theirs is; its lightness runs one way, so it reads in grey.
MAP_COLOURS = "cividis_r"


def figure_map(
    figure: Figure,
    table: pd.DataFrame,
    x: str,
    y: str,
    ours: Arm,
    theirs: Arm,
    column: str,
    *,
    what: str,
    where: str,
    scale: float = 1,
    unit: str = "",
) -> None:
    """Fill a figure with the mean paired difference ours − theirs over two dials of the scenario.

    The line is where the mean difference is 0; cells whose interval holds 0 are hatched.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    table : pandas.DataFrame
        Of a plan over `grids.grid`, with two dials. Its longest horizon is drawn, if it has several.
    x, y : str
        Dotted names of the dials, columns of `table`.
    ours, theirs : Arm
    column, what, where, scale, unit
        As for `figure_grid`.
    """
    table, last = _one_kind(table, where)
    one, other = (
        table[table["group"] == arm.name].pivot(index=[y, x], columns="seed", values=column) for arm in (ours, theirs)
    )
    gap = abs(scale) * (one - other)
    found = [effect_of(row, unit=unit) for _, row in gap.iterrows()]
    cells = pd.Series(found, index=gap.index).unstack()
    mean = cells.map(lambda effect: effect.value)
    _, unit = units(column, scale, unit)
    if figure.get_figwidth() < 6:
        figure.set_figheight(3.6)
    ax = figure.add_subplot()
    ax.grid(False)
    most = max(float(np.nanmax(np.abs(mean.to_numpy()), initial=0)), 1e-9)
    mesh = ax.pcolormesh(mean.to_numpy(), cmap=MAP_COLOURS, norm=CenteredNorm(0, most))
    _mark(ax, cells, most)
    centres = np.arange(mean.shape[1]) + 0.5, np.arange(mean.shape[0]) + 0.5
    if min(mean.shape) > 1 and mean.to_numpy().min() < 0 < mean.to_numpy().max():
        for colour, width in (("white", 2.2), ("black", 1.1)):
            ax.contour(*centres, mean.to_numpy(), [0.0], colors=colour, linewidths=width * line_width())
    for axis, dial, values, places in ((ax.xaxis, x, mean.columns, centres[0]), (ax.yaxis, y, mean.index, centres[1])):
        axis.set_ticks(places, [number(float(value)) for value in values])
        room = 0.7 * figure.get_figwidth() if axis is ax.xaxis else min(4.2, 0.5 * figure.get_figwidth())
        axis.set_label_text(dial_label(dial, room))
        axis.set_tick_params(length=0)
    bar = figure.colorbar(mesh, ax=ax)
    money_axis(bar.ax)
    bar.set_label(unit)
    title = f"{capital(what)}: {minus(ours, theirs)}"
    ax.set_title(wrapped(title, 0.7 * figure.get_figwidth(), rcParams["axes.titlesize"]))
    signs = [effect.sign for effect in found]
    time = f" over {years(last)}" if last else ""
    finding = (
        f"{capital(where)}: in {what}{time}, {named(ours)} are ahead of {named(theirs)} in "
        f"{signs.count(1) or 'none'} of {len(signs)} markets, behind in {signs.count(-1) or 'none'}"
    )
    note = (
        f"{runs(gap.shape[1])} a cell, mean paired difference (same seed); hatched = 95% interval (BCa "
        "bootstrap) holds 0; line = mean difference 0. Cells lie evenly, whatever the values."
    )
    headline(figure, finding, note)


def _mark(ax: Axes, cells: pd.DataFrame, most: float) -> None:
    """Write the mean in every cell where there is room, and hatch those in which nothing is clear."""
    size, lines = rcParams["font.size"], hatching("///")
    room = 72 * ax.figure.get_figwidth() * 0.62 / cells.shape[1] >= 3.2 * size
    for (row, column), effect in np.ndenumerate(cells.to_numpy()):
        if effect.sign is None:
            ax.add_patch(Rectangle((column, row), 1, 1, fill=False, hatch=lines, edgecolor="white", linewidth=0))
        if room and np.isfinite(effect.value):
            shade = colormaps[MAP_COLOURS](0.5 + 0.5 * effect.value / most)
            ax.text(
                column + 0.5,
                row + 0.5,
                short_money(effect.value),
                ha="center",
                va="center",
                color=ink(shade),
                bbox={"facecolor": shade, "linewidth": 0, "pad": 1.5},  # hatches and the line end beside it
            )
