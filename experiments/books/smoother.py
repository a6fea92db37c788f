"""Markets moved towards a book, in steps: an ensemble smoother.

Every market has its own values of what a book does not tell of, which stay. What the book tells of is moved by what the
runs of all markets say of how numbers follow dials: linear regression, as in regression-adjusted approximate Bayesian
computation (Beaumont, Zhang & Balding 2002), in several damped steps (Emerick & Reynolds 2013: ensemble smoother with
multiple data assimilation). For a linear model with normal noise the markets are draws from the posterior.

The runs hold chance already. So a step whose noise is to weigh `a` times as much adds only `a` - 1 parts of it.
"""

from __future__ import annotations

import numpy as np

#: How much more noise than there is each step takes the book to have; the inverses sum to 1 (Emerick & Reynolds 2013).
STEPS = (28.0 / 3.0, 7.0, 4.0, 2.0)

#: Nothing is matched more closely than this, on the scale of logarithms and log odds.
CLOSEST = 0.01


def gain(places: np.ndarray, values: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return how far dials move for each number that is off.

    Parameters
    ----------
    places : numpy.ndarray
        Normal scores of dials, shape (markets, dials).
    values : numpy.ndarray
        Numbers of runs on their scales, shape (markets, numbers).
    noise : numpy.ndarray
        Variance to be added to that of the runs, shape (numbers,).

    Returns
    -------
    numpy.ndarray
        Shape (dials, numbers).
    """
    moved, found = places - places.mean(axis=0), values - values.mean(axis=0)
    free = len(places) - 1
    return np.linalg.solve(found.T @ found / free + np.diag(noise), found.T @ moved / free).T


def step(
    places: np.ndarray,
    values: np.ndarray,
    wanted: np.ndarray,
    chance: np.ndarray,
    damp: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return markets after one step.

    Parameters
    ----------
    places, values : numpy.ndarray
        As for `gain`.
    wanted : numpy.ndarray
        Numbers of the book, shape (numbers,).
    chance : numpy.ndarray
        Variance between runs of one market, shape (numbers,).
    damp : float
        One of `STEPS`.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        Shape (markets, dials).
    """
    noise = (damp - 1.0) * chance + damp * CLOSEST**2
    blurred = wanted + rng.normal(size=values.shape) * np.sqrt(noise)
    return places + (blurred - values) @ gain(places, values, noise).T
