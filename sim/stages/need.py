"""Stage 1: customers come and go, and some have a need."""

from __future__ import annotations

import math

from longgame.sim.chance import STRIP, Purpose, unit
from longgame.sim.compiled import rule, stage
from longgame.sim.stages.approach import draw_up_guide
from longgame.sim.stages.queueing import throw
from longgame.sim.state import arrive
from longgame.sim.trust import NOBODY


@rule
def leave_or_arrive(state, month, i, u, lane):
    """Let the customer in place i leave, or a newcomer take the place."""
    p = state.params[0]
    customer = state.customers[i]
    if customer.arrived != NOBODY:
        if u >= p.churn:
            return
        u = u / p.churn  # given that u < churn, this is uniform again
        customer.arrived = NOBODY
        customer.generation += 1
        state.lanes[lane].departures += 1
        for k in range(state.memories.shape[1]):
            state.memories[i, k].seller = NOBODY
    if u < p.arrival:
        arrive(state, month, i)
        state.lanes[lane].arrivals += 1


@rule
def throw_for_places(state, month, first, count, lane):
    """Draw this month's random words of the customers of `count` places from `first` on."""
    for b in range(count):
        state.agents[lane, b] = first + b
    throw(state, month, count, Purpose.EVERY_MONTH, lane, 0)


# Random choices are first written to lists without a branch: a branch that the processor cannot foresee
# costs more than all the rest. Rare events have a stage of their own, so that the loop over all stays short.


@stage
def come_and_go(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 leave, and newcomers take empty places."""
    p = state.params[0]
    chosen, dice = state.chosen[lane], state.dice[lane, 0]
    for first in range(lo, hi, STRIP):
        count = min(STRIP, hi - first)
        throw_for_places(state, month, first, count, lane)
        n = 0
        for b in range(count):
            state.has_need[first + b] = 0
            chosen[n] = b
            n += (state.customers[first + b].arrived == NOBODY) | (unit(dice[0, b]) < p.churn)
        for k in range(n):
            leave_or_arrive(state, month, first + chosen[k], unit(dice[0, chosen[k]]), lane)


@rule
def expected_needs(customer):
    """Return the mean number of needs in a month."""
    return customer.rate * math.sqrt(customer.prosperity)


@rule
def chance_of_need(expected):
    """Return the probability that at least one need arises."""
    return -math.expm1(-expected)


@rule
def bounds_of_chance(expected):
    """Return two numbers with `chance_of_need` surely between them: x - x²/2 and x, rounding allowed for."""
    return (expected - 0.5 * expected * expected) * 0.999999, expected


@stage
def need(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 return to normal size and have needs."""
    p = state.params[0]
    chosen, dice = state.chosen[lane], state.dice[lane, 0]
    customers = 0
    for first in range(lo, hi, STRIP):
        count = min(STRIP, hi - first)
        throw_for_places(state, month, first, count, lane)
        n = 0
        for b in range(count):
            customer = state.customers[first + b]
            here = customer.arrived != NOBODY
            customers += here
            customer.prosperity += p.reversion * (1.0 - customer.prosperity)
            u = unit(dice[1, b])
            least, most = bounds_of_chance(expected_needs(customer))
            state.has_need[first + b] = here & (u < least)
            chosen[n] = b
            n += here & (u >= least) & (u < most)
        for k in range(n):  # few: for the others no exponential is needed
            i, u = first + chosen[k], unit(dice[1, chosen[k]])
            state.has_need[i] = u < chance_of_need(expected_needs(state.customers[i]))
    state.lanes[lane].customers += customers


@stage
def open_visits(state, month):
    """Open a visit for every customer with a need, and add up where strangers can be met."""
    k = 0
    for i in range(len(state.has_need)):
        # Written for all, kept for those with a need (there is room for one more): no branch by luck.
        state.visits[k].customer = i
        state.visit_of[i] = k if state.has_need[i] else NOBODY
        k += state.has_need[i]
    state.n_visits[0] = k
    p = state.params[0]
    total = 0
    for j in range(len(state.by_post)):
        total += state.salespeople[state.by_post[j]].prospecting if p.prospecting else 1
        state.reachable[j] = total
    draw_up_guide(state.reachable, state.guide)
    for s in range(len(state.salespeople)):
        state.hired[s], state.firm_of[s] = state.salespeople[s].hired, state.salespeople[s].firm
    for f in range(len(state.firms)):
        state.founded[f] = state.firms[f].founded
