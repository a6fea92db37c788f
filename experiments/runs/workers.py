"""Plans run one after another on the same worker processes and through one results store."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import pandas as pd

from longgame.experiments.design.plan import Plan
from longgame.experiments.runs.pool import process_pool
from longgame.experiments.runs.runner import Outcome, compile_once, failed, interruptible, run_plan
from longgame.experiments.store.store import ResultStore


class Lost(RuntimeError):
    """The executor broke down; what was finished is in the store."""

    def __init__(self, lost: int, total: int) -> None:
        self.lost, self.total = lost, total
        super().__init__(f"{lost} of {total} runs could not be made")


class Failed(RuntimeError):
    """Runs failed without which there is no answer."""


class AllFailed(Failed):
    """No run of a plan gave anything."""


@dataclass
class Workers:
    """Runs plans one after another on the same worker processes; a context manager.

    Parameters
    ----------
    store : ResultStore
    workers : int
        Worker processes; 1 runs in this process.
    executor : concurrent.futures.Executor, optional
        Where to run instead, as for `run_plan`.
    progress : bool
        As for `run_plan`.

    Attributes
    ----------
    outcome : Outcome or None
        Of the last plan.
    """

    store: ResultStore
    workers: int
    executor: Executor | None = None
    progress: bool = False
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        self._stack, self._pool = ExitStack(), None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)  # with the error: workers then stop at once

    def run(self, plan: Plan, name: str | None = None) -> Outcome:
        """Run what is missing of a plan.

        Parameters
        ----------
        plan : Plan
        name : str, optional
            Name under which the store notes the plan.

        Raises
        ------
        Lost
            If the executor broke down.
        Interrupted
            On Ctrl-C, as from `run_plan`.
        """
        with interruptible(plan, self.store):
            outcome = self._outcome(plan, name)
        if outcome.lost:
            raise Lost(outcome.lost, len(plan))
        self.outcome = outcome
        return outcome

    def _outcome(self, plan: Plan, name: str | None) -> Outcome:
        """Run what is missing of a plan, on the kept workers where it takes any."""
        how: dict[str, Any] = {"store": self.store, "name": name, "progress": self.progress, "workers": self.workers}
        if self.executor is not None or self.workers == 1 or not self.store.missing(plan):
            return run_plan(plan, executor=self.executor, **how)
        outcome = run_plan(plan, executor=self._kept_pool(), **how)
        if outcome.lost:  # a worker was killed: find out by which run, and go on with new ones
            self._stack.close()
            self._pool = None
            outcome = run_plan(plan, **how)
        return outcome

    def tables(self, plan: Plan, name: str | None = None, *, whole: bool = False) -> Mapping[str, pd.DataFrame]:
        """Run what is missing of a plan and return its tables; failed runs are in none.

        Parameters
        ----------
        plan : Plan
        name : str, optional
            Name under which the store notes the plan.
        whole : bool
            Whether every run is needed.

        Raises
        ------
        AllFailed
            If no run gave anything.
        Failed
            If a run failed and all are needed.
        Lost
            If the executor broke down.
        """
        outcome = self.run(plan, name)
        if len(outcome.failures) == len(plan):
            raise AllFailed(f"all runs failed: {outcome.failures[0].error}")
        if whole and outcome.failures:
            raise Failed(failed(outcome.failures, len(plan)))
        return outcome.tables

    def _kept_pool(self) -> Executor:
        """Return the pool of all plans, started when it is first needed."""
        if self._pool is None:
            compile_once()
            self._pool = self._stack.enter_context(process_pool(self.workers))
        return self._pool


def work_of(plan: Plan) -> float:
    """Return the customer-months of a plan."""
    return float(sum(s.customers.count * s.months for s in plan.markets.values()) * len(plan.seeds))
