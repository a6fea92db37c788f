"""What decides: the two dials or fewer that best tell the markets in which a claim holds from the others.

A shallow classification tree (Breiman et al. 1984; scikit-learn) over the dials of an ensemble. Shallow, because a
person should be able to check the sentence that is made of it. It is kept only if it predicts markets that it has not
seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Depth of the tree, and the least part of all weight that a region must hold.
DEPTH, LEAST = 2, 0.1

#: Impurity (Gini) that a cut must save, per cut: one that saves less is undone.
PRUNED = 0.005

#: Parts into which markets are cut to see whether a tree predicts those left out.
FOLDS = 5

#: Least part of the squared error of a constant share that the tree must save on markets left out.
WORTH_SAYING = 0.1

SEED = 20_260_101


@dataclass(frozen=True)
class Region:
    """Markets between some values of dials.

    Attributes
    ----------
    bounds : mapping of str to (float, float)
        Lowest and highest value of each dial that bounds it; infinite where it is open.
    share : float
        Share of its markets in which the claim holds, weighted.
    weight : float
        Its part of all markets.
    """

    bounds: Mapping[str, tuple[float, float]]
    share: float
    weight: float

    def holds(self, points: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which markets lie in it."""
        inside = np.ones(len(points), dtype=bool)
        for dial, (low, high) in self.bounds.items():
            value = points[dial].to_numpy(float)
            inside &= (value > low) & (value <= high)
        return inside


@dataclass(frozen=True)
class Turn:
    """Where a claim holds most often.

    Attributes
    ----------
    bounds : mapping of str to (float, float)
        Lowest and highest value of each dial that bounds the place; infinite where it is open.
    share, elsewhere : float
        Share of its markets, and of all others, in which the claim holds.
    """

    bounds: Mapping[str, tuple[float, float]]
    share: float
    elsewhere: float


@dataclass(frozen=True)
class Deciding:
    """What decides a claim over many markets.

    Attributes
    ----------
    regions : tuple of Region
        They part all markets, best first; one alone where no dial decides.
    saved : float
        Part of the squared error of a constant share that is saved in markets left out (Brier skill).
    """

    regions: tuple[Region, ...]
    saved: float

    @property
    def dials(self) -> tuple[str, ...]:
        """The dials that decide, the one that parts more markets first."""
        return tuple(dict.fromkeys(dial for region in self.regions for dial in region.bounds))

    @property
    def best(self) -> Region:
        """The region in which the claim holds most often."""
        return self.regions[0]

    @property
    def turn(self) -> Turn | None:
        """Where it holds most often, and how often elsewhere; None where no dial decides."""
        rest = self.regions[1:]
        if not rest:
            return None
        share = sum(region.weight * region.share for region in rest) / sum(region.weight for region in rest)
        return Turn(self.best.bounds, self.best.share, share)


def deciding(points: pd.DataFrame, holds: NDArray[np.bool_], weights: NDArray[np.float64]) -> Deciding:
    """Return the regions that tell best where a claim holds.

    Parameters
    ----------
    points : pandas.DataFrame
        A market a row, a dial a column.
    holds : array of bool, shape (markets,)
    weights : array of float, shape (markets,)

    Raises
    ------
    ImportError
        If scikit-learn is not installed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = pd.DataFrame(rng.random((200, 2)), columns=["rate", "gossip"])
    >>> found = deciding(points, (points["rate"] > 0.5).to_numpy(), np.ones(200))
    >>> found.dials, round(found.turn.bounds["rate"][0], 1), found.turn.share, found.turn.elsewhere
    (('rate',), 0.5, 1.0, 0.0)
    """
    weights = weights / weights.sum()
    whole = Region({}, float(weights[holds].sum()), 1.0)
    if holds.all() or not holds.any():
        return Deciding((whole,), 0.0)
    saved = _saved(points, holds, weights)
    if saved < WORTH_SAYING:
        return Deciding((whole,), saved)
    regions = _leaves(_tree().fit(points.to_numpy(float), holds, weights), list(points), points, holds, weights)
    return Deciding(tuple(sorted(regions, key=lambda region: -region.share)), saved)


def _tree():
    """Return a tree that is not grown yet."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=DEPTH, min_weight_fraction_leaf=LEAST, ccp_alpha=PRUNED, random_state=SEED)


def _saved(points: pd.DataFrame, holds: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Return the part of the squared error of a constant share that trees save in markets they have not seen."""
    place = np.random.default_rng(SEED).permutation(len(holds)) % FOLDS
    values, error, constant = points.to_numpy(float), 0.0, 0.0
    for fold in range(FOLDS):
        seen, left = place != fold, place == fold
        if not left.any() or weights[seen].sum() <= 0:
            continue
        share = np.average(holds[seen], weights=weights[seen])
        said = np.full(left.sum(), share)
        if 0.0 < share < 1.0:
            said = _tree().fit(values[seen], holds[seen], weights[seen]).predict_proba(values[left])[:, 1]
        error += np.sum(weights[left] * (holds[left] - said) ** 2)
        constant += np.sum(weights[left] * (holds[left] - share) ** 2)
    return float(1.0 - error / constant) if constant > 0 else 0.0


def _leaves(
    tree, names: list[str], points: pd.DataFrame, holds: NDArray[np.bool_], weights: NDArray[np.float64]
) -> list[Region]:
    """Return the leaves of a tree as regions; neighbours that say the same of a dial are one."""
    inner, found = tree.tree_, []

    def walk(node: int, bounds: dict[str, tuple[float, float]]) -> None:
        if inner.children_left[node] < 0:
            region = Region(bounds, 0.0, 0.0)
            inside = region.holds(points)
            weight = float(weights[inside].sum())
            found.append(Region(bounds, float(weights[inside & holds].sum() / weight), weight))
            return
        dial, cut = names[inner.feature[node]], float(inner.threshold[node])
        low, high = bounds.get(dial, (-math.inf, math.inf))
        walk(inner.children_left[node], {**bounds, dial: (low, min(high, cut))})
        walk(inner.children_right[node], {**bounds, dial: (max(low, cut), high)})

    walk(0, {})
    return found
