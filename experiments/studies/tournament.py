"""The tournament: every strategy against every other, alone and among all, and a league table of it.

Events, each scored by what a salesperson earns in a year:

* *duel*: half of a market of one other strategy; the mean over opponents is what the league is ranked by;
* *invader*: a tenth of such a market; *resident*: nine tenths of it;
* *alone*: a market of nobody else;
* *mixed*: a market of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
import pandas as pd

from longgame.experiments.design.compositions import (
    SHARES,
    Composition,
    duel_table,
    duels,
    free_of_luck,
    mixed,
    monoculture,
    part_of,
)
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.inference.ranks import rank_intervals, ranks

#: Events in the order of the league table; the first ranks it.
EVENTS = ("duel", "invader", "resident", "alone", "mixed")
FEW, HALF = SHARES

#: What a duel at half of the market came to, from the interval of the gap.
WON, LOST, OPEN, SAME = "won", "lost", "open", "same"


def compositions(strategies: Iterable[str], firms: int, organisation: str) -> list[Composition]:
    """Return every market of the tournament."""
    names = sorted(strategies)
    return [
        *(monoculture(name, firms, organisation) for name in names),
        *duels(names, firms, organisation),
        *mixed(names, firms, organisation),
    ]


def shares_of(event: str, firms: int) -> float:
    """Return the part of a duel's market that a strategy has in an event."""
    few, half = part_of(firms, FEW), part_of(firms, HALF)
    return {"duel": half, "invader": few, "resident": firms - few}[event] / firms


def scores(table: pd.DataFrame, firms: int, payoff: str = "profit") -> pd.DataFrame:
    """Return what every strategy earned in every event: the mean over opponents, or over turned markets.

    Parameters
    ----------
    table : pandas.DataFrame
        `compositions.payoff_table` of the markets of `compositions`.
    firms : int
        Firms in a market of two.
    payoff : {"profit", "pay"}

    Returns
    -------
    pandas.DataFrame
        ``event``, ``strategy``, ``seed``, ``payoff`` (money per salesperson-year), sorted.
    """
    duel = duel_table(table, payoff)
    rows = table.assign(payoff=free_of_luck(table, payoff))
    kinds = rows["composition"].str.count(r"\+")
    everybody = rows["strategy"].nunique() - 1
    parts = {
        **{
            event: duel[np.isclose(duel["share"], shares_of(event, firms))].rename(columns={"ours": "strategy"})
            for event in EVENTS[:3]
        },
        # Of two strategies the market of all is a duel at half.
        "alone": rows[kinds == 0],
        "mixed": rows[(kinds == everybody) & (rows["sellers"] * (everybody + 1) == rows["of"])],
    }
    means = {event: part.groupby(["strategy", "seed"])["payoff"].mean().reset_index() for event, part in parts.items()}
    whole = pd.concat([part.assign(event=event) for event, part in means.items()], ignore_index=True)
    return whole.loc[:, ["event", "strategy", "seed", "payoff"]]


def league(scored: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return place and score of every strategy in every event.

    Returns
    -------
    pandas.DataFrame
        One row per ``event`` and ``strategy``, best first: ``rank``, ``best`` and ``worst`` (places that the
        runs allow, at once for all strategies of an event), ``payoff``, ``low``, ``high`` (interval of each),
        ``n`` (seeds).
    """
    pieces = []
    for event in EVENTS:
        wide = scored[scored["event"] == event].pivot(index="seed", columns="strategy", values="payoff")
        wide = wide.sort_index().sort_index(axis=1)
        best, worst = rank_intervals(wide.to_numpy(), level)
        found = [effect_of(wide[name], unit=PROFIT_UNIT, level=level) for name in wide]
        piece = pd.DataFrame(
            {
                "event": event,
                "strategy": list(wide),
                "rank": ranks(wide.to_numpy()),
                "best": best,
                "worst": worst,
                "payoff": [e.value for e in found],
                "low": [e.low for e in found],
                "high": [e.high for e in found],
                "n": len(wide),
            }
        )
        pieces.append(piece.sort_values(["rank", "strategy"]))
    return pd.concat(pieces, ignore_index=True)


def results(table: pd.DataFrame, payoff: str = "profit", level: float = 0.95) -> pd.DataFrame:
    """Return what every duel came to, from both sides: the record of every strategy.

    Returns
    -------
    pandas.DataFrame
        ``ours``, ``theirs``, ``share`` (of ours), ``payoff`` (of ours), ``gap`` (ours − theirs), ``low``,
        ``high`` (interval of the gap), ``n``, ``result`` (won, lost, open: the interval holds 0; same:
        exactly equal). Money per salesperson-year.
    """
    rows = []
    for key, here in duel_table(table, payoff).groupby(["ours", "theirs", "share"]):
        ours, theirs, share = cast(tuple[str, str, float], key)
        gap = effect_of(here.set_index("seed")["gap"], unit=PROFIT_UNIT, level=level)
        rows.append(
            {
                "ours": ours,
                "theirs": theirs,
                "share": share,
                "payoff": here["payoff"].mean(),
                "gap": gap.value,
                "low": gap.low,
                "high": gap.high,
                "n": gap.n,
                "result": {1: WON, -1: LOST, 0: SAME, None: OPEN}[gap.sign],
            }
        )
    return pd.DataFrame(rows)


def record(found: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return how many duels at a share every strategy won and lost, indexed by strategy."""
    here = found[np.isclose(found["share"], share)]
    counts = here.groupby(["ours", "result"]).size().unstack(fill_value=0)
    return counts.reindex(columns=[WON, LOST, OPEN, SAME], fill_value=0)
