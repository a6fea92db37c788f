"""Claims over many markets: in which share of those that agree with the evidence each holds.

Every claim is run in every market with the same few seeds, its first verdict alone. One market's runs say little; over
hundreds of markets they tell how large luck is, and that steadies the interval of each (`inference.moderated`). In
a market a claim is spoken *for* where every comparison that decides is clear for it, and *against* where every one is
clear against it. It is *mixed* where some are clear for and some against it, after a correction for their number.
Anything else is *undecided*. Shares over markets are weighted; beside them stand those over the prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.stats import norm

from longgame.experiments.claim import AnyClaim
from longgame.experiments.design.plan import Design, Plan, apart
from longgame.experiments.evidence.ensemble import effective
from longgame.experiments.inference.flips import first_plan, first_verdict
from longgame.experiments.inference.moderated import intervals
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.runs.workers import AllFailed, Workers
from longgame.experiments.studies.all_claims import wanted_measures, with_measures
from longgame.sim.scenario import Scenario

#: What a market says of a claim.
SAYS = ("for", "against", "mixed", "undecided")

#: Seeds of every market: two are the fewest that tell luck from a market's own ways.
SEEDS, FEWEST_SEEDS = 3, 2

#: Markets run at once: enough to keep all workers busy, few enough to hold their tables.
BATCH = 20

#: The level of what one market says.
LEVEL = 0.95

#: Columns of `compare`: a row per claim, market and comparison that decides.
COLUMNS = ("claim", "market", "place", "unit", "worth", "n", "mean", "variance")

type Says = Literal["for", "against", "mixed", "undecided"]
type Tell = Callable[[str], None]


class Compared(NamedTuple):
    """What was compared in many markets.

    Attributes
    ----------
    rows : pandas.DataFrame
        Columns `COLUMNS`; ``mean`` and ``variance`` are of the differences over seeds, in ``unit``.
    runs : int
        How many there are, those that claims share counted once.
    """

    rows: pd.DataFrame
    runs: int


# -- running ------------------------------------------------------------------------------------------


def compare(
    claims: Mapping[str, AnyClaim],
    markets: Mapping[str, Scenario],
    seeds: tuple[int, ...],
    workers: Workers,
    tell: Tell = lambda text: None,
) -> Compared:
    """Run the first verdict of every claim in every market and return what was compared.

    Parameters
    ----------
    claims : mapping of str to AnyClaim
    markets : mapping of str to Scenario
    seeds : tuple of int
        The same in all markets.
    workers : Workers
    tell : callable
        Told how far it is.

    Returns
    -------
    Compared
        A market that cannot hold the arms of a claim, or in which all runs failed, has no row for it.
    """
    found, done, runs = [], 0, 0
    for names in batched(markets, BATCH):
        some = {name: markets[name] for name in names}
        plans = {name: plan for name, claim in claims.items() if (plan := _plan(claim, some, seeds))}
        wanted = wanted_measures(plans.values())
        for place, (name, plan) in enumerate(plans.items(), 1):
            tell(f"markets {done + 1} to {done + len(some)} of {len(markets)}, claim {place} of {len(plans)}: {name}")
            for part in with_measures(plan, wanted):
                workers.run(part)
            found += list(_heard(name, claims[name], plan, workers))
        done, runs = done + len(some), runs + len(wanted) * len(seeds)
    return Compared(pd.DataFrame(found, columns=list(COLUMNS)), runs)


def _plan(claim: AnyClaim, markets: Mapping[str, Scenario], seeds: tuple[int, ...]) -> Plan | None:
    """Return the first plan of a claim in each of some markets as one plan, if any of them can hold its arms."""
    designs, measures = Design({}), ()
    for name, market in markets.items():
        try:
            plan = first_plan(claim, market, seeds)
        except ValidationError:
            continue
        designs, measures = designs | plan.markets.under(name), plan.measures
    return Plan(designs, seeds, measures) if designs else None


def _heard(name: str, claim: AnyClaim, plan: Plan, workers: Workers) -> Iterator[tuple[object, ...]]:
    """Yield a row of `compare` per market and comparison of one claim."""
    try:
        tables = workers.tables(plan)
    except AllFailed:
        return
    for market, here in apart(tables).items():
        yield from rows_of(name, market, first_verdict(claim, here))


def rows_of(claim: str, market: str, verdict: Verdict) -> Iterator[tuple[object, ...]]:
    """Yield a row of `compare` per effect that decides and could be measured."""
    for effect in verdict.effects:
        if effect.n >= FEWEST_SEEDS:
            variance = float(np.var(effect.differences, ddof=1))
            yield claim, market, effect.place, effect.unit, effect.worth, effect.n, effect.value, variance


# -- judging ------------------------------------------------------------------------------------------


def heard(compared: pd.DataFrame) -> pd.DataFrame:
    """Return what every market says of every claim.

    Parameters
    ----------
    compared : pandas.DataFrame
        From `compare`, over all markets that there are: luck is learned from them together.

    Returns
    -------
    pandas.DataFrame
        ``claim``, ``market``, ``says`` (of `SAYS`), ``mean`` (over the comparisons), ``unit``, ``comparisons``.
    """
    if compared.empty:
        return pd.DataFrame(columns=["claim", "market", "says", "mean", "unit", "comparisons"])
    among = compared.assign(among=compared.groupby(["claim", "market"])["place"].transform("size"))
    judged = pd.concat([_judged(rows) for _, rows in among.groupby(["claim", "place", "n"], sort=False)])
    by_market = judged.sort_index().groupby(["claim", "market"], sort=False)
    found = by_market.agg(mean=("mean", "mean"), unit=("unit", "first"), comparisons=("mean", "size"))
    says = [says_together(rows["says"].tolist(), rows["strict"].tolist()) for _, rows in by_market]
    return found.assign(says=says).reset_index()


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one comparison in all markets with what each says: as it is, and picked out of several."""
    means, variances = rows["mean"].to_numpy(float), rows["variance"].to_numpy(float)
    worth, runs = rows["worth"].to_numpy(float), int(rows["n"].iloc[0])
    usual, picked = LEVEL, 1 - (1 - LEVEL) / rows["among"].to_numpy(float)  # Bonferroni
    says, strict = (_says(*intervals(means, variances, runs, level), worth) for level in (usual, picked))
    # A wider interval may reach again what the usual one excludes: that supports nothing.
    strict = [None if one == 1 and told != 1 else one for one, told in zip(strict, says, strict=True)]
    return rows.assign(says=pd.Series(says, rows.index, object), strict=pd.Series(strict, rows.index, object))


def _says(low: NDArray[np.float64], high: NDArray[np.float64], worth: NDArray[np.float64]) -> list[int | None]:
    """Return 1 (for), 0 or −1 (against) or None of intervals, by the rule of `inference.effects.Effect.says`."""
    return [
        -1 if up < 0 else 0 if up < least or down == up == 0 else 1 if down > 0 else None
        for down, up, least in zip(low, high, worth, strict=True)
    ]


def says_together(says: Sequence[int | None], strict: Sequence[int | None]) -> Says:
    """Return what the comparisons of one claim say together in one market.

    Examples
    --------
    >>> says_together([1, 1], [1, 1]), says_together([0, -1], [0, None]), says_together([1, -1], [1, -1])
    ('for', 'against', 'mixed')
    >>> says_together([1, None], [1, None])
    'undecided'
    """
    found = set(says)
    if found == {1}:
        return "for"
    if found <= {0, -1}:
        return "against"
    return "mixed" if 1 in strict and {0, -1} & set(strict) else "undecided"


# -- shares -------------------------------------------------------------------------------------------


class Share(NamedTuple):
    """A share of weighted markets, and its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sample:
    """Markets that are counted together.

    Attributes
    ----------
    name : str
    weights : mapping of str to float
        One per market; they need not sum to 1.
    """

    name: str
    weights: Mapping[str, float]


def share_of(holds: NDArray[np.bool_], weights: NDArray[np.float64], level: float) -> Share:
    """Return the weighted share of markets and its score interval (Wilson 1927) on the effective number of them.

    The effective number is that of Kish (1965): (Σw)² ÷ Σw².
    """
    total = weights.sum()
    if not len(weights) or total <= 0:
        return Share(math.nan, math.nan, math.nan)
    value, n = float(weights[holds].sum() / total), effective(weights)
    z2 = norm.ppf((1 + level) / 2) ** 2
    middle, half = (value + z2 / (2 * n)) / (1 + z2 / n), math.sqrt(z2 * value * (1 - value) / n + z2**2 / (4 * n**2))
    half /= 1 + z2 / n
    return Share(value, max(0.0, middle - half), min(1.0, middle + half))


def shares(said: pd.DataFrame, samples: Sequence[Sample], claims: int) -> pd.DataFrame:
    """Return how many markets speak for and against every claim.

    Parameters
    ----------
    said : pandas.DataFrame
        From `heard`.
    samples : sequence of Sample
    claims : int
        Claims that are read side by side: intervals are at 1 − .05 ÷ claims (Bonferroni).

    Returns
    -------
    pandas.DataFrame
        ``claim``, ``sample``, ``says`` (of `SAYS`), ``share``, ``low``, ``high``, ``markets``. Markets in which nothing
        could be compared are undecided.
    """
    level, rows = 1 - 0.05 / max(claims, 1), []
    for claim in dict.fromkeys(said["claim"]):
        here = said[said["claim"] == claim].set_index("market")["says"]
        for sample in samples:
            says = here.reindex(list(sample.weights)).fillna("undecided").to_numpy(str)
            weights = np.array(list(sample.weights.values()))
            for each in SAYS:
                rows.append((claim, sample.name, each, *share_of(says == each, weights, level), len(weights)))
    return pd.DataFrame(rows, columns=["claim", "sample", "says", "share", "low", "high", "markets"])
