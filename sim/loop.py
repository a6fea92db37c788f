"""The months of a run in compiled code alone: stages are called by their addresses, so none is compiled twice."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numba import typeof, types
from numpy.typing import NDArray

from longgame.sim.books import Books
from longgame.sim.compiled import call, likeness_of, rule, stage
from longgame.sim.layout import make_room
from longgame.sim.month import see_to_firms
from longgame.sim.stages import MONTH
from longgame.sim.stages.books import collect
from longgame.sim.stages.succession import anything_due
from longgame.sim.state import State

#: Types of the arguments of `play` and of `collect` behind the state.
_WHOLE, _NUMBERS = types.int64, types.Array(types.int64, 1, "C")
_MONTHS, _CELLS = types.Array(types.int64, 3, "C"), types.Array(types.int64, 2, "C")
PLAYED = (_WHOLE, _WHOLE, _WHOLE, _NUMBERS, _NUMBERS, _MONTHS, _CELLS, _NUMBERS)
COLLECTED = (_WHOLE, _CELLS, _NUMBERS)

#: Tables by the numbers that compiled code knows them by, and the one stage before which there has to be room.
VISITS, CUSTOMERS, SALESPEOPLE, FIRMS, MARKET, OPENING = range(6)
_OVER = {"visits": VISITS, "customers": CUSTOMERS, "salespeople": SALESPEOPLE, "firms": FIRMS, "market": MARKET}
OVER = np.array([OPENING if stage.name == "open_visits" else _OVER[stage.over] for stage in MONTH])


@stage
def play(state, month, last, k, addresses, over, monthly, market, place):
    """Play from stage k of a month to the end of month `last`, as the books are kept in `monthly` and `market`.

    ``place`` takes month and stage where visits lack room or a month ended with a firm to be closed or founded, and
    0 where all is done.
    """
    while month <= last:
        while k < len(over):
            if over[k] == OPENING and _needs(state) * state.params[0].offers >= len(state.visits):
                place[0], place[1] = month, k
                return
            if over[k] >= MARKET:
                call(addresses[k], (state, month))
            else:
                call(addresses[k], (state, month, 0, _size(state, over[k]), 0))
            k += 1
        call(addresses[k], (state, month, monthly[month - 1], market[month - 1]))
        month, k = month + 1, 0
        if anything_due(state, month - 1):
            place[0], place[1] = month, k
            return
    place[0] = place[1] = 0


@rule
def _needs(state):
    """Return how many customers have a need this month."""
    total = 0
    for i in range(len(state.has_need)):
        total += state.has_need[i]
    return total


@rule
def _size(state, table):
    """Return the number of records in a table."""
    if table == VISITS:
        return state.n_visits[0]
    if table == CUSTOMERS:
        return len(state.customers)
    return len(state.salespeople) if table == SALESPEOPLE else len(state.firms)


#: Addresses that were looked up, by what decides the types of the tables.
_addresses: dict[Hashable, NDArray[np.int64]] = {}


def addresses_of(state: State) -> NDArray[np.int64]:
    """Return where the compiled stages for tables of these types lie, and behind them `collect`."""
    likeness = likeness_of(state)
    if likeness not in _addresses:
        kind = typeof(state)
        stages = [each.run.address(each.kinds(kind)) for each in MONTH]
        _addresses[likeness] = np.array([*stages, collect.address((kind, *COLLECTED))])
    return _addresses[likeness]


def play_months(state: State, books: Books, first: int, last: int) -> State:
    """Play some months in compiled code alone; return the state (with larger tables if they had to grow).

    Where orders are kept it has to be one month a call.
    """
    place = np.array([first, 0])
    while place[0]:
        month, k = place.tolist()
        play(state, month, last, k, addresses_of(state), OVER, books.monthly, books.sums, place)
        if place[1]:
            state = make_room(state, int(state.has_need.sum()))
        else:
            ended = int(place[0] or last + 1) - 1
            books.note_deals(state, ended)  # while those who made them are there
            see_to_firms(state, ended, books)
    books.months = last
    return state
