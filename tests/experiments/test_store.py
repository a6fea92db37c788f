"""The results store: what goes in comes out the same, once, whatever else is going on."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.cli import main as cli
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs import provenance
from longgame.experiments.runs.runner import execute, run_plan
from longgame.experiments.store.encoding import decode, encode
from longgame.experiments.store.export import export, status
from longgame.experiments.store.store import Finished, ResultStore
from longgame.sim import Scenario
from longgame.sim.errors import InputError

ROOT = Path(__file__).parents[2]
TINY = Scenario(months=2).but({"customers.count": 50})
SMALL = TINY.but({"customers.count": 60})


def revenue(result):
    return result.monthly[["month", "group", "revenue"]]


def deals(result):
    return result.monthly[["group", "deals"]]


def column(result, name="deals"):
    return result.monthly[[name]]


def fragile(result):
    """Fails as long as a file of that name is there."""
    if Path("broken").exists() and result.seed == 1:
        raise ArithmeticError("the books do not balance\nand more of that")
    return deals(result)


def uneven(result):
    """Columns and types that differ from run to run."""
    table = revenue(result)
    if result.seed == 1:
        return table.assign(month=table["month"] / 2, Group="x")
    return table.iloc[:0] if result.seed == 2 else table


def odd(result):
    return pd.DataFrame({"x": [result] * (result.seed == 1)})


REVENUE, DEALS = Measure("revenue", revenue), Measure("deals", deals)


def plan(*measures, seeds=(0, 1), scenarios=None):
    return Plan(scenarios or {"tiny": TINY, "small": SMALL}, seeds, measures or (REVENUE,))


def run(plan, store, **how):
    return run_plan(plan, store=store, workers=1, progress=False, **how)


def same(one, other):
    assert list(one) == list(other)
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], check_exact=True)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs.sqlite"


# -- tables -------------------------------------------------------------------------------------------

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


# -- what is there, what is missing -------------------------------------------------------------------


class TestResume:
    def test_second_start_makes_nothing_and_gives_the_same(self, path, monkeypatch):
        alone = run_plan(plan(REVENUE, DEALS), workers=1)
        with ResultStore(path) as store:
            first = run(plan(REVENUE, DEALS), store)
        monkeypatch.setattr("longgame.experiments.runs.runner.execute", None)
        with ResultStore(path) as store:
            second = run(plan(REVENUE, DEALS), store)
        same(alone.tables, first.tables)
        same(alone.tables, second.tables)
        assert (first.reused, second.reused) == (0, 4)
        ((made_with, count),) = second.environments
        assert count == 4 and made_with == dict(provenance.environment())

    def test_only_what_is_missing_is_made(self, path):
        with ResultStore(path) as store:
            run(plan(REVENUE), store)
            todo = store.missing(plan(REVENUE, DEALS, seeds=(0, 1, 2)))
            wanted = {(r.market, r.seed): [m.name for m in measures] for r, measures in todo}
            assert wanted == {
                (arm, seed): ["deals"] if seed < 2 else ["revenue", "deals"]
                for seed in (0, 1, 2)
                for arm in ("tiny", "small")
            }
            more = run(plan(REVENUE, DEALS, seeds=(0, 1, 2)), store)
            same(more.tables, run_plan(plan(REVENUE, DEALS, seeds=(0, 1, 2)), workers=1).tables)
            assert store.connection.execute("SELECT count(*) FROM runs").fetchone() == (4 + 6,)

    def test_equal_markets_are_one_run_in_several_arms(self):
        twice = plan(scenarios={"one": TINY, "other": TINY.but(name="renamed")})
        with ResultStore() as store:
            assert len(store.missing(twice)) == 2
            table = run(twice, store).tables["revenue"]
            assert store.connection.execute("SELECT count(*) FROM runs").fetchone() == (2,)
        one, other = (table[table["market"] == arm].reset_index(drop=True) for arm in ("one", "other"))
        assert len(one) and one.drop(columns="market").equals(other.drop(columns="market"))

    def test_measures_are_told_apart_by_version_and_function(self):
        with ResultStore() as store:
            run(plan(REVENUE), store)
            for other in (
                Measure("revenue", revenue, 2),
                Measure("revenue", deals),
                Measure("REVENUE", revenue),
                Measure("revenue", partial(column, name="profit")),
                Measure("revenue", partial(column)),
            ):
                assert len(store.missing(plan(other))) == 4
                same(run(plan(other), store).tables, run_plan(plan(other), workers=1).tables)

    def test_columns_that_differ_from_run_to_run(self, path):
        wanted = plan(Measure("uneven", uneven), seeds=(0, 1, 2, 3))
        with ResultStore(path) as store:
            table = run(wanted, store).tables["uneven"]
        order = table[["market", "seed"]].drop_duplicates().to_numpy().tolist()
        assert order == [[run.market, run.seed] for run in wanted.runs() if run.seed != 2]
        assert table["Group"].dropna().unique().tolist() == ["x"]
        assert set(table["seed"]) == {0, 1, 3} and table["seed"].is_monotonic_increasing

    def test_a_failed_run_is_recorded_and_made_again(self, path):
        measure = Measure("fragile", fragile)
        Path("broken").touch()
        with ResultStore(path) as store:
            outcome = run(plan(measure), store, name="p")
            assert [(f.market, f.seed) for f in outcome.failures] == [("tiny", 1), ("small", 1)]
            assert outcome.failures[0].error.startswith("ArithmeticError: the books do not balance")
            assert "in fragile" in outcome.failures[0].details
            assert set(outcome.tables["fragile"]["seed"]) == {0}
            assert "p, tiny, seed 1: ArithmeticError: the books do not balance\n" in status(store)
            again = run(plan(measure), store)
            assert again.failures == outcome.failures and again.reused == 2
            assert store.connection.execute("SELECT count(*) FROM runs").fetchone() == (4,)
        Path("broken").unlink()
        with ResultStore(path) as store:
            healed = run(plan(measure), store)
            assert not healed.failures and "Failed" not in status(store)
            assert store.connection.execute("SELECT count(*), count(error) FROM runs").fetchone() == (4, 0)
        same(healed.tables, run_plan(plan(measure), workers=1).tables)

    def test_values_that_cannot_be_kept_fail_alike_with_and_without_a_file(self, path):
        with ResultStore(path) as store:
            kept = run(plan(Measure("odd", odd)), store)
        assert kept.failures == run_plan(plan(Measure("odd", odd)), workers=1).failures
        assert [f.seed for f in kept.failures] == [1, 1]

    def test_largest_seeds(self, path):
        seeds = (2**63 - 1, 2**63, 2**64 - 1)
        with ResultStore(path) as store:
            table = run(plan(seeds=seeds), store).tables["revenue"]
            assert run(plan(seeds=seeds), store).reused == 6
        assert table["seed"].drop_duplicates().tolist() == list(seeds)

    def test_workers_of_another_model_are_no_help(self, monkeypatch):
        monkeypatch.setattr(
            "longgame.experiments.runs.runner.execute",
            lambda *task: replace(execute(*task), environment={"model": "0"}),
        )
        with ResultStore() as store:
            (failure, *_) = run(plan(), store).failures
        assert failure.error == "the worker has version 0 of the model, this process 1"

    def test_runs_made_with_something_else_are_told(self, path, capsys, monkeypatch):
        with ResultStore(path) as store:
            run(plan(), store)
            other = {**provenance.environment(), "commit": "0123", "host": "elsewhere"}
            monkeypatch.setattr(provenance, "environment", lambda: other)
            run_plan(plan(), store=store, workers=1)
        said = capsys.readouterr().err
        assert said.startswith("4 of 4 runs are there already (4 of them made with another commit;")


# -- the file -----------------------------------------------------------------------------------------


def other_tables(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()


def newer(path):
    ResultStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("a,b\n1,2\n"), "not a results store"),
        (other_tables, "not a results store"),
        (newer, "is a results store of version 99, this longgame keeps version 2; move it away"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 500), "cannot be (read|opened)"),
        (lambda path: path.mkdir(), "is a directory"),
    ],
)
def test_any_other_file_is_refused_and_left_as_it_is(path, make, said):
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for read_only in (False, True):
        with pytest.raises(InputError, match=said) as refusal:
            ResultStore(path, read_only=read_only)
        assert str(path) in str(refusal.value) and len(refusal.value.lines) == 1
    assert cli.main(["run", "herd", "--store", str(path), "--seeds", "1", "--out", "out"]) == 2
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert before is None or path.read_bytes() == before


def test_a_file_that_was_only_begun_is_a_new_store(path):
    path.touch()
    with ResultStore(path) as store:
        assert len(store.missing(plan())) == 4


def test_one_writer_any_number_of_readers(path):
    with ResultStore(path) as store:
        run(plan(), store)
        with pytest.raises(InputError, match=rf"is being written by process {os.getpid()} on "):
            ResultStore(path)
        with ResultStore(path, read_only=True) as reader:
            assert len(reader.tables(plan())["revenue"])
            assert f"being written by process {os.getpid()}" in status(reader)
            run(plan(DEALS), store)
            assert not reader.missing(plan(DEALS))
            with pytest.raises(InputError, match="cannot be written"):
                reader.record("p", plan())
    with ResultStore(path) as store:
        assert not store.missing(plan())
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_finished_store_can_be_read_where_nothing_can_be_written(path):
    with ResultStore(path) as store:
        run(plan(), store)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with ResultStore(path, read_only=True) as store:
            assert not store.missing(plan())
    finally:
        path.parent.chmod(0o755)


def test_a_run_that_could_not_be_written_leaves_nothing(path):
    with ResultStore(path) as store:
        one, *_ = plan().runs()
        good = execute(one, (REVENUE,))
        store.connection.execute("CREATE TRIGGER full BEFORE INSERT ON results BEGIN SELECT RAISE(ABORT, 'full'); END")
        with pytest.raises(InputError, match=r"cannot be written .*full"):
            store.save(one, (REVENUE,), good)
        assert store.connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
        store.connection.execute("DROP TRIGGER full")
        assert store.save(one, (REVENUE,), good) == good
        with pytest.raises(InputError, match="UNIQUE"):
            store.save(one, (REVENUE,), good)  # never twice


# -- for people and other programs --------------------------------------------------------------------


class TestStatusAndExport:
    @pytest.fixture
    def store(self, path):
        with ResultStore(path) as store:
            run(plan(REVENUE, DEALS), store, name="both")
            store.record("larger", plan(REVENUE, seeds=(1, 2)))
            run(plan(Measure("revenue", revenue, 2), seeds=(7,)), store)
            yield store

    def test_status(self, store):
        lines = [line.split() for line in status(store).splitlines()]
        (both,) = (line for line in lines if line[:1] == ["both"])
        (larger,) = (line for line in lines if line[:1] == ["larger"])
        assert both[1:5] == ["4", "4", "0", "0"] and larger[1:5] == ["4", "2", "0", "2"]
        assert "6 runs of model 1, commit" in status(store)

    @pytest.mark.parametrize("form", ["csv", "parquet"])
    def test_export(self, store, form, tmp_path):
        read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[form]
        written = export(store, tmp_path / "out", form)
        assert [p.name for p in written] == [
            f"{name}.{form}" for name in ("revenue_v1", "deals_v1", "revenue_v2", "runs")
        ]
        table = read(written[0])
        assert list(table.columns) == ["plan", "market", "scenario", "seed", "month", "group", "revenue"]
        wanted = table[["plan", "market", "seed"]].drop_duplicates().to_numpy().tolist()
        pairs = [[arm, seed] for seed in (0, 1) for arm in ("tiny", "small")]
        assert wanted == [["both", *pair] for pair in pairs] + [["larger", "tiny", 1], ["larger", "small", 1]]
        mine = table[table["plan"] == "both"].drop(columns=["plan", "scenario"])
        expected = store.tables(plan(REVENUE, DEALS))["revenue"]
        if form == "parquet":
            pd.testing.assert_frame_equal(mine, expected)
        assert mine["revenue"].tolist() == expected["revenue"].tolist()
        unnamed = read(written[2])
        assert len(unnamed) and not any(unnamed["plan"].astype(object).replace(np.nan, ""))
        runs = read(written[3])
        assert len(runs) == 6 and set(runs["seed"]) == {0, 1, 7} and json.loads(runs["made_with"][0])["numpy"]

    def test_one_measure_in_one_file(self, store, tmp_path):
        assert export(store, tmp_path / "d.parquet", measures=["deals"]) == [tmp_path / "d.parquet"]
        assert "deals" in pd.read_parquet(tmp_path / "d.parquet")
        for to, measures, said in [
            ("d.csv", [], "name a folder"),
            ("d.csv", ["revenue"], "revenue_v1, revenue_v2"),
            ("x", ["deal"], "did you mean `deals`"),
            ("runs.sqlite/x", [], "cannot be made"),
        ]:
            with pytest.raises(InputError, match=said):
                export(store, tmp_path / to, measures=measures)
        assert not (tmp_path / "d.csv").exists() and not (tmp_path / "x").exists()

    def test_an_empty_store(self, path, capsys):
        ResultStore(path).close()
        assert cli.main(["status", "."]) == 0 and "0 runs" in capsys.readouterr().out
        assert cli.main(["export", str(path), "--to", "out"]) == 0
        assert [p.name for p in Path("out").iterdir()] == ["runs.csv"]

    def test_no_store(self, path, capsys):
        assert cli.main(["status"]) == 2
        assert "results: no such file" in capsys.readouterr().err
        assert not path.exists()

    def test_results_can_be_queried_with_sql(self, store):
        rows = store.connection.execute(
            "SELECT runs.seed, sum(m.revenue) FROM revenue_v1 AS m JOIN runs ON runs.id = m.run "
            'WHERE m."group" = ? GROUP BY runs.seed',
            ("adversarial-herd",),
        ).fetchall()
        table = store.tables(plan())["revenue"]
        mine = table[table["group"] == "adversarial-herd"].groupby("seed")["revenue"].sum()
        assert dict(rows) == pytest.approx(mine.to_dict()) and len(rows) == 2


def test_the_store_is_opened_without_what_only_simulations_need():
    code = (
        "import sys, longgame.experiments.store.store\n"
        "sys.exit(bool({'numba', 'mesa', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
