"""Axes of money, months and dials, means with their intervals, labels at the ends of lines, headlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox, IdentityTransform

from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.looks import Look, dark
from longgame.experiments.figures.style import line_width
from longgame.experiments.inference.effects import interval
from longgame.experiments.measures.totals import SUMMARY_UNITS
from longgame.experiments.words import many, number
from longgame.sim.refusals import meaning_of

#: Draws on an empty figure.
Draw = Callable[[Figure], None]


#: A line of a panel: its look, its label, and its numbers as places × seeds.
Series = tuple[Look, str, pd.DataFrame]


#: How points and bars are explained below every figure.
POINTS = "points = mean, bars = 95% interval (BCa bootstrap)"


#: What the band of a path is.
BAND = "line = median of runs, band = middle 80% of runs, faint = single runs"


#: Largest ratio of a dial's ends that is drawn on a linear axis.
LINEAR = 15


#: Steps of ticks that are easy to count with.
ROUND = (1, 2, 2.5, 5, 10)


#: Sizes of amounts and their letters.
_SIZES = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


#: Letters of the longest word that a label at the end of a line has in one piece.
LONGEST = 13


# -- panels and their words ------------------------------------------------------------------------------


def new_axes(ax: Axes | None) -> Axes:
    """Return the panel, or a new one on a figure of its own."""
    return Figure(layout="constrained").add_subplot() if ax is None else ax


def panels(figure: Figure, count: int, *, height: float = 2.1, extra: float = 0.9, **shared) -> list[Axes]:
    """Return panels side by side on a slide, one above the other on paper (which then grows)."""
    wide = figure.get_figwidth() > 6
    if wide:
        return list(figure.subplots(1, count, squeeze=False, **shared)[0])
    figure.set_figheight(height * count + extra)
    return list(figure.subplots(count, 1, squeeze=False, **shared)[:, 0])


def two_panels(figure: Figure, **shape: Any) -> tuple[Axes, Axes]:
    """Return a panel for levels and one for differences; `shape` is for `panels`."""
    levels, difference = panels(figure, 2, **shape)
    levels.set_title("Levels")
    difference.set_title("Paired difference (same seed)")
    return levels, difference


def make_room(figure: Figure, lines: int) -> None:
    """Make a figure on paper higher by so many lines of text; slides keep their size."""
    if figure.get_figwidth() < 6:
        figure.set_figheight(figure.get_figheight() + lines * 1.25 * rcParams["font.size"] / 72)


def headline(figure: Figure, finding: str, note: str) -> None:
    """Put the finding above and the small print below, both left; long ones get room of their own."""
    width, size = 0.93 * figure.get_figwidth(), rcParams["figure.titlesize"]
    above, small = balanced(finding, width, size, "bold"), rcParams["font.size"]
    for sign in (" = ", "+ ", "− "):  # what a sign means stands on its line
        note = note.replace(sign, sign.replace(" ", "\N{NO-BREAK SPACE}"))
    below = wrapped(note, width, small)
    figure.suptitle(above, x=0.01, ha="left", fontweight="bold")
    figure.supxlabel(below, x=0.01, ha="left", fontsize=small, color="#555555")
    make_room(figure, max(0, above.count("\n") - 2) + max(0, below.count("\n") - 2))


def wrapped(text: str, inches: float, points: float, weight: str = "normal") -> str:
    """Break a text into lines that fit a width, measured in the font it will be drawn in."""
    lines, used, space = [""], 0.0, 0.34
    for word in filter(None, text.split(" ")):  # not at spaces that do not break
        width = _em_width(word, weight)
        if lines[-1] and (used + space + width) * points > 72 * inches:
            lines.append(word)
            used = width
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
            used += space + width
    return "\n".join(lines)


def balanced(text: str, inches: float, points: float, weight: str = "normal") -> str:
    """Break a text into as few lines as `wrapped` does, of about the same width: no word is left alone."""
    found = wrapped(text, inches, points, weight)
    for part in np.arange(0.98, 0.5, -0.02):
        narrower = wrapped(text, part * inches, points, weight)
        if narrower.count("\n") > found.count("\n"):
            break
        found = narrower
    return found


@lru_cache(maxsize=1000)
def _em_width(word: str, weight: str) -> float:
    """Return the width of a word, in multiples of the font size."""
    return TextPath((0, 0), word, size=100, prop=FontProperties(weight=weight)).get_extents().width / 95


def runs(count: int) -> str:
    """Write how many runs a figure shows.

    Examples
    --------
    >>> runs(1), runs(20)
    ('n = 1 run', 'n = 20 runs')
    """
    return f"n = {many(count, 'run')}"


# -- labels at the ends of lines ------------------------------------------------------------------------


class EndLabels(Artist):
    """Labels at the right ends of lines, moved apart where they would overlap, with a hair to their line.

    Places are worked out whenever the figure is drawn, so they stay right in any size and layout.
    """

    def __init__(self, ax: Axes, labels: Sequence[tuple[float, str, str]]):
        super().__init__()
        self.set_figure(ax.figure)
        self.set_clip_on(False)  # or the layout would leave no room outside the axes
        self.ends = sorted(labels, key=lambda label: label[0])
        self.owner = ax
        size = ax.xaxis.label.get_size()
        self.texts = [
            Text(0, 0, text, color=dark(colour), va="center", ha="left", fontsize=size, linespacing=1.0)
            for _, text, colour in self.ends
        ]
        self.hairs = [Line2D([0, 0], [0, 0], color=dark(colour), linewidth=0.6) for *_, colour in self.ends]
        for piece in (*self.texts, *self.hairs):
            piece.set_figure(ax.figure)
            piece.set_transform(IdentityTransform())

    def _place(self, renderer) -> None:
        """Set the places in pixels: as near to the line ends as room between them allows."""
        from scipy.optimize import isotonic_regression

        box = self.owner.get_window_extent(renderer)
        em = renderer.points_to_pixels(self.texts[0].get_size())
        ends = np.array([self.owner.transData.transform((0, y))[1] for y, *_ in self.ends])
        heights = [t.get_window_extent(renderer).height for t in self.texts]
        steps = np.cumsum([0.0, *((a + b) / 2 + 1 for a, b in pairwise(heights))])
        # Least squares subject to "each at least one line above the one below".
        base = isotonic_regression(ends - steps).x
        base = np.clip(base, box.y0, max(box.y0, box.y1 - steps[-1]))
        for text, hair, end, place in zip(self.texts, self.hairs, ends, base + steps, strict=True):
            text.set_position((box.x1 + 1.0 * em, place))
            hair.set_data([box.x1 + 0.1 * em, box.x1 + 0.85 * em], [np.clip(end, box.y0, box.y1), place])

    def get_tightbbox(self, renderer=None) -> Bbox:
        """Return the room the labels need, so that the layout leaves it."""
        renderer = renderer or self.figure._get_renderer()
        self._place(renderer)
        return Bbox.union([text.get_window_extent(renderer) for text in self.texts])

    def draw(self, renderer) -> None:
        """Draw hairs and labels."""
        self._place(renderer)
        for piece in (*self.hairs, *self.texts):
            piece.draw(renderer)


def label_ends(ax: Axes, labels: Sequence[tuple[float, str, str]]) -> None:
    """Attach end labels to a panel."""
    if labels:
        ax.add_artist(EndLabels(ax, [(y, _stacked(text), colour) for y, text, colour in labels]))


def _stacked(text: str) -> str:
    r"""Break a label into one word a line: the width of the longest is lost to the data.

    Examples
    --------
    >>> _stacked("order-taker herds"), _stacked("collaborative-team")
    ('order-taker\nherds', 'collaborative-\nteam')
    """
    long = (word.replace("-", "-\n") if len(word) > LONGEST else word for word in text.split(" "))
    return "\n".join(long)


# -- axes ---------------------------------------------------------------------------------------------


def money_axis(ax: Axes, axis: str = "y") -> None:
    """Write money in thousands or millions where the numbers are large."""

    def write(value: float, _position: int) -> str:
        for size, letter in _SIZES:
            if abs(value) >= size:
                return f"{value / size:g}{letter}".replace("-", "−")
        return f"{value:g}".replace("-", "−")

    which = ax.yaxis if axis == "y" else ax.xaxis
    which.set_major_formatter(FuncFormatter(write))
    which.set_major_locator(MaxNLocator(6, steps=ROUND))


def short_money(value: float) -> str:
    """Write an amount in few letters, with two digits.

    Examples
    --------
    >>> short_money(-1234), short_money(0.46), short_money(27)
    ('−1.2k', '0.46', '27')
    """
    rounded = float(f"{value:.2g}")
    size, letter = next((s for s in _SIZES if abs(rounded) >= s[0]), (1, ""))
    return f"{rounded / size:g}{letter}".replace("-", "−")


def month_axis(ax: Axes, months: int) -> None:
    """Mark years on an axis of months."""
    if months < 24:
        ax.set_xlabel("month")
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    else:
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if months / 12 / s <= 5.5)
        ticks = [*range(0, months + 1, 12 * step)]
        if months % 12 == 0 and months - ticks[-1] >= 6 * step:  # the end, where there is room for it
            ticks.append(months)
        ax.set_xticks(ticks, [str(month // 12) for month in ticks])
        ax.set_xlabel("years")
    ax.set_xlim(0, months)


def zero_line(ax: Axes, axis: str = "y") -> None:
    """Draw the line of zero."""
    draw = ax.axhline if axis == "y" else ax.axvline
    draw(0, color="#222222", linewidth=0.8, zorder=1)


def same_limits(panels: Sequence[Axes], axis: str = "y") -> None:
    """Give panels that are compared the same limits."""
    get, put = (Axes.get_ylim, Axes.set_ylim) if axis == "y" else (Axes.get_xlim, Axes.set_xlim)
    low, high = min(get(ax)[0] for ax in panels), max(get(ax)[1] for ax in panels)
    for ax in panels:
        put(ax, low, high)


def horizon_axis(ax: Axes, months: Sequence[int]) -> None:
    """Write horizons, in years, below a panel drawn by `draw_means`."""
    ax.set_xticks(range(len(months)), [f"{m // 12}" if m % 12 == 0 else f"{m / 12:.2g}" for m in months])
    ax.set_xlabel("horizon (years)")


def dial_axis(ax: Axes, dial: str, values: Sequence[float], places: Sequence[float], log: bool) -> None:
    """Write the values that a dial was set to below a panel."""
    size, wide = rcParams["font.size"], ax.figure.get_figwidth() > 6
    # Labels that would run into others are left out, the ends' never; panels are this wide, about.
    points = 72 * ax.figure.get_figwidth() * (0.27 if wide else 0.55) / (1.2 * (places[-1] - places[0]) or 1)
    rooms = [size * (0.62 * len(number(value)) + 0.5) for value in values]
    shown = [0, len(values) - 1]
    for i in range(1, len(values) - 1):
        if all(abs(places[i] - places[j]) * points >= (rooms[i] + rooms[j]) / 2 for j in shown):
            shown.append(i)
    ax.set_xticks([places[i] for i in shown], [number(values[i]) for i in shown])
    label = dial_label(dial, 4.6 if wide else 2.2, "log scale" if log else "")
    ax.set_xlabel(label)
    make_room(ax.get_figure(root=True), label.count("\n"))


def dial_label(dial: str, room: float, also: str = "") -> str:
    """Return the label of the axis of a dial; a dial of the scenario has its meaning, its name and its unit.

    Parameters
    ----------
    dial : str
        A dotted name of the scenario, or any words.
    room : float
        Width of the axis. Unit: inches.
    also : str
        What else stands in brackets.

    Examples
    --------
    >>> print(dial_label("customers.rate", 9))
    mean number of needs of a customer
    (customers.rate, per month)
    >>> dial_label("aftercare", 9, "log scale")
    'aftercare (log scale)'
    """
    meaning, unit = meaning_of(dial)
    brackets = ", ".join(part for part in ((dial, unit, also) if meaning else (also,)) if part)
    lines = [meaning, f"({brackets})"] if meaning else [f"{dial} ({brackets})" if brackets else dial]
    size = FontProperties(size=rcParams["axes.labelsize"]).get_size_in_points()  # may be a word
    return "\n".join(balanced(line, room, size) for line in lines)


def places_of(values: Sequence[float]) -> tuple[np.ndarray, bool]:
    """Return where the values of a dial stand on an axis, and whether that is a logarithmic one."""
    found = np.asarray(values, dtype=float)
    log = bool(found[0] > 0 and found[-1] > LINEAR * found[0])
    return (np.log10(found) if log else found), log


def label_levels(ax: Axes, text: str, unit: str) -> None:
    """Label the y axis: what it shows, and the unit in a line of its own."""
    room = 4.2 if ax.figure.get_figwidth() > 6 else 1.9
    lines = [text.removeprefix("the "), *([f"({unit})"] if unit else [])]
    ax.set_ylabel("\n".join(wrapped(line, room, ax.yaxis.label.get_size()) for line in lines))


def units(column: str, scale: float, unit: str) -> tuple[str, str]:
    """Return the units of levels and of differences."""
    unit = unit or SUMMARY_UNITS.get(column, "")
    if abs(scale) == 100 and unit in ("", "share", "in [0, 1]", "percentage points"):
        return "%", "percentage points"
    return unit, unit


# -- lines and bars ------------------------------------------------------------------------------------


def bundle(ax: Axes, wide: pd.DataFrame, its: Look, place: int = 0, faint: int = 3) -> float:
    """Draw runs (columns) over months (index): median, band, a few faint runs. Return the last median.

    Bundles of different `place` have their markers in different places: lines may lie upon each other.
    """
    colour = its.colour
    middle = wide.median(axis=1)
    low, high = wide.quantile(0.1, axis=1), wide.quantile(0.9, axis=1)
    ax.fill_between(wide.index, low, high, color=colour, alpha=0.15, lw=0)
    for seed in wide.columns[:faint]:
        ax.plot(wide.index, wide[seed], color=colour, alpha=0.35, linewidth=0.35 * line_width())
    ax.plot(wide.index, middle, markevery=(0.08 + 0.05 * (place % 4), 0.2), **its.line())
    return float(middle.iloc[-1])


def by_seed(df: pd.DataFrame, arm: Arm, column: str) -> pd.DataFrame:
    """Return one column of one arm as months × seeds."""
    return df[df["group"] == arm.name].pivot(index="month", columns="seed", values=column)


def draw_means(ax: Axes, series: Sequence[Series], places: Sequence[float] | None = None) -> None:
    """Draw means with intervals over places, side by side so that bars do not cover each other.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    series : sequence of (Look, str, DataFrame)
        The numbers have one row per place and one column per seed.
    places : sequence of float, optional
        Where the rows stand on the axis; 0, 1, 2, … if left out.
    """
    at = np.arange(len(series[0][2].index), dtype=float) if places is None else np.asarray(places, dtype=float)
    step = (at[-1] - at[0]) / (len(at) - 1) if len(at) > 1 else 1.0
    # Beside each other, but not so far that a point seems to stand at another value.
    apart = 0.09 * min(step, (at[-1] - at[0]) / 2.5 or step)
    ends = []
    for place, (its, label, wide) in enumerate(series):
        mean = wide.mean(axis=1)
        bounds = np.array([interval(row.dropna()) for _, row in wide.iterrows()])
        spread = np.nan_to_num(np.abs(bounds.T - mean.to_numpy()))
        shift = (place - (len(series) - 1) / 2) * apart
        ax.errorbar(at + shift, mean, yerr=spread, **bars(), **its.line())
        if label and np.isfinite(mean.iloc[-1]):
            ends.append((float(mean.iloc[-1]), label, its.colour))
    ax.set_xlim(at[0] - 0.35 * step, at[-1] + 0.35 * step)
    zero_line(ax)
    money_axis(ax)
    label_ends(ax, ends)


def bars() -> dict[str, float]:
    """Return how interval bars are drawn."""
    return {"capsize": line_width(), "elinewidth": 0.7 * line_width()}


def by_horizon(df: pd.DataFrame, arm: Arm, column: str = "profit") -> pd.DataFrame:
    """Return one column of one arm as horizons × seeds."""
    return df[df["group"] == arm.name].pivot(index="months", columns="seed", values=column)
