"""Intervals from few runs of each of many markets: what all markets say about noise steadies that of each.

With two or three runs a market's own variance says next to nothing. Over hundreds of markets the variances have a
distribution, which is estimated and taken as the prior of each (empirical Bayes; Smyth 2004, Stat. Appl. Genet. Mol.
Biol. 3(1):3). Student's t with the degrees of freedom of both then gives the interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from scipy.stats import t

#: Prior degrees of freedom beyond which all markets have one variance, for any purpose.
MOST = 1e6


class Prior(NamedTuple):
    """What variances are like: scaled inverse chi-squared with this variance and these degrees of freedom."""

    variance: float
    degrees: float


def prior_of(variances: NDArray[np.float64], degrees: float) -> Prior:
    """Return the distribution of variances over markets, by the moments of their logarithms.

    Parameters
    ----------
    variances : array of float, shape (markets,)
        Sample variances; those that are 0 or missing are left out.
    degrees : float
        Degrees of freedom of each: runs − 1.

    Returns
    -------
    Prior
        NaN and 0 degrees where no variance is above 0.
    """
    found = variances[np.isfinite(variances) & (variances > 0)]
    if not len(found) or degrees <= 0:
        return Prior(np.nan, 0.0)
    logs = np.log(found) - digamma(degrees / 2) + np.log(degrees / 2)
    beyond = (np.var(logs, ddof=1) if len(found) > 1 else 0.0) - polygamma(1, degrees / 2)
    if beyond <= polygamma(1, MOST / 2):
        return Prior(float(np.exp(logs.mean())), MOST)
    own = 2 * float(brentq(lambda half: polygamma(1, half) - beyond, 1e-3, MOST))  # pyright: ignore[reportArgumentType]
    return Prior(float(np.exp(logs.mean() + digamma(own / 2) - np.log(own / 2))), float(own))


def intervals(
    means: NDArray[np.float64], variances: NDArray[np.float64], runs: int, level: float | NDArray[np.float64] = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of the mean of each market.

    Parameters
    ----------
    means, variances : array of float, shape (markets,)
        Of the differences of one comparison in the runs of each market.
    runs : int
        Of each market; at least 2.
    level : float or array of float, shape (markets,)

    Returns
    -------
    low, high : arrays of float, shape (markets,)
        NaN where the mean is.

    Examples
    --------
    >>> low, high = intervals(np.array([1.0, 2.0]), np.array([0.1, 0.3]), runs=2)
    >>> bool((low < [1, 2]).all() and (high > [1, 2]).all())
    True
    """
    prior = prior_of(variances, runs - 1)
    if prior.degrees == 0.0:  # no run differs from another: the means are exact
        return means, means
    own = np.where(np.isfinite(variances), variances, 0.0)
    steadied = (prior.degrees * prior.variance + (runs - 1) * own) / (prior.degrees + runs - 1)
    half = t.ppf((1 + level) / 2, prior.degrees + runs - 1) * np.sqrt(steadied / runs)
    return means - half, means + half
