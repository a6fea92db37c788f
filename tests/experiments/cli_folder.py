"""What the tests of the command share: a small market, a folder of their own, and the command as a process."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
TINY = ["--set", "customers.count=150", "--months", "12"]
LONGGAME = [sys.executable, "-m", "longgame.experiments.cli.main"]


def python(code, **how):
    """Run some Python in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, **how)


def without_waiting(stderr):
    """Return the lines of stderr but those that a slow machine adds: how far compiling is, and how many runs."""
    return [line for line in stderr.splitlines() if not line.startswith("compiling") and "runs are done" not in line]


def results():
    """Return every folder of results."""
    return [path for path in Path("results").iterdir() if path.is_dir()]


def files(folder="."):
    """Return every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())
