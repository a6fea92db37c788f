import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.sim import Scenario
from longgame.sim.state import BRAND, CUSTOMER, FIRM, MEMORY, SALESPERSON
from longgame.sim.trust import (
    NOBODY,
    add_evidence,
    brand_slot,
    find_seller,
    learn,
    seller_slot,
    trust_brand,
    trust_general,
    trust_in,
)


def params(**trust):
    return Scenario().but({f"trust.{k}": v for k, v in trust.items()}).record()


def empty_head(slots=3, sellers=6):
    memories = np.zeros(slots, MEMORY)
    memories["seller"] = NOBODY
    brands = np.zeros(2, BRAND)
    brands["firm"] = NOBODY
    salespeople = np.zeros(sellers, SALESPERSON)
    salespeople["firm"] = np.arange(sellers) // 2
    return np.zeros(1, CUSTOMER), memories, brands, salespeople, np.zeros((sellers + 1) // 2, FIRM)


def test_trust_in_nobody_known_is_the_prior():
    assert trust_in(np.zeros(1, MEMORY)[0], 0.37, 2.0) == pytest.approx(0.37)


def test_evidence_is_forgotten_geometrically():
    p = params(forgetting=0.8)
    memory = np.zeros(1, MEMORY)
    for _ in range(12):
        add_evidence(memory[0], 1.0, 1.0, 1.0, p)
    assert memory["good"][0] == pytest.approx((1 - 0.8**12) / (1 - 0.8), rel=1e-5)
    assert memory["bad"][0] == 0.0


def test_bad_evidence_counts_negativity_times():
    p = params(negativity=2.5, forgetting=1.0)
    memory = np.zeros(1, MEMORY)
    add_evidence(memory[0], 0.3, 1.0, 1.0, p)
    assert memory["good"][0] == pytest.approx(0.3)
    assert memory["bad"][0] == pytest.approx(2.5 * 0.7)


def test_lighter_experience_fades_less():
    p = params(forgetting=0.6)
    memory = np.zeros(1, MEMORY)
    memory["good"] = 10.0
    add_evidence(memory[0], 0.0, 0.25, 1.0, p)
    assert memory["good"][0] == pytest.approx(10.0 * (1 - 0.4 * 0.25))


def test_one_bad_deal_undoes_more_than_one_good_deal_builds():
    p = params()
    slow, quick = np.zeros(1, MEMORY), np.zeros(1, MEMORY)
    add_evidence(slow[0], 1.0, 1.0, 1.0, p)
    add_evidence(quick[0], 0.0, 1.0, 1.0, p)
    gain = trust_in(slow[0], 0.5, 2.0) - 0.5
    loss = 0.5 - trust_in(quick[0], 0.5, 2.0)
    assert loss > gain > 0


def test_three_levels_by_hand():
    p = params(
        prior=0.5,
        general_weight=4.0,
        brand_weight=2.0,
        seller_weight=2.0,
        forgetting=1.0,
        negativity=2.0,
        general_share=0.2,
        brand_share=0.5,
    )
    customer, memories, brands, salespeople, firms = empty_head()
    k, b = learn(customer[0], memories, brands, salespeople, firms, 3, 0.75, 1.0, 5, p)
    assert (memories["seller"][k], brands["firm"][b]) == (3, 1)
    general = (0.2 * 0.75 + 4 * 0.5) / (0.2 * 0.75 + 0.2 * 2 * 0.25 + 4)
    brand = (0.5 * 0.75 + 2 * general) / (0.5 * 0.75 + 0.5 * 2 * 0.25 + 2)
    seller = (0.75 + 2 * brand) / (0.75 + 2 * 0.25 + 2)
    assert trust_general(customer[0], p) == pytest.approx(general, rel=1e-6)
    assert trust_brand(trust_general(customer[0], p), brands, firms, 1, p) == pytest.approx(brand, rel=1e-6)
    assert trust_in(memories[k], brand, 2.0) == pytest.approx(seller, rel=1e-6)
    # A colleague profits from the brand, a stranger only from trust in salespeople in general.
    assert trust_brand(trust_general(customer[0], p), brands, firms, 0, p) == pytest.approx(general, rel=1e-6)


def test_a_successor_is_not_the_predecessor():
    p = params()
    customer, memories, brands, salespeople, firms = empty_head()
    learn(customer[0], memories, brands, salespeople, firms, 2, 1.0, 1.0, 7, p)
    assert find_seller(memories, salespeople, 2) != NOBODY
    salespeople["hired"][2] = 8
    assert find_seller(memories, salespeople, 2) == NOBODY
    # ... but the brand is still remembered, until the firm itself is another one.
    before = trust_brand(trust_general(customer[0], p), brands, firms, 1, p)
    firms["founded"][1] = 8
    assert trust_brand(trust_general(customer[0], p), brands, firms, 1, p) == trust_general(customer[0], p) != before


def test_the_weakest_memory_goes():
    p = params()
    customer, memories, brands, salespeople, firms = empty_head(slots=2)
    learn(customer[0], memories, brands, salespeople, firms, 0, 1.0, 1.0, 1, p)
    learn(customer[0], memories, brands, salespeople, firms, 1, 1.0, 0.1, 2, p)
    learn(customer[0], memories, brands, salespeople, firms, 2, 1.0, 1.0, 3, p)
    assert set(memories["seller"]) == {0, 2}


def test_slots_of_those_who_left_are_taken_first():
    _, memories, _, salespeople, firms = empty_head(slots=2)
    seller_slot(memories, salespeople, 0, 1)
    memories["good"][seller_slot(memories, salespeople, 1, 1)] = 9.0
    salespeople["hired"][1] = 2
    seller_slot(memories, salespeople, 4, 3)
    assert set(memories["seller"]) == {0, 4}
    brands = np.zeros(1, BRAND)
    brands["firm"] = NOBODY
    brand_slot(brands, firms, 1, 1)
    brand_slot(brands, firms, 2, 2)
    assert brands["firm"][0] == 2


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1), st.integers(0, 5)), max_size=60),
    st.floats(0.01, 0.99),
    st.floats(0, 1),
    st.floats(0, 10),
    st.floats(0.01, 10),
)
def test_trust_stays_between_0_and_1_and_grows_with_goodness(told, prior, forgetting, negativity, weight):
    p = params(prior=prior, forgetting=forgetting, negativity=negativity, seller_weight=weight)
    better, worse = empty_head(), empty_head()
    for month, (x, w, s) in enumerate(told, 1):
        learn(better[0][0], *better[1:4], better[4], s, x, w, month, p)
        learn(worse[0][0], *worse[1:4], worse[4], s, x * 0.5, w, month, p)
    for s in range(6):
        trusts = []
        for customer, memories, brands, salespeople, firms in (better, worse):
            brand = trust_brand(trust_general(customer[0], p), brands, firms, salespeople["firm"][s], p)
            k = find_seller(memories, salespeople, s)
            trusts.append(trust_in(memories[k], brand, weight) if k != NOBODY else brand)
            assert 0 < trusts[-1] < 1
        if len({s for _, _, s in told}) <= 3 and forgetting == 1 and negativity == 1:
            assert trusts[0] >= trusts[1] - 1e-6
