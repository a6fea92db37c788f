"""DataFrames into rows of plain values and back, so that the same table comes out of a results store.

Values go in as SQLite's own integers, floats and text, never as pickled objects: the file can be queried
by anything that reads SQLite, and nothing read from it is ever evaluated. What SQLite does not know (bool,
widths of integers, categories, missing values of each kind) is kept beside the rows, as a description of the
columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

#: SQLite's integers have 64 bits with sign; larger ones are kept as text.
LARGEST = 2**63 - 1

#: Columns that the runner and the export put in front.
RESERVED = ("plan", "scenario", "market", "seed")


def encode(table: pd.DataFrame) -> tuple[str, list[list[Any]]]:
    """Return the description of a table's columns, as JSON, and each column's values.

    Raises
    ------
    TypeError
        If the table is none, or a column has a name or a type that cannot be kept.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"a measure must return a table, not {type(table).__name__}")
    names = list(table.columns)
    for name in names:
        if not isinstance(name, str) or names.count(name) > 1 or name in RESERVED:
            reserved = ", ".join(RESERVED)
            raise TypeError(f"column {name!r}: names must be text, differ, and be none of {reserved}")
    described, values = [], []
    for name, found in table.items():
        try:
            kind, column = _encode_column(found)
        except (TypeError, ValueError) as error:
            raise TypeError(f"column {name!r} cannot be stored: {error}") from None
        described.append([name, kind])
        values.append(column)
    return json.dumps(described, separators=(",", ":"), ensure_ascii=False), values


def decode(description: str, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return the table of some rows whose columns are as `encode` described them."""
    described = json.loads(description)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(described)
    made = {name: _decode_column(kind, values) for (name, kind), values in zip(described, columns, strict=True)}
    return pd.DataFrame(made, index=range(len(rows)))


def _encode_column(column: pd.Series) -> tuple[Any, list[Any]]:
    """Return what kind of column it is (a name of a dtype, or categories) and its plain values."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind, categories = _encode_column(dtype.categories.to_series())
        values = np.array([*categories, None], object)[column.cat.codes.to_numpy()].tolist()
        return {"categories": categories, "of": kind, "ordered": bool(dtype.ordered)}, values
    if isinstance(dtype, np.dtype):
        if dtype.kind in "biu" or dtype in (np.float16, np.float32, np.float64):
            values = column.tolist()
            return dtype.name, [_fitting(v) for v in values] if dtype == np.uint64 else values
        if dtype.kind == "O":
            missing = column.isna().tolist()
            values = [None if gone else v for v, gone in zip(column.tolist(), missing, strict=True)]
            odd = next((v for v in values if not isinstance(v, str | None)), "")
            if not isinstance(odd, str):
                raise TypeError(f"it holds {type(odd).__name__} objects among its {dtype} values")
            return "object", _text(values)
        raise TypeError(f"its type is {dtype}")
    if isinstance(dtype, pd.StringDtype):
        return dtype.name, _text(column.to_numpy(object, na_value=None).tolist())
    numeric = pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_numeric_dtype(dtype)
    if numeric and isinstance(getattr(dtype, "numpy_dtype", None), np.dtype):
        # pandas' own nullable types: Int64, Float64, boolean ...
        if pd.api.types.pandas_dtype(dtype.name) != dtype:
            raise TypeError(f"its type is {dtype}")
        values = column.astype(object).where(column.notna(), None).tolist()
        return dtype.name, [_fitting(v) for v in values] if dtype.name == "UInt64" else values
    raise TypeError(f"its type is {dtype}")


def _decode_column(kind: Any, values: Iterable[Any]) -> Any:
    """Return an array of the kind that `_encode_column` described."""
    if isinstance(kind, dict):
        categories = pd.Index(_decode_column(kind["of"], kind["categories"]))
        code = {value: i for i, value in enumerate(kind["categories"])}
        codes = [code.get(value, -1) for value in values]
        return pd.Categorical.from_codes(codes, categories=categories, ordered=kind["ordered"])
    if kind == "object":
        return pd.Series(list(values), dtype=object)
    if kind in ("uint64", "UInt64"):
        values = [v if v is None else int(v) for v in values]
    dtype = pd.api.types.pandas_dtype(kind)
    if isinstance(dtype, np.dtype):
        return np.array(list(values), dtype)  # None becomes NaN
    return pd.array(list(values), dtype=kind)


def _fitting(value: int | None) -> int | str | None:
    """Return an integer as SQLite can hold it."""
    return str(value) if value is not None and value > LARGEST else value


def _text(values: list[Any]) -> list[Any]:
    """Return the texts, which must be such that can be written."""
    for value in values:
        if value is not None and not value.isascii():
            value.encode()  # a lone surrogate raises
    return values
