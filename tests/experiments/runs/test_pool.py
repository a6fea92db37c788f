"""Worker processes that cannot start, that end, or that leave something behind."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs import pool as pools
from longgame.experiments.runs.pool import MARK, process_pool
from longgame.experiments.runs.runner import _may_start_a_worker, run_plan
from longgame.experiments.store.lock import Lock
from longgame.sim import Scenario
from tests.experiments.cli_folder import without_waiting

ROOT = Path(__file__).parents[3]
TINY = Scenario(months=1).but({"customers.count": 20})

#: After shared/cases/N1-unguarded-script.py.
SCRIPT = """
    from longgame.experiments.design.plan import Measure, Plan
    from longgame.experiments.runs.runner import run_plan
    from longgame.experiments.store.store import ResultStore
    from longgame.sim import Scenario

    def profit(result):
        return result.monthly.groupby("group", observed=True, as_index=False)["profit"].sum()

    plan = Plan({"a": Scenario(months=12).but({"customers.count": 100})}, (1, 2, 3), (Measure("profit", profit),))
"""
STARTS = {
    "at its top": "run_plan(plan, workers=2)",
    "at its top, with a store that is locked then": 'run_plan(plan, workers=2, store=ResultStore("runs.sqlite"))',
}
FAILS = 'if __name__ != "__main__":\n    raise OSError("no such argument")\nrun_plan(plan, workers=2)'


def script(folder, end):
    (folder / "mine.py").write_text(textwrap.dedent(SCRIPT) + end)
    return subprocess.run(
        [sys.executable, "mine.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("how", STARTS)
def test_a_script_without_its_guard_ends_with_one_line_that_names_it(tmp_path, how):
    done = script(tmp_path, STARTS[how])
    (said,) = without_waiting(done.stderr)
    assert done.returncode == 1 and done.stdout == ""
    assert said.startswith("longgame: ") and "mine.py: worker processes import it, which starts runs again" in said
    assert 'put what starts runs under `if __name__ == "__main__":`' in said


def test_a_script_that_workers_cannot_import_ends_at_once_and_says_so(tmp_path):
    done = script(tmp_path, FAILS)
    said = without_waiting(done.stderr)
    assert done.returncode == 1 and "OSError: no such argument" in said
    assert "mine.py: worker processes cannot import it, they ended with exit code 1" in said[-1]
    assert sum("worker processes" in line for line in said) == 1


class TestNotebooks:
    @pytest.fixture
    def measure(self, monkeypatch):
        """A function of a notebook: its module has no file."""
        monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))

        def profit(result):
            return result.monthly[["group", "profit"]]

        profit.__module__, profit.__qualname__ = "__main__", "profit"
        return profit

    @pytest.mark.parametrize("given", [lambda f: f, partial])
    def test_workers_that_are_asked_for_are_refused_in_one_line(self, measure, given):
        plan = Plan({"tiny": TINY}, (0, 1), (Measure("m", given(measure)),))
        with pytest.raises(
            ValueError, match=r"'m': worker processes cannot import a function of a notebook; .* workers=1"
        ):
            run_plan(plan, workers=2)

    def test_by_default_the_runs_are_made_here(self, measure):
        assert len(run_plan(Plan({"tiny": TINY}, (0, 1), (Measure("m", measure),))).tables["m"])


def test_only_a_submission_that_may_start_a_worker_puts_off_ctrl_c():
    with process_pool(1) as pool:
        assert _may_start_a_worker(pool)
        assert pool.submit(int, "7").result() == 7
        assert not _may_start_a_worker(pool)


class TestTemporaryFolders:
    def test_those_of_the_dead_are_removed_and_no_others(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        for name in ("pymp-dead", "pymp-alive", "pymp-of-others", "else"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "listener").touch()
        for name in ("pymp-dead", "else"):
            (tmp_path / name / MARK).write_text("process 1 on here")
        alive = Lock(tmp_path / "pymp-alive" / MARK, "")
        pools._clear_temporary_folders.__wrapped__()
        assert {p.name for p in tmp_path.glob("*")} >= {"pymp-alive", "pymp-of-others", "else"}
        assert not (tmp_path / "pymp-dead").exists()
        alive.release()

    def test_a_killed_process_leaves_one_that_the_next_pool_removes(self, tmp_path, monkeypatch):
        code = (
            "import os, signal\nfrom longgame.experiments.runs.pool import process_pool\n"
            "if __name__ == '__main__':\n"
            "    with process_pool(1) as pool:\n"
            "        pool.submit(int, '7').result()\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        (tmp_path / "killed.py").write_text(code)
        temporary = Path(tempfile.mkdtemp(dir="/tmp" if os.path.isdir("/tmp") else None))  # short: it holds a socket
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
        try:
            subprocess.run([sys.executable, tmp_path / "killed.py"], env=environment)
            assert [p.name for p in temporary.glob("pymp-*/*.lock")] == [MARK]
            monkeypatch.setattr(tempfile, "tempdir", str(temporary))
            pools._clear_temporary_folders.__wrapped__()
            assert not [p for p in temporary.glob("pymp-*") if not (p / MARK).exists()]
            assert len(list(temporary.glob("pymp-*"))) <= 1  # that of this process, if it had none yet
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
