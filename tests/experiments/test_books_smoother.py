"""Markets moved towards a book: exact where the model is linear, by another road."""

from __future__ import annotations

import numpy as np
import pytest

from longgame.experiments.books.smoother import CLOSEST, STEPS, nearer, slopes, step


def test_the_steps_together_weigh_the_book_once():
    assert sum(1 / damp for damp in STEPS) == pytest.approx(1.0)


def test_in_a_linear_model_the_markets_are_draws_from_the_posterior():
    rng = np.random.default_rng(1)
    slope, chance, wanted = (
        np.array([[1.0, 0.5], [0.2, -1.0], [0.3, 0.3]]),
        np.array([0.09, 0.04, 0.25]),
        np.array([1.0, 0.5, -1]),
    )
    places = rng.normal(size=(20_000, 2))
    for damp in STEPS:
        values = places @ slope.T + rng.normal(size=(len(places), 3)) * np.sqrt(chance)
        places = step(places, values, wanted, chance, damp, rng)
    noise = np.diag(1 / (chance + CLOSEST**2))
    covariance = np.linalg.inv(np.eye(2) + slope.T @ noise @ slope)
    np.testing.assert_allclose(places.mean(axis=0), covariance @ slope.T @ noise @ wanted, atol=0.02)
    np.testing.assert_allclose(np.cov(places.T), covariance, atol=0.01)


def test_the_centre_goes_where_the_slopes_lead_but_not_too_far():
    rng = np.random.default_rng(2)
    slope = np.array([[1.0, 0.0], [0.0, 2.0]])
    places = rng.normal(size=(500, 2))
    np.testing.assert_allclose(slopes(places, places @ slope.T + 3.0), slope, atol=1e-9)
    found = nearer(np.zeros(2), np.zeros(2), np.array([0.5, 0.5]), slope, np.full(2, 1e4))
    np.testing.assert_allclose(found, [0.5, 0.25], atol=1e-6)
    assert (np.abs(nearer(np.zeros(2), np.zeros(2), np.array([9.0, -9.0]), slope, np.full(2, 1e4))) == 1).all()
