"""Compare two results, column by column, to the last bit."""

from __future__ import annotations

import pandas as pd

from longgame.sim.columns import TABLES


def assert_same(one, two, tables=tuple(TABLES)) -> None:
    for name in tables:
        a, b = getattr(one, name), getattr(two, name)
        assert (a is None) == (b is None), name
        if a is not None:
            pd.testing.assert_frame_equal(a, b, check_exact=True, obj=name)
