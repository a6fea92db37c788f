"""Implausibility: how far a point is from a target, in units of all that could excuse it.

I² = (z - E)² ÷ (V_seeds + V_emulator + V_discrepancy): z is the published number, E what is expected at the point;
seeds differ, the emulator is not certain, and no model is the world (Vernon, Goldstein & Bower 2010; Andrianakis et al.
2015). The discrepancy of a target holds the uncertainty of the published number too. Beyond 3 a point is ruled out: of
any distribution with one peak 95 % lie within (Pukelsheim 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from longgame.experiments.evidence.emulator import Emulator

#: Above this a point is ruled out.
CUT = 3.0


class Target(Protocol):
    """A published number that markets have to meet, on a scale of its own.

    Attributes
    ----------
    name : str
        Column of the measure.
    value : float
        The number itself.
    low, high : float
        Its range, to be shown.
    sd : float
        Standard deviation of the discrepancy, on the target's own scale.
    log : bool
        Whether that scale is the logarithm.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102
    @property
    def sd(self) -> float: ...  # noqa: D102
    @property
    def log(self) -> bool: ...  # noqa: D102


#: A logarithm of 0 is that of this part of a target's low end: a market without any is far below, but not endlessly.
LEAST = 0.05


def on_scale(target: Target, values: np.ndarray) -> np.ndarray:
    """Return values on the target's own scale; NaN stays."""
    if not target.log:
        return np.asarray(values, dtype=float)
    floor = LEAST * min(target.low, target.value) if target.low > 0 else 1e-3 * target.value
    return np.log(np.maximum(np.asarray(values, dtype=float), floor))


def aim(target: Target) -> float:
    """Return the published number on the target's own scale."""
    return float(np.log(target.value)) if target.log else float(target.value)


def implausibility(emulators: Sequence[Emulator], targets: Sequence[Target], places: np.ndarray) -> np.ndarray:
    """Return the implausibility of points in the targets of some emulators.

    Parameters
    ----------
    emulators : sequence of Emulator
    targets : sequence of Target
        At least those of the emulators.
    places : numpy.ndarray
        Shape (points, dials).

    Returns
    -------
    numpy.ndarray
        Shape (points, emulators).
    """
    by_name = {target.name: target for target in targets}
    found = np.empty((len(places), len(emulators)))
    for column, emulator in enumerate(emulators):
        found[:, column] = _one(emulator, by_name[emulator.target], places)
    return found


def _one(emulator: Emulator, target: Target, places: np.ndarray) -> np.ndarray:
    """Return the implausibility of points in one target."""
    mean, variance, seeds = emulator(places)
    return np.abs(aim(target) - mean) / np.sqrt(target.sd**2 + variance + seeds)


def largest(found: np.ndarray, order: int) -> np.ndarray:
    """Return the n-th largest implausibility of every point; of fewer targets the smallest.

    Examples
    --------
    >>> largest(np.array([[1.0, 4.0, 2.0]]), 2)
    array([2.])
    """
    if not found.shape[1]:
        return np.zeros(len(found))
    return np.sort(found, axis=1)[:, ::-1][:, min(order, found.shape[1]) - 1]


def survive(
    emulators: Sequence[Emulator], targets: Sequence[Target], places: np.ndarray, order: int, cut: float = CUT
) -> np.ndarray:
    """Return which points are not ruled out: as `largest`, without working out what is decided already.

    Emulators are asked in their order; a point is dropped as soon as `order` of them rule it out.
    """
    by_name = {target.name: target for target in targets}
    order = min(order, max(len(emulators), 1))
    against, left = np.zeros(len(places), dtype=int), np.arange(len(places))
    for emulator in emulators:
        if not len(left):
            break
        against[left] += _one(emulator, by_name[emulator.target], places[left]) > cut
        left = left[against[left] < order]
    return against < order
