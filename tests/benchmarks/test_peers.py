"""Every peer plays the market that the project plays."""

from importlib import import_module

import numpy as np
import pytest

from benchmarks import small
from benchmarks.compare import CONTENDERS
from benchmarks.peers import c_loop, project
from longgame.sim import engine
from longgame.sim.chance import Purpose, uniforms

MARKET = small.Market(customers=4_000, sellers=20, months=60)
SEEDS = range(4)
LIBRARIES = {"agentpy_objects": "agentpy", "jax_arrays": "jax", "polars_tables": "polars"}
NAMES = [peer.module for peer in CONTENDERS if peer.module not in ("project", "c_loop")]


@pytest.fixture(scope="module")
def ours():
    return [project.run(MARKET, seed, 1) for seed in SEEDS]


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_people_stand_where_the_project_puts_them(seed):
    market = small.Market(customers=50, sellers=7, months=1)
    drawn = [uniforms(np.uint64(seed), 0, i, int(Purpose.NEWCOMER))[3] for i in range(market.customers)]
    assert small.needs(market, seed) == pytest.approx(np.array(drawn, np.float32), abs=0)
    state = engine.build(small.scenario(market), seed)
    people = small.sellers(market, seed)
    assert np.array_equal(people.position, state.salespeople["position"])
    assert np.array_equal(small.needs(market, seed), state.customers["need"])


def test_half_is_honest_and_half_is_pushy():
    market = small.Market(customers=50, sellers=7, months=1)
    state = engine.build(small.scenario(market), 0)
    conducts = state.conducts[3 * state.salespeople["strategy"]]
    people = small.sellers(market, 0)
    assert people.price == pytest.approx(small.RULES.unit_cost * (1 + conducts["markup"]))
    assert np.array_equal(people.overpromise, conducts["overpromise"])
    assert np.array_equal(people.pressure, conducts["pressure"])


@pytest.mark.skipif(c_loop.compiler() is None, reason="gcc is not installed")
@pytest.mark.parametrize("threads", [1, 2])
def test_the_c_loop_makes_the_same_deals_one_by_one(ours, threads):
    for seed, own in zip(SEEDS, ours, strict=True):
        theirs = c_loop.run(MARKET, seed, threads)
        assert theirs.needs == own.needs
        # The last bit of `exp` may decide a draw in a hundred thousand otherwise.
        assert theirs.visits == pytest.approx(own.visits, abs=3)
        assert theirs.deals == pytest.approx(own.deals, abs=3)
        assert theirs.revenue == pytest.approx(own.revenue, abs=3)


@pytest.mark.parametrize("name", NAMES)
def test_peers_agree_with_the_project(ours, name):
    if name in LIBRARIES:
        pytest.importorskip(LIBRARIES[name], reason="only in the dependency group `bench`")
    peer = import_module(f"benchmarks.peers.{name}")
    theirs = [peer.run(MARKET, seed, 1) for seed in SEEDS]

    def total(outcomes, column):
        return sum(getattr(outcome, column) for outcome in outcomes)

    # About 96,000 needs and 25,000 deals: four standard errors of a difference, repeat custom included.
    for column, tolerance in (("needs", 0.018), ("visits", 0.03), ("deals", 0.045), ("revenue", 0.045)):
        assert total(theirs, column) == pytest.approx(total(ours, column), rel=tolerance), column
    price = total(theirs, "revenue") / total(theirs, "deals")
    assert price == pytest.approx(total(ours, "revenue") / total(ours, "deals"), rel=0.004)
