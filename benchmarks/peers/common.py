"""What all peers share: their command line, what is timed, and the one JSON line that they print.

Rule for times, the same for all: `seconds` is the months alone, `cpu_seconds` the processor time that they
took (on one thread the same, unless something else runs on the machine). Laying out the population
(`setup_seconds`) is outside, and so is everything up to the first month that a second run would do again or
find in a cache (`startup_seconds`: interpreter, imports, compiling, a tiny market played once).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.small import Market

_IMPORTED = time.time()

#: Played once before anything is timed, so that nothing is imported or loaded lazily while it is.
TINY = Market(customers=100, sellers=10, months=13)


class Outcome(NamedTuple):
    """What one run of a peer counted, and how long it took; revenue is in stakes."""

    needs: int
    visits: int
    deals: int
    revenue: float
    seconds: float
    cpu_seconds: float
    setup_seconds: float
    compile_seconds: float = 0.0
    peak_bytes: int = 0


class Moment(NamedTuple):
    """A point in time: on the wall, and of the processor time of this process."""

    wall: float
    cpu: float


def now() -> Moment:
    """Return this moment."""
    return Moment(time.perf_counter(), time.process_time())


def times(started: Moment, laid_out: Moment, ended: Moment) -> dict[str, float]:
    """Return the times of an outcome from when layout began, when it ended, and when the months ended."""
    return {
        "seconds": ended.wall - laid_out.wall,
        "cpu_seconds": ended.cpu - laid_out.cpu,
        "setup_seconds": laid_out.wall - started.wall,
    }


#: A peer: plays a market under a seed on so many threads.
Peer = Callable[[Market, int, int], Outcome]


def peak_bytes() -> int:
    """Return the most memory that this process ever held."""
    status = Path("/proc/self/status")  # `ru_maxrss` begins with what the parent held
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(peer: Peer, *, most_threads: int = 1) -> None:
    """Play the market that the command line asks for and print one JSON line."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--sellers", type=int, default=50)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--started", type=float, default=_IMPORTED, help="when the process was started")
    asked = parser.parse_args()
    if asked.threads > most_threads:
        parser.error(f"this peer runs on at most {most_threads} thread(s)")
    peer(TINY, asked.seed, 1)
    startup = time.time() - asked.started
    outcome = peer(Market(asked.customers, asked.sellers, asked.months), asked.seed, asked.threads)
    line = outcome._asdict()
    line["startup_seconds"] = startup + line.pop("compile_seconds")
    line["peak_bytes"] = outcome.peak_bytes or peak_bytes()
    print(json.dumps(line))
