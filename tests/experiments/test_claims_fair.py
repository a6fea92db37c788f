"""Fair contrasts: one difference at a time, prices that are equal or best, lots, and what one event brings."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.claims import (
    annuity,
    champion,
    considered,
    desperate,
    handover,
    herd,
    memory,
    once,
    outlives,
    remorse,
    wants,
)
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SINGLETON, Arm, crowd, policy_of
from longgame.experiments.design.behind_plan import THIN, BehindPlan
from longgame.experiments.design.prices import at_best_prices, best_markup, fair_markets
from longgame.experiments.inference.pairs import effects
from longgame.experiments.inference.per_event import gaps_per
from longgame.experiments.measures.after import first_deals, next_orders, size_of_loss
from longgame.experiments.measures.clients import of_newcomers
from longgame.experiments.measures.firms import firm_fates
from longgame.experiments.measures.kept import events_by_horizon
from longgame.experiments.runs.runner import run_plan
from longgame.sim import FirmPolicy, Firms, Scenario, run
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.library._conducts import FAIR
from tests.experiments.conftest import SMALL

DEFAULT = CONFIGURATIONS["repeat-supply"]


def prospects(arm_or_market, name=""):
    """Return the conduct towards prospects of an arm, or of a strategy by name in a market."""
    whole = arm_or_market.strategy(name) if name else arm_or_market.strategy
    return whole.with_prospects


def differing(one, other):
    """Return the dials in which two conducts differ."""
    a, b = one.model_dump(), other.model_dump()
    return {dial for dial in a if a[dial] != b[dial]}


class TestOneDifference:
    def test_bundles_ask_one_price_or_each_its_best(self):
        made = fair_markets(DEFAULT, "collaborative", ["adversarial"])
        equal, best = made["shared@equal-prices"], made["shared@best-prices"]
        assert {prospects(equal, way).markup for group in equal.firms for way in group.strategies} == {FAIR}
        for way in ("collaborative", "adversarial"):
            assert prospects(best, f"{way}-best").markup == best_markup(DEFAULT, way)
        assert {arm.name for pair in at_best_prices(None, "collaborative", ["adversarial"]) for arm in pair} == {
            group.name for group in best.firms
        }

    def test_three_causes_of_remorse_in_equal_doses(self):
        base = remorse.BASE.with_prospects
        for kind in ORGANISATIONS:
            for arm in (remorse.LINES[kind][-1], *remorse.OTHERS[kind]):
                (dial,) = differing(prospects(arm), base)
                assert abs(getattr(prospects(arm), dial) - getattr(base, dial)) == pytest.approx(remorse.DOSE)

    def test_who_asks_and_who_remembers_differ_in_that_alone(self):
        ours, _, never = (arm.strategy for arm in wants.ARMS[HERD])
        assert ours == wants.OURS and differing(never.with_prospects, wants.ASKS.with_prospects) == {"discovery"}
        asked, unasked = memory.ALL, memory._unasked(memory.ALL)
        assert differing(prospects(asked), prospects(unasked)) == {"discovery"}
        assert differing(prospects(memory.ALL), prospects(memory.NOTHING)) == {"remember"}

    def test_drift_and_asking_are_crossed_alone_in_markets_of_one_size(self):
        made = memory.CLAIM.plan(DEFAULT, (0,)).markets
        crossed = {name: labels for name, labels in made.labels.items() if labels["speed"] != "own"}
        assert len(crossed) == 16 and {labels["setting"] for labels in crossed.values()} == {"separate"}
        assert {made[name].customers.drift for name in crossed} == {wants.STILL, wants.FAST}
        assert len({market.customers.count for market in made.values()}) == 1

    def test_desperate_sellers_have_a_thin_margin(self):
        fair, thin = desperate.PAIRS[0]
        assert differing(prospects(fair), prospects(thin)) == {"markup"}
        assert DEFAULT.economy.commission * (1 + THIN) < THIN  # something is left when the commission is paid

    def test_with_a_team_of_the_sellers_own_skill_hours_alone_differ(self):
        made = handover.CLAIM.plan(DEFAULT, (0,)).markets
        groups = {group.name: group for group in made["shared"].firms}
        assert {market.service.sorry for market in made.values()} == {0.0}
        for conduct in handover.CONDUCTS:
            team, alone = (groups[f"{conduct}-{way}-herd"].rules.model_dump() for way in ("team", "alone"))
            assert {name for name in team if team[name] != alone[name]} == {"delivery_team"}
            assert team["team_quality"] == pytest.approx(
                0.6 * 0.9 * {"collaborative": 0.8, "adversarial": 0.1}[conduct]
            )

    def test_teams_and_sellers_solve_as_many_failures(self):
        scenario = SMALL.but({"service.issue": 0.9, "customers.count": 2000}, months=36)
        tables = run_plan(handover.CLAIM.plan(scenario, (0, 1)), workers=1, progress=False).tables
        plan = replace(handover.CLAIM, measures=(champion.CLAIM.measures[1],)).plan(scenario, (0, 1))
        counted = run_plan(plan, workers=1, progress=False).tables["events"]
        last = counted[(counted["months"] == 36) & (counted["setting"] == "separate")]
        shares = last.groupby("group")["solved_share"].mean()
        assert shares["collaborative-team-herd"] == pytest.approx(shares["collaborative-alone-herd"], abs=0.04)
        assert len(tables["activity"]) > 0

    def test_herds_share_one_thing_alone_and_pay_the_same(self):
        policy = policy_of(DEFAULT, HERD)
        for pair in herd._sharing(policy):
            rules = pair[0].policy
            on = [rule for rule in herd.ALONE.values() if getattr(rules, rule)]
            assert on == [herd.ALONE[pair[0].label.rpartition("-")[2]]] and rules.overhead == policy.overhead


class TestRules:
    def test_members_of_a_herd_with_one_product_stand_at_one_point(self):
        one = FirmPolicy(one_product=True)
        groups = [Firms(name="x", count=4, strategies={"collaborative": 5}, policy=one)]
        people = run(Scenario(months=24, firms=groups).but({"staffing.turnover": 0.5}), 1).salespeople
        assert (people.groupby("firm")["position"].nunique() == 1).all() and people["position"].nunique() == 4

    @pytest.mark.parametrize(("fight_on", "chance"), [(0.0, 0.5), (1.0, 0.5 + 0.5 * 0.6 * 0.8 * 0.9)])
    def test_sellers_fight_on_where_the_team_failed(self, fight_on, chance):
        policy = FirmPolicy(delivery_team=1000.0, team_quality=0.5)
        groups = [Firms(name="x", count=4, strategies={"collaborative": 5}, policy=policy)]
        scenario = Scenario(months=36, firms=groups).but({"service.fight_on": fight_on, "service.issue": 1.0})
        found = events_by_horizon(run(scenario, 1)).iloc[-1]
        assert found["solved_share"] == pytest.approx(chance, abs=0.02)

    def test_the_order_log_says_how_customers_came_and_what_failed(self):
        result = run(SMALL.but({"trust.record": 1.0}), 2, orders=True)
        monthly, orders = result.monthly, result.orders
        assert (orders["failure"] != "none").sum() == monthly["issues"].sum()
        assert (orders["failure"] == "solved").sum() == monthly["solved"].sum() > 0
        assert set(orders["source"].unique()) >= {"memory", "contact", "chance"}
        assert (orders["source"] == "contact").sum() <= monthly["introductions"].sum()

    def test_failures_come_by_lot_whatever_the_fit(self):
        big = SMALL.but({"customers.count": 3000, "customers.stake_spread": 0.0, "customers.stake_noise": 0.0})
        orders = run(big, 3, orders=True).orders
        orders = orders[orders["group"] == "collaborative-herd"]
        worth = orders["delivered"] / orders["amount"]  # both in proportion to the stake
        sound = worth[orders["failure"] == "none"].mean()
        solved = worth[orders["failure"] == "solved"].mean()
        assert solved == pytest.approx(0.9 * sound, rel=0.05)  # but for the hassle, deals of the same worth


class TestMeasures:
    ORDERS = pd.DataFrame(
        {
            "customer": [1, 1, 1, 2, 2, 3],
            "salesperson": [7, 7, 8, 7, 7, 9],
            "firm": [5, 5, 5, 5, 5, 6],
            "month": [1, 5, 9, 2, 30, 3],
            "amount": [100.0] * 6,
            "refund": [0.0, 0, 0, 20, 0, 0],
            "delivered": [120.0, 90, 50, 60, 100, 95],
            "exchange": ["win_win", "win_lose", "win_lose", "win_lose", "win_win", "lose_lose"],
            "failure": ["none", "none", "unsolved", "unsolved", "none", "solved"],
            "repeat": [False, True, True, True, True, False],
            "group": ["g"] * 6,
        }
    )

    def test_sizes_of_losses(self):
        assert size_of_loss(self.ORDERS).tolist() == ["none", "small", "large", "small", "none", "other"]

    def test_newcomers_are_those_whose_first_order_is_in_the_log(self):
        assert set(of_newcomers(self.ORDERS)["customer"]) == {1, 3}

    def test_with_whom_customers_bought_next(self):
        result = type("R", (), {"orders": self.ORDERS, "scenario": Scenario(months=48)})
        found = next_orders(result).set_index(["kind", "level"])
        assert found["months"].unique().tolist() == [24]
        # Sound: 1 → 2 same person, 2 → 3 another of the firm; the deal of month 30 is not followed for two years.
        sound = found.loc[("failure", "none")]
        assert (sound["deals"], sound["again"], sound["firm_again"]) == (2, 0.5, 1.0)
        # Failed: nothing bought after month 9; customer 2 bought again only after 28 months.
        assert found.loc[("failure", "unsolved")][["deals", "again"]].tolist() == [2, 0.0]
        assert np.isnan(found.loc[("failure", "unsolved")]["same"])

    def test_after_a_first_deal(self):
        result = type("R", (), {"orders": self.ORDERS, "scenario": Scenario(months=48)})
        found = first_deals(result)
        year = found[(found["months"] == 12) & (found["kind"] == "failure")].set_index("level")
        assert year["rate"].to_dict() == {"none": 1.0, "solved": 0.0}
        assert year["lost"].to_dict() == {"none": 0.0, "solved": 1.0}

    def test_what_an_event_brings(self):
        ours, theirs = Arm("principled", HERD), Arm("collaborative", HERD)
        rows = [
            {"setting": "shared", "seed": 0, "months": 12, "group": arm.name, "profit": profit, "walked_away": events}
            for arm, profit, events in ((ours, 50.0, 4.0), (theirs, 30.0, 0.0))
        ]
        table = pd.DataFrame(rows)
        found = gaps_per({"horizons": table, "events": table}, [(ours, theirs)], "walked_away")
        assert found["per_event"].tolist() == [5.0] and found["organisation"].tolist() == [HERD]
        none = table.assign(walked_away=0.0)
        assert gaps_per({"horizons": table, "events": none}, [(ours, theirs)], "walked_away")["per_event"].isna().all()

    def test_fates_of_firms_by_hand(self):
        table = pd.DataFrame(
            {
                "group": ["g"] * 4,
                "founded": [1, 1, 1, 7],
                "closed": pd.array([6, 12, pd.NA, pd.NA], dtype="Int64"),
                "reason": ["failed", "owner left", "", ""],
            }
        )
        result = type("R", (), {"firms": table, "scenario": Scenario(months=24)})
        found = firm_fates(result).set_index("months").loc[24]
        years = (6 + 12 + 24 + 18) / 12
        assert found["firm_years"] == years and found["founders_alive"] == pytest.approx(2 / 3)
        assert (found["failed_a_year"], found["ended_a_year"]) == (1 / years, 2 / years)

    def test_a_client_is_lost_once_in_so_many_years(self):
        counts = pd.DataFrame(
            {"group": "g", "seed": 0, "cohort": 1, "duration": [12, 24], "lost": [True, False], "clients": [2, 1]}
        )
        assert annuity.client_losses(counts.assign(silence=12))["lost_a_year"].tolist() == [0.5]


class TestAsFalseAsTheyMustBe:
    def test_where_customers_remember_nothing_a_loss_changes_nothing(self):
        blind = SMALL.but({"trust.memory": False, "customers.count": 1500}, months=48)
        for claim in (once.CLAIM, considered.CLAIM):
            tables = run_plan(claim.plan(blind, tuple(range(6))), workers=1, progress=False).tables
            assert claim.verdicts(tables)[0].outcome != "holds"

    def test_firms_with_money_without_end_all_live(self):
        made = outlives.CLAIM.plan(SMALL, (0,)).markets
        assert {market.economy.capital for market in made.values()} == {24.0}  # else none could fail
        assert {market.burn_in for market in made.where(start="founding").values()} == {0}
        assert {market.burn_in for market in made.where(start="grown").values()} == {60}
        rich = run(SMALL.but({"economy.capital": 1200.0}), 0)
        assert set(firm_fates(rich)["founders_alive"]) == {1.0}

    def test_herds_that_fail_half_as_often_have_half_the_hazard(self):
        rows = [
            (setting, start, f"{conduct}-{kind}", 50, reason, firms)
            for setting in ("shared", "separate")
            for start in ("founding", "grown")
            for conduct in outlives.CONDUCTS
            for kind, failed in ((HERD, 5), (SINGLETON, 10))
            for reason, firms in (("failed", failed), ("", 20 - failed))
        ]
        lives = pd.DataFrame(rows, columns=["setting", "start", "group", "duration", "reason", "firms"])
        shares = [
            {"setting": setting, "start": "grown", "seed": seed, "group": group, "months": months, "share": share}
            for setting, each in (("shared", 0.25), ("separate", 1.0))
            for seed, more in ((0, 0.1), (1, -0.1))
            for months in (12, 24, 36)
            for group, share in (("a", each + more), ("b", each - more))
        ]
        hazards, parts = outlives.CLAIM.shown({"firms": lives, "shares": pd.DataFrame(shares)}).values()
        assert len(hazards) == 8 and set(hazards["ratio"]) == {"0.5"}
        assert set(hazards["herds failed"]) == {"5 in 1,000 months"}
        assert parts["group"].tolist() == ["a", "b"]
        assert list(parts)[2:] == [f"in the year to {when}" for when in ("1 year", "2 years", "3 years")]
        assert set(parts.iloc[:, 2:].to_numpy().ravel()) == {"25%"}
        said = outlives._hazards({"firms": lives}, outlives.GROWN)
        assert len(said) == 4 and said[2].startswith(
            "Separate markets: collaborative herds failed 0.5 times as often a month as collaborative singletons of "
            "the same age (0."
        )

    def test_what_is_void_at_every_horizon_is_left_out_and_nothing_else(self):
        ours, theirs = Arm("principled", HERD), Arm("collaborative", HERD)
        rows = [
            {"setting": "shared", "seed": 0, "months": months, "group": arm.name, "profit": profit}
            for months in (12, 24)
            for arm, profit in ((ours, 1.0), (theirs, 1.0 if months == 12 else 2.0))
        ]
        tables = {"horizons": pd.DataFrame(rows)}
        for months, value in ((12, 0.0), (24, -1.0)):
            (found,) = effects(tables, [(ours, theirs)], "profit", months, unit="money", kinds={"shared": "s"})
            assert found.value == value


def test_who_is_behind_plan_gives_discounts():
    seen = []

    class Watched(BehindPlan):
        name = "watched"
        description = "Behind plan, and watched."

        def conduct(self, customer):
            chosen = super().conduct(customer)
            seen.append((self.profit < 0.0, chosen.markup))
            return chosen

    scenario = crowd(SMALL.but({"customers.count": 200}, months=6), [(Arm(Watched, SINGLETON), 3)])
    run(scenario, 1)
    assert set(seen) == {(True, THIN), (False, FAIR)}
