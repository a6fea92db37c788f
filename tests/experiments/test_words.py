"""Words: numbers, and names of arms, out of which nothing is taken again."""

import math

import pytest

from longgame.experiments import words
from longgame.experiments.design import arms
from longgame.experiments.design.grids import sweep
from longgame.sim import STRATEGIES


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234.5, "1,230"), (-0.5, "−0.5"), (12.345, "12.3"), (math.nan, "n/a"), (1e6, "1,000,000")],
)
def test_number(value, text):
    assert words.number(value) == text


def test_every_market_and_organisation_has_its_words():
    assert list(words.MARKET_WORDS) == [arms.SHARED, arms.SEPARATE]
    assert tuple(words.ORGANISATION_WORDS) == arms.ORGANISATIONS


def test_arms_of_a_sweep_are_called_by_dial_and_level():
    (low,) = sweep(STRATEGIES["principled"], "walk_away", (0.15,), "singleton")
    assert words.named(low) == "walk-away\N{NO-BREAK SPACE}0.15 singletons"


def test_a_users_strategy_keeps_its_name_whatever_it_looks_like():
    assert words.named(arms.Arm("advice-50", "herd")) == "advice-50 herds"
    assert words.named(arms.Arm("quiet-herd", "singleton")) == "quiet-herd singletons"
