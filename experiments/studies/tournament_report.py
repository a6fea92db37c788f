"""The league table in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from longgame.experiments.studies.tournament import EVENTS, LOST, WON
from longgame.experiments.words import many, number

#: How events are called above their columns.
HEADS = {"duel": "duel", "invader": "as a tenth", "resident": "as nine tenths", "alone": "alone", "mixed": "mixed"}


def place(row: Any) -> str:
    """Write a rank with the places that the runs allow.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> place(SimpleNamespace(rank=2, best=1, worst=4)), place(SimpleNamespace(rank=1, best=1, worst=1))
    ('2 (1–4)', '1')
    """
    return f"{row.rank}" if row.best == row.worst else f"{row.rank} ({row.best}–{row.worst})"


def rows(league: pd.DataFrame, record: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return the heads and the cells of the league table, best first."""
    heads = ["place", "strategy", "earns", "interval", "won", "lost", *[HEADS[event] for event in EVENTS[1:]]]
    cells = []
    for first in league[league["event"] == EVENTS[0]].itertuples():
        others = league[league["strategy"] == first.strategy].set_index("event").loc[list(EVENTS[1:])]
        interval = "too few seeds" if pd.isna(first.low) else f"{number(first.low)} to {number(first.high)}"
        won, lost = (str(record.loc[first.strategy, result]) for result in (WON, LOST))
        cells.append(
            [
                place(first),
                first.strategy,
                number(first.payoff),
                interval,
                won,
                lost,
                *[place(other) for other in others.itertuples()],
            ]
        )
    return heads, cells


def explained(league: pd.DataFrame, payoff: str, where: str) -> str:
    """Say what the numbers are."""
    n = int(league["n"].max())
    rank = "the places in brackets are those that the runs allow (95%, all strategies at once)"
    return (
        f"Ranked by {payoff} per salesperson-year in duels for half of the market, mean over opponents "
        f"({where}, {many(n, 'seed')}); {rank}. Won and lost: duels whose interval is clear of 0. The other "
        "columns are places in the other events: a tenth of a rival's market, nine tenths of one, nobody "
        "else, all."
    )
