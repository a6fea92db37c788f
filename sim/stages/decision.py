"""Stage 4: the customer decides on the pitch."""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import STRIP, Purpose, normal, uniforms, unit
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
def credibility(trust, claimed, p):
    """Return how far a claim is believed: trust, updated by Bayes' rule with how such claims come about.

    Honest claims are spread evenly over [0, 1], inflated ones crowd at its top with density 2c (Milgrom 1981).
    """
    honest, inflated = trust, (1.0 - trust) * 2.0 * claimed
    if p.credence == 0.0 or honest + inflated == 0.0:
        return trust
    return trust + p.credence * (honest / (honest + inflated) - trust)


@rule
def believed_value(trust, claimed, fallback, p):
    """Return the value that a customer expects of a pitch: the claim, as far as they believe it."""
    belief = credibility(trust, claimed, p)
    return belief * claimed + (1.0 - belief) * fallback


@rule
def fallback_value(state, visit, p):
    """Return the value that a customer expects where the claim is not true: as last time, as usual, or the worst."""
    memories = state.memories[visit.customer]
    k = find_seller(memories, state.salespeople, visit.seller)
    if k != NOBODY and memories[k].value != UNKNOWN:
        return np.float64(memories[k].value)
    return p.betrayed + p.learned_fallback * (state.customers[visit.customer].usual - p.betrayed)


@rule
def felt(state, visit, conduct, p):
    """Return the worth of attention as such: of being asked, and for clients of being advised."""
    advised = conduct.advice * state.salespeople[visit.seller].skill if visit.deals_seen > 0 else 0.0
    return p.attentive * visit.effort + p.advice_felt * advised


@rule
def offer_value(believed, price, expected_price, pressure, attention, p):
    """Return how attractive a pitch is: believed value - price + price surprise + pressure + attention, ÷ stake.

    A price far below the usual one makes the customer wonder (`cheapness`).
    """
    surprise = p.reference_weight * (expected_price - price)
    doubt = p.cheapness * max(expected_price - price, 0.0)
    return believed - price + surprise + p.persuasion * pressure + (attention - doubt)


@rule
def order_size(state, month, i, p):
    """Return the stake of this need, as a multiple of the customer's usual one."""
    since = state.open_since[i] if p.patience > 0.0 else month
    _, _, u, v = uniforms(state.seed, since, i, Purpose.PATIENCE)
    return math.exp(p.stake_noise * normal(u, v))


@rule
def hear_pitch(state, month, visit):
    """Let a customer hear claim and price; return how attractive they are."""
    p = state.params[0]
    customer = state.customers[visit.customer]
    conduct = state.conducts[visit.conduct]
    size = market_size(customer.stake, state.prosperity[visit.customer])
    if p.stake_noise > 0.0:
        size *= order_size(state, month, visit.customer, p)
    asked = asking_price(conduct, p)
    visit.stake = int(size * CENTS + 0.5)
    visit.price = int(asked * size * CENTS + 0.5)
    visit.claim = claim(visit.estimate, conduct.overpromise)
    believed = believed_value(visit.trust, visit.claim, fallback_value(state, visit, p), p)
    attention = felt(state, visit, conduct, p)
    return offer_value(believed, asked, customer.expected_price, conduct.pressure, attention, p)


@rule
def choose_pitch(state, first, u):
    """Let a customer who heard several pitches buy of one or of none, by a logit over what they promise."""
    p = state.params[0]
    last = first + p.offers
    top, heard, chosen = -np.inf, 0, NOBODY
    for v in range(first, last):
        if state.visits[v].outcome == PITCHED:
            heard += 1
            top = max(top, state.visits[v].x)
    top = max(top, 0.0) if p.decides else top
    total = math.exp(-top / p.buy_temperature) if p.decides else 0.0
    for v in range(first, last):
        if state.visits[v].outcome == PITCHED:
            total += math.exp((state.visits[v].x - top) / p.buy_temperature)
    left = u * total
    for v in range(first, last):
        if state.visits[v].outcome == PITCHED:
            left -= math.exp((state.visits[v].x - top) / p.buy_temperature)
            heard -= 1
            wins = chosen == NOBODY and (left < 0.0 or (heard == 0 and not p.decides))
            chosen = v if wins else chosen
    for v in range(first, last):
        visit = state.visits[v]
        if visit.outcome == PITCHED:
            visit.outcome = SOLD if v == chosen else DECLINED
            visit.x = 0.0


@stage
def decide(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 who were pitched to buy or decline."""
    p = state.params[0]
    for begin in range(lo, hi, STRIP):
        n = choose_visits(state, begin, min(begin + STRIP, hi), PITCHED, lane)
        throw(state, month, n, Purpose.PITCH, lane, 0)
        for k in range(n):
            visit, u = state.visits[state.chosen[lane, k]], unit(state.dice[lane, 0, 1, k])
            value = hear_pitch(state, month, visit)
            if p.offers == 1:
                visit.outcome = SOLD if not p.decides or u < logistic(value / p.buy_temperature) else DECLINED
            else:
                visit.x = value
    for first in range(lo, hi if p.offers > 1 else lo, p.offers):
        choose_pitch(state, first, uniforms(state.seed, month, state.visits[first].lot, Purpose.PITCH)[1])


@stage
def weigh_offers(state, visits, expected):
    """Write the value that the customers of some visits expected of their pitches, per unit of stake."""
    p = state.params[0]
    for j in range(len(visits)):
        visit = state.visits[visits[j]]
        expected[j] = believed_value(visit.trust, visit.claim, fallback_value(state, visit, p), p)
