"""The space that is searched: dials with prior ranges, as a cube whose points are drawn evenly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: From a ratio of its ends above this on, a range is gone through by equal factors.
BY_FACTORS = 4.0

#: Significant digits of a value: what is run is what is written.
DIGITS = 3


@dataclass(frozen=True)
class Prior:
    """A dial and the range in which it is held possible before any number is compared.

    Attributes
    ----------
    name : str
        Dotted name of a number of the scenario, ``switch.NAME`` or ``firms.NAME``.
    low, high : float
        Ends of the range; every place between them counts alike (every factor, if they lie far apart).
    source : str
        Where the range is from, or ``assumed`` and why.
    whole : bool
        Whether only whole numbers make sense; each of them counts alike.
    """

    name: str
    low: float
    high: float
    source: str = "assumed"
    whole: bool = False

    @property
    def by_factors(self) -> bool:
        """Whether the range is gone through by equal factors."""
        return not self.whole and self.low > 0 and self.high / self.low > BY_FACTORS

    def value(self, place: float) -> float:
        """Return the value at a place from 0 to 1, to the digits that are kept.

        Examples
        --------
        >>> Prior("word_of_mouth.gossip", 0.05, 0.8).value(0.5), Prior("choice.offers", 2, 4, whole=True).value(0.99)
        (0.2, 4.0)
        """
        if self.whole:
            return float(min(self.low + math.floor(place * (self.high - self.low + 1)), self.high))
        if self.by_factors:
            return _short(self.low * (self.high / self.low) ** place)
        return _short(self.low + (self.high - self.low) * place)

    def place(self, value: float) -> float:
        """Return the place of a value, that of a whole number in the middle of its part; within 0 and 1."""
        if self.whole:
            place = (value - self.low + 0.5) / (self.high - self.low + 1)
        elif self.by_factors:
            place = math.log(max(value, 1e-300) / self.low) / math.log(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return min(max(place, 0.0), 1.0)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


@dataclass(frozen=True)
class Space:
    """Dials that vary together, each independent of the others.

    Attributes
    ----------
    priors : tuple of Prior
    """

    priors: tuple[Prior, ...]

    def __len__(self) -> int:
        return len(self.priors)

    @property
    def names(self) -> list[str]:
        """Names of the dials, in the order of columns."""
        return [prior.name for prior in self.priors]

    def values(self, places: np.ndarray) -> list[dict[str, float]]:
        """Return the values of the dials at points of the cube, shape (points, dials)."""
        return [
            {prior.name: prior.value(float(place)) for prior, place in zip(self.priors, row, strict=True)}
            for row in np.atleast_2d(places)
        ]

    def snapped(self, places: np.ndarray) -> np.ndarray:
        """Return points of the cube with whole numbers in the middle of their part: equal markets, equal points."""
        found = np.clip(np.array(places, dtype=float), 0.0, 1.0)
        for column, prior in enumerate(self.priors):
            if prior.whole:
                parts = prior.high - prior.low + 1
                found[:, column] = (np.minimum(np.floor(found[:, column] * parts), parts - 1) + 0.5) / parts
        return found

    def only(self, names: Sequence[str]) -> Space:
        """Return the space of some of the dials, in their order here."""
        return Space(tuple(prior for prior in self.priors if prior.name in set(names)))
