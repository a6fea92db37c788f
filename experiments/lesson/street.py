"""The street: three years of choices as a seller in one town, as a tree of runs that go on to year ten.

Five people open for business in a town whose sellers have worked there since the burn-in: each alone, or together as
one firm. They sell in one of five ways, and may change it at the start of years two and three. The market itself
plays every branch under the same luck; the page walks through it and knows no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from longgame.experiments.design.arms import HERD, SINGLETON, policy_of
from longgame.experiments.lesson.newcomers import joined
from longgame.experiments.lesson.rules import Check, Story, copied, play_stage, play_telling, trust_levels, unlimited
from longgame.sim.books import Books
from longgame.sim.columns import OUTCOMES
from longgame.sim.errors import InputError
from longgame.sim.layout import build, with_own_conducts, write_conducts
from longgame.sim.library import STRATEGIES
from longgame.sim.loop import play_months
from longgame.sim.month import pass_on, play_month, see_to_firms
from longgame.sim.organisation import Firms
from longgame.sim.precompile import precompile
from longgame.sim.refusals import problems
from longgame.sim.scenario import Scenario
from longgame.sim.stages import Stage
from longgame.sim.stages.succession import found_firms
from longgame.sim.state import CENTS, FIRST_OUTCOME, NEVER, SOLD, State, customer_ids
from longgame.sim.trust import NOBODY

#: The learner is the first salesperson of the market, and the first of the five who open.
YOU, FIVE = 0, 5

#: Group of firms of the five.
GROUP = "street-five"

#: Years with a choice at their start, and all years. The way of the last choice is kept to the end.
CHOSEN, YEARS = 3, 10

#: Ways to sell, by the strategies of the library that say how.
WAYS = {
    "honest": "collaborative",
    "orders": "order-taker",
    "promise": "bait-and-switch",
    "push": "adversarial",
    "cheap": "discounter",
}

#: Members of a firm of the five.
TOGETHER = {"alone": 1, "team": FIVE}

#: How a visit came about: met by you alone; passed on by you, as a colleague fits better or has time; sent to you.
MET, PASSED_ON, COVERED, SENT = range(4)

#: Seed of the town on the page: the first.
SEED = 0

#: What the code of a visit holds, and how many values each has: the first is the code's remainder.
PARTS = {"outcome": len(OUTCOMES), "source": 4, "how": 4, "issue": 3, "client": 2}


def market(scenario: Scenario, together: str) -> Scenario:
    """Return the town: the scenario's market, with the five and as many customers to a seller as before.

    Nobody resigns, is let go or learns from others: the five are the same people for ten years.

    Parameters
    ----------
    scenario : Scenario
    together : {"alone", "team"}

    Raises
    ------
    InputError
        If the market cannot hold the five, or has a strategy that is a Python class.
    """
    for strategy in scenario.in_python():
        raise InputError(f"strategies: {strategy.name} is a Python class; the street has declared ones alone")
    members = TOGETHER[together]
    policy = policy_of(scenario, HERD if members > 1 else SINGLETON)
    five = Firms(name=GROUP, count=FIVE // members, strategies={WAYS["honest"]: members}, policy=policy)
    try:
        return joined(scenario, (five, *scenario.firms), FIVE, name="street", months=12 * YEARS, step="month")
    except ValidationError as error:
        raise InputError(problems(error, Scenario, {}, "the street")[0]) from None


def opened(scenario: Scenario, seed: int, check: Check = unlimited) -> State:
    """Return a town after its burn-in, in which the five open next month.

    Until then their firms are such as have closed, and `found_firms` founds them. Without a burn-in everybody
    opens at once.

    Parameters
    ----------
    scenario : Scenario
        From `market`.
    seed : int
    check : callable
        Called every year; ends the work by raising.

    Raises
    ------
    InputError
        If a closed firm's post stays empty for longer than the burn-in.
    """
    precompile()
    state, months, vacancy = with_own_conducts(build(scenario, seed)), scenario.burn_in, scenario.economy.vacancy
    if months == 0:
        return state
    if vacancy >= months:
        raise InputError(f"economy.vacancy: is {vacancy}; for the street it must be less than burn_in, {months}")
    firms, people = state.firms[: scenario.firms[0].count], state.salespeople[:FIVE]
    firms["closed"], firms["founded"], firms["staff"] = NEVER, NEVER, 0
    people["hired"] = NEVER
    books = Books(scenario, seed)
    for first in range(1, months, 12):
        check()
        state = play_months(state, books, first, first + 11)
        pass_on(state, first + 11, books)
    firms["closed"] = months - vacancy
    found_firms(state, months)
    return state


def sell(state: State, scenario: Scenario, way: str) -> None:
    """Let the five sell in one way from now on, as a firm does whose pay comes to shape another conduct."""
    five = scenario.firms[0]
    strategies = len(scenario.strategies_used()) * [STRATEGIES[WAYS[way]]]
    for f in range(five.count):
        write_conducts(state, f, strategies, five.rules.pay, scenario.economy.incentive)


class Watched:
    """What the learner sees of a month: who came to them and how it ended, and who told whom of them.

    Attributes
    ----------
    visits : list of int
        Flat: customer, code of `PARTS`, gain of the firm (money), trust in the learner before and after (percent).
    told : list of int
        Flat: teller, listener, 1 good or 0 bad, trust of the listener afterwards (percent).
    """

    def __init__(self) -> None:
        self.visits: list[int] = []
        self.told: list[int] = []
        self._before = np.zeros(0)

    def do(self, stage: Stage, state: State, month: int) -> None:
        """Play a stage, and note what is to be seen of it."""
        if stage.name == "word_of_mouth":
            mine = self._note_visits(state)
            self._note_stories(state, play_telling(stage, state, month, _contacts(state, mine)))
            return
        play_stage(stage, state, month)
        if stage.name == "approach":  # later the trust is that in whoever takes the visit over
            self._before = state.visits["trust"].copy()

    def _note_visits(self, state: State) -> list[int]:
        """Note the visits to the learner; return the places of those whom the learner served."""
        visits = state.visits[: int(state.n_visits[0])]
        found = np.flatnonzero((visits["met"] == YOU) | ((visits["seller"] == YOU) & (visits["met"] != NOBODY)))
        ids = customer_ids(state, visits["customer"])
        for v in found.tolist():
            visit = visits[v]
            values = {
                "outcome": int(visit["outcome"]) - FIRST_OUTCOME,
                "source": int(visit["source"]),
                "how": _how(visit),
                "issue": int(visit["issue"]) * (1 + int(visit["solved"])),
                "client": int(visit["client"]),
            }
            _, after = trust_levels(state, int(visit["customer"]), YOU, v)
            before = self._before[v] if visit["met"] == YOU else visit["trust"]
            self.visits += [int(ids[v]), _code(values), gain_of(visit), _percent(before), _percent(after)]
        return visits["customer"][found[visits["seller"][found] == YOU]].tolist()

    def _note_stories(self, state: State, stories: Sequence[Story]) -> None:
        """Note the stories of the learner."""
        mine = [story for story in stories if story.seller == YOU]
        for teller, listener, _, good in mine:
            v = max(int(state.visit_of[listener]), 0)  # of somebody who is known no visit is asked
            _, trust = trust_levels(state, listener, YOU, v)
            people = customer_ids(state, np.array([teller, listener])).tolist()
            self.told += [*people, int(good), _percent(trust)]


def _contacts(state: State, places: Sequence[int]) -> list[int]:
    """Return who may hear a story of some customers: their contacts, as these ask their own."""
    starts = state.contact_starts
    return sorted({int(j) for i in places for j in state.contacts[starts[i] : starts[i + 1]]})


def _how(visit: Any) -> int:
    """Return how a visit came to whom it came."""
    if visit["seller"] == visit["met"]:
        return MET
    if visit["met"] != YOU:
        return SENT
    return PASSED_ON if visit["lead"] else COVERED


def _code(values: dict[str, int]) -> int:
    """Return small numbers as one, by the bases of `PARTS`."""
    code, base = 0, 1
    for name, size in PARTS.items():
        code, base = code + base * values[name], base * size
    return code


def gain_of(visit: Any) -> int:
    """Return what a visit brought the firm: price less refund, goods and service. Unit: money, whole."""
    if visit["outcome"] < SOLD:
        return 0
    return round(int(visit["price"] - visit["refund"] - visit["goods"] - visit["service"]) / CENTS)


def _percent(share: float) -> int:
    """Return a share in whole percent."""
    return round(100 * float(share))


class Life:
    """The learner's firm from one year to the next.

    Parameters
    ----------
    scenario : Scenario
        From `market`.
    seed : int
    state : State
        From `opened`.

    Attributes
    ----------
    year : int
        Years played.
    profit : float
        Profit of the firm so far, per member. Unit: money.
    failed : int or None
        Month in which it ran out of money, 1 being the first.
    """

    def __init__(self, scenario: Scenario, seed: int, state: State) -> None:
        self.scenario, self.seed, self._state = scenario, seed, state
        self.year, self.profit = 0, 0.0
        self.failed: int | None = None
        self._generation = int(state.firms["generation"][YOU])
        self._members = scenario.firms[0].members

    def after(self, way: str, *, watched: bool = False) -> tuple[Life, dict[str, Any]]:
        """Return the firm after one year more in some way, and the year; this one stays as it is.

        Returns
        -------
        Life
        dict
            ``curve`` (profit so far per member at the end of every month, money) and ``failed`` (month or None);
            if it is watched, also ``hours`` (share of the learner's working time that is taken, percent),
            ``visits`` and ``told`` of every month.
        """
        life = Life(self.scenario, self.seed, copied(self._state))
        life.year, life.profit, life._generation = self.year, self.profit, self._generation
        sell(life._state, self.scenario, way)
        return life, life._play(watched)

    def _play(self, watched: bool) -> dict[str, Any]:
        """Play a year, to its end or that of the firm."""
        found: dict[str, Any] = {"curve": [], "failed": None}
        if watched:
            found |= {"hours": [], "visits": [], "told": []}
        books = Books(self.scenario, self.seed)
        first = self.scenario.burn_in + 12 * self.year + 1
        self.year += 1
        for month in range(first, first + 12):
            if watched:
                self._watch(month, books, found)
            else:
                self._state = play_months(self._state, books, month, month)
            self.profit += int(self._state.tally["profit"][: self._members].sum()) / CENTS / self._members
            found["curve"].append(round(self.profit))
            if self._is_gone():
                self.failed = found["failed"] = month - self.scenario.burn_in
                break
            pass_on(self._state, month, books)
        return found

    def _watch(self, month: int, books: Books, found: dict[str, Any]) -> None:
        """Play one month before the learner's eyes."""
        seen = Watched()
        self._state = play_month(self._state, month, seen.do)
        see_to_firms(self._state, month, books)
        mine = self._state.tally[YOU]
        taken = (int(mine["talk_minutes"]) + int(mine["support_minutes"])) / self.scenario.attention.capacity
        found["hours"].append(_percent(taken))
        found["visits"].append(seen.visits)
        found["told"].append(seen.told)

    def _is_gone(self) -> bool:
        """Return whether the firm has closed, or another has already taken its place."""
        firm = self._state.firms[YOU]
        return int(firm["generation"]) != self._generation or int(firm["closed"]) > 0


def opening(scenario: Scenario, together: str, seed: int, check: Check = unlimited) -> Life:
    """Return the learner's firm before its first month."""
    town = market(scenario, together)
    return Life(town, seed, opened(town, seed, check))


def to_the_end(life: Life, way: str, check: Check = unlimited) -> dict[str, Any]:
    """Return ``curve`` and ``failed`` of the years that are left, all in one way."""
    curve: list[int] = []
    while life.year < YEARS and life.failed is None:
        check()
        life, year = life.after(way)
        curve += year["curve"]
    return {"curve": curve, "failed": life.failed}


def branches(life: Life, check: Check = unlimited) -> dict[str, Any]:
    """Return every way of selling in the next year, by name: the year, and under ``then`` what may follow.

    After the last choice ``later`` has the years to the end. A firm that has failed has neither.
    """
    return {way: branch(life, way, check, deep=True)[1] for way in WAYS}


def branch(life: Life, way: str, check: Check = unlimited, *, deep: bool = False) -> tuple[Life, dict[str, Any]]:
    """Return the firm after a year in some way, and that year as the page reads it; `deep` has all that may follow."""
    check()
    after, year = life.after(way, watched=True)
    if after.failed is None and after.year == CHOSEN:
        year["later"] = to_the_end(after, way, check)
    elif after.failed is None and deep:
        year["then"] = branches(after, check)
    return after, year


def walk(life: Life, ways: Sequence[str], check: Check = unlimited) -> dict[str, Any]:
    """Return the last year of a way through the tree, without what may follow.

    Raises
    ------
    InputError
        If the firm runs out of money on the way.
    """
    year: dict[str, Any] = {}
    for way in ways:
        if life.failed is not None:
            raise InputError(f"path: goes on after month {life.failed}, in which the firm runs out of money")
        life, year = branch(life, way, check)
    return year


def read_path(text: str) -> list[str]:
    """Return a path of choices, such as ``team.honest.push``: the organisation, and the way of every year.

    Raises
    ------
    InputError
        If it is no such path.
    """
    together, *ways = text.split(".")
    if together not in TOGETHER or not 1 <= len(ways) <= CHOSEN or not set(ways) <= set(WAYS):
        raise InputError(
            f"path: is {text!r}; it must be one of {', '.join(TOGETHER)}, then 1 to {CHOSEN} of {', '.join(WAYS)}, "
            "with dots between"
        )
    return [together, *ways]


def constant(life: Life, check: Check = unlimited) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every way of selling with ``curve`` and ``failed`` of ten years without a change."""
    for way in WAYS:
        yield way, to_the_end(life, way, check)
