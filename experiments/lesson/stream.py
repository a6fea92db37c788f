"""Markets run while somebody watches: the numbers on the page, month by month, and at the end with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import SHARED, Arm, markets, policy_of
from longgame.experiments.lesson import conclusion, network, race
from longgame.experiments.lesson.asked import Asked
from longgame.experiments.lesson.grid import MEASURES
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
        First ``markets`` (name to ``customers`` and ``salespeople``) and ``months``. Then one a month:
        ``month`` and ``arms``, by name of the arm ``runs`` with their ``median``, ``low`` and ``high``
        (cumulative profit per salesperson, money). Last ``cell``, as the lesson page holds one, and
        ``said``, the result in words.
    """
    made = asked.markets
    yield {
        "markets": {
            name: {"customers": market.customers.count, "salespeople": market.sellers} for name, market in made.items()
        },
        "months": asked.base.months,
    }
    playing = {name: [Playing(market, seed) for seed in asked.seeds] for name, market in made.items()}
    for month in range(1, asked.base.months + 1):
        for runs in playing.values():
            for one in runs:
                one.play_month()
                check()
        yield {"month": month, "arms": {arm.name: _profits(playing, asked, arm) for arm in asked.sides}}
    tables = measured(asked, {name: [one.result() for one in runs] for name, runs in playing.items()})
    contrast = asked.contrast
    cell = race.cell(tables, asked.base.months, [asked.where], asked.sides, [contrast])
    yield {"cell": cell, "said": conclusion.result(cell, contrast, asked.where, asked.base.months)}


def _profits(playing: Mapping[str, Sequence[Playing]], asked: Asked, arm: Arm) -> dict[str, Any]:
    """Return the profit of an arm in every run, and their median and band."""
    runs = playing[SHARED if asked.where == SHARED else arm.name]
    group = [firms.name for firms in runs[0].market.firms].index(arm.name)
    profits = [one.profit[group] for one in runs]
    return {**race.spread(profits), "runs": race.whole(profits)}


def measured(asked: Asked, results: Mapping[str, Sequence[Result]]) -> dict[str, pd.DataFrame]:
    """Return the measures of the lesson of every run, by name, with the columns that a plan puts before them."""
    tables = {}
    for measure in MEASURES:
        of_runs = []
        for name, of_market in results.items():
            for result in of_market:
                table = measure.of(result)
                table.insert(0, "market", name)
                table.insert(1, "seed", result.seed)
                of_runs.append(table)
        tables[measure.name] = asked.markets.labelled(pd.concat(of_runs, ignore_index=True))
    return tables


def monthly(asked: Asked, check: Check = unlimited) -> Iterator[pd.DataFrame]:
    """Yield the monthly table of every run, with its market and seed before it; `check` as in `run`."""
    for name, market in asked.markets.items():
        for seed in asked.seeds:
            one = Playing(market, seed)
            for _ in range(market.months):
                one.play_month()
                check()
            table = one.result().monthly
            table.insert(0, "market", name)
            table.insert(1, "seed", seed)
            yield table


def picture(asked: Asked, check: Check = unlimited) -> Iterator[Message]:
    """Play the small market of the picture with the reader's numbers; `check` as in `run`.

    Yields
    ------
    dict
        First `network.scene`; then one a month: ``month`` and by name of the market ``shown``, the letters
        and the stories of `network.shown`.
    """
    arms = [replace(arm, policy=policy_of(asked.scenario, arm.organisation)) for arm in asked.arms]
    made = markets(network.small(asked.scenario, len(arms)), arms)
    names = [arm.name for arm in arms]
    yield network.scene(made[SHARED], arms, asked.seed)
    shown = {name: network.shown(made[name], names, asked.seed) for name in asked.markets}
    for month in range(1, asked.base.months + 1):
        yield {"month": month, "shown": {name: next(market) for name, market in shown.items()}}
        check()
