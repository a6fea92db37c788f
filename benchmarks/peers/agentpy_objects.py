"""AgentPy: one `ap.Agent` per customer and salesperson, stepped through an `ap.AgentList`."""

from __future__ import annotations

from math import exp

import agentpy as ap

from benchmarks.peers.common import Outcome, main, now, times
from benchmarks.peers.rules import STRANGER_SURPLUS, Memory, experience, fit_of, logistic, offer_value
from benchmarks.small import RULES, Market, needs, sellers

_STRANGER_WEIGHT = exp(STRANGER_SURPLUS / RULES.temperature)


class Salesperson(ap.Agent):
    """Pitches to everybody who comes."""

    def setup(self, position: float, price: float, overpromise: float, pressure: float) -> None:
        """Take up the post."""
        self.position, self.price = position, price
        self.overpromise, self.pressure = overpromise, pressure
        self.deals, self.revenue = 0, 0.0


class Customer(ap.Agent):
    """Remembers a few salespeople and buys from those they trust."""

    def setup(self, need: float) -> None:
        """Arrive without any memory."""
        self.need = need
        self.memories: dict[int, Memory] = {}

    def live(self) -> None:
        """Play one month."""
        model = self.model
        random = model.random.random
        if random() >= RULES.need_probability:
            return
        model.needs += 1
        # Agents are not hashable by AgentPy's own rules, so people are known by their number.
        options = {s: exp(m.surplus(m.trust()) / RULES.temperature) for s, m in self.memories.items()}
        for _ in range(RULES.reach):
            options.setdefault(int(random() * len(model.people)), _STRANGER_WEIGHT)
        u = random() * (1.0 + sum(options.values()))
        for seller, weight in options.items():
            u -= weight
            if u < 0.0:
                model.visits += 1
                self.consider(seller)
                return

    def consider(self, number: int) -> None:
        """Listen to a pitch, and buy or not."""
        model = self.model
        seller: Salesperson = model.people[number]
        memory = self.memories.get(number)
        trust, fallback = (memory.trust(), memory.value) if memory else (RULES.prior, RULES.betrayed)
        price, pressure = seller.price, seller.pressure
        fit = fit_of(self.need, seller.position)
        claim = fit + seller.overpromise * (1.0 - fit)
        if model.random.random() >= logistic(
            offer_value(trust, claim, fallback, price, pressure) / RULES.buy_temperature
        ):
            return
        delivered = max(0.0, fit + RULES.quality_noise * model.random.gauss())
        seller.deals += 1
        seller.revenue += price
        if memory is None:
            if len(self.memories) == RULES.remembered:
                del self.memories[min(self.memories, key=lambda s: self.memories[s].strength)]
            memory = self.memories[number] = Memory(delivered, price, model.t)
        memory.learn(experience(delivered, claim, price, pressure), delivered, price, model.t)


class SmallMarket(ap.Model):
    """The market."""

    def setup(self) -> None:
        """Lay out the population."""
        self.needs = self.visits = 0
        market, seed = self.p.market, self.p.seed
        columns = {k: ap.AttrIter(v.tolist()) for k, v in sellers(market, seed)._asdict().items()}
        self.salespeople = ap.AgentList(self, market.sellers, Salesperson, **columns)
        self.people = list(self.salespeople)
        need = ap.AttrIter(needs(market, seed).tolist())
        self.customers = ap.AgentList(self, market.customers, Customer, need=need)

    def step(self) -> None:
        """Play one month."""
        self.customers.live()


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market."""
    started = now()
    model = SmallMarket({"market": market, "seed": seed, "steps": market.months})
    model.sim_setup()
    laid_out = now()
    for _ in range(market.months):
        model.sim_step()
    ended = now()
    return Outcome(
        needs=model.needs,
        visits=model.visits,
        deals=sum(model.salespeople.deals),
        revenue=sum(model.salespeople.revenue),
        **times(started, laid_out, ended),
    )


if __name__ == "__main__":
    main(run)
