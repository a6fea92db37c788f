"""Run a plan: in this process, in worker processes, or on any `concurrent.futures.Executor`.

The tables that come back depend on the plan alone, never on the number of workers or on who finished first.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pandas as pd

from experiments.plan import Measure, Plan, Run
from sim.scenario import Scenario

#: Runs in flight per worker: enough to keep each one busy, few enough not to pile up results.
AHEAD = 2

#: Seconds after which a first, tiny run must be compiling rather than loading compiled code.
PATIENCE = 4.0


@dataclass(frozen=True)
class Failure:
    """A run that ended in an error."""

    arm: str
    seed: int
    error: str
    details: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a plan gave: one tidy table per measure, with `arm` and `seed` in front, and the failures."""

    tables: Mapping[str, pd.DataFrame]
    failures: tuple[Failure, ...]
    seconds: float


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


def execute(run: Run, measures: tuple[Measure, ...]) -> dict[str, pd.DataFrame] | Failure:
    """Run one market and measure it; an error becomes a `Failure`, so that it travels back in one piece."""
    from sim import run as simulate

    try:
        result = simulate(run.scenario, run.seed, orders=any(m.orders for m in measures))
        return {measure.name: measure.of(result) for measure in measures}
    except Exception as error:
        return Failure(run.arm, run.seed, f"{type(error).__name__}: {error}", traceback.format_exc())


def load_compiled() -> None:
    """Run the smallest market that uses every compiled function, so that each is compiled or loaded."""
    from sim import run as simulate

    # 13 months: a first year end is part of it.
    simulate(Scenario(months=13).but({"customers.count": 10}), 0, orders=True)


def warm() -> None:
    """Compile the market once, before several workers would each do it; say so where it takes long."""
    line = "compiling the market, once ..."
    tell = threading.Timer(PATIENCE, lambda: print(line, file=sys.stderr, flush=True))
    tell.daemon = True
    tell.start()
    try:
        load_compiled()
    finally:
        tell.cancel()


def _on_a_leash(leash: Connection) -> None:
    """Prepare a worker: Ctrl-C is the parent's business, and the worker dies when the parent lets go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def hold() -> None:
        # The other end is closed by the parent when it stops, and by the system when the parent dies.
        try:
            leash.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=hold, daemon=True, name="leash").start()


@contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes that stop when it is left, and when this process dies.

    Notes
    -----
    Workers are forked from a clean server that has imported the market already (elsewhere: spawned), never
    from this process, whose threads and locks they would inherit.
    """
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["experiments.preload"])
    far_end, near_end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_on_a_leash, initargs=(far_end,))
    try:
        yield pool
        pool.shutdown(wait=True)
    finally:
        near_end.close()  # whoever is still at work, after an error or Ctrl-C, stops now
        pool.shutdown(wait=True, cancel_futures=True)
        far_end.close()


def run_plan(
    plan: Plan, *, workers: int | None = None, executor: Executor | None = None, progress: bool = True
) -> Outcome:
    """Run every run of a plan and gather its measures.

    Parameters
    ----------
    plan : Plan
    workers : int, optional
        Worker processes; 1 runs in this process. Default: one per core. Ignored where `executor` is given.
    executor : concurrent.futures.Executor, optional
        Where to run instead, for example ``dask.distributed.Client().get_executor()``. It is not shut down.
    progress : bool
        Show a bar with rate and time left on stderr, if that is a terminal.

    Returns
    -------
    Outcome
        The same tables in the same order for any executor and any number of workers.

    Raises
    ------
    ValueError
        If `workers` is less than 1.
    """
    workers = workers if workers is not None else os.cpu_count() or 1
    if workers < 1:
        raise ValueError(f"`workers` is {workers}; it must be at least 1")
    started = time.perf_counter()
    runs = list(plan.runs())
    workers = min(workers, len(runs))
    done: dict[int, dict[str, pd.DataFrame] | Failure] = {}
    with _bar(len(runs), progress) as advance:
        if executor is not None:
            _drain(executor, AHEAD * workers, runs, range(len(runs)), plan.measures, done, advance)
        else:
            warm()
            if workers == 1:
                _drain(SerialExecutor(), 1, runs, range(len(runs)), plan.measures, done, advance)
            else:
                _drain_pools(workers, runs, plan.measures, done, advance)
    for index, run in enumerate(runs):
        done.setdefault(index, Failure(run.arm, run.seed, "the executor broke down before this run was done"))
    return _gather(plan, runs, done, time.perf_counter() - started)


def _drain_pools(workers, runs, measures, done, advance) -> None:
    """Work the runs off in pools; where a worker is killed, find out which run kills its worker alone."""
    todo = list(range(len(runs)))
    while todo:
        with process_pool(workers) as pool:
            suspects = _drain(pool, AHEAD * workers, runs, todo, measures, done, advance)
        for index in suspects:
            with process_pool(1) as pool:
                guilty = _drain(pool, 1, runs, [index], measures, done, advance)
            if guilty:
                error = "the worker process died in this run (out of memory?)"
                done[index] = Failure(runs[index].arm, runs[index].seed, error)
                advance()
        todo = [index for index in todo if index not in done]


def _drain(executor, window, runs, todo, measures, done, advance) -> list[int]:
    """Keep `window` runs in flight until all of `todo` are done; return those caught in a broken pool."""
    queue, flying = deque(todo), {}
    try:
        while queue or flying:
            while queue and len(flying) < window:
                with _uninterrupted():  # a submission may start a worker
                    flying[executor.submit(execute, runs[queue[0]], measures)] = queue[0]
                queue.popleft()
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                index = flying[future]
                try:
                    done[index] = future.result()
                except BrokenExecutor:
                    raise
                except Exception as error:  # for example a result that cannot be pickled
                    run = runs[index]
                    done[index] = Failure(run.arm, run.seed, f"{type(error).__name__}: {error}")
                del flying[future]
                advance()
    except BrokenExecutor:
        return sorted(flying.values()) or list(queue)[:1]
    except BaseException:
        for future in flying:
            future.cancel()
        raise
    return []


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C until the block is done: a worker interrupted while it starts would be left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = []
    before = signal.signal(signal.SIGINT, lambda *signal_and_frame: caught.append(signal_and_frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
    if caught and callable(before):  # not where the signal was ignored
        before(*caught[0])


def _gather(plan: Plan, runs: list[Run], done, seconds: float) -> Outcome:
    """Put the pieces together in the order of the plan."""
    tables = {}
    for measure in plan.measures:
        pieces = []
        for index, run in enumerate(runs):
            piece = done[index]
            if not isinstance(piece, Failure):
                table = piece[measure.name].reset_index(drop=True)
                pieces.append(table.assign(arm=run.arm, seed=run.seed)[["arm", "seed", *table.columns]])
        tables[measure.name] = (
            pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame({"arm": [], "seed": []})
        )
    failures = tuple(done[i] for i in range(len(runs)) if isinstance(done[i], Failure))
    return Outcome(tables, failures, seconds)


@contextmanager
def _bar(total: int, progress: bool) -> Iterator:
    """Give a function that moves the progress bar on by one; no bar where stderr is not a terminal."""
    from tqdm import tqdm

    # disable=None is tqdm's own rule: silent unless the stream is a terminal.
    with tqdm(total=total, unit="run", disable=None if progress else True, leave=False) as bar:
        yield lambda: bar.update(1)
