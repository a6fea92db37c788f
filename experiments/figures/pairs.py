"""Figures that claims share: pairs over horizons, a dial turned, a grid of markets, a map of two dials.

Each shows the paired difference beside the levels, and its headline is worked out from what is drawn. A gap
is called higher or lower only where its interval is clear of 0. Everything is drawn from the tables of a
plan, as `longgame.experiments.inference.pairs` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from longgame.experiments.design.arms import (
    HERD,
    MARKET_WORDS,
    ORGANISATION_WORDS,
    SINGLETON,
    Arm,
    of_arm,
    with_setting,
    years,
)
from longgame.experiments.design.grids import level_of
from longgame.experiments.figures.looks import (
    OKABE_ITO,
    Look,
    balanced,
    called,
    distinct_looks,
    hatching,
    headline,
    ink,
    label_ends,
    line_width,
    make_room,
    money_axis,
    named,
    panels,
    runs,
    short_money,
    split,
    wrapped,
    zero_line,
)
from longgame.experiments.inference.pairs import PROFIT_UNIT, Pair, Tables
from longgame.experiments.inference.verdicts import Effect, effect_of, interval, number
from longgame.experiments.measures.kept import SUMMARY_UNITS
from longgame.sim.refusals import meaning_of

#: How points and bars are explained below every figure.
POINTS = "points = mean, bars = 95% interval (BCa bootstrap)"

#: Largest ratio of a dial's ends that is drawn on a linear axis.
LINEAR = 15

#: Draws on an empty figure.
Draw = Callable[[Figure], None]

#: A line of a panel: its look, its label, and its numbers as places × seeds.
Series = tuple[Look, str, pd.DataFrame]


# -- pieces -------------------------------------------------------------------------------------------


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


def horizon_axis(ax: Axes, months: Sequence[int]) -> None:
    """Write horizons, in years, below a panel drawn by `draw_means`."""
    ax.set_xticks(range(len(months)), [f"{m // 12}" if m % 12 == 0 else f"{m / 12:.2g}" for m in months])
    ax.set_xlabel("horizon (years)")


def by_horizon(df: pd.DataFrame, arm: str, column: str = "profit") -> pd.DataFrame:
    """Return a column of one arm as horizons × seeds."""
    return df[df["group"] == arm].pivot(index="months", columns="seed", values=column)


def _dial_axis(ax: Axes, dial: str, values: Sequence[float], places: Sequence[float], log: bool) -> None:
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
    """Return the label of the axis of a dial: of one of the scenario what it means, its name and its unit.

    Parameters
    ----------
    dial : str
        A dotted name of the scenario, or any words.
    room : float
        Width of the axis. Unit: inches.
    also : str
        What else is to be said in brackets.

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


def _placed(values: Sequence[float]) -> tuple[np.ndarray, bool]:
    """Return where the values of a dial stand on an axis, and whether that is a logarithmic one."""
    found = np.asarray(values, dtype=float)
    log = bool(found[0] > 0 and found[-1] > LINEAR * found[0])
    return (np.log10(found) if log else found), log


def _units(column: str, scale: float, unit: str) -> tuple[str, str]:
    """Return the units of levels and of differences."""
    unit = unit or SUMMARY_UNITS.get(column, "")
    if abs(scale) == 100 and unit in ("", "share", "in [0, 1]", "percentage points"):
        return "%", "percentage points"
    return unit, unit


def say(effect: Effect, unit: str, what: str = "") -> str:
    """Say a gap: how much higher or lower, or that it is not clear.

    Parameters
    ----------
    effect : Effect
    unit : str
        Its unit. Of "deals per salesperson-year" the deals are said with the amount, unless they are money or
        part of `what`; the rest is for `said_per`.
    what : str
        What is higher or lower.
    """
    noun = unit if unit.startswith("percent") else unit.partition(" per ")[0] if " per " in unit else ""
    word = "" if noun in ("", "money") or noun in what else f" {noun}"
    amount, side = f"{number(abs(effect.value))}{word}", "higher" if effect.value > 0 else "lower"
    if effect.sign == 0 or np.isnan(effect.value):
        return "neither higher nor lower"
    return f"{amount} {side}" if effect.sign else f"not clearly {side} ({amount})"


def say_each(effects: Sequence[Effect], unit: str, what: str) -> list[str]:
    """Say gaps of one sentence: the unit with the first amount only."""
    said, told = [], False
    for effect in effects:
        said.append(say(effect, "" if told else unit, what))
        told = told or not (effect.sign == 0 or np.isnan(effect.value))
    return said


def said_per(what: str, unit: str) -> str:
    """Say what is measured together with what it is measured by: a year's profit is not that of ten years.

    Examples
    --------
    >>> said_per("profit", "money per salesperson-year"), said_per("clients' trust", "percentage points")
    ('profit per salesperson-year', "clients' trust")
    """
    found = re.search(r"\bper .+", unit)
    return f"{what} {found.group()}" if found else what


def _label(ax: Axes, text: str, unit: str) -> None:
    """Label the y axis: what it shows, and the unit in a line of its own."""
    room = 4.2 if ax.figure.get_figwidth() > 6 else 1.9
    lines = [text.removeprefix("the "), *([f"({unit})"] if unit else [])]
    ax.set_ylabel("\n".join(wrapped(line, room, ax.yaxis.label.get_size()) for line in lines))


def _listed(parts: Sequence[str]) -> str:
    """Join parts of a sentence."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"


def _capital(where: str) -> str:
    """Start a headline with where it was."""
    return where[:1].upper() + where[1:]


def _two_panels(figure: Figure) -> tuple[Axes, Axes]:
    """Return a panel for levels and one for differences."""
    levels, difference = panels(figure, 2)
    levels.set_title("Levels")
    difference.set_title("Paired difference (same seed)")
    return levels, difference


# -- columns × markets --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A column to be drawn in every market.

    Attributes
    ----------
    column, what, unit, scale
        As for `figure_pairs`.
    table : str
        The table that has it, with ``arm``, ``seed``, ``group``, ``months``.
    """

    column: str
    what: str
    unit: str = ""
    scale: float = 1
    table: str = "horizons"


#: What most claims draw first.
PROFIT = Shown("profit", "profit", PROFIT_UNIT)


def in_each_market(
    draw: Callable[..., None], tables: Tables, columns: Mapping[str, Shown], **options: Any
) -> dict[str, Draw]:
    """Return a figure of every column in the shared market, then in the separate ones.

    Parameters
    ----------
    draw : callable
        `figure_pairs`, `figure_sweep` or `charts_more.figure_against`.
    tables : mapping of str to DataFrame
    columns : mapping of str to Shown
        By the first part of the figure's name; the market is the second.
    **options
        What else `draw` takes, for example ``pairs``.
    """
    return {
        f"{name}-{market}": partial(
            draw,
            tables={"horizons": tables[shown.table]},
            market=market,
            where=words,
            column=shown.column,
            what=shown.what,
            unit=shown.unit,
            scale=shown.scale,
            **options,
        )
        for market, words in MARKET_WORDS.items()
        for name, shown in columns.items()
    }


# -- pairs over horizons ------------------------------------------------------------------------------


def figure_pairs(
    figure: Figure,
    tables: Tables,
    pairs: Sequence[Pair],
    market: str,
    column: str,
    *,
    what: str,
    unit: str,
    where: str,
    scale: float = 1,
) -> None:
    """Fill a figure with both arms of every pair over horizons, and their paired differences.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    tables : mapping of str to DataFrame
        What a plan over `longgame.experiments.design.arms.markets` gave; ``horizons`` is drawn.
    pairs : sequence of (ours, theirs)
    market : {"shared", "separate"}
    column : str
        A column of `measures.summary`.
    what, unit : str
        What the column is, as in "profit", and its unit; "percentage points" goes with a scale of 100.
    where : str
        The kind of market, for the headline.
    scale : float
        Factor on the numbers; its sign, which says what speaks for a claim, is not drawn.
    """
    scale, table = abs(scale), tables["horizons"]
    level_unit, unit = _units(column, scale, unit)
    arms = list(dict.fromkeys(arm.name for pair in pairs for arm in pair))
    drawn = pd.concat([of_arm(table, market, arm) for arm in arms])
    wide = {arm: scale * by_horizon(drawn, arm, column) for arm in arms}
    its = distinct_looks(arms)
    gaps = [wide[ours.name] - wide[theirs.name] for ours, theirs in pairs]
    levels, difference = _two_panels(figure)
    draw_means(levels, [(its[arm], name, wide[arm]) for arm, name in zip(arms, _brief(arms), strict=True)])
    one = len({ours.name for ours, _ in pairs}) < len(pairs)  # against several: each in the rival's look
    draw_means(
        difference,
        [
            (its[theirs.name if one else ours.name], label, gap)
            for (ours, theirs), label, gap in zip(pairs, _telling(pairs), gaps, strict=True)
        ],
    )
    months = gaps[0].index
    for ax in (levels, difference):
        horizon_axis(ax, months)
    _label(levels, what, level_unit)
    _label(difference, _minus(pairs), unit)
    said = _compared(pairs, say_each([effect_of(gap.iloc[-1], unit=unit) for gap in gaps], unit, what))
    finding = f"{_capital(where)}: over {years(int(months[-1]))} {said_per(what, unit)} is {said}"
    headline(figure, finding, f"{runs(drawn['seed'].nunique())}; {POINTS}.")


def _name(arm: Arm) -> str:
    """Return what an arm is called, without its organisation."""
    return called(split(arm.name)[0])


def _telling(pairs: Sequence[Pair]) -> list[str]:
    """Return a label per pair, made of what tells it from the others."""
    shared, _, _ = _stems(pairs)
    features = {
        "ours": shared or [_name(ours) for ours, _ in pairs],
        "theirs": [] if shared else [f"against {_name(theirs)}" for _, theirs in pairs],
        "kind": [ORGANISATION_WORDS[ours.organisation] for ours, _ in pairs],
    }
    varying = [words for words in features.values() if len(set(words)) > 1]
    if features["ours"] == [_name(theirs) for _, theirs in pairs]:  # the same conduct, organised otherwise
        varying = [words for words in varying if words is not features["theirs"]]
    return [" ".join(words) for words in zip(*(varying or [features["kind"]]), strict=True)]


def _minus(pairs: Sequence[Pair]) -> str:
    """Return the label of an axis of differences."""
    all_ours, all_theirs = (list(dict.fromkeys(map(_name, side))) for side in zip(*pairs, strict=True))
    ours = all_ours[0] if len(all_ours) == 1 else "ours"
    theirs = all_theirs[0] if len(all_theirs) == 1 else "others"
    shared, one, other = _stems(pairs)
    if shared:
        ours, theirs = one, other
    if all(_name(ours) == _name(theirs) for ours, theirs in pairs):
        ours, theirs = (ORGANISATION_WORDS[arm.organisation] for arm in pairs[0])
    return f"{ours} − {theirs}"


def _stems(pairs: Sequence[Pair]) -> tuple[list[str], str, str]:
    """Return what the two names of each pair begin with, and how ours and theirs end, alike in all pairs.

    Nothing where pairs differ in more than what they begin with: ``adversarial-team`` against
    ``adversarial-alone`` beside ``collaborative-team`` against ``collaborative-alone``.
    """
    named = [(_name(ours).rpartition("-"), _name(theirs).rpartition("-")) for ours, theirs in pairs]
    ends = {(ours[2], theirs[2]) for ours, theirs in named}
    alike = all(ours[0] and ours[0] == theirs[0] for ours, theirs in named)
    if len(ends) > 1 or not alike or len({ours[0] for ours, _ in named}) == 1:
        return [], "", ""
    return [ours[0] for ours, _ in named], *next(iter(ends))


def _brief(arms: Sequence[str]) -> list[str]:
    """Name arms at the ends of their lines: without their organisation where it is the same for all."""
    alike = len({split(arm)[1] for arm in arms}) == 1
    return [called(split(arm)[0]) if alike else named(arm) for arm in arms]


def _minus_named(names: Sequence[str]) -> str:
    """Return the difference of the first two arms in words."""
    (ours, kind), (_, other) = split(names[0]), split(names[1])
    return f"{called(ours)} − {named(names[1])}" if kind == other else f"{named(names[0])} − {named(names[1])}"


def _compared(pairs: Sequence[Pair], gaps: Sequence[str]) -> str:
    """Say the gaps of pairs: "310 higher for a than for b singletons, and 40 lower for herds"."""
    said: list[str] = []
    before = before_kind = None
    for (ours, theirs), gap in zip(pairs, gaps, strict=True):
        names = (_name(ours), _name(theirs))
        kind = ORGANISATION_WORDS[theirs.organisation]
        if ours.organisation != theirs.organisation:
            said.append(f"{gap} for {named(ours.name)} than for {named(theirs.name)}")
        elif names == before:
            said.append(f"{gap} for {kind}")
        elif before and before[0] == names[0] and before_kind == kind:
            said.append(f"{gap} than for {names[1]}")
        else:
            said.append(f"{gap} for {names[0]} than for {names[1]} {kind}")
        before, before_kind = names, kind
    return _listed(said)


# -- a dial of a conduct turned -----------------------------------------------------------------------


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
        Organisation (or any other name of a line) to arms from `contrasts.sweep`, lowest level first.
    market : {"shared", "separate"}
    column, what, where, scale
        As for `figure_pairs`.
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
        * _over(
            [level_of(arm.name) for arm in line], [of_arm(table, market, arm).set_index("seed")[column] for arm in line]
        )
        for key, line in arms.items()
    }
    n = max(numbers.shape[1] for numbers in wide.values())
    looked = {key: (_line_look(key, i), ORGANISATION_WORDS.get(key, key)) for i, key in enumerate(arms)}
    level_unit, unit = _units(column, scale, unit)
    gaps = {key: numbers - numbers.iloc[0] for key, numbers in wide.items()}
    levels, difference = _two_panels(figure)
    for ax, drawn in ((levels, wide), (difference, gaps)):
        values = next(iter(drawn.values())).index.to_list()
        draw_means(ax, [(*looked[key], numbers) for key, numbers in drawn.items()], values)
        _dial_axis(ax, dial, values, values, log=False)
    _label(levels, what, level_unit)
    low, high = values[0], values[-1]
    _label(difference, f"gap to {dial} {number(low)}", unit)
    ends = say_each([effect_of(gap.iloc[-1], unit=unit) for gap in gaps.values()], unit, what)
    but = [_otherwise(gap) for gap in gaps.values()]
    said = _listed([f"{end} for {looked[key][1]}{more}" for key, end, more in zip(gaps, ends, but, strict=True)])
    finding = (
        f"{_capital(where)}: with {dial} {number(high)} instead of {number(low)}, "
        f"{said_per(what, unit)} over {years(last)} is {said}"
    )
    means = {looked[key][1]: numbers.mean(axis=1) for key, numbers in wide.items()}
    peaks = {name: number(float(mean.idxmax())) for name, mean in means.items() if mean.nunique() > 1}
    said = [f"{peak} for {name}" for name, peak in peaks.items()]
    if len(peaks) == len(means) and len(set(peaks.values())) == 1:
        said = [f"{next(iter(peaks.values()))} for all"]
    most = f" Mean highest at {dial} {_listed(said)}." if said else ""
    headline(figure, finding, f"{runs(n)}; {POINTS}.{most}")


def _otherwise(gap: pd.DataFrame) -> str:
    """Say where between the ends of a dial the gap is clearly on the other side than at its end."""
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


def _line_look(key: str, place: int) -> Look:
    """Return the look of a line that is no strategy: both organisations black, others a colour each."""
    if key in (SINGLETON, HERD):
        return Look(OKABE_ITO["black"], "o", key == HERD)
    colours, markers = ["blue", "orange", "purple", "green", "vermillion"], "o^sDv"
    return Look(OKABE_ITO[colours[place % 5]], markers[place % 5], place % 2 == 0)


# -- markets that differ in a dial of the scenario ----------------------------------------------------


def figure_grid(
    figure: Figure,
    table: pd.DataFrame,
    dial: str,
    arms: Sequence[Arm | str],
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
        From `contrasts.at_points`, with one dial. Its longest horizon is drawn, if it has several.
    dial : str
        Dotted name of the dial, a column of `table`.
    arms : sequence of Arm or str
        At least two.
    column, what, scale
        As for `figure_pairs`.
    where : str
        The kind of market, for the headline; of a table with both kinds that one is drawn
        (`arms.MARKET_WORDS`).
    unit : str
        Unit of the column, if it is not one of `measures.summary`.
    """
    table, last = _one_kind(table, where)
    names = [arm if isinstance(arm, str) else arm.name for arm in arms]
    wide = {
        name: abs(scale) * table[table["group"] == name].pivot(index=dial, columns="seed", values=column)
        for name in names
    }
    gaps = [wide[names[0]] - wide[name] for name in names[1:]]
    values = [float(value) for value in gaps[0].index]
    places, log = _placed(values)
    its = distinct_looks(names)
    level_unit, unit = _units(column, scale, unit)
    levels, difference = _two_panels(figure)
    draw_means(levels, [(its[n], s, wide[n]) for n, s in zip(names, _brief(names), strict=True)], places)
    one = len(gaps) == 1  # against several: each in the rival's look
    rivals = _brief(names)[1:]
    if one and split(names[0])[0] == split(names[1])[0]:
        rivals = [ORGANISATION_WORDS[split(names[1])[1]]]
    draw_means(
        difference,
        [
            (its[names[0] if one else name], "" if one else f"against {rival}", gap)
            for name, rival, gap in zip(names[1:], rivals, gaps, strict=True)
        ],
        places,
    )
    for ax in (levels, difference):
        _dial_axis(ax, dial, values, places, log)
    _label(levels, what, level_unit)
    _label(difference, _minus_named(names) if one else f"{named(names[0])} − others", unit)
    ends = [effect_of(gap.loc[value], unit=unit) for gap in gaps for value in (values[0], values[-1])]
    said = say_each(ends, unit, what)
    (low, high), *more = zip(said[::2], said[1::2], strict=True)
    time = f" over {years(last)}" if last else ""
    finding = (
        f"{_capital(where)}: {said_per(what, unit)}{time} is {low} for {named(names[0])} than for "
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
        If the table has both kinds of market and `where` is neither.
    """
    table = with_setting(table)
    if len(table["setting"].unique()) > 1:
        kinds = {words: market for market, words in MARKET_WORDS.items()}
        if where not in kinds:
            raise ValueError(f"the table has both kinds of market: `where` must be one of {list(kinds)}")
        table = table.loc[table["setting"] == kinds[where]]
    last = int(table["months"].max()) if "months" in table else 0
    return (table.loc[table["months"] == last] if last else table), last


# -- a map of two dials -------------------------------------------------------------------------------

#: Dark where ours is ahead, light where theirs is; its lightness runs one way, so it reads in grey.
MAP_COLOURS = "cividis_r"


def figure_map(
    figure: Figure,
    table: pd.DataFrame,
    x: str,
    y: str,
    ours: Arm | str,
    theirs: Arm | str,
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
        From `contrasts.at_points`, with two dials. Its longest horizon is drawn, if it has several.
    x, y : str
        Dotted names of the dials, columns of `table`.
    ours, theirs : Arm or str
    column, what, where, scale, unit
        As for `figure_grid`.
    """
    table, last = _one_kind(table, where)
    names = [arm if isinstance(arm, str) else arm.name for arm in (ours, theirs)]
    one, other = (table[table["group"] == name].pivot(index=[y, x], columns="seed", values=column) for name in names)
    gap = abs(scale) * (one - other)
    found = [effect_of(row, unit=unit) for _, row in gap.iterrows()]
    cells = pd.Series(found, index=gap.index).unstack()
    mean = cells.map(lambda effect: effect.value)
    _, unit = _units(column, scale, unit)
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
    title = f"{what[:1].upper()}{what[1:]}: {_minus_named(names)}"
    ax.set_title(wrapped(title, 0.7 * figure.get_figwidth(), rcParams["axes.titlesize"]))
    signs = [effect.sign for effect in found]
    time = f" over {years(last)}" if last else ""
    finding = (
        f"{_capital(where)}: in {what}{time}, {named(names[0])} are ahead of {named(names[1])} in "
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
