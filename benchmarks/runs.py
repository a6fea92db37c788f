"""Many runs of the full model through the experiment runner: `python -m benchmarks.runs --count 200`."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pandas as pd


def totals(result: Any) -> pd.DataFrame:
    """Return a small measure of a run, so that what is timed is the run."""
    return result.monthly.groupby("group", observed=True)[["revenue", "profit"]].sum().reset_index()


def main() -> None:
    """Run the plan and print a JSON line."""
    from benchmarks import runs
    from benchmarks.scale import market
    from longgame.experiments.design.plan import Measure, Plan
    from longgame.experiments.runs.runner import run_plan, warm

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    warm()
    scenario = market(asked.customers, max(50, asked.customers // 1000), asked.months)
    # Named through its module: a function of `__main__` cannot be found by the workers.
    plan = Plan({"full": scenario}, tuple(range(asked.count)), (Measure("totals", runs.totals),))
    outcome = run_plan(plan, workers=asked.workers, progress=False)
    if outcome.failures:
        raise SystemExit(outcome.failures[0].details)
    print(json.dumps({**vars(asked), "seconds": outcome.seconds}))


if __name__ == "__main__":
    main()
