"""At the end of a month: clients are handed on, firms close and are founded, grow and shrink."""

from __future__ import annotations

import numpy as np

from longgame.sim.chance import Purpose, pick, uniforms
from longgame.sim.compiled import rule, stage
from longgame.sim.state import CENTS, NEVER, SHED, at_work, capital_of, hire
from longgame.sim.trust import NOBODY, UNKNOWN, find_seller

# -- clients ----------------------------------------------------------------------------------------------


@rule
def inherited(own, theirs, usual, p):
    """Return what a client expects of a successor: one's own experience, or a share of that with the leaver."""
    if own != UNKNOWN or theirs == UNKNOWN:
        return own
    return p.succession * theirs + (1.0 - p.succession) * usual


@rule
def successor_of(state, month, i, s):
    """Return the colleague, drawn by lot, who takes client i over from leaver s, or NOBODY."""
    firm = state.firms[state.salespeople[s].firm]
    staying = 0
    for j in range(firm.first, firm.first + firm.members):
        person = state.salespeople[state.roster[j]]
        staying += at_work(person, month) and person.leaving == 0
    if staying == 0:
        return NOBODY
    left = pick(uniforms(state.seed, month, i, Purpose.SUCCESSION)[0], staying)
    chosen = NOBODY
    for j in range(firm.first, firm.first + firm.members):
        person = state.salespeople[state.roster[j]]
        if at_work(person, month) and person.leaving == 0:
            if left == 0:
                chosen = state.roster[j]
            left -= 1
    return chosen


@rule
def hand_on_client(state, month, i, k, successor):
    """Let a client transfer a share of what they hold of a leaver, in slot k, to the successor."""
    p = state.params[0]
    memory, customer = state.memories[i, k], state.customers[i]
    share, deals = p.succession, memory.deals
    value = inherited(UNKNOWN, memory.value, p.hope, p)
    price = inherited(UNKNOWN, memory.price, customer.expected_price, p)
    good, bad, habit = share * memory.good, share * memory.bad, share * memory.habit
    own = find_seller(state.memories[i], state.salespeople, successor)
    if own == NOBODY:
        memory.seller, memory.last = successor, month
        memory.good, memory.bad, memory.habit = good, bad, habit
        memory.value, memory.price = value, price
        return
    memory.seller = NOBODY
    known = state.memories[i, own]
    known.good += good
    known.bad += bad
    known.habit += habit
    known.deals += deals
    known.value = value if known.value == UNKNOWN else known.value
    known.price = price if known.price == UNKNOWN else known.price
    known.last, known.met = month, max(known.met, memory.met)


@stage
def hand_on(state, month):
    """Give the clients of everybody who leaves to colleagues."""
    for s in range(len(state.salespeople)):
        if state.salespeople[s].leaving == 0:
            continue
        for i in range(len(state.customers)):
            k = find_seller(state.memories[i], state.salespeople, s)
            successor = successor_of(state, month, i, s) if k != NOBODY else NOBODY
            if successor != NOBODY:
                hand_on_client(state, month, i, k, successor)


# -- firms ------------------------------------------------------------------------------------------------


@rule
def fails(firm, p):
    """Return whether a firm that is open has run out of cash."""
    return p.capital > 0.0 and firm.closed == 0 and firm.cash < 0


@rule
def begins_anew(firm, month, p):
    """Return whether the place of a closed firm has been empty for long enough."""
    return firm.closed > 0 and month >= firm.closed + p.vacancy


@rule
def anything_due(state, month):
    """Return whether a firm closes or is founded at the end of this month."""
    p = state.params[0]
    for f in range(len(state.firms)):
        if fails(state.firms[f], p) or begins_anew(state.firms[f], month, p):
            return True
    return False


@rule
def clear_post(state, s):
    """Let a post begin with blank books."""
    state.career_numbers[s, :] = 0
    state.recent_pay[s, :] = 0
    state.recent_deals[s, :] = 0
    state.recent_profit[s, :] = 0


@rule
def take_post(state, month, s, strategy):
    """Let a new person take up a post next month, with an identity and books of their own."""
    person = state.salespeople[s]
    person.generation += 1
    person.id = person.post + np.int64(person.generation) * len(state.salespeople)
    hire(state, month + 1, s, strategy)
    clear_post(state, s)


@rule
def vacate(state, s):
    """Leave a post empty."""
    state.salespeople[s].hired = NEVER
    state.salespeople[s].leaving = 0


@rule
def open_firm(state, month, f):
    """Let a firm that nobody knows take the place of another next month."""
    firm = state.firms[f]
    firm.founded = month + 1
    firm.generation += 1
    firm.id = firm.post + np.int64(firm.generation) * len(state.firms)
    firm.closed = 0
    firm.cash = capital_of(firm, state.params[0])
    firm.revenue = firm.profit = firm.year = firm.years = firm.losses = firm.posted = firm.praise = 0
    state.defunct[f >> 6] |= np.uint64(1) << np.uint64(f & 63)


@rule
def forget_defunct(state):
    """Let customers be clients no longer of firms that are gone."""
    for w in range(len(state.defunct)):
        if state.defunct[w] != 0:
            for i in range(len(state.customers)):
                state.bought_from[i, w] &= ~state.defunct[w]
    state.defunct[:] = 0


@stage
def close_firms(state, month):
    """Let firms without cash close: their people go, and nobody remembers them any more."""
    p = state.params[0]
    for f in range(len(state.firms)):
        firm = state.firms[f]
        if fails(firm, p):
            firm.closed, firm.founded, firm.staff = month, NEVER, 0
            state.defunct[f >> 6] |= np.uint64(1) << np.uint64(f & 63)
            for j in range(firm.first, firm.first + firm.members):
                vacate(state, state.roster[j])
    forget_defunct(state)


@rule
def founders_strategy(state, month, f, s):
    """Return how a founder sells: as their post always did, or as somebody at work, drawn by lot."""
    people = 0
    for j in range(len(state.by_post)):
        people += at_work(state.salespeople[state.by_post[j]], month)
    if not state.params[0].survivors or people == 0:
        return state.culture[state.salespeople[s].post]
    left = pick(uniforms(state.seed, month, state.firms[f].post, Purpose.FOUNDING)[0], people)
    strategy = state.culture[state.salespeople[s].post]
    for j in range(len(state.by_post)):
        person = state.salespeople[state.by_post[j]]
        if at_work(person, month):
            if left == 0:
                strategy = person.strategy
            left -= 1
    return strategy


@stage
def found_firms(state, month):
    """Let new firms take the places that have been empty for long enough."""
    p = state.params[0]
    for f in range(len(state.firms)):
        firm = state.firms[f]
        if begins_anew(firm, month, p):
            firm.staff = firm.founders
            open_firm(state, month, f)
            for j in range(firm.first, firm.first + firm.founders):
                s = state.roster[j]
                take_post(state, month, s, founders_strategy(state, month, f, s))
    forget_defunct(state)


# -- growth -----------------------------------------------------------------------------------------------


@rule
def profit_of_year(state, s):
    """Return the profit of the latest twelve months from a person's work, leads that they passed on included."""
    total = 0
    for k in range(state.recent_profit.shape[1]):
        total += state.recent_profit[s, k]
    return total


@stage
def shrink(state, month):
    """Let firms that made a loss in the year mark the member who brought least."""
    p = state.params[0]
    for f in range(len(state.firms)):
        firm = state.firms[f]
        sheds = uniforms(state.seed, month, firm.post, Purpose.FOUNDING)[2]
        if firm.staff < 2 or firm.closed > 0 or sheds >= p.expansion:
            continue
        year, worst, least = 0, NOBODY, 0
        for j in range(firm.first, firm.first + firm.members):
            s = state.roster[j]
            person = state.salespeople[s]
            if not at_work(person, month):
                continue
            brought = profit_of_year(state, s)
            year += brought
            if person.leaving == 0 and (worst == NOBODY or brought < least):
                worst, least = s, brought
        if year < 0 and worst != NOBODY:
            state.salespeople[worst].leaving = SHED


@stage
def grow(state, month):
    """Let firms that earned enough in the year add a member, where they have room."""
    p = state.params[0]
    for f in range(len(state.firms)):
        firm = state.firms[f]
        adds = uniforms(state.seed, month, firm.post, Purpose.FOUNDING)[1]
        if firm.staff == firm.members or firm.closed > 0 or adds >= p.expansion:
            continue
        year, free = 0, NOBODY
        for j in range(firm.first, firm.first + firm.members):
            s = state.roster[j]
            if at_work(state.salespeople[s], month):
                year += profit_of_year(state, s)
            elif free == NOBODY and state.salespeople[s].hired == NEVER:
                free = s
        if free != NOBODY and year > p.hurdle * p.wage * CENTS * firm.staff:
            firm.staff += 1
            take_post(state, month, free, state.culture[state.salespeople[free].post])
