"""Firms' lives by hand, and whether the markets that could exist are within the bands of their economy."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import relative_risk

from longgame.experiments.measures.firms import (
    BANDS,
    economy,
    firm_lives,
    hazard_ratio,
    in_bands,
    market_share,
    numbers,
    share_alive,
    survival,
)
from longgame.sim import run
from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE

SEEDS = range(6)


def lives(*rows):
    return pd.DataFrame(rows, columns=["group", "duration", "reason", "firms"])


def test_survival_by_hand():
    # Of ten firms two fail after 12 months; of the eight left one is watched for 20 months alone, one owner leaves
    # after 30 months, and the others are open after 60.
    seen = lives(("a", 12, "failed", 2), ("a", 20, "", 1), ("a", 30, "owner left", 1), ("a", 60, "", 6))
    curve = survival(seen)
    assert curve["months"].tolist() == [12, 20, 30, 60]
    assert curve["at_risk"].tolist() == [10, 8, 7, 6]
    assert curve["share"].tolist() == pytest.approx([0.8, 0.8, 0.8 * 6 / 7, 0.8 * 6 / 7])
    assert share_alive(seen, 60) == pytest.approx(0.8 * 6 / 7)
    assert share_alive(seen, 60, failures_alone=True) == pytest.approx(0.8)
    assert share_alive(seen, 11) == 1.0


def test_survival_beyond_what_was_watched_is_unknown():
    assert share_alive(lives(("a", 12, "failed", 1), ("a", 24, "", 1)), 60) != share_alive(lives(("a", 60, "", 1)), 60)
    assert pd.isna(share_alive(lives(("a", 24, "", 1)), 60))


def test_hazard_ratio_by_hand():
    # At age 1: 2 of 10 of ours fail, and 4 of 10 of theirs; at age 2: 1 of 8, and 3 of 6.
    ours = lives(("a", 1, "failed", 2), ("a", 2, "failed", 1), ("a", 2, "", 7))
    theirs = lives(("b", 1, "failed", 4), ("b", 2, "failed", 3), ("b", 2, "", 3))
    found = hazard_ratio(ours, theirs)
    assert found[3:] == (3, 18, 7, 16)
    up, down = 2 * 10 / 20 + 1 * 6 / 14, 4 * 10 / 20 + 3 * 8 / 14
    assert found.value == pytest.approx(up / down)
    variance = ((6 * 100 - 8 * 20) / 400 + (4 * 48 - 3 * 14) / 196) / (up * down)
    assert math.log(found.high / found.value) == pytest.approx(1.95996 * math.sqrt(variance), rel=1e-4)
    back = hazard_ratio(theirs, ours)
    assert (back.value, back.low, back.high) == pytest.approx((1 / found.value, 1 / found.high, 1 / found.low))


def test_at_one_age_it_is_the_ratio_of_two_shares():
    ours, theirs = lives(("a", 1, "failed", 5), ("a", 1, "", 15)), lives(("b", 1, "failed", 9), ("b", 1, "", 21))
    known = relative_risk(5, 20, 9, 30)
    interval = known.confidence_interval()
    expected = (known.relative_risk, interval.low, interval.high)
    assert hazard_ratio(ours, theirs)[:3] == pytest.approx(expected)


def test_firms_are_compared_with_firms_as_old():
    # All are safe in their first ten months; later a tenth fails a month. Many of ours are censored young.
    def made(young):
        rows, there = [("x", 10, "", young)], 1000.0
        for age in range(11, 21):
            rows.append(("x", age, "failed", there / 10))
            there *= 0.9
        return lives(*rows, ("x", 20, "", there))

    ours, theirs = made(3000), made(0)
    assert hazard_ratio(ours, theirs).value == pytest.approx(1.0)
    found = hazard_ratio(ours, theirs)
    assert (found.ends / found.months) / (found.their_ends / found.their_months) < 0.5


def test_an_owner_who_leaves_is_an_end_but_no_failure():
    ours = lives(("a", 10, "failed", 2), ("a", 10, "owner left", 4), ("a", 10, "", 4))
    theirs = lives(("b", 10, "failed", 4), ("b", 10, "", 6))
    assert hazard_ratio(ours, theirs).value == pytest.approx(1.5)
    assert hazard_ratio(ours, theirs, failures_alone=True).value == pytest.approx(0.5)


def test_a_hazard_ratio_without_ends_has_no_interval():
    some, none = lives(("a", 10, "failed", 2)), lives(("b", 10, "", 4))
    assert hazard_ratio(none, some).value == 0.0 and math.isnan(hazard_ratio(none, some).high)
    assert math.isinf(hazard_ratio(some, none).value) and math.isnan(hazard_ratio(some, none).low)
    assert math.isnan(hazard_ratio(none, none).value) and math.isnan(hazard_ratio(none, lives()).value)


def test_a_hazard_ratio_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(4)

    def made(hazard):
        until = rng.geometric(hazard, 80)
        rows = [("a", min(t, 60), "failed" if t <= 60 else "", 1) for t in until]
        return lives(*rows)

    found = [hazard_ratio(made(0.01), made(0.02)) for _ in range(200)]
    assert 0.91 < np.mean([ratio.low <= 0.5 <= ratio.high for ratio in found]) < 0.99


def test_market_share_by_hand():
    monthly = pd.DataFrame(
        [(1, "a", "x", 10.0), (12, "a", "y", 20.0), (12, "b", "x", 10.0), (13, "b", "x", 60.0), (26, "a", "x", 5.0)],
        columns=["month", "group", "strategy", "revenue"],
    )
    found = market_share(SimpleNamespace(monthly=monthly, scenario=SimpleNamespace(months=26)))
    assert found[["months", "group"]].to_numpy().tolist() == [[m, g] for m in (12, 24, 26) for g in ("a", "b")]
    assert found["share"].tolist() == pytest.approx([0.75, 0.25, 0.0, 1.0, 1.0, 0.0])
    assert found["share_so_far"].tolist() == pytest.approx([0.75, 0.25, 0.3, 0.7, 35 / 105, 70 / 105])


def test_where_nobody_sells_there_is_no_share():
    monthly = pd.DataFrame([(1, "a", 0.0), (13, "a", 5.0)], columns=["month", "group", "revenue"])
    found = market_share(SimpleNamespace(monthly=monthly, scenario=SimpleNamespace(months=24)))
    assert math.isnan(found["share"][0]) and found["share"][1] == 1.0


def test_shares_of_a_run_add_up():
    result = run(CONFIGURATIONS["repeat-supply"].but({"customers.count": 300}, months=30, burn_in=12), 1)
    found = market_share(result)
    assert found["months"].unique().tolist() == [12, 24, 30] and len(found) == 3 * len(result.scenario.firms)
    assert found.groupby("months")[["share", "share_so_far"]].sum().to_numpy() == pytest.approx(1.0)
    last = found[found["months"] == 30].set_index("group")["share_so_far"]
    revenue = result.firms.groupby("group", observed=True)["revenue"].sum()
    assert (revenue / revenue.sum()).to_dict() == pytest.approx(last.to_dict())


def test_of_firms_that_all_failed_none_is_alive():
    failed = lives(("a", 12, "failed", 1), ("a", 24, "failed", 1))
    assert share_alive(failed, 60) == 0.0 and share_alive(failed, 18) == pytest.approx(0.5)
    assert pd.isna(share_alive(lives(("a", 12, "failed", 1), ("a", 24, "", 1)), 60))


def test_numbers_by_hand():
    sums = pd.DataFrame(
        [
            {
                **dict.fromkeys(("needs", "person_months"), 100),
                "deals": 80,
                "declined": 240,
                "leavers": 2,
                "cost": 10.0,
                "revenue": 100.0,
                "cost_alone": 6.0,
                "revenue_alone": 40.0,
                "repeat_revenue": 60.0,
                "minutes": 480_000,
                "firm_years": 10,
                "loss_years": 3,
            }
        ]
    )
    found = numbers(sums, lives(("a", 60, "", 1), ("a", 12, "failed", 1)))
    assert found == pytest.approx(
        {
            "unmet": 0.2,
            "turnover": 0.24,
            "selling_cost": 0.1,
            "selling_cost_alone": 0.15,
            "win_rate": 0.25,
            "repeat_share": 0.6,
            "customer_hours": 0.5,
            "losses": 0.3,
            "survival": 0.5,
        }
    )
    assert set(found) == {band.number for band in BANDS}


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_a_market_that_could_exist_is_in_every_band(name):
    results = [run(CONFIGURATIONS[name].but(months=120), seed) for seed in SEEDS]
    sums = pd.concat([economy(result) for result in results])
    table = in_bands(numbers(sums, pd.concat([firm_lives(result) for result in results], ignore_index=True)))
    assert table["holds"].all(), table[~table["holds"]]
