"""Ways of selling against each other: invaders in markets of residents, and several arms against one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import AsinhNorm
from matplotlib.figure import Figure

from longgame.experiments.design.arms import Arm, values
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures.axes import POINTS, bars, headline, money_axis, runs, two_panels, zero_line
from longgame.experiments.figures.looks import OKABE_ITO, ink
from longgame.experiments.figures.maps import MAP_COLOURS
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.inference.said import said_per, say_each
from longgame.experiments.words import capital, years

#: How the row that others are set against is marked.
HOLLOW = {"markerfacecolor": "white", "color": OKABE_ITO["black"], "zorder": 3}


def figure_matrix(
    figure: Figure, table: pd.DataFrame, order: Sequence[str], value: str, *, what: str, unit: str, where: str
) -> None:
    """Fill a figure with the gap of a few invaders to the residents, in every market.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    table : pandas.DataFrame
        One row per ``invader``, ``resident`` and ``seed``.
    order : sequence of str
        Strategies, in the order of rows (invaders) and columns (residents).
    value : str
        A column of `table`, above 0 where the invaders spread.
    what, unit : str
        What it is.
    where : str
        Of whom, for the headline.
    """
    found = {
        (a, b): effect_of(here.set_index("seed")[value], unit=unit)
        for a in order
        for b in order
        if len(here := table.loc[(table["invader"] == a) & (table["resident"] == b)])
    }
    wide = figure.get_figwidth() > 6
    if not wide:
        figure.set_figheight(1.4 + 0.42 * len(order))
    ax = figure.add_subplot()
    draw_matrix(ax, found, order, [f"{name} →" for name in order], numbers=wide, upright=wide)
    ax.set_ylabel("a tenth invades …")
    ax.set_xlabel("… a market of")
    signs = [effect.sign for effect in found.values()]
    kept = [b for b in order if all(found[(a, b)].sign == -1 for a in order if (a, b) in found)]
    stable = f"; {' and '.join(kept)} sellers let nobody in" if kept else "; no market keeps all others out"
    headline(
        figure,
        f"{capital(where)}: invaders gain on the residents in {signs.count(1)} of {len(signs)} "
        f"markets and fall behind in {signs.count(-1)}{stable}",
        f"{runs(table['seed'].nunique())}. {capital(what)}, {unit}: "
        f"{'numbers = mean; ? = ' if wide else '+ above 0, − below 0, ? = '}"
        "95% interval (BCa bootstrap) holds 0; dark = invaders ahead.",
    )


def draw_matrix(
    ax: Axes,
    found: Mapping[tuple[str, str], Effect],
    order: Sequence[str],
    labels: Sequence[str],
    *,
    numbers: bool,
    upright: bool,
) -> None:
    """Draw effects as a matrix from light (below 0) to dark (above 0), the sign or the number in each cell.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    found : mapping of (row, column) to Effect
    order : sequence of str
        Names, in the order of rows and columns.
    labels : sequence of str
        How the rows are called.
    numbers : bool
        Write numbers (``?`` where the interval holds 0), not signs (``+``, ``−``, ``?``).
    upright : bool
        Whether the names of columns stand upright or lie across.
    """
    mean = np.array([[found[(a, b)].value if (a, b) in found else np.nan for b in order] for a in order])
    most = max(float(np.nanmax(np.abs(mean), initial=0)), 1e-9)
    ax.grid(False)
    # Not in proportion: beside one reckless seller all other differences would have the same grey.
    norm = AsinhNorm(most / 20, -most, most)
    ax.pcolormesh(np.ma.masked_invalid(mean), cmap=MAP_COLOURS, norm=norm)
    for (a, b), effect in found.items():
        row, column = order.index(a), order.index(b)
        mark = {1: "+", -1: "−", 0: "="}.get(effect.sign, "?")
        text = mark if not numbers else _short(effect.value) + ("" if effect.sign else " ?")
        shade = colormaps[MAP_COLOURS](norm(effect.value))
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink(shade))
    centres = np.arange(len(order)) + 0.5
    ax.set_yticks(centres, labels)
    ax.set_xticks(centres, order, rotation=0 if upright else 90)
    ax.tick_params(length=0)
    ax.invert_yaxis()


def _short(value: float) -> str:
    """Write an amount of money in a few signs, with its sign.

    Examples
    --------
    >>> _short(-12345.0), _short(310.0), _short(0.0)
    ('−12k', '+310', '0')
    """
    if np.isnan(value):
        return ""
    size = abs(round(value))
    text = f"{size / 1000:.0f}k" if size >= 10_000 else f"{size:,}"
    return text if size == 0 else f"{'+' if value > 0 else '−'}{text}"


def figure_against(
    figure: Figure,
    tables: Tables,
    arms: Sequence[Arm],
    base: Arm,
    market: str,
    column: str,
    *,
    what: str,
    unit: str,
    where: str,
    scale: float = 1,
    rows: str = "",
) -> None:
    """Fill a figure with one row per arm, and the paired difference of each to one of them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    tables : mapping of str to DataFrame
        ``horizons`` is drawn at its longest horizon.
    arms : sequence of Arm
        All rows, from top to bottom; their labels name them.
    base : Arm
        The one that the others are set against.
    market, column, what, unit, where, scale
        As for `pairs.figure_pairs`.
    rows : str
        What the labels of arms are, for example "pay by".
    """
    table = tables["horizons"]
    last = int(table["months"].max())
    table = table[table["months"] == last]
    level = {arm.label: scale * values(table, market, arm, column) for arm in arms}
    level_effects = {name: effect_of(numbers, unit=unit) for name, numbers in level.items()}
    gaps = {
        name: effect_of(numbers - level[base.label], unit=unit) for name, numbers in level.items() if name != base.label
    }
    left, right = two_panels(figure, height=0.7 + 0.24 * len(arms))
    _rows(left, level_effects, list(level))
    _rows(right, gaps, list(level))
    right.plot([0], [len(level) - 1 - list(level).index(base.label)], "o", **HOLLOW)
    if figure.get_figwidth() > 6:  # side by side the rows need their names once
        right.set_yticklabels([])
    left.set_ylabel(rows)
    left.set_xlabel(f"{what.removeprefix('the ')}\n({'%' if unit == 'percentage points' else unit})")
    right.set_xlabel(f"difference to {base.label}\n({unit})")
    if left.get_xlim()[0] > 0:
        left.set_xlim(left=0)
    clear = {name: effect for name, effect in gaps.items() if effect.sign}
    amounts = say_each(list(clear.values()), unit, what)
    said = [f"{amount} with {name}" for name, amount in zip(clear, amounts, strict=True)]
    for sign, word in ((0, "no different"), (None, "not clearly different")):
        names = [name for name, effect in gaps.items() if effect.sign == sign]
        if names:
            said.append(f"{word} with {', '.join(names)}")
    n = max(effect.n for effect in level_effects.values())
    compared = f"{rows} {base.label}".strip()
    finding = (
        f"{capital(where)}: over {years(last)}, compared with {compared}, {said_per(what, unit)} is {'; '.join(said)}"
    )
    headline(figure, finding, f"{runs(n)}; {POINTS}; hollow = {compared}, with which others are compared.")


def _rows(ax: Axes, effects: dict[str, Effect], names: list[str]) -> None:
    """Draw a point with its interval for every name that has one, the first on top."""
    for name, effect in effects.items():
        row = len(names) - 1 - names.index(name)
        low, high = (abs(np.nan_to_num(end - effect.value)) for end in (effect.low, effect.high))
        ax.errorbar(
            [effect.value],
            [row],
            xerr=[[low], [high]],
            **bars(),
            color=OKABE_ITO["black"],
            marker="o",
            linestyle="none",
        )
    ax.set_yticks(range(len(names)), names[::-1])
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(False)
    ax.grid(axis="x")
    zero_line(ax, "x")
    money_axis(ax, "x")
