"""JAX on the CPU: the whole run is one compiled loop over months, on the customers who have a need.

Shapes have to be fixed, so the customers with a need are gathered into arrays with room for six standard
deviations more than the mean; rows without a customer are dropped when memories are scattered back.
"""

from __future__ import annotations

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import math
import time
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from benchmarks.peers.common import Outcome, main, now, times
from benchmarks.small import RULES, Market, needs, sellers

Array = jax.Array


class People(NamedTuple):
    """What never changes."""

    need: Array
    position: Array
    price: Array
    overpromise: Array
    pressure: Array


class State(NamedTuple):
    """What customers remember (customers × remembered), and what was counted."""

    seller: Array
    last: Array
    good: Array
    bad: Array
    value: Array
    paid: Array
    deals: Array
    needs: Array
    visits: Array


def surplus(trust: Array | float, value: Array | float, price: Array | float) -> Array:
    """Return what candidates seem to be worth."""
    return trust * value + (1 - trust) * jnp.minimum(RULES.betrayed, value) - price


def month_of(market: Market, key: Array, people: People, state: State, month: Array) -> State:
    """Return the state after one month."""
    n, k = market.customers, RULES.remembered
    mean = n * RULES.need_probability
    room = min(n, int(mean + 6 * math.sqrt(mean)) + 8)
    need_key, met_key, choice_key, buy_key, noise_key = jax.random.split(jax.random.fold_in(key, month), 5)

    has_need = jax.random.uniform(need_key, (n,)) < RULES.need_probability
    (who,) = jnp.nonzero(has_need, size=room, fill_value=n)
    there = who < n
    seller, last, good, bad, value, paid = (table[who] for table in state[:6])
    met = jax.random.randint(met_key, (room, RULES.reach), 0, market.sellers, jnp.int32)

    trust = (good + RULES.prior_weight * RULES.prior) / (good + bad + RULES.prior_weight)
    new = ~(met[:, :, None] == seller[:, None, :]).any(axis=2)
    for j in range(1, RULES.reach):
        new = new.at[:, j].set(new[:, j] & (met[:, :j] != met[:, j, None]).all(axis=1))
    stranger = surplus(RULES.prior, RULES.hope, RULES.expected_price)
    weights = jnp.concatenate(
        [
            jnp.where(seller >= 0, jnp.exp(surplus(trust, value, paid) / RULES.temperature), 0),
            jnp.where(new, jnp.exp(stranger / RULES.temperature), 0),
            jnp.ones((room, 1)),
        ],
        axis=1,
    ).cumsum(axis=1)
    u = jax.random.uniform(choice_key, (room,)) * weights[:, -1]
    chosen = (u[:, None] >= weights).sum(axis=1)
    visits = there & (chosen < k + RULES.reach)

    def at(table: Array, column: Array) -> Array:
        return jnp.take_along_axis(table, column[:, None], axis=1)[:, 0]

    known = chosen < k
    slot = jnp.where(known, chosen, 0)
    s = jnp.where(known, at(seller, slot), at(met, jnp.clip(chosen - k, 0, RULES.reach - 1)))
    trust = jnp.where(known, at(trust, slot), RULES.prior)
    fallback = jnp.where(known, at(value, slot), RULES.betrayed)
    distance = jnp.abs(people.need[who] - people.position[s])
    fit = jnp.maximum(0, 1 - jnp.minimum(distance, 1 - distance) / RULES.breadth)
    claim = fit + people.overpromise[s] * (1 - fit)
    price, pressure = people.price[s], people.pressure[s]
    offer = trust * claim + (1 - trust) * fallback - price + RULES.persuasion * pressure
    buys = jax.random.uniform(buy_key, (room,)) < jax.nn.sigmoid(offer / RULES.buy_temperature)
    sold = visits & buys

    delivered = jnp.maximum(0, fit + RULES.quality_noise * jax.random.normal(noise_key, (room,)))
    felt = delivered - price + RULES.claim_weight * (delivered - claim) - RULES.pressure_weight * pressure
    x = jax.nn.sigmoid(felt / RULES.experience_temperature)

    strength = jnp.where(seller < 0, -1.0, good + bad)
    weakest = strength == strength.min(axis=1, keepdims=True)
    spare = jnp.where(weakest, last, month + 1).argmin(axis=1)
    slot = jnp.where(known, slot, spare)

    def learned(table: Array, fade: float, gain: Array) -> Array:
        return fade * jnp.where(known, at(table, slot), 0) + gain

    def mean_of(table: Array, latest: Array) -> Array:
        before = jnp.where(known, at(table, slot), latest)
        return before + RULES.value_rate * (latest - before)

    row = jnp.where(sold, who, n)  # beyond the table: dropped

    def put(table: Array, values: Array) -> Array:
        return table.at[row, slot].set(values, mode="drop")

    return State(
        seller=put(state.seller, s),
        last=put(state.last, jnp.full_like(s, month)),
        good=put(state.good, learned(good, RULES.forgetting, x)),
        bad=put(state.bad, learned(bad, RULES.forgetting, RULES.negativity * (1 - x))),
        value=put(state.value, mean_of(value, delivered)),
        paid=put(state.paid, mean_of(paid, price)),
        deals=state.deals.at[s].add(sold.astype(jnp.int32)),
        needs=state.needs + has_need.sum(),
        visits=state.visits + visits.sum(),
    )


def lay_out(market: Market, seed: int) -> tuple[People, State]:
    """Return the population at the start."""
    shape = (market.customers, RULES.remembered)
    people = People(jnp.asarray(needs(market, seed)), *(a.astype("float32") for a in sellers(market, seed)))
    people = People(*map(jnp.asarray, people))
    zeros = [jnp.zeros(shape) for _ in range(4)]
    deals = jnp.zeros(market.sellers, jnp.int32)
    zero = jnp.zeros((), jnp.int32)
    state = State(jnp.full(shape, -1, jnp.int32), jnp.zeros(shape, jnp.int32), *zeros, deals, zero, zero + 0)
    return people, state


@cache
def compiled(market: Market) -> Any:
    """Return the run, compiled for the size of this market."""

    def play(key: Array, people: People, state: State) -> State:
        def body(month: Array, state: State) -> State:
            return month_of(market, key, people, state, month)

        return jax.lax.fori_loop(1, market.months + 1, body, state)

    shapes = jax.eval_shape(lambda: (jax.random.key(0), *lay_out(market, 0)))
    return jax.jit(play, donate_argnums=2).lower(*shapes).compile()


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market; compiling for its size is not timed with the months."""
    begun = time.perf_counter()
    play = compiled(market)
    started = now()
    people, state = jax.block_until_ready(lay_out(market, seed))
    key = jax.random.key(seed)  # JAX's default generator; on a CPU its "rbg" is slower
    laid_out = now()
    state = jax.block_until_ready(play(key, people, state))
    ended = now()
    return Outcome(
        needs=int(state.needs),
        visits=int(state.visits),
        deals=int(state.deals.sum()),
        revenue=float((state.deals * people.price).sum()),
        **times(started, laid_out, ended),
        compile_seconds=started.wall - begun,
    )


if __name__ == "__main__":
    main(run)
