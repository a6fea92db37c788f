"""Order files that are JSON or workbooks, as tables."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from longgame.experiments.orders.columns import brief, recognised, some_names
from longgame.experiments.orders.memory import refuse_too_large
from longgame.experiments.orders.texts import Pick, Text, header_at
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def read_json_lines(text: Text, pick: Pick) -> pd.DataFrame:
    """Return the picked columns of a file with one JSON record a line."""
    import pyarrow as pa
    from pyarrow import json as arrow_json

    try:
        with text.opened() as stream:
            table = arrow_json.read_json(stream, arrow_json.ReadOptions(use_threads=False))
    except (pa.ArrowException, ValueError) as error:
        line = str(error).split("\n")[0].replace("JSON parse error: ", "")[:160]
        raise InputError(
            f"{text.path}: is not a table in JSON lines ({line}); write one record a line, or CSV"
        ) from None
    names = pick(list(table.column_names))
    for name in names:
        if pa.types.is_nested(table.schema.field(name).type):
            raise _nested(text.path, name)
    return table.select(names).to_pandas()


def read_json_array(text: Text, pick: Pick) -> pd.DataFrame:
    """Return the picked columns of a file that is one JSON array of records, as texts."""
    import pandas as pd

    try:
        with text.opened() as stream:
            rows = json.loads(stream.read().decode(text.encoding))
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
            raise ValueError("an array of records is needed")
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{text.path}: is not a table in JSON ({str(error)[:160]}); write one record a line, or CSV"
        ) from None
    names = pick(list(dict.fromkeys(name for row in rows for name in row)))
    for name in names:
        if any(isinstance(row.get(name), list | dict) for row in rows):
            raise _nested(text.path, name)
    return pd.DataFrame({name: pd.Series([_cell(row.get(name)) for row in rows], dtype="string") for name in names})


def _nested(path: Path, name: str) -> InputError:
    """Return the `InputError` for a column of lists or tables."""
    return InputError(f"{path}: column {brief(name)} holds lists or tables; give one value in a field")


def read_workbook(path: Path, pick: Pick, known: Collection[str], sheet: str | None, limit: int) -> pd.DataFrame:
    """Return the picked columns of the sheet of a workbook that holds the orders, as texts."""
    import pandas as pd

    _refuse_archive(path, limit)
    try:
        import python_calamine
    except ImportError:
        raise InputError(
            f"{path}: is a workbook; install python-calamine (extra `excel`) to read it, or save it as CSV"
        ) from None
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        names = [sheet] if sheet in book.sheet_names else book.sheet_names
        sheets = {name: _records(book.get_sheet_by_name(name).to_python()) for name in names}
    except Exception as error:  # the library has no error of its own that all others are of
        line = " ".join(str(error).split())[:160]
        raise InputError(f"{path}: is not a whole workbook ({line}); save it again, or as CSV") from None
    records = _orders_of(path, sheets, known, sheet)
    at = header_at(records, known)
    heads = [name.strip() for name in records[at]]
    picked = pick(heads)
    rows = records[at + 1 :]
    return pd.DataFrame({name: pd.Series([row[heads.index(name)] for row in rows], dtype="string") for name in picked})


def _refuse_archive(path: Path, limit: int) -> None:
    """Refuse a zip file that is no workbook, or unpacks to too much."""
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path}: is not a whole workbook ({str(error)[:100]}); save it again, or as CSV") from None
    if not any(part.filename.startswith("xl/") or part.filename == "content.xml" for part in parts):
        raise InputError(f"{path}: is a zip archive; unpack it and give the file in it")
    refuse_too_large(path, 0, sum(part.file_size for part in parts), limit)


def _records(rows: list[list[Any]]) -> list[list[str]]:
    """Return the rows of a sheet that are not blank, as texts."""
    texts = [["" if (text := _cell(value)) is None else text for value in row] for row in rows]
    return [row for row in texts if any(row)]


def _cell(value: Any) -> str | None:
    """Return the text of a cell.

    Examples
    --------
    >>> _cell(3.0), _cell(2.5), _cell(datetime(2024, 1, 5)), _cell(None)
    ('3', '2.5', '2024-01-05 00:00:00', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value) if not isinstance(value, datetime | date) else value.isoformat(*" " * isinstance(value, datetime))


def _orders_of(
    path: Path, sheets: Mapping[str, list[list[str]]], known: Collection[str], sheet: str | None
) -> list[list[str]]:
    """Return the rows of the sheet that is asked for, or of the only one that has the columns of orders."""
    if sheet is not None and sheet not in sheets:
        raise InputError(f"{path}: has no sheet {brief(sheet)}; its sheets are {some_names(list(sheets))}")
    full = {name: rows for name, rows in sheets.items() if rows}
    if not full:
        raise InputError(f"{path}: is empty; an order log has a header line and one line per order")

    def fits(rows: list[list[str]]) -> bool:
        header = rows[header_at(rows, known)]
        return recognised(header) + len(set(known) & set(header)) >= 2

    found = [name for name, rows in full.items() if fits(rows)] if len(full) > 1 else list(full)
    if len(found) != 1:
        raise InputError(
            f"{path}: {'several sheets look' if found else 'no sheet looks'} like orders "
            f"({some_names(found or list(full))}); say which with sheet='...'"
        )
    return full[found[0]]
