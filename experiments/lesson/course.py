"""Helpers of the course notebooks: pictures, sliders, bets, stories of meetings, thresholds in a sentence.

Every sentence is made from the numbers of the run at hand: a notebook claims no more than its cells show.
Results come from `sim` and the other modules of `experiments`; nothing is simulated here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import SHARED, Arm, values
from longgame.experiments.figures.axes import headline, label_ends, zero_line
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.figures.style import style
from longgame.experiments.inference.effects import Effect, paired
from longgame.experiments.words import number
from longgame.sim.errors import closest
from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    from ipywidgets import SelectionSlider

#: Half the default market: 20 salespeople, 2,000 customers.
SMALL = Scenario(
    firms=[*firms("adversarial", singletons=5, herds=1), *firms("collaborative", singletons=5, herds=1)]
).but({"customers.count": 2000})

#: Dots per inch of a picture, and the width at which a notebook shows it: sharp on a projector too. Unit: pixels.
DOTS, WIDTH = 150, 800

#: Colours and dashes of lines that are no strategies; they differ in grey too.
LINES = (
    (OKABE_ITO["blue"], "-"),
    (OKABE_ITO["orange"], (0, (4, 1.5))),
    (OKABE_ITO["green"], (0, (1, 1))),
    (OKABE_ITO["black"], (0, (4, 1, 1, 1))),
)


# -- pictures -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A drawn figure that a notebook shows; its text is the headline, for readers without pictures."""

    png: bytes = field(repr=False)
    text: str

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        return self.png, {"width": WIDTH}

    def __repr__(self) -> str:
        return self.text


def picture(draw: Callable[..., None], /, *args: Any, **options: Any) -> Picture:
    """Draw one of the project's figures as a slide, to be shown by a notebook.

    Parameters
    ----------
    draw : callable
        Fills a figure, for example `longgame.experiments.figures.paths.figure_herd`.
    *args, **options
        Arguments besides the figure.
    """
    with style("slide"):
        figure = Figure(layout="constrained")
        draw(figure, *args, **options)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=DOTS, metadata={"Software": None})
    return Picture(drawn.getvalue(), " ".join(figure.get_suptitle().split()))


def figure_lines(
    figure: Figure,
    lines: pd.DataFrame,
    *,
    x: str,
    y: str,
    finding: str,
    note: str = "",
    limits: tuple[float, float] | None = None,
    at: float | None = None,
) -> None:
    """Fill a figure with one line per column, labelled at their ends.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    lines : pandas.DataFrame
        The index is the x axis.
    x, y : str
        Labels of the axes.
    finding, note : str
        Headline and small print.
    limits : (float, float), optional
        Of the y axis; those of the data with 0 if left out.
    at : float, optional
        Where on the x axis a slider stands: a value of the index.
    """
    ax = figure.add_subplot()
    ends = []
    if at is not None:
        ax.axvline(at, color="#555555", linewidth=1, linestyle=":")
    for place, name in enumerate(lines):
        colour, dashes = LINES[place % len(LINES)]
        ax.plot(lines.index, lines[name], color=colour, linestyle=dashes)
        ends.append((float(lines[name].dropna().iloc[-1]), str(name), colour))
        if at is not None:
            ax.plot([at], [lines.loc[at, name]], marker="o", color=colour, linestyle="")
    ax.set_xlim(lines.index[0], lines.index[-1])
    if limits is None:
        zero_line(ax)
    else:
        ax.set_ylim(*limits)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    label_ends(ax, ends)
    headline(figure, finding, note)


def figure_ranges(figure: Figure, ranges: pd.DataFrame, *, x: str, finding: str, note: str = "") -> None:
    """Fill a figure with a bar per row on a logarithmic axis, and a line at 1.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    ranges : pandas.DataFrame
        Columns ``low`` and ``high``, as multiples of something; the index names the rows.
    x : str
        Label of the axis.
    finding, note : str
        Headline and small print.
    """
    ax = figure.add_subplot()
    for place, (low, high) in enumerate(ranges[["low", "high"]].to_numpy()):
        ax.plot([low, high], [place, place], color=LINES[0][0], linewidth=9, solid_capstyle="butt")
    ax.axvline(1, color="#555555", linewidth=1.5)
    ends = [*ranges["low"], *ranges["high"], 0.5, 2.0]
    ax.set_xscale("log", base=2)
    ax.set_xlim(min(ends) / 1.2, max(ends) * 1.2)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_yticks(range(len(ranges)), ranges.index)
    ax.set_ylim(len(ranges) - 0.5, -0.5)
    ax.set_xlabel(x)
    headline(figure, finding, note)


def slider(name: str, values: Sequence[Any], show: Callable[[Any], Any]) -> SelectionSlider:
    """Show a slider, and under it what belongs to the value on which it stands: at first the middle one.

    Parameters
    ----------
    name : str
    values : sequence
        Its stops.
    show : callable
        Takes a value and returns what is shown for it, for example a `Picture`.

    Returns
    -------
    ipywidgets.SelectionSlider
        Moved by code as by hand: ``slider.value = 0.5``.
    """
    from IPython.display import DisplayHandle, display
    from ipywidgets import Layout, SelectionSlider

    wide = Layout(width=f"{WIDTH}px", max_width="100%")
    made = SelectionSlider(
        options=list(values),
        value=values[len(values) // 2],
        description=name,
        continuous_update=False,
        layout=wide,
        style={"description_width": "initial"},
    )
    display(made)
    shown = DisplayHandle()
    shown.display(show(made.value))
    made.observe(lambda change: shown.update(show(change["new"])), names="value")
    return made


# -- bets ---------------------------------------------------------------------------------------------


class NoBet(ValueError):
    """There is no bet yet, or it is none of the possible ones; a notebook stops here and shows the one sentence."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it: no traceback, as nothing broke."""
        return [str(self)]


def bet(placed: Any, choices: Sequence[Any] = ()) -> None:
    """Go on only if a bet is placed.

    Parameters
    ----------
    placed : str, number or None
        None where no bet was placed.
    choices : sequence
        The possible bets; any number if left out.

    Raises
    ------
    NoBet
        If there is none, or it is not possible.

    Examples
    --------
    >>> bet("collaborative", ["collaborative", "adversarial"])
    >>> bet(None)
    Traceback (most recent call last):
        ...
    longgame.experiments.lesson.course.NoBet: Place your bet: write it in place of None, and run this cell again.
    """
    if placed is None:
        raise NoBet("Place your bet: write it in place of None, and run this cell again.")
    if choices and placed not in choices:
        near = closest(placed, [each for each in choices if isinstance(each, str)]) if isinstance(placed, str) else ""
        raise NoBet(f"The bet is {placed!r}{near}; choose from {', '.join(map(str, choices))}.")
    if not choices and not _is_number(placed):
        raise NoBet(f"The bet is {placed!r}; it must be a number.")


def settle(placed: Any, answer: Any) -> str:
    """Return a sentence that compares a bet with the result.

    Parameters
    ----------
    placed : str or number
    answer : str, number, list of str or None
        The result; several (from `in_front`) where the runs leave it open between them; None where the event
        never happened.

    Examples
    --------
    >>> settle("collaborative", "adversarial")
    'You bet on collaborative; it is adversarial.'
    >>> settle(24, 30)
    'You bet on 24; it is 30: your bet is 6 too low.'
    >>> settle("a", ["a", "b"])
    'You bet on a; it is a or b: these runs cannot tell which.'
    """
    if isinstance(answer, list):
        if len(answer) > 1:
            answer = f"{' or '.join(answer)}: these runs cannot tell which"
        else:
            (answer,) = answer
    if placed == answer:
        return f"You bet on {placed}, and it is."
    said = "never" if answer is None else number(answer) if _is_number(answer) else str(answer)
    start = f"You bet on {number(placed) if _is_number(placed) else placed}; it is {said}"
    if not (_is_number(placed) and _is_number(answer)):
        return f"{start}."
    return f"{start}: your bet is {number(abs(placed - answer))} too {'low' if placed < answer else 'high'}."


def in_front(table: pd.DataFrame) -> list[str]:
    """Return the column with the highest mean, then those that are not clearly lower.

    Parameters
    ----------
    table : pandas.DataFrame
        One column each, one row per seed.

    Examples
    --------
    >>> in_front(pd.DataFrame({"a": [9, 8, 9, 8, 7, 8], "b": [0, 1, 0, 1, 0, 2], "c": [9, 8, 8, 8, 8, 8]}))
    ['a', 'c']
    """
    ordered = [str(name) for name in table.mean().sort_values(ascending=False, kind="stable").index]
    first = ordered[0]
    return [first, *(name for name in ordered[1:] if paired(table[first], table[name], unit="").sign != 1)]


def short(effect: Effect) -> str:
    """Write an effect for the cell of a table: its mean, and its interval in brackets.

    Examples
    --------
    >>> short(Effect(-4500.0, -5540.0, -3290.0, 6, "money"))
    '−4,500 (−5,540 to −3,290)'
    """
    return f"{number(effect.value)} ({number(effect.low)} to {number(effect.high)})"


def _is_number(value: Any) -> bool:
    """Tell whether a bet or an answer is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


# -- meetings -----------------------------------------------------------------------------------------


def tell(meeting: pd.Series) -> str:
    """Return one row of `sim.Market.meetings` as a story of a few sentences."""
    row: dict[str, Any] = {str(name): value for name, value in meeting.items()}
    story = [f"She trusts the seller {row['trust']:.0%}."]
    if pd.notna(row["price"]):
        story.append(
            f"A perfect solution is worth {number(row['stake'])} to her; she is promised one worth "
            f"{number(row['claim'])}, for {number(row['price'])}."
        )
    if pd.isna(row["delivered"]):
        return " ".join([*story, f"It ends without a deal: {row['outcome'].replace('_', ' ')}."])
    gain, margin = row["customer_gain"], row["seller_gain"]
    story += [
        f"She buys, and gets {number(row['delivered'])}"
        + (f", and {number(row['refund'])} back." if row["refund"] else "."),
        f"She {'gains' if gain >= 0 else 'loses'} {number(abs(gain))}, the seller "
        f"{'gains' if margin >= 0 else 'loses'} {number(abs(margin))}: "
        f"{row['outcome'].replace('_', '-')}. Her experience: {row['experience']:.2f} of 1.",
    ]
    return " ".join(story)


# -- thresholds ---------------------------------------------------------------------------------------


def along(
    points: pd.DataFrame, dial: str, ours: Arm | str, theirs: Arm | str, column: str = "profit", market: str = SHARED
) -> dict[float, Effect]:
    """Return ours − theirs at every value of a dial of a grid, lowest first.

    Parameters
    ----------
    points : pandas.DataFrame
        Of a plan over a `grid`: one value of every other dial, one horizon.
    dial : str
        Dotted name of the dial.
    ours, theirs : Arm or str
    column : str
        A column of `points`.
    market : {"shared", "separate"}
    """
    return {
        float(level): paired(values(rows, market, ours, column), values(rows, market, theirs, column), unit=column)
        for level, rows in points.groupby(dial)
    }


def threshold(effects: Mapping[float, Effect], dial: str, ours: str, theirs: str) -> str:
    """Return a sentence with the arm that is ahead at each value of a dial, and the values where that changes.

    Parameters
    ----------
    effects : mapping of float to Effect
        Ours − theirs by value of the dial, lowest first.
    dial : str
        Name of the dial.
    ours, theirs : str
        Names of the arms.

    Examples
    --------
    >>> def effect(value):
    ...     return Effect(value, value - 1, value + 1, 8, "money")
    >>> threshold({0.0: effect(-9.0), 0.5: effect(0.0), 1.0: effect(9.0)}, "gossip", "friends", "foes")
    'gossip 0: foes ahead; gossip 0.5: not clear; gossip 1: friends ahead. The mean is 0 near gossip 0.5.'
    """
    words = {1: f"{ours} ahead", -1: f"{theirs} ahead", 0: "exactly equal", None: "not clear"}
    parts = []
    for sign, run in groupby(effects.items(), key=lambda item: item[1].sign):
        levels = [level for level, _ in run]
        where = number(levels[0]) if len(levels) == 1 else f"{number(levels[0])} to {number(levels[-1])}"
        parts.append(f"{dial} {where}: {words[sign]}")
    crossed = crossings({level: effect.value for level, effect in effects.items()})
    near = f" The mean is 0 near {dial} {' and '.join(map(number, crossed))}." if crossed else ""
    return f"{'; '.join(parts)}.{near}"


def crossings(values: Mapping[float, float]) -> list[float]:
    """Return where the line through some points, lowest first, crosses 0.

    Examples
    --------
    >>> crossings({0: -1.0, 2: 1.0, 4: 3.0}), crossings({0: 1.0, 1: 0.0}), crossings({0: 1.0, 1: 2.0})
    ([1.0], [1.0], [])
    """
    found = []
    for (a, fa), (b, fb) in pairwise(values.items()):
        if fa * fb < 0:
            found.append(a + (b - a) * fa / (fa - fb))
        elif fb == 0 and fa != 0:
            found.append(float(b))
    return found


def ahead(effect: Effect, ours: str, theirs: str) -> str:
    """Return the arm that is clearly ahead, or "not clear".

    Examples
    --------
    >>> ahead(Effect(-5.0, -9.0, -1.0, 8, "money"), "friends", "foes")
    'foes'
    """
    return {1: ours, -1: theirs}.get(effect.sign or 0, "not clear")
