"""Markets of one kind as a function of their dials: from points of the cube to numbers of the table of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from longgame.experiments.design.plan import Answer, Measure, Plan
from longgame.experiments.evidence.ensemble import scenario_at
from longgame.experiments.evidence.space import Space
from longgame.experiments.evidence.table import Kind


@dataclass
class Markets:
    """Runs markets through a plan, so that a results store keeps them.

    Attributes
    ----------
    kind : Kind
    space : Space
        Dials that vary.
    fixed : mapping
        Dials and numbers that do not, where they differ from the configuration.
    measures : sequence of Measure
        Each gives one row a run.
    columns : sequence of str
        Numbers that are wanted, each in one of the measures.
    answer : callable
    runs : int
        Made so far.
    """

    kind: Kind
    space: Space
    fixed: Mapping[str, Any]
    measures: Sequence[Measure]
    columns: Sequence[str]
    answer: Answer = field(repr=False)
    runs: int = 0

    def __call__(self, places: np.ndarray, seeds: tuple[int, ...]) -> np.ndarray:
        """Return the numbers of markets at points, NaN where a run failed or has none.

        Returns
        -------
        numpy.ndarray
            Shape (points, seeds, columns).
        """
        markets = {f"{k:05}": scenario_at(self.kind, v, self.fixed) for k, v in enumerate(self.space.values(places))}
        tables = self.answer(Plan(markets, seeds, self.measures))
        self.runs += len(markets) * len(seeds)
        found = np.full((len(markets), len(seeds), len(self.columns)), np.nan)
        seats = {seed: k for k, seed in enumerate(seeds)}
        for table in tables.values():
            rows = table["market"].astype(int).to_numpy()
            at = table["seed"].map(seats).to_numpy()
            for column, name in enumerate(self.columns):
                if name in table:
                    found[rows, at, column] = table[name].to_numpy(dtype=float)
        return found
