"""Stage 2: each customer approaches a salesperson remembered, recommended or met, by Coleman's (1990) leap of faith.

Customers choose side by side, a crowd at a time: each step goes through all of the crowd, or through one list of
all their candidates, before the next begins. Such loops are short and without branches, so they are fast.
Meanwhile they ask for the records of the customers who come next, whose turn would otherwise begin with waiting.
"""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import Purpose, normal, pick, roll, uniforms, unit
from longgame.sim.compiled import apart, either, fetch, query, routine, rule, stage
from longgame.sim.functions import exp
from longgame.sim.state import (
    CANDIDATES,
    CROWD_SIZE,
    FROM_CHANCE,
    FROM_CONTACT,
    FROM_MEMORY,
    FROM_RIVAL,
    NOT_APPROACHED,
    fetch_customer,
)
from longgame.sim.trust import (
    NOBODY,
    UNKNOWN,
    find_seller,
    is_current,
    reputation,
    trust_brand,
    trust_general,
    trust_in,
)

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


@rule
def bought_from(table, i, firm):
    """Return whether customer i ever bought from a firm."""
    return (table[i, firm >> 6] >> np.uint64(firm & 63)) & np.uint64(1) != 0


# -- steps: a crowd of customers, or the list of their candidates -----------------------------------------

# Which words of a customer's dice each question takes, and where the blocks of strangers begin.
_APPROACH, _PITCH, _STRANGERS = 0, 1, 2

#: What stands in a slot of memory that holds nobody who is at work.
_EMPTY = np.uint32(0xFFFFFFFF)


@rule
def throw_dice(state, month, begin, count, hi, crowd, lane):
    """Draw the random words of the visits from `begin` on, and note who comes after them."""
    p = state.params[0]
    agents, dice = state.agents[lane], state.dice[lane]
    for b in range(count):
        i = state.visits[begin + b].customer
        agents[b] = crowd.who[b] = i
        crowd.told[b] = NOBODY
        crowd.coming[b] = state.visits[min(begin + count + b, hi - 1)].customer
        fetch(state.contact_starts, crowd.coming[b])
    roll(dice[_APPROACH], state.seed, month, agents, count, Purpose.APPROACH)
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
            u, v = unit(dice[_APPROACH, 0, b]), unit(dice[_APPROACH, 1, b])
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
            crowd.met[asked] = contacts[first + pick(unit(dice[_APPROACH, 2, b]), last - first)]
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
def choose(crowd, count, n, p):
    """Draw a candidate for each of the crowd by a logit over surpluses, or NOBODY (surplus 0) where that is allowed."""
    apart()
    for b in range(count):
        crowd.choice[b], crowd.top[b] = NOBODY, either(p.nobody != 0, 0.0, -np.inf)
    for j in range(n):
        b = crowd.customer[j]
        crowd.top[b] = max(crowd.top[b], crowd.surplus[j])
        crowd.choice[b] = either(p.nobody != 0, NOBODY, np.int32(j))  # the last, should rounding leave nobody
    for j in range(n):
        crowd.weight[j] = crowd.surplus[j] - crowd.top[crowd.customer[j]]
    for j in range(n):
        crowd.weight[j] = exp(crowd.weight[j] / p.temperature)
    for b in range(count):
        crowd.total[b] = either(p.nobody != 0, exp(-crowd.top[b] / p.temperature), 0.0)
    for j in range(n):
        crowd.total[crowd.customer[j]] += crowd.weight[j]
    for b in range(count):
        crowd.luck[b] *= crowd.total[b]
    for j in range(n):
        b = crowd.customer[j]
        before = crowd.luck[b]
        crowd.luck[b] = before - crowd.weight[j]
        crowd.choice[b] = either((before >= 0.0) & (crowd.luck[b] < 0.0), np.int32(j), crowd.choice[b])


@rule
def heard(crowd, j):
    """Return the good and the bad that was heard of a candidate: by a contact, or by a rival, who knows no bad."""
    if crowd.source[j] == FROM_CONTACT:
        return crowd.told_good[crowd.customer[j]], crowd.told_bad[crowd.customer[j]]
    if crowd.source[j] == FROM_RIVAL:
        return crowd.good[j], 0.0
    return 0.0, 0.0


@rule
def turn_to(visit, seller, source, trust, good, bad):
    """Let the customer of a visit approach a salesperson, of whom they have heard this."""
    visit.seller = visit.met = seller
    visit.source, visit.trust = source, trust
    visit.heard_good, visit.heard_bad = good, bad


@routine
def set_out(visits, firm_of, bought, crowd, begin, count):
    """Write into the visits from `begin` on whom the crowd approaches."""
    apart()
    for b in range(count):
        visit = visits[begin + b]
        fetch(bought, crowd.coming[b])
        _open(visit, crowd.prior_of[0, b])
        if crowd.choice[b] == NOBODY:
            continue
        j = np.uint32(crowd.choice[b])
        good, bad = heard(crowd, j)
        turn_to(visit, crowd.seller[j], crowd.source[j], crowd.trust[j], good, bad)
        visit.client = bought_from(bought, crowd.who[b], firm_of[crowd.seller[j]])


# -- the stage --------------------------------------------------------------------------------------------


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
    n = recall(state.memories, state.hired, state.firm_of, brands, crowd, count, p)
    n = hear_of(state, crowd, count, n)
    if state.reachable[-1] > 0:
        n = meet_strangers(
            state.reachable, state.guide, state.by_post, state.firm_of, brands, dice, crowd, count, n, slots, p
        )
    rate(crowd, n, p)
    weigh(crowd, n, p)
    return n


@stage
def approach(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 choose a salesperson to approach, or nobody."""
    p = state.params[0]
    crowd, dice = state.crowds[lane], state.dice[lane]
    width = min(CROWD_SIZE, CANDIDATES // (state.memories.shape[1] + 2 + p.reach))
    for begin in range(lo, hi, width):
        count = min(width, hi - begin)
        n = look_around(state, month, begin, count, hi, True, crowd, lane)
        for b in range(count):
            crowd.luck[b] = unit(dice[_APPROACH, 3, b])
        choose(crowd, count, n, p)
        set_out(state.visits, state.firm_of, state.bought_from, crowd, begin, count)


# -- choosing again: customers with code of their own, after `approach` has chosen for all -----------------


@stage
def look_again(state, month, visits, candidates, numbers):
    """Write which candidates stood before the customers of some visits, and how many."""
    crowd = state.crowds[0]
    for j in range(len(visits)):
        n = numbers[j] = look_around(state, month, visits[j], 1, visits[j] + 1, False, crowd, 0)
        for k in range(n):
            candidate = candidates[j, k]
            candidate.seller, candidate.source = crowd.seller[k], crowd.source[k]
            candidate.trust, candidate.surplus = crowd.trust[k], crowd.surplus[k]
            candidate.heard_good, candidate.heard_bad = heard(crowd, k)


@query
def choose_again(state, month, i, candidates):
    """Return the place of the candidate whom customer i chooses among these by the rule, or NOBODY."""
    p = state.params[0]
    crowd = state.crowds[0]
    for k in range(len(candidates)):
        crowd.customer[k], crowd.surplus[k] = 0, candidates[k].surplus
    crowd.luck[0] = uniforms(state.seed, month, i, Purpose.APPROACH)[3]
    choose(crowd, 1, len(candidates), p)
    return np.int64(crowd.choice[0])


@stage
def approach_instead(state, visits, chosen):
    """Let the customers of some visits approach these candidates instead, or nobody."""
    for j in range(len(visits)):
        visit, one = state.visits[visits[j]], chosen[j]
        _open(visit, visit.general)
        if one.seller != NOBODY:
            turn_to(visit, one.seller, one.source, one.trust, one.heard_good, one.heard_bad)
            visit.client = bought_from(state.bought_from, visit.customer, state.firm_of[one.seller])


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


# -- looking on -------------------------------------------------------------------------------------------


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
        return reputation(visit.heard_good, visit.heard_good + visit.heard_bad, prior, p.seller_weight)
    return prior
