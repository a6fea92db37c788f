"""Whatever an order file holds, it is read or refused in lines that name the file: never a traceback."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longgame.experiments.orders.columns import SYNONYMS
from longgame.experiments.orders.log import SCHEMA
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.status import WORDS
from longgame.experiments.studies.order_book import facts
from longgame.sim.errors import InputError

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = [name for names in SYNONYMS.values() for name in names]
STATUS_WORDS = [word.strip("*") for words in WORDS.values() for word in words.split()]
#: Texts that look like what a field of some meaning holds, and some that do not.
ODD = [
    *["", "NA", "1,234", "1.234,50", "(5)", "5-", "−7", "$5", "EUR 5", "1e400", "nan", "inf", "0", "1e-9", "'", '"'],
    *["2024-13-45", "2024-01-31", "31/01/2024", "01/31/24", "Jan-24", "5. März 2024", "202401", "1704412800", "45296"],
    *["99999999999999999999", "2024-01-31T23:30:00-05:00", "24:00", "0000-00-00", "31.02.2024", "1/1/1", "٣٤", "½"],
    *["True", "x\ny", "a;b"],
]
FIELDS = st.one_of(
    st.sampled_from(ODD),
    st.sampled_from(STATUS_WORDS),
    st.text("0123456789.,-/ :TZ+€$", max_size=14),
    st.integers(-(10**20), 10**20).map(str),
    st.text(st.characters(codec="utf-8"), max_size=8),
)


def check(path: Path, **options) -> None:
    """Read a file: a log that keeps its promises, or lines that name the file."""
    try:
        log = read_orders(path, **options)
    except InputError as error:
        assert error.lines and all(line.startswith(str(path)) and line.isprintable() for line in error.lines)
        return
    assert list(log.frame.columns) == list(SCHEMA) and len(log.frame)
    assert log.frame["month"].between(1, log.months).all() and not (log.frame["amount"] <= 0).any()
    assert all(out.rows >= 0 for out in log.left_out)
    assert sum(out.rows for out in log.left_out) <= log.rows
    assert json.loads(json.dumps(facts(log), allow_nan=False))["orders"] == len(log.frame)


MAGIC = [b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b"{", b"[", b"sep=;\n"]


@SETTINGS
@given(
    data=st.binary(max_size=200)
    | st.sampled_from(MAGIC).flatmap(lambda start: st.binary(max_size=100).map(lambda rest: start + rest))
)
def test_any_bytes(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(data)
    check(path)


@SETTINGS
@given(
    names=st.lists(st.sampled_from(NAMES) | st.text(max_size=6), max_size=3).map(lambda n: ["customer", "date", *n]),
    rows=st.lists(st.lists(FIELDS, min_size=6, max_size=6), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t|"),
    options=st.fixed_dictionaries(
        {},
        optional={
            "keep_going": st.just(True),
            "decimal": st.sampled_from(".,"),
            "currency": st.sampled_from(["EUR", ""]),
            "won": st.sampled_from([["won"], ["x"]]),
            "date_format": st.sampled_from(["%d/%m/%Y", "%s", "%Q", "%", "%j", "%z", "%G-W%V", ""])
            | st.text("%dmYyHz-/ ", max_size=6),
            "window": st.sampled_from([("2024-01", None), (None, "2024-01"), ("x", "y")]),
        },
    ),
    packed=st.booleans(),
)
def test_any_table(tmp_path_factory, names, rows, separator, options, packed):
    lines = [names, *(row[: len(names)] for row in rows)]
    text = "\n".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    data = text.encode("utf-8", "replace")
    path = tmp_path_factory.mktemp("any") / "orders.csv"
    path.write_bytes(gzip.compress(data) if packed else data)
    check(path, **options)


MEANINGS = st.sampled_from(["customer", "date", "amount", "status", "order_id", "x"])
VALUES = (
    FIELDS
    | st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.lists(st.integers(), max_size=2)
)


@SETTINGS
@given(records=st.lists(st.dictionaries(MEANINGS, VALUES, max_size=6), max_size=5), lines=st.booleans())
def test_any_json(tmp_path_factory, records, lines):
    path = tmp_path_factory.mktemp("any") / "orders.json"
    path.write_text("\n".join(map(json.dumps, records)) if lines else json.dumps(records))
    check(path)


@pytest.mark.parametrize("start", range(0, 4000, 400))
def test_a_damaged_workbook(tmp_path, start):
    from tests.experiments.workbook import workbook

    whole = bytearray(workbook({"Orders": [["customer", "date", "amount"], ["a", "2024-01-31", 5]]}))
    for place in range(start % len(whole), min(start % len(whole) + 40, len(whole)), 7):
        whole[place] ^= 0x55
    path = tmp_path / "orders.xlsx"
    path.write_bytes(bytes(whole))
    check(path)
