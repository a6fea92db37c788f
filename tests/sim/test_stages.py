"""Whole stages on a few records laid out by hand: everybody sells alike, and nothing is left to luck."""

import math

import numpy as np
import pytest

from longgame.sim import Conduct, Scenario
from longgame.sim.chance import Purpose, normal, uniforms
from longgame.sim.stages import MONTH
from longgame.sim.stages.acquaintance import trust_now
from longgame.sim.stages.approach import approach
from longgame.sim.stages.conversation import best_rival, conduct_towards, greet, minutes_needed, place_in_queue, serve
from longgame.sim.stages.decision import decide
from longgame.sim.stages.delivery import deliver
from longgame.sim.stages.memory import prosper, remember
from longgame.sim.stages.need import open_visits
from longgame.sim.stages.queueing import line_up
from longgame.sim.state import (
    DECLINED,
    FROM_CHANCE,
    FROM_CONTACT,
    FROM_MEMORY,
    FROM_RIVAL,
    PITCHED,
    REFERRED,
    SOLD,
    TURNED_AWAY,
    VISIT,
    WALKED_AWAY,
    WIN_LOSE,
    WIN_WIN,
)
from longgame.sim.trust import NOBODY
from tests.sim.records import PLAIN, P, conduct, laid_out, one, remembers, visit_of


def play_need(state, month):
    """Play what comes before visits are opened: customers leave and arrive, and have needs."""
    for stage in MONTH[: [stage.name for stage in MONTH].index("open_visits")]:
        stage.run(state, month, 0, len(state.customers), 0)


def meet(state, month, visits=1):
    """Let the customers of the first visits of the month meet the salespeople approached."""
    state.n_visits[0] = visits
    line_up(state, month)
    greet(state, month, 0, len(state.salespeople), 0)
    serve(state, month, 0, len(state.salespeople), 0)


def test_a_need_drifts_with_the_square_root_of_the_months():
    state = laid_out({"customers.drift": 0.1})
    state.customers["need"][0], state.customers["last_need"][0] = 0.9, 3
    considered(state, 7)
    luck = uniforms(np.uint64(1), 7, 0, Purpose.APPROACH)
    assert abs(normal(luck[0], luck[1])) > 0.1
    moved = (0.9 + 0.1 * 2.0 * normal(luck[0], luck[1])) % 1.0
    assert state.customers["need"][0] == pytest.approx(moved, abs=1e-6) and state.customers["last_need"][0] == 7
    considered(state, 7)
    assert state.customers["need"][0] == pytest.approx(moved, abs=1e-6)


def test_business_grows_by_what_was_gained_and_by_advice():
    p = Scenario().but({"prosperity.growth": 0.2, "prosperity.advice_growth": 0.1}).record()

    def after(**visit):
        return prosper(2.0, one(VISIT, stake=2000, surplus=500, **visit), conduct(advice=0.5), 0.8, p)

    assert after(outcome=SOLD) == pytest.approx(2 * math.exp(0.2 * 0.25))  # advice is for clients
    assert after(outcome=SOLD, deals_seen=1) == pytest.approx(2 * math.exp(0.2 * 0.25 + 0.1 * 0.5 * 0.8))
    assert after(outcome=DECLINED, deals_seen=1) == pytest.approx(2 * math.exp(0.1 * 0.5 * 0.8))
    assert after(outcome=TURNED_AWAY, deals_seen=1) == 2.0
    assert after(outcome=DECLINED) == 2.0
    loss = prosper(2.0, one(VISIT, outcome=SOLD, stake=2000, surplus=-1000), conduct(), 0.8, p)
    assert loss == pytest.approx(2 * math.exp(-0.1))
    assert prosper(99.0, one(VISIT, outcome=SOLD, stake=1, surplus=9), conduct(), 0.8, p) == 100.0


def test_business_returns_to_its_normal_size():
    state = laid_out({"prosperity.reversion": 0.25, "customers.churn": 0.0})
    state.prosperity[:] = 2.0, 1.0, 0.2
    play_need(state, 1)
    assert state.prosperity == pytest.approx([1.75, 1.0, 0.4])


def test_who_leaves_has_no_need_and_a_newcomer_knows_nobody():
    state = laid_out({"customers.churn": 1.0, "customers.arrival": 0.0, "customers.rate": 50.0})
    remembers(state, 0, 0, 2, good=3.0)
    state.customers["bad"][0], state.prosperity[0] = 9.0, 3.0
    state.brands["firm"][0, 0], state.bought_from[0, 0] = 2, 4
    play_need(state, 1)
    assert (state.arrived == NOBODY).all() and not state.has_need.any()
    assert state.lanes["departures"][0] == 3 and state.lanes["customers"][0] == 0
    state.params["arrival"] = 1.0
    play_need(state, 2)
    assert (state.arrived == 2).all() and state.has_need.all()
    assert state.customers["generation"].tolist() == [1, 1, 1]
    assert (state.memories["seller"] == NOBODY).all() and (state.brands["firm"] == NOBODY).all()
    newcomer = state.customers[0]
    assert (newcomer["bad"], state.prosperity[0], state.bought_from[0, 0]) == (0.0, 1.0, 0)


@pytest.mark.parametrize(("prospecting", "expected"), [(True, [10, 10, 40, 45]), (False, [1, 2, 3, 4])])
def test_strangers_can_be_met_where_attention_was_left(prospecting, expected):
    state = laid_out({"choice.prospecting": prospecting})
    state.salespeople["prospecting"] = 10, 0, 30, 5
    state.has_need[:] = 1, 0, 1
    open_visits(state, 1)
    assert state.reachable.tolist() == expected
    assert state.visits["customer"][: state.n_visits[0]].tolist() == [0, 2]
    assert state.visit_of.tolist() == [0, NOBODY, 1]


CHOICE = {
    "choice.ask_around": 1.0,
    "choice.reach": 16,
    "choice.hope": 0.8,
    "choice.betrayed": 0.2,
    "choice.habit_weight": 0.1,
    "choice.reference": 0.6,
    "choice.temperature": 0.1,
    "word_of_mouth.witness": 0.5,
}


def considered(state, month=6):
    """Let customer 0 choose; return who was considered as rows (seller, source, trust, u)."""
    state.has_need[:] = 1, 0, 0
    open_visits(state, month)
    crowd = state.crowds[0]
    crowd["weight"] = np.nan
    approach(state, month, 0, 1, 0)
    columns = ("seller", "source", "trust", "surplus")
    return list(zip(*(crowd[name][: np.isfinite(crowd["weight"]).sum()].tolist() for name in columns), strict=True))


def test_who_is_considered_and_what_they_seem_to_be_worth():
    state = laid_out(CHOICE)
    # 0 is remembered, a rival recommended 1, both contacts trust 2 most, and only 3 has time for strangers.
    remembers(state, 0, 0, 0, good=3.0, bad=1.0, value=0.7, price=0.5, habit=0.4)
    state.customers["warm"][0], state.customers["warm_since"][0], state.customers["warm_good"][0] = 1, 5, 0.5
    for contact in (1, 2):
        remembers(state, contact, 0, 2, good=4.0, bad=2.0)
        remembers(state, contact, 1, 3, good=1.0, bad=1.0)
    state.salespeople["prospecting"] = 0, 0, 0, 7
    found = considered(state)
    assert [row[:2] for row in found] == [(0, FROM_MEMORY), (1, FROM_RIVAL), (2, FROM_CONTACT), (3, FROM_CHANCE)]
    trusts = [(3 + 1) / (4 + 2), (0.5 + 1) / (0.5 + 2), (0.5 * 4 + 1) / (0.5 * 6 + 2), 0.5]
    assert [row[2] for row in found] == pytest.approx(trusts)
    worth = [0.2 + (t - 0) * 0.6 - 0.6 for t in trusts]
    worth[0] = 0.2 + trusts[0] * 0.5 - 0.5 + 0.1 * 0.4
    assert [row[3] for row in found] == pytest.approx(worth, abs=1e-6)
    remember(state, 6, 0, 1, 0)
    assert [row[0] for row in considered(state)] == [0, 2, 3]  # a recommendation is used up


def test_a_contact_introduces_nobody_whom_they_trust_less_than_salespeople_in_general():
    state = laid_out(CHOICE)
    state.salespeople["prospecting"] = 0, 0, 0, 7
    for contact in (1, 2):
        remembers(state, contact, 0, 2, good=1.0, bad=1.5)
    assert [row[:2] for row in considered(state)] == [(3, FROM_CHANCE)]


def test_a_recommended_person_who_left_is_not_looked_for():
    state = laid_out(CHOICE)
    state.salespeople["prospecting"] = 0, 0, 0, 7
    state.customers["warm"][0], state.customers["warm_since"][0] = 1, 4
    state.salespeople["hired"][1] = 5
    assert [row[:2] for row in considered(state)] == [(3, FROM_CHANCE)]


def test_who_left_is_not_considered_and_their_firm_is_another():
    state = laid_out({**CHOICE, "trust.brand_weight": 2.0})
    state.salespeople["prospecting"] = 0, 0, 0, 7
    remembers(state, 0, 0, 1, good=3.0)
    state.brands["firm"][0, 0], state.brands["good"][0, 0], state.brands["last"][0, 0] = 3, 2.0, 1
    assert [row[:2] for row in considered(state)] == [(1, FROM_MEMORY), (3, FROM_CHANCE)]
    assert considered(state)[1][2] == pytest.approx(((2 + 1) / (2 + 2) * 2.0) / 2)  # a stranger of a firm of good name
    state.salespeople["hired"][1], state.firms["founded"][3] = 2, 2
    assert [row[:3] for row in considered(state)] == [(3, FROM_CHANCE, 0.5)]


def test_whoever_is_known_is_considered_once():
    state = laid_out(CHOICE)
    state.salespeople["prospecting"] = 0, 0, 0, 7
    state.customers["warm"][0], state.customers["warm_since"][0] = 3, 5
    for customer in range(3):
        remembers(state, customer, 0, 3, good=4.0)
    assert [row[:2] for row in considered(state)] == [(3, FROM_MEMORY)]


def test_all_strangers_within_reach_are_considered_once():
    state = laid_out(CHOICE)
    assert sorted(row[:2] for row in considered(state)) == [(s, FROM_CHANCE) for s in range(4)]


def test_what_was_heard_counts_for_the_one_it_was_said_of():
    state = laid_out()
    visit = visit_of(state, heard_good=2.0)
    assert trust_now(state, 0, 1, visit, P) == pytest.approx((2 + 1) / (2 + 2))
    assert trust_now(state, 0, 2, visit, P) == pytest.approx(0.5)
    remembers(state, 0, 0, 1, bad=2.0)
    assert trust_now(state, 0, 1, visit, P) == pytest.approx(1 / (2 + 2))


def test_conduct_follows_the_relationship_and_the_end_of_the_run():
    clients, last = Conduct(markup=0.2), Conduct(markup=0.9)
    state = laid_out(with_clients=clients, client_after=2, endgame=last, endgame_months=3)

    def markups(month):
        return [state.conducts["markup"][conduct_towards(state, month, 0, deals)] for deals in range(4)]

    assert markups(1) == markups(21) == [0.5, 0.5, 0.2, 0.2]
    assert markups(22) == markups(24) == [0.9] * 4


def test_clients_may_be_served_before_everybody_else():
    state = laid_out()

    def second_class(deals, availability):
        state.conducts["availability"] = availability
        visit_of(state, deals_seen=deals)
        key = int(place_in_queue(state, 1, 0))
        assert key & 0xFFFFFFFF == 0
        return key >> 63

    assert [second_class(1, 1.0), second_class(1, 0.0), second_class(0, 1.0)] == [0, 1, 1]


def test_support_work_comes_first_and_what_is_not_done_stays():
    state = laid_out({"attention.capacity": 1000})
    state.salespeople["backlog"] = 300, 1200, 0, 1000
    greet(state, 1, 0, 4, 0)
    assert state.salespeople["attention"].tolist() == [700, 0, 1000, 0]
    assert state.salespeople["backlog"].tolist() == [0, 200, 0, 0]
    assert state.tally["support_minutes"].tolist() == [300, 1000, 0, 1000]


def test_attention_is_used_up_by_conversations():
    state = laid_out({"attention.capacity": 1000})
    visit_of(state)
    state.visits[1] = state.visits[2] = state.visits[0]
    meet(state, 1, visits=3)
    assert minutes_needed(conduct(**PLAIN.model_dump()), 0, 0.0, False, P) == 444
    assert sorted(state.visits["outcome"][:3]) == [PITCHED, PITCHED, TURNED_AWAY]
    assert state.salespeople["attention"].tolist() == [1000, 112, 1000, 1000]
    assert state.tally["talk_minutes"].tolist() == [0, 888, 0, 0]


def test_effort_leaves_less_to_error():
    state = laid_out({"attention.estimate_noise": 0.4, "attention.learning": 0.5})
    state.customers["need"][0], state.salespeople["skill"][1] = 0.3, 0.5
    remembers(state, 0, 0, 1, deals=1)
    visit = visit_of(state)
    meet(state, 2)
    effort = 1 - (1 - 0.8 * 0.5) * (1 - 0.5 * 0.5)
    block = uniforms(np.uint64(1), 2, 0, Purpose.MEETING)
    error = (1 - effort) * 0.4 * 0.5 * normal(block[1], block[2])
    assert abs(error) > 0.01
    assert visit["deals_seen"] == 1 and visit["effort"] == pytest.approx(effort)
    assert visit["estimated_need"] == pytest.approx((0.3 + error) % 1.0)


def referring(markup, walk_away=-10.0, position=0.3):
    """Return a state in which 0 knows everybody: a colleague on the spot, and two rivals nearby."""
    changes = {"attention.rivals_known": 16, "attention.estimate_noise": 0.0}
    state = laid_out(changes, sellers=(2, 1, 1))
    state.customers["need"][0] = 0.5
    state.conducts["markup"], state.conducts["walk_away"], state.conducts["refer"] = markup, walk_away, 1.0
    state.salespeople["position"] = position, 0.5, 0.4, 0.55
    state.salespeople["skill"] = 0.5, 1.0, 1.0, 0.1
    return state, visit_of(state, seller=0, met=0, estimated_need=0.5)


def test_the_rival_who_fits_best_is_named():
    # With the own workmanship of 0.9 the rivals are worth 0.72 and 0.81, oneself 0.54.
    for markup, walk_away, expected in ((0.5, -10.0, 3), (1.0, 0.0, 3), (1.05, 0.0, NOBODY), (0.9, 0.06, NOBODY)):
        state, visit = referring(markup, walk_away)
        assert best_rival(state, 1, visit, 0) == expected
    state, visit = referring(0.5, position=0.47)
    assert best_rival(state, 1, visit, 0) == NOBODY


def test_pitch_refer_or_walk_away():
    # The own estimate is 0.54; the price is 0.4 (1 + markup).
    for markup, walk_away, refer, expected in (
        (0.3, 0.0, 1.0, PITCHED),
        (0.9, 0.0, 1.0, REFERRED),
        (0.9, 0.0, 0.0, WALKED_AWAY),
        (0.9, -10.0, 0.0, PITCHED),
        (1.2, 0.0, 1.0, WALKED_AWAY),
        (0.3, 0.05, 0.0, WALKED_AWAY),
    ):
        state, visit = referring(markup, walk_away)
        state.conducts["refer"] = refer
        meet(state, 1)
        assert visit["estimate"] == pytest.approx(0.54)
        assert (visit["outcome"], visit["rival"]) == (expected, 3 if expected == REFERRED else NOBODY)


def test_the_decision_by_hand():
    state = laid_out({"choice.betrayed": 0.2, "choice.buy_temperature": 1e-3, "choice.reference": 0.6})
    state.customers["stake"][0], state.prosperity[0] = 1000.0, 2.25
    visit = visit_of(state, outcome=PITCHED, trust=0.5, estimate=0.9)
    # Who is not remembered is feared to deliver 0.2: 0.5 · 0.9 + 0.5 · 0.2 is less than the price of 0.6.
    decide(state, 1, 0, 1, 0)
    assert visit["outcome"] == DECLINED
    assert (visit["stake"], visit["price"], visit["claim"]) == (150_000, 90_000, 0.9)
    remembers(state, 0, 0, 1, value=0.4)
    visit["outcome"] = PITCHED
    decide(state, 1, 0, 1, 0)
    assert visit["outcome"] == SOLD


@pytest.mark.parametrize(("issue", "voice"), [(0.0, 1.0), (1.0, 1.0), (1.0, 0.0)])
def test_the_delivery_by_hand(issue, voice):
    state = laid_out(
        {
            "service.issue": issue,
            "service.voice": voice,
            "service.solve": 0.0,
            "service.severity": 0.5,
            "service.service": 30,
            "service.complaint": 60,
            "service.support": 480,
            "service.remorse": 0.0,
        }
    )
    state.customers["need"][0], state.salespeople["position"][1] = 0.2, 0.3
    state.salespeople["skill"][1] = 0.5
    visit = visit_of(state, outcome=SOLD, stake=1000, price=600, estimated_need=0.3)
    deliver(state, 1, 0, 1, 0)
    value = 0.8 * 0.9 * (0.5 if issue else 1.0)
    assert visit["delivered"] == pytest.approx(value)
    assert (visit["issue"], visit["voiced"], visit["goods"]) == (issue, issue * voice, 400)
    assert visit["later_minutes"] == 30 + issue * voice * (60 + 240)
    assert visit["surplus"] == round(1000 * value) - 600
    assert visit["outcome"] == (WIN_LOSE if issue else WIN_WIN)  # no client yet, so no advice


def remembered(outcome, changes=None, **fields):
    """Return customer 0, their memory of salespeople 0 and 1, and the state, after a visit to 1."""
    state = laid_out(
        {
            "choice.value_rate": 0.3,
            "choice.habit_rate": 0.2,
            "choice.reference_rate": 0.25,
            "trust.honesty": 0.5,
            **(changes or {}),
        }
    )
    state.customers["expected_price"][0] = 0.5
    remembers(state, 0, 0, 0, habit=0.5)
    remembers(state, 0, 1, 1, value=0.5, price=0.5, habit=0.4, deals=2)
    visit_of(state, outcome=outcome, delivered=0.9, claim=1.0, estimate=0.8, rival=3, trust=0.6, **fields)
    remember(state, 3, 0, 1, 0)
    return state.customers[0], state.memories[0, 0], state.memories[0, 1], state


PRICED = {"price": 1500, "stake": 2000}


def test_a_deal_is_remembered_by_its_value_and_price():
    customer, other, memory, state = remembered(WIN_WIN, **PRICED)
    assert memory["value"] == pytest.approx(0.5 + 0.3 * 0.4)
    assert memory["price"] == pytest.approx(0.5 + 0.3 * 0.25)
    assert memory["habit"] == pytest.approx(0.4 * 0.8 + 0.2) and other["habit"] == pytest.approx(0.4)
    assert customer["expected_price"] == pytest.approx(0.5 + 0.25 * 0.1)
    assert (memory["deals"], state.brands["deals"][0, 0], customer["deals"]) == (3, 1, 1)
    assert (state.accounts["spent"][0], state.bought_from[0, 0]) == (1500, 0b10)


def test_no_deal_leaves_less_behind():
    customer, _, memory, _ = remembered(DECLINED, **PRICED)
    assert (memory["value"], memory["price"], memory["deals"]) == (0.5, 0.5, 2)
    assert memory["habit"] == pytest.approx(0.32)
    assert customer["expected_price"] == pytest.approx(0.525)
    customer, _, memory, _ = remembered(WALKED_AWAY)
    assert memory["value"] == pytest.approx(0.5 + 0.3 * 0.3) and memory["price"] == 0.5
    assert (customer["expected_price"], customer["warm"]) == (0.5, NOBODY)
    customer, _, memory, _ = remembered(REFERRED)
    assert memory["value"] == pytest.approx(0.59)
    assert (customer["warm"], customer["warm_since"]) == (3, 3)
    assert customer["warm_good"] == pytest.approx(0.5 * 0.6)


def test_what_was_heard_is_remembered_with_the_first_meeting():
    state = laid_out({"trust.honesty": 0.5})
    visit_of(state, outcome=WALKED_AWAY, heard_good=1.5, heard_bad=0.25)
    remember(state, 3, 0, 1, 0)
    memory = state.memories[0, 0]
    assert (memory["seller"], memory["good"], memory["bad"]) == (1, 2.0, 0.25)


def test_without_memory_nothing_is_remembered():
    customer, other, memory, state = remembered(WIN_WIN, {"trust.memory": False}, **PRICED)
    assert (memory["value"], memory["habit"], other["habit"]) == (0.5, np.float32(0.4), 0.5)
    assert (memory["good"], customer["good"], customer["expected_price"]) == (0.0, 0.0, 0.5)
    assert (state.brands["firm"] == NOBODY).all()
    assert (customer["deals"], state.bought_from[0, 0]) == (1, 0b10)  # bought from firm 1
