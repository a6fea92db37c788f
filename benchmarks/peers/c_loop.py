"""A plain loop in C, compiled when it is run: what the small market costs without any library at all."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path

from benchmarks.peers.common import Outcome, main
from benchmarks.small import RULES, STAKE, Market

FLAGS = ("-O3", "-march=native")


def compiler() -> str | None:
    """Return the C compiler, or None if there is none."""
    return shutil.which("gcc")


def compile_c(source: Path, numbers: dict[str, float] | None = None) -> Path:
    """Compile a C file with these numbers as constants; return the program."""
    gcc = compiler()
    if gcc is None:
        raise SystemExit("skipped: gcc is not installed")
    folder = Path(tempfile.mkdtemp(prefix="longgame-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    constants = [f"-D{name}={value!r}" for name, value in (numbers or {}).items()]
    program = folder / source.stem
    subprocess.run([gcc, *FLAGS, *constants, str(source), "-o", str(program), "-lm", "-lpthread"], check=True)
    return program


def constants() -> dict[str, float]:
    """Return every number of the rules under the name it has in C."""
    numbers: dict[str, float] = {"STAKE": STAKE}
    for name, value in asdict(RULES).items():
        if isinstance(value, tuple):
            numbers |= {f"{name.upper()}_{j}": element for j, element in enumerate(value)}
        else:
            numbers[name.upper()] = value
    return numbers


@cache
def program() -> Path:
    """Return the compiled program."""
    return compile_c(Path(__file__).with_suffix(".c"), constants())


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market in a process of its own."""
    numbers = (*market, seed, threads)
    line = subprocess.run([str(program()), *map(str, numbers)], check=True, capture_output=True, text=True)
    return Outcome(**json.loads(line.stdout))


if __name__ == "__main__":
    main(run, most_threads=256)
