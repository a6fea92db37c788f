"""Emulators: what a target would be at a point that was not run, how far seeds differ there, and how sure that is.

Per target one surface of the mean over seeds and one of the logarithm of the variance between seeds (stochastic history
matching: Andrianakis et al. 2015). A surface is a Gaussian process of scikit-learn's (extra `evidence`, imported only
here): a plane and what bends it, with a length of its own for every dial (automatic relevance determination).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import digamma, polygamma

from longgame.experiments.evidence.lengths import Likelihood
from longgame.sim.errors import extra

#: Points on which lengths are found; all points are used once they are.
FIT_ON = 300

#: Steps of the search for lengths.
STEPS = 60

#: Points predicted at once: bounds the memory that a prediction takes.
AT_ONCE = 4_000

#: Part of the points kept apart to see whether an emulator predicts.
HELD_OUT = 0.15

#: An emulator that explains less of the variance held out, or has fewer points within 2 sd, is dropped.
LEAST_R2, LEAST_WITHIN = 0.3, 0.8


def sklearn() -> Any:
    """Import scikit-learn.

    Raises
    ------
    InputError
        If the extra is not installed.
    """
    with extra("ensemble", "evidence"):
        import sklearn
        import sklearn.gaussian_process
    return sklearn


def one_thread() -> AbstractContextManager[Any]:
    """Keep linear algebra to one thread: matrices are small, and the same numbers come out on any number of cores."""
    sklearn()
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


@dataclass(frozen=True)
class Surface:
    """A function of the cube, learned from noisy values at some points.

    Attributes
    ----------
    process : sklearn.gaussian_process.GaussianProcessRegressor
        Of the values, in units of `scale` around `middle`.
    middle, scale : float
    """

    process: Any
    middle: float
    scale: float

    def __call__(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the function at points, shapes (points,)."""
        found = [self.process.predict(part - 0.5, return_std=True) for part in _parts(places)]
        mean, sd = (np.concatenate(column) for column in zip(*found, strict=True))
        return self.middle + self.scale * mean, (self.scale * sd) ** 2

    def expected(self, places: np.ndarray) -> np.ndarray:
        """Return the mean alone, which costs less, shape (points,)."""
        found = np.concatenate([self.process.predict(part - 0.5) for part in _parts(places)])
        return self.middle + self.scale * found


def surface(
    places: np.ndarray, values: np.ndarray, noise: np.ndarray, *, ard: bool, seed: int, like: Surface | None = None
) -> Surface:
    """Learn a surface.

    Parameters
    ----------
    places : numpy.ndarray
        Points of the cube, shape (points, dials).
    values : numpy.ndarray
        Shape (points,), finite.
    noise : numpy.ndarray
        Variance of the error of each value, shape (points,).
    ard : bool
        A length for every dial, or one for all.
    seed : int
        Of the choice of the points on which lengths are found.
    like : Surface, optional
        One of the same function whose lengths are taken over.
    """
    make = sklearn().gaussian_process.GaussianProcessRegressor
    middle = float(values.mean())
    scale = max(float(values.std()), 1e-9 * (1.0 + float(np.abs(values).max())))
    around, rest, errors = places - 0.5, (values - middle) / scale, np.maximum(noise / scale**2, 1e-6)
    if like is not None:
        kernel = like.process.kernel_
    else:
        few = np.random.default_rng(seed).permutation(len(places))[:FIT_ON]
        kernel = fitted(kernel_of(places.shape[1] if ard else 1), Likelihood(around[few], rest[few], errors[few]))
    return Surface(make(kernel, alpha=errors, optimizer=None).fit(around, rest), middle, scale)


def kernel_of(lengths: int) -> Any:
    """Return a kernel to begin with: a plane, a bent surface with so many lengths, and what neither explains."""
    kernels = sklearn().gaussian_process.kernels
    plane = kernels.ConstantKernel(0.1, (1e-3, 1e2)) * kernels.DotProduct(1.0, "fixed")
    bent = kernels.ConstantKernel(1.0, (1e-3, 1e2)) * kernels.RBF(np.full(lengths, 1.0), (0.1, 50.0))
    return plane + bent + kernels.WhiteKernel(0.05, (1e-6, 2.0))


def fitted(kernel: Any, likelihood: Likelihood) -> Any:
    """Return the kernel with the most likely numbers that a bounded number of steps finds."""
    from scipy.optimize import minimize

    how = {"jac": True, "bounds": kernel.bounds, "method": "L-BFGS-B", "options": {"maxiter": STEPS}}
    return kernel.clone_with_theta(minimize(likelihood, kernel.theta, **how).x)


def _parts(places: np.ndarray) -> list[np.ndarray]:
    """Return points in parts that fit into memory together with the points learned from."""
    return np.array_split(places, max(1, -(-len(places) // AT_ONCE)))


@dataclass(frozen=True)
class Emulator:
    """What stands for the model in one target, on the target's own scale.

    Attributes
    ----------
    target : str
    mean : Surface
        Of the mean over seeds.
    spread : Surface
        Of the logarithm of the variance between seeds.
    r2 : float
        Share of the variance between held-out points that it predicts.
    within : float
        Share of held-out points that lie within two predicted standard deviations.
    """

    target: str
    mean: Surface
    spread: Surface
    r2: float
    within: float

    @property
    def predicts(self) -> bool:
        """Whether it may be used."""
        return self.r2 >= LEAST_R2 and self.within >= LEAST_WITHIN

    def __call__(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return mean, variance of that mean, and variance between seeds at points, shapes (points,)."""
        mean, variance = self.mean(places)
        return mean, variance, np.exp(self.spread.expected(places))


def learned(target: str, places: np.ndarray, values: np.ndarray, seed: int) -> Emulator | None:
    """Learn an emulator from runs, after a part held out has shown whether it predicts.

    Parameters
    ----------
    target : str
    places : numpy.ndarray
        Shape (points, dials).
    values : numpy.ndarray
        Shape (points, seeds), on the target's own scale; NaN where a run has no such number.
    seed : int
        Of the choice of points held out.

    Returns
    -------
    Emulator or None
        None where the target is defined at too few points to learn anything, or never varies.
    """
    usable = np.isfinite(values).sum(axis=1) >= 2
    places, values = places[usable], values[usable]
    if len(places) < 20 or np.ptp(np.nanmean(values, axis=1)) == 0:
        return None
    order = np.random.default_rng(seed).permutation(len(places))
    out, within = np.split(order, [max(5, round(HELD_OUT * len(order)))])
    first = _surfaces(places[within], values[within], seed)
    r2, share = _validated(*first, places[out], values[out])
    return Emulator(target, *_surfaces(places, values, seed, first), r2, share)


def _surfaces(
    places: np.ndarray, values: np.ndarray, seed: int, like: tuple[Surface, Surface] | None = None
) -> tuple[Surface, Surface]:
    """Return the surfaces of the mean and of the logarithm of the variance between seeds."""
    mean, spread = like or (None, None)
    count = np.isfinite(values).sum(axis=1)
    means, variances = np.nanmean(values, axis=1), np.nanvar(values, axis=1, ddof=1)
    floor = 1e-6 * float(means.var()) + 1e-12
    free = (count - 1) / 2.0
    # The logarithm of a variance from few seeds is too low on average, and uncertain, by known amounts.
    logs = np.log(np.maximum(variances, floor)) - (digamma(free) - np.log(free))
    spread = surface(places, logs, polygamma(1, free), ard=False, seed=seed, like=spread)
    noise = np.exp(spread.expected(places)) / count
    return surface(places, means, noise, ard=True, seed=seed, like=mean), spread


def _validated(mean: Surface, spread: Surface, places: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Return R² at points held out, and the share of them within two predicted standard deviations."""
    seen, (said, variance) = np.nanmean(values, axis=1), mean(places)
    noise = np.exp(spread.expected(places)) / np.isfinite(values).sum(axis=1)
    total = float(((seen - seen.mean()) ** 2).sum())
    r2 = 1.0 - float(((seen - said) ** 2).sum()) / total if total > 0 else 0.0
    return r2, float((np.abs(seen - said) <= 2.0 * np.sqrt(variance + noise)).mean())


def all_learned(
    targets: Sequence[str], places: np.ndarray, values: np.ndarray, seed: int
) -> tuple[list[Emulator], list[str]]:
    """Learn an emulator per target.

    Parameters
    ----------
    targets : sequence of str
    places : numpy.ndarray
        Shape (points, dials).
    values : numpy.ndarray
        Shape (points, seeds, targets).
    seed : int

    Returns
    -------
    tuple
        The emulators, also those that do not predict, and the names of targets for which none could be learned.
    """
    found = {name: learned(name, places, values[:, :, k], seed + k) for k, name in enumerate(targets)}
    return [one for one in found.values() if one is not None], [name for name, one in found.items() if one is None]
