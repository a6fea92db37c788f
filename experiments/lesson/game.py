"""The game: a few customers whom the reader serves by hand, as a tree of everything that can come of it.

Every node of the tree is a visit that the model itself played: a small market is copied at the beginning of
the month in which the customer comes, and played on with each conduct that the reader may choose, with the
same luck. The page walks this tree; it knows no rule of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from longgame.experiments.lesson.rules import Story, copied, play_stage, play_telling, trust_levels, worth_of
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

#: Visits to the reader after which a round ends, and months without one after which it ends too.
VISITS, PATIENCE = 3, 12

#: Customers of each kind that are looked at.
CANDIDATES = 6

_HONEST = STRATEGIES["collaborative"].with_prospects
_HARD = STRATEGIES["adversarial"].with_prospects
_GIVEN_AWAY = STRATEGIES["discounter"].with_prospects.markup

#: Whether the reader asks first: as a collaborative seller does, or as an adversarial one.
ASKING = {"ask": _HONEST.discovery, "skip": _HARD.discovery}


@dataclass(frozen=True)
class Choice:
    """Something the reader may do after finding out: a conduct that differs from the honest pitch."""

    key: str
    title: str
    help: str
    conduct: Conduct


#: One thing is changed at a time, and last all of it; dials are those of the library's strategies.
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
        "Dear, over-promised and pushed, and little care afterwards.",
        _HARD.but(discovery=_HONEST.discovery),
    ),
    Choice("discount", "Discount", "Honest, but below your own cost.", _HONEST.but(markup=_GIVEN_AWAY)),
    Choice("walk", "Walk away", "Say: this is not for you.", _HONEST.but(walk_away=1.0)),
    Choice(
        "refer",
        "Recommend a rival",
        "Name somebody who fits better, if you know one.",
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
    """A customer of the game: in which market, who, when they first come, and how well the product fits."""

    title: str
    seed: int
    place: int
    month: int
    fit: float


#: Which customers are looked for: how much of a perfect solution the reader's product is worth to them.
_WANTED = (("fits well", 0.8, 1.0), ("fits badly", 0.1, 0.4), ("fits so-so", 0.6, 0.72))


def market(scenario: Scenario) -> Scenario:
    """Return the small market of the game: the reader, two kinds of rivals, sixty who buy often.

    Nobody changes jobs, so that a year's end changes nothing and is not played.
    """
    rivals = (
        Firms(name="order-takers", count=4, strategies={"order-taker": 1}),
        Firms(name="adversaries", count=4, strategies={"adversarial": 1}),
    )
    you = Firms(name="you", count=1, strategies={"collaborative": 1})
    return scenario.but(
        {
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


def guests(scenario: Scenario) -> list[Guest]:
    """Return one customer for each kind of fit: of the first few, the one with whom most hangs on you.

    That is, with whom the first visit can end in most different ways (deal, and whether they come back), and
    who comes back after most of them, whichever way of selling that speaks for; of equals the first.
    """
    found: dict[str, list[Guest]] = {title: [] for title, *_ in _WANTED}
    for seed in range(1000):
        for guest in _visitors(scenario, seed):
            if len(found[guest.title]) < CANDIDATES:
                found[guest.title].append(guest)
        if all(len(some) == CANDIDATES for some in found.values()):
            return [max(some, key=lambda guest: _stakes(scenario, guest)) for some in found.values()]
    raise InputError("no customer whom the product fits well, so-so and badly: the game cannot be made")


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


def _stakes(scenario: Scenario, guest: Guest) -> tuple[int, int]:
    """Return in how many different ways a first visit can end, and how many choices let them come back."""
    choices = [node for nodes in Tree(scenario, guest, 1).root.values() for node in nodes.values()]
    ends = [(numbers[0], bool(events) and events[-1][1] == YOU_AGAIN) for numbers, events, _ in choices]
    return len(set(ends)), sum(back for _, back in ends)


def play(state: State, month: int, guest: Guest, row: int) -> tuple[State, list[Story]]:
    """Play one month in which the reader treats the guest as a row of conducts says; also what they tell."""
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
    """Everything that can come of one guest.

    Parameters
    ----------
    scenario : Scenario
        What `market` returned.
    guest : Guest
    visits : int
        Visits after which the round ends.
    """

    def __init__(self, scenario: Scenario, guest: Guest, visits: int) -> None:
        self.guest = guest
        state = prepared(scenario, guest.seed)
        self.base = len(state.conducts) - len(ASKING) * len(CHOICES)
        for month in range(1, guest.month):
            state = play_month(state, month, play_stage)
        self.stake = round(float(state.customers["stake"][guest.place]))
        self.root = self._visit(state, guest.month, visits)

    def _visit(self, before: State, month: int, left: int) -> dict[str, Any]:
        """Return what comes of each conduct at one visit: asking or not, then one choice."""
        return {
            asking: {key: self._node(before, month, row, left) for key, row in rows}
            for asking, rows in self._offered(before, month)
        }

    def _offered(self, before: State, month: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        """Yield what may be chosen: a rival is recommended only where one's own product seems not to fit."""
        for a, asking in enumerate(ASKING):
            rows = [(choice.key, self.base + a * len(CHOICES) + c) for c, choice in enumerate(CHOICES)]
            key, row = rows[-1]
            after, _ = play(copied(before), month, self.guest, row)
            outcome = int(after.visits["outcome"][after.visit_of[self.guest.place]])
            yield asking, [pair for pair in rows if pair[0] != key or outcome in (REFERRED, WALKED_AWAY)]

    def _node(self, before: State, month: int, row: int, left: int) -> list[Any]:
        """Play one conduct; return the numbers of the visit, what the guest did next, and the next visit."""
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
            Where later needs led, as [month, HOME, RIVAL or YOU_AGAIN]; and the next visit, None if the
            round is over.
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


def data(scenario: Scenario) -> dict[str, Any]:
    """Return the game as the page reads it."""
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
            for guest, tree in ((guest, Tree(small, guest, VISITS)) for guest in guests(small))
        ],
    }
