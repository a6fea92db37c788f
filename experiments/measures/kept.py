"""Measures that plans keep of a run: functions from a `Result` to a tidy table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.experiments.design.plan import Measure
from longgame.experiments.measures.clients import clients_of, departures, lifetimes, repeat_purchase_rate, silence_for
from longgame.experiments.measures.totals import (
    WEIGHTED,
    _ratio,
    cumulative,
    discounts,
    exchange_shares,
    first_deals,
    summary,
    yardsticks,
)
from longgame.sim.books import Result
from longgame.sim.columns import MONEY, MONTHLY
from longgame.sim.state import CENTS, FIXED_POINT

#: Columns of a table, made from sums by name.
OfSums = Callable[[Mapping[str, NDArray[np.float64]]], Mapping[str, NDArray[np.float64]]]

#: Years after which results are compared, where the run is long enough.
HORIZON_YEARS = (1, 2, 5, 10, 20)


def horizons(months: int) -> tuple[int, ...]:
    """Return the horizons, in months, that fit in a run, and its end.

    Examples
    --------
    >>> horizons(120), horizons(180)
    ((12, 24, 60, 120), (12, 24, 60, 120, 180))
    >>> horizons(7)
    (7,)
    """
    return (*(12 * years for years in HORIZON_YEARS if 12 * years < months), months)


def at_horizons(measure: OfSums, result: Result, by: Sequence[str] = ("group",)) -> pd.DataFrame:
    """Measure all months up to every horizon of a run: the rows of each horizon, ``months`` last.

    In whole numbers and for all horizons at once: pandas takes longer for one horizon than a small run for all
    its months.

    Parameters
    ----------
    measure : callable
        Of the sums of `totals` by name, and ``present_value``: the columns of the table by name.
    result : sim.Result
    by : {("group",), ("group", "strategy")}
    """
    keys, months, sums = sums_at_horizons(result, by)
    return pd.DataFrame({**keys, **measure(sums), "months": months})


def sums_at_horizons(
    result: Result, by: Sequence[str] = ("group",)
) -> tuple[dict[str, pd.Categorical], NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Return the labels of all rows of `at_horizons`, their horizons, and the sums of `totals` by name.

    A group, or a strategy in it, has a row at a horizon by which it had people.
    """
    numbers, names, groups, strategies = result.months
    ends = horizons(result.scenario.months)
    cells = numbers
    if by == ("group",):
        cells = numbers.reshape(len(numbers), len(groups), len(strategies), -1).sum(axis=2)
    begun = np.where(cells.any(axis=(0, 2)), cells.any(axis=2).argmax(axis=0), len(cells))
    order = np.argsort(begun, kind="stable")  # as they appear in the monthly table
    rows = [(k, cell) for k, end in enumerate(ends) for cell in order if begun[cell] < end]
    at, cell = np.array(rows, np.int64).reshape(-1, 2).T
    until = np.array(ends)[at]

    def added(values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the sums of a column of all months and cells over the months of every row."""
        return values.cumsum(axis=0)[np.minimum(until, len(cells)) - 1, cell].astype(float)

    sums = {name: added(cells[:, :, k]) for k, name in enumerate(names)}
    sums |= {name: sums[name] / CENTS for name, column in MONTHLY.items() if column.unit == MONEY}
    sums |= {name: _ratio(sums[name] / FIXED_POINT, sums[weight]) for name, weight in WEIGHTED.items()}
    sums["salesperson_months"] = sums.pop("salespeople")
    profit = cells[:, :, names.index("profit")] / CENTS
    sums["present_value"] = added(profit / discounts(np.arange(1, len(cells) + 1))[:, None])
    group, strategy = (cell, cell) if by == ("group",) else np.divmod(cell, len(strategies))
    labels = {"group": (group, groups), "strategy": (strategy, strategies)}
    return {name: pd.Categorical.from_codes(*labels[name]) for name in by}, until, sums


def by_horizon(result) -> pd.DataFrame:
    """Return `summary` of every group at every horizon of the run (`months` 12, 24, …, its end)."""
    return at_horizons(yardsticks, result)


def paths(result) -> pd.DataFrame:
    """Return `cumulative` of every group."""
    return cumulative(result.monthly, months=result.scenario.months)


def exchanges(result) -> pd.DataFrame:
    """Return `exchange_shares` of every group over the whole run."""
    return exchange_shares(result.monthly).reset_index()


def client_lifetimes(result) -> pd.DataFrame:
    """Return `lifetimes` counted by group, cohort (first month of a five-year span), duration and fate."""
    scenario, silence = result.scenario, silence_for(result.scenario)
    clients = lifetimes(result.orders, end=scenario.months, silence=silence)
    clients = clients.assign(cohort=(clients["first"] - 1) // 60 * 60 + 1)
    counts = clients.groupby(["group", "cohort", "duration", "lost"], sort=True, observed=True).size()
    return counts.rename("clients").reset_index().assign(silence=silence)


def after_first_deal(result) -> pd.DataFrame:
    """Return `repeat_purchase_rate` by group and first exchange, for windows of 1, 2 and 5 years."""
    end = result.scenario.months
    windows = [12 * years for years in (1, 2, 5) if 12 * years < end] or [max(1, end // 2)]
    pieces = [
        repeat_purchase_rate(result.orders, ("group", "exchange"), within=within, end=end)
        .reset_index()
        .assign(months=within)
        for within in windows
    ]
    return pd.concat(pieces, ignore_index=True)


def at_end(result) -> pd.DataFrame:
    """Return the last rows of `by_horizon` alone: a quarter of its cost, for grids of many runs."""
    return summary(result.monthly).reset_index().assign(months=result.scenario.months)


def members_by_horizon(result) -> pd.DataFrame:
    """Return `summary` of every group × strategy at every horizon: who earns what within one herd."""
    return at_horizons(yardsticks, result, ("group", "strategy"))


def strategy_shares(result) -> pd.DataFrame:
    """Return who sells how in the last month of every horizon, and at the start.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``strategy``, ``months``, ``share`` of the group's salespeople (in [0, 1]), ``start`` (the
        same in month 1). A strategy that nobody in a group uses any more has a share of 0.
    """
    heads = result.monthly.pivot_table(
        index="month", columns=["group", "strategy"], values="salespeople", aggfunc="sum", fill_value=0, observed=True
    )
    shares = heads / heads.T.groupby(level="group", observed=True).transform("sum").T
    first = shares.iloc[0].rename("start")
    pieces = [
        pd.concat([shares.loc[months].rename("share"), first], axis=1).reset_index().assign(months=months)
        for months in horizons(result.scenario.months)
    ]
    return pd.concat(pieces, ignore_index=True)


def market_by_horizon(result) -> pd.DataFrame:
    """Return how customers stand to salespeople at every horizon, over all months up to it.

    Returns
    -------
    pandas.DataFrame
        ``months``, ``needs``, ``trust_general`` (mean of customers with a need, in [0, 1]), ``stayed_away``
        (share of needs with which the customer approached nobody). NaN without needs.
    """
    rows = []
    for months in horizons(result.scenario.months):
        month = result.market[result.market["month"] <= months]
        needs = month["needs"].sum()
        trust = (month["trust_general"].fillna(0.0) * month["needs"]).sum()
        rows.append(
            {
                "months": months,
                "needs": needs,
                "trust_general": trust / needs if needs else math.nan,
                "stayed_away": 1 - month["approached"].sum() / needs if needs else math.nan,
            }
        )
    return pd.DataFrame(rows)


def doings(sums: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return what salespeople of each group did with their time, and what came of it.

    Parameters
    ----------
    sums : mapping of str to ndarray
        Columns of `totals` by name.

    Returns
    -------
    dict of str to ndarray
        ``new_deals`` (first deals) and ``client_visits`` per salesperson-year, ``prospecting_hours`` and
        ``support_hours`` per salesperson-month, ``win_win_win_share`` of deals, ``refund_share`` of revenue.
    """
    months = sums["salesperson_months"]
    return {
        "new_deals": 12 * _ratio(first_deals(sums), months),
        "client_visits": 12 * _ratio(sums["client_visits"], months),
        "prospecting_hours": _ratio(sums["prospecting_minutes"] / 60, months),
        "support_hours": _ratio(sums["support_minutes"] / 60, months),
        "win_win_win_share": _ratio(sums["win_win_win"], sums["deals"]),
        "refund_share": _ratio(sums["refunds"], sums["revenue"]),
    }


def activity(result) -> pd.DataFrame:
    """Return `doings` of every group at every horizon."""
    return at_horizons(doings, result)


def job_security(result) -> pd.DataFrame:
    """Return `departures` of every group at every horizon."""
    return pd.concat(
        [
            departures(result.salespeople, months).reset_index().assign(months=months)
            for months in horizons(result.scenario.months)
        ],
        ignore_index=True,
    )


def clients_at_end(result) -> pd.DataFrame:
    """Return `clients_of` every group at the end of the run."""
    found = clients_of(result.customers, result.salespeople)
    return found.reset_index().assign(months=result.scenario.months)


HORIZONS = Measure("horizons", by_horizon, 3)


AT_END = Measure("horizons", at_end)


EXCHANGES = Measure("exchanges", exchanges)


PATHS = Measure("paths", paths)
