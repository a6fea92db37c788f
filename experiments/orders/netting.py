"""Lines summed into orders, and returns netted with the sale that they take back."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from longgame.experiments.orders.status import BACK

if TYPE_CHECKING:
    import pandas as pd

#: Money below this is none: sums of cents drift in the last binary digit.
CENT = 1e-6


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer, order number and day: amounts summed, the first of everything else.

    A line without an order number is an order of its own. A contract that is paid every month is an order a month.

    Parameters
    ----------
    table : DataFrame
        Lines: ``customer``, ``amount``, ``kind``, ``date`` or ``month``; ``order``, ``quantity`` and ``refund`` (taken
        off the amount already) if known.

    Returns
    -------
    DataFrame
        With columns ``when`` (day since 1970, or month), ``rows`` (lines summed) and ``plus`` (sum of amounts above
        0, before refunds) beside those of `table`.
    """
    import pandas as pd

    table = table.reset_index(drop=True)
    if "date" in table:
        table["when"] = table["date"].to_numpy("datetime64[D]").astype(np.int64)
        table["month"] = table["date"].dt.year * 12 + table["date"].dt.month - 1
    else:
        table["when"] = table["month"] = table["month"].astype("int64")
    table["rows"] = 1
    table["plus"] = table["amount"].clip(lower=0.0) + table.get("refund", 0.0)
    if "order" not in table:
        return table
    alone = table["order"].isna().to_numpy()
    keys = pd.DataFrame(
        {name: pd.factorize(table[name])[0] for name in ("customer", "order", "when", "kind")}
        | {"alone": np.where(alone, np.arange(len(table)), -1)}
    )
    if not keys.duplicated().any():
        return table
    groups = keys.groupby(list(keys), sort=False).ngroup().to_numpy()
    first = np.unique(groups, return_index=True)[1]
    orders = table.iloc[first].reset_index(drop=True)
    for name in ("amount", "plus", "rows", "quantity", "refund"):
        if name in table:
            sums = np.bincount(groups, weights=table[name].to_numpy(dtype=float))
            # Sums of cents drift in the last binary digit; money has no digits there.
            orders[name] = sums.astype(np.int64) if name == "rows" else sums.round(6)
    return orders


def core(order: object) -> str:
    """Return the number within an order number, by which a reversal names its sale.

    Examples
    --------
    >>> core("C1002"), core("1002"), core("RE-2024-17/ST"), core("SUB"), core("")
    ('1002', '1002', '2024-17', 'SUB', '')
    """
    text = str(order)
    found = re.fullmatch(r"[^\d]*(\d.*?)\D*", text)
    return found[1] if found else text


def net(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what is left of each order's amount after returns, and what returns took from it.

    A return is an order below 0. It takes from the sale of the same customer and order number; without one, from the
    latest sale of that customer, not after it, of just this amount; else from the latest sales before it.

    Parameters
    ----------
    table : DataFrame
        Orders: ``customer``, ``amount``, ``when`` (day or month, int), ``kind`` and, if known, ``order``.

    Returns
    -------
    (array, array)
        Amounts left: a return that finds no sale keeps what it could not take (below 0). Amounts taken, 0 or more.
    """
    import pandas as pd

    left = table["amount"].to_numpy(dtype=float).copy()
    taken = np.zeros(len(left))
    backs = np.flatnonzero(left < -CENT)
    if not len(backs):
        return left, taken
    customers, when = pd.factorize(table["customer"])[0], table["when"].to_numpy()
    out = table["kind"].to_numpy() == BACK
    sales = np.flatnonzero((left > CENT) & np.isin(customers, customers[backs]))
    numbers = _Numbers(table, customers, sales)
    # Sales that are none any more are taken back by their own returns only.
    equal: dict[tuple[int, float, bool], list[int]] = defaultdict(list)
    stacks: dict[int, list[int]] = defaultdict(list)
    events = np.concatenate([sales, backs])
    for k in events[np.lexsort((left[events] < 0, when[events]))].tolist():
        customer, amount = int(customers[k]), round(abs(left[k]), 2)
        if left[k] > CENT:
            equal[customer, amount, bool(out[k])].append(k)
            if not out[k]:
                stacks[customer].append(k)
            continue
        if not (own := numbers.sales_of(k)):
            alike = (equal[customer, amount, gone] for gone in (True, False))
            own = next((e for e in alike if _top(e, left, amount) is not None), stacks[customer])
        while left[k] < -CENT and own:
            sale = own[-1]
            part = min(left[sale], -left[k])
            if part > CENT:
                left[sale], left[k], taken[sale] = left[sale] - part, left[k] + part, taken[sale] + part
            if left[sale] <= CENT:
                own.pop()
    left[np.abs(left) < CENT] = 0.0
    return left, taken


class _Numbers:
    """The sales of each customer by order number, written alike or with the same number within."""

    def __init__(self, table: pd.DataFrame, customers: np.ndarray, sales: np.ndarray) -> None:
        self.customers = customers
        self.orders = table.get("order")
        self.sales: dict[tuple[int, str], list[int]] = defaultdict(list)
        for k in sales.tolist() if self.orders is not None else ():
            for name in self._names(k):
                self.sales[int(customers[k]), name].append(k)

    def sales_of(self, back: int) -> list[int]:
        """Return the sales that a return names."""
        found = (self.sales.get((int(self.customers[back]), name)) for name in self._names(back))
        return next(filter(None, found), [])

    def _names(self, k: int) -> dict[str, None]:
        """Return what an order may be called by: its number, and the number within."""
        order = self.orders.iat[k] if self.orders is not None else None
        return (
            {} if order is None or order != order or str(order) == "<NA>" else dict.fromkeys((str(order), core(order)))
        )


def _top(alike: list[int], left: np.ndarray, amount: float) -> int | None:
    """Return the latest of some sales that still has this amount; earlier finds are taken off the list."""
    while alike and abs(left[alike[-1]] - amount) >= 0.005:
        alike.pop()
    return alike[-1] if alike else None
