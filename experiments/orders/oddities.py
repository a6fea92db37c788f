"""What looks wrong in a log that was read: pointed out, not changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from longgame.experiments.orders.columns import brief, unaccented
from longgame.experiments.orders.left import Left

if TYPE_CHECKING:
    import pandas as pd

#: Words that other programs write for a missing value; here they are names.
NO_NAMES = {"na", "n/a", "#n/a", "nan", "null", "none", "(blank)", "-", "?", "unknown", "unbekannt", "inconnu"}


def oddities(table: pd.DataFrame, months: int, left: Left, repeated: int) -> list[str]:
    """Return one line per thing that looks wrong.

    Parameters
    ----------
    table : DataFrame
        The orders.
    months : int
        Months that they cover.
    left : Left
        What was left out.
    repeated : int
        Rows that repeat an earlier one.
    """
    notes = []
    if left.unusable.rows > 0.1 * left.rows:
        notes.append(f"{left.unusable.rows / left.rows:.0%} of the rows could not be used")
    if repeated > 0.01 * len(table):
        notes.append(f"{repeated:,} rows repeat an earlier one exactly; they were kept")
    notes += _of_customers(table)
    empty = months - int(table["month"].nunique())
    if empty:
        notes.append(f"{empty} of {months} months have no order; is a date mistyped?")
    if left.priced:
        typical = float(table["amount"].median())
        if float(table["amount"].max()) > 1000 * typical:
            notes.append(
                f"the largest amount ({table['amount'].max():,.2f}) is more than 1000 times the median ({typical:,.2f})"
            )
    else:
        notes.append("no column says how much an order was; what customers spend cannot be fitted")
    if "order" not in table and "product" in table:
        again = int(table.duplicated(["customer", "when"]).sum())
        if again > 0.2 * len(table):
            notes.append(f"no order number: every row is an order, {again:,} of them on a day of the same customer")
    for name in ("salesperson", "firm"):
        missing = int(table[name].isna().sum()) if name in table else 0
        if 0 < missing < len(table):
            notes.append(f"{missing:,} orders name no {name}")
    return notes


def _of_customers(table: pd.DataFrame) -> list[str]:
    """Return what looks wrong in the names of customers and salespeople."""
    notes = []
    counts = table["customer"].value_counts()
    if len(counts) > 1 and 10 < len(table) < 2 * counts.iloc[0]:
        notes.append(
            f"one customer ({str(counts.index[0])[:60]}) has {counts.iloc[0] / len(table):.0%} of the orders; a "
            f"placeholder for unknown?"
        )
    if len(counts) == 1:
        notes.append("all orders are of one customer")
    if counts.iloc[0] == 1 and len(table) > 20:
        notes.append("no customer ordered twice; is the customer column an order number?")
    for role in ("customer", "salesperson"):
        if role in table and table[role].dtype.kind not in "iuf" and str(table[role].dtype) != "Int64":
            notes += _of_names(role, [str(name) for name in table[role].dropna().unique()])
    return notes


def _of_names(role: str, names: list[str]) -> list[str]:
    """Return notes on names that differ only in how they are written, and on words for a missing value."""
    notes, seen, pairs = [], {}, []
    for name in names:
        other = seen.setdefault(re.sub(r"[\W_]+", "", unaccented(name)) or name, name)
        if other != name:
            pairs.append((other, name))
    if pairs:
        more = f", and {len(pairs) - 1:,} more such pairs" if len(pairs) > 1 else ""
        notes.append(
            f"{role}s {brief(pairs[0][0])} and {brief(pairs[0][1])} differ only in case, accents or signs{more}; "
            "they were kept apart"
        )
    missing = [name for name in names if name.lower() in NO_NAMES]
    if missing:
        notes.append(f"a {role} is called {brief(missing[0])}; it was kept as a name")
    return notes
