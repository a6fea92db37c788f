import tracemalloc
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import get_ident
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import Firms, Scenario, engine, run
from longgame.sim.books import Books
from longgame.sim.columns import TABLES
from longgame.sim.compiled import likeness_of
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build, lay_out
from longgame.sim.month import play_month, play_year_end
from longgame.sim.stages import MONTH
from tests.markets import scenarios
from tests.sim.tables import assert_same

SMALL = Scenario().but({"customers.count": 500, "customers.churn": 0.03, "staffing.imitation": 0.5}, months=40)


def test_same_seed_same_bits():
    assert_same(run(SMALL, 3, orders=True), run(SMALL, 3, orders=True))


def test_another_seed_is_another_market():
    assert not run(SMALL, 3).market.equals(run(SMALL, 4).market)


def finely_cut():
    """Let tables of any size be cut: small markets are not, otherwise."""
    return patch.object(engine, "WORTH", 1)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_nothing(threads):
    alone = run(SMALL, 3, orders=True)
    with finely_cut():
        assert_same(alone, run(SMALL, 3, orders=True, threads=threads))


@settings(max_examples=15)
@given(scenarios(), st.integers(0, 2**64 - 1))
def test_threads_change_nothing_in_any_market(scenario, seed):
    with finely_cut():
        assert_same(run(scenario, seed, orders=True), run(scenario, seed, orders=True, threads=2))


def ranges_of_a_month(threads, customers=500):
    """Return who played which range of which table, in a first month."""
    played = []
    with ThreadPoolExecutor(threads - 1) as pool:
        state = build(SMALL.but({"customers.count": customers}), 3, lanes=engine.RANGES * threads)

        def watched(stage):
            def run(state, month, *rows):
                played.append((stage.name, get_ident(), *rows))
                stage.run(state, month, *rows)

            return stage._replace(run=run)

        with patch("longgame.sim.month.MONTH", [watched(stage) for stage in MONTH]):
            play_month(state, 1, in_ranges(pool))
    return played, state


def test_ranges_are_the_table_each_row_once_each_with_its_own_lane():
    with finely_cut():
        played, state = ranges_of_a_month(3)
    for stage in MONTH:
        rows = sorted(rows for name, _, *rows in played if name == stage.name)
        if stage.over == "market":
            assert rows == [[]]
            continue
        size = engine.size_of(state, stage.over)
        assert len(rows) == min(12, size), stage.name
        assert [low for low, _, _ in rows] == [0, *(high for _, high, _ in rows[:-1])]
        assert rows[-1][1] == size
        assert [lane for *_, lane in rows] == list(range(len(rows)))


def test_no_thread_is_woken_for_a_small_market():
    played, _ = ranges_of_a_month(3)
    assert {thread for _, thread, *_ in played} == {get_ident()}
    assert len(played) == len(MONTH)


def test_a_larger_market_is_cut_where_there_is_much_to_do():
    played, state = ranges_of_a_month(2, customers=40_000)
    counts = Counter(name for name, *_ in played)
    assert counts["need"] == 40_000 // engine.CUSTOMERS_A_VISIT // engine.WORTH
    assert counts["serve"] == counts["decide"] == int(state.n_visits[0]) // engine.WORTH


def test_worker_processes_change_nothing():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(run, [SMALL, SMALL], [3, 4]))
    for seed, result in zip((3, 4), results, strict=True):
        assert_same(run(SMALL, seed), result)


def test_orders_are_only_a_record():
    assert_same(run(SMALL, 3), run(SMALL, 3, orders=True), ("monthly", "market", "salespeople", "customers"))


def test_tables_have_the_declared_columns():
    result = run(SMALL, 3, orders=True)
    for name, columns in TABLES.items():
        assert list(getattr(result, name).columns) == list(columns)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "1", None, True])
def test_a_bad_seed_is_refused(seed):
    with pytest.raises(ValueError, match="`seed` is"):
        run(SMALL, seed)


@pytest.mark.parametrize("threads", [0, -1, 1000])
def test_a_bad_number_of_threads_is_refused(threads):
    with pytest.raises(ValueError, match="`threads` is"):
        run(SMALL, 1, threads=threads)


# -- permuting the rows of salespeople and firms changes nothing but ids -----------------------------


def permuted(state, rng):
    """Return the same market with the rows of salespeople and of firms in another order."""
    people, firms = len(state.salespeople), len(state.firms)
    new_row, new_firm = rng.permutation(people).astype(np.int32), rng.permutation(firms).astype(np.int32)
    salespeople, firm_table = np.empty_like(state.salespeople), np.empty_like(state.firms)
    salespeople[new_row] = state.salespeople
    firm_table[new_firm] = state.firms
    salespeople["firm"] = new_firm[salespeople["firm"]]
    memories = state.memories.copy()
    known = memories["seller"] >= 0
    memories["seller"][known] = new_row[memories["seller"][known]]
    return state._replace(
        salespeople=salespeople, firms=firm_table, memories=memories, by_post=new_row, roster=new_row[state.roster]
    )


def play(state, scenario, seed):
    books = Books(scenario, seed, orders=True)
    do = in_ranges()
    for month in range(1, scenario.months + 1):
        state = play_month(state, month, do)
        books.enter(state, month)
        if month % 12 == 0 and month < scenario.months:
            play_year_end(state, month, books)
    return books.result(state)


@settings(max_examples=30)
@given(scenarios(), st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(scenario, seed):
    reference = run(scenario, seed, orders=True)
    shuffled = play(permuted(build(scenario, seed), np.random.default_rng(seed)), scenario, seed)
    assert_same(reference, shuffled)


# -- common random numbers ---------------------------------------------------------------------------


def test_customers_meet_the_same_luck_under_every_strategy():
    def needs(strategy):
        firms = [Firms(name="all", count=10, strategies={strategy: 1}).model_dump()]
        scenario = SMALL.but({"firms": firms, "prosperity.growth": 0.0, "prosperity.advice_growth": 0.0})
        result = run(scenario, 11)
        return result.market[["customers", "arrivals", "departures", "needs"]], result.customers[
            ["customer", "arrived", "rate", "stake", "need"]
        ]

    for one, two in zip(needs("adversarial"), needs("honest-broker"), strict=True):
        assert one.equals(two)


def test_customers_look_back_on_whom_they_remember():
    state, do = build(SMALL, 3), in_ranges()
    books = Books(SMALL, 3)
    for month in range(1, 31):
        state = play_month(state, month, do)
        if month % 12 == 0:
            play_year_end(state, month, books)
    table = books.result(state).customers
    memories = state.memories[table.place]
    seller = memories["seller"]
    current = (seller >= 0) & (memories["last"] >= state.salespeople["hired"][seller])
    habit = np.where(current, memories["habit"].astype(float), 0.0)
    with np.errstate(invalid="ignore"):
        order = (habit**2).sum(axis=1) / habit.sum(axis=1) ** 2
    assert (seller >= 0).sum() > current.sum() > 0  # some who are remembered have left
    assert (table.remembered == current.sum(axis=1)).all()
    np.testing.assert_allclose(table.loyalty, order, rtol=1e-12)
    assert 0.3 < table.loyalty.mean() < 1.0


def test_the_table_of_customers_is_made_without_a_copy_of_the_market():
    # Ten million customers fit in memory once, not twice (docs/benchmarks.md).
    state = build(Scenario().but({"customers.count": 50_000}), 0)
    books = Books(Scenario(), 0)
    tracemalloc.start()
    table = books.result(state).customers
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    own = table.memory_usage(index=False).sum()
    assert len(table) == 50_000
    assert own <= peak < 1.4 * own


def test_a_state_of_other_tables_is_not_taken_for_the_one_before():
    state = lay_out(Scenario(months=12).but({"customers.count": 10}), 0)
    likeness = likeness_of(state)
    other = state._replace(rate=state.rate.astype("f8"))
    assert likeness_of(other) != likeness
    assert likeness_of(state) == likeness == likeness_of(state._replace(rate=state.rate.copy()))
