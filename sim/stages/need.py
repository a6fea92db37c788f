"""Stage 1: customers come and go, and some have a need."""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import STRIP, Purpose, unit
from longgame.sim.compiled import apart, either, routine, rule, stage
from longgame.sim.stages.candidates import draw_up_guide
from longgame.sim.stages.queueing import throw
from longgame.sim.state import FIXED_POINT, arrive, at_work
from longgame.sim.trust import NOBODY


@rule
def leave_or_arrive(state, month, i, u, lane):
    """Let the customer in place i leave, or a newcomer take the place."""
    p = state.params[0]
    if state.arrived[i] != NOBODY:
        if u >= p.churn:
            return
        u = u / p.churn  # given that u < churn, this is uniform again
        state.arrived[i], state.has_need[i], state.open_since[i] = NOBODY, 0, NOBODY
        state.customers[i].generation += 1
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


# Random choices are first written down without a branch: a branch that the processor cannot foresee costs more
# than all the rest. Those few for whom more is to be done are listed then.


@rule
def list_of(flags, count, flag, chosen):
    """List which of the first `count` flags are this one; return how many."""
    n = np.uint64(0)
    for b in range(count):
        chosen[n] = b
        n += np.uint64(flags[b] == flag)
    return np.int64(n)


@routine
def find_turns(arrived, dice, flags, count, p):
    """Flag the places that somebody leaves, or may arrive at."""
    apart()
    for b in range(count):
        flags[b] = (arrived[b] == NOBODY) | (unit(dice[0, b]) < p.churn)


@stage
def come_and_go(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 leave, and newcomers take empty places."""
    p = state.params[0]
    chosen, dice, flags = state.chosen[lane], state.dice[lane, 0], state.flags[lane]
    for first in range(lo, hi, STRIP):
        count = min(STRIP, hi - first)
        throw_for_places(state, month, first, count, lane)
        find_turns(state.arrived[first : first + count], dice, flags, count, p)
        for k in range(list_of(flags, count, 1, chosen)):
            leave_or_arrive(state, month, first + chosen[k], unit(dice[0, chosen[k]]), lane)


@rule
def expected_needs(rate, prosperity):
    """Return a customer's mean number of needs in a month."""
    return rate * math.sqrt(prosperity)


@rule
def chance_of_need(expected):
    """Return the probability that at least one need arises."""
    return -math.expm1(-expected)


@rule
def bounds_of_chance(expected):
    """Return two numbers with `chance_of_need` surely between them: x - x²/2 and x, rounding allowed for."""
    return (expected - 0.5 * expected * expected) * 0.999999, expected


@routine
def return_to_normal(prosperity, count, p):
    """Let the businesses of customers side by side return to normal size."""
    apart()
    for b in range(count):
        prosperity[b] += p.reversion * (1.0 - prosperity[b])


_MAYBE = 2


@routine
def wait(open_since, has_need, dice, month, count, p):
    """Let needs that ended without a deal be there again, and note when those arose that are new."""
    for b in range(count):
        again = open_since[b] != NOBODY and unit(dice[0, b]) < p.patience
        if not again:
            open_since[b] = month if has_need[b] else NOBODY
        has_need[b] |= again


@routine
def find_needs(arrived, rate, prosperity, dice, has_need, count):
    """Write who has a need, as far as the bounds of its chance tell; return how many customers are here."""
    apart()
    customers = 0
    for b in range(count):
        least, most = bounds_of_chance(expected_needs(rate[b], prosperity[b]))
        u = unit(dice[1, b])
        here = arrived[b] != NOBODY
        has_need[b] = (here & (u < least)) | (here & (u >= least) & (u < most)) * _MAYBE
        customers += here
    return customers


@stage
def need(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 return to normal size and have needs."""
    p = state.params[0]
    chosen, dice = state.chosen[lane], state.dice[lane, 0]
    for first in range(lo, hi, STRIP):
        last = min(first + STRIP, hi)
        count = last - first
        throw_for_places(state, month, first, count, lane)
        arrived, rate, prosperity = state.arrived[first:last], state.rate[first:last], state.prosperity[first:last]
        has_need = state.has_need[first:last]
        return_to_normal(prosperity, count, p)
        state.lanes[lane].customers += find_needs(arrived, rate, prosperity, dice, has_need, count)
        for k in range(list_of(has_need, count, _MAYBE, chosen)):  # few: for the others no exponential is needed
            b = chosen[k]
            has_need[b] = unit(dice[1, b]) < chance_of_need(expected_needs(rate[b], prosperity[b]))
        if p.patience > 0.0:
            throw(state, month, count, Purpose.PATIENCE, lane, 0)
            wait(state.open_since[first:last], has_need, dice, month, count, p)


@rule
def list_visitors(state, offers):
    """List the customers with a need in the (still empty) queue, and note the first visit that each may make."""
    k = np.uint64(0)
    for i in range(len(state.has_need)):
        # Written for all, kept for those with a need (there is room for one more): no branch by luck.
        state.queue[k] = i
        state.visit_of[i] = either(state.has_need[i] != 0, np.int32(k) * np.int32(offers), NOBODY)
        k += np.uint64(state.has_need[i])
    state.n_visits[0] = k * np.uint64(offers)


@rule
def on_public_record(posted, praise, p):
    """Return the good and bad evidence of a record: its mean experience, in full once it is long enough."""
    if posted == 0 or p.record == 0.0:
        return 0.0, 0.0
    good = praise / FIXED_POINT / posted
    weight = p.record * min(1.0, posted / p.record_full)
    return weight * good, weight * p.negativity * (1.0 - good)


@rule
def set_down_columns(state):
    """Write this month's columns of people and firms, which are shorter than their records."""
    p = state.params[0]
    for s in range(len(state.salespeople)):
        person = state.salespeople[s]
        state.hired[s], state.firm_of[s] = person.hired, person.firm
        state.records[0, s], state.records[1, s] = on_public_record(person.posted, person.praise, p)
    for f in range(len(state.firms)):
        firm = state.firms[f]
        state.founded[f] = firm.founded
        state.firm_records[0, f], state.firm_records[1, f] = on_public_record(firm.posted, firm.praise, p)


@stage
def open_visits(state, month):
    """Open a visit for every customer with a need, and add up where strangers can be met."""
    p = state.params[0]
    offers = p.offers
    list_visitors(state, offers)
    # Each visit has luck of its own; that of the first is the customer's.
    for v in range(state.n_visits[0]):
        visit = state.visits[v]
        visit.customer = state.queue[v // offers]
        visit.lot = visit.customer + (v % offers) * len(state.customers)
    total = 0
    for j in range(len(state.by_post)):
        person = state.salespeople[state.by_post[j]]
        if at_work(person, month):
            total += person.prospecting if p.prospecting else 1
        state.reachable[j] = total
    draw_up_guide(state.reachable, state.guide)
    set_down_columns(state)
