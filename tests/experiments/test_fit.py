"""The search of the best conduct: known optima, no winner's curse, the command."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.cli import main as cli
from longgame.experiments.figures import style
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.studies import best_conduct as fit
from longgame.experiments.studies import best_conduct_figure as fit_figure
from longgame.experiments.studies.best_conduct import BESIDE, Contest
from longgame.sim import Scenario
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario_files import load_scenario

BASE = STRATEGIES["collaborative"].with_prospects
SMALL = Scenario(months=12).but({"customers.count": 200})


def contest(dials, rivals=(), scenario=SMALL):
    return Contest(scenario, dials, rivals, "singleton", BASE)


class TestEvolve:
    @settings(max_examples=10)
    @given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=4))
    def test_a_known_optimum_is_found_within_the_budget(self, best):
        asked = []

        def worth(candidates):
            asked.append(len(candidates))
            return -((candidates - np.array(best)) ** 2).sum(axis=1)

        found = fit.evolve(worth, [(0.0, 1.0)] * len(best), 400, 1)
        assert np.allclose(found, best, atol=0.06) and sum(asked) <= 400

    def test_candidates_to_start_from_are_tried_and_the_same_seed_finds_the_same(self):
        seen = []

        def worth(candidates):
            seen.extend(map(tuple, candidates.round(6)))
            return candidates.sum(axis=1)

        one = fit.evolve(worth, [(0, 1)] * 2, 30, 4, start=[(0.25, 0.75)])
        assert seen[0] == (0.25, 0.75)
        assert (one == fit.evolve(worth, [(0, 1)] * 2, 30, 4, start=[(0.25, 0.75)])).all()


def made_up(truth, noise):
    """Return what answers plans: profit is a function of the conduct, and luck of run and market."""
    seeds = []

    def answer(plan):
        seeds.append(plan.seeds)
        rows = []
        for name, market in plan.markets.items():
            (strategy,) = {s for group in market.firms if group.name.startswith("fitted") for s in group.strategies}
            value = truth(market.strategy(strategy).with_prospects)
            for seed in plan.seeds:
                luck = np.random.default_rng([seed, int(market.key(), 16)]).normal(0, noise)
                row = {"market": name, "seed": seed, "group": "fitted-singleton", "profit": value + luck}
                rows.append({**row, "months": 12})
        return {"horizons": pd.DataFrame(rows)}

    return answer, seeds


def test_three_sets_of_seeds_are_used_in_turn_and_the_curse_is_not_told():
    dials = {"pressure": (0.0, 1.0), "markup": (0.0, 1.0)}
    answer, seeds = made_up(lambda conduct: 0.0, noise=100.0)
    sets = fit.seed_sets(2, 20, 20)
    found = fit.fit(contest(dials), answer, budget=200, seeds=sets, seed=1)
    assert dict.fromkeys(seeds) == dict.fromkeys(sets) and list(dict.fromkeys(seeds)) == list(sets)
    assert found.searched > 100  # the first of two hundred by luck alone
    assert found.profit.low < 0 < found.profit.high and abs(found.profit.value) < 70
    assert set(found.ahead) == set(BESIDE) and found.ahead["adversarial"].sign is None


def test_the_optimum_of_a_known_market_and_its_way_from_adversarial_to_collaborative():
    dials = {"pressure": (0.0, 1.0), "overpromise": (0.0, 1.0)}
    answer, _ = made_up(lambda c: -((c.pressure - 0.2) ** 2) - (c.overpromise - 0.2) ** 2, noise=0.0)
    found = fit.fit(contest(dials), answer, budget=120, seeds=fit.seed_sets(2, 6, 6), seed=1)
    assert found.dial("pressure") == pytest.approx(0.2, abs=0.05)
    assert found.way == pytest.approx(0.75, abs=0.05)  # both opponents: 0.8 and 0
    assert found.ahead["adversarial"].value == pytest.approx(0.72, abs=0.01)
    low, high = found.between("pressure")
    assert low <= found.dial("pressure") <= high
    assert not fit_figure.finding([found]).endswith("clearly earns more there")
    ahead = {**found.ahead, "adversarial": effect_of(pd.Series([-3.0, -2.5, -2.0, -2.6, -2.8, -2.1]), unit="money")}
    assert "; yet adversarial clearly earns more" in fit_figure.finding([found, replace(found, ahead=ahead)])
    at_ends = [fit.Fit(contest(dials), STRATEGIES[n], *[None] * 5).way for n in BESIDE]
    assert at_ends == pytest.approx([0, 1])


def test_candidates_stay_in_a_range_finer_than_their_digits():
    conduct = contest({"pressure": (0.001, 0.004)}).strategy([0.002]).with_prospects
    assert conduct.pressure == 0.001


def test_where_everybody_buys_whatever_it_costs_the_dearest_is_best():
    from longgame.experiments.runs.runner import run_plan

    market = SMALL.but({"choice.decides": False, "customers.count": 60, "service.remorse": 0.0})
    found = fit.fit(
        contest({"markup": (0.0, 1.0)}, scenario=market.but(months=6)),
        lambda plan: run_plan(plan, workers=1, progress=False).tables,
        budget=20,
        seeds=fit.seed_sets(2, 6, 6),
        seed=1,
    )
    assert found.dial("markup") > 0.85 and found.profit.n == 6


class TestCommand:
    SMALL = ("--set", "customers.count=60", "--seeds", "1", "--fresh", "6", "--budget", "6", "--workers", "1")

    def test_rivals_and_base_of_ones_own(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        Path("own.toml").write_text(
            "[[strategies]]\nname = 'mine'\ndescription = 'x'\n[strategies.with_prospects]\nmarkup = 0.7\n"
        )
        ask = ["fit-strategy", "--months", "3", "--dials", "pressure", *self.SMALL, "--out", "one"]
        assert cli.main([*ask, "--against", "own.toml", "--base", "own.toml"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "Dials that were not searched are those of own.toml." in said and "beside mine rivals" in said
        market = load_scenario("one/fitted-3.toml")
        assert {name for group in market.firms for name in group.strategies} == {"fitted", "mine"}
        assert market.strategy("fitted").with_prospects.markup == 0.7

    def test_a_scenario_that_simulate_accepts_and_the_same_again(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "FORMATS", dict.fromkeys(style.FORMATS, ("png",)))
        ask = ["fit-strategy", "--horizons", "3", "6", "--dials", "pressure", "markup=0:0.8", *self.SMALL]
        assert cli.main([*ask, "--out", "one"]) == 0
        said = capsys.readouterr()
        assert "2 searches of 6 candidates at most" in said.err
        assert "of the way from adversarial to collaborative over 3 months" in " ".join(said.out.split())
        table = pd.read_csv("one/fits.csv")
        assert list(table["months"]) == [3, 6] and table["n"].eq(6).all()
        for months in (3, 6):
            market = load_scenario(f"one/fitted-{months}.toml")
            assert market.months == months and market.firms[0].strategies == {"fitted": 1}
            assert market.strategy("fitted").with_prospects.discovery == BASE.discovery
        assert tomllib.loads((tmp_path / "one/fitted-3.toml").read_text())["strategies"][0]["name"] == "fitted"
        assert cli.main(["simulate", "--scenario", "one/fitted-3.toml", "--out", "run"]) == 0
        assert "fitted-singleton" in capsys.readouterr().out
        monkeypatch.setattr("longgame.experiments.runs.runner.execute", None)  # everything is in the store
        assert cli.main([*ask, "--out", "two"]) == 0
        assert (tmp_path / "two/fits.csv").read_bytes() == (tmp_path / "one/fits.csv").read_bytes()

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (("--dials", "presure"), "did you mean `pressure`"),
            (("--dials", "pressure=0:3"), "--dials pressure=0:3: pressure is 3.0; it must be at least 0 and at most 1"),
            (("--dials", "pressure=0.5:0.2"), "is no range"),
            (("--budget", "3"), "--budget 3: is no search; give at least 5 candidates"),
            (("--against", "pushy"), "--against pushy: is not a strategy"),
            (("--against", "milker", "milker"), "names a strategy twice"),
        ],
    )
    def test_what_does_not_go_is_told_in_a_line(self, options, told, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        assert cli.main(["fit-strategy", *options]) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1 and not any(tmp_path.iterdir())
