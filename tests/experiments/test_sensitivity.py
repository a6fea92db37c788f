"""Sensitivity: known indices of the Ishigami function, the verdict of a claim as a function, the command."""

import builtins
import json
import math
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.cli import main as cli
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures import style
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.runs.runner import run_plan
from longgame.experiments.studies import sensitivity, sensitivity_figure
from longgame.sim import Scenario
from tests.experiments.figures.drawing import said
from tests.experiments.test_ledger import CHEAPER, TINY

#: Ishigami & Homma (1990) with a = 7, b = 0.1: exact first-order and total indices.
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
X = tuple(Dial(f"x{i}", -math.pi, math.pi) for i in (1, 2, 3))
IDLE = Dial("x4", 0.0, 1.0)


def ishigami(points):
    x1, x2, x3 = (np.array([point[dial] for point in points]) for dial in X)
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


class TestKnownIndices:
    def test_sobol_indices_of_the_ishigami_function(self):
        found = sensitivity.sobol((*X, IDLE), ishigami, 1024, 1)
        table = found.table.set_index("dial").loc[[*map(str, X), "x4"]]
        assert np.allclose(table["first"], (*FIRST, 0.0), atol=0.03)
        assert np.allclose(table["total"], (*TOTAL, 0.0), atol=0.03)
        for name, exact in (("first", FIRST), ("total", TOTAL)):
            low, high = table[f"{name}_low"], table[f"{name}_high"]
            assert ((low - 0.01 <= [*exact, 0]) & (high + 0.01 >= [*exact, 0])).all()
        assert list(found.table["dial"])[:2] == ["x1", "x2"]
        draws = np.random.default_rng(0).uniform(-np.pi, np.pi, (3, 100_000))
        uniform = [dict(zip(X, row, strict=True)) for row in draws.T[:4000]]
        assert found.above == pytest.approx((ishigami(uniform) > 0).mean(), abs=0.03)

    def test_screening_finds_the_idle_dial_and_is_the_same_again(self):
        table = sensitivity.morris((IDLE, *X), ishigami, 50, 3)
        assert table["dial"].iloc[-1] == "x4" and table["mu_star"].iloc[-1] == 0
        assert ((table["low"] <= table["mu_star"]) & (table["mu_star"] <= table["high"])).all()
        assert table.equals(sensitivity.morris((IDLE, *X), ishigami, 50, 3))
        assert sensitivity.foremost(table, (IDLE, *X), 3) != [IDLE, *X[:2]]

    def test_a_line_has_elementary_effects_that_are_its_slopes(self):
        dials = (Dial("a", 0.0, 2.0), Dial("b", -1.0, 1.0))
        table = sensitivity.morris(dials, lambda ps: np.array([3 * p[dials[0]] - p[dials[1]] for p in ps]), 6, 1)
        assert np.allclose(table["mu_star"], [6, 2], atol=0.01) and np.allclose(table["mu"], [6, -2], atol=0.01)
        assert np.allclose(table["sigma"], 0, atol=0.01)

    def test_points_without_a_number_leave_their_block_out(self):
        def holes(points):
            y = ishigami(points)
            y[7] = np.nan
            return y

        assert sensitivity.morris(X, holes, 10, 1)["n"].eq(9).all()
        assert sensitivity.sobol(X, holes, 16, 1).table["n"].eq(15).all()
        with pytest.raises(sensitivity.Unmeasurable):
            sensitivity.sobol(X, lambda points: np.full(len(points), np.nan), 8, 1)

    def test_where_nothing_varies_shares_are_undefined_and_no_dial_is_named(self):
        found = sensitivity.sobol(X, lambda points: np.ones(len(points)), 8, 0)
        assert found.table[["first", "total"]].isna().all(axis=None) and found.above == 1
        alone = sensitivity.tornado(X, [effect_of(pd.Series(np.ones(8)), unit="money")] * 7)
        screened = sensitivity.morris(X, lambda points: np.ones(len(points)), 4, 1)
        shown = sensitivity.shown({"tornado": alone, "morris": screened, "sobol": found.table})
        assert set(shown["first order"]) == set(shown["total"]) == {"undefined"}
        titles = [
            said(partial(sensitivity_figure.tornado, table=alone, claim="flat", unit="money"))[0],
            said(partial(sensitivity_figure.morris, table=screened, claim="flat", unit="money"))[0],
            said(partial(sensitivity_figure.sobol, table=found.table, claim="flat", above=1.0))[0],
        ]
        assert ["no dial" in title for title in titles] == [True] * 3

    def test_the_global_generator_is_left_alone(self):
        np.random.seed(5)  # noqa: NPY002
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        sensitivity.sobol(X, ishigami, 16, 0)
        sensitivity.morris(X, ishigami, 4, 0)
        assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_tornado_orders_by_swing_and_sees_what_turns_the_verdict_round():
    def effect(mean):
        return effect_of(pd.Series(mean + np.linspace(-0.1, 0.1, 8)), unit="money")

    dials = (Dial("a", 0.0, 1.0), Dial("b", 0.0, 1.0))
    table = sensitivity.tornado(dials, [effect(1.0), effect(0.5), effect(2.0), effect(-3.0), effect(1.0)])
    assert list(table["dial"]) == ["b", "a"] and list(table["flips"]) == [True, False]
    assert table["swing"].tolist() == pytest.approx([4.0, 1.5])


class TestVerdicts:
    def test_the_effect_of_a_claim_at_any_point_is_what_it_is_alone(self, monkeypatch):
        wage, cost = Dial("economy.wage", 100.0, 1900.0), Dial("offer.unit_cost", 0.3, 0.5)
        told = []
        model = sensitivity.Verdicts(
            CHEAPER,
            TINY,
            tuple(range(6)),
            lambda plan: run_plan(plan, workers=1, progress=False).tables,
            lambda done, total: told.append((done, total)),
        )
        points = [{}, {wage: 1000.0}, {wage: 1700.0, cost: 0.3}, {cost: 0.5}]
        monkeypatch.setattr(sensitivity, "BATCH", 3)
        found = model.effects(points)
        assert told == [(3, 4), (4, 4)]
        # A wage of 700 instead of what the point says is the whole effect, on every salesperson-month.
        assert found[2].value == pytest.approx(12 * 1000, rel=0.2) and found[0].value == found[1].value
        alone = model.plan(points[3])
        assert isinstance(alone, Plan)
        verdict = CHEAPER.analyse(run_plan(alone, workers=1, progress=False).tables).verdicts[0]
        assert found[3].differences == pytest.approx(verdict.effects[0].differences)
        assert isinstance(found[0], Effect)

    def test_a_point_whose_runs_all_fail_has_no_effect_and_the_others_keep_theirs(self):
        """Also where only one table of a point is empty, and where the first point is the one that fails."""
        wage = Dial("economy.wage", 100.0, 1900.0)
        claim = replace(claims.load("herd"), measures=(Measure("horizons", _frail), Measure("more", _frailer)))
        model = sensitivity.Verdicts(claim, TINY, (0, 1), lambda plan: run_plan(plan, workers=1, progress=False).tables)
        found = model.effects([{wage: 1900.0}, {wage: 1700.0}, {wage: 1000.0}])
        assert [effect.n for effect in found] == [0, 2, 2] and math.isnan(found[0].value)
        table = sensitivity.tornado([wage], [found[1], found[0], found[2]])
        assert math.isnan(table["swing"].item())
        assert "no dial" in said(partial(sensitivity_figure.tornado, table=table, claim="frail", unit="money"))[0]


def _frail(result):
    if result.scenario.economy.wage > 1800:
        raise ZeroDivisionError("as if the market broke")
    return HORIZONS.of(result)


def _frailer(result):
    return _frail(result).iloc[: 0 if result.scenario.economy.wage > 1500 else None]


class TestCommand:
    SMALL = ("--set", "customers.count=60", "--months", "6", "--seeds", "2", "--workers", "1")
    FEW = ("--trajectories", "2", "--top", "2", "--samples", "8")

    def test_a_claim_from_screening_to_indices(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "FORMATS", dict.fromkeys(style.FORMATS, ("png",)))
        dials = ("--dials", "economy.wage", "word_of_mouth.gossip=0:0.9", "customers.churn")
        assert cli.main(["sensitivity", "herd", *dials, *self.SMALL, *self.FEW, "--out", "one"]) == 0
        said = capsys.readouterr()
        assert (
            "3 dials, 47 points (7 tornado + 8 Morris + 32 Sobol)" in said.err
            and "less than a minute on 1 worker" in said.err
        )
        assert "interval of the total" in said.out and "supports the claim in" in " ".join(said.out.split())
        tables = {name: pd.read_csv(f"one/{name}.csv") for name in ("tornado", "morris", "sobol")}
        assert [len(table) for table in tables.values()] == [3, 3, 2]
        assert set(tables["sobol"]["dial"]) == set(tables["morris"]["dial"][:2])
        assert json.loads((tmp_path / "one/about.json").read_text())["seeds"] == [0, 1]
        made = {name: (tmp_path / f"one/{name}.csv").read_bytes() for name in tables}
        for kind in ("paper", "slide"):
            assert {p.stem for p in (tmp_path / "one/figures" / kind).iterdir()} == set(tables)
        # Again, from the store: nothing is run, and the same comes out.
        again = ["sensitivity", "herd", *dials, *self.SMALL, *self.FEW, "--out", "two"]
        monkeypatch.setattr("longgame.experiments.runs.runner.execute", None)
        assert cli.main(again) == 0
        assert all((tmp_path / f"two/{name}.csv").read_bytes() == text for name, text in made.items())

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (("hurd",), "did you mean `herd`"),
            (("herd", "--dials", "customers.churn"), "give at least two"),
            (("herd", "--dials", "customers.churn", "customers.churn=0:0.1"), "is turned twice"),
            (("herd", "--samples", "12"), "power of 2"),
        ],
    )
    def test_what_does_not_go_is_told_in_a_line(self, options, told, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        assert cli.main(["sensitivity", *options]) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1 and not any(tmp_path.iterdir())

    def test_without_the_extra_a_line_says_how_to_install_it(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        original = builtins.__import__

        def without(name, *args, **kwargs):
            if name.partition(".")[0] == "SALib":
                raise ModuleNotFoundError(name)
            return original(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without)
        assert cli.main(["sensitivity", "herd"]) == 2
        assert capsys.readouterr().err == (
            "longgame sensitivity: sensitivity: needs the extra `sensitivity`; install it with: pip install "
            "'longgame[sensitivity]'\n"
        )


def test_every_dial_of_the_scenario_can_be_turned_at_once():
    from longgame.experiments.design import dials

    every = dials.every_dial(Scenario())
    points = sensitivity._points(every, np.random.default_rng(1).uniform(size=(3, len(every))))
    for point in points:
        assert dials.turned(Scenario(), point) != Scenario()
    assert SimpleNamespace(**dict(sensitivity.stages(len(every), 2, 3, 8))).Sobol == 40
