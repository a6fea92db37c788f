"""Stage 2, first half: whom a crowd of customers can approach, remembered, recommended or met, and what to expect.

Customers look around side by side, a crowd at a time: each step goes through all of the crowd, or through one list
of all their candidates, before the next begins. Such loops are short and without branches, so they are fast.
Meanwhile they ask for the records of the customers who come next, whose turn would otherwise begin with waiting.
"""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import Purpose, normal, pick, roll, unit
from longgame.sim.compiled import apart, either, fetch, routine, rule
from longgame.sim.state import FROM_CHANCE, FROM_CONTACT, FROM_MEMORY, FROM_RIVAL, fetch_customer
from longgame.sim.trust import NOBODY, UNKNOWN, reputation

# -- rules: one customer, one candidate ------------------------------------------------------------------


@rule
def expected_surplus(trust, hope, price, habit, p):
    """Return the gain that a customer expects per unit of stake: T·g + (1-T)·l - price + η·h."""
    worst = min(p.betrayed, hope)  # being betrayed is never better than what is hoped for
    return trust * hope + (1.0 - trust) * worst - price + p.habit_weight * habit


@rule
def drifted(need, months, u, v, p):
    """Return a need after some months (a Gaussian random walk on the circle)."""
    moved = need + p.drift * math.sqrt(months) * normal(u, v)
    return moved - np.floor(moved)


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
    k = np.int64(guide[np.uint64(pick(u, len(guide)))])
    while k > 0 and reachable[k - 1] > target:
        k -= 1
    while k < len(reachable) - 1 and reachable[k] <= target:
        k += 1
    return by_post[k]


# -- steps: a crowd of customers, or the list of their candidates -----------------------------------------

# Which words of a customer's dice each question takes, and where the blocks of strangers begin.
APPROACH_DICE, _PITCH, _STRANGERS = 0, 1, 2

#: What stands in a slot of memory that holds nobody who is at work.
_EMPTY = np.uint32(0xFFFFFFFF)

#: A surplus so low that nobody chooses it while they may choose anybody else, or nobody.
OUT_OF_THE_QUESTION = -1e6


@rule
def throw_dice(state, month, begin, count, hi, crowd, lane):
    """Draw the random words of the customers from the `begin`-th on, and note who comes after them."""
    p = state.params[0]
    agents, dice = state.agents[lane], state.dice[lane]
    for b in range(count):
        i = state.visits[(begin + b) * p.offers].customer
        agents[b] = crowd.who[b] = i
        crowd.told[b] = NOBODY
        crowd.coming[b] = state.visits[min(begin + count + b, hi - 1) * p.offers].customer
        fetch(state.contact_starts, crowd.coming[b])
    roll(dice[APPROACH_DICE], state.seed, month, agents, count, Purpose.APPROACH)
    if p.ask_around > 0.0:
        roll(dice[_PITCH], state.seed, month, agents, count, Purpose.PITCH)
    for k in range((p.reach + 3) >> 2):
        roll(dice[_STRANGERS + k], state.seed, month, agents, count, Purpose.STRANGERS + k)


@routine
def let_needs_drift(customers, month, dice, crowd, count, p):
    """Let the needs of the crowd drift since they last arose."""
    apart()
    for b in range(count):
        customer = customers[crowd.who[b]]
        fetch(customers, crowd.coming[b])
        crowd.months[b], crowd.need[b] = month - customer.last_need, customer.need
        customer.last_need = month
    if p.drift > 0.0:
        for b in range(count):
            u, v = unit(dice[APPROACH_DICE, 0, b]), unit(dice[APPROACH_DICE, 1, b])
            moved = drifted(crowd.need[b], crowd.months[b], u, v, p)
            crowd.need[b] = either(crowd.months[b] > 0.0, moved, crowd.need[b])
        for b in range(count):
            customers[crowd.who[b]].need = crowd.need[b]


@routine
def size_up(customers, brands, founded, crowd, count, p):
    """Work out the crowd's trust in salespeople in general (level 0), and in each firm remembered."""
    apart()
    for b in range(count):
        customer = customers[crowd.who[b]]
        fetch(brands, crowd.coming[b])
        crowd.expected_price[b] = customer.expected_price
        crowd.good_sum[b], crowd.evidence_sum[b] = customer.good, customer.good + customer.bad
    for b in range(count):
        crowd.prior_of[0, b] = reputation(crowd.good_sum[b], crowd.evidence_sum[b], p.prior, p.general_weight)
    for k in range(brands.shape[1]):
        for b in range(count):
            brand = brands[crowd.who[b], k]
            crowd.brand[k + 1, b] = either(brand.last >= founded[brand.firm], np.uint32(brand.firm), _EMPTY)
            crowd.good_sum[b], crowd.evidence_sum[b] = brand.good, brand.good + brand.bad
        for b in range(count):
            general = crowd.prior_of[0, b]
            crowd.prior_of[k + 1, b] = reputation(crowd.good_sum[b], crowd.evidence_sum[b], general, p.brand_weight)


@rule
def prior_for(crowd, b, firm, brands):
    """Return customer b's trust in somebody of a firm not met before: that in the firm, or in general."""
    level = 0
    for k in range(1, brands + 1):
        level = either(crowd.brand[k, b] == firm, k, level)
    return crowd.prior_of[level, b]


@routine
def recall(memories, hired, firm_of, brands, crowd, count, p):
    """List everybody whom the crowd remembers; return how many they are."""
    apart()
    n = np.uint64(0)
    for b in range(count):
        i = crowd.who[b]
        fetch(memories, crowd.coming[b])
        for k in range(memories.shape[1]):
            memory = memories[i, k]
            current = memory.last >= hired[memory.seller]
            crowd.known[k, b] = either(current, np.uint32(memory.seller), _EMPTY)
            crowd.customer[n], crowd.slot[n], crowd.seller[n] = b, k, memory.seller
            n += np.uint64(current)
    for j in range(n):
        b = crowd.customer[j]
        memory = memories[crowd.who[b], crowd.slot[j]]
        crowd.good[j], crowd.evidence[j] = memory.good, memory.good + memory.bad
        crowd.prior[j] = prior_for(crowd, b, firm_of[crowd.seller[j]], brands)
        crowd.hope[j] = either(memory.value != UNKNOWN, np.float64(memory.value), p.hope)
        crowd.price[j] = either(memory.price != UNKNOWN, memory.price, crowd.expected_price[b])
        crowd.habit[j] = memory.habit
        crowd.source[j] = FROM_MEMORY
    return np.int64(n)


@rule
def knows(crowd, b, slots, seller):
    """Return whether customer b has a salesperson in one of the first slots."""
    found = False
    for k in range(slots):
        found |= crowd.known[k, b] == np.uint32(seller)
    return found


@rule
def consider(crowd, n, b, seller, source, good, bad, firm, brands, p):
    """Add somebody whom customer b has not met, with this hearsay, to the list; return its length."""
    crowd.customer[n], crowd.seller[n], crowd.source[n] = b, seller, source
    crowd.good[n], crowd.evidence[n] = good, good + bad
    crowd.prior[n] = prior_for(crowd, b, firm, brands)
    crowd.hope[n], crowd.price[n], crowd.habit[n] = p.hope, crowd.expected_price[b], 0.0
    return n + 1


@routine
def ask_contacts(contact_starts, contacts, dice, crowd, count, p):
    """Let some of the crowd ask a contact for advice, who takes their place in it; return how many do."""
    apart()
    asking = 0
    for b in range(count):
        crowd.asking[asking] = b
        asking += unit(dice[_PITCH, 2, b]) < p.ask_around
    asked = 0
    for k in range(asking):
        b = crowd.asking[k]
        i = np.int64(crowd.who[b])
        first, last = contact_starts[i], contact_starts[i + 1]
        if last > first:
            crowd.asking[asked] = b
            crowd.met[asked] = contacts[first + pick(unit(dice[APPROACH_DICE, 2, b]), last - first)]
            asked += 1
    return asked


@routine
def rate(crowd, n, p):
    """Work out trust in each candidate."""
    apart()
    for j in range(n):
        crowd.trust[j] = reputation(crowd.good[j], crowd.evidence[j], crowd.prior[j], p.seller_weight)


@routine
def find_favourites(crowd, count, n):
    """Choose for each of the crowd the candidate trusted most, more than salespeople in general, or NOBODY."""
    apart()
    for b in range(count):
        crowd.choice[b], crowd.top[b] = NOBODY, crowd.prior_of[0, b]
    for j in range(n):
        b = crowd.customer[j]
        better = crowd.trust[j] > crowd.top[b]
        crowd.choice[b] = either(better, np.int32(j), crowd.choice[b])
        crowd.top[b] = either(better, crowd.trust[j], crowd.top[b])


@routine
def meet_strangers(reachable, guide, by_post, firm_of, brands, dice, crowd, count, n, slots, p):
    """List the strangers whom the crowd meets and does not know yet; return the length of the list."""
    apart()
    end = np.uint64(n)
    for met in range(p.reach):
        for b in range(count):
            luck = unit(dice[_STRANGERS + (met >> 2), met & 3, b])
            crowd.met[b] = stranger(reachable, guide, by_post, luck)
        for b in range(count):
            crowd.firm[b] = firm_of[crowd.met[b]]
            crowd.unknown[b], crowd.level[b] = 1, 0
        for k in range(slots + met):
            for b in range(count):
                crowd.unknown[b] &= crowd.known[k, b] != crowd.met[b]
        for k in range(1, brands + 1):
            for b in range(count):
                crowd.level[b] = either(crowd.brand[k, b] == crowd.firm[b], np.uint32(k), crowd.level[b])
        for b in range(count):
            crowd.known[slots + met, b] = crowd.met[b]
            crowd.customer[end], crowd.seller[end] = b, crowd.met[b]
            crowd.prior[end] = crowd.prior_of[crowd.level[b], b]
            crowd.price[end] = crowd.expected_price[b]
            end += np.uint64(crowd.unknown[b])
    for j in range(n, np.int64(end)):
        crowd.source[j] = FROM_CHANCE
        crowd.good[j] = crowd.evidence[j] = 0.0
        crowd.hope[j], crowd.habit[j] = p.hope, 0.0
    return np.int64(end)


@routine
def weigh(crowd, n, p):
    """Work out what is to be expected of each candidate."""
    apart()
    for j in range(n):
        crowd.surplus[j] = expected_surplus(crowd.trust[j], crowd.hope[j], crowd.price[j], crowd.habit[j], p)


@routine
def look_up(records, firm_records, firm_of, standings, brands, crowd, begin, n, p):
    """Let the crowd look candidates up whom they have not met: on public record, and in what their firm stands for."""
    for j in range(begin, n):
        b = crowd.customer[j]
        firm = firm_of[crowd.seller[j]]
        level = 0
        for k in range(1, brands.shape[1] + 1):
            level = either(crowd.brand[k, b] == firm, k, level)
        if p.record > 0.0:
            good, bad = records[0, crowd.seller[j]], records[1, crowd.seller[j]]
            crowd.good[j] += good
            crowd.evidence[j] += good + bad
            if level == 0:
                good, bad = firm_records[0, firm], firm_records[1, firm]
                crowd.prior[j] = reputation(good, good + bad, crowd.prior[j], p.brand_weight)
        if p.succession > 0.0 and level > 0 and brands[crowd.who[b], level - 1].deals > 0:
            standing = standings[crowd.who[b], level - 1]
            crowd.hope[j] += p.succession * (standing.value - crowd.hope[j])
            crowd.price[j] += p.succession * (standing.price - crowd.price[j])
            crowd.habit[j] = p.succession * standing.habit


@routine
def strike_off(crowd, n, p):
    """Let nobody approach a person whom they remember and trust too little."""
    for j in range(n):
        if crowd.source[j] == FROM_MEMORY and crowd.trust[j] < p.struck_off:
            crowd.surplus[j] = OUT_OF_THE_QUESTION


@rule
def heard(crowd, records, j):
    """Return the good and the bad that was heard of a candidate who was not met before.

    A contact told both, a rival who recommends knows no bad; what is on public record comes on top.
    """
    good = bad = 0.0
    if crowd.source[j] == FROM_MEMORY:
        return good, bad
    if crowd.source[j] == FROM_CONTACT:
        good, bad = crowd.told_good[crowd.customer[j]], crowd.told_bad[crowd.customer[j]]
    elif crowd.source[j] == FROM_RIVAL:
        good = crowd.told_rival[crowd.customer[j]]
    return good + records[0, crowd.seller[j]], bad + records[1, crowd.seller[j]]


# -- all steps, in order ----------------------------------------------------------------------------------


@rule
def seek_advice(state, crowd, count, asked, lane):
    """Let some of the crowd ask a contact whom they trust most."""
    p = state.params[0]
    for k in range(asked):
        crowd.who[k] = crowd.met[k]
    brands = state.brands.shape[1]
    size_up(state.customers, state.brands, state.founded, crowd, asked, p)
    n = recall(state.memories, state.hired, state.firm_of, brands, crowd, asked, p)
    rate(crowd, n, p)
    find_favourites(crowd, asked, n)  # nobody recommends a person whom they trust less than salespeople in general
    for k in range(asked):
        if crowd.choice[k] != NOBODY:
            told = state.memories[crowd.who[k], crowd.slot[crowd.choice[k]]]
            b = crowd.asking[k]
            crowd.told[b] = told.seller
            crowd.told_good[b], crowd.told_bad[b] = p.witness * told.good, p.witness * told.bad
    for b in range(count):
        crowd.who[b] = state.agents[lane, b]


@rule
def hear_of(state, crowd, count, n):
    """List whom rivals (of the latest visit) and contacts recommend; return the length of the list."""
    p = state.params[0]
    brands, slot = state.brands.shape[1], state.memories.shape[1]
    for b in range(count):
        customer = state.customers[crowd.who[b]]
        warm = customer.warm
        crowd.known[slot, b] = crowd.known[slot + 1, b] = _EMPTY
        if warm != NOBODY and state.hired[warm] <= customer.warm_since and not knows(crowd, b, slot, warm):
            good, firm = customer.warm_good, state.firm_of[warm]
            crowd.told_rival[b] = good
            crowd.known[slot, b] = warm
            n = consider(crowd, n, b, warm, FROM_RIVAL, good, 0.0, firm, brands, p)
        told = crowd.told[b]
        if told != NOBODY and not knows(crowd, b, slot + 1, told):
            good, bad, firm = crowd.told_good[b], crowd.told_bad[b], state.firm_of[told]
            crowd.known[slot + 1, b] = told
            n = consider(crowd, n, b, told, FROM_CONTACT, good, bad, firm, brands, p)
    return n


@rule
def look_around(state, month, begin, count, hi, drift, crowd, lane):
    """List the candidates of a crowd, remembered, recommended and met, with what to expect; return how many."""
    p = state.params[0]
    dice = state.dice[lane]
    brands, slots = state.brands.shape[1], state.memories.shape[1] + 2
    throw_dice(state, month, begin, count, hi, crowd, lane)
    asked = ask_contacts(state.contact_starts, state.contacts, dice, crowd, count, p) if p.ask_around > 0.0 else 0
    for k in range(asked):
        fetch_customer(state, crowd.met[k])
    if drift:
        let_needs_drift(state.customers, month, dice, crowd, count, p)
    if asked > 0:
        seek_advice(state, crowd, count, asked, lane)
    size_up(state.customers, state.brands, state.founded, crowd, count, p)
    remembered = n = recall(state.memories, state.hired, state.firm_of, brands, crowd, count, p)
    n = hear_of(state, crowd, count, n)
    if state.reachable[-1] > 0:
        n = meet_strangers(
            state.reachable, state.guide, state.by_post, state.firm_of, brands, dice, crowd, count, n, slots, p
        )
    if p.record > 0.0 or p.succession > 0.0:
        look_up(
            state.records, state.firm_records, state.firm_of, state.standings, state.brands, crowd, remembered, n, p
        )
    rate(crowd, n, p)
    weigh(crowd, n, p)
    if p.struck_off > 0.0:
        strike_off(crowd, n, p)
    return n
