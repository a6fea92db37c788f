"""The likelihood of purchase histories: exact where theory is exact, recovery where data are simulated."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import comb
from scipy.stats import gamma, nbinom

from longgame.experiments.orders.likelihood import (
    fit_counts,
    fit_purchases,
    histories,
    history_probability,
    minimise,
    repeat_curve,
    repeat_distribution,
)
from tests.experiments.made_orders import customers_of

SETTINGS = [(0.3, 0.8, 0.05), (0.15, 1.5, 0.2), (3.9, 0.8, 0.003), (0.5, 4.0, 0.01), (0.4, 0.03, 0.1)]


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
@pytest.mark.parametrize("months", [0, 1, 2, 7])
def test_the_probabilities_of_all_histories_add_up_to_one(rate, spread, churn, months):
    sequences = np.array(list(itertools.product([0, 1], repeat=months))).reshape(2**months, months)
    repeats = sequences.sum(axis=1)
    last = np.array([max((j + 1 for j in range(months) if row[j]), default=0) for row in sequences])
    chance = history_probability(repeats, last, np.full(2**months, months), rate=rate, spread=spread, churn=churn)
    assert (chance > 0).all()
    assert chance.sum() == pytest.approx(1.0, abs=1e-10)


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
def test_a_history_by_hand(rate, spread, churn):
    # No purchase in month 1, a purchase in month 2, none in 3 and 4: who left did so in 3 or in 4.
    def given(lam: float) -> float:
        p = 1 - math.exp(-lam)
        stay = 1 - churn
        return stay**2 * (1 - p) * p * (churn + stay * (1 - p) * (churn + stay * (1 - p)))

    shape = 1 / spread**2
    prior = gamma(shape, scale=rate / shape)
    # In quantiles of the prior, because its density has a pole at 0 for small shapes.
    expected = quad(lambda u: given(prior.ppf(u)), 0, 1, epsabs=1e-11, limit=500)[0]
    found = history_probability(np.array([1]), np.array([2]), np.array([4]), rate=rate, spread=spread, churn=churn)
    assert found[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
def test_closed_form_and_month_by_month_agree(rate, spread, churn):
    months = 12
    table = repeat_distribution(months, rate=rate, spread=spread, churn=churn)
    np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-10)
    for n in (1, 5, 12):
        for x in range(n + 1):
            last = np.arange(x, n + 1) if x else np.array([0])
            ways = comb(last - 1, x - 1) if x else np.ones(1)
            full = np.full(len(last), x), last, np.full(len(last), n)
            chance = history_probability(*full, rate=rate, spread=spread, churn=churn)
            assert ways @ chance == pytest.approx(table[n, x], rel=1e-8, abs=1e-12)


def test_without_heterogeneity_and_churn_it_is_the_binomial():
    table = repeat_distribution(10, rate=0.5, spread=0.02, churn=1e-9)
    p = 1 - math.exp(-0.5)
    expected = [comb(10, x) * p**x * (1 - p) ** (10 - x) for x in range(11)]
    np.testing.assert_allclose(table[10], expected, atol=2e-4)


@pytest.mark.parametrize(
    ("rate", "spread", "churn", "months"), [(0.3, 0.8, 0.05, 24), (0.15, 1.4, 0.04, 18), (1.5, 0.7, 0.01, 24)]
)
def test_the_fit_recovers_what_made_the_data(rate, spread, churn, months):
    frame = customers_of(np.random.default_rng(20240607), 4000, months, rate, spread, churn)
    fit = fit_purchases(histories(frame, months))
    assert not any(fit.at_bound)
    truth = math.log(rate), math.log(spread), math.log(churn / (1 - churn))
    found = math.log(fit.rate), math.log(fit.spread), math.log(fit.churn / (1 - fit.churn))
    z = (np.array(found) - truth) / fit.errors
    assert np.abs(z).max() < 3.5, z
    # Errors small enough for the test to mean something.
    assert fit.errors[0] < 0.08 and fit.errors[1] < 0.15 and fit.errors[2] < 0.6
    # The truth is not far less likely than the maximum (chi-square with 3 degrees of freedom, 99.9 %).
    past = histories(frame, months)
    seen = past.months > 0
    chance = history_probability(
        past.repeats[seen], past.last[seen], past.months[seen], rate=rate, spread=spread, churn=churn
    )
    assert 0 <= 2 * (fit.log_likelihood - np.log(chance).sum()) < 16.3


def test_no_churn_ends_at_the_bound_without_an_interval():
    frame = customers_of(np.random.default_rng(3), 1500, 18, 0.6, 0.6, 0.0)
    fit = fit_purchases(histories(frame, 18))
    assert fit.churn < 0.004
    assert fit.rate == pytest.approx(0.6, rel=0.1)


def test_standard_errors_are_those_of_a_known_curvature():
    # Minus a normal log-likelihood: standard deviations 0.3 and 2, correlation 0.5; a third at its bound.
    precision = np.linalg.inv(np.array([[0.09, 0.3], [0.3, 4.0]]))

    def loss(z: np.ndarray) -> float:
        d = z[:2] - (1.0, -1.0)
        return float(0.5 * d @ precision @ d + z[2])

    best, errors, edge = minimise(loss, [(0.0, 0.0, 1.0)], [(-9.0, 9.0)] * 2 + [(0.0, 1.0)])
    np.testing.assert_allclose(best, [1.0, -1.0, 0.0], atol=1e-4)
    np.testing.assert_allclose(errors[:2], [0.3, 2.0], rtol=1e-4)
    assert edge.tolist() == [False, False, True] and math.isnan(errors[2])


def test_the_count_fit_recovers_and_agrees_with_scipy():
    rng = np.random.default_rng(11)
    months = rng.integers(0, 24, 6000)
    orders = rng.poisson(rng.gamma(0.7, 1 / 2.5, 6000) * months)
    fit = fit_counts(orders, months)
    assert abs(math.log(fit.r / 0.7)) < 3.5 * fit.errors[0] < 0.3
    assert abs(math.log(fit.alpha / 2.5)) < 3.5 * fit.errors[1] < 0.3
    seen = months > 0
    expected = nbinom.logpmf(orders[seen], fit.r, fit.alpha / (fit.alpha + months[seen])).sum()
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-9)


def test_histories_and_repeat_curve_by_hand():
    frame = pd.DataFrame({"customer": [1, 1, 1, 2, 3, 3], "month": [1, 1, 3, 4, 2, 3]})
    past = histories(frame, 4)
    assert past.repeats.tolist() == [1, 0, 1]
    assert past.last.tolist() == [2, 0, 1]
    assert past.months.tolist() == [3, 0, 2]
    # Month 1 after the first: of customers 1 and 3, the latter; month 2: the former; month 3: nobody of one.
    assert repeat_curve(frame, 4).tolist() == [0.5, 0.5, 0.0]
