"""Run a plan: in this process, in worker processes, or on any `concurrent.futures.Executor`.

The tables that come back depend on the plan alone, never on the number of workers, on which run finished first, or
on how often the work was interrupted and taken up again. Finished runs go into a results store one by one;
only this process writes to it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import pandas as pd

from longgame.experiments.design.plan import Measure, Plan, Run
from longgame.experiments.runs import provenance, speed
from longgame.experiments.runs.pool import Pool, of_a_notebook, process_pool
from longgame.experiments.runs.progress import bar
from longgame.experiments.store.lock import end_if_importing
from longgame.experiments.store.store import Failure, Finished, ResultStore, now
from longgame.sim.say import say
from longgame.sim.scenario import MODEL_VERSION, Scenario
from longgame.sim.strategy import OWN_FILE

#: Runs in flight per worker: enough to keep each one busy, few enough not to pile up results.
AHEAD = 2


@dataclass(frozen=True)
class Outcome:
    """What a plan gave.

    Attributes
    ----------
    tables : mapping
        One tidy table per measure, with ``market``, ``seed`` and the plan's labels in front. Failed runs are in none.
    failures : tuple of Failure
    seconds : float
        Time this took now.
    reused : int
        How many of the plan's runs had been made before.
    lost : int
        How many could not be made because the executor broke down; they are among the failures.
    environments : tuple
        What the runs were made with (model, commit, versions, host), and how many with each.
    """

    tables: Mapping[str, pd.DataFrame]
    failures: tuple[Failure, ...]
    seconds: float
    reused: int = 0
    lost: int = 0
    environments: tuple[tuple[Mapping[str, str | None], int], ...] = ()


def failed(failures: Sequence[Failure], total: int) -> str:
    """Report how many runs of how many failed, and why the first did."""
    first = failures[0]
    return (
        f"{len(failures):,} of {total:,} runs failed; the first in market {first.market!r}, seed {first.seed}: "
        f"{first.error}"
    )


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a line on what is kept and how to go on."""


#: A run and the measures to take of it.
Task = tuple[Run, tuple[Measure, ...]]


class SerialExecutor(Executor):
    """Runs each task at once, in this process: the executor to debug with."""

    def submit(self, fn, /, *args, **kwargs) -> Future:
        """Run the task now and return a future that is already done."""
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def execute(run: Run, measures: tuple[Measure, ...]) -> Finished:
    """Run one market and measure it; an error is part of what comes back, so that it travels in one piece."""
    from longgame.sim import run as simulate

    started, clock, environment = now(), time.perf_counter(), dict(provenance.environment())
    try:
        result = simulate(run.scenario, run.seed, orders=any(m.orders for m in measures))
        found = Finished({measure.name: measure.of(result) for measure in measures})
    except Exception as error:
        found = Finished(error=_said(error), details=traceback.format_exc())
    seconds = time.perf_counter() - clock
    return replace(found, started=started, seconds=seconds, environment=environment)


def _said(error: BaseException) -> str:
    """Return an error in a line."""
    return f"{type(error).__name__}: {error}"


def load_compiled() -> None:
    """Run the smallest market that uses every compiled function, so that each is compiled or loaded."""
    from longgame.sim import run as simulate

    # 13 months: a first year end is part of it.
    simulate(Scenario(months=13).but({"customers.count": 10}), 0, orders=True)


def compile_once() -> None:
    """Compile the market before several workers would each do it, and show how far that is."""
    from longgame.sim.precompile import precompile

    precompile()


def warm() -> None:
    """Compile the market once, and load it into this process."""
    compile_once()
    load_compiled()


def run_plan(
    plan: Plan,
    *,
    store: ResultStore | None = None,
    name: str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = True,
) -> Outcome:
    """Run every run of a plan that is not in the store yet, and gather the measures of all.

    Parameters
    ----------
    plan : Plan
    store : ResultStore, optional
        Where finished runs are kept and looked for. Failed runs are made again. Without, nothing is kept.
    name : str, optional
        Name under which the store notes the plan, for `longgame status` and `longgame export`.
    workers : int, optional
        Worker processes; 1 runs in this process. Default: one per core, 1 for measures of a notebook. With
        `executor`: how many runs that does at once.
    executor : concurrent.futures.Executor, optional
        Where to run instead, for example ``dask.distributed.Client().get_executor()``. It is not shut down.
    progress : bool
        Report on stderr how much is there already; show a bar with rate and time left on a terminal or in a notebook,
        elsewhere say every few seconds how many are done.

    Returns
    -------
    Outcome
        The same tables in the same order for any executor and any number of workers, at once or in parts.

    Raises
    ------
    ValueError
        If `workers` is less than 1; or more than 1 for a measure of a notebook or for a strategy that is a class
        of this process alone, which other processes cannot import.
    Unguarded
        If worker processes fail where they import the script: it lacks ``if __name__ == "__main__":``.
    Interrupted
        On Ctrl-C; what was finished is in the store.
    """
    started = time.perf_counter()
    end_if_importing()
    if workers is None:
        workers = 1 if of_a_notebook(plan.measures) else os.cpu_count() or 1
    if workers < 1:
        raise ValueError(f"`workers` is {workers}; it must be at least 1")
    # What a measure does is looked up once, now: a notebook may have changed it since, and a run may change it.
    plan = Plan(plan.markets, plan.seeds, [replace(measure) for measure in plan.measures])
    if store is None:
        with ResultStore() as kept:
            return _run_plan(plan, kept, workers, executor, progress, started)
    if name is not None:
        store.record(name, plan)
    with interruptible(plan, store):
        return _run_plan(plan, store, workers, executor, progress, started)


@contextmanager
def interruptible(plan: Plan, store: ResultStore) -> Iterator[None]:
    """Report on Ctrl-C how many runs of a plan are kept in a store, if that is a file, and how to go on."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        if store.path is None:
            raise
        done = len(plan) - _count(plan, store.missing(plan))
        raise Interrupted(
            f"{done:,} of {len(plan):,} runs are kept in {store.path}; the same command again goes on there"
        ) from None


def _run_plan(
    plan: Plan, store: ResultStore, workers: int, executor: Executor | None, progress: bool, started: float
) -> Outcome:
    """Make what is missing and gather everything."""
    todo = store.missing(plan)
    reused = len(plan) - _count(plan, todo)
    if reused and progress:
        say(f"{reused:,} of {len(plan):,} runs are there already{_made_by_others(plan, store)}")
    here = workers == 1  # a single run, too, may kill its process: this one only where that is asked for
    workers = min(workers, max(len(todo), 1))
    _look_at_classes(todo, workers, executor is not None or workers > 1, progress)
    if todo:
        if (isinstance(executor, Pool) or (executor is None and not here)) and (name := of_a_notebook(plan.measures)):
            raise ValueError(
                f"measure {name!r}: worker processes cannot import a function of a notebook; put it into a module, or "
                "say workers=1"
            )
        if executor is None:
            compile_once()
        with bar(len(todo) + reused, reused, progress) as advance:
            sweep = _Sweep(store, advance)
            if executor is not None:
                sweep.drain(executor, AHEAD * workers, todo)
            elif here:
                sweep.drain(SerialExecutor(), 1, todo)
            else:
                sweep.drain_pools(workers, todo)
    failures = store.failures(plan)
    told = {(failure.market, failure.seed) for failure in failures}
    lost = {run.key for run, _ in store.missing(plan)}
    missing = [
        Failure(run.market, run.seed, "the executor broke down before this run was done")
        for run in plan.runs()
        if run.key in lost and (run.market, run.seed) not in told
    ]
    failures += missing
    position = {(run.market, run.seed): i for i, run in enumerate(plan.runs())} if failures else {}
    failures.sort(key=lambda failure: position[failure.market, failure.seed])
    tables, made_with = store.tables(plan), tuple(store.environments(plan))
    seconds = time.perf_counter() - started
    return Outcome(tables, tuple(failures), seconds, reused, len(missing), made_with)


def _look_at_classes(todo: list[Task], workers: int, elsewhere: bool, progress: bool) -> None:
    """Say what strategies cost that are Python classes; refuse those that other processes cannot have."""
    slow = [run.scenario for run, _ in todo if run.scenario.in_python()]
    for scenario in slow if elsewhere else ():
        for strategy in scenario.in_python():
            if strategy.code is not None and strategy.code.live is not None:
                raise ValueError(f"strategy {strategy.name} is a class that lives in this process alone; {OWN_FILE}")
    if slow and progress:
        work = sum(scenario.customers.count * scenario.months for scenario in slow)
        say(speed.in_python(len(slow), work, workers))


def _count(plan: Plan, tasks: list[Task]) -> int:
    """Return how many runs of a plan some tasks stand for: equal markets are one task."""
    keys = {run.key for run, _ in tasks}
    return sum(run.key in keys for run in plan.runs()) if keys else 0


def _made_by_others(plan: Plan, store: ResultStore) -> str:
    """Report runs that were made with other versions than those of this process."""
    count, differing = 0, set()
    for theirs, runs in store.environments(plan):
        other = {name for name, ours in provenance.environment().items() if name != "host" and theirs.get(name) != ours}
        count, differing = count + (runs if other else 0), differing | other
    if not count:
        return ""
    return f" ({count:,} of them made with another {', '.join(sorted(differing))}; `longgame status` says which)"


@dataclass
class _Sweep:
    """The work of a plan: hands out tasks and keeps what comes back."""

    store: ResultStore
    advance: Callable[[], object]

    def drain_pools(self, workers: int, todo: list[Task]) -> None:
        """Work tasks off in pools; where a worker is killed, find out which run kills its worker alone."""
        while todo:
            with process_pool(workers) as pool:
                suspects, todo = self.drain(pool, AHEAD * workers, todo)
            for task in suspects:
                with process_pool(1) as pool:
                    guilty, _ = self.drain(pool, 1, [task])
                    if guilty:
                        error = f"the worker process {pool.end()} in this run"
                        self.keep(task, Finished(error=error, environment=provenance.environment()))

    def drain(self, executor: Executor, window: int, todo: list[Task]) -> tuple[list[Task], list[Task]]:
        """Keep `window` tasks in flight until all are done.

        Returns
        -------
        tuple of list
            Where the executor broke: the tasks that were in flight, and those not begun.

        Raises
        ------
        Unguarded
            If no worker could start.
        """
        queue, flying = deque(todo), {}
        try:
            while queue or flying:
                while queue and len(flying) < window:
                    with _uninterrupted() if _may_start_a_worker(executor) else nullcontext():
                        flying[executor.submit(execute, *queue[0])] = queue[0]
                    queue.popleft()
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    try:
                        finished = future.result()
                    except (BrokenExecutor, CancelledError):
                        raise
                    except Exception as error:  # for example a result that cannot be pickled
                        finished = Finished(error=_said(error), environment=provenance.environment())
                    with _uninterrupted():
                        self.keep(flying[future], finished)
                        del flying[future]
        except (BrokenExecutor, CancelledError):
            if isinstance(executor, Pool):
                executor.end()
            suspects = list(flying.values()) or list(queue)[:1]
            keys = {run.key for run, _ in suspects}
            return suspects, [task for task in queue if task[0].key not in keys]
        except BaseException:
            for future in flying:
                future.cancel()
            raise
        return [], []

    def keep(self, task: Task, finished: Finished) -> None:
        """Put what came back into the store."""
        model = finished.environment.get("model")
        if model != MODEL_VERSION:
            error = f"the worker has version {model} of the model, this process {MODEL_VERSION}"
            finished = replace(finished, tables={}, error=error)
        self.store.save(*task, finished)
        self.advance()


def _may_start_a_worker(executor: Executor) -> bool:
    """Return whether the next submission to an executor may start a process."""
    return not (isinstance(executor, SerialExecutor) or (isinstance(executor, Pool) and executor.whole))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C until the block is done: a worker interrupted while it starts would be left behind.

    A terminal sends Ctrl-C to the processes that are started meanwhile, too: they inherit that it is blocked.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = []
    before = signal.signal(signal.SIGINT, lambda *signal_and_frame: caught.append(signal_and_frame))
    mask = getattr(signal, "pthread_sigmask", None)  # not on Windows
    blocked = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else ()
    try:
        yield
    finally:
        if mask:
            mask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
    if caught and callable(before):  # not where the signal was ignored
        before(*caught[0])
