"""The tables of a market at its start, and their repair when they grow or are copied."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longgame.sim import network
from longgame.sim.chance import STRIP
from longgame.sim.compiled import CACHE
from longgame.sim.errors import InputError
from longgame.sim.files import write_atomically
from longgame.sim.organisation import FirmPolicy, Pay, shaped
from longgame.sim.scenario import Scenario
from longgame.sim.state import (
    ACCOUNT,
    BRAND,
    CAREER,
    CONDUCT,
    CROWD,
    CUSTOMER,
    DICE,
    FIRM,
    GUIDES,
    HIRING,
    LEARNING,
    MARKET_SUMS,
    MEMORY,
    NEVER,
    SALESPERSON,
    STANDING,
    STRATEGY,
    TALLY,
    VISIT,
    State,
    conduct_row,
    open_business,
    settle,
)
from longgame.sim.strategy import Strategy
from longgame.sim.trust import NOBODY


@lru_cache  # a sweep asks for the same again and again, and it takes longer than the rest of the tables
def rate_quantiles(mean: float, spread: float, points: int = 4096) -> NDArray[np.float64]:
    """Return equally likely values of a gamma distribution with this mean and coefficient of variation."""
    if spread < 1e-4:  # beyond what the inverse of the gamma distribution can tell apart
        return np.full(1, mean)
    values = gamma_quantiles(spread, points)
    return values * (mean / values.mean())


def gamma_quantiles(spread: float, points: int) -> NDArray[np.float64]:
    """Return equally likely values of a gamma distribution with scale 1.

    They are kept beside the compiled code where SciPy would have to be loaded for them alone: that takes a
    third of a start.
    """
    kept = CACHE / f"gamma-{float(spread).hex()}-{points}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        found = np.load(kept, allow_pickle=False)
        if found.shape == (points,) and found.dtype == np.float64:
            return found
    loaded = "scipy.special" in sys.modules
    from scipy.special import gammaincinv

    found = gammaincinv(spread**-2, (np.arange(points) + 0.5) / points)
    if not loaded:
        with contextlib.suppress(OSError, InputError):  # a folder that cannot be written costs only time
            CACHE.mkdir(parents=True, exist_ok=True)
            with write_atomically(kept, binary=True, reported=False) as file:
                np.save(file, found)
    return found


def strategy_tables(scenario: Scenario) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the strategy table, and the conduct table: three conducts for each strategy in each group of firms."""
    strategies, incentive = scenario.strategies_used(), scenario.economy.incentive
    steps = scenario.steps
    table = np.array([(s.client_after, s.endgame_months * steps, s.skill) for s in strategies], dtype=STRATEGY)
    rows = [
        conduct_row(shaped(conduct, group.rules.pay, incentive))
        for group in scenario.firms
        for strategy in strategies
        for conduct in strategy.conducts()
    ]
    return table, np.array(rows, dtype=CONDUCT)


def posts_of(scenario: Scenario) -> list[tuple[int, int]]:
    """Return (members at the start, posts) of a firm of each group: growing firms have room for more."""
    room = scenario.staffing.room if scenario.staffing.expansion > 0.0 else 1.0
    return [(group.members, max(group.members, int(group.members * room))) for group in scenario.firms]


def build(scenario: Scenario, seed: int, lanes: int = 1) -> State:
    """Return the market of a scenario at the end of month 0, with room for so many to work at once."""
    state = lay_out(scenario, seed, lanes)
    settle(state, 0, scenario.customers.count)
    open_business(state)
    return state


def lay_out(scenario: Scenario, seed: int, lanes: int = 1) -> State:
    """Return the tables of a market before anybody is in it."""
    n, posts = scenario.customers.count, posts_of(scenario)
    m = sum(group.count * most for group, (_, most) in zip(scenario.firms, posts, strict=True))
    index = {strategy.name: i for i, strategy in enumerate(scenario.strategies_used())}
    strategies, conducts = strategy_tables(scenario)

    n_firms = sum(group.count for group in scenario.firms)
    firms = np.zeros(n_firms, FIRM)
    salespeople = np.zeros(m, SALESPERSON)
    culture = np.zeros(m, np.int32)
    f = s = 0
    for g, (group, (founders, most)) in enumerate(zip(scenario.firms, posts, strict=True)):
        block = firms[f : f + group.count]
        write_policy(block, group.rules, scenario.steps)
        block["group"], block["members"], block["founders"] = g, most, founders
        block["first"] = s + most * np.arange(group.count)
        mix = [index[name] for name, count in group.strategies.items() for _ in range(count)]
        rows = slice(s, s + group.count * most)
        culture[rows] = np.tile(np.resize(mix, most), group.count)
        salespeople["firm"][rows] = f + np.repeat(np.arange(group.count), most)
        salespeople["hired"][rows] = np.tile(np.where(np.arange(most) < founders, 0, NEVER), group.count)
        f, s = f + group.count, rows.stop
    firms["post"] = firms["id"] = np.arange(n_firms)
    salespeople["post"] = salespeople["id"] = np.arange(m)

    rows = np.arange(m, dtype=np.int32)
    starts, contacts = network.build(scenario.network, n, seed)
    rate, steps = scenario.customers.rate / scenario.steps, scenario.steps
    expected = n * -np.expm1(-rate)
    room = (int(1.2 * expected) + 64) * scenario.choice.offers
    payback, handed_on = scenario.staffing.payback, scenario.staffing.succession > 0.0
    tally, career, sums = np.zeros(m, TALLY), np.zeros(m, CAREER), np.zeros(lanes, MARKET_SUMS)
    return State(
        params=np.array([scenario.record()]),
        seed=np.uint64(seed),
        customers=np.zeros(n, CUSTOMER),
        arrived=np.zeros(n, np.int16),
        rate=np.zeros(n, np.float32),
        prosperity=np.zeros(n, np.float32),
        open_since=np.full(n, NOBODY, np.int16),
        accounts=np.zeros(n, ACCOUNT),
        memories=np.zeros((n, scenario.trust.remembered), MEMORY),
        brands=np.zeros((n, scenario.trust.brands), BRAND),
        standings=np.zeros((n if handed_on else 0, scenario.trust.brands), STANDING),
        bought_from=np.zeros((n, (n_firms + 63) // 64), np.uint64),
        defunct=np.zeros((n_firms + 63) // 64, np.uint64),
        has_need=np.zeros(n, np.uint8),
        visit_of=np.full(n, NOBODY, np.int32),
        contact_starts=starts,
        contacts=contacts,
        rates=rate_quantiles(rate, scenario.customers.rate_spread).copy(),
        salespeople=salespeople,
        by_post=rows.copy(),
        hired=np.full(m + 1, NEVER, np.int32),
        firm_of=np.zeros(m, np.uint32),
        founded=np.full(n_firms + 1, NEVER, np.int32),
        records=np.zeros((2, m)),
        firm_records=np.zeros((2, n_firms)),
        reachable=np.zeros(m, np.int64),
        guide=np.zeros(GUIDES * m, np.int32),
        tally=tally,
        tally_numbers=tally.view(np.int64).reshape(m, -1),
        career=career,
        career_numbers=career.view(np.int64).reshape(m, -1),
        recent_pay=np.zeros((m, payback * steps), np.int64),
        recent_deals=np.zeros((m, 12 * steps), np.int64),
        recent_profit=np.zeros((m, 12 * steps), np.int64),
        told=np.zeros((lanes, m, 2), np.int64),
        lanes=sums,
        lane_numbers=sums.view(np.int64).reshape(lanes, -1),
        firms=firms,
        roster=rows.copy(),
        strategies=strategies,
        conducts=conducts,
        culture=culture,
        habitual=np.array([index.get(scenario.staffing.habitual, 0)], np.int32),
        visits=np.zeros(room, VISIT),
        n_visits=np.zeros(1, np.int64),
        queue=np.zeros(room, np.int32),
        queue_first=np.zeros(m, np.int64),
        queue_last=np.zeros(m, np.int64),
        keys=np.zeros(room, np.uint64),
        crowds=np.zeros(lanes, CROWD),
        agents=np.zeros((lanes, STRIP), np.int32),
        chosen=np.zeros((lanes, STRIP), np.int32),
        flags=np.zeros((lanes, STRIP), np.uint8),
        dice=np.zeros((lanes, DICE, 4, STRIP), np.uint32),
    )


def write_policy(firms: NDArray[Any], policy: FirmPolicy, steps: int = 1) -> None:
    """Let the firms of some records work by a policy, with so many steps to a month."""
    numbers = {**policy.pay.model_dump(), **policy.model_dump(exclude={"pay", "hiring", "learning"})}
    for name, value in numbers.items():
        firms[name] = value
    firms["delivery_team"] = policy.delivery_team / steps
    firms["hiring"], firms["learning"] = HIRING[policy.hiring], LEARNING[policy.learning]


def with_own_conducts(state: State) -> State:
    """Return the state with conducts of its own for every firm, at first those of its group."""
    groups = state.conducts.reshape(-1, 3 * len(state.strategies))
    n_firms, size = len(state.firms), groups.shape[1]
    own = groups[state.firms["group"]].ravel()
    state.firms["shift"] = len(state.conducts) + size * (np.arange(n_firms) - state.firms["group"])
    return state._replace(conducts=np.concatenate([state.conducts, own]))


def write_conducts(state: State, f: int, strategies: Sequence[Strategy], pay: Pay, incentive: float) -> None:
    """Let a firm with conducts of its own sell as its pay makes people sell."""
    firm = state.firms[f]
    rows = [conduct_row(shaped(conduct, pay, incentive)) for each in strategies for conduct in each.conducts()]
    first = int(firm["shift"]) + len(rows) * int(firm["group"])
    state.conducts[first : first + len(rows)] = np.array(rows, CONDUCT)


def relink(state: State) -> State:
    """Let the number views of the tallies share memory with them again (a copy or pickle separates them)."""
    return state._replace(
        tally_numbers=state.tally.view(np.int64).reshape(len(state.tally), -1),
        career_numbers=state.career.view(np.int64).reshape(len(state.career), -1),
        lane_numbers=state.lanes.view(np.int64).reshape(len(state.lanes), -1),
    )


def make_room(state: State, needs: int) -> State:
    """Return the state with room for the visits of so many needs."""
    needs *= int(state.params[0]["offers"])
    if needs < len(state.visits):
        return state
    room = int(1.25 * needs) + 64
    return state._replace(visits=np.zeros(room, VISIT), queue=np.zeros(room, np.int32), keys=np.zeros(room, np.uint64))
