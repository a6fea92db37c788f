"""One rule book, two ways to run it: `sim.run` and the Mesa model `sim.Market`."""

from typing import ClassVar

import mesa
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import Client, Conduct, Customer, Firms, Market, Salesperson, Scenario, run
from longgame.sim.columns import DEAL, OUTCOMES
from tests.markets import scenarios
from tests.sim.tables import assert_same

TINY = Scenario().but({"customers.count": 80, "customers.churn": 0.02}, months=26)


class AsUsual(Salesperson):
    """Sells by the strategy's own conduct, but through Python."""

    def conduct(self, customer):
        return super().conduct(customer)


def played(scenario, seed, **kwargs):
    market = Market(scenario, rng=seed, **kwargs)
    market.run_for(scenario.months)
    return market


@settings(max_examples=50)
@given(scenarios(max_count=25, max_months=15), st.integers(0, 2**64 - 1))
def test_both_faces_agree_in_every_column_of_every_table(scenario, seed):
    assert_same(run(scenario, seed, orders=True), played(scenario, seed).result())


@settings(max_examples=25)
@given(scenarios(max_count=25, max_months=15), st.integers(0, 2**64 - 1))
def test_conduct_written_in_python_is_conduct(scenario, seed):
    classes = {group.name: AsUsual for group in scenario.firms}
    assert_same(run(scenario, seed, orders=True), played(scenario, seed, classes=classes).result())


def test_a_seller_of_ones_own_trades_beside_library_strategies():
    class Free(Salesperson):
        met = 0
        heard: ClassVar[list] = []

        def conduct(self, customer: Client) -> Conduct:
            assert isinstance(customer, Client)
            type(self).met += 1
            return Conduct(markup=-0.9, discovery=0.0)

        def closed(self, customer, outcome, price, refund):
            type(self).heard.append((outcome, price, refund))

    market = played(TINY, 2, classes={"adversarial-herd": Free})
    mine = market.result().monthly.query("group == 'adversarial-herd'")
    usual = run(TINY, 2).monthly.query("group == 'adversarial-herd'")
    assert Free.met >= mine.visits.sum() > 0
    assert mine.deals.sum() > usual.deals.sum()
    assert mine.revenue.sum() / mine.deals.sum() < 0.3 * usual.revenue.sum() / usual.deals.sum()
    assert len(Free.heard) == mine.visits.sum()
    deals = [h for h in Free.heard if h[0] == "deal"]
    assert len(deals) == mine.deals.sum()
    assert sum(h[1] for h in deals) == pytest.approx(mine.revenue.sum())
    assert sum(h[2] for h in deals) == pytest.approx(mine.refunds.sum())


def test_conduct_must_return_a_conduct():
    class Wrong(Salesperson):
        def conduct(self, customer):
            return {"markup": 1}

    with pytest.raises(TypeError, match=r"Wrong\.conduct returned .* must return a Conduct"):
        played(TINY, 1, classes={"adversarial": Wrong})


def test_classes_must_name_a_group_or_strategy_that_is_there():
    with pytest.raises(ValueError, match="'nobody'"):
        Market(TINY, rng=1, classes={"nobody": AsUsual})


def test_it_is_a_mesa_model():
    market = Market(TINY, rng=1)
    assert isinstance(market, mesa.Model)
    assert len(market.agents_by_type[Customer]) == 80 == len(market.customers)
    assert len(market.agents) == 80 + TINY.sellers + len(market.firms)
    market.step()
    assert market.time == 1 and market.month == 1
    rich = market.customers.select(lambda c: c.spent > 0)
    assert sum(rich.get("spent")) == pytest.approx(market.result().monthly.revenue.sum())
    trusts = market.customers.agg("trust_general", np.mean)
    assert trusts == pytest.approx(market.datacollector.get_model_vars_dataframe().trust_general.iloc[-1], abs=1e-6)
    by_strategy = market.salespeople.groupby(lambda s: s.strategy.name, result_type="list")
    assert {name: len(group) for name, group in by_strategy} == {"adversarial": 20, "collaborative": 20}
    herd = next(f for f in market.firms if len(f.members) > 1)
    assert all(member.firm is herd for member in herd.members)
    frame = market.table("customers")
    assert isinstance(frame, pd.DataFrame) and len(frame) == 80
    market.run_for(3)
    assert market.month == 4


def test_the_data_collector_of_a_user_is_used():
    collector = mesa.DataCollector(agenttype_reporters={Salesperson: {"deals": "deals", "attention": "attention"}})
    market = Market(TINY, rng=1, datacollector=collector)
    market.run_for(5)
    frame = market.datacollector.get_agenttype_vars_dataframe(Salesperson)
    assert len(frame) == 5 * TINY.sellers
    last = frame.xs(5, level="Step").deals.sum()
    assert last == market.result().monthly.deals.sum()


def test_agents_come_and_go_with_their_people():
    scenario = TINY.but({"customers.initial": 0.5, "customers.arrival": 0.2, "staffing.turnover": 1.0})
    market = Market(scenario, rng=3)
    before = {agent.id for agent in market.salespeople}
    for _ in range(13):
        market.step()
        assert (
            len(market.customers) == len(market.agents_by_type[Customer]) == market.result().market.customers.iloc[-1]
        )
        ids = [c.id for c in market.customers]
        assert sorted(ids) == market.result().customers.customer.sort_values().tolist()
    after = {agent.id for agent in market.salespeople}
    assert not before & after
    assert len(market.agents) == len(market.customers) + len(market.salespeople) + len(market.firms)


def test_meetings_are_the_visits_of_the_month_in_words_and_money():
    market = Market(TINY, rng=4)
    for month in range(1, 20):
        market.run_for(1)
        meetings, result = market.meetings(), market.result()
        booked = result.monthly[result.monthly["month"] == month]
        counts = meetings["outcome"].value_counts()
        assert len(meetings) == booked["visits"].sum()
        assert all(counts.get(kind, 0) == booked[kind].sum() for kind in OUTCOMES)
        deals = meetings[meetings["delivered"].notna()]
        margin = booked[["revenue"]].sum(axis=1) - booked[["refunds", "goods", "service_cost"]].sum(axis=1)
        assert deals["seller_gain"].sum() == pytest.approx(margin.sum())
        assert deals["customer_gain"].sum() == pytest.approx(booked["surplus"].sum())
        orders = result.orders[result.orders["month"] == month]
        for name, column in (
            ("price", "amount"),
            ("claim", "claim"),
            ("delivered", "delivered"),
            ("refund", "refund"),
            ("experience", "satisfaction"),
        ):
            np.testing.assert_allclose(np.sort(deals[name]), np.sort(orders[column]), atol=0.006)
        assert not set(meetings.loc[meetings["price"].isna(), "outcome"]) & {"declined", *DEAL}


def test_the_end_is_the_end():
    market = played(TINY, 1)
    assert not market.running
    with pytest.raises(RuntimeError, match="over"):
        market.step()


def test_a_generator_gives_the_seed():
    one, two = (played(TINY, np.random.default_rng(5)).result() for _ in range(2))
    assert_same(one, two)


def test_what_a_seller_can_know_holds_nothing_of_the_customers_state():
    assert set(Client.__dataclass_fields__) == {"id", "deals", "source"}


def test_half_played_results_are_those_of_a_shorter_run():
    # Nothing before a month may depend on what comes later, except endgames.
    scenario = TINY.but({"firms": [Firms(name="all", count=5, strategies={"collaborative": 1}).model_dump()]})
    market = Market(scenario, rng=4)
    market.run_for(9)
    pd.testing.assert_frame_equal(market.result().monthly, run(scenario.but(months=9), 4).monthly)
