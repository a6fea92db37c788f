"""Start one measurement in a process of its own, on as many processors as it has threads."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

_turns = itertools.count()


class Skipped(Exception):
    """A measurement cannot be made here; the message says why."""


def processors(threads: int) -> set[int] | None:
    """Return the processors to run on: in turn, so that nobody is always on the busier one."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    there = sorted(os.sched_getaffinity(0))
    first = next(_turns)
    return {there[(first + t) % len(there)] for t in range(threads)}


def launch(module: str, *arguments: Any, threads: int = 1, env: Mapping[str, str] | None = None) -> Any:
    """Run a module and return the JSON of its last line.

    Raises
    ------
    Skipped
        If the module says that it cannot run, or a library that it needs is not installed.
    RuntimeError
        If it fails.
    """
    chosen = processors(threads)
    limits = {"POLARS_MAX_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **limits, **(env or {})},
        text=True,
        capture_output=True,
        preexec_fn=(lambda: os.sched_setaffinity(0, chosen)) if chosen else None,
    )
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    if last.startswith("skipped: "):
        raise Skipped(last.removeprefix("skipped: "))
    if last.startswith("ModuleNotFoundError"):
        raise Skipped(last.removeprefix("ModuleNotFoundError: "))
    raise RuntimeError(f"{' '.join(command[2:])} failed:\n{done.stderr}")


def started() -> float:
    """Return the time now, as a peer is told when it was started."""
    return time.time()
