"""The order log of a run as arrays, sorted so that what follows an order stands behind it."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Sources of a visit that are somebody's word.
RECOMMENDED = ("contact", "rival")


class OrderBook(NamedTuple):
    """Orders by customer and firm, and by month within both: arrays of one length.

    Attributes
    ----------
    customer, firm, seller : ndarray of int
        Ids.
    month : ndarray of int
        1 is the first month.
    amount, net : ndarray of float
        Price paid; less what was paid back. Unit: money.
    satisfaction : ndarray of float
    first : ndarray of bool
        The customer had not bought from the firm before.
    recommended : ndarray of bool
        The customer came on the word of a contact or a rival.
    pair : ndarray of int
        Number of the customer and firm, from 0.
    gap : ndarray of float
        Months until the customer's next order from the firm; infinite if there is none.
    order : ndarray of int
        Row of the log that each stands for.
    end : int
        Last month of the run.
    """

    customer: Whole
    firm: Whole
    seller: Whole
    month: Whole
    amount: Numbers
    net: Numbers
    satisfaction: Numbers
    first: Flags
    recommended: Flags
    pair: Whole
    gap: Numbers
    order: Whole
    end: int

    @classmethod
    def of(cls, orders: pd.DataFrame, end: int) -> Self:
        """Return the orders of a log (`Result.orders`), which is in order of months, sorted."""
        customer, firm = orders["customer"].to_numpy(np.int64), orders["firm"].to_numpy(np.int64)
        order = np.argsort(customer * (firm.max(initial=0) + 1) + firm, kind="stable")
        customer, firm = customer[order], firm[order]
        month = orders["month"].to_numpy(np.int64)[order]
        amount = orders["amount"].to_numpy(float)[order]
        same = (customer[1:] == customer[:-1]) & (firm[1:] == firm[:-1])
        gap = np.full(len(month), np.inf)
        gap[:-1][same] = (month[1:] - month[:-1])[same]
        sources = list(orders["source"].cat.categories)
        word = [sources.index(name) for name in RECOMMENDED]
        return cls(
            customer=customer,
            firm=firm,
            seller=orders["salesperson"].to_numpy(np.int64)[order],
            month=month,
            amount=amount,
            net=amount - orders["refund"].to_numpy(float)[order],
            satisfaction=orders["satisfaction"].to_numpy(float)[order],
            first=~orders["repeat"].to_numpy(bool)[order],
            recommended=np.isin(orders["source"].cat.codes.to_numpy()[order], word),
            pair=np.cumsum(np.concatenate([np.zeros(min(1, len(month)), np.int64), ~same])),
            gap=gap,
            order=order,
            end=end,
        )

    def latest(self, months: int) -> Flags:
        """Return which orders are of the latest months of the run."""
        return self.month > self.end - months


def share(above: float, below: float) -> float:
    """Return a ratio; NaN where there is nothing to divide by."""
    return float(above / below) if below else float("nan")


def mean(values: Numbers | Flags) -> float:
    """Return the mean; NaN of nothing."""
    return float(values.mean()) if len(values) else float("nan")


def correlation(x: Numbers, y: Numbers) -> float:
    """Return Pearson's r; NaN where one of them does not vary."""
    if len(x) < 2:
        return float("nan")
    dx, dy = x - x.mean(), y - y.mean()
    scale = np.sqrt((dx**2).sum() * (dy**2).sum())
    return float((dx * dy).sum() / scale) if scale > 0 else float("nan")


def top_shares(values: Numbers, group: Whole, part: float = 0.2) -> tuple[Numbers, Numbers, Whole]:
    """Return what the largest values of each group have of its sum, its sum, and how many values it has.

    Of seven values the top fifth is 1.4 values: the largest, and two fifths of the second.

    Examples
    --------
    >>> shares, sums, sizes = top_shares(np.array([5.0, 1, 1, 1, 2]), np.zeros(5, int))
    >>> shares.tolist(), sums.tolist(), sizes.tolist()
    ([0.5], [10.0], [5])
    """
    order = np.lexsort((-values, group))
    values, (_, start, group, sizes) = (
        values[order],
        np.unique(group[order], return_index=True, return_inverse=True, return_counts=True),
    )
    rank = np.arange(len(values)) - start[group]
    weight = np.clip(part * sizes[group] - rank, 0.0, 1.0)
    sums = np.bincount(group, values, len(sizes))
    top = np.bincount(group, weight * values, len(sizes))
    return np.divide(top, sums, out=np.full(len(sums), np.nan), where=sums > 0), sums, sizes
