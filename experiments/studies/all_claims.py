"""The ledger: every claim run, judged, and asked where it flips.

Claims are run one after another on the same workers and through the results store, so that the ledger is
resumable. Runs that several claims ask for are made once, with the measures of all of them.

The verdict of a claim stands for that claim alone. Whoever looks at all of them at once expects some to come
out by luck, so the first verdict of every claim is decided again with intervals at the level corrected for
the number of claims (Bonferroni: 1 − 0.05 / claims; it holds whatever the claims have to do with each other,
and is stricter than needed where they share runs; intervals as in `inference.verdicts.widened`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from longgame.experiments.claim import QUICK_SEEDS, SEEDS, AnyClaim
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.effects import Effect, fewest, widened
from longgame.experiments.inference.flips import STEPS, Flip, find_flip, first_plan, mean_effect
from longgame.experiments.inference.said import Decision
from longgame.experiments.inference.verdicts import Verdict, decide
from longgame.experiments.runs.workers import AllFailed, Workers, work_of
from longgame.experiments.store.store import Failure
from longgame.experiments.study import Draw, headline
from longgame.experiments.words import number
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario

#: Told what is being done, in a few words.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Budget:
    """How much the ledger may do.

    Attributes
    ----------
    seeds : int
        Runs of every market.
    dials : int, optional
        Dials per claim in which a flip is searched, in the order the claim names them; all if left out.
    steps : int
        Evaluations after those of both ends of a dial.
    figures : int, optional
        Figures drawn per claim; all if left out.
    work : float, optional
        Customer-months that the search of one dial may cost at most; a dearer one is left out, and that is
        said. A count and not a time, so that results do not depend on the machine.
    """

    seeds: int
    dials: int | None = None
    steps: int = STEPS
    figures: int | None = None
    work: float | None = None


#: Everything, and a first look. At the 2.8 million customer-months a second and core that runs with their
#: measures do, on two free cores: twenty claims in full take 15 minutes if no dial flips a claim and 30 if
#: all do (every step between the ends is then made); the first look four.
FULL = Budget(SEEDS)
QUICK = Budget(QUICK_SEEDS, dials=1, steps=2, figures=1, work=50e6)


def flip_seeds(seeds: int) -> int:
    """Return how many of the seeds a flip is searched with: a third, but as many as a sign takes.

    A verdict needs every comparison, a flip only the sign of their mean, which fewer runs tell.

    Examples
    --------
    >>> flip_seeds(20), flip_seeds(10), flip_seeds(2)
    (7, 6, 2)
    """
    return min(seeds, max(fewest(), math.ceil(seeds / 3)))


@dataclass(frozen=True)
class Entry:
    """What the ledger says of one claim.

    Attributes
    ----------
    claim, headline, question : str
        Id, first line of the docstring, what is asked.
    verdicts : tuple of Verdict
        Empty where there is no answer.
    corrected : str
        The first verdict at the level for the number of claims; "too few seeds" where no sign could be told.
    level : float
        That level.
    flips : tuple of Flip
    skipped : tuple of (str, str)
        Dials in which no flip was searched, and why.
    figures : mapping of str to callable
        With the tables that they are drawn from.
    failures : tuple of Failure
    runs, reused : int
    error : str
        Why there is no answer.
    """

    claim: str
    headline: str
    question: str
    verdicts: tuple[Verdict, ...] = ()
    corrected: Decision | str = ""
    level: float = 0.95
    flips: tuple[Flip, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    figures: Mapping[str, Draw] = field(default_factory=dict, repr=False)
    failures: tuple[Failure, ...] = ()
    runs: int = 0
    reused: int = 0
    error: str = ""

    @property
    def outcome(self) -> str:
        """The first verdict in a word or two."""
        return self.verdicts[0].outcome if self.verdicts else "no answer"

    @property
    def effect(self) -> Effect:
        """The effect that bounds the first verdict."""
        return self.verdicts[0].effect if self.verdicts else Effect(*[float("nan")] * 3, 0, "")

    @property
    def mean(self) -> Effect:
        """The mean over the first verdict's deciding effects, which is what flips."""
        return mean_effect(self.verdicts[0]) if self.verdicts else self.effect

    def flips_when(self) -> str:
        """Say in a line which dials flip the claim."""
        found = [
            f"{f.dial} {'<' if f.high_effect.value > 0 else '>'} {number(f.value)}"
            for f in self.flips
            if f.kind == "flips"
        ]
        if found:
            return "; ".join(found)
        same, unclear = (sum(f.kind == kind for f in self.flips) for kind in ("same", "unclear"))
        parts = [f"no flip in {same} dial{'s' * (same != 1)}"] * bool(same)
        parts += [f"not clear in {unclear} dial{'s' * (unclear != 1)}"] * bool(unclear)
        return ", ".join(parts) or "not searched"


def answer(
    claims: Mapping[str, AnyClaim],
    scenario: Scenario,
    budget: Budget,
    workers: Workers,
    *,
    flips: bool = True,
    names: Mapping[str, str] | None = None,
    tell: Tell = lambda text: None,
) -> Iterator[Entry]:
    """Run, judge and search every claim, and yield an entry per claim as it is done.

    Parameters
    ----------
    claims : mapping of str to AnyClaim
        By name.
    scenario : Scenario
    budget : Budget
    workers : Workers
    flips : bool
        Whether to search where the claims flip.
    names : mapping of str to str, optional
        Names under which the store notes the plans, by id.
    tell : callable
        Told what is being done.

    Raises
    ------
    Lost
        If the executor broke down.
    pydantic.ValidationError
        If the scenario cannot hold the arms of a claim; before anything is run.
    """
    seeds = tuple(range(budget.seeds))
    plans = {name: claim.plan(scenario, seeds) for name, claim in claims.items()}
    wanted = wanted_measures(plans.values())
    for place, (name, claim) in enumerate(claims.items(), 1):
        said = f"[{place}/{len(claims)}] {name}"
        plan = plans[name]
        tell(f"{said}: {len(plan):,} runs")
        there = len(plan) - len(workers.store.missing(plan))
        for part in with_measures(plan, wanted):
            workers.run(part)
        outcome = workers.run(plan, (names or {}).get(name))
        entry = Entry(
            name, headline(claim.text), claim.question, failures=outcome.failures, runs=len(plan), reused=max(0, there)
        )
        if len(outcome.failures) == len(plan):
            yield replace(entry, error=f"all runs failed: {outcome.failures[0].error}")
            continue
        findings = claim.analyse(outcome.tables)
        level, decision = at_level(findings.verdicts[0], len(claims))
        entry = replace(entry, verdicts=findings.verdicts, corrected=decision, level=level, figures=findings.figures)
        if flips:
            found, skipped = search(
                claim, scenario, seeds[: flip_seeds(budget.seeds)], budget, workers, lambda t, s=said: tell(f"{s}: {t}")
            )
            entry = replace(entry, flips=found, skipped=skipped)
        yield entry


# -- runs that claims share ---------------------------------------------------------------------------


def wanted_measures(plans: Iterator[Plan] | Sequence[Plan] | Any) -> dict[str, tuple[Measure, ...]]:
    """Return, for every market by its key, the measures that any of some plans takes of its runs."""
    wanted: dict[str, dict[str, Measure]] = {}
    for plan in plans:
        for scenario in plan.markets.values():
            measures = wanted.setdefault(scenario.key(), {})
            for measure in plan.measures:
                measures.setdefault(measure.name, measure)
    return {key: tuple(measures.values()) for key, measures in wanted.items()}


def with_measures(plan: Plan, wanted: Mapping[str, tuple[Measure, ...]]) -> list[Plan]:
    """Split a plan so that its runs take at once whatever else is wanted of them.

    Plans of one claim come out as one part or none: only where another claim wants more of a run is anything
    gained by taking that along.
    """
    parts: dict[tuple[Measure, ...], dict[str, Scenario]] = {}
    own = {measure.name: measure for measure in plan.measures}
    for arm, scenario in plan.markets.items():
        measures = {m.name: m for m in wanted[scenario.key()]} | own
        if len(measures) > len(own):
            parts.setdefault(tuple(measures[name] for name in sorted(measures)), {})[arm] = scenario
    return [Plan(scenarios, plan.seeds, measures) for measures, scenarios in parts.items()]


# -- all claims at once -------------------------------------------------------------------------------


def at_level(verdict: Verdict, count: int) -> tuple[float, Decision | str]:
    """Return the level for looking at `count` claims at once, and the verdict at that level (Bonferroni).

    Only what decided is decided again; a verdict that was open stays open, and one that comes out otherwise
    is open too: a wider interval excludes less, so it can take a verdict back but not give another.
    """
    first = verdict.effects[0].level if verdict.effects else 0.95
    level = 1 - (1 - first) / max(count, 1)
    if verdict.outcome == "undecided" or not verdict.effects or count <= 1:
        return level, verdict.outcome
    if max(e.n for e in verdict.effects) < fewest(level):
        return level, "too few seeds"
    again = decide([widened(effect, level) for effect in verdict.effects])
    return level, again if again == verdict.outcome else "undecided"


# -- flips --------------------------------------------------------------------------------------------


def search(
    claim: AnyClaim, scenario: Scenario, seeds: tuple[int, ...], budget: Budget, workers: Workers, tell: Tell
) -> tuple[tuple[Flip, ...], tuple[tuple[str, str], ...]]:
    """Search the dials of a claim within the budget.

    Returns
    -------
    flips : tuple of Flip
    skipped : tuple of (str, str)
        Dials that were not searched, and why.
    """
    found, skipped = [], []
    for dial in claim.dials:
        if budget.dials is not None and len(found) >= budget.dials:
            skipped.append((str(dial), "beyond the dials of --quick"))
            continue
        try:
            cost = cost_of(claim, scenario, seeds, dial, budget.steps)
            if budget.work is not None and cost > budget.work:
                skipped.append((str(dial), f"{cost / 1e6:,.0f} million customer-months, too many for --quick"))
                continue
            tell(f"flip in {dial}")
            found.append(find_flip(claim, scenario, seeds, dial, workers.tables, budget.steps))
        except (AllFailed, InputError) as error:  # an input error: the scenario has no herd
            skipped.append((str(dial), str(error)))
        except ValidationError as error:
            reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            skipped.append((str(dial), f"the scenario allows no such value ({reason})"))
    return tuple(found), tuple(skipped)


def cost_of(claim: AnyClaim, scenario: Scenario, seeds: tuple[int, ...], dial: Dial, steps: int) -> float:
    """Return the customer-months that the search of a dial costs at most, all as dear as the dearer end."""
    ends = [first_plan(claim, dial.at(scenario, value), seeds) for value in (dial.low, dial.high)]
    return (2 + steps) * max(work_of(plan) for plan in ends)
