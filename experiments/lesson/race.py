"""What the page shows of the runs: paths with their median and band, exchanges, and paired differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.arms import MARKET_WORDS, Arm, of_arm, values
from experiments.lesson.grid import ARMS, CONTRASTS, Contrast, key, settings
from experiments.measures import horizons
from experiments.statistics import Effect, effect_of
from sim.columns import OUTCOMES
from sim.scenario import Scenario

UNIT = "money per salesperson"

#: The band around a median: the middle 80 % of runs, as in every figure (`looks.BAND`).
BAND = (0.1, 0.9)


def split_by_setting(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """Return the tables of every setting by its name, with ``arm`` the market as in every experiment."""
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for measure, table in tables.items():
        names = table["arm"].astype(str).str.partition("/")
        for name, rows in table.assign(arm=names[2]).groupby(names[0], sort=False):
            found.setdefault(str(name), {})[measure] = rows
    return found


def paths_of(paths: pd.DataFrame, market: str, arm: Arm) -> pd.DataFrame:
    """Return cumulative profit per salesperson as months × seeds. Unit: money."""
    return of_arm(paths, market, arm).pivot(index="month", columns="seed", values="profit")


def _rounded(numbers: pd.Series) -> list[int]:
    """Return numbers in whole money: what is drawn needs no more."""
    return [round(float(number)) for number in numbers]


def path(paths: pd.DataFrame, market: str, arm: Arm) -> dict[str, Any]:
    """Return median, band and every run of an arm's cumulative profit, month by month."""
    runs = paths_of(paths, market, arm)
    low, high = (runs.quantile(q, axis=1) for q in BAND)
    return {
        "median": _rounded(runs.median(axis=1)), "low": _rounded(low), "high": _rounded(high),
        "runs": [_rounded(runs[seed]) for seed in runs.columns],
    }  # fmt: skip


def exchanges(table: pd.DataFrame, market: str, arm: Arm) -> dict[str, list[float]]:
    """Return the mean share of every way exchanges end, by horizon; 0 if nobody came. Unit: percent."""
    rows = of_arm(table, market, arm)
    means = 100 * rows.groupby("months")[list(OUTCOMES)].mean().fillna(0.0)
    return {
        str(months): [round(float(v), 1) for v in row]
        for months, row in zip(means.index, means.to_numpy(), strict=True)
    }


def repeat_shares(paths: pd.DataFrame, market: str, arm: Arm) -> dict[str, float]:
    """Return what part of the revenue came from customers who had bought before, by horizon. Unit: percent.

    Of all runs together; 0 if nobody sold anything.
    """
    rows = of_arm(paths, market, arm)
    found = {}
    for months in horizons(int(rows["month"].max())):
        first, repeat = rows.loc[rows["month"] <= months, ["first_revenue", "repeat_revenue"]].sum()
        found[str(months)] = round(100 * repeat / (first + repeat), 1) if first + repeat > 0 else 0.0
    return found


def difference(paths: pd.DataFrame, market: str, contrast: Contrast, months: int) -> Effect:
    """Return left − right in cumulative profit per salesperson at one horizon, paired by seed."""
    end = paths[paths["month"] == months]
    left, right = (values(end, market, arm, "profit") for arm in (contrast.left, contrast.right))
    return effect_of(left - right, unit=UNIT)


def differences(paths: pd.DataFrame, months: int) -> dict[str, Any]:
    """Return the paired differences of every kind of market, contrast and horizon."""
    return {
        market: {
            contrast.key: {
                str(horizon): _effect(difference(paths, market, contrast, horizon))
                for horizon in horizons(months)
            }
            for contrast in CONTRASTS
        }
        for market in MARKET_WORDS
    }


def _effect(effect: Effect) -> dict[str, Any]:
    """Return an effect as the page reads it; `sign` is who is clearly ahead: 1 left, −1 right, else 0."""
    return {
        "value": round(effect.value), "low": round(effect.low), "high": round(effect.high), "n": effect.n,
        "sign": effect.sign or 0, "ahead": sum(d > 0 for d in effect.differences),
    }  # fmt: skip


def cells(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what the page shows at every setting."""
    found = split_by_setting(tables)
    return {
        name: {
            "arms": {
                market: {
                    arm.name: {
                        **path(found[name]["paths"], market, arm),
                        "exchanges": exchanges(found[name]["exchanges_by_horizon"], market, arm),
                        "repeat": repeat_shares(found[name]["paths"], market, arm),
                    }
                    for arm in ARMS
                }
                for market in MARKET_WORDS
            },
            "differences": differences(found[name]["paths"], scenario.months),
        }
        for name in map(key, settings(scenario))
    }
