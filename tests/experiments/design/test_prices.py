"""Equal and best prices, needs that are held, and comparisons that are void."""

from __future__ import annotations

import json

import pytest

from longgame.default_market import DEFAULT
from longgame.experiments import contracts
from longgame.experiments.claim import Ask
from longgame.experiments.design.arms import Arm, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES, Dial
from longgame.experiments.design.plan import Plan
from longgame.experiments.design.prices import FILE, at_best_price, at_markup, at_price_of, best_markup, best_markups
from longgame.experiments.inference.pairs import effects, is_void, say_void
from longgame.experiments.measures.kept import HORIZONS
from longgame.sim import STRATEGIES, Scenario
from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE, chance_of_need, needs_per_seller

# -- prices ---------------------------------------------------------------------------------------------------


def without_prices(strategy):
    """Return the dials of all phases but the markup."""
    return {
        phase: {name: value for name, value in dials.items() if name != "markup"} if dials else dials
        for phase in strategy.PHASES
        for dials in [getattr(strategy, phase) and getattr(strategy, phase).model_dump()]
    }


@pytest.mark.parametrize("name", ["milker", "loss-leader", "adversarial", "collaborative"])
def test_one_price_for_everybody_and_all_else_as_it_was(name):
    strategy = STRATEGIES[name]
    priced = at_markup(name, 0.45, "fair")
    assert priced.name == "fair" and priced == at_markup(strategy, 0.45, "fair")
    phases = [getattr(priced, phase) for phase in strategy.PHASES]
    assert {phase.markup for phase in phases if phase} == {0.45}
    assert without_prices(priced) == without_prices(strategy)
    same = {"name", "description", *strategy.PHASES}
    assert priced.model_dump(exclude=same) == strategy.model_dump(exclude=same)


def test_equal_prices_are_those_of_the_other_side():
    arm = at_price_of("adversarial", "collaborative", "herd")
    assert arm.strategy.with_prospects.markup == STRATEGIES["collaborative"].with_prospects.markup
    assert (arm.way, arm.organisation) == ("adversarial-equal", "herd")
    assert arm.title == "adversarial at equal prices"


def test_best_prices_were_searched_where_the_file_says():
    about = json.loads(FILE.read_text(encoding="utf-8"))["about"]
    assert about["command"].startswith("longgame fit-strategy ") and "--dials markup" in about["command"]
    assert set(best_markups()) == set(PLAUSIBLE)
    for name, found in best_markups().items():
        assert name in CONFIGURATIONS
        assert {"collaborative", "adversarial", "order-taker"} <= set(found) <= set(STRATEGIES)
        assert all(0.0 < markup < 2.0 for markup in found.values())


def test_the_best_price_of_a_market_and_of_one_that_nobody_searched():
    known = CONFIGURATIONS[DEFAULT]
    assert best_markup(known, "adversarial") == best_markups()[DEFAULT]["adversarial"]
    for unknown in (known.but(name="mine"), Scenario(), CONFIGURATIONS["used-cars"]):
        assert best_markup(unknown, "collaborative") == best_markups()[DEFAULT]["collaborative"]
    with pytest.raises(KeyError, match="milker"):
        best_markup(known, "milker")


def test_a_market_of_its_own_prices_is_not_given_those_of_the_default(monkeypatch):
    made = {DEFAULT: {"collaborative": 0.1}, "projects": {"collaborative": 0.2}}
    monkeypatch.setattr("longgame.experiments.design.prices.best_markups", lambda: made)
    for name, markup in (("projects", 0.2), (DEFAULT, 0.1), ("anonymous", 0.1)):
        arm = at_best_price(CONFIGURATIONS[name], "collaborative", "singleton")
        assert arm.strategy.with_prospects.markup == markup
        assert (arm.way, arm.title) == ("collaborative-best", "collaborative at its best price")


def test_without_a_market_an_arm_at_its_best_price_has_a_name():
    arm = at_best_price(None, "collaborative", "herd")
    assert arm.name == "collaborative-best-herd"
    assert arm.name == at_best_price(CONFIGURATIONS[DEFAULT], "collaborative", "herd").name


# -- needs that are held ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.05, 0.25, 1.0, 6.0])
@pytest.mark.parametrize("spread", [0.0, 0.8, 2.0])
def test_frequency_is_turned_with_the_number_of_needs_held(rate, spread):
    scenario = Scenario().but({"customers.rate_spread": spread})
    turned = FREQUENCY.at(scenario, rate)
    needs = [s.customers.count * chance_of_need(s.customers.rate, spread) for s in (scenario, turned)]
    # The number of customers is whole.
    assert turned.customers.rate == rate and needs[1] == pytest.approx(needs[0], abs=chance_of_need(rate, spread))
    assert FREQUENCY.at(scenario, scenario.customers.rate) == scenario


def test_needs_held_by_hand():
    scenario = Scenario().but({"customers.rate_spread": 0.0, "customers.rate": 0.1, "customers.count": 1000})
    # 1000 · (1 - exp(-.1)) = 95.16 needs a month; with a chance of 1 - exp(-1) = .632 of 151 customers.
    assert FREQUENCY.at(scenario, 1.0).customers.count == 151
    # In weeks: 4 · 1000 · (1 - exp(-.025)) = 98.76 needs, and 4 · (1 - exp(-.25)) = .885 of each of 112 customers.
    weeks = scenario.but({"attention.capacity": 9_600}, step="week")
    assert FREQUENCY.at(weeks, 1.0).customers.count == 112
    assert needs_per_seller(weeks) * weeks.sellers == pytest.approx(98.76, abs=0.01)


def test_any_other_dial_holds_the_product():
    dial = Dial("customers.stake", 100.0, 4000.0, holding="economy.wage")
    turned = dial.at(Scenario(), 4000.0)
    assert (turned.customers.stake, turned.economy.wage) == (4000.0, 500.0)
    assert str(dial) == "customers.stake (× economy.wage held)"
    assert RANGES["choice.hope"].at(Scenario(), 0.5).choice.hope == 0.5


# -- comparisons that are void ----------------------------------------------------------------------------------------


def caring(label, aftercare):
    strategy = STRATEGIES["collaborative"]
    conduct = strategy.with_prospects.but(aftercare=aftercare)
    made = {"name": label, "with_prospects": conduct, "with_clients": None, "endgame": None, "endgame_months": 0}
    return Arm(type(strategy).model_validate({**strategy.model_dump(), **made}), "singleton")


CARE, CARELESS = caring("care", 1.0), caring("careless", 0.0)


@pytest.fixture(scope="module")
def tables():
    """Return tables of seller with and without aftercare, where nothing ever fails and where something does."""
    runs = contracts.Runs()
    found = {}
    for name, issue in (("nothing fails", 0.0), ("failures", 0.5)):
        scenario = contracts.MARKET.but({"service.issue": issue})
        found[name] = runs(Plan(markets(scenario, [CARE, CARELESS]), range(6), [HORIZONS]))
    return found


def test_what_cannot_act_makes_the_same_books(tables):
    without, with_ = tables["nothing fails"]["horizons"], tables["failures"]["horizons"]
    assert is_void(without, "separate", CARE, CARELESS) and not is_void(with_, "separate", CARE, CARELESS)
    # In one market they have different posts, so their luck differs.
    assert not is_void(without, "shared", CARE, CARELESS)
    assert is_void(without, "shared", CARE, CARE)
    assert not is_void(without.iloc[:0], "separate", CARE, CARELESS)  # no runs, no finding
    assert not is_void(without, "separate", CARE, caring("unknown", 0.5))


def test_one_cent_is_a_difference(tables):
    rows = tables["nothing fails"]["horizons"].copy()
    row = rows.index[(rows["setting"] == "separate") & (rows["group"] == CARE.name)][-1]
    column = rows.select_dtypes("float").columns[-1]
    rows.loc[row, column] += 0.01
    assert not is_void(rows, "separate", CARE, CARELESS)
    # The order of rows is none.
    mixed = tables["nothing fails"]["horizons"].sample(frac=1.0, random_state=1)
    assert is_void(mixed, "separate", CARE, CARELESS)


def test_void_comparisons_are_left_out_and_named(tables):
    for name, left_out in (("nothing fails", True), ("failures", False)):
        found = effects(tables[name], [(CARE, CARELESS)], "profit", 24, unit="money")
        assert [effect.at["market"] for effect in found] == (
            ["shared market"] if left_out else ["shared market", "separate markets"]
        )
        said = say_void(tables[name]["horizons"], [(CARE, CARELESS)])
        expected = "Left out, as the books of both sides are the same: care and careless, singletons, separate markets."
        assert said == (expected if left_out else "")


def test_a_verdict_says_what_was_left_out(tables):
    ask = Ask(
        question="Does care pay?",
        finding="care earned {amount} {direction}",
        column="profit",
        unit="money",
        kinds={"separate": "separate markets"},
    )
    void = ask.verdict("care", tables["nothing fails"], [(CARE, CARELESS)])
    assert not void.effects and void.reasons[-1].startswith("Left out, as the books of both sides are the same")
    assert void.outcome == "undecided"
    assert len(ask.verdict("care", tables["failures"], [(CARE, CARELESS)]).effects) == 1
