"""An advisory lock: one process at a time, and free again as soon as that process is gone."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import platform
import time
from pathlib import Path
from typing import IO

from longgame.sim.errors import InputError
from longgame.sim.locks import take

#: Exit code of a worker that was ended by `end_if_importing`.
UNGUARDED = 77


class Lock:
    """A lock on a file of that name, which names the process that holds it.

    Raises
    ------
    InputError
        If another process holds it, or the file cannot be made.
    """

    def __init__(self, path: Path, what: str) -> None:
        end_if_importing()
        self.path = path
        while True:
            try:
                file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - held open as long as the lock is
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                raise InputError(f"{what}: cannot be written to ({reason}); choose another") from None
            if not any(take(file.fileno()) or time.sleep(0.05) for _ in range(5)):  # somebody may only be looking
                holder = _holder(file)
                file.close()
                raise InputError(f"{what}: is being written by {holder}; wait for it, or name another store (--store)")
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                    break
            file.close()  # its last holder has just removed it: this is no longer the file of that name
        self._file = file
        try:
            file.truncate(0)
            file.write(f"process {os.getpid()} on {platform.node()}")
            file.flush()
        except OSError as error:  # a full disk
            self.release()
            raise InputError(f"{what}: cannot be written to ({error.strerror}); make room, or choose another") from None

    def release(self) -> None:
        """Let go of the lock and remove its file."""
        with contextlib.suppress(OSError):  # Windows removes no open file; an empty one does no harm
            self.path.unlink()
        with contextlib.suppress(OSError):  # on a full disk, what was to be written stays unwritten
            self._file.close()


def _holder(file: IO[str]) -> str:
    """Return the holder of a lock that its file names."""
    file.seek(0)
    return file.read(200).strip() or "another process"


def holder(path: Path) -> str | None:
    """Return the process that holds the lock of that name now, None if there is none."""
    try:
        with open(path, "r+", encoding="utf-8") as file:
            return None if take(file.fileno()) else _holder(file)
    except OSError:
        return None


def end_if_importing() -> None:
    """End this process if it is a worker that imports the script of its parent, and the script starts runs there."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(UNGUARDED)
