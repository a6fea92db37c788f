"""Pairs of arms over horizons: both levels, and the paired difference beside them.

The headline is worked out from what is drawn. A gap is called higher or lower only where its interval is clear
of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import Arm, of_arm
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures.axes import (
    POINTS,
    Draw,
    by_horizon,
    draw_means,
    headline,
    horizon_axis,
    label_levels,
    runs,
    two_panels,
    units,
)
from longgame.experiments.figures.looks import distinct_looks
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.pairs import PROFIT_UNIT, Pair
from longgame.experiments.inference.said import said_per, say_each
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, called, capital, listed, named, years


@dataclass(frozen=True)
class Shown:
    """A column to be drawn in every market.

    Attributes
    ----------
    column, what, unit, scale
        As for `figure_pairs`.
    table : str
        The table that has it, with ``market``, ``seed``, ``group``, ``months``.
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
        `figure_pairs`, `sweeps.figure_sweep` or `matrix.figure_against`.
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
    sides: tuple[str, str] | tuple[()] = (),
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
        Factor on the numbers; its sign, which says what supports a claim, is not drawn.
    sides : (str, str), optional
        What ours and theirs are in all pairs, where pairs differ only in the strategy of both.
    """
    scale, table = abs(scale), tables["horizons"]
    level_unit, unit = units(column, scale, unit)
    arms = list({arm.name: arm for pair in pairs for arm in pair}.values())
    drawn = pd.concat([of_arm(table, market, arm) for arm in arms])
    wide = {arm.name: scale * by_horizon(drawn, arm, column) for arm in arms}
    its = distinct_looks(arms)
    gaps = [wide[ours.name] - wide[theirs.name] for ours, theirs in pairs]
    levels, difference = two_panels(figure)
    draw_means(levels, [(its[a.name], words, wide[a.name]) for a, words in zip(arms, brief(arms), strict=True)])
    one = len({ours.name for ours, _ in pairs}) < len(pairs)  # against several: each in the rival's look
    draw_means(
        difference,
        [
            (its[theirs.name if one else ours.name], label, gap)
            for (ours, theirs), label, gap in zip(pairs, _labels(pairs, sides), gaps, strict=True)
        ],
    )
    months = gaps[0].index
    for ax in (levels, difference):
        horizon_axis(ax, months)
    label_levels(levels, what, level_unit)
    label_levels(difference, _minus(pairs, sides), unit)
    finding = said_gaps(pairs, [gap.iloc[-1] for gap in gaps], what, unit, where, int(months[-1]))
    headline(figure, finding, f"{runs(drawn['seed'].nunique())}; {POINTS}.")


def said_gaps(pairs: Sequence[Pair], gaps: Sequence[pd.Series], what: str, unit: str, where: str, months: int) -> str:
    """Write the mean gaps of pairs over some months, as verdicts count them.

    Parameters
    ----------
    pairs : sequence of (ours, theirs)
    gaps : sequence of pandas.Series
        Ours − theirs, one value per run.
    what, unit, where : str
        As for `figure_pairs`.
    months : int
    """
    said = _compared(pairs, say_each([effect_of(gap, unit=unit) for gap in gaps], unit, what))
    return f"{capital(where)}: over {years(months)} {said_per(what, unit)} is {said}"


def _labels(pairs: Sequence[Pair], sides: Sequence[str]) -> list[str]:
    """Return a label per pair, made of what differs between pairs."""
    features = {
        "ours": [ours.strategy_name if sides else called(ours) for ours, _ in pairs],
        "theirs": [] if sides else [f"against {called(theirs)}" for _, theirs in pairs],
        "kind": [ORGANISATION_WORDS[ours.organisation] for ours, _ in pairs],
    }
    varying = [words for words in features.values() if len(set(words)) > 1]
    if features["ours"] == [called(theirs) for _, theirs in pairs]:  # the same conduct, organised otherwise
        varying = [words for words in varying if words is not features["theirs"]]
    return [" ".join(words) for words in zip(*(varying or [features["kind"]]), strict=True)]


def _minus(pairs: Sequence[Pair], sides: Sequence[str]) -> str:
    """Return the label of an axis of differences."""
    if all(called(ours) == called(theirs) for ours, theirs in pairs):
        sides = [ORGANISATION_WORDS[arm.organisation] for arm in pairs[0]]
    ours, theirs = ({called(arm) for arm in side} for side in zip(*pairs, strict=True))
    one, other = sides or (ours.pop() if len(ours) == 1 else "ours", theirs.pop() if len(theirs) == 1 else "others")
    return f"{one} − {other}"


def brief(arms: Sequence[Arm]) -> list[str]:
    """Name arms at the ends of their lines: without their organisation where it is the same for all."""
    alike = len({arm.organisation for arm in arms}) == 1
    return [called(arm) if alike else named(arm) for arm in arms]


def minus(ours: Arm, theirs: Arm) -> str:
    """Write the difference of two arms."""
    alike = ours.organisation == theirs.organisation
    return f"{called(ours) if alike else named(ours)} − {named(theirs)}"


def _compared(pairs: Sequence[Pair], gaps: Sequence[str]) -> str:
    """Write the gaps of pairs: "310 higher for a than for b singletons, and 40 lower for herds"."""
    said: list[str] = []
    before = before_kind = None
    for (ours, theirs), gap in zip(pairs, gaps, strict=True):
        names = (called(ours), called(theirs))
        kind = ORGANISATION_WORDS[theirs.organisation]
        if ours.organisation != theirs.organisation:
            said.append(f"{gap} for {named(ours)} than for {named(theirs)}")
        elif names == before:
            said.append(f"{gap} for {kind}")
        elif before and before[0] == names[0] and before_kind == kind:
            said.append(f"{gap} than for {names[1]}")
        else:
            said.append(f"{gap} for {names[0]} than for {names[1]} {kind}")
        before, before_kind = names, kind
    return listed(said, ", and ")
