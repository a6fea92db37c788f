"""`run`: the compiled months in a loop, for experiments."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from longgame.sim.books import Books, Result
from longgame.sim.layout import build
from longgame.sim.loop import play_months
from longgame.sim.month import Do, check_seed, pass_on, play_month, see_to_firms
from longgame.sim.precompile import precompile
from longgame.sim.scenario import Scenario
from longgame.sim.stages import Stage
from longgame.sim.state import State

#: Ranges per thread: they differ in their work, and a thread that ends early takes another.
RANGES = 4

#: Visits that make a range worth it: waking a thread takes as long as some hundred of them.
WORTH = 2_000

#: Customers who are as much work as one visit.
CUSTOMERS_A_VISIT = 8


def size_of(state: State, table: str) -> int:
    """Return the number of records that a stage over that table goes through."""
    if table == "visits":
        return int(state.n_visits[0])
    return len(getattr(state, table))


def in_ranges(pool: ThreadPoolExecutor | None = None) -> Do:
    """Return a `do` that cuts each table into ranges, each with a lane of its own, and works them off.

    The caller takes ranges too, so the pool needs a thread less than there are to be.
    """

    def do(stage: Stage, state: State, month: int) -> None:
        if stage.over == "market":
            stage.run(state, month)
            return
        size = size_of(state, stage.over)
        # The work of salespeople and firms is that of their visits.
        work = size // CUSTOMERS_A_VISIT if stage.over == "customers" else int(state.n_visits[0])
        parts = min(len(state.lanes), size, work // WORTH)
        if pool is None or parts < 2:
            stage.run(state, month, 0, size, 0)
            return
        # The visits of one customer stay together.
        block = int(state.params[0]["offers"]) if stage.over == "visits" else 1
        cuts = [size // block * t // parts * block for t in range(parts + 1)]
        # Threads share the iterator: the next of a list's is one step under the interpreter's lock.
        ranges = iter([(cuts[t], cuts[t + 1], t) for t in range(parts)])

        def take() -> None:
            for low, high, lane in ranges:
                stage.run(state, month, low, high, lane)

        threads = min(parts, len(state.lanes) // RANGES)
        helpers = [pool.submit(take) for _ in range(threads - 1)]
        take()
        for helper in helpers:
            helper.result()

    return do


def run(scenario: Scenario, seed: int = 0, *, orders: bool = False, threads: int = 1) -> Result:
    """Simulate one market.

    A market with strategies that are Python classes is played by `Market`, which takes far longer.

    Parameters
    ----------
    scenario : Scenario
        Every number of the market.
    seed : int
        Seed in 0 … 2⁶⁴-1. Same scenario and seed, same result, to the last bit.
    orders : bool
        Also keep the order log (one row per deal).
    threads : int
        Threads inside this run; results do not depend on it. Worth it from about 30,000 customers;
        much smaller markets are played on one, as waking another would take longer.

    Returns
    -------
    Result
        The tables described in `longgame.sim.columns`.

    Raises
    ------
    ValueError
        If the seed or the number of threads is out of range.

    Examples
    --------
    >>> from longgame.sim import Scenario, run
    >>> result = run(Scenario(months=12), seed=1)
    >>> int(result.market.month.max())
    12
    """
    check_seed(seed)
    if not 1 <= threads <= 256:
        raise ValueError(f"`threads` is {threads}; it must be in 1 … 256")
    if scenario.in_python():
        from longgame.sim.market import play

        return play(scenario, seed, orders=orders)
    for state, books in months(scenario, seed, orders=orders, threads=threads, at_once=1 if orders else 12):  # noqa: B007
        pass
    return books.result(state)


def months(
    scenario: Scenario, seed: int, *, orders: bool = False, threads: int = 1, at_once: int = 1, do: Do | None = None
) -> Iterator[tuple[State, Books]]:
    """Yield state and books after every month of a run, before the year's end is played.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    orders : bool
        Also keep the order log.
    threads : int
        As for `run`.
    at_once : {1, 12}
        Months that are played before the next yield: 12 on one thread are one piece of compiled code.
    do : callable, optional
        Runs each stage instead.

    Raises
    ------
    ValueError
        If a strategy is a Python class: compiled months know nothing of it.
    """
    for strategy in scenario.in_python():
        raise ValueError(f"strategy {strategy.name} is a Python class, which takes a whole `run` or a `Market`")
    precompile()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(threads - 1)) if threads > 1 else None
        do = do or (in_ranges(pool) if pool else None)
        state = build(scenario, seed, lanes=RANGES * threads if pool else 1)
        books = Books(scenario, seed, orders=orders)
        at_once *= scenario.steps
        for first in range(1, books.last + 1, at_once):
            last = min(first + at_once - 1, books.last)
            for step in range(first, last + 1) if do or orders else ():
                if do:
                    state = play_month(state, step, do)
                    books.enter(state, step)
                    see_to_firms(state, step, books)
                else:
                    state = play_months(state, books, step, step)
            if not (do or orders):
                state = play_months(state, books, first, last)
            if last > books.burn_in:
                yield state, books
            pass_on(state, last, books)
