"""Several plans on the same workers: what is kept between them, and what stops them."""

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pandas as pd
import pytest

from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.runs import workers as several
from longgame.experiments.runs.runner import Interrupted, SerialExecutor
from longgame.experiments.runs.workers import AllFailed, Failed, Lost, Workers, work_of
from longgame.experiments.store.store import Finished, ResultStore
from longgame.sim import Scenario

TINY = Scenario(months=1).but({"customers.count": 20})


def process(result):
    return pd.DataFrame({"process": [os.getpid()]})


def fails_from_seed_two(result):
    if result.seed >= 2:
        raise ArithmeticError("the books do not balance")
    return process(result)


def kills_at_seed_two(result):
    if result.seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return process(result)


def sleeps(result):
    Path(f"asleep-{os.getpid()}").touch()
    time.sleep(120)


def plan(measure, *seeds):
    return Plan({"tiny": TINY}, seeds, (Measure("m", measure),))


def test_plans_share_workers_which_are_replaced_where_one_was_killed(tmp_path):
    with ResultStore(tmp_path / "runs.sqlite") as store, Workers(store, 2) as workers:
        pids = [set(workers.tables(plan(process, seed, seed + 1, seed + 2))["m"]["process"]) for seed in (0, 3)]
        assert len(set.union(*pids)) <= 2 and os.getpid() not in set.union(*pids)
        outcome = workers.run(plan(kills_at_seed_two, 1, 2, 3), "killed")
        assert [failure.seed for failure in outcome.failures] == [2] and workers.outcome is outcome
        assert not set(workers.tables(plan(process, 6, 7, 8))["m"]["process"]) & set.union(*pids)
        assert store.connection.execute("SELECT name FROM plans").fetchall() == [("killed",)]


class TestFailures:
    @pytest.fixture
    def workers(self):
        with ResultStore() as store, Workers(store, 1) as workers:
            yield workers

    def test_runs_that_fail_are_left_out_or_refused(self, workers):
        assert set(workers.tables(plan(fails_from_seed_two, 1, 2))["m"]["seed"]) == {1}
        with pytest.raises(Failed, match="1 of 2 runs failed; the first in market 'tiny', seed 2: ArithmeticError"):
            workers.tables(plan(fails_from_seed_two, 1, 2), whole=True)

    @pytest.mark.parametrize("whole", [False, True])
    def test_where_all_fail_there_is_no_answer(self, workers, whole):
        with pytest.raises(AllFailed, match="all runs failed: ArithmeticError: the books do not balance"):
            workers.tables(plan(fails_from_seed_two, 2, 3), whole=whole)
        assert issubclass(AllFailed, Failed)

    def test_an_executor_that_breaks_down(self):
        class Broken(SerialExecutor):
            def submit(self, fn, /, *args, **kwargs):
                raise BrokenExecutor

        with ResultStore() as store, Workers(store, 2, Broken()) as workers, pytest.raises(Lost, match="2 of 2 runs"):
            workers.run(plan(process, 0, 1))


def test_ctrl_c_stops_kept_workers_at_once_and_says_what_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def strike():
        end = time.monotonic() + 60
        while len(list(tmp_path.glob("asleep-*"))) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        struck.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    struck = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # pytest may be started with it ignored
    try:
        with (
            pytest.raises(Interrupted, match=r"1 of 3 runs are kept in .*runs\.sqlite; the same command again"),
            ResultStore(tmp_path / "runs.sqlite") as store,
            Workers(store, 2) as workers,
        ):
            whole = plan(sleeps, 0, 1, 2)
            store.save(next(whole.runs()), whole.measures, Finished({"m": pd.DataFrame({"process": [0]})}))
            threading.Timer(0, strike).start()
            workers.run(whole)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - struck[0] < 30


def test_ctrl_c_before_the_workers_are_there_says_what_is_kept_too(tmp_path, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(several, "compile_once", interrupted)
    said = r"0 of 2 runs are kept in .*runs\.sqlite"
    with pytest.raises(Interrupted, match=said), ResultStore(tmp_path / "runs.sqlite") as store:
        Workers(store, 2).run(plan(process, 0, 1))


def test_work_is_counted_in_customer_months():
    assert work_of(Plan({"a": TINY, "b": TINY.but(months=3)}, (0, 1), (Measure("m", process),))) == 20 * (1 + 3) * 2
