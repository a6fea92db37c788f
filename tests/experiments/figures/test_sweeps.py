"""A dial turned: the headline names both ends, and a turn between them."""

from functools import partial

import pytest

from longgame.experiments.design.arms import ORGANISATIONS
from longgame.experiments.design.grids import sweep
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.sim import STRATEGIES
from tests.experiments.figures.drawing import drawn, said, table

SWEPT = {kind: sweep(STRATEGIES["collaborative"], "advice", (0, 0.5, 1), kind) for kind in ORGANISATIONS}


def sweep_figure(singletons, herds):
    arms = [arm for line in SWEPT.values() for arm in line]
    return partial(
        figure_sweep,
        tables={"horizons": table(arms, (*singletons, *herds))},
        arms=SWEPT,
        market="shared",
        column="profit",
        dial="advice",
        what="profit",
        where="shared market",
    )


@pytest.fixture
def draw():
    return sweep_figure((10, 5, 0), (10, 15, 20))


def test_headline_and_peak(draw):
    title, note = said(draw)
    assert title.startswith("Shared market: with advice 1 instead of 0, profit per salesperson-year over 2")
    assert "lower for singletons" in title and "higher for herds" in title
    assert note.endswith("Mean highest at advice 0 for singletons, and 1 for herds.")


def test_a_turn_between_the_ends_is_told():
    title, _ = said(sweep_figure((10, 30, 5), (10, 30, 5)))
    assert title.count("lower for") == 2 and title.count("higher at 0.5)") == 2


def test_the_gap_starts_at_zero(draw):
    for container in drawn(draw, "slide").axes[1].containers:
        assert container.lines[0].get_ydata()[0] == 0
