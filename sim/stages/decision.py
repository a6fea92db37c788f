"""Stage 4: the customer decides on the pitch."""

from __future__ import annotations

import math

from longgame.sim.chance import STRIP, Purpose, unit
from longgame.sim.compiled import rule, stage
from longgame.sim.stages.conversation import asking_price
from longgame.sim.stages.queueing import choose_visits, throw
from longgame.sim.state import CENTS, DECLINED, PITCHED, SOLD, market_size
from longgame.sim.trust import NOBODY, UNKNOWN, find_seller


@rule
def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def claim(estimate, overpromise):
    """Return the value claimed: the estimate, or more, up to a perfect fit."""
    return estimate + overpromise * (1.0 - estimate)


@rule
def offer_value(trust, claimed, fallback, price, expected_price, pressure, p):
    """Return how attractive a pitch is: believed value - price + price surprise + pressure, ÷ stake."""
    believed = trust * claimed + (1.0 - trust) * fallback
    surprise = p.reference_weight * (expected_price - price)
    return believed - price + surprise + p.persuasion * pressure


@rule
def buy_or_decline(state, visit, u):
    """Let a customer decide on a pitch."""
    p = state.params[0]
    customer, memories = state.customers[visit.customer], state.memories[visit.customer]
    conduct = state.conducts[visit.conduct]
    size = market_size(customer.stake, state.prosperity[visit.customer])
    asked = asking_price(conduct, p)
    visit.stake = int(size * CENTS + 0.5)
    visit.price = int(asked * size * CENTS + 0.5)
    visit.claim = claim(visit.estimate, conduct.overpromise)
    k = find_seller(memories, state.salespeople, visit.seller)
    fallback = p.betrayed
    if k != NOBODY and memories[k].value != UNKNOWN:
        fallback = memories[k].value
    value = offer_value(visit.trust, visit.claim, fallback, asked, customer.expected_price, conduct.pressure, p)
    visit.outcome = SOLD if not p.decides or u < logistic(value / p.buy_temperature) else DECLINED


@stage
def decide(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 who were pitched to buy or decline."""
    for begin in range(lo, hi, STRIP):
        n = choose_visits(state, begin, min(begin + STRIP, hi), PITCHED, lane)
        throw(state, month, n, Purpose.PITCH, lane, 0)
        for k in range(n):
            buy_or_decline(state, state.visits[state.chosen[lane, k]], unit(state.dice[lane, 0, 1, k]))
