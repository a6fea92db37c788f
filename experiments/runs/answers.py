"""Runs for the laboratory: plans whose every run is needed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from longgame.experiments.design.plan import Plan
from longgame.experiments.runs.runner import Outcome, failed
from longgame.experiments.studies.all_claims import Workers


class Failed(RuntimeError):
    """A run failed that cannot be done without."""


class Whole:
    """Runs plans, refuses those with failed runs, and keeps the last outcome.

    Parameters
    ----------
    workers : Workers
    name : str
        Under which the store notes the plans.
    """

    def __init__(self, workers: Workers, name: str) -> None:
        self.workers, self.name = workers, name
        self.outcome: Outcome | None = None

    def __call__(self, plan: Plan) -> Mapping[str, pd.DataFrame]:
        """Run a plan and return its tables.

        Raises
        ------
        Failed
            If a run failed.
        longgame.experiments.studies.all_claims.Lost
            If the executor broke down.
        """
        self.outcome = self.workers.run(plan, self.name)
        if self.outcome.failures:
            raise Failed(failed(self.outcome.failures, len(plan)))
        return self.outcome.tables
