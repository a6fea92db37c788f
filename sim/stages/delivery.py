"""Stage 5: delivery, failures, recovery and refunds, and the kind of each deal."""

from __future__ import annotations

import numpy as np

from longgame.sim.chance import STRIP, Purpose, normal, uniforms, unit, words
from longgame.sim.compiled import rule, stage
from longgame.sim.stages.conversation import asking_price, fit, tailored, visit_of_key, workmanship
from longgame.sim.stages.queueing import choose_visits, firm_queue, sort_keys, throw
from longgame.sim.state import LOSE_LOSE, LOSE_WIN, SOLD, WIN_LOSE, WIN_WIN, WIN_WIN_WIN


@stage
def hand_over(state, month, lo, hi, lane):
    """Let the delivery teams of firms lo … hi-1 take over deals while their capacity lasts."""
    for f in range(lo, hi):
        firm = state.firms[f]
        capacity = int(firm.delivery_team * firm.staff + 0.5)
        if capacity == 0:
            continue
        first, last = firm_queue(state, firm)
        end = first
        for q in range(first, last):
            v = state.queue[q]
            if state.visits[v].outcome == SOLD:
                # A lot of its own: who came late to the seller is not therefore last for the team.
                lot = words(state.seed, month, state.visits[v].lot, Purpose.AFTERWARDS)[3]
                state.keys[end] = (lot << np.uint64(32)) | np.uint64(v)
                end += 1
        if end - first > capacity:
            sort_keys(state.keys, first, end)
            end = first + capacity
        for q in range(first, end):
            state.visits[visit_of_key(state.keys[q])].handed = 1


@rule
def share(amount, part):
    """Return a part of an amount of cents, rounded to a cent."""
    return int(amount * part + 0.5)


@rule
def mend(visit, firm, conduct, delivered, voiced, u, p):
    """Let an issue be solved or not; return the delivered value that is left."""
    visit.issue = 1
    chance = firm.team_quality if visit.handed else 0.0
    own = p.fight_on if visit.handed else 1.0
    if voiced and own > 0.0 and u >= chance:
        # Whoever has a team fights only where it failed.
        visit.voiced = 1
        visit.later_minutes += p.complaint + int(p.support * conduct.aftercare + 0.5)
        chance += (1.0 - chance) * own * conduct.aftercare * p.solve
    if u < chance:
        visit.solved = 1
        visit.service += share(visit.stake, p.recovery_cost)
        return delivered * (1.0 - p.hassle * (1.0 - p.speed))
    return delivered * (1.0 - p.severity)


@rule
def refund(visit, conduct, shortfall, u, p):
    """Return the cents paid back: remorse asks for them if value falls too far short of the price."""
    if shortfall <= p.tolerance or u >= p.remorse * (1.0 + p.pressure_remorse * conduct.pressure):
        return 0
    return share(visit.price, p.refund_share)


@rule
def regret(visit, asked):
    """Return how far a delivery falls short of what it cost, or of what was claimed, ÷ stake."""
    return max(asked, visit.claim) - visit.delivered


@rule
def give_back(visit, u, p):
    """Let a misled customer give the goods back for the whole price."""
    if visit.claim - visit.delivered > p.misled_by and u < p.liability:
        visit.returned = 1
        visit.refund, visit.goods, visit.surplus = visit.price, 0, 0


@rule
def exchange(visit, third):
    """Return the kind of deal; nobody loses by breaking even, but by a deal that was undone both lose."""
    if visit.returned:
        return LOSE_LOSE
    seller_wins = visit.price - visit.refund - visit.goods - visit.service >= 0
    customer_wins = visit.surplus >= 0
    if seller_wins and customer_wins:
        return WIN_WIN_WIN if third else WIN_WIN
    if seller_wins:
        return WIN_LOSE
    return LOSE_WIN if customer_wins else LOSE_LOSE


@rule
def deliver_deal(state, month, visit, dice, k):
    """Deliver one deal: its worth in the end, failures, and the money paid back."""
    p = state.params[0]
    person = state.salespeople[visit.seller]
    firm = state.firms[person.firm]
    conduct = state.conducts[visit.conduct]
    noise_u, noise_v = unit(dice[0, 0, k]), unit(dice[0, 1, k])
    issue_u, voice_u = unit(dice[0, 2, k]), unit(dice[0, 3, k])
    solve_u, refund_u, third_u = unit(dice[1, 0, k]), unit(dice[1, 1, k]), unit(dice[1, 2, k])

    visit.goods = share(visit.stake, p.unit_cost)
    if visit.handed:
        visit.service = share(visit.stake, firm.team_cost)
    else:
        visit.later_minutes = p.service
    need = state.customers[visit.customer].need
    delivered = tailored(fit(need, person.position, p.breadth), visit.effort, p) * workmanship(person, p)
    if p.quality_noise > 0.0:
        delivered = max(0.0, delivered + p.quality_noise * normal(noise_u, noise_v))
    visit.intact = delivered
    if issue_u < p.issue:
        delivered = mend(visit, firm, conduct, delivered, voice_u < p.voice, solve_u, p)
    visit.delivered = delivered
    visit.refund = refund(visit, conduct, asking_price(conduct, p) - delivered, refund_u, p)
    visit.surplus = share(visit.stake, delivered) - visit.price + visit.refund
    visit.regretted = regret(visit, asking_price(conduct, p)) > p.tolerance
    if visit.regretted and voice_u < p.voice and p.war > 0:
        visit.war = 1
        visit.later_minutes += p.war
    if p.liability > 0.0:
        give_back(visit, uniforms(state.seed, month, visit.lot, Purpose.RECORD)[1], p)
    advised = conduct.advice * person.skill if visit.deals_seen > 0 else 0.0
    visit.outcome = exchange(visit, third_u < p.downstream * advised)


@stage
def deliver(state, month, lo, hi, lane):
    """Deliver the deals among visits lo … hi-1."""
    for begin in range(lo, hi, STRIP):
        n = choose_visits(state, begin, min(begin + STRIP, hi), SOLD, lane)
        throw(state, month, n, Purpose.DELIVERY, lane, 0)
        throw(state, month, n, Purpose.AFTERWARDS, lane, 1)
        for k in range(n):
            deliver_deal(state, month, state.visits[state.chosen[lane, k]], state.dice[lane], k)
