"""Order files that are text: encodings, separators, headers, and the columns that are needed."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from longgame.experiments.orders.columns import brief, recognised, some_names
from longgame.experiments.orders.memory import refuse_too_large
from longgame.sim.errors import InputError
from longgame.sim.files import open_problem

if TYPE_CHECKING:
    import pandas as pd

#: Takes the names of a file's columns and returns those that are wanted.
type Pick = Callable[[list[str]], list[str]]

#: Columns of a whitespace-separated log without header (as CDNOW_master.txt is distributed).
HEADERLESS = ("customer_id", "date", "quantity", "amount")

#: Bytes at the beginning of a text in which its columns are looked for, and records among which the header is.
HEAD, HEADER_WITHIN = 1 << 16, 20

#: Marks at the beginning of a text, and its encoding.
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Text:
    """A text file, gzipped or not, that was read through once: it is whole, and fits into the memory.

    Attributes
    ----------
    path : path
    encoding : str
    head : str
        Its beginning, decoded.

    Raises
    ------
    InputError
        If it cannot be read, is no text, is damaged or too large, or its encoding is unknown.
    """

    def __init__(self, path: Path, limit: int, encoding: str | None) -> None:
        self.path = path
        with path.open("rb") as stream:
            self.zipped = stream.read(2) == b"\x1f\x8b"
        try:
            raw = self._measured(limit)
        except (OSError, EOFError, zlib.error) as error:
            if not self.zipped and isinstance(error, OSError):
                raise open_problem(path, error) from None
            raise InputError(f"{path}: is not a whole gzip file ({str(error)[:100]}); copy or pack it again") from None
        marked = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None)
        self.encoding = marked or encoding or "utf-8"
        try:
            self.head = codecs.getincrementaldecoder(self.encoding)("replace").decode(raw)
        except (LookupError, ValueError, TypeError):
            raise InputError(f"{path}: encoding={brief(encoding)} is not known; write one like cp1252") from None
        if "\0" in self.head:
            raise InputError(f"{path}: is not text (it holds zero bytes); give CSV, .csv.gz or Parquet")
        if len(raw) == HEAD and not set(self.head) & set("\n\r"):
            raise InputError(f"{path}: line 1 is longer than {HEAD:,} bytes; an order log begins with column names")
        if not self.head.strip():
            raise InputError(f"{path}: is empty; an order log has a header line and one line per order")

    def opened(self) -> io.BufferedIOBase:
        """Return the bytes of the text, unpacked."""
        return gzip.open(self.path, "rb") if self.zipped else self.path.open("rb")  # type: ignore[return-value]

    def _measured(self, limit: int) -> bytes:
        """Return the first bytes, after reading through all of it block by block.

        Damage is found on the way, and a text that is too large is refused before it takes memory.
        """
        head, size, rows = b"", 0, 0
        with self.opened() as stream:
            while block := stream.read(1 << 20):
                head = head or block[:HEAD]
                size += len(block)
                rows += max(block.count(b"\n"), block.count(b"\r"))
                refuse_too_large(self.path, rows, size, limit)
        return head

    def not_regular(self, text: str, width: int = 0) -> InputError:
        """Return the `InputError` for what a parser says of the text."""
        text = text.split("\n")[0].replace("Error tokenizing data. C error: ", "").strip()
        text = text.replace("CSV parse error: ", "").replace("Row #", "line ")[:200]
        if "UTF8" in text or "codec" in text:
            what = "UTF-8" if self.encoding.startswith("utf-8") else self.encoding
            return InputError(
                f"{self.path}: is not {what} text ({text}); save it as UTF-8, or give encoding='cp1252' or what it is"
            )
        return InputError(f"{self.path}: is not a regular table ({text}); every line needs {width} fields")


def read_table(text: Text, pick: Pick, known: Collection[str]) -> pd.DataFrame:
    """Return the picked columns of a separated text, as texts.

    Parameters
    ----------
    text : Text
    pick : callable
        Says which columns, from their names.
    known : collection of str
        Names that a header has for sure, beside those that are recognised.
    """
    separator, names, skip = _layout(text, known)
    wanted = sorted({names.index(name) for name in pick(names)})
    with text.opened() as stream:
        if separator == r"\s+":
            table = _read_spaced(text, stream, names, wanted, skip)
        else:
            table = _read_separated(text, stream, separator, len(names), wanted, skip)
    table.columns = [names[k] for k in wanted]
    return table


def header_at(records: list[list[str]], known: Collection[str]) -> int:
    """Return the place of the header: the first of the first records with two known names, else the first."""
    for place, record in enumerate(records[:HEADER_WITHIN]):
        names = [cell.strip() for cell in record]
        if recognised(names) + len(set(known) & set(names)) >= 2:
            return place
    return 0


def _layout(text: Text, known: Collection[str]) -> tuple[str, list[str], int]:
    """Return (separator, column names, lines up to the end of the header) of a text log."""
    lines = text.head.splitlines()
    first = next(k for k, line in enumerate(lines) if line.strip())
    hint = re.fullmatch(r'\s*"?sep=(.)"?[,;\s]*', lines[first])  # Excel's own
    best = (0, 0, "", [""], 0)
    for separator in hint[1] if hint else ",;\t|":
        records, ends = _records(text, separator, first + 1 if hint else 0)
        if not records:
            raise InputError(f"{text.path}: has no lines below `sep=`; an order log has one line per order")
        at = header_at(records, known)
        widths = [len(record) for record in records[at:]]
        # The separator of a table splits every line into as many parts as the first.
        width = widths[0] if min(widths) >= min(2, widths[0]) else 1
        found = (recognised(records[at]) if width > 1 else 0, width, separator, records[at], ends[at])
        best = max(best, found, key=lambda f: f[:2])
    _, width, separator, names, skip = best
    if width < 2:
        records = [line.split() for line in lines if line.strip()]
        at = header_at(records, known)
        separator, names = r"\s+", records[at]
        skip = [k for k, line in enumerate(lines) if line.strip()][at] + 1
    names = [name.strip() for name in names]
    if all(re.fullmatch(r"[-+.\d]+", name) for name in names):
        if separator == r"\s+" and len(names) == len(HEADERLESS):
            return separator, list(HEADERLESS), skip - 1
        raise InputError(
            f"{text.path}: line {skip} holds numbers where column names should be ({some_names(names)}); "
            "add a header line such as customer,date,amount"
        )
    return separator, names, skip


def _records(text: Text, separator: str, skip: int) -> tuple[list[list[str]], list[int]]:
    """Return the first records that are not blank, and the lines up to the end of each."""
    stream = io.StringIO(text.head, newline="")
    for _ in range(skip):
        stream.readline()
    reader, records, ends = csv.reader(stream, delimiter=separator), [], []
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append(record)
                ends.append(reader.line_num + skip)
            if len(records) == HEADER_WITHIN + 5:
                break
    except csv.Error as error:
        if not records:
            raise text.not_regular(str(error)) from None
    return records, ends


def _read_spaced(text: Text, stream: io.BufferedIOBase, names: list[str], wanted: list[int], skip: int) -> pd.DataFrame:
    """Return the wanted columns of a whitespace-separated text."""
    import pandas as pd

    try:
        return pd.read_csv(
            stream,
            sep=r"\s+",
            header=None,
            skiprows=skip,
            names=names,
            dtype=str,
            index_col=False,
            encoding=text.encoding.replace("utf-8-sig", "utf-8"),
            keep_default_na=False,
        ).iloc[:, wanted]
    except ValueError as error:
        if "No columns to parse" in str(error):
            return pd.DataFrame({name: pd.Series(dtype="string") for name in names}).iloc[:, wanted]
        raise text.not_regular(str(error), len(names)) from None


def _read_separated(
    text: Text, stream: io.BufferedIOBase, separator: str, width: int, wanted: list[int], skip: int
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
            read_options=arrow_csv.ReadOptions(
                column_names=keys, skip_rows=skip, use_threads=False, encoding=text.encoding.replace("-sig", "")
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=[keys[k] for k in wanted],
                column_types={keys[k]: pa.string() for k in wanted},
                strings_can_be_null=True,
                null_values=[""],  # a customer may be called NA
            ),
        ).to_pandas()
    except ValueError as error:
        raise text.not_regular(str(error), width) from None
