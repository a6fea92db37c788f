"""Looks of strategies: told apart in grey and in every figure, and never taken out of a name."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from longgame.experiments.design.arms import ORGANISATIONS, Arm, crossed
from longgame.experiments.figures.looks import arms_in, distinct_looks, in_order, look
from tests.experiments.figures.drawing import herds


def test_every_arm_is_told_apart_without_colour():
    arms = crossed(["collaborative", "adversarial", "order-taker"])
    lines = [look(arm).line() for arm in arms]
    assert len({(str(line["linestyle"]), line["marker"]) for line in lines}) == len(arms)


def test_the_two_opponents_differ_in_grey():
    grey = [np.dot(to_rgb(look(arm).colour), [0.299, 0.587, 0.114]) for arm in herds("collaborative", "adversarial")]
    assert abs(grey[0] - grey[1]) > 0.2


@pytest.mark.parametrize("name", ["my-own-way", "quiet-herd", "herd"])
def test_a_strategy_of_the_users_has_one_colour_whatever_its_name(name):
    alone, herd = (look(Arm(name, kind)) for kind in ORGANISATIONS)
    assert (alone.colour, alone.marker) == (herd.colour, herd.marker)
    assert herd.herd and not alone.herd


def test_strategies_of_a_figure_are_told_apart():
    arms = herds("one-way", "other-way", "third-way", "collaborative")
    found = distinct_looks(arms)
    assert len({(its.colour, its.marker) for its in found.values()}) == 4
    assert found["collaborative-herd"] == look(arms[-1])
    both = distinct_looks([Arm("one-way", kind) for kind in ORGANISATIONS])
    assert both["one-way-herd"].colour == both["one-way-singleton"].colour


def test_arms_of_a_table_are_those_of_its_labels():
    table = pd.DataFrame(
        {"strategy": ["b-singleton", "adversarial", "b-singleton"], "organisation": ["herd", "herd", "singleton"]}
    )
    found = arms_in(pd.concat([table, table]))
    assert found == in_order(found)
    assert [(arm.way, arm.organisation) for arm in found] == [
        ("adversarial", "herd"),
        ("b-singleton", "singleton"),
        ("b-singleton", "herd"),
    ]
