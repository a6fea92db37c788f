"""One run of the full model, measured; prints a JSON line: `python -m benchmarks.full --customers N`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks.peers.common import now, peak_bytes
from benchmarks.scale import bytes_of, market
from benchmarks.watch import watching
from longgame.sim import Firms, Scenario, engine
from longgame.sim.stages import MONTH

#: How the salespeople are organised: half of each strategy in herds of five, nobody, or all in few herds.
LAYOUTS = ("mixed", "singletons", "herds")


def arranged(customers: int, salespeople: int, months: int, layout: str) -> Scenario:
    """Return the full model's market, its salespeople organised otherwise if asked."""
    scenario = market(customers, salespeople, months)
    if layout == "mixed":
        return scenario
    half = salespeople // 2
    firms = []
    for strategy in ("adversarial", "collaborative"):
        if layout == "singletons":
            firms.append(Firms(name=f"{strategy}-singleton", count=half, strategies={strategy: 1}))
        else:
            firms.append(Firms(name=f"{strategy}-herd", count=2, strategies={strategy: half // 2}, policy="herd"))
    return scenario.but(firms=[group.model_dump() for group in firms])


def touched_bytes(state: Any, stages: Any, visits: float) -> float:
    """Estimate the bytes that one month moves between memory and processor.

    Each stage over customers is charged one customer record and one flag; each over visits one visit read
    and written, and the customer, memories and brands of that visit read; the ledger one customer record.
    Nothing is charged for what stays in the cache (salespeople, firms) or for writing customers back.
    """
    customer = state.customers.itemsize
    behind = customer + state.memories[0].nbytes + state.brands[0].nbytes + state.bought_from[0].nbytes
    total = len(state.customers) * customer
    for stage in stages:
        if stage.over == "customers":
            total += len(state.customers) * (customer + 1)
        elif stage.over == "visits":
            total += visits * (2 * state.visits.itemsize + behind)
    return float(total)


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Run one market and return what was measured."""
    engine.run(market(500, 20, 13), 0)
    scenario = arranged(asked.customers, asked.salespeople, asked.months, asked.layout)
    scenario = scenario.but({"trust.remembered": asked.remembered})
    with watching(stages=asked.stages) as watch:
        begun = now()
        result = engine.run(scenario, asked.seed, threads=asked.threads)
        ended = now()
    parts = dict(watch.cpu)
    cpu = ended.cpu - begun.cpu - parts.pop("build") - parts.pop("tables")
    setup, tables = watch.seconds["build"], watch.seconds["tables"]
    state = watch.returned["build"]
    visits = float(result.market.needs.mean())
    return {
        **vars(asked),
        "salespeople": scenario.sellers,
        "seconds": ended.wall - begun.wall - setup - tables,
        "cpu_seconds": cpu,
        "setup_seconds": setup,
        "tables_seconds": tables,
        "visits_a_month": visits,
        "deals": int(result.monthly.deals.sum()),
        "bytes_a_customer": bytes_of(state) / asked.customers,
        "peak_bytes": peak_bytes(),
        "touched_bytes_a_month": touched_bytes(state, MONTH, visits),
        "stages": {**parts, "(rest)": cpu - sum(parts.values())} if asked.stages else {},
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--salespeople", type=int, default=50)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--remembered", type=int, default=6)
    parser.add_argument("--layout", choices=LAYOUTS, default="mixed")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stages", action="store_true", help="time each stage as well")
    print(json.dumps(run(parser.parse_args())))


if __name__ == "__main__":
    main()
