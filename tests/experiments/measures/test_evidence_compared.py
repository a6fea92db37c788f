"""Every number that is only compared, on books made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from longgame.experiments.evidence.table import rows
from longgame.experiments.measures import evidence_compared as measures
from longgame.experiments.measures.evidence_compared import EVIDENCE_TEST, alike, see, watched
from longgame.sim import run
from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE
from tests.experiments.measures.made_books import made


def deal(customer: int, month: int, **more):
    return {"customer": customer, "month": month, **more}


def here(*customers: int, **more):
    return [{"customer": customer, **more} for customer in customers]


class TestAlike:
    GROUP = np.array([0, 0, 0, 1, 1, 1, 2])
    ONE = np.array([True, False, False, True, True, False, True])

    def test_groups_weigh_alike_on_both_sides(self):
        # Means of the sides are 1 and .5 in group 0, 0 and 1 in group 1; group 2 has but one side. Weights 1 and 2.
        values = np.array([1.0, 0, 1, 0, 0, 1, 9])
        found = alike(self.GROUP, values, (self.ONE, ~self.ONE), self.ONE)
        assert found == pytest.approx((1 / 3, (0.5 + 2 * 1) / 3))

    def test_who_is_on_which_side_does_not_matter(self):
        # In each group both sides are alike; pooled, the first side would be far ahead.
        values = np.array([1.0, 1, 1, 0, 0, 0, 5])
        one = np.array([True, True, False, True, False, False, True])
        found = alike(self.GROUP, values, (one, ~one), one)
        assert found[0] == pytest.approx(found[1]) and values[one].mean() > values[~one].mean()

    def test_without_two_sides_nothing_is_known(self):
        assert all(
            math.isnan(side) for side in alike(self.GROUP, self.GROUP * 1.0, (self.ONE, self.ONE & False), self.ONE)
        )


def test_only_who_is_there_for_two_years_is_watched():
    firms = [{"firm": 1}, {"firm": 2, "closed": 30}]
    orders = [deal(1, 24), deal(1, 25), deal(2, 10), deal(1, 5, firm=2), deal(1, 6, firm=2)]
    seen = see(made(48, orders=orders, customers=here(1), firms=firms))
    kept = {(seen.orders.firm[k], seen.orders.month[k]) for k in np.flatnonzero(watched(seen))}
    assert kept == {(1, 24), (2, 5)}


def problem(size: float, failure: str, months: tuple[int, ...], customer: int):
    first, *later = months
    return [
        deal(customer, first, amount=size, failure=failure),
        *(deal(customer, month, amount=50.0) for month in later),
    ]


class TestAfterAProblem:
    ORDERS = (
        # Large orders: not solved, one of two returns within 24 months; solved, both do.
        *problem(1000.0, "unsolved", (1,), 1),
        *problem(1000.0, "unsolved", (1, 25), 2),
        *problem(1000.0, "solved", (1, 12), 3),
        *problem(1000.0, "solved", (2, 26), 4),
        # Small orders: not solved, none returns; solved, one of two.
        *problem(1.0, "unsolved", (1, 26), 5),
        *problem(1.0, "solved", (3, 9), 6),
        *problem(1.0, "solved", (3,), 7),
        *problem(1.0, "unsolved", (4, 5), 99),  # has left the market
        *(deal(8, month, amount=50.0, satisfaction=0.9) for month in range(1, 12)),
    )
    FIRMS = ({"firm": 1},)

    def seen(self):
        return see(made(60, orders=self.ORDERS, customers=here(*range(1, 9)), firms=self.FIRMS))

    def test_who_buys_again_by_size_of_the_order(self):
        assert measures.again(self.seen()) == pytest.approx(
            {
                "again-unsolved-large": 0.5,
                "again-solved-large": 1.0,
                "again-unsolved-small": 0.0,
                "again-solved-small": 0.5,
            }
        )

    def test_recovery_in_satisfaction_and_in_repurchase(self):
        orders = [
            *(deal(1, month, satisfaction=0.8) for month in (1, 20)),
            deal(2, 1, satisfaction=0.9, failure="solved"),
            deal(3, 1, satisfaction=0.6),
            deal(4, 2, satisfaction=0.7, failure="solved"),
            deal(4, 9, satisfaction=0.4),
        ]
        seen = see(made(33, orders=orders, customers=here(1, 2, 3, 4), firms=self.FIRMS))
        # Satisfied: .8 after a problem solved, (.8 + .8 + .6 + .4) ÷ 4 without one. Of the first nine months alone two
        # years are over: one of two solved returns; without a problem one of three.
        assert measures.recovery(seen) == pytest.approx(
            {"recovery-satisfaction": 0.8 - 0.65, "recovery-repurchase": 1 / 2 - 1 / 3}
        )


def test_who_was_recommended_against_others():
    orders = [
        deal(1, 1, source="contact", amount=100.0, refund=20.0),
        deal(1, 12, amount=40.0),
        deal(1, 13, amount=500.0),  # not of the first year
        deal(2, 1, source="rival", amount=60.0),
        deal(3, 1, source="chance", amount=30.0),
        deal(3, 20, amount=500.0),
        deal(4, 2, source="memory", amount=50.0),
        deal(5, 3, amount=40.0),
    ]
    found = measures.referred(see(made(48, orders=orders, customers=here(1, 2, 3, 4, 5), firms=[{"firm": 1}])))
    assert found == pytest.approx({"referred-churn": (1 / 2) / (2 / 3), "referred-margin": 90 / 40})


class TestTrustGivenExperience:
    def book(self, trust):
        """Forty customers with two earlier orders from their favourite; half bought from another at last."""
        orders, customers = [], []
        for k in range(40):
            liked = 0.2 + 0.6 * (k // 2 % 4) / 3  # of neighbours alike
            orders += [deal(k, month, salesperson=1, satisfaction=liked) for month in (1, 2)]
            orders.append(deal(k, 40, salesperson=1 + k % 2))
            customers.append({"customer": k, "favourite": 1, "trust_favourite": trust(k, liked)})
        return see(made(48, orders=orders, customers=reversed(customers)))

    def test_trust_that_is_experience_alone_moves_nothing(self):
        # Neighbours, one of whom chose the favourite, trust alike: it has nothing to do with the choice.
        noise = np.random.default_rng(1).normal(0, 0.01, 20)
        found = measures.trust_given_experience(self.book(lambda k, liked: liked + noise[k // 2]))
        assert found == pytest.approx(0.0, abs=1e-9)

    def test_trust_beyond_experience_that_chooses_is_seen(self):
        found = measures.trust_given_experience(self.book(lambda k, liked: 0.5 + (0.1 if k % 2 == 0 else 0.0)))
        assert found == pytest.approx(1.0)

    def test_who_bought_nothing_lately_is_left_out(self):
        orders = [deal(k, 20, salesperson=1) for k in range(9)]
        customers = [{"customer": k, "favourite": 1, "trust_favourite": k / 9} for k in range(9)]
        assert math.isnan(measures.trust_given_experience(see(made(48, orders=orders, customers=customers))))


def test_orientation_by_hand():
    # Two honest (1) and two adversarial (.2) people start together: honest ones sell 1 a month at first and 3 in the
    # last years, the others 2 a month throughout.
    orders, people = [], []
    for person, strategy in enumerate(("collaborative", "collaborative", "adversarial", "adversarial"), start=1):
        people.append({"salesperson": person, "strategy": strategy})
        for month in range(1, 61):
            n = 2 if strategy == "adversarial" else 1 if month <= 24 else 3
            orders += [deal(k, month, salesperson=person, strategy=strategy) for k in range(n)]
    early, growth = measures.orientation(see(made(60, orders=orders, people=people)))
    path = np.where(np.arange(48) < 24, 1.0, 3.0)
    assert early == pytest.approx(-1.0)
    assert growth == pytest.approx(12 * np.polyfit(np.arange(48), path, 1)[0] / 0.8)


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_every_row_that_one_run_can_show_has_a_number(name):
    found = EVIDENCE_TEST.of(run(CONFIGURATIONS[name].but(months=120), 0, orders=True))
    assert list(found) == [row.id for row in rows("test") if row.measure == "evidence_test"]
    assert EVIDENCE_TEST.orders and np.isfinite(found.to_numpy()).all()


def test_a_run_without_a_deal_has_no_number():
    found = EVIDENCE_TEST.of(made(12))
    assert len(found.columns) and found.isna().all(axis=None)
