"""Where nothing is left: which targets cannot be met, which pairs cannot be met at once, and who comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from longgame.experiments.evidence.emulator import Emulator
from longgame.experiments.evidence.implausibility import CUT

#: Points shown that come nearest.
NEAREST = 5


@dataclass(frozen=True)
class Conflict:
    """Why nothing is left, from every point that was looked at.

    Attributes
    ----------
    alone : dict of str to float
        Targets that no point meets, and the least implausibility any point has in each.
    pairs : dict of tuple of str to float
        Pairs that no point meets at once, each met by some point, and the least that the worse of both takes.
    fewest : tuple of tuple of str
        Sets of targets that have to give, the smallest there are: any of them would leave a point.
    nearest : numpy.ndarray
        Points with the least of their largest implausibility, shape (points, dials).
    misses : list of dict of str to float
        What each of them misses, and how far.
    """

    alone: dict[str, float]
    pairs: dict[tuple[str, str], float]
    fewest: tuple[tuple[str, ...], ...]
    nearest: np.ndarray = field(repr=False)
    misses: list[dict[str, float]] = field(repr=False)


def conflict(found: np.ndarray, emulators: Sequence[Emulator], places: np.ndarray) -> Conflict:
    """Return what stands against each other.

    Parameters
    ----------
    found : numpy.ndarray
        Implausibility, shape (points, emulators).
    emulators : sequence of Emulator
    places : numpy.ndarray
        Shape (points, dials).
    """
    names = [emulator.target for emulator in emulators]
    least = found.min(axis=0)
    alone = {name: float(value) for name, value in zip(names, least, strict=True) if value > CUT}
    pairs = {}
    for i, one in enumerate(names):
        for j, other in enumerate(names[:i]):
            both = float(np.maximum(found[:, i], found[:, j]).min())
            if both > CUT and one not in alone and other not in alone:
                pairs[other, one] = both
    missed = found > CUT
    few = missed.sum(axis=1) == missed.sum(axis=1).min()
    sets = {tuple(names[k] for k in np.flatnonzero(row)) for row in np.unique(missed[few], axis=0)}
    order = np.argsort(found.max(axis=1), kind="stable")[:NEAREST]
    misses = [{names[k]: float(found[row, k]) for k in np.flatnonzero(missed[row])} for row in order]
    return Conflict(alone, pairs, tuple(sorted(sets)), places[order], misses)


def sentences(found: Conflict) -> list[str]:
    """Say what has to give."""
    said = ["No market is left: no point that was looked at meets all targets at once."]
    if found.alone:
        parts = [f"{name} ({value:.1f})" for name, value in found.alone.items()]
        said.append(f"No point meets these targets even alone (least implausibility in brackets): {', '.join(parts)}.")
    if found.pairs:
        parts = [f"{one} and {other} ({value:.1f})" for (one, other), value in found.pairs.items()]
        said.append(f"These pairs cannot be met at once: {'; '.join(parts)}.")
    sets = [" and ".join(names) for names in found.fewest[:NEAREST] if names]
    if sets:
        said.append(f"The least that has to give: {'; or '.join(sets)}.")
    return said
