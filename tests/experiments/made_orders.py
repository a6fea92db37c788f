"""Order logs made for tests."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from longgame.experiments.orders.log import OrderLog, order_log


def written(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    """Return the path of a file with this content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def customers_of(
    rng: np.random.Generator, n: int, months: int, rate: float, spread: float, churn: float
) -> pd.DataFrame:
    """Return active months of customers who arrive in the first third, as the likelihood says they behave."""
    rows = []
    lam = rng.gamma(1 / spread**2, rate * spread**2, n)
    first = rng.integers(1, months // 3 + 1, n)
    for i in range(n):
        month = first[i]
        rows.append((i, month))
        while month < months:
            month += 1
            if rng.random() < churn:
                break
            if rng.random() < 1 - math.exp(-lam[i]):
                rows.append((i, month))
    return pd.DataFrame(rows, columns=["customer", "month"])


def made_log() -> OrderLog:
    """Return the orders of 1,000 customers in two years."""
    rng = np.random.default_rng(8)
    frame = customers_of(rng, 1000, 24, 0.3, 0.8, 0.02)
    level = rng.normal(4.0, 0.4, 1000)
    frame["amount"] = np.exp(level[frame["customer"]] + rng.normal(0, 0.2, len(frame)))
    return order_log(frame, months=24, name="made.csv")
