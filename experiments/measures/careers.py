"""Careers: how honesty, early sales and the growth of sales go together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.sim import Result, Strategy

Numbers = NDArray[np.float64]

#: A career's growth is read off its first five years, and off three years at least.
MOST, LEAST = 60, 36

#: Sales of the first year are early.
EARLY = 12


def honesty_of(strategy: Strategy) -> float:
    """Return 1 − overpromise, the mean of what prospects and what clients meet (the endgame left out)."""
    met = [strategy.with_prospects, strategy.with_clients or strategy.with_prospects]
    return 1.0 - float(np.mean([conduct.overpromise for conduct in met]))


def growth(sales: Sequence[float]) -> float:
    """Return the slope of monthly sales over time. Unit: sales a month, per year.

    Examples
    --------
    >>> round(growth([0, 1, 2, 3]), 9)
    12.0
    """
    return 12 * float(np.polyfit(np.arange(len(sales)), np.asarray(sales, float), 1)[0])


def careers(people: pd.DataFrame, sales: pd.DataFrame, end: int) -> pd.DataFrame:
    """Return early sales and growth of everybody who worked in a market.

    Parameters
    ----------
    people : pandas.DataFrame
        ``salesperson``, ``hired``, ``left`` (missing: still there) and anything else.
    sales : pandas.DataFrame
        Indexed by salesperson, a column per month 1 … `end`.
    end : int
        Last month that is looked at.

    Returns
    -------
    pandas.DataFrame
        `people` with ``early`` (sales in the first twelve months, NaN for who had less) and ``growth`` (NaN
        for less than three years).
    """
    table = sales.reindex(people["salesperson"], fill_value=0.0).to_numpy(float)
    early, slopes = [], []
    for row, hired, left in zip(table, people["hired"], people["left"].fillna(table.shape[1]), strict=True):
        work = row[hired - 1 : min(left, end)]
        path = work[:MOST]
        early.append(work[:EARLY].sum() if len(work) >= EARLY else np.nan)
        slopes.append(growth(path) if len(path) >= LEAST else np.nan)
    return people.assign(early=early, growth=slopes)


def within(people: pd.DataFrame, column: str) -> tuple[Numbers, Numbers]:
    """Return honesty and another column as deviations from the mean of those hired in the same month.

    Markets change while they run; who started when would else be mistaken for how they sell.
    """
    known = people.dropna(subset=[column])
    each = known.groupby("hired")
    honesty = known["honesty"] - each["honesty"].transform("mean")
    return honesty.to_numpy(float), (known[column] - each[column].transform("mean")).to_numpy(float)


def correlation(people: pd.DataFrame) -> float:
    """Return the correlation of honesty and early sales among those who started together."""
    x, y = within(people, "early")
    scale = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / scale) if scale > 0 else np.nan


def slope(people: pd.DataFrame) -> float:
    """Return how much more the honest (1) grow than the dishonest (0) among those who started together."""
    x, y = within(people, "growth")
    return float((x * y).sum() / (x**2).sum()) if len(x) and (x**2).sum() > 0 else np.nan


def honesty_by_person(result: Result) -> pd.DataFrame:
    """Return early sales and growth, in deals and in revenue, of every salesperson of a run with orders."""
    assert result.orders is not None
    months = result.scenario.months
    people = result.salespeople[["salesperson", "strategy", "hired", "left"]]
    honesty = people["strategy"].astype(str).map(lambda name: honesty_of(result.scenario.strategy(name)))
    people = people.assign(strategy=people["strategy"].astype(str), honesty=honesty)
    pieces = []
    for unit, how in (("deals", "size"), ("revenue", "sum")):
        sales = result.orders.groupby(["salesperson", "month"])["amount"].agg(how).unstack(fill_value=0)
        sales = sales.reindex(columns=range(1, months + 1), fill_value=0)
        # In the last year of a run some strategies play their endgame.
        pieces.append(careers(people, sales, months - 12).assign(sales=unit))
    return pd.concat(pieces, ignore_index=True).drop(columns="left")
