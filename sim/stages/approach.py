"""Stage 2: whom a customer approaches. Coleman's (1990) leap of faith among remembered, recommended, met."""

from __future__ import annotations

import math

import numpy as np

from sim.chance import Purpose, normal, pick, uniforms
from sim.compiled import rule, stage
from sim.state import FROM_CHANCE, FROM_CONTACT, FROM_MEMORY, FROM_RIVAL, NOT_APPROACHED
from sim.trust import (
    NOBODY,
    UNKNOWN,
    find_brand,
    find_seller,
    is_live,
    trust_brand,
    trust_general,
    trust_in,
)


@rule
def expected_surplus(trust, hope, price, habit, p):
    """Return what a customer expects to gain per unit of stake: T·g + (1-T)·l - price + η·h."""
    worst = min(p.betrayed, hope)  # being betrayed is never better than what is hoped for
    return trust * hope + (1.0 - trust) * worst - price + p.habit_weight * habit


@rule
def trust_with_hearsay(good, bad, prior, weight):
    """Return trust in a stranger of whom only a recommendation is known."""
    return (good + weight * prior) / (good + bad + weight)


@rule
def wander(customer, month, u, v, p):
    """Let the need drift since it last arose (a Gaussian random walk on the circle)."""
    months = month - customer.last_need
    if p.drift > 0.0 and months > 0:
        moved = customer.need + p.drift * math.sqrt(months) * normal(u, v)
        customer.need = moved - math.floor(moved)
    customer.last_need = month


@rule
def best_known(state, i, floor, p):
    """Return (slot, trust) of the salesperson whom customer i trusts most above a floor, or NOBODY."""
    customer = state.customers[i]
    best, best_trust = NOBODY, floor
    for k in range(state.memories.shape[1]):
        memory = state.memories[i, k]
        if is_live(memory, state.salespeople):
            firm = state.salespeople[memory.seller].firm
            prior = trust_brand(customer, state.brands[i], state.firms, firm, p)
            trust = trust_in(memory, prior, p.seller_weight)
            if trust > best_trust:
                best, best_trust = k, trust
    return best, best_trust


@rule
def stranger(reachable, by_post, u):
    """Return a salesperson drawn in proportion to the attention they had for prospecting."""
    target = u * reachable[-1]
    lo, hi = 0, len(reachable) - 1
    while lo < hi:
        middle = (lo + hi) // 2
        if reachable[middle] > target:
            hi = middle
        else:
            lo = middle + 1
    return by_post[lo]


@rule
def bought_from(state, i, firm):
    """Tell from the ledger whether customer i ever bought from a firm."""
    return (state.bought_from[i, firm >> 6] >> np.uint64(firm & 63)) & np.uint64(1) != 0


@rule
def consider(candidates, n, seller, source, trust, surplus):
    """Add a candidate to the first n; return their new number."""
    candidate = candidates[n]
    candidate.seller = seller
    candidate.source = source
    candidate.trust = trust
    candidate.surplus = surplus
    return n + 1


@rule
def choose(candidates, n, nobody, temperature, u):
    """Return the candidate drawn by a logit over surpluses, or NOBODY (surplus 0) where that is allowed."""
    top = 0.0 if nobody else candidates[0].surplus
    for k in range(n):
        top = max(top, candidates[k].surplus)
    total = math.exp(-top / temperature) if nobody else 0.0
    for k in range(n):
        candidates[k].surplus = math.exp((candidates[k].surplus - top) / temperature)
        total += candidates[k].surplus
    u *= total
    for k in range(n):
        u -= candidates[k].surplus
        if u < 0.0:
            return k
    return NOBODY if nobody else n - 1


@stage
def approach(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 choose whom to approach, or nobody."""
    p = state.params[0]
    candidates = state.candidates[lane]
    for v in range(lo, hi):
        visit = state.visits[v]
        i = visit.customer
        customer = state.customers[i]
        memories = state.memories[i]
        brands = state.brands[i]
        drift_u, drift_v, contact_u, choice_u = uniforms(state.seed, month, i, Purpose.APPROACH)
        wander(customer, month, drift_u, drift_v, p)
        general = trust_general(customer, p)
        n = 0

        for k in range(len(memories)):
            memory = memories[k]
            if not is_live(memory, state.salespeople):
                continue
            brand = find_brand(brands, state.firms, state.salespeople[memory.seller].firm)
            prior = general if brand == NOBODY else trust_in(brands[brand], general, p.brand_weight)
            trust = trust_in(memory, prior, p.seller_weight)
            hope = memory.value if memory.value != UNKNOWN else p.hope
            price = memory.price if memory.price != UNKNOWN else customer.expected_price
            surplus = expected_surplus(trust, hope, price, memory.habit, p)
            n = consider(candidates, n, memory.seller, FROM_MEMORY, trust, surplus)

        heard_good = heard_bad = 0.0
        warm = customer.warm
        warm_good = 0.0
        if warm != NOBODY:
            customer.warm = NOBODY
            if state.salespeople[warm].hired <= customer.warm_since and not _among(candidates, n, warm):
                warm_good = customer.warm_good
                prior = trust_brand(customer, brands, state.firms, state.salespeople[warm].firm, p)
                trust = trust_with_hearsay(warm_good, 0.0, prior, p.seller_weight)
                surplus = expected_surplus(trust, p.hope, customer.expected_price, 0.0, p)
                n = consider(candidates, n, warm, FROM_RIVAL, trust, surplus)

        first, last = state.contact_starts[i], state.contact_starts[i + 1]
        if p.ask_around > 0.0 and last > first:
            asks = uniforms(state.seed, month, i, Purpose.PITCH)[2]
            if asks < p.ask_around:
                contact = state.contacts[first + pick(contact_u, last - first)]
                # Nobody recommends a person whom they trust less than salespeople in general.
                k, _ = best_known(state, contact, trust_general(state.customers[contact], p), p)
                if k != NOBODY and not _among(candidates, n, state.memories[contact, k].seller):
                    told = state.memories[contact, k]
                    heard_good = p.witness * told.good
                    heard_bad = p.witness * told.bad
                    prior = trust_brand(customer, brands, state.firms, state.salespeople[told.seller].firm, p)
                    trust = trust_with_hearsay(heard_good, heard_bad, prior, p.seller_weight)
                    surplus = expected_surplus(trust, p.hope, customer.expected_price, 0.0, p)
                    n = consider(candidates, n, told.seller, FROM_CONTACT, trust, surplus)

        if state.reachable[-1] > 0:
            for j in range(p.reach):
                block = uniforms(state.seed, month, i, Purpose.STRANGERS + (j >> 2))
                s = stranger(state.reachable, state.by_post, block[j & 3])
                if _among(candidates, n, s):
                    continue
                trust = trust_brand(customer, brands, state.firms, state.salespeople[s].firm, p)
                surplus = expected_surplus(trust, p.hope, customer.expected_price, 0.0, p)
                n = consider(candidates, n, s, FROM_CHANCE, trust, surplus)

        choice = choose(candidates, n, p.nobody, p.temperature, choice_u) if n > 0 else NOBODY
        _open(visit, general)
        if choice == NOBODY:
            continue
        chosen = candidates[choice]
        visit.seller = visit.met = chosen.seller
        visit.source = chosen.source
        visit.trust = chosen.trust
        if chosen.source == FROM_CONTACT:
            visit.heard_good, visit.heard_bad = heard_good, heard_bad
        elif chosen.source == FROM_RIVAL:
            visit.heard_good = warm_good
        visit.client = bought_from(state, i, state.salespeople[visit.seller].firm)


@rule
def _among(candidates, n, s):
    """Tell whether a salesperson is a candidate already."""
    for k in range(n):
        if candidates[k].seller == s:
            return True
    return False


@rule
def _open(visit, general):
    """Set a visit to 'approached nobody'."""
    visit.seller = visit.met = visit.rival = NOBODY
    visit.conduct = 0
    visit.minutes = visit.deals_seen = visit.later_minutes = 0
    visit.outcome = NOT_APPROACHED
    visit.source = visit.client = visit.lead = 0
    visit.handed = visit.issue = visit.voiced = visit.solved = 0
    visit.effort = visit.estimated_need = visit.estimate = visit.claim = visit.trust = 0.0
    visit.general = general
    visit.heard_good = visit.heard_bad = 0.0
    visit.price = visit.stake = visit.goods = visit.service = visit.refund = visit.surplus = 0
    visit.delivered = visit.x = visit.weight = 0.0


@stage
def favourites(state, rows, trusts):
    """Write for every customer the salesperson trusted most (row or NOBODY) and that trust."""
    p = state.params[0]
    for i in range(len(rows)):
        k, trust = best_known(state, i, 0.0, p)
        rows[i] = state.memories[i, k].seller if k != NOBODY else NOBODY
        trusts[i] = trust if k != NOBODY else np.nan


@rule
def trust_now(state, i, s, visit, p):
    """Return a customer's trust in a salesperson, hearsay of this visit included."""
    customer = state.customers[i]
    prior = trust_brand(customer, state.brands[i], state.firms, state.salespeople[s].firm, p)
    k = find_seller(state.memories[i], state.salespeople, s)
    if k != NOBODY:
        return trust_in(state.memories[i, k], prior, p.seller_weight)
    if s == visit.met:
        return trust_with_hearsay(visit.heard_good, visit.heard_bad, prior, p.seller_weight)
    return prior
