"""Time and memory of the compiled market at two sizes: `python benchmarks/scale.py [--customers N ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time

import numpy as np

from longgame.sim import Firms, Scenario, run
from longgame.sim.layout import build
from longgame.sim.state import State

WIDTHS = (10, 8, 8, 8, 20, 15)


def market(customers: int, salespeople: int, months: int) -> Scenario:
    """Return a market of half adversarial, half collaborative salespeople, half of each in herds of five."""
    half = max(6, salespeople // 2)
    herds = max(1, half // 10)
    groups = []
    for strategy in ("adversarial", "collaborative"):
        groups.append(Firms(name=f"{strategy}-singleton", count=half - 5 * herds, strategies={strategy: 1}))
        groups.append(Firms(name=f"{strategy}-herd", count=herds, strategies={strategy: 5}, policy="herd"))
    firms = [g.model_dump() for g in groups]
    return Scenario().but({"customers.count": customers, "firms": firms}, months=months)


def bytes_of(state: State) -> int:
    """Return the size of all tables; a table that is there under two names counts once."""
    tables = [table for table in state if isinstance(table, np.ndarray)]
    return sum({table.ctypes.data: table.nbytes for table in tables if table.nbytes}.values())


def bytes_per_customer(scenario: Scenario) -> float:
    """Return the size of all tables at the start, per customer."""
    return bytes_of(build(scenario, 0)) / scenario.customers.count


def main() -> None:
    """Print one line per size and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    started = time.perf_counter()
    run(market(500, 20, 13), 0)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"first run, compiling if nothing is cached: {time.perf_counter() - started:.1f} s")
    heads = ("customers", "sellers", "threads", "seconds", "M customer-months/s", "bytes/customer")
    print(" ".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True)))
    for customers in arguments.customers:
        scenario = market(customers, max(50, customers // 1000), arguments.months)
        size = bytes_per_customer(scenario)
        for threads in arguments.threads:
            started = time.perf_counter()
            run(scenario, 0, threads=threads)
            seconds = time.perf_counter() - started
            speed = customers * arguments.months / seconds / 1e6
            row = (customers, scenario.sellers, threads, f"{seconds:.2f}", f"{speed:.1f}", f"{size:.0f}")
            print(" ".join(f"{value:>{width}}" for value, width in zip(row, WIDTHS, strict=True)))
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
