"""Runs on a Dask cluster (extra `cluster`), which is imported only when asked for."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor

from longgame.sim.errors import InputError

#: Address that stands for a cluster of this machine, started and stopped with the command.
LOCAL = "local"

#: Seconds to wait for a scheduler to answer, and for a first worker of it.
PATIENCE = 10.0

#: Runs handed to a cluster ahead of time at least: its scheduler spreads them as workers come and go.
WINDOW = 128


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from logging: the end of a cluster is reported in one line, without its tracebacks."""
    names = [name for name in logging.Logger.manager.loggerDict if name.startswith("distributed")]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Start processes that ignore Ctrl-C, which is the parent's business: they inherit that it is ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


@contextlib.contextmanager
def cluster(address: str, workers: int) -> Iterator[tuple[Executor, int]]:
    """Give the executor of a Dask cluster, and how many runs to let it do at once.

    Parameters
    ----------
    address : str
        Of the scheduler, for example ``tcp://10.0.0.1:8786``, or ``local``.
    workers : int
        Worker processes of a local cluster; a cluster with an address has those it has.

    Raises
    ------
    InputError
        If the extra is not installed, nobody answers at the address, or there is no worker.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            "--dask: needs the extra `cluster`; install it with: pip install 'longgame[cluster]'"
        ) from None
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        if address == LOCAL:
            from longgame.experiments.runs.runner import warm

            warm()  # compile once, not in every worker
            with _deaf():
                local = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    silence_logs=logging.CRITICAL,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                )
            client = stack.enter_context(Client(stack.enter_context(local)))
            yield client.get_executor(), workers
            return
        try:
            client = stack.enter_context(Client(address, timeout=PATIENCE))
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"--dask {address}: no Dask scheduler answers there ({reason})") from None
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except OSError:
            raise InputError(f"--dask {address}: the cluster has no worker; start one first") from None
        yield client.get_executor(), max(WINDOW, sum(client.nthreads().values()))
