"""What every claim, study and strategy must do, a user's own included: one call checks a value by all rules.

A rule that is broken raises `Broken` with one line: what is wrong, and what would be right. Claims and studies are run
on a small market for that, which takes seconds.

Examples
--------
>>> from longgame.sim.library import STRATEGIES
>>> check_strategy(STRATEGIES["milker"].model_copy(update={"name": "cow"}))
Traceback (most recent call last):
    ...
longgame.experiments.contracts.Broken: strategy cow: sells as milker does; turn a dial, or leave it out
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from longgame.experiments.claim import AnyClaim
from longgame.experiments.design.arms import ORGANISATIONS, Arm, crowd
from longgame.experiments.design.dials import FREQUENCY, Dial
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.inference.effects import fewest
from longgame.experiments.inference.flips import first_plan, first_verdict
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.study import Experiment, Findings, headline
from longgame.sim import Scenario, Strategy, firms, run
from longgame.sim.library import STRATEGIES

#: 20 salespeople, 600 customers, two years: seconds for a whole claim.
MARKET = Scenario(
    months=24, firms=[*firms("adversarial", singletons=5, herds=1), *firms("collaborative", singletons=5, herds=1)]
).but({"customers.count": 600})

#: As few as can tell a sign.
SEEDS = tuple(range(fewest()))

#: How claims, studies, strategies and figures are named: the names become those of files.
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

#: Longest first line: it stands in lists and headings.
LINE = 120

#: Most words of an answer, and of any sentence under it.
ANSWER, SENTENCE = 15, 30


class Broken(AssertionError):
    """A rule that a claim, a study or a strategy breaks."""


def rule(holds: object, who: str, broken: str) -> None:
    """Raise `Broken` unless a rule holds."""
    if not holds:
        raise Broken(f"{who}: {broken}")


class Runs:
    """Runs plans on one core, and a market that was run before not again."""

    def __init__(self) -> None:
        from longgame.experiments.store.store import ResultStore

        self._store = ResultStore()

    def __call__(self, plan: Plan) -> Tables:
        """Return the tables of a plan.

        Raises
        ------
        Broken
            If a run fails.
        """
        from longgame.experiments.runs.runner import run_plan

        outcome = run_plan(plan, store=self._store, workers=1, progress=False)
        rule(not outcome.failures, "plan", f"a run failed: {outcome.failures[0].error if outcome.failures else ''}")
        return outcome.tables


# -- claims -------------------------------------------------------------------------------------------


def check_claim(
    claim: AnyClaim, answer: Answer | None = None, *, scenario: Scenario = MARKET, seeds: tuple[int, ...] = SEEDS
) -> None:
    """Check a claim by every rule.

    Parameters
    ----------
    claim : AnyClaim
    answer : callable, optional
        Runs a plan and returns its tables; by default `Runs`.
    scenario : Scenario
        In which the claim is tried.
    seeds : tuple of int
        At least as many as can tell a sign.

    Raises
    ------
    Broken
        If a rule is broken.
    """
    answer = answer or Runs()
    _says_what_it_is(claim, "claim")
    who = f"claim {claim.name}"
    _asks(claim, who)
    _has_dials(claim, who, scenario)
    plan = _plans_fairly(claim, who, scenario, seeds)
    tables = answer(plan)
    found = _answers(claim, who, tables)
    _first_verdict_needs_no_more(claim, who, plan, found.verdicts[0], answer, scenario)
    _follows_who_is_ahead(claim, who, plan, tables)
    _knows_when_nothing_is_sold(claim, who, scenario, seeds, answer)
    check_findings(found, who)


def _says_what_it_is(value: Any, kind: str) -> None:
    """Require a name that files can have, and a text whose first line is a sentence."""
    name = str(getattr(value, "name", ""))
    rule(NAME.fullmatch(name), f"{kind} {name!r}", "its name must be small letters, digits and hyphens, 40 at most")
    _is_sentence(headline(str(getattr(value, "text", "") or "")), f"{kind} {name}", "the first line of its text")


def _is_sentence(text: str, who: str, what: str) -> None:
    """Require a line that begins with a capital letter or a digit and ends with a full stop."""
    rule(text and len(text) <= LINE, who, f"{what} must be one line of {LINE} characters at most, not {text!r}")
    rule(not text[0].islower() and text.endswith("."), who, f"{what} must be a sentence with a full stop: {text!r}")


def _asks(claim: AnyClaim, who: str) -> None:
    """Require a question."""
    rule(claim.question.endswith("?"), who, f"its question must end with a question mark: {claim.question!r}")


def _has_dials(claim: AnyClaim, who: str, scenario: Scenario) -> None:
    """Require two to five different dials, which a scenario can have at both ends, and its plan as well."""
    dials = list(claim.dials)
    rule(2 <= len(dials) <= 12, who, f"it must name two to twelve dials, not {len(dials)}")
    rule(all(isinstance(dial, Dial) for dial in dials), who, "its dials must be values of design.dials.Dial")
    rule(len({dial.name for dial in dials}) == len(dials), who, "it names a dial twice")
    for dial in dials:
        rule(dial.low < dial.high, who, f"the low end of {dial.name} must be below the high one")
        loaded = dial.name == FREQUENCY.name and dial.holding != FREQUENCY.holding
        rule(not loaded, who, f"{dial.name} alone turns how much is needed in all as well; use dials.FREQUENCY")
        for end in (dial.low, dial.high):
            try:
                claim.plan(dial.at(scenario, end), (0,))
            except (ValidationError, ValueError) as error:
                reason = " ".join(str(error).split())
                raise Broken(f"{who}: no plan with {dial.name} at its end {end:g}: {reason}") from None


def _plans_fairly(claim: AnyClaim, who: str, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Require the same seeds everywhere, as many salespeople, and nothing but firms that no label names."""
    plan = claim.plan(scenario, seeds)
    rule(isinstance(plan, Plan), who, f"its plan must be a Plan, not {type(plan).__name__}")
    rule(plan.seeds == seeds, who, "its plan must have the seeds that it is given")
    members = max(group.members for market in plan.markets.values() for group in market.firms)
    sellers = {name: market.sellers for name, market in plan.markets.items()}
    least, most = min(sellers, key=sellers.__getitem__), max(sellers, key=sellers.__getitem__)
    alike = sellers[most] - sellers[least] < members  # as near as whole herds allow
    said = f"{least} has {sellers[least]}, {most} has {sellers[most]}"
    rule(alike, who, f"its markets must have as many salespeople: {said}")
    first: dict[str, tuple[str, str]] = {}
    for name, market in plan.markets.items():
        labels = {label: value for label, value in plan.markets.labels[name].items() if label != "setting"}
        rest = market.model_dump_json(exclude={"firms", "name", "strategies"})
        other, its = first.setdefault(repr(labels), (name, rest))
        rule(rest == its, who, f"{other} and {name} differ in more than firms; give a label (Design) that says in what")
    return plan


def _answers(claim: AnyClaim, who: str, tables: Tables) -> Findings:
    """Require findings whose verdicts are this claim's, sentences with places told apart, and the same again."""
    found = claim.analyse(tables)
    rule(isinstance(found, Findings), who, f"analyse must return Findings, not {type(found).__name__}")
    rule(found.verdicts, who, "it has no verdict")
    for verdict in found.verdicts:
        _is_verdict(verdict, claim, who)
    again = claim.analyse(tables).verdicts
    rule(repr(again) == repr(found.verdicts), who, "its verdicts must be the same for the same tables")
    return found


def _is_verdict(verdict: Verdict, claim: AnyClaim, who: str) -> None:
    """Require a question, a sentence, effects of one unit, each at a place of its own."""
    what = f"the verdict on {verdict.question!r}"
    rule(verdict.claim == claim.name, who, f"{what} must be of this claim, not of {verdict.claim!r}")
    rule(verdict.question.endswith("?"), who, f"{what} needs a question mark")
    rule(verdict.answer.endswith("."), who, f"the answer of {what} needs a full stop")
    words = len(verdict.answer.split())
    rule(words <= ANSWER, who, f"the answer of {what} must have {ANSWER} words at most, not {words}")
    for sentence in re.split(r"(?<=[.!?])\s", " ".join(map(str, verdict.reasons))):
        long = f"a sentence of {what} has more than {SENTENCE} words: {sentence!r}"
        rule(len(sentence.split()) <= SENTENCE, who, long)
    rule(verdict.effects, who, f"{what} has no effect")
    rule(len({effect.unit for effect in verdict.effects}) == 1, who, f"the effects of {what} must have one unit")
    for effects in (verdict.effects, verdict.others):
        places = [tuple(effect.at.items()) for effect in effects]
        rule(len(set(places)) == len(places), who, f"{what} has two effects at one place; tell them apart in `at`")


def _first_verdict_needs_no_more(
    claim: AnyClaim, who: str, whole: Plan, expected: Verdict, answer: Answer, scenario: Scenario
) -> None:
    """Require a first plan that is a part of the plan and gives the same first verdict."""
    part = first_plan(claim, scenario, whole.seeds)
    keys = {name: market.key() for name, market in whole.markets.items()}
    same = all(keys.get(name) == market.key() for name, market in part.markets.items())
    rule(same and part.seeds == whole.seeds, who, "its first plan must be a part of its plan")
    rule(set(part.measures) <= set(whole.measures), who, "its first plan must take measures of its plan only")
    found = first_verdict(claim, answer(part))
    rule(repr(found) == repr(expected), who, "its first plan must give the first verdict of the whole plan")


def _follows_who_is_ahead(claim: AnyClaim, who: str, plan: Plan, tables: Tables) -> None:
    """Where a claim sets arms against each other, require that it holds if ours are far ahead and not if theirs are."""
    pairs = getattr(claim, "pairs", ())
    for side, outcome in ((0, "holds"), (1, "does not hold")) if pairs else ():
        ahead = {pair[side].name for pair in pairs}
        found = first_verdict(claim, far_ahead(tables, ahead, plan)).outcome
        which = ("ours", "theirs")[side]
        rule(found == outcome, who, f"with {which} far ahead in everything it must come out {outcome!r}, not {found!r}")


def far_ahead(tables: Tables, ahead: set[str], plan: Plan) -> dict[str, pd.DataFrame]:
    """Return tables in which some groups are far ahead of all others in all that was measured.

    In a table without groups, their markets are.
    """
    keys = {"seed", "months", "month"} | {
        label for labels in (plan.markets.labels, plan.markets.groups) for found in labels.values() for label in found
    }
    rng, made = np.random.default_rng(0), {}
    for name, table in tables.items():
        measured = [column for column in table.select_dtypes("number") if column not in keys]
        seeds = sorted(table["seed"].unique())
        luck = pd.Series(rng.random(len(seeds)), seeds)
        side = table["group" if "group" in table else "market"].isin(list(ahead))
        lead = side.to_numpy(bool) * 1e6 * (1 + table["seed"].map(luck).to_numpy(float))
        made[name] = table.assign(**{column: 1000.0 + lead for column in measured})
    return made


def _knows_when_nothing_is_sold(
    claim: AnyClaim, who: str, scenario: Scenario, seeds: tuple[int, ...], answer: Answer
) -> None:
    """Require no verdict where nobody needs anything."""
    dead = scenario.but({"customers.rate": 1e-9, "customers.count": scenario.sellers, "months": 12})
    for verdict in claim.analyse(answer(claim.plan(dead, seeds))).verdicts:
        told = verdict.outcome == "undecided"
        rule(told, who, f"where nothing is sold {verdict.question!r} must be undecided, not {verdict.outcome!r}")


# -- studies and findings -----------------------------------------------------------------------------


def check_study(
    study: Experiment, answer: Answer | None = None, *, scenario: Scenario = MARKET, seeds: tuple[int, ...] = SEEDS
) -> None:
    """Check a study by every rule.

    Parameters
    ----------
    study, answer, scenario, seeds
        As for `check_claim`.

    Raises
    ------
    Broken
        If a rule is broken.
    """
    answer = answer or Runs()
    _says_what_it_is(study, "study")
    who = f"study {study.name}"
    rule(isinstance(study, Experiment), who, "it needs name, text and run(scenario, seeds, answer)")
    found = study.run(scenario, seeds, answer)
    rule(isinstance(found, Findings), who, f"run must return Findings, not {type(found).__name__}")
    again = study.run(scenario, seeds, answer)
    check_findings(found, who)
    same = repr((found.verdicts, found.sentences)) == repr((again.verdicts, again.sentences))
    same = same and set(found.tables) == set(again.tables)
    same = same and all(table.equals(again.tables[name]) for name, table in found.tables.items())
    rule(same, who, "it must find the same again, with the same seeds")


def check_findings(found: Findings, who: str) -> None:
    """Check what an experiment found: tables, figures that can be drawn, pages and a folder that can be written."""
    rule(found.title and found.tables, who, "its findings need a title and at least one table")
    for name, table in found.tables.items():
        rule(isinstance(table, pd.DataFrame) and len(table.columns), who, f"the table {name} must be a DataFrame")
    for name, draw in found.figures.items():
        rule(NAME.fullmatch(name), who, f"the figure {name!r} must be named in small letters, digits and hyphens")
        _draws(draw, name, who)
    _writes(replace(found, figures={}), who)  # each was drawn just now


def _draws(draw: Any, name: str, who: str) -> None:
    """Require something on an empty figure, that can be saved."""
    from matplotlib.figure import Figure

    from longgame.experiments.figures.style import style

    with style("paper"), _or_broken(who, f"the figure {name} cannot be drawn"):
        figure = Figure(layout="constrained")
        draw(figure)
        rule(figure.axes, who, f"the figure {name} stays empty")
        figure.draw_without_rendering()


def _writes(found: Findings, who: str) -> None:
    """Require a folder with everything, a text and a page."""
    with _or_broken(who, "its findings cannot be written"), tempfile.TemporaryDirectory() as folder:
        found.write(Path(folder))
        rule(found.text() and found.html(), who, "its findings need a sentence, a table to read or a verdict")


@contextmanager
def _or_broken(who: str, what: str) -> Iterator[None]:
    """Turn any error into a rule that is broken."""
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"{who}: {what}: {type(error).__name__}: {' '.join(str(error).split())}") from error


# -- strategies ---------------------------------------------------------------------------------------


def check_strategy(strategy: Strategy, *, scenario: Scenario = MARKET) -> None:
    """Check a strategy by every rule of the library; origin and weakness, too, have to be stated.

    Parameters
    ----------
    strategy : Strategy
    scenario : Scenario
        In which it is played.

    Raises
    ------
    Broken
        If a rule is broken.
    """
    who = f"strategy {strategy.name}"
    for part in ("description", "origin", "weakness"):
        text = str(getattr(strategy, part))
        stated = text != Strategy.model_fields[part].default
        rule(stated and text[-1:] in ".'", who, f"its {part} must be a sentence with a full stop, not {text!r}")
    try:
        Strategy.model_validate(strategy.model_dump())
    except ValidationError as error:
        raise Broken(f"{who}: {'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}") from None
    dials = {"name", "description", "origin", "weakness"}
    for name, other in STRATEGIES.items():
        twin = name != strategy.name and other.model_dump(exclude=dials) == strategy.model_dump(exclude=dials)
        rule(not twin, who, f"sells as {name} does; turn a dial, or leave it out")
    rival = next(name for name in STRATEGIES if name != strategy.name)
    for kind in ORGANISATIONS:
        known = strategy.name if STRATEGIES.get(strategy.name) == strategy else strategy
        market = crowd(scenario, [(Arm(known, kind), 4), (Arm(rival, kind), 4)])
        first, again = (run(market, seed=0).monthly for _ in range(2))
        rule(first.equals(again), who, f"the same seed must give the same market, with {kind}s")
        ours = first[first["group"] == f"{strategy.name}-{kind}"]
        rule(ours["visits"].sum() > 0, who, f"nobody came to it in a market of {kind}s")
