"""What decides: a known region is found, chance is not taken for one, and regions part all markets."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.inference.deciding import deciding


def markets(n=300, dials=8, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).random((n, dials)), columns=[f"d{k}" for k in range(dials)])


def test_a_corner_of_two_dials_is_found_with_its_bounds():
    points = markets()
    holds = ((points["d2"] > 0.4) & (points["d5"] < 0.7)).to_numpy()
    found = deciding(points, holds, np.ones(len(points)))
    assert set(found.dials) == {"d2", "d5"} and (found.turn.share, found.turn.elsewhere) == (1.0, 0.0)
    assert found.turn.bounds["d2"][0] == pytest.approx(0.4, abs=0.03)
    assert found.turn.bounds["d5"][1] == pytest.approx(0.7, abs=0.03)


def test_chance_is_no_reason():
    told = [deciding(markets(seed=k), np.random.default_rng(k).random(300) < 0.4, np.ones(300)) for k in range(20)]
    assert sum(bool(found.dials) for found in told) <= 1
    assert told[0].best.weight == pytest.approx(1.0)


@pytest.mark.parametrize("holds", [True, False])
def test_where_all_markets_say_the_same_nothing_decides(holds):
    found = deciding(markets(), np.full(300, holds), np.ones(300))
    assert found.dials == () and found.best.share == pytest.approx(float(holds)) and found.turn is None


def test_markets_without_weight_do_not_count():
    points = markets()
    holds = (points["d0"] > 0.5).to_numpy()
    weights = np.where(points["d1"] > 0.5, 0.0, 1.0)
    holds = np.where(weights == 0.0, ~holds, holds)
    found = deciding(points, holds, weights)
    assert found.dials[0] == "d0" and found.best.share > 0.99


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 120))
def test_regions_part_all_markets(seed, n):
    points, rng = markets(n, 3, seed), np.random.default_rng(seed)
    holds, weights = (points["d0"] + 0.2 * rng.standard_normal(n) > 0.5).to_numpy(), rng.random(n) + 0.01
    found = deciding(points, holds, weights)
    assert np.sum([region.holds(points) for region in found.regions], axis=0).tolist() == [1] * n
    assert sum(region.weight for region in found.regions) == pytest.approx(1.0)
    assert sum(r.weight * r.share for r in found.regions) == pytest.approx(np.average(holds, weights=weights))
