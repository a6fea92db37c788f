"""What must hold in every market, however strange its numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import run
from longgame.sim.columns import DEAL, MONEY, MONTHLY, NO_DEAL, OUTCOMES, TABLES
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build
from longgame.sim.month import play_month
from longgame.sim.state import FIRST_OUTCOME, SOLD
from tests.markets import scenarios

MAY_BE_MISSING = {
    "satisfaction",
    "trust",
    "client_trust",
    "trust_general",
    "expected_price",
    "prosperity",
    "left",
    "closed",
    "favourite",
    "trust_favourite",
    "loyalty",
}


def cents(column):
    return np.rint(column.to_numpy() * 100).astype(np.int64)


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_books_balance_to_the_cent(scenario, seed):
    result = run(scenario, seed, orders=True)
    m, orders = result.monthly, result.orders
    costs = ("refunds", "goods", "service_cost", "wages", "commission", "overhead")
    assert (cents(m.revenue) - sum(cents(m[c]) for c in costs) == cents(m.profit)).all()
    for name in (c for c, column in MONTHLY.items() if column.unit == MONEY and c not in ("profit", "surplus")):
        assert (m[name] >= 0).all(), name
    # What customers paid is what firms got, seen from every table.
    assert cents(m.revenue).sum() == cents(orders.amount).sum() == cents(result.salespeople.revenue).sum()
    assert cents(m.refunds).sum() == cents(orders.refund).sum() == cents(result.salespeople.refunds).sum()
    assert cents(m.profit).sum() == cents(result.salespeople.profit).sum()
    assert cents(m.revenue).sum() == cents(result.firms.revenue).sum()
    assert cents(m.profit).sum() == cents(result.firms.profit).sum()
    assert (cents(m.wages) + cents(m.commission)).sum() == cents(result.salespeople.pay).sum()
    assert cents(m.repeat_revenue).sum() == cents(orders.amount[orders.repeat]).sum()
    if scenario.customers.churn == 0:
        assert cents(result.customers.spent).sum() == cents(m.revenue).sum()
        assert cents(result.customers.refunded).sum() == cents(m.refunds).sum()
        assert cents(result.customers.surplus).sum() == cents(m.surplus).sum()


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_every_exchange_is_classified_once_and_nothing_is_missing(scenario, seed):
    result = run(scenario, seed, orders=True)
    m = result.monthly
    assert (m[list(OUTCOMES)].sum(axis=1) == m.visits).all()
    assert (m[list(DEAL)].sum(axis=1) == m.deals).all()
    approached = result.market.approached.sum()  # with several offers a need brings several visits
    assert approached <= m.visits.sum() <= scenario.choice.offers * approached
    assert len(result.orders) == m.deals.sum() == result.salespeople.deals.sum()
    assert (result.orders.exchange.value_counts().reindex(DEAL) == m[list(DEAL)].sum()).all()
    assert not result.orders.exchange.isin(NO_DEAL).any()
    for part in ("repeat_deals", "issues", "handed_over", "refunded"):
        assert (m[part] <= m.deals).all(), part
    assert ((m.solved <= m.issues) & (m.complaints <= m.issues)).all()
    assert (m.client_visits + 0 <= m.visits).all()
    heads = m.groupby("month").salespeople.sum().reindex(range(1, scenario.months + 1), fill_value=0)
    people = result.salespeople
    for month, head in heads.items():
        begun = people.hired <= month
        most = (begun & ~(people.left < month).fillna(False)).sum()
        # In steps of a week or a day a firm closes within a month, too, and people are counted at its end.
        least = most if scenario.steps == 1 else (begun & ~(people.left <= month).fillna(False)).sum()
        assert least <= head <= most, month
    if scenario.economy.capital == 0 and scenario.staffing.expansion == 0:
        assert (heads == scenario.sellers).all()
    for name, columns in TABLES.items():
        frame = getattr(result, name)
        for column in set(columns) - MAY_BE_MISSING:
            assert frame[column].notna().all(), (name, column)
    # The order log tells the same story of repeats as the purchase bits.
    seen, repeats = set(), []
    for row in result.orders.itertuples():
        repeats.append((row.customer, row.firm) in seen)
        seen.add((row.customer, row.firm))
    said = result.orders.repeat.to_numpy(bool)
    assert not (np.array(repeats, bool) & ~said).any()
    if scenario.burn_in == 0:  # else some bought before the first month
        assert repeats == said.tolist()


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_trust_attention_and_shares_stay_in_bounds(scenario, seed):
    result = run(scenario, seed, orders=True)
    m, people, customers = result.monthly, result.salespeople, result.customers
    for column in (
        m.trust,
        m.client_trust,
        result.market.trust_general,
        customers.trust_general,
        customers.trust_favourite,
    ):
        known = column.dropna()
        assert ((known > 0) & (known < 1)).all()
    for column in (m.satisfaction, result.orders.satisfaction, customers.loyalty):
        known = column.dropna()
        assert ((known >= 0) & (known <= 1 + 1e-12)).all()
    for column in ("talk_minutes", "support_minutes", "prospecting_minutes"):
        assert (m[column] >= 0).all()
    used = m[["talk_minutes", "support_minutes", "prospecting_minutes"]].sum(axis=1)
    capacity = scenario.attention.capacity // scenario.steps * scenario.steps
    if scenario.steps == 1 or scenario.economy.capital == 0:  # else a firm may close within a month
        assert (used == m.salespeople * capacity).all()
    assert ((people.position >= 0) & (people.position < 1)).all()
    assert ((people.skill > 0) & (people.skill <= 1)).all()
    assert ((customers.need >= 0) & (customers.need <= 1)).all()
    assert (customers.remembered <= scenario.trust.remembered).all()
    assert (customers.prosperity > 0).all()
    assert len(customers) <= scenario.customers.count
    assert customers.customer.is_unique
    assert people.salesperson.is_unique and result.firms.firm.is_unique
    assert (people.late_deals <= people.deals).all()


@settings(max_examples=25)
@given(scenarios(max_months=8), st.integers(0, 2**32))
def test_nothing_negative_or_undecided_in_the_records_of_any_month(scenario, seed):
    state, do = build(scenario, seed), in_ranges()
    for month in range(1, scenario.months + 1):
        state = play_month(state, month, do)
        assert (state.salespeople["attention"] >= 0).all()
        assert (state.salespeople["backlog"] >= 0).all()
        visits = state.visits[: int(state.n_visits[0])]
        assert ((visits["outcome"] == 0) == (visits["seller"] < 0)).all()
        assert ((visits["outcome"] == 0) | (visits["outcome"] >= FIRST_OUTCOME)).all()
        sold = visits[visits["outcome"] >= SOLD]
        assert (sold["claim"] >= sold["estimate"] - 1e-12).all()
        assert (sold["refund"] <= sold["price"]).all()
        for table in (state.customers, state.memories, state.brands):
            for field in table.dtype.names:
                assert np.isfinite(table[field].astype(float)).all(), field
        for field in ("good", "bad", "habit"):
            assert (state.memories[field] >= 0).all()
        assert (state.memories["habit"] <= 1 + 1e-6).all()
