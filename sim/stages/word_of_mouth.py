"""Stage 7: each customer asks one contact, who may tell of this month's experience."""

from __future__ import annotations

from sim.chance import Purpose, pick, unit, words
from sim.compiled import rule, stage
from sim.trust import NOBODY, learn


@rule
def tells(x, u, p):
    """Tell whether an experience is told; bad ones are told more often."""
    return u < p.gossip * (p.bad_ratio if x < 0.5 else 1.0)


@stage
def word_of_mouth(state, month, lo, hi, lane):
    """Let the customers of places lo … hi-1 listen to one contact each."""
    p = state.params[0]
    ceiling = p.gossip * max(1.0, p.bad_ratio)
    if not p.memory or ceiling == 0.0 or p.witness == 0.0:
        return
    for i in range(lo, hi):
        customer = state.customers[i]
        first, last = state.contact_starts[i], state.contact_starts[i + 1]
        if customer.arrived == NOBODY or last == first:
            continue
        _, _, whom, luck = words(state.seed, month, i, Purpose.EVERY_MONTH)
        if unit(luck) >= ceiling:
            continue
        contact = state.contacts[first + pick(unit(whom), last - first)]
        v = state.visit_of[contact]
        if v == NOBODY:
            continue
        visit = state.visits[v]
        if visit.weight == 0.0 or not tells(visit.x, unit(luck), p):
            continue
        learn(
            customer, state.memories[i], state.brands[i], state.salespeople, state.firms,
            visit.seller, visit.x, p.witness * visit.weight, month, p,
        )  # fmt: skip
        state.told[lane, visit.seller, 1 if visit.x < 0.5 else 0] += 1
