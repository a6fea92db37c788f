"""The rules of version 2 on what a stranger can know and whom to believe: numbers worked out by hand."""

import numpy as np
import pytest

from longgame.sim.stages.acquaintance import trust_now
from longgame.sim.stages.approach import approach
from longgame.sim.stages.books import keep_books
from longgame.sim.stages.decision import believed_value, credibility, fallback_value, offer_value
from longgame.sim.stages.memory import remember
from longgame.sim.stages.need import on_public_record, open_visits
from longgame.sim.state import FIXED_POINT, FROM_CHANCE, FROM_MEMORY, WIN_WIN
from longgame.sim.trust import NOBODY
from tests.sim.records import P, laid_out, numbers, queue_up, remembers, visit_of


def test_a_record_counts_in_full_once_it_is_long_enough():
    p = numbers(trust__record=3.0, trust__record_full=10.0, trust__negativity=2.0)
    # four experiences of mean .75 count four tenths of three
    assert on_public_record(4, 3 * FIXED_POINT, p) == pytest.approx((1.2 * 0.75, 1.2 * 2 * 0.25))
    assert on_public_record(40, 30 * FIXED_POINT, p) == pytest.approx((3 * 0.75, 3 * 2 * 0.25))
    assert on_public_record(0, 0, p) == on_public_record(40, 30 * FIXED_POINT, P) == (0.0, 0.0)


CHOICE = {
    "choice.ask_around": 0.0,
    "choice.reach": 16,
    "choice.hope": 0.8,
    "choice.betrayed": 0.2,
    "choice.reference": 0.6,
    "choice.habit_weight": 0.1,
}


def considered(state, month=6):
    """Let customer 0 choose; return {seller: (source, trust, surplus)}."""
    state.has_need[:] = 1, 0, 0
    open_visits(state, month)
    crowd = state.crowds[0]
    crowd["weight"] = np.nan
    approach(state, month, 0, 1, 0)
    columns = ("seller", "source", "trust", "surplus")
    rows = zip(*(crowd[name][: np.isfinite(crowd["weight"]).sum()].tolist() for name in columns), strict=True)
    return {row[0]: row[1:] for row in rows}


RECORD = CHOICE | {"trust.record": 3.0, "trust.record_full": 10.0, "trust.negativity": 2.0, "trust.brand_weight": 2.0}


def posted(state, s, number, mean):
    """Put experiences on the record of a person and their firm."""
    for table in (state.salespeople[s], state.firms[state.salespeople[s]["firm"]]):
        table["posted"], table["praise"] = number, round(number * mean * FIXED_POINT)


def test_a_strangers_trust_by_the_formula():
    state = laid_out(RECORD)
    posted(state, 1, 5, 0.9)
    posted(state, 2, 20, 0.3)
    found = considered(state)
    good, bad = 1.5 * 0.9, 1.5 * 2 * 0.1  # κ = ½
    firm = (good + 2 * 0.5) / (good + bad + 2)
    assert found[1][1] == pytest.approx((good + 2 * firm) / (good + bad + 2))
    good, bad = 3 * 0.3, 3 * 2 * 0.7
    firm = (good + 2 * 0.5) / (good + bad + 2)
    assert found[2][1] == pytest.approx((good + 2 * firm) / (good + bad + 2))
    assert found[0][1] == found[3][1] == pytest.approx(0.5)
    visit = visit_of(state, seller=3, met=3)
    for s, (_, trust, _) in found.items():
        assert trust_now(state, 0, s, visit, state.params[0]) == pytest.approx(trust)


def test_ones_own_experience_comes_before_the_record():
    state = laid_out(RECORD)
    posted(state, 1, 20, 0.1)
    remembers(state, 0, 0, 1, good=2.0, last=5)
    visit = visit_of(state, seller=2, met=2)
    # The firm is not remembered, the person is: of neither is the record asked.
    assert considered(state)[1] == (
        FROM_MEMORY,
        pytest.approx((2 + 2 * 0.5) / 4),
        pytest.approx(0.2 + 0.75 * 0.6 - 0.6),
    )
    assert trust_now(state, 0, 1, visit, state.params[0]) == pytest.approx(0.75)
    # A firm that is remembered is trusted by what is remembered of it.
    state = laid_out(RECORD)
    posted(state, 1, 20, 0.1)
    brand = state.brands[0, 0]
    brand["firm"], brand["good"], brand["last"] = 1, 2.0, 1
    good, bad = 3 * 0.1, 3 * 2 * 0.9
    assert considered(state)[1][:2] == (FROM_CHANCE, pytest.approx((good + 2 * 0.75) / (good + bad + 2)))


def test_buyers_post_their_experience_with_the_chance_they_should():
    for chance, expected in ((1.0, 1), (0.0, 0)):
        state = laid_out({"trust.record": 1.0, "trust.posted": chance})
        visit_of(state, outcome=WIN_WIN, x=0.75, price=60)
        queue_up(state, 3)
        keep_books(state, 3, 0, 4, 0)
        assert state.salespeople["posted"].tolist() == state.firms["posted"].tolist() == [0, expected, 0, 0]
        assert state.salespeople["praise"][1] == state.firms["praise"][1] == expected * 0.75 * FIXED_POINT


def test_whoever_is_struck_off_is_not_approached():
    state = laid_out(CHOICE | {"trust.struck_off": 0.3, "choice.reach": 0, "choice.nobody": False})
    remembers(state, 0, 0, 1, bad=1.5, last=5)  # trust 1 / 3.5 = .29
    remembers(state, 0, 1, 2, bad=1.2, last=5)  # .31
    assert {considered(state, month)[1][2] for month in range(6, 60)} == {-1e6}
    assert {int(state.visits["met"][0]) for month in range(6, 60) if considered(state, month)} == {2}
    state.params["nobody"] = 1
    state.memories["seller"][0, 1] = NOBODY
    assert {int(state.visits["met"][0]) for month in range(6, 60) if considered(state, month)} == {NOBODY}
    state.params["struck_off"] = 0.0
    assert considered(state)[1][2] > -1


def test_a_colleague_never_met_is_hoped_to_be_as_the_firm_was():
    state = laid_out(CHOICE | {"staffing.succession": 0.5})
    brand, standing = state.brands[0, 0], state.standings[0, 0]
    brand["firm"], brand["last"], brand["deals"] = 1, 1, 2
    standing["value"], standing["price"], standing["habit"] = 0.7, 0.5, 0.4
    found = considered(state)
    # halfway from hope and usual price to what the firm stood for, and half the habit
    assert found[1][2] == pytest.approx(0.5 * 0.75 + 0.5 * 0.2 - 0.55 + 0.1 * 0.2)
    assert found[2][2] == pytest.approx(0.5 * 0.8 + 0.5 * 0.2 - 0.6)
    brand["deals"] = 0  # only heard of
    assert considered(state)[1][2] == pytest.approx(found[2][2])


def test_a_large_claim_is_believed_less():
    # Bayes: honest claims are uniform, inflated ones have density 2c. T = .6, c = .9: .6 / (.6 + .4 · 1.8)
    p = numbers(choice__credence=1.0)
    full = 0.6 / (0.6 + 0.4 * 1.8)
    assert credibility(0.6, 0.9, p) == pytest.approx(full)
    assert credibility(0.6, 0.5, p) == pytest.approx(0.6)  # as likely of either kind
    assert credibility(0.6, 0.2, p) > 0.6
    assert credibility(0.6, 0.9, numbers(choice__credence=0.25)) == pytest.approx(0.75 * 0.6 + 0.25 * full)
    assert credibility(0.6, 0.9, P) == 0.6
    assert credibility(0.0, 0.0, p) == 0.0
    assert believed_value(0.6, 0.9, 0.2, p) == pytest.approx(full * 0.9 + (1 - full) * 0.2)


def test_what_is_expected_of_an_untrue_claim_is_learned():
    state = laid_out({"choice.betrayed": 0.2, "choice.learned_fallback": 0.5, "choice.value_rate": 0.25})
    visit = visit_of(state, outcome=WIN_WIN, delivered=0.8, price=60, stake=100)
    assert fallback_value(state, visit, state.params[0]) == pytest.approx(0.2)
    remember(state, 3, 0, 1, 0)
    assert state.customers["usual"][0] == pytest.approx(0.2 + 0.25 * 0.6)
    # of the salesperson themselves the latest deal is remembered; of others half of what is usual
    assert fallback_value(state, visit, state.params[0]) == pytest.approx(0.8)
    other = visit_of(state, seller=2)
    assert fallback_value(state, other, state.params[0]) == pytest.approx(0.2 + 0.5 * 0.15)
    state.params["learned_fallback"] = 0.0
    assert fallback_value(state, other, state.params[0]) == pytest.approx(0.2)


def test_a_price_far_below_the_usual_makes_customers_wonder():
    p = numbers(choice__cheapness=2.0, choice__reference_weight=0.3)
    assert offer_value(0.7, 0.5, 0.6, 0.0, 0.0, p) == pytest.approx(0.7 - 0.5 + 0.3 * 0.1 - 2 * 0.1)
    assert offer_value(0.7, 0.7, 0.6, 0.0, 0.0, p) == pytest.approx(0.7 - 0.7 - 0.3 * 0.1)
