"""An order file unpacked into the columns that are needed.

A file that is damaged, or too large for the memory, is refused in one line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from longgame.experiments.orders import memory
from longgame.experiments.orders.columns import brief, find_columns, some_names
from longgame.experiments.orders.memory import LESS, SIZE_LIMIT, refuse_too_large
from longgame.experiments.orders.sheets import read_json_array, read_json_lines, read_workbook
from longgame.experiments.orders.texts import Pick, Text, read_table
from longgame.sim.errors import InputError
from longgame.sim.files import open_problem

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

#: First bytes of files that are no order log, and what they are.
FOREIGN = {
    b"BZh": "is packed by bzip2; unpack it, or pack it by gzip",
    b"\xfd7zX": "is packed by xz; unpack it, or pack it by gzip",
    b"\x28\xb5\x2f\xfd": "is packed by zstandard; unpack it, or pack it by gzip",
    b"%PDF": "is a PDF; export the table as CSV",
    b"SQLi": "is a database; export the table as CSV",
}

#: A table, meaning → column of the table, and notes on the choice of columns.
type Unpacked = tuple[pd.DataFrame, dict[str, str], list[str]]


def unpack(
    paths: Sequence[Path],
    given: Mapping[str, str] | None,
    limit: int = SIZE_LIMIT,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    join: Sequence[Path] = (),
) -> Unpacked:
    """Return the needed columns of an order file; those of a text file are texts.

    Parameters
    ----------
    paths : sequence of path
        The file; its content says what kind it is. Further ones have the same columns, and their rows stand below.
    given : mapping of str to str, optional
        Meaning → column, as in `find_columns`.
    limit : int
        Largest size after unpacking, in bytes.
    encoding : str, optional
        Of a text that is neither UTF-8 nor marked UTF-16.
    sheet : str, optional
        Of a workbook with several tables.
    join : sequence of path
        Files whose columns are added to the rows, by the one column that both have.

    Raises
    ------
    InputError
        If a file cannot be opened, is damaged, is over the limit or needs more memory than is free, or lacks a
        column of the first.
    """
    path, *more = paths
    options = {"known": frozenset((given or {}).values()), "encoding": encoding, "sheet": sheet, "limit": limit}
    if join:
        table = _opened(path, _all_of(path), **options)
        table = _stacked(path, table, {other: _opened(other, _all_of(other), **options) for other in more})
        for other in join:
            table = _joined(path, table, other, _opened(other, _all_of(other), **options))
        chosen, notes = find_columns(str(path), list(table.columns), given)
        return table.loc[:, list(dict.fromkeys(chosen.values()))], chosen, notes
    found: list[tuple[dict[str, str], list[str]]] = []

    def pick(names: list[str]) -> list[str]:
        found[:] = [find_columns(str(path), names, given)]
        return list(dict.fromkeys(found[0][0].values()))

    table = _opened(path, pick, **options)
    columns = list(dict.fromkeys(found[0][0].values()))
    others = {other: _opened(other, _these(path, other, columns), **options) for other in more}
    return _stacked(path, table, others), *found[0]


def _these(path: Path, other: Path, columns: list[str]) -> Pick:
    """Return what picks the columns of a first file in another one."""

    def pick(names: list[str]) -> list[str]:
        if lacking := [name for name in columns if name not in names]:
            raise InputError(
                f"{other}: has no column {brief(lacking[0])}, which {path} has; files that are read as one have the "
                f"same columns, and these are {some_names(names)}"
            )
        return columns

    return pick


def _stacked(path: Path, table: pd.DataFrame, others: Mapping[Path, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several files of the same columns as one table."""
    import pandas as pd

    for other, below in others.items():
        if lacking := set(table.columns) ^ set(below.columns):
            raise InputError(
                f"{other}: column {brief(min(lacking))} is not in both this file and {path}; files that are read as "
                "one have the same columns"
            )
    return pd.concat([table, *others.values()], ignore_index=True) if others else table


def _all_of(path: Path) -> Pick:
    """Return what picks all columns of a file."""

    def pick(names: list[str]) -> list[str]:
        if twins := [name for name in names if names.count(name) > 1]:
            raise InputError(f"{path}: column {brief(twins[0])} is there twice; rename one of the two")
        return names

    return pick


def _joined(path: Path, table: pd.DataFrame, other: Path, more: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns of another, by the one column that both have."""
    shared = [name for name in table.columns if name in more.columns]
    if len(shared) != 1:
        raise InputError(
            f"{other}: shares {len(shared)} columns with {path} ({some_names(shared) or 'none'}); files are joined by "
            "the one column that both have"
        )
    (key,) = shared
    one, two = table[key].astype("string").str.strip(), more[key].astype("string").str.strip()
    if bool(two.duplicated().any()):
        raise InputError(
            f"{other}: column {brief(key)} has {brief(two[two.duplicated()].iloc[0])} twice; a row of {path} must find "
            "one row there; give the file with one row an order or line first"
        )
    return table.assign(**{key: one}).merge(more.assign(**{key: two}), on=key, how="left")


def _opened(
    path: Path, pick: Pick, *, known: frozenset[str], encoding: str | None, sheet: str | None, limit: int
) -> pd.DataFrame:
    """Return the picked columns of a file, by its content."""
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(21, "is a directory")
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise open_problem(path, error) from None
    except ValueError:
        raise InputError(f"{path}: is not a possible file name; check the name") from None
    if size > limit:
        raise InputError(f"{path}: has {size:,} bytes, more than the limit of {limit:,}; {LESS}")
    if magic == b"PAR1":
        return _read_parquet(path, pick, limit)
    if path.suffix.lower() == ".parquet" and size:
        raise InputError(f"{path}: is not a Parquet file; give it the ending of what it is, or write it again")
    if magic in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return read_workbook(path, pick, known, sheet, limit)
    for start, why in FOREIGN.items():
        if magic.startswith(start):
            raise InputError(f"{path}: {why}")
    text = Text(path, limit, encoding)
    first = text.head.lstrip()[:1]
    if first == "<":
        raise InputError(f"{path}: is HTML or XML, not a table; open it in a spreadsheet and save it as CSV")
    if first == "{":
        return read_json_lines(text, pick)
    return read_json_array(text, pick) if first == "[" else read_table(text, pick, known)


# -- Parquet -------------------------------------------------------------------------------------------


def _read_parquet(path: Path, pick: Pick, limit: int) -> pd.DataFrame:
    """Return the needed columns of a Parquet log in the types of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        fields = {field.name: field.type for field in file.schema_arrow}
        wanted = {name: fields[name] for name in pick(list(file.schema_arrow.names))}
        for name, kind in wanted.items():
            if pa.types.is_nested(kind):
                raise InputError(f"{path}: column {brief(name)} holds lists or tables; give one value in a field")
        rows = file.metadata.num_rows
        refuse_too_large(path, rows, _declared_size(file, wanted.values()), limit)
        refuse_too_large(path, rows, _text_size(path, wanted, min(limit, memory.free_memory())), limit)
        table = file.read(columns=list(wanted)).select(list(wanted))
        table.validate(full=True)  # else a damaged text is met later, as an error of another library
        return table.to_pandas(ignore_metadata=True)
    except (InputError, MemoryError):
        raise
    # Names that are no text are a ValueError, and two accounts of them that differ a KeyError.
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        line = (str(error).splitlines() or ["unreadable"])[0][:200]
        raise InputError(f"{path}: is not a whole Parquet file ({line}); write it again") from None


def _declared_size(file: pq.ParquetFile, wanted: Iterable[pa.DataType]) -> int:
    """Return the bytes of a Parquet file by its own account, at least rows times width of the wanted columns."""
    meta = file.metadata
    # Of whole row groups: pyarrow 26 ends the process where the account of a single column is damaged.
    declared = sum(meta.row_group(g).total_byte_size for g in range(meta.num_row_groups))
    width = 0
    for kind in wanted:
        with suppress(ValueError):  # texts have no fixed width
            width += kind.bit_width // 8
    return max(declared, meta.num_rows * width)


def _text_size(path: Path, wanted: Mapping[str, pa.DataType], most: float) -> int:
    """Return the bytes of the texts of a Parquet log, counted up to a most and without unpacking repeated ones.

    A text that is repeated stands in the file once, so that only its rows show how large it gets.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    texts = [name for name, kind in wanted.items() if any(is_kind(kind) for is_kind in kinds)]
    size = 0
    for batch in pq.ParquetFile(path, read_dictionary=texts).iter_batches(columns=texts) if texts else ():
        for column in batch.columns:
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            size += pc.sum(lengths).as_py() or 0
        if size > most:
            break
    return size
