"""Compile the engine ahead of the first run, with a second process where there is a second core.

Compiled code is kept on disk (`sim.compiled.CACHE`), one file per entry point, so two processes can share
the work. Only the very first run of a version on a machine has to wait for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from numba import typeof, types

from longgame.sim.compiled import CACHE
from longgame.sim.scenario import Scenario
from longgame.sim.stages import MONTH, Stage
from longgame.sim.stages.approach import look_back
from longgame.sim.stages.books import collect
from longgame.sim.stages.staffing import fill_posts, learn_from_pay, part_ways
from longgame.sim.state import lay_out, open_business, settle

#: Entry points that take longest, first; the others take about as long as each other.
_LONGEST = ("cover", "approach", "remember", "serve", "fill_posts", "settle")


def stage_arguments(stage: Stage, state: types.Type) -> tuple[types.Type, ...]:
    """Return the types of a stage's arguments: state and month, and unless it runs once, range and lane."""
    return (state, *(1 if stage.over == "market" else 4) * (types.int64,))


def entry_points() -> list[tuple[Any, tuple[Any, ...]]]:
    """Return every compiled function that a run calls, and the types of its arguments; the longest first."""
    state = typeof(lay_out(Scenario(months=12).but({"customers.count": 10}), 0))
    whole = types.int64
    numbers, table = types.Array(whole, 1, "C"), types.Array(whole, 2, "C")
    rows, shares = types.Array(types.int32, 1, "C"), types.Array(types.float64, 1, "C")
    months = [(stage.run, stage_arguments(stage, state)) for stage in MONTH]
    others = [
        (settle, (state, whole, whole)),
        (open_business, (state,)),
        (part_ways, (state, whole)),
        (learn_from_pay, (state, whole, rows)),
        (fill_posts, (state, whole)),
        (collect, (state, table, numbers)),
        (look_back, (state, numbers, rows, shares, numbers, shares)),
    ]

    def rank(entry: tuple[Any, Any]) -> int:
        name = entry[0].__name__
        return _LONGEST.index(name) if name in _LONGEST else len(_LONGEST)

    return sorted([*months, *others], key=rank)


def compile_part(part: int, parts: int) -> None:
    """Compile every `parts`-th entry point from the one numbered `part` on, or load it from disk."""
    for function, arguments in entry_points()[part::parts]:
        function.compile(arguments)


def precompile() -> None:
    """Compile the engine where nothing is compiled yet; else do nothing."""
    if any(CACHE.glob("**/*.nbi")):
        return
    helper = None
    if (os.cpu_count() or 1) > 1:
        command = [sys.executable, "-m", "longgame.sim.precompile"]
        try:
            helper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            helper = None  # then this process does all
    try:
        compile_part(0, 2)
    finally:
        if helper is not None:
            helper.wait()
    compile_part(1, 2)


if __name__ == "__main__":
    compile_part(1, 2)
