"""An order log in one schema, `SCHEMA`, for logs of the user's and for `Result.orders`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: The columns of an order log, in order. Units: id, id, id, month number (1 is the first), money.
SCHEMA = ("customer", "salesperson", "firm", "month", "amount")

#: What may be known of an order beside that, where the file has it.
MORE = ("date", "order", "product", "quantity", "source")

#: Why money was left out that was paid back: with its order, or as a part of it.
RETURNED, REFUNDED = "returns, netted with their sales", "refunds, taken off their sales"


@dataclass(frozen=True)
class LeftOut:
    """What was left out of a log for one reason.

    Attributes
    ----------
    why : str
        The reason.
    rows : int
        Rows of the file.
    money : float
        Sum of their amounts; of returns that were netted, what they took off sales. NaN: their amounts are unknown.
    """

    why: str
    rows: int
    money: float


@dataclass(frozen=True)
class OrderLog:
    """An order log in the schema, and what was done to get it there.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per order, columns `SCHEMA`, sorted by month. ``month`` counts calendar months; 1 is the
        first month observed. ``amount`` is money above 0, or NaN in a log without amounts. An unknown salesperson or
        firm is ``<NA>``.
    months : int
        Complete months observed; the last month of the frame is at most this.
    name : str
        Where it came from.
    start : str or None
        Calendar month of month 1 (``"2017-01"``), if the log has dates.
    rows : int
        Data rows read.
    lines : int
        Usable rows before those of one order were summed; 0 if none were.
    left_out : tuple of LeftOut
        What was left out, by reason.
    warnings : tuple of str
        Things that look wrong but were not changed.
    columns : mapping of str to str
        Meaning → column of the file.
    dates : str
        How dates were read, for example ``day/month/year``; empty without dates.
    sales : str
        What was taken for a sale, where a status or stage says so.
    currency : str
        The one currency of the amounts, where it is known.
    first, last : str
        Day or month of the first and of the last order; empty without dates.
    more : DataFrame, optional
        Columns of `MORE` that the file has, in the rows of `frame`.
    lost : DataFrame, optional
        Deals that were lost: columns of `SCHEMA` but with a date, if known, for the month, and of `MORE`. Amounts may
        be NaN, customers ``<NA>``.
    """

    frame: pd.DataFrame
    months: int
    name: str = "orders"
    start: str | None = None
    rows: int = 0
    lines: int = 0
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    sales: str = ""
    currency: str = ""
    first: str = ""
    last: str = ""
    more: pd.DataFrame | None = field(default=None, repr=False)
    lost: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def dropped(self) -> dict[str, int]:
        """Rows left out, by reason."""
        return {left.why: left.rows for left in self.left_out}

    @property
    def has_amounts(self) -> bool:
        """Whether the file says how much an order was."""
        return bool(self.frame["amount"].notna().any())

    @property
    def revenue(self) -> float:
        """Sum of the amounts, in money; NaN without amounts."""
        return float(self.frame["amount"].sum()) if self.has_amounts else math.nan

    @property
    def customers(self) -> int:
        """Number of customers."""
        return int(self.frame["customer"].nunique())

    @property
    def salespeople(self) -> int | None:
        """Number of salespeople; None if the log names none."""
        return int(self.frame["salesperson"].nunique()) or None

    @property
    def salespeople_at_once(self) -> float | None:
        """Salespeople who sell at one time, a mean over the months; None if the log names none.

        One sells in every month from the first order to the last.
        """
        spans = self.frame.groupby("salesperson", observed=True)["month"].agg(["min", "max"])
        return float((spans["max"] - spans["min"] + 1).sum()) / self.months if len(spans) else None

    @property
    def firms(self) -> int | None:
        """Number of firms; None if the log names none."""
        return int(self.frame["firm"].nunique()) or None

    def summary(self) -> str:
        """Return a text of what was read and dropped, and what looks odd."""
        when = f" from {self.start}" if self.start else ""
        worth = f" worth {self.revenue:,.2f}" if self.has_amounts else ""
        lines = [
            f"{self.name}: {_many(self.rows, 'row')} read, {_many(len(self.frame), 'order')}{worth} of "
            f"{_many(self.customers, 'customer')} in {_many(self.months, 'month')}{when}",
            "  taken as: " + ", ".join(f"{meaning} = {name}" for meaning, name in self.columns.items()),
        ]
        if self.dates:
            lines.append(f"  dates read as: {self.dates}")
        if self.sales:
            lines.append(f"  what a sale is: {self.sales}")
        if self.lines > len(self.frame):
            lines.append(f"  summed: {self.lines:,} lines into orders")
        lines += [
            f"  dropped: {left.rows:,} {left.why}" + (f" ({left.money:,.2f})" if math.isfinite(left.money) else "")
            for left in self.left_out
        ]
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
        Columns ``customer``, ``month`` and ``amount``; ``salesperson`` and ``firm`` if known. A ``refund`` is taken
        off its order; one paid back in full is none.
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
    kept, left_out = _without_refunds(frame)
    if kept.empty:
        raise InputError(f"{name}: every order was paid back; an order log has sales")
    kept = in_schema(kept[present])
    columns = {column: column for column in present}
    return OrderLog(kept, months or high, name, None, len(frame), len(kept), left_out, columns=columns)


def _without_refunds(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[LeftOut, ...]]:
    """Return orders with refunds taken off, and what was taken off."""
    if "refund" not in frame.columns:
        return frame, ()
    net = (frame["amount"] - frame["refund"]).round(6)
    back = net <= 0
    out = (
        LeftOut(RETURNED, int(back.sum()), round(float(frame.loc[back, "amount"].sum()), 2)),
        LeftOut(REFUNDED, 0, round(float(frame.loc[~back, "refund"].sum()), 2)),
    )
    return frame.assign(amount=net).loc[~back], tuple(one for one in out if one.rows or one.money)
