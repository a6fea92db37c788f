"""Small plans and what they measure, for the tests of the store."""

import pandas as pd

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs.runner import run_plan
from longgame.sim import Scenario

TINY = Scenario(months=2).but({"customers.count": 50})
SMALL = TINY.but({"customers.count": 60})


def revenue(result):
    return result.monthly[["month", "group", "revenue"]]


def deals(result):
    return result.monthly[["group", "deals"]]


REVENUE, DEALS = Measure("revenue", revenue), Measure("deals", deals)


def plan(*measures, seeds=(0, 1), scenarios=None):
    return Plan(scenarios or {"tiny": TINY, "small": SMALL}, seeds, measures or (REVENUE,))


def run(plan, store, **how):
    return run_plan(plan, store=store, workers=1, progress=False, **how)


def same(one, other):
    assert list(one) == list(other)
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], check_exact=True)
