"""What is told, to whom, and how much of it is believed."""

import numpy as np
import pytest

from longgame.sim import Firms, Scenario, run
from longgame.sim.layout import build
from longgame.sim.stages.word_of_mouth import word_of_mouth
from longgame.sim.state import WIN_WIN

FIRMS = [Firms(name="all", count=3, strategies={"collaborative": 1}).model_dump()]


def after_one_story(x, *, witness=0.5, gossip=1.0, memory=True):
    """Return the state after everybody could ask about one experience x with salesperson 1."""
    scenario = Scenario().but(
        {
            "customers.count": 60,
            "network.contacts": 4,
            "word_of_mouth.gossip": gossip,
            "firms": FIRMS,
            "word_of_mouth.bad_ratio": 1.0,
            "word_of_mouth.witness": witness,
            "trust.memory": memory,
        },
        months=2,
    )
    state = build(scenario, 3)
    visits = state.visits
    visits["customer"][0], visits["seller"][0], visits["met"][0] = 7, 1, 1
    visits["outcome"][0], visits["x"][0], visits["weight"][0] = WIN_WIN, x, 0.8
    state.visit_of[7], state.n_visits[0] = 0, 1
    word_of_mouth(state, 1, 0, 60, 0)
    heard = np.flatnonzero((state.memories["seller"] == 1).any(axis=1))
    return state, heard


@pytest.mark.parametrize("x", [0.9, 0.2])
def test_contacts_hear_it_and_discount_it_by_their_trust_in_the_witness(x):
    state, heard = after_one_story(x)
    contacts = state.contacts[state.contact_starts[7] : state.contact_starts[8]]
    assert len(heard) > 0 and set(heard) <= set(contacts.tolist())
    slot = state.memories[heard[0], 0]
    assert slot["good"] == pytest.approx(0.5 * 0.8 * x)
    assert slot["bad"] == pytest.approx(2.0 * 0.5 * 0.8 * (1 - x))
    assert slot["deals"] == 0
    good, bad = state.told[0, 1]
    assert (good, bad) == ((len(heard), 0) if x >= 0.5 else (0, len(heard)))
    assert state.told.sum() == len(heard)


@pytest.mark.parametrize("off", [{"gossip": 0.0}, {"witness": 0.0}, {"memory": False}])
def test_it_can_be_turned_off(off):
    state, heard = after_one_story(0.9, **off)
    assert len(heard) == 0 and state.told.sum() == 0


def test_each_customer_asks_one_contact():
    # With one story in town and four contacts each, about a quarter of its neighbours hear it in a month.
    shares = []
    for seed in range(40):
        scenario = Scenario().but(
            {
                "customers.count": 60,
                "network.contacts": 4,
                "network.rewiring": 0.0,
                "word_of_mouth.gossip": 1.0,
                "firms": FIRMS,
            },
            months=2,
        )
        state = build(scenario, seed)
        state.visits["customer"][0], state.visits["x"][0], state.visits["weight"][0] = 7, 0.9, 1.0
        state.visit_of[7] = 0
        word_of_mouth(state, 1, 0, 60, 0)
        shares.append(state.told.sum() / 4)
    assert np.mean(shares) == pytest.approx(0.25, abs=0.11)


def test_bad_reputation_travels():
    firms = [Firms(name="bad", count=10, strategies={"bait-and-switch": 1}).model_dump()]
    scenario = Scenario().but({"customers.count": 1000, "firms": firms}, months=36)
    silent = run(scenario.but({"word_of_mouth.gossip": 0.0, "choice.ask_around": 0.0}), 1)
    loud = run(scenario.but({"word_of_mouth.gossip": 0.6, "choice.ask_around": 0.0}), 1)
    assert loud.market.trust_general.iloc[-1] < silent.market.trust_general.iloc[-1]
