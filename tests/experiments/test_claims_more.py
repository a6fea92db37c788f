"""Claims about mixtures, pay, hiring, invasion and maps: false where they must be, and their exact pieces."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.claims import (
    bad_apple,
    bell,
    frontier,
    invasion,
    resistance,
    respect,
    spots,
    stakes,
    three_trusts,
    war,
    win_win_win,
)
from longgame.experiments.design import arms, grids
from longgame.experiments.inference.games import fixation_along, fixation_probability, rare_mutation_shares
from longgame.experiments.measures import kept as measures
from longgame.experiments.runs.runner import run_plan
from longgame.sim import STRATEGIES, Scenario, Strategy, firms, run
from longgame.sim.configurations import CONFIGURATIONS, chance_of_need
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
        assert made.but(before, firms=whole, name=scenario.name) == scenario

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
        refused, *_, trust = verdicts(resistance, TINY.but({"trust.general_share": 0.0}))
        for verdict in (refused, trust):
            assert verdict.outcome == "does not hold"
            assert {e.value for e in verdict.effects} == {0.0}

    def test_a_twin_spoils_nothing(self):
        twin = Strategy(
            name="twin", description="Sells like the others.", with_prospects=STRATEGIES["collaborative"].with_prospects
        )
        spoilt = arms.Arm("collaborative", arms.HERD, "spoilt", None, {"twin": 1})
        claim = replace(bad_apple.CLAIM, pairs=[(bad_apple.PURE, spoilt)], design=None, asks=bad_apple.CLAIM.asks[:1])
        plan = claim.plan(TINY.but(strategies=[twin.model_dump()]), SEEDS)
        (herd,) = claim.verdicts(run_plan(plan, workers=1, progress=False).tables)
        assert {e.at["market"] for e in herd.effects} == {"shared market"} and herd.outcome != "holds"
        assert "Left out, as the books of both sides are the same: all-collaborative" in " ".join(herd.reasons)

    def test_how_one_hires_is_left_out_where_nobody_is_hired(self):
        still = TINY.but({"staffing.turnover": 0.0, "staffing.dismissal": 0.0})
        for verdict in verdicts(spots, still):
            assert "Left out, as the books of both sides are the same: hire-culture" in " ".join(verdict.reasons)
            assert {e.at["market"] for e in verdict.effects} == {"shared market"} and verdict.outcome != "holds"

    def test_pay_is_nothing_where_conduct_does_not_respond(self, monkeypatch):
        monkeypatch.setattr(bell, "INCENTIVE", 0.0)
        earned, gained, *_ = verdicts(bell, TINY.but({"staffing.turnover": 0.0, "staffing.dismissal": 0.0}))
        for verdict in (earned, gained):
            alone = [e.value for e in verdict.effects if e.at["market"] == "separate markets"]
            assert alone == pytest.approx([0.0] * 3, abs=0.05) and verdict.outcome != "holds"

    def test_a_low_price_is_no_sign_where_nobody_doubts_it(self, monkeypatch):
        monkeypatch.setattr(respect, "DOUBT", 0.0)
        wider = verdicts(respect, TINY)[1]
        assert wider.outcome == "does not hold" and {e.value for e in wider.effects} == {0.0}

    def test_nobody_quarrels_where_quarrels_take_no_time(self):
        hours, quarrels, *_ = verdicts(war, TINY.but({"service.war": 0}))
        assert quarrels.outcome == "does not hold" and {e.value for e in quarrels.effects} == {0.0}
        assert {e.value for e in hours.effects} != {0.0}  # the deals are regretted all the same


class TestBell:
    def test_every_scheme_pays_for_one_thing_and_else_alike(self):
        markets = bell.CLAIM.plan(Scenario(), (0,)).markets
        groups = {g.name.removesuffix("-herd"): g for g in markets["shared"].firms}
        for scheme in bell.ARMS:
            pay = groups[scheme].rules.pay.model_dump(exclude={"lead_split"})
            assert {name: weight for name, weight in pay.items() if weight} == {scheme: 1.0}
        alike = {g.model_dump_json(exclude={"name": True, "policy": {"pay"}}) for g in groups.values()}
        assert len(alike) == 1

    def test_scenarios_own_incentive_is_kept(self):
        assert bell.CLAIM.plan(Scenario(), (0,)).markets["shared"].economy.incentive == bell.INCENTIVE
        eager = Scenario().but({"economy.incentive": 0.4})
        assert bell.CLAIM.plan(eager, (0,)).markets["shared"].economy.incentive == 0.4

    def test_places_of_effects_are_told_apart(self):
        (earned, *_) = verdicts(bell, TINY)
        places = [tuple(e.at.items()) for e in earned.effects]
        assert len(set(places)) == len(places) == 6


class TestThreeTrusts:
    def test_survival(self):
        rows = [
            {
                "setting": "shared",
                "organisation": "herd",
                "staffing.turnover": turnover,
                "level": level,
                "group": f"{level}-herd",
                "seed": 0,
                "months": 12,
                "revenue": 100.0,
                "annuity_share": share,
            }
            for turnover, level, share in (
                (0, "no-company", 0.4),
                (0.5, "no-company", 0.1),
                (0, "both", 0.5),
                (0.5, "both", 0.4),
            )
        ]
        found = three_trusts.CLAIM.prepare({"horizons": pd.DataFrame(rows)})
        by_level = found["survival"].set_index("level")
        assert by_level["survives"].to_dict() == pytest.approx({"no-company": 0.25, "both": 0.8})
        assert by_level["lost"].to_dict() == pytest.approx({"no-company": 0.75, "both": 0.2})
        assert found["owed"].set_index("without")["repeat"].to_dict() == pytest.approx({"no-company": 10.0})

    def test_a_level_is_all_that_is_switched_off(self):
        made = three_trusts.CLAIM.plan(Scenario(), (0,)).markets
        back = {"both": {}, "no-company": {"trust.brand_share": 0.5}, "no-person": {"trust.seller_weight": 2.0}}
        for name, market in made.items():
            level = made.labels[name]["level"]
            assert market.but(back[level]).trust == Scenario().trust
            assert (market.trust == Scenario().trust) == (level == "both")


class TestSpots:
    def test_a_search_is_charged_to_those_who_hire_by_culture_alone(self):
        plan = spots.CLAIM.plan(TINY, (0,))
        tables = run_plan(plan, workers=1, progress=False).tables
        found = spots.CLAIM.prepare(tables)["horizons"]
        ours = found["group"] == spots.HIRE.name
        assert (found.loc[~ours, "net"] == found.loc[~ours, "profit"]).all()
        charged = found.loc[ours, "profit"] - found.loc[ours, "net"]
        assert charged.to_numpy() == pytest.approx(spots.SEARCH * found.loc[ours, "each"].to_numpy())
        assert charged.max() > 0

    def test_the_cost_of_a_search(self):
        busy = run(TINY.but({"staffing.turnover": 0.5}), seed=1)
        found = spots.searched(busy)
        last = found[found["months"] == 24].set_index("group")
        left = busy.salespeople[busy.salespeople["left"].notna()]
        months = busy.monthly.groupby("group", observed=True)["salespeople"].sum()
        wage = busy.scenario.economy.wage
        for group, each in last["each"].items():
            expected = 12 * wage * (left["group"] == group).sum() / months[group]
            assert float(each) == pytest.approx(float(expected))


class TestWar:
    def test_hours_are_those_of_the_books(self):
        angry = run(TINY.but({"service.war": 120}), seed=2)
        found = war.quarrels(angry)
        last = found[found["months"] == 24].set_index("group")
        columns = ["regret_minutes", "war_minutes", "regretted", "salespeople"]
        for group, rows in angry.monthly.groupby("group", observed=True):
            regret, quarrel, deals, months = (float(rows[column].sum()) for column in columns)
            assert last.loc[group].to_dict() == pytest.approx(
                {
                    "regret_hours": regret / 60 / months,
                    "war_hours": quarrel / 60 / months,
                    "regretted": deals / months,
                    "months": 24,
                }
            )
        assert float(last["war_hours"].max()) > 0

    def test_prices_are_equal(self):
        for market in war.CLAIM.plan(Scenario(), (0,)).markets.values():
            markups = {market.strategy(n).with_prospects.markup for group in market.firms for n in group.strategies}
            assert markups == {0.4}


class TestWinWinWin:
    def test_a_break_even_lies_where_the_line_falls_to_nothing(self):
        rows = [
            {"months": 12, "organisation": kind, "attention.advise": minutes, "strategy": way, "profit": profit}
            for kind, ends in (("singleton", (30.0, -10.0)), ("herd", (-1.0, -2.0)))
            for minutes, gap in zip((0, 120), ends, strict=True)
            for way, profit in ((win_win_win.NONE, 100.0), (win_win_win.FULL, 100.0 + gap))
        ]
        assert win_win_win._break_even({"times": pd.DataFrame(rows)}) == (
            "Full advice stops to pay for singletons at 90 minutes, for herds nowhere: not even free advice pays."
        )


class TestInvasion:
    def test_shares_at_both_ends(self, result):
        found = invasion.conducts(result)
        assert found[["start", "end"]].sum().to_list() == pytest.approx([1.0, 1.0])
        staff = result.salespeople[result.salespeople["left"].isna()]
        counted = staff["strategy"].value_counts(normalize=True)
        assert found.set_index("strategy")["end"].to_dict() == pytest.approx(counted.to_dict())

    def test_where_nobody_copies_or_fails_nothing_changes(self):
        still = verdicts(invasion, TINY.but({"economy.capital": 0.0}))[1]
        assert still.outcome == "does not hold" and {e.value for e in still.effects} == {0.0}

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

    def test_a_tenth_invades_at_the_same_price(self):
        made = invasion.CLAIM.plan(CONFIGURATIONS["repeat-supply"], (0,)).markets
        n = len(invasion.WAYS)
        assert len(made) == n * (n - 1) + 2 + 4
        for name, market in made.items():
            resident, invader = market.firms
            labels = made.labels[name]
            for group, way in ((resident, labels["resident"]), (invader, labels["invader"])):
                (strategy,) = group.strategies
                assert strategy.removesuffix("-equal") == way
                assert {c.markup for c in market.strategy(strategy).conducts()} == {0.4}
            assert market.sellers in (40, 44) and invader.count * invader.members in (4, 5)
            assert market.economy.entry == "survivors" and market.burn_in == 0


class TestMaps:
    @pytest.mark.parametrize("module", [frontier, stakes])
    def test_rarer_needs_of_more_customers_are_as_many(self, module):
        made = module.CLAIM.plan(Scenario(), (0,)).markets
        spread = Scenario().customers.rate_spread
        needs = {m.customers.count * chance_of_need(m.customers.rate, spread) for m in made.values()}
        assert max(needs) == pytest.approx(min(needs), rel=1e-3)
        assert len({m.customers.rate for m in made.values()}) == (4 if module is frontier else 3)

    def test_a_stake_with_its_wage_changes_the_unit_of_money_alone(self):
        plan = stakes.CLAIM.plan(TINY, (0,))
        names = [name for name, labels in plan.markets.labels.items() if labels["needs"] == "usual"]
        tables = run_plan(plan.only(names), workers=1, progress=False).tables
        found = stakes.CLAIM.prepare(tables)["horizons"]
        found = found[found["prices"] == "equal"].set_index(["setting", "group"])
        usual = found[found["stakes"] == "usual"]["profit_in_stakes"]
        for other in ("low", "high"):
            there = found[found["stakes"] == other]["profit_in_stakes"].reindex(usual.index)
            assert there.to_numpy() == pytest.approx(usual.to_numpy(), rel=1e-3)

    def test_prices_are_equal_on_every_map_and_firms_new_where_time_counts(self):
        made = frontier.CLAIM.plan(CONFIGURATIONS["repeat-supply"], (0,)).markets
        for name, market in made.items():
            ways = {n for group in market.firms for n in group.strategies}
            asked = {way.removesuffix("-best"): market.strategy(way).with_prospects.markup for way in ways}
            if made.labels[name]["map"] == "best":
                assert set(asked.values()) <= {0.37, 0.39}
            else:
                assert set(asked.values()) == {0.4}
            assert market.burn_in == (0 if made.labels[name]["map"] == "time" else 60)

    def test_values_of_a_grid_are_labels_to_the_last_digit(self):
        made = grids.grid(Scenario(), {"trust.prior": [1 / 3, 0.5], "months": [12]}, [arms.Arm("milker", "herd")])
        assert [labels["trust.prior"] for labels in made.labels.values()] == [1 / 3, 1 / 3, 0.5, 0.5]
        assert {labels["run_months"] for labels in made.labels.values()} == {12}
        table = made.labelled(pd.DataFrame({"market": list(made), "seed": 0, "months": 12, "v": range(4)}))
        assert table.loc[arms.chosen(table, {"trust.prior": 1 / 3, "setting": "shared"}), "v"].tolist() == [0]
