"""What a run is worth knowing by: pure functions from the tables of a `sim.Result` to numbers.

Tables have the columns of `sim.columns`; money is in the scenario's money units, months start at 1. Ratios
whose denominator is zero are NaN, never 0: "nobody bought" is not "everybody stayed away".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.sim.columns import MONEY, MONTHLY, OUTCOMES

#: Columns of `Result.monthly` that may be added over months and groups.
ADDITIVE = tuple(
    name for name, column in MONTHLY.items() if column.unit in {MONEY, "visits", "deals", "stories", "minutes"}
)

#: Means, and the column that counts what they are means of.
WEIGHTED = {"satisfaction": "deals", "trust": "visits", "client_trust": "client_visits"}

#: Rate per year at which a customer's lifetime value is discounted.
DISCOUNT = 0.1

#: Years after which results are compared, where the run is long enough.
HORIZONS = (1, 2, 5, 10, 20)


def horizons(months: int) -> tuple[int, ...]:
    """Return the horizons, in months, that fit in a run, and its end.

    Examples
    --------
    >>> horizons(120), horizons(180)
    ((12, 24, 60, 120), (12, 24, 60, 120, 180))
    >>> horizons(7)
    (7,)
    """
    return (*(12 * years for years in HORIZONS if 12 * years < months), months)


# -- totals -----------------------------------------------------------------------------------------


def totals(monthly: pd.DataFrame, by: Sequence[str] = ("group",), until: int | None = None) -> pd.DataFrame:
    """Return sums over the first `until` months, one row per group, strategy or organisation.

    Parameters
    ----------
    monthly : pandas.DataFrame
        `Result.monthly`.
    by : sequence of str
        Any of ``group``, ``strategy``, ``organisation``, ``month``.
    until : int, optional
        Last month counted; all months if left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by `by`: every additive column, ``salesperson_months`` (persons × months at work), and
        the means ``satisfaction``, ``trust``, ``client_trust`` weighted by deals, visits, client visits.
    """
    index, sums = _sums(_first(monthly, until), by)
    counts = {name: monthly[name].dtype for name in ADDITIVE}
    counts["salesperson_months"] = monthly["salespeople"].dtype
    found = {name: values.astype(counts.get(name, float)) for name, values in sums.items()}
    return pd.DataFrame(found, index)


def _first(monthly: pd.DataFrame, until: int | None) -> pd.DataFrame:
    """Return the rows of the first months, or all."""
    return monthly if until is None else cast(pd.DataFrame, monthly[monthly["month"] <= until])


def _sums(
    rows: pd.DataFrame, by: Sequence[str], **more: NDArray[np.float64]
) -> tuple[pd.Index, dict[str, NDArray[np.float64]]]:
    """Return the groups of some rows in the order in which they appear, and the columns of `totals` for them.

    In NumPy but for the sums: this is done several times for every run, and pandas takes longer to handle
    fifty columns than to add them up. Further columns to add up may be given.
    """
    numbers = rows[[*ADDITIVE, "salespeople", *WEIGHTED]].to_numpy(float).T
    columns = dict(zip((*ADDITIVE, "salesperson_months", *WEIGHTED), list(numbers), strict=True)) | more
    for name, weight in WEIGHTED.items():  # a mean without cases is NaN and weighs nothing
        columns[name] = np.nan_to_num(columns[name]) * columns[weight]
    group, index = _groups(rows, by)
    added = pd.DataFrame(np.column_stack(list(columns.values()))).groupby(group, sort=False).sum().to_numpy()
    sums = dict(zip(columns, list(added.T), strict=True))
    return index, sums | {name: _ratio(sums[name], sums[weight]) for name, weight in WEIGHTED.items()}


def _groups(rows: pd.DataFrame, by: Sequence[str]) -> tuple[NDArray[np.intp], pd.Index]:
    """Return the number of the group of each row, in the order in which groups appear, and their index."""
    keys = [rows[name] for name in by]
    codes = np.zeros(len(rows), np.int64)
    for key in keys:
        each, known = (
            (key.cat.codes.to_numpy(), key.cat.categories)
            if isinstance(key.dtype, pd.CategoricalDtype)
            else pd.factorize(key)
        )
        codes = codes * len(known) + each
    group, known = pd.factorize(codes)
    first = np.empty(len(known), np.intp)
    first[group[::-1]] = np.arange(len(rows))[::-1]
    heads = [key.iloc[first] for key in keys]
    return group, pd.Index(heads[0]) if len(heads) == 1 else pd.MultiIndex.from_arrays(heads, names=list(by))


def _ratio[C: (pd.Series, NDArray[Any])](above: C, below: C) -> C:
    """Divide what has the same index; NaN where there is nothing to divide by."""
    if isinstance(above, pd.Series):
        return pd.Series(_ratio(above.to_numpy(float), below.to_numpy(float)), above.index)
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)


# -- ratios of totals --------------------------------------------------------------------------------


class Sums[C](Protocol):
    """Columns by name: the table of `totals`, or arrays."""

    def __getitem__(self, name: str, /) -> C: ...


def profit_per_year[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Profit of the firm after all costs (wages included) per salesperson-year. Unit: money/year."""
    return 12 * _ratio(sums["profit"], sums["salesperson_months"])


def conversion[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Share of visits that ended in a deal. Unit: in [0, 1]."""
    return _ratio(sums["deals"], sums["visits"])


def annuity_share[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Repeat revenue ÷ revenue: what comes from customers who had bought before. Unit: in [0, 1]."""
    return _ratio(sums["repeat_revenue"], sums["revenue"])


def repeat_share[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Share of deals that were with customers who had bought from the firm before. Unit: in [0, 1]."""
    return _ratio(sums["repeat_deals"], sums["deals"])


def win_win_share[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Share of deals that were win-win or win-win-win. Unit: in [0, 1]."""
    return _ratio(sums["win_win"] + sums["win_win_win"], sums["deals"])


def relational_quotient[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Geometric mean of win-win share, repeat share and client trust. Unit: in [0, 1].

    The project's own yardstick (docs/glossary.md): it is high only where customers gain, come back
    *and* trust. Any of the three at 0 makes it 0; it is NaN before the first client visit.
    """
    return (win_win_share(sums) * repeat_share(sums) * sums["client_trust"]) ** (1 / 3)


def word_of_mouth[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Good experiences told ÷ bad ones told. Unit: ratio; infinite if only good was told, NaN if nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return sums["told_good"] / sums["told_bad"].astype(float)


def strangers_met[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Meetings with customers who had not bought from the firm before. Unit: visits.

    A stranger who comes twice before buying is counted twice: a run keeps no list of who met whom.
    """
    return sums["visits"] - sums["client_visits"]


def first_deals[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Deals with customers who had not bought from the firm before. Unit: deals."""
    return sums["deals"] - sums["repeat_deals"]


def never_bought[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Share of the meetings with strangers that ended without a first deal. Unit: in [0, 1]."""
    return 1 - _ratio(first_deals(sums), strangers_met(sums))


def revenue_per_stranger[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Revenue net of refunds, first and later deals, per meeting with a stranger. Unit: money."""
    return _ratio(sums["revenue"] - sums["refunds"], strangers_met(sums))


def lifetime_value(
    monthly: pd.DataFrame, by: Sequence[str] = ("group",), discount: float = DISCOUNT, until: int | None = None
) -> pd.Series:
    """Return the lifetime value of a customer: discounted profit per customer acquired. Unit: money.

    Profit after all costs of each month, discounted monthly at `discount` a year to month 1, ÷ first deals
    (a first deal acquires one customer for one firm). It counts what was earned by the end of the run, so
    young clients are undervalued alike in every arm (Gupta & Lehmann 2003: margins over retention).

    Parameters
    ----------
    monthly : pandas.DataFrame
        `Result.monthly`.
    by : sequence of str
    discount : float
        Rate per year, above -1.
    until : int, optional
        Last month counted.
    """
    rows = _first(monthly, until)
    index, sums = _sums(rows, by, present_value=_present_value(rows, discount))
    return pd.Series(_per_customer(sums), index)


def _present_value(rows: pd.DataFrame, discount: float = DISCOUNT) -> NDArray[np.float64]:
    """Return the profit of each row discounted to month 1."""
    return rows["profit"].to_numpy() / (1 + discount) ** ((rows["month"].to_numpy() - 1) / 12)


def _per_customer(sums: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the present value ÷ first deals."""
    return _ratio(sums["present_value"], first_deals(sums))


def exchange_shares(monthly: pd.DataFrame, by: Sequence[str] = ("group",), until: int | None = None) -> pd.DataFrame:
    """Return the share of each kind of exchange among all that ended. Unit: in [0, 1]; each row adds to 1.

    Columns are `longgame.sim.columns.OUTCOMES`: four ways without a deal, five kinds of deal.
    """
    sums = totals(monthly, by, until)[list(OUTCOMES)]
    return cast(pd.DataFrame, sums.div(sums.sum(axis=1).where(lambda n: n > 0), axis=0))


def welfare(sums: pd.DataFrame) -> pd.DataFrame:
    """Who gains what. Unit: money over the period.

    ``customers`` is their surplus (worth of what was delivered − price + refund), ``firms`` profit after
    all costs, ``salespeople`` wages and commission. Prices, refunds and pay only change hands, so ``total``
    is the worth of what was delivered less goods, service and overhead. Hours are not charged: arms that
    are compared have the same number of salespeople, whose time is the same cost in each.
    """
    parts = pd.DataFrame(
        {"customers": sums["surplus"], "firms": sums["profit"], "salespeople": sums["wages"] + sums["commission"]}
    )
    return parts.assign(total=total_welfare(sums))


def total_welfare[C: (pd.Series, NDArray[Any])](sums: Sums[C]) -> C:
    """Sum of what customers, firms and salespeople gain. Unit: money over the period."""
    return sums["surplus"] + sums["profit"] + (sums["wages"] + sums["commission"])


def summary(monthly: pd.DataFrame, by: Sequence[str] = ("group",), until: int | None = None) -> pd.DataFrame:
    """Return one row per group with the yardsticks of docs/glossary.md that `monthly` can give."""
    rows = _first(monthly, until)
    index, sums = _sums(rows, by, present_value=_present_value(rows))
    years = sums["salesperson_months"] / 12
    columns = {
        "salesperson_years": years,
        "profit": profit_per_year(sums),
        "revenue": _ratio(sums["revenue"], years),
        "pay": _ratio(sums["wages"] + sums["commission"], years),
        "surplus": _ratio(sums["surplus"], years),
        "welfare": _ratio(total_welfare(sums), years),
        "deals": _ratio(sums["deals"], years),
        "visits": _ratio(sums["visits"], years),
        "conversion": conversion(sums),
        "turned_away": _ratio(sums["turned_away"], sums["visits"]),
        "annuity_share": annuity_share(sums),
        "repeat_share": repeat_share(sums),
        "win_win_share": win_win_share(sums),
        "refunded": _ratio(sums["refunded"], sums["deals"]),
        "support_share": _ratio(
            sums["support_minutes"], sums["support_minutes"] + sums["talk_minutes"] + sums["prospecting_minutes"]
        ),
        "satisfaction": sums["satisfaction"],
        "trust": sums["trust"],
        "client_trust": sums["client_trust"],
        "good_per_bad_word": word_of_mouth(sums),
        "relational_quotient": relational_quotient(sums),
        "lifetime_value": _per_customer(sums),
        "never_bought": never_bought(sums),
        "revenue_per_stranger": revenue_per_stranger(sums),
    }
    return pd.DataFrame(columns, index)


#: Unit of every column of `summary`.
SUMMARY_UNITS = {
    "salesperson_years": "years",
    **dict.fromkeys(("profit", "revenue", "pay", "surplus", "welfare"), "money per salesperson-year"),
    "deals": "deals per salesperson-year",
    "visits": "visits per salesperson-year",
    **dict.fromkeys(
        (
            "conversion",
            "turned_away",
            "annuity_share",
            "repeat_share",
            "win_win_share",
            "refunded",
            "support_share",
            "never_bought",
        ),
        "share",
    ),
    **dict.fromkeys(("satisfaction", "trust", "client_trust", "relational_quotient"), "in [0, 1]"),
    "good_per_bad_word": "good ÷ bad",
    "lifetime_value": "money per customer",
    "revenue_per_stranger": "money per stranger met",
}


def cumulative(monthly: pd.DataFrame, by: Sequence[str] = ("group",)) -> pd.DataFrame:
    """Return the paths of a run per salesperson: one row per group and month.

    Returns
    -------
    pandas.DataFrame
        `by`, ``month``, ``profit`` (cumulative, after all costs), ``first_revenue`` (transactional) and
        ``repeat_revenue`` (the annuity) of that month; all in money per salesperson at work. A month in
        which a group has nobody at work adds nothing.
    """
    keys = [*by, "month"]
    sums = totals(monthly, keys).sort_index()
    heads = sums["salesperson_months"]
    each = pd.DataFrame(
        {
            "profit": _ratio(sums["profit"], heads).fillna(0.0),
            "first_revenue": _ratio(sums["revenue"] - sums["repeat_revenue"], heads).fillna(0.0),
            "repeat_revenue": _ratio(sums["repeat_revenue"], heads).fillna(0.0),
        }
    )
    each["profit"] = each.groupby(level=list(range(len(by))), sort=False, observed=True)["profit"].cumsum()
    return each.reset_index()


def crossover_month(ours: Sequence[float], theirs: Sequence[float]) -> int | None:
    """Return the month from which our cumulative profit stays above theirs until the end, or None.

    Parameters
    ----------
    ours, theirs : sequence of float
        Cumulative profit at the end of months 1, 2, …, of equal length.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> crossover_month([-5, 0, 9], [1, 2, 3])
    3
    >>> crossover_month([2, 3], [1, 2])
    1
    >>> crossover_month([1, 2, 3], [3, 3, 3]) is None
    True
    """
    if len(ours) != len(theirs):
        raise ValueError(f"paths of different length: {len(ours)} and {len(theirs)} months")
    ahead = np.asarray(ours, dtype=float) > np.asarray(theirs, dtype=float)
    if not len(ahead) or not ahead[-1]:
        return None
    behind = np.flatnonzero(~ahead)
    return int(behind[-1]) + 2 if len(behind) else 1


# -- clients, from the order log ---------------------------------------------------------------------


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


# -- distributions -----------------------------------------------------------------------------------


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


def anything_sold(table: pd.DataFrame) -> bool:
    """Return whether any group of a table of `summary` ever made a deal."""
    return bool((table["deals"] > 0).any())


# -- what the experiments keep of each run -----------------------------------------------------------


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


def silence_for(scenario) -> int:
    """Return the silence that makes a client lost: three mean times between needs, at least 12 months."""
    return max(12, math.ceil(3 / scenario.customers.rate))


def client_lifetimes(result) -> pd.DataFrame:
    """Return `lifetimes` counted by group, cohort (first month of a five-year span), duration and fate."""
    scenario, silence = result.scenario, silence_for(result.scenario)
    clients = lifetimes(result.orders, end=scenario.months, silence=silence)
    clients = clients.assign(cohort=(clients["first"] - 1) // 60 * 60 + 1)
    counts = clients.groupby(["group", "cohort", "duration", "lost"], sort=True, observed=True).size()
    return counts.rename("clients").reset_index().assign(silence=silence)


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


# -- what sellers do, whether they keep their jobs, and how their clients fare -------------------------


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


def job_security(result) -> pd.DataFrame:
    """Return `departures` of every group at every horizon."""
    return pd.concat(
        [
            departures(result.salespeople, months).reset_index().assign(months=months)
            for months in horizons(result.scenario.months)
        ],
        ignore_index=True,
    )


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


def clients_at_end(result) -> pd.DataFrame:
    """Return `clients_of` every group at the end of the run."""
    found = clients_of(result.customers, result.salespeople)
    return found.reset_index().assign(months=result.scenario.months)
