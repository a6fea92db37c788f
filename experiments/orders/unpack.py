"""An order file unpacked into the columns that are needed.

A file that is damaged, or too large for the memory, is refused in one line.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from longgame.experiments.orders.columns import brief, find_columns, some_names
from longgame.sim.errors import InputError
from longgame.sim.files import open_problem

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

#: Largest log that is read, in bytes after unpacking.
SIZE_LIMIT = 4_000_000_000

#: Memory that reading takes for a row beside its own bytes, in bytes (measured: 3 million rows, 5 columns).
ROW_BYTES = 250

#: Columns of a whitespace-separated log without header (as CDNOW_master.txt is distributed).
HEADERLESS = ("customer_id", "date", "quantity", "amount")

#: Bytes at the beginning of a text in which its columns are looked for.
HEAD = 1 << 16

_LESS = "keep fewer years or fewer customers"

#: A table, meaning → column of the table, and notes on the choice of columns.
type Unpacked = tuple[pd.DataFrame, dict[str, str], list[str]]


def unpack(path: Path, given: Mapping[str, str] | None, limit: int = SIZE_LIMIT) -> Unpacked:
    """Return the needed columns of an order file; those of a text file are texts.

    Parameters
    ----------
    path : path
        The file; its content says what kind it is.
    given : mapping of str to str, optional
        Meaning → column, as in `find_columns`.
    limit : int
        Largest size after unpacking, in bytes.

    Raises
    ------
    InputError
        If the file cannot be opened, is damaged, is over the limit or needs more memory than is free.
    """
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
        raise InputError(f"{path}: has {size:,} bytes, more than the limit of {limit:,}; {_LESS}")
    if magic == b"PAR1":
        return _read_parquet(path, given, limit)
    if path.suffix.lower() == ".parquet" and size:
        raise InputError(f"{path}: is not a Parquet file; give it the ending of what it is, or write it again")
    return _read_text(path, given, limit, zipped=magic[:2] == b"\x1f\x8b")


# -- limits --------------------------------------------------------------------------------------------


def free_memory() -> float:
    """Return how many bytes this process may still take; infinity where the system does not report it."""
    found = [math.inf]
    with suppress(AttributeError, OSError, ValueError):  # not on Windows
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # only on Linux; "max" stands for no limit
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    with suppress(ImportError, OSError, ValueError):  # only on Linux
        import resource

        kilobytes = re.search(r"MemAvailable:\s*(\d+)", Path("/proc/meminfo").read_text())
        found.append(int(kilobytes[1]) * 1024 if kilobytes else math.inf)
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            found.append(limit - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize())
    return max(0, min(found))


@contextmanager
def memory_for(path: Path) -> Iterator[None]:
    """Turn a lack of memory in the block into an `InputError` of the file."""
    try:
        yield
    except MemoryError:
        raise InputError(f"{path}: needs more memory than is free; {_LESS}") from None


def _refuse_too_large(path: Path, rows: int, size: int, limit: int, free: float) -> None:
    """Raise `InputError` if a log of so many rows and bytes is over the limit, or over the free memory."""
    if size > limit:
        raise InputError(f"{path}: unpacks to more than {limit:,} bytes; {_LESS}")
    if rows * ROW_BYTES + size > free:
        raise InputError(
            f"{path}: needs more than the {free / 1e9:.1f} GB of memory that are free ({rows:,} rows or more); {_LESS}"
        )


# -- text ----------------------------------------------------------------------------------------------


def _read_text(path: Path, given: Mapping[str, str] | None, limit: int, zipped: bool) -> Unpacked:
    """Return the needed columns of a text log, gzipped or not."""

    def opened() -> io.BufferedIOBase:
        return gzip.open(path, "rb") if zipped else open(path, "rb")  # type: ignore[return-value]

    try:
        raw = _measured(path, opened, limit)
    except (OSError, EOFError, zlib.error) as error:
        if not zipped and isinstance(error, OSError):
            raise open_problem(path, error) from None
        raise InputError(f"{path}: is not a whole gzip file ({str(error)[:100]}); copy or pack it again") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path}: is UTF-16 text; save it as UTF-8")
    if b"\0" in raw:
        raise InputError(f"{path}: is not text (it holds zero bytes); give CSV, .csv.gz or Parquet")
    if len(raw) == HEAD and not set(raw) & set(b"\n\r"):
        raise InputError(f"{path}: line 1 is longer than {HEAD:,} bytes; an order log begins with column names")
    separator, names, header = _text_layout(path, raw.decode("utf-8-sig", "replace"))
    chosen, notes = find_columns(str(path), names, given)
    wanted = sorted({names.index(name) for name in chosen.values()})
    blank = next(k for k, line in enumerate(raw.splitlines()) if line.strip())
    with opened() as stream:
        if separator == r"\s+":
            table = _read_spaced(path, stream, names, wanted, blank if header else None)
        else:
            table = _read_separated(path, stream, separator, len(names), wanted, blank + 1)
    table.columns = [names[k] for k in wanted]
    return table, chosen, notes


def _measured(path: Path, opened: Callable[[], io.BufferedIOBase], limit: int) -> bytes:
    """Return the first bytes of a text, after reading through all of it block by block.

    Damage is found on the way, and a text that is too large is refused before it takes memory.
    """
    free = free_memory()
    head, size, rows = b"", 0, 0
    with opened() as stream:
        while block := stream.read(1 << 20):
            head = head or block[:HEAD]
            size += len(block)
            rows += max(block.count(b"\n"), block.count(b"\r"))
            _refuse_too_large(path, rows, size, limit, free)
    return head


def _text_layout(path: Path, head: str) -> tuple[str, list[str], bool]:
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
            f"{path}: line 1 holds numbers where column names should be ({some_names(names)}); "
            "add a header line such as customer,date,amount"
        )
    return separator, names, True


def _read_spaced(
    path: Path, stream: io.BufferedIOBase, names: list[str], wanted: list[int], header: int | None
) -> pd.DataFrame:
    """Return the wanted columns of a whitespace-separated text."""
    import pandas as pd

    try:
        return pd.read_csv(
            stream, sep=r"\s+", header=header, names=names, dtype=str, index_col=False, encoding="utf-8-sig"
        ).iloc[:, wanted]
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(f"{path}: is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8") from None
    except ValueError as error:
        raise _not_regular(path, str(error), len(names)) from None


def _read_separated(
    path: Path, stream: io.BufferedIOBase, separator: str, width: int, wanted: list[int], skip: int
) -> pd.DataFrame:
    """Return the wanted columns of a separated text; every line must have `width` fields.

    Hence pyarrow: pandas silently cuts off surplus fields when it reads only some columns.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    keys = [str(k) for k in range(width)]
    try:
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
    except ValueError as error:
        raise _not_regular(path, str(error), width) from None


def _not_regular(path: Path, text: str, width: int) -> InputError:
    """Return the `InputError` for what a parser says of a text."""
    text = text.split("\n")[0].replace("Error tokenizing data. C error: ", "").strip()
    text = text.replace("CSV parse error: ", "").replace("Row #", "line ")[:200]
    if "invalid UTF8" in text:
        return InputError(f"{path}: is not UTF-8 text ({text}); save it as UTF-8")
    return InputError(f"{path}: is not a regular table ({text}); every line needs {width} fields")


# -- Parquet -------------------------------------------------------------------------------------------


def _read_parquet(path: Path, given: Mapping[str, str] | None, limit: int) -> Unpacked:
    """Return the needed columns of a Parquet log in the types of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        fields = {field.name: field.type for field in file.schema_arrow}
        chosen, notes = find_columns(str(path), list(file.schema_arrow.names), given)
        wanted = {name: fields[name] for name in dict.fromkeys(chosen.values())}
        for name, kind in wanted.items():
            if pa.types.is_nested(kind):
                raise InputError(f"{path}: column {brief(name)} holds lists or tables; give one value in a field")
        free = free_memory()
        rows = file.metadata.num_rows
        _refuse_too_large(path, rows, _declared_size(file, wanted.values()), limit, free)
        _refuse_too_large(path, rows, _text_size(path, wanted, min(limit, free)), limit, free)
        table = file.read(columns=list(wanted)).select(list(wanted))
        table.validate(full=True)  # else a damaged text is met later, as an error of another library
        return table.to_pandas(ignore_metadata=True), chosen, notes
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
