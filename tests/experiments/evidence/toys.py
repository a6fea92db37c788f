"""Simulators whose answers are known, for tests of the search."""

import zlib
from dataclasses import dataclass

import numpy as np

from longgame.experiments.evidence.space import Prior, Space

SEEDS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Aim:
    """A target."""

    name: str
    value: float
    sd: float
    low: float = 0.0
    high: float = 1.0
    log: bool = False


def cube(dials):
    """Return a space of so many dials from 0 to 1."""
    return Space(tuple(Prior(f"x{k}", 0.0, 1.0) for k in range(dials)))


def noisy(function, noise):
    """Return a simulator: a function of points, with normal noise that hangs on point and seed."""

    def model(places, seeds):
        level = function(places)
        found = []
        for seed in seeds:
            salt = [zlib.crc32(row.tobytes()) for row in np.round(places, 9)]
            draws = [np.random.default_rng([seed, each]).normal(size=level.shape[1]) for each in salt]
            found.append(level + noise * np.array(draws))
        return np.stack(found, axis=1)

    return model


def line(slopes):
    """Return a linear function of points, shape (targets, dials)."""
    return lambda places: places @ np.asarray(slopes, dtype=float).T
