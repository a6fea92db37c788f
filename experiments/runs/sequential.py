"""Run until it is clear: more seeds in batches, looked at a planned number of times.

Looking at the runs again and again, and stopping once they are clear, finds an effect too often where there is none.
The looks are therefore planned beforehand. At each of them intervals are taken at the level corrected for their number
(Bonferroni: 1 − 0.05 / looks). Then the chance to stop with a wrong sign stays below 5 %, however the looks hang
together. As they share most of their runs, that is stricter than needed: a few more seeds are run than with boundaries
of O'Brien and Fleming (1979) or Lan and DeMets (1983).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from longgame.experiments.design.plan import Answer
from longgame.experiments.inference.effects import fewest
from longgame.experiments.inference.verdicts import at_level
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.study import Findings

#: Looks that are planned, and the seeds at the first and at the last of them. With fewer at the first,
#: intervals of skewed differences miss more often than their level says.
LOOKS, LEAST, MOST = 5, 16, 100


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


@dataclass(frozen=True)
class UntilClear:
    """A claim looked at with each planned number of seeds, until its first verdict is no longer undecided.

    The findings are those of the last look. Their intervals are at the corrected level; the first verdict reports how
    often was looked.

    Attributes
    ----------
    claim : AnyClaim
    planned : tuple of int
        Seeds at each look, from `schedule`.
    tell : callable
        Takes a line after each look.
    """

    claim: AnyClaim
    planned: tuple[int, ...]
    tell: Callable[[str], None] = lambda text: None

    @property
    def name(self) -> str:
        """The name of the claim."""
        return self.claim.name

    @property
    def text(self) -> str:
        """The text of the claim."""
        return self.claim.text

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Look until it is clear; `seeds` are those that were planned, whatever is given."""
        looks = len(self.planned)
        level = 1 - 0.05 / looks
        for look, count in enumerate(self.planned, 1):
            found = self.claim.analyse(answer(self.claim.plan(scenario, tuple(range(count)))))
            first, *others = (at_level(verdict, level) for verdict in found.verdicts)
            self.tell(f"look {look} of at most {looks}, n = {count}: {first.outcome}")
            if first.outcome != "undecided" or look == looks:
                first = replace(first, reasons=(*first.reasons, *caveat(look, self.planned, level)))
                about = {"looks": {"planned": self.planned, "taken": look, "level": level}}
                return replace(found, verdicts=(first, *others), about={**found.about, **about})
        raise ValueError("no look is planned")


def caveat(look: int, planned: Sequence[int], level: float) -> tuple[str, ...]:
    """Return how often was looked, and what that did to the intervals; nothing after a single planned look."""
    if len(planned) == 1:
        return ()
    sizes = ", ".join(map(str, planned[:look]))
    ended = "it was clear" if look < len(planned) else "all planned looks were taken"
    return (
        f"Looked at n = {sizes} ({look} of at most {len(planned)} looks, up to n = {planned[-1]}) and stopped when "
        f"{ended}.",
        f"Each look was decided at {100 * level:.3g}% intervals (Bonferroni for {len(planned)} looks: conservative), "
        "which the tables show.",
        "The effect at an early stop is on average a little too large.",
    )
