"""Weights for what is left: approximate Bayesian computation with the runs themselves.

The kernel is the error model: runs with mean m over seeds weigh exp(-d²/2), d² = Σ (z - m)² ÷ (V_discrepancy +
V_seeds); with it the answer is exact for a model that is off by so much (Wilkinson 2013). Candidates are runs at points
even over what is left. Where they weigh as few, more are run where emulators put the weight; candidates from both are
weighed by the density of the mixture they come from (Veach & Guibas 1995: balance heuristic).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from longgame.experiments.evidence.ensemble import effective
from longgame.experiments.evidence.implausibility import Target, aim, implausibility, on_scale
from longgame.experiments.evidence.sampling import evolve
from longgame.experiments.evidence.waves import History, Model

#: Least effective sample size; below it more is run.
LEAST = 100

#: Batches that are run at most.
BATCHES = 3

#: Markets that are kept.
MARKETS = 300


@dataclass(frozen=True)
class Candidates:
    """Points that were run in what is left.

    Attributes
    ----------
    places : numpy.ndarray
        Shape (points, dials).
    values : numpy.ndarray
        Natural scales, shape (points, seeds, numbers): targets first.
    density : numpy.ndarray
        Of the mixture from which they were drawn, against an even one, shape (points,).
    """

    places: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    density: np.ndarray = field(repr=False)


def misses(targets: Sequence[Target], values: np.ndarray) -> np.ndarray:
    """Return how far runs are from targets, in standard deviations of discrepancy and seeds.

    Parameters
    ----------
    targets : sequence of Target
    values : numpy.ndarray
        Natural scales, shape (points, seeds, numbers): targets first.

    Returns
    -------
    numpy.ndarray
        Shape (points, targets); above 0 where the runs lie above, NaN where no run of a point has such a number.
    """
    means, between = summary(targets, values)
    return (means - [aim(target) for target in targets]) / allowed(targets, between)


def summary(targets: Sequence[Target], values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return means over seeds on the scales of targets, and the variance between seeds.

    The variance is pooled over all points: so few seeds tell little of one.

    Returns
    -------
    tuple of numpy.ndarray
        Shapes (points, targets), NaN where no run has the number, and (targets,).
    """
    scaled = np.stack([on_scale(target, values[:, :, k]) for k, target in enumerate(targets)], axis=2)
    there = np.isfinite(scaled)
    count = there.sum(axis=1)
    means = np.where(count > 0, np.where(there, scaled, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    squares = (np.where(there, scaled - means[:, None, :], 0.0) ** 2).sum(axis=1)
    variances = np.where(count >= 2, squares / np.maximum(count - 1, 1), np.nan)
    known = np.isfinite(variances)
    return means, np.where(known, variances, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def allowed(targets: Sequence[Target], between: np.ndarray) -> np.ndarray:
    """Return the standard deviations of discrepancy and seeds together, shape (targets,)."""
    return np.sqrt(np.array([target.sd for target in targets]) ** 2 + between)


def kernel(missed: np.ndarray) -> np.ndarray:
    """Return the weight of points by what they miss; a point without one of the numbers has none, shape (points,)."""
    squares = np.where(np.isfinite(missed), missed, np.inf) ** 2
    total = squares.sum(axis=1)
    least = total.min(initial=np.inf)
    return np.exp(-0.5 * (total - least)) if np.isfinite(least) else np.zeros(len(missed))


def weights(targets: Sequence[Target], found: Candidates) -> np.ndarray:
    """Return the weights of candidates, which sum to 1 unless all are 0, shape (points,)."""
    raw = kernel(misses(targets, found.values)) / found.density
    return raw / raw.sum() if raw.sum() > 0 else raw


def gathered(history: History, model: Model, count: int, seeds: tuple[int, ...], seed: int) -> Candidates:
    """Run points even over what is left, beside those that waves have run there, and more where they weigh as few.

    Parameters
    ----------
    history : History
        With something left.
    model : callable
    count : int
        Points of a batch.
    seeds : tuple of int
    seed : int
    """
    rng = np.random.default_rng([seed, 101])
    chosen = rng.choice(len(history.points), min(count, len(history.points)), replace=False)
    fresh = history.space.snapped(history.points[chosen])
    kept = [(wave.places[keep], wave.values[keep]) for wave in history.waves for keep in [history.inside(wave.places)]]
    places = np.concatenate([fresh, *(p for p, _ in kept)])
    values = np.concatenate([model(fresh, seeds), *(v for _, v in kept)])
    found, even, drawn = Candidates(places, values, np.ones(len(places))), len(places), 0
    level = _level(history, history.points)
    for _ in range(BATCHES):
        if effective(weights(history.targets, found)) >= LEAST:
            break
        more = _likely(history, count, rng)
        drawn += len(more)
        found = replace(
            found,
            places=np.concatenate([found.places, more]),
            values=np.concatenate([found.values, model(more, seeds)]),
        )
        likely = np.exp(_emulated(history, found.places) - level)
        found = replace(found, density=(even + drawn * likely) / (even + drawn))
    return found


def _emulated(history: History, places: np.ndarray) -> np.ndarray:
    """Return the logarithm of the kernel as emulators see it, of points in what is left, shape (points,)."""
    latest = {one.target: one for wave in history.waves for one in wave.emulators}
    missed = implausibility(list(latest.values()), history.targets, history.space.snapped(places))
    return -0.5 * (missed**2).sum(axis=1)


def _level(history: History, points: np.ndarray) -> float:
    """Return the logarithm of the mean of the emulated kernel over what is left, by which it becomes a density."""
    logs = _emulated(history, points)
    top = logs.max()
    return float(top + np.log(np.exp(logs - top).mean()))


def _likely(history: History, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return points drawn by the emulated kernel within what is left, shape (count, dials)."""
    logs = _emulated(history, history.points)
    chance = np.exp(logs - logs.max())
    start = history.points[rng.choice(len(history.points), max(count, 500), p=chance / chance.sum())]

    def density(places: np.ndarray) -> np.ndarray:
        found = np.full(len(places), -np.inf)
        left = np.flatnonzero(history.inside(places))
        if len(left):
            found[left] = _emulated(history, places[left])
        return found

    return history.space.snapped(evolve(start, count, density, rng)[0])


def thinned(shares: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most so many of the candidates, with new weights that give every mean without bias.

    Those with much weight are all kept; of the others some are drawn, which weigh the same (Fearnhead & Clifford 2003).

    Returns
    -------
    tuple of numpy.ndarray
        Indices, heaviest first, and weights that sum to 1.
    """
    heavy = np.flatnonzero(shares > 0)
    if len(heavy) > count:
        chance = np.minimum(1.0, shares * _factor(shares[heavy], count))
        start = np.random.default_rng([seed, 102]).random()
        edges = np.cumsum(chance[heavy])
        drawn = np.searchsorted(edges, start + np.arange(count), side="right")
        heavy = np.unique(heavy[np.minimum(drawn, len(heavy) - 1)])
        kept = shares[heavy] / chance[heavy]
    else:
        kept = shares[heavy]
    order = np.argsort(-kept, kind="stable")
    return heavy[order], kept[order] / kept.sum()


def _factor(shares: np.ndarray, count: int) -> float:
    """Return the factor with which weights, at most 1 each, add up to so many."""
    ordered = np.sort(shares)[::-1]
    rest = ordered.sum() - np.concatenate([[0.0], np.cumsum(ordered)[:-1]])
    for whole in range(count):
        factor = (count - whole) / rest[whole]
        if ordered[whole] * factor <= 1.0:
            return float(factor)
    return float(1.0 / ordered[count - 1])
