"""What an owner knows of a book and can check: the numbers by which a market is fitted to it.

All are of an `OrderLog`, so that the book and what a market would have written are read by the same lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.experiments.orders.log import REFUNDED, RETURNED, OrderLog, order_log
from longgame.experiments.orders.repeats import HORIZON, repeat_curve, top_fifth
from longgame.sim.books import Result

#: Fewest orders of a customer of whom a main salesperson is asked.
ORDERS = 3

#: Months of the repeat curve that are kept.
CURVE = 36

#: What a market may miss: a tenth, or so many points of a share.
TENTH, POINTS = 0.10, 0.05

#: Shares of which a tenth is what may be missed, as of an amount.
AS_PARTS = ("repeat",)

#: Sources of a visit that are somebody's word.
RECOMMENDED = ("contact", "rival")


@dataclass(frozen=True)
class Number:
    """A number of a book.

    Attributes
    ----------
    name, words : str
        In tables, and to be read.
    kind : {"amount", "share"}
        Compared by its logarithm, or by its log odds.
    adds : bool
        Whether a tenth of the customers would have a tenth of it.
    must : bool
        Whether the market that is delivered has to have it.
    """

    name: str
    words: str
    kind: Literal["amount", "share"] = "amount"
    adds: bool = False
    must: bool = False

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Return values on the scale on which they are compared; NaN stays.

        Examples
        --------
        >>> Number("repeat", "", "share").scaled(np.array([0.5, 0.0])).round(2).tolist()
        [0.0, -6.91]
        """
        if self.kind == "share":
            inside = np.clip(values, 1e-3, 1 - 1e-3)
            return np.log(inside / (1 - inside))
        return np.log(np.maximum(values, 1e-9))

    @property
    def in_points(self) -> bool:
        """Whether what is missed is told in points, not in parts of what it should be."""
        return self.kind == "share" and self.name not in AS_PARTS

    @property
    def most(self) -> float:
        """How much of it may be missed."""
        return POINTS if self.in_points else TENTH

    def off(self, found: float, wanted: float) -> float:
        """Return how far a number is off: in parts of what it should be, or in points of a share."""
        if self.in_points:
            return found - wanted
        return found / wanted - 1.0 if wanted else math.nan


NUMBERS: tuple[Number, ...] = (
    Number("orders", "orders a month", adds=True, must=True),
    Number("revenue", "revenue a month", adds=True, must=True),
    Number("active", "customers who buy in a month", adds=True, must=True),
    Number("customers", "customers in all", adds=True, must=True),
    Number("repeat", f"buy in a month, 1 to {HORIZON} later", "share", must=True),
    Number("once", "customers with one order", "share", must=True),
    Number("late", f"buy in a month, {HORIZON // 2 + 1} to {HORIZON} later", "share"),
    Number("new", "new customers a month, second half", adds=True),
    Number("gap", "months between two orders"),
    Number("top", "orders of the top fifth of customers", "share"),
    Number("between", "spread of order sizes between customers"),
    Number("within", "spread of order sizes within customers"),
    Number("sellers", "salespeople at one time", adds=True, must=True),
    Number("names", "salespeople named ÷ at one time"),
    Number("top_sellers", "orders of the top fifth of salespeople", "share"),
    Number("main", "orders with a customer's main salesperson", "share"),
    Number("refunds", "money paid back", "share"),
    Number("wallet", "needs that end in an order", "share"),
    Number("recommended", "new customers who came by recommendation", "share"),
)

#: By name.
KNOWN: Mapping[str, Number] = {number.name: number for number in NUMBERS}


def numbers(log: OrderLog) -> dict[str, float]:
    """Return the numbers of a book, NaN for what it does not say.

    Parameters
    ----------
    log : OrderLog

    Returns
    -------
    dict of str to float
        By the names of `NUMBERS`; those of a survey are NaN.
    """
    frame = log.frame
    customers = pd.factorize(frame["customer"])[0]
    month = frame["month"].to_numpy(np.int64)
    counts = np.bincount(customers)
    first = np.full(len(counts), log.months + 1)
    np.minimum.at(first, customers, month)
    curve = repeat_curve(frame, log.months)[:HORIZON] if log.months > 1 else np.array([math.nan])
    half = log.months // 2
    found = {
        "orders": len(frame) / log.months,
        "active": len(np.unique(customers * np.int64(log.months + 1) + month)) / log.months,
        "customers": float(len(counts)),
        "once": float((counts == 1).mean()),
        "repeat": _mean(curve),
        "late": _mean(curve[len(curve) // 2 :]),
        "new": float((first > half).sum() / (log.months - half)),
        "gap": _gap(customers, month),
        "top": top_fifth(counts.astype(float)),
        "refunds": _refunds(log),
        **_money(log, customers, counts),
        **_sellers(log, customers),
    }
    return {number.name: float(found.get(number.name, math.nan)) for number in NUMBERS}


def _mean(values: np.ndarray) -> float:
    """Return the mean of what is known."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def _gap(customers: np.ndarray, month: np.ndarray) -> float:
    """Return the mean number of months between two successive orders of a customer."""
    order = np.lexsort((month, customers))
    same = customers[order][1:] == customers[order][:-1]
    return float(np.diff(month[order])[same].mean()) if same.any() else math.nan


def _refunds(log: OrderLog) -> float:
    """Return which share of the money was paid back; NaN where no return is in the book."""
    back = sum(out.money for out in log.left_out if out.why in (RETURNED, REFUNDED) and math.isfinite(out.money))
    return back / (log.revenue + back) if back else math.nan


def _money(log: OrderLog, customers: np.ndarray, counts: np.ndarray) -> dict[str, float]:
    """Return revenue a month, and the spread of the logarithm of amounts between and within customers."""
    if not log.has_amounts:
        return {}
    logs = np.log(log.frame["amount"].to_numpy(float))
    means = np.bincount(customers, logs) / counts
    free = len(logs) - len(counts)
    within = float(((logs - means[customers]) ** 2).sum() / free) if free else math.nan
    between = float(means.var(ddof=1) - (within if free else 0.0) * (1.0 / counts).mean()) if len(counts) > 1 else 0.0
    return {
        "revenue": log.revenue / log.months,
        "between": max(between, 1e-4) ** 0.5,
        "within": max(within, 1e-4) ** 0.5,
    }


def _sellers(log: OrderLog, customers: np.ndarray) -> dict[str, float]:
    """Return how many sell, how often names change, and how orders are shared out among them."""
    named = log.salespeople_at_once
    if named is None or log.salespeople is None:
        return {}
    people = log.frame["salesperson"]
    there = people.notna().to_numpy()
    codes = pd.factorize(people[there])[0]
    pairs = pd.DataFrame({"customer": customers[there], "seller": codes}).value_counts()
    per = pairs.groupby("customer").agg(["max", "sum"])
    often = per[per["sum"] >= ORDERS]
    return {
        "sellers": named,
        "names": log.salespeople / named,
        "top_sellers": top_fifth(np.bincount(codes).astype(float)),
        "main": float(often["max"].sum() / often["sum"].sum()) if len(often) else math.nan,
    }


def book(result: Result, cohort: int = 0) -> pd.DataFrame:
    """Return the numbers of the book that a market would have written, in one row.

    Parameters
    ----------
    result : sim.Result
        Of a run with orders.
    cohort : int
        Whose first order is later than this month is not in the book; 0 keeps all.

    Returns
    -------
    pandas.DataFrame
        A column per number of `NUMBERS`, and ``curve_1`` to ``curve_36``: the share of customers who buy so many months
        after their first order. All are NaN if nothing was sold.
    """
    assert result.orders is not None
    orders, months = result.orders, result.scenario.months
    if cohort:
        first = orders.groupby("customer")["month"].min()
        orders = orders[orders["customer"].isin(first.index[first.to_numpy() <= cohort])]
    names = [*KNOWN, *(f"curve_{k}" for k in range(1, min(months - 1, CURVE) + 1))]
    if not (orders["refund"].to_numpy(float) < orders["amount"].to_numpy(float) - 1e-6).any():
        return pd.DataFrame([dict.fromkeys(names, math.nan)])
    log = order_log(orders, months=months, name="market")
    found = numbers(log)
    needs = float(result.market["needs"].sum() - result.market["renewed"].sum())
    first = orders.drop_duplicates("customer")
    found["refunds"] = 0.0 if math.isnan(found["refunds"]) else found["refunds"]  # it is known that there were none
    found["wallet"] = len(orders) / needs if needs else math.nan
    found["recommended"] = float(first["source"].isin(RECOMMENDED).mean())
    curve = repeat_curve(log.frame, months)[:CURVE]
    return pd.DataFrame([found | {f"curve_{k}": float(share) for k, share in enumerate(curve, 1)}], columns=names)


def book_of(cohort: int) -> Measure:
    """Return the measure of a book, of one group of customers if `cohort` is above 0."""
    return Measure("book", partial(book, cohort=cohort) if cohort else book, orders=True)
