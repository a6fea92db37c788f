"""The course: its sentences and pictures are made from their numbers."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.design.arms import SHARED, crossed
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.effects import Effect, paired
from longgame.experiments.lesson import course
from longgame.experiments.measures.kept import at_end
from longgame.experiments.runs.runner import run_plan
from longgame.sim import Market
from longgame.sim.columns import DEAL
from tests.experiments.conftest import SMALL

TWO = ["collaborative", "adversarial"]


def effect(value, spread=1.0, n=8):
    return Effect(value, value - spread, value + spread, n, "money")


# -- bets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bet", "answer", "said"),
    [
        ("collaborative", "collaborative", "You bet on collaborative, and it is."),
        ("collaborative", "not clear", "You bet on collaborative; it is not clear."),
        (30, 30, "You bet on 30, and it is."),
        (40, 30.0, "You bet on 40; it is 30: your bet is 10 too high."),
        (40, None, "You bet on 40; it is never."),
        ("collaborative", ["collaborative"], "You bet on collaborative, and it is."),
    ],
)
def test_a_bet_is_settled(bet, answer, said):
    course.bet(bet, TWO if isinstance(bet, str) else ())
    assert course.settle(bet, answer) == said


@pytest.mark.parametrize(
    ("placed", "choices", "said"),
    [
        (None, (), "Place your bet"),
        (None, TWO, "Place your bet"),
        ("adverserial", TWO, r"did you mean `adversarial`\?; choose from collaborative"),
        (5, [1, 2, 3, 4], "choose from 1, 2, 3, 4"),
        ("soon", (), "must be a number"),
        (True, (), "must be a number"),
    ],
)
def test_a_bet_that_is_none_is_refused_in_one_sentence(placed, choices, said):
    with pytest.raises(course.NoBet, match=said) as refused:
        course.bet(placed, choices)
    assert refused.value._render_traceback_() == [str(refused.value)]


# -- thresholds ---------------------------------------------------------------------------------------


@given(st.lists(st.floats(-100, 100).filter(lambda y: abs(y) > 1e-3), min_size=2, max_size=8))
def test_crossings_are_where_the_line_is_0(values):
    points = dict(enumerate(values))
    found = course.crossings(points)
    assert len(found) == sum(a * b < 0 for a, b in pairwise(values))
    for x in found:
        assert np.interp(x, list(points), values) == pytest.approx(0, abs=1e-9)


def test_a_threshold_names_every_stretch():
    effects = {0.0: effect(-5), 0.2: effect(-3), 0.5: effect(0.5), 0.9: effect(4)}
    assert course.threshold(effects, "gossip", *TWO) == (
        "gossip 0 to 0.2: adversarial ahead; gossip 0.5: not clear; gossip 0.9: collaborative ahead. "
        "The mean is 0 near gossip 0.457."
    )
    # Too few seeds to tell: nobody is ahead, whatever the interval.
    assert "not clear" in course.threshold({0.0: effect(9, n=2)}, "gossip", *TWO)
    assert course.ahead(effect(9, n=2), *TWO) == course.ahead(effect(0.5), *TWO) == "not clear"
    assert course.ahead(effect(9), *TWO) == "collaborative"


def test_along_is_the_paired_difference_at_every_level():
    arms = crossed(TWO)[1::2]
    made = grid(SMALL, {"word_of_mouth.gossip": [0.0, 0.9]}, arms).where(setting=SHARED)
    plan = Plan(made, (0, 1, 2), (Measure("horizons", at_end),))
    table = run_plan(plan, workers=1, progress=False).tables["horizons"]
    found = course.along(table, "word_of_mouth.gossip", *arms)
    assert list(found) == [0.0, 0.9]
    rows = table[table["market"] == "shared@word_of_mouth.gossip=0.9"].pivot(
        index="seed", columns="group", values="profit"
    )
    ours, theirs = (rows[arm.name] for arm in arms)
    assert found[0.9] == paired(ours, theirs, unit="profit")


# -- pictures and stories -----------------------------------------------------------------------------


def test_a_picture_is_a_slide_with_its_headline_as_text():
    lines = pd.DataFrame({"one": [1.0, 2.0, 3.0], "other": [3.0, 2.0, math.nan]}, index=[0, 1, 2])
    made = course.picture(
        course.figure_lines, lines, x="month", y="trust", finding="One rises while the other falls", limits=(0, 4)
    )
    png, how = made._repr_png_()
    assert png == made.png and png.startswith(b"\x89PNG") and len(png) < 200_000
    # Sharp: at least two dots for each pixel at which it is shown.
    assert int.from_bytes(png[16:20], "big") >= 2 * how["width"] == 2 * course.WIDTH
    assert repr(made) == "One rises while the other falls"
    again = course.picture(
        course.figure_lines, lines, x="month", y="trust", finding="One rises while the other falls", limits=(0, 4)
    )
    assert again == made


def test_a_meeting_is_told_as_it_ended():
    market = Market(SMALL, rng=3)
    market.run_for(2)
    told = market.meetings()
    assert {"declined", "win_win", "win_lose"} <= set(told["outcome"])
    for _, row in told.drop_duplicates("outcome").iterrows():
        story, ending = course.tell(row), row["outcome"]
        assert ending.replace("_", "-") in story or ending.replace("_", " ") in story
        assert "nan" not in story
        assert ("She buys" in story) == (ending in DEAL)
