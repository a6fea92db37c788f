"""An order log in one schema, `SCHEMA`, for logs of the user's and for `Result.orders`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: The columns of an order log, in order. Units: id, id, id, month number (1 is the first), money.
SCHEMA = ("customer", "salesperson", "firm", "month", "amount")


@dataclass(frozen=True)
class OrderLog:
    """An order log in the schema, and what was done to get it there.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per order, columns `SCHEMA`, sorted by month. ``month`` counts calendar months; 1 is the
        first month observed. ``amount`` is money above 0. An unknown salesperson or firm is ``<NA>``.
    months : int
        Complete months observed; the last month of the frame is at most this.
    name : str
        Where it came from.
    start : str or None
        Calendar month of month 1 (``"2017-01"``), if the log has dates.
    rows : int
        Data rows read.
    lines : int
        Usable rows before those of one order were summed.
    dropped : mapping of str to int
        Rows (or orders) left out, by reason.
    warnings : tuple of str
        Things that look wrong but were not changed.
    columns : mapping of str to str
        Meaning → column of the file.
    dates : str
        How dates were read, for example ``day/month/year``; empty without dates.
    """

    frame: pd.DataFrame
    months: int
    name: str = "orders"
    start: str | None = None
    rows: int = 0
    lines: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""

    @property
    def customers(self) -> int:
        """Number of customers."""
        return int(self.frame["customer"].nunique())

    @property
    def salespeople(self) -> int | None:
        """Number of salespeople; None if the log names none."""
        return int(self.frame["salesperson"].nunique()) or None

    @property
    def firms(self) -> int | None:
        """Number of firms; None if the log names none."""
        return int(self.frame["firm"].nunique()) or None

    def summary(self) -> str:
        """Return a text of what was read and dropped, and what looks odd."""
        when = f" from {self.start}" if self.start else ""
        lines = [
            f"{self.name}: {_many(self.rows, 'row')} read, {_many(len(self.frame), 'order')} of "
            f"{_many(self.customers, 'customer')} in {_many(self.months, 'month')}{when}",
            "  taken as: " + ", ".join(f"{meaning} = {name}" for meaning, name in self.columns.items()),
        ]
        if self.dates:
            lines.append(f"  dates read as: {self.dates}")
        if self.lines > len(self.frame):
            lines.append(f"  summed: {self.lines:,} lines into orders")
        lines += [f"  dropped: {count:,} {reason}" for reason, count in self.dropped.items()]
        lines += [f"  look at this: {text}" for text in self.warnings]
        return "\n".join(lines)


def _many(count: int, word: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def in_schema(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the schema in their types, sorted by month."""
    import pandas as pd

    frame = pd.DataFrame(index=raw.index)
    for name in ("customer", "salesperson", "firm"):
        if name not in raw:
            frame[name] = pd.array([pd.NA] * len(raw), dtype="Int64")
        elif raw[name].dtype == "Int64" and not bool(raw[name].isna().any()):
            frame[name] = raw[name].astype("int64")
        else:
            frame[name] = raw[name]
    frame["month"] = raw["month"].astype("int64")
    frame["amount"] = raw["amount"].astype("float64")
    return frame.sort_values("month", kind="stable").reset_index(drop=True)


def order_log(frame: pd.DataFrame, *, months: int | None = None, name: str = "orders") -> OrderLog:
    """Return an `OrderLog` of a table that is already in the schema, for example `Result.orders`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``customer``, ``month`` and ``amount``; ``salesperson`` and ``firm`` if known.
    months : int, optional
        Months observed; the last month with an order if not given.
    name : str
        Where the table comes from.

    Raises
    ------
    InputError
        If a column is missing or the table is empty. Also if a month lies outside 1 to `months`, or an
        amount is not above 0.
    """
    lacking = [column for column in ("customer", "month", "amount") if column not in frame.columns]
    if lacking:
        raise InputError(f"{name}: the table has no column `{lacking[0]}`; an order log has {', '.join(SCHEMA)}")
    if frame.empty:
        raise InputError(f"{name}: the table has no rows; an order log has one row per order")
    low, high = int(frame["month"].min()), int(frame["month"].max())
    if low < 1 or (months is not None and high > months):
        raise InputError(f"{name}: months go from {low} to {high}; they must lie in 1 to {months or 'the last month'}")
    if not float(frame["amount"].min()) > 0:
        raise InputError(f"{name}: the least amount is {frame['amount'].min()}; amounts must be above 0")
    present = [column for column in SCHEMA if column in frame.columns]
    kept = in_schema(frame[present])
    columns = {column: column for column in present}
    return OrderLog(kept, months or high, name, None, len(kept), len(kept), columns=columns)
