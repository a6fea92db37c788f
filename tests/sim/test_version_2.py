"""The rules of version 2 on orders, offers and service: numbers worked out by hand, and whole small runs."""

import math

import numpy as np
import pytest

from longgame.sim import Conduct, FirmPolicy, Firms, Pay, Scenario, Strategy, run
from longgame.sim.chance import Purpose, normal, uniforms
from longgame.sim.organisation import shaped
from longgame.sim.stages import MONTH
from longgame.sim.stages.books import keep_books
from longgame.sim.stages.conversation import greet, known, on_record, tailored, worth
from longgame.sim.stages.decision import decide
from longgame.sim.stages.delivery import deliver, give_back, mend, regret
from longgame.sim.stages.memory import experience, remember, satisfaction
from longgame.sim.stages.word_of_mouth import tells
from longgame.sim.state import FIRM, LOSE_LOSE, PITCHED, SOLD, VISIT, WIN_LOSE, WIN_WIN, WIN_WIN_WIN
from longgame.sim.trust import NOBODY
from tests.sim.records import P, conduct, laid_out, numbers, one, queue_up, remembers, visit_of

# -- needs and orders ---------------------------------------------------------------------------------------

SILENT = {"customers.churn": 0.0, "customers.drift": 0.0, "network.contacts": 0}


def test_needs_of_patient_customers_stay_until_somebody_sells():
    nobody_buys = SILENT | {"customers.count": 300, "customers.patience": 1.0, "choice.reach": 0}
    market = run(Scenario().but(nobody_buys, months=24), 1).market
    assert (market.needs.diff()[1:] >= 0).all() and market.approached.sum() == 0
    # Whoever had a need the month before has it still; the rest are new.
    assert market.renewed.tolist() == [0, *market.needs[:-1]]
    lost = run(Scenario().but(nobody_buys | {"customers.patience": 0.0}, months=24), 1).market
    assert lost.renewed.sum() == 0


def test_how_long_a_need_stays():
    half = SILENT | {"customers.count": 4000, "customers.patience": 0.5, "choice.reach": 0, "customers.rate": 0.01}
    market = run(Scenario().but(half | {"customers.rate_spread": 0.0}, months=24), 1).market
    stays = market.renewed[1:].sum() / market.needs[:-1].sum()
    assert stays == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(market.needs.sum()))


def play_need(state, month):
    """Play what comes before visits are opened."""
    for stage in MONTH[: [stage.name for stage in MONTH].index("open_visits")]:
        stage.run(state, month, 0, len(state.customers), 0)


def test_a_sale_ends_a_need_and_nothing_else_does():
    state = laid_out({"customers.patience": 1.0, "customers.churn": 0.0, "customers.rate": 1e-9})
    state.open_since[:] = 2, 2, NOBODY
    play_need(state, 3)
    assert state.has_need.tolist() == [1, 1, 0] and state.open_since.tolist() == [2, 2, NOBODY]
    visit_of(state, outcome=WIN_WIN, delivered=0.9, price=60, stake=100)
    state.visits[1]["customer"], state.visits[1]["outcome"], state.visits[1]["met"] = 1, 0, NOBODY
    remember(state, 3, 0, 2, 0)
    assert state.open_since.tolist() == [NOBODY, 2, NOBODY]
    assert state.lanes["renewed"][0] == 2
    play_need(state, 4)
    assert state.has_need.tolist() == [0, 1, 0]


def test_a_newcomer_takes_over_no_need():
    state = laid_out({"customers.patience": 1.0, "customers.churn": 1.0, "customers.rate": 1e-9})
    state.open_since[:] = 2
    play_need(state, 3)
    assert not state.has_need.any() and (state.open_since == NOBODY).all()


NOISY = SILENT | {
    "customers.stake_spread": 0.5,
    "customers.rate": 50.0,
    "customers.rate_spread": 0.0,
    "prosperity.growth": 0.0,
    "prosperity.advice_growth": 0.0,
    "choice.nobody": False,
    "choice.decides": False,
    "attention.capacity": 10_000_000,
    "experience.claim_weight": 0.0,
}


def log_sizes(noise):
    firms = [Firms(name="all", count=3, strategies={"order-taker": 1}).model_dump()]
    changes = NOISY | {"customers.count": 1500, "customers.stake_noise": noise, "firms": firms}
    orders = run(Scenario().but(changes, months=12), 1, orders=True).orders
    return np.log(orders.amount).groupby(orders.customer)


def test_order_sizes_vary_around_the_customers_own():
    plain, noisy = log_sizes(0.0), log_sizes(0.6)
    assert plain.std().max() < 1e-6 and plain.size().min() == noisy.size().min() == 12
    # 12 orders each: the mean of a customer's log sizes has an error of 0.6 / √12.
    gap = noisy.mean() - plain.mean()
    assert gap.mean() == pytest.approx(0, abs=4 * 0.6 / math.sqrt(12 * 1500))
    assert gap.std() == pytest.approx(0.6 / math.sqrt(12), rel=0.08)
    assert math.sqrt((noisy.std() ** 2).mean()) == pytest.approx(0.6, rel=0.03)


def test_a_need_that_stays_keeps_its_size():
    state = laid_out({"customers.stake_noise": 0.7, "customers.patience": 0.9, "prosperity.growth": 0.0})
    state.customers["stake"][0] = 1000.0
    state.open_since[0] = 4
    u = uniforms(np.uint64(1), 4, 0, Purpose.PATIENCE)
    size = 1000 * math.exp(0.7 * normal(u[2], u[3]))
    for month in (4, 5, 9):
        visit = visit_of(state, outcome=PITCHED, trust=0.5, estimate=0.9)
        decide(state, month, 0, 1, 0)
        assert visit["stake"] == pytest.approx(100 * size, abs=1) and abs(size - 1000) > 1
        assert visit["price"] == pytest.approx(0.6 * visit["stake"], abs=1)


# -- a question improves the offer, and is felt -----------------------------------------------------------------


def test_an_offer_is_cut_to_what_came_to_light():
    p = numbers(attention__tailoring=0.5)
    assert tailored(0.4, 0.8, p) == pytest.approx(0.4 + 0.5 * 0.8 * 0.6)
    assert tailored(1.0, 0.8, p) == 1.0 and tailored(0.4, 0.8, P) == 0.4 and tailored(0.4, 0.0, p) == 0.4


def test_tailoring_is_in_the_estimate_and_in_the_delivery():
    state = laid_out({"attention.tailoring": 0.5})
    state.customers["need"][0], state.salespeople["position"][1], state.salespeople["skill"][1] = 0.2, 0.5, 0.5
    visit = visit_of(state, outcome=SOLD, stake=1000, price=600, estimated_need=0.2, effort=0.8)
    value = (0.4 + 0.5 * 0.8 * 0.6) * 0.9
    assert worth(state, visit, 1) == pytest.approx(value)
    deliver(state, 1, 0, 1, 0)
    assert visit["delivered"] == pytest.approx(value)


def test_attention_is_felt_at_the_decision_and_in_the_experience():
    changes = {"experience.attentive": 0.2, "experience.advice_felt": 0.5, "choice.buy_temperature": 1e-4}
    state = laid_out(changes)
    state.conducts["advice"], state.salespeople["skill"][1] = 0.5, 0.8
    # Believed .5 · .9 + .5 · .2 = .55 for a price of .6: .05 is missing, and .2 · effort may give it.
    for effort, deals, expected in ((0.2, 0, 0), (0.3, 0, 1), (0.0, 0, 0), (0.0, 1, 1)):
        visit = visit_of(state, outcome=PITCHED, trust=0.5, estimate=0.9, effort=effort, deals_seen=deals)
        decide(state, 1, 0, 1, 0)
        assert (visit["outcome"] == SOLD) == bool(expected), (effort, deals)
    visit = visit_of(state, outcome=WIN_WIN, delivered=0.5, claim=0.5, price=60, stake=100, effort=0.3, deals_seen=1)
    remember(state, 3, 0, 1, 0)
    felt = 0.2 * 0.3 + 0.5 * 0.5 * 0.8
    assert visit["x"] == pytest.approx(1 / (1 + math.exp(-(-0.1 + felt) / 0.15)))


def test_a_win_of_the_customers_customers_pleases():
    p = numbers(experience__third_win=0.2)
    deal = {"delivered": 0.5, "claim": 0.5, "price": 50, "stake": 100}
    plain, third = (experience(one(VISIT, outcome=o, **deal), conduct(), 0.0, p) for o in (WIN_WIN, WIN_WIN_WIN))
    assert plain == pytest.approx(0.5) and third == pytest.approx(1 / (1 + math.exp(-0.2 / 0.15)))


def test_knowledge_ages_with_the_drift_of_needs():
    p = numbers(customers__drift=0.1, attention__knowledge_width=0.2, attention__learning=0.4)
    learned = 1 - 0.6**2
    assert known(2, 0, p) == pytest.approx(learned)
    assert known(2, 8, p) == pytest.approx(learned * math.exp(-(0.1**2) * 8 / (2 * 0.2**2)))
    assert known(2, 800, P) == known(2, 0, P) == pytest.approx(learned)
    state = laid_out({"attention.knowledge_width": 0.2, "customers.drift": 0.1, "attention.learning": 0.4})
    remembers(state, 0, 0, 1, deals=2, met=3, last=9)
    visit = visit_of(state)
    queue_up(state, 11)
    greet(state, 11, 0, 4, 0)
    # Hearsay since then is no meeting.
    assert visit["deals_seen"] == 2 and visit["known"] == pytest.approx(known(2, 8, p))


def test_a_firm_that_shares_knows_when_anybody_met_the_client_last():
    state = laid_out(sellers=(3,))
    state.firms["shares_memory"] = 1
    remembers(state, 0, 0, 0, deals=1, met=2)
    remembers(state, 0, 1, 1, deals=1, met=5)
    assert on_record(state, 0, 2) == (2, 5)


# -- consequences -------------------------------------------------------------------------------------------------

WAR = {
    "service.war": 240,
    "service.voice": 1.0,
    "service.tolerance": 0.1,
    "service.service": 60,
    "service.remorse": 0.0,
}


def test_regret_is_measured_from_price_or_claim():
    visit = one(VISIT, delivered=0.5, claim=0.9)
    assert regret(visit, 0.6) == pytest.approx(0.4)
    assert regret(one(VISIT, delivered=0.5, claim=0.3), 0.6) == pytest.approx(0.1)


@pytest.mark.parametrize(("claimed", "voice", "war"), [(0.95, 1.0, 1), (0.85, 1.0, 0), (0.95, 0.0, 0)])
def test_war_with_a_client_is_work_of_the_next_month(claimed, voice, war):
    state = laid_out(WAR | {"service.voice": voice, "attention.capacity": 1000})
    state.customers["need"][0], state.salespeople["position"][1], state.salespeople["skill"][1] = 0.2, 0.25, 0.5
    visit = visit_of(state, outcome=SOLD, stake=1000, price=600, claim=claimed, minutes=444)
    deliver(state, 1, 0, 1, 0)
    assert visit["delivered"] == pytest.approx(0.81)
    assert visit["regretted"] == (claimed > 0.91) and visit["war"] == war
    queue_up(state, 1)
    keep_books(state, 1, 0, 4, 0)
    tally = state.tally[1]
    assert (tally["regretted"], tally["war_minutes"]) == (claimed > 0.91, 240 * war)
    assert tally["regret_minutes"] == (444 + 60 + 240 * war if claimed > 0.91 else 0)
    queue_up(state, 2, visits=0)
    greet(state, 2, 0, 4, 0)
    assert state.tally["support_minutes"].tolist() == [0, 60 + 240 * war, 0, 0]


def test_a_misled_customer_may_give_the_goods_back():
    p = numbers(service__misled_by=0.3, service__liability=0.5)
    for claimed, u, returned in ((0.85, 0.49, 1), (0.85, 0.51, 0), (0.79, 0.0, 0)):
        visit = one(VISIT, delivered=0.5, claim=claimed, price=600, goods=400, surplus=-100)
        give_back(visit, u, p)
        expected = (1, 600, 0, 0) if returned else (0, 0, 400, -100)
        assert tuple(visit[name] for name in ("returned", "refund", "goods", "surplus")) == expected


def test_by_goods_that_went_back_both_lose():
    state = laid_out({"service.liability": 1.0, "service.misled_by": 0.1, "prosperity.downstream": 1.0})
    state.conducts["advice"] = 1.0
    state.salespeople["skill"][1] = 1.0
    state.customers["need"][0] = state.salespeople["position"][1] = 0.2
    for claimed, expected in ((1.2, LOSE_LOSE), (1.0, WIN_WIN_WIN)):
        visit = visit_of(state, outcome=SOLD, stake=1000, price=600, claim=claimed, deals_seen=1, returned=0)
        deliver(state, 1, 0, 1, 0)
        assert (visit["returned"], visit["outcome"]) == (expected == LOSE_LOSE, expected)


def test_liability_in_a_whole_run():
    firms = [Firms(name="all", count=4, strategies={"adversarial": 1}).model_dump()]
    changes = {"customers.count": 300, "service.liability": 1.0, "service.misled_by": 0.1, "firms": firms}
    result = run(Scenario().but(changes, months=24), 1, orders=True)
    orders = result.orders
    misled = (orders.claim - orders.delivered) / orders.amount > 0.12  # the stake is not in the log
    assert result.monthly.returned.sum() > 20
    back = orders.refund == orders.amount
    assert back.sum() == result.monthly.returned.sum() and (back & misled).sum() > 0.5 * back.sum()
    assert (orders.exchange[back] == "lose_lose").all()


def test_a_fast_solution_spares_the_hassle():
    p = numbers(service__hassle=0.2, service__speed=0.75, service__solve=1.0)
    care, firm = conduct(aftercare=1.0), one(FIRM)
    assert mend(one(VISIT, stake=1000), firm, care, 0.8, True, 0.5, p) == pytest.approx(0.8 * (1 - 0.2 * 0.25))
    assert mend(one(VISIT, stake=1000), firm, care, 0.8, False, 0.5, p) == pytest.approx(0.8 * (1 - 0.6))


@pytest.mark.parametrize(("delivered", "sorry"), [(0.6, 0.1), (0.6, 1.0), (0.1, 1.0), (0.7, 0.5)])
def test_an_apology_is_felt_but_never_beats_no_failure(delivered, sorry):
    p = numbers(service__sorry=sorry)
    deal = {"outcome": WIN_LOSE, "claim": 0.75, "price": 60, "stake": 100, "intact": 0.7}
    heard, silent = (one(VISIT, delivered=delivered, voiced=v, **deal) for v in (1, 0))
    care = conduct(aftercare=0.5)
    plain, whole = (satisfaction(heard, value, 0.0, 0.0, p) for value in (delivered, 0.7))
    assert experience(heard, care, 0.0, p) == pytest.approx(min(plain + sorry * 0.5, whole))
    assert experience(silent, care, 0.0, p) == pytest.approx(plain)


def test_light_experiences_are_told_less():
    p = numbers(word_of_mouth__story_weight=2.0, word_of_mouth__gossip=0.4)
    assert tells(0.8, 0.5, 0.09, p) and not tells(0.8, 0.5, 0.11, p)  # .4 · .5²
    assert tells(0.8, 0.5, 0.29, P)  # off: weight does not matter


def test_pay_shapes_conduct():
    honest = Conduct(overpromise=0.1, pressure=0.5)
    moved = shaped(honest, Pay(closings=1.0, contest=0.5, repeat=0.2, satisfaction=0.3), 0.2)
    assert (moved.overpromise, moved.pressure) == pytest.approx((0.1 + 0.2, 0.5 + 0.2))
    gentle = shaped(honest, Pay(closings=0.0, repeat=1.0, satisfaction=1.0), 0.2)
    assert (gentle.overpromise, gentle.pressure) == pytest.approx((0.0, 0.1))
    assert shaped(honest, Pay(), 0.0) == honest
    assert gentle.but(overpromise=0.1, pressure=0.5) == honest


def test_each_group_of_firms_has_conducts_of_its_own_pay():
    closers = FirmPolicy(pay=Pay(closings=1.0, repeat=0.0))
    carers = FirmPolicy(pay=Pay(closings=0.0, repeat=1.0))
    mine = Strategy(name="mine", description="x", with_prospects=Conduct(pressure=0.5, overpromise=0.5))
    firms = [Firms(name=n, strategies={"mine": 1}, policy=p).model_dump() for n, p in (("a", closers), ("b", carers))]
    changes = {"firms": firms, "strategies": [mine.model_dump()], "economy.incentive": 0.25, "network.contacts": 0}
    state = laid_out(changes)
    visit = visit_of(state, seller=0, met=0)
    state.visits[1] = visit
    state.visits["met"][1] = state.visits["seller"][1] = 1
    queue_up(state, 1, visits=2)
    greet(state, 1, 0, 2, 0)
    assert state.conducts["pressure"][state.visits["conduct"][:2]].tolist() == [0.75, 0.25]
