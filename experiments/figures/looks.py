"""How every figure looks: styles, one look per arm, labels at the ends of lines, axes of money and months.

Nothing here touches pyplot or matplotlib's global settings: figures are plain `matplotlib.figure.Figure`
objects, and a style lasts as long as its `with style(...)` block.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import rc_context, rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox, IdentityTransform
from matplotlib.typing import ColorType

from longgame.experiments.design.arms import HERD, SINGLETON
from longgame.sim.strategy import Conduct

# -- styles -----------------------------------------------------------------------------------------

_COMMON = {
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "figure.facecolor": "white",
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "longgame",
    "legend.frameon": False,
}

_STYLES: dict[str, dict] = {
    "paper": {
        "figure.figsize": (3.4, 2.6),
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "figure.titlesize": 9,
        "lines.linewidth": 1.3,
        "lines.markersize": 4,
        "axes.linewidth": 0.6,
        "grid.linewidth": 0.5,
        "savefig.dpi": 300,
        "hatch.linewidth": 0.5,
    },
    "slide": {
        "figure.figsize": (13.333, 7.5),
        "font.size": 18,
        "axes.titlesize": 18,
        "axes.labelsize": 18,
        "xtick.labelsize": 18,
        "ytick.labelsize": 18,
        "legend.fontsize": 18,
        "figure.titlesize": 24,
        "lines.linewidth": 3,
        "lines.markersize": 9,
        "axes.linewidth": 1.2,
        "grid.linewidth": 1,
        "savefig.dpi": 100,
        "hatch.linewidth": 1,
    },
}

#: What each style is written as.
FORMATS = {"paper": ("pdf", "svg", "png"), "slide": ("png", "svg")}


@contextlib.contextmanager
def style(name: str) -> Iterator[None]:
    """Draw in a style within this block: ``paper`` (3.4 in wide, 8 pt) or ``slide`` (16:9, 18 pt and up).

    Raises
    ------
    ValueError
        If there is no such style.
    """
    if name not in _STYLES:
        raise ValueError(f"no style {name!r}; choose from {', '.join(_STYLES)}")
    with rc_context({**_COMMON, **_STYLES[name]}):
        yield


def save(draw: Callable[[Figure], None], stem: Path, styles: Sequence[str] = ("paper", "slide")) -> list[Path]:
    """Draw a figure in each style and write it as ``<folder>/<style>/<name>.<format>``.

    Parameters
    ----------
    draw : callable
        Fills an empty figure.
    stem : pathlib.Path
        Folder and name, without a suffix.
    styles : sequence of str

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    written = []
    for name in styles:
        folder = stem.parent / name
        folder.mkdir(parents=True, exist_ok=True)
        with style(name):
            figure = Figure(layout="constrained")
            draw(figure)
            figure.draw_without_rendering()
            figure.set_layout_engine("none")  # laid out once, not once per format
            for kind in FORMATS[name]:
                path = folder / f"{stem.name}.{kind}"
                # No date in the file: the same results give the same bytes.
                date = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
                figure.savefig(path, metadata=date)
                written.append(path)
    return written


# -- looks: one colour, line and marker per strategy and organisation ----------------------------------

# Okabe & Ito's colours, safe for colour-blind readers. The two opponents lie far apart in grey too.
OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "purple": "#CC79A7",
    "green": "#009E73",
    "sky": "#56B4E9",
    "vermillion": "#D55E00",
    "black": "#000000",
}
_COLOURS = {
    "collaborative": "blue",
    "adversarial": "orange",
    "order-taker": "purple",
    "principled": "green",
    "honest-broker": "sky",
    "discounter": "vermillion",
}
_MARKERS = {
    "collaborative": "o",
    "adversarial": "^",
    "order-taker": "s",
    "principled": "D",
    "honest-broker": "v",
    "discounter": "X",
}

#: Looks of strategies that have none of their own; the first four by their name, all where looks must differ.
_SPARE = ("green", "sky", "vermillion", "black", "blue", "orange", "purple")
_SPARE_MARKERS = "DvXPo^s"

_GLYPHS = {"o": "●○", "^": "▲△", "s": "■□", "D": "◆◇", "v": "▼▽", "X": "✖✕", "P": "✚✛"}

#: Fill and hatch of every kind of exchange; light to dark from "customer gains" to "nobody gains".
EXCHANGE_LOOKS = {
    "win_win_win": ("#00543d", ""),
    "win_win": ("#009E73", ""),
    "lose_win": ("#a6dccb", "///"),
    "win_lose": ("#f0a35e", "\\\\\\"),
    "lose_lose": ("#b04a12", "xxx"),
    "walked_away": ("#e8e8e8", ""),
    "referred": ("#d0d0d0", "..."),
    "declined": ("#f7f7f7", ""),
    "turned_away": ("#bbbbbb", "xxx"),
}


@dataclass(frozen=True)
class Look:
    """How an arm is drawn, everywhere."""

    colour: str
    marker: str
    herd: bool

    @property
    def glyph(self) -> str:
        """The marker as a letter: filled for herds, hollow for singletons."""
        return _GLYPHS[self.marker][0 if self.herd else 1]

    def line(self) -> dict:
        """Return keywords for a line: herds solid and filled, singletons dashed and hollow."""
        return {
            "color": self.colour,
            "marker": self.marker,
            "linestyle": "-" if self.herd else (0, (3, 1.5)),
            "markerfacecolor": self.colour if self.herd else "white",
        }


def look(arm: str) -> Look:
    """Return the look of an arm ``<strategy>-<organisation>``; unknown strategies get one by their name."""
    strategy, organisation = split(arm)
    pick = sum(map(ord, strategy)) % 4
    colour = OKABE_ITO[_COLOURS.get(strategy, _SPARE[pick])]
    return Look(colour, _MARKERS.get(strategy, _SPARE_MARKERS[pick]), organisation == HERD)


def distinct_looks(arms: Sequence[str]) -> dict[str, Look]:
    """Return a look per arm such that no two strategies of a figure look alike.

    Strategies keep the look they have everywhere; one whose look is taken gets a free one.
    """
    taken: dict[tuple[str, str], str] = {}
    found = {}
    for arm in sorted(arms, key=lambda arm: split(arm)[0] not in _COLOURS):
        its, name = look(arm), split(arm)[0]
        mine = next((shape for shape, owner in taken.items() if owner == name), (its.colour, its.marker))
        if taken.setdefault(mine, name) != name:
            pairs = [*zip(_SPARE, _SPARE_MARKERS, strict=True), *product(_SPARE, _SPARE_MARKERS)]
            free = [(OKABE_ITO[c], m) for c, m in pairs]
            mine = next((shape for shape in free if shape not in taken), mine)
            taken.setdefault(mine, name)
        found[arm] = Look(*mine, its.herd)
    return {arm: found[arm] for arm in arms}


def split(arm: str) -> tuple[str, str]:
    """Return (strategy, organisation) of the name of an arm."""
    strategy, _, organisation = arm.rpartition("-")
    return (strategy, organisation) if organisation in (SINGLETON, HERD) and strategy else (arm, SINGLETON)


def named(arm: str) -> str:
    """Return an arm in words: ``collaborative herds``."""
    strategy, organisation = split(arm)
    return f"{called(strategy)} {'herds' if organisation == HERD else 'singletons'}"


def called(strategy: str) -> str:
    r"""Return the name of a strategy; one that turns a dial (`contrasts.sweep`) is called by dial and level.

    The space before the level does not break.

    Examples
    --------
    >>> called("order-taker"), called("unshared-remember-50"), called("bold-4")
    ('order-taker', 'unshared remember\xa00.5', 'bold-4')
    """
    stem, _, level = strategy.rpartition("-")
    before, _, dial = stem.rpartition("-")
    for first, turned in (("", stem), (before, dial)):
        if turned.replace("-", "_") in Conduct.model_fields and level.isdecimal():
            return f"{first} {turned}\N{NO-BREAK SPACE}{int(level) / 100:g}".strip()
    return strategy


def in_order(arms: Iterable[str]) -> list[str]:
    """Return arms in the order in which they always appear: by strategy, singletons before herds."""
    known = list(_COLOURS)

    def place(arm: str) -> tuple[int, str, bool]:
        strategy, organisation = split(arm)
        return known.index(strategy) if strategy in known else len(known), strategy, organisation == HERD

    return sorted(set(arms), key=place)


def dark(colour: str) -> tuple[float, ...]:
    """Darken a colour until it can be read as text on white."""
    return tuple(0.72 * c for c in to_rgb(colour))


def contrast(one: ColorType, other: ColorType) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black on white), as WCAG 2 defines it.

    Examples
    --------
    >>> round(contrast("black", "white")), contrast("#777777", "#777777")
    (21, 1.0)
    """
    dim, bright = sorted(_luminance(colour) for colour in (one, other))
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: ColorType) -> float:
    """Return the relative luminance of a colour in sRGB."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def ink(background: ColorType) -> str:
    """Return the colour of text on a background: black or white, whichever stands out more.

    Examples
    --------
    >>> ink("#ffe945"), ink("#00224e")
    ('black', 'white')
    """
    return max(("black", "white"), key=lambda text: contrast(text, background))


def hatching(pattern: str) -> str:
    """Return a hatch as dense as the style in force needs: small areas on paper would show a line or two.

    Examples
    --------
    >>> with style("paper"):
    ...     hatching("//")
    '////'
    """
    return pattern * 2 if rcParams["font.size"] < 12 else pattern


# -- furniture ----------------------------------------------------------------------------------------


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


#: Letters of the longest word that a label at the end of a line has in one piece.
LONGEST = 13


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


def new_axes(ax: Axes | None) -> Axes:
    """Return the panel, or a new one on a figure of its own."""
    return Figure(layout="constrained").add_subplot() if ax is None else ax


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


def make_room(figure: Figure, lines: int) -> None:
    """Make a figure on paper higher by lines of text that its panels would lose; slides cannot grow."""
    if figure.get_figwidth() < 6:
        figure.set_figheight(figure.get_figheight() + lines * 1.25 * rcParams["font.size"] / 72)


def panels(figure: Figure, count: int, *, height: float = 2.1, extra: float = 0.9, **shared) -> list[Axes]:
    """Return panels side by side on a slide, one above the other on paper (which then grows)."""
    wide = figure.get_figwidth() > 6
    if wide:
        return list(figure.subplots(1, count, squeeze=False, **shared)[0])
    figure.set_figheight(height * count + extra)
    return list(figure.subplots(count, 1, squeeze=False, **shared)[:, 0])


#: Steps of ticks that are easy to count with.
ROUND = (1, 2, 2.5, 5, 10)


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


#: Sizes of amounts and their letters.
_SIZES = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


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


def runs(count: int) -> str:
    """Say how many runs a figure shows.

    Examples
    --------
    >>> runs(1), runs(20)
    ('n = 1 run', 'n = 20 runs')
    """
    return f"n = {count} run{'' if count == 1 else 's'}"


#: What the band of a path is.
BAND = "line = median of runs, band = middle 80% of runs, faint = single runs"


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


def line_width() -> float:
    """Return the width of a line in the style in force. Unit: points."""
    return rcParams["lines.linewidth"]


def by_seed(df: pd.DataFrame, arm: str, column: str) -> pd.DataFrame:
    """Return one column of one arm as months × seeds."""
    return df[df["group"] == arm].pivot(index="month", columns="seed", values=column)
