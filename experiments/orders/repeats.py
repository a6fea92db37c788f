"""How many customers come back, and when; how much hangs on the best of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: Latest month after the first purchase that counts in the repeat share.
HORIZON = 12


def repeat_curve(frame: pd.DataFrame, months: int) -> np.ndarray:
    """Return the share of customers active j months after their first active month, j = 1 … months - 1.

    Each share is of the customers observed that long; NaN where there are none.
    """
    active = frame[["customer", "month"]].drop_duplicates()
    first = active.groupby("customer")["month"].transform("min")
    age = (active["month"] - first).to_numpy(dtype=np.int64)
    observed = months - first[age == 0].to_numpy(dtype=np.int64)
    bought = np.bincount(age, minlength=months)[1:months].astype(float)
    seen = np.array([np.count_nonzero(observed >= j) for j in range(1, months)], dtype=float)
    return np.divide(bought, seen, out=np.full(months - 1, np.nan), where=seen > 0)


def repeat_share(frame: pd.DataFrame, months: int) -> float:
    """Return the mean of the repeat curve over its first `HORIZON` months."""
    return float(np.nanmean(repeat_curve(frame, months)[:HORIZON]))


def top_fifth(sums: np.ndarray) -> float:
    """Return the share of the largest fifth in a sum; part of one counts as one.

    Examples
    --------
    >>> top_fifth(np.array([1.0, 5.0, 1.0, 1.0, 2.0]))
    0.5
    """
    ranked = np.sort(sums)[::-1]
    return float(ranked[: max(1, math.ceil(len(ranked) / 5))].sum() / ranked.sum())
