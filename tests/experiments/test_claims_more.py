"""Claims about mixtures, pay, hiring, invasion and maps: false where they must be, and their exact pieces."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.claims import bad_apple, bell, frontier, invasion, resistance, spots, stakes, three_trusts
from longgame.experiments.design import arms, grids
from longgame.experiments.inference.games import fixation_along, fixation_probability, rare_mutation_shares
from longgame.experiments.measures import kept as measures
from longgame.experiments.runs.runner import run_plan
from longgame.sim import STRATEGIES, Scenario, Strategy, firms, run
from tests.experiments.conftest import SMALL

SEEDS = tuple(range(6))
TINY = SMALL.but({"customers.count": 300})


def verdicts(module, scenario, seeds=SEEDS):
    """Return the verdicts of the claim of a module in a market."""
    outcome = run_plan(module.CLAIM.plan(scenario, seeds), workers=1, progress=False)
    assert not outcome.failures, outcome.failures[0].details
    return module.CLAIM.verdicts(outcome.tables)


class TestMixture:
    PARTS = (("collaborative", 0.9), ("adversarial", 0.1))

    @pytest.mark.parametrize("kind", arms.ORGANISATIONS)
    @pytest.mark.parametrize("sellers", [2, 11, 20, 40, 101])
    def test_as_many_salespeople_as_whole_firms_allow_and_nobody_left_out(self, kind, sellers):
        scenario = Scenario(firms=firms("adversarial", singletons=sellers))
        parts = [(arms.Arm(name, kind), share) for name, share in self.PARTS]
        made = arms.mixture(scenario, parts)
        assert [g.name for g in made.firms] == [f"{name}-{kind}" for name, _ in self.PARTS]
        members = made.firms[0].members
        assert abs(made.sellers - sellers) <= max(members, 2 * members - sellers)
        per_head = scenario.customers.count / scenario.sellers
        assert made.customers.count == pytest.approx(made.sellers * per_head, abs=0.5)
        whole = [group.model_dump() for group in scenario.firms]
        before = {"customers.count": scenario.customers.count}
        assert made.but(before, firms=whole, name="default") == scenario

    def test_shares(self):
        parts = [(arms.Arm(name, "singleton"), share) for name, share in self.PARTS]
        assert [g.count for g in arms.mixture(Scenario(), parts).firms] == [36, 4]

    def test_size_and_policy_are_the_scenarios(self):
        made = arms.mixture(TINY, [(arms.Arm("milker", arms.HERD), 1.0)])
        assert made.firms[0].members == arms.herd_size(TINY, 1) == 5
        assert made.firms[0].rules == arms.policy_of(TINY, arms.HERD)


@pytest.fixture(scope="module")
def result():
    """A run in which everybody looks at others' pay every year."""
    return run(TINY.but({"staffing.imitation": 1.0, "staffing.selection": 20.0}), seed=3)


class TestMeasures:
    def test_at_end_is_the_last_horizon(self, result):
        every = measures.by_horizon(result)
        last = every[every["months"] == 24].reset_index(drop=True)
        pd.testing.assert_frame_equal(measures.at_end(result), last)

    def test_members_add_up_to_their_group(self, result):
        members, groups = measures.members_by_horizon(result), measures.by_horizon(result)
        total = (members["profit"] * members["salesperson_years"]).groupby([members["group"], members["months"]])
        whole = (groups["profit"] * groups["salesperson_years"]).groupby([groups["group"], groups["months"]])
        pd.testing.assert_series_equal(total.sum(), whole.sum(), check_index_type=False)

    def test_shares_of_strategies(self, result):
        shares = measures.strategy_shares(result)
        sums = shares.groupby(["group", "months"])[["share", "start"]].sum()
        assert np.allclose(sums, 1)
        end = shares[shares["months"] == 24].set_index(["group", "strategy"])["share"]
        staff = result.salespeople[result.salespeople["left"].isna()]
        counted = staff.groupby("group", observed=True)["strategy"].value_counts(normalize=True)
        assert end[end > 0].to_dict() == pytest.approx(counted[counted > 0].to_dict())
        assert float(end.xs("adversarial", level="strategy").to_numpy().min()) < 1  # somebody copied

    def test_market(self, result):
        found = measures.market_by_horizon(result).set_index("months")
        month = result.market
        assert found.loc[24, "needs"] == month["needs"].sum()
        assert found.loc[24, "stayed_away"] == pytest.approx(1 - month["approached"].sum() / month["needs"].sum())
        half = month[month["month"] <= 12]
        assert found.loc[12, "trust_general"] == pytest.approx(np.average(half["trust_general"], weights=half["needs"]))


class TestFalseByConstruction:
    def test_no_resistance_where_experience_says_nothing_of_others(self):
        trust = verdicts(resistance, TINY.but({"trust.general_share": 0.0}))[0]
        assert trust.outcome == "does not hold"
        assert {e.value for e in trust.effects} == {0.0}

    def test_a_twin_spoils_nothing(self):
        twin = Strategy(
            name="twin", description="Sells like the others.", with_prospects=STRATEGIES["collaborative"].with_prospects
        )
        spoilt = arms.Arm("collaborative", arms.HERD, "spoilt", None, {"twin": 1})
        claim = replace(bad_apple.CLAIM, pairs=[(bad_apple.PURE, spoilt)], asks=bad_apple.CLAIM.asks[1:2])
        plan = claim.plan(TINY.but(strategies=[twin.model_dump()]), SEEDS)
        (herd,) = claim.verdicts(run_plan(plan, workers=1, progress=False).tables)
        assert [e.value for e in herd.effects if e.at["market"] == "separate markets"] == [pytest.approx(0, abs=1e-6)]
        assert herd.outcome != "holds"

    def test_how_one_hires_is_nothing_where_nobody_is_hired(self):
        still = TINY.but({"staffing.turnover": 0.0, "staffing.dismissal": 0.0})
        for verdict in verdicts(spots, still):
            alone = [e.value for e in verdict.effects if e.at["market"] == "separate markets"]
            assert alone == [0.0, 0.0] and verdict.outcome != "holds"

    def test_pay_is_nothing_to_those_who_do_not_look_at_it(self):
        blind = verdicts(bell, TINY.but({"staffing.selection": 0.0}))[0]
        alone = [e.value for e in blind.effects if e.at["market"] == "separate markets"]
        assert alone == [0.0] * 6 and blind.outcome != "holds"


class TestBell:
    def test_every_scheme_pays_for_one_thing_and_else_alike(self):
        markets = bell.CLAIM.plan(Scenario(), (0,)).markets
        groups = {g.name.removesuffix("-herd"): g for g in markets["shared"].firms}
        for scheme in bell.ARMS:
            pay = groups[scheme].rules.pay.model_dump(exclude={"lead_split"})
            assert {name: weight for name, weight in pay.items() if weight} == {scheme: 1.0}
        alike = {g.model_dump_json(exclude={"name": True, "policy": {"pay"}}) for g in groups.values()}
        assert len(alike) == 1

    def test_scenarios_own_imitation_is_kept(self):
        assert bell.CLAIM.plan(Scenario(), (0,)).markets["shared"].staffing.imitation == bell.IMITATION
        eager = Scenario().but({"staffing.imitation": 0.9})
        assert bell.CLAIM.plan(eager, (0,)).markets["shared"].staffing.imitation == 0.9

    def test_places_of_effects_are_told_apart(self):
        (share, *_) = verdicts(bell, TINY)
        places = [tuple(e.at.items()) for e in share.effects]
        assert len(set(places)) == len(places) == 12


class TestThreeTrusts:
    def test_survival(self):
        rows = [
            {
                "setting": "shared",
                "organisation": "herd",
                "staffing.turnover": t,
                "trust.brand_share": b,
                "group": "g",
                "seed": 0,
                "months": 12,
                "revenue": 100.0,
                "annuity_share": share,
            }
            for t, b, share in ((0, 0, 0.4), (0.5, 0, 0.1), (0, 1, 0.5), (0.5, 1, 0.4))
        ]
        found = three_trusts.survival(pd.DataFrame(rows)).set_index("trust.brand_share")
        assert found["survives"].to_dict() == pytest.approx({0: 0.25, 1: 0.8})
        assert found["lost"].to_dict() == pytest.approx({0: 0.75, 1: 0.2})


def pair_gaps(here, there, pay=100.0):
    """Return the gaps of collaborators among adversaries, and the other way round, over two seeds."""
    return pd.DataFrame(
        [
            {"invader": a, "resident": b, "organisation": "singleton", "seed": seed, "gap": gap + d, "pay": pay}
            for a, b, gap in (("collaborative", "adversarial", here), ("adversarial", "collaborative", there))
            for seed, d in ((0, -1), (1, 1))
        ]
    )


class TestInvasion:
    def test_gaps(self):
        rows = [
            {
                "invader": "order-taker",
                "resident": "adversarial",
                "organisation": "singleton",
                "invades": way == "order-taker",
                "seed": 0,
                "profit": profit,
                "pay": pay,
            }
            for way, profit, pay in (("order-taker", 70.0, 200.0), ("adversarial", 20.0, 100.0))
        ]
        (found,) = invasion.gaps(pd.DataFrame(rows)).to_dict("records")
        assert (found["invader"], found["resident"]) == ("order-taker", "adversarial")
        assert found["gap"] == 50 and found["pay"] == pytest.approx(110)

    def test_taking_over_with_an_even_gap_is_the_closed_form(self):
        chance = invasion.take_over(pair_gaps(30.0, -30.0), "collaborative", "adversarial")
        assert chance == pytest.approx(fixation_probability(invasion.CROWD, 0.3, invasion.SELECTION))
        none = invasion.take_over(pair_gaps(30.0, -30.0, pay=0.0), "collaborative", "adversarial")
        assert none == pytest.approx(1 / invasion.CROWD)

    def test_who_gains_when_rare_on_both_sides_has_a_chance_between(self):
        both = invasion.take_over(pair_gaps(30.0, 30.0), "collaborative", "adversarial")
        assert both < fixation_probability(invasion.CROWD, 0.3, invasion.SELECTION)

    def test_fixation_does_not_overflow(self):
        for gap in (-1.0, -1e-18, 1e-18, 0.01, 1.0):
            for n in (2, 20, 1000):
                assert fixation_probability(n, gap, 1.0) == pytest.approx(fixation_along([gap] * (n - 1), 1.0))
        assert fixation_along([-1e6] * 19, 2.0) == 0.0 and fixation_along([1e6] * 19, 2.0) == 1.0

    def test_long_run_shares(self):
        assert rare_mutation_shares(np.log(np.full((3, 3), 0.05))) == pytest.approx([1 / 3] * 3)
        cycle = np.array([[0, 0.9, 0.0], [0.0, 0, 0.3], [0.9, 0.0, 0]])  # each loses to the next
        with np.errstate(divide="ignore"):
            assert rare_mutation_shares(np.log(cycle)) == pytest.approx([0.2, 0.6, 0.2])

    def test_a_tenth_invades(self):
        made = invasion.CLAIM.plan(Scenario(), (0,)).markets
        n = len(invasion.STRATEGIES)
        assert len(made) == n * (n - 1) + 2
        for name, market in made.items():
            resident, invader = market.firms
            labels = made.labels[name]
            assert set(invader.strategies) == {labels["invader"]} and set(resident.strategies) == {labels["resident"]}
            assert market.sellers == 40 and invader.count * invader.members in (4, 5)


class TestMaps:
    def test_rarer_needs_of_more_customers_are_as_much_work(self):
        made = frontier.CLAIM.plan(Scenario(), (0,)).markets
        work = {m.customers.rate * m.customers.count for m in made.values()}
        assert work == {1000.0}
        made = stakes.CLAIM.plan(Scenario(), (0,)).markets
        fewer = [m for m in made.values() if m.customers.count == 1000]
        assert len(fewer) == 5 and {m.customers.rate for m in fewer} == {1.0}

    def test_values_of_a_grid_are_labels_to_the_last_digit(self):
        made = grids.grid(Scenario(), {"trust.prior": [1 / 3, 0.5], "months": [12]}, [arms.Arm("milker", "herd")])
        assert [labels["trust.prior"] for labels in made.labels.values()] == [1 / 3, 1 / 3, 0.5, 0.5]
        assert {labels["run_months"] for labels in made.labels.values()} == {12}
        table = made.labelled(pd.DataFrame({"market": list(made), "seed": 0, "months": 12, "v": range(4)}))
        assert table.loc[arms.chosen(table, {"trust.prior": 1 / 3, "setting": "shared"}), "v"].tolist() == [0]
