"""The command, end to end: what it prints, what it writes, and how it says what is wrong."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.claims import herd
from longgame.experiments.cli import main as cli
from longgame.experiments.design.plan import Measure
from longgame.experiments.reports import run as report
from longgame.experiments.store.store import ResultStore
from longgame.experiments.studies import all_claims as ledger
from longgame.sim import STRATEGIES
from longgame.sim.scenario_files import load_scenario

ROOT = Path(__file__).parents[2]
TINY = ["--set", "customers.count=150", "--months", "12"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments, **how):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "longgame.experiments.cli.main", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **how,
    )


def results():
    """Every folder of results."""
    return [p for p in Path("results").iterdir() if p.is_dir()]


def files(folder="."):
    """Every file below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file())


class TestHelp:
    def test_is_quick_because_nothing_heavy_is_imported(self):
        code = (
            "import sys; from longgame.experiments.cli.main import main; main(['--help']); "
            "sys.exit(bool({'numpy', 'pandas', 'numba', 'matplotlib', 'pydantic', 'sim'} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True
        )
        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("words", [["run"], ["simulate"], ["calibrate"], ["list"], ["status"], ["export"]])
    def test_every_command_has_help(self, words, capsys):
        assert cli.main([*words, "--help"]) == 0
        assert "usage: longgame" in capsys.readouterr().out

    def test_what_a_first_look_leaves_out_is_said_as_it_is(self, capsys, monkeypatch):
        """The budget is not imported for a help text; so its numbers stand there once more."""
        monkeypatch.setenv("COLUMNS", "1000")
        assert cli.main(["claims", "--help"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        budget = ledger.QUICK
        assert (budget.dials, budget.figures) == (1, 1) and budget.work is not None
        assert f"a first look: {budget.seeds} seeds, one dial and one figure per claim" in said
        assert f"no dial that costs over {budget.work / 1e6:.0f} million customer-months" in said
        assert f"(default {ledger.FULL.seeds}, with --quick {budget.seeds})" in said

    def test_no_command_prints_the_help(self, capsys):
        assert cli.main([]) == 0
        assert "COMMAND" in capsys.readouterr().out


def test_list_shows_everything(capsys):
    assert cli.main(["list"]) == 0
    shown = capsys.readouterr().out
    for name in [*claims.names(), *STRATEGIES, "default", "software"]:
        assert f"  {name} " in shown


class TestRun:
    def test_end_to_end(self, capsys):
        assert cli.main(["run", "herd", *TINY, "--seeds", "2", "--workers", "1"]) == 0
        shown = capsys.readouterr().out
        (out,) = results()
        key = load_scenario(out / "scenario.toml").key()[:6]
        assert out.name == f"herd-{key}"  # not the default's: numbers were set
        assert "Undecided at n = 2" in shown and "shared market" in shown and f"{out}/verdict.md" in shown
        runs = pd.read_csv(out / "runs.csv")
        assert set(runs["seed"]) == {0, 1} and set(runs["group"]) >= {"collaborative-herd"}
        verdicts = json.loads((out / "verdict.json").read_text())
        assert [v["outcome"] for v in verdicts] == ["undecided"] * 3
        assert load_scenario(out / "scenario.toml").customers.count == 150
        about = json.loads((out / "about.json").read_text())
        assert about["seeds"] == [0, 1] and about["runs"] == 10 and about["versions"]["numpy"]
        assert about["command"].startswith("longgame run herd")
        figures = {p.suffix for p in (out / "figures" / "paper").iterdir()}
        assert figures == {".pdf", ".svg", ".png"} and any((out / "figures" / "slide").glob("*.png"))
        assert not [name for name in files() if "draft" in name]
        assert str(Path.cwd()) not in "".join(p.read_text() for p in out.glob("*.*"))

    def test_workers_do_not_change_a_byte_of_the_results(self):
        for workers in ("1", "2"):
            own = ["--workers", workers, "--out", workers, "--store", f"{workers}.sqlite"]
            assert cli.main(["run", "once", *TINY, "--seeds", "3", *own]) == 0
        for name in ("runs.csv", "verdict.json", "scenario.toml", "tables/horizons.csv"):
            assert (Path("1") / name).read_bytes() == (Path("2") / name).read_bytes()

    def test_runs_that_are_there_are_not_made_again(self, capsys):
        for out, seeds, there in (("a", "2", ""), ("b", "3", "10 of 15 runs are"), ("c", "3", "15 of 15")):
            assert cli.main(["run", "herd", *TINY, "--seeds", seeds, "--workers", "1", "--out", out]) == 0
            said = capsys.readouterr().err
            assert there in said and ("there already" in said) is bool(there)
        assert Path("b/runs.csv").read_bytes() == Path("c/runs.csv").read_bytes()
        assert json.loads(Path("c/about.json").read_text())["reused"] == 15
        assert cli.main(["status"]) == 0
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("herd-"))
        assert line.split()[1:5] == ["15", "15", "0", "0"]
        assert cli.main(["export", "--to", "all"]) == 0
        exported = pd.read_csv("all/horizons_v2.csv").drop(columns=["plan", "scenario"])
        pd.testing.assert_frame_equal(exported, pd.read_csv("b/runs.csv"))

    def test_ctrl_c_while_figures_are_drawn_says_what_is_kept(self, monkeypatch, capsys):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(report, "write", interrupted)
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1"]) == 130
        assert capsys.readouterr().err.splitlines()[-1] == (
            "interrupted; no results were written; finished runs are kept in results/runs.sqlite; the same command "
            "again goes on there"
        )
        assert files() == ["results/runs.sqlite"]

    def test_the_time_told_is_that_of_the_whole_command(self, monkeypatch, capsys):
        clock, drawn = time.perf_counter, [0]
        monkeypatch.setattr(time, "perf_counter", lambda: clock() + drawn[0])
        monkeypatch.setattr(report, "write", lambda *_: drawn.append(drawn.pop() + 5000))  # as long as figures may take
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1"]) == 0
        (seconds,) = re.findall(r"Done in (\d+) s", capsys.readouterr().out)
        assert int(seconds) >= 5000

    def test_again_into_the_same_folder_keeps_other_files(self):
        Path("kept").mkdir()
        Path("kept/notes.txt").write_text("mine")
        for _ in range(2):
            assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1", "--out", "kept"]) == 0
        assert Path("kept/notes.txt").read_text() == "mine"

    def test_firms_of_the_scenario_that_are_not_used_are_told(self, capsys):
        small = ["--seeds", "1", "--months", "1", "--workers", "1"]
        assert cli.main(["run", "herd", "--scenario", "main-street", *small]) == 0
        said = capsys.readouterr()
        assert "5 markets x 1 seed = 5 runs of 800 customers x 1 month\n" in said.err
        assert "2 strategies (collaborative, adversarial) as singletons and herds of 3, 12 salesp" in said.err
        assert "own firms are not used" in said.err
        (out,) = results()
        assert out.name.startswith("herd-main-street-")
        assert cli.main(["run", "herd", *TINY, *small]) == 0
        assert "arranges" not in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["annuity", "remorse", "stakes", "invasion"])  # one of each shape
    def test_nothing_sold_is_no_answer_and_no_warning(self, name, recwarn):
        nothing = ["--set", "choice.reach=0", "--set", "network.contacts=0", "--seeds", "2"]
        assert cli.main(["run", name, *TINY, *nothing, "--workers", "1"]) == 0
        (found,) = Path("results").rglob("verdict.json")
        assert {v["sentence"] for v in json.loads(found.read_text())} == {"Undecided: nothing was sold in any run."}
        assert not [w for w in recwarn if issubclass(w.category, UserWarning)]

    def test_failed_runs_are_told_and_written(self, monkeypatch, capsys):
        with_measures(monkeypatch, Measure("horizons", fails_once), *herd.CLAIM.measures[1:])
        assert cli.main(["run", "herd", *TINY, "--seeds", "3", "--workers", "1"]) == 0
        assert "1 of 15 runs failed; the first in market 'shared', seed 1: ValueError: no" in capsys.readouterr().err
        (failures,) = Path("results").rglob("failures.csv")
        assert "ValueError: no" in failures.read_text()

    def test_when_all_fail_only_that_is_kept(self, monkeypatch, capsys):
        with_measures(monkeypatch, Measure("horizons", fails))
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1"]) == 1
        assert files() == ["results/runs.sqlite"]
        assert cli.main(["status"]) == 0
        assert "shared, seed 0: ValueError: no\n" in capsys.readouterr().out


def with_measures(monkeypatch, *measures):
    """Let the claim about herds keep something else of its runs."""
    monkeypatch.setattr(herd, "CLAIM", replace(herd.CLAIM, measures=measures, first_measures=()))


def fails(result):
    raise ValueError("no")


def fails_once(result):
    from longgame.experiments.measures import kept as measures

    if result.seed == 1 and result.scenario.name == "shared":
        raise ValueError("no")
    return measures.by_horizon(result)


class TestSimulate:
    def test_end_to_end(self, capsys):
        assert cli.main(["simulate", *TINY, "--seed", "7", "--orders", "log.csv", "--out", "out"]) == 0
        shown = capsys.readouterr().out
        assert "collaborative-herd" in shown and "Seed 7, 12 months" in shown and "RQ: rel" in shown
        assert files() == ["log.csv"] + [
            f"out/{name}" for name in ("customers.csv", "market.csv", "monthly.csv", "salespeople.csv", "scenario.toml")
        ]
        assert pd.read_csv("log.csv")["month"].between(1, 12).all()

    def test_the_scenario_it_wrote_gives_the_same_tables(self):
        assert cli.main(["simulate", *TINY, "--out", "a"]) == 0
        assert cli.main(["simulate", "--scenario", "a/scenario.toml", "--out", "b"]) == 0
        for name in files("a"):
            assert (Path("a") / name).read_bytes() == (Path("b") / name).read_bytes()


def test_calibrate_end_to_end(capsys):
    arguments = ["--set", "customers.count=400", "--months", "24", "--out", "out"]
    assert cli.main(["simulate", *arguments, "--orders", "log.csv"]) == 0
    log = pd.read_csv("log.csv").rename(columns={"customer": "who", "amount": "how_much"})
    log.to_csv("log.csv", index=False)
    done = cli.main(
        [
            "calibrate",
            "log.csv",
            "--out",
            "fitted.toml",
            "--figure",
            "fit.png",
            "--customer",
            "who",
            "--amount",
            "how_much",
        ]
    )
    shown = capsys.readouterr()
    assert done == 0, shown.err
    assert "customer = who" in shown.out and "rows read" in shown.out
    matched = "NOT matched" not in shown.out
    assert ("WARNING" not in Path("fitted.toml").read_text()) is matched
    assert "fitted.toml" in shown.out and load_scenario("fitted.toml").customers.rate > 0
    assert Path("fit.png").stat().st_size > 1000


def test_calibrate_warns_at_the_end_and_in_the_file_where_the_rate_is_not_matched(capsys):
    # Customers who buy every single month: no market repeats that often.
    rows = [f"{c},2024-{month:02d}-{day:02d},9" for month in range(1, 13) for c in range(40) for day in (1, 28)]
    Path("log.csv").write_text("\n".join(["customer,date,amount", *rows[:-3], ""]))
    assert cli.main(["calibrate", "log.csv", "--out", "s.toml"]) == 0
    shown = capsys.readouterr().out
    assert "dates read as: year-month-day" in shown
    assert "WARNING: the rate of needs was NOT matched" in shown.split("\n\n")[-1]
    head = Path("s.toml").read_text().splitlines()[:2]
    assert head[1].startswith("# WARNING: the rate of needs was NOT matched")


BAD = {
    "an unknown experiment": (["run", "anuity"], ["anuity", "did you mean `annuity`?"]),
    "a hopeless experiment": (["run", "xyz"], ["choose from annuity"]),
    "an unknown command": (["rnu"], ["rnu", "run"]),
    "an unknown option": (["run", "herd", "--sedes", "3"], ["--sedes"]),
    "no seeds": (["run", "herd", "--seeds", "0"], ["--seeds", "'0'", "from 1 to"]),
    "seeds in words": (["run", "herd", "--seeds", "many"], ["--seeds", "'many'"]),
    "no workers": (["run", "herd", "--workers", "0"], ["--workers", "'0'", "from 1 to"]),
    "too many workers": (["run", "herd", "--workers", "99999"], ["--workers", "four per core"]),
    "no months": (["run", "herd", "--months", "0"], ["--months", "'0'", "from 1 to 12000"]),
    "endless months": (["simulate", "--months", "999999"], ["--months"]),
    "a negative seed": (["simulate", "--seed", "-1"], ["--seed"]),
    "an unknown number": (["run", "herd", "--set", "customers.rat=1"], ["customers.rat", "did you mean"]),
    "a number out of range": (["run", "herd", "--set", "customers.churn=2"], ["churn", "2", "at most 1"]),
    "a setting without value": (["run", "herd", "--set", "customers.rate"], ["name=value"]),
    "no such scenario": (["run", "herd", "--scenario", "no.toml"], ["no.toml", "no such file"]),
    "a misspelt configuration": (["run", "herd", "--scenario", "sofware"], ["did you mean `software`?"]),
    "an unknown strategy": (["simulate", "--scenario", "bad.toml"], ["bad.toml", "colaborative"]),
    "arms that find no room": (["run", "annuity", "--scenario", "seven.toml"], ["acquainted", "7"]),
    "a file where a folder should be": (["run", "herd", "--out", "taken"], ["--out taken", "name a directory"]),
    "a file above the folder": (["simulate", "--out", "taken/deep"], ["--out taken/deep", "directory"]),
    "a folder that cannot be": (["simulate", "--out", "/proc/nowhere"], ["--out /proc/nowhere"]),
    "orders of an unknown kind": (["simulate", *TINY, "--orders", "log.xyz"], ["log.xyz", ".csv"]),
    "no order log": (["calibrate", "none.csv", "--out", "s.toml"], ["none.csv"]),
    "a log without a customer": (
        ["calibrate", "log.csv", "--out", "s.toml"],
        ["no column for `customer`", "--customer COL"],
    ),
    "dates that can be read twice": (["calibrate", "dates.csv", "--out", "s.toml"], ['--date-format "%d/%m/%Y"']),
    "a scenario that is not TOML": (["calibrate", "log.csv", "--out", "s.txt"], ["--out s.txt", ".toml"]),
    "a scenario over the log": (
        ["calibrate", "log.csv", "--out", "./log.csv"],
        ["--out ./log.csv", "order log itself"],
    ),
    "a figure over the log": (
        ["calibrate", "log.png", "--out", "s.toml", "--figure", "log.png"],
        ["--figure", "order log itself"],
    ),
    "a folder without a name": (["run", "herd", "--out", ""], ["--out", "must be a name"]),
    "tables without a folder": (["simulate", "--out", ""], ["--out", "must be a name"]),
    "no such store": (["status", "none.sqlite"], ["none.sqlite", "no such file"]),
    "a store that is none": (["export", "log.csv", "--to", "out"], ["log.csv", "not a results store"]),
    "a store to write that is none": (
        ["run", "herd", "--store", "log.csv", "--out", "out"],
        ["log.csv", "not a results store"],
    ),
    "a store where a file is": (["run", "herd", "--store", "taken/s", "--out", "out"], ["taken/s", "a file"]),
    "an export to nowhere": (["export"], ["--to"]),
    "an export of an unknown kind": (["export", "--to", "x", "--format", "xls"], ["--format", "csv"]),
    "a figure of an unknown kind": (
        ["calibrate", "taken", "--out", "s.toml", "--figure", "fit.doc"],
        ["fit.doc", ".png"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing(what, capsys):
    arguments, said = BAD[what]
    Path("taken").write_text("a file")
    for name in ("log.csv", "log.png"):
        Path(name).write_text("kunde,date,amount\n1,2024-01-01,5\n")
    Path("dates.csv").write_text("customer,date,amount\n1,01/02/2024,5\n")
    Path("bad.toml").write_text('[[firms]]\nname = "x"\ncount = 3\nstrategies = { colaborative = 1 }\n')
    Path("seven.toml").write_text(
        "[trust]\nacquainted = true\nremembered = 7\n"
        '[[firms]]\nname = "x"\ncount = 7\nstrategies = { collaborative = 1 }\n'
    )
    before = files()
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    complaints = [line for line in shown.err.strip().splitlines() if "runs of" not in line]
    assert shown.out == "" and len(complaints) == 1, shown.err
    assert all(words in shown.err for words in said), shown.err
    assert "Traceback" not in shown.err
    assert files() == before and not Path("results").exists()


class TestProcess:
    def test_module_runs_and_exit_code_is_passed_on(self):
        done = command("run", "anuity")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "longgame: anuity: is not a claim; did you mean `annuity`?\n"

    def test_a_reader_who_has_seen_enough(self):
        done = subprocess.run(
            f"{sys.executable} -m longgame.experiments.cli.main list | head -1",
            shell=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.stdout.startswith("Experiments") and done.stderr == ""

    def test_ctrl_c_inside_a_text_that_is_executed(self, tmp_path):
        """CPython would otherwise end `python -m` by the signal, not with the code that `main` gives."""
        (tmp_path / "struck.py").write_text(
            "import sys\nfrom longgame.experiments.cli import main as cli\n"
            "cli._COMMANDS['list'] = lambda *_: exec('raise KeyboardInterrupt')\n"
            "sys.exit(cli.main(['list']))\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "struck"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert (done.returncode, done.stderr) == (130, "\ninterrupted; nothing was written\n")

    @pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
    def test_ctrl_c_while_workers_start(self):
        """A terminal sends it to every process: the one from which workers are forked must not die of it."""
        run = subprocess.Popen(
            [sys.executable, "-m", "longgame.experiments.cli.main", "run", "herd", "--seeds", "500", "--workers", "2"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
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
        assert "interrupted; 0 of 2,500 runs are kept" in complaint.splitlines()[-1]

    def test_ctrl_c_is_clean(self, tmp_path):
        run = subprocess.Popen(
            [sys.executable, "-m", "longgame.experiments.cli.main", "run", "herd", "--seeds", "5000", "--workers", "2"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert "runs of" in run.stderr.readline()
        time.sleep(4)
        run.send_signal(signal.SIGINT)
        try:
            shown, complaint = run.communicate(timeout=30)
        finally:
            run.kill()  # where tests are started with Ctrl-C ignored it would go on for an hour
        assert run.returncode == 130, complaint
        said = complaint.strip().splitlines()[-1]
        assert shown == "" and said.endswith("are kept in results/runs.sqlite; the same command again goes on there")
        assert files(tmp_path) == ["results/runs.sqlite"]
        with ResultStore("results/runs.sqlite", read_only=True) as store:
            (kept,) = store.connection.execute("SELECT count(*) FROM runs").fetchone()
        assert said.startswith(f"interrupted; {kept:,} of 25,000 runs")


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
