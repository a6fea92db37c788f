"""The numbers of the runs on the page: paths with their median and band, exchanges, and paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from longgame.experiments.design.arms import Arm, of_arm, values
from longgame.experiments.inference.effects import Effect, effect_of, fewest
from longgame.experiments.lesson.grid import ARMS, CONTRASTS, Contrast, key, points
from longgame.experiments.measures.kept import horizons
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.columns import OUTCOMES
from longgame.sim.scenario import Scenario

UNIT = "money per salesperson"

#: The band around a median: the middle 80 % of runs, as in every figure (`axes.BAND`).
BAND = (0.1, 0.9)


def by_point(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """Return the tables of `grid.plan` at every point, by its key."""
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for measure, table in tables.items():
        for name, rows in table.groupby("point", sort=False):
            found.setdefault(str(name), {})[measure] = rows
    return found


def paths_of(paths: pd.DataFrame, setting: str, arm: Arm) -> pd.DataFrame:
    """Return cumulative profit per salesperson as months × seeds. Unit: money."""
    return of_arm(paths, setting, arm).pivot(index="month", columns="seed", values="profit")


def whole(numbers: ArrayLike) -> Any:
    """Return a number or a list of numbers in whole money: a drawing needs no more."""
    return np.rint(numbers).astype(int).tolist()


def path(paths: pd.DataFrame, setting: str, arm: Arm) -> dict[str, Any]:
    """Return median, band and every run of an arm's cumulative profit, month by month."""
    runs = paths_of(paths, setting, arm)
    return {**spread(runs.to_numpy().T), "runs": [whole(runs[seed]) for seed in runs.columns]}


def spread(runs: ArrayLike) -> dict[str, Any]:
    """Return median and band over runs, the first axis, in whole money."""
    low, high = np.quantile(runs, BAND, axis=0)
    return {"median": whole(np.median(runs, axis=0)), "low": whole(low), "high": whole(high)}


def exchanges(table: pd.DataFrame, setting: str, arm: Arm) -> dict[str, list[float]]:
    """Return the mean share of every way exchanges end, by horizon; 0 if nobody came. Unit: percent."""
    rows = of_arm(table, setting, arm)
    means = 100 * rows.groupby("months")[list(OUTCOMES)].mean().fillna(0.0)
    return {
        str(months): [round(float(v), 1) for v in row]
        for months, row in zip(means.index, means.to_numpy(), strict=True)
    }


def repeat_shares(paths: pd.DataFrame, setting: str, arm: Arm) -> dict[str, float]:
    """Return the share of the revenue from customers who had bought before, by horizon. Unit: percent.

    It is that of all runs together; 0 if nobody sold anything.
    """
    rows = of_arm(paths, setting, arm)
    found = {}
    for months in horizons(int(rows["month"].max())):
        first, repeat = rows.loc[rows["month"] <= months, ["first_revenue", "repeat_revenue"]].sum()
        found[str(months)] = round(100 * repeat / (first + repeat), 1) if first + repeat > 0 else 0.0
    return found


def difference(paths: pd.DataFrame, setting: str, contrast: Contrast, months: int) -> Effect:
    """Return left − right in cumulative profit per salesperson at one horizon, paired by seed."""
    end = paths[paths["month"] == months]
    left, right = (values(end, setting, arm, "profit") for arm in (contrast.left, contrast.right))
    return effect_of(left - right, unit=UNIT)


def differences(paths: pd.DataFrame, setting: str, contrast: Contrast, months: int) -> dict[str, Any]:
    """Return the paired difference of a contrast at every horizon of a run of so many months."""
    return {str(horizon): as_shown(difference(paths, setting, contrast, horizon)) for horizon in horizons(months)}


def as_shown(effect: Effect) -> dict[str, Any]:
    """Return an effect as the page reads it; `sign` is the side that is clearly ahead: 1 left, −1 right, else 0.

    It has no interval where there are fewer runs than a sign takes (`effects.fewest`).
    """
    enough = effect.n >= fewest(effect.level)
    low, high = (round(end) if enough else None for end in (effect.low, effect.high))
    return {
        "value": round(effect.value),
        "low": low,
        "high": high,
        "n": effect.n,
        "sign": effect.sign or 0,
        "ahead": sum(d > 0 for d in effect.differences),
    }


def cells(scenario: Scenario, found: Mapping[str, Mapping[str, pd.DataFrame]]) -> dict[str, Any]:
    """Return the cell of the page at every point, from `by_point`."""
    return {
        name: cell(found[name], scenario.months, tuple(MARKET_WORDS), ARMS, CONTRASTS)
        for name in map(key, points(scenario))
    }


def cell(
    tables: Mapping[str, pd.DataFrame],
    months: int,
    wheres: Sequence[str],
    arms: Sequence[Arm],
    contrasts: Sequence[Contrast],
) -> dict[str, Any]:
    """Return the numbers on the page of some arms in some kinds of market.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of `grid.MEASURES`, by name of the measure.
    months : int
        Length of the runs.
    wheres : sequence of str
        Kinds of market: keys of `words.MARKET_WORDS`.
    arms, contrasts : sequence
    """
    paths = tables["paths"]
    return {
        "arms": {
            setting: {
                arm.name: {
                    **path(paths, setting, arm),
                    "exchanges": exchanges(tables["exchanges_by_horizon"], setting, arm),
                    "repeat": repeat_shares(paths, setting, arm),
                }
                for arm in arms
            }
            for setting in wheres
        },
        "differences": {
            setting: {one.key: differences(paths, setting, one, months) for one in contrasts} for setting in wheres
        },
    }
