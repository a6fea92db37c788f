"""Towns run while somebody watches: the lead month by month, and at the end its course with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Plan
from longgame.experiments.lesson import town
from longgame.experiments.lesson.asked import Asked
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.sim.books import Result
from longgame.sim.engine import months
from longgame.sim.scenario import Scenario
from longgame.sim.state import CENTS, State

Message = dict[str, Any]


class Playing:
    """One run that is being played.

    Attributes
    ----------
    profit : ndarray of float, shape (groups,)
        Cumulative profit per salesperson of every group of firms, as `measures.cumulative`. Unit: money.
    """

    def __init__(self, market: Scenario, seed: int) -> None:
        self.market = market
        self._months = months(market, seed)
        self._state: State | None = None
        self.profit = np.zeros(len(market.firms))

    def play_month(self) -> None:
        """Play one month more."""
        self._state, self._books = next(self._months)
        profit, people = self._books.latest("profit"), self._books.latest("salespeople")
        self.profit += np.divide(profit / CENTS, people, out=np.zeros(len(people)), where=people > 0)

    def play(self, check: Check) -> Result:
        """Play all months and return their tables."""
        for _ in range(self.market.months):
            self.play_month()
            check()
        return self.result()

    def result(self) -> Result:
        """Return the tables of the months played."""
        return self._books.result(self._state)


def run(asked: Asked, check: Check = unlimited) -> Iterator[Message]:
    """Play all runs that were asked for, side by side.

    Parameters
    ----------
    asked : Asked
    check : callable
        Called in every month of every run; ends the runs by raising.

    Yields
    ------
    dict
        First ``customers``, ``salespeople`` and ``months``. Then one at the end of every quarter: ``month``, ``lead``
        (median, low and high), ``ours`` and ``theirs`` (medians). Last ``course``, as `town.read`.
    """
    market = asked.market
    yield {"customers": market.customers.count, "salespeople": market.sellers, "months": market.months}
    playing = [Playing(market, seed) for seed in asked.seeds]
    points = set(town.quarters(market.months))
    for month in range(1, market.months + 1):
        for one in playing:
            one.play_month()
            check()
        if month in points:
            ours, theirs = np.transpose([one.profit for one in playing])
            medians = {side: town.whole(np.median(runs)) for side, runs in zip(town.SIDES, (ours, theirs), strict=True)}
            yield {"month": month, "lead": town.spread(ours - theirs), **medians}
    rows = pd.concat([_measured(one.result(), {}) for one in playing], ignore_index=True)
    yield {"course": town.read(rows, market.months)}


def _measured(result: Result, labels: Mapping[str, Any]) -> pd.DataFrame:
    """Return the course of a run, with its seed and further labels."""
    return town.course(result).assign(seed=result.seed, **labels)


def answer(plan: Plan, check: Check = unlimited) -> dict[str, pd.DataFrame]:
    """Run a plan of towns in this thread and return its table; `check` as in `run`."""
    rows = [_measured(Playing(one.scenario, one.seed).play(check), {"market": one.market}) for one in plan.runs()]
    return {town.COURSE.name: pd.concat(rows, ignore_index=True)}


def monthly(asked: Asked, check: Check = unlimited) -> Iterator[pd.DataFrame]:
    """Yield the monthly table of every run, with its seed before it; `check` as in `run`."""
    for seed in asked.seeds:
        table = Playing(asked.market, seed).play(check).monthly
        table.insert(0, "seed", seed)
        yield table
