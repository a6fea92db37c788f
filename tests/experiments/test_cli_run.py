"""Commands that run markets, end to end: what they print and write."""

import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from longgame.experiments import claims, studies
from longgame.experiments.claims import desperate, herd
from longgame.experiments.cli import main as cli
from longgame.experiments.design.plan import Measure
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.study import Findings
from longgame.sim.scenario_files import load_scenario
from tests.experiments.cli_folder import TINY, files, results


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)


class TestRun:
    def test_end_to_end(self, capsys):
        assert cli.main(["run", "herd", *TINY, "--seeds", "2", "--workers", "1"]) == 0
        shown = capsys.readouterr().out
        (out,) = results()
        key = load_scenario(out / "scenario.toml").key()[:6]
        assert out.name == f"herd-{key}"  # not the default's: numbers were set
        assert "Undecided: fewer than 6 runs" in shown and "shared market" in shown and f"{out}/report.md" in shown
        assert "Undecided: fewer than 6 runs" in (out / "report.md").read_text()
        runs = pd.read_csv(out / "runs.csv")
        assert set(runs["seed"]) == {0, 1} and set(runs["group"]) >= {"collaborative-herd"}
        verdicts = json.loads((out / "verdict.json").read_text())
        assert [v["outcome"] for v in verdicts] == ["undecided"] * len(herd.CLAIM.asks)
        assert load_scenario(out / "scenario.toml").customers.count == 150
        about = json.loads((out / "about.json").read_text())
        assert about["seeds"] == [0, 1] and about["runs"] == 30 and about["versions"]["numpy"]
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
        for out, seeds, there in (("a", "2", ""), ("b", "3", "30 of 45 runs are"), ("c", "3", "45 of 45")):
            assert cli.main(["run", "herd", *TINY, "--seeds", seeds, "--workers", "1", "--out", out]) == 0
            said = capsys.readouterr().err
            assert there in said and ("there already" in said) is bool(there)
        assert Path("b/runs.csv").read_bytes() == Path("c/runs.csv").read_bytes()
        assert json.loads(Path("c/about.json").read_text())["reused"] == 45
        assert cli.main(["status"]) == 0
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("herd-"))
        assert line.split()[1:5] == ["45", "45", "0", "0"]
        assert cli.main(["export", "--to", "all"]) == 0
        exported = pd.read_csv("all/horizons_v3.csv").drop(columns=["plan", "scenario"])
        pd.testing.assert_frame_equal(exported, pd.read_csv("b/runs.csv"))

    def test_ctrl_c_while_figures_are_drawn_says_what_is_kept(self, monkeypatch, capsys):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(Findings, "write", interrupted)
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1"]) == 130
        assert capsys.readouterr().err.splitlines()[-1] == (
            "interrupted; no results were written; finished runs are kept in results/runs.sqlite; the same command "
            "again goes on there"
        )
        assert files() == ["results/runs.sqlite"]

    def test_ctrl_c_between_two_files_of_an_export_names_the_one_that_is_there(self, monkeypatch, capsys):
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1"]) == 0

        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("longgame.experiments.store.export._runs_table", interrupted)
        assert cli.main(["export", "--to", "all"]) == 130
        there = f"{Path('all/horizons_v3.csv')}, {Path('all/exchanges_v1.csv')}, {Path('all/fates_v1.csv')}"
        assert capsys.readouterr().err.splitlines()[-1] == (
            f"interrupted; written whole: {there}; the same command again writes all"
        )
        monkeypatch.setattr("longgame.experiments.store.export._exported", interrupted)
        assert cli.main(["export", "--to", "others"]) == 130
        assert capsys.readouterr().err.splitlines()[-1] == "interrupted; nothing was written"

    def test_ctrl_c_while_findings_are_printed_names_the_folder_that_is_there(self, monkeypatch, capsys):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("longgame.experiments.cli.carry.show", interrupted)
        assert cli.main(["run", "herd", *TINY, "--seeds", "1", "--workers", "1", "--out", "here"]) == 130
        assert "interrupted; written whole: here;" in capsys.readouterr().err
        assert Path("here/report.md").exists()

    def test_the_time_told_is_that_of_the_whole_command(self, monkeypatch, capsys):
        clock, drawn = time.perf_counter, [0]
        monkeypatch.setattr(time, "perf_counter", lambda: clock() + drawn[0])
        monkeypatch.setattr(Findings, "write", lambda *_: drawn.append(drawn.pop() + 5000))  # as figures may take
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
        assert "15 markets x 1 seed = 15 runs of " in said.err
        assert "herd arranges the firms itself: 2 strategies (collabo" in said.err
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
        assert "1 of 45 runs failed; the first in market 'shared', seed 1: ValueError: no" in capsys.readouterr().err
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
            *("--markets", "30", "--workers", "1"),
        ]
    )
    shown = capsys.readouterr()
    assert done == 0, shown.err
    assert "customer = who" in shown.out and "rows read" in shown.out
    # What is matched, or not, stands first: on the screen and in the file.
    head = Path("fitted.toml").read_text().splitlines()[1]
    assert head.startswith(("# NOT matched: ", "# Matched: "))
    assert head[2:20] in shown.out
    assert "fitted.toml" in shown.out and load_scenario("fitted.toml").customers.rate > 0
    assert len(Ensemble.load("fitted.json").points) > 0
    assert Path("fit.png").stat().st_size > 1000


def test_a_book_of_customers_who_come_every_day_is_fitted_in_weeks(capsys):
    rows = [f"{c},2024-{month:02d}-{day:02d},9" for month in range(1, 7) for c in range(40) for day in (1, 15, 28)]
    Path("log.csv").write_text("\n".join(["customer,date,amount", *rows, ""]))
    assert cli.main(["calibrate", "log.csv", "--out", "s.toml", "--markets", "30", "--workers", "1"]) == 0
    shown = capsys.readouterr().out
    assert "dates read as: year-month-day" in shown and "one need a week" in " ".join(shown.split())
    assert load_scenario("s.toml").step == "week"


STUDY = '''
"""Pay over time."""
from longgame.experiments.measures.kept import HORIZONS
from longgame import Findings, Plan, Study

def found(tables):
    runs = tables["horizons"]
    return Findings("level", "Level.", sentences=(f"Pay is {runs['pay'].mean():.0f}.",), tables={"runs": runs})

def plan(scenario, seeds):
    return Plan({"one": scenario}, seeds, [HORIZONS])

STUDY = Study("level-of-pay", "How much is paid.", plan, found)
'''


class TestStudies:
    def test_a_study_of_the_users_own(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "path", [*sys.path])
        Path("level_of_pay.py").write_text(STUDY)
        assert cli.main(["run", "level_of_pay.py", *TINY, "--seeds", "2", "--workers", "1"]) == 0
        said = capsys.readouterr()
        assert "Pay is " in said.out and "level-of-pay: 1 market x 2 seeds = 2 runs" in said.err
        (out,) = results()
        assert out.name.startswith("level-of-pay-") and set(pd.read_csv(out / "runs.csv")["seed"]) == {0, 1}

    def test_a_study_in_its_folder_is_found_by_name(self, monkeypatch, capsys):
        Path("own").mkdir()
        Path("own/level_of_pay.py").write_text(STUDY)
        monkeypatch.setattr(studies, "__path__", [*studies.__path__, "own"])
        assert studies.headlines()["level-of-pay"] == "Pay over time."
        assert cli.main(["list"]) == 0
        assert "  level-of-pay " in capsys.readouterr().out
        assert studies.load("level-of-pay").name == "level-of-pay"

    def test_a_claim_that_is_no_claim_of_ours_is_run_and_looked_at(self, monkeypatch, capsys):
        """Any object with a plan and an analysis is a claim; it need not have a method `run`."""
        plain = SimpleNamespace(**{part: getattr(desperate.CLAIM, part) for part in claims.PARTS})
        monkeypatch.setattr(desperate, "CLAIM", plain)
        for words in (["--seeds", "1"], ["--until-clear", "--max-seeds", "6"]):
            assert cli.main(["run", "desperate", *TINY, "--workers", "1", *words]) == 0
        said = capsys.readouterr()
        assert "Undecided" in said.out and "look 1 of at most 1, n = 6" in said.err

    def test_more_seeds_until_it_is_clear_say_how_often_was_looked(self, capsys):
        words = ["--until-clear", "--seeds", "8", "--max-seeds", "12", "--workers", "1"]
        assert cli.main(["run", "desperate", *TINY, *words]) == 0
        said = capsys.readouterr()
        (out,) = results()
        looks = json.loads((out / "about.json").read_text())["looks"]
        assert looks["planned"][-1] == 12 and looks["taken"] == said.err.count("look ")
        (verdict, *_) = json.loads((out / "verdict.json").read_text())
        assert {effect["level"] for effect in verdict["effects"]} == {looks["level"]}
        assert f"{100 * looks['level']:.3g}% intervals" in " ".join(verdict["reasons"]) and "Bonferroni" in said.out

    def test_a_sweep_in_one_line(self, capsys):
        words = ["word_of_mouth.gossip=0:0.9:3", "--seeds", "2", "--workers", "1", "--theirs", "milker"]
        assert cli.main(["sweep", *words, *TINY, "--organisation", "singleton"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "collaborative singletons are ahead in profit at" in said and "milker" in said
        (out,) = results()
        assert out.name.startswith("sweep-gossip-")
        points = pd.read_csv(out / "points.csv")
        assert list(points["word_of_mouth.gossip"]) == [0, 0.45, 0.9] and points["n"].eq(2).all()
        assert (out / "report.md").exists() and (out / "figures/paper/sweep.png").exists()

    def test_a_sweep_of_two_dials_is_a_map_of_another_column(self):
        words = ["customers.churn=0:0.1:2", "months=3:6:2", "--column", "pay", "--market", "separate", "--out", "out"]
        assert cli.main(["sweep", *words, *TINY, "--seeds", "1", "--workers", "1"]) == 0
        assert len(pd.read_csv("out/points.csv")) == 4
