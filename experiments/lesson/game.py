"""The game: a few customers whom the reader serves by hand, as a tree of all possible visits.

The model itself played every node of the tree. A small market is copied at the beginning of the month in
which the customer comes. It is then played on with each conduct that the reader may choose, under the same
luck. The page walks this tree; it knows no rule of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from longgame.experiments.lesson.rules import (
    Check,
    Story,
    copied,
    play_stage,
    play_telling,
    trust_levels,
    unlimited,
    worth_of,
)
from longgame.sim.columns import OUTCOMES
from longgame.sim.errors import InputError
from longgame.sim.layout import build
from longgame.sim.library import STRATEGIES
from longgame.sim.month import play_month
from longgame.sim.organisation import Firms
from longgame.sim.scenario import Scenario
from longgame.sim.state import CENTS, FIRST_OUTCOME, REFERRED, WALKED_AWAY, State, conduct_row
from longgame.sim.strategy import Conduct
from longgame.sim.trust import NOBODY

#: The reader is the first salesperson of the market.
YOU = 0

#: A round ends after so many visits to the reader, or so many months without one.
VISITS, PATIENCE = 3, 12

#: Customers of each kind among whom the one of the game is found.
CANDIDATES = 6

_HONEST = STRATEGIES["collaborative"].with_prospects
_HARD = STRATEGIES["adversarial"].with_prospects
_GIVEN_AWAY = STRATEGIES["discounter"].with_prospects.markup

#: How much the reader finds out first: as much as a collaborative seller, or as an adversarial one.
ASKING = {"ask": _HONEST.discovery, "skip": _HARD.discovery}


@dataclass(frozen=True)
class Choice:
    """A conduct that the reader may choose after finding out."""

    key: str
    title: str
    help: str
    conduct: Conduct


#: Each changes one dial of the honest pitch, the hard sell all; values are those of the library's strategies.
CHOICES = (
    Choice("honest", "Pitch honestly", "Say what you believe, at a fair price.", _HONEST),
    Choice(
        "promise",
        "Over-promise",
        "The same price, but claim far more than you believe.",
        _HONEST.but(overpromise=_HARD.overpromise),
    ),
    Choice("push", "Push", "The same price, but press to close now.", _HONEST.but(pressure=_HARD.pressure)),
    Choice(
        "hard",
        "Hard sell",
        "A high price, too many promises, pressure, and little care afterwards.",
        _HARD.but(discovery=_HONEST.discovery),
    ),
    Choice("discount", "Discount", "Honest, but below your own cost.", _HONEST.but(markup=_GIVEN_AWAY)),
    Choice("walk", "Walk away", "Say that this is not for them.", _HONEST.but(walk_away=1.0)),
    Choice(
        "refer",
        "Recommend a rival",
        "Name a rival who fits better, if you know one.",
        _HONEST.but(walk_away=0.0, refer=1.0),
    ),
)

#: Where a later need leads.
HOME, RIVAL, YOU_AGAIN = 0, 1, 2

#: Places of a node's numbers, in order.
FIELDS = (
    "outcome",
    "price",
    "margin",
    "worth",
    "gain",
    "estimate",
    "claim",
    "asked",
    "satisfaction",
    "trust_before",
    "trust",
    "general_before",
    "general",
    "minutes",
    "issue",
    "told_good",
    "told_bad",
    "month",
)


@dataclass(frozen=True)
class Guest:
    """A customer of the game: seed of the market, place, month of the first visit, and fit of the product."""

    title: str
    seed: int
    place: int
    month: int
    fit: float


#: Kinds of customers: the worth of the reader's product to them, as a share of a perfect solution.
_WANTED = (("fits well", 0.8, 1.0), ("fits badly", 0.1, 0.4), ("fits so-so", 0.6, 0.72))


def market(scenario: Scenario) -> Scenario:
    """Return the small market of the game: the reader, two kinds of rivals, and sixty customers who buy often.

    Nobody changes jobs: the end of a year changes nothing and is not played.
    """
    rivals = (
        Firms(name="order-takers", count=4, strategies={"order-taker": 1}),
        Firms(name="adversaries", count=4, strategies={"adversarial": 1}),
    )
    you = Firms(name="you", count=1, strategies={"collaborative": 1})
    return scenario.but(
        {
            "burn_in": 0,
            "customers.count": 60,
            "customers.rate": 0.5,
            "customers.rate_spread": 0.0,
            "customers.churn": 0.0,
            "staffing.turnover": 0.0,
            "staffing.dismissal": 0.0,
            "staffing.imitation": 0.0,
        },
        name="game",
        months=120,
        strategies=(),
        firms=[g.model_dump() for g in (you, *rivals)],
    )


def prepared(scenario: Scenario, seed: int) -> State:
    """Return the market of a seed, with a row in the table of conducts for everything the reader may do."""
    state = build(scenario, seed)
    rows = [conduct_row(choice.conduct.but(discovery=discovery)) for discovery in ASKING.values() for choice in CHOICES]
    extra = np.array(rows, state.conducts.dtype)
    return state._replace(conducts=np.concatenate([state.conducts, extra]))


def guests(scenario: Scenario, check: Check = unlimited) -> list[Guest]:
    """Return one customer for each kind of fit: of the first few, the one whose visits depend most on the reader.

    Their first visit can end in most different ways (outcome, and a return or none). Among equals the one who
    returns after most choices is taken, then the first. No way of selling is preferred.

    Raises
    ------
    InputError
        If there are too few customers of a kind.
    """
    found: dict[str, list[Guest]] = {title: [] for title, *_ in _WANTED}
    for seed in range(1000):
        check()
        for guest in _visitors(scenario, seed):
            if len(found[guest.title]) < CANDIDATES:
                found[guest.title].append(guest)
        if all(len(some) == CANDIDATES for some in found.values()):
            return [max(some, key=lambda guest: _stakes(scenario, guest, check)) for some in found.values()]
    raise InputError("the product fits too few customers well, so-so or badly: the game cannot be made")


def _visitors(scenario: Scenario, seed: int) -> Iterator[Guest]:
    """Yield the customers of a market whose first visit in the first quarter is to the reader."""
    state = prepared(scenario, seed)
    seen: set[int] = set()
    for month in (1, 2, 3):
        state = play_month(state, month, play_stage)
        for visit in state.visits[: int(state.n_visits[0])]:
            i, met = int(visit["customer"]), int(visit["met"])
            if i in seen or met == NOBODY:
                continue
            seen.add(i)
            worth = worth_of(state, i, YOU)
            title = next((title for title, least, most in _WANTED if least <= worth <= most), None)
            if met == YOU and title:
                yield Guest(title, seed, i, month, worth)


def _stakes(scenario: Scenario, guest: Guest, check: Check) -> tuple[int, int]:
    """Return the number of different ends of a first visit, and of choices after which the guest returns."""
    choices = [node for nodes in Tree(scenario, guest, 1, check).root.values() for node in nodes.values()]
    ends = [(numbers[0], bool(events) and events[-1][1] == YOU_AGAIN) for numbers, events, _ in choices]
    return len(set(ends)), sum(back for _, back in ends)


def play(state: State, month: int, guest: Guest, row: int) -> tuple[State, list[Story]]:
    """Play one month in which the reader treats the guest by a row of conducts; return the guest's stories too."""
    told: list[Story] = []
    first, last = state.contact_starts[guest.place : guest.place + 2]
    listeners = state.contacts[first:last].tolist()

    def do(stage: Any, state: State, month: int) -> None:
        if stage.name == "word_of_mouth":
            told.extend(story for story in play_telling(stage, state, month, listeners) if story.teller == guest.place)
            return
        play_stage(stage, state, month)
        if stage.name == "greet":
            state.visits["conduct"][state.visit_of[guest.place]] = row

    return play_month(state, month, do), told


class Tree:
    """All possible visits of one guest.

    Parameters
    ----------
    scenario : Scenario
        From `market`.
    guest : Guest
    visits : int
        Visits after which the round ends.
    check : callable
        Called before every visit; ends the work by raising.
    """

    def __init__(self, scenario: Scenario, guest: Guest, visits: int, check: Check = unlimited) -> None:
        self.guest = guest
        self._check = check
        state = prepared(scenario, guest.seed)
        self.base = len(state.conducts) - len(ASKING) * len(CHOICES)
        for month in range(1, guest.month):
            state = play_month(state, month, play_stage)
        self.stake = round(float(state.customers["stake"][guest.place]))
        self.root = self._visit(state, guest.month, visits)

    def _visit(self, before: State, month: int, left: int) -> dict[str, Any]:
        """Return the nodes of one visit: by asking or not, then by choice."""
        return {
            asking: {key: self._node(before, month, row, left) for key, row in rows}
            for asking, rows in self._offered(before, month)
        }

    def _offered(self, before: State, month: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        """Yield the choices: a rival is recommended only where the reader's own product seems not to fit."""
        for a, asking in enumerate(ASKING):
            rows = [(choice.key, self.base + a * len(CHOICES) + c) for c, choice in enumerate(CHOICES)]
            key, row = rows[-1]
            after, _ = play(copied(before), month, self.guest, row)
            outcome = int(after.visits["outcome"][after.visit_of[self.guest.place]])
            yield asking, [pair for pair in rows if pair[0] != key or outcome in (REFERRED, WALKED_AWAY)]

    def _node(self, before: State, month: int, row: int, left: int) -> list[Any]:
        """Play one conduct; return the numbers of the visit, the guest's later needs, and the next visit."""
        self._check()
        i = self.guest.place
        after, told = play(copied(before), month, self.guest, row)
        v = int(after.visit_of[i])
        visit = after.visits[v]
        general_before, trust_before = float(visit["general"]), float(visit["trust"])
        general, trust = trust_levels(after, i, YOU, v)
        sold = int(visit["outcome"]) - FIRST_OUTCOME >= OUTCOMES.index("win_win")
        stake = max(int(visit["stake"]), 1)
        spent = visit["goods"] + visit["service"] + visit["refund"] if sold else 0
        mine = [story for story in told if story.seller == YOU]
        numbers = {
            "outcome": int(visit["outcome"]) - FIRST_OUTCOME,
            "price": round((int(visit["price"]) if sold else 0) / CENTS),
            "margin": round((int(visit["price"]) - int(spent)) / CENTS) if sold else 0,
            "worth": round(float(visit["delivered"]) * stake / CENTS) if sold else 0,
            "gain": round(int(visit["surplus"]) / CENTS) if sold else 0,
            "estimate": round(100 * float(visit["estimate"])),
            "claim": round(100 * float(visit["claim"])),
            "asked": round(100 * int(visit["price"]) / stake),
            "satisfaction": round(100 * float(visit["x"])),
            "trust_before": round(100 * trust_before),
            "trust": round(100 * float(trust)),
            "general_before": round(100 * general_before),
            "general": round(100 * float(general)),
            "minutes": int(visit["minutes"]) + int(visit["later_minutes"]),
            "issue": int(visit["issue"]) + int(visit["solved"]),
            "told_good": sum(story.good for story in mine),
            "told_bad": sum(not story.good for story in mine),
            "month": month,
        }
        events, next_visit = self._what_next(after, month, left - 1)
        return [[numbers[name] for name in FIELDS], events, next_visit]

    def _what_next(self, state: State, month: int, left: int) -> tuple[list[list[int]], dict[str, Any] | None]:
        """Play on until the guest comes to the reader again, or stays away for too long.

        Returns
        -------
        tuple
            Later needs as [month, HOME, RIVAL or YOU_AGAIN]; and the next visit, None if the round is over.
        """
        events: list[list[int]] = []
        for later in range(month + 1, month + PATIENCE + 1):
            before = copied(state)
            state = play_month(state, later, play_stage)
            v = int(state.visit_of[self.guest.place])
            if v == NOBODY:
                continue
            met = int(state.visits["met"][v])
            if met == YOU:
                events.append([later, YOU_AGAIN])
                return events, self._visit(before, later, left) if left else None
            events.append([later, HOME if met == NOBODY else RIVAL])
        return events, None


def data(scenario: Scenario, check: Check = unlimited) -> dict[str, Any]:
    """Return the game as the page reads it.

    Parameters
    ----------
    scenario : Scenario
    check : callable
        Called at least once a visit; ends the work by raising.

    Raises
    ------
    InputError
        If the market has no fitting customers.
    """
    small = market(scenario)
    return {
        "fields": list(FIELDS),
        "outcomes": list(OUTCOMES),
        "visits": VISITS,
        "patience": PATIENCE,
        "choices": [{"key": c.key, "title": c.title, "help": c.help} for c in CHOICES],
        "unit_cost": round(100 * small.offer.unit_cost),
        "fair_price": round(100 * small.offer.unit_cost * (1 + _HONEST.markup)),
        "gossip": round(100 * small.word_of_mouth.gossip),
        "guests": [
            {"title": guest.title, "fit": round(100 * guest.fit), "stake": tree.stake, "tree": tree.root}
            for guest, tree in ((guest, Tree(small, guest, VISITS, check)) for guest in guests(small, check))
        ],
    }
