"""What the runner adds to runs of about 50 ms on two workers: `python -m benchmarks.overhead --rounds 5`.

Each round makes the same runs in four ways, in turn:

* *alone*: one after another in one process, without the runner;
* *side by side*: half of them in each of two bare processes at once, so that the cores share the memory as
  they do under the runner;
* *kept pool*: through `run_plan` into a results store, on workers that are there already, as `longgame
  claims` has them;
* *new pool*: the same, with two workers started for it, as `longgame run` does.

Overhead is the wall time of the runner over half the sum of the bare run times, less 1. Where other work
runs on the machine that says little; ``parent_cpu`` does not mind: the processor time that this process
spends on handing out runs and keeping what comes back, over that of the bare runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from longgame.sim.scenario import Scenario

WORKERS = 2


def bare(scenario: Scenario, seeds: Sequence[int]) -> float:
    """Return the seconds that simulating and measuring takes, summed over seeds."""
    from benchmarks.runs import totals
    from longgame.sim import run

    total = 0.0
    for seed in seeds:
        clock = time.perf_counter()
        totals(run(scenario, seed))
        total += time.perf_counter() - clock
    return total


def side_by_side(scenario: Scenario, seeds: Sequence[int], pool: ProcessPoolExecutor) -> float:
    """Return the seconds of all runs, half of them in each of two processes at the same time."""
    parts = [pool.submit(bare, scenario, seeds[place::WORKERS]) for place in range(WORKERS)]
    return sum(part.result() for part in parts)


def through_runner(scenario: Scenario, seeds: Sequence[int], executor: Executor | None) -> dict[str, float]:
    """Return what a plan of these runs into a new store takes.

    ``wall`` seconds, the sum of the runs' ``own`` seconds, and the ``cpu`` seconds of this process.
    """
    from benchmarks.runs import totals
    from longgame.experiments.design.plan import Measure, Plan
    from longgame.experiments.runs.runner import run_plan
    from longgame.experiments.store.store import ResultStore

    plan = Plan({"market": scenario}, tuple(seeds), (Measure("totals", totals),))
    with tempfile.TemporaryDirectory() as folder, ResultStore(Path(folder) / "runs.sqlite") as store:
        clock = time.process_time()
        outcome = run_plan(plan, store=store, workers=WORKERS, executor=executor, progress=False)
        cpu = time.process_time() - clock
        if outcome.failures:
            raise SystemExit(outcome.failures[0].details)
        own = store.connection.execute("SELECT sum(seconds) FROM runs").fetchone()[0]
    return {"wall": outcome.seconds, "own": float(own), "cpu": cpu}


def one_round(scenario: Scenario, seeds: Sequence[int], pool: ProcessPoolExecutor) -> dict[str, float]:
    """Return the times of one round, and the overheads that follow."""
    clock = time.process_time()
    alone = bare(scenario, seeds)
    cpu = time.process_time() - clock
    beside = side_by_side(scenario, seeds, pool)
    kept = through_runner(scenario, seeds, pool)
    new = through_runner(scenario, seeds, None)
    return {
        "run_ms": 1000 * alone / len(seeds),
        "beside_ms": 1000 * beside / len(seeds),
        "kept_over_alone": WORKERS * kept["wall"] / alone - 1,
        "kept_over_beside": WORKERS * kept["wall"] / beside - 1,
        "kept_over_own": WORKERS * kept["wall"] / kept["own"] - 1,
        "parent_cpu": kept["cpu"] / cpu,
        "new_over_alone": WORKERS * new["wall"] / alone - 1,
        "new_over_beside": WORKERS * new["wall"] / beside - 1,
    }


def main() -> None:
    """Measure round after round, print each as a JSON line, and last the medians."""
    from benchmarks.scale import market
    from longgame.experiments.runs.pool import process_pool
    from longgame.experiments.runs.runner import load_compiled

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--customers", type=int, default=3600)
    parser.add_argument("--months", type=int, default=120)
    asked = parser.parse_args()
    scenario, seeds = market(asked.customers, 50, asked.months), range(asked.runs)
    load_compiled()
    with process_pool(WORKERS) as pool:
        side_by_side(scenario, range(4), pool)  # both workers load the compiled code
        rounds = []
        for _ in range(asked.rounds):
            rounds.append(one_round(scenario, seeds, pool))
            print(json.dumps({name: round(value, 3) for name, value in rounds[-1].items()}), flush=True)
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    print(json.dumps({**vars(asked), **{name: round(value, 3) for name, value in medians.items()}}))


if __name__ == "__main__":
    main()
