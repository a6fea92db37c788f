"""How often customers buy and when they leave for good, fitted to purchase histories by maximum likelihood.

The unit is the active month: a month in which a customer buys. In the market a customer has at most one need
a month. A customer is observed from the first active month (month 0 of their own clock) on. In each later
month they first leave for good with hazard c. If they stay, they are active with probability
p = 1 - exp(-λ), and λ is gamma distributed across customers.

Let x be the active months after the first, and t the months from the first to the last one. Let n be the
months observed after the first. The history of a customer then has the probability

    ∫ (1-c)^t p^x (1-p)^(t-x) [ q^(n-t) + c (1 - q^(n-t)) / (1-q) ] dGamma(λ),      q = (1-c)(1-p).

The bracket is the chance of no purchase in the last n - t months. The customer is still there without a
need, or left in one of them. It is the BG/BB model (Fader, Hardie & Shang 2010, Marketing Science 29) with
two changes. A gamma distributed rate stands in place of a beta distributed probability. One hazard for all
stands in place of a beta distributed one.

The first purchase makes a customer visible, so nothing is assumed about the time before it. The gamma
distribution is that of customers *seen*, and these are also the customers that are counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: Bounds of mean rate (per month), coefficient of variation, and churn (per month) in the fit.
BOUNDS = ((1e-4, 20.0), (0.02, 5.0), (1e-6, 0.9))
#: Latest month after the first purchase that counts in the compared repeat share.
HORIZON = 12


def rates_and_weights(mean: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return rates λ and weights that integrate over a gamma distribution (trapezoid rule in ln λ).

    The integrand is analytic in a strip around the real ln λ, so that the rule converges exponentially.
    Gauss-Laguerre rules fail at small shapes.
    """
    from scipy.special import gammainccinv, gammaincinv, gammaln

    shape = 1.0 / spread**2
    low = max(float(gammaincinv(shape, 1e-14)), 1e-300)
    step = min(0.2, 0.5 / math.sqrt(shape))
    z = np.arange(math.log(low) - step, math.log(float(gammainccinv(shape, 1e-14))) + 2 * step, step)
    weights = np.exp(shape * z - np.exp(z) - gammaln(shape)) * step
    return np.exp(z) * (mean / shape), weights


def history_probability(
    repeats: np.ndarray, last: np.ndarray, months: np.ndarray, *, rate: float, spread: float, churn: float
) -> np.ndarray:
    """Return the probability of each purchase history (of one particular sequence of months).

    Parameters
    ----------
    repeats, last, months : array of int
        Active months after the first (x). Months from the first to the last active one (t; 0 without
        repeats). Months observed after the first (n).
    rate : float
        Mean of λ, purchases per month.
    spread : float
        Coefficient of variation of λ.
    churn : float
        Probability of leaving, per month.

    Returns
    -------
    array of float
        Summed over all 2^n sequences of active and inactive months, the probabilities give 1.
    """
    lam, weights = rates_and_weights(rate, spread)
    x, t, n = (np.asarray(a, dtype=float)[:, None] for a in (repeats, last, months))
    stay = math.log1p(-churn)
    log_p = np.log(-np.expm1(-lam))
    log_q = stay - lam
    silent = np.exp((n - t) * log_q)
    silent = silent + churn * np.expm1((n - t) * log_q) / np.expm1(log_q)
    return (np.exp(t * stay + x * log_p - (t - x) * lam) * silent) @ weights


def repeat_distribution(months: int, *, rate: float, spread: float, churn: float) -> np.ndarray:
    """Return P(x active months | n months after the first) for n = 0 … `months`, as an (n+1, x+1) array.

    Computed month by month, without the closed form of `history_probability`.
    """
    lam, weights = rates_and_weights(rate, spread)
    p = -np.expm1(-lam)[:, None]
    alive = np.zeros((len(lam), months + 1))
    alive[:, 0] = 1.0
    gone = np.zeros_like(alive)
    table = np.zeros((months + 1, months + 1))
    for month in range(months + 1):
        table[month] = weights @ (alive + gone)
        gone += churn * alive
        alive *= 1.0 - churn
        bought = alive[:, :-1] * p
        alive *= 1.0 - p
        alive[:, 1:] += bought
    return table


@dataclass(frozen=True)
class Histories:
    """Purchase histories of customers, one entry each: x, t, n as in `history_probability`."""

    repeats: np.ndarray
    last: np.ndarray
    months: np.ndarray


def histories(frame: pd.DataFrame, months: int) -> Histories:
    """Return the purchase histories of an order table that was observed for `months` months."""
    active = frame[["customer", "month"]].drop_duplicates()
    groups = active.groupby("customer", sort=True)["month"].agg(["count", "min", "max"])
    first = groups["min"].to_numpy(dtype=np.int64)
    return Histories(
        repeats=groups["count"].to_numpy(dtype=np.int64) - 1,
        last=groups["max"].to_numpy(dtype=np.int64) - first,
        months=months - first,
    )


def repeat_curve(frame: pd.DataFrame, months: int) -> np.ndarray:
    """Return the share of customers active j months after their first active month, j = 1 … months - 1.

    Each share is of the customers observed that long; NaN where there are none.
    """
    active = frame[["customer", "month"]].drop_duplicates()
    first = active.groupby("customer")["month"].transform("min")
    age = (active["month"] - first).to_numpy(dtype=np.int64)
    observed = months - first[age == 0].to_numpy(dtype=np.int64)
    bought = np.bincount(age, minlength=months)[1:months].astype(float)
    seen = np.array([np.count_nonzero(observed >= j) for j in range(1, months)], dtype=float)
    return np.divide(bought, seen, out=np.full(months - 1, np.nan), where=seen > 0)


def repeat_share(frame: pd.DataFrame, months: int) -> float:
    """Return the mean of the repeat curve over its first `HORIZON` months."""
    return float(np.nanmean(repeat_curve(frame, months)[:HORIZON]))


def minimise(
    loss: Callable[[np.ndarray], float], starts: Sequence[Sequence[float]], bounds: Sequence[tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the minimum of a loss, its standard errors, and which parameters ended at a bound.

    Standard errors come from the inverse of the observed information, by central differences. Parameters at
    a bound are left out of it; their errors are NaN.
    """
    from scipy.optimize import minimize

    best: Any = None
    for start in starts:
        found = minimize(
            loss,
            np.asarray(start, dtype=float),
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
        )
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    x = np.asarray(best.x)
    edge = np.array([min(v - low, high - v) < 5e-3 for v, (low, high) in zip(x, bounds, strict=True)])
    free = np.flatnonzero(~edge)
    errors = np.full(len(x), np.nan)
    if len(free):
        h = 1e-3
        unit = np.eye(len(x))[free] * h
        information = np.empty((len(free), len(free)))
        for i, a in enumerate(unit):
            for j, b in enumerate(unit):
                information[i, j] = (loss(x + a + b) - loss(x + a - b) - loss(x - a + b) + loss(x - a - b)) / (
                    4 * h * h
                )
        try:
            variance = np.diag(np.linalg.inv((information + information.T) / 2))
            errors[free] = np.sqrt(np.where(variance > 0, variance, np.nan))
        except np.linalg.LinAlgError:
            pass  # a flat likelihood has no standard errors
    return x, errors, edge


@dataclass(frozen=True)
class PurchaseFit:
    """Maximum-likelihood fit of the purchase histories.

    Attributes
    ----------
    rate, spread, churn : float
        Mean purchases per month, coefficient of variation across customers, probability of leaving per month.
    errors : tuple of float
        Standard errors of ln rate, ln spread, logit churn; NaN at a bound.
    at_bound : tuple of bool
        Which of the three ended at a bound of `BOUNDS`.
    log_likelihood : float
        At the maximum.
    """

    rate: float
    spread: float
    churn: float
    errors: tuple[float, float, float]
    at_bound: tuple[bool, bool, bool]
    log_likelihood: float


def logit(p: float) -> float:
    """Return the ln odds of a probability."""
    return math.log(p / (1.0 - p))


def expit(z: float) -> float:
    """Return the probability of ln odds."""
    return 1.0 / (1.0 + math.exp(-z))


def fit_purchases(past: Histories) -> PurchaseFit:
    """Fit mean rate, its spread, and churn to purchase histories by maximum likelihood.

    Raises
    ------
    InputError
        If no customer is observed after the first purchase, or none ever bought again.
    """
    observed = past.months > 0
    if not observed.any() or not past.repeats.any():
        raise InputError("order log: no customer bought in a second month; give a log that covers repeat purchases")
    rows = np.stack([past.repeats[observed], past.last[observed], past.months[observed]], axis=1)
    unique, counts = np.unique(rows, axis=0, return_counts=True)

    def loss(z: np.ndarray) -> float:
        chance = history_probability(*unique.T, rate=math.exp(z[0]), spread=math.exp(z[1]), churn=expit(z[2]))
        return -float(counts @ np.log(np.maximum(chance, 1e-300)))

    share = min(rows[:, 0].sum() / rows[:, 2].sum(), 0.95)
    crude = -math.log1p(-share)
    starts = [(math.log(crude * f), math.log(s), logit(c)) for f, s, c in ((1.0, 0.8, 0.01), (1.5, 1.5, 0.1))]
    bounds = [
        (math.log(BOUNDS[0][0]), math.log(BOUNDS[0][1])),
        (math.log(BOUNDS[1][0]), math.log(BOUNDS[1][1])),
        (logit(BOUNDS[2][0]), logit(BOUNDS[2][1])),
    ]
    z, errors, edge = minimise(loss, starts, bounds)
    # A churn of practically nothing has a flat logit: treat it as at its bound.
    if expit(z[2]) < 1e-4 and not errors[2] < 2.0:
        edge[2], errors[2] = True, np.nan
    return PurchaseFit(
        math.exp(z[0]), math.exp(z[1]), expit(z[2]), tuple(map(float, errors)), tuple(map(bool, edge)), -loss(z)
    )


@dataclass(frozen=True)
class CountFit:
    """Gamma-Poisson (NBD) fit of the orders after the first month: shape `r`, rate `alpha` (months)."""

    r: float
    alpha: float
    errors: tuple[float, float]
    log_likelihood: float


def fit_counts(orders: np.ndarray, months: np.ndarray) -> CountFit:
    """Fit the gamma-Poisson model (Ehrenberg 1959) to orders per customer in the months observed.

    Parameters
    ----------
    orders, months : array of int
        Orders after the first active month, and the months in which they could fall. Customers without
        such a month are left out.
    """
    from scipy.special import gammaln

    seen = months > 0
    unique, counts = np.unique(np.stack([orders[seen], months[seen]], axis=1), axis=0, return_counts=True)
    x, n = unique.T.astype(float)

    def loss(z: np.ndarray) -> float:
        r, alpha = np.exp(z)
        each = (
            gammaln(r + x) - gammaln(r) - gammaln(x + 1) + r * np.log(alpha / (alpha + n)) + x * np.log(n / (alpha + n))
        )
        return -float(counts @ each)

    mean = max(float(counts @ x) / float(counts @ n), 1e-6)
    z, errors, _ = minimise(loss, [(0.0, -math.log(mean))], [(-9.0, 9.0), (-12.0, 12.0)])
    return CountFit(float(np.exp(z[0])), float(np.exp(z[1])), (float(errors[0]), float(errors[1])), -loss(z))
