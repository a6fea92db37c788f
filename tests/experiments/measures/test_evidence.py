"""Every number that chooses markets, on books made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from longgame.experiments.evidence.table import KINDS, rows
from longgame.experiments.measures import evidence as measures
from longgame.experiments.measures.clients import of_newcomers, repeat_purchase_rate
from longgame.experiments.measures.evidence import EVIDENCE, evidence, see
from longgame.experiments.measures.firms import ECONOMY_ROWS
from longgame.experiments.measures.order_book import top_shares
from longgame.sim import run
from longgame.sim.configurations import CONFIGURATIONS
from tests.experiments.measures.made_books import made


def number(name: str, months: int = 48, **tables) -> float:
    """Return one number of books made by hand."""
    return measures.FIT[name](see(made(months, **tables)))


def bought(customer: int, firm: int, *months: int, **more):
    return [{"customer": customer, "firm": firm, "month": month, **more} for month in months]


class TestVisits:
    #: Ten visits of clients, six of them deals; 40 of prospects, eight deals, twelve pitches declined by anybody.
    MONTHLY = (
        {"month": 1, "visits": 30, "client_visits": 6, "deals": 9, "repeat_deals": 4, "declined": 7},
        {"month": 2, "visits": 20, "client_visits": 4, "deals": 5, "repeat_deals": 2, "declined": 5},
    )

    def test_win_rate(self):
        assert number("win-rate", monthly=self.MONTHLY) == pytest.approx(14 / 26)

    def test_client_odds(self):
        assert number("client-odds", monthly=self.MONTHLY) == pytest.approx((6 / 4) / (8 / 32))

    def test_odds_without_end_are_unknown(self):
        sure = {"visits": 9, "client_visits": 4, "deals": 5, "repeat_deals": 4}
        assert math.isnan(number("client-odds", monthly=[sure]))

    def test_lead_rate(self):
        assert number("lead-rate", monthly=self.MONTHLY) == pytest.approx(8 / 40)

    def test_stories_problems_and_what_is_taken_back(self):
        monthly = [
            {"deals": 40, "issues": 8, "solved": 6, "refunded": 3, "told_good": 9, "told_bad": 4},
            {"deals": 10, "issues": 2, "solved": 1, "refunded": 1, "told_good": 3},
        ]
        money = {"revenue": 1000.0, "repeat_revenue": 700.0, "refunds": 30.0}
        monthly[0].update(money)
        assert number("good-to-bad", monthly=monthly) == pytest.approx(3)
        assert number("complaints-solved", monthly=monthly) == pytest.approx(0.7)
        assert number("returns", monthly=monthly) == pytest.approx(4 / 50)
        assert number("returns-value", monthly=monthly) == pytest.approx(0.03)
        assert number("existing", monthly=monthly) == pytest.approx(0.7)

    @pytest.mark.parametrize("name", ["win-rate", "client-odds", "lead-rate", "good-to-bad", "complaints-solved"])
    def test_of_nothing_there_is_no_share(self, name):
        assert math.isnan(number(name, monthly=[{"month": 1}]))


class TestPeople:
    def test_turnover(self):
        # 24 person-months are two years; one of them leaves.
        monthly = [{"month": month, "salespeople": 2} for month in range(1, 13)]
        people = [{"salesperson": 1, "left": 12, "reason": "resigned"}, {"salesperson": 2}]
        assert number("turnover", 12, monthly=monthly, people=people) == pytest.approx(0.5)

    def test_the_top_fifth_of_those_who_worked_all_year(self):
        deals = [30, 10, 5, 4, 1]
        people = [{"salesperson": k, "late_deals": n} for k, n in enumerate(deals)]
        others = [{"salesperson": 8, "late_deals": 90, "hired": 38}, {"salesperson": 9, "late_deals": 90, "left": 40}]
        assert number("rep-spread", people=people + others) == pytest.approx(0.6)
        # The latest of 48 months are 37 to 48; who began in the first of them counts.
        assert number("rep-spread", people=[*people, {"salesperson": 7, "late_deals": 50, "hired": 37}]) == (
            pytest.approx((50 + 0.2 * 30) / 100)
        )
        assert math.isnan(number("rep-spread", 6, people=people))

    def leaver(self, *, closed=None, reason="resigned", organisation="herd"):
        """A person leaves after the first year, with 200 of 400; in the second 90 of it are left, of others 180."""
        people = [{"salesperson": 1, "left": 12, "reason": reason}, {"salesperson": 2}]
        firm = {"firm": 1, "organisation": organisation}
        if closed is not None:
            firm["closed"] = closed
        orders = [
            *bought(1, 1, 2, salesperson=2, amount=120.0),  # the last seller's client, whoever sold before
            *bought(1, 1, 8, salesperson=1, amount=80.0),
            *bought(1, 1, 14, salesperson=2, amount=90.0),
            *bought(2, 1, 3, salesperson=2, amount=200.0),
            *bought(2, 1, 20, salesperson=2, amount=180.0),
            *bought(3, 1, 21, salesperson=2, amount=999.0),  # no client in the first year
        ]
        return number("leaver", 24, orders=orders, people=people, firms=[firm])

    def test_what_a_leavers_clients_still_buy_against_stayers(self):
        assert self.leaver() == pytest.approx(1 - (90 / 200) / (180 / 200))

    def test_a_firm_that_ends_and_a_singleton_do_not_count(self):
        assert math.isnan(self.leaver(closed=20))
        assert math.isnan(self.leaver(organisation="singleton"))
        assert math.isnan(self.leaver(reason="firm closed"))
        assert self.leaver(closed=25) == pytest.approx(0.5)

    def test_a_run_of_a_year_shows_no_leaver(self):
        assert math.isnan(number("leaver", 12, orders=bought(1, 1, 2), people=[{"salesperson": 1}]))


class TestCustomers:
    def test_satisfaction_and_repurchase(self):
        # Another in 12 months: yes (.9), no (.1: in 13), no (.1), yes (.7), no (.3); after the last they are not over.
        orders = [
            *bought(1, 1, 1, satisfaction=0.9),
            *bought(1, 1, 12, satisfaction=0.1),
            *bought(1, 1, 25, satisfaction=0.1),
            *bought(2, 1, 5, satisfaction=0.7),
            *bought(2, 1, 17, satisfaction=0.3),
            *bought(2, 1, 40, satisfaction=0.0),
        ]
        expected = np.corrcoef([0.9, 0.1, 0.1, 0.7, 0.3], [1, 0, 0, 1, 0])[0, 1]
        assert number("satisfaction-repurchase", orders=orders) == pytest.approx(expected)
        assert math.isnan(number("satisfaction-repurchase", orders=bought(1, 1, 1)))

    def test_second_order(self):
        orders = [
            *bought(1, 1, 1, 13),  # within 12 months
            *bought(2, 1, 1, 14),  # not
            *bought(3, 1, 2),  # from another firm is not from the firm
            *bought(3, 2, 3, 4),
            *bought(4, 1, 37, 38),  # its 12 months are not over
        ]
        assert number("second-order", orders=orders) == pytest.approx(2 / 4)

    def test_second_order_of_old_customers_is_none(self):
        book = made(orders=bought(1, 1, 1, 2))
        assert book.orders is not None
        book.orders["repeat"] = True  # a customer from before month 1
        assert math.isnan(measures.second_order(see(book)))

    def test_recommended(self):
        orders = [
            *bought(1, 1, 1, source="contact"),
            *bought(1, 1, 2, source="contact"),  # not new any more
            *bought(2, 1, 1, source="rival"),
            *bought(3, 1, 1, source="chance"),
            *bought(4, 1, 1, source="memory"),
        ]
        assert number("recommended", orders=orders) == pytest.approx(0.5)

    def test_top_fifth_of_a_firms_customers(self):
        one = [row for k in range(4) for row in bought(k, 1, 40, amount=10.0)]
        best = bought(4, 1, 40, 41, amount=30.0)
        two = [row for k in range(10) for row in bought(k, 2, 40, amount=(50.0, 30.0, *[2.5] * 8)[k])]
        few = bought(7, 3, 40, amount=1e6)  # one customer has no fifth
        before = bought(8, 1, 36, amount=1e6)  # not of the latest year
        found = number("top-fifth", orders=[*one, *best, *two, *few, *before])
        assert found == pytest.approx((60 + 80) / (100 + 100))
        assert math.isnan(number("top-fifth", 6, orders=bought(1, 1, 2)))

    def test_retention(self):
        # Of 48 months the last year but one is 25 to 36. Known rates: 1 and 2 often, 3 seldom; 4 has left the market.
        customers = [{"customer": 1, "rate": 0.25}, {"customer": 2, "rate": 1 / 12}, {"customer": 3, "rate": 0.05}]
        firms = [{"firm": 1}, {"firm": 2}, {"firm": 3, "closed": 44}]
        orders = [
            *bought(1, 1, 25, 48),  # again
            *bought(1, 2, 36, 38),  # again
            *bought(2, 1, 30),  # not again
            *bought(2, 2, 24, 38),  # no customer of that year
            *bought(1, 3, 30, 40),  # a firm that is closed
            *bought(3, 1, 30, 40),  # needs too little
            *bought(4, 1, 30, 40),  # gone
        ]
        found = number("retention", orders=orders, customers=customers, firms=firms)
        assert found == pytest.approx(2 / 3 * 4 / 5)
        assert math.isnan(number("retention", 23, orders=orders, customers=customers, firms=firms))

    def test_suppliers_and_the_main_firm(self):
        # The latest 24 of 48 months are 25 to 48.
        orders = [
            *bought(1, 1, 25, 30, 40),
            *bought(1, 2, 48),
            *bought(2, 1, 26),
            *bought(2, 2, 27),
            *bought(2, 3, 24),  # before
            *bought(3, 1, 30, 31, 32),
        ]
        assert number("suppliers", orders=orders) == pytest.approx((2 + 2 + 1) / 3)
        assert number("main-firm", orders=orders) == pytest.approx((3 / 4 + 1) / 2)
        assert math.isnan(number("suppliers", 23, orders=orders)) and math.isnan(number("main-firm", 23, orders=orders))


def test_parts_of_a_value_count_in_part():
    shares, sums, sizes = top_shares(np.array([1.0, 4, 2, 7]), np.array([0, 0, 0, 5]))
    assert shares == pytest.approx([0.6 * 4 / 7, 0.2]) and sums.tolist() == [7, 7] and sizes.tolist() == [3, 1]


@pytest.fixture(scope="module", params=KINDS)
def short(request):
    return request.param, run(CONFIGURATIONS[request.param].but(months=120), 0, orders=True)


class TestOfRuns:
    def test_every_row_has_a_column_and_every_number_of_a_kind_is_there(self, short):
        kind, result = short
        found = EVIDENCE.of(result)
        assert list(found) == [row.id for row in rows("fit")] and len(found) == 1 and EVIDENCE.orders
        undefined = [row.id for row in rows("fit", kind) if not np.isfinite(found.loc[0, row.id])]
        assert not undefined

    def test_an_empty_run_has_no_number(self):
        found = evidence(made(12))
        assert found.isna().all(axis=None)

    def test_every_row_has_a_function(self):
        names = {row.id for row in rows("fit") if not row.name.startswith(ECONOMY_ROWS)}
        assert names == set(measures.FIT)

    def test_the_second_order_is_that_of_the_older_measure(self, short):
        _, result = short
        end = result.scenario.months
        rates = repeat_purchase_rate(of_newcomers(result.orders), within=12, end=end)
        expected = rates["came_back"].sum() / rates["clients"].sum()
        assert measures.second_order(see(result)) == pytest.approx(expected)
