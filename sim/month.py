"""A month and a year's end, stage by stage: the order that both ways to play a market keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longgame.sim.books import Books
from longgame.sim.layout import make_room
from longgame.sim.stages import MONTH, Stage
from longgame.sim.stages.staffing import fill_posts, learn_from_pay, part_ways
from longgame.sim.state import State

#: Runs a stage over its whole table: `do(stage, state, month)`.
Do = Callable[[Stage, State, int], None]


def play_month(state: State, month: int, do: Do) -> State:
    """Play one month, stage by stage; return the state (with larger tables if they had to grow)."""
    for stage in MONTH:
        if stage.name == "open_visits":
            state = make_room(state, int(state.has_need.sum()))
        do(stage, state, month)
    return state


def play_year_end(state: State, month: int, books: Books) -> NDArray[np.int32]:
    """Let people leave, learn and be replaced; return the rows of those who left."""
    part_ways(state, month)
    leavers = np.flatnonzero(state.salespeople["leaving"])
    books.farewell(state, month, leavers)
    # Newcomers neither copy nor convert before their first day, so learning comes before hiring.
    adopted = np.empty(len(state.salespeople), np.int32)
    learn_from_pay(state, month, adopted)
    fill_posts(state, month)
    return leavers.astype(np.int32)


def check_seed(seed: Any) -> None:
    """Raise ValueError unless the seed is an integer in 0 … 2⁶⁴-1."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**64:
        raise ValueError(f"`seed` is {seed!r}; it must be a whole number in 0 … 2**64-1")
