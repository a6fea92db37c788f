"""Stage 6: the customer's experience: satisfaction, trust at three levels, habit, prices, prosperity."""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.compiled import AHEAD, fetch, rule, stage
from longgame.sim.stages.conversation import asking_price
from longgame.sim.stages.decision import felt, logistic
from longgame.sim.state import (
    DECLINED,
    NOT_APPROACHED,
    REFERRED,
    SOLD,
    TURNED_AWAY,
    WALKED_AWAY,
    WIN_WIN_WIN,
    fetch_customer,
    fixed,
)
from longgame.sim.trust import NOBODY, UNKNOWN, find_seller, is_current, learn, seller_slot

# A business neither vanishes nor outgrows the market, however extreme the dials.
LEAST_PROSPERITY, MOST_PROSPERITY = 0.01, 100.0


@rule
def satisfaction(visit, delivered, pressure, attention, p):
    """Return the experience x in [0, 1] of a deal: value, disconfirmation (Oliver 1980), pressure, attention."""
    # The price, not the price less a refund: money back must not leave more loyalty than no failure.
    price = visit.price / max(visit.stake, 1)
    value = p.value_weight * (delivered - price)
    disconfirmation = p.claim_weight * (delivered - visit.claim)
    return logistic((value + disconfirmation - p.pressure_weight * pressure + attention) / p.experience_temperature)


@rule
def experience(visit, conduct, attention, p):
    """Return the experience of a deal; an apology for a failure makes good at most what the failure spoiled."""
    if visit.outcome == WIN_WIN_WIN:
        attention += p.third_win
    x = satisfaction(visit, visit.delivered, conduct.pressure, attention, p)
    if visit.voiced and p.sorry > 0.0:
        unspoilt = satisfaction(visit, visit.intact, conduct.pressure, attention, p)
        x = min(x + p.sorry * conduct.aftercare, max(x, unspoilt))
    return x


@rule
def judge(visit, conduct, attention, p):
    """Set the experience and its weight: every ending of a visit is good or bad evidence, or none."""
    outcome = visit.outcome
    if outcome >= SOLD:
        if visit.weight != UNKNOWN:  # else it was judged before
            visit.x = experience(visit, conduct, attention, p)
        visit.weight = p.deal_share
    elif outcome in (WALKED_AWAY, REFERRED):
        visit.x, visit.weight = 1.0, p.honesty
    elif outcome == TURNED_AWAY:
        visit.x, visit.weight = 0.0, p.turned_away
    elif outcome == DECLINED:
        visit.x, visit.weight = 0.0, p.harassed * conduct.pressure


@rule
def running_mean(old, new, rate):
    """Return a running mean; the first value stands for itself."""
    return new if old == UNKNOWN else old + rate * (new - old)


@rule
def stand_for(standing, deals, visit, p):
    """Let a deal enter what a firm stands for, whoever sells for it: value, price and habit."""
    first = deals == 1
    standing.value = running_mean(UNKNOWN if first else standing.value, visit.delivered, p.value_rate)
    price = visit.price / max(visit.stake, 1)
    standing.price = running_mean(UNKNOWN if first else standing.price, price, p.value_rate)
    standing.habit = p.habit_rate if first else standing.habit + p.habit_rate


@rule
def fade_habits(state, i, p):
    """Let all habits of a customer with a need lose a part; what is done again grows anew."""
    memories = state.memories[i]
    for k in range(len(memories)):
        if is_current(memories[k], state.salespeople):
            memories[k].habit *= 1.0 - p.habit_rate
    for k in range(state.standings.shape[1] if p.succession > 0.0 else 0):
        state.standings[i, k].habit *= 1.0 - p.habit_rate


@rule
def keep_in_mind(state, month, visit, conduct, p):
    """Let the visit enter the customer's memory."""
    i, s = visit.customer, visit.seller
    customer, memories, brands = state.customers[i], state.memories[i], state.brands[i]
    sold = visit.outcome >= SOLD
    if visit.outcome == REFERRED:
        customer.warm = visit.rival
        customer.warm_since = month
        customer.warm_good = p.honesty * visit.trust
    honest_no = visit.outcome == REFERRED or visit.outcome == WALKED_AWAY
    if visit.weight == 0.0 and not sold and not honest_no:
        return
    if find_seller(memories, state.salespeople, s) == NOBODY:
        # Hearsay from before the first meeting is remembered with it.
        k = seller_slot(memories, state.salespeople, s, month)
        if s == visit.met:
            memories[k].good, memories[k].bad = visit.heard_good, visit.heard_bad
    k, b = learn(customer, memories, brands, state.salespeople, state.firms, s, visit.x, visit.weight, month, p)
    memory = memories[k]
    memory.met = month
    if sold:
        customer.usual += p.value_rate * (visit.delivered - customer.usual)
        memory.value = running_mean(memory.value, visit.delivered, p.value_rate)
        memory.price = running_mean(memory.price, visit.price / max(visit.stake, 1), p.value_rate)
        memory.habit += p.habit_rate
        memory.deals += 1
        brands[b].deals += 1
        if p.succession > 0.0:
            stand_for(state.standings[i, b], brands[b].deals, visit, p)
    elif honest_no:
        # An honest no shows the customer the worth that this salesperson could have delivered.
        memory.value = running_mean(memory.value, visit.estimate, p.value_rate)


@rule
def prosper(prosperity, visit, conduct, skill, p):
    """Return the size of the customer's business, grown with the gain from a deal and with advice."""
    growth = 0.0
    if visit.outcome >= SOLD and visit.stake > 0:
        growth += p.growth * visit.surplus / visit.stake
    if visit.outcome != TURNED_AWAY and visit.deals_seen > 0:
        growth += p.advice_growth * conduct.advice * skill
    if growth == 0.0:
        return prosperity
    return min(max(prosperity * math.exp(growth), LEAST_PROSPERITY), MOST_PROSPERITY)


@rule
def remember_one(state, month, visit, first):
    """Let a customer make up their mind about a visit of this month, the first or a further one."""
    p = state.params[0]
    i = visit.customer
    customer = state.customers[i]
    if p.memory and first:
        fade_habits(state, i, p)
    if first:
        customer.warm = NOBODY  # a recommendation is good for one approach
    if visit.outcome == NOT_APPROACHED:
        return
    conduct = state.conducts[visit.conduct]
    judge(visit, conduct, felt(state, visit, conduct, p), p)
    if p.memory:
        keep_in_mind(state, month, visit, conduct, p)
        if visit.price > 0:
            gap = asking_price(conduct, p) - customer.expected_price
            customer.expected_price += p.reference_rate * gap
    skill = state.salespeople[visit.seller].skill
    state.prosperity[i] = prosper(state.prosperity[i], visit, conduct, skill, p)
    if visit.outcome >= SOLD:
        customer.deals += 1
        account = state.accounts[i]
        account.spent += visit.price
        account.refunded += visit.refund
        account.surplus += visit.surplus
        firm = state.salespeople[visit.seller].firm
        state.bought_from[i, firm >> 6] |= np.uint64(1) << np.uint64(firm & 63)


@rule
def count_need(sums, visit, customer, prosperity, renewed):
    """Count a customer with a need in the sums of the market."""
    sums.needs += 1
    sums.renewed += renewed
    sums.approached += visit.met >= 0
    sums.trust_general += fixed(visit.general)
    sums.expected_price += fixed(customer.expected_price)
    sums.prosperity += fixed(prosperity)


@stage
def judge_deals(state, visits):
    """Let the customers of some visits judge their deals by the rule, before `remember` weighs them."""
    for j in range(len(visits)):
        visit = state.visits[visits[j]]
        conduct = state.conducts[visit.conduct]
        visit.x = experience(visit, conduct, felt(state, visit, conduct, state.params[0]), state.params[0])
        visit.weight = UNKNOWN


@stage
def remember(state, month, lo, hi, lane):
    """Let the customers of visits lo … hi-1 remember this month."""
    for v in range(lo, hi):
        coming = state.visits[min(v + AHEAD, hi - 1)].customer
        fetch_customer(state, coming)
        fetch(state.prosperity, coming)
        visit = state.visits[v]
        i = visit.customer
        first = v % state.params[0].offers == 0  # the visits of a customer stand together
        remember_one(state, month, visit, first)
        if first:
            renewed = state.open_since[i] != NOBODY and state.open_since[i] != month
            count_need(state.lanes[lane], visit, state.customers[i], state.prosperity[i], renewed)
        if visit.outcome >= SOLD:
            state.open_since[i] = NOBODY
