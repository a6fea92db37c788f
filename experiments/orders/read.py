"""Order logs read from CSV, gzipped CSV, whitespace-separated text or Parquet into one schema.

`read_orders` brings a file into the schema of `longgame.experiments.orders.log` and counts the rows that it
leaves out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from longgame.experiments.orders.columns import as_amounts, as_dates, as_ids, brief
from longgame.experiments.orders.log import OrderLog, in_schema
from longgame.experiments.orders.unpack import SIZE_LIMIT, memory_for, unpack
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def read_orders(
    path: str | os.PathLike[str],
    columns: Mapping[str, str] | None = None,
    *,
    date_format: str | None = None,
    window: tuple[str, str] | None = None,
    drop_duplicates: bool = False,
    size_limit: int = SIZE_LIMIT,
) -> OrderLog:
    """Read an order log: CSV (any usual separator, also gzipped), whitespace-separated text, or Parquet.

    Lines that share an order id (basket, invoice) and a customer are summed into one order, returns among
    them included. An order or line that nets to 0 or less is dropped as a return. Calendar dates become
    month numbers, and an incomplete last month is dropped. A month is complete if its last order comes
    close to its end. Close means no longer than the 99 % point of the gaps between order days.

    Parameters
    ----------
    path : str or path
        The file; its content says what kind it is.
    columns : mapping, optional
        Meaning → column name, for example ``{"customer": "Kunde"}``, where `columns.SYNONYMS` lacks it.
    date_format : str, optional
        `strptime` format of the dates, where they are ambiguous.
    window : (str, str), optional
        First and last calendar month to keep, ``("2017-01", "2017-12")``.
    drop_duplicates : bool
        Drop lines that repeat an earlier one in every column that is read.
    size_limit : int
        Largest size in bytes, after unpacking.

    Returns
    -------
    OrderLog

    Raises
    ------
    InputError
        One line per mistake, with the file, the column, the value and what would be right.
    """
    with memory_for(Path(path)):
        return _read(Path(path), columns, date_format, window, drop_duplicates, size_limit)


def _read(
    path: Path,
    columns: Mapping[str, str] | None,
    date_format: str | None,
    window: tuple[str, str] | None,
    drop_duplicates: bool,
    size_limit: int,
) -> OrderLog:
    """Return the log of a file, step by step: columns, types, orders, months."""
    raw, chosen, notes = unpack(path, columns, size_limit)
    if raw.empty:
        raise InputError(f"{path}: has column names but no rows; an order log has one line per order")
    left = _Left(path, raw, chosen)
    del raw
    if drop_duplicates:
        left.drop(left.table.duplicated(), "exact duplicates")
    dates = _bring_into_types(left, date_format)
    _drop_unusable(left)
    usable = len(left.table)
    repeated = 0 if drop_duplicates or "order" in chosen else int(left.table.duplicated().sum())
    _sum_orders(left)
    months, start = _number_months(left, window, notes)
    frame = in_schema(left.table)
    notes += _oddities(frame, months, left, repeated)
    return OrderLog(frame, months, path.name, start, left.rows, usable, left.dropped, tuple(notes), chosen, dates)


class _Left:
    """The rows of a log that are left, and how many were dropped for which reason."""

    def __init__(self, path: Path, table: pd.DataFrame, chosen: Mapping[str, str]) -> None:
        self.path, self.table, self.chosen = str(path), table, chosen
        self.rows = len(table)
        self.dropped: dict[str, int] = {}
        self.examples: dict[str, list[str]] = {}

    def drop(self, bad: Any, reason: str) -> None:
        """Leave out rows, and count them under a reason."""
        count = int(np.count_nonzero(bad))
        if count:
            self.dropped[reason] = self.dropped.get(reason, 0) + count
            self.table = self.table[~np.asarray(bad, dtype=bool)]

    def refuse_empty(self) -> None:
        """Raise the `InputError` that names the most frequent reason, if no row is left."""
        if not self.table.empty:
            return
        meaning = {"customer": "customer", "date": "date", "month": "month", "amount": "amount", "returns": "amount"}
        reason = max(self.dropped, key=lambda r: self.dropped[r])
        what = next((m for word, m in meaning.items() if word in reason and m in self.chosen), "amount")
        name = self.chosen.get(what, "unit_price")
        right = {
            "customer": "give every row a customer",
            "date": "write dates as YYYY-MM-DD, or give date_format",
            "month": "number the months 1, 2, 3, …",
            "amount": "give amounts above 0, like 1234.50",
        }[what]
        seen = f" (such as {brief(self.examples[what][0])})" if self.examples.get(what) else ""
        counts = "; ".join(f"{count:,} {why}" for why, count in self.dropped.items())
        raise InputError(
            f"{self.path}: none of the {self.rows:,} rows can be used: {counts}; column {brief(name)}{seen}: {right}"
        )


def _bring_into_types(left: _Left, date_format: str | None) -> str:
    """Replace the texts of the file by ids, money and times; return how dates were read."""
    import pandas as pd

    raw, chosen, path = left.table, left.chosen, left.path
    table: dict[str, Any] = {}
    for meaning in ("customer", "salesperson", "firm", "order"):
        if meaning in chosen:
            table[meaning] = as_ids(raw[chosen[meaning]])
    if "amount" in chosen:
        table["amount"] = as_amounts(path, chosen["amount"], raw[chosen["amount"]])
    else:
        price, quantity = (as_amounts(path, chosen[k], raw[chosen[k]]) for k in ("unit_price", "quantity"))
        table["amount"] = price * quantity
    name = chosen.get("date") or chosen["month"]
    how = ""
    if "date" in chosen:
        table["date"], how = as_dates(path, name, raw[name], date_format)
    else:
        numbers = pd.to_numeric(raw[name].astype("string") if raw[name].dtype == object else raw[name], errors="coerce")
        if numbers.notna().mean() < 0.5:  # "2017-01": calendar months, without days
            table["date"], how = as_dates(path, name, raw[name], date_format or "%Y-%m")
        else:
            table["month"] = numbers.astype("float64")
    left.examples = {m: raw[chosen[m]].dropna().astype("string").head(1).tolist() for m in chosen}
    left.table = pd.DataFrame(table)
    return how


def _drop_unusable(left: _Left) -> None:
    """Drop rows without a customer, a time or an amount."""
    left.drop(left.table["customer"].isna(), "rows without a customer")
    if "date" in left.table:
        left.drop(left.table["date"].isna(), "rows without a readable date")
    else:
        month = left.table["month"]
        left.drop(
            month.isna() | (month < 1) | (month != np.floor(month)) | (month > 120_000),
            "rows whose month is not a whole number from 1 on",
        )
    left.drop(~np.isfinite(left.table["amount"]), "rows without a readable amount")
    left.refuse_empty()


def _sum_orders(left: _Left) -> None:
    """Sum the lines of one order, and drop returns."""
    if "date" in left.table:
        left.table["month"] = left.table["date"].dt.year * 12 + left.table["date"].dt.month - 1
    if "order" in left.table:
        left.table = _summed(left.table)
    kind = "orders" if "order" in left.chosen else "amounts"
    left.drop(left.table["amount"] <= 0, f"returns ({kind} of 0 or less)")
    left.refuse_empty()


def _summed(raw: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer and order id: amounts summed, the first of everything else."""
    import pandas as pd

    # A line without an order id is an order of its own.
    alone = raw["order"].isna()
    some = bool(alone.any())
    parts = [raw[alone].drop(columns="order")] if some else []
    rest = raw[~alone] if some else raw
    if len(rest):
        rules = {
            name: "sum" if name == "amount" else "first" for name in rest.columns if name not in ("customer", "order")
        }
        groups = rest.groupby(["customer", "order"], sort=False)
        parts.append(groups.agg(rules).reset_index(level="customer").reset_index(drop=True))
    whole = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    # Sums of cents drift in the last binary digit; money has no digits there.
    return whole.assign(amount=whole["amount"].round(6))


def _number_months(left: _Left, window: tuple[str, str] | None, notes: list[str]) -> tuple[int, str | None]:
    """Count months from the first one on; return their number, and the first calendar month if there is one."""
    if "date" not in left.table:
        return int(left.table["month"].max()), None
    path = left.path
    if window is not None:
        low, high = (_month_of(path, text) for text in window)
        if low > high:
            raise InputError(f"{path}: window is {window[0]} to {window[1]}; the months must be in order")
        month = left.table["month"]
        left.drop((month < low) | (month > high), f"orders outside {window[0]} to {window[1]}")
        if left.table.empty:
            raise InputError(
                f"{path}: no orders between {window[0]} and {window[1]}; choose months that the log covers"
            )
    first, last = int(left.table["month"].min()), int(left.table["month"].max())
    if "date" in left.chosen:
        last = _drop_incomplete(left, first, last, notes)
    left.table["month"] = left.table["month"] - (first - 1)
    return last - first + 1, _month_text(first)


def _drop_incomplete(left: _Left, first: int, last: int, notes: list[str]) -> int:
    """Drop the last month if it is incomplete, and note a first one that is; return the last month left."""
    days = left.table["date"].to_numpy("datetime64[D]").astype(np.int64)
    gap = _edge_gap(days)
    if _first_day(last + 1) - 1 - days.max() > gap and last > first:
        left.drop(left.table["month"] == last, f"orders in the incomplete last month ({_month_text(last)})")
        last -= 1
    begin = _first_day(first)
    if days.min() - begin > gap and last > first:
        notes.append(
            f"the first month ({_month_text(first)}) seems incomplete: its first order is on day "
            f"{int(days.min() - begin) + 1}; it was kept"
        )
    return last


def _edge_gap(days: np.ndarray) -> int:
    """Return the usual number of days without an order: the 99 % point of gaps between order days."""
    gaps = np.diff(np.unique(days))
    return max(1, int(np.quantile(gaps, 0.99))) if len(gaps) else 1


def _month_of(path: str, text: str) -> int:
    """Return the running number of a calendar month written YYYY-MM."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise InputError(f"{path}: window names {brief(text)}; write months like 2017-01")
    return int(found[1]) * 12 + int(found[2]) - 1


def _month_text(number: int) -> str:
    """Return YYYY-MM of a running month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _first_day(number: int) -> int:
    """Return the first day of a month by its running number, in days since 1970."""
    return int(np.datetime64(_month_text(number), "D").astype(np.int64))


def _oddities(frame: pd.DataFrame, months: int, left: _Left, repeated: int) -> list[str]:
    """Return one line per thing that looks wrong."""
    notes = []
    unusable = sum(count for reason, count in left.dropped.items() if reason.startswith("rows"))
    if unusable > 0.2 * left.rows:
        notes.append(f"{unusable / left.rows:.0%} of the rows could not be used")
    if repeated > 0.01 * len(frame):
        notes.append(f"{repeated:,} rows repeat an earlier one exactly; they were kept")
    counts = frame["customer"].value_counts()
    if len(counts) > 1 and counts.iloc[0] > 0.5 * len(frame):
        notes.append(
            f"one customer ({str(counts.index[0])[:60]}) has {counts.iloc[0] / len(frame):.0%} of the orders; a "
            f"placeholder for unknown?"
        )
    if len(counts) == 1:
        notes.append("all orders are of one customer")
    if counts.iloc[0] == 1 and len(frame) > 20:
        notes.append("no customer ordered twice; is the customer column an order number?")
    empty = months - int(frame["month"].nunique())  # type: ignore[arg-type]
    if empty:
        notes.append(f"{empty} of {months} months have no order; is a date mistyped?")
    typical = float(frame["amount"].median())
    if float(frame["amount"].max()) > 1000 * typical:
        notes.append(
            f"the largest amount ({frame['amount'].max():,.2f}) is more than 1000 times the median ({typical:,.2f})"
        )
    for name in ("salesperson", "firm"):
        missing = int(frame[name].isna().sum())
        if 0 < missing < len(frame):
            notes.append(f"{missing:,} orders name no {name}")
    return notes
