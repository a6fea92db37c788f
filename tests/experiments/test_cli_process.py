"""The command as a process: exit codes, Ctrl-C, pipes, clusters."""

import contextlib
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.store.store import ResultStore
from tests.experiments.cli_folder import ENVIRONMENT, LONGGAME, files

STORE = "file:results/runs.sqlite?mode=ro"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def runs_kept():
    """Return how many runs a command has kept so far, while it goes on."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(STORE, uri=True)) as store:
        return store.execute("SELECT count(*) FROM runs").fetchone()[0]
    return 0


class TestProcess:
    def test_module_runs_and_exit_code_is_passed_on(self):
        done = subprocess.run([*LONGGAME, "run", "anuity"], capture_output=True, text=True, env=ENVIRONMENT)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "longgame run: anuity: is not a claim; did you mean `annuity`?\n"

    @pytest.mark.parametrize(("words", "first"), [("list", "Experiments"), ("--help", "Usage: longgame")])
    def test_a_reader_who_has_seen_enough(self, words, first):
        line = f"{shlex.join(LONGGAME)} {words} | head -1"
        done = subprocess.run(line, shell=True, capture_output=True, text=True, env=ENVIRONMENT)
        assert done.stdout.startswith(first) and done.stderr == ""

    def test_nobody_reads_the_help(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([*LONGGAME, "--help"], stdout=writing, stderr=subprocess.PIPE, env=ENVIRONMENT)
        os.close(writing)
        assert (done.returncode, done.stderr) == (141, b"")

    def test_ctrl_c_inside_a_text_that_is_executed(self, tmp_path):
        """CPython would otherwise end `python -m` by the signal, not with the code that `main` gives."""
        (tmp_path / "struck.py").write_text(
            "import sys\nfrom longgame.experiments.cli import main as cli\n"
            "from longgame.experiments import claims\n"
            "claims.names = lambda: exec('raise KeyboardInterrupt')\n"
            "sys.exit(cli.main(['list']))\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "struck"], cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT
        )
        assert (done.returncode, done.stderr) == (130, "\ninterrupted; nothing was written\n")

    @pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
    def test_ctrl_c_while_workers_start(self):
        """A terminal sends it to every process: the one from which workers are forked must not die of it."""
        run = subprocess.Popen(
            [*LONGGAME, "run", "herd", "--seeds", "500", "--workers", "2"],
            env=ENVIRONMENT,
            text=True,
            start_new_session=True,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

        def starting():
            children = (task / "children" for task in Path(f"/proc/{run.pid}/task").iterdir())
            pids = " ".join(each.read_text() for each in children).split()
            return any("forkserver" in Path(f"/proc/{pid}/cmdline").read_text() for pid in pids)

        try:
            while not starting():
                time.sleep(0.01)
            time.sleep(0.1)
            os.killpg(run.pid, signal.SIGINT)
            _, complaint = run.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        assert run.returncode == 130 and "Traceback" not in complaint, complaint
        assert "interrupted; 0 of 7,500 runs are kept" in complaint.splitlines()[-1]

    def test_ctrl_c_is_clean(self, tmp_path):
        run = subprocess.Popen(
            [*LONGGAME, "run", "herd", "--seeds", "5000", "--workers", "2"],
            env=ENVIRONMENT,
            text=True,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            while not runs_kept():
                assert run.poll() is None
                time.sleep(0.1)
            run.send_signal(signal.SIGINT)
            shown, complaint = run.communicate(timeout=30)
        finally:
            run.kill()  # where tests are started with Ctrl-C ignored it would go on for an hour
        assert run.returncode == 130, complaint
        said = complaint.strip().splitlines()[-1]
        assert shown == "" and said.endswith("are kept in results/runs.sqlite; the same command again goes on there")
        assert files(tmp_path) == ["results/runs.sqlite"]
        with ResultStore("results/runs.sqlite", read_only=True) as store:
            (kept,) = store.connection.execute("SELECT count(*) FROM runs").fetchone()
        assert said.startswith(f"interrupted; {kept:,} of 75,000 runs")


class TestCluster:
    def test_an_address_where_nobody_answers_is_one_line(self, capsys):
        pytest.importorskip("distributed")
        assert cli.main(["run", "herd", "--dask", "nowhere", "--out", "out"]) == 2
        assert "--dask nowhere: no Dask scheduler answers there" in capsys.readouterr().err.splitlines()[-1]
        assert files() == []

    def test_without_the_extra_the_line_names_it(self, capsys, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        assert cli.main(["run", "herd", "--dask", "local", "--out", "out"]) == 2
        assert "pip install 'longgame[cluster]'" in capsys.readouterr().err.splitlines()[-1]
        assert files() == []
