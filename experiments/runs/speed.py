"""How long runs take, as an estimate before they start."""

from __future__ import annotations

#: Customer-months a second that a core does with what experiments measure (docs/benchmarks.md, ledger).
CUSTOMER_MONTHS = 2.8e6


#: How many times longer a run takes in which a strategy is a Python class, with what experiments measure.
PYTHON = 10


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


def in_python(runs: int, work: float, workers: int) -> str:
    """Say what runs cost in which strategies are Python classes.

    Parameters
    ----------
    runs : int
    work : float
        Their customer-months.
    workers : int

    Examples
    --------
    >>> in_python(16, 1.2e8, 2)
    '16 runs use Python strategies, about 10 times slower: about 4 minutes on 2 workers'
    """
    said = "1 run uses" if runs == 1 else f"{runs:,} runs use"
    return f"{said} Python strategies, about {PYTHON} times slower: {minutes(PYTHON * work, workers)}"
