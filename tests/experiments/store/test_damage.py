"""Stores that were damaged, disks that are full, names that no file can have: one line each, nothing half made."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.store.export import export, status
from longgame.experiments.store.schema import Damaged
from longgame.experiments.store.store import ResultStore
from longgame.sim.errors import InputError
from tests.experiments.cli_folder import without_waiting
from tests.experiments.store.plans import DEALS, REVENUE, plan, run

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A store of two measures and eight runs."""
    path = tmp_path_factory.mktemp("sound") / "runs.sqlite"
    with ResultStore(path) as store:
        run(plan(REVENUE, DEALS, seeds=range(4)), store, name="p")
    return path


@pytest.fixture
def copy(sound, path):
    """A copy of it, and its exported tables while it was sound."""
    shutil.copy(sound, path)
    with ResultStore(path, read_only=True) as store:
        export(store, "before")
    return path


def damage(path, *statements):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
    connection.close()


BROKEN = {
    "a table of a measure is gone": ("DROP TABLE revenue_v1",),
    "half of a measure's rows are not described": ("UPDATE layouts SET description = '[[\"month' WHERE id = 1",),
    "columns that are not there": ("UPDATE layouts SET held = '[\"nowhere\"]' WHERE id = 1",),
    "a description of something else": ("UPDATE layouts SET description = '{\"a\": 1}' WHERE id = 1",),
    "text where numbers were": ("UPDATE revenue_v1 SET month = 'May'",),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_damaged_measure_is_one_line_and_the_others_are_exported(copy, what, capsys):
    damage(copy, *BROKEN[what])
    assert cli.main(["export", str(copy), "--to", "after"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said == (
        f"longgame export: {copy}: is damaged; what can still be read was written to after, "
        "without 8 runs of revenue_v1.csv"
    )
    assert Path("after/deals_v1.csv").read_bytes() == Path("before/deals_v1.csv").read_bytes()
    with (
        ResultStore(copy, read_only=True) as store,
        pytest.raises(Damaged, match="save what can be read with `longgame"),
    ):
        store.tables(plan(REVENUE, seeds=range(4)))


@pytest.mark.parametrize("table", ["plans", "plan_runs", "plan_measures", "scenarios", "runs", "environments"])
def test_where_what_knows_of_runs_is_gone_their_rows_are_still_exported(copy, table):
    damage(copy, "PRAGMA foreign_keys = OFF", f"DROP TABLE {table}")
    with ResultStore(copy, read_only=True) as store:
        try:
            export(store, "after")
        except Damaged:
            assert table in ("scenarios", "runs", "environments")  # without the list of runs
        if table != "scenarios":  # which it does not tell of
            with pytest.raises(Damaged, match="is damaged"):
                status(store)
    before, after = (pd.read_csv(f"{when}/revenue_v1.csv") for when in ("before", "after"))
    rows = ["month", "group", "revenue"]
    assert after[rows].sort_values(rows).values.tolist() == before[rows].sort_values(rows).values.tolist()


@pytest.mark.parametrize("table", ["measures", "results"])
def test_where_nothing_can_be_read_that_is_said(copy, table):
    damage(copy, f"DROP TABLE {table}")
    with ResultStore(copy, read_only=True) as store:
        for read in (store.missing, store.failures, store.environments, store.tables):
            with pytest.raises(Damaged):
                read(plan())
    written = len(list(Path("before").iterdir()))
    assert cli.main(["export", str(copy), "--to", "after"]) == 2
    assert len(list(Path().glob("after/*"))) < written  # no table without its rows
    shutil.rmtree("after", ignore_errors=True)
    assert cli.main(["run", "herd", "--store", str(copy), "--seeds", "1", "--months", "1", "--workers", "1"]) == 2
    assert [p.name for p in copy.parent.iterdir() if p.name != "before"] == [copy.name]


@pytest.mark.parametrize("labels", ["[1]", '{"markets": 5}', '{"markets": {"tiny": 7}}', "null"])
def test_labels_that_are_none_cost_no_rows(copy, labels):
    damage(copy, f"UPDATE plans SET labels = '{labels}'")
    assert cli.main(["export", str(copy), "--to", "after"]) == 0
    assert len(pd.read_csv("after/revenue_v1.csv")) == len(pd.read_csv("before/revenue_v1.csv"))


def test_any_bytes_anywhere_are_never_a_traceback(copy):
    """Blocks of the file are overwritten; whatever is read then is a table or one line."""
    rng, whole, damaged = np.random.default_rng(3), copy.read_bytes(), 0
    for trial in range(60):
        spoilt = bytearray(whole)
        for _ in range(rng.integers(1, 4)):
            start, size = rng.integers(100, len(whole)), rng.integers(1, 3000)
            spoilt[start : start + size] = rng.bytes(min(size, len(whole) - start))
        copy.write_bytes(spoilt)
        for step in (status, lambda store: export(store, "after"), lambda store: store.tables(plan(REVENUE, DEALS))):
            try:
                with ResultStore(copy, read_only=True) as store:
                    step(store)
            except InputError as error:
                assert str(copy) in str(error) and len(error.lines) == 1, trial
                damaged += 1
    assert damaged > 60


class TestFullDisk:
    """No byte, and few bytes, can be written: as the system limits the size of files, also for root."""

    CODE = """
import resource, sys
from longgame.experiments.cli import main as cli
import longgame.experiments.runs.runner, longgame.experiments.reports.run, longgame.experiments.claims as claims
claims.load("herd")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(cli.main(["run", "herd", "--set", "customers.count=60", "--months", "1", "--seeds", "1", "--workers", "1"]))
"""

    @pytest.mark.parametrize("size", [0, 10, 40_000, 150_000])
    def test_it_is_one_line_and_nothing_is_half_made(self, size, path):
        done = subprocess.run(
            [sys.executable, "-c", self.CODE, str(size)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", "")},
            capture_output=True,
            text=True,
        )
        said = [line for line in without_waiting(done.stderr) if "runs of" not in line]
        assert done.returncode == 2 and len(said) == 1 and "cannot be" in said[0], done.stderr
        left = [p.relative_to(path.parent).as_posix() for p in path.parent.rglob("*") if p.is_file()]
        assert left in ([], ["results/runs.sqlite"])
        if left:  # it is a store then
            ResultStore("results/runs.sqlite").close()


@pytest.mark.parametrize("name", ["x" * 250, "x" * 256, "/".join(["x" * 200] * 25), "a\0b"])
@pytest.mark.parametrize("command", [["run", "herd", "--out", "out", "--store"], ["status"], ["export", "--to", "x"]])
def test_a_name_that_no_file_can_have_is_one_line(command, name, path, capsys):
    assert cli.main([*command, f"new/{name}"]) == 2
    (said,) = [line for line in capsys.readouterr().err.splitlines() if "runs of" not in line]
    assert said.partition(": ")[2].startswith("new/") and list(path.parent.iterdir()) == []
