"""Stage 7: each customer asks one contact, who may tell of this month's experience."""

from __future__ import annotations

from longgame.sim.chance import STRIP, unit
from longgame.sim.compiled import fetch, rule, stage
from longgame.sim.stages.need import throw_for_places
from longgame.sim.state import SOLD, contact_of, fetch_customer
from longgame.sim.trust import NOBODY, learn


@rule
def tells(x, weight, u, p):
    """Return whether an experience is told; bad ones are told more often (always, where the product exceeds 1)."""
    return u < p.gossip * (p.bad_ratio if x < 0.5 else 1.0) * weight**p.story_weight


@rule
def worth_telling(state, first):
    """Return of several visits the one that ended in a deal, or else weighs most."""
    best = first
    for v in range(first, first + state.params[0].offers):
        one, other = state.visits[v], state.visits[best]
        if other.outcome < SOLD and (one.outcome >= SOLD or one.weight > other.weight):
            best = v
    return best


@rule
def visit_of_contact(state, i, u):
    """Return this month's visit of one contact of customer i, or NOBODY."""
    contact = contact_of(state, i, u)
    first = state.visit_of[contact] if contact != NOBODY else NOBODY
    if first == NOBODY or state.params[0].offers == 1:
        return first
    return worth_telling(state, first)


@rule
def listen(state, month, i, visit, luck, lane):
    """Let customer i hear of a contact's visit of this month, if the contact tells."""
    p = state.params[0]
    customer = state.customers[i]
    if visit.weight == 0.0 or state.arrived[i] == NOBODY or not tells(visit.x, visit.weight, luck, p):
        return
    learn(
        customer,
        state.memories[i],
        state.brands[i],
        state.salespeople,
        state.firms,
        visit.seller,
        visit.x,
        p.witness * visit.weight,
        month,
        p,
    )
    state.told[lane, visit.seller, 1 if visit.x < 0.5 else 0] += 1


@stage
def word_of_mouth(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 listen to one contact each."""
    p = state.params[0]
    ceiling = p.gossip * max(1.0, p.bad_ratio)
    if not p.memory or ceiling == 0.0 or p.witness == 0.0:
        return
    agents, dice = state.agents[lane], state.dice[lane, 0]
    for begin in range(lo, hi, STRIP):
        count = min(STRIP, hi - begin)
        throw_for_places(state, month, begin, count, lane)
        # Lists made without a branch: of the customers who may hear something, then of those with news to hear.
        asking = 0
        for b in range(count):
            agents[asking] = b
            asking += unit(dice[3, b]) < ceiling
        for k in range(asking):
            fetch(state.contact_starts, begin + agents[k])
        hearing = 0
        for k in range(asking):
            b = agents[k]
            visit = visit_of_contact(state, begin + b, unit(dice[2, b]))
            agents[hearing], dice[0, hearing] = b, visit
            hearing += visit != NOBODY
        for k in range(hearing):
            fetch(state.visits, dice[0, k])
            fetch_customer(state, begin + agents[k])
        for k in range(hearing):
            b = agents[k]
            listen(state, month, begin + b, state.visits[dice[0, k]], unit(dice[3, b]), lane)
