"""Measures that plans keep of a run: functions from a `Result` to a tidy table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.experiments.measures.clients import clients_of, departures, lifetimes, repeat_purchase_rate, silence_for
from longgame.experiments.measures.totals import _ratio, cumulative, exchange_shares, first_deals, summary, totals

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


def at_horizons(
    measure: Callable[[pd.DataFrame, Sequence[str]], pd.DataFrame], result, by: Sequence[str] = ("group",)
) -> pd.DataFrame:
    """Measure all months up to every horizon of a run: the rows of each horizon, ``months`` last.

    Once for all horizons, with rows that several of them cover given to each: pandas takes as long for a
    table of a year as for one of ten.

    Parameters
    ----------
    measure : callable
        Of a monthly table and names to group it by, as `summary`.
    result : sim.Result
    by : sequence of str
    """
    ends = horizons(result.scenario.months)
    month = result.monthly["month"].to_numpy()
    rows = [np.flatnonzero(month <= end) for end in ends]
    stacked = result.monthly.take(np.concatenate(rows)).assign(months=np.repeat(ends, list(map(len, rows))))
    found = measure(stacked, ("months", *by)).reset_index()
    return found.reindex(columns=[*found.columns.drop("months"), "months"])


def by_horizon(result) -> pd.DataFrame:
    """Return `summary` of every group at every horizon of the run (`months` 12, 24, …, its end)."""
    return at_horizons(summary, result)


def paths(result) -> pd.DataFrame:
    """Return `cumulative` of every group."""
    return cumulative(result.monthly)


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
    return at_horizons(summary, result, ("group", "strategy"))


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


def doings(sums: pd.DataFrame) -> pd.DataFrame:
    """Return what salespeople of each group did with their time, and what came of it.

    Parameters
    ----------
    sums : pandas.DataFrame
        From `totals`.

    Returns
    -------
    pandas.DataFrame
        ``new_deals`` (first deals) and ``client_visits`` per salesperson-year, ``prospecting_hours`` and
        ``support_hours`` per salesperson-month, ``win_win_win_share`` of deals, ``refund_share`` of revenue.
    """
    months = sums["salesperson_months"]
    return pd.DataFrame(
        {
            "new_deals": 12 * _ratio(first_deals(sums), months),
            "client_visits": 12 * _ratio(sums["client_visits"], months),
            "prospecting_hours": _ratio(sums["prospecting_minutes"] / 60, months),
            "support_hours": _ratio(sums["support_minutes"] / 60, months),
            "win_win_win_share": _ratio(sums["win_win_win"], sums["deals"]),
            "refund_share": _ratio(sums["refunds"], sums["revenue"]),
        }
    )


def activity(result) -> pd.DataFrame:
    """Return `doings` of every group at every horizon."""
    return at_horizons(lambda monthly, by: doings(totals(monthly, by)), result)


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


HORIZONS = Measure("horizons", by_horizon, 2)


AT_END = Measure("horizons", at_end)


EXCHANGES = Measure("exchanges", exchanges)


PATHS = Measure("paths", paths)
