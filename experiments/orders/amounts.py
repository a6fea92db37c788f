"""Texts of an order file as names and money."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from longgame.experiments.orders.columns import brief
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: Signs of currencies that may stand beside an amount, and how each is called.
SIGNS = {
    "us$": "USD",
    "a$": "AUD",
    "c$": "CAD",
    "r$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
}
SIGNS |= {"₽": "RUB", "zł": "PLN", "kr.": "kr", "kr": "kr", "fr.": "CHF", "fr": "CHF"}
_CODES = ("EUR|USD|GBP|JPY|CHF|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|CNY|INR|BRL|MXN|ZAR|TRY|RUB|KWD|SGD|HKD|AED",)
_UNIT = re.compile(
    rf"(?:^|(?<=[\d\s.,(+−–-]))(?:{'|'.join([*_CODES, *map(re.escape, SIGNS)])})(?=$|[\d\s.,()+−–-])", re.IGNORECASE
)


def by_value(column: pd.Series, convert: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Convert each distinct text of a column once; missing texts stay missing.

    Parameters
    ----------
    column : Series
        Texts, any length n.
    convert : callable
        Takes the distinct texts and returns as many values.
    """
    import pandas as pd

    codes, unique = pd.factorize(column.astype("string").str.strip())
    found = convert(pd.Series(unique, dtype="string")).reset_index(drop=True)
    result = found.reindex(codes)  # code -1, a missing text, is no label
    result.index = column.index
    return result


def as_names(column: pd.Series) -> pd.Series:
    """Return names or numbers of customers, sellers, orders: whole numbers where all are, else text.

    Only an empty field is missing: a customer may be called NA.
    """
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
    return by_value(column, _distinct_names)


def _distinct_names(unique: pd.Series) -> pd.Series:
    """Return distinct texts as whole numbers if all are, else with single spaces; empty ones are missing."""
    text = unique.str.replace(r"\s+", " ", regex=True)
    text = text.mask(text == "")
    there = text.dropna()
    # "00123" and "123" may be two customers: only canonical whole numbers become numbers.
    if len(there) and bool(there.str.fullmatch(r"(?:0|-?[1-9]\d{0,17})(?:\.0)?").all()):
        return text.str.removesuffix(".0").astype("Int64")
    return text


def as_amounts(path: str, name: str, column: pd.Series, decimal: str | None = None) -> tuple[pd.Series, set[str]]:
    """Return money as floats, NaN where it is no number, and the currencies that stand beside the numbers.

    Parameters
    ----------
    path, name : str
        File and column, for messages.
    column : Series
        Numbers or texts.
    decimal : {".", ","}, optional
        The sign before decimals, where it cannot be seen.

    Raises
    ------
    InputError
        If a comma or a dot may stand before decimals or thousands.
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64"), set()
    units: set[str] = set()

    def convert(unique: pd.Series) -> pd.Series:
        bare = [_bare(text, units) for text in unique]
        return _numbers(path, name, pd.Series(bare, dtype="string"), decimal)

    return by_value(column, convert).astype("float64"), units


def currencies_of(column: pd.Series) -> pd.Series:
    """Return the currency that stands beside each amount; missing where none does."""
    import pandas as pd

    def unit(text: str) -> str | None:
        units: set[str] = set()
        _bare(text, units)
        return min(units, default=None)

    return by_value(column, lambda unique: pd.Series([unit(text) for text in unique], dtype="string"))


def _bare(text: str, units: set[str]) -> str:
    """Return the text of one amount with a plain minus in front, and without currency, spaces and apostrophes."""
    text = text[:80]
    for unit in _UNIT.findall(text):
        units.add(SIGNS.get(unit.casefold(), unit.upper()))
    text = re.sub(r"[\s'’`_]", "", _UNIT.sub("", text)).translate({0x2212: "-", 0x2013: "-", 0xFE63: "-", 0xFF0D: "-"})
    text = re.sub(r"(?<=\d)CR$", "-", re.sub(r"(?<=\d)\.[-—]$", "", text))  # "5.-" is a price without pence
    behind = re.fullmatch(r"\((.*)\)|([^-]*)-|-\((.*)\)", text)
    return "-" + next(g for g in behind.groups() if g is not None) if behind else text


def _numbers(path: str, name: str, text: pd.Series, decimal: str | None) -> pd.Series:
    """Return distinct amounts as floats by the sign that stands before their decimals."""
    import pandas as pd

    sign = decimal or _decimal_sign(path, name, text)
    other = "," if sign == "." else "."
    number = rf"[-+]?(?:\d+|\d{{1,3}}(?:\{other}\d{{2,3}})*\{other}\d{{3}})?(?:\{sign}\d*)?(?:[eE][-+]?\d+)?"
    good = text.str.fullmatch(number) & text.str.contains(r"\d", regex=True)
    clean = text.where(good).str.replace(other, "", regex=False).str.replace(sign, ".", regex=False)
    values = cast("pd.Series", pd.to_numeric(clean, errors="coerce")).astype("float64")
    return values.where(np.abs(values) < 1e15)


def _decimal_sign(path: str, name: str, text: pd.Series) -> str:
    """Return the sign before decimals that the distinct amounts of a column show."""
    shows = {sign: _shows_decimal(text, sign) for sign in ",."}
    if shows[","] and shows["."]:
        example = {sign: str(text[_decimal_mask(text, sign)].iloc[0]) for sign in ",."}
        raise InputError(
            f"{path}: column {brief(name)} has amounts such as {brief(example[','])} and {brief(example['.'])}: the "
            "comma may mean thousands or decimals; write amounts like 1234.50, or give decimal=',' or decimal='.'"
        )
    if shows[","]:
        return ","
    if shows["."]:
        return "."
    for sign in ",.":  # one to three digits, the sign, three digits: 1,234
        unclear = text[text.str.fullmatch(rf"[-+]?[1-9]\d{{0,2}}\{sign}\d{{3}}").fillna(False)]
        if len(unclear) and not text.str.fullmatch(rf"[-+]?\d{{1,3}}(?:\{sign}\d{{2,3}})+\{sign}\d{{3}}").any():
            example = str(unclear.iloc[0])
            whole, half = example.replace(sign, ""), example.replace(sign, ".")
            raise InputError(
                f"{path}: column {brief(name)} has amounts such as {brief(example)}: the {_called(sign)} may mean "
                f"thousands or decimals ({whole} or {half}); write amounts like 1234.50, or give decimal=',' or "
                "decimal='.'"
            )
    return "," if text.str.contains(r"\..*\.", regex=True).any() else "."


def _called(sign: str) -> str:
    """Return the name of a sign."""
    return "comma" if sign == "," else "dot"


def _decimal_mask(text: pd.Series, sign: str) -> pd.Series:
    """Return which amounts can only be read with this sign before decimals."""
    other = "," if sign == "." else "."
    last = rf"[-+]?(?:\d*|\d[\d\{other}]*)\{sign}(?:\d{{0,2}}|\d{{4,}})(?:[eE][-+]?\d+)?"
    behind = rf"[-+]?\d[\d\{other}]*\{other}[\d\{other}]*\{sign}\d*"
    zero = rf"[-+]?0?\{sign}\d+|[-+]?\d{{4,}}\{sign}\d+"
    return text.str.fullmatch(f"{last}|{behind}|{zero}").fillna(False)


def _shows_decimal(text: pd.Series, sign: str) -> bool:
    """Return whether some amount can only be read with this sign before decimals."""
    return bool(_decimal_mask(text, sign).any())
