"""The project itself: `sim.run` on the small market's scenario."""

from __future__ import annotations

from benchmarks.peers.common import Outcome, main, now
from benchmarks.small import STAKE, Market, scenario
from benchmarks.watch import watching
from longgame.sim import engine


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market; what `sim.run` does before and after its months is timed apart."""
    asked = scenario(market)
    with watching() as watch:
        started = now()
        result = engine.run(asked, seed, threads=threads)
        ended = now()
    return Outcome(
        needs=int(result.market.needs.sum()),
        visits=int(result.market.approached.sum()),
        deals=int(result.monthly.deals.sum()),
        revenue=float(result.monthly.revenue.sum() / STAKE),
        seconds=ended.wall - started.wall - sum(watch.seconds.values()),
        cpu_seconds=ended.cpu - started.cpu - sum(watch.cpu.values()),
        setup_seconds=watch.seconds["build"],
    )


if __name__ == "__main__":
    main(run, most_threads=256)
