"""The schema of an order log, and tables that do not fit it."""

from __future__ import annotations

import pandas as pd
import pytest

from longgame.experiments.orders.log import SCHEMA, order_log
from longgame.sim.columns import ORDERS
from longgame.sim.errors import InputError


def test_the_schema_is_that_of_the_simulator():
    assert tuple(ORDERS)[:5] == SCHEMA


@pytest.mark.parametrize(
    ("frame", "months", "words"),
    [
        (pd.DataFrame({"customer": [1], "month": [1]}), None, "no column `amount`"),
        (pd.DataFrame({"customer": [], "month": [], "amount": []}), None, "no rows"),
        (pd.DataFrame({"customer": [1], "month": [0], "amount": [1.0]}), None, "months go from 0"),
        (pd.DataFrame({"customer": [1], "month": [9], "amount": [1.0]}), 8, "1 to 8"),
        (pd.DataFrame({"customer": [1], "month": [1], "amount": [0.0]}), None, "least amount is 0.0"),
    ],
)
def test_bad_tables(frame, months, words):
    with pytest.raises(InputError, match=words):
        order_log(frame, months=months)
