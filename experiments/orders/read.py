"""Order logs in and out, with one schema for real logs and for `Result.orders`.

The schema is `SCHEMA`: customer, salesperson, firm, month, amount. `read_orders` brings a CSV, Parquet or
whitespace-separated log into it and counts what it had to drop; `write_orders` writes it.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from longgame.sim.errors import InputError, closest
from longgame.sim.files import open_problem, write_atomically

if TYPE_CHECKING:
    import pandas as pd

#: The columns of an order log, in order. Units: id, id, id, month number (1 is the first), money.
SCHEMA = ("customer", "salesperson", "firm", "month", "amount")

#: Largest log that is read, in bytes (of text, after decompression).
SIZE_LIMIT = 4_000_000_000

#: Column names that are recognised, by meaning; the first that occurs is taken. Compared in lower case,
#: without spaces, hyphens and underscores.
SYNONYMS: dict[str, tuple[str, ...]] = {
    meaning: tuple(names.split())
    for meaning, names in {
        "customer": "customer customer_id household_id household_key household client client_id buyer "
        "buyer_id user_id account_id account member_id card_id shopper_id cust_id id",
        "salesperson": "salesperson salesperson_id sales_rep sales_rep_id rep rep_id seller "
        "seller_id agent agent_id employee_id sales_agent advisor_id",
        "firm": "firm firm_id store_id store shop_id shop vendor_id vendor merchant_id merchant company_id "
        "company supplier_id supplier outlet_id",
        "date": "date order_date transaction_timestamp transaction_date invoice_date timestamp datetime "
        "purchase_date order_timestamp order_purchase_timestamp created_at day time",
        "month": "month month_number period order_month year_month",
        "amount": "amount sales_value sales_amount order_amount dollar_value value total total_price "
        "order_total revenue sales price_paid payment_value spend spent net_amount monetary",
        "order": "order order_id basket_id basket invoice_id invoice invoice_no invoice_number "
        "transaction_id receipt_id order_number order_no",
        "quantity": "quantity qty number_of_cds units",
        "unit_price": "unit_price price price_each item_price",
    }.items()
}

#: Columns of a whitespace-separated log without header (as CDNOW_master.txt is distributed).
HEADERLESS = ("customer_id", "date", "quantity", "amount")


@dataclass(frozen=True)
class OrderLog:
    """An order log in the schema, and what was done to get it there.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per order, columns `SCHEMA`, sorted by month. ``month`` counts calendar months, 1 is the
        first month observed; ``amount`` is money, above 0. An unknown salesperson or firm is ``<NA>``.
    months : int
        Complete months observed; the last month of the frame is at most this.
    name : str
        Where it came from.
    start : str or None
        Calendar month of month 1 (``"2017-01"``), if the log has dates.
    rows : int
        Data rows read.
    lines : int
        Usable lines that were summed into the orders (equal to the orders if the log has one line each).
    dropped : mapping of str to int
        Rows (or orders) left out, by reason.
    warnings : tuple of str
        Things that look wrong but were not changed.
    columns : mapping of str to str
        Which column of the file was taken for what.
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
        """Distinct customers."""
        return int(self.frame["customer"].nunique())

    @property
    def salespeople(self) -> int | None:
        """Distinct salespeople; None if the log names none."""
        return int(self.frame["salesperson"].nunique()) or None

    @property
    def firms(self) -> int | None:
        """Distinct firms; None if the log names none."""
        return int(self.frame["firm"].nunique()) or None

    def summary(self) -> str:
        """Return what was read, dropped and found odd, as text for people."""
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
    """Write a count with its noun."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


# -- reading the file ----------------------------------------------------------------------------------


def _plain(name: object) -> str:
    """Return a column name for comparison: lower case, camelCase split away, letters and digits only."""
    return re.sub(r"[\W_]+", "", str(name).lower())


def _columns(path: str, names: list[str], given: Mapping[str, str] | None) -> tuple[dict[str, str], list[str]]:
    """Return meaning → column name in the file, and warnings on ambiguous names."""
    chosen: dict[str, str] = {}
    notes: list[str] = []
    for meaning, name in (given or {}).items():
        if meaning not in SYNONYMS:
            raise InputError(
                f"{path}: columns names {meaning!r}, which an order log does not "
                f"have{closest(meaning, SYNONYMS)}"
                f"; choose from {', '.join(SYNONYMS)}"
            )
        if name not in names:
            raise InputError(
                f"{path}: column {name!r} for `{meaning}` is not there{closest(name, names)}"
                f"; the columns are {_listed(names)}"
            )
        chosen[meaning] = name
    plain = [_plain(name) for name in names]
    for meaning, synonyms in SYNONYMS.items():
        if meaning in chosen:
            continue
        found = [names[plain.index(_plain(s))] for s in synonyms if _plain(s) in plain]
        found = [name for name in dict.fromkeys(found) if name not in chosen.values()]
        if found:
            chosen[meaning] = found[0]
            if plain.count(_plain(found[0])) > 1:
                raise InputError(f"{path}: column {found[0]!r} is there twice; rename one of the two")
            # `month` beside `date`, or `id` beside `customer_id`, are no riddle; two names of equal rank are.
            rivals = [
                name for name in found[1:] if _plain(name) not in ("id", "value", "total", "account", "time", "day")
            ]
            if rivals and meaning in ("customer", "amount", "date") and _plain(found[0]) != meaning:
                notes.append(f"took column {found[0]!r} for `{meaning}`, although there is {rivals[0]!r} too")
    if "date" in chosen:
        chosen.pop("month", None)
    if "amount" in chosen:
        chosen.pop("unit_price", None)
        chosen.pop("quantity", None)
    lacking = [meaning for meaning in ("customer",) if meaning not in chosen]
    if "date" not in chosen and "month" not in chosen:
        lacking.append("date")
    if "amount" not in chosen and not ("unit_price" in chosen and "quantity" in chosen):
        lacking.append("amount")
    if lacking:
        raise InputError(
            *[
                f"{path}: no column for `{meaning}`; the columns are {_listed(names)}; say which with "
                f"columns={{{meaning!r}: ...}}"
                for meaning in lacking
            ]
        )
    return chosen, notes


def _listed(names: list[str]) -> str:
    """Return column names for a message, the first twenty of them."""
    return ", ".join(map(str, names[:20])) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _text_layout(path: str, head: str) -> tuple[str, list[str], bool]:
    """Return (separator, column names, has a header) from the first lines of a text log."""
    lines = [line for line in head.splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{path}: is empty; an order log has a header line and one line per order")
    counts = {}
    for separator in (",", ";", "\t", "|"):
        widths = [len(next(csv.reader([line], delimiter=separator), [])) for line in lines[:20]]
        # The separator of a table splits every line into as many parts as the first.
        counts[separator] = widths[0] if min(widths) >= min(2, widths[0]) else 1
    separator = max(counts, key=lambda s: counts[s])
    if counts[separator] > 1:
        names = [name.strip() for name in next(csv.reader([lines[0]], delimiter=separator))]
    else:
        separator, names = r"\s+", lines[0].split()
    if all(re.fullmatch(r"[-+.\d]+", name) for name in names):
        if separator == r"\s+" and len(names) == len(HEADERLESS):
            return separator, list(HEADERLESS), False
        raise InputError(
            f"{path}: line 1 holds numbers where column names should be ({_listed(names)}); "
            "add a header line such as customer,date,amount"
        )
    return separator, names, True


def _read_text(
    path: Path, given: Mapping[str, str] | None, limit: int, zipped: bool
) -> tuple[Any, dict[str, str], list[str]]:
    """Return the needed columns of a text log as strings, meaning → column, and warnings."""
    import pandas as pd

    def opened() -> io.BufferedIOBase:
        return gzip.open(path, "rb") if zipped else open(path, "rb")  # type: ignore[return-value]

    try:
        if zipped:  # the size on disk says nothing about what it unpacks to
            with opened() as stream:
                size = 0
                while block := stream.read(1 << 20):
                    size += len(block)
                    if size > limit:
                        raise InputError(f"{path}: unpacks to more than {limit:,} bytes; split it by year")
        with opened() as stream:
            raw = stream.read(1 << 16)
    except (gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path}: is not a whole gzip file ({error}); copy or pack it again") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path}: is UTF-16 text; save it as UTF-8")
    if b"\0" in raw:
        raise InputError(f"{path}: is not text (it holds zero bytes); give CSV, .csv.gz or Parquet")
    separator, names, header = _text_layout(str(path), raw.decode("utf-8-sig", "replace"))
    chosen, notes = _columns(str(path), names, given)
    wanted = sorted({names.index(name) for name in chosen.values()})
    blank = next(k for k, line in enumerate(raw.splitlines()) if line.strip())
    try:
        with opened() as stream:
            if separator == r"\s+":
                table = pd.read_csv(
                    stream,
                    sep=separator,
                    header=blank if header else None,
                    names=names,
                    dtype=str,
                    index_col=False,
                    encoding="utf-8-sig",
                ).iloc[:, wanted]
            else:
                table = _read_separated(stream, separator, len(names), wanted, blank + 1)
                table.columns = [names[k] for k in wanted]
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: is not UTF-8 text (byte 0x{error.object[error.start]:02x}); save it as UTF-8"
        ) from None
    except (pd.errors.ParserError, ValueError) as error:
        text = str(error).split("\n")[0].replace("Error tokenizing data. C error: ", "").strip()
        text = text.replace("CSV parse error: ", "").replace("Row #", "line ")
        if "invalid UTF8" in text:
            raise InputError(f"{path}: is not UTF-8 text ({text}); save it as UTF-8") from None
        raise InputError(
            f"{path}: is not a regular table ({text[:200]}); every line needs {len(names)} fields"
        ) from None
    return table, chosen, notes


def _read_separated(
    stream: io.BufferedIOBase, separator: str, width: int, wanted: list[int], skip: int
) -> pd.DataFrame:
    """Return the wanted columns of a separated text as strings; every line must have `width` fields.

    pandas would silently cut off what is too much on a line when it reads only some columns; pyarrow does
    not.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    keys = [str(k) for k in range(width)]
    return arrow_csv.read_csv(
        stream,
        # Lines are counted, for messages, only without threads.
        read_options=arrow_csv.ReadOptions(column_names=keys, skip_rows=skip, use_threads=False),
        parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=[keys[k] for k in wanted],
            column_types={keys[k]: pa.string() for k in wanted},
            strings_can_be_null=True,
            null_values=["", "NA", "N/A", "NULL", "null", "None", "NaN", "nan"],
        ),
    ).to_pandas()


def _read_parquet(path: Path, given: Mapping[str, str] | None) -> tuple[Any, dict[str, str], list[str]]:
    """Return the needed columns of a Parquet log, meaning → column, and warnings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        names = list(file.schema_arrow.names)
        chosen, notes = _columns(str(path), names, given)
        table = file.read(columns=list(dict.fromkeys(chosen.values()))).to_pandas()
    except (pa.ArrowException, OSError) as error:
        line = (str(error).splitlines() or ["unreadable"])[0]
        raise InputError(f"{path}: is not a whole Parquet file ({line}); write it again") from None
    return table, chosen, notes


# -- parsing columns -----------------------------------------------------------------------------------


def _ids(column: pd.Series) -> pd.Series:
    """Return identifiers: whole numbers where all are, else text; empty text is missing."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return column.astype("string")
    if pd.api.types.is_integer_dtype(column):
        return column.astype("int64" if not column.isna().any() else "Int64")
    if pd.api.types.is_float_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        finite = np.isfinite(values)
        if np.all(values[finite] == np.floor(values[finite])) and np.all(np.abs(values[finite]) < 2**53):
            return column.where(finite).astype("Int64")
    text = column.astype("string").str.strip()
    text = text.mask(text == "")
    unique = text.dropna().unique()
    # "00123" and "123" may be two customers: only canonical whole numbers become numbers.
    canonical = all(re.fullmatch(r"(?:0|-?[1-9]\d{0,17})(?:\.0)?", str(u)) for u in unique)
    if len(unique) and canonical:
        numbers = {u: int(str(u).removesuffix(".0")) for u in unique}
        return text.map(numbers).astype("Int64")
    return text


def _amounts(path: str, name: str, column: pd.Series) -> pd.Series:
    """Return money as floats, NaN where it is no number.

    Raises
    ------
    InputError
        If a comma may be a decimal or a thousands separator.
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64")
    text = column.astype("string").str.strip().str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    text = text.str.replace(r"[\s$€£¥'\u00a0]", "", regex=True)
    if text.str.contains(",", regex=False).any():
        commas = text[text.str.contains(",", regex=False).fillna(False)]
        mixed = commas.str.fullmatch(r"[-+]?\d{1,3}(,\d{3})+\.\d*").any()
        decimal = commas.str.fullmatch(r"[-+]?[\d.]*,(\d{0,2}|\d{4,})").any()
        if mixed and not decimal:
            text = text.str.replace(",", "", regex=False)
        elif decimal and not mixed:
            text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        else:
            raise InputError(
                f"{path}: column {name!r} has amounts such as {commas.iloc[0]!r} in which the comma may "
                "mean thousands or decimals; write amounts like 1234.50"
            )
    values: pd.Series = pd.to_numeric(text, errors="coerce")  # type: ignore[assignment]
    return values.astype("float64")


_PARTS = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[ T].*)?$"


def _dates(path: str, name: str, column: pd.Series, date_format: str | None) -> tuple[pd.Series, str]:
    """Return naive timestamps, NaT where there is no date between 1900 and 2100, and how they were read.

    Raises
    ------
    InputError
        If day and month cannot be told apart.
    """
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        dates, how = column.dt.tz_localize(None), "timestamps of the file"
    elif pd.api.types.is_datetime64_any_dtype(column):
        dates, how = column, "timestamps of the file"
    else:
        text = column.astype("string").str.strip().str.removesuffix(".0")
        unique = pd.Series(text.dropna().unique(), dtype="string")
        if unique.empty:
            return pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]"), ""
        if date_format is not None:
            parsed, how = pd.to_datetime(unique, format=date_format, errors="coerce"), date_format
        else:
            parsed, how = _guess_dates(path, name, unique)
        dates = text.map(dict(zip(unique, parsed, strict=True)))
        dates = pd.to_datetime(dates, errors="coerce")
    return dates.where((dates >= pd.Timestamp(1900, 1, 1)) & (dates < pd.Timestamp(2101, 1, 1))), how


def _guess_dates(path: str, name: str, unique: pd.Series) -> tuple[pd.Series, str]:
    """Return timestamps of distinct texts, and how they were read.

    YYYYMMDD, ISO 8601, YYYY-MM, or one of the two slash orders.
    """
    import pandas as pd

    if unique.str.fullmatch(r"\d{8}").mean() > 0.5:
        return pd.to_datetime(unique, format="%Y%m%d", errors="coerce"), "YYYYMMDD"
    parts = unique.str.extract(_PARTS)
    if parts[0].notna().mean() > 0.5:
        first, second = parts[0].astype("Int64"), parts[1].astype("Int64")
        day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
        example = unique[parts[0].notna()].iloc[0]
        if day_first == month_first:
            why = (
                "some only make sense as day/month, others as month/day"
                if day_first
                else "day and month cannot be told apart"
            )
            raise InputError(
                f"{path}: column {name!r} has dates such as {example!r} and {why}; write YYYY-MM-DD, or give "
                'date_format="%d/%m/%Y" or "%m/%d/%Y"'
            )
        year = parts[2].astype("Int64")
        year = year.where(year > 99, year + 2000)
        fields = {"year": year, "month": second if day_first else first, "day": first if day_first else second}
        how = "day/month/year" if day_first else "month/day/year"
        return pd.to_datetime(pd.DataFrame(fields).astype("Float64"), errors="coerce"), how
    parsed = pd.to_datetime(
        unique,
        format="ISO8601",
        errors="coerce",
        utc=bool(unique.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any()),
    )
    if isinstance(parsed.dtype, pd.DatetimeTZDtype):
        parsed = parsed.dt.tz_localize(None)
    return parsed, "year-month-day (ISO 8601)"


def _edge_gap(days: np.ndarray) -> int:
    """Return the usual number of days without an order: the 99 % point of gaps between order days."""
    gaps = np.diff(np.unique(days))
    return max(1, int(np.quantile(gaps, 0.99))) if len(gaps) else 1


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

    Lines that share an order id (basket, invoice) and customer are summed into one order, returns among
    them included; an order or line that nets to nothing or less is dropped as a return. Calendar dates
    become month numbers; an incomplete last month is dropped. A month counts as complete if the last order
    in it comes no further from its end than 99 % of the gaps between order days in the log are long.

    Parameters
    ----------
    path : str or path
        The file; its kind is told by its content.
    columns : mapping, optional
        Meaning → column name, for example ``{"customer": "Kunde"}``, where `SYNONYMS` does not know it.
    date_format : str, optional
        `strptime` format of the dates, where they are ambiguous.
    window : (str, str), optional
        First and last calendar month to keep, ``("2017-01", "2017-12")``.
    drop_duplicates : bool
        Drop lines that repeat an earlier one in every column that is read.
    size_limit : int
        Largest size in bytes (of text, after decompression).

    Returns
    -------
    OrderLog

    Raises
    ------
    InputError
        One line per mistake, with the file, the column, the value and what would be right.
    """
    import pandas as pd

    path = Path(path)
    source = str(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a directory")
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise open_problem(path, error) from None
    except ValueError:
        raise InputError(f"{path}: is not a possible file name; check the name") from None
    if size > size_limit:
        raise InputError(f"{path}: has {size:,} bytes, more than the limit of {size_limit:,}; split it by year")
    if magic == b"PAR1":
        raw, chosen, notes = _read_parquet(path, columns)
    else:
        if path.suffix.lower() == ".parquet" and size:
            raise InputError(f"{path}: is not a Parquet file; give it the ending of what it is, or write it again")
        raw, chosen, notes = _read_text(path, columns, size_limit, magic[:2] == b"\x1f\x8b")
    rows = len(raw)
    if rows == 0:
        raise InputError(f"{path}: has column names but no rows; an order log has one line per order")
    dropped: dict[str, int] = {}

    def drop(bad: Any, reason: str) -> None:
        nonlocal raw
        count = int(np.count_nonzero(bad))
        if count:
            dropped[reason] = dropped.get(reason, 0) + count
            raw = raw[~np.asarray(bad, dtype=bool)]

    if drop_duplicates:
        drop(raw.duplicated(), "exact duplicates")

    # Bring every column into its type; the raw text goes as soon as it is read.
    table: dict[str, Any] = {}
    for meaning in ("customer", "salesperson", "firm", "order"):
        if meaning in chosen:
            table[meaning] = _ids(raw[chosen[meaning]])
    if "amount" in chosen:
        table["amount"] = _amounts(source, chosen["amount"], raw[chosen["amount"]])
    else:
        price, quantity = (_amounts(source, chosen[k], raw[chosen[k]]) for k in ("unit_price", "quantity"))
        table["amount"] = price * quantity
    dated = "date" in chosen
    time_name = chosen["date" if dated else "month"]
    calendar, how = dated, ""
    if dated:
        table["date"], how = _dates(source, time_name, raw[time_name], date_format)
    else:
        numbers = pd.to_numeric(
            raw[time_name].astype("string") if raw[time_name].dtype == object else raw[time_name], errors="coerce"
        )
        if numbers.notna().mean() < 0.5:  # "2017-01": calendar months, without days
            table["date"], how = _dates(source, time_name, raw[time_name], date_format or "%Y-%m")
            calendar = True
        else:
            table["month"] = numbers.astype("float64")
    examples = {m: raw[chosen[m]].dropna().astype("string").head(1).tolist() for m in chosen}
    raw = pd.DataFrame(table)
    del table

    drop(raw["customer"].isna(), "rows without a customer")
    if calendar:
        drop(raw["date"].isna(), "rows without a readable date")
    else:
        month = raw["month"]
        drop(
            month.isna() | (month < 1) | (month != np.floor(month)) | (month > 120_000),
            "rows whose month is not a whole number from 1 on",
        )
    drop(~np.isfinite(raw["amount"]), "rows without a readable amount")
    if raw.empty:
        _nothing_left(source, dropped, rows, chosen, examples)
    lines = len(raw)
    repeated = 0 if drop_duplicates or "order" in chosen else int(raw.duplicated().sum())

    start: str | None = None
    if calendar:
        raw["month"] = raw["date"].dt.year * 12 + raw["date"].dt.month - 1
    if "order" in raw:
        raw = _summed(raw)
    drop(raw["amount"] <= 0, "returns (orders of 0 or less)" if "order" in chosen else "returns (amounts of 0 or less)")
    if raw.empty:
        _nothing_left(source, dropped, rows, chosen, examples)

    if calendar:
        if window is not None:
            first, last = (_month_of(source, text) for text in window)
            if first > last:
                raise InputError(f"{path}: window is {window[0]} to {window[1]}; the months must be in order")
            drop((raw["month"] < first) | (raw["month"] > last), f"orders outside {window[0]} to {window[1]}")
            if raw.empty:
                raise InputError(
                    f"{path}: no orders between {window[0]} and {window[1]}; choose months that the log covers"
                )
        first, last = int(raw["month"].min()), int(raw["month"].max())
        if window is not None:
            first, last = max(first, _month_of(source, window[0])), last
        if dated:
            days = raw["date"].to_numpy("datetime64[D]").astype(np.int64)
            gap = _edge_gap(days)
            end = np.datetime64(f"{(last + 1) // 12:04d}-{(last + 1) % 12 + 1:02d}", "D").astype(np.int64)
            if end - 1 - days.max() > gap and last > first:
                drop(raw["month"] == last, f"orders in the incomplete last month ({_month_text(last)})")
                last -= 1
            begin = np.datetime64(_month_text(first), "D").astype(np.int64)
            if days.min() - begin > gap and last > first:
                notes.append(
                    f"the first month ({_month_text(first)}) seems incomplete: its first order is on day "
                    f"{int(days.min() - begin) + 1}; it was kept"
                )
        start = _month_text(first)
        raw["month"] = raw["month"] - (first - 1)
        months = last - first + 1
    else:
        months = int(raw["month"].max())
    frame = _schema(raw)
    notes += _oddities(frame, months, rows, dropped, repeated)
    return OrderLog(frame, months, path.name, start, rows, lines, dropped, tuple(notes), chosen, how)


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


def _schema(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the five columns in their types, by month."""
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


def _month_of(path: str, text: str) -> int:
    """Return the running number of a calendar month written YYYY-MM."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise InputError(f"{path}: window names {text!r}; write months like 2017-01")
    return int(found[1]) * 12 + int(found[2]) - 1


def _month_text(number: int) -> str:
    """Return YYYY-MM of a running month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _nothing_left(
    path: str, dropped: Mapping[str, int], rows: int, chosen: Mapping[str, str], examples: Mapping[str, list[str]]
) -> None:
    """Raise the `InputError` that says why no row is left."""
    meaning = {"customer": "customer", "date": "date", "month": "month", "amount": "amount", "returns": "amount"}
    reason = max(dropped, key=lambda r: dropped[r])
    what = next((m for word, m in meaning.items() if word in reason and m in chosen), "amount")
    name = chosen.get(what, "unit_price")
    right = {
        "customer": "give every row a customer",
        "date": "write dates as YYYY-MM-DD, or give date_format",
        "month": "number the months 1, 2, 3, …",
        "amount": "give amounts above 0, like 1234.50",
    }[what]
    seen = f" (such as {examples[what][0]!r})" if examples.get(what) else ""
    counts = "; ".join(f"{count:,} {why}" for why, count in dropped.items())
    raise InputError(f"{path}: none of the {rows:,} rows can be used: {counts}; column {name!r}{seen}: {right}")


def _oddities(frame: pd.DataFrame, months: int, rows: int, dropped: Mapping[str, int], repeated: int) -> list[str]:
    """Return one line per thing that looks wrong."""
    notes = []
    unusable = sum(count for reason, count in dropped.items() if reason.startswith("rows"))
    if unusable > 0.2 * rows:
        notes.append(f"{unusable / rows:.0%} of the rows could not be used")
    if repeated > 0.01 * len(frame):
        notes.append(f"{repeated:,} rows repeat an earlier one exactly; they were kept")
    counts = frame["customer"].value_counts()
    if len(counts) > 1 and counts.iloc[0] > 0.5 * len(frame):
        notes.append(
            f"one customer ({counts.index[0]}) has {counts.iloc[0] / len(frame):.0%} of the orders; a "
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


# -- writing -------------------------------------------------------------------------------------------


def ending_of(path: str | os.PathLike[str]) -> str:
    """Return which kind of file an order log of this name is: ``.csv``, ``.csv.gz`` or ``.parquet``.

    Raises
    ------
    InputError
        If the ending is another.
    """
    name = os.fspath(path)
    for ending in (".csv", ".csv.gz", ".parquet"):
        if str(name).lower().endswith(ending):
            return ending
    raise InputError(f"{name}: has an ending that is not known; choose .csv, .csv.gz or .parquet")


def write_orders(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write an order log as ``.csv``, ``.csv.gz`` or ``.parquet``, by the ending of the name.

    Parameters
    ----------
    frame : pandas.DataFrame
        At least the columns of `SCHEMA` (`Result.orders` has them); further columns are written behind them.
    path : str or path
        Where to. The file appears whole or not at all.

    Raises
    ------
    InputError
        If a column is missing, the ending is another, or the file cannot be written.
    """
    shown = os.fspath(path)
    lacking = [name for name in SCHEMA if name not in frame.columns]
    if lacking:
        raise InputError(f"{shown}: the table has no column `{lacking[0]}`; an order log has {', '.join(SCHEMA)}")
    ordered = frame[[*SCHEMA, *[name for name in frame.columns if name not in SCHEMA]]]
    ending = ending_of(path)
    if ending == ".parquet":
        with write_atomically(path, binary=True) as stream:
            ordered.to_parquet(stream, index=False)
    elif ending == ".csv":
        with write_atomically(path) as stream:
            ordered.to_csv(stream, index=False, lineterminator="\n")
    else:
        # No name and no time in the header: equal logs give equal files.
        with (
            write_atomically(path, binary=True) as stream,
            gzip.GzipFile(fileobj=stream, mode="wb", filename="", mtime=0) as packed,
        ):
            ordered.to_csv(packed, index=False, lineterminator="\n")


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
        If a column is missing, the table is empty, a month is below 1 or beyond `months`, or an amount is not
        above 0.
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
    kept = _schema(frame[[column for column in SCHEMA if column in frame.columns]])
    columns = {column: column for column in SCHEMA if column in frame.columns}
    return OrderLog(kept, months or high, name, None, len(kept), len(kept), columns=columns)
