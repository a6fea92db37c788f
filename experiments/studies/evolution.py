"""Evolution on the payoff table: where the market goes if ways of selling that earn more spread.

Payoffs are those of pairs, at sampled shares and linear between them (constant beyond the outermost), in
units of mean pay. In a market of several strategies i is taken to earn what it earns at its own share among
each j, averaged over the others' shares: f_i(x) = Σ_{j≠i} x_j·a_ij(x_i)/(1−x_i). That is exact wherever only
two are left, and everywhere if payoffs are linear in shares (a matrix game).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from longgame.experiments.design.compositions import PAYOFFS, Composition, duel_table, duels, hats
from longgame.experiments.inference.effects import RESAMPLING_SEED, fewest
from longgame.experiments.inference.games import (
    Array,
    fermi_odds,
    fitness,
    log_fixation,
    moran_odds,
    rare_mutation_shares,
    replicator,
)

#: Resamples of the seeds behind every interval.
RESAMPLES = 500

#: What a mutant is to residents, by its chance to take over against 1/N.
FAVOURED, OPPOSED, OPEN = "favoured", "opposed", "open"


class Unpaid(ValueError):
    """Nobody is paid in a market, so that payoffs have no unit."""


def compositions(strategies: Iterable[str], firms: int, organisation: str, points: int = 3) -> list[Composition]:
    """Return duels at `points` shares: a tenth, nine tenths, and evenly between."""
    shares = tuple(float(share) for share in np.linspace(0.1, 0.9, points))
    return duels(strategies, firms, organisation, shares)


@dataclass(frozen=True)
class Pairs:
    """What each strategy earns beside each other.

    Attributes
    ----------
    names : tuple of str
        S strategies.
    shares : array, shape (K,)
        Sampled shares, ascending.
    payoffs : array, shape (seeds, S, S, K)
        [seed, i, j, k]: what i earns at share k in a market of i and j, in mean pays; 0 for i = j.
    unit : float
        Mean pay, in money per salesperson-year.
    """

    names: tuple[str, ...]
    shares: Array
    payoffs: Array
    unit: float

    @property
    def mean(self) -> Array:
        """Mean over seeds, shape (S, S, K)."""
        return self.payoffs.mean(axis=0)

    def resampled(self, count: int) -> Iterator[Array]:
        """Yield means over resampled seeds; none where there are fewer seeds than a sign takes."""
        seeds = len(self.payoffs)
        rng = np.random.default_rng(RESAMPLING_SEED)
        for _ in range(count if seeds >= fewest() else 0):
            yield self.payoffs[rng.integers(seeds, size=seeds)].mean(axis=0)


def pairs_of(table: pd.DataFrame, payoff: str = "pay") -> Pairs:
    """Return the payoffs of pairs from `compositions.payoff_table`.

    Raises
    ------
    ValueError
        If nobody is paid anything: there is no unit then.
    """
    unit = float(table[PAYOFFS[1]].mean())
    if not unit > 0:
        raise Unpaid("nobody is paid anything in this market, so that nobody has a reason to copy")
    duel = duel_table(table, payoff)
    point = duel.assign(share=duel["share"].round(9)).set_index(["seed", "ours", "theirs", "share"])["payoff"]
    names = sorted(duel["ours"].unique())
    shares = np.sort(duel["share"].round(9).unique())
    seeds = sorted(duel["seed"].unique())
    whole = pd.MultiIndex.from_product([seeds, names, names, shares])
    found = point.reindex(whole).to_numpy(copy=True).reshape(len(seeds), len(names), len(names), len(shares))
    mine = np.arange(len(names))
    found[:, mine, mine] = 0.0
    return Pairs(tuple(names), shares, found / unit, unit)


def payoff_at(payoffs: Array, shares: Array, x: Array) -> Array:
    """Return f(x), shape (…, S), for shares x of the strategies; see the module's head."""
    others = np.clip(x, 0.0, 1.0) + 1e-12  # who is alone meets, rarely, all others alike
    earned = np.einsum("...ik,ijk,...j->...i", hats(shares, x), payoffs, others)
    return earned / (others.sum(axis=-1, keepdims=True) - others)


def along(payoffs: Array, shares: Array, population: int) -> tuple[Array, Array]:
    """Return what mutants and residents earn with 1 … N−1 mutants, each of shape (resident, mutant, N−1)."""
    share = np.arange(1, population) / population
    mutants = (payoffs @ hats(shares, share).T).swapaxes(0, 1)
    return mutants, payoffs @ hats(shares, 1 - share).T


#: From payoffs (S, S, K) to logs of fixation probabilities (resident, mutant).
Fixation = Callable[[Array], Array]


def fermi(payoffs: Array, shares: Array, population: int, beta: float) -> Array:
    """Return the logs of fixation probabilities (resident, mutant) by the Fermi rule."""
    mutants, residents = along(payoffs, shares, population)
    return log_fixation(fermi_odds(mutants - residents, beta))


def moran(payoffs: Array, shares: Array, population: int, w: float) -> Array:
    """Return the logs of fixation probabilities (resident, mutant) in the Moran process."""
    mine = np.arange(len(payoffs))
    payoffs = payoffs.copy()
    payoffs[mine, mine] = 1.0  # nobody invades their own market: no payoff of 0 stands there
    return log_fixation(moran_odds(*along(payoffs, shares, population), w))


def processes(pairs: Pairs, population: int, beta: float, w: float) -> dict[str, Fixation]:
    """Return both processes, by name.

    Raises
    ------
    NotPositive
        If any seed's payoff makes a fitness of the Moran process that is not: no resample is beyond these.
    """
    fitness(pairs.payoffs[:, ~np.eye(len(pairs.names), dtype=bool)], w)
    return {
        "fermi": partial(fermi, shares=pairs.shares, population=population, beta=beta),
        "moran": partial(moran, shares=pairs.shares, population=population, w=w),
    }


def fixation_table(pairs: Pairs, population: int, beta: float, w: float) -> pd.DataFrame:
    """Return the chance of one mutant to take over, of every pair, with its interval over resampled seeds.

    Returns
    -------
    pandas.DataFrame
        ``process`` (fermi, moran), ``resident``, ``mutant``, ``chance``, ``low``, ``high``, ``neutral``
        (1/N), ``selection`` (favoured, opposed: the interval lies on one side of 1/N; open).
    """
    count, seeds = len(pairs.names), len(pairs.payoffs)
    pieces = []
    for process, fixation in processes(pairs, population, beta, w).items():
        mean = np.exp(fixation(pairs.mean))
        low, high = _interval([np.exp(fixation(a)) for a in pairs.resampled(RESAMPLES)], mean.shape, seeds)
        one, other = np.nonzero(~np.eye(count, dtype=bool))
        # A copy differs from 1/N by rounding alone.
        neutral, slack = 1 / population, 1e-9
        told = seeds >= fewest()
        sides = [told & (low > neutral + slack), told & (high < neutral - slack)]
        said = np.select(sides, [FAVOURED, OPPOSED], OPEN)
        pieces.append(
            pd.DataFrame(
                {
                    "process": process,
                    "resident": np.array(pairs.names)[one],
                    "mutant": np.array(pairs.names)[other],
                    "chance": mean[one, other],
                    "low": low[one, other],
                    "high": high[one, other],
                    "neutral": neutral,
                    "selection": said[one, other],
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def _interval(found: list[Array], shape: tuple[int, ...], seeds: int) -> tuple[Array, Array]:
    """Return the 95% percentile interval of resampled numbers, NaN where there are none.

    Expanded for few seeds (Hesterberg 2015): for the mean of normal numbers it is as wide as Student's.
    """
    if not found:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    from scipy.stats import norm, t

    tail = float(norm.cdf(-math.sqrt(seeds / (seeds - 1)) * t.ppf(0.975, seeds - 1)))
    low, high = np.quantile(np.array(found), [tail, 1 - tail], axis=0)
    return low, high


def paths(pairs: Pairs, beta: float, mutation: float, until: float) -> pd.DataFrame:
    """Return replicator paths from equal shares, without and with mutation.

    Returns
    -------
    pandas.DataFrame
        ``mutation``, ``time``, ``strategy``, ``share``.
    """
    count = len(pairs.names)
    pieces = []
    for rate in dict.fromkeys((0.0, mutation)):
        time, x = _path(pairs.mean, pairs.shares, beta, rate, until)
        pieces.append(
            pd.DataFrame(
                {
                    "mutation": rate,
                    "time": np.repeat(time, count),
                    "strategy": np.tile(pairs.names, len(time)),
                    "share": x.ravel(),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def _path(payoffs: Array, shares: Array, beta: float, mutation: float, until: float) -> tuple[Array, Array]:
    """Return (times, shares) from equal shares, selection as strong as β."""
    count = len(payoffs)
    return replicator(
        lambda x: beta * payoff_at(payoffs, shares, x), np.full(count, 1 / count), mutation=mutation, until=until
    )


def long_run(pairs: Pairs, population: int, beta: float, w: float, mutation: float, until: float) -> pd.DataFrame:
    """Return how much of the market each strategy has in the long run, by process, with intervals over seeds.

    Returns
    -------
    pandas.DataFrame
        ``process`` (fermi, moran: rare mutations; replicator, replicator-mutator: at time `until`, from equal
        shares), ``strategy``, ``share``, ``low``, ``high``.
    """
    ways: dict[str, Callable[[Array], Array]] = {
        name: lambda a, fixation=fixation: rare_mutation_shares(fixation(a))
        for name, fixation in processes(pairs, population, beta, w).items()
    }
    for name, rate in (("replicator", 0.0), ("replicator-mutator", mutation)):
        ways[name] = lambda a, rate=rate: _path(a, pairs.shares, beta, rate, until)[1][-1]
    pieces = []
    for name, of in ways.items():
        mean = of(pairs.mean)
        # Solving a differential equation hundreds of times takes long; a few dozen give the interval.
        count = RESAMPLES if name in ("fermi", "moran") else RESAMPLES // 10
        low, high = _interval([of(a) for a in pairs.resampled(count)], mean.shape, len(pairs.payoffs))
        pieces.append(pd.DataFrame({"process": name, "strategy": pairs.names, "share": mean, "low": low, "high": high}))
    return pd.concat(pieces, ignore_index=True)
