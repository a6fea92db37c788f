"""Order files that are damaged, too large or absurd: one short line, before memory is used."""

from __future__ import annotations

import gzip
import random
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.orders import memory
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders
from longgame.sim.errors import InputError
from tests.experiments.made_orders import written

HEAD = "customer,date,amount\n"
#: Longest line beside the path, in characters.
SHORT = 400


def refused(path: Path, **options) -> str:
    """Return the one short line with which a log is refused."""
    with pytest.raises(InputError) as error:
        read_orders(path, **options)
    (line,) = error.value.lines
    assert line.startswith(f"{path}: ") and line.isprintable() and len(line) < SHORT + len(str(path)), line
    return line


# -- damage --------------------------------------------------------------------------------------------


def small_log() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "customer": [f"c{k}" for k in rng.integers(0, 40, 200)],
            "date": pd.date_range("2017-01-01", periods=200).strftime("%Y-%m-%d"),
            "amount": rng.uniform(1, 50, 200).round(2),
        }
    )


def mutants(whole: bytes, count: int) -> Iterator[bytes]:
    """Yield copies with some bytes changed, cut off at the end, cut out or put in; the first four are kept."""
    rng = random.Random(20)
    for _ in range(count):
        place, length = rng.randrange(4, len(whole)), rng.randint(1, 20)
        behind = whole[place + length :]
        yield rng.choice(
            [
                whole[:place] + rng.randbytes(length) + behind,
                whole[:place] + bytes([rng.randrange(256)]) + whole[place + 1 :],
                whole[:place],
                whole[:place] + behind,
                whole[:place] + rng.randbytes(length) + whole[place:],
            ]
        )


@pytest.mark.parametrize("kind", ["gzip", "Parquet", "Parquet with categories"])
def test_a_damaged_log_is_read_or_refused_in_one_short_line(tmp_path, kind):
    frame, path = small_log(), tmp_path / "log"
    if kind == "gzip":
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode(), mtime=0))
    else:
        categories = {"customer": "category"} if kind.endswith("categories") else {}
        frame.astype(categories).to_parquet(path, compression=None)
    whole = path.read_bytes()
    assert len(read_orders(path).frame) > 100
    lines = []
    for mutant in mutants(whole, 80):
        path.write_bytes(mutant)
        try:
            read_orders(path)
        except InputError as error:
            lines += error.lines
    assert len(lines) > 40
    assert all(line.startswith(f"{path}: ") and len(line) < SHORT + len(str(path)) for line in lines)


@pytest.mark.parametrize("notes", ["[]", "{}", '{"columns": [[]], "index_columns": [1]}'])
def test_notes_of_pandas_in_a_parquet_log_do_not_matter(tmp_path, notes):
    table = pa.Table.from_pandas(small_log()).replace_schema_metadata({"pandas": notes})
    pq.write_table(table, tmp_path / "orders.parquet")
    assert len(read_orders(tmp_path / "orders.parquet").frame) > 100


def test_a_damaged_log_ends_the_command_with_exit_code_2(tmp_path, capsys):
    whole = bytearray(gzip.compress(small_log().to_csv(index=False).encode(), mtime=0))
    whole[40:60] = bytes(20)
    path = written(tmp_path, bytes(whole), "orders.csv.gz")
    assert main(["calibrate", str(path), "--out", str(tmp_path / "mine.toml")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is not a whole gzip file" in line and "pack it again" in line
    assert not (tmp_path / "mine.toml").exists()


# -- size ----------------------------------------------------------------------------------------------


@pytest.fixture
def little_memory(monkeypatch):
    """Twenty megabytes are free."""
    monkeypatch.setattr(memory, "free_memory", lambda: 20e6)


def test_a_gzipped_log_is_refused_while_it_is_unpacked(tmp_path, little_memory):
    text = (HEAD + "1,2017-01-31,5\n" * 500_000).encode()
    line = refused(written(tmp_path, gzip.compress(text), "orders.csv.gz"))
    rows = int(line.split("(")[1].split(" rows")[0].replace(",", ""))
    assert rows < 200_000 and "0.0 GB of memory that are free" in line and "fewer customers" in line
    assert "memory that are free" in refused(written(tmp_path, text))


#: Tables that are small as Parquet files and large in memory.
SMALL_FILES = {
    "rows": {"customer": pa.array(np.ones(100_000, int))},
    "repeated texts": {"customer": pa.array(["x" * 100_000] * 300)},
    "repeated bytes": {"customer": pa.array([b"x" * 100_000] * 300, pa.binary(100_000))},
    "one text": {"customer": pa.array(["x" * 30_000_000])},
}


@pytest.mark.parametrize("case", SMALL_FILES)
def test_a_parquet_log_is_refused_before_it_is_unpacked(tmp_path, little_memory, monkeypatch, case):
    columns = SMALL_FILES[case]
    rows = len(columns["customer"])
    dates = pa.array(np.full(rows, np.datetime64("2017-01-31"), "datetime64[us]"))
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table(columns | {"date": dates, "amount": pa.array(np.ones(rows))}), path, compression="zstd")
    assert path.stat().st_size < 200_000
    monkeypatch.setattr(pq.ParquetFile, "read", None)
    assert "of memory that are free" in refused(path)
    monkeypatch.setattr(memory, "free_memory", lambda: 1e12)
    assert "unpacks to more than 1,000,000 bytes" in refused(path, size_limit=1_000_000)


def test_a_lack_of_memory_later_on_is_one_line_too(tmp_path, monkeypatch):
    def full(*_arguments):
        raise MemoryError

    monkeypatch.setattr("longgame.experiments.orders.read.in_schema", full)
    assert "needs more memory than is free" in refused(written(tmp_path, HEAD + "1,2017-01-31,5\n"))


def test_free_memory_heeds_the_limit_of_the_process(monkeypatch):
    free = memory.free_memory()
    assert free > 1e6
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1, 1))
    assert memory.free_memory() == (0 if Path("/proc/self/statm").exists() else free)


# -- absurd content ------------------------------------------------------------------------------------

LONG = "long" * 10_000


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (f"{LONG},date,amount\n1,2017-01-31,5\n", {}, "no column for `customer`"),
        (",".join(f"c{k}" for k in range(9_000)) + "\n", {"columns": {"firm": "c"}}, "and 8,9"),
        (",".join("1" * 9 for _ in range(5_000)) + "\n", {}, "line 1 holds numbers"),
        ("0" * 100_000 + "\n", {}, "line 1 is longer than 65,536 bytes"),
        (HEAD + "1,2017-01-31,5\n", {"columns": {"customer": LONG}}, "is not there"),
        (HEAD + "1,2017-01-31,5\n", {"columns": {LONG: "customer"}}, "does not have"),
        (HEAD + f"1,2017-01-31,{LONG}\n", {}, "above 0"),
        (HEAD + f'1,2017-01-31,"{LONG},1,2"\n', {}, "like 1234.50"),
        (HEAD + f"1,03/04/2017 {LONG},5\n", {}, "cannot be told apart"),
        (HEAD + f"1,{LONG},5\n", {}, "YYYY-MM-DD"),
        (HEAD + "1,2017-01-31,5\n", {"window": (LONG, "2018-01")}, "2017-01"),
        (HEAD + f"1,2017-01-31,5\n1,{LONG},5,5\n", {}, "not a regular table"),
    ],
)
def test_long_names_and_values_are_shortened_in_messages(tmp_path, text, options, words):
    assert words in refused(written(tmp_path, text), **options)


def test_a_column_of_lists_is_refused(tmp_path):
    path = tmp_path / "orders.parquet"
    pd.DataFrame({"customer": [[1, 2]], "date": ["2017-01-31"], "amount": [1.0]}).to_parquet(path)
    assert "column 'customer' holds lists" in refused(path)


@pytest.mark.parametrize("name", ["x" * 300, "ü" * 200, "/".join(["folder" * 30] * 30)])
def test_impossible_names_are_refused_in_one_line(tmp_path, name):
    with pytest.raises(InputError) as read:
        read_orders(tmp_path / f"{name}.csv")
    with pytest.raises(InputError) as write:
        write_orders(
            pd.DataFrame(columns=["customer", "salesperson", "firm", "month", "amount"]), tmp_path / f"{name}.csv"
        )
    assert len(read.value.lines) == len(write.value.lines) == 1
    assert not list(tmp_path.iterdir())
