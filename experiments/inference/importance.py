"""Which dials an outcome goes with, over markets whose dials hang together.

Sobol indices need dials that vary independently; those of an ensemble do not. A forest of trees (Geurts et al. 2006;
scikit-learn) learns the outcome from the dials. A dial is as important as the forest gets worse, on markets that it has
not seen, once that dial's values are shuffled (Breiman 2001). Shuffled copies of all dials are learned as well, anew
each time, which are luck by construction (Kursa & Rudnicki 2010). A dial counts where it does better than the best of
them, and where the forest foretells anything at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

#: Parts of the markets, each left out in turn, and how often markets are parted anew.
FOLDS, TIMES = 5, 3

TREES = 60

#: Shuffles of a dial in the markets left out.
SHUFFLES = 3


#: Explained variance below which a forest foretells nothing, and importance that is worth a word.
LEAST_EXPLAINED, LEAST_IMPORTANCE = 0.05, 0.02


@dataclass(frozen=True)
class Importance:
    """Which dials an outcome goes with.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per dial, the most important first: ``dial``, ``importance`` (loss of explained variance when the dial is
        shuffled), ``low`` and ``high`` (least and most over the parts left out), ``direction`` (rank correlation with
        the outcome, −1 to 1), ``counts`` (does better than luck).
    explained : float
        Part of the outcome's variance that the forest foretells in markets it has not seen; below 0 is nothing.
    luck : float
        The largest importance of a shuffled copy; infinite where nothing is foretold.
    """

    table: pd.DataFrame
    explained: float
    luck: float


def importance(points: pd.DataFrame, outcome: pd.Series, weights: np.ndarray, seed: int) -> Importance:
    """Return which dials an outcome goes with.

    Parameters
    ----------
    points : pandas.DataFrame
        A market a row, a dial a column.
    outcome : pandas.Series
        One per market, finite.
    weights : numpy.ndarray
        One per market.
    seed : int

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = pd.DataFrame(rng.random((80, 3)), columns=["rate", "gossip", "noise"])
    >>> found = importance(points, 5 * points["rate"] - points["gossip"], np.ones(80), 1)
    >>> found.table["dial"].tolist()[0], bool(found.table["direction"].iloc[0] > 0.9), found.explained > 0.8
    ('rate', True, True)
    """
    rng = np.random.default_rng(seed)
    real, target = points.to_numpy(float), outcome.to_numpy(float)
    losses, shares, copies, width = [], [], [], real.shape[1]
    for _ in range(TIMES):
        both = np.hstack([real, np.column_stack([rng.permutation(column) for column in real.T])])
        parts = [
            _left_out(both, target, weights, fold, rng)
            for fold in _folds(len(target), rng)
            if weights[~fold].sum() > 0 and weights[fold].sum() > 0
        ]
        losses += [loss[:width] for loss, _ in parts]
        copies.append(np.mean([loss[width:] for loss, _ in parts], axis=0).max())
        shares += [share for _, share in parts]
    lost, explained = np.array(losses), float(np.mean(shares))
    luck = float(max(copies)) if explained > LEAST_EXPLAINED else np.inf
    mean = lost.mean(axis=0)
    table = pd.DataFrame(
        {
            "dial": list(points),
            "importance": mean,
            "low": lost.min(axis=0),
            "high": lost.max(axis=0),
            "direction": [_rank_correlation(column, target, weights) for column in real.T],
            "counts": mean > max(luck, LEAST_IMPORTANCE),
        }
    )
    table = table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    return Importance(table, explained, luck)


def _folds(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return which markets are left out, part by part."""
    place = rng.permutation(count) % FOLDS
    return [place == fold for fold in range(FOLDS) if (place == fold).any()]


def _left_out(
    values: np.ndarray, target: np.ndarray, weights: np.ndarray, left: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return the loss of explained variance by column, and the variance explained, in the markets left out."""
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.inspection import permutation_importance

    start = int(rng.integers(2**31))
    forest = ExtraTreesRegressor(TREES, min_samples_leaf=3, max_features=0.5, random_state=start)
    forest.fit(values[~left], target[~left], sample_weight=weights[~left])
    middle = np.average(target, weights=weights)
    variance = np.average((target - middle) ** 2, weights=weights) or 1.0

    def share(model: ExtraTreesRegressor, x: np.ndarray, y: np.ndarray, sample_weight: np.ndarray) -> float:
        return 1.0 - float(np.average((y - model.predict(x)) ** 2, weights=sample_weight) / variance)

    lost = permutation_importance(
        forest,
        values[left],
        target[left],
        scoring=share,
        n_repeats=SHUFFLES,
        random_state=start,
        sample_weight=weights[left],
    )
    return lost.importances_mean, share(forest, values[left], target[left], weights[left])


def _rank_correlation(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> float:
    """Return Spearman's correlation, weighted; 0 where one of them never varies."""
    covariance = np.cov(rankdata(one), rankdata(other), aweights=weights)
    spread = np.sqrt(covariance[0, 0] * covariance[1, 1])
    return float(covariance[0, 1] / spread) if spread > 0 else 0.0
