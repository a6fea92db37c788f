"""The search from the command to the ensemble on tiny markets, its report and figures, and what is refused."""

import builtins
import json
import re
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.evidence import figures, report, study, waves
from longgame.experiments.evidence.emulator import one_thread
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.implausibility import CUT
from longgame.experiments.evidence.table import Row, targets
from longgame.experiments.figures import style
from tests.experiments.evidence.toys import SEEDS, Aim, cube, line, noisy
from tests.experiments.figures.drawing import assert_readable, drawn, said

DIALS = ("customers.rate", "economy.wage", "switch.offers", "firms.customers")
FEW = ("--waves", "2", "--points", "6", "--screen", "8", "--seeds", "2", "--customers", "200", "--truths", "2")
KEPT = ("win-rate", "lead-rate", "existing", "economy-customer-hours", "suppliers")
WITHOUT = ("--without", *(target.name for target in targets("repeat-supply") if target.name not in KEPT))
SMALL = (*WITHOUT, "--dials", *DIALS, *FEW, "--months", "24", "--set", "burn_in=0", "--workers", "1")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(waves, "POPULATION", 200)
    monkeypatch.setattr(style, "FORMATS", dict.fromkeys(style.FORMATS, ("png",)))


class TestCommand:
    def test_from_runs_to_an_ensemble_and_again_from_the_store(self, tmp_path, capsys, monkeypatch):
        assert cli.main(["ensemble", "repeat-supply", *SMALL, "--out", "one"]) == 0
        shown = capsys.readouterr()
        assert "ensemble of repeat-supply: runs of 200 customers x 24 months" in shown.err
        assert re.search(r"wave 1: [\d.e-]+ of the prior is left; \d+ of \d+ emulators predict", shown.err)
        for heading in ("What the waves leave", "Targets that choose", "Numbers that chose nothing", "Known truths"):
            assert heading in shown.out
        about = json.loads((tmp_path / "one/about.json").read_text())
        assert about["seeds"] == [0, 1] and about["fixed"]["customers.count"] == 200 and about["runs"] > 100
        tables = {path.stem: pd.read_csv(path) for path in (tmp_path / "one").glob("*.csv")}
        assert {"screening", "waves", "targets", "evidence", "tests", "recovery"} <= set(tables)
        assert set(tables["screening"]["dial"]) == set(DIALS) and tables["waves"]["share"].iloc[0] == 1
        assert (tables["waves"]["share"].diff().dropna() <= 0).all()
        assert set(tables["evidence"]["name"]) == set(KEPT) and "Left out by hand: client-odds" in shown.out

        monkeypatch.setattr("longgame.experiments.runs.runner.execute", None)  # nothing is run again
        assert cli.main(["ensemble", "repeat-supply", *SMALL, "--out", "two"]) == 0
        assert {path.name for path in (tmp_path / "two").iterdir()} == {p.name for p in (tmp_path / "one").iterdir()}
        for name in tables:
            assert (tmp_path / f"two/{name}.csv").read_bytes() == (tmp_path / f"one/{name}.csv").read_bytes()
        self.check_ensemble(tmp_path / "one", tables)

    def check_ensemble(self, folder, tables):
        """The stored markets are those that were run, with the weights of the table."""
        ensemble = Ensemble.load(folder / "repeat-supply.json")
        assert {"switch.offers"} <= set(ensemble.dials) <= set(DIALS)
        assert ensemble.fixed["months"] == 24 and len(ensemble.prior) == report.MARKETS
        markets = tables["markets"]
        assert markets["weight"].to_numpy() == pytest.approx(ensemble.shares, abs=1e-3)
        assert markets[list(ensemble.dials)].to_numpy() == pytest.approx(np.array(ensemble.points))
        scenario = ensemble.scenarios()["repeat-supply-" + "1".zfill(len(str(len(ensemble.points))))]
        assert (scenario.customers.count, scenario.months, scenario.burn_in) == (200, 24, 0)
        made = ensemble.made
        assert made["command"].startswith("longgame ensemble repeat-supply") and made["split"] == report.SPLIT
        assert made["seeds"] == [0, 1] and {"scikit-learn", "SALib", "numpy"} <= set(made["versions"])

    def test_a_dial_that_is_set_varies_no_more_be_it_to_what_the_configuration_has(self, monkeypatch):
        asked = []
        monkeypatch.setattr(study.Matching, "_screened", lambda self, model, fit, seeds: asked.append(model) or 1 / 0)
        for setting in ("economy.wage=1000.0", "economy.wage=700.0"):
            with pytest.raises(ZeroDivisionError):
                cli.main(["ensemble", *SMALL, "--set", setting])
        assert [model.space.names for model in asked] == 2 * [["firms.customers", "switch.offers", "customers.rate"]]
        assert [model.fixed.get("economy.wage") for model in asked] == [None, 700.0]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["project"], "project: is no kind of market with an ensemble; did you mean `projects`?"),
            (["--without", "retentoin"], "--without retentoin: is not known; did you mean `retention`?"),
            (["--dials", "customers.rat"], "--dials customers.rat: is not known; did you mean `customers.rate`?"),
            (["--seeds", "1"], "whole number of seeds from 2"),
            (["--customers", "3"], "whole number of customers from 20"),
        ],
    )
    def test_what_does_not_go_is_told_in_a_line(self, words, told, tmp_path, capsys):
        assert cli.main(["ensemble", *words]) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1 and not any(tmp_path.iterdir())

    def test_without_the_extra_a_line_says_how_to_install_it(self, monkeypatch, capsys):
        original = builtins.__import__

        def without(name, *args, **kwargs):
            if name.partition(".")[0] == "sklearn":
                raise ModuleNotFoundError(name)
            return original(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without)
        assert cli.main(["ensemble"]) == 2
        assert capsys.readouterr().err == (
            "longgame ensemble: ensemble: needs the extra `evidence`; install it with: pip install "
            "'longgame[evidence]'\n"
        )


def row(name, **numbers):
    """Return a number that only is compared."""
    words = {"regularity": "x", "unit": "x", "population": "x", "source": "Somebody 2020", "strength": "single study"}
    return Row(id=name, use="test", tolerance="given", measure="evidence_test", **words, **numbers)


def made(aims, model, tests=(), hidden=()):
    """Return the findings of a search with a simulator."""
    from longgame.experiments.evidence import checks, posterior

    space = cube(3)
    history = waves.match(
        waves.begin(space, aims, np.random.default_rng(1)), model, points=60, seeds=SEEDS, waves=3, seed=1
    )
    found = None if history.conflict else posterior.gathered(history, model, 120, SEEDS, 1)
    recovered = checks.recovery(history, model, truths=3, points=60, seeds=SEEDS, waves=1, seed=1)
    table = pd.DataFrame({"dial": space.names, "most": 0.5})
    whole = report.Made(
        "projects",
        space,
        aims,
        list(tests),
        history,
        found,
        table,
        recovered,
        tuple(hidden),
        ("left",),
        {},
        1,
        SEEDS,
        99,
    )
    return report.findings(whole, study.__doc__)


SLOPES = ((1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1))
AIMS = (Aim("a", 0.5, 0.05, 0.35, 0.65), Aim("b", 0.4, 0.05, 0.25, 0.55))


@pytest.fixture(scope="module")
def found():
    """Two numbers choose, of two that do not one agrees."""
    tests = (row("holds", low=0.8, high=1.0), row("fails", low=2.0, high=3.0))
    with one_thread():
        return made(AIMS, noisy(line(SLOPES), 0.02), tests, ["unseen"])


class TestReport:
    def test_says_what_is_left_what_agrees_and_what_does_not(self, found):
        text = " ".join(found.sentences)
        assert "No market shows unseen" in text and "Left out by hand: left" in text
        assert "Of 2 numbers that chose nothing 1 agree; not fails." in text
        assert "within every published range that chose" in text and "Of 3 known truths 3 are in" in text
        dials = found.tables["dials"].set_index("dial")
        assert dials.loc["x0", "median"] == pytest.approx(0.5, abs=0.03) and dials.loc["x0", "width"] < 0.35
        assert dials.loc["x2", "width"] > 0.8
        evidence = found.tables["evidence"].set_index("name")
        assert evidence.loc["a", "prior_high"] > 0.9 and evidence.loc["a", "ensemble_high"] < 0.65
        ensemble_text = found.markdown()
        assert "## Dials" in ensemble_text and "| x0 |" in ensemble_text

    def test_where_nothing_is_left_it_says_what_has_to_give_and_there_is_no_ensemble(self, tmp_path):
        aims = (Aim("low", 0.2, 0.02, 0.15, 0.25), Aim("high", 0.8, 0.02, 0.75, 0.85), Aim("b", 0.5, 0.1, 0.2, 0.8))
        found = made(aims, noisy(line([(1, 0, 0), (1, 0, 0), (0, 1, 0)]), 0.01))
        text = " ".join(found.sentences)
        assert (
            "No market is left" in text and re.search("low and high|high and low", text) and "were not widened" in text
        )
        assert found.ensemble() is None and len(found.tables["nearest"]) > 0
        found.write(tmp_path)
        assert not (tmp_path / "projects.json").exists() and (tmp_path / "nearest.csv").exists()
        assert found.tables["waves"]["share"].iloc[-1] == 0

    @pytest.mark.parametrize("kind", ["paper", "slide"])
    def test_figures_can_be_read(self, kind, found):
        assert set(found.figures) == {"waves", "evidence", "depth"}
        for name, draw in found.figures.items():
            assert_readable(drawn(draw, kind), kind, name)

    def test_figures_say_what_was_found(self, found):
        assert "after 3 waves" in said(found.figures["waves"])[0]
        assert said(found.figures["evidence"])[0] == (
            "projects: the middle market meets 2 of 2 numbers that chose, 1 of 2 that chose nothing"
        )
        assert re.match(r"projects: x[01] is narrowed most", said(found.figures["depth"])[0])

    def test_many_numbers_have_room(self):
        table = pd.DataFrame(
            {"name": [f"economy-selling-{k}" for k in range(27)], "low": 0.2, "high": 0.4, "log": False}
        )
        for who, at in (("prior", 0.1), ("ensemble", 0.3)):
            table = table.assign(**{f"{who}_low": at - 0.05, f"{who}_median": at, f"{who}_high": at + 0.9}, met=True)
        for kind in ("paper", "slide"):
            draw = partial(figures.evidence, table=table, tests=table[:8], kind="projects")
            figure = drawn(draw, kind)
            assert_readable(figure, kind)
            for ax in figure.axes:
                boxes = sorted((t.get_window_extent() for t in ax.get_yticklabels()), key=lambda box: box.y0)
                assert all(low.y1 <= high.y0 + 2 for low, high in pairwise(boxes))


def test_optical_depth_and_least_implausibility_are_those_of_the_points():
    history = waves.match(
        waves.begin(cube(2), [Aim("a", 0.25, 0.02)], np.random.default_rng(1)),
        noisy(line([(1, 0)]), 0.01),
        points=40,
        seeds=SEEDS,
        waves=3,
        seed=1,
    )
    left = figures._left(history, 0, 1)
    assert left.mean() == pytest.approx(history.share) and left[4:].sum() == 0 and left[1:3].sum() > 0
    seen = np.random.default_rng(2).random((2000, 2))
    least = figures._least(seen, figures.least_implausible(history, seen), 0, 1)
    assert (least[5:] > CUT).all() and (least[1:3] < CUT).all()
    assert figures.narrowed(history)[0] == 0
