"""The figure of a phase diagram: where ours is ahead, where theirs, the boundary and how sure it is."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from longgame.experiments.design.dials import Dial, by_factors, place_of
from longgame.experiments.figures.axes import dial_label, headline, money_axis, runs, wrapped
from longgame.experiments.figures.looks import ink
from longgame.experiments.figures.maps import MAP_COLOURS
from longgame.experiments.figures.style import hatching, line_width
from longgame.experiments.studies.phase_map import Surface, Traced, surface
from longgame.experiments.words import MARKET_WORDS, capital, named, number, years

#: Smallest part of a map that is labelled in place.
LABELLED = 0.06


def draw(figure: Figure, traced: Traced, pair: int, months: int) -> None:
    """Fill a figure with the phase diagram of one pair.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    traced : Traced
    pair : int
        Which pair of the chart.
    months : int
        Length of the runs, where it is not itself a dial of the map.
    """
    chart, found = traced.chart, surface(traced, pair)
    ours, theirs = (named(arm) for arm in chart.pairs[pair])
    if figure.get_figwidth() < 6:
        figure.set_figheight(3.9)
    ax = figure.add_subplot()
    ax.grid(False)
    most = max(float(np.nanmax(np.abs(found.mean), initial=0)), 1e-9)
    mesh = ax.pcolormesh(found.mean, cmap=MAP_COLOURS, norm=CenteredNorm(0, most), shading="gouraud")
    _boundary(ax, found)
    _points(ax, traced, pair)
    for mask, name, value in ((found.low > 0, ours, 0.6), (found.high < 0, theirs, -0.6)):
        _label(ax, mask, name, colormaps[MAP_COLOURS](0.5 + 0.5 * value))
    for axis, dial in ((ax.xaxis, chart.x), (ax.yaxis, chart.y)):
        _dial_ticks(axis, dial, chart.steps)
    ax.set_xlim(0, chart.steps)
    ax.set_ylim(0, chart.steps)
    bar = figure.colorbar(mesh, ax=ax)
    money_axis(bar.ax)
    bar.set_label("money per\nsalesperson-year")  # a longer line than the axis would squeeze it
    title = f"Profit: {ours} minus {theirs}"
    ax.set_title(wrapped(title, 0.75 * figure.get_figwidth(), rcParams["axes.titlesize"]))
    seeds = max(effects[pair].n for effects in traced.effects.values())
    headline(
        figure,
        finding(traced, pair, months),
        f"{len(traced.effects)} points, {runs(seeds)} each, same seeds everywhere. Dots: filled = clear (95% "
        "interval, BCa bootstrap, excludes 0), hollow = not. Thick line = mean difference 0; hatched belt = "
        "not clear; between points interpolated.",
    )


def finding(traced: Traced, pair: int, months: int) -> str:
    """Say in one sentence who is ahead in how much of the map."""
    chart = traced.chart
    ours, theirs = (named(arm) for arm in chart.pairs[pair])
    ahead, behind, rest = surface(traced, pair).shares()
    market = MARKET_WORDS[chart.market]
    time = "" if "months" in (chart.x.name, chart.y.name) else f" over {years(months)}"
    where = [f"in {share:.0%} of the map" if round(share, 2) else "nowhere" for share in (ahead, behind)]
    return (
        f"{capital(market)}: {ours} clearly make more profit{time} {where[0]}, {theirs} "
        f"{where[1]}; {rest:.0%} is not clear"
    )


def _boundary(ax: Axes, found: Surface) -> None:
    """Draw the boundary and hatch the belt in which nothing is clear."""
    steps, found = len(found.mean) - 1, found.finer()
    across = np.linspace(0, steps, len(found.mean))
    unclear = np.minimum(-found.low, found.high)
    if unclear.max() >= 0:
        ax.contourf(
            across, across, unclear, [0, max(unclear.max(), 1e-9) * 1.01], colors="none", hatches=[hatching("////")]
        ).set_edgecolor("white")
        for edge in (found.low, found.high):
            if edge.min() < 0 < edge.max():
                ax.contour(across, across, edge, [0], colors="black", linewidths=0.45 * line_width(), linestyles="--")
    if found.mean.min() < 0 < found.mean.max():
        for colour, width in (("white", 2.2), ("black", 1.1)):
            ax.contour(across, across, found.mean, [0], colors=colour, linewidths=width * line_width())


def _points(ax: Axes, traced: Traced, pair: int) -> None:
    """Mark the points that were run: filled where clear, hollow where not."""
    for clear in (True, False):
        places = [p for p, e in traced.effects.items() if (e[pair].sign in (1, -1)) == clear]
        if not places:  # marks of no points would count as one in the figure's corner, and get room there
            continue
        ax.plot(
            [i for i, _ in places],
            [j for _, j in places],
            linestyle="none",
            marker="o",
            clip_on=False,
            markersize=0.45 * rcParams["lines.markersize"],
            markeredgewidth=0.3 * line_width(),
            markeredgecolor="black",
            markerfacecolor="black" if clear else "white",
            zorder=3,
        )


def _label(ax: Axes, mask: np.ndarray, name: str, colour: tuple[float, ...]) -> None:
    """Write who is ahead where there is most room for it, if the part is large enough."""
    from scipy.ndimage import distance_transform_edt

    if mask.mean() < LABELLED:
        return
    size = len(mask) - 1
    away = np.asarray(distance_transform_edt(np.pad(mask, 1)))[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(away)), mask.shape)
    # Words need room to both sides.
    place = min(max(float(column), 0.2 * size), 0.8 * size), min(max(float(row), 0.16 * size), 0.84 * size)
    ax.text(
        *place,
        f"{name.replace(' ', chr(10))}\nahead",
        ha="center",
        va="center",
        zorder=4,
        color=ink(colour),
        bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
    )


def _dial_ticks(axis: Axis, dial: Dial, steps: int) -> None:
    """Write round values of a dial along an axis, months in years."""
    years_told = dial.name == "months" and dial.high >= 24
    unit = 12 if years_told else 1
    low, high = dial.low / unit, dial.high / unit
    locator = LogLocator(subs=(1, 2, 5)) if by_factors(dial) else MaxNLocator(5)
    values = [v for v in locator.tick_values(low, high) if low * 0.999 <= v <= high * 1.001]
    axis.set_ticks([steps * place_of(dial, v * unit) for v in values], [number(float(v)) for v in values])
    figure = axis.axes.get_figure(root=True)
    assert figure is not None
    along_x = axis.axis_name == "x"
    room = min(0.55 * figure.get_figwidth(), 8) if along_x else 0.4 * figure.get_figheight()
    held = f"× {dial.holding} held" if dial.holding else ""
    axis.set_label_text("horizon in years" if years_told else dial_label(dial.name, room, held))
    axis.set_tick_params(length=0, pad=0.5 * rcParams["font.size"])
