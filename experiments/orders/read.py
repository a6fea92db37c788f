"""Order logs read into one schema: tables of sales from CSV, text, JSON, Parquet or a workbook.

`read_orders` brings a file into the schema of `longgame.experiments.orders.log` and reports the rows that it leaves
out, with their money.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from longgame.experiments.orders.amounts import as_amounts, as_names, by_value, currencies_of
from longgame.experiments.orders.columns import brief
from longgame.experiments.orders.dates import as_dates, from_columns
from longgame.experiments.orders.left import Left
from longgame.experiments.orders.log import MORE, REFUNDED, RETURNED, OrderLog, in_schema
from longgame.experiments.orders.memory import SIZE_LIMIT, memory_for
from longgame.experiments.orders.months import number_months
from longgame.experiments.orders.netting import net, summed
from longgame.experiments.orders.oddities import oddities
from longgame.experiments.orders.status import BACK, LOST, OPEN, SALE, UNKNOWN, kinds_of_rows
from longgame.experiments.orders.unpack import unpack
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Wishes:
    """What the user says of a file; see `read_orders`."""

    date_format: str | None
    window: tuple[str | None, str | None]
    drop_duplicates: bool
    won: Sequence[str]
    currency: str | None
    decimal: str | None
    keep_going: bool


def read_orders(
    path: str | os.PathLike[str],
    columns: Mapping[str, str] | None = None,
    *,
    more: Sequence[str | os.PathLike[str]] = (),
    date_format: str | None = None,
    window: tuple[str | None, str | None] | None = None,
    drop_duplicates: bool = False,
    won: Sequence[str] = (),
    currency: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    join: Sequence[str | os.PathLike[str]] = (),
    keep_going: bool = False,
    size_limit: int = SIZE_LIMIT,
) -> OrderLog:
    """Read an order log: CSV (any usual separator, also gzipped), text, JSON, Parquet or a workbook.

    A status or stage says what a sale is, if there is one. Lines that share an order number, a customer and a day
    are one order. Returns are netted with the sale that they take back. Calendar dates become month numbers, and an
    incomplete last month is dropped. A month is complete if its last order comes close to its end. Close means no
    longer than the 99 % point of the gaps between order days.

    Parameters
    ----------
    path : str or path
        The file; its content says what kind it is.
    columns : mapping, optional
        Meaning → column name, for example ``{"customer": "Kunde"}``, where `columns.SYNONYMS` lacks it. An empty name
        says that there is no such column.
    more : sequence of path
        Further files of the same columns, such as one a month; all are read as one.
    date_format : str, optional
        `strptime` format of the dates, where they are ambiguous.
    window : (str or None, str or None), optional
        First and last calendar month to keep, ``("2017-01", "2017-12")``.
    drop_duplicates : bool
        Drop lines that repeat an earlier one in every column that is read.
    won : sequence of str
        Values of the status that are sales; all others are none.
    currency : str, optional
        The one currency to keep, where there are several.
    decimal : {".", ","}, optional
        The sign before decimals, where it cannot be seen.
    encoding : str, optional
        Of a text that is not UTF-8, for example ``cp1252``.
    sheet : str, optional
        Of a workbook with several tables.
    join : sequence of path
        Files whose columns are added, by the one column that both have.
    keep_going : bool
        Read on although more than a tenth of the file is unusable, or years lie between two orders.
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
    path = Path(path)
    if decimal not in (None, ".", ","):
        raise InputError(f"{path}: decimal={brief(decimal)} is no sign before decimals; give '.' or ','")
    wishes = Wishes(date_format, window or (None, None), drop_duplicates, won, currency, decimal, keep_going)
    with memory_for(path):
        raw, chosen, notes = unpack(
            [path, *map(Path, more)], columns, size_limit, encoding=encoding, sheet=sheet, join=[*map(Path, join)]
        )
        if raw.empty:
            raise InputError(f"{path}: has column names but no rows; an order log has one line per order")
        return replace(
            _read(path, raw, chosen, notes, wishes), name=path.name + (f" and {len(more)} more" if more else "")
        )


def _read(path: Path, raw: pd.DataFrame, chosen: dict[str, str], notes: list[str], wishes: Wishes) -> OrderLog:
    """Return the log of a table, step by step: types, currency, what a sale is, orders, returns, months."""
    left = Left(path, len(raw), chosen)
    if wishes.drop_duplicates:
        again = raw.duplicated()
        left.note_rows(int(again.sum()), math.nan, "exact duplicates")
        raw = raw.loc[~again]
    repeated = 0 if wishes.drop_duplicates or "order" in chosen else int(raw.duplicated().sum())
    dates, daily = _bring_into_types(left, raw, wishes)
    currency = _keep_one_currency(left, raw, wishes)
    sales = _classify(left, raw, wishes)
    left.examples = {m: _example(raw[chosen[m]], left.table.get(m)) for m in chosen}
    del raw
    lost = _take_out(left)
    _drop_unusable(left, wishes.keep_going)
    usable = len(left.table)
    left.table = summed(left.table)
    lines = usable if len(left.table) < usable else 0
    _net_returns(left)
    months, start = number_months(left, wishes.window, daily, notes, wishes.keep_going)
    table = left.table.sort_values("month", kind="stable").reset_index(drop=True)
    frame = in_schema(table)
    notes += oddities(table, months, left, repeated)
    first, last = (_shown(date, daily) for date in (table["date"].min(), table["date"].max())) if start else ("", "")
    return OrderLog(
        frame,
        months,
        path.name,
        start,
        left.rows,
        lines,
        left.out,
        tuple(notes),
        {meaning: name for meaning, name in chosen.items() if meaning != "rival"},
        dates,
        sales,
        currency,
        first,
        last,
        table[[name for name in MORE if name in table]],
        lost,
    )


def _example(texts: pd.Series, read: pd.Series | None) -> list[str]:
    """Return a value of a column that could not be read, else the first one, if there is any."""
    texts = texts.dropna()
    bad = texts.loc[texts.index.isin(read.index[read.isna()])] if read is not None else texts[:0]
    return (bad if len(bad) else texts).head(1).astype("string").tolist()


def _shown(when: Any, daily: bool) -> str:
    """Return a day, or the month of it if days are not known."""
    return f"{when:%Y-%m-%d}" if daily else f"{when:%Y-%m}"


def _bring_into_types(left: Left, raw: pd.DataFrame, wishes: Wishes) -> tuple[str, bool]:
    """Replace texts by names, money and times; return how dates were read, and whether days are known."""
    import pandas as pd

    chosen = left.chosen
    table: dict[str, Any] = {}
    for meaning in ("customer", "salesperson", "firm", "order", "product", "source"):
        if meaning in chosen:
            table[meaning] = as_names(raw[chosen[meaning]])

    def money(meaning: str) -> pd.Series:
        found, units = as_amounts(left.path, chosen[meaning], raw[chosen[meaning]], wishes.decimal)
        left.units |= units
        return found

    if "amount" in chosen:
        table["amount"] = money("amount")
        if "rival" in chosen:
            _refuse_rival(left, table["amount"], money("rival"))
        if "quantity" in chosen:
            table["quantity"] = money("quantity")
    elif "unit_price" in chosen:
        table["quantity"] = money("quantity")
        table["amount"] = money("unit_price") * table["quantity"]
    else:
        table["amount"] = pd.Series(np.nan, index=raw.index)
    if "refund" in chosen:
        table["refund"] = money("refund").abs().fillna(0.0).clip(upper=table["amount"].clip(lower=0.0))
    dates, how, daily = _times(left.path, raw, chosen, wishes.date_format)
    left.table = pd.DataFrame({**table, ("month" if how is None else "date"): dates})
    return how or "", daily


def _refuse_rival(left: Left, amount: pd.Series, rival: pd.Series) -> None:
    """Refuse a file with two columns of money that differ."""
    both = amount.notna() & rival.notna()
    if bool((np.abs(amount - rival)[both] > 0.005).any()):
        one, two = left.chosen["amount"], left.chosen["rival"]
        raise InputError(
            f"{left.path}: column {brief(one)} (sum {amount.sum():,.2f}) and column {brief(two)} (sum "
            f"{rival.sum():,.2f}) may both be the amount; say which with columns={{'amount': ...}}"
        )


def _times(
    path: str, raw: pd.DataFrame, chosen: Mapping[str, str], form: str | None
) -> tuple[pd.Series, str | None, bool]:
    """Return dates or numbers of months, how dates were read (None: they are numbers), and whether days are known."""
    import pandas as pd

    day = raw[chosen["date"]] if "date" in chosen else None
    if "month" in chosen and "year" in chosen:
        dayish = day is None or bool(day.astype("string").str.strip().str.fullmatch(r"\d{1,2}(?:\.0)?").mean() > 0.5)
        if dayish:
            dates = from_columns(raw[chosen["year"]], raw[chosen["month"]], day)
            return dates, "columns of year and month" + (" and day" if day is not None else ""), day is not None
    if day is not None:
        dates, how = as_dates(path, chosen["date"], day, form)
        return dates, how, how not in ("YYYYMM", "year and month")
    name = chosen["month"]
    texts = raw[name]
    bare = texts.astype("string") if texts.dtype.kind not in "iuf" else texts
    numbers = cast("pd.Series", pd.to_numeric(bare, errors="coerce"))
    if form is None and numbers.notna().mean() >= 0.5 and not numbers.between(190_001, 21_001_231).mean() > 0.5:
        return numbers.astype("float64"), None, False
    dates, how = as_dates(path, name, texts, form)
    return dates, how, False


def _keep_one_currency(left: Left, raw: pd.DataFrame, wishes: Wishes) -> str:
    """Drop rows in other currencies than the one asked for, and return it; refuse several where none is."""
    chosen, wanted = left.chosen, (wishes.currency or "").strip().upper()
    money = chosen.get("amount") or chosen.get("unit_price")
    if "currency" in chosen:
        name = chosen["currency"]
        codes = by_value(raw[name], lambda unique: unique.str.upper().replace("", None))
    elif len(left.units) > 1 or (wanted and left.units):
        name = str(money)
        codes = currencies_of(raw[name])
    elif wanted:
        raise InputError(f"{left.path}: no column says the currency; name it with columns={{'currency': ...}}")
    else:
        return "".join(left.units)
    sums = left.table["amount"].groupby(codes).agg(["size", "sum"]).sort_values("size", ascending=False)
    if wanted and wanted not in sums.index:
        raise InputError(
            f"{left.path}: column {brief(name)} has no {brief(wanted)}; it has {', '.join(map(str, sums.index[:12]))}"
        )
    if len(sums) > 1 and not wanted:
        said = " and ".join(
            f"{code} ({row['sum']:,.2f} in rows: {row['size']:,.0f})" for code, row in sums[:3].iterrows()
        )
        raise InputError(
            f"{left.path}: column {brief(name)} has amounts in {said}, which cannot be added up; choose one with "
            f"currency='{sums.index[0]}'"
        )
    if wanted:
        for code in sums.index[sums.index != wanted]:
            left.drop((codes == code).fillna(False).reindex(left.table.index), f"rows in {code}")
        left.drop(codes.isna().reindex(left.table.index), "rows without a currency")
    return wanted or str(sums.index[0]) if len(sums) else ""


def _classify(left: Left, raw: pd.DataFrame, wishes: Wishes) -> str:
    """Give each row what it is by its status, and take refunds off sales; return what was taken for a sale."""
    named = {m: (left.chosen[m], raw[left.chosen[m]]) for m in ("status", "cancelled") if m in left.chosen}
    kinds, said = kinds_of_rows(left.path, named.get("status"), named.get("cancelled"), wishes.won)
    left.table["kind"] = np.int8(SALE) if kinds is None else kinds[raw.index.get_indexer(left.table.index)]
    # What was paid back is a return, whatever its row is called.
    left.table.loc[(left.table["amount"] < 0) & (left.table["kind"] == BACK), "kind"] = np.int8(SALE)
    if "refund" in left.table:
        left.table["refund"] = left.table["refund"].where(left.table["kind"] == SALE, 0.0)
        left.table["amount"] -= left.table["refund"]
    return said


def _take_out(left: Left) -> pd.DataFrame | None:
    """Drop rows that are no sales, but for those that a return may take back; return the lost deals."""
    table = left.table
    known = [n for n in ("customer", "salesperson", "firm", "month", "amount", *MORE) if n in table]
    deals = table.loc[table["kind"] == LOST, known]
    left.drop(table["kind"] == LOST, "lost deals")
    left.drop(left.table["kind"] == OPEN, "deals or orders that are open")
    left.drop(left.table["kind"] == UNKNOWN, "rows without a status", unusable=True)
    if not bool((left.table["amount"] < 0).any()):
        left.drop(left.table["kind"] == BACK, "cancelled or refunded orders")
    return deals.reset_index(drop=True) if len(deals) else None


def _drop_unusable(left: Left, keep_going: bool) -> None:
    """Drop rows without a customer, a time or an amount; stop if they are more than a tenth."""
    left.drop(left.table["customer"].isna(), "rows without a customer", unusable=True)
    if "date" in left.table:
        left.drop(left.table["date"].isna(), "rows without a readable date", unusable=True)
    else:
        month = left.table["month"]
        left.drop(
            month.isna() | (month < 1) | (month != np.floor(month)) | (month > 1200),
            "rows whose month is not a whole number from 1 on",
            unusable=True,
        )
    if left.priced:
        left.drop(~np.isfinite(left.table["amount"]), "rows without a readable amount", unusable=True)
    left.refuse_empty()
    if not keep_going:
        left.refuse_lossy()


def _net_returns(left: Left) -> None:
    """Net returns with their sales, and drop what is no sale then."""
    if not left.priced:
        left.drop(left.table["kind"] == BACK, "cancelled or refunded orders")
        left.refuse_empty()
        return
    rest, taken = net(left.table)
    table = left.table.assign(amount=rest.round(6), taken=taken)
    gone = (table["amount"] == 0) & (table["plus"] > 0) & (taken == 0)  # taken back within the order
    table.loc[gone, "taken"] = table.loc[gone, "plus"]
    returns = table["plus"] == 0
    whole = (table["amount"] == 0) & ((table["taken"] > 0) | (returns & (left.table["amount"] < 0)))
    if bool(whole.any()) or bool(taken.any()):
        rows, money = int(table.loc[whole, "rows"].sum()), round(float(table["taken"].sum()), 2)
        left.note_rows(rows, money, RETURNED)
    if "refund" in table:
        left.note_rows(0, round(float(table.loc[~whole, "refund"].sum()), 2), REFUNDED)
    left.table = table[~whole]
    left.drop(left.table["kind"] == BACK, "cancelled or refunded orders")
    left.drop(left.table["amount"] < 0, "returns without their sale")
    left.drop(left.table["amount"] == 0, "orders of 0")
    left.refuse_empty()
