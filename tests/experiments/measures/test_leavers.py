"""What is lost with a leaver: by hand on a made log, and in markets whose answer is known."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from longgame.experiments.measures.leavers import leaver_loss, leavers, sales_around
from longgame.sim import Firms, Scenario, run
from longgame.sim.configurations import CONFIGURATIONS

NAMES = ["firm", "salesperson", "customer", "month", "amount"]


def made(orders, closed=pd.NA):
    """Return a result of three years: in firm 1 salesperson 10 leaves after month 12, 11 and 12 stay."""
    people = pd.DataFrame(
        [(10, "herd", 12), (11, "herd", pd.NA), (12, "herd", pd.NA), (13, "herd", pd.NA), (20, "alone", pd.NA)],
        columns=["salesperson", "group", "left"],
    )
    firms = pd.DataFrame([(1, closed), (2, pd.NA)], columns=["firm", "closed"])
    log = pd.DataFrame(orders, columns=NAMES)
    return SimpleNamespace(orders=log, salespeople=people, firms=firms, scenario=SimpleNamespace(months=36))


LOG = [
    # Customer 100 is the leaver's, though a colleague sold to them once; 101 is a colleague's in the same way.
    (1, 10, 100, 3, 80.0),
    (1, 11, 100, 4, 20.0),
    (1, 12, 101, 12, 150.0),
    (1, 10, 101, 1, 50.0),
    # In the year after, whoever sells; what comes later and what other firms sell does not count.
    (1, 11, 100, 13, 30.0),
    (1, 13, 100, 24, 30.0),
    (1, 13, 100, 25, 500.0),
    (2, 20, 100, 13, 900.0),
    (1, 12, 101, 20, 150.0),
    # Customer 102 is new.
    (1, 13, 102, 14, 70.0),
]


def test_sales_around_a_month_by_hand():
    found = sales_around(pd.DataFrame(LOG, columns=NAMES), 12)
    assert found[["firm", "customer", "salesperson"]].to_numpy().tolist() == [[1, 100, 10], [1, 101, 12]]
    assert found["before"].tolist() == [100.0, 200.0]
    assert found["after"].tolist() == [60.0, 150.0]


def test_of_equals_the_lowest_number_is_the_main_salesperson():
    log = pd.DataFrame([(1, 12, 100, 3, 5.0), (1, 11, 100, 4, 5.0)], columns=NAMES)
    assert sales_around(log, 12)["salesperson"].tolist() == [11]


def test_loss_by_hand():
    sums = leavers(made(LOG))
    row = {"leavers": 1, "left_before": 100.0, "left_after": 60.0, "stayed_before": 200.0, "stayed_after": 150.0}
    assert sums.to_dict("records") == [{"group": "herd", "month": 12, **row}]
    # Of the leaver's customer 75 would have come, and 60 came.
    assert leaver_loss(sums) == pytest.approx(0.2)


@pytest.mark.parametrize(("closed", "rows"), [(24, 0), (25, 1)])
def test_a_firm_that_closes_in_the_year_after_does_not_count(closed, rows):
    assert len(leavers(made(LOG, closed))) == rows


def test_months_are_compared_with_themselves():
    # Everybody's sales halve after the first year and double after the second; leavers lose nothing.
    rows = pd.DataFrame(
        [(100.0, 50.0, 400.0, 200.0), (100.0, 200.0, 10.0, 20.0)],
        columns=["left_before", "left_after", "stayed_before", "stayed_after"],
    )
    assert leaver_loss(rows) == pytest.approx(0.0)
    assert math.isnan(leaver_loss(rows.assign(stayed_before=0.0)))
    assert math.isnan(leaver_loss(rows.iloc[:0]))


#: A market of one herd in which nobody is dismissed and nobody closes.
HERD = Scenario(months=60).but(
    {"customers.count": 600, "staffing.turnover": 0.25, "staffing.dismissal": 0.0},
    firms=[Firms(name="herd", count=4, strategies={"collaborative": 5}, policy="herd").model_dump()],
)


def test_a_market_in_which_nobody_leaves_has_no_rows():
    quiet = HERD.but({"staffing.turnover": 0.0})
    assert leavers(run(quiet, 1, orders=True)).empty


@pytest.mark.parametrize(("drift", "low", "high"), [(1.0, -0.06, 0.06), (0.0, 0.06, 0.2)])
def test_without_memory_only_the_speciality_leaves(drift, low, high):
    # Customers whose need lasts had met somebody who fits it. Who follows fits something else.
    forgetful = HERD.but({"trust.memory": False, "customers.drift": drift, "customers.rate": 1.0})
    sums = pd.concat([leavers(run(forgetful, seed, orders=True)) for seed in range(12)])
    assert low < leaver_loss(sums) < high


def test_succession_keeps_customers():
    market = CONFIGURATIONS["repeat-supply"].but({"customers.count": 1_200}, months=60, burn_in=24)
    loss = {}
    for share in (0.0, 0.7):
        runs = [run(market.but({"staffing.succession": share}), seed, orders=True) for seed in range(2)]
        loss[share] = leaver_loss(pd.concat([leavers(result) for result in runs]))
    assert loss[0.7] < loss[0.0] - 0.1
