"""What an event is worth: how far ours is ahead of theirs, per event on our side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from longgame.experiments.design.plan import Tables
from longgame.experiments.inference.pairs import Pair

#: Fewest events per salesperson-year by which a lead is divided.
FEWEST = 0.05


def gaps_per(
    tables: Tables, pairs: Sequence[Pair], event: str, labels: Sequence[str] = ("setting",), column: str = "profit"
) -> pd.DataFrame:
    """Return the lead of ours in a column per event, for every pair, market and run.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``horizons`` has the column, ``events`` the events per salesperson-year.
    pairs : sequence of (ours, theirs)
        One of each organisation.
    event : str
        A column of `measures.kept.events`.
    labels : sequence of str
        Labels that tell markets apart.
    column : str
        A column of ``horizons``.

    Returns
    -------
    pandas.DataFrame
        `labels`, ``seed``, ``months``, ``organisation``, ``per_event``; missing where there are no events.
    """
    table, counted = tables["horizons"], tables["events"]
    keys = [*labels, "seed", "months"]

    def of(rows: pd.DataFrame, name: str, what: str) -> pd.Series:
        return rows.loc[rows["group"] == name].set_index(keys)[what]

    pieces = []
    for ours, theirs in pairs:
        gap = of(table, ours.name, column) - of(table, theirs.name, column)
        events = of(counted, ours.name, event)
        per = (gap / events.where(events >= FEWEST)).rename("per_event").reset_index()
        pieces.append(per.assign(organisation=ours.organisation))
    return pd.concat(pieces, ignore_index=True)
