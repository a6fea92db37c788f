"""Small helpers of the report: medians, ratios, numbers as text, Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from longgame.experiments.tables import markdown_table

Row = dict[str, Any]


def busy(row: Row) -> float:
    """Return the seconds that the months took: on one thread of processor time, on more by the wall clock.

    Processor time does not count what else runs on the machine; but only the clock on the wall tells whether
    threads helped.
    """
    return row["cpu_seconds"] if row["threads"] == 1 else row["seconds"]


def speed(row: Row) -> float:
    """Return customer-months per second of a run."""
    return row["customers"] * row["months"] / busy(row)


def wall_speed(row: Row) -> float:
    """Return customer-months per second by the wall clock."""
    return row["customers"] * row["months"] / row["seconds"]


def pick(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    """Return the rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def middle(rows: Sequence[Row], of: str | Callable[[Row], float]) -> float:
    """Return the median of a column (or of a function of rows); NaN without rows."""
    if not rows:
        return math.nan
    return median(row[of] if isinstance(of, str) else of(row) for row in rows)


def paired_ratio(ours: Sequence[Row], theirs: Sequence[Row], of: Callable[[Row], float] = speed) -> float:
    """Return our speed ÷ theirs: the median over rounds, each round compared with itself."""
    by_round = {row["round"]: of(row) for row in theirs}
    ratios = [of(row) / by_round[row["round"]] for row in ours if row["round"] in by_round]
    return median(ratios) if ratios else math.nan


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the exponent b of y ~ x^b (least squares on logarithms); NaN for fewer than two points."""
    if len(x) < 2:
        return math.nan
    u, v = [math.log(a) for a in x], [math.log(b) for b in y]
    mean_u, mean_v = sum(u) / len(u), sum(v) / len(v)
    above = sum((a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True))
    return above / sum((a - mean_u) ** 2 for a in u)


def text(number: float) -> str:
    """Return a number with three significant digits, or a dash where there is none.

    Examples
    --------
    >>> text(1234567.0), text(0.01234), text(float("nan"))
    ('1,234,567', '0.0123', '–')
    """
    if math.isnan(number):
        return "–"
    if number == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(number))))
    return f"{number:,.{digits}f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table: the first column is text, the others are numbers."""
    cells = ([text(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows)
    return markdown_table(heads, cells, right=range(1, len(heads)))
