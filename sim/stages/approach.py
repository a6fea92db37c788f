"""Stage 2: each customer approaches a salesperson remembered, recommended or met, by Coleman's (1990) leap of faith."""

from __future__ import annotations

import numpy as np

from longgame.sim.chance import Purpose, uniforms, unit
from longgame.sim.compiled import apart, either, fetch, query, routine, rule, stage
from longgame.sim.functions import exp
from longgame.sim.stages.candidates import APPROACH_DICE, OUT_OF_THE_QUESTION, heard, look_around
from longgame.sim.state import CANDIDATES, CROWD_SIZE, NOT_APPROACHED
from longgame.sim.trust import NOBODY


@rule
def bought_from(table, i, firm):
    """Return whether customer i ever bought from a firm."""
    return (table[i, firm >> 6] >> np.uint64(firm & 63)) & np.uint64(1) != 0


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
def turn_to(visit, seller, source, trust, good, bad):
    """Let the customer of a visit approach a salesperson, of whom they have heard this."""
    visit.seller = visit.met = seller
    visit.source, visit.trust = source, trust
    visit.heard_good, visit.heard_bad = good, bad


@routine
def set_out(visits, firm_of, bought, records, crowd, begin, count, turn, p):
    """Write into the visits of customers from the `begin`-th on whom they approach first, second, and so on."""
    apart()
    for b in range(count):
        v = (begin + b) * p.offers + turn
        visit = visits[v]
        fetch(bought, crowd.coming[b])
        _open(visit, crowd.prior_of[0, b])
        if crowd.choice[b] == NOBODY or (turn > 0 and not goes_on(visits[v - 1], crowd, b)):
            continue
        j = np.uint32(crowd.choice[b])
        good, bad = heard(crowd, records, j)
        turn_to(visit, crowd.seller[j], crowd.source[j], crowd.trust[j], good, bad)
        visit.client = bought_from(bought, crowd.who[b], firm_of[crowd.seller[j]])


@rule
def goes_on(before, crowd, b):
    """Return whether a customer who approached somebody hears another one, too: one who was not chosen yet."""
    return before.met != NOBODY and crowd.surplus[crowd.choice[b]] > OUT_OF_THE_QUESTION


@rule
def try_another(state, month, begin, count, n, turn, crowd):
    """Let a crowd choose once more, each among those whom they have not approached yet."""
    p = state.params[0]
    for b in range(count):
        if crowd.choice[b] != NOBODY:
            crowd.surplus[crowd.choice[b]] = OUT_OF_THE_QUESTION
        lot = state.visits[(begin + b) * p.offers + turn].lot
        crowd.luck[b] = uniforms(state.seed, month, lot, Purpose.APPROACH)[3]
    choose(crowd, count, n, p)


@stage
def approach(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 choose a salesperson to approach, or nobody."""
    p = state.params[0]
    crowd, dice = state.crowds[lane], state.dice[lane]
    width = min(CROWD_SIZE, CANDIDATES // (state.memories.shape[1] + 2 + p.reach))
    last = hi // p.offers
    for begin in range(lo // p.offers, last, width):
        count = min(width, last - begin)
        n = look_around(state, month, begin, count, last, True, crowd, lane)
        for b in range(count):
            crowd.luck[b] = unit(dice[APPROACH_DICE, 3, b])
        choose(crowd, count, n, p)
        for turn in range(p.offers):
            if turn > 0:
                try_another(state, month, begin, count, n, turn, crowd)
            set_out(state.visits, state.firm_of, state.bought_from, state.records, crowd, begin, count, turn, p)


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
            candidate.heard_good, candidate.heard_bad = heard(crowd, state.records, k)


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
    visit.returned = visit.regretted = visit.war = 0
    visit.known = visit.effort = visit.estimated_need = visit.estimate = visit.claim = visit.trust = 0.0
    visit.general = general
    visit.heard_good = visit.heard_bad = 0.0
    visit.price = visit.stake = visit.goods = visit.service = visit.refund = visit.surplus = 0
    visit.delivered = visit.intact = visit.x = visit.weight = 0.0
