"""The results store: what goes in comes out the same, once, whatever else is going on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.design.plan import Measure
from longgame.experiments.runs import provenance
from longgame.experiments.runs.runner import execute, run_plan
from longgame.experiments.store.export import status
from longgame.experiments.store.store import ResultStore
from longgame.sim.errors import InputError
from longgame.sim.scenario import MODEL_VERSION
from tests.experiments.store.plans import DEALS, REVENUE, TINY, deals, plan, revenue, run, same

ROOT = Path(__file__).parents[3]


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
        assert failure.error == f"the worker has version 0 of the model, this process {MODEL_VERSION}"

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


def of_version(version):
    def make(path):
        ResultStore(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("a,b\n1,2\n"), "not a results store"),
        (other_tables, "not a results store"),
        (of_version(1), r"of version 1, this longgame keeps version 2; move it away \(its runs are made again\), or"),
        (of_version(99), "of version 99, this longgame keeps version 2; install a newer longgame, or name another"),
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


def test_the_store_is_opened_without_what_only_simulations_need():
    code = (
        "import sys, longgame.experiments.store.store\n"
        "sys.exit(bool({'numba', 'mesa', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
