"""On what machine, with which versions, and how fast its memory is."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.peers.c_loop import compile_c, compiler

_LIBRARIES = ("numpy", "numba", "llvmlite", "pandas", "mesa", "agentpy", "polars", "jax", "jaxlib")
#: Doubles in each of the three arrays of the bandwidth test: 1.6 GB in all, far beyond any cache.
_ELEMENTS = 67_000_000


def version(library: str) -> str:
    """Return the installed version of a library, or that it is absent."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def processor() -> str:
    """Return the processor's name."""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def caches() -> str:
    """Return the caches of the first core, as Linux tells them."""
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ("".join(_lines(str(folder / name))) for name in ("level", "type", "size"))
        found.append(f"L{level} {kind.lower()} {size}")
    return ", ".join(found) or "unknown"


def gigabytes() -> float:
    """Return the memory of the machine in GB, or 0 where it cannot be told."""
    if not hasattr(os, "sysconf"):
        return 0.0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def revision() -> str:
    """Return the commit that was measured."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def gcc_version() -> str:
    """Return the version of the C compiler."""
    gcc = compiler()
    if gcc is None:
        return "not installed"
    return subprocess.run([gcc, "-dumpfullversion"], capture_output=True, text=True).stdout.strip()


def describe() -> dict[str, Any]:
    """Return what a reader has to know to judge the numbers."""
    return {
        "date": datetime.date.today().isoformat(),
        "revision": revision(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "caches": caches(),
        "memory_gb": gigabytes(),
        "system": f"{platform.system()} {platform.release()}",
        "versions": {"python": platform.python_version(), "gcc": gcc_version(), **{n: version(n) for n in _LIBRARIES}},
    }


def bandwidth(threads: int) -> dict[str, float]:
    """Return bytes a second that copy and triad move on so many threads; nothing without a C compiler."""
    if compiler() is None:
        return {}
    program = compile_c(Path(__file__).parent / "bandwidth.c")
    command = [str(program), str(_ELEMENTS), str(threads), "5"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
