"""One or two dials of the scenario turned, and ours set against theirs at every value.

The answer at each value is the mean paired difference at the longest horizon, ours − theirs. Everything else
is the scenario's. With one dial the figure is a line for each side, with two a map of the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import SHARED, Arm, chosen, values
from longgame.experiments.design.dials import read
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.figures.maps import figure_grid, figure_map
from longgame.experiments.inference.effects import Effect, paired
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.measures.totals import SUMMARY_UNITS
from longgame.experiments.study import Draw, Findings
from longgame.experiments.words import MARKET_WORDS, listed, many, named, number, years
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario

#: Values of a dial, if it is not said how many.
POINTS = 5

#: Most values of a dial: each is a market of its own.
MOST = 1000


@dataclass(frozen=True)
class Sweep:
    """A sweep of one or two dials.

    Attributes
    ----------
    dials : mapping of str to sequence of numbers
        Dotted names of the scenario, or ``months``, and the values they take.
    ours, theirs : Arm
        A positive difference is one for `ours`.
    setting : {"shared", "separate"}
        Whether both compete for the same customers.
    column : str
        What is compared, a column of the run summary.
    """

    dials: Mapping[str, Sequence[float]]
    ours: Arm
    theirs: Arm
    setting: str = SHARED
    column: str = "profit"
    name: str = "sweep"
    text: str = __doc__ or ""

    def plan(self, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
        """Return a market of both sides (or one for each) at every value."""
        return Plan(grid(scenario, self.dials, [self.ours, self.theirs]).where(setting=self.setting), seeds, [AT_END])

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run the plan and return the difference at every value."""
        return self.analyse(answer(self.plan(scenario, seeds)))

    @property
    def labels(self) -> list[str]:
        """The label columns of the dials."""
        return ["run_months" if dial == "months" else dial for dial in self.dials]

    @property
    def unit(self) -> str:
        """The unit of a difference."""
        return PROFIT_UNIT if self.column == "profit" else SUMMARY_UNITS.get(self.column, "")

    def effects(self, table: pd.DataFrame) -> list[tuple[dict[str, float], Effect]]:
        """Return the paired difference at every value of the dials."""
        found = []
        for _, here in table.groupby(self.labels, sort=True):
            point = {label: here[label].iloc[0] for label in self.labels}
            ours, theirs = (values(here, self.setting, arm, self.column) for arm in (self.ours, self.theirs))
            at = {label: number(float(value)) for label, value in point.items()}
            found.append((point, paired(ours, theirs, unit=self.unit, at=at)))
        return found

    def analyse(self, tables: Tables) -> Findings:
        """Return the differences as a table, a sentence and a figure."""
        table = tables["horizons"]
        found = self.effects(table)
        points = pd.DataFrame(
            [
                {**point, "difference": e.value, "low": e.low, "high": e.high, "n": e.n, "sign": e.sign}
                for point, e in found
            ]
        )
        shown = pd.DataFrame(
            [
                {
                    **e.at,
                    "difference": number(e.value),
                    "95% interval": f"{number(e.low)} to {number(e.high)}",
                    "ahead": {1: named(self.ours), -1: named(self.theirs)}.get(e.sign or 0, "not clear"),
                }
                for _, e in found
            ]
        )
        title = f"{named(self.ours)} against {named(self.theirs)} over {listed(self.labels)}"
        return Findings(
            self.name,
            title[:1].upper() + title[1:],
            sentences=(self._sentence(table, found),),
            shown={f"{self.column}, {self.unit}": shown},
            tables={"points": points, "runs": table},
            figures={"sweep": self._draw(table)},
        )

    def _sentence(self, table: pd.DataFrame, found: Sequence[tuple[dict[str, float], Effect]]) -> str:
        """Say in how many places each side is ahead, and by what is counted."""
        signs = [effect.sign for _, effect in found]
        time = years(int(table["months"].max()))
        return (
            f"Over {time} in the {MARKET_WORDS[self.setting]}, {named(self.ours)} are ahead in {self.column} at "
            f"{signs.count(1)} of {many(len(signs), 'point')}, {named(self.theirs)} at {signs.count(-1)}; "
            f"{signs.count(None)} are not clear."
        )

    def _draw(self, table: pd.DataFrame) -> Draw:
        """Return the figure: a line for each side, or a map of the difference."""
        rows = table.loc[chosen(table, {"setting": self.setting})]
        if "run_months" in rows:  # every point is a run of its own length, and is drawn at its own end
            rows = rows.drop(columns="months")
        how: dict[str, Any] = {"what": self.column, "where": MARKET_WORDS[self.setting], "unit": self.unit}
        if len(self.labels) == 1:
            arms = [self.ours, self.theirs]
            return partial(figure_grid, table=rows, dial=self.labels[0], arms=arms, column=self.column, **how)
        x, y = self.labels
        return partial(figure_map, table=rows, x=x, y=y, ours=self.ours, theirs=self.theirs, column=self.column, **how)


def read_sweep(text: str, option: str, scenario: Scenario) -> tuple[str, list[float]]:
    """Read ``DIAL=LOW:HIGH:COUNT`` (or a part of it) as the name of a dial and its values.

    Examples
    --------
    >>> read_sweep("word_of_mouth.gossip=0:0.9:4", "DIAL", Scenario())
    ('word_of_mouth.gossip', [0.0, 0.3, 0.6, 0.9])

    Raises
    ------
    InputError
        If there is no such dial, or the scenario cannot have such values.
    """
    name, _, ends = text.partition("=")
    low_high, count = ends, POINTS
    if ends.count(":") == 2:
        low_high, _, said = ends.rpartition(":")
        if not said.isdecimal() or not 2 <= int(said) <= MOST:
            raise InputError(f"{option} {text}: {said!r} is no number of values; give 2 to {MOST}")
        count = int(said)
    dial = read(f"{name}={low_high}" if low_high else name, option, scenario)
    steps = np.linspace(dial.low, dial.high, count)
    found = dict.fromkeys(round(value) if dial.whole else float(f"{value:.6g}") for value in steps)
    return dial.name, list(found)
