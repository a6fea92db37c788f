"""Where a claim flips: the value of a dial at which its mean effect changes sign, by root search.

All evaluations share their seeds (common random numbers), so the effect is a function of the dial and
neighbouring values differ by the dial, hardly by luck. Only what the first verdict needs is run. Nothing is
assumed of the effect's shape beyond one change of sign between the ends; where the ends do not differ in sign
clearly, no flip is reported and nothing between them is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.words import number
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim

#: Evaluations after those of both ends of a dial.
STEPS = 3


@dataclass(frozen=True)
class Flip:
    """What turning one dial does to a claim.

    Attributes
    ----------
    dial : Dial
    kind : {"flips", "same", "unclear"}
        ``flips``: the mean effect is clear of 0 at both ends, with different signs. ``same``: clear at both
        ends, with one sign. ``unclear``: an interval at an end holds 0.
    value : float
        Break-even value, interpolated; NaN unless it flips.
    clear_below, clear_above : float
        Nearest values tried on each side at which the effect is still clear of 0: the flip lies between.
    low_effect, high_effect : Effect
        Mean effect at the ends.
    tried : tuple of (float, Effect)
        Every evaluation, in the order of the dial.
    """

    dial: Dial
    kind: Literal["flips", "same", "unclear"]
    value: float
    clear_below: float
    clear_above: float
    low_effect: Effect
    high_effect: Effect
    tried: tuple[tuple[float, Effect], ...]

    def __str__(self) -> str:
        name, ends = str(self.dial), f"{number(self.dial.low)} to {number(self.dial.high)}"
        if self.kind == "same":
            word = "supports it" if self.low_effect.value > 0 else "contradicts it"
            return f"{name} from {ends}: no flip ({word} at both ends)"
        if self.kind == "unclear":
            return f"{name} from {ends}: not clear at both ends"
        side = "above" if self.high_effect.value > 0 else "below"
        return (
            f"holds {side} {name} = {number(self.value)} "
            f"(between {number(self.clear_below)} and {number(self.clear_above)})"
        )


def mean_effect(verdict: Verdict, seeds: int | None = None) -> Effect:
    """Return the mean over a verdict's deciding effects, paired by seed.

    A verdict needs every comparison; a break-even point is one number, so it is taken for their mean, which
    is said wherever it is shown. Comparisons in which one of the `seeds` has no value are left out; where it
    is not said how many there were, as many are taken as the fullest comparison has.
    """
    most = seeds or max((effect.n for effect in verdict.effects), default=0)
    rows = [effect.differences for effect in verdict.effects if effect.n == most and effect.differences]
    unit = verdict.effects[0].unit if verdict.effects else ""
    mean = np.mean(rows, axis=0) if rows else []
    return effect_of(pd.Series(mean, dtype=float), unit=unit)


def first_plan(claim: AnyClaim, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what has to be run for the first verdict of a claim: all, unless the claim needs less for it."""
    return getattr(claim, "first_plan", claim.plan)(scenario, seeds)


def first_verdict(claim: AnyClaim, tables: Tables) -> Verdict:
    """Return the first verdict of a claim, from the tables of its first plan or of the whole."""
    first = getattr(claim, "first", None)
    return first(tables) if first else claim.analyse(tables).verdicts[0]


def find_flip(
    claim: AnyClaim, scenario: Scenario, seeds: tuple[int, ...], dial: Dial, answer: Answer, steps: int = STEPS
) -> Flip:
    """Search the value of a dial at which the first verdict of a claim changes sign.

    Parameters
    ----------
    claim : AnyClaim
        The mean effect of its first verdict is searched.
    scenario : Scenario
        Everything but the dial.
    seeds : tuple of int
        The same at every evaluation.
    dial : Dial
    answer : callable
        Runs a plan and returns its tables.
    steps : int
        Evaluations after those of the ends: each halves the bracket, or better (the Illinois variant of
        regula falsi; Dowell & Jarratt 1971).
    """

    def effect(value: float) -> Effect:
        tables = answer(first_plan(claim, dial.at(scenario, value), seeds))
        return mean_effect(first_verdict(claim, tables), len(seeds))

    tried = {float(value): effect(value) for value in (dial.low, dial.high)}
    low, high = tried[dial.low], tried[dial.high]
    if low.sign is None or high.sign is None or 0 in (low.sign, high.sign) or low.sign == high.sign:
        kind = "same" if low.sign == high.sign and low.sign in (-1, 1) else "unclear"
        return _flip(dial, kind, tried, np.nan)
    a, b, fa, fb = dial.low, dial.high, low.value, high.value
    for _ in range(steps):
        middle = _between(a, b, fa, fb)
        middle = float(round(middle)) if dial.whole else middle
        if middle in tried:
            break
        tried[middle] = effect(middle)
        value = tried[middle].value
        if np.isnan(value) or value == 0:
            break
        if (value > 0) == (fb > 0):
            b, fb, fa = middle, value, fa / 2
        else:
            a, fa, fb = middle, value, fb / 2
    return _flip(dial, "flips", tried, _crossing(tried))


def _between(a: float, b: float, fa: float, fb: float) -> float:
    """Return where a straight line through two points crosses 0, kept a tenth away from both."""
    crossing = a + (b - a) * fa / (fa - fb)
    edge = 0.1 * (b - a)
    return float(min(max(crossing, a + edge), b - edge))


def _crossing(tried: Mapping[float, Effect]) -> float:
    """Return where the line between the tried values next to the change of sign crosses 0."""
    points = sorted((value, effect.value) for value, effect in tried.items() if not np.isnan(effect.value))
    for (a, fa), (b, fb) in pairwise(points):
        if (fa > 0) != (fb > 0):
            return float(a + (b - a) * fa / (fa - fb))
    return float("nan")


def _flip(dial: Dial, kind: str, tried: Mapping[float, Effect], value: float) -> Flip:
    """Put a flip together."""
    first, last = tried[dial.low], tried[dial.high]
    below = [v for v, effect in tried.items() if effect.sign == first.sign and v <= value]
    above = [v for v, effect in tried.items() if effect.sign == last.sign and v >= value]
    return Flip(
        dial,
        kind,
        value,
        max(below, default=np.nan),
        min(above, default=np.nan),
        first,
        last,
        tuple(sorted(tried.items())),
    )


def find_flips(
    claim: AnyClaim,
    scenario: Scenario,
    seeds: tuple[int, ...],
    answer: Answer,
    *,
    steps: int = STEPS,
    dials: Sequence[Dial] | None = None,
) -> list[Flip]:
    """Search every dial that a claim names (or those given)."""
    return [
        find_flip(claim, scenario, seeds, dial, answer, steps) for dial in (claim.dials if dials is None else dials)
    ]
