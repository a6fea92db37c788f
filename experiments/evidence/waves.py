"""Waves of history matching: run points, learn emulators, rule out what cannot agree, run points in what is left.

A population of points, even over what is left, stands for it. A wave takes away those that it rules out and lets the
others multiply (`sampling.evolve`). Where few would be left it goes down to the cut in steps, each of which leaves a
fair part (Au & Beck 2001: subset simulation); so the share of the prior that is left is known also where it is tiny.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from longgame.experiments.evidence.conflict import Conflict, conflict
from longgame.experiments.evidence.emulator import Emulator, all_learned
from longgame.experiments.evidence.implausibility import CUT, Target, implausibility, largest, on_scale, survive
from longgame.experiments.evidence.sampling import evolve, maximin, spread_out
from longgame.experiments.evidence.space import Space

#: Points that stand for what is left.
POPULATION = 2_000

#: Part of the population that a step towards the cut leaves, where the cut itself leaves less.
STEP = 0.2

#: Steps towards the cut after which nothing is taken to be left.
MOST_STEPS = 25

#: Waves that cut on the second largest implausibility; those behind them cut on the largest.
LENIENT = 2

#: From this wave on the waves end once one leaves `SETTLED` of what it found.
FEWEST, SETTLED = 4, 0.8

#: Runs the model: points of the cube (points, dials) and seeds; returns (points, seeds, numbers) on natural scales.
type Model = Callable[[np.ndarray, tuple[int, ...]], np.ndarray]


@dataclass(frozen=True)
class Wave:
    """One wave: its runs, what was learned from them, and what that ruled out.

    Attributes
    ----------
    places : numpy.ndarray
        Points that were run, shape (points, dials).
    values : numpy.ndarray
        What they gave, on natural scales, shape (points, seeds, numbers): targets first.
    emulators : tuple of Emulator
        Those that predict; who rules out most comes first.
    dropped : tuple of Emulator
        Those that do not.
    unlearned : tuple of str
        Targets that were defined nearly nowhere, or never varied.
    order : int
        Of the implausibility that was cut: 2 is the second largest.
    passing : float
        Share of what was left before that is left after it.
    out, only : dict of str to float
        Share of what was left before that a target rules out, and that no other one does.
    """

    places: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    emulators: tuple[Emulator, ...] = field(default=(), repr=False)
    dropped: tuple[Emulator, ...] = field(default=(), repr=False)
    unlearned: tuple[str, ...] = ()
    order: int = 1
    passing: float = 1.0
    out: dict[str, float] = field(default_factory=dict)
    only: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """What the waves so far have left of a space.

    Attributes
    ----------
    space : Space
    targets : tuple of Target
    points : numpy.ndarray
        Even over what is left, shape (points, dials).
    share : float
        Share of the prior that is left.
    waves : tuple of Wave
    conflict : Conflict or None
        Set where nothing is left: `points` are then those that come nearest.
    """

    space: Space
    targets: tuple[Target, ...]
    points: np.ndarray = field(repr=False)
    share: float = 1.0
    waves: tuple[Wave, ...] = ()
    conflict: Conflict | None = None

    def inside(self, places: np.ndarray) -> np.ndarray:
        """Return which points no wave rules out, shape (points,)."""
        left, snapped = np.arange(len(places)), self.space.snapped(places)
        for wave in reversed(self.waves):  # the latest knows most
            left = left[survive(wave.emulators, self.targets, snapped[left], wave.order)]
        found = np.zeros(len(places), dtype=bool)
        found[left] = True
        return found

    def shares(self) -> list[float]:
        """Return the share of the prior that is left: before any wave, and after each."""
        return np.cumprod([1.0, *(wave.passing for wave in self.waves)]).tolist()

    @property
    def settled(self) -> bool:
        """Whether another wave is not worth its runs."""
        last = self.waves[-1] if self.waves else None
        return last is not None and len(self.waves) >= FEWEST and last.order == 1 and last.passing >= SETTLED


def begin(space: Space, targets: Sequence[Target], rng: np.random.Generator) -> History:
    """Return a history without any wave: all of the prior is left."""
    return History(space, tuple(targets), rng.random((POPULATION, len(space))))


def design(history: History, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the points that the next wave runs, shape (count, dials)."""
    if not history.waves:
        return history.space.snapped(maximin(count, len(history.space), rng))
    return history.space.snapped(spread_out(history.points, count, rng))


def learn(
    history: History,
    places: np.ndarray,
    values: np.ndarray,
    rng: np.random.Generator,
    seed: int,
    ready: tuple[list[Emulator], list[str]] | None = None,
) -> History:
    """Return the history with one more wave, from its runs and from earlier ones in what was left.

    Parameters
    ----------
    history : History
    places, values : numpy.ndarray
        As for `Wave`.
    rng : numpy.random.Generator
        Of the population.
    seed : int
        Of the emulators.
    ready : tuple, optional
        Emulators of these runs, if they were learned before (`emulator.all_learned`).
    """
    names, count = [target.name for target in history.targets], len(history.targets)
    before = [(wave.places, wave.values, history.inside(wave.places)) for wave in history.waves]
    all_places = np.concatenate([places, *(p[keep] for p, _, keep in before)])
    all_values = np.concatenate([values, *(v[keep] for _, v, keep in before)])
    scaled = np.stack([on_scale(t, all_values[:, :, k]) for k, t in enumerate(history.targets)], axis=2)
    found, unlearned = ready or all_learned(names[:count], all_places, scaled, seed)
    good, bad = ([one for one in found if one.predicts is which] for which in (True, False))
    here = implausibility(good, history.targets, history.space.snapped(history.points))
    beyond = here > CUT
    ranked = np.argsort(-beyond.mean(axis=0), kind="stable") if good else []
    alone = beyond & (beyond.sum(axis=1) == 1)[:, None]
    wave = Wave(
        places,
        values,
        emulators=tuple(good[k] for k in ranked),
        dropped=tuple(bad),
        unlearned=tuple(unlearned),
        order=min(2 if len(history.waves) < LENIENT else 1, max(len(good), 1)),
        out={one.target: float(beyond[:, k].mean()) for k, one in enumerate(good)},
        only={one.target: float(alone[:, k].mean()) for k, one in enumerate(good)},
    )
    return _cut(history, wave, rng)


def _cut(history: History, wave: Wave, rng: np.random.Generator) -> History:
    """Return the history after a wave, with a new population: step by step down to the cut."""
    points, passing, level = history.points, 1.0, np.inf
    for _ in range(MOST_STEPS):
        found = largest(implausibility(wave.emulators, history.targets, history.space.snapped(points)), wave.order)
        lower = max(CUT, float(np.quantile(found, STEP)))
        if lower > CUT and lower > 0.99 * level:
            break
        level, keep = lower, found <= lower
        passing *= float(keep.mean())
        points, _ = evolve(points[keep], POPULATION, _within(history, wave, level), rng)
        if level == CUT:
            done = replace(wave, passing=passing)
            return replace(history, points=points, share=history.share * passing, waves=(*history.waves, done))
    known = history.space.snapped(np.concatenate([points, history.points, wave.places]))
    table = conflict(implausibility(wave.emulators, history.targets, known), wave.emulators, known)
    done = replace(wave, passing=0.0)
    return replace(history, points=points, share=0.0, waves=(*history.waves, done), conflict=table)


def _within(history: History, wave: Wave, level: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the density that is even over what earlier waves left and this one has at a level or below."""

    def density(places: np.ndarray) -> np.ndarray:
        left = np.flatnonzero(
            survive(wave.emulators, history.targets, history.space.snapped(places), wave.order, level)
        )
        found = np.full(len(places), -np.inf)
        found[left[history.inside(places[left])]] = 0.0
        return found

    return density


def match(
    history: History,
    model: Model,
    *,
    points: int,
    seeds: tuple[int, ...],
    waves: int,
    seed: int,
    tell: Callable[[History], None] = lambda history: None,
) -> History:
    """Return the history after as many waves as it takes.

    Parameters
    ----------
    history : History
        From `begin`, or one with waves already.
    model : callable
    points : int
        Run in every wave.
    seeds : tuple of int
        At least two.
    waves : int
        At most, those of `history` included.
    seed : int
        Of designs, populations and emulators.
    tell : callable
        Told the history after each wave.
    """
    while len(history.waves) < waves and history.conflict is None and not history.settled:
        rng = np.random.default_rng([seed, len(history.waves)])
        places = design(history, points, rng)
        history = learn(history, places, model(places, seeds), rng, seed)
        tell(history)
    return history
