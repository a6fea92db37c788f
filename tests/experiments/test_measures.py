"""Measures against tables small enough to work out by hand, and invariants over random ones."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.measures import kept as measures
from longgame.experiments.measures.clients import (
    clients_of,
    departures,
    gini,
    kaplan_meier,
    lifetimes,
    order_parameter,
    pay_inequality,
    pooled_retention,
    repeat_purchase_rate,
    retention,
    share_of_wallet,
)
from longgame.experiments.measures.totals import (
    SUMMARY_UNITS,
    annuity_share,
    conversion,
    crossover_month,
    cumulative,
    exchange_shares,
    lifetime_value,
    never_bought,
    profit_per_year,
    relational_quotient,
    repeat_share,
    revenue_per_stranger,
    strangers_met,
    summary,
    totals,
    welfare,
    win_win_share,
    word_of_mouth,
)
from longgame.sim import Scenario, run
from longgame.sim.columns import MONTHLY, OUTCOMES


def monthly(rows):
    """A monthly table of rows that give only some columns; counts and money are 0 elsewhere."""
    blank = {name: 0 for name in MONTHLY} | {"satisfaction": np.nan, "trust": np.nan, "client_trust": np.nan}
    labels = {"month": 1, "group": "g", "organisation": "singleton", "strategy": "s", "salespeople": 1}
    return pd.DataFrame([{**blank, **labels, **row} for row in rows])[list(MONTHLY)]


def orders(rows):
    """An order log of (customer, firm, month, amount[, exchange])."""
    table = pd.DataFrame(
        [(*row, "win_win") if len(row) == 4 else row for row in rows],
        columns=["customer", "firm", "month", "amount", "exchange"],
    )
    return table.assign(salesperson=table["firm"], refund=0.0, group="g", strategy="s")


TWO_MONTHS = monthly(
    [
        {
            "month": 1,
            "salespeople": 2,
            "visits": 10,
            "client_visits": 0,
            "deals": 4,
            "repeat_deals": 0,
            "win_win": 3,
            "win_lose": 1,
            "declined": 6,
            "revenue": 400.0,
            "repeat_revenue": 0.0,
            "profit": -100.0,
            "wages": 50.0,
            "commission": 20.0,
            "surplus": 70.0,
            "told_good": 3,
            "told_bad": 1,
            "satisfaction": 0.5,
            "trust": 0.4,
        },
        {
            "month": 2,
            "salespeople": 4,
            "visits": 10,
            "client_visits": 5,
            "deals": 6,
            "repeat_deals": 3,
            "win_win": 5,
            "win_win_win": 1,
            "declined": 4,
            "revenue": 600.0,
            "repeat_revenue": 300.0,
            "refunds": 50.0,
            "profit": 160.0,
            "wages": 50.0,
            "commission": 30.0,
            "surplus": 30.0,
            "told_good": 3,
            "told_bad": 1,
            "satisfaction": 1.0,
            "trust": 0.6,
            "client_trust": 0.8,
        },
    ]
)
SUMS = totals(TWO_MONTHS)


class TestTotals:
    def test_adds_counts_and_weighs_means(self):
        row = SUMS.loc["g"]
        assert (row["deals"], row["revenue"], row["salesperson_months"]) == (10, 1000, 6)
        assert row["satisfaction"] == pytest.approx((0.5 * 4 + 1.0 * 6) / 10)
        assert row["trust"] == pytest.approx(0.5)
        assert row["client_trust"] == pytest.approx(0.8)  # the month without client visits weighs nothing

    def test_until_leaves_later_months_out(self):
        assert totals(TWO_MONTHS, until=1).loc["g", "revenue"] == 400

    def test_groups_by_what_is_asked(self):
        table = monthly([{"group": "a", "deals": 1}, {"group": "b", "deals": 2}, {"group": "b", "deals": 4}])
        assert totals(table)["deals"].to_dict() == {"a": 1, "b": 6}
        assert totals(table, by=("strategy",))["deals"].to_dict() == {"s": 7}


class TestRatios:
    @pytest.mark.parametrize(
        ("measure", "expected"),
        [
            (profit_per_year, 12 * 60 / 6),
            (conversion, 10 / 20),
            (annuity_share, 300 / 1000),
            (repeat_share, 3 / 10),
            (win_win_share, 9 / 10),
            (word_of_mouth, 6 / 2),
            (strangers_met, 15),
            (never_bought, 1 - 7 / 15),
            (revenue_per_stranger, 950 / 15),
            (relational_quotient, (0.9 * 0.3 * 0.8) ** (1 / 3)),
        ],
    )
    def test_by_hand(self, measure, expected):
        assert measure(SUMS)["g"] == pytest.approx(expected)

    def test_nothing_to_divide_by_is_nan_not_zero(self):
        empty = totals(monthly([{}]))
        for measure in (conversion, annuity_share, relational_quotient):
            assert math.isnan(measure(empty)["g"])
        assert math.isnan(word_of_mouth(empty)["g"])

    def test_only_good_word_is_infinite(self):
        assert word_of_mouth(totals(monthly([{"told_good": 2}])))["g"] == math.inf

    def test_welfare_adds_up(self):
        parts = welfare(SUMS).loc["g"]
        assert parts.to_dict() == {"customers": 100, "firms": 60, "salespeople": 150, "total": 310}

    def test_lifetime_value_discounts_monthly(self):
        value = lifetime_value(TWO_MONTHS, discount=0.21)["g"]
        assert value == pytest.approx((-100 + 160 / 1.21 ** (1 / 12)) / 7)

    def test_shares_of_exchanges(self):
        row = exchange_shares(TWO_MONTHS).loc["g"]
        assert row["win_win"] == pytest.approx(8 / 20)
        assert row["declined"] == pytest.approx(10 / 20)
        assert row.sum() == pytest.approx(1)


class TestPaths:
    def test_cumulative_profit_is_per_head_of_its_month(self):
        path = cumulative(TWO_MONTHS)
        assert path["profit"].tolist() == pytest.approx([-50, -50 + 40])
        assert path["repeat_revenue"].tolist() == pytest.approx([0, 75])
        assert path["first_revenue"].tolist() == pytest.approx([200, 75])

    def test_a_path_stays_where_it_was_while_nobody_is_at_work(self):
        path = cumulative(TWO_MONTHS, months=4)
        assert path["month"].tolist() == [1, 2, 3, 4]
        assert path["profit"].tolist() == pytest.approx([-50, -10, -10, -10])
        assert path["repeat_revenue"].tolist() == pytest.approx([0, 75, 0, 0])
        assert path.dtypes.equals(cumulative(TWO_MONTHS).dtypes)
        pd.testing.assert_frame_equal(path[:2], cumulative(TWO_MONTHS))
        by = cumulative(TWO_MONTHS, ("group", "strategy"), 3)
        assert by["month"].tolist() == [1, 2, 3] and by["profit"].tolist() == pytest.approx([-50, -10, -10])

    def test_paths_are_as_long_as_the_run_though_all_firms_of_a_group_failed(self):
        scenario = Scenario().but({"customers.count": 100, "economy.capital": 2.0, "economy.vacancy": 9}, months=18)
        result = run(scenario, 1)
        assert len(result.monthly) < 18 * 4
        found = measures.paths(result).groupby("group", observed=True)["month"].agg(list)
        assert len(found) == 4 and all(months == list(range(1, 19)) for months in found)

    @pytest.mark.parametrize(
        ("ours", "theirs", "month"),
        [
            ([-5, 0, 9], [1, 2, 3], 3),
            ([2, 3, 4], [1, 2, 3], 1),
            ([2, 1, 4], [1, 2, 3], 3),  # ahead, behind, ahead: only the last time counts
            ([1, 2, 2], [0, 1, 3], None),
            ([1, 1], [1, 1], None),  # equal is not ahead
            ([], [], None),
        ],
    )
    def test_crossover(self, ours, theirs, month):
        assert crossover_month(ours, theirs) == month

    def test_crossover_refuses_unequal_paths(self):
        with pytest.raises(ValueError, match="2 and 1 months"):
            crossover_month([1, 2], [1])

    @given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.data())
    def test_crossover_is_for_good(self, ours, data):
        theirs = data.draw(st.lists(st.integers(-50, 50), min_size=len(ours), max_size=len(ours)))
        month = crossover_month(ours, theirs)
        ahead = [a > b for a, b in zip(ours, theirs, strict=True)]
        if month is None:
            assert not ahead[-1]
        else:
            assert all(ahead[month - 1 :])
            assert month == 1 or not ahead[month - 2]


class TestClients:
    LOG = orders(
        [
            (1, 0, 1, 10.0),
            (1, 0, 5, 20.0),
            (1, 0, 40, 30.0),  # returns after 4 months, then after 35
            (2, 0, 2, 10.0, "win_lose"),  # never returns
            (3, 0, 30, 10.0),
            (3, 1, 31, 90.0),  # too late for its window; also buys elsewhere
            (4, 1, 3, 10.0),
            (4, 1, 3, 5.0),  # twice in one month: came back
        ]
    )

    def test_repeat_purchase_rate(self):
        table = repeat_purchase_rate(self.LOG, ("exchange",), within=12, end=40)
        won, lost = table.loc["win_win"], table.loc["win_lose"]
        assert (won["clients"], won["came_back"]) == (2, 2)  # customers 1 and 4
        assert won["revenue_after"] == pytest.approx((20 + 5) / 2)  # not the order of month 40
        assert won["revenue_first"] == pytest.approx(10)
        assert (lost["clients"], lost["rate"], lost["revenue_after"]) == (1, 0, 0)

    def test_lifetimes_end_with_the_first_silence(self):
        table = lifetimes(self.LOG, end=40, silence=12).set_index(["customer", "firm"])
        assert table.loc[(1, 0), ["duration", "lost"]].tolist() == [16, True]  # last order 5, silent until 17
        assert table.loc[(2, 0), ["duration", "lost"]].tolist() == [12, True]
        assert table.loc[(3, 0), ["duration", "lost"]].tolist() == [10, False]  # censored at 40
        assert table.loc[(4, 1), ["duration", "lost"]].tolist() == [12, True]

    def test_silence_must_have_passed_in_full(self):
        log = orders([(1, 0, 1, 1.0)])
        assert lifetimes(log, end=13, silence=12)["lost"].tolist() == [True]
        assert lifetimes(log, end=12, silence=12)["lost"].tolist() == [False]

    def test_kaplan_meier_with_censoring(self):
        # Lost at 1, 3, 3; censored at 2 and 4. By hand: 4/5, then 4/5 · 1/3.
        curve = kaplan_meier([1, 2, 3, 3, 4], [True, False, True, True, False]).set_index("month")
        assert curve.loc[0, "retained"] == 1
        assert curve.loc[1, "retained"] == pytest.approx(0.8)
        assert curve.loc[3, "retained"] == pytest.approx(0.8 / 3)
        assert curve["at_risk"].to_dict() == {0: 5, 1: 5, 2: 4, 3: 3, 4: 1}

    def test_kaplan_meier_needs_clients(self):
        with pytest.raises(ValueError, match="0 durations"):
            kaplan_meier([], [])

    @given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60))
    def test_kaplan_meier_only_falls(self, clients):
        duration, lost = zip(*clients, strict=True)
        curve = kaplan_meier(duration, lost)
        assert (np.diff(curve["retained"]) <= 1e-12).all()
        assert (np.diff(curve["at_risk"]) <= 0).all()
        assert curve["retained"].between(0, 1).all()

    def test_retention_by_cohort(self):
        clients = pd.DataFrame(
            {"group": "g", "first": [1, 12, 13, 24], "duration": [5, 9, 3, 3], "lost": [True, True, True, False]}
        )
        curve = retention(clients, cohort_years=1).set_index(["cohort", "month"])["retained"]
        assert curve[(1, 5)] == pytest.approx(0.5)
        assert curve[(1, 9)] == 0
        assert curve[(13, 3)] == pytest.approx(0.5)

    def test_pooled_retention_is_that_of_the_single_clients(self):
        counts = pd.DataFrame(
            {
                "seed": [0, 0, 1],
                "group": "g",
                "cohort": 1,
                "duration": [1, 3, 3],
                "lost": [True, True, False],
                "clients": [1, 2, 2],
                "silence": 12,
            }
        )
        pooled = pooled_retention(counts)
        alone = kaplan_meier([1, 3, 3, 3, 3], [True, True, True, False, False])
        assert pooled["retained"].tolist() == pytest.approx(alone["retained"].tolist())
        assert pooled["runs"].unique().tolist() == [2]

    def test_share_of_wallet(self):
        log = orders([(1, 0, 1, 30.0), (1, 1, 1, 70.0), (2, 0, 1, 5.0)])
        assert share_of_wallet(log)["g"] == pytest.approx((0.3 + 0.7 + 1.0) / 3)


class TestDistributions:
    def test_order_parameter(self):
        assert order_parameter([0.2] * 4) == pytest.approx(0.25)
        assert order_parameter([0.0, 0.7]) == 1
        assert math.isnan(order_parameter([0.0, 0.0]))

    def test_gini_by_hand(self):
        assert gini([1, 3]) == pytest.approx(0.25)
        assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
        assert math.isnan(gini([]))
        with pytest.raises(ValueError, match="0 or more"):
            gini([1, -1])

    @given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40), st.floats(0.1, 100))
    def test_gini_is_scale_free_and_bounded(self, pay, factor):
        g = gini(pay)
        assert -1e-9 <= g <= (len(pay) - 1) / len(pay) + 1e-9
        assert gini([factor * x for x in pay]) == pytest.approx(g, abs=1e-9)

    def test_pay_inequality_is_per_month_at_work(self):
        people = pd.DataFrame(
            {"group": "g", "hired": [1, 7], "left": pd.array([pd.NA, pd.NA], "Int64"), "pay": [120.0, 60.0]}
        )
        assert pay_inequality(people, end=12)["g"] == pytest.approx(0)


@pytest.fixture(scope="module")
def result():
    return run(Scenario(months=36).but({"customers.count": 400}), 3, orders=True)


class TestOfARun:
    def test_exchange_shares_add_to_one(self, result):
        shares = exchange_shares(result.monthly)
        assert list(shares.columns) == list(OUTCOMES)
        assert shares.sum(axis=1).to_numpy() == pytest.approx(1)

    def test_log_and_books_agree(self, result):
        sums = totals(result.monthly)
        logged = result.orders.groupby("group")["amount"].agg(["size", "sum"])
        assert logged["size"].to_dict() == sums["deals"].to_dict()
        assert logged["sum"].to_numpy() == pytest.approx(sums.loc[logged.index, "revenue"].to_numpy())
        # A first deal acquires one client: lifetimes has one row for each.
        clients = lifetimes(result.orders, end=36).groupby("group").size()
        acquired = sums["deals"] - sums["repeat_deals"]
        assert clients.to_dict() == acquired.to_dict()

    def test_paths_end_where_the_sums_are(self, result):
        path = cumulative(result.monthly)
        last = path[path["month"] == 36].set_index("group")["profit"]
        steady = totals(result.monthly)
        # The number of posts never changes, so the path ends at total profit per post.
        assert (12 * last / 36).to_dict() == pytest.approx(profit_per_year(steady).to_dict())

    @pytest.mark.parametrize("until", [None, 12])
    @pytest.mark.parametrize("by", [("group",), ("strategy", "month")])
    def test_the_summary_is_made_of_the_yardsticks(self, result, by, until):
        found = summary(result.monthly, by, until)
        sums = totals(result.monthly, by, until)
        years = sums["salesperson_months"] / 12
        expected = {
            "profit": profit_per_year(sums),
            "welfare": welfare(sums)[["customers", "firms", "salespeople"]].sum(axis=1) / years,
            "conversion": conversion(sums),
            "trust": sums["trust"],
            "good_per_bad_word": word_of_mouth(sums),
            "relational_quotient": relational_quotient(sums),
            "lifetime_value": lifetime_value(result.monthly, by, 0.1, until),
            "never_bought": never_bought(sums),
        }
        for name, column in expected.items():
            pd.testing.assert_series_equal(found[name], column, check_names=False)

    def test_what_experiments_keep(self, result):
        kept = measures.by_horizon(result)["months"].unique()
        assert sorted(kept) == list(measures.horizons(result.scenario.months))
        assert measures.client_lifetimes(result)["clients"].sum() == len(
            result.orders.drop_duplicates(["customer", "firm"])
        )
        assert set(measures.after_first_deal(result)["months"]) == {12, 24}


class TestDoings:
    def test_by_hand(self):
        rows = monthly(
            [
                {
                    "salespeople": 2,
                    "deals": 5,
                    "repeat_deals": 2,
                    "client_visits": 3,
                    "win_win_win": 1,
                    "prospecting_minutes": 600,
                    "support_minutes": 240,
                    "revenue": 200.0,
                    "refunds": 10.0,
                },
                {"month": 2, "salespeople": 2, "deals": 1, "repeat_deals": 0, "prospecting_minutes": 600},
            ]
        )
        found = pd.DataFrame(measures.doings(totals(rows))).loc["g"]
        assert found["new_deals"] == pytest.approx(12)  # 4 in 4 salesperson-months
        assert found["client_visits"] == pytest.approx(9)
        assert found["prospecting_hours"] == pytest.approx(5)
        assert found["support_hours"] == pytest.approx(1)
        assert found["win_win_win_share"] == pytest.approx(1 / 6)
        assert found["refund_share"] == pytest.approx(0.05)

    def test_nobody_did_anything(self):
        found = pd.DataFrame(measures.doings(totals(monthly([{"salespeople": 1}])))).loc["g"]
        assert found[["new_deals", "support_hours"]].tolist() == [0, 0]
        assert found[["win_win_win_share", "refund_share"]].isna().all()


class TestDepartures:
    PEOPLE = pd.DataFrame(
        {
            "group": ["a", "a", "a", "b"],
            "hired": [1, 13, 1, 1],
            "left": pd.array([12, None, 18, None], dtype="Int64"),
            "reason": ["dismissed", "", "resigned", ""],
        }
    )

    def test_by_hand(self):
        found = departures(self.PEOPLE, 24)
        assert found["salesperson_years"].to_dict() == pytest.approx({"a": (12 + 12 + 18) / 12, "b": 2})
        assert found["dismissed"].to_dict() == pytest.approx({"a": 1 / 3.5, "b": 0})
        assert found["resigned"].to_dict() == pytest.approx({"a": 1 / 3.5, "b": 0})

    def test_who_leaves_later_is_still_there(self):
        found = departures(self.PEOPLE, 6)
        assert found["salesperson_years"].to_dict() == pytest.approx({"a": 1, "b": 0.5})  # one not hired yet
        assert (found[["dismissed", "resigned"]] == 0).all(axis=None)


class TestClientsAtEnd:
    def test_belong_to_whom_they_trust_most(self):
        people = pd.DataFrame({"salesperson": [7, 8, 9], "group": ["a", "a", "b"]})
        nobody = pd.DataFrame({"salesperson": [10], "group": ["c"]})
        people = pd.concat([people, nobody], ignore_index=True)
        customers = pd.DataFrame(
            {
                "customer": [1, 2, 3, 4],
                "favourite": pd.array([7, 8, 9, None], dtype="Int64"),
                "expected_price": [0.4, 0.6, 0.5, 9.0],
                "prosperity": [1.0, 2.0, 1.0, 9.0],
                "trust_favourite": [0.5, 0.7, 0.9, 9.0],
                "loyalty": [1.0, np.nan, 0.5, 9.0],
            }
        )
        found = clients_of(customers, people)
        assert found["customers"].to_dict() == {"a": 2, "b": 1, "c": 0}
        assert found.loc["c"].drop("customers").isna().all()
        found = found.drop("c")
        assert found["expected_price"].to_dict() == pytest.approx({"a": 0.5, "b": 0.5})
        assert found["prosperity"].to_dict() == pytest.approx({"a": 1.5, "b": 1.0})
        assert found["loyalty"].to_dict() == pytest.approx({"a": 1.0, "b": 0.5})


def test_activity_jobs_and_clients_of_a_run():
    result = run(Scenario(months=18).but({"customers.count": 200}), 1)
    for measure in (measures.activity, measures.job_security):
        found = measure(result)
        assert set(found["months"]) == {12, 18} and not found.duplicated(["group", "months"]).any()
    end = measures.job_security(result).query("months == 18")
    sums = totals(result.monthly)
    years = dict(zip(end["group"], end["salesperson_years"], strict=True))
    assert years == pytest.approx((sums["salesperson_months"] / 12).to_dict())
    at_end = measures.clients_at_end(result)
    assert at_end["customers"].sum() == result.customers["favourite"].notna().sum()


def test_every_column_of_the_summary_has_a_unit():
    assert set(SUMMARY_UNITS) == set(summary(TWO_MONTHS).columns)
