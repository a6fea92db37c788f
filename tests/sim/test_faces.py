"""One rule book, two ways to run it: `sim.run` and the Mesa model `sim.Market`."""

from typing import ClassVar

import mesa
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import Client, Conduct, Customer, Firm, Firms, Market, Salesperson, Scenario, run
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


def test_a_class_that_is_collected_stands_for_its_subclasses():
    class Own(AsUsual):
        """A subclass of a subclass."""

    each = {"deals": "deals"}
    reporters = {kind: each for kind in (Salesperson, AsUsual, Own, Customer, Firm)}
    reporters[Customer] = reporters[Firm] = {"id": "id"}
    market = Market(
        TINY,
        rng=1,
        classes={"adversarial-herd": AsUsual, "adversarial-singleton": Own},
        datacollector=mesa.DataCollector(agenttype_reporters=reporters),
    )
    market.run_for(2)
    rows = {kind: len(market.datacollector.get_agenttype_vars_dataframe(kind)) for kind in reporters}
    assert rows == {Salesperson: 2 * 40, AsUsual: 2 * 20, Own: 2 * 10, Customer: 2 * 80, Firm: 2 * len(market.firms)}
    deals = market.datacollector.get_agenttype_vars_dataframe(Salesperson).xs(2, level="Step").deals
    assert deals.sum() == market.result().monthly.deals.sum()


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


def snapshot(market):
    """Return all that a refused call must not change."""
    agents = [(agent.unique_id, type(agent), agent.row) for agent in market.agents]
    people = [list(table) for table in (market.customer_agents, market.seller_agents, market.firm_agents)]
    tables = [np.array(table).tobytes() for table in market.state]
    return market.month, market.time, market.steps, market.running, agents, people, tables


@pytest.mark.parametrize("call", ["step", "run_for", "run_until"])
def test_there_is_no_time_after_the_last_month(call):
    market = Market(TINY.but(months=3), rng=1)
    market.step()
    before = snapshot(market)
    for _ in range(2):  # also the second time
        if call != "step":
            for beyond in (5, float("nan")):
                with pytest.raises(RuntimeError, match="over after its 3 months: it stands at 1, and cannot go on to"):
                    getattr(market, call)(beyond)
    assert snapshot(market) == before
    market.run_until(3)
    assert (market.month, market.running) == (3, False)
    market.run_model()
    before = snapshot(market)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="over after its 3 months: it stands at 3"):
            getattr(market, call)(*([] if call == "step" else [4]))
    assert snapshot(market) == before
    assert_same(market.result(), run(market.scenario, 1, orders=True))


@pytest.mark.parametrize("people", ["customers", "salespeople", "firms"])
def test_people_are_added_and_removed_by_the_market_alone(people):
    market = Market(TINY, rng=1)
    market.run_for(2)
    before = snapshot(market)
    agent = list(getattr(market, people))[3]
    kind = type(agent).__name__
    for call in (
        agent.remove,
        lambda: market.deregister_agent(agent),
        lambda: market.register_agent(agent),
        lambda: type(agent)(market, 3),
        lambda: type(agent).create_agents(market, 2, 3),
        lambda: getattr(market, people).do("remove"),
    ):
        with pytest.raises(RuntimeError, match=f"a {kind} cannot be (removed|added): .* come and go by its scenario"):
            call()
        assert snapshot(market) == before
    market.run_for(TINY.months - 2)
    assert_same(market.result(), run(TINY, 1, orders=True))


def test_calls_that_could_do_nothing_are_refused():
    market = Market(TINY, rng=1)
    observer = mesa.Agent(market)  # an agent that is none of the market's people comes and goes as it likes
    before = market.time, len(market.agents)
    with pytest.raises(RuntimeError, match="cannot be removed"):
        market.remove_all_agents()
    with pytest.raises(RuntimeError, match="takes no step alone"):
        market.salespeople.do("step")
    with pytest.raises(RuntimeError, match="takes no step alone"):
        market.customers.do("advance")
    with pytest.raises(RuntimeError, match="scenario of a market cannot be replaced"):
        market.scenario = Scenario()
    market.step()
    with pytest.raises(RuntimeError, match="does not go back: it stands at 1, and 0 is before that"):
        market.run_for(-1)
    assert (market.time, len(market.agents)) == (before[0] + 1, before[1])
    observer.remove()
    assert len(market.agents) == before[1] - 1


def test_a_month_that_broke_off_is_not_passed_over():
    class Unlucky(Salesperson):
        def conduct(self, customer):
            if self.month == 2:
                raise ZeroDivisionError
            return super().conduct(customer)

    market = Market(TINY, rng=1, classes={"adversarial": Unlucky})
    with pytest.raises(ZeroDivisionError):
        market.run_for(5)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="month 2 was broken off by an error"):
            market.run_for(5)
    assert market.month == 2


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
