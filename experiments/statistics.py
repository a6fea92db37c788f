"""From paired runs to a verdict: differences, their intervals, and what may be said.

Runs with the same seed share their luck, so arms are compared seed by seed. Every effect is oriented so
that a positive one speaks for the claim.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

#: Seed of the resampling: the same differences always give the same interval.
RESAMPLING_SEED = 20_260_101
RESAMPLES = 4999

Decision = Literal["holds", "does not hold", "depends", "undecided"]


def interval(differences: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Return the bias-corrected and accelerated bootstrap interval of the mean (BCa; Efron 1987).

    Resampling n values as if they were the population makes intervals too narrow for small n, so BCa is
    taken at the wider level at which a normal mean would be covered as often as stated (Hesterberg 2015).

    Parameters
    ----------
    differences : sequence of float
        One per seed; NaN is not allowed.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    (float, float)
        NaN for fewer than two differences. A single point where all differences are equal: resampling
        cannot vary them.
    """
    d = np.asarray(differences, dtype=float)
    if np.isnan(d).any():
        raise ValueError("differences must be numbers; drop the seeds in which an arm has none")
    if len(d) < 2:
        return math.nan, math.nan
    if np.ptp(d) <= 1e-12 * np.abs(d).max():
        return float(d[0]), float(d[0])
    from scipy.stats import bootstrap, norm, t

    n = len(d)
    wider = 1 - 2 * norm.cdf(-np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1))
    for method in ("BCa", "percentile"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns where BCa degenerates; the next method answers then
            found = bootstrap(
                (d,), np.mean, confidence_level=wider, n_resamples=RESAMPLES, method=method,
                rng=np.random.default_rng(RESAMPLING_SEED),
            ).confidence_interval  # fmt: skip
        if np.isfinite(found.low) and np.isfinite(found.high):
            break
    return float(found.low), float(found.high)


def fewest(level: float = 0.95) -> int:
    """Return the fewest pairs from which a sign can be told at all.

    With n pairs of no true difference, all have the same sign with probability 2^(1−n), whatever their
    distribution; while that exceeds 1 − level, no interval can carry its level (5 pairs give 6.25 %).

    Examples
    --------
    >>> fewest(0.95)
    6
    """
    return math.ceil(1 - math.log2(1 - level))


@dataclass(frozen=True)
class Effect:
    """A mean paired difference with its interval.

    Attributes
    ----------
    value, low, high : float
        Mean over seeds and its interval, in `unit`; positive speaks for the claim.
    n : int
        Pairs (seeds).
    unit : str
        For example ``money per salesperson-year``, ``months``, ``percentage points``.
    at : mapping of str to str
        Where it was measured, for example ``{"market": "shared", "sellers": "in herds"}``.
    level : float
    differences : tuple of float
        The differences themselves, one per seed; empty where only the interval is known.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    at: Mapping[str, str] = field(default_factory=dict)
    level: float = 0.95
    differences: tuple[float, ...] = ()

    @property
    def sign(self) -> int | None:
        """1 or −1 where the interval is clear of 0, 0 where it is exactly 0, None where it is undecided."""
        if self.n < fewest(self.level) or math.isnan(self.low):
            return None
        if self.low > 0:
            return 1
        if self.high < 0:
            return -1
        return 0 if self.low == self.high == 0 else None

    def sign_among(self, count: int) -> int | None:
        """Return the sign at the level at which one of `count` effects may be picked out (Bonferroni)."""
        level = 1 - (1 - self.level) / count
        if not self.differences:
            return self.sign if self.n >= fewest(level) else None
        low, high = interval(self.differences, level)
        return replace(self, low=low, high=high, level=level).sign

    @property
    def place(self) -> str:
        """Where it was measured, in words."""
        return ", ".join(self.at.values())

    def __str__(self) -> str:
        if math.isnan(self.value):
            return f"not measurable (n = {self.n})"
        unit = f"{self.unit}, " if self.unit else ""
        if math.isnan(self.low):
            return f"{number(self.value)} ({unit}n = {self.n}, no interval)"
        bounds = f"{number(self.low)} to {number(self.high)}"
        return f"{number(self.value)} ({unit}{self.level:.0%} interval {bounds}, n = {self.n})"


def number(value: float) -> str:
    """Write a number with about three digits, thousands apart, a true minus sign.

    Examples
    --------
    >>> number(-12345.6), number(0.1234), number(0.0)
    ('−12,300', '0.123', '0')
    """
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    rounded = float(f"{value:.3g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 or rounded == 0 else f"{rounded:,.3g}"
    return text.replace("-", "−")


def paired(
    ours: pd.Series, theirs: pd.Series, *, unit: str, at: Mapping[str, str] | None = None,
    scale: float = 1.0, level: float = 0.95,
) -> Effect:  # fmt: skip
    """Return the effect `ours` − `theirs` over the seeds that both have.

    Parameters
    ----------
    ours, theirs : pandas.Series
        One value per run, indexed by seed. Seeds in which either is missing are left out.
    unit : str
    at : mapping, optional
    scale : float
        Factor on the differences, for example 100 for percentage points.
    level : float

    Raises
    ------
    ValueError
        If a seed occurs twice.
    """
    if ours.index.has_duplicates or theirs.index.has_duplicates:
        raise ValueError("one value per seed is needed on each side")
    both = pd.concat([ours, theirs], axis=1, join="inner", keys=["ours", "theirs"]).sort_index()
    return effect_of((both["ours"] - both["theirs"]) * scale, unit=unit, at=at, level=level)


def effect_of(
    differences: pd.Series, *, unit: str, at: Mapping[str, str] | None = None, level: float = 0.95
) -> Effect:
    """Return the effect of differences that are already paired, one per seed; missing ones are left out."""
    d = differences.dropna().to_numpy(dtype=float)
    low, high = interval(d, level)
    mean = float(d.mean()) if len(d) else math.nan
    return Effect(mean, low, high, len(d), unit, dict(at or {}), level, tuple(d.tolist()))


@dataclass(frozen=True)
class Verdict:
    """What the runs say about a claim.

    Attributes
    ----------
    claim : str
        Id of the claim.
    question : str
    outcome : {"holds", "does not hold", "depends", "undecided"}
    sentence : str
        The answer in one sentence, made from the numbers.
    horizon : str
        Over which time it was judged.
    n : int
        Seeds.
    effects : tuple of Effect
        Those that decide.
    others : tuple of Effect
        Reported beside them; they do not decide.
    """

    claim: str
    question: str
    outcome: Decision
    sentence: str
    horizon: str
    n: int
    effects: tuple[Effect, ...]
    others: tuple[Effect, ...] = ()

    @property
    def effect(self) -> Effect:
        """The effect that bounds the verdict: the one nearest to overturning it."""
        known = [e for e in self.effects if not math.isnan(e.value)] or list(self.effects)
        if self.outcome == "does not hold":
            return max(known, key=lambda e: e.value)
        return min(known, key=lambda e: e.value)

    def table(self) -> pd.DataFrame:
        """Return one row per effect, with where it was measured and whether it decides."""
        rows = [
            {**e.at, "effect": e.value, "low": e.low, "high": e.high, "n": e.n, "unit": e.unit,
             "decides": decides}
            for decides, effects in ((True, self.effects), (False, self.others))
            for e in effects
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def to_json(self) -> str:
        """Return the verdict as JSON (numbers that do not exist are null)."""
        tree = {**asdict(self), "effect": asdict(self.effect)}
        return json.dumps(_finite(tree), indent=2, ensure_ascii=False)


def _finite(tree):
    """Replace what JSON has no word for by None."""
    if isinstance(tree, dict):
        return {k: _finite(v) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [_finite(v) for v in tree]
    return None if isinstance(tree, float) and not math.isfinite(tree) else tree


def decide(effects: Sequence[Effect]) -> Decision:
    """Return what the deciding effects say together.

    All clearly above 0: holds. All clearly at or below 0: does not hold. Clear ones on both sides: depends.
    Anything else, so any interval that straddles 0 while none contradicts another: undecided.

    "Holds" and "does not hold" need every single effect, so that many effects do not make them likelier by
    chance (intersection-union test, Berger 1982). "Depends" picks some effects out of many, so these must be
    clear at a level corrected for their number.
    """
    signs = {effect.sign for effect in effects}
    if signs == {1}:
        return "holds"
    if signs and signs <= {0, -1}:
        return "does not hold"
    strict = {effect.sign_among(len(effects)) for effect in effects}
    return "depends" if 1 in strict and strict & {0, -1} else "undecided"


def judge(
    claim: str, question: str, effects: Sequence[Effect], *, finding: str, horizon: str,
    others: Sequence[Effect] = (), more: str = "more", less: str = "less", note: str = "",
) -> Verdict:  # fmt: skip
    """Make a verdict and its sentence from the effects that decide.

    Parameters
    ----------
    claim, question : str
    effects : sequence of Effect
        All in the same unit, positive where they speak for the claim.
    finding : str
        Sentence with ``{amount}`` and ``{direction}``, for example
        ``"collaborative sellers made {amount} {direction} profit a year than adversarial ones"``.
    horizon : str
        For example ``over 10 years``.
    others : sequence of Effect
    more, less : str
        Words for the direction.
    note : str
        Added at the end.
    """
    early: Sequence[Effect] = ()
    outcome = decide(effects)
    if outcome == "undecided":
        early, later = _split_by_horizon(effects)
        if early:
            outcome, effects, others = decide(later), later, (*early, *others)
            horizon = f"from {later[0].at['horizon']} on"
    n = max((e.n for e in effects), default=0)

    def say(some: Sequence[Effect], direction: str) -> str:
        sizes = sorted({number(abs(e.value)) for e in some}, key=lambda text: float(text.replace(",", "")))
        amount = sizes[0] if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        return finding.format(amount=amount, direction=direction)

    among = len(effects) if outcome == "depends" else 1
    signs = [e.sign_among(among) for e in effects]
    up, down, flat, unclear = (
        [e for e, sign in zip(effects, signs, strict=True) if sign == kind] for kind in (1, -1, 0, None)
    )
    many = len(effects)
    cover = f"{many} comparison{'s' * (many > 1)}, {effects[0].level:.0%} intervals" if effects else "no data"
    if outcome == "holds":
        text = f"Holds: {horizon}, {say(up, more)} ({cover} above 0, n = {n})."
    elif outcome == "does not hold":
        text = (
            f"Does not hold: {horizon}, {say(down, less)} ({cover} at or below 0, n = {n})."
            if down
            else f"Does not hold: {horizon}, there is no difference at all in {cover} (n = {n})."
        )
    elif outcome == "depends":
        against = f"{less} or equal" if flat else less
        contrast = _facet(up, [*down, *flat], _varying(effects))
        text = (
            f"Depends{contrast[0]}: {horizon}, {say(up, more)} {contrast[1]}, but {against} "
            f"{contrast[2]} ({cover}, n = {n})."
        )
    else:
        text = f"Undecided at n = {n}: {horizon}, {_unclear(effects, unclear)}"
        text += f"; {say(up, more)} in the other {len(up)}." if up else "."
        if down:
            text = f"{text[:-1]}; {say(down, less)} in {len(down)}."
    if early:
        horizons = " and ".join(dict.fromkeys(e.at["horizon"] for e in early))
        note = f"Over {horizons} it is undecided. {note}".rstrip()
    sentence = text if not note else f"{text} {note}"
    return Verdict(claim, question, outcome, sentence, horizon, n, tuple(effects), tuple(others))


def _split_by_horizon(effects: Sequence[Effect]) -> tuple[Sequence[Effect], Sequence[Effect]]:
    """Split off the short horizons over which it is too early to tell, if over all longer ones it is clear.

    Returns
    -------
    early, later : sequences of Effect
        `early` is empty unless the claim holds, or does not hold, in every effect of `later`, which has the
        longest horizon, and no effect of `early` is clear in the other direction.
    """
    horizons = list(dict.fromkeys(e.at.get("horizon", "") for e in effects))
    for first in range(1, len(horizons)):
        early = [e for e in effects if e.at.get("horizon", "") in horizons[:first]]
        later = [e for e in effects if e.at.get("horizon", "") in horizons[first:]]
        against = {"holds": {0, -1}, "does not hold": {1}}.get(decide(later))
        if against is not None:
            # One contrary effect picked out of many must be clear at the level for their number.
            contrary = against & {e.sign_among(len(effects)) for e in early}
            return ((), effects) if contrary else (early, later)
    return (), effects


def _varying(effects: Sequence[Effect]) -> list[str]:
    """Return what differs between the places of the effects: naming the rest again would say nothing."""
    return [name for name in effects[0].at if len({e.at.get(name) for e in effects}) > 1]


def _facet(up: Sequence[Effect], down: Sequence[Effect], varying: Sequence[str]) -> tuple[str, str, str]:
    """Find the one thing that tells the effects above 0 from the others, else list where each was found."""
    for name in varying:
        above, below = (dict.fromkeys(e.at.get(name, "") for e in side) for side in (up, down))
        if not above.keys() & below.keys():
            return f" on the {name}", f"({' and '.join(above)})", f"({' and '.join(below)})"
    above, below = (_listed(side, varying) for side in (up, down))
    return "", f"in {len(up)} ({above})", f"in {len(down)} ({below})"


def _listed(effects: Sequence[Effect], varying: Sequence[str], most: int = 4) -> str:
    """Name the places of a few effects."""
    places = [", ".join(e.at[name] for name in varying) for e in effects[:most]]
    return "; ".join(places) + ("; …" if len(effects) > most else "")


def _unclear(effects: Sequence[Effect], unclear: Sequence[Effect]) -> str:
    """Say how far the runs are from an answer."""
    if not any(e.n for e in effects):
        return "nothing could be compared"
    if max(e.n for e in effects) < fewest(effects[0].level):
        return f"fewer than {fewest(effects[0].level)} seeds cannot tell"
    many = f"{len(unclear)} of {len(effects)} {effects[0].level:.0%} intervals straddle 0"
    varying = _varying(effects)
    return f"{many} ({_listed(unclear, varying)})" if varying else many
