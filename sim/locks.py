"""Locks on open files: free again as soon as their process is gone, however it ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

#: Whether a file can be renamed while it is open.
RENAMES_OPEN_FILES = fcntl is not None


def take(descriptor: int, *, wait: bool = False) -> bool:
    """Lock an open file for as long as it is open here; return whether that went.

    Parameters
    ----------
    descriptor : int
    wait : bool
        Whether to wait for another process that has locked it.
    """
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            place = os.lseek(descriptor, 0, os.SEEK_CUR)
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond what is written, so that others can read it
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, place, os.SEEK_SET)
        return True
    except OSError:
        return False


@contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Give whether the process that locked a file is gone; nobody else can lock it within the block."""
    try:
        file = open(path, "rb+")  # noqa: SIM115 - closed at the end of the block
    except OSError:
        yield False
        return
    with file:
        yield take(file.fileno())
