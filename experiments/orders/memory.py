"""How much memory an order log may take."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from longgame.sim.errors import InputError

#: Largest log that is read, in bytes after unpacking.
SIZE_LIMIT = 4_000_000_000

#: Memory that reading takes for a row beside its own bytes, in bytes (measured: 2 million rows, 8 columns).
ROW_BYTES = 400

#: What helps where a log is too large.
LESS = "keep fewer years or fewer customers"


def free_memory() -> float:
    """Return how many bytes this process may still take; infinity where the system does not report it."""
    found = [math.inf]
    with suppress(AttributeError, OSError, ValueError):  # not on Windows
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # only on Linux; "max" stands for no limit
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    with suppress(ImportError, OSError, ValueError):  # only on Linux
        import resource

        kilobytes = re.search(r"MemAvailable:\s*(\d+)", Path("/proc/meminfo").read_text())
        found.append(int(kilobytes[1]) * 1024 if kilobytes else math.inf)
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            found.append(limit - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize())
    return max(0, min(found))


@contextmanager
def memory_for(path: Path) -> Iterator[None]:
    """Turn a lack of memory in the block into an `InputError` of the file."""
    try:
        yield
    except MemoryError:
        raise InputError(f"{path}: needs more memory than is free; {LESS}") from None


def refuse_too_large(path: Path, rows: int, size: int, limit: int) -> None:
    """Raise `InputError` if a log of so many rows and bytes is over the limit, or over the free memory."""
    if size > limit:
        raise InputError(f"{path}: unpacks to more than {limit:,} bytes; {LESS}")
    if rows * ROW_BYTES + size > (free := free_memory()):
        raise InputError(
            f"{path}: needs more than the {free / 1e9:.1f} GB of memory that are free ({rows:,} rows or more); {LESS}"
        )
