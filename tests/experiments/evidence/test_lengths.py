"""The likelihood of a Gaussian process: equal to scikit-learn's, with its slope, and far cheaper."""

import numpy as np
import pytest

from longgame.experiments.evidence.emulator import fitted, kernel_of
from longgame.experiments.evidence.lengths import Likelihood

pytest.importorskip("sklearn")


def made(points=40, dials=5, seed=0):
    rng = np.random.default_rng(seed)
    places = rng.random((points, dials)) - 0.5
    values = np.sin(6 * places[:, 0]) + places[:, 1] + 0.1 * rng.standard_normal(points)
    return places, values, rng.uniform(0.01, 0.1, points)


@pytest.mark.parametrize("lengths", [5, 1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cost_and_slope_are_those_of_scikit_learn(lengths, seed):
    from sklearn.gaussian_process import GaussianProcessRegressor

    places, values, errors = made()
    process = GaussianProcessRegressor(kernel_of(lengths), alpha=errors, optimizer=None).fit(places, values)
    theta = process.kernel_.theta + np.random.default_rng(seed).normal(0, 0.5, len(process.kernel_.theta))
    value, slope = process.log_marginal_likelihood(theta, eval_gradient=True)
    ours, ours_slope = Likelihood(places, values, errors)(theta)
    assert ours == pytest.approx(-value, rel=1e-9)
    assert ours_slope == pytest.approx(-slope, rel=1e-6, abs=1e-8)


def test_what_is_no_covariance_costs_infinitely_much():
    places, values, errors = made()
    cost, slope = Likelihood(places, values, errors - 10.0)(kernel_of(5).theta)
    assert cost == np.inf and np.isfinite(slope).all()


def test_dials_that_do_nothing_get_long_lengths():
    places, values, errors = made(points=120)
    kernel = fitted(kernel_of(5), Likelihood(places, values, errors))
    lengths = np.exp(kernel.theta[2:-1])
    assert lengths[0] < 1.0 and (lengths[2:] > 3.0).all()
