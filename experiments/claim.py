"""A claim is a value: markets, measures, what is asked of them, dials that may turn the answer, figures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Protocol, runtime_checkable

import pandas as pd

from longgame.experiments.design.arms import Arm, Side, chosen, markets, rows_of
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Answer, Design, Measure, Plan, Tables
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.pairs import (
    IN_ORGANISATIONS,
    IN_SETTINGS,
    POINTS,
    PROFIT_UNIT,
    Lead,
    Pair,
    Places,
    a_twentieth,
    effects,
    judge_horizons,
    leads,
    say_void,
)
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.study import Draw, Findings, headline
from longgame.experiments.words import MARKET_WORDS, years
from longgame.sim.scenario import Scenario

__all__ = ["POINTS", "AnyClaim", "Ask", "Claim", "Contrast", "Question"]

#: Runs of every market for an answer, and for a first look: the fewest that tell a sign among all claims.
SEEDS, QUICK_SEEDS = 20, 10


@runtime_checkable
class AnyClaim(Protocol):
    """What a claim must have to be run, judged and searched for flips; `Claim` has it, as may any other object.

    Two methods more save runs where the first verdict needs less than the plan: ``first_plan``, with the
    arguments of ``plan``, and ``first``, which takes the tables of either and returns that verdict.

    Attributes
    ----------
    name : str
        What it is run by.
    text : str
        The claim in its first line, then the idea and how it is judged.
    question : str
        What is asked, in one sentence.
    dials : sequence of Dial
        Two to twelve dials on which the answer is likely to hang.
    """

    @property
    def name(self) -> str:
        """What it is run by."""
        ...

    @property
    def text(self) -> str:
        """The claim, the idea and how it is judged."""
        ...

    @property
    def question(self) -> str:
        """What is asked."""
        ...

    @property
    def dials(self) -> Sequence[Dial]:
        """The dials on which the answer is likely to hang."""
        ...

    def plan(self, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
        """Return what is to be run."""
        ...

    def analyse(self, tables: Tables) -> Findings:
        """Return verdicts, the claim's own first, with tables and figures."""
        ...


# -- questions ----------------------------------------------------------------------------------------


def nothing(tables: Tables) -> str:
    """Return no note."""
    return ""


@dataclass(frozen=True)
class Question(ABC):
    """What a claim asks: a question that makes a verdict of tables.

    Attributes
    ----------
    question : str
    finding : str
        Sentence of the answer, with ``{amount}`` and ``{direction}``.
    """

    question: str
    finding: str

    def sides(self, pairs: Sequence[Pair]) -> Sequence[Side]:
        """Return the labels of the rows that are compared; nothing where all rows are needed."""
        return ()

    @abstractmethod
    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict; `pairs` are those of the claim."""


@dataclass(frozen=True)
class Comparison(Question):
    """A column compared at every horizon of a table; the longest decides, shorter ones are reported beside it.

    Attributes
    ----------
    question, finding
        As for `Question`.
    column, table : str
        What is compared. A positive difference × `scale` supports the claim.
    unit : str
        Unit of the difference × `scale`.
    scale : float
    worth : float or tuple of str
        Smallest effect worth having, in `unit`; or a column (and its table) of whose mean it is a twentieth.
    more, less : str
        Words for the direction.
    where : mapping
        Labels of all rows that are compared.
    note : callable
        Takes the tables, returns what is added to the sentence.
    every_horizon : bool
        Whether every horizon decides.
    """

    column: str = "profit"
    table: str = "horizons"
    _: KW_ONLY
    unit: str = PROFIT_UNIT
    scale: float = 1.0
    worth: float | tuple[str, ...] = ()
    more: str = "more"
    less: str = "less"
    where: Side = field(default_factory=dict)
    note: Callable[[Tables], str] = nothing
    every_horizon: bool = False

    @abstractmethod
    def effects(self, rows: pd.DataFrame, months: int, worth: float, pairs: Sequence[Pair]) -> Sequence[Effect]:
        """Return the effects at one horizon, from the rows of all of them."""

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict of the comparison."""
        table = tables[self.table]
        rows = table.loc[chosen(table, self.where)]
        worth = a_twentieth(tables, *self.worth) if isinstance(self.worth, tuple) else self.worth
        return judge_horizons(
            claim,
            self.question,
            {**tables, self.table: rows},
            self.table,
            lambda months: self.effects(rows, months, worth, pairs),
            every_horizon=self.every_horizon,
            finding=self.finding,
            more=self.more,
            less=self.less,
            note=self.said_beside({**tables, self.table: rows}, pairs),
        )

    def said_beside(self, tables: Tables, pairs: Sequence[Pair]) -> str:
        """Return what is added to the sentence."""
        return self.note(tables)


@dataclass(frozen=True)
class Ask(Comparison):
    """Ours against theirs, for every pair of arms, in the shared market and in separate ones.

    Attributes
    ----------
    question, finding, column, table, unit, scale, worth, more, less, where, note, every_horizon
        As for `Comparison`.
    pairs : sequence of (Arm, Arm), optional
        Instead of those of the claim.
    kinds : mapping of str to str
        Settings that are compared, and how they are called.
    """

    _: KW_ONLY
    pairs: Sequence[Pair] = ()
    kinds: Mapping[str, str] = field(default_factory=lambda: MARKET_WORDS)

    def sides(self, pairs: Sequence[Pair]) -> Sequence[Side]:
        """Return the groups that are compared."""
        return [{**self.where, "group": arm.name} for pair in self.pairs or pairs for arm in pair]

    def said_beside(self, tables: Tables, pairs: Sequence[Pair]) -> str:
        """Return what is added to the sentence, and which comparisons are void."""
        void = say_void(tables[self.table], self.pairs or pairs, self.kinds)
        return " ".join(filter(None, (self.note(tables), void)))

    def effects(self, rows: pd.DataFrame, months: int, worth: float, pairs: Sequence[Pair]) -> Sequence[Effect]:
        """Return the effects at one horizon."""
        return effects(
            {self.table: rows},
            self.pairs or pairs,
            self.column,
            months,
            unit=self.unit,
            scale=self.scale,
            table=self.table,
            kinds=self.kinds,
            worth=worth,
        )


@dataclass(frozen=True)
class Contrast(Comparison):
    """Rows with some labels against rows with others; or how much larger that lead is than another.

    Attributes
    ----------
    question, finding, column, table, unit, scale, worth, more, less, where, note, every_horizon
        As for `Comparison`.
    lead : tuple of mappings
        Labels of ours and of theirs. Without theirs, the column itself says how far ours is ahead.
    beyond : tuple of mappings, optional
        The lead that is taken off.
    places : sequence of (str, str, mapping)
        Where: what places are called, the label that tells them apart, and its values in words.
    """

    _: KW_ONLY
    lead: Lead
    beyond: Lead | None = None
    places: Sequence[Places] = (IN_SETTINGS, IN_ORGANISATIONS)

    def sides(self, pairs: Sequence[Pair]) -> Sequence[Side]:
        """Return the labels of ours and theirs."""
        return [{**self.where, **side} for side in (*self.lead, *(self.beyond or ()))]

    def effects(self, rows: pd.DataFrame, months: int, worth: float, pairs: Sequence[Pair]) -> Sequence[Effect]:
        """Return the effects at one horizon."""
        return leads(
            rows,
            self.lead,
            self.beyond,
            self.column,
            places=(*self.places, ("horizon", "months", {months: years(months)})),
            unit=self.unit,
            scale=self.scale,
            worth=worth,
        )


# -- claims -------------------------------------------------------------------------------------------


def as_measured(tables: Tables) -> Tables:
    """Return the tables as they are."""
    return tables


def no_tables(tables: Tables) -> Mapping[str, pd.DataFrame]:
    """Return no tables to read."""
    return {}


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
        Two to twelve dials on which the answer is likely to hang.
    draw : callable
        Takes the prepared tables, returns the figures.
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
    first_measures : tuple of str
        Measures that the first verdict needs; all if none is named.
    shown : callable
        Takes the tables as measured, returns tables to read beside the verdicts, by their heading.
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
    shown: Callable[[Tables], Mapping[str, pd.DataFrame]] = no_tables

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
        """Return the part of the plan that the first verdict needs: the markets of what it compares."""
        whole = self.plan(scenario, seeds)
        return whole.only(whole.markets.holding(self.asks[0].sides(self.pairs)), *self.first_measures)

    def first(self, tables: Tables) -> Verdict:
        """Return the first verdict, from the tables of either plan: what else was run changes nothing."""
        sides = self.asks[0].sides(self.pairs)
        rows = {name: rows_of(table, sides) for name, table in self.prepare(tables).items()}
        return self.asks[0].verdict(self.name, rows, self.pairs)

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
            shown=self.shown(tables),
            tables={"runs": tables[first], **{f"tables/{name}": tables[name] for name in others}},
            figures=self.figures(tables),
        )

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run the plan and return what was found."""
        return self.analyse(answer(self.plan(scenario, seeds)))
