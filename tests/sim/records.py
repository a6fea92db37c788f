"""Single records, made by hand, for tests of rules and stages."""

from __future__ import annotations

from typing import Any

import numpy as np

from longgame.sim import Conduct, Scenario
from longgame.sim.state import CONDUCT, conduct_row

P = Scenario().record()


def conduct(**dials: float) -> np.void:
    """Return a row of the conduct table."""
    return np.array([conduct_row(Conduct(**dials))], CONDUCT)[0]


def one(dtype: np.dtype[Any], **fields: Any) -> np.void:
    """Return a record with these fields; the others are zero."""
    table = np.zeros(1, dtype)
    for name, value in fields.items():
        table[name] = value
    return table[0]
