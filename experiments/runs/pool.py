"""Worker processes: how they start, how they stop with their parent, and how the end of one is reported."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import util
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from longgame.experiments.design.plan import Measure
from longgame.experiments.store.lock import UNGUARDED, Lock, end_if_importing
from longgame.sim.errors import InputError
from longgame.sim.locks import abandoned

#: Marks the temporary folder of a process that has worker processes, and is locked as long as it lives.
MARK = "longgame.lock"

#: The remedy, in every error that comes of a script without it.
GUARD = 'put what starts runs under `if __name__ == "__main__":`, or say workers=1'


class Unguarded(SystemExit):
    """Worker processes cannot start, because they fail where they import the script.

    It ends the script with one line and exit code 1, since nothing of the script can be gone on with.
    """


class Pool(ProcessPoolExecutor):
    """Worker processes that know when their parent lets go, and of which it is known how they ended.

    Parameters
    ----------
    workers : int
    far, near : Connection
        The two ends of a pipe. Workers hold the far one: they report that they have started, and end when the parent
        closes the near one or dies.

    Notes
    -----
    Workers are forked from a clean server that has imported the market already (elsewhere: spawned), never
    from this process, whose threads and locks they would inherit.
    """

    def __init__(self, workers: int, far: Connection, near: Connection) -> None:
        context = _context()
        self.workers, self._near = workers, near
        self._made: list[BaseProcess] = []

        def process(*args: Any, **kwargs: Any) -> BaseProcess:
            self._made.append(type(context).Process(*args, **kwargs))
            return self._made[-1]

        context.Process = process  # type: ignore[assignment]  # of this context alone
        super().__init__(workers, mp_context=context, initializer=_begin, initargs=(far,))

    @property
    def whole(self) -> bool:
        """Whether all workers have been started, so that a further submission starts none."""
        return len(self._made) >= self.workers

    def end(self) -> str:
        """Return in words how a worker of this broken pool ended.

        Raises
        ------
        Unguarded
            If none could start, because the import of the script fails there.
        """
        self.shutdown(wait=True)
        codes = [process.exitcode for process in self._made]
        # The pool ends those that are left with SIGTERM.
        code = next((code for code in codes if code not in (None, 0, -signal.SIGTERM)), -signal.SIGTERM)
        if code > 0 and not self._near.poll():
            script = getattr(sys.modules["__main__"], "__file__", None) or "the program"
            if UNGUARDED in codes:
                raise Unguarded(f"longgame: {script}: worker processes import it, which starts runs again; {GUARD}")
            raise Unguarded(
                f"longgame: {script}: worker processes cannot import it, they {_ending(code)}; what it does at its "
                f"top must be possible there too: {GUARD}"
            )
        return _ending(code)


def _ending(code: int) -> str:
    """Return in words what an exit code of a process means.

    Examples
    --------
    >>> _ending(3), _ending(-11)
    ('ended with exit code 3', 'died of signal 11 (SIGSEGV)')
    """
    if code >= 0:
        return f"ended with exit code {code}"
    if code == -getattr(signal, "SIGKILL", 9):
        return "was killed (out of memory?)"
    try:
        return f"died of signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"died of signal {-code}"


def _context() -> Any:
    """Return a way of starting processes, of its own so that it can be changed."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = type(multiprocessing.get_context(method))()
    if method == "forkserver":
        context.set_forkserver_preload(["longgame.experiments.runs.preload"])
    return context


def _begin(leash: Connection) -> None:
    """Prepare a worker: Ctrl-C is the parent's business, and the worker dies when the parent lets go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):  # the parent is gone already
        leash.send("started")

    def hold() -> None:
        # The other end is closed by the parent when it stops, and by the system when the parent dies.
        try:
            leash.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=hold, daemon=True, name="leash").start()


@contextmanager
def process_pool(workers: int) -> Iterator[Pool]:
    """Give a pool of worker processes that stop when it is left, and when this process dies."""
    end_if_importing()
    _clear_temporary_folders()
    far_end, near_end = multiprocessing.Pipe()
    pool = Pool(workers, far_end, near_end)
    try:
        yield pool
        pool.shutdown(wait=True)
    finally:
        near_end.close()  # workers that are still busy, after an error or Ctrl-C, stop now
        pool.shutdown(wait=True, cancel_futures=True)
        far_end.close()


@functools.cache
def _clear_temporary_folders() -> Lock | None:
    """Remove temporary folders that killed processes have left, and mark and hold the one of this process."""
    if os.name != "posix":
        return None  # no folder is made there
    for mark in Path(tempfile.gettempdir()).glob(f"pymp-*/{MARK}"):
        with abandoned(mark) as free:
            if free:
                shutil.rmtree(mark.parent, ignore_errors=True)
    with contextlib.suppress(OSError, InputError):
        return Lock(Path(util.get_temp_dir()) / MARK, MARK)  # multiprocessing removes both at the end
    return None


def of_a_notebook(measures: Iterable[Measure]) -> str:
    """Return the name of a measure that worker processes cannot import, if any.

    Its function was written in a notebook, or after ``python -c``.
    """
    main = sys.modules["__main__"]
    if getattr(main, "__file__", None) or getattr(main, "__spec__", None):
        return ""
    for measure in measures:
        function = measure.of
        while isinstance(function, functools.partial):
            function = function.func
        if getattr(function, "__module__", None) == "__main__":
            return measure.name
    return ""
