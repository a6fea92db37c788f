"""Paired differences and their intervals.

Runs with the same seed share their luck, so arms are compared seed by seed. Every effect is oriented so that
a positive one supports the claim.

A claim may name the smallest effect that is worth having. Then it does not hold where every interval excludes
an effect of that size: with luck alone between two arms no interval ever lies below 0 for sure, but with
seeds it comes to lie below whatever is worth having. This is one side of testing for equivalence (Schuirmann
1987; Lakens 2017), and the zone between 0 and that size is one of indifference: an effect in it may end in
either verdict.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from longgame.experiments.words import number

#: Differences below this part of the numbers compared are rounding noise: no effect at all.
NOISE = 1e-9

#: Seed of the resampling: the same differences always give the same interval.
RESAMPLING_SEED = 20_260_101
RESAMPLES = 4999


def interval(differences: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Return the bias-corrected and accelerated bootstrap interval of the mean (BCa; Efron 1987).

    Resampling n values as if they were the population makes intervals too narrow for small n, so BCa is
    taken at the wider level at which a normal mean would be covered as often as stated (Hesterberg 2015).

    Parameters
    ----------
    differences : sequence of float
        One per seed; NaN is not allowed.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    (float, float)
        NaN for fewer than two differences. A single point where all differences are equal: resampling
        cannot vary them.
    """
    d = np.asarray(differences, dtype=float)
    if np.isnan(d).any():
        raise ValueError("differences must be numbers; drop the seeds in which an arm has none")
    if len(d) < 2:
        return math.nan, math.nan
    if np.ptp(d) <= 1e-12 * np.abs(d).max():
        return float(d[0]), float(d[0])
    return _resampled(tuple(d.tolist()), level)


@lru_cache(maxsize=10_000)  # a verdict asks for the same interval several times, and each takes 3 ms
def _resampled(differences: tuple[float, ...], level: float) -> tuple[float, float]:
    """Return the interval of differences that are numbers and not all the same."""
    from scipy.stats import bootstrap, norm, t

    d = np.array(differences)
    n = len(d)
    wider = 1 - 2 * norm.cdf(-np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1))
    for method in ("BCa", "percentile"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns where BCa degenerates; the next method answers then
            found = bootstrap(
                (d,),
                np.mean,
                confidence_level=wider,
                n_resamples=RESAMPLES,
                method=method,
                rng=np.random.default_rng(RESAMPLING_SEED),
            ).confidence_interval
        if np.isfinite(found.low) and np.isfinite(found.high):
            break
    return float(found.low), float(found.high)


def fewest(level: float = 0.95) -> int:
    """Return the fewest pairs from which a sign can be told at all.

    With n pairs of no true difference, all have the same sign with probability 2^(1−n), whatever their
    distribution; while that exceeds 1 − level, no interval can carry its level (5 pairs give 6.25 %).

    Examples
    --------
    >>> fewest(0.95)
    6
    """
    return math.ceil(1 - math.log2(1 - level))


@dataclass(frozen=True)
class Effect:
    """A mean paired difference with its interval.

    Attributes
    ----------
    value, low, high : float
        Mean over seeds and its interval, in `unit`; positive supports the claim.
    n : int
        Pairs (seeds).
    unit : str
        For example ``money per salesperson-year``, ``months``, ``percentage points``.
    at : mapping of str to str
        Where it was measured, for example ``{"market": "shared", "sellers": "in herds"}``.
    level : float
    differences : tuple of float
        The differences themselves, one per seed; empty where only the interval is known.
    worth : float
        Smallest effect worth having, in `unit`; 0 where any effect is.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    at: Mapping[str, str] = field(default_factory=dict)
    level: float = 0.95
    differences: tuple[float, ...] = ()
    worth: float = 0.0

    @property
    def sign(self) -> int | None:
        """1 or −1 where the interval is clear of 0, 0 where it is exactly 0, None where it is undecided."""
        if self.n < fewest(self.level) or math.isnan(self.low):
            return None
        if self.low > 0:
            return 1
        if self.high < 0:
            return -1
        return 0 if self.low == self.high == 0 else None

    @property
    def says(self) -> int | None:
        """What it says of the claim.

        1 for it: clear of 0, and an effect worth having is not excluded. −1 against it: clearly below 0. 0
        against it: exactly 0, or any effect worth having is excluded. None: it says nothing yet.
        """
        if self.sign in (-1, 0) or self.n < fewest(self.level) or math.isnan(self.low):
            return self.sign
        return 0 if self.high < self.worth else self.sign

    def says_among(self, count: int) -> int | None:
        """Return what it says at the level at which one of `count` effects may be picked out (Bonferroni)."""
        if count == 1 or self.says is None:  # then at any stricter level, too: its interval contains this one
            return self.says
        level = 1 - (1 - self.level) / count
        if not self.differences:
            return self.says if self.n >= fewest(level) else None
        strict = widened(self, level).says
        # A wider interval may reach again what the stated one excludes: that supports nothing.
        return None if strict == 1 and self.says != 1 else strict

    @property
    def place(self) -> str:
        """Where it was measured, in words."""
        return ", ".join(self.at.values())

    def __str__(self) -> str:
        if math.isnan(self.value):
            return f"not measurable (n = {self.n})"
        unit = f"{self.unit}, " if self.unit else ""
        if math.isnan(self.low):
            return f"{number(self.value)} ({unit}n = {self.n}, no interval)"
        bounds = f"{number(self.low)} to {number(self.high)}"
        return f"{number(self.value)} ({unit}{self.level:.0%} interval {bounds}, n = {self.n})"


def paired(
    ours: pd.Series,
    theirs: pd.Series,
    *,
    unit: str,
    at: Mapping[str, str] | None = None,
    scale: float = 1.0,
    level: float = 0.95,
    worth: float = 0.0,
) -> Effect:
    """Return the effect `ours` − `theirs` over the seeds that both have.

    Parameters
    ----------
    ours, theirs : pandas.Series
        One value per run, indexed by seed. Seeds in which either is missing are left out.
    unit : str
    at : mapping, optional
    scale : float
        Factor on the differences, for example 100 for percentage points.
    level : float
    worth : float
        Smallest effect worth having, in `unit`.

    Raises
    ------
    ValueError
        If a seed occurs twice.
    """
    if ours.index.has_duplicates or theirs.index.has_duplicates:
        raise ValueError("one value per seed is needed on each side")
    _, i, j = np.intersect1d(ours.index, theirs.index, assume_unique=True, return_indices=True)
    left, right = ours.to_numpy(float, na_value=math.nan)[i], theirs.to_numpy(float, na_value=math.nan)[j]
    size = np.nanmax(np.abs([left, right]), initial=0.0) * abs(scale)
    return effect_of(pd.Series((left - right) * scale), unit=unit, at=at, level=level, worth=worth, size=size)


def effect_of(
    differences: pd.Series,
    *,
    unit: str,
    at: Mapping[str, str] | None = None,
    level: float = 0.95,
    worth: float = 0.0,
    size: float = 1.0,
) -> Effect:
    """Return the effect of differences that are already paired, one per seed; missing ones are left out.

    `size` is that of the numbers compared, in `unit`: differences below `NOISE` times it count as 0.
    """
    d = differences.dropna().to_numpy(dtype=float)
    d = np.where(np.abs(d) < NOISE * size, 0.0, d)
    low, high = interval(d, level)
    mean = float(d.mean()) if len(d) else math.nan
    return Effect(mean, low, high, len(d), unit, dict(at or {}), level, tuple(d.tolist()), worth)


def widened(effect: Effect, level: float) -> Effect:
    """Return an effect with its interval at another level; without its differences it says nothing.

    The interval is the wider of the BCa bootstrap and of Student's t on each side: resampling one or two
    dozen differences does not reach far tails (with 10 normal differences 99% BCa intervals miss about twice
    as often as stated), and t does not know of skewness.

    Examples
    --------
    >>> effect = effect_of(pd.Series([1.0, 2, 3, 2, 1, 2, 4, 2]), unit="months")
    >>> wide = widened(effect, 0.99)
    >>> wide.level, wide.low < effect.low, wide.high > effect.high
    (0.99, True, True)
    """
    if effect.n < 2 or not effect.differences:
        return replace(effect, low=math.nan, high=math.nan, level=level)
    from scipy.stats import sem, t

    low, high = interval(effect.differences, level)
    if low < high:
        half = float(t.ppf((1 + level) / 2, effect.n - 1) * sem(effect.differences))
        low, high = min(low, effect.value - half), max(high, effect.value + half)
    return replace(effect, low=low, high=high, level=level)
