"""Many small runs with a measure of each, in several ways: `python -m benchmarks.runs --how processes`."""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor

from longgame.experiments.design.plan import Plan
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.runs.runner import run_plan, warm
from longgame.sim import Scenario, run

#: Ways to make them: one after the other by `run`, and through the runner in this process, threads or processes.
WAYS = ("singly", "here", "threads", "processes")


def seconds_of(how: str, plan: Plan, workers: int) -> float:
    """Return how long the runs of a plan take in one of the ways.

    Raises
    ------
    RuntimeError
        If a run fails.
    """
    begun = time.perf_counter()
    if how == "singly":
        for each in plan.runs():
            HORIZONS.of(run(each.scenario, each.seed))
        return time.perf_counter() - begun
    if how == "threads":
        with ThreadPoolExecutor(workers) as executor:
            outcome = run_plan(plan, executor=executor, workers=workers, progress=False)
    else:
        outcome = run_plan(plan, workers=1 if how == "here" else workers, progress=False)
    if outcome.failures:
        raise RuntimeError(outcome.failures[0].details)
    return time.perf_counter() - begun


def main() -> None:
    """Run the plan and print a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--how", choices=WAYS, default="processes")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    warm()
    scenario = Scenario(months=asked.months).but({"customers.count": asked.customers})
    plan = Plan({"market": scenario}, range(asked.count), [HORIZONS])
    print(json.dumps({**vars(asked), "seconds": seconds_of(asked.how, plan, asked.workers)}))


if __name__ == "__main__":
    main()
