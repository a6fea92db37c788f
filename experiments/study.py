"""An experiment is a value with a plan and an analysis; what it gives is a value too: `Findings`.

A `Study` is the plain kind: one plan, run whole, then analysed. An experiment that decides from what it has
seen what to run next has a method ``run`` of its own, which asks for as many plans as it takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pandas as pd

from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.inference.verdicts import Verdict
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Draws on an empty figure.
type Draw = Callable[[Figure], None]


@runtime_checkable
class Experiment(Protocol):
    """What can be run by name: every claim, every study, and any object of a user's own with these parts.

    Attributes
    ----------
    name : str
        What it is run by, for example ``herd``.
    text : str
        What it asks and how; the first line is its headline.
    """

    @property
    def name(self) -> str:
        """What it is run by."""
        ...

    @property
    def text(self) -> str:
        """What it asks and how."""
        ...

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Ask for the plans it takes and return what was found."""
        ...


@dataclass(frozen=True)
class Study:
    """An experiment of one plan and its analysis.

    Attributes
    ----------
    name, text : str
        As for `Experiment`.
    plan : callable
        Takes a scenario and seeds, returns a `Plan`.
    analyse : callable
        Takes the tables of that plan, returns `Findings`.

    Examples
    --------
    >>> from longgame.experiments.measures.kept import HORIZONS
    >>> study = Study(
    ...     "level", "How much is earned.",
    ...     plan=lambda scenario, seeds: Plan({"market": scenario}, seeds, [HORIZONS]),
    ...     analyse=lambda tables: Findings("level", "How much is earned.", tables={"runs": tables["horizons"]}),
    ... )
    >>> isinstance(study, Experiment)
    True
    """

    name: str
    text: str
    plan: Callable[[Scenario, tuple[int, ...]], Plan]
    analyse: Callable[[Tables], Findings]

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run the plan and analyse its tables."""
        return self.analyse(answer(self.plan(scenario, seeds)))


@dataclass(frozen=True)
class Findings:
    """What an experiment found: verdicts, sentences, tables and figures, and what it takes to find it again.

    Attributes
    ----------
    name, title : str
        Of the experiment, and its headline.
    verdicts : tuple of Verdict
        The first is the answer; the others stand beside it.
    sentences : tuple of str
        Said before the tables.
    shown : mapping of str to DataFrame
        Tables to read, by their heading: every cell a text.
    tables : mapping of str to DataFrame
        Tables to compute with, by file name without its ending, for example ``runs`` or ``tables/paths``.
    figures : mapping of str to callable
        Name to a function that draws on an empty figure.
    scenario : Scenario, optional
        What the experiment started from.
    about : mapping
        Command, seeds, versions: what is needed to do it again.
    """

    name: str
    title: str
    verdicts: tuple[Verdict, ...] = ()
    sentences: tuple[str, ...] = ()
    shown: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    figures: Mapping[str, Draw] = field(default_factory=dict, repr=False)
    scenario: Scenario | None = field(default=None, repr=False)
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def verdict(self) -> Verdict | None:
        """The answer, if there is a question that has one."""
        return self.verdicts[0] if self.verdicts else None

    def with_about(self, scenario: Scenario, about: Mapping[str, Any]) -> Findings:
        """Return the findings with what is needed to find them again."""
        return replace(self, scenario=scenario, about={**about, **self.about})

    def plot(self, name: str | None = None) -> Figure:
        """Return a figure, drawn for a screen; the first one if none is named.

        Raises
        ------
        KeyError
            If there is no such figure.
        """
        from longgame.experiments.reports.pictures import drawn

        return drawn(self.figures[name or next(iter(self.figures))])

    def text(self, width: int = 100) -> str:
        """Return the findings for a terminal."""
        from longgame.experiments.reports.written import terminal

        return terminal(self, width)

    def markdown(self) -> str:
        """Return the findings as a Markdown page."""
        from longgame.experiments.reports.written import markdown

        return markdown(self)

    def html(self) -> str:
        """Return the findings as one HTML page that needs no other file."""
        from longgame.experiments.reports.written import page

        return page(self)

    def _repr_html_(self) -> str:
        from longgame.experiments.reports.written import fragment

        return fragment(self)

    def __str__(self) -> str:
        return self.text()

    def write(self, folder: Path) -> None:
        """Write everything into a folder: tables, verdicts, report, scenario, figures in every style."""
        from longgame.experiments.figures.style import save
        from longgame.sim.scenario_files import dump_scenario

        for name, table in self.tables.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(folder / f"{name}.csv", index=False)
        if self.verdicts:
            found = ",\n".join(verdict.to_json() for verdict in self.verdicts)
            (folder / "verdict.json").write_text(f"[\n{found}\n]\n", encoding="utf-8")
        (folder / "report.md").write_text(self.markdown(), encoding="utf-8")
        if self.scenario is not None:
            dump_scenario(self.scenario, folder / "scenario.toml")
        about = json.dumps(self.about, indent=2, ensure_ascii=False)
        (folder / "about.json").write_text(f"{about}\n", encoding="utf-8")
        for name, draw in self.figures.items():
            save(draw, folder / "figures" / name)


def headline(text: str) -> str:
    """Return the first line of a text.

    Examples
    --------
    >>> headline('''The herd wins.
    ...
    ... The idea: sellers who share do better.''')
    'The herd wins.'
    """
    return text.strip().partition("\n")[0]
