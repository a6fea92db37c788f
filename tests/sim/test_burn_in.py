"""Months played before the first of any table: nothing of them is seen but the state that they leave."""

import pandas as pd
import pytest

from longgame.sim import Conduct, Firms, Market, Scenario, Strategy, run


def market(changes, *, strategies=None, count=6, months=36):
    firms = [Firms(name="all", count=count, strategies=strategies or {"collaborative": 1}).model_dump()]
    return Scenario().but({"customers.count": 300, "firms": firms, **changes}, months=months)


BURNT = {
    "economy.capital": 4.0,
    "economy.wage": 1500.0,
    "customers.patience": 0.5,
    "staffing.turnover": 0.3,
    "staffing.succession": 0.5,
    "staffing.expansion": 0.5,
    "trust.record": 2.0,
}


@pytest.fixture(scope="module")
def burnt():
    """Return the same market of 12 + 18 months, with and without the first year as burn-in."""
    scenario = market(BURNT, strategies={"collaborative": 1, "adversarial": 1}, count=5, months=30)
    return run(scenario, 3, orders=True), run(scenario.but({"burn_in": 12}, months=18), 3, orders=True)


def later(table):
    found = table[table.month > 12].reset_index(drop=True)
    found["month"] -= 12
    return found


def test_the_months_after_a_burn_in_are_those_of_a_longer_run(burnt):
    whole, part = burnt
    for name in ("monthly", "market", "orders"):
        pd.testing.assert_frame_equal(later(getattr(whole, name)), getattr(part, name), check_dtype=False)


def test_nothing_of_a_burn_in_enters_any_table(burnt):
    whole, part = burnt
    monthly, people, firms, customers = part.monthly, part.salespeople, part.firms, part.customers
    assert set(monthly.month) == set(range(1, 19)) and part.orders.month.min() >= 1
    assert (whole.firms.closed <= 12).any() and (whole.salespeople.left <= 12).any()
    assert (people.left.dropna() > 0).all() and (firms.closed.dropna() > 0).all()
    assert (people.hired >= 1).all() and (people.hired <= 18).all()
    assert (firms.founded > -12).all() and (firms.founded <= 0).any()
    for table in (people, firms):
        for name in ("revenue", "profit"):
            assert table[name].sum() == pytest.approx(monthly[name].sum()), name
    assert people.deals.sum() == len(part.orders) and (people.late_deals <= people.deals).all()
    spent = part.orders.groupby("customer").amount.sum()
    assert customers.set_index("customer").spent.to_dict() == pytest.approx(
        spent.reindex(customers.customer, fill_value=0.0).to_dict()
    )
    assert customers.deals.sum() == part.orders.customer.isin(customers.customer).sum()


def test_the_latest_twelve_months_of_a_short_run_are_those_after_the_burn_in():
    result = run(market({}, months=5).but({"burn_in": 12}), 1, orders=True)
    people = result.salespeople
    assert people.late_deals.tolist() == people.deals.tolist()


def test_mesa_plays_a_burn_in_before_its_first_step(burnt):
    _, part = burnt
    agents = Market(part.scenario, rng=3)
    assert agents.month == 0
    agents.run_for(18)
    pd.testing.assert_frame_equal(agents.result().monthly, part.monthly)
    pd.testing.assert_frame_equal(agents.result().firms, part.firms)


def test_the_endgame_comes_at_the_end_of_the_run_and_not_of_the_burn_in():
    last = Conduct(markup=3.0)
    mine = Strategy(name="mine", description="x", with_prospects=Conduct(), endgame=last, endgame_months=3)
    changes = {"strategies": [mine.model_dump()], "choice.decides": False, "choice.nobody": False}
    orders = run(market(changes, strategies={"mine": 1}, months=8).but({"burn_in": 12}), 1, orders=True).orders
    stake = orders.amount / orders.delivered.where(orders.delivered > 0)
    dear = stake.groupby(orders.month).median()
    assert dear[6:].min() > 1.5 * dear[:5].max()
