"""Points of the cube: spread evenly over all of it, or over the part that is not ruled out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import qmc

#: Samples of which the one is taken whose closest points lie farthest apart.
TRIES = 50

#: Rounds in which every point of a population moves once, so that it forgets where it came from.
SWEEPS = 12

#: Returns the logarithm of the density at points, -inf outside.
type Density = Callable[[np.ndarray], np.ndarray]


def maximin(count: int, dials: int, rng: np.random.Generator) -> np.ndarray:
    """Return a Latin hypercube whose closest points lie far apart (Johnson, Moore & Ylvisaker 1990).

    Returns
    -------
    numpy.ndarray
        Shape (count, dials), within 0 and 1.
    """
    made = (qmc.LatinHypercube(dials, rng=rng).random(count) for _ in range(TRIES))
    return max(made, key=_closest)


def spread_out(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return some of many points: of random choices the one whose closest points lie farthest apart."""
    if len(points) <= count:
        return points
    made = (points[rng.choice(len(points), count, replace=False)] for _ in range(TRIES))
    return max(made, key=_closest)


def _closest(points: np.ndarray) -> float:
    """Return the distance of the two closest points."""
    return float(pdist(points).min()) if len(points) > 1 else 0.0


def evolve(
    start: np.ndarray, count: int, density: Density, rng: np.random.Generator, sweeps: int = SWEEPS
) -> tuple[np.ndarray, float]:
    """Return points drawn from a density within the cube, from some that are drawn from it already.

    Each point moves along the difference of two others, which knows how long and how narrow the region is, or along one
    dial alone; a move is taken as Metropolis has it (ter Braak 2006: differential evolution Markov chain). The cube's
    sides reflect.

    Parameters
    ----------
    start : numpy.ndarray
        Points with a finite density, shape (points, dials).
    count : int
    density : callable
        Logarithm, up to a constant.
    rng : numpy.random.Generator
    sweeps : int

    Returns
    -------
    tuple
        Points, shape (count, dials), and the share of moves that were taken.
    """
    dials = start.shape[1]
    chosen = rng.choice(len(start), count, replace=len(start) < count)
    points = start[chosen]
    now, taken = density(points), 0
    for _ in range(sweeps):
        proposed = _moved(points, start, dials, rng)
        then = density(proposed)
        accept = np.log(rng.random(count)) < then - now
        points, now = np.where(accept[:, None], proposed, points), np.where(accept, then, now)
        taken += int(accept.sum())
    return points, taken / (sweeps * count)


def _moved(points: np.ndarray, others: np.ndarray, dials: int, rng: np.random.Generator) -> np.ndarray:
    """Return a proposal for every point: half along a difference, half along a dial or two."""
    count = len(points)
    first, second = (others[rng.integers(len(others), size=count)] for _ in range(2))
    step = 2.38 / np.sqrt(2 * dials) * np.exp(rng.normal(0.0, 0.7, (count, 1)))
    along = step * (first - second) + rng.normal(0.0, 0.01, (count, dials))
    few = rng.random((count, dials)) < 1.5 / dials
    alone = np.where(few, rng.normal(0.0, 1.0, (count, dials)) * np.exp(rng.uniform(-3.5, 0.0, (count, 1))), 0.0)
    return reflected(points + np.where(rng.random((count, 1)) < 0.5, along, alone))


def reflected(points: np.ndarray) -> np.ndarray:
    """Return points thrown back into the cube by its sides.

    Examples
    --------
    >>> reflected(np.array([-0.25, 0.5, 1.25, 2.25])).tolist()
    [0.25, 0.5, 0.75, 0.25]
    """
    folded = np.mod(points, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)
