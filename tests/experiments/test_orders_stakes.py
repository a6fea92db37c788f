"""The spread of amounts between and within customers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.orders.stakes import fit_stakes


def test_stakes_are_split_into_between_and_within():
    rng = np.random.default_rng(5)
    n = rng.integers(1, 9, 3000)
    customer = np.repeat(np.arange(3000), n)
    month = np.concatenate([np.arange(1, k + 1) for k in n])
    level = rng.normal(3.0, 0.5, 3000)
    amount = np.exp(level[customer] + rng.normal(0, 0.8, len(customer)))
    fit = fit_stakes(pd.DataFrame({"customer": customer, "month": month, "amount": amount}), np.random.default_rng(1))
    assert fit.within == pytest.approx(0.8, abs=0.02)
    assert fit.between == pytest.approx(0.5, abs=0.035)
    assert fit.between_interval[0] < 0.5 < fit.between_interval[1]
    assert fit.mean == pytest.approx(amount.mean())
    assert fit.mean_interval[0] < fit.mean < fit.mean_interval[1]
    # Two orders in one month are one amount.
    halves = pd.DataFrame(
        {"customer": np.repeat(customer, 2), "month": np.repeat(month, 2), "amount": np.repeat(amount / 2, 2)}
    )
    assert fit_stakes(halves, np.random.default_rng(1)).between == pytest.approx(fit.between)


def test_equal_stakes_have_no_spread():
    frame = pd.DataFrame({"customer": [1, 1, 2, 2], "month": [1, 2, 1, 2], "amount": [5.0, 20.0, 5.0, 20.0]})
    fit = fit_stakes(frame, np.random.default_rng(0), resamples=10)
    assert fit.between == 0.0 and fit.within == pytest.approx(math.log(20 / 5) / math.sqrt(2))
