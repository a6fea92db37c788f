"""The numbers of a book, by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.books.numbers import KNOWN, book_of, numbers
from longgame.experiments.orders.log import LeftOut, order_log
from longgame.sim import Scenario, run

ROWS = [  # customer, salesperson, month, amount
    ("a", "Ann", 1, 100.0), ("a", "Ann", 2, 100.0), ("a", "Bob", 4, 400.0),
    ("b", "Bob", 2, 50.0), ("c", "Ann", 3, 10.0),
]  # fmt: skip


@pytest.fixture
def log():
    frame = pd.DataFrame(ROWS, columns=["customer", "salesperson", "month", "amount"])
    return order_log(frame, months=4)


def test_the_numbers_of_a_small_book_are_those_counted_by_hand(log):
    found = numbers(log)
    expected = {
        "orders": 5 / 4, "revenue": 660 / 4, "active": 5 / 4, "customers": 3, "once": 2 / 3, "gap": 1.5, "top": 3 / 5,
        "new": 1 / 2, "sellers": (3 + 3) / 4, "names": 2 / 1.5, "main": 2 / 3, "top_sellers": 3 / 5,
        # of a, b and c one buys a month after the first order, of a and b none two, of a one three
        "repeat": (1 / 3 + 0 + 1) / 3,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    within = np.log([100, 100, 400]).var(ddof=0) * 3 / 2
    assert found["within"] == pytest.approx(math.sqrt(within))
    assert math.isnan(found["refunds"]) and math.isnan(found["wallet"])


def test_refunds_are_a_share_of_what_was_paid(log):
    from dataclasses import replace

    out = (LeftOut("returns, netted with their sales", 1, 300.0), LeftOut("lost deals", 1, 900.0))
    assert numbers(replace(log, left_out=out))["refunds"] == pytest.approx(300 / 960)


def test_without_amounts_and_salespeople_the_rest_is_counted(log):
    from dataclasses import replace

    bare = replace(log, frame=log.frame.assign(amount=np.nan, salesperson=pd.NA))
    found = numbers(bare)
    assert found["orders"] == 5 / 4 and all(
        math.isnan(found[name]) for name in ("revenue", "within", "sellers", "main")
    )


def test_a_market_is_read_as_the_book_that_it_writes():
    scenario = Scenario(months=24).but({"customers.count": 600})
    result = run(scenario, 1, orders=True)
    row = book_of(0).of(result).iloc[0]
    own = numbers(order_log(result.orders, months=24))
    for name in KNOWN:
        if math.isfinite(own[name]):
            assert row[name] == own[name]
    assert 0 < row["wallet"] < 1 and 0 < row["recommended"] < 1 and 0 < row["curve_1"] < 1
    silent = run(scenario.but({"customers.rate": 1e-9}), 1, orders=True)
    assert book_of(0).of(silent).isna().all(axis=None) and list(book_of(0).of(silent)) == list(book_of(0).of(result))


def test_shares_are_compared_in_points_and_the_rest_in_parts():
    assert KNOWN["once"].off(0.35, 0.3) == pytest.approx(0.05)
    assert [KNOWN["orders"].off(11, 10), KNOWN["repeat"].off(0.22, 0.2)] == pytest.approx([0.1, 0.1])


def test_of_a_group_of_customers_only_those_who_come_so_soon_are_counted():
    result = run(Scenario(months=12).but({"customers.count": 300, "burn_in": 0}), 2, orders=True)
    first = result.orders.groupby("customer")["month"].transform("min")
    early = result.orders[first <= 3]
    assert 0 < len(early) < len(result.orders)
    row, own = book_of(3).of(result).iloc[0], numbers(order_log(early, months=12))
    assert {name: row[name] for name in own if math.isfinite(own[name])} == pytest.approx(
        {name: value for name, value in own.items() if math.isfinite(value)}
    )
