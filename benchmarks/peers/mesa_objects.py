"""Plain Mesa: one agent object per customer and salesperson, stepped with `AgentSet.do`."""

from __future__ import annotations

from math import exp

import mesa

from benchmarks.peers.common import Outcome, main, now, times
from benchmarks.peers.rules import STRANGER_SURPLUS, Memory, experience, fit_of, logistic, offer_value
from benchmarks.small import RULES, Market, needs, sellers

_STRANGER_WEIGHT = exp(STRANGER_SURPLUS / RULES.temperature)


class Salesperson(mesa.Agent):
    """Pitches to everybody who comes."""

    def __init__(self, model: SmallMarket, position: float, price: float, overpromise: float, pressure: float) -> None:
        super().__init__(model)
        self.position, self.price = position, price
        self.overpromise, self.pressure = overpromise, pressure
        self.deals, self.revenue = 0, 0.0


class Customer(mesa.Agent):
    """Remembers a few salespeople and buys from those they trust."""

    def __init__(self, model: SmallMarket, need: float) -> None:
        super().__init__(model)
        self.need = need
        self.memories: dict[Salesperson, Memory] = {}

    def step(self) -> None:
        """Play one month."""
        if self.random.random() >= RULES.need_probability:
            return
        self.model.needs += 1
        seller = self.approach()
        if seller is not None:
            self.model.visits += 1
            self.consider(seller)

    def approach(self) -> Salesperson | None:
        """Choose one of those remembered and met, or nobody."""
        random = self.random.random
        people = self.model.salespeople
        options = {s: exp(m.surplus(m.trust()) / RULES.temperature) for s, m in self.memories.items()}
        for _ in range(RULES.reach):
            options.setdefault(people[int(random() * len(people))], _STRANGER_WEIGHT)
        u = random() * (1.0 + sum(options.values()))
        for seller, weight in options.items():
            u -= weight
            if u < 0.0:
                return seller
        return None

    def consider(self, seller: Salesperson) -> None:
        """Listen to a pitch, and buy or not."""
        memory = self.memories.get(seller)
        trust, fallback = (memory.trust(), memory.value) if memory else (RULES.prior, RULES.betrayed)
        fit = fit_of(self.need, seller.position)
        claim = fit + seller.overpromise * (1.0 - fit)
        offer = offer_value(trust, claim, fallback, seller.price, seller.pressure)
        if self.random.random() >= logistic(offer / RULES.buy_temperature):
            return
        delivered = max(0.0, fit + RULES.quality_noise * self.random.gauss())
        seller.deals += 1
        seller.revenue += seller.price
        if memory is None:
            if len(self.memories) == RULES.remembered:
                del self.memories[min(self.memories, key=lambda s: self.memories[s].strength)]
            memory = self.memories[seller] = Memory(delivered, seller.price, self.model.month)
        x = experience(delivered, claim, seller.price, seller.pressure)
        memory.learn(x, delivered, seller.price, self.model.month)


class SmallMarket(mesa.Model):
    """The market."""

    def __init__(self, market: Market, seed: int) -> None:
        super().__init__(rng=seed)
        self.month = self.needs = self.visits = 0
        columns = {name: values.tolist() for name, values in sellers(market, seed)._asdict().items()}
        self.salespeople = list(Salesperson.create_agents(self, market.sellers, **columns))
        self.customers = Customer.create_agents(self, market.customers, need=needs(market, seed).tolist())

    def step(self) -> None:
        """Play one month."""
        self.month += 1
        self.customers.do("step")


def play(model_class: type[SmallMarket], market: Market, seed: int, threads: int) -> Outcome:
    """Play the market as a model of some class."""
    started = now()
    model = model_class(market, seed)
    laid_out = now()
    for _ in range(market.months):
        model.step()
    ended = now()
    return Outcome(
        needs=model.needs,
        visits=model.visits,
        deals=sum(s.deals for s in model.salespeople),
        revenue=sum(s.revenue for s in model.salespeople),
        **times(started, laid_out, ended),
    )


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market."""
    return play(SmallMarket, market, seed, threads)


if __name__ == "__main__":
    main(run)
