"""From paired runs to a verdict: differences, their intervals, and what may be said.

Runs with the same seed share their luck, so arms are compared seed by seed. Every effect is oriented so
that a positive one speaks for the claim.

A claim may name the smallest effect that is worth having. Then it does not hold where every interval excludes
an effect of that size: with luck alone between two arms no interval ever lies below 0 for sure, but with
seeds it comes to lie below whatever is worth speaking of. This is one side of testing for equivalence
(Schuirmann 1987; Lakens 2017), and the zone between 0 and that size is one of indifference: an effect in it
may end in either verdict.
"""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from longgame.experiments.words import number

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
    return _resampled(tuple(d.tolist()), level)


@lru_cache(maxsize=10_000)  # a verdict asks for the same interval several times, and each takes 3 ms
def _resampled(differences: tuple[float, ...], level: float) -> tuple[float, float]:
    """Return the interval of differences that are numbers and not all the same."""
    from scipy.stats import bootstrap, norm, t

    d = np.array(differences)
    n = len(d)
    wider = 1 - 2 * norm.cdf(-np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1))
    for method in ("BCa", "percentile"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns where BCa degenerates; the next method answers then
            found = bootstrap(
                (d,),
                np.mean,
                confidence_level=wider,
                n_resamples=RESAMPLES,
                method=method,
                rng=np.random.default_rng(RESAMPLING_SEED),
            ).confidence_interval
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
    worth : float
        Smallest effect worth having, in `unit`; 0 where any effect is.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    at: Mapping[str, str] = field(default_factory=dict)
    level: float = 0.95
    differences: tuple[float, ...] = ()
    worth: float = 0.0

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

    @property
    def says(self) -> int | None:
        """What it says of the claim.

        1 for it: clear of 0, and an effect worth having is not excluded. −1 against it: clearly below 0. 0
        against it: exactly 0, or any effect worth having is excluded. None: it says nothing yet.
        """
        if self.sign in (-1, 0) or self.n < fewest(self.level) or math.isnan(self.low):
            return self.sign
        return 0 if self.high < self.worth else self.sign

    def says_among(self, count: int) -> int | None:
        """Return what it says at the level at which one of `count` effects may be picked out (Bonferroni)."""
        if count == 1 or self.says is None:  # then at any stricter level, too: its interval contains this one
            return self.says
        level = 1 - (1 - self.level) / count
        if not self.differences:
            return self.says if self.n >= fewest(level) else None
        strict = widened(self, level).says
        # A wider interval may reach again what the stated one excludes: that speaks for nothing.
        return None if strict == 1 and self.says != 1 else strict

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


def paired(
    ours: pd.Series,
    theirs: pd.Series,
    *,
    unit: str,
    at: Mapping[str, str] | None = None,
    scale: float = 1.0,
    level: float = 0.95,
    worth: float = 0.0,
) -> Effect:
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
    worth : float
        Smallest effect worth having, in `unit`.

    Raises
    ------
    ValueError
        If a seed occurs twice.
    """
    if ours.index.has_duplicates or theirs.index.has_duplicates:
        raise ValueError("one value per seed is needed on each side")
    _, i, j = np.intersect1d(ours.index, theirs.index, assume_unique=True, return_indices=True)
    differences = ours.to_numpy(float, na_value=math.nan)[i] - theirs.to_numpy(float, na_value=math.nan)[j]
    return effect_of(pd.Series(differences * scale), unit=unit, at=at, level=level, worth=worth)


def effect_of(
    differences: pd.Series, *, unit: str, at: Mapping[str, str] | None = None, level: float = 0.95, worth: float = 0.0
) -> Effect:
    """Return the effect of differences that are already paired, one per seed; missing ones are left out."""
    d = differences.dropna().to_numpy(dtype=float)
    low, high = interval(d, level)
    mean = float(d.mean()) if len(d) else math.nan
    return Effect(mean, low, high, len(d), unit, dict(at or {}), level, tuple(d.tolist()), worth)


def widened(effect: Effect, level: float) -> Effect:
    """Return an effect with its interval at another level; without its differences it says nothing.

    The interval is the wider of the BCa bootstrap and of Student's t on each side: resampling one or two
    dozen differences does not reach far tails (with 10 normal differences 99% BCa intervals miss about twice
    as often as stated), and t does not know of skewness.

    Examples
    --------
    >>> effect = effect_of(pd.Series([1.0, 2, 3, 2, 1, 2, 4, 2]), unit="months")
    >>> wide = widened(effect, 0.99)
    >>> wide.level, wide.low < effect.low, wide.high > effect.high
    (0.99, True, True)
    """
    if effect.n < 2 or not effect.differences:
        return replace(effect, low=math.nan, high=math.nan, level=level)
    from scipy.stats import sem, t

    low, high = interval(effect.differences, level)
    if low < high:
        half = float(t.ppf((1 + level) / 2, effect.n - 1) * sem(effect.differences))
        low, high = min(low, effect.value - half), max(high, effect.value + half)
    return replace(effect, low=low, high=high, level=level)


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
        if not self.effects:
            return Effect(math.nan, math.nan, math.nan, 0, "")
        known = [e for e in self.effects if not math.isnan(e.value)] or list(self.effects)
        if self.outcome == "does not hold":
            return max(known, key=lambda e: e.value)
        return min(known, key=lambda e: e.value)

    def table(self) -> pd.DataFrame:
        """Return one row per effect, with where it was measured and whether it decides."""
        rows = [
            {**e.at, "effect": e.value, "low": e.low, "high": e.high, "n": e.n, "unit": e.unit, "decides": decides}
            for decides, effects in ((True, self.effects), (False, self.others))
            for e in effects
        ]
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

    All clearly above 0: holds. All clearly at or below 0, or below the smallest effect worth having: does not
    hold. Clear ones on both sides: depends. Anything else, so any interval that reaches from 0 or below to
    what is worth having, while none contradicts another: undecided.

    "Holds" and "does not hold" need every single effect, so that many effects do not make them likelier by
    chance (intersection-union test, Berger 1982): a claim whose true effect is 0 or less somewhere comes to
    hold in about 2.5 % of experiments at most, and so one whose true effect is worth having somewhere comes
    not to hold. "Depends" picks some effects out of many, so these must be clear at a level corrected for
    their number.
    """
    says = {effect.says for effect in effects}
    if says == {1}:
        return "holds"
    if says and says <= {0, -1}:
        return "does not hold"
    strict = {effect.says_among(len(effects)) for effect in effects}
    return "depends" if 1 in strict and strict & {0, -1} else "undecided"


def judge(
    claim: str,
    question: str,
    effects: Sequence[Effect],
    *,
    finding: str,
    horizon: str,
    others: Sequence[Effect] = (),
    more: str = "more",
    less: str = "less",
    note: str = "",
    sold: bool = True,
) -> Verdict:
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
    sold : bool
        Whether anything was sold in any run. Without a sale there is nothing to compare.
    """
    if not sold:
        n = max((e.n for e in effects), default=0)
        text = "Undecided: nothing was sold in any run."
        return Verdict(claim, question, "undecided", text, horizon, n, tuple(effects), tuple(others))
    early: Sequence[Effect] = ()
    outcome = decide(effects)
    if outcome == "undecided":
        early, later = _split_by_horizon(effects)
        if early:
            outcome, effects, others = decide(later), later, (*early, *others)
            horizon = f"from {later[0].at['horizon']} on"
    n = max((e.n for e in effects), default=0)
    say = _Sayer(finding, more, less, horizon, effects, n)
    when = f"{horizon} (read off the results)" if early else horizon
    if outcome == "holds":
        text = f"Holds: {when}, {say.all(1)}."
    elif outcome == "does not hold":
        text = f"Does not hold: {when}, {say.all(-1)}."
    elif outcome == "depends":
        text = say.depends()
    else:
        text = f"Undecided{f' at n = {n}' if n else ''}: {say.undecided()}."
    if early:
        times = _times(list(dict.fromkeys(e.at["horizon"] for e in early)))
        which = (
            "the one comparison does not agree or is not clear"
            if len(early) == 1
            else "the comparisons do not all agree or are not all clear"
        )
        note = f"Over {times} {which}. {note}".rstrip()
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
            contrary = against & {e.says_among(len(effects)) for e in early}
            return ((), effects) if contrary else (early, later)
    return (), effects


def varying(effects: Sequence[Effect]) -> list[str]:
    """Return what differs between the places of effects: naming the rest again would say nothing."""
    names = dict.fromkeys(name for e in effects for name in e.at)
    return [name for name in names if len({e.at.get(name) for e in effects}) > 1]


#: Names of places that are lengths of time, and the word before them.
_TIMES = {"horizon": "over", "window": "within"}


@dataclass(frozen=True)
class _Sayer:
    """Words for the effects of a verdict: how many, where, how large."""

    finding: str
    more: str
    less: str
    horizon: str
    effects: Sequence[Effect]
    n: int

    @property
    def varying(self) -> list[str]:
        """What differs between the places of the effects."""
        return varying(self.effects)

    @property
    def when(self) -> str:
        """The time, if it is one: else the places name it."""
        return "" if set(_TIMES) & set(self.varying) else f"{self.horizon}, "

    @property
    def comparisons(self) -> str:
        many = len(self.effects)
        return f"{many} comparison{'s' * (many != 1)}"

    def that_say(self, side: int | None, among: int = 1) -> list[Effect]:
        """Return the effects that say one thing, at the level for `among` comparisons."""
        return [e for e in self.effects if e.says_among(among) == side]

    @staticmethod
    def nothing(some: Sequence[Effect]) -> str:
        """Say that there is no difference, or none to speak of; with it, how large those are on average."""
        if all(e.low == e.high == 0 for e in some):
            return "no difference at all"
        values = sorted(e.value for e in some)
        ends = dict.fromkeys((number(values[0]), number(values[-1])))
        return f"no advantage worth speaking of, on average {' to '.join(ends)},"

    def whole(self, some: Sequence[Effect], direction: str) -> str:
        """Return the finding with its amounts."""
        return self.finding.format(amount=_amounts(some), direction=direction)

    def bare(self, direction: str) -> str:
        """Return the finding without amounts."""
        return re.sub(r"\{amount\} (?:[^{}]*(?=\{direction\}))?", "", self.finding).format(
            amount="", direction=direction
        )

    def all(self, sign: int) -> str:
        """Say effects that have all the same sign, or come to nothing where they are not negative."""
        level = f"{self.effects[0].level:.0%} interval{'s' * (len(self.effects) != 1)}"
        if sign > 0:
            return f"{self.whole(self.effects, self.more)} ({self.comparisons}, {level} above 0, n = {self.n})"
        down, flat = self.that_say(-1), self.that_say(0)
        worth = max(e.worth for e in self.effects)
        said = f"there is {self.nothing(flat)}" if flat else ""
        small = "worth" in said
        if not down:
            least = f", {level} below {number(worth)}" if small else ""
            return f"{said.rstrip(',')} ({self.comparisons}{least}, n = {self.n})"
        side = "below 0"
        rest = ""
        if flat:
            side = f"below {number(worth)}" if small else "at or below 0"
            rest = f" in {len(down)}, and {said} in {len(flat)}"
        return f"{self.whole(down, self.less)}{rest} ({self.comparisons}, {level} {side}, n = {self.n})"

    def sides(self, among: int) -> str:
        """Say in how many comparisons, where and by how much each side is ahead, and how many are open."""
        up, down, flat, unclear = (self.that_say(sign, among) for sign in (1, -1, 0, None))
        middle = re.search(r"\{amount\} ([^{}]*)\{direction\}", self.finding)
        unit = middle[1] if middle else ""
        parts: list[str] = []
        for some, word in ((up, self.more), (down, self.less)):
            if some:
                count = f"in {len(some)}" if parts else f"in {len(some)} of {self.comparisons}"
                size = f"{_amounts(some)} {unit}{word}"
                where = _places(some, self.varying)
                parts.append(f"{word if parts else self.bare(word)} {count} ({f'{where}: ' if where else ''}{size})")
        if flat:
            where = _places(flat, self.varying)
            count = f"in {len(flat)}" if parts else f"in {len(flat)} of {self.comparisons}"
            parts.append(f"there is {self.nothing(flat)} {count}{f' ({where})' if where else ''}")
        if unclear:
            where = _places(unclear, self.varying)
            verb = "is" if len(unclear) == 1 else "are"
            parts.append(f"{len(unclear)} {verb} not clear{f' ({where})' if where else ''}")
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"

    def depends(self) -> str:
        """Say that there are clear effects on both sides."""
        many = len(self.effects)
        level = 100 * (1 - (1 - self.effects[0].level) / many)
        contrast = self.contrast()
        on = f" on the {contrast}" if contrast else ""
        clear = f"clear = {level:.3g}% interval free of 0, as there are {many} comparisons"
        return f"Depends{on}: {self.when}{self.sides(many)} ({clear}; n = {self.n})."

    def contrast(self) -> str | None:
        """Return the one thing that tells all effects above 0 from all others that are clear, if one does."""
        up, down = self.that_say(1), [*self.that_say(-1), *self.that_say(0)]
        found = [name for name in self.varying if not {e.at.get(name) for e in up} & {e.at.get(name) for e in down}]
        return found[0] if len(found) == 1 else None

    def undecided(self) -> str:
        """Say how far the runs are from an answer."""
        if not any(e.n for e in self.effects):
            return f"{self.horizon}, nothing could be compared"
        level = self.effects[0].level
        if self.n < fewest(level):
            return f"{self.horizon}, fewer than {fewest(level)} seeds cannot tell"
        if len(self.that_say(None)) == len(self.effects):
            if len(self.effects) == 1:
                return f"{self.horizon}, the one comparison is not clear ({level:.0%} interval around 0)"
            return f"{self.horizon}, none of {self.comparisons} is clear ({level:.0%} intervals around 0)"
        text = f"{self.when}{self.sides(1)} ({level:.0%} intervals)"
        if self.that_say(1) and (self.that_say(-1) or self.that_say(0)):
            text += f"; among {self.comparisons} such a contrast may be luck"
        return text


def _amounts(some: Sequence[Effect]) -> str:
    """Return the smallest and the largest size of some effects."""
    sizes = sorted(abs(e.value) for e in some)
    low, high = number(sizes[0]), number(sizes[-1])
    return low if low == high else f"{low} to {high}"


def _times(words: Sequence[str]) -> str:
    """Join lengths of time.

    Examples
    --------
    >>> _times(["1 year", "2 years", "10 years"]), _times(["1 year"]), _times(["7 months", "1 year"])
    ('1, 2 and 10 years', '1 year', '7 months and 1 year')
    """
    if len(words) > 1 and all(re.fullmatch(r"[\d.]+ years?", word) for word in words):
        *most, last = [word.split()[0] for word in words]
        return f"{', '.join(most)} and {last} years"
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _places(some: Sequence[Effect], varying: Sequence[str], most: int = 4) -> str:
    """Name the places of effects; lengths of time at the same place are joined."""
    time = next((name for name in _TIMES if name in varying), None)
    found: dict[str, list[str]] = {}
    for e in some:
        place = ", ".join(e.at[name] for name in varying if name != time and name in e.at)
        found.setdefault(place, []).append(e.at.get(time, "") if time else "")
    said = [
        " ".join(filter(None, [place, _TIMES[time], _times(list(dict.fromkeys(times)))])) if time else place
        for place, times in found.items()
    ]
    rest = len(said) - most
    if rest > 1:
        said = [*said[:most], f"{rest} other places"]
    return "; ".join(filter(None, said))
