"""Compile the market before it is needed, with a second process where there is a second core, and say so.

Compiled code is kept on disk (`longgame.sim.compiled.CACHE`), one file an entry point, so two processes can share
the work. The first run of a version on a machine waits for it, with its progress on stderr; later ones find
everything there and print nothing.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import typeof, types

from longgame.sim.compiled import EntryPoint, enter
from longgame.sim.layout import lay_out
from longgame.sim.loop import COLLECTED, PLAYED, play
from longgame.sim.network import ENDS, move_ends
from longgame.sim.say import every_moment, say, silent_since
from longgame.sim.scenario import Scenario
from longgame.sim.stages import MONTH
from longgame.sim.stages.acquaintance import look_back
from longgame.sim.stages.approach import approach_instead, choose_again, look_again
from longgame.sim.stages.books import collect
from longgame.sim.stages.conversation import find_colleague, finish_waiting, waiting
from longgame.sim.stages.decision import weigh_offers
from longgame.sim.stages.memory import judge_deals
from longgame.sim.stages.staffing import fill_posts, learn_from_pay, part_ways
from longgame.sim.state import CANDIDATE, open_business, settle

#: Entry points that take longest, first; the others take about as long as each other.
_LONGEST = ("cover", "approach", "remember", "serve", "fill_posts", "settle")


class Part(NamedTuple):
    """A function that is compiled for arguments of some types, and of `enter` a function that is entered so."""

    function: Any
    kinds: tuple[types.Type, ...]
    entered: str = ""

    @property
    def name(self) -> str:
        """Name that no other part has: the second process is given the names of its parts."""
        return f"{self.function.__name__}/{self.entered}" if self.entered else self.function.__name__

    def compile(self) -> None:
        """Compile the function, or load it from disk."""
        self.function.compile(self.kinds)

    def is_cached(self) -> bool:
        """Return whether Numba's index on disk lists the function, compiled from this source for this processor."""
        cache = _dispatcher(self)._cache  # Numba has no public way to ask without loading
        return _key(self) in cache._cache_file._load_index()


def _dispatcher(part: Part) -> Any:
    """Return the function as Numba has it."""
    return getattr(part.function, "dispatcher", part.function)


@lru_cache
def _key(part: Part) -> Any:
    """Return the key of a part in Numba's index; asking for it anew would wait while another thread compiles."""
    dispatcher = _dispatcher(part)
    return dispatcher._cache._index_key(part.kinds, dispatcher.targetctx.codegen())


@lru_cache
def parts(colleagues: bool = False, customers: bool = False) -> tuple[Part, ...]:
    """Return every function that a run needs compiled, the longest first.

    Parameters
    ----------
    colleagues : bool
        Also those by which a firm with a seller written in Python finds colleagues step by step.
    customers : bool
        Also those by which customers written in Python decide.
    """
    state = typeof(lay_out(Scenario(months=12).but({"customers.count": 10, "network.contacts": 0}), 0))
    whole = types.int64
    numbers, rows, shares = (types.Array(kind, 1, "C") for kind in (types.int64, types.int32, types.float64))
    found = [Part(each.run, each.kinds(state)) for each in MONTH]
    found += [
        Part(settle, (state, whole, whole)),
        Part(open_business, (state,)),
        Part(part_ways, (state, whole)),
        Part(learn_from_pay, (state, whole, rows)),
        Part(fill_posts, (state, whole)),
        Part(collect, (state, *COLLECTED)),
        Part(play, (state, *PLAYED)),
        Part(move_ends, ENDS),
        Part(look_back, (state, numbers, rows, shares, numbers, shares)),
    ]
    if colleagues:
        found += [
            Part(waiting, (state, whole, whole)),
            Part(find_colleague, (state, whole, whole)),
            Part(finish_waiting, (state, whole, whole, whole, whole, whole)),
        ]
    if customers:
        one, several = (typeof(np.zeros(shape, CANDIDATE)) for shape in (2, (2, 2)))
        found += [
            Part(look_again, (state, whole, numbers, several, numbers)),
            Part(choose_again, (state, whole, whole, one)),
            Part(approach_instead, (state, numbers, one)),
            Part(weigh_offers, (state, numbers, shares)),
            Part(judge_deals, (state, numbers)),
        ]
    given = {types.Tuple(part.kinds): part.name for part in found if isinstance(part.function, EntryPoint)}
    found += [Part(enter, (whole, kinds), entered) for kinds, entered in given.items()]
    return tuple(sorted(found, key=lambda e: _LONGEST.index(e.name) if e.name in _LONGEST else len(_LONGEST)))


@lru_cache
def precompile(colleagues: bool = False, customers: bool = False) -> None:
    """Compile the parts that are not on disk yet, with progress on stderr; do nothing where all are there.

    Parameters
    ----------
    colleagues, customers : bool
        As for `parts`.
    """
    todo = [entry for entry in parts(colleagues, customers) if not entry.is_cached()]
    if not todo:
        return
    helper = _helper(todo[1::2])
    with _progress(todo), _seldom_collecting():
        try:
            for entry in todo[::2]:
                entry.compile()
            if helper is not None:
                helper.wait()
        finally:
            if helper is not None:
                helper.kill()  # after an error or Ctrl-C it would go on; else it has ended
                helper.wait()
        for entry in todo[1::2]:
            entry.compile()


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage less often: a compiler makes so many objects that looking takes a twentieth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(50 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _helper(entries: Sequence[Part]) -> subprocess.Popen[bytes] | None:
    """Start a process that compiles these entry points; none on a single core or where none can be started."""
    if (os.cpu_count() or 1) < 2 or not entries:
        return None
    command = [sys.executable, "-m", "longgame.sim.precompile", *(entry.name for entry in entries)]
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return None


@contextmanager
def _progress(entries: Sequence[Part]) -> Iterator[None]:
    """Show on stderr how many functions are compiled, in one line that changes, or where it is piped a line each.

    A thread shows it: some functions take longer than anybody likes to wait without a word.
    """
    before, after = ("\r", "") if sys.stderr.isatty() else ("", "\n")
    shown, began = -1, time.monotonic()

    def show() -> None:
        nonlocal shown
        done = sum(entry.is_cached() for entry in entries)
        if done == shown and not silent_since(began):
            return
        waited = f", {time.monotonic() - began:.0f} s" if done == shown else ""
        shown = done
        say(f"{before}compiling the market (once): {done} of {len(entries)}{waited}", after)

    show()
    with every_moment(show):
        yield
    show()
    if not after:
        say("")


if __name__ == "__main__":
    with _seldom_collecting():
        for each in parts(colleagues=True, customers=True):
            if each.name in sys.argv[1:]:
                each.compile()
