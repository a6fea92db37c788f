"""How long runs take, as an estimate before they start."""

from __future__ import annotations

#: Customer-months a second that a core does with what experiments measure (docs/benchmarks.md, ledger).
CUSTOMER_MONTHS = 2.8e6


def minutes(work: float, workers: int) -> str:
    """Return in words how long some work takes on free cores.

    Parameters
    ----------
    work : float
        Customer-months.
    workers : int

    Examples
    --------
    >>> minutes(1e9, 2), minutes(1e6, 1)
    ('about 3 minutes on 2 workers', 'less than a minute on 1 worker')
    """
    found = work / CUSTOMER_MONTHS / workers / 60
    said = "less than a minute" if found < 1 else f"about {found:,.0f} minute{'s' * (round(found) != 1)}"
    return f"{said} on {workers} worker{'s' * (workers != 1)}"
