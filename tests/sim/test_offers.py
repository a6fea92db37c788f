"""Several sellers heard for one need: numbers worked out by hand, and whole small runs."""

from __future__ import annotations

import math
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest

from longgame.sim import Customer, Firms, Market, Salesperson, Scenario, engine, run
from longgame.sim.chance import Purpose, uniforms
from longgame.sim.engine import in_ranges, months
from longgame.sim.layout import make_room
from longgame.sim.stages import Stage
from longgame.sim.stages.approach import try_another
from longgame.sim.stages.conversation import colleague_for
from longgame.sim.stages.decision import choose_pitch, decide
from longgame.sim.stages.need import open_visits
from longgame.sim.stages.word_of_mouth import visit_of_contact, worth_telling
from longgame.sim.state import DECLINED, NOT_APPROACHED, OVERFLOW, PASSED, PITCHED, SOLD, TURNED_AWAY, WALKED_AWAY
from longgame.sim.trust import NOBODY
from tests.sim.records import laid_out
from tests.sim.tables import assert_same

# -- the decision by hand -----------------------------------------------------------------------------------------


def heard(*values, decides=True, k=None, temperature=0.1):
    """Return a state in which the first customer heard pitches of these values (None: no pitch)."""
    changes = {"choice.offers": k or len(values), "choice.decides": decides, "choice.buy_temperature": temperature}
    state = laid_out(changes)
    state.visits["outcome"][:] = NOT_APPROACHED
    for v, value in enumerate(values):
        state.visits["outcome"][v] = TURNED_AWAY if value is None else PITCHED
        state.visits["x"][v] = 0.0 if value is None else value
    return state


def bought(state, u):
    """Return which pitch wins by a lot u, or NOBODY."""
    choose_pitch(state, 0, u)
    sold = np.flatnonzero(state.visits["outcome"] == SOLD)
    assert len(sold) <= 1 and (state.visits["x"] == 0.0).all()
    return int(sold[0]) if len(sold) else NOBODY


def shares(*values, none=True, temperature=0.1):
    weights = [0.0 if value is None else math.exp(value / temperature) for value in values]
    total = sum(weights) + none
    return np.cumsum([weight / total for weight in weights])


@pytest.mark.parametrize("values", [(0.1, -0.05), (-0.3, -0.1, 0.02), (0.2, None, 0.25), (0.0, 0.0, 0.0)])
def test_one_of_the_pitches_or_none_by_a_logit(values):
    upto = shares(*values)
    places = [v for v, value in enumerate(values) if value is not None]
    for v in places:
        before = upto[v - 1] if v else 0.0
        assert bought(heard(*values), before + 1e-6) == v == bought(heard(*values), upto[v] - 1e-6)
    assert bought(heard(*values), upto[-1] + 1e-6) == NOBODY == bought(heard(*values), 1 - 1e-9)


def test_of_one_pitch_alone_the_logit_is_the_logistic():
    chance = 1 / (1 + math.exp(-0.07 / 0.1))
    assert bought(heard(0.07, None), chance - 1e-6) == 0 and bought(heard(0.07, None), chance + 1e-6) == NOBODY


@pytest.mark.parametrize("u", [0.0, 0.3, 0.999999999, 1 - 2**-53])
def test_who_cannot_decline_buys_of_one(u):
    values = (-5.0, None, -5.1)
    state = heard(*values, decides=False)
    upto = shares(50.0, None, 49.0, none=False, temperature=10 * 0.1)
    assert bought(state, u) == (0 if u < upto[0] else 2)
    assert state.visits["outcome"][:3].tolist().count(DECLINED) == 1


def test_who_heard_nobody_buys_of_nobody():
    for decides in (True, False):
        state = heard(None, None, decides=decides)
        assert bought(state, 0.0) == NOBODY
        assert state.visits["outcome"][:2].tolist() == [TURNED_AWAY, TURNED_AWAY]


def test_very_good_and_very_bad_pitches_do_not_overflow():
    assert bought(heard(900.0, 899.9), 0.5) == 0
    assert bought(heard(-900.0, -900.0), 0.5) == NOBODY
    assert bought(heard(-900.0, -900.0, decides=False), 0.7) == 1


def test_the_lot_of_the_first_visit_decides():
    state = laid_out({"choice.offers": 2, "trust.seller_weight": 2.0})
    state.customers["expected_price"][0] = 0.6
    for v in (0, 1):
        state.visits[v]["customer"], state.visits[v]["lot"] = 0, 3 * v
        state.visits[v]["seller"] = state.visits[v]["met"] = v
        state.visits[v]["outcome"], state.visits[v]["trust"], state.visits[v]["estimate"] = PITCHED, 0.5, 0.9
    # Both are believed to be worth .5 · .9 + .5 · .2 = .55, at a price of .6; the pitches are alike.
    u = uniforms(np.uint64(1), 7, 0, Purpose.PITCH)[1]
    upto = shares(-0.05, -0.05)
    decide(state, 7, 0, 2, 0)
    expected = [SOLD, DECLINED] if u < upto[0] else [DECLINED, SOLD] if u < upto[1] else [DECLINED, DECLINED]
    assert state.visits["outcome"][:2].tolist() == expected
    assert (state.visits["price"][:2] > 0).all()


# -- visits ---------------------------------------------------------------------------------------------------------


def test_every_need_has_as_many_visits_each_with_luck_of_its_own():
    state = make_room(laid_out({"choice.offers": 3}, customers=5), 5)
    state.has_need[:] = 0, 1, 0, 1, 1
    open_visits(state, 1)
    assert state.n_visits[0] == 9
    assert state.visits["customer"][:9].tolist() == [1, 1, 1, 3, 3, 3, 4, 4, 4]
    assert state.visits["lot"][:9].tolist() == [1, 6, 11, 3, 8, 13, 4, 9, 14]
    assert state.visit_of.tolist() == [NOBODY, 0, NOBODY, 3, 6]


def test_who_was_chosen_is_not_chosen_again():
    state = laid_out({"choice.offers": 2, "choice.nobody": False, "choice.temperature": 0.05})
    crowd = state.crowds[0]
    crowd["customer"][:2], crowd["surplus"][:2], crowd["choice"][0] = 0, (5.0, 0.0), 0
    try_another(state, 1, 0, 1, 2, 1, crowd)
    assert crowd["choice"][0] == 1 and crowd["surplus"][0] == -1e6


def test_the_visits_of_one_customer_stay_in_one_range():
    state = laid_out({"choice.offers": 3}, customers=50)
    state = make_room(state, 50)._replace(lanes=np.zeros(7, state.lanes.dtype))
    state.n_visits[0] = 3 * 41
    ranges = []

    class Pool:
        def submit(self, task):
            class Done:
                def result(self):
                    return None

            return Done()

    stage = Stage("approach", "visits", lambda _state, _month, lo, hi, _lane: ranges.append((lo, hi)))
    with patch.object(engine, "WORTH", 1):
        in_ranges(Pool())(stage, state, 1)  # type: ignore[arg-type]
    assert len(ranges) == 7 and ranges[0][0] == 0 and ranges[-1][1] == 123
    assert all(lo % 3 == hi % 3 == 0 for lo, hi in ranges)
    assert all(one[1] == other[0] for one, other in pairwise(ranges))


# -- passing on -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [PASSED, OVERFLOW])
def test_a_colleague_whom_the_customer_hears_anyway_takes_nothing_over(outcome):
    state = laid_out({"choice.offers": 2}, sellers=(3,))
    state.firms["shares_leads"] = state.firms["shares_attention"] = 1
    state.salespeople["attention"], state.salespeople["skill"] = (1000, 900, 800), 1.0
    state.salespeople["position"] = 0.5, 0.2, 0.25
    state.visit_of[0] = 0
    one, other = state.visits[0], state.visits[1]
    for v, visit in enumerate((one, other)):
        visit["customer"], visit["lot"], visit["estimated_need"] = 0, 3 * v, 0.2
        visit["met"] = visit["seller"] = visit["rival"] = NOBODY
    one["met"] = one["seller"] = 0
    one["outcome"] = outcome
    assert colleague_for(state, 1, one) == 1
    other["met"] = other["seller"] = 1
    assert colleague_for(state, 1, one) == 2
    other["seller"] = 2  # to whom the other visit was passed on
    assert colleague_for(state, 1, one) == NOBODY


# -- what is told -------------------------------------------------------------------------------------------


def test_the_deal_is_told_or_else_what_weighs_most():
    state = laid_out({"choice.offers": 3})
    for outcomes, weights, told in (
        ((DECLINED, SOLD, TURNED_AWAY), (0.9, 0.1, 0.3), 1),
        ((DECLINED, DECLINED, TURNED_AWAY), (0.1, 0.2, 0.3), 2),
        ((SOLD, DECLINED, TURNED_AWAY), (0.0, 0.5, 0.9), 0),
        ((WALKED_AWAY, NOT_APPROACHED, NOT_APPROACHED), (0.5, 0.0, 0.0), 0),
        ((DECLINED, DECLINED, NOT_APPROACHED), (0.2, 0.2, 0.0), 0),
    ):
        state.visits["outcome"][3:6], state.visits["weight"][3:6] = outcomes, weights
        assert worth_telling(state, 3) == 3 + told, (outcomes, weights)
        state.visit_of[:] = 3
        assert visit_of_contact(state, 0, 0.5) == 3 + told
    state.visit_of[:] = NOBODY
    assert visit_of_contact(state, 0, 0.5) == NOBODY


# -- whole runs -----------------------------------------------------------------------------------------------

FIRMS = [
    Firms(name="alone", count=3, strategies={"collaborative": 1}),
    Firms(name="herd", count=2, strategies={"adversarial": 2, "collaborative": 2}, policy="herd"),
]


def market(offers, months=18, **changes):
    fixed = {"customers.count": 500, "firms": [group.model_dump() for group in FIRMS], "choice.offers": offers}
    return Scenario().but({**fixed, **{k.replace("__", "."): v for k, v in changes.items()}}, months=months)


def test_one_offer_is_the_rule_of_before():
    assert market(1).record()["offers"] == 1 == Scenario().choice.offers
    state = laid_out()
    state.has_need[:] = 1, 0, 1
    open_visits(state, 1)
    assert state.visits["customer"][:2].tolist() == state.visits["lot"][:2].tolist() == [0, 2]


def test_where_there_is_one_seller_further_offers_change_nothing():
    one = [Firms(name="alone", count=1, strategies={"collaborative": 1}).model_dump()]
    alone, asked = (run(market(k, firms=one, attention__capacity=200_000), 1, orders=True) for k in (1, 3))
    assert_same(alone, asked)
    assert alone.monthly.declined.sum() > 50 < alone.monthly.deals.sum()


@pytest.fixture(scope="module")
def needs():
    """Return the visits of a year and a half, customer by customer, and the result."""
    found = []
    scenario = market(3, attention__capacity=2_400, word_of_mouth__gossip=0.5)
    for state, _ in months(scenario, 1):
        assert state.n_visits[0] % 3 == 0
        found.append(state.visits[: int(state.n_visits[0])].copy().reshape(-1, 3))
    return np.concatenate(found), run(scenario, 1, orders=True)


def test_nobody_hears_the_same_seller_twice_for_one_need(needs):
    visits, _ = needs
    assert (visits["customer"] == visits["customer"][:, :1]).all()
    for name in ("met", "seller"):
        for row in visits[name]:
            somebody = row[row != NOBODY]
            assert len(set(somebody.tolist())) == len(somebody), name
    # Some hear three, and those who met nobody look no further.
    met = visits["met"] != NOBODY
    assert met.all(axis=1).any() and not (met[:, 1:] & ~met[:, :-1]).any()
    assert (visits["met"] != visits["seller"]).any()


def test_one_deal_at_most_comes_of_a_need_and_lost_pitches_are_declined(needs):
    visits, result = needs
    sold, declined = visits["outcome"] >= SOLD, visits["outcome"] == DECLINED
    assert sold.sum(axis=1).max() == 1 and (sold.any(axis=1) & declined.any(axis=1)).any()
    monthly, sums = result.monthly, result.market
    assert monthly.deals.sum() == sold.sum() == len(result.orders)
    assert monthly.declined.sum() == declined.sum() > monthly.deals.sum() / 2
    assert monthly.visits.sum() == (visits["met"] != NOBODY).sum() and sums.needs.sum() == len(visits)
    assert sums.approached.sum() == (visits["met"][:, 0] != NOBODY).sum()
    assert not result.orders.duplicated(["month", "customer"]).any()


def test_all_who_are_heard_spend_their_time(needs):
    _, result = needs
    alone = run(market(1, attention__capacity=2_400, word_of_mouth__gossip=0.5), 1)
    assert result.monthly.talk_minutes.sum() > 1.1 * alone.monthly.talk_minutes.sum()
    assert result.monthly.visits.sum() > 1.2 * alone.monthly.visits.sum()


def test_a_sale_ends_a_need_though_other_pitches_were_declined():
    patient = market(3, customers__patience=1.0, customers__churn=0.0, choice__buy_temperature=0.5)
    open_ones = None
    for state, _ in months(patient, 1):
        visits = state.visits[: int(state.n_visits[0])].reshape(-1, 3)
        if open_ones is not None:
            assert np.isin(open_ones, visits["customer"][:, 0]).all()
        sold = (visits["outcome"] >= SOLD).any(axis=1)
        assert (state.open_since[visits["customer"][sold, 0]] == NOBODY).all()
        open_ones = visits["customer"][~sold, 0].copy()


@pytest.mark.parametrize("offers", [2, 3])
def test_faces_and_threads_agree(offers):
    lively = {"economy__capital": 4.0, "customers__patience": 0.5, "trust__record": 1.0, "staffing__turnover": 0.3}
    scenario = market(offers, **lively)
    alone = run(scenario, 2, orders=True)
    played = Market(scenario, rng=2)
    played.run_for(18)
    assert_same(alone, played.result())
    with patch.object(engine, "WORTH", 1):
        for threads in (2, 3):
            assert_same(alone, run(scenario, 2, orders=True, threads=threads))


class UsualSeller(Salesperson):
    """Sells by the strategy's own conduct, but through Python."""

    def conduct(self, customer):
        return super().conduct(customer)

    def closed(self, customer, outcome, price, refund):
        super().closed(customer, outcome, price, refund)


class UsualCustomer(Customer):
    """Decides by the rules, but through Python."""

    def decide(self, offer):
        return super().decide(offer)


def test_sellers_with_code_of_their_own_are_heard_among_others():
    scenario = market(3)
    classes = {group.name: UsualSeller for group in scenario.firms}
    played = Market(scenario, rng=2, classes=classes)
    played.run_for(18)
    assert_same(run(scenario, 2, orders=True), played.result())


def test_customers_with_code_of_their_own_hear_one_seller():
    with pytest.raises(ValueError, match=r"^`choice\.offers` is 2; customers with code of their own .* let it be 1$"):
        Market(market(2), rng=1, classes={"customers": UsualCustomer})
    Market(market(1), rng=1, classes={"customers": UsualCustomer})
    Market(market(2), rng=1, classes={"customers": Customer})
