"""Strategy cards: declared from the library, measured from one file, the same on page and screen."""

import json
import math
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.default_market import DEFAULT
from longgame.experiments.cli import main as cli
from longgame.experiments.design.compositions import market, market_firms, mixed
from longgame.experiments.runs.runner import run_plan
from longgame.experiments.studies import cards, cards_page
from longgame.experiments.studies import cards_measured as measuring
from longgame.experiments.studies import cards_traits as traits
from longgame.experiments.studies.tournament import EVENTS, LOST, WON
from longgame.experiments.words import number
from longgame.sim import Scenario, run
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import MODEL_VERSION
from longgame.sim.strategy import Conduct
from longgame.sim.trust import trust_in

TINY = Scenario(months=12).but({"customers.count": 200})


class TestTraits:
    @given(st.floats(0, 1))
    def test_trust_left_is_what_the_model_makes_of_one_experience(self, x):
        p = TINY.trust
        evidence = SimpleNamespace(good=x, bad=p.negativity * (1 - x))
        rule = getattr(trust_in, "py_func", trust_in)
        assert traits.trust_left(TINY, x) == pytest.approx(rule(evidence, p.prior, p.seller_weight))

    def test_deals_are_counted_as_deceiving_by_the_conduct_in_force(self):
        before, month = pd.Series([0, 2, 3, 5]), pd.Series([1, 2, 3, 12])

        def lied(name, end=12):
            return traits.deceives(STRATEGIES[name], before, month, end).tolist()

        assert lied("adversarial") == [True] * 4 and lied("principled") == [False] * 4
        assert lied("milker") == [False, False, True, True]
        assert lied("quitter", end=23) == [False, False, False, True]

    def test_traits_of_a_run_follow_from_its_orders(self):
        strategies = ("adversarial", "principled")
        scenario = market(TINY, mixed(strategies, market_firms(TINY, "singleton"), "singleton")[0])
        result = run(scenario, 3, orders=True)
        table = traits.of_deals(result).set_index("strategy")
        assert list(table["deception"].loc[list(strategies)]) == [1, 0]
        theirs = result.orders[result.orders["strategy"] == "adversarial"]
        row = table.loc["adversarial"]
        assert row["price_over_value"] == pytest.approx(theirs["amount"].sum() / theirs["delivered"].sum())
        assert row["overclaim"] > table.loc["principled", "overclaim"]
        assert row["trust_destroyed"] > table.loc["principled", "trust_destroyed"]
        assert table["trust_destroyed"].between(-0.17, 0.25).all()  # what one experience can do


class TestMeasured:
    """The committed file."""

    def test_it_names_every_library_strategy_and_this_model(self):
        found = cards.load()
        assert found.about["model"] == MODEL_VERSION, "measure again: longgame cards"
        assert found.about["key"] == CONFIGURATIONS[DEFAULT].key()
        assert found.about["command"].startswith("longgame cards") and found.about["seeds"]["tournament"] >= 6
        for market_ in cards.MARKETS:
            assert set(found.traits[market_]) == set(STRATEGIES)
            assert all(set(values) == set(traits.TRAITS) for values in found.traits[market_].values())
        for event in EVENTS:
            assert set(found.league.loc[found.league["event"] == event, "strategy"]) == set(STRATEGIES)
        assert set(found.duels["ours"]) == set(STRATEGIES)

    def test_it_is_written_as_it_is_read(self):
        assert cards.dump(cards.load()) == cards.DATA.read_text(encoding="utf-8")

    def test_who_beats_whom_is_the_same_from_both_sides(self):
        found = cards.load()
        for name in STRATEGIES:
            for rival in found.result(name, WON):
                assert name in found.result(rival, LOST)

    def test_the_worst_market_is_the_one_that_earns_least(self):
        found = cards.load()
        for name in STRATEGIES:
            where, profit = found.worst(name)
            assert profit <= found.duels.loc[found.duels["ours"] == name, "payoff"].min()
            assert where == "a market of its own" or " of a market of " in where

    def test_measuring_again_on_a_small_market(self, monkeypatch):
        few = {name: STRATEGIES[name] for name in ("adversarial", "milker", "principled")}
        monkeypatch.setattr(measuring, "STRATEGIES", few)
        plans = measuring.plans(TINY.but(months=6), 6, 2)
        assert [len(plan.seeds) for plan in plans] == [6, 2]

        def answer(plan):
            return run_plan(plan, workers=1, progress=False).tables

        found = measuring.measured(TINY, plans, answer, {"command": "x"})
        again = cards.Measured(
            found.about, found.traits, *(pd.DataFrame(t) for t in (found.league, found.duels)), found.half
        )
        tree = json.loads(cards.dump(again))
        assert set(tree["traits"]["mixed"]) == set(few) and tree["half"] == 0.5
        assert re.match(r"place \d+( \(\d+–\d+\))? of 3 in duels", cards.record_line(found, "milker"))


class TestCards:
    def test_the_page_is_what_the_code_and_the_measured_file_say(self):
        page = cards.DATA.parents[2] / "docs" / "strategies.md"
        assert page.read_text(encoding="utf-8") == cards_page.page(cards.load()), "run python docs/generate.py"

    @pytest.mark.parametrize("name", STRATEGIES)
    def test_show_prints_everything_declared_and_measured(self, name, capsys):
        assert cli.main(["show", name]) == 0
        said = " ".join(capsys.readouterr().out.split())
        strategy = STRATEGIES[name]
        for text in (strategy.description, strategy.origin, strategy.weakness):
            assert " ".join(text.split()) in said
        for conduct in cards.phases(strategy).values():
            assert cards.in_words(conduct) in said
        row = cards.load().league.set_index(["event", "strategy"]).loc[("duel", name)]
        assert f"Tournament: place {row['rank']:.0f}" in said
        assert f"{number(row['payoff'])} per salesp" in said
        assert "relational quotient" in said and "Is beaten by:" in said and "in duels for half" in said

    def test_a_strategy_of_ones_own_is_shown_as_far_as_it_is_declared(self, tmp_path, capsys):
        own = tmp_path / "own.toml"
        own.write_text('[[strategies]]\nname = "mine"\ndescription = "sells"\nskill = 0.5\n')
        assert cli.main(["show", "mine", "--scenario", str(own)]) == 0
        shown = capsys.readouterr().out
        assert cli.main(["show", str(own)]) == 0
        said = capsys.readouterr().out
        assert said == shown
        assert "mine: sells" in said and "Skill: 0.5" in said and "Tournament" not in said

    def test_a_wrong_name_is_told_in_a_line(self, capsys):
        assert cli.main(["show", "adverserial"]) == 2
        assert capsys.readouterr().err == (
            "longgame show: show adverserial: is not a strategy; did you mean `adversarial`?\n"
        )

    @given(st.floats(0, 1), st.floats(-0.9, 5), st.floats(-10, 1))
    def test_every_conduct_can_be_said(self, dial, markup, walk_away):
        conduct = Conduct(discovery=dial, overpromise=dial, pressure=dial, markup=markup, walk_away=walk_away)
        said = cards.in_words(conduct)
        assert ", ," not in said and "nan" not in said and len(said.split(", ")) >= 7

    def test_phases_are_all_conducts(self):
        for strategy in STRATEGIES.values():
            told = list(cards.phases(strategy).values())
            assert all(conduct in told for conduct in strategy.conducts())

    def test_numbers_that_are_missing_are_a_dash(self):
        found = cards.load()
        empty = {t: [None] * 3 for t in traits.TRAITS}
        hole = cards.Measured(
            found.about, {m: {"x": empty} for m in cards.MARKETS}, found.league, found.duels, found.half
        )
        assert all(row[1:] == ["–"] * 4 for row in cards.trait_rows(hole, "x"))
        assert all(math.isnan(v) for v in traits.values(empty, "profit"))
