"""Clients and people: how long they stay, how often they return, what they are worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import pandas as pd

from longgame.experiments.measures.totals import _ratio


def of_newcomers(orders: pd.DataFrame) -> pd.DataFrame:
    """Return the orders of clients whose first order from a firm is in the log, not before it (after a burn-in)."""
    log = orders.sort_values("month", kind="stable")
    first = log.groupby(["customer", "firm"], sort=False)["repeat"].transform("first")
    return log.loc[~first.to_numpy(bool)]


def repeat_purchase_rate(
    orders: pd.DataFrame, by: Sequence[str] = ("group",), *, within: int, end: int, seller: str = "firm"
) -> pd.DataFrame:
    """Return how many first-time buyers bought again from the same seller within `within` months.

    Parameters
    ----------
    orders : pandas.DataFrame
        `Result.orders`, or a real log with the same columns.
    by : sequence of str
        Columns of the *first* deal to group by, for example ``group`` and ``exchange``.
    within : int
        Window in months. First deals in the last `within` months are left out: their window is not over.
    end : int
        Last month of the log.
    seller : {"firm", "salesperson"}
        Whom the customer has to come back to.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`: ``clients`` (first deals counted), ``came_back``, ``rate`` (in [0, 1]),
        ``revenue_after`` (money net of refunds per client within the window, the first deal not counted),
        ``revenue_first`` (money net of refunds of the first deal, per client).
    """
    pair = ["customer", seller]
    log = orders.sort_values("month", kind="stable")
    first = log.drop_duplicates(pair)
    first = first[first["month"] <= end - within]
    net = log.assign(net=log["amount"] - log["refund"]).reset_index(names="order")
    start = first[pair].assign(order_first=first.index, started=first["month"])
    later = net.merge(start, on=pair)
    later = later[(later["order"] != later["order_first"]) & (later["month"] <= later["started"] + within)]
    after = later.groupby(pair)["net"].agg(["size", "sum"])
    counted = first.join(after, on=pair)
    return (
        counted.assign(
            came_back=counted["size"].fillna(0) > 0,
            revenue_after=counted["sum"].fillna(0.0),
            revenue_first=counted["amount"] - counted["refund"],
        )
        .groupby(list(by), sort=False, observed=True)
        .agg(
            clients=("customer", "size"),
            came_back=("came_back", "sum"),
            rate=("came_back", "mean"),
            revenue_after=("revenue_after", "mean"),
            revenue_first=("revenue_first", "mean"),
        )
    )


def lifetimes(orders: pd.DataFrame, *, end: int, silence: int = 12, seller: str = "firm") -> pd.DataFrame:
    """Return how long each client stayed with a seller: one row per (customer, seller).

    Nobody announces that they leave. A client counts as lost once `silence` months have passed without an
    order; who has not been silent that long by the end is censored there, not lost.

    Parameters
    ----------
    orders : pandas.DataFrame
        `Result.orders` or a real log.
    end : int
        Last month of the log.
    silence : int
        Months without an order after which a client is lost. Unit: months.
    seller : {"firm", "salesperson"}

    Returns
    -------
    pandas.DataFrame
        ``customer``, `seller`, ``group``, ``strategy`` (of the first deal, where the log has them), ``first``
        (month), ``duration`` (months from first deal to loss or censoring), ``lost`` (bool).
    """
    pair = ["customer", seller]
    labels = [name for name in ("group", "strategy") if name in orders.columns]
    log = orders.sort_values([*pair, "month"], kind="stable")
    until = log.groupby(pair)["month"].shift(-1).fillna(end + 1)
    # The first gap of `silence` months ends the relationship, also if the client returns after years.
    quiet = (until - log["month"] > silence) & (log["month"] + silence <= end)
    ends = (log["month"] + silence).where(quiet)
    found = (
        log.assign(ends=ends)
        .groupby(pair, sort=False)
        .agg(**{name: (name, "first") for name in labels}, first=("month", "first"), ends=("ends", "min"))
    )
    lost = found["ends"].notna()
    duration = found["ends"].fillna(end) - found["first"]
    return found.drop(columns="ends").assign(duration=duration.astype(int), lost=lost).reset_index()


def kaplan_meier(duration: Sequence[float], lost: Sequence[bool]) -> pd.DataFrame:
    """Return the share of clients kept after each duration, with censoring (Kaplan & Meier 1958).

    Returns
    -------
    pandas.DataFrame
        ``month`` since the first deal, ``retained`` (in [0, 1]), ``at_risk`` (clients still followed just
        before that month). The first row is month 0.

    Raises
    ------
    ValueError
        If there are no clients, or the two sequences differ in length.
    """
    from scipy.stats import CensoredData, ecdf

    until, gone = np.asarray(duration, dtype=float), np.asarray(lost, dtype=bool)
    if not len(duration) or len(duration) != len(lost):
        raise ValueError(f"{len(duration)} durations and {len(lost)} outcomes; as many of each, at least 1")
    curve = ecdf(CensoredData(uncensored=until[gone], right=until[~gone])).sf
    months = np.concatenate([[0.0], curve.quantiles[curve.quantiles > 0]])
    kept = np.concatenate([[1.0], curve.probabilities[curve.quantiles > 0]])
    if (at_start := curve.quantiles == 0).any():
        kept[0] = curve.probabilities[at_start][0]
    at_risk = len(duration) - np.searchsorted(np.sort(until), months, side="left")
    return pd.DataFrame({"month": months.astype(int), "retained": kept, "at_risk": at_risk})


def retention(
    clients: pd.DataFrame, by: Sequence[str] = ("group",), *, cohort_years: int | None = None
) -> pd.DataFrame:
    """Return Kaplan-Meier curves of `lifetimes`, one per group and cohort.

    Parameters
    ----------
    clients : pandas.DataFrame
        From `lifetimes`.
    by : sequence of str
    cohort_years : int, optional
        Years of first deals that make a cohort; left out: one cohort.

    Returns
    -------
    pandas.DataFrame
        `by`, ``cohort`` (first month of the cohort), ``month``, ``retained``, ``at_risk``.
    """
    width = 12 * cohort_years if cohort_years else None
    cohort = (clients["first"] - 1) // width * width + 1 if width else pd.Series(1, index=clients.index)
    pieces = [
        kaplan_meier(rows["duration"], rows["lost"]).assign(**dict(zip([*by, "cohort"], key, strict=True)))
        for key, rows in clients.assign(cohort=cohort).groupby([*by, "cohort"], sort=True, observed=True)
    ]
    columns = [*by, "cohort", "month", "retained", "at_risk"]
    found = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)
    return found.loc[:, columns]


def share_of_wallet(
    orders: pd.DataFrame, by: Sequence[str] = ("group",), *, since: int = 1, seller: str = "firm"
) -> pd.Series:
    """Mean share of a client's spending that goes to one seller. Unit: in [0, 1].

    One share per (customer, seller) with any spending from month `since` on; the mean weighs each alike.
    Where a seller's colleagues differ in `by`, each part is counted as a seller of its own.
    """
    rows = orders[orders["month"] >= since]
    labels = [name for name in by if name != seller]
    spent = rows.groupby(["customer", seller, *labels], observed=True)["amount"].sum()
    wallet = spent.groupby(level="customer").transform("sum")
    shares = _ratio(cast(pd.Series, spent), wallet)
    return cast(pd.Series, shares.groupby(level=list(by), sort=False, observed=True).mean())


def order_parameter(habits: Iterable[float]) -> float:
    """Loyalty y = Σh² ÷ (Σh)² of a customer's habits: 1 for one seller only, 1/m for m alike.

    Source: Weisbuch, Kirman & Herreiner (2000). NaN without any habit.

    Examples
    --------
    >>> order_parameter([0.5, 0.5]), order_parameter([0.0, 0.9])
    (0.5, 1.0)
    """
    h = np.asarray(list(habits), dtype=float)
    return float((h**2).sum() / h.sum() ** 2) if h.sum() > 0 else math.nan


def gini(values: Iterable[float]) -> float:
    """Gini coefficient of pay or any other amounts ≥ 0: 0 all alike, (n − 1)/n one has all.

    NaN for no values or a sum of 0.

    Raises
    ------
    ValueError
        If a value is negative or NaN: the coefficient has no meaning there.

    Examples
    --------
    >>> gini([1, 1, 1]), gini([0, 0, 0, 4])
    (0.0, 0.75)
    """
    x = np.sort(np.asarray(list(values), dtype=float))
    if np.isnan(x).any() or (x < 0).any():
        raise ValueError("the Gini coefficient needs values of 0 or more")
    if not len(x) or x.sum() == 0:
        return math.nan
    rank = np.arange(1, len(x) + 1)
    return float(((2 * rank - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def pay_inequality(salespeople: pd.DataFrame, end: int, by: Sequence[str] = ("group",)) -> pd.Series:
    """Gini coefficient of pay per month at work. Unit: in [0, 1)."""
    months = salespeople["left"].fillna(end).astype(float) - salespeople["hired"] + 1
    keys = [salespeople[name] for name in by]
    return cast(pd.Series, (salespeople["pay"] / months).groupby(keys, sort=False).apply(gini))


def silence_for(scenario) -> int:
    """Return the silence that makes a client lost: three mean times between needs, at least 12 months."""
    return max(12, math.ceil(3 / scenario.customers.rate))


def pooled_retention(counts: pd.DataFrame) -> pd.DataFrame:
    """Return `retention` of all runs together from the counts of `client_lifetimes`, and how many `runs`."""
    each = counts.loc[counts.index.repeat(counts["clients"])]
    pieces = [
        kaplan_meier(rows["duration"], rows["lost"]).assign(group=group, cohort=cohort)
        for (group, cohort), rows in each.groupby(["group", "cohort"], sort=False, observed=True)
    ]
    columns = ["group", "cohort", "month", "retained", "at_risk"]
    found = pd.concat(pieces, ignore_index=True)[columns]
    return found.assign(runs=counts["seed"].nunique(), silence=counts["silence"].iloc[0])


def departures(salespeople: pd.DataFrame, until: int, by: Sequence[str] = ("group",)) -> pd.DataFrame:
    """Return how often salespeople lost or gave up their jobs in the first `until` months.

    Parameters
    ----------
    salespeople : pandas.DataFrame
        `Result.salespeople`.
    until : int
        Last month counted.
    by : sequence of str

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`: ``salesperson_years`` at work, ``dismissed`` and ``resigned`` per salesperson-year.
    """
    left = salespeople["left"].astype("Float64").fillna(math.inf).astype(float)
    gone = left <= until
    years = (left.clip(upper=until) - salespeople["hired"] + 1).clip(lower=0) / 12
    counted = salespeople[list(by)].assign(
        salesperson_years=years,
        dismissed=gone & (salespeople["reason"] == "dismissed"),
        resigned=gone & (salespeople["reason"] == "resigned"),
    )
    sums = counted.groupby(list(by), sort=False, observed=True).sum()
    return sums.assign(**{why: _ratio(sums[why], sums["salesperson_years"]) for why in ("dismissed", "resigned")})


def clients_of(customers: pd.DataFrame, salespeople: pd.DataFrame, by: str = "group") -> pd.DataFrame:
    """Return the state of customers by the group of the salesperson whom they trust most.

    Parameters
    ----------
    customers, salespeople : pandas.DataFrame
        Tables of a `sim.Result`. Customers who remember nobody are in no group.
    by : str
        Column of `salespeople`.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`, every group: ``customers``, and the means ``expected_price`` (÷ stake),
        ``prosperity`` (1 = normal), ``trust_favourite``, ``loyalty``.
    """
    whose = salespeople.set_index("salesperson")[by]
    known = customers[customers["favourite"].notna()]
    keyed = known.assign(**{by: known["favourite"].astype(int).map(whose.astype(object))})
    means = ("expected_price", "prosperity", "trust_favourite", "loyalty")
    found = keyed.groupby(by, sort=False, observed=True).agg(
        customers=("customer", "size"), **{name: (name, "mean") for name in means}
    )
    found = found.reindex(pd.Index(salespeople[by].unique(), name=by))
    return found.assign(customers=found["customers"].fillna(0).astype(int))
