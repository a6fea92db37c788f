"""Markets moved towards a book: exact where the model is linear, by another road."""

from __future__ import annotations

import numpy as np
import pytest

from longgame.experiments.books.smoother import CLOSEST, STEPS, gain, step


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


def test_of_numbers_that_chance_alone_makes_nothing_is_learned():
    rng = np.random.default_rng(2)
    places, values = rng.normal(size=(5_000, 2)), rng.normal(size=(5_000, 1))
    assert np.abs(gain(places, values, np.array([0.0]))).max() < 0.05
    assert gain(places, 2.0 * places[:, :1], np.array([0.0])) == pytest.approx(np.array([[0.5], [0.0]]), abs=0.02)
