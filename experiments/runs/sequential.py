"""Run until it is clear: more seeds in batches, looked at a planned number of times.

Looking at the runs again and again, and stopping at the first clear sign, finds effects too often. The
looks are therefore planned beforehand, and at each of them intervals are taken at the level corrected for
their number (Bonferroni: 1 − 0.05 / looks). Then the chance to stop with a wrong sign stays below 5 %,
however the looks hang together; as they share most of their runs, that is stricter than needed, so a few
more seeds are run than with boundaries of O'Brien and Fleming (1979) or Lan and DeMets (1983).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from longgame.experiments.design.plan import Plan
from longgame.experiments.inference.effects import fewest, widened
from longgame.experiments.inference.verdicts import Verdict, decide
from longgame.experiments.runs.runner import Outcome
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim

#: Looks that are planned, and the seeds at the first and at the last of them. With fewer at the first,
#: intervals of skewed differences miss more often than their level says.
LOOKS, LEAST, MOST = 5, 16, 100


@dataclass(frozen=True)
class Sequential:
    """Where a sequence of looks ended.

    Attributes
    ----------
    verdicts : tuple of Verdict
        With intervals at the corrected level; the first decided when to stop, its sentence says so.
    plan : Plan
        The last one.
    outcome : Outcome
        What it gave.
    planned : tuple of int
        Seeds at every planned look.
    looks : int
        How many were taken.
    level : float
    """

    verdicts: tuple[Verdict, ...]
    plan: Plan
    outcome: Outcome
    planned: tuple[int, ...]
    looks: int
    level: float


def schedule(least: int = LEAST, most: int = MOST, looks: int = LOOKS) -> tuple[int, ...]:
    """Return the seeds at each look, growing by about the same factor.

    At the first look there are enough to find a sign at the corrected level.

    Raises
    ------
    ValueError
        If `most` seeds are too few to tell a sign at all.

    Examples
    --------
    >>> schedule(16, 100)
    (16, 25, 40, 63, 100)
    >>> schedule(10, 20)
    (10, 12, 14, 17, 20)
    >>> schedule(20, 12)
    (12,)
    """
    if most < fewest():
        raise ValueError(f"{most} seeds cannot tell a sign; {fewest()} can")
    while looks > 1 and max(least, fewest(1 - 0.05 / looks)) >= most:
        looks -= 1
    if looks == 1:
        return (most,)
    first = max(least, fewest(1 - 0.05 / looks))
    factor = (most / first) ** (1 / (looks - 1))
    return tuple(sorted({round(first * factor**i) for i in range(looks)}))


def until_clear(
    claim: AnyClaim,
    scenario: Scenario,
    run: Callable[[Plan], Outcome],
    planned: Sequence[int],
    tell: Callable[[str], None] = lambda text: None,
) -> Sequential:
    """Look at a claim at each planned number of seeds; stop when its first verdict is no longer undecided.

    Parameters
    ----------
    claim : AnyClaim
    scenario : Scenario
    run : callable
        Runs a plan; with a results store only what is new of it is made.
    planned : sequence of int
        Seeds at each look, from `schedule`.
    tell : callable
        Called with the outcome after each look.
    """
    level = 1 - 0.05 / len(planned)
    for look, seeds in enumerate(planned, 1):
        plan = claim.plan(scenario, tuple(range(seeds)))
        outcome = run(plan)
        if len(outcome.failures) == len(plan):
            return Sequential((), plan, outcome, tuple(planned), look, level)
        verdicts = claim.analyse(outcome.tables).verdicts
        first, *others = [at(verdict, level) for verdict in verdicts]
        tell(f"look {look} of at most {len(planned)}, n = {seeds}: {first.outcome}")
        if first.outcome != "undecided" or look == len(planned):
            first = replace(first, sentence=f"{first.sentence} {caveat(look, planned, level)}")
            return Sequential((first, *others), plan, outcome, tuple(planned), look, level)
    raise ValueError("no look is planned")


def at(verdict: Verdict, level: float) -> Verdict:
    """Return a verdict decided at another (stricter) level, with its intervals at that level.

    Examples
    --------
    >>> import pandas as pd
    >>> from longgame.experiments.inference.verdicts import effect_of, judge
    >>> effect = effect_of(pd.Series([1.0, 2, 3, 2, 1, 2]), unit="months", at={"market": "shared"})
    >>> verdict = judge("x", "More?", [effect], finding="it was {amount} {direction}", horizon="over 1 year")
    >>> at(verdict, 0.95).outcome, at(verdict, 0.99).outcome
    ('holds', 'undecided')
    """
    effects = tuple(widened(effect, level) for effect in verdict.effects)
    others = tuple(widened(effect, level) for effect in verdict.others)
    outcome = verdict.outcome if verdict.outcome == "undecided" else decide(effects)
    sentence = verdict.sentence
    if [e.says for e in effects] == [e.says for e in verdict.effects]:  # it is as true of these intervals
        sentence = sentence.replace("95% interval", f"{100 * level:.3g}% interval")
    if outcome == "undecided" != verdict.outcome:
        sentence = (
            f"Undecided at n = {verdict.n}: not clear at {100 * level:.3g}% intervals. "
            f"Had this been the only look: {sentence}"
        )
    elif outcome != verdict.outcome:
        sentence = f"{outcome.capitalize()} at {100 * level:.3g}% intervals. Had this been the only look: {sentence}"
    return replace(verdict, effects=effects, others=others, outcome=outcome, sentence=sentence)


def caveat(look: int, planned: Sequence[int], level: float) -> str:
    """Report how many looks were taken, and what that did to the intervals."""
    sizes = ", ".join(map(str, planned[:look]))
    if len(planned) == 1:
        return ""
    ended = "it was clear" if look < len(planned) else "all planned looks were taken"
    return (
        f"Looked at n = {sizes} ({look} of at most {len(planned)} looks, up to n = {planned[-1]}) and "
        f"stopped when {ended}; each look was decided at {100 * level:.3g}% intervals (Bonferroni for "
        f"{len(planned)} looks: conservative), which the tables show. The effect at an early stop is on "
        "average a little too large."
    )
