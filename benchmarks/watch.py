"""Where the time of a run goes: functions of the engine watched from outside while `sim.run` runs."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from longgame.sim import engine
from longgame.sim.books import Books
from longgame.sim.engine import in_ranges
from longgame.sim.month import Do, play_month
from longgame.sim.state import State


class Watch:
    """Sums what the functions that it watches take, by name, and keeps what they returned last."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self.returned: dict[str, Any] = {}

    def over(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, watched under that name."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            wall, cpu = time.perf_counter(), time.process_time()
            self.returned[name] = function(*args, **kwargs)
            self.seconds[name] += time.perf_counter() - wall
            self.cpu[name] += time.process_time() - cpu
            return self.returned[name]

        return watched


@contextmanager
def watching(*, stages: bool = False) -> Iterator[Watch]:
    """Watch what `sim.run` does around its months (`build`, `tables`); with `stages`, each stage as well."""
    watch = Watch()
    with ExitStack() as stack:
        stack.enter_context(patch.object(engine, "build", watch.over("build", engine.build)))
        result = Books.result
        made = watch.over("tables", lambda books, state: result(books, state).whole())
        stack.enter_context(patch.object(Books, "result", made))
        if stages:

            def watched(pool: ThreadPoolExecutor | None = None) -> Do:
                do = in_ranges(pool)
                return lambda stage, state, month: watch.over(stage.name, do)(stage, state, month)

            def play_months(state: State, books: Books, first: int, last: int) -> State:
                for month in range(first, last + 1):
                    state = play_month(state, month, watched())
                    books.enter(state, month)
                return state

            stack.enter_context(patch.object(engine, "in_ranges", watched))
            stack.enter_context(patch.object(engine, "play_months", play_months))
            stack.enter_context(patch.object(Books, "enter", watch.over("(books)", Books.enter)))
            year_end = watch.over("(year end)", engine.pass_on)
            stack.enter_context(patch.object(engine, "pass_on", year_end))
        yield watch
