"""Trust by hand: what two customers make of a kept word, a lie, a failure and an apology, visit by visit.

The model itself played every step. A town in which nobody tells stories is copied when the customer comes, and
played on with each thing that may happen, under the same luck: what differs is their own experience alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from longgame.experiments.lesson import town
from longgame.experiments.lesson.rules import Check, copied, play_stage, trust_levels, unlimited, worth_of
from longgame.sim.columns import OUTCOMES
from longgame.sim.errors import InputError
from longgame.sim.layout import build
from longgame.sim.library import STRATEGIES
from longgame.sim.month import play_month
from longgame.sim.scenario import Scenario
from longgame.sim.state import FIRST_OUTCOME, State, conduct_row
from longgame.sim.strategy import Conduct
from longgame.sim.trust import NOBODY

_HONEST = STRATEGIES["collaborative"].with_prospects
_HARD = STRATEGIES["adversarial"].with_prospects


@dataclass(frozen=True)
class Event:
    """Something that may happen in a visit: the seller's conduct, and whether the delivery fails."""

    conduct: Conduct
    fails: bool


#: Values are those of the library's strategies; whoever apologises does so every time.
EVENTS = {
    "kept": Event(_HONEST, fails=False),
    "lie": Event(_HONEST.but(overpromise=_HARD.overpromise), fails=False),
    "failure": Event(_HONEST.but(aftercare=0.0), fails=True),
    "sorry": Event(_HONEST.but(aftercare=1.0), fails=True),
}

#: Visits of a trial, and months without one after which the customer has gone for good.
VISITS, PATIENCE = 3, 24

#: Seeds tried until a customer is found.
MOST_SEEDS = 50

#: Customers of the trials, and the worth of the product to them, per unit of stake: it fits, or it does not.
GUESTS = {"fits": (0.7, 1.0), "misfit": (0.0, 0.45)}


def market(base: Scenario) -> Scenario:
    """Return the town of the trials: no stories, no record, no delivery team; customers need much and complain."""
    changes = {"customers.rate": 0.5, "customers.rate_spread": 0.0, "customers.churn": 0.0, "staffing.turnover": 0.0}
    silent = town.at(base.but(changes), {"talk": town.NOTHING, "leave": 0.0}, team={"delivery_team": 0.0})
    return silent.but({"staffing.dismissal": 0.0, "economy.capital": 0.0, "service.voice": 1.0})


def prepared(scenario: Scenario, seed: int) -> State:
    """Return the market of a seed, with a row in the table of conducts for every event."""
    state = build(scenario, seed)
    rows = np.array([conduct_row(event.conduct) for event in EVENTS.values()], state.conducts.dtype)
    return state._replace(conducts=np.concatenate([state.conducts, rows]))


def play(state: State, month: int, place: int, event: str) -> State:
    """Play one month in which an event happens to the customer of a place."""
    row = len(state.conducts) - len(EVENTS) + list(EVENTS).index(event)
    usual = float(state.params["issue"][0])

    def do(stage: Any, state: State, month: int) -> None:
        if stage.name == "deliver":
            state.params["issue"] = float(EVENTS[event].fails)
        play_stage(stage, state, month)
        if stage.name == "greet":
            state.visits["conduct"][state.visit_of[place]] = row

    after = play_month(state, month, do)
    after.params["issue"] = usual
    return after


class Found(NamedTuple):
    """A first visit to the team: the market before its month, the month, the customer, and the salesperson."""

    before: State
    month: int
    i: int
    s: int


def visitors(scenario: Scenario, seed: int, least: float, most: float) -> Iterator[Found]:
    """Yield the first visits to the team of a year by customers to whom its product is worth so much."""
    state = prepared(scenario, seed)
    seen: set[int] = set()
    for month in range(1, 13):
        before = copied(state)
        state = play_month(state, month, play_stage)
        for visit in state.visits[: int(state.n_visits[0])]:
            i, met = int(visit["customer"]), int(visit["met"])
            if met == NOBODY or i in seen:
                continue
            seen.add(i)
            if met < town.TEAM and least <= worth_of(state, i, met) <= most:
                yield Found(before, month, i, met)


def step(at: Found, event: str, left: int, events: Iterable[str] = EVENTS) -> dict[str, Any]:
    """Return what an event makes of a customer's trust, and the steps that may follow.

    Parameters
    ----------
    at : Found
        A visit of the customer to the salesperson.
    event : str
    left : int
        Visits at most, this one included.
    events : iterable of str
        What may happen in later visits.

    Returns
    -------
    dict
        ``before`` and ``after`` (trust in the seller, percent), ``pleased`` (satisfaction, percent; None without a
        deal), ``wait`` (months to the next visit to the same seller; None if there is none), and ``next`` by event.
    """
    state = play(copied(at.before), at.month, at.i, event)
    v = int(state.visit_of[at.i])
    visit = state.visits[v].copy()  # the table is that of the latest month
    _, then = trust_levels(state, at.i, at.s, v)
    sold = int(visit["outcome"]) - FIRST_OUTCOME >= OUTCOMES.index("win_win")
    again = None
    for later in range(at.month + 1, at.month + PATIENCE + 1):
        here = copied(state)
        state = play_month(state, later, play_stage)
        v = int(state.visit_of[at.i])
        if v != NOBODY and int(state.visits["met"][v]) == at.s:
            again = Found(here, later, at.i, at.s)
            break
    return {
        "before": round(100 * float(visit["trust"])),
        "after": round(100 * float(then)),
        "pleased": round(100 * float(visit["x"])) if sold else None,
        "wait": again.month - at.month if again else None,
        "next": {one: step(again, one, left - 1, events) for one in events} if again and left > 1 else {},
    }


def suits(name: str, at: Found) -> bool:
    """Return whether a customer is one of the trials.

    Whom the product fits buys in every visit while words are kept; whom it does not buys because of a lie alone.
    """
    kept = step(at, "kept", VISITS if name == "fits" else 1, ["kept"])
    if name == "misfit":
        return kept["pleased"] is None and step(at, "lie", 1)["pleased"] is not None
    deals = 0
    while kept and kept["pleased"] is not None:
        deals, kept = deals + 1, kept["next"].get("kept")
    return deals == VISITS


def guest(scenario: Scenario, name: str, check: Check) -> Found:
    """Return the first customer of a kind.

    Raises
    ------
    InputError
        If there is none among those of the first seeds.
    """
    for seed in range(MOST_SEEDS):
        for at in visitors(scenario, seed, *GUESTS[name]):
            check()
            if suits(name, at):
                return at
    raise InputError("no customer buys often enough: trust step by step cannot be shown in this market")


def data(base: Scenario, check: Check = unlimited) -> dict[str, Any]:
    """Return the steps of the trials, ``trees`` by customer and event; ``events`` and ``guests`` are their names."""
    scenario = market(base)
    found = {name: guest(scenario, name, check) for name in GUESTS}
    trees = {name: {event: step(at, event, VISITS) for event in EVENTS} for name, at in found.items()}
    return {"events": list(EVENTS), "guests": list(GUESTS), "trees": trees}
