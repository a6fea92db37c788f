"""Kill −9 a sweep at random moments, take it up again, and compare with one that was left alone.

``python -m tests.experiments.runs.kills --kills 10`` is the long version of `tests/experiments/runs/test_resume.py`.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs.runner import AHEAD, run_plan
from longgame.experiments.store.store import ResultStore
from longgame.sim import Scenario

ROOT = Path(__file__).parents[3]
WORKERS = 2
MARK, LOG, PAUSE = "LONGGAME_TEST_MARK", "LONGGAME_TEST_LOG", "LONGGAME_TEST_PAUSE"


def groups(result):
    """A table with text, integers and floats; notes that the run was made, and takes its time."""
    if os.environ.get(LOG):
        with open(os.environ[LOG], "a") as log:
            log.write(f"{result.scenario.key()}-{result.seed}\n")
        time.sleep(float(os.environ[PAUSE]))
    return result.monthly[["month", "group", "revenue", "deals"]]


def buyers(result):
    return result.orders[["customer", "amount"]]


def plan(runs: int) -> Plan:
    small = Scenario(months=6).but({"customers.count": 120})
    measures = (Measure("groups", groups), Measure("buyers", buyers, orders=True))
    return Plan({"small": small, "longer": small.but(months=9)}, tuple(range(runs // 2)), measures)


def sweep(store: str, runs: int, dask: bool) -> None:
    """What is killed: a sweep in its own process."""
    from longgame.experiments.runs.cluster import cluster
    from tests.experiments.runs import kills  # the functions as workers import them, not those of __main__

    with ResultStore(store) as kept:
        if dask:
            with cluster("local", WORKERS) as (executor, _):
                run_plan(kills.plan(runs), store=kept, name="sweep", executor=executor, workers=WORKERS)
        else:
            run_plan(kills.plan(runs), store=kept, name="sweep", workers=WORKERS)


class Report(NamedTuple):
    """What happened."""

    kills: int
    there: list[int]
    slowest_end: float
    made: int
    wanted: int


def rehearse(folder: Path, *, kills: int, runs: int, seed: int = 1, spread: float = 1.0, dask: bool = False) -> Report:
    """Kill a sweep so many times, go on to the end, and check everything that was promised.

    `spread` is the time within which a kill comes after the first new run; a third of the kills come at any
    time from the start of the process on.
    """
    rng = np.random.default_rng(seed)
    store, log, mark = folder / "runs.sqlite", folder / "made.log", f"{MARK}={os.getpid()}-{time.time_ns()}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), LOG: str(log), PAUSE: "0.05", MARK: mark.partition("=")[2]}
    command = [sys.executable, "-m", "tests.experiments.runs.kills", "--sweep", str(store), "--runs", str(runs)]
    command += ["--dask"] if dask else []

    def start():
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, start_new_session=True)

    before, there, slowest = {}, [], 0.0
    for number in range(kills):
        parent = start()
        anywhere = number % 3 == 2
        if not anywhere:
            wait_for(lambda b=before: len(finished(store)) > len(b), 300)
        time.sleep(rng.uniform(0, 6 if anywhere else spread))
        seen = finished(store)  # what anybody could know to be finished
        assert parent.poll() is None, f"over before kill {number + 1}: {parent.communicate()}"
        parent.kill()
        killed = time.monotonic()
        parent.wait()
        wait_for(lambda: not carrying(mark), 15)
        slowest = max(slowest, time.monotonic() - killed)
        before = finished(store)
        assert seen.items() <= before.items(), "a finished run was lost"
        there.append(len(before))
    last = start()
    _, said = last.communicate(timeout=300)
    assert last.returncode == 0, said.decode()
    if before:
        assert f"{len(before)} of {runs} runs are there already".encode() in said
    wait_for(lambda: not carrying(mark), 15)

    after = finished(store)
    assert before.items() <= after.items(), "a finished run was lost or made again"
    assert len(after) == runs == len({key for key, _ in after.values()}), "a run is missing or there twice"
    made = len(log.read_text().splitlines())
    ahead = (AHEAD * WORKERS + 1) * kills
    assert runs <= made <= runs + ahead, f"{made} runs were made where {runs} were needed"
    with ResultStore(store, read_only=True) as kept:
        assert kept.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert kept.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        resumed = kept.tables(plan(runs))
    alone = run_plan(plan(runs), workers=1, progress=False)
    assert not alone.failures
    for name, table in alone.tables.items():
        pd.testing.assert_frame_equal(resumed[name], table, check_exact=True)
    return Report(kills, there, slowest, made, runs)


def finished(store: Path) -> dict[int, tuple[str, str]]:
    """Runs that are in a store: their ids, keys and when they were begun."""
    if not store.exists() or not store.stat().st_size:
        return {}
    try:
        with ResultStore(store, read_only=True) as kept:
            rows = kept.connection.execute("SELECT id, key, started FROM runs").fetchall()
    except ValueError:  # not a store yet
        return {}
    return {id: (key, started) for id, key, started in rows}


def carrying(mark: str) -> list[int]:
    """Processes whose environment holds the mark, and which are no zombies."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if mark.encode() in (process / "environ").read_bytes().split(b"\0"):
                    state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
                    found += [int(process.name)] if state != "Z" else []
            except OSError:
                continue
    return found


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.02)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sweep")
    parser.add_argument("--runs", type=int, default=600)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dask", action="store_true")
    options = parser.parse_args()
    if options.sweep:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sweep(options.sweep, options.runs, options.dask)
    else:
        with tempfile.TemporaryDirectory() as folder:
            print(
                rehearse(
                    Path(folder),
                    kills=options.kills,
                    runs=options.runs,
                    seed=options.seed,
                    spread=2.5,
                    dask=options.dask,
                )
            )
