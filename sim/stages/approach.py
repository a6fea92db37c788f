"""Stage 2: each customer approaches a salesperson remembered, recommended or met, by Coleman's (1990) leap of faith."""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import STRIP, Purpose, normal, pick, roll, uniforms, unit
from longgame.sim.compiled import fetch, query, rule, stage
from longgame.sim.state import (
    FROM_CHANCE,
    FROM_CONTACT,
    FROM_MEMORY,
    FROM_RIVAL,
    NOT_APPROACHED,
    contact_of,
    fetch_customer,
)
from longgame.sim.trust import NOBODY, UNKNOWN, find_seller, is_current, trust_brand, trust_general, trust_in


@rule
def expected_surplus(trust, hope, price, habit, p):
    """Return the gain that a customer expects per unit of stake: T·g + (1-T)·l - price + η·h."""
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
def best_known(state, i, general, floor, p):
    """Return (slot, trust) of the salesperson whom customer i trusts most above a floor, or NOBODY."""
    brands = state.brands[i]
    best, best_trust = NOBODY, floor
    for k in range(state.memories.shape[1]):
        memory = state.memories[i, k]
        if is_current(memory, state.salespeople):
            firm = state.salespeople[memory.seller].firm
            prior = trust_brand(general, brands, state.firms, firm, p)
            trust = trust_in(memory, prior, p.seller_weight)
            if trust > best_trust:
                best, best_trust = k, trust
    return best, best_trust


@rule
def draw_up_guide(reachable, guide):
    """Write into the guide table where in a running sum each equal part of its total begins."""
    k = 0
    for j in range(len(guide)):
        while k < len(reachable) - 1 and reachable[k] * len(guide) <= reachable[-1] * j:
            k += 1
        guide[j] = k


@rule
def stranger(reachable, guide, by_post, u):
    """Return a salesperson drawn in proportion to the attention they had for prospecting.

    The guide table (Chen & Asau 1974) gives the place to begin at; mostly it is the right one.
    """
    target = u * reachable[-1]
    k = guide[pick(u, len(guide))]
    while k > 0 and reachable[k - 1] > target:
        k -= 1
    while k < len(reachable) - 1 and reachable[k] <= target:
        k += 1
    return by_post[k]


@rule
def bought_from(state, i, firm):
    """Return whether customer i ever bought from a firm."""
    return (state.bought_from[i, firm >> 6] >> np.uint64(firm & 63)) & np.uint64(1) != 0


@rule
def consider(candidates, n, seller, source, trust, surplus, heard_good, heard_bad):
    """Add a candidate to the first n; return their new number."""
    candidate = candidates[n]
    candidate.seller = seller
    candidate.source = source
    candidate.trust = trust
    candidate.surplus = surplus
    candidate.heard_good, candidate.heard_bad = heard_good, heard_bad
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


# Which words of a customer's dice each question takes, and where the blocks of strangers begin.
_APPROACH, _PITCH, _STRANGERS = 0, 1, 2


@rule
def adviser(state, i, dice, b, p):
    """Return the contact whom customer i, the b-th of a strip, asks for advice, or NOBODY."""
    if unit(dice[_PITCH, 2, b]) >= p.ask_around:
        return NOBODY
    return contact_of(state, i, unit(dice[_APPROACH, 2, b]))


@rule
def throw_dice(state, month, first, count, lane):
    """Draw the random words of the visits from `first` on."""
    p = state.params[0]
    agents, dice = state.agents[lane], state.dice[lane]
    for b in range(count):
        i = state.visits[first + b].customer
        agents[b] = i
        fetch_customer(state, i)
        fetch(state.contact_starts, i)
        fetch(state.bought_from, i)
    roll(dice[_APPROACH], state.seed, month, agents, count, Purpose.APPROACH)
    if p.ask_around > 0.0:
        roll(dice[_PITCH], state.seed, month, agents, count, Purpose.PITCH)
        for b in range(count):
            contact = adviser(state, agents[b], dice, b, p)
            if contact != NOBODY:
                fetch_customer(state, contact)
    for k in range((p.reach + 3) >> 2):
        roll(dice[_STRANGERS + k], state.seed, month, agents, count, Purpose.STRANGERS + k)


@rule
def recall(state, i, general, candidates, p):
    """Consider the salespeople that customer i remembers; return the number of candidates."""
    customer, memories, brands = state.customers[i], state.memories[i], state.brands[i]
    n = 0
    for k in range(len(memories)):
        memory = memories[k]
        if not is_current(memory, state.salespeople):
            continue
        prior = trust_brand(general, brands, state.firms, state.salespeople[memory.seller].firm, p)
        trust = trust_in(memory, prior, p.seller_weight)
        hope = memory.value if memory.value != UNKNOWN else p.hope
        price = memory.price if memory.price != UNKNOWN else customer.expected_price
        surplus = expected_surplus(trust, hope, price, memory.habit, p)
        n = consider(candidates, n, memory.seller, FROM_MEMORY, trust, surplus, 0.0, 0.0)
    return n


@rule
def consider_unmet(state, i, seller, source, general, heard_good, heard_bad, candidates, n, p):
    """Consider a salesperson not met before, with this hearsay; return the number of candidates."""
    firm = state.salespeople[seller].firm
    prior = trust_brand(general, state.brands[i], state.firms, firm, p)
    trust = trust_with_hearsay(heard_good, heard_bad, prior, p.seller_weight)
    surplus = expected_surplus(trust, p.hope, state.customers[i].expected_price, 0.0, p)
    return consider(candidates, n, seller, source, trust, surplus, heard_good, heard_bad)


@rule
def look_around(state, month, i, general, dice, b, candidates, p):
    """Put candidates before customer i, the b-th of a strip: remembered, recommended, met; return how many."""
    customer = state.customers[i]
    n = recall(state, i, general, candidates, p)
    warm = customer.warm
    if warm != NOBODY and state.salespeople[warm].hired <= customer.warm_since and not _among(candidates, n, warm):
        n = consider_unmet(state, i, warm, FROM_RIVAL, general, customer.warm_good, 0.0, candidates, n, p)

    contact = adviser(state, i, dice, b, p)
    if contact != NOBODY:
        # Nobody recommends a person whom they trust less than salespeople in general.
        theirs = trust_general(state.customers[contact], p)
        k, _ = best_known(state, contact, theirs, theirs, p)
        if k != NOBODY and not _among(candidates, n, state.memories[contact, k].seller):
            told = state.memories[contact, k]
            good, bad = p.witness * told.good, p.witness * told.bad
            n = consider_unmet(state, i, told.seller, FROM_CONTACT, general, good, bad, candidates, n, p)

    if state.reachable[-1] > 0:
        for j in range(p.reach):
            luck = unit(dice[_STRANGERS + (j >> 2), j & 3, b])
            s = stranger(state.reachable, state.guide, state.by_post, luck)
            if not _among(candidates, n, s):
                n = consider_unmet(state, i, s, FROM_CHANCE, general, 0.0, 0.0, candidates, n, p)
    return n


@rule
def turn_to(state, visit, chosen):
    """Let the customer of a visit approach a candidate."""
    visit.seller = visit.met = chosen.seller
    visit.source = chosen.source
    visit.trust = chosen.trust
    visit.heard_good, visit.heard_bad = chosen.heard_good, chosen.heard_bad
    visit.client = bought_from(state, visit.customer, state.salespeople[chosen.seller].firm)


@stage
def approach(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 choose a salesperson to approach, or nobody."""
    p = state.params[0]
    candidates, dice = state.candidates[lane], state.dice[lane]
    for begin in range(lo, hi, STRIP):
        count = min(STRIP, hi - begin)
        throw_dice(state, month, begin, count, lane)
        for b in range(count):
            visit = state.visits[begin + b]
            i = visit.customer
            customer = state.customers[i]
            wander(customer, month, unit(dice[_APPROACH, 0, b]), unit(dice[_APPROACH, 1, b]), p)
            general = trust_general(customer, p)
            n = look_around(state, month, i, general, dice, b, candidates, p)
            _open(visit, general)
            luck = unit(dice[_APPROACH, 3, b])
            choice = choose(candidates, n, p.nobody, p.temperature, luck) if n > 0 else NOBODY
            if choice != NOBODY:
                turn_to(state, visit, candidates[choice])


# The three entry points below let customers with code of their own choose, after `approach` has chosen for all.


@stage
def look_again(state, month, visits, candidates, numbers):
    """Write which candidates stood before the customers of some visits, and how many."""
    p = state.params[0]
    for j in range(len(visits)):
        visit = state.visits[visits[j]]
        throw_dice(state, month, visits[j], 1, 0)
        numbers[j] = look_around(state, month, visit.customer, visit.general, state.dice[0], 0, candidates[j], p)


@query
def choose_again(params, seed, month, i, candidates):
    """Return the place of the candidate whom customer i chooses among these by the rule, or NOBODY."""
    p = params[0]
    luck = uniforms(seed, month, i, Purpose.APPROACH)[3]
    return choose(candidates, len(candidates), p.nobody, p.temperature, luck) if len(candidates) > 0 else NOBODY


@stage
def approach_instead(state, visits, chosen):
    """Let the customers of some visits approach these candidates instead, or nobody."""
    for j in range(len(visits)):
        visit = state.visits[visits[j]]
        _open(visit, visit.general)
        if chosen[j].seller != NOBODY:
            turn_to(state, visit, chosen[j])


@rule
def _among(candidates, n, s):
    """Return whether a salesperson is a candidate already."""
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
def look_back(state, places, favourite, trust, remembered, loyalty):
    """Write the memory of the customers of some places: favourite (row or NOBODY), trust in them, and the rest.

    The rest is the number of salespeople remembered and loyalty, the order parameter Σh²/(Σh)² of habits.
    """
    p = state.params[0]
    for n in range(len(places)):
        i = places[n]
        k, most = best_known(state, i, trust_general(state.customers[i], p), 0.0, p)
        favourite[n] = state.memories[i, k].seller if k != NOBODY else NOBODY
        trust[n] = most if k != NOBODY else np.nan
        known = 0
        total = squares = 0.0
        for j in range(state.memories.shape[1]):
            memory = state.memories[i, j]
            if is_current(memory, state.salespeople):
                known += 1
                habit = np.float64(memory.habit)
                total += habit
                squares += habit * habit
        remembered[n] = known
        loyalty[n] = squares / total**2 if total > 0.0 else np.nan


@rule
def trust_now(state, i, s, visit, p):
    """Return a customer's trust in a salesperson, hearsay of this visit included."""
    general = trust_general(state.customers[i], p)
    prior = trust_brand(general, state.brands[i], state.firms, state.salespeople[s].firm, p)
    k = find_seller(state.memories[i], state.salespeople, s)
    if k != NOBODY:
        return trust_in(state.memories[i, k], prior, p.seller_weight)
    if s == visit.met:
        return trust_with_hearsay(visit.heard_good, visit.heard_bad, prior, p.seller_weight)
    return prior
