"""Exact results that the market must give when the rest of it is switched off through the scenario."""

import numpy as np
import pytest

from longgame.sim import Firms, Scenario, run
from longgame.sim.layout import build

ONLY_HABIT = {
    "customers.rate": 50.0,
    "customers.rate_spread": 0.0,
    "customers.churn": 0.0,
    "customers.drift": 0.0,
    "network.contacts": 0,
    "word_of_mouth.gossip": 0.0,
    "trust.acquainted": True,
    "trust.prior": 1e-9,
    "trust.deal_share": 0.0,
    "trust.turned_away": 0.0,
    "choice.reach": 0,
    "choice.ask_around": 0.0,
    "choice.nobody": False,
    "choice.decides": False,
    "choice.temperature": 1.0,
    "choice.habit_rate": 0.02,
    "choice.reference": 0.56,
    "prosperity.growth": 0.0,
    "prosperity.advice_growth": 0.0,
    "staffing.turnover": 0.0,
    "staffing.dismissal": 0.0,
    "attention.capacity": 10_000_000,
    "attention.talk": 0,
    "attention.ask": 0,
    "service.service": 0,
    "service.complaint": 0,
    "service.support": 0,
}


def loyalty(sellers: int, strength: float) -> float:
    """Return the order parameter y after a long time, with K = habit weight ÷ temperature."""
    firms = [Firms(name="all", count=sellers, strategies={"collaborative": 1}).model_dump()]
    scenario = Scenario().but(
        ONLY_HABIT
        | {"customers.count": 2500, "trust.remembered": sellers, "choice.habit_weight": strength, "firms": firms},
        months=1200,
    )
    return run(scenario, 1).customers.loyalty.mean()


# Weisbuch, Kirman & Herreiner 2000; values of docs/odd.md, section 1, m = 2, gamma = 0.02.
@pytest.mark.parametrize(("half", "expected"), [(0.0, 0.505), (0.8, 0.522), (1.25, 0.741), (1.5, 0.868), (2.0, 0.958)])
def test_loyalty_of_habit_alone(half, expected):
    assert loyalty(2, 2 * half) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("sellers", [2, 3, 5])
def test_without_habit_weight_loyalty_is_that_of_a_moving_average(sellers):
    exact = 1 / sellers + (1 - 1 / sellers) * 0.02 / (2 - 0.02)
    assert loyalty(sellers, 0.0) == pytest.approx(exact, abs=0.003)


def test_newcomers_begin_with_the_habit_they_are_given():
    scenario = Scenario(firms=tuple(Firms(name=f"seller-{k}", strategies={"collaborative": 1}) for k in range(3))).but(
        {"customers.count": 3000, "trust.acquainted": True, "trust.remembered": 3, "choice.initial_habit": 0.7}
    )
    habit = build(scenario, 4).memories["habit"]
    assert (np.sort(habit, axis=1) == np.float32([0, 0, 0.7])).all()
    # one of three by lot: 1000 each, give or take four standard errors
    assert np.abs((habit > 0).sum(axis=0) - 1000).max() < 4 * np.sqrt(3000 * 2 / 9)
