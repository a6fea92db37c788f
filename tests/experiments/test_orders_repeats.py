"""The repeat curve of an order log."""

from __future__ import annotations

import numpy as np
import pandas as pd

from longgame.experiments.orders.repeats import repeat_curve, repeat_share


def test_a_repeat_curve_by_hand():
    frame = pd.DataFrame({"customer": [1, 1, 1, 2, 3, 3], "month": [1, 1, 3, 4, 2, 3]})
    # Month 1 after the first: of customers 1 and 3, the latter; month 2: the former; month 3: nobody of one.
    assert repeat_curve(frame, 4).tolist() == [0.5, 0.5, 0.0]
    assert repeat_share(frame, 4) == (0.5 + 0.5 + 0.0) / 3


def test_a_curve_by_another_road():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"customer": rng.integers(0, 60, 400), "month": rng.integers(1, 13, 400)})
    seen = pd.crosstab(frame["customer"], frame["month"]).to_numpy() > 0
    first = seen.argmax(axis=1)
    expected = [np.mean([seen[i, f + j] for i, f in enumerate(first) if f + j < 12]) for j in range(1, 12)]
    np.testing.assert_allclose(repeat_curve(frame, 12), expected)
