"""Stage 8: the books of a month, in integer cents; pay; support left over; next month's prospecting."""

from __future__ import annotations

import math

from longgame.sim.chance import Purpose, uniforms
from longgame.sim.compiled import rule, stage
from longgame.sim.stages.delivery import share
from longgame.sim.stages.queueing import fetch_queue, firm_queue
from longgame.sim.state import CENTS, FIRST_OUTCOME, FROM_CONTACT, FROM_RIVAL, OUTCOME_COLUMN, SOLD, at_work, fixed


@rule
def count_visit(tally, numbers, visit, p):
    """Count one finished visit with the salesperson who ended it."""
    tally.visits += 1
    tally.trust += fixed(visit.trust)
    if visit.client:
        tally.client_visits += 1
        tally.client_trust += fixed(visit.trust)
    tally.passed_on += visit.seller != visit.met
    if visit.source == FROM_CONTACT:
        tally.introductions += 1
    elif visit.source == FROM_RIVAL:
        tally.recommended += 1
    numbers[OUTCOME_COLUMN + visit.outcome - FIRST_OUTCOME] += 1
    if visit.outcome >= SOLD:
        tally.deals += 1
        tally.repeat_deals += visit.client
        tally.issues += visit.issue
        tally.complaints += visit.voiced
        tally.solved += visit.solved
        tally.handed_over += visit.handed
        tally.refunded += visit.refund > 0
        tally.returned += visit.returned
        tally.regretted += visit.regretted
        tally.war_minutes += visit.war * p.war
        tally.regret_minutes += visit.regretted * (visit.minutes + visit.later_minutes)
        tally.satisfaction += fixed(visit.x)
        tally.revenue += visit.price
        tally.repeat_revenue += visit.price if visit.client else 0
        tally.refunds += visit.refund
        tally.goods += visit.goods
        tally.service_cost += visit.service
        tally.surplus += visit.surplus


@rule
def variable_pay(visit, firm, p):
    """Return the cents of variable pay for a deal, by the firm's rules of pay."""
    counted = firm.closings + firm.satisfaction * visit.x + (firm.repeat if visit.client else 0.0)
    return share(visit.price, p.commission * counted)


@rule
def credit_lead(state, visit, p):
    """Let a part of the margin of a lead count for who passed it on, when the year is judged."""
    margin = visit.price - visit.refund - visit.goods - visit.service
    credit = math.floor(margin * p.lead_credit + 0.5)
    state.salespeople[visit.met].credit += credit
    state.salespeople[visit.seller].credit -= credit


@rule
def post_experience(person, firm, visit):
    """Put a buyer's experience on the public record of person and firm."""
    person.posted += 1
    person.praise += fixed(visit.x)
    firm.posted += 1
    firm.praise += fixed(visit.x)


@rule
def pay_contest(state, firm, p):
    """Pay the prize for most deals (ties: more revenue, then split) among the members of a firm."""
    if firm.contest == 0.0:
        return
    most, revenue, winners = 1, 0, 0
    for j in range(firm.first, firm.first + firm.members):
        tally = state.tally[state.roster[j]]
        if tally.deals > most or (tally.deals == most and tally.revenue > revenue):
            most, revenue, winners = tally.deals, tally.revenue, 1
        elif tally.deals == most and tally.revenue == revenue and winners > 0:
            winners += 1
    if winners == 0:
        return
    prize = share(int(p.wage * CENTS + 0.5), firm.contest) // winners
    for j in range(firm.first, firm.first + firm.members):
        tally = state.tally[state.roster[j]]
        if tally.deals == most and tally.revenue == revenue:
            tally.commission += prize
            state.salespeople[state.roster[j]].pay += prize


@rule
def close_month(state, month, s, team_revenue, firm, p):
    """Close the month of one salesperson: pay, profit, sums over their career, attention left."""
    person, tally, career = state.salespeople[s], state.tally[s], state.career[s]
    tally.wages = int(p.wage * CENTS + 0.5)
    tally.overhead = share(tally.wages, firm.overhead)
    team_pay = share(team_revenue, p.commission * firm.team / firm.staff)
    tally.commission += team_pay
    person.pay += team_pay
    tally.profit = (
        tally.revenue
        - tally.refunds
        - tally.goods
        - tally.service_cost
        - tally.wages
        - tally.commission
        - tally.overhead
    )
    tally.prospecting_minutes = person.attention
    gained = p.prospecting_rate * (person.attention - person.prospecting)
    person.prospecting += math.floor(gained + 0.5)
    for lane in range(len(state.told)):
        tally.told_good += state.told[lane, s, 0]
        tally.told_bad += state.told[lane, s, 1]
        state.told[lane, s, 0] = 0
        state.told[lane, s, 1] = 0
    pay = tally.wages + person.pay
    person.pay = 0
    career.visits += tally.visits
    career.deals += tally.deals
    career.repeat_deals += tally.repeat_deals
    if month - max(person.hired, 1) < p.year:
        career.early_deals += tally.deals
    career.revenue += tally.revenue
    career.refunds += tally.refunds
    career.pay += pay
    career.profit += tally.profit
    firm.cash += tally.profit
    firm.revenue += tally.revenue
    firm.profit += tally.profit
    firm.year += tally.profit
    state.recent_pay[s, month % state.recent_pay.shape[1]] = pay
    state.recent_deals[s, month % p.year] = tally.deals
    state.recent_profit[s, month % p.year] = tally.profit + person.credit
    person.credit = 0


@stage
def keep_books(state, month, lo, hi, lane):
    """Close the month of firms lo … hi-1."""
    p = state.params[0]
    for f in range(lo, hi):
        firm = state.firms[f]
        team_revenue = 0
        first, last = firm_queue(state, firm)
        fetch_queue(state, first, last)
        for q in range(first, last):
            visit = state.visits[state.queue[q]]
            count_visit(state.tally[visit.seller], state.tally_numbers[visit.seller], visit, p)
            state.salespeople[visit.seller].backlog += visit.later_minutes
            if visit.outcome >= SOLD:
                team_revenue += visit.price
                earned = variable_pay(visit, firm, p)
                passed = share(earned, firm.lead_split) if visit.lead else 0
                # The colleague who passed the lead is paid a part; the deal bears the whole.
                state.tally[visit.seller].commission += earned
                state.salespeople[visit.seller].pay += earned - passed
                state.salespeople[visit.met].pay += passed
                if visit.lead:
                    credit_lead(state, visit, p)
                if p.record > 0.0 and uniforms(state.seed, month, visit.lot, Purpose.RECORD)[0] < p.posted:
                    post_experience(state.salespeople[visit.seller], firm, visit)
        pay_contest(state, firm, p)
        for j in range(firm.first, firm.first + firm.members):
            if at_work(state.salespeople[state.roster[j]], month):
                close_month(state, month, state.roster[j], team_revenue, firm, p)
        if month % p.year == 0 and firm.closed == 0:
            firm.years += 1
            firm.losses += firm.year < 0
            firm.year = 0


@stage
def collect(state, month, monthly, market):
    """Add up the month by group and strategy, and for the market as a whole."""
    last = monthly.shape[1] - 1
    for s in range(len(state.salespeople)):
        if not at_work(state.salespeople[s], month):
            continue
        cell = state.salespeople[s].cell
        for k in range(last):
            monthly[cell, k] += state.tally_numbers[s, k]
        monthly[cell, last] += 1
    for lane in range(len(state.lanes)):
        for k in range(len(market)):
            market[k] += state.lane_numbers[lane, k]
            state.lane_numbers[lane, k] = 0
