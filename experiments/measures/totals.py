"""Totals and ratios of the groups of a market, from its monthly table.

Tables have the columns of `sim.columns`; money is in the scenario's money units, months start at 1. Ratios
whose denominator is zero are NaN, never 0: "nobody bought" is not "everybody stayed away".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    return rows["profit"].to_numpy() / discounts(rows["month"].to_numpy(), discount)


def discounts(month: NDArray[Any], discount: float = DISCOUNT) -> NDArray[np.float64]:
    """Return by what the money of a month is divided to have its worth in month 1."""
    return (1 + discount) ** ((month - 1) / 12)


def _per_customer(sums: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the present value ÷ first deals."""
    return _ratio(sums["present_value"], first_deals(sums))


def exchange_shares(monthly: pd.DataFrame, by: Sequence[str] = ("group",), until: int | None = None) -> pd.DataFrame:
    """Return the share of each kind of exchange among all that ended. Unit: in [0, 1]; each row adds to 1.

    Columns are `longgame.sim.columns.OUTCOMES`: four ways without a deal, five kinds of deal.
    """
    sums = totals(monthly, by, until)
    return pd.DataFrame(shares_of_exchanges({name: sums[name].to_numpy(float) for name in OUTCOMES}), sums.index)


def shares_of_exchanges(sums: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the columns of `exchange_shares`."""
    ended = np.sum([sums[name] for name in OUTCOMES], axis=0)
    return {name: _ratio(sums[name], ended) for name in OUTCOMES}


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
    return pd.DataFrame(yardsticks(sums), index)


def yardsticks(sums: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the columns of `summary`; beside those of `totals` the sums hold ``present_value``."""
    years = sums["salesperson_months"] / 12
    return {
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


def cumulative(monthly: pd.DataFrame, by: Sequence[str] = ("group",), months: int | None = None) -> pd.DataFrame:
    """Return the paths of a run per salesperson: one row per group and month.

    Parameters
    ----------
    monthly : pandas.DataFrame
        `Result.monthly`.
    by : sequence of str
    months : int, optional
        Let every path have so many months: where all firms of a group are closed it has none of its own.

    Returns
    -------
    pandas.DataFrame
        `by`, ``month``, ``profit`` (cumulative, after all costs), ``first_revenue`` (transactional) and
        ``repeat_revenue`` (the annuity) of that month; all in money per salesperson at work. A month in
        which a group has nobody at work adds nothing.
    """
    keys = [*by, "month"]
    sums = totals(monthly, keys).sort_index()
    if months is not None:
        every = sums.index.droplevel("month").unique()
        whole = [(*(key if len(by) > 1 else (key,)), month) for key in every for month in range(1, months + 1)]
        index = pd.MultiIndex.from_tuples(whole, names=keys)
        levels = [index.levels[k].astype(sums.index.levels[k].dtype) for k in range(len(keys))]
        sums = sums.reindex(index.set_levels(levels), fill_value=0)
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


def anything_sold(table: pd.DataFrame) -> bool:
    """Return whether any group of a table of `summary` ever made a deal."""
    return bool((table["deals"] > 0).any())
