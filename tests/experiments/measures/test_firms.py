"""Firms' lives by hand, and whether the markets that could exist are within the bands of their economy."""

from __future__ import annotations

import pandas as pd
import pytest

from longgame.experiments.measures.firms import BANDS, economy, firm_lives, in_bands, numbers, share_alive, survival
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
