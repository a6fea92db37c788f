"""How long it takes to read an order file, and how much memory: one of millions of rows is made, then read.

Run as ``python -m benchmarks.order_file 2000000``. It prints processor seconds, wall seconds and peak memory of the
reading process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

#: Reads the file that it is given, and prints what that took.
READ = """
import resource, sys, time
from longgame.experiments.orders.read import read_orders
wall = time.perf_counter()
log = read_orders(sys.argv[1])
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{len(log.frame):,} orders of {log.rows:,} rows: {used.ru_utime + used.ru_stime:.1f} s of processor, "
      f"{time.perf_counter() - wall:.1f} s, {used.ru_maxrss / 1e6:.2f} GB at most")
"""


def make(path: Path, rows: int) -> None:
    """Write an order file: two rows an order, names, statuses, dates with times, 2 % returns.

    Parameters
    ----------
    path : path
    rows : int
    """
    rng = np.random.default_rng(1)
    customer = rng.integers(0, rows // 40 + 1, rows)
    day = np.sort(rng.integers(0, 3 * 365, rows))
    amount = np.exp(rng.normal(4, 1, rows)).round(2)
    amount[rng.random(rows) < 0.02] *= -1
    pd.DataFrame(
        {
            "order_id": np.arange(rows) // 2,
            "customer_name": pd.Series(np.repeat(customer[::2], 2)[:rows]).map("Customer {:07d} Ltd".format),
            "order_date": (np.datetime64("2021-01-01T09:00") + np.repeat(day[::2], 2)[:rows].astype("timedelta64[D]")),
            "sales_rep": rng.integers(0, 60, rows),
            "status": rng.choice(["delivered", "paid", "cancelled", "pending"], rows, p=[0.6, 0.3, 0.05, 0.05]),
            "product": rng.integers(0, 5000, rows),
            "quantity": rng.integers(1, 9, rows),
            "amount": amount,
        }
    ).to_csv(path, index=False)


def main() -> None:
    """Make a file, and read it in a process of its own."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        started = time.perf_counter()
        make(path, rows)
        spent = time.perf_counter() - started
        print(f"made {path.stat().st_size / 1e6:.0f} MB in {spent:.0f} s")
        subprocess.run([sys.executable, "-c", READ, str(path)], check=True)


if __name__ == "__main__":
    main()
