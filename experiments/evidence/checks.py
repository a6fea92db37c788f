"""Whether an ensemble can be believed: known truths, coverage, one target left out, numbers that chose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from longgame.experiments.evidence.ensemble import effective
from longgame.experiments.evidence.implausibility import Target, on_scale
from longgame.experiments.evidence.posterior import Candidates, allowed, kernel, misses, summary
from longgame.experiments.evidence.sampling import maximin
from longgame.experiments.evidence.space import Space
from longgame.experiments.evidence.waves import History, Model, begin, learn, match

#: Seed of the run that stands for the world where a truth is known; no wave uses it.
WORLD = 1_000

#: Known truths of the coverage, and the part of them that their intervals should hold.
TRUTHS, LEVEL = 200, 0.9

#: Least effective sample size of a known truth: nearer candidates alone would be too few for an interval.
NEIGHBOURS = 50


def quantiles(values: np.ndarray, weights: np.ndarray, at: Sequence[float]) -> np.ndarray:
    """Return weighted quantiles of numbers, without those that are NaN; NaN if none is left, shape (at,)."""
    there = np.isfinite(values) & (weights > 0)
    if not there.any():
        return np.full(len(at), np.nan)
    order = np.argsort(values[there], kind="stable")
    sorted_values, mass = values[there][order], weights[there][order]
    places = (np.cumsum(mass) - 0.5 * mass) / mass.sum()
    return np.interp(at, places, sorted_values)


def over_seeds(values: np.ndarray) -> np.ndarray:
    """Return the mean over seeds of (points, seeds, numbers) without NaN, shape (points, numbers)."""
    there = np.isfinite(values)
    count = there.sum(axis=1)
    return np.where(count > 0, np.where(there, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


# -- known truths -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A target with another value: what a known truth gave.

    Attributes
    ----------
    name, value, low, high, sd, log
        As for `implausibility.Target`.
    """

    name: str
    value: float
    low: float
    high: float
    sd: float
    log: bool


def known(targets: Sequence[Target], values: np.ndarray) -> list[Known]:
    """Return targets with the values of one run, on natural scales; those it has none of are left out."""
    found = []
    for target, value in zip(targets, values, strict=False):
        if np.isfinite(value):
            value = float(np.exp(on_scale(target, np.array(value)))) if target.log else float(value)
            found.append(Known(target.name, value, target.low, target.high, target.sd, target.log))
    return found


def recovery(
    history: History, model: Model, *, truths: int, points: int, seeds: tuple[int, ...], waves: int, seed: int
) -> pd.DataFrame:
    """Return whether markets that the model made itself are found again by the same waves.

    The runs and emulators of the first wave cover all of the prior, whatever is aimed at; they are shared. Further
    waves are run for each truth.

    Parameters
    ----------
    history : History
        With at least one wave.
    model : callable
    truths : int
        Markets drawn from the prior.
    points, seeds, waves, seed
        As for `waves.match`.

    Returns
    -------
    pandas.DataFrame
        ``truth``, ``targets`` (numbers aimed at), ``waves``, ``share`` (of the prior that is left), ``found`` (whether
        the truth is in that).
    """
    space, count, first = history.space, len(history.targets), history.waves[0]
    places = space.snapped(maximin(truths, len(space), np.random.default_rng([seed, 103])))
    seen = model(places, (WORLD,))[:, 0, :count]
    ready = ([*first.emulators, *first.dropped], list(first.unlearned))
    rows = []
    for number in range(truths):
        aims = known(history.targets, seen[number])
        names = {aim.name for aim in aims}
        columns = [k for k, target in enumerate(history.targets) if target.name in names]

        def part(where: np.ndarray, at: tuple[int, ...], columns: list[int] = columns) -> np.ndarray:
            return model(where, at)[:, :, columns]

        mine = ([one for one in ready[0] if one.target in names], [name for name in ready[1] if name in names])
        rng = np.random.default_rng([seed, 104, number])
        left = learn(begin(space, aims, rng), first.places, first.values[:, :, columns], rng, seed, mine)
        left = match(left, part, points=points, seeds=seeds, waves=waves, seed=seed + number)
        found = left.conflict is None and bool(left.inside(places[[number]])[0])
        rows.append(
            {"truth": number + 1, "targets": len(aims), "waves": len(left.waves), "share": left.share, "found": found}
        )
    return pd.DataFrame(rows)


def coverage(space: Space, targets: Sequence[Target], found: Candidates, seed: int) -> pd.DataFrame:
    """Return how often intervals of the dials hold the truth, with runs in turn as the world.

    Each truth is one run of a candidate, off by a discrepancy as large as is allowed for; it is looked for with the
    other candidates. Nothing more is run.

    Returns
    -------
    pandas.DataFrame
        ``dial``, ``held`` (part of the truths in their 90 % intervals), ``width`` (of these intervals, as part of the
        prior's), ``truths``.
    """
    rng, count = np.random.default_rng([seed, 105]), len(targets)
    whole = np.flatnonzero(np.isfinite(found.values[:, 0, :count]).all(axis=1))
    chosen = rng.permutation(whole)[:TRUTHS]
    means, between = summary(targets, found.values)
    sd, held, widths = allowed(targets, between), [], []
    for row in chosen:
        others = np.arange(len(found.places)) != row
        world = np.array([on_scale(t, found.values[row, :1, k])[0] for k, t in enumerate(targets)])
        world += rng.normal(0.0, [target.sd for target in targets])
        missed = np.where(np.isfinite(means[others]), (means[others] - world) / sd, np.inf)
        shares = _near((missed**2).sum(axis=1), found.density[others])
        bounds = np.array(
            [quantiles(column, shares, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)) for column in found.places[others].T]
        )
        truth = found.places[row]
        held.append((bounds[:, 0] - 1e-9 <= truth) & (truth <= bounds[:, 1] + 1e-9))
        widths.append(bounds[:, 1] - bounds[:, 0])
    empty = np.full(len(space), np.nan)
    return pd.DataFrame(
        {
            "dial": space.names,
            "held": np.mean(held, axis=0) if held else empty,
            "width": np.mean(widths, axis=0) / LEVEL if held else empty,
            "truths": len(chosen),
        }
    )


def _near(squares: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Return weights by distance, with a kernel just wide enough for `NEIGHBOURS` candidates to count."""
    finite = squares[np.isfinite(squares)]
    if not len(finite):
        return np.zeros(len(squares))

    def shares(width: float) -> np.ndarray:
        return np.exp(-0.5 * (squares - finite.min()) / width**2) / density

    low, high = 0.0, 8.0
    if effective(shares(1.0)) >= min(NEIGHBOURS, len(finite) / 2):
        return shares(1.0)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if effective(shares(2.0**middle)) >= min(NEIGHBOURS, len(finite) / 2) else (middle, high)
        )
    return shares(2.0**high)


# -- targets ------------------------------------------------------------------------------------------


def left_out(targets: Sequence[Target], found: Candidates) -> pd.DataFrame:
    """Return what the other targets say of each: its quantiles with weights that do not know it.

    Returns
    -------
    pandas.DataFrame
        ``target``, ``low``, ``median``, ``high`` (of the middle 90 %), ``effective`` (sample size), ``met`` (the
        published range and that interval have something in common).
    """
    missed, means = misses(targets, found.values), over_seeds(found.values)
    rows = []
    for k, target in enumerate(targets):
        shares = kernel(np.delete(missed, k, axis=1)) / found.density
        low, median, high = quantiles(means[:, k], shares, (0.05, 0.5, 0.95))
        rows.append(
            {
                "target": target.name,
                "low": low,
                "median": median,
                "high": high,
                "effective": effective(shares),
                "met": bool(low <= target.high and high >= target.low),
            }
        )
    return pd.DataFrame(rows)


def predicted(names: Sequence[str], values: np.ndarray, shares: np.ndarray) -> pd.DataFrame:
    """Return the middle 90 % and the median of numbers over markets.

    Parameters
    ----------
    names : sequence of str
    values : numpy.ndarray
        Shape (markets, seeds, numbers).
    shares : numpy.ndarray
        Weights, shape (markets,).
    """
    means = over_seeds(values)
    found = [quantiles(means[:, k], shares, (0.05, 0.5, 0.95)) for k in range(len(names))]
    return pd.DataFrame(found, columns=["low", "median", "high"]).assign(name=list(names))
