"""Invasion and stability: can a few who sell otherwise out-earn a market of one strategy, for every pair.

The verdict of a pair stands on what a tenth of invaders earn beyond the residents of the same market, seed by
seed, free of the luck of posts (`longgame.experiments.design.compositions`):

* *invaded*: the invaders earn more;
* *stable*: they earn less;
* *neutral*: a difference worth having, a twentieth of mean pay either way, is excluded (equivalence by two
  one-sided tests, Schuirmann 1987);
* *undecided*: the runs do not tell.

Intervals are at the level corrected for the number of pairs (Bonferroni), so that in all pairs together a
false verdict is as rare as one test's. `longgame.experiments.studies.error_rates` checks that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import pandas as pd

from longgame.experiments.design.compositions import SHARES, Composition, duel_table, duels, part_of
from longgame.experiments.inference.effects import Effect, fewest, widened
from longgame.experiments.inference.pairs import PROFIT_UNIT, a_twentieth

#: Part of the market that invades.
RARE = SHARES[0]

INVADED, STABLE, NEUTRAL, UNDECIDED = "invaded", "stable", "neutral", "undecided"
VERDICTS = (INVADED, STABLE, NEUTRAL, UNDECIDED)

#: What two strategies are to each other, from who invades whom (Nowak 2006, ch. 4).
DOMINANCE, COEXISTENCE, BISTABILITY = "dominance", "coexistence", "bistability"


def compositions(strategies: Iterable[str], firms: int, organisation: str) -> list[Composition]:
    """Return the market of every resident with a few of every invader."""
    return duels(strategies, firms, organisation, (RARE,))


def level_for(pairs: int, level: float = 0.95) -> float:
    """Return the level of each interval for a level of all together (Bonferroni)."""
    return 1 - (1 - level) / max(pairs, 1)


def gap_effect(gaps: Sequence[float], level: float, worth: float) -> Effect:
    """Return the mean gap with its interval at a level (`inference.verdicts.widened`)."""
    mean = float(np.mean(gaps)) if len(gaps) else math.nan
    plain = Effect(mean, math.nan, math.nan, len(gaps), PROFIT_UNIT, differences=tuple(gaps), worth=worth)
    return widened(plain, level)


def verdict(gap: Effect) -> str:
    """Return what the gap invaders − residents says of the residents.

    Examples
    --------
    >>> [verdict(Effect(0, low, high, 20, "", worth=5)) for low, high in ((1, 9), (-9, -1), (-4, 4), (-4, 9))]
    ['invaded', 'stable', 'neutral', 'undecided']
    """
    if gap.n < fewest(gap.level) or math.isnan(gap.low):
        return UNDECIDED
    if gap.low == gap.high == 0 or (-gap.worth < gap.low and gap.high < gap.worth):
        return NEUTRAL
    if gap.low > 0:
        return INVADED
    return STABLE if gap.high < 0 else UNDECIDED


def verdicts(table: pd.DataFrame, payoff: str = "profit", level: float = 0.95) -> pd.DataFrame:
    """Return the verdict of every pair.

    Parameters
    ----------
    table : pandas.DataFrame
        `compositions.payoff_table` of the markets of `compositions`.
    payoff : {"profit", "pay"}
    level : float
        Of all verdicts together.

    Returns
    -------
    pandas.DataFrame
        ``resident``, ``invader``, ``gap``, ``low``, ``high`` (money per salesperson-year), ``n``,
        ``level`` (of each interval), ``worth`` (smallest difference worth having), ``verdict``; sorted by the
        first two.
    """
    rare = duel_table(table, payoff)
    rare = rare[rare["share"] <= 0.5]
    pairs = rare.groupby(["theirs", "ours"], sort=True)
    worth, each = a_twentieth({"payoffs": table}, "pay", "payoffs"), level_for(pairs.ngroups, level)
    rows = []
    for key, here in pairs:
        resident, invader = cast(tuple[str, str], key)
        gap = gap_effect(here.groupby("seed")["gap"].mean().tolist(), each, worth)
        rows.append(
            {
                "resident": resident,
                "invader": invader,
                "gap": gap.value,
                "low": gap.low,
                "high": gap.high,
                "n": gap.n,
                "level": each,
                "worth": worth,
                "verdict": verdict(gap),
            }
        )
    return pd.DataFrame(rows)


def residents(found: pd.DataFrame) -> pd.DataFrame:
    """Return what becomes of a market of each strategy.

    Returns
    -------
    pandas.DataFrame
        ``resident``, ``verdict`` (invaded by somebody; stable against all; neutral: stable but for some who
        earn as much; undecided), and the names of invaders by verdict: ``invaded``, ``neutral``,
        ``undecided``, each a tuple.
    """
    rows = []
    for resident, here in found.groupby("resident"):
        by = {kind: tuple(here.loc[here["verdict"] == kind, "invader"]) for kind in VERDICTS}
        whole = next((kind for kind in (INVADED, UNDECIDED, NEUTRAL) if by[kind]), STABLE)
        rows.append({"resident": resident, "verdict": whole, **{k: by[k] for k in VERDICTS if k != STABLE}})
    return pd.DataFrame(rows)


def pair_kinds(found: pd.DataFrame) -> pd.Series:
    """Return how many pairs are of each kind: dominance, coexistence, bistability, or open or neutral."""
    said = {(row.resident, row.invader): row.verdict for row in found.itertuples()}
    kinds = {
        frozenset([INVADED, STABLE]): DOMINANCE,
        frozenset([INVADED]): COEXISTENCE,
        frozenset([STABLE]): BISTABILITY,
    }
    names = [kinds.get(frozenset([said[a, b], said[b, a]]), "open or neutral") for a, b in said if a < b]
    return pd.Series(names, dtype=object).value_counts()


def enough_seeds(strategies: int, level: float = 0.95) -> int:
    """Return the fewest seeds with which a verdict on any pair is possible.

    Examples
    --------
    >>> enough_seeds(2), enough_seeds(16)
    (7, 14)
    """
    return fewest(level_for(strategies * (strategies - 1), level))


def few_of(firms: int) -> str:
    """Say how many invade.

    Examples
    --------
    >>> few_of(40), few_of(8)
    ('4 of 40', '1 of 8')
    """
    return f"{part_of(firms, RARE)} of {firms}"
