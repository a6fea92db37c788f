"""What a fit to a book gives: weighted markets, the nearest of them, and both beside the book."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from longgame.experiments.books.numbers import NUMBERS, TENTH, Number
from longgame.experiments.books.smoother import CLOSEST
from longgame.experiments.books.space import Frame
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.implausibility import CUT
from longgame.sim.scenario import Scenario

#: A book farther from the middle of the simulated ones than so many of them is said to lie outside.
OUTSIDE = 0.98


@dataclass(frozen=True)
class Runs:
    """Markets that were run.

    Attributes
    ----------
    values : numpy.ndarray
        Numbers, natural scales, totals as of the whole book; shape (markets, numbers), NaN where nothing was sold.
    curves : numpy.ndarray
        Repeat curves, shape (markets, months).
    """

    values: np.ndarray
    curves: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Fitted:
    """Markets fitted to a book.

    Attributes
    ----------
    name, currency : str
        The book, and the currency of its amounts, if known.
    frame : Frame
    matched : tuple of Number
        Numbers that were matched.
    wanted : dict of str to float
        All numbers of the book.
    places : numpy.ndarray
        Normal scores of the dials that the book tells of, shape (markets, dials).
    dials : list of dict
        All dials of the markets.
    prior : list of dict
        The same before anything was compared.
    nearest_place : numpy.ndarray
        Normal scores of the nearest market, shape (dials,).
    nearest : dict of str to float
        All its dials.
    cloud : Runs
        The markets with fresh seeds.
    delivered : Runs
        The nearest market with fresh seeds, one row per seed.
    curve : numpy.ndarray
        Repeat curve of the book.
    seed : int
    runs : int
        That were made.
    """

    name: str
    currency: str
    frame: Frame
    matched: tuple[Number, ...]
    wanted: Mapping[str, float]
    places: np.ndarray = field(repr=False)
    dials: list[dict[str, float]] = field(repr=False)
    prior: list[dict[str, float]] = field(repr=False)
    nearest_place: np.ndarray = field(repr=False)
    nearest: dict[str, float] = field(repr=False)
    cloud: Runs = field(repr=False)
    delivered: Runs = field(repr=False)
    curve: np.ndarray = field(repr=False)
    seed: int
    runs: int

    def scenario(self) -> Scenario:
        """Return the nearest market."""
        return self.frame.scenario(self.nearest).but(name="fitted")

    def weights(self) -> np.ndarray:
        """Return the weights of the markets: all alike, but none for one that is ruled out.

        Ruled out is what misses a number that has to be met by more than three deviations of chance and tolerance, as
        in `longgame ensemble`.
        """
        must = [number for number in self.matched if number.must]
        off = scaled(self.cloud, must) - wanted_of(self.wanted, must)
        kept = (np.abs(off) <= CUT * np.sqrt(2.0 * chance_of(self.delivered, must) + TENTH**2 / 4)).all(axis=1)
        if not kept.any():
            kept[:] = np.isfinite(self.cloud.values[:, 0])
        return kept / max(kept.sum(), 1)

    def estimates(self, level: float = 0.9) -> pd.DataFrame:
        """Return the dials that the book tells of: median and interval over the weighted markets.

        Returns
        -------
        pandas.DataFrame
            ``dial``, ``nearest``, ``median``, ``low``, ``high``, ``narrowed`` (width ÷ that of the prior, on
            the prior's scale).
        """
        weights, rows = self.weights(), []
        kept = weights > 0
        for k, prior in enumerate(self.frame.told.priors):
            ends = np.quantile(norm.cdf(self.places[kept, k]), [(1 - level) / 2, 0.5, (1 + level) / 2])
            low, median, high = (prior.value(float(end)) for end in ends)
            nearest = prior.value(float(norm.cdf(self.nearest_place[k])))
            rows.append((prior.name, nearest, median, low, high, float(ends[2] - ends[0]) / level))
        return pd.DataFrame(rows, columns=["dial", "nearest", "median", "low", "high", "narrowed"])

    def compared(self) -> pd.DataFrame:
        """Return every number of the book beside the market that is delivered, what is not matched first.

        Returns
        -------
        pandas.DataFrame
            ``number``, ``words``, ``book``, ``market`` (mean over seeds), ``low``, ``high`` (90 % of the fitted
            markets), ``off`` (part, or points of a share), ``verdict`` ("matched", "NOT matched", "near", "far").
        """
        rows = []
        cloud = self.cloud.values[self.weights() > 0]
        for number in NUMBERS:
            wanted, column = self.wanted[number.name], column_of(number)
            if not math.isfinite(wanted):
                continue
            found = float(np.nanmean(self.delivered.values[:, column]))
            low, high = np.nanquantile(cloud[:, column], [0.05, 0.95])
            off = number.off(found, wanted)
            near = abs(off) <= number.most
            verdict = ("matched" if near else "NOT matched") if number.must else ("near" if near else "far")
            rows.append((number.name, number.words, wanted, found, low, high, off, verdict))
        order = {"NOT matched": 0, "matched": 1, "far": 2, "near": 3}
        columns = ["number", "words", "book", "market", "low", "high", "off", "verdict"]
        found = pd.DataFrame(rows, columns=columns)
        return found.sort_values("verdict", key=lambda c: c.map(order), kind="stable").reset_index(drop=True)

    @property
    def not_matched(self) -> list[str]:
        """What the delivered market misses, in words."""
        table = self.compared()
        return table.loc[table["verdict"] == "NOT matched", "words"].tolist()

    def outside(self) -> tuple[float, list[str]]:
        """Return which share of the simulated books lie nearer to the middle of all than the book, and what sticks out.

        Distances are those of Mahalanobis, with mean and covariance of the simulated books and the real one together:
        if it is one of them, its rank among them is any with equal chance (conformal test: Vovk, Gammerman & Shafer
        2005). A number sticks out that lies more than three standard deviations from the mean of the simulated ones.
        """
        names = self.matched
        values = filled(scaled(self.cloud, names)[self.weights() > 0])
        wanted = wanted_of(self.wanted, names)
        together = np.vstack([wanted, values])
        off = together - together.mean(axis=0)
        around = np.linalg.pinv(np.cov(together.T) + np.eye(len(names)) * CLOSEST**2)
        own, *others = np.einsum("ij,jk,ik->i", off, around, off)
        middle, spread = values.mean(axis=0), values.std(axis=0) + CLOSEST
        far = [n.words for n, x, m, s in zip(names, wanted, middle, spread, strict=True) if abs(x - m) > CUT * s]
        return float((np.array(others) < own).mean()), far

    @property
    def is_outside(self) -> bool:
        """Whether the book is said to lie outside those that such markets write."""
        nearer, far = self.outside()
        return nearer > OUTSIDE or bool(far)

    def ensemble(self, made: Mapping[str, Any]) -> Ensemble:
        """Return the markets as an ensemble, with weights.

        Parameters
        ----------
        made : mapping of str to Any
            What it takes to make it again.
        """
        weights = self.weights()
        rows = [k for k in range(len(self.dials)) if weights[k] > 0]
        names = list(self.dials[0])
        return Ensemble(
            name="fitted",
            kind=self.frame.kind,
            dials=tuple(names),
            fixed=self.frame.fixed,
            points=tuple(tuple(self.dials[k][name] for name in names) for k in rows),
            weights=tuple(float(weights[k]) for k in rows),
            prior=tuple(tuple(values[name] for name in names) for values in self.prior),
            made={"book": self.name, "seed": self.seed, "runs": self.runs, **made},
        )


def column_of(number: Number) -> int:
    """Return the column of a number in `Runs.values`."""
    return [one.name for one in NUMBERS].index(number.name)


def scaled(runs: Runs, names: Sequence[Number]) -> np.ndarray:
    """Return some numbers of runs on the scales on which they are compared, shape (markets, numbers)."""
    return np.column_stack([number.scaled(runs.values[:, column_of(number)]) for number in names])


def wanted_of(found: Mapping[str, float], names: Sequence[Number]) -> np.ndarray:
    """Return some numbers of a book on the scales on which they are compared, shape (numbers,)."""
    return np.array([float(number.scaled(np.array(found[number.name]))) for number in names])


def filled(values: np.ndarray) -> np.ndarray:
    """Return numbers of runs with those that a run cannot show set to the mean of the others: they say nothing."""
    return np.where(np.isfinite(values), values, np.nanmean(values, axis=0))


def chance_of(runs: Runs, names: Sequence[Number]) -> np.ndarray:
    """Return the variance between runs of one market, shape (numbers,)."""
    return np.nan_to_num(np.nanvar(scaled(runs, names), axis=0, ddof=1), nan=CLOSEST**2)
