"""Stage 1: customers come and go, and some have a need."""

from __future__ import annotations

import math

from sim.chance import Purpose, unit, words
from sim.compiled import rule, stage
from sim.state import arrive
from sim.trust import NOBODY


@rule
def come_and_go(state, month, i, word, lane):
    """Let the customer in place i leave or a newcomer take it; tell whether the place is taken."""
    p = state.params[0]
    customer = state.customers[i]
    u = unit(word)
    if customer.arrived != NOBODY:
        if u >= p.churn:
            return True
        u = u / p.churn  # given that u < churn, this is uniform again
        customer.arrived = NOBODY
        customer.generation += 1
        state.lanes[lane].departures += 1
        for k in range(state.memories.shape[1]):
            state.memories[i, k].seller = NOBODY
    if u >= p.arrival:
        return False
    arrive(state, month, i)
    state.lanes[lane].arrivals += 1
    return True


@rule
def need_arises(customer, u):
    """Tell whether a need arises this month: probability 1 - exp(-rate · prosperity^½)."""
    expected = customer.rate * math.sqrt(customer.prosperity)
    # 1 - exp(-x) never exceeds x, so most customers need no exponential.
    return u < expected and u < -math.expm1(-expected)


@stage
def need(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 come, go, return to normal size, and have needs."""
    p = state.params[0]
    for i in range(lo, hi):
        state.has_need[i] = 0
        state.visit_of[i] = NOBODY
        life, need_word, _, _ = words(state.seed, month, i, Purpose.EVERY_MONTH)
        if not come_and_go(state, month, i, life, lane):
            continue
        customer = state.customers[i]
        if customer.prosperity != 1.0:
            customer.prosperity += p.reversion * (1.0 - customer.prosperity)
        state.has_need[i] = need_arises(customer, unit(need_word))


@stage
def open_visits(state, month):
    """Open a visit for every customer with a need, and add up where strangers can be met."""
    k = 0
    for i in range(len(state.has_need)):
        if state.has_need[i]:
            state.visits[k].customer = i
            state.visit_of[i] = k
            k += 1
    state.n_visits[0] = k
    p = state.params[0]
    total = 0
    for j in range(len(state.by_post)):
        total += state.salespeople[state.by_post[j]].prospecting if p.prospecting else 1
        state.reachable[j] = total
