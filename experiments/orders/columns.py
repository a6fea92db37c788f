"""The columns of an order file: which one means what, and their texts as ids, money and dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from longgame.sim.errors import InputError, closest

if TYPE_CHECKING:
    import pandas as pd

#: Column names that are recognised, by meaning; the first that occurs is taken. They are compared in lower
#: case, without spaces, hyphens and underscores.
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

#: Names so general that, beside a better one, they are no rival to it.
_GENERAL = ("id", "value", "total", "account", "time", "day")


def brief(text: object) -> str:
    """Return something of the user's in quotes for a message, at most 60 characters of it.

    Examples
    --------
    >>> brief("amount"), len(brief("x" * 65_000))
    ("'amount'", 62)
    """
    quoted = repr(str(text))
    return quoted if len(quoted) <= 62 else f"{quoted[:58]}...{quoted[0]}"


def some_names(names: Sequence[str]) -> str:
    """Return column names for a message: the first few, in at most some 200 characters.

    Examples
    --------
    >>> some_names(["customer", "x" * 40]), some_names(["c"] * 30)[-16:]
    ('customer, xxxxxxxxxxxxxxxxxxxxxxxxxxx...', 'c, c and 10 more')
    """
    shown = [name if len(name) <= 30 else name[:27] + "..." for name in (repr(n)[1:-1] for n in names[:20])]
    while len(", ".join(shown)) > 200:
        shown.pop()
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def _plain(name: object) -> str:
    """Return a column name for comparison: in lower case, letters and digits only."""
    return re.sub(r"[\W_]+", "", str(name).lower())


def find_columns(path: str, names: list[str], given: Mapping[str, str] | None) -> tuple[dict[str, str], list[str]]:
    """Return meaning → column of the file, and notes on names that could be taken either way.

    Parameters
    ----------
    path : str
        The file, for messages.
    names : list of str
        Its columns.
    given : mapping of str to str, optional
        Meaning → column, where the user says so.

    Raises
    ------
    InputError
        One line per column that is missing, named but not there, or there twice.
    """
    chosen = _given_columns(path, names, given or {})
    notes = []
    plain = [_plain(name) for name in names]
    for meaning, synonyms in SYNONYMS.items():
        if meaning in chosen:
            continue
        found = [names[plain.index(_plain(s))] for s in synonyms if _plain(s) in plain]
        found = [name for name in dict.fromkeys(found) if name not in chosen.values()]
        if not found:
            continue
        best = chosen[meaning] = found[0]
        _refuse_twins(path, best, plain.count(_plain(best)))
        # `month` beside `date`, or `id` beside `customer_id`, are no riddle; two names of equal rank are.
        rivals = [name for name in found[1:] if _plain(name) not in _GENERAL]
        if rivals and meaning in ("customer", "amount", "date") and _plain(best) != meaning:
            notes.append(f"took column {brief(best)} for `{meaning}`, although there is {brief(rivals[0])} too")
    if "date" in chosen:
        chosen.pop("month", None)
    if "amount" in chosen:
        chosen.pop("unit_price", None)
        chosen.pop("quantity", None)
    _require(path, names, chosen)
    return chosen, notes


def _refuse_twins(path: str, name: str, count: int) -> None:
    """Refuse a column that is there more than once."""
    if count > 1:
        raise InputError(f"{path}: column {brief(name)} is there twice; rename one of the two")


def _given_columns(path: str, names: list[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the user names, if they are there."""
    for meaning, name in given.items():
        if meaning not in SYNONYMS:
            raise InputError(
                f"{path}: columns names {brief(meaning)}, which an order log does not "
                f"have{closest(meaning, SYNONYMS)}; choose from {', '.join(SYNONYMS)}"
            )
        if name not in names:
            near = closest(name, [n for n in names if len(n) <= 60])
            raise InputError(
                f"{path}: column {brief(name)} for `{meaning}` is not there{near}; the columns are {some_names(names)}"
            )
        _refuse_twins(path, name, names.count(name))
    return dict(given)


def _require(path: str, names: list[str], chosen: Mapping[str, str]) -> None:
    """Refuse a file without customer, time or amount."""
    lacking = [] if "customer" in chosen else ["customer"]
    if "date" not in chosen and "month" not in chosen:
        lacking.append("date")
    if "amount" not in chosen and not ("unit_price" in chosen and "quantity" in chosen):
        lacking.append("amount")
    if lacking:
        raise InputError(
            *[
                f"{path}: no column for `{meaning}`; the columns are {some_names(names)}; say which with "
                f"columns={{{meaning!r}: ...}}"
                for meaning in lacking
            ]
        )


def as_ids(column: pd.Series) -> pd.Series:
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


def as_amounts(path: str, name: str, column: pd.Series) -> pd.Series:
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
                f"{path}: column {brief(name)} has amounts such as {brief(commas.iloc[0])} in which the comma may "
                "mean thousands or decimals; write amounts like 1234.50"
            )
    values: pd.Series = pd.to_numeric(text, errors="coerce")  # type: ignore[assignment]
    return values.astype("float64")


_PARTS = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[ T].*)?$"


def as_dates(path: str, name: str, column: pd.Series, date_format: str | None) -> tuple[pd.Series, str]:
    """Return timestamps without time zone, and how they were read; NaT where there is no date from 1900 to 2100.

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
    """Return timestamps of distinct texts in any of four usual forms, and which form it is."""
    import pandas as pd

    if unique.str.fullmatch(r"\d{8}").mean() > 0.5:
        return pd.to_datetime(unique, format="%Y%m%d", errors="coerce"), "YYYYMMDD"
    parts = unique.str.extract(_PARTS)
    if parts[0].notna().mean() > 0.5:
        return _slash_dates(path, name, unique, parts)
    parsed = pd.to_datetime(
        unique,
        format="ISO8601",
        errors="coerce",
        utc=bool(unique.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any()),
    )
    if isinstance(parsed.dtype, pd.DatetimeTZDtype):
        parsed = parsed.dt.tz_localize(None)
    return parsed, "year-month-day (ISO 8601)"


def _slash_dates(path: str, name: str, unique: pd.Series, parts: pd.DataFrame) -> tuple[pd.Series, str]:
    """Return timestamps of day/month/year or month/day/year, whichever all the texts allow."""
    import pandas as pd

    first, second = parts[0].astype("Int64"), parts[1].astype("Int64")
    day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
    if day_first == month_first:
        example = unique[parts[0].notna()].iloc[0]
        why = (
            "some only make sense as day/month, others as month/day"
            if day_first
            else "day and month cannot be told apart"
        )
        raise InputError(
            f"{path}: column {brief(name)} has dates such as {brief(example)} and {why}; write YYYY-MM-DD, or give "
            'date_format="%d/%m/%Y" or "%m/%d/%Y"'
        )
    year = parts[2].astype("Int64")
    year = year.where(year > 99, year + 2000)
    fields = {"year": year, "month": second if day_first else first, "day": first if day_first else second}
    how = "day/month/year" if day_first else "month/day/year"
    return pd.to_datetime(pd.DataFrame(fields).astype("Float64"), errors="coerce"), how
