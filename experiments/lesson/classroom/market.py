"""The market of a class: each seat is a salesperson among those of the town, and chooses anew every year.

The rules of the model play every month. Between two years the seats' choices are written into the state: how each
one sells, and for which firm. Who changes firms stays the same person: customers remember them as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from longgame.experiments.design.arms import HERD, SINGLETON, crossed, policy_of
from longgame.experiments.lesson.newcomers import joined
from longgame.sim.books import Books
from longgame.sim.compiled import query
from longgame.sim.errors import InputError
from longgame.sim.layout import build
from longgame.sim.loop import play_months
from longgame.sim.month import pass_on
from longgame.sim.organisation import Firms
from longgame.sim.precompile import precompile
from longgame.sim.scenario import Scenario
from longgame.sim.stages.staffing import change_strategy
from longgame.sim.stages.succession import forget_defunct, open_firm, take_post, vacate
from longgame.sim.state import CENTS, NEVER

#: Ways of selling among which a seat chooses: strategies of the library, the one that everybody begins with last.
WAYS = ("collaborative", "adversarial", "bait-and-switch", "discounter", "order-taker")
USUAL = WAYS[-1]

#: Most members of a herd of the class. The five posts of a herd name the five ways, so that each is in the tables.
HERD_OF = len(WAYS)

#: Most years that a class plays.
MOST_YEARS = 20

#: Names of the groups of firms that are the class's own.
ALONE, TOGETHER = "class-alone", "class-herd"

#: Kinds of seller that the class bets on: who earns most a year, the town's sellers and the class's taken together?
KINDS = {arm.name: arm for arm in crossed(("collaborative", "adversarial"))}

#: Groups of the town whose lines are drawn beside those of the class, where the scenario has them.
TOWN = ("collaborative-herd", "adversarial-singleton")


class Choice(NamedTuple):
    """How a seat sells for a year, and in which herd of the class; None: alone."""

    way: str = USUAL
    herd: int | None = None


class SeatYear(NamedTuple):
    """What a year brought one seat: money is its share of its firm's profit, the rest its own work.

    Attributes
    ----------
    money : float
        Profit per member of the firms it worked for, summed over the months.
    visits, deals, repeat_deals, turned_away : int
    failed : bool
        Whether a firm it worked for ran out of cash.
    """

    money: float
    visits: int
    deals: int
    repeat_deals: int
    turned_away: int
    failed: bool


class Average(NamedTuple):
    """Profit a year of the sellers of a kind, and for how many years people sold so."""

    profit: float
    years: float


def herds_for(seats: int) -> int:
    """Return how many herds a class has: enough for all its seats, and two at least."""
    return max(2, -(-seats // HERD_OF))


def market_of(base: Scenario, seats: int) -> Scenario:
    """Return a market with the firms of a scenario and those of a class, with customers in proportion.

    All begin on the same day. Nobody changes jobs, is let go or copies others: the class alone decides.

    Raises
    ------
    InputError
        If the scenario is not of whole years or has strategies that are Python classes.
    pydantic.ValidationError
        If it cannot hold so many sellers.
    """
    if base.months % 12 or base.months > 12 * MOST_YEARS:
        raise InputError(f"months: is {base.months}; a class plays whole years, {12 * MOST_YEARS} months at most")
    for strategy in base.in_python():
        raise InputError(f"--scenario: strategy {strategy.name} is a Python class; a class plays declared ones only")
    own = (
        Firms(name=ALONE, count=seats, strategies={USUAL: 1}, policy=policy_of(base, SINGLETON)),
        Firms(name=TOGETHER, count=herds_for(seats), strategies=dict.fromkeys(WAYS, 1), policy=policy_of(base, HERD)),
    )
    return joined(base, (*base.firms, *own), seats, name="class", burn_in=0)


@query
def _sell_by(state, s, strategy):
    """Let the person in row s sell in another way from now on."""
    change_strategy(state, s, strategy)


@query
def _begin(state, month, s, strategy):
    """Let a new person take up the post of row s next month."""
    take_post(state, month, s, strategy)


@query
def _open_anew(state, month, f):
    """Let firm f begin next month, unknown to everybody."""
    open_firm(state, month, f)


@query
def _leave_empty(state, s):
    """Leave the post of row s empty."""
    vacate(state, s)


@query
def _shut(state, f):
    """Close firm f until somebody opens it anew; nobody is its client any more."""
    firm = state.firms[f]
    firm.closed, firm.founded, firm.staff = NEVER, NEVER, 0
    state.defunct[f >> 6] |= np.uint64(1) << np.uint64(f & 63)
    forget_defunct(state)


class ClassMarket:
    """The market of a class, year by year. Same scenario, seed and choices: the same numbers, to the last bit.

    Parameters
    ----------
    base : Scenario
        The town; its length is that of the game.
    seats : int
        Salespeople of the class.
    seed : int

    Attributes
    ----------
    year : int
        Years played.
    money : ndarray of float, shape (months played, seats)
        Every seat's share of the profit of its firms so far.
    lines : dict of str to list of float or None
        Profit so far per salesperson of `ALONE`, `TOGETHER` and the groups of `TOWN`, month by month; None in
        months in which the group had nobody.
    """

    def __init__(self, base: Scenario, seats: int, seed: int) -> None:
        self.scenario = market_of(base, seats)
        self.seats, self.years, self.year = seats, base.months // 12, 0
        self.herds = herds_for(seats)
        precompile()
        self._state = build(self.scenario, seed)
        self._books = Books(self.scenario, seed)
        self._steps = self._books.steps
        self._strategies = {strategy.name: k for k, strategy in enumerate(self.scenario.strategies_used())}
        self._post = base.sellers  # the first of the class
        self._firm = sum(group.count for group in base.firms)
        self._rows = self._post + np.arange(seats)
        self._members: dict[int, tuple[int, ...]] = {self._firm + seat: (seat,) for seat in range(seats)}
        for s in range(self._post + seats, self.scenario.sellers):
            _leave_empty(self._state, s)
        for herd in range(self.herds):
            self._members[self._firm + seats + herd] = ()
            _shut(self._state, self._firm + seats + herd)
        self._groups = [group.name for group in self.scenario.firms]
        self.money = np.zeros((0, seats))
        self.lines: dict[str, list[float | None]] = {n: [] for n in (ALONE, TOGETHER, *TOWN) if n in self._groups}
        self._so_far = dict.fromkeys(self.lines, 0.0)

    # -- choices ----------------------------------------------------------------------------------

    def play_year(self, choices: Sequence[Choice]) -> list[SeatYear]:
        """Let every seat sell as it chose, play a year, and return what it brought each seat.

        Raises
        ------
        ValueError
            If all years are played, a seat has no choice, or a herd has too many members.
        """
        if self.year == self.years or len(choices) != self.seats:
            raise ValueError(f"{len(choices)} choices for {self.seats} seats, year {self.year + 1} of {self.years}")
        self._arrange(choices)
        start = self.money[-1].copy() if len(self.money) else np.zeros(self.seats)
        work = np.zeros((4, self.seats), np.int64)
        failed = np.zeros(self.seats, bool)
        months = np.zeros((12, self.seats))
        for month in range(12):
            start = months[month] = start + self._play_month(work, failed)
            self._note_lines()
        brought = start - (self.money[-1] if len(self.money) else 0.0)
        self.money = np.concatenate([self.money, months])
        self.year += 1
        return [
            SeatYear(float(brought[i]), *work[:, i].tolist(), failed=bool(failed[i]))  # type: ignore[call-arg]
            for i in range(self.seats)
        ]

    def _arrange(self, choices: Sequence[Choice]) -> None:
        """Write the seats' choices into the state: people to their firms, firms opened and closed, ways of selling."""
        state, now = self._state, self._year_end()
        wanted: dict[int, list[int]] = {firm: [] for firm in self._members}
        for seat, (_, herd) in enumerate(choices):
            wanted[self._firm + (seat if herd is None else self.seats + herd)].append(seat)
        if any(len(seats) > HERD_OF for seats in wanted.values()):
            raise ValueError(f"a herd has more than {HERD_OF} members")
        self._seat_people(wanted)
        for firm, seats in wanted.items():
            self._see_to(firm, tuple(seats), now)
        for seat, choice in enumerate(choices):
            s, strategy = int(self._rows[seat]), self._strategies[choice.way]
            state.culture[state.salespeople["post"][s]] = strategy  # how the firm sells that takes its place
            _sell_by(state, s, strategy)
            if state.salespeople["hired"][s] == NEVER and not self._waits(seat):
                _begin(state, now, s, strategy)

    def _year_end(self) -> int:
        """Return the step that was played last."""
        return 12 * self.year * self._steps

    def _seat_people(self, wanted: dict[int, list[int]]) -> None:
        """Give every person of the class a post of their firm, the first ones; rows without a person get the rest.

        A row is a person: what customers remember of them stays where it is.
        """
        state = self._state
        posts = {
            int(state.firms["first"][firm]) + k: int(self._rows[seat])
            for firm, seats in wanted.items()
            for k, seat in enumerate(seats)
        }
        blank = iter(sorted(set(range(self._post, self.scenario.sellers)) - set(posts.values())))
        for post in range(self._post, self.scenario.sellers):
            s = posts[post] if post in posts else next(blank)
            state.roster[post] = state.by_post[post] = s
            state.salespeople["post"][s] = post
        for firm in wanted:
            first, members = (int(state.firms[name][firm]) for name in ("first", "members"))
            state.salespeople["firm"][state.roster[first : first + members]] = firm

    def _see_to(self, firm: int, seats: tuple[int, ...], now: int) -> None:
        """Open, close or resize a firm of the class after people came and went."""
        state, same = self._state, set(seats) == set(self._members[firm])
        self._members[firm] = seats
        record = state.firms[firm : firm + 1]
        if not seats:
            if record["closed"][0] != NEVER:
                _shut(state, firm)
            return
        record["founders"] = len(seats)
        if record["closed"][0] == 0:
            record["staff"] = len(seats)
        elif not same:  # a firm that failed and has other members now does not wait to be founded anew
            record["staff"] = len(seats)
            _open_anew(state, now, firm)

    def _waits(self, seat: int) -> bool:
        """Return whether a seat's firm failed and is not founded anew yet."""
        firm = int(self._state.salespeople["firm"][self._rows[seat]])
        return int(self._state.firms["closed"][firm]) > 0

    # -- months -----------------------------------------------------------------------------------

    def _play_month(self, work: NDArray[np.int64], failed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Play a month; add up the seats' work and failures, and return each one's share of the profit."""
        state, people = self._state, self._state.salespeople
        firms = people["firm"][self._rows] - self._firm
        share = np.zeros(self.seats)
        for step in range(self._books.months + 1, self._books.months + 1 + self._steps):
            busy = people["hired"][self._rows] <= step
            self._state = state = play_months(state, self._books, step, step)
            failed |= busy & (people["hired"][self._rows] > step)
            tally = state.tally[self._rows]
            profit = np.bincount(firms, weights=tally["profit"])  # cents: whole numbers, exact in any order
            share += (profit / np.maximum(np.bincount(firms), 1))[firms] / CENTS
            for k, name in enumerate(("visits", "deals", "repeat_deals", "turned_away")):
                work[k] += tally[name]
            pass_on(state, step, self._books)
        return share

    def _note_lines(self) -> None:
        """Enter a month into the lines of the race."""
        profit, people = self._books.latest("profit"), self._books.latest("salespeople")
        for name, line in self.lines.items():
            g = self._groups.index(name)
            if people[g]:
                self._so_far[name] += profit[g] / people[g] / CENTS
            line.append(self._so_far[name] if people[g] else None)

    # -- results ----------------------------------------------------------------------------------

    def _average(self, groups: Sequence[str], way: str) -> Average | None:
        """Return the profit a year of those who sell in a way in some groups of firms; None if there was nobody."""
        months = self._books.result(self._state).months
        cells = [self._groups.index(name) * len(self._strategies) + self._strategies[way] for name in groups]
        found = months.numbers[:, cells].sum(axis=(0, 1))
        profit, people = (int(found[months.columns.index(name)]) for name in ("profit", "salespeople"))
        return Average(12 * profit / people / CENTS, people / 12) if people else None

    def by_way(self) -> dict[str, dict[str, Average | None]]:
        """Return what the class earned in each way of selling: alone (`ALONE`) and in herds (`TOGETHER`)."""
        return {way: {group: self._average([group], way) for group in (ALONE, TOGETHER)} for way in WAYS}

    def by_kind(self) -> dict[str, Average | None]:
        """Return what the kinds of seller that were bet on earned, in the town and in the class."""
        found = {}
        for name, arm in KINDS.items():
            groups = [group.name for group in self.scenario.firms if group.organisation == arm.organisation]
            found[name] = self._average(groups, arm.strategy_name)
        return found

    def winner(self) -> str | None:
        """Return the kind of seller that earned most a year; None before the first month."""
        there = {name: average.profit for name, average in self.by_kind().items() if average is not None}
        return max(there, key=lambda name: there[name]) if there else None
