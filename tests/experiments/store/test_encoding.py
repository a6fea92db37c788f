"""Tables into rows and back: the same to the last bit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.store.encoding import decode, encode
from longgame.experiments.store.store import Finished, ResultStore
from tests.experiments.store.plans import REVENUE, TINY, plan

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
WHOLE = {f"{sign}int{n}": n for n in (8, 16, 32, 64) for sign in ("", "u")}


def limits(name, bits):
    return (0, 2**bits - 1) if name[0] in "uU" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@st.composite
def columns_of(draw, size):
    """A column of any type that a table of the project could have."""

    def some(values):
        return draw(st.lists(values, min_size=size, max_size=size))

    kind = draw(
        st.sampled_from(
            ["bool", "float64", "float32", "str", "object", "category", "boolean", "Float64", "Int64", "UInt8", *WHOLE]
        )
    )
    if kind in WHOLE:
        return pd.Series(np.array(some(st.integers(*limits(kind, WHOLE[kind]))), kind))
    if kind in ("Int64", "UInt8"):
        integers = st.integers(*limits(kind, int(kind.lstrip("UInt"))))
        return pd.Series(pd.array(some(st.none() | integers), dtype=kind))
    if kind in ("float64", "float32"):
        width = int(kind.removeprefix("float"))
        return pd.Series(np.array(some(st.floats(width=width)), kind))
    if kind == "Float64":
        return pd.Series(pd.array(some(st.none() | st.floats(allow_nan=False)), dtype=kind))
    if kind == "bool":
        return pd.Series(np.array(some(st.booleans()), bool))
    if kind == "boolean":
        return pd.Series(pd.array(some(st.none() | st.booleans()), dtype=kind))
    if kind == "category":
        names = draw(st.lists(TEXT, unique=True, max_size=4) | st.lists(st.integers(-9, 9), unique=True))
        codes = some(st.integers(-1, len(names) - 1))
        return pd.Series(pd.Categorical.from_codes(codes, names, ordered=draw(st.booleans())))
    return pd.Series(some(st.none() | TEXT), dtype=kind)


@st.composite
def tables(draw):
    """A table of any columns."""
    size = draw(st.integers(0, 4))
    taken = st.sampled_from(["run", "row", "Run", "a", "A", 'a"b', "a\0", "", "select"])
    reserved = ("plan", "scenario", "market", "seed")
    names = draw(st.lists((taken | TEXT).filter(lambda n: n not in reserved), unique=True, max_size=5))
    return pd.DataFrame({name: draw(columns_of(size)) for name in names}, index=range(size))


def bits(table):
    """Floats as bytes, so that 0.0 and −0.0 differ; one NaN is as good as another."""
    floats = [table[c].to_numpy() for c in table if table[c].dtype.name in ("float32", "float64")]
    return [np.abs(v, where=np.isnan(v), out=v.copy()).tobytes() for v in floats]


@given(tables())
def test_a_table_comes_back_the_same_to_the_last_bit(table):
    description, values = encode(table)
    again = decode(description, list(zip(*values, strict=True)) if values else [()] * len(table))
    pd.testing.assert_frame_equal(table, again, check_exact=True)


@given(st.lists(tables(), min_size=1, max_size=3))
def test_tables_of_any_columns_share_a_store(several):
    with ResultStore() as store:
        measure = Measure("m", len)
        wanted = Plan({"tiny": TINY}, tuple(range(len(several))), (measure,))
        runs = list(wanted.runs())
        for one, table in zip(runs, several, strict=True):
            assert store.save(one, (measure,), Finished({"m": table})).error == ""
        for one, table in zip(runs, several, strict=True):
            alone = store.tables(replace(wanted, seeds=(one.seed,)))["m"].drop(columns=["market", "seed"])
            pd.testing.assert_frame_equal(table, alone, check_exact=True, check_column_type=False)
            assert bits(table) == bits(alone)
        assert len(store.tables(wanted)["m"]) == sum(map(len, several))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (7, "int"),
        (pd.DataFrame({"seed": [1]}), "'seed'"),
        (pd.DataFrame({1: [1]}), "column 1"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "differ"),
        (pd.DataFrame({"x": [{}]}), "dict objects"),
        (pd.DataFrame({"x": [1, "a"]}), "int objects"),
        (pd.DataFrame({"x": ["\ud800"]}, dtype=object), "'x'"),
        (pd.DataFrame({"x": pd.to_datetime(["2024-01-01"])}), "datetime64"),
        (pd.DataFrame({"x": [1j]}), "complex"),
    ],
)
def test_what_cannot_be_kept_is_a_failed_run(table, said):
    with ResultStore() as store:
        (one,) = plan(scenarios={"tiny": TINY}, seeds=(0,)).runs()
        kept = store.save(one, (REVENUE,), Finished({"revenue": table}))
        assert said in kept.error
        assert [f.error for f in store.failures(plan())] == [kept.error]
