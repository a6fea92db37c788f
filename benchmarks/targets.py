"""The numbers the project set itself, beside what was measured."""

from __future__ import annotations

import math
from statistics import median
from typing import Any, NamedTuple

from benchmarks.compare import PROJECT, SIZES
from benchmarks.tables import Row, busy, middle, paired_ratio, pick, slope, speed, text, wall_speed


class Target(NamedTuple):
    """One target: what, the least or most that is wanted, and what was measured (the worst case last)."""

    what: str
    wanted: str
    measured: str
    met: bool | None  # None: not measured

    @property
    def verdict(self) -> str:
        """Return met, missed or not measured."""
        return {True: "met", False: "**missed**", None: "not measured"}[self.met]


def _judge(what: str, sign: str, limit: float, values: dict[str, float], unit: str = "") -> Target:
    """Return a target that every measured value has to reach; `sign` is ≥ or ≤."""
    known = {label: v for label, v in values.items() if not math.isnan(v)}
    reached = [v >= limit if sign == "≥" else v <= limit for v in known.values()]
    measured = "; ".join(f"{text(v)}{unit} {label}".strip() for label, v in known.items())
    # One miss is a miss; without one, all have to be there.
    met = False if not all(reached) else (True if len(known) == len(values) else None)
    return Target(what, f"{sign} {limit:g}{unit}", measured or "–", met)


def _against(rows: list[Row], peer: str, threads: int = 1) -> dict[str, float]:
    """Return project ÷ peer at each size."""
    ratios = {}
    for size in SIZES:
        here = pick(rows, customers=size.customers, threads=threads)
        ours = pick(here, peer=PROJECT.module)
        ratios[f"at {size.customers:,}"] = paired_ratio(ours, pick(here, peer=peer))
    return ratios


def _two_threads(rows: list[Row]) -> float:
    """Return speed on two threads ÷ on one."""
    return paired_ratio(pick(rows, threads=2), pick(rows, threads=1), wall_speed)


def targets(results: dict[str, Any]) -> list[Target]:
    """Return every target with what a run of the benchmarks measured."""
    small, full = results["peers"], results["full"]
    sweep = pick(full, sweep="customers")
    million = pick(sweep, customers=1_000_000)
    small_million = pick(small, customers=1_000_000, peer=PROJECT.module)
    alone = pick(sweep, threads=1)
    sizes = sorted({row["customers"] for row in alone if row["customers"] >= 10_000})
    costs = [middle(pick(alone, customers=n), busy) for n in sizes]
    # Less what the interpreter and its libraries take, which the smallest market tells.
    base = min((row["peak_bytes"] for row in sweep), default=0)
    large = sorted({row["customers"] for row in sweep if row["customers"] >= 100_000})
    memory = [middle(pick(sweep, customers=n), "peak_bytes") - base for n in large]
    largest = pick(sweep, customers=10_000_000, months=120)
    runs, starts = results["runs"], results["starts"]
    full_speed = {f"at {n:,}": middle(pick(alone, customers=n), speed) / 1e6 for n in (10_000, 1_000_000)}
    faces = results["faces"]["seconds"]
    thousand = {"": 1000 * _a_run(runs, "processes", 2)}
    return [
        _judge("small market, one thread: speed ÷ Mesa objects", "≥", 65, _against(small, "mesa_objects")),
        _judge("small market, one thread: speed ÷ NumPy", "≥", 4, _against(small, "numpy_arrays")),
        _judge("small market, one thread: speed ÷ plain C loop", "≥", 0.75, _against(small, "c_loop")),
        _judge(
            "two threads ÷ one, a million customers",
            "≥",
            1.8,
            {"small market": _two_threads(small_million), "full model": _two_threads(million)},
        ),
        _judge("full model, one thread: million customer-months a second", "≥", 10, full_speed),
        _judge(
            "time grows as customers to the power of",
            "≤",
            1.1,
            {f"from {min(sizes, default=0):,} to {max(sizes, default=0):,}": slope(sizes, costs)},
        ),
        _judge(
            "memory grows as customers to the power of",
            "≤",
            1.1,
            {f"from {min(large, default=0):,} to {max(large, default=0):,}": slope(large, memory)},
        ),
        _judge(
            "bytes a customer, 6 remembered",
            "≤",
            400,
            {f"at {n:,}": middle(pick(alone, customers=n), "bytes_a_customer") for n in (10_000, 1_000_000)},
        ),
        _judge(
            "10 million customers × 120 months: peak memory",
            "≤",
            8,
            {"": middle(pick(largest, threads=2), "peak_bytes") / 1e9},
            " GB",
        ),
        _judge(
            "10 million customers × 120 months, two threads",
            "≤",
            240,
            {"": middle(pick(largest, threads=2), whole)},
            " s",
        ),
        _judge("1,000 runs of 2,000 × 120 months with their summary, two cores", "≤", 16, thousand, " s"),
        _judge(
            "runs in two threads of one process ÷ in one",
            "≥",
            1.8,
            {"": _a_run(runs, "threads", 1) / _a_run(runs, "threads", 2)},
        ),
        _judge("Mesa face ÷ compiled run", "≤", 3, {"": _times(faces["face"], faces["compiled"])}),
        _judge(
            "Mesa face ÷ compiled run, own conduct on a quarter of sellers",
            "≤",
            20,
            {"": _times(faces["own conduct"], faces["compiled"])},
        ),
        _judge("`longgame run annuity --quick`, nothing compiled before", "≤", 60, {"": starts["quick"]}, " s"),
        _judge("`longgame run annuity`, nothing compiled before", "≤", 60, {"": starts["verdict"]}, " s"),
        _judge("`import sim`, without Mesa or Numba", "≤", 1, {"": starts["import"]}, " s"),
    ]


def whole(row: Row) -> float:
    """Return the seconds of a whole run: layout, months and tables."""
    return row["setup_seconds"] + row["seconds"] + row["tables_seconds"]


def _a_run(rows: list[Row], how: str, workers: int) -> float:
    """Return the seconds of a run when many are made in some way."""
    return next((row["seconds"] / row["count"] for row in pick(rows, how=how, workers=workers)), math.nan)


def _times(ours: list[float], theirs: list[float]) -> float:
    """Return how many times longer ours took, the median of rounds in turn."""
    return median(one / two for one, two in zip(ours, theirs, strict=True))
