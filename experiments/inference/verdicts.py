"""From effects to a verdict: what may be said of a claim, and how surely."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from longgame.experiments.inference.effects import Effect, widened
from longgame.experiments.inference.said import Decision, Saying
from longgame.experiments.words import times


@dataclass(frozen=True)
class Verdict:
    """What the runs say about a claim.

    Attributes
    ----------
    claim : str
        Id of the claim.
    question : str
    outcome : {"holds", "does not hold", "depends", "undecided"}
    answer : str
        The answer in at most 15 words.
    reasons : tuple of str
        Sentences under it: how much, how long it takes, how sure it is.
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
    answer: str
    reasons: tuple[str, ...]
    horizon: str
    n: int
    effects: tuple[Effect, ...]
    others: tuple[Effect, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer and its reasons as one paragraph."""
        return " ".join([self.answer, *self.reasons])

    @property
    def effect(self) -> Effect:
        """The least favourable of the effects that decide (the most favourable where the claim does not hold)."""
        if not self.effects:
            return Effect(math.nan, math.nan, math.nan, 0, "")
        known = [e for e in self.effects if not math.isnan(e.value)] or list(self.effects)
        if self.outcome == "does not hold":
            return max(known, key=lambda e: e.value)
        return min(known, key=lambda e: e.value)

    @property
    def level(self) -> float:
        """Level of the intervals that decide: stricter where some of several effects are picked out."""
        level = self.effects[0].level if self.effects else 0.95
        return 1 - (1 - level) / len(self.effects) if self.outcome == "depends" else level

    def at_level(self, effect: Effect) -> Effect:
        """Return one of the effects with its interval at the level of the verdict."""
        return widened(effect, self.level) if self.level > effect.level and effect.differences else effect

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
        tree = {**asdict(self), "sentence": self.sentence, "effect": asdict(self.effect)}
        return json.dumps(_finite(tree), indent=2, ensure_ascii=False)

    def __str__(self) -> str:
        return self.sentence


def _finite(tree: Any) -> Any:
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
    """Make a verdict and its sentences from the effects that decide.

    Parameters
    ----------
    claim, question : str
    effects : sequence of Effect
        All in the same unit, positive where they support the claim.
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
    n = max((e.n for e in effects), default=0)
    if not sold:
        text = "Undecided: nothing was sold in any run."
        return Verdict(claim, question, "undecided", text, (), horizon, n, tuple(effects), tuple(others))
    outcome = decide(effects)
    early: Sequence[Effect] = ()
    if outcome == "undecided":
        early, later = _split_by_horizon(effects)
        if early:
            outcome, effects, others = decide(later), later, (*early, *others)
            horizon = f"from {later[0].at['horizon']} on"
    saying = Saying(outcome, finding, more, less, horizon, tuple(effects), n, bool(early))
    reasons = [*saying.reasons(), *_over_time(effects, others, outcome), *([note] if note else [])]
    return Verdict(claim, question, outcome, saying.answer(), tuple(reasons), horizon, n, tuple(effects), tuple(others))


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


#: How an answer is called in passing.
_IN_PASSING = {"holds": "yes", "does not hold": "no", "depends": "it depends", "undecided": "not clear"}


def _over_time(effects: Sequence[Effect], others: Sequence[Effect], outcome: Decision) -> list[str]:
    """Say what the answer is over the shorter times that are reported beside it, if any."""
    by_time: dict[str, list[Effect]] = {}
    for effect in others:
        if "horizon" in effect.at:
            by_time.setdefault(effect.at["horizon"], []).append(effect)
    answers = {time: decide(some) for time, some in by_time.items()}
    if not answers:
        return []
    if set(answers.values()) == {outcome}:
        return ["The answer is the same over shorter times."]
    by_answer: dict[Decision, list[str]] = {}
    for time, answer in answers.items():
        by_answer.setdefault(answer, []).append(time)
    said = (f"{_IN_PASSING[answer]} over {times(found)}" for answer, found in by_answer.items())
    return [f"Over time: {', '.join(said)}."]


def at_level(verdict: Verdict, level: float) -> Verdict:
    """Return a verdict decided at another (stricter) level, with its intervals at that level.

    Examples
    --------
    >>> from longgame.experiments.inference.effects import effect_of
    >>> effect = effect_of(pd.Series([1.0, 2, 3, 2, 1, 2]), unit="months", at={"market": "shared"})
    >>> verdict = judge("x", "More?", [effect], finding="it was {amount} {direction}", horizon="over 1 year")
    >>> at_level(verdict, 0.95).outcome, at_level(verdict, 0.99).outcome
    ('holds', 'undecided')
    """
    effects = tuple(widened(effect, level) for effect in verdict.effects)
    others = tuple(widened(effect, level) for effect in verdict.others)
    outcome = verdict.outcome if verdict.outcome == "undecided" else decide(effects)
    if outcome == verdict.outcome:
        found = replace(verdict, effects=effects, others=others)
        before, after = (f"{100 * one.level:.3g}% intervals" for one in (verdict, found))
        return replace(found, reasons=tuple(reason.replace(before, after) for reason in verdict.reasons))
    answer = f"{outcome.capitalize()} at {100 * level:.3g}% intervals."
    reasons = (f"At {verdict.effects[0].level:.0%} intervals it would be: {verdict.answer}", *verdict.reasons)
    return replace(verdict, effects=effects, others=others, outcome=outcome, answer=answer, reasons=reasons)
