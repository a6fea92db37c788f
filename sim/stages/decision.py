"""Stage 4: the customer decides on the pitch."""

from __future__ import annotations

import math

from sim.chance import Purpose, uniforms
from sim.compiled import rule, stage
from sim.stages.conversation import asking_price
from sim.state import CENTS, DECLINED, PITCHED, SOLD, market_size
from sim.trust import NOBODY, UNKNOWN, find_seller


@rule
def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def claim(estimate, overpromise):
    """Return what is claimed: the estimate, or more, up to a perfect fit."""
    return estimate + overpromise * (1.0 - estimate)


@rule
def offer_value(trust, claimed, fallback, price, expected_price, pressure, p):
    """Return how attractive a pitch is: believed value - price + price surprise + pressure, ÷ stake."""
    believed = trust * claimed + (1.0 - trust) * fallback
    surprise = p.reference_weight * (expected_price - price)
    return believed - price + surprise + p.persuasion * pressure


@stage
def decide(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 who were pitched to buy or decline."""
    p = state.params[0]
    for v in range(lo, hi):
        visit = state.visits[v]
        if visit.outcome != PITCHED:
            continue
        i = visit.customer
        customer = state.customers[i]
        conduct = state.conducts[visit.conduct]
        size = market_size(customer)
        visit.stake = int(size * CENTS + 0.5)
        visit.price = int(asking_price(conduct, p) * size * CENTS + 0.5)
        visit.claim = claim(visit.estimate, conduct.overpromise)
        k = find_seller(state.memories[i], state.salespeople, visit.seller)
        fallback = p.betrayed
        if k != NOBODY and state.memories[i, k].value != UNKNOWN:
            fallback = state.memories[i, k].value
        value = offer_value(
            visit.trust,
            visit.claim,
            fallback,
            asking_price(conduct, p),
            customer.expected_price,
            conduct.pressure,
            p,
        )
        u = uniforms(state.seed, month, i, Purpose.PITCH)[1]
        visit.outcome = SOLD if not p.decides or u < logistic(value / p.buy_temperature) else DECLINED
