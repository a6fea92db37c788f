"""A claim is a value: markets, measures, what is asked of them, dials that may turn the answer, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any, Protocol

from longgame.experiments.design.arms import Arm, markets
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Answer, Design, Measure, Plan, Tables
from longgame.experiments.figures.pairs import Draw
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.pairs import (
    PROFIT_UNIT,
    Pair,
    a_twentieth,
    judge_pairs,
    of_pairs,
    only_pairs,
    spans,
)
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures.kept import HORIZONS, anything_sold
from longgame.experiments.study import Findings, headline
from longgame.experiments.words import MARKET_WORDS, years
from longgame.sim.scenario import Scenario

#: An `Ask` in percentage points, in which a difference of one is worth having (a convention).
POINTS: dict[str, Any] = {"unit": "percentage points", "scale": 100, "worth": 1.0, "more": "higher", "less": "lower"}


def nothing(tables: Tables) -> str:
    """Return no note."""
    return ""


def over_the_longest(tables: Tables) -> str:
    """Return the longest horizon of a plan's runs in words."""
    return f"over {years(spans(tables)[-1])}"


class Question(Protocol):
    """What a claim can ask: anything with a question that makes a verdict of tables."""

    @property
    def question(self) -> str:
        """The question itself."""
        ...

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict; `pairs` are those of the claim."""
        ...


@dataclass(frozen=True)
class Ask:
    """Ours against theirs in one column, for every pair of arms, in the shared market and in separate ones.

    Attributes
    ----------
    question : str
    finding : str
        Sentence of the answer, with ``{amount}`` and ``{direction}``.
    column, table : str
        What is compared. A positive difference × `scale` speaks for the claim.
    unit : str
        Unit of the difference × `scale`.
    scale : float
    worth : float or tuple of str
        Smallest effect worth having, in `unit`; or a column (and its table) of whose mean it is a twentieth.
    more, less : str
        Words for the direction.
    pairs : sequence of (Arm, Arm), optional
        Instead of those of the claim.
    kinds : mapping of str to str
        Settings that are compared, and how they are called.
    note : callable
        Takes the tables, returns what is added to the sentence.
    """

    question: str
    finding: str
    column: str = "profit"
    table: str = "horizons"
    _: KW_ONLY
    unit: str = PROFIT_UNIT
    scale: float = 1.0
    worth: float | tuple[str, ...] = ()
    more: str = "more"
    less: str = "less"
    pairs: Sequence[Pair] | None = None
    kinds: Mapping[str, str] | None = None
    note: Callable[[Tables], str] = nothing

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict of the comparison at the longest horizon; shorter ones are reported beside it."""
        return judge_pairs(
            claim,
            self.question,
            tables,
            self.pairs or pairs,
            self.column,
            table=self.table,
            finding=self.finding,
            unit=self.unit,
            scale=self.scale,
            kinds=self.kinds or MARKET_WORDS,
            worth=a_twentieth(tables, *self.worth) if isinstance(self.worth, tuple) else self.worth,
            more=self.more,
            less=self.less,
            note=self.note(tables),
        )


@dataclass(frozen=True)
class Contrast:
    """Any comparison that is no pair of arms in a column: its effects are worked out by the claim.

    Attributes
    ----------
    question, finding, more, less, note
        As for `Ask`.
    effects : callable
        Takes the tables, returns the effects that decide.
    others : callable
        Takes the tables, returns the effects reported beside them.
    horizon : callable
        Takes the tables, returns the time in words, for example ``over 10 years``.
    """

    question: str
    finding: str
    effects: Callable[[Tables], Sequence[Effect]]
    _: KW_ONLY
    others: Callable[[Tables], Sequence[Effect]] = lambda tables: ()
    horizon: Callable[[Tables], str] = over_the_longest
    more: str = "more"
    less: str = "less"
    note: Callable[[Tables], str] = nothing

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict on the effects."""
        return judge(
            claim,
            self.question,
            self.effects(tables),
            finding=self.finding,
            horizon=self.horizon(tables),
            others=self.others(tables),
            more=self.more,
            less=self.less,
            note=self.note(tables),
            sold=anything_sold(tables["horizons"]),
        )


def as_measured(tables: Tables) -> Tables:
    """Return the tables as they are."""
    return tables


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of the essays, with everything it takes to judge it.

    Attributes
    ----------
    name : str
        What it is run by: the name of its file.
    text : str
        The docstring of its file; the first line is the claim.
    asks : tuple of Question
        The first is the claim itself, the others are asked beside it.
    dials : tuple of Dial
        Two to five dials on which the answer is likely to hang.
    about : str
        The question as a whole, if it is not the first ask's.
    pairs : sequence of (Arm, Arm)
        Ours and theirs; what an `Ask` compares, if it names no others.
    measures : tuple of Measure
        What is kept of a run; the first becomes ``runs.csv``.
    arms : callable, optional
        Takes a scenario, returns the arms; by default those of `pairs`.
    design : callable, optional
        Takes a scenario, returns the markets; by default those of `arms`, shared and separate.
    prepare : callable
        Takes the tables as measured, returns those that are asked and drawn.
    draw : callable
        Takes the prepared tables, returns the figures.
    first_measures : tuple of str
        Measures that the first verdict needs; all if none is named.
    first_part : callable, optional
        Takes a plan, returns the part that the first verdict needs; by default the markets of the first
        ask's pairs, or all where there are none.
    first_rows : callable, optional
        Takes prepared tables, returns the rows that such a part would have given.
    """

    name: str
    text: str
    asks: tuple[Question, ...]
    dials: tuple[Dial, ...]
    draw: Callable[[Tables], Mapping[str, Draw]]
    about: str = ""
    pairs: Sequence[Pair] = ()
    measures: tuple[Measure, ...] = (HORIZONS,)
    arms: Callable[[Scenario], Sequence[Arm]] | None = None
    design: Callable[[Scenario], Design] | None = None
    prepare: Callable[[Tables], Tables] = as_measured
    first_measures: tuple[str, ...] = ()
    first_part: Callable[[Plan], Plan] | None = None
    first_rows: Callable[[Tables], Tables] | None = None

    @property
    def question(self) -> str:
        """What is asked."""
        return self.about or self.asks[0].question

    @property
    def headline(self) -> str:
        """The claim in a line."""
        return headline(self.text)

    def plan(self, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
        """Return the markets of the claim, made from a scenario, × seeds."""
        if self.design is not None:
            return Plan(self.design(scenario), seeds, self.measures)
        arms = self.arms(scenario) if self.arms else dict.fromkeys(arm for pair in self.pairs for arm in pair)
        return Plan(markets(scenario, list(arms)), seeds, self.measures)

    def first_plan(self, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
        """Return the part of the plan that the first verdict needs."""
        whole = self.plan(scenario, seeds)
        if self.first_part is not None:
            whole = self.first_part(whole)
        elif self._first_pairs:
            whole = only_pairs(whole, self._first_pairs)
        return whole.only(whole.markets, *self.first_measures)

    @property
    def _first_pairs(self) -> Sequence[Pair]:
        """The pairs of the first ask."""
        return getattr(self.asks[0], "pairs", None) or self.pairs

    def first(self, tables: Tables) -> Verdict:
        """Return the first verdict, from the tables of either plan: what else was run changes nothing."""
        rows = self.first_rows or (partial(of_pairs, pairs=self._first_pairs) if self._first_pairs else as_measured)
        return self.asks[0].verdict(self.name, rows(self.prepare(tables)), self.pairs)

    def verdicts(self, tables: Tables) -> tuple[Verdict, ...]:
        """Return one verdict per question, from the tables of the whole plan."""
        prepared = self.prepare(tables)
        others = (ask.verdict(self.name, prepared, self.pairs) for ask in self.asks[1:])
        return (self.first(tables), *others)

    def figures(self, tables: Tables) -> Mapping[str, Draw]:
        """Return the figures by name."""
        return self.draw(self.prepare(tables))

    def analyse(self, tables: Tables) -> Findings:
        """Return verdicts, tables and figures."""
        first, *others = (measure.name for measure in self.measures)
        return Findings(
            self.name,
            self.headline,
            verdicts=self.verdicts(tables),
            tables={"runs": tables[first], **{f"tables/{name}": tables[name] for name in others}},
            figures=self.figures(tables),
        )

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run the plan and return what was found."""
        return self.analyse(answer(self.plan(scenario, seeds)))
