"""How much customers spend in a month, and how that varies between and within customers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StakeFit:
    """Amounts per active month: mean, and the spread of ln amount between and within customers.

    Attributes
    ----------
    mean : float
        Mean amount of an active month, in money.
    between, within : float
        Standard deviations of ln amount: of customers' means, and around them.
    between_interval, mean_interval : (float, float)
        95 % intervals (bootstrap over customers, percentiles).
    customer_means : array
        Mean ln amount of each customer; for the figure.
    counts : array
        Active months of each customer.
    """

    mean: float
    between: float
    within: float
    between_interval: tuple[float, float]
    mean_interval: tuple[float, float]
    customer_means: np.ndarray
    counts: np.ndarray


def _components(n: np.ndarray, mean: np.ndarray, squares: np.ndarray) -> tuple[float, float]:
    """Return (between, within) standard deviations of an unbalanced one-way layout (ANOVA estimator).

    Searle, Casella & McCulloch (1992), Variance Components, section 3.6. A negative between-variance is 0.
    """
    k, total = len(n), float(n.sum())
    if k < 2 or total <= k:
        return (float(np.std(mean)) if k else 0.0), 0.0
    within = float(squares.sum()) / (total - k)
    centre = float(n @ mean) / total
    between = float(n @ (mean - centre) ** 2) / (k - 1)
    n0 = (total - float(n @ n) / total) / (k - 1)
    return math.sqrt(max(0.0, (between - within) / n0)), math.sqrt(within)


def fit_stakes(frame: pd.DataFrame, rng: np.random.Generator, resamples: int = 200) -> StakeFit:
    """Fit the amounts of an order table; orders of one customer in one month are one amount."""
    amounts = frame.groupby(["customer", "month"], sort=True)["amount"].sum()
    logs = np.log(amounts)
    groups = logs.groupby(level="customer", sort=True)
    n = groups.size().to_numpy(dtype=float)
    mean = groups.mean().to_numpy(dtype=float)
    squares = ((logs - groups.transform("mean")) ** 2).groupby(level="customer", sort=True).sum().to_numpy(dtype=float)
    money = amounts.groupby(level="customer", sort=True).sum().to_numpy(dtype=float)
    between, within = _components(n, mean, squares)
    draws = np.empty((resamples, 2))
    for b in range(resamples):
        pick = rng.integers(0, len(n), len(n))
        draws[b] = _components(n[pick], mean[pick], squares[pick])[0], money[pick].sum() / n[pick].sum()
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    return StakeFit(
        float(amounts.mean()),
        between,
        within,
        (float(low[0]), float(high[0])),
        (float(low[1]), float(high[1])),
        mean,
        n,
    )
