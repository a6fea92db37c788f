"""Intervals steadied by all markets: known variances come back, and intervals cover as often as they say."""

import numpy as np
import pytest
from scipy.stats import invgamma

from longgame.experiments.inference.moderated import MOST, intervals, prior_of


def variances_like(rng, markets, degrees, variance):
    """Return true variances, scaled inverse chi-squared."""
    return invgamma(degrees / 2, scale=degrees * variance / 2).rvs(markets, random_state=rng)


@pytest.mark.parametrize("runs", [3, 5])
def test_the_distribution_of_variances_is_found_again(runs):
    rng = np.random.default_rng(1)
    true = variances_like(rng, 40_000, 8.0, 3.0)
    seen = true * rng.chisquare(runs - 1, len(true)) / (runs - 1)
    prior = prior_of(seen, runs - 1)
    assert prior.variance == pytest.approx(3.0, rel=0.05) and prior.degrees == pytest.approx(8.0, rel=0.15)


def test_one_variance_for_all_is_told_from_many():
    rng = np.random.default_rng(2)
    assert prior_of(2.0 * rng.chisquare(2, 50) / 2, 2).degrees == MOST


@pytest.mark.parametrize(("runs", "level"), [(2, 0.95), (3, 0.95), (3, 0.8)])
def test_intervals_cover_as_often_as_they_say(runs, level):
    rng = np.random.default_rng(3)
    spread = np.sqrt(variances_like(rng, 20_000, 6.0, 1.0))
    values = 5.0 + spread[:, None] * rng.standard_normal((len(spread), runs))
    low, high = intervals(values.mean(axis=1), values.var(axis=1, ddof=1), runs, level)
    assert np.mean((low <= 5.0) & (high >= 5.0)) == pytest.approx(level, abs=0.01)


def test_a_market_of_its_own_level_has_an_interval_of_its_own():
    low, high = intervals(np.zeros(2), np.ones(2), 3, np.array([0.9, 0.99]))
    assert high[1] > high[0] > 0 > low[0] > low[1]


def test_where_luck_plays_no_part_means_are_exact():
    means = np.array([1.0, -2.0])
    assert np.array_equal(intervals(means, np.zeros(2), 3), (means, means))


def test_a_market_without_a_mean_has_no_interval():
    low, high = intervals(np.array([1.0, np.nan]), np.array([1.0, np.nan]), 3)
    assert np.isnan([low[1], high[1]]).all() and np.isfinite([low[0], high[0]]).all()
