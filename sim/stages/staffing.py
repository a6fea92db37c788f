"""Once a year: people leave or are let go, posts are filled, strategies are copied."""

from __future__ import annotations

import math

from longgame.sim.chance import Purpose, pick, uniforms
from longgame.sim.compiled import rule, stage
from longgame.sim.stages.succession import forget_defunct, open_firm, profit_of_year, take_post, vacate
from longgame.sim.state import DISMISSED, RESIGNED, SHED, at_work

_BY_RECORD = 1
_COLLEAGUES, _RIVALS, _ANYONE = 1, 2, 3


@stage
def part_ways(state, month):
    """Mark those who resign, and those let go because a year's profit from their work was negative."""
    p = state.params[0]
    for s in range(len(state.salespeople)):
        person = state.salespeople[s]
        if not at_work(person, month):
            continue
        resigns, dismissed, _, _ = uniforms(state.seed, month, person.post, Purpose.CAREER)
        full_year = month - max(person.hired, 1) + 1 >= p.year
        if resigns < p.turnover:
            person.leaving = RESIGNED
        elif full_year and profit_of_year(state, s) < 0 and dismissed < p.dismissal:
            person.leaving = DISMISSED


@rule
def mean_pay(state, month, s):
    """Return a person's pay per month at work, over at most the months that are compared."""
    pay = 0
    for k in range(state.recent_pay.shape[1]):
        pay += state.recent_pay[s, k]
    return pay / min(month - max(state.salespeople[s].hired, 1) + 1, state.recent_pay.shape[1])


@rule
def newcomers_strategy(state, s):
    """Return the strategy that a newcomer brings: the firm's culture, or the habit of the market."""
    firm = state.firms[state.salespeople[s].firm]
    if firm.hiring == _BY_RECORD:
        return state.habitual[0]
    return state.culture[state.salespeople[s].post]


@stage
def fill_posts(state, month):
    """Replace those who were marked; a singleton's successor founds a new firm with an unknown brand."""
    for s in range(len(state.salespeople)):
        person = state.salespeople[s]
        if person.leaving == 0 or person.leaving == SHED:
            continue
        if state.firms[person.firm].staff == 1:
            open_firm(state, month, person.firm)
        take_post(state, month, s, newcomers_strategy(state, s))
    # Only now, so that it does not matter in which order colleagues leave.
    for s in range(len(state.salespeople)):
        person = state.salespeople[s]
        if person.leaving == SHED:
            state.firms[person.firm].staff -= 1
            vacate(state, s)
    forget_defunct(state)


@rule
def change_strategy(state, s, strategy):
    """Let a person sell in another way from now on; their talent stays what it was."""
    person = state.salespeople[s]
    talent = person.skill / state.strategies[person.strategy].skill
    person.strategy = strategy
    person.cell = state.firms[person.firm].group * len(state.strategies) + strategy
    person.skill = talent * state.strategies[strategy].skill


@rule
def model_for(state, month, s):
    """Return another person whose pay s may see: a colleague, a rival, or anyone; s if there is none."""
    person = state.salespeople[s]
    firm = state.firms[person.firm]
    u = uniforms(state.seed, month, person.post, Purpose.MODEL)[0]
    people = len(state.by_post)
    # The people of a firm hold neighbouring posts.
    first = state.salespeople[state.roster[firm.first]].post
    inside = firm.members - 1
    if firm.learning == _COLLEAGUES:
        if inside == 0:
            return s
        k = first + pick(u, inside)
        return state.by_post[k if k < person.post else k + 1]
    if firm.learning == _RIVALS:
        outside = people - firm.members
        if outside == 0:
            return s
        k = pick(u, outside)
        return state.by_post[k if k < first else k + firm.members]
    if people == 1:
        return s
    k = pick(u, people - 1)
    return state.by_post[k if k < person.post else k + 1]


@stage
def learn_from_pay(state, month, adopted):
    """Let those who see another's pay copy their strategy by the Fermi rule; converts convert.

    ``adopted`` (m,) takes the strategy of everyone after this, so that all copy at the same moment.
    """
    p = state.params[0]
    people, mean = 0, 0.0
    for s in range(len(state.salespeople)):
        people += at_work(state.salespeople[s], month)
    for j in range(len(state.by_post)):
        if at_work(state.salespeople[state.by_post[j]], month):
            mean += mean_pay(state, month, state.by_post[j]) / people
    for s in range(len(state.salespeople)):
        person = state.salespeople[s]
        firm = state.firms[person.firm]
        adopted[s] = person.strategy
        if not at_work(person, month):
            continue
        _, _, converts, imitates = uniforms(state.seed, month, person.post, Purpose.CAREER)
        if firm.hiring == _BY_RECORD and converts < firm.conversion:
            adopted[s] = state.culture[person.post]
            continue
        if firm.learning == 0 or imitates >= p.imitation or mean <= 0.0:
            continue
        model = model_for(state, month, s)
        if not at_work(state.salespeople[model], month):
            continue
        gap = (mean_pay(state, month, model) - mean_pay(state, month, s)) / mean
        u = uniforms(state.seed, month, person.post, Purpose.MODEL)[1]
        if u < 1.0 / (1.0 + math.exp(-p.selection * gap)):
            adopted[s] = state.salespeople[model].strategy
    for s in range(len(state.salespeople)):
        if adopted[s] != state.salespeople[s].strategy:
            change_strategy(state, s, adopted[s])
