"""The runner: the same tables however made; failures, kills and interruptions that stay small."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs.runner import AHEAD, SerialExecutor, run_plan, warm
from longgame.experiments.store.store import ResultStore
from longgame.sim import Scenario

ROOT = Path(__file__).parents[3]
TINY = Scenario(months=3).but({"customers.count": 60})
SMALL = TINY.but({"customers.count": 90})


def revenue(result):
    return result.monthly[["month", "group", "revenue"]]


def deals(result):
    return result.monthly[["month", "group", "deals"]]


def logged(result):
    return result.orders[["customer", "amount"]]


def seed_one_fails(result):
    if result.seed == 1:
        raise ArithmeticError("the books do not balance")
    return revenue(result)


def seed_one_leaves(result):
    if result.seed == 1:
        os._exit(9)
    return revenue(result)


def seed_one_is_killed(result):
    if result.seed == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return revenue(result)


def seed_one_crashes(result):
    if result.seed == 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    return revenue(result)


def unpicklable(result):
    return pd.DataFrame({"x": [threading.Lock() if result.seed == 1 else 0]})


def plan(*measures, seeds=(0, 1, 2), scenarios=None):
    measures = [Measure(f.__name__, f, orders=f is logged) for f in measures]
    return Plan(scenarios or {"tiny": TINY, "small": SMALL}, seeds, tuple(measures))


def same(one, other):
    assert list(one.tables) == list(other.tables)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


@pytest.fixture(scope="module")
def serial():
    return run_plan(plan(revenue, deals, logged), workers=1)


class TestTables:
    def test_tidy_and_in_the_order_of_the_plan(self, serial):
        table = serial.tables["revenue"]
        assert list(table.columns) == ["market", "seed", "month", "group", "revenue"]
        order = table[["market", "seed"]].drop_duplicates().to_numpy().tolist()
        assert order == [[arm, seed] for seed in (0, 1, 2) for arm in ("tiny", "small")]
        assert len(serial.tables["logged"]) > 0 and not serial.failures

    def test_processes_give_the_same(self, serial):
        same(serial, run_plan(plan(revenue, deals, logged), workers=2))

    def test_any_executor_and_any_order_of_completion_give_the_same(self, serial):
        class Backwards(Executor):
            """Answers the latest request first."""

            def __init__(self):
                self.waiting, self.most, self.lock = [], 0, threading.Lock()

            def submit(self, fn, /, *args, **kwargs):
                future = Future()
                with self.lock:
                    self.waiting.append((future, fn, args))
                    self.most = max(self.most, len(self.waiting))
                threading.Timer(0.1, self.answer).start()
                return future

            def answer(self):
                with self.lock:
                    future, fn, args = self.waiting.pop()
                future.set_result(fn(*args))

        executor = Backwards()
        same(serial, run_plan(plan(revenue, deals, logged), executor=executor, workers=2))
        assert executor.most <= 2 * AHEAD  # never the whole plan at once

    def test_a_dask_cluster_gives_the_same(self, serial):
        pytest.importorskip("distributed")
        from longgame.experiments.runs.cluster import cluster

        with cluster("local", 2) as (executor, workers):
            same(serial, run_plan(plan(revenue, deals, logged), executor=executor, workers=workers))
            # A failing run, on a worker process, is a failed run there too.
            outcome = run_plan(plan(seed_one_fails), executor=executor, workers=workers)
        assert [(f.market, f.seed) for f in outcome.failures] == [("tiny", 1), ("small", 1)]
        assert "seed_one_fails" in outcome.failures[0].details

    def test_an_executor_that_is_given_stays_open(self, serial):
        with ThreadPoolExecutor(1) as executor:
            same(serial, run_plan(plan(revenue, deals, logged), executor=executor, workers=1))
            assert executor.submit(int, "7").result() == 7


class TestFailures:
    def test_where_the_executor_breaks_down_the_rest_is_missing_and_not_failed(self):
        class Breaking(SerialExecutor):
            left = 2

            def submit(self, fn, /, *args, **kwargs):
                self.left -= 1
                if self.left < 0:
                    raise BrokenExecutor
                return super().submit(fn, *args, **kwargs)

        with ResultStore() as store:
            outcome = run_plan(plan(revenue), store=store, executor=Breaking(), workers=1)
            assert outcome.lost == len(outcome.failures) == 4 and not store.failures(plan(revenue))
            assert outcome.failures[0].error == "the executor broke down before this run was done"
            assert run_plan(plan(revenue), store=store, workers=1).reused == 2

    @pytest.mark.parametrize("workers", [1, 2])
    def test_a_failing_run_is_reported_and_stops_nobody(self, workers):
        outcome = run_plan(plan(seed_one_fails), workers=workers)
        assert [(f.market, f.seed) for f in outcome.failures] == [("tiny", 1), ("small", 1)]
        assert outcome.failures[0].error == "ArithmeticError: the books do not balance"
        assert "seed_one_fails" in outcome.failures[0].details
        assert set(outcome.tables["seed_one_fails"]["seed"]) == {0, 2}

    def test_a_result_that_cannot_travel_is_a_failed_run(self):
        outcome = run_plan(plan(unpicklable, scenarios={"tiny": TINY}), workers=2)
        assert [f.seed for f in outcome.failures] == [1]

    @pytest.mark.parametrize(
        ("measure", "how"),
        [
            (seed_one_leaves, "ended with exit code 9"),
            (seed_one_is_killed, "was killed (out of memory?)"),
            (seed_one_crashes, "died of signal 11 (SIGSEGV)"),
        ],
    )
    def test_a_worker_that_ends_costs_its_run_only_and_lack_of_memory_is_said_of_a_kill_alone(self, measure, how):
        outcome = run_plan(plan(measure, scenarios={"tiny": TINY}), workers=2)
        assert [(f.seed, f.error) for f in outcome.failures] == [(1, f"the worker process {how} in this run")]
        assert set(outcome.tables[measure.__name__]["seed"]) == {0, 2}

    def test_all_failing_leaves_empty_tables(self):
        outcome = run_plan(plan(seed_one_fails, seeds=(1,)), workers=1)
        assert len(outcome.failures) == 2 and outcome.tables["seed_one_fails"].empty

    def test_ctrl_c_stops_a_run_in_this_process_at_once(self):
        reached = []

        def interrupted(result):
            signal.raise_signal(signal.SIGINT)
            reached.append(result)

        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # pytest may be started with it ignored
        try:
            with pytest.raises(KeyboardInterrupt):
                run_plan(plan(interrupted), workers=1, progress=False)
        finally:
            signal.signal(signal.SIGINT, before)
        assert not reached

    def test_a_measure_that_changes_what_it_refers_to_is_found_all_the_same(self):
        seen = []

        def counted(result):
            seen.append(result.seed)
            return revenue(result)

        with ResultStore() as store:
            assert not run_plan(plan(counted), store=store, workers=1, progress=False).failures
        assert len(seen) == 6

    def test_no_workers(self):
        with pytest.raises(ValueError, match="at least 1"):
            run_plan(plan(revenue), workers=0)


SLEEPER = """
    import os, sys, time
    from pathlib import Path
    from longgame.experiments.design.plan import Measure, Plan
    from longgame.experiments.runs.runner import run_plan
    from longgame.sim import Scenario

    def sleep(result):
        (Path(sys.argv[1]) / str(os.getpid())).touch()
        time.sleep(120)

    if __name__ == "__main__":
        tiny = Scenario(months=1).but({"customers.count": 10})
        run_plan(Plan({"tiny": tiny}, tuple(range(8)), (Measure("sleep", sleep),)), workers=2)
"""


def alive(pid):
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_stop_when_their_parent_is_gone_or_interrupted(tmp_path, how):
    script = tmp_path / "sleeper.py"
    script.write_text(textwrap.dedent(SLEEPER))
    marks = tmp_path / "marks"
    marks.mkdir()
    parent = subprocess.Popen(
        [sys.executable, script, marks], env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: len(list(marks.iterdir())) == 2, 120)
        workers = [int(mark.name) for mark in marks.iterdir()]
        assert all(alive(pid) for pid in workers)
        parent.send_signal(how)
        parent.wait(20)
    finally:
        parent.kill()
    wait_for(lambda: not any(alive(pid) for pid in workers), 10)
    assert b"Traceback" not in parent.stderr.read().replace(b"Traceback", b"", 1)  # at most the parent's own


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.1)


class TestPlan:
    def test_size_and_orders(self):
        assert len(plan(revenue)) == 6
        assert not plan(revenue).orders and plan(revenue, logged).orders

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"seeds": ()}, "seed"),
            ({"seeds": (1, 1)}, "differ"),
            ({"seeds": 5}, "no list of seeds"),
            ({"seeds": None}, "no list of seeds"),
            ({"seeds": "12"}, "no list of seeds"),
            ({"markets": {}}, "market"),
            ({"measures": ()}, "measures"),
        ],
    )
    def test_refuses_what_is_no_plan(self, change, message):
        whole = {"markets": {"a": TINY}, "seeds": (0,), "measures": (Measure("m", revenue),)}
        with pytest.raises(ValueError, match=message):
            Plan(**{**whole, **change})

    def test_keys_tell_apart_what_differs(self):
        measure, newer = Measure("m", revenue), Measure("m", revenue, version=2)
        runs = list(plan(revenue).runs())
        keys = {(run.key, m.name, m.version) for run in runs for m in (measure, newer)}
        assert len(keys) == 2 * len(runs)
        assert runs[0].key == next(plan(revenue).runs()).key


def test_warming_up_says_nothing_when_compiled(capsys):
    warm()
    warm()
    assert capsys.readouterr().out == ""
