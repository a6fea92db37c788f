"""What the full model costs by size: customers, salespeople, memory, firms, threads, and by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from benchmarks.launch import launch

Row = dict[str, Any]


class Case(NamedTuple):
    """One market of a sweep and how often it is run."""

    sweep: str
    customers: int
    salespeople: int
    months: int
    rounds: int
    remembered: int = 6
    layout: str = "mixed"
    threads: int = 1
    stages: bool = False


def salespeople_for(customers: int) -> int:
    """Return one salesperson per thousand customers, at least 50, at most 1,000."""
    return min(max(50, customers // 1000), 1000)


def cases(largest: float, rounds: int, *, quick: bool) -> Iterator[Case]:
    """Yield every market to be measured."""
    months = 24 if quick else 120
    for exponent in range(3, 8):
        customers = 10**exponent
        if customers > largest:
            continue
        once = 1 if customers >= 10_000_000 else rounds
        # Ten million take minutes: only as asked for in the target, on two threads.
        for threads in (1, 2) if customers < 10_000_000 else (2,):
            people = salespeople_for(customers)
            yield Case("customers", customers, people, months, once, threads=threads)
    fixed = 20_000 if quick else 100_000
    for salespeople in (50, 500, 5000):
        yield Case("salespeople", fixed, salespeople, months, rounds)
    for remembered in (2, 6, 12, 24):
        yield Case("memory", fixed, 100, months, rounds, remembered=remembered)
    for layout in ("herds", "mixed", "singletons"):
        yield Case("firms", fixed, 100, months, rounds, layout=layout)
    for customers in (10_000, 1_000_000):
        if customers <= largest:
            yield Case("stages", customers, salespeople_for(customers), 24, min(rounds, 2), stages=True)


def scale(largest: float, rounds: int, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """Return a row per run; the rounds are interleaved, all cases once and then again."""
    every = list(cases(largest, rounds, quick=quick))
    rows = []
    for turn in range(max(case.rounds for case in every)):
        for case in every:
            if turn >= case.rounds:
                continue
            tell(f"full model, {case.sweep}: {case.customers:,} customers, {case.salespeople} salespeople")
            arguments: list[Any] = ["--stages"] if case.stages else []
            for name in ("customers", "salespeople", "months", "remembered", "layout", "threads"):
                arguments += [f"--{name}", getattr(case, name)]
            line = launch("benchmarks.full", *arguments, threads=case.threads)
            rows.append({"sweep": case.sweep, "round": turn, **line})
    return rows
