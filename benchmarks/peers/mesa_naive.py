"""Naive Mesa: as Mesa's own examples do, every agent acts every month in a shuffled order, and data are collected."""

from __future__ import annotations

import mesa

from benchmarks.peers.common import Outcome, main
from benchmarks.peers.mesa_objects import Customer, Salesperson, SmallMarket, play
from benchmarks.small import Market


def _revenue(model: mesa.Model) -> float:
    """Return what all salespeople took in so far."""
    return float(sum(model.agents_by_type[Salesperson].get("revenue")))


class NaiveMarket(SmallMarket):
    """The same rules with the calls that a first model has."""

    def __init__(self, market: Market, seed: int) -> None:
        super().__init__(market, seed)
        reporters = {"needs": "needs", "visits": "visits", "revenue": _revenue}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Play one month."""
        self.month += 1
        self.agents_by_type[Customer].shuffle_do("step")
        self.datacollector.collect(self)


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market."""
    return play(NaiveMarket, market, seed, threads)


if __name__ == "__main__":
    main(run)
