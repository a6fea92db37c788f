"""A month and a year's end, stage by stage: the order that both ways to play a market keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from longgame.sim.books import FAILED, OWNER_LEFT, Books
from longgame.sim.layout import make_room
from longgame.sim.stages import MONTH, Stage
from longgame.sim.stages.staffing import fill_posts, learn_from_pay, part_ways
from longgame.sim.stages.succession import close_firms, found_firms, grow, hand_on, shrink
from longgame.sim.state import CLOSED, State

#: Runs a stage over its whole table: `do(stage, state, month)`.
Do = Callable[[Stage, State, int], None]


def play_month(state: State, month: int, do: Do) -> State:
    """Play one month, stage by stage; return the state (with larger tables if they had to grow)."""
    for stage in MONTH:
        if stage.name == "open_visits":
            state = make_room(state, int(state.has_need.sum()))
        do(stage, state, month)
    return state


def see_to_firms(state: State, month: int, books: Books) -> None:
    """Close the firms that ran out of cash, and found those that are due."""
    if state.params[0]["capital"] == 0.0:
        return
    people, firms = state.salespeople, state.firms
    failing = np.flatnonzero((firms["closed"] == 0) & (firms["cash"] < 0))
    leavers = np.flatnonzero(np.isin(people["firm"], failing) & (people["hired"] <= month))
    people["leaving"][leavers] = CLOSED
    books.farewell(state, month, leavers)
    books.close(state, month, failing, FAILED)
    close_firms(state, month)
    if month < books.last:
        found_firms(state, month)


def play_year_end(state: State, month: int, books: Books) -> None:
    """Let people leave, learn and be replaced."""
    p, people = state.params[0], state.salespeople
    part_ways(state, month)
    if p["expansion"] > 0.0:
        # A year is judged while everybody who worked in it is still there.
        shrink(state, month)
        grow(state, month)
    leavers = np.flatnonzero(people["leaving"])
    books.farewell(state, month, leavers)
    last_one = people["firm"][leavers[state.firms["staff"][people["firm"][leavers]] == 1]]
    books.close(state, month, last_one, OWNER_LEFT)
    # Newcomers neither copy nor convert before their first day, so learning comes before hiring.
    adopted = np.empty(len(people), np.int32)
    learn_from_pay(state, month, adopted)
    if p["succession"] > 0.0:
        hand_on(state, month)
    fill_posts(state, month)


def pass_on(state: State, month: int, books: Books) -> None:
    """Play what follows between the end of a month and the next: a year's end, and the end of the burn-in."""
    if month % (12 * books.steps) == 0 and month < books.last:
        play_year_end(state, month, books)
    if month == books.burn_in:
        open_books(state)


def open_books(state: State) -> None:
    """Let a burn-in end: what people, firms and customers did so far enters no table."""
    state.career_numbers[:] = 0
    state.recent_deals[:] = 0
    state.accounts[:] = 0
    state.customers["deals"] = 0
    for name in ("revenue", "profit", "year", "years", "losses"):
        state.firms[name] = 0


def check_seed(seed: Any) -> None:
    """Raise ValueError unless the seed is an integer in 0 … 2⁶⁴-1."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**64:
        raise ValueError(f"`seed` is {seed!r}; it must be a whole number in 0 … 2**64-1")
