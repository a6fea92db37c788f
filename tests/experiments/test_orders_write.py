"""Order logs written, and read back without loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longgame.experiments.orders.log import SCHEMA, order_log
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders
from longgame.sim.errors import InputError

_ids = st.integers(0, 2**53)
_rows = st.lists(
    st.tuples(_ids, _ids, _ids, st.integers(1, 400), st.integers(1, 10**12).map(lambda cents: cents / 100)),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=_rows)
def test_orders_are_read_back_without_loss(tmp_path_factory, ending, rows):
    frame = pd.DataFrame(rows, columns=list(SCHEMA)).sort_values("month", kind="stable", ignore_index=True)
    wide = frame.assign(refund=0.0, repeat=True, group="g", strategy="milker", delivered=1.0)
    path = tmp_path_factory.mktemp("orders") / f"orders{ending}"
    write_orders(wide[list(reversed(wide.columns))], path)
    log = read_orders(path)
    pd.testing.assert_frame_equal(log.frame, frame, check_exact=True)
    assert log.months == frame["month"].max() and not log.dropped


def test_what_a_run_hands_back_is_read_back_without_loss(tmp_path):
    from longgame.sim import Scenario, run

    orders = run(Scenario().but({"customers.count": 200, "months": 12}), 1, orders=True).orders
    assert len(orders) > 50
    for ending in (".csv", ".parquet"):
        path = tmp_path / f"orders{ending}"
        write_orders(orders, path)
        back = read_orders(path).frame
        kept = orders[orders["refund"] < orders["amount"]]
        for column in ("customer", "salesperson", "firm", "month"):
            np.testing.assert_array_equal(back[column].to_numpy(), kept[column].to_numpy())
        np.testing.assert_allclose(back["amount"], kept["amount"] - kept["refund"])
    assert (orders["refund"] > 0).any()
    log = order_log(orders, months=12)
    pd.testing.assert_frame_equal(log.frame, back)
    assert sum(out.money for out in log.left_out) == pytest.approx(orders["amount"].sum() - back["amount"].sum())


def test_writing_is_refused_in_clear_lines(tmp_path):
    frame = pd.DataFrame({c: [1] for c in SCHEMA})
    for table, path, words in (
        (frame, tmp_path / "o.xlsx", "choose .csv"),
        (frame.drop(columns="firm"), tmp_path / "o.csv", "no column `firm`"),
        (frame, tmp_path / "no" / "o.csv", "does not exist"),
        (frame, tmp_path, "ending"),
    ):
        with pytest.raises(InputError, match=words):
            write_orders(table, path)
    assert not list(tmp_path.iterdir())


def test_equal_logs_give_equal_files(tmp_path):
    frame = pd.DataFrame({c: [1, 2] for c in SCHEMA})
    for name in ("a.csv.gz", "b.csv.gz"):
        write_orders(frame, tmp_path / name)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
