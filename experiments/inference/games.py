"""Evolution on given payoffs: fixation in finite populations, replicator dynamics, units of selection.

Each function is one published result in the theory's own symbols; payoffs are in units in which the intensity
of selection is meant (here: mean pay). `studies.evolution` applies them to the payoff table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class NotPositive(ValueError):
    """A fitness in the Moran process is 0 or less: selection is too strong for such payoffs."""


# -- one mutant among many ------------------------------------------------------------------------------


def fermi_odds(gaps: ArrayLike, beta: float) -> Array:
    """Return ln(T⁻/T⁺) = −βΔ of pairwise comparison by the Fermi rule (Traulsen, Nowak & Pacheco 2006).

    Parameters
    ----------
    gaps : array
        Δ: what a mutant earns beyond a resident.
    beta : float
        Intensity of selection, 0 or more.
    """
    return -beta * np.asarray(gaps, dtype=float)


def moran_odds(ours: ArrayLike, theirs: ArrayLike, w: float) -> Array:
    """Return ln(T⁻/T⁺) = ln(g/f) of the frequency-dependent Moran process (Nowak et al. 2004).

    Fitness of mutants is f = 1 − w + w·π_mutant, that of residents g alike.

    Parameters
    ----------
    ours, theirs : array
        π of mutants and residents.
    w : float
        Intensity of selection, in [0, 1].

    Raises
    ------
    NotPositive
        If a fitness is not; says which w is weak enough.

    Examples
    --------
    >>> odds = moran_odds([2.0] * 9, [1.0] * 9, 1.0)  # r = 2: (1-1/r)/(1-1/r^10)
    >>> float(np.exp(log_fixation(odds)).round(4))
    0.5005
    """
    return np.log(fitness(theirs, w)) - np.log(fitness(ours, w))


def fitness(payoffs: ArrayLike, w: float) -> Array:
    """Return 1 − w + w·π of every payoff, which has to be positive.

    Raises
    ------
    NotPositive
        If one is not; says which w is weak enough.
    """
    pay = np.asarray(payoffs, dtype=float)
    found = 1 - w + w * pay
    if found.size and found.min() <= 0:
        worst = float(pay.min())
        weak = math.floor(1000 / (1 - worst)) / 1000  # rounded down, so that it is weak enough as written
        raise NotPositive(
            f"a payoff of {worst:.3g} makes a fitness of {found.min():.3g}; it is positive up to w = {weak:g}"
        )
    return found


def rare_mutation_shares(log_chances: ArrayLike) -> Array:
    """Return how much of the time each way has the population, if mutations are rare.

    Every newcomer tries one of the other ways at random and has vanished or taken over before the next comes:
    a Markov chain over markets of one kind (Fudenberg & Imhof 2006). Logs, since chances under strong
    selection are far below the smallest number a computer has. The chain is solved by the elimination of
    Grassmann, Taksar & Heyman (1985), which subtracts nothing and so can be done in logs.

    Parameters
    ----------
    log_chances : array, shape (…, ways, ways)
        ln of the chance that one of the column's kind takes over from the row's; the diagonal is not read.

    Examples
    --------
    >>> rare_mutation_shares(np.log([[1.0, 0.3], [0.1, 1.0]])).round(2).tolist()
    [0.25, 0.75]
    """
    step = np.array(log_chances, dtype=float)
    ways = step.shape[-1]
    for last in range(ways - 1, 0, -1):
        out = np.logaddexp.reduce(step[..., last, :last], axis=-1)
        step[..., :last, last] -= out[..., None]
        detour = step[..., :last, last, None] + step[..., last, None, :last]
        step[..., :last, :last] = np.logaddexp(step[..., :last, :last], detour)
    share = np.zeros(step.shape[:-1])
    for way in range(1, ways):
        share[..., way] = np.logaddexp.reduce(share[..., :way] + step[..., :way, way], axis=-1)
    return np.exp(share - np.logaddexp.reduce(share, axis=-1)[..., None])


# -- many ways at once, without chance -----------------------------------------------------------------


def replicator(
    payoff: Callable[[Array], Array],
    start: ArrayLike,
    *,
    mutation: float = 0.0,
    until: float = 1000.0,
    points: int = 400,
) -> tuple[Array, Array]:
    """Return the path of dx_i/dt = x_i(f_i(x) − x·f(x)) + μ(1/S − x_i) (Taylor & Jonker 1978).

    The second term lets mutants of all S ways arrive alike at rate μ (Bomze & Bürger 1995).

    Parameters
    ----------
    payoff : callable
        From shares (S,) to payoffs f (S,).
    start : array, shape (S,)
        Shares at the start; they add to 1.
    mutation : float
        μ, per unit of time.
    until : float
        In units of time: a share grows by a factor e in one if it earns one unit more than the mean.
    points : int

    Returns
    -------
    (times (points,), shares (points, S))

    Raises
    ------
    RuntimeError
        If the equation cannot be solved.

    Examples
    --------
    >>> time, x = replicator(lambda x: np.array([1.0, 0.0]), [0.5, 0.5], until=2.0)
    >>> float(x[-1, 0].round(6)), round(1 / (1 + float(np.exp(-2.0))), 6)  # logistic growth
    (0.880797, 0.880797)
    """
    from scipy.integrate import solve_ivp

    start = np.asarray(start, dtype=float)

    def change(_time: float, x: Array) -> Array:
        # Shares that add to 1: where all lose money, rounding in their sum would grow without bound.
        x = np.clip(x, 0.0, 1.0)
        x = x / x.sum()
        f = payoff(x)
        return x * (f - x @ f) + mutation * (1 / len(x) - x)

    # Early months matter as much as late ones: times evenly spaced in their logs.
    times = np.concatenate([[0.0], np.geomspace(min(0.01, until / 2), until, points - 1)])
    found = solve_ivp(change, (0.0, until), start, "LSODA", times, rtol=1e-8, atol=1e-12)
    if not found.success:
        raise RuntimeError(f"the replicator equation could not be solved: {found.message}")
    shares = np.clip(found.y.T, 0.0, 1.0)
    return found.t, shares / shares.sum(axis=1, keepdims=True)


# -- individuals and herds as units of selection ---------------------------------------------------------


def group_threshold(n: int, m: int) -> float:
    """Return the b/c above which cooperation is favoured among m herds of at most n: 1 + n/(m−2).

    A cooperator pays c so that another of its herd gains b; herds split when they are full, rarely, and
    another herd then dies (Traulsen & Nowak 2006; weak selection).

    Examples
    --------
    >>> group_threshold(5, 10)
    1.625
    """
    if m <= 2:
        raise ValueError(f"m is {m}; among two herds or one no b/c is enough, it must be 3 or more")
    return 1 + n / (m - 2)


def nested_fixation(b: float, c: float, n: int, m: int, w: float) -> float:
    """Return the chance that one cooperator takes over m herds of n, where herds split rarely.

    It takes over its herd, in a Moran process in which j cooperators of n earn b(j−1)/(n−1) − c each and
    defectors bj/(n−1); then its herd takes over the others, in a Moran process of m herds that earn b − c or
    0 (Traulsen & Nowak 2006).

    Parameters
    ----------
    b, c : float
        What another gains, and what it costs.
    n, m : int
        Members of a herd, and herds.
    w : float
        Intensity of selection, as for `moran_odds`.

    Examples
    --------
    >>> round(nested_fixation(2.0, 1.0, 5, 10, 0.0), 12)
    0.02
    """
    j = np.arange(1, n)
    inside = log_fixation(moran_odds(b * (j - 1) / (n - 1) - c, b * j / (n - 1), w))
    between = log_fixation(moran_odds([b - c] * (m - 1), [0.0] * (m - 1), w))
    return float(np.exp(inside + between))


# -- copying at the same moment, as salespeople do at a year's end ---------------------------------------


def copying(
    payoff: Callable[[Array], Array],
    start: Sequence[int],
    *,
    beta: float,
    looks: float,
    leave: float,
    years: int,
    runs: int,
    rng: np.random.Generator,
) -> Array:
    """Simulate salespeople who copy each other at every year's end, as in the market, on given payoffs.

    Each looks at one other with probability `looks` and copies with probability 1/(1+e^(−βΔ)); then each
    leaves with probability `leave`, and the successor sells as the post's first holder did.

    Parameters
    ----------
    payoff : callable
        From shares (runs, S) to payoffs (runs, S).
    start : sequence of int, shape (S,)
        How many sell in each way at the start.
    beta, looks, leave : float
    years, runs : int
    rng : numpy.random.Generator

    Returns
    -------
    array, shape (years, S)
        Mean share of each way in the course of each year, over runs.
    """
    first = np.repeat(np.arange(len(start)), start)
    people = len(first)
    kinds = np.tile(first, (runs, 1))
    row, me = np.arange(runs)[:, None], np.arange(people)
    found = np.empty((years, len(start)))
    for year in range(years):
        counts = np.stack([(kinds == way).sum(axis=1) for way in range(len(start))], axis=1)
        found[year] = counts.mean(axis=0) / people
        earned = payoff(counts / people)
        model = rng.integers(people - 1, size=kinds.shape) if people > 1 else np.zeros_like(kinds)
        theirs = kinds[row, model + (model >= me)] if people > 1 else kinds
        gap = earned[row, theirs] - earned[row, kinds]
        copies = (rng.random(kinds.shape) < looks) & (
            rng.random(kinds.shape) < 1 / (1 + np.exp(np.clip(-beta * gap, -700, 700)))
        )
        kinds = np.where(copies, theirs, kinds)
        kinds = np.where(rng.random(kinds.shape) < leave, first, kinds)
    return found


def fixation_probability(n: int, gap: float, beta: float) -> float:
    """Return the chance that one mutant takes over n-1 others who copy by the Fermi rule.

    With a constant pay gap Δ the odds of losing to gaining a step are e^(-βΔ) everywhere, so it is
    (1-e^(-βΔ))/(1-e^(-βΔn)), and 1/n if neutral (Traulsen, Nowak & Pacheco 2006; one copies at a time).

    Examples
    --------
    >>> round(fixation_probability(20, 1.0, 0.1), 3), fixation_probability(20, 0.0, 1.0)
    (0.11, 0.05)
    """
    x = abs(beta * gap)
    chance = 1 / n if x == 0 else math.expm1(-x) / math.expm1(-x * n)
    return chance if beta * gap >= 0 else math.exp(-x * (n - 1)) * chance


def log_fixation(losing: ArrayLike) -> NDArray[np.float64]:
    """Return the log of the chance that one mutant takes over: −ln(1 + Σ_k Π_{i≤k} T⁻_i/T⁺_i).

    Any process that moves one step at a time has this form (Karlin & Taylor 1975; Nowak et al. 2004).

    Parameters
    ----------
    losing : array, shape (…, n-1)
        ln(T⁻_i/T⁺_i), the log odds of losing to gaining a step with i = 1 … n-1 mutants.

    Examples
    --------
    >>> float(np.exp(log_fixation([0.0] * 4)).round(12))
    0.2
    """
    climbs = np.cumsum(np.asarray(losing, dtype=float), axis=-1)
    return -np.logaddexp.reduce(climbs, axis=-1, initial=0.0)


def fixation_along(gaps: Sequence[float], beta: float) -> float:
    """Return the chance that one mutant takes over, where the pay gap depends on how many mutants there are.

    1/(1 + Σ_k Π_{i≤k} e^(-βΔ_i)), with Δ_i what a mutant earns beyond a resident while there are i mutants,
    i = 1 … n-1 (Fermi rule, one copies at a time; Traulsen, Nowak & Pacheco 2006).

    Parameters
    ----------
    gaps : sequence of float
        Δ_1 … Δ_{n-1}.
    beta : float
        Intensity of selection.

    Examples
    --------
    >>> round(fixation_along([1.0] * 19, 0.1), 3) == round(fixation_probability(20, 1.0, 0.1), 3)
    True
    >>> fixation_along([0.0] * 4, 1.0)
    0.2
    """
    return float(np.exp(log_fixation(-beta * np.asarray(gaps, dtype=float))))


def synchronous_fixation(n: int, gap: float, beta: float, looks: float) -> float:
    """Return the same if everyone looks at another with probability `looks` at the same moment, as here.

    Solved from the transition matrix of the number of mutants. It tends to `fixation_probability` as looks
    → 0 and tells how far from that limit a simulation is.
    """
    from scipy.special import expit
    from scipy.stats import binom

    gains = float(expit(beta * gap))
    step = np.zeros((n + 1, n + 1))
    for i in range(n + 1):
        up = binom.pmf(np.arange(n - i + 1), n - i, looks * i / (n - 1) * gains)
        down = binom.pmf(np.arange(i + 1), i, looks * (n - i) / (n - 1) * (1 - gains))
        step[i] = np.convolve(up, down[::-1])
    inner = step[1:n, 1:n]
    return float(np.linalg.solve(np.eye(n - 1) - inner, step[1:n, n])[0])
