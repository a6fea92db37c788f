"""Texts of an order file as dates: which form they have, or why that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NoReturn, cast

import numpy as np

from longgame.experiments.orders.amounts import by_value
from longgame.experiments.orders.columns import brief, unaccented
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: Beginnings of the names of months, in English, German, French and Spanish, without accents.
MONTHS = {
    word: number
    for number, words in enumerate(
        re.split(
            r"\|",
            "jan ene|feb fev|mar mrz|apr avr abr|may mai|jun juin|jul juil|aug aou ago|sep set|oct okt|nov|dec dez dic",
        ),
        start=1,
    )
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]{3,}")
_PARTS = r"^(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{1,2})\.?(?:[ T,].*)?$"
#: Orders of the parts of a date: position of year, month and day.
_ORDERS = {"day/month/year": (2, 1, 0), "month/day/year": (2, 0, 1), "year/month/day": (0, 1, 2)}
_FORMATS = {"day/month/year": "%d/%m/%Y", "month/day/year": "%m/%d/%Y", "year/month/day": "%Y/%m/%d"}
#: Numbers that stand for days or instants: smallest, largest, unit, how they are called.
_COUNTS = (
    (20_000, 80_000, "D", "days since 1899-12-30 (as in a spreadsheet)"),
    (5e8, 5e9, "s", "seconds since 1970 (UTC)"),
    (5e11, 5e12, "ms", "milliseconds since 1970 (UTC)"),
)


def as_dates(path: str, name: str, column: pd.Series, form: str | None) -> tuple[pd.Series, str]:
    """Return timestamps as a clock on the spot showed them, and how they were read.

    NaT stands where there is no date from 1900 to 2100.

    Parameters
    ----------
    path, name : str
        File and column, for messages.
    column : Series
        Timestamps, numbers or texts.
    form : str, optional
        `strptime` format of the texts.

    Raises
    ------
    InputError
        If the dates can be read in two ways, or the format is none or fits no text.
    """
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        dates, how = column.dt.tz_localize(None), "timestamps of the file"
    elif pd.api.types.is_datetime64_any_dtype(column):
        dates, how = column, "timestamps of the file"
    else:
        found: list[str] = []

        def convert(unique: pd.Series) -> pd.Series:
            texts = unique.str.slice(0, 60).str.removesuffix(".0")
            if texts.dropna().empty:
                return pd.Series(pd.NaT, index=unique.index, dtype="datetime64[s]")
            read, said = _by_format(path, name, texts, form) if form else _guessed(path, name, texts)
            found.append(said)
            return read.astype("datetime64[s]")

        dates, how = by_value(column, convert), "".join(found)
    return dates.where((dates >= pd.Timestamp(1900, 1, 1)) & (dates < pd.Timestamp(2101, 1, 1))), how


def _by_format(path: str, name: str, texts: pd.Series, form: str) -> tuple[pd.Series, str]:
    """Return the dates of texts in a given format."""
    import pandas as pd

    right = "write it like %d.%m.%Y, from %d %m %b %Y %y %H %M %S"
    try:
        read = pd.to_datetime(texts, format=form, errors="coerce")
        if isinstance(read.dtype, pd.DatetimeTZDtype):
            read = read.dt.tz_localize(None)
        read = read.astype("datetime64[s]")
    except (ValueError, TypeError, OverflowError, KeyError, re.error, AttributeError):
        raise InputError(
            f"{path}: date_format={brief(form)} cannot be used for column {brief(name)}; {right}"
        ) from None
    if read.notna().sum() == 0:
        raise InputError(
            f"{path}: column {brief(name)} has dates such as {brief(texts.dropna().iloc[0])}, and "
            f"date_format={brief(form)} fits none; {right}"
        )
    return read, form


def _guessed(path: str, name: str, texts: pd.Series) -> tuple[pd.Series, str]:
    """Return the dates of distinct texts in the form that most of them have, and which form it is."""
    import pandas as pd

    for pattern, form, said in (
        (r"(?:19|20|21)\d{6}", "%Y%m%d", "YYYYMMDD"),
        (r"(?:19|20|21)\d\d(?:0[1-9]|1[0-2])", "%Y%m", "YYYYMM"),
    ):
        if texts.str.fullmatch(pattern).mean() > 0.5:
            return pd.to_datetime(texts, format=form, errors="coerce"), said
    if texts.str.fullmatch(r"\d{5}(?:\.\d+)?|\d{9,10}(?:\.\d+)?|\d{12,13}").mean() > 0.5:
        return _counted(texts)
    if texts.str.contains(r"[^\W\d_]{3,}", regex=True).mean() > 0.5:
        fields = pd.DataFrame(texts.map(_in_words, na_action="ignore").tolist(), columns=["year", "month", "day"])
        if float(fields["month"].notna().mean()) > 0.5:
            _refuse_short(path, name, texts[fields["year"].isna() & fields["month"].notna()])
            year, month, day = (fields[k].astype("Int64") for k in fields)
            full = _centuries(year)
            return _from_fields(full, month, day), "months in words" + _said_centuries(year, full)
    months = texts.str.extract(r"^(?:(\d{4})\s*[/.\-\s]\s*(\d{1,2})|(\d{1,2})\s*[/.\-\s]\s*(\d{4}))$")
    if (months[0].notna() | months[2].notna()).mean() > 0.5:
        year, month = months[0].fillna(months[3]), months[1].fillna(months[2])
        return _from_fields(year.astype("Int64"), month.astype("Int64"), 1), "year and month"
    parts = texts.str.extract(_PARTS)
    iso = texts.str.match(r"\d{4}-\d{1,2}-\d{1,2}").mean()
    if parts[0].notna().mean() > 0.5 and not iso > 0.5:
        return _in_parts(path, name, texts, parts)
    # A time of day with an offset: the date is the one that the clock on the spot showed.
    bare = texts.str.replace(r"\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$", "", regex=True)
    offset = " (by the clock on the spot)" if bool((bare != texts).any()) else ""
    bare = bare.str.replace(r"[+-]\d\d$", "", regex=True).where(bare.str.contains(":", regex=False), bare)
    read = pd.to_datetime(bare, format="ISO8601", errors="coerce")
    short = texts.str.fullmatch(r"\d{4}-\d-\d{1,2}|\d{4}-\d\d-\d")
    if bool(short.any()):
        read = read.fillna(pd.to_datetime(texts.where(short), format="%Y-%m-%d", errors="coerce"))
    return read, "year-month-day (ISO 8601)" + offset


def _counted(texts: pd.Series) -> tuple[pd.Series, str]:
    """Return the dates that numbers of days or seconds stand for."""
    import pandas as pd

    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    middle = float(numbers.median())
    for low, high, unit, said in _COUNTS:
        if low <= middle <= high:
            origin = "1899-12-30" if unit == "D" else "unix"
            kept = numbers.where((numbers >= low) & (numbers <= high))
            return cast("pd.Series", pd.to_datetime(kept, unit=unit, origin=origin, errors="coerce")), said
    return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[s]"), ""


def _in_words(text: str | float) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day of a date that names its month; None for what it does not say.

    Examples
    --------
    >>> _in_words("5. Januar 2024"), _in_words("Mar 5, 24 10:00"), _in_words("déc. 2023"), _in_words("Jan-24")
    ((2024, 1, 5), (24, 3, 5), (2023, 12, 1), (None, 1, None))
    """
    if not isinstance(text, str):
        return None, None, None
    months = [month for word in _WORD.findall(unaccented(text)) if (month := _month(word))]
    numbers = re.findall(r"\d{1,4}", re.split(r"\d+:\d\d", text)[0])[:2]
    if len(months) != 1 or not numbers:
        return None, None, None
    if len(numbers) == 1:
        return (int(numbers[0]) if len(numbers[0]) == 4 else None), months[0], (1 if len(numbers[0]) == 4 else None)
    year, day = numbers if len(numbers[0]) == 4 else reversed(numbers)
    return int(year), months[0], int(day)


def _month(word: str) -> int | None:
    """Return the number of the month that a word without accents names."""
    full = word.lower()
    return next((MONTHS[start] for start in (full[:4], full[:3], full[:5]) if start in MONTHS and len(full) < 11), None)


def _refuse_short(path: str, name: str, short: pd.Series) -> None:
    """Refuse a month in words beside two digits: they may be a year or a day."""
    if short.empty:
        return
    example = str(short.iloc[0])
    form = "%b-%y" if re.match(r"\D", example) else "%y-%b"
    number = "".join(re.findall(r"\d+", example)[:1])
    raise InputError(
        f"{path}: column {brief(name)} has values such as {brief(example)}, in which {number} may be the year or the "
        f'day; write months like 2024-01, or give date_format="{form}"'
    )


def _in_parts(path: str, name: str, texts: pd.Series, parts: pd.DataFrame) -> tuple[pd.Series, str]:
    """Return the dates of texts like 31/01/2024 in the one order that all of them allow."""
    numbers = parts.astype("Int64")
    long = [bool(parts[k].str.len().gt(2).any()) for k in (0, 2)]
    there = parts[0].notna()
    dotted = bool(texts[there].str.contains(r"^\d{1,2}\.\s*\d{1,2}\.", regex=True).all())
    fits = [order for order in _ORDERS if _may_be(numbers, order, long)]
    if dotted and "day/month/year" in fits:
        fits = ["day/month/year"]  # with dots no country writes the month first
    if len(fits) > 1 and "year/month/day" in fits and not any(long):
        fits = _by_variety(numbers, fits)
    if len(fits) == 1:
        order = fits[0]
        year, month, day = (numbers[k] for k in _ORDERS[order])
        full = _centuries(year)
        return _from_fields(full, month, day), order + _said_centuries(year, full)
    _refuse_order(path, name, texts[there], fits)


def _may_be(numbers: pd.DataFrame, order: str, long: list[bool]) -> bool:
    """Return whether the dates allow an order of their parts: nine in ten do, and none speaks for another."""
    year, month, day = _ORDERS[order]
    if any(long) and long[0] != (year == 0):
        return False
    months, days = numbers[month].dropna(), numbers[day].dropna()
    if min(months.between(1, 12).mean(), days.between(1, 31).mean()) <= 0.9:
        return False
    # A day where the month should be, and what could be a month where the day is.
    return not bool(((numbers[month] > 12) & (numbers[day] <= 12)).any())


def _by_variety(numbers: pd.DataFrame, fits: list[str]) -> list[str]:
    """Return the orders left where two-digit years may stand first or last: days vary more than years."""
    first, last = int(numbers[0].nunique()), int(numbers[2].nunique())
    if first > 2 * last:
        return [order for order in fits if order != "year/month/day"]
    return ["year/month/day"] if last > 2 * first else fits


def _refuse_order(path: str, name: str, texts: pd.Series, fits: list[str]) -> NoReturn:
    """Raise the `InputError` that names the readings of dates, and the formats that decide."""
    example = str(texts.iloc[0])
    if not fits:
        raise InputError(
            f"{path}: column {brief(name)} has dates such as {brief(example)}: some only make sense as day/month, "
            'others as month/day; write YYYY-MM-DD, or give date_format="%d/%m/%Y" or "%m/%d/%Y"'
        )
    short = not re.search(r"\d{4}", example)
    sign = next((c for c in example if c in "/.-"), " ")
    forms = [_FORMATS[order].replace("/", sign).replace("%Y", "%y" if short else "%Y") for order in fits]
    raise InputError(
        f"{path}: column {brief(name)} has dates such as {brief(example)}: day and month cannot be told apart, it may "
        f"be {' or '.join(fits)}; write YYYY-MM-DD, or give date_format=" + " or ".join(f'"{form}"' for form in forms)
    )


def _centuries(year: pd.Series) -> pd.Series:
    """Return four-digit years: those of two digits in the latest hundred years, or less, that hold no future.

    The hundred years begin behind the widest gap between the years.
    """
    short = year.dropna()[year.dropna() < 100].astype(int)
    if short.empty:
        return year
    distinct = np.unique(short)
    gaps = np.diff(np.append(distinct, distinct[0] + 100))
    first = int(distinct[(int(np.argmax(gaps)) + 1) % len(distinct)])
    unrolled = (short - first) % 100 + first
    latest = date.today().year + 1
    return year.where(year > 99, unrolled + 100 * ((latest - int(unrolled.max())) // 100))


def _said_centuries(year: pd.Series, full: pd.Series) -> str:
    """Say which years two digits were taken for; nothing if all years have four."""
    short = full[(year < 100).fillna(False)]
    return f", years of two digits as {short.min()} to {short.max()}" if len(short) else ""


def _from_fields(year: pd.Series, month: pd.Series, day: pd.Series | int) -> pd.Series:
    """Return dates of numbers; NaT where there is no such date."""
    import pandas as pd

    fields = pd.DataFrame({"year": year, "month": month, "day": day}).astype("Float64")
    return pd.to_datetime(fields.where(fields["year"].between(1000, 9999)), errors="coerce")


def from_columns(year: pd.Series, month: pd.Series, day: pd.Series | None) -> pd.Series:
    """Return the dates of columns that hold years, months (numbers or names) and perhaps days."""
    import pandas as pd

    def months(unique: pd.Series) -> pd.Series:
        return unique.map(lambda text: _month(unaccented(text)) or text, na_action="ignore").astype("string")

    def numbers(column: pd.Series, first: Callable[[pd.Series], pd.Series] | None = None) -> pd.Series:
        texts = by_value(column, first) if first else column
        found = cast("pd.Series", pd.to_numeric(texts.astype("string"), errors="coerce")).astype("Float64")
        return found.where(found == found.round()).astype("Int64")

    return _from_fields(_centuries(numbers(year)), numbers(month, months), 1 if day is None else numbers(day))
