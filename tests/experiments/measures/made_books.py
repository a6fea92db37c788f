"""Books of a run made by hand: what is not given is empty or 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from longgame.sim.books import FAILURES, SOURCES, Months, Result
from longgame.sim.columns import CUSTOMERS, FIRMS, MARKET, MONTHLY, ORDERS, SALESPEOPLE
from longgame.sim.scenario import Scenario

#: An order that nothing is said of.
ORDER = {
    "customer": 1,
    "salesperson": 1,
    "firm": 1,
    "month": 1,
    "amount": 100.0,
    "refund": 0.0,
    "satisfaction": 0.5,
    "source": "chance",
    "failure": "none",
    "exchange": "win_win",
    "group": "herds",
    "strategy": "collaborative",
}
PERSON = {"firm": 1, "group": "herds", "strategy": "collaborative", "hired": 1, "left": pd.NA, "reason": ""}
FIRM = {"group": "herds", "organisation": "herd", "founded": 1, "closed": pd.NA, "reason": ""}

Rows = Iterable[Mapping[str, Any]]


def _table(columns: Mapping[str, Any], rows: Rows, usual: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{**dict.fromkeys(columns, 0), **usual, **row} for row in rows], columns=list(columns))


def made(
    months: int = 48,
    *,
    orders: Rows = (),
    people: Rows = (),
    firms: Rows = (),
    customers: Rows = (),
    monthly: Rows = (),
    market: Rows = (),
) -> Result:
    """Return a run with these rows in its tables.

    An order is a repeated one where the customer has bought from the firm before; orders are sorted by month.
    """
    log = _table(ORDERS, orders, ORDER).sort_values("month", kind="stable", ignore_index=True)
    log["repeat"] = log.duplicated(["customer", "firm"])
    for name, known in (("source", SOURCES), ("failure", FAILURES)):
        log[name] = pd.Categorical(log[name], known)
    log["group"] = log["group"].astype("category")
    seats = _table(SALESPEOPLE, people, PERSON).astype({"left": "Int64"})
    houses = _table(FIRMS, firms, FIRM).astype({"closed": "Int64"})
    tables = {
        "orders": log,
        "salespeople": seats,
        "firms": houses,
        "customers": _table(CUSTOMERS, customers, {"rate": 1.0, "favourite": pd.NA}).astype({"favourite": "Int64"}),
        "monthly": _table(MONTHLY, monthly, {"organisation": "herd", "group": "herds"}),
        "market": _table(MARKET, market, {}),
    }
    makers = {name: lambda table=table: table for name, table in tables.items()}
    return Result(Scenario(months=months), 0, Months(*[()] * 4), makers)  # type: ignore[arg-type]
