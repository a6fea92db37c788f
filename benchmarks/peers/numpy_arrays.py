"""NumPy: a month is a few dozen array operations on the customers who have a need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import Outcome, main, now, times
from benchmarks.small import RULES, Market, needs, sellers

Array = NDArray[Any]
_FLOAT = np.float32


def logistic(x: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def trust_in(good: Array, bad: Array) -> Array:
    """Return trust from evidence."""
    return (good + RULES.prior_weight * RULES.prior) / (good + bad + RULES.prior_weight)


def surplus(trust: Array, value: Array, price: Array) -> Array:
    """Return what candidates seem to be worth."""
    return trust * value + (1 - trust) * np.minimum(RULES.betrayed, value) - price


class SmallMarket:
    """The market as arrays: one row per customer, one column per remembered salesperson."""

    def __init__(self, market: Market, seed: int) -> None:
        shape = (market.customers, RULES.remembered)
        self.rng = np.random.default_rng(seed)
        self.people = market.sellers
        people = sellers(market, seed)
        self.position, self.price, self.overpromise, self.pressure = (a.astype(_FLOAT) for a in people)
        self.need = needs(market, seed)
        self.seller = np.full(shape, -1, np.int32)
        self.last = np.zeros(shape, np.int32)
        self.good, self.bad, self.value, self.paid = (np.zeros(shape, _FLOAT) for _ in range(4))
        self.deals = np.zeros(market.sellers, np.int64)
        self.needs = self.visits = 0

    def approach(self, who: Array) -> tuple[Array, Array, Array]:
        """Return for each customer the column chosen (remembered, then strangers, then nobody) and trust."""
        rng, known = self.rng, self.seller[who]
        rows = len(who)
        met = rng.integers(self.people, size=(rows, RULES.reach), dtype=np.int32)
        new = ~(met[:, :, None] == known[:, None, :]).any(axis=2)
        for j in range(1, RULES.reach):
            new[:, j] &= (met[:, :j] != met[:, j, None]).all(axis=1)
        trust = trust_in(self.good[who], self.bad[who])
        worth = surplus(trust, self.value[who], self.paid[who])
        stranger = surplus(_FLOAT(RULES.prior), _FLOAT(RULES.hope), _FLOAT(RULES.expected_price))
        nobody = np.ones((rows, 1), _FLOAT)
        weights = np.concatenate(
            [
                np.exp(worth / RULES.temperature) * (known >= 0),
                np.exp(stranger / RULES.temperature) * new.astype(_FLOAT),
                nobody,
            ],
            axis=1,
        ).cumsum(axis=1)
        u = rng.random(rows, _FLOAT) * weights[:, -1]
        chosen = (u[:, None] >= weights).sum(axis=1)
        return np.minimum(chosen, weights.shape[1] - 1), trust, met

    def step(self, month: int) -> None:
        """Play one month."""
        rng, k = self.rng, RULES.remembered
        who = np.flatnonzero(rng.random(len(self.need), _FLOAT) < RULES.need_probability)
        self.needs += len(who)
        chosen, trusts, met = self.approach(who)

        rows = np.flatnonzero(chosen < k + RULES.reach)
        who, chosen = who[rows], chosen[rows]
        self.visits += len(who)
        known = chosen < k
        slot = np.where(known, chosen, 0)
        s = np.where(known, self.seller[who, slot], met[rows, np.maximum(chosen - k, 0)])
        trust = np.where(known, trusts[rows, slot], _FLOAT(RULES.prior))
        fallback = np.where(known, self.value[who, slot], _FLOAT(RULES.betrayed))

        distance = np.abs(self.need[who] - self.position[s])
        fit = np.maximum(0, 1 - np.minimum(distance, 1 - distance) / RULES.breadth)
        claim = fit + self.overpromise[s] * (1 - fit)
        pressure, price = self.pressure[s], self.price[s]
        offer = trust * claim + (1 - trust) * fallback - price + RULES.persuasion * pressure
        sold = rng.random(len(who), _FLOAT) < logistic(offer / RULES.buy_temperature)

        noise = RULES.quality_noise * rng.standard_normal(int(sold.sum()), _FLOAT)
        delivered = np.maximum(0, fit[sold] + noise)
        felt = delivered - price[sold] + RULES.claim_weight * (delivered - claim[sold])
        felt -= RULES.pressure_weight * pressure[sold]
        x = logistic(felt / RULES.experience_temperature)
        self.deals += np.bincount(s[sold], minlength=self.people)
        self.remember(who[sold], s[sold], slot[sold], known[sold], x, delivered, price[sold], month)

    def remember(
        self, who: Array, s: Array, slot: Array, known: Array, x: Array, delivered: Array, price: Array, month: int
    ) -> None:
        """Let this month's deals enter memory."""
        new = np.flatnonzero(~known)
        i = who[new]
        strength = np.where(self.seller[i] < 0, _FLOAT(-1), self.good[i] + self.bad[i])
        weakest = strength == strength.min(axis=1, keepdims=True)
        slot[new] = k = np.where(weakest, self.last[i], month + 1).argmin(axis=1)
        self.seller[i, k] = s[new]
        self.good[i, k] = self.bad[i, k] = 0
        self.value[i, k], self.paid[i, k] = delivered[new], price[new]
        at = (who, slot)
        self.good[at] = RULES.forgetting * self.good[at] + x
        self.bad[at] = RULES.forgetting * self.bad[at] + RULES.negativity * (1 - x)
        self.value[at] += RULES.value_rate * (delivered - self.value[at])
        self.paid[at] += RULES.value_rate * (price - self.paid[at])
        self.last[at] = month


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market."""
    started = now()
    model = SmallMarket(market, seed)
    laid_out = now()
    for month in range(1, market.months + 1):
        model.step(month)
    ended = now()
    return Outcome(
        needs=model.needs,
        visits=model.visits,
        deals=int(model.deals.sum()),
        revenue=float(model.deals @ sellers(market, seed).price),
        **times(started, laid_out, ended),
    )


if __name__ == "__main__":
    main(run)
