"""All benchmarks in one go, written to docs/benchmarks.md: `python -m benchmarks.bench [--quick]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine, starts
from benchmarks.compare import compare
from benchmarks.launch import ROOT, launch
from benchmarks.report import render
from benchmarks.scaling import scale

NAN = float("nan")


def tell(line: str) -> None:
    """Say what is being measured."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", file=sys.stderr, flush=True)


#: Rounds of the small market at 10,000 and at 1,000,000 customers, and of the full model.
Rounds = tuple[int, int, int]
FULL, QUICK = (7, 3, 3), (2, 1, 1)


#: Ways to make many runs, and on how many workers (`benchmarks.runs`).
MANY = (("singly", 1), ("here", 1), ("threads", 1), ("threads", 2), ("processes", 2))


def measure_all(
    rounds: Rounds, *, quick: bool, largest: float, keep: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Make every measurement, and keep what there is after each; compiled code is in a folder that starts out empty."""
    begun = time.perf_counter()
    results: dict[str, Any] = {}

    def note(**found: Any) -> None:
        results.update(found, minutes=(time.perf_counter() - begun) / 60)
        keep(results)

    tell("machine and memory bandwidth")
    bandwidth = {str(threads): machine.bandwidth(threads) for threads in (1, 2)}
    note(machine=machine.describe(), bandwidth=bandwidth)
    tell("start-up, the first time and after")
    note(start_ups=starts.start_ups(1 if quick else 3))
    with tempfile.TemporaryDirectory() as cache:
        os.environ["LONGGAME_CACHE"] = cache
        launch("benchmarks.full", "--customers", 100, "--months", 13)  # compiles
        tell("the Mesa face beside the compiled run")
        note(faces=launch("benchmarks.faces", "--rounds", 3 if quick else 5))
        note(runs=[])
        for how, workers in MANY:
            tell(f"many runs: {how}, {workers}")
            count = (40 if quick else 1000) if workers > 1 else (20 if quick else 200)
            row = launch("benchmarks.runs", "--how", how, "--workers", workers, "--count", count, threads=workers)
            note(runs=[*results["runs"], row])
        peers, skipped = compare(rounds[:2], tell)
        note(peers=peers, skipped=skipped)
        note(full=scale(largest, rounds[2], tell, quick=quick))
    del os.environ["LONGGAME_CACHE"]
    tell("the first verdict")
    verdict = NAN if quick else starts.first_verdict()
    note(starts={"import": starts.imports(), "quick": starts.first_verdict("--quick"), "verdict": verdict})
    return results


def command(asked: argparse.Namespace) -> str:
    """Return the command that makes these measurements again, without where it writes them."""
    parts = ["python -m benchmarks.bench"]
    if asked.quick:
        parts.append("--quick")
    if asked.rounds:
        parts.append(f"--rounds {' '.join(map(str, asked.rounds))}")
    if asked.largest is not None:
        parts.append(f"--largest {asked.largest:g}")
    return " ".join(parts)


def main() -> None:
    """Measure and write the page, and what it was made from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and months: a few minutes")
    parser.add_argument(
        "--rounds",
        type=int,
        nargs=3,
        metavar="N",
        help=f"of the small market with 10,000 and 1,000,000 customers, of the full model (default {FULL})",
    )
    parser.add_argument("--largest", type=float, help="most customers (default 1e7, with --quick 1e6)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--raw", type=Path, default=ROOT / "results" / "benchmarks.json")
    parser.add_argument("--from", dest="again", type=Path, help="write the page again from such a file")
    asked = parser.parse_args()
    if asked.again:
        results = json.loads(asked.again.read_text())
    else:
        rounds = tuple(asked.rounds or (QUICK if asked.quick else FULL))
        largest = asked.largest or (1e6 if asked.quick else 1e7)
        asked.raw.parent.mkdir(parents=True, exist_ok=True)

        def keep(found: dict[str, Any]) -> None:
            asked.raw.write_text(json.dumps({**found, "command": command(asked)}, indent=1))

        measure_all(rounds, quick=asked.quick, largest=largest, keep=keep)
        results = json.loads(asked.raw.read_text())
    page = render(results)
    asked.out.write_text(page)
    print(page)


if __name__ == "__main__":
    main()
