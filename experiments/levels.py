"""Verdicts at stricter levels, for looking at many claims or looking many times."""

from __future__ import annotations

import math
from dataclasses import replace

from experiments.statistics import Effect, interval


def widened(effect: Effect, level: float) -> Effect:
    """Return an effect with its interval at another level; without its differences it says nothing.

    The interval is the wider of the BCa bootstrap and of Student's t on each side: resampling one or two
    dozen differences does not reach far tails (with 10 normal differences 99% BCa intervals miss about twice
    as often as stated), and t does not know of skewness.

    Examples
    --------
    >>> import pandas as pd
    >>> from experiments.statistics import effect_of
    >>> effect = effect_of(pd.Series([1.0, 2, 3, 2, 1, 2, 4, 2]), unit="months")
    >>> wide = widened(effect, 0.99)
    >>> wide.level, wide.low < effect.low, wide.high > effect.high
    (0.99, True, True)
    """
    if effect.n < 2 or not effect.differences:
        return replace(effect, low=math.nan, high=math.nan, level=level)
    from scipy.stats import sem, t

    low, high = interval(effect.differences, level)
    if low < high:
        half = float(t.ppf((1 + level) / 2, effect.n - 1) * sem(effect.differences))
        low, high = min(low, effect.value - half), max(high, effect.value + half)
    return replace(effect, low=low, high=high, level=level)
