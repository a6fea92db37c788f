"""Lines on stderr for whoever waits: nobody has to wait long without a word."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds that are too long without a word, and those between two looks at whether it is time for one.
SILENCE, INTERVAL = 3.0, 0.25

_said = time.monotonic()


def say(text: str, end: str = "\n") -> None:
    """Write a line on stderr now."""
    global _said
    _said = time.monotonic()
    print(text, end=end, file=sys.stderr, flush=True)


def silent_since(began: float) -> bool:
    """Return whether it is time for a word in something that began then, by `time.monotonic`."""
    return time.monotonic() - max(began, _said) >= SILENCE


@contextmanager
def saying(line: Callable[[], str]) -> Iterator[None]:
    """Say a line whenever nothing was said for long while the block runs.

    Parameters
    ----------
    line : callable
        Returns the line; an empty one is not said.
    """
    began = time.monotonic()

    def look() -> None:
        if silent_since(began) and (text := line()):
            say(text)

    with every_moment(look):
        yield


@contextmanager
def every_moment(do: Callable[[], None]) -> Iterator[None]:
    """Call a function again and again, in a thread of its own, while the block runs."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(INTERVAL):
            do()

    watcher = threading.Thread(target=watch, daemon=True, name="saying")
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
