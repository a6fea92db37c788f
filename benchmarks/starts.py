"""How long a user waits before anything happens: imports, compiling, the first verdict."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.compare import CONTENDERS, PROJECT, measure
from benchmarks.launch import Skipped
from benchmarks.small import Market

_SMALLEST = Market(100, 10, 1)


def seconds_of(command: list[str], env: Mapping[str, str] | None = None, folder: str | None = None) -> float:
    """Return how long a command takes.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return time.perf_counter() - started


def imports(times: int = 5) -> float:
    """Return the seconds of `import sim` beyond a bare interpreter; it must bring neither Mesa nor Numba."""
    code = "import longgame.sim, sys; sys.exit('mesa' in sys.modules or 'numba' in sys.modules)"
    bare = min(seconds_of([sys.executable, "-c", "pass"]) for _ in range(times))
    both = sorted(seconds_of([sys.executable, "-c", code]) for _ in range(times))
    return both[len(both) // 2] - bare


def start_ups(times: int = 3) -> dict[str, Any]:
    """Return each peer's seconds until its first month, and the project's with nothing compiled before."""
    with tempfile.TemporaryDirectory() as cache:
        before = os.environ.get("LONGGAME_CACHE")
        os.environ["LONGGAME_CACHE"] = cache
        try:
            cold = measure(PROJECT, _SMALLEST, 0, 1)["startup_seconds"]
            warm: dict[str, float] = {}
            for peer in CONTENDERS:
                try:
                    waits = [measure(peer, _SMALLEST, 0, 1)["startup_seconds"] for _ in range(times)]
                except Skipped:
                    continue
                warm[peer.module] = sorted(waits)[len(waits) // 2]
        finally:
            if before is None:
                del os.environ["LONGGAME_CACHE"]
            else:
                os.environ["LONGGAME_CACHE"] = before
    return {"cold": cold, "cached": warm}


def first_verdict(*options: str) -> float:
    """Return the seconds of `longgame run annuity` with nothing compiled before."""
    command = [str(Path(sys.executable).parent / "longgame"), "run", "annuity", *options]
    with tempfile.TemporaryDirectory() as folder:
        return seconds_of(command, {"LONGGAME_CACHE": str(Path(folder) / "cache")}, folder)
