"""Stage 3: conversations, while attention lasts. Pitch, pass on, recommend a rival, or walk away."""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.chance import STRIP, Purpose, normal, pick, uniforms, unit, words
from longgame.sim.compiled import AHEAD, fetch, query, rule, stage
from longgame.sim.stages.acquaintance import trust_now
from longgame.sim.stages.queueing import fetch_queue, firm_queue, sort_keys, throw
from longgame.sim.state import OVERFLOW, PASSED, PITCHED, REFERRED, TURNED_AWAY, WALKED_AWAY, at_work, fetch_customer
from longgame.sim.trust import NOBODY, find_brand, find_seller, is_current

_SECOND_CLASS = np.uint64(1) << np.uint64(63)


@rule
def fit(need, position, breadth):
    """Return how well a speciality fits a need: 1 on the spot, 0 at `breadth` or further."""
    d = abs(need - position)
    d = min(d, 1.0 - d)
    return max(0.0, 1.0 - d / breadth)


@rule
def tailored(fits, effort, p):
    """Return how well an offer fits that is cut to what came to light of a need (Weitz, Sujan & Sujan 1986)."""
    return fits + p.tailoring * effort * (1.0 - fits)


@rule
def workmanship(person, p):
    """Return the share of a fit's worth that a person's skill lets them deliver."""
    return 1.0 - p.craft * (1.0 - person.skill)


@rule
def on_record(state, i, s):
    """Return the deals with customer i that s knows of, own ones or the firm's if it shares, and the last meeting.

    Records are kept as long as the customer remembers person or brand; of two records the fuller counts.
    """
    person = state.salespeople[s]
    if not state.firms[person.firm].shares_memory:
        k = find_seller(state.memories[i], state.salespeople, s)
        return (state.memories[i, k].deals, state.memories[i, k].met) if k != NOBODY else (0, 0)
    members_deals = met = 0
    for k in range(state.memories.shape[1]):
        memory = state.memories[i, k]
        if is_current(memory, state.salespeople) and state.salespeople[memory.seller].firm == person.firm:
            members_deals += memory.deals
            met = max(met, memory.met)
    k = find_brand(state.brands[i], state.firms, person.firm)
    if k != NOBODY and state.brands[i, k].deals > members_deals:
        return state.brands[i, k].deals, max(met, state.brands[i, k].last)
    return members_deals, met


@rule
def look_up_record(state, month, visit, s):
    """Let a salesperson read what is on record of a visitor: deals, and what is still known of the need."""
    p = state.params[0]
    visit.deals_seen, met = on_record(state, visit.customer, s)
    visit.known = known(visit.deals_seen, month - met, p)


@rule
def conduct_towards(state, month, s, deals):
    """Return the row of the conduct that the strategy of s prescribes: endgame, client or prospect."""
    person = state.salespeople[s]
    strategy = state.strategies[person.strategy]
    phase = 0
    if deals >= strategy.client_after:
        phase = 1
    if month > state.params[0].burn_in + state.params[0].months - strategy.endgame_months:
        phase = 2
    return 3 * person.cell + phase + state.firms[person.firm].shift


@rule
def known(deals, months, p):
    """Return how well a client is known after so many deals, in [0, 1), so long after the last meeting."""
    learned = 1.0 - (1.0 - p.learning) ** deals
    if p.knowledge_width == 0.0:
        return learned
    return learned * math.exp(-0.5 * months * (p.drift / p.knowledge_width) ** 2)


@rule
def discovery_effort(conduct, skill, knowledge):
    """Return the part of a need that comes to light: d_eff = 1 - (1 - discovery·skill)(1 - known·remember)."""
    return 1.0 - (1.0 - conduct.discovery * skill) * (1.0 - knowledge * conduct.remember)


@rule
def minutes_needed(conduct, deals, knowledge, briefed, p):
    """Return the attention one conversation takes; a remembered client needs less discovery."""
    asking = 0.0 if briefed else p.ask * conduct.discovery * (1.0 - knowledge * conduct.remember)
    advising = p.advise * conduct.advice if deals > 0 else 0.0
    return p.talk + int(asking + advising + 0.5)


@stage
def greet(state, month, lo, hi, lane):
    """Let salespeople lo … hi-1 do last month's support work and size up who waits for them."""
    p = state.params[0]
    for s in range(lo, hi):
        person = state.salespeople[s]
        support = min(person.backlog, p.capacity)
        person.backlog -= support
        person.attention = p.capacity - support
        state.tally_numbers[s, :] = 0
        state.tally[s].support_minutes = support
        first, last = state.queue_first[s], state.queue_last[s]
        fetch_queue(state, first, last)
        for q in range(first, last):
            fetch_customer(state, state.visits[state.queue[q]].customer)
        for q in range(first, last):
            visit = state.visits[state.queue[q]]
            look_up_record(state, month, visit, s)
            visit.conduct = conduct_towards(state, month, s, visit.deals_seen)


@rule
def place_in_queue(state, month, v):
    """Return the key by which visits are served: clients who are put first, then everybody by lot."""
    visit = state.visits[v]
    lot, _, _, favour = words(state.seed, month, visit.lot, Purpose.MEETING)
    first = visit.deals_seen > 0 and unit(favour) < state.conducts[visit.conduct].availability
    key = ((lot >> np.uint64(1)) << np.uint64(32)) | np.uint64(v)
    return key if first else key | _SECOND_CLASS


@rule
def visit_of_key(key):
    """Return the visit that a key of `place_in_queue` belongs to."""
    return np.int64(key & np.uint64(0xFFFFFFFF))


@rule
def estimate_need(state, visit, s, u, v):
    """Let a salesperson find out about the need, as well as effort, skill and knowledge allow."""
    p = state.params[0]
    person = state.salespeople[s]
    visit.effort = discovery_effort(state.conducts[visit.conduct], person.skill, visit.known)
    error = (1.0 - visit.effort) * p.estimate_noise * p.breadth * normal(u, v)
    guess = state.customers[visit.customer].need + error
    visit.estimated_need = guess - math.floor(guess)


@rule
def worth(state, visit, s):
    """Return the value that s could deliver to the need as estimated, per unit of stake."""
    p = state.params[0]
    person = state.salespeople[s]
    return tailored(fit(visit.estimated_need, person.position, p.breadth), visit.effort, p) * workmanship(person, p)


@rule
def asking_price(conduct, p):
    """Return the price per unit of stake."""
    return p.unit_cost * (1.0 + conduct.markup)


@rule
def best_rival(state, month, visit, s):
    """Return the known rival who seems to fit best, better than s and worth the price of s, or NOBODY."""
    p = state.params[0]
    conduct = state.conducts[visit.conduct]
    people = state.by_post
    # A rival's skill and effort cannot be known: they are taken to be one's own.
    skill = workmanship(state.salespeople[s], p)
    least = asking_price(conduct, p) + max(conduct.walk_away, 0.0)
    best, best_worth = NOBODY, max(worth(state, visit, s), least)
    for j in range(p.rivals_known):
        block = uniforms(state.seed, month, visit.lot, Purpose.RIVALS + (j >> 2))
        rival = people[pick(block[j & 3], len(people))]
        if at_work(state.salespeople[rival], month) and state.salespeople[rival].firm != state.salespeople[s].firm:
            fits = fit(visit.estimated_need, state.salespeople[rival].position, p.breadth)
            value = skill * tailored(fits, visit.effort, p)
            if value > best_worth:
                best, best_worth = rival, value
    return best


@rule
def is_briefed(state, visit, colleague, conduct, knowledge):
    """Return whether a colleague need not ask again, because the findings are shared."""
    person = state.salespeople[colleague]
    effort = discovery_effort(conduct, person.skill, knowledge)
    return visit.outcome == PASSED and state.firms[person.firm].shares_memory and visit.effort >= effort


@rule
def has_time(state, visit, colleague, conduct, deals, knowledge):
    """Return whether a colleague has the attention left that this conversation would take."""
    briefed = is_briefed(state, visit, colleague, conduct, knowledge)
    minutes = minutes_needed(conduct, deals, knowledge, briefed, state.params[0])
    return state.salespeople[colleague].attention >= minutes


@rule
def would_have_time(state, month, visit, colleague):
    """Return whether a colleague, selling by their strategy, would have time for a waiting customer."""
    deals, met = on_record(state, visit.customer, colleague)
    conduct = state.conducts[conduct_towards(state, month, colleague, deals)]
    return has_time(state, visit, colleague, conduct, deals, known(deals, month - met, state.params[0]))


@rule
def fits_a_colleague(state, month, visit, s):
    """Return whether some colleague of s seems to fit clearly better."""
    firm = state.firms[state.salespeople[s].firm]
    least = worth(state, visit, s) + state.params[0].pass_margin
    for j in range(firm.first, firm.first + firm.members):
        colleague = state.roster[j]
        here = at_work(state.salespeople[colleague], month)
        if here and colleague != s and worth(state, visit, colleague) > least:
            return True
    return False


@rule
def is_heard_already(state, visit, s):
    """Return whether the customer of a visit meets or hears a salesperson in another visit of the same need."""
    first = state.visit_of[visit.customer]
    for v in range(first, first + state.params[0].offers):
        other = state.visits[v]
        if other.lot != visit.lot and (other.met == s or other.seller == s):
            return True
    return False


@rule
def colleague_for(state, month, visit):
    """Return the colleague who takes over a waiting visit, or NOBODY.

    Of those who have time, and whom the customer does not hear anyway: for a lead the one who fits best, clearly
    better than who passed it on; for overflow the one with most attention left.
    """
    s = visit.met
    firm = state.firms[state.salespeople[s].firm]
    best, most = NOBODY, -1.0
    if visit.outcome == PASSED:
        most = worth(state, visit, s) + state.params[0].pass_margin
    for j in range(firm.first, firm.first + firm.members):
        colleague = state.roster[j]
        if colleague == s or not at_work(state.salespeople[colleague], month):
            continue
        if state.params[0].offers > 1 and is_heard_already(state, visit, colleague):
            continue
        merit = np.float64(state.salespeople[colleague].attention)
        if visit.outcome == PASSED:
            merit = worth(state, visit, colleague)
        if merit > most and would_have_time(state, month, visit, colleague):
            best, most = colleague, merit
    return best


@rule
def close_or_not(state, month, visit, s, u):
    """Let a salesperson who knows the estimate pitch, recommend a rival, or walk away."""
    p = state.params[0]
    conduct = state.conducts[visit.conduct]
    visit.estimate = worth(state, visit, s)
    surplus = visit.estimate - asking_price(conduct, p)
    if u < conduct.refer and surplus < max(conduct.walk_away, 0.0):
        visit.rival = best_rival(state, month, visit, s)
        if visit.rival != NOBODY:
            visit.outcome = REFERRED
            return
    visit.outcome = PITCHED if surplus >= conduct.walk_away else WALKED_AWAY


@rule
def spend(state, s, visit, minutes):
    """Book the attention of one conversation."""
    state.salespeople[s].attention -= minutes
    visit.minutes += minutes
    state.tally[s].talk_minutes += minutes


@rule
def meet(state, month, visit, s, dice, k):
    """Let s talk to a customer who waits for them: discover, then pass on or decide."""
    p = state.params[0]
    minutes = minutes_needed(state.conducts[visit.conduct], visit.deals_seen, visit.known, False, p)
    firm = state.firms[state.salespeople[s].firm]
    if minutes > state.salespeople[s].attention:
        visit.outcome = OVERFLOW if firm.shares_attention else TURNED_AWAY
        return
    spend(state, s, visit, minutes)
    estimate_need(state, visit, s, unit(dice[0, 1, k]), unit(dice[0, 2, k]))
    if firm.shares_leads and fits_a_colleague(state, month, visit, s):
        visit.outcome = PASSED
    else:
        close_or_not(state, month, visit, s, unit(dice[1, 0, k]))


@stage
def serve(state, month, lo, hi, lane):
    """Let salespeople lo … hi-1 serve their queues while attention lasts."""
    p = state.params[0]
    for s in range(lo, hi):
        first, last = state.queue_first[s], state.queue_last[s]
        fetch_queue(state, first, last)
        demand = 0
        for q in range(first, last):
            visit = state.visits[state.queue[q]]
            fetch(state.customers, visit.customer)
            demand += minutes_needed(state.conducts[visit.conduct], visit.deals_seen, visit.known, False, p)
        crowded = demand > state.salespeople[s].attention
        if crowded:
            # Only then does the order matter.
            for q in range(first, last):
                state.keys[q] = place_in_queue(state, month, state.queue[q])
            sort_keys(state.keys, first, last)
        for begin in range(first, last, STRIP):
            n = min(STRIP, last - begin)
            for k in range(n):
                q = begin + k
                v = visit_of_key(state.keys[q]) if crowded else np.int64(state.queue[q])
                state.chosen[lane, k] = v
                state.agents[lane, k] = state.visits[v].lot
            throw(state, month, n, Purpose.MEETING, lane, 0)
            throw(state, month, n, Purpose.PITCH, lane, 1)
            for k in range(n):
                meet(state, month, state.visits[state.chosen[lane, k]], s, state.dice[lane], k)


@rule
def line_up_waiting(state, month, firm):
    """Put the firm's visits that wait for a colleague in order of service; return their range of keys."""
    first, last = firm_queue(state, firm)
    fetch_queue(state, first, last)
    end = first
    for q in range(first, last):
        v = state.queue[q]
        outcome = state.visits[v].outcome
        if outcome in (PASSED, OVERFLOW):
            state.keys[end] = place_in_queue(state, month, v)
            end += 1
    sort_keys(state.keys, first, end)
    return first, end


@rule
def size_up(state, month, visit, colleague):
    """Let a colleague read the customer's record and choose their conduct."""
    look_up_record(state, month, visit, colleague)
    visit.conduct = conduct_towards(state, month, colleague, visit.deals_seen)


@rule
def end_waiting(state, month, visit, colleague):
    """Let a colleague with time talk to a waiting customer; without one the first seller decides."""
    p = state.params[0]
    s = visit.met
    if colleague != NOBODY:
        s = colleague
        conduct = state.conducts[visit.conduct]
        briefed = is_briefed(state, visit, s, conduct, visit.known)
        spend(state, s, visit, minutes_needed(conduct, visit.deals_seen, visit.known, briefed, p))
        if not briefed:
            _, u, v, _ = uniforms(state.seed, month, visit.lot, Purpose.COLLEAGUE)
            estimate_need(state, visit, s, u, v)
        visit.lead = visit.outcome == PASSED
        visit.seller = s
        visit.trust = trust_now(state, visit.customer, s, visit, p)
    elif visit.outcome == OVERFLOW:
        visit.outcome = TURNED_AWAY
        return
    close_or_not(state, month, visit, s, uniforms(state.seed, month, visit.lot, Purpose.PITCH)[0])


# The three entry points below let a firm with a member written in Python play `cover` step by step.


@query
def waiting(state, month, f):
    """Return the range of keys of firm f's visits that wait for a colleague."""
    return line_up_waiting(state, month, state.firms[f])


@query
def find_colleague(state, month, v):
    """Return the colleague who could take over visit v, sized up, or NOBODY."""
    visit = state.visits[v]
    colleague = colleague_for(state, month, visit)
    if colleague != NOBODY:
        size_up(state, month, visit, colleague)
    return colleague


@query
def finish_waiting(state, month, v, colleague, conduct):
    """Return who ends visit v: the colleague, their conduct chosen, if they have time, else the one first met.

    That one's row of conduct is given, as `find_colleague` has put the colleague's in its place.
    """
    visit = state.visits[v]
    if colleague != NOBODY:
        own = state.conducts[visit.conduct]
        if not has_time(state, visit, colleague, own, visit.deals_seen, visit.known):
            colleague = NOBODY
            visit.conduct = conduct
            look_up_record(state, month, visit, visit.met)
    end_waiting(state, month, visit, colleague)
    return visit.seller


@stage
def cover(state, month, lo, hi, lane):
    """Let firms lo … hi-1 find colleagues for passed-on and overflowing customers."""
    for f in range(lo, hi):
        firm = state.firms[f]
        if firm.members == 1 or not (firm.shares_leads or firm.shares_attention):
            continue
        first, last = line_up_waiting(state, month, firm)
        for q in range(first, last):
            coming = state.keys[min(q + AHEAD, last - 1)]
            fetch_customer(state, state.visits[visit_of_key(coming)].customer)
            visit = state.visits[visit_of_key(state.keys[q])]
            colleague = colleague_for(state, month, visit)
            if colleague != NOBODY:
                size_up(state, month, visit, colleague)
            end_waiting(state, month, visit, colleague)
