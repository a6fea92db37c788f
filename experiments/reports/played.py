"""One run as a reader gets it: tables, a summary, a figure, and no verdict."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.figures.style import style
from longgame.experiments.measures.totals import summary
from longgame.experiments.words import number, years
from longgame.sim.books import Result
from longgame.sim.columns import TABLES

#: Columns of the summary that are shown first.
SHOWN = ("profit", "revenue", "pay", "deals", "annuity_share", "win_win_share", "client_trust")


class Played(Result):
    """The result of one run, with a summary and a figure."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables of the run by name."""
        return {name: table for name in TABLES if (table := getattr(self, name)) is not None}

    @property
    def verdict(self) -> str:
        """What one run can say of a claim: nothing."""
        return "Undecided: one run is no evidence. `longgame.claim` runs enough of them."

    def summary(self) -> pd.DataFrame:
        """Return one row per group of firms, per salesperson and year."""
        return summary(self.monthly)

    def plot(self) -> Figure:
        """Return a figure of the profit of every group, added up over the months."""
        with style("slide"):
            figure = Figure(figsize=(9.6, 5.4), layout="constrained")
            ax = figure.add_subplot()
            paths = self.monthly.pivot_table(
                index="month", columns="group", values="profit", aggfunc="sum", observed=True
            )
            for group, path in paths.cumsum().items():
                ax.plot(path.index / 12, path, label=str(group))
            ax.set(xlabel="years", ylabel="profit added up (money)", title=f"{self.scenario.name}, seed {self.seed}")
            ax.legend()
        return figure

    def _repr_html_(self) -> str:
        shown = self.summary()[list(SHOWN)].map(lambda value: number(float(value)))
        head = f"{self.scenario.name}, seed {self.seed}, {years(self.scenario.months)}; per salesperson and year"
        return f"<p>{head}</p>{shown.to_html()}"
