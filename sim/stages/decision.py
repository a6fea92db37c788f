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
def believed_value(trust, claimed, fallback):
    """Return the value that a customer expects of a pitch: the claim, as far as they trust it."""
    return trust * claimed + (1.0 - trust) * fallback


@rule
def fallback_value(state, visit, p):
    """Return the value that a customer expects where the claim is not true: as it was last time, or the worst."""
    memories = state.memories[visit.customer]
    k = find_seller(memories, state.salespeople, visit.seller)
    return memories[k].value if k != NOBODY and memories[k].value != UNKNOWN else p.betrayed


@rule
def offer_value(trust, claimed, fallback, price, expected_price, pressure, p):
    """Return how attractive a pitch is: believed value - price + price surprise + pressure, ÷ stake."""
    believed = believed_value(trust, claimed, fallback)
    surprise = p.reference_weight * (expected_price - price)
    return believed - price + surprise + p.persuasion * pressure


@rule
def buy_or_decline(state, visit, u):
    """Let a customer decide on a pitch."""
    p = state.params[0]
    customer = state.customers[visit.customer]
    conduct = state.conducts[visit.conduct]
    size = market_size(customer.stake, state.prosperity[visit.customer])
    asked = asking_price(conduct, p)
    visit.stake = int(size * CENTS + 0.5)
    visit.price = int(asked * size * CENTS + 0.5)
    visit.claim = claim(visit.estimate, conduct.overpromise)
    fallback = fallback_value(state, visit, p)
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


@stage
def weigh_offers(state, visits, expected):
    """Write the value that the customers of some visits expected of their pitches, per unit of stake."""
    for j in range(len(visits)):
        visit = state.visits[visits[j]]
        expected[j] = believed_value(visit.trust, visit.claim, fallback_value(state, visit, state.params[0]))
