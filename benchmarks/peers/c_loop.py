"""A plain loop in C, compiled when it is run: what the small market costs without any library at all."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

from benchmarks.peers.common import Outcome, main
from benchmarks.small import RULES, STAKE, Market

FLAGS = ("-O3", "-march=native")
_C_TYPES = {
    "f4": "float",
    "f8": "double",
    "i1": "int8_t",
    "i2": "int16_t",
    "i4": "int32_t",
    "i8": "int64_t",
    "u1": "uint8_t",
    "u2": "uint16_t",
    "u4": "uint32_t",
    "u8": "uint64_t",
}


def compiler() -> str | None:
    """Return the C compiler, or None if there is none."""
    return shutil.which("gcc")


def compile_c(source: Path, numbers: Mapping[str, float] | None = None, header: str = "") -> Path:
    """Compile a C file with these numbers as constants and this `records.h`; return the program."""
    gcc = compiler()
    if gcc is None:
        raise SystemExit("skipped: gcc is not installed")
    folder = Path(tempfile.mkdtemp(prefix="longgame-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    constants = [f"-D{name}={value!r}" for name, value in (numbers or {}).items()]
    program = folder / source.stem
    (folder / "records.h").write_text(header)
    command = [gcc, *FLAGS, *constants, f"-I{folder}", str(source), "-o", str(program), "-lm", "-lpthread"]
    subprocess.run(command, check=True)
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


def records() -> str:
    """Return the project's records of a customer and a memory as C structures."""
    from longgame.sim.state import ACCOUNT, CUSTOMER, MEMORY

    lines = ["#include <stdint.h>"]
    for name, layout in (("Account", ACCOUNT), ("Customer", CUSTOMER), ("Memory", MEMORY)):
        fields = [f"{_C_TYPES[layout[field].str[1:]]} {field};" for field in layout.names or ()]
        lines.append(f"typedef struct {{ {' '.join(fields)} }} {name};")
        lines.append(f'_Static_assert(sizeof({name}) == {layout.itemsize}, "laid out like NumPy");')
    return "\n".join(lines) + "\n"


@cache
def program() -> Path:
    """Return the compiled program."""
    return compile_c(Path(__file__).with_suffix(".c"), constants(), records())


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market in a process of its own."""
    numbers = (*market, seed, threads)
    line = subprocess.run([str(program()), *map(str, numbers)], check=True, capture_output=True, text=True)
    return Outcome(**json.loads(line.stdout))


if __name__ == "__main__":
    main(run, most_threads=256)
