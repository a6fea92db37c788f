"""Figures of claims over markets: nothing clipped, strips add up, markets stand where their dials say."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.figures.over_markets import LOOKS, figure_map, figure_shares
from longgame.experiments.inference.deciding import deciding
from longgame.experiments.studies.over_markets import SAYS, Sample, shares
from tests.experiments.figures.drawing import assert_readable, drawn

PLAUSIBLE, PRIOR = [f"m{k}" for k in range(60)], [f"p{k}" for k in range(20)]


def counted(seed):
    """Return shares of made-up answers for every claim."""
    rng, names = np.random.default_rng(seed), claims.names()
    rows = [(claim, market, rng.choice(SAYS)) for claim in names for market in (*PLAUSIBLE, *PRIOR)]
    samples = [Sample("plausible", dict.fromkeys(PLAUSIBLE, 1.0)), Sample("prior", dict.fromkeys(PRIOR, 1.0))]
    return shares(pd.DataFrame(rows, columns=["claim", "market", "says"]), samples, len(names))


@pytest.mark.parametrize("kind", ["paper", "slide"])
@pytest.mark.parametrize("names", [("repeat-supply", "projects", "consumer-services"), ("",)])
def test_strips_are_readable_and_add_up(kind, names):
    tables = {name: counted(k) for k, name in enumerate(names)}
    figure = drawn(partial(figure_shares, shares=tables), kind)
    assert_readable(figure, kind, "shares")
    for ax, table in zip(figure.axes, tables.values(), strict=True):
        bars = [patch for patch in ax.patches if hasattr(patch, "get_width")]
        assert len(bars) == 2 * len(LOOKS) * len(claims.names())
        for row, claim in enumerate(claims.names()):
            here = [
                bar for bar in bars if abs(bar.get_y() + bar.get_height() / 2 - row) < 1e-9 and bar.get_alpha() == 1
            ]
            found = {colour: bar.get_width() for bar in here for colour in [bar.get_facecolor()[:3]]}
            expected = table[(table["claim"] == claim) & (table["sample"] == "plausible")]["share"]
            assert sum(found.values()) == pytest.approx(100) and sorted(found.values()) == pytest.approx(
                sorted(100 * expected)
            )


@pytest.mark.parametrize("kind", ["paper", "slide"])
@pytest.mark.parametrize("dials", [["customers.rate", "switch.record"], ["firms.herds"]])
def test_markets_stand_where_their_dials_say(kind, dials):
    rng = np.random.default_rng(0)
    points = pd.DataFrame(rng.random((80, 2)), columns=["customers.rate", "firms.herds"], index=[*PLAUSIBLE, *PRIOR])
    points["switch.record"] = rng.integers(0, 2, 80)
    holds = np.all([points[dial] > 0.4 for dial in dials], axis=0)
    found = deciding(points.iloc[:60], holds[:60], np.ones(60))
    assert set(found.dials) == set(dials)
    says = pd.Series(np.where(holds, "for", "against"), points.index)
    draw = partial(
        figure_map, points=points, says=says, weights=dict.fromkeys(PLAUSIBLE, 1 / 60), found=found, title="It is so."
    )
    figure = drawn(draw, kind)
    assert_readable(figure, kind, "map")
    placed = np.concatenate([each.get_offsets() for each in figure.axes[0].collections])
    assert sorted(placed[:, 0]) == pytest.approx(sorted(points[found.dials[0]])) or "switch" in found.dials[0]
