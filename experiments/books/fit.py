"""Fit a market to an order book: weighted markets that reproduce it, and the nearest of them.

Each of some hundred markets has its own values of what a book does not tell of. What the book tells of is moved, in
steps, until the market writes such a book (`smoother`). In the end all are run once more with seeds that nothing was
fitted to: these runs are what is compared with the book. The nearest market is what is delivered, so it is brought
nearer still, by the mean of several seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from scipy.optimize import least_squares
from scipy.stats import norm

from longgame.experiments.books.fitted import Fitted, Runs, chance_of, column_of, filled, scaled, wanted_of
from longgame.experiments.books.numbers import CURVE, KNOWN, NUMBERS, book_of, numbers
from longgame.experiments.books.smoother import CLOSEST, STEPS, step
from longgame.experiments.books.space import PLACES, Frame, framed, others
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.evidence.table import Kind
from longgame.experiments.orders.log import OrderLog
from longgame.experiments.orders.repeats import repeat_curve
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario

#: Markets that are fitted.
MARKETS = 100

#: Seeds among which the markets of a step are shared out: markets of one seed have much of their chance in common.
SEEDS = 8

#: Markets that are run several times to find the nearest.
TRIED = 6

#: Most evaluations to bring it nearer, and which part of the cost or of a place has to change in one for another to
#: follow.
NEARER, WORTH = 6, 0.02

#: How far a dial is shifted to see what follows, and how far it goes at most; normal scores.
SHIFT, WIDEST = 0.25, 3.0

#: How far the nearest market goes from its place for a number to come nearer by `CLOSEST`: normal scores.
HELD = 0.5

#: How far a market that sells nothing is taken to be off, on the scales of numbers.
FAR = 3.0

#: Seeds over which the nearest market is compared with the book.
LAST = 12

#: How closely the nearest market is to meet numbers that it need not meet, on their scales; the others `CLOSEST`.
OTHER_SD = 0.25

#: Numbers of a survey: those that are dials themselves, and those that are matched.
AS_DIAL = {"trust": "trust.prior"}
AS_NUMBER = ("recommended", "wallet")


def in_this_process(plan: Plan) -> Tables:
    """Run a plan in this process, and keep nothing."""
    from longgame.experiments.runs.runner import run_plan

    return run_plan(plan, workers=1, progress=False).tables


def fit(
    log: OrderLog,
    *,
    kind: Kind = "repeat-supply",
    salespeople: int | None = None,
    survey: Mapping[str, float] | None = None,
    seed: int = 0,
    markets: int = MARKETS,
    answer: Answer = in_this_process,
    tell: Callable[[str], None] = lambda line: None,
) -> Fitted:
    """Fit markets to an order book.

    Parameters
    ----------
    log : OrderLog
    kind : {"repeat-supply", "projects", "consumer-services"}
        What stands for all that a book does not tell of.
    salespeople : int, optional
        Who sell at one time, where the book names none.
    survey : mapping of str to float, optional
        Shares that the user knows: ``trust`` (strangers who trust a salesperson), ``recommended`` (new customers who
        came by recommendation), ``wallet`` (needs that end in an order).
    seed : int
        Of everything that is drawn.
    markets : int
        How many are fitted, at least 30.
    answer : callable
        Runs a plan.
    tell : callable
        Takes a line on how far it is.

    Raises
    ------
    InputError
        If the book has less than 3 months, less than 20 customers, or nobody who bought in a second month.
    """
    _refuse_thin(log, salespeople, survey or {}, markets)
    wanted = numbers(log) | {name: value for name, value in (survey or {}).items() if name in AS_NUMBER}
    given = {AS_DIAL[name]: value for name, value in (survey or {}).items() if name in AS_DIAL}
    frame = framed(log, wanted, kind, salespeople, given)
    if frame.cohort:
        wanted["new"] = math.nan  # nobody, by what is counted
    return _Fitting(log, frame, wanted, seed, markets, answer, tell).run()


def _refuse_thin(log: OrderLog, salespeople: int | None, survey: Mapping[str, float], markets: int) -> None:
    """Refuse a book of which nothing can be fitted, and numbers that cannot be."""
    if log.months < 3:
        raise InputError(
            f"{log.name}: covers {log.months} complete month{'s' * (log.months != 1)}; a fit needs 3 or more"
        )
    if log.customers < 20:
        raise InputError(
            f"{log.name}: has {log.customers} customer{'s' * (log.customers != 1)}; a fit needs 20 or more"
        )
    if not log.frame.drop_duplicates(["customer", "month"])["customer"].duplicated().any():
        raise InputError(f"{log.name}: no customer bought in a second month; give a log that covers repeat purchases")
    if salespeople is not None and salespeople < 1:
        raise InputError(f"salespeople is {salespeople}; it must be at least 1")
    if markets < 30:
        raise InputError(f"markets is {markets}; it must be at least 30")
    for name, value in survey.items():
        if name not in (*AS_DIAL, *AS_NUMBER):
            raise InputError(f"survey names {name!r}; choose from {', '.join((*AS_DIAL, *AS_NUMBER))}")
        if not 0 < value < 1:
            raise InputError(f"{name} is {value}; it must be a share between 0 and 1")


@dataclass
class _Fitting:
    """The work of `fit`."""

    log: OrderLog
    frame: Frame
    wanted: dict[str, float]
    seed: int
    count: int
    answer: Answer
    tell: Callable[[str], None]
    runs: int = 0

    def run(self) -> Fitted:
        """Carry out the steps."""
        rng = np.random.default_rng([self.seed, 201])
        self.book = book_of(self.frame.cohort)
        self.others = others(self.frame, self.count, rng)
        unseen = set() if PLACES in self.frame.told.names else {"sellers"}
        self.matched = tuple(n for n in NUMBERS if math.isfinite(self.wanted[n.name]) and n.name not in unseen)
        self.close = np.array([CLOSEST if number.must else OTHER_SD for number in self.matched])
        wanted = wanted_of(self.wanted, self.matched)
        places = rng.normal(size=(self.count, len(self.frame.told)))
        first = self._dials(places)
        for k, damp in enumerate(STEPS):
            ran = self._run(self._dials(places), k)
            good = self._selling(ran)
            values = filled(scaled(ran, self.matched)[good])
            _, again = self._best(places, ran, k, wanted)
            self.tell(f"step {k + 1} of {len(STEPS)}: {self._said(again)}")
            moved = step(places[good], values, wanted, chance_of(again, self.matched), damp, rng)
            places[good] = moved
            places[~good] = moved[rng.integers(len(moved), size=int((~good).sum()))]
            places = np.clip(places, -WIDEST, WIDEST)
        cloud = self._run(dials := self._dials(places), 90)
        best, _ = self._best(places, cloud, 91, wanted)
        others_too = self.others[best]
        nearest = self._nearer(places[best], others_too, 92, wanted)
        return Fitted(
            name=self.log.name,
            currency=self.log.currency,
            frame=self.frame,
            matched=self.matched,
            wanted=self.wanted,
            places=places,
            dials=dials,
            prior=first,
            nearest_place=nearest,
            nearest=self._told(nearest, others_too),
            cloud=cloud,
            delivered=self._side_by_side([(nearest, others_too)], 93, LAST)[0],
            curve=repeat_curve(self.log.frame, self.log.months)[:CURVE],
            seed=self.seed,
            runs=self.runs,
        )

    def _best(self, places: np.ndarray, ran: Runs, stage: int, wanted: np.ndarray) -> tuple[int, Runs]:
        """Return which market is nearest to the book, by several runs of those that are by one, and these runs."""
        off = np.nan_to_num((scaled(ran, self.matched) - wanted) / self.close, nan=FAR / CLOSEST)
        tried = np.argsort((off**2).sum(axis=1), kind="stable")[:TRIED]
        again = self._side_by_side([(places[k], self.others[k]) for k in tried], stage, SEEDS)
        missed = [float((((self._means(one) - wanted) / self.close) ** 2).sum()) for one in again]
        best = int(np.argmin(missed))
        return int(tried[best]), again[best]

    def _means(self, runs: Runs) -> np.ndarray:
        """Return the means of runs on the scales of the matched numbers, far below where nothing is sold."""
        values = scaled(runs, self.matched)
        known = np.isfinite(values)
        means = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return np.where(known.any(axis=0), means, -FAR)

    def _nearer(self, start: np.ndarray, others_too: Mapping[str, float], stage: int, wanted: np.ndarray) -> np.ndarray:
        """Return a place nearer to the book in the mean of the same few seeds: least squares over the way there."""

        def off(places: Sequence[np.ndarray]) -> np.ndarray:
            ran = self._side_by_side([(place, others_too) for place in places], stage, SEEDS)
            if len(places) == 1:
                self.tell(f"the nearest market: {self._said(ran[0])}")
            return np.array([(self._means(one) - wanted) / self.close for one in ran])

        def missed(way: np.ndarray) -> np.ndarray:
            return np.append(off([start + way])[0], way / HELD)

        def slopes(way: np.ndarray) -> np.ndarray:
            here, *there = off([start + way, *(start + way + SHIFT * np.eye(len(way)))])
            return np.vstack([(np.array(there) - here).T / SHIFT, np.eye(len(way)) / HELD])

        bounds = (-WIDEST - start - SHIFT, WIDEST - start + SHIFT)  # the start lies well within
        nowhere = np.zeros(len(start))
        return start + least_squares(missed, nowhere, slopes, bounds, max_nfev=NEARER, ftol=WORTH, xtol=WORTH).x

    def _selling(self, ran: Runs) -> np.ndarray:
        """Return which markets sell anything, shape (markets,)."""
        good = np.isfinite(ran.values[:, column_of(KNOWN["orders"])])
        if good.sum() < 2 * len(self.frame.told):
            raise InputError(
                f"{self.log.name}: only {good.sum()} of {self.count} simulated markets sell anything; take "
                "more markets, or another kind of market"
            )
        return good

    def _told(self, place: np.ndarray, others: Mapping[str, float]) -> dict[str, float]:
        """Return all dials of a market at a place."""
        told = {
            prior.name: prior.value(float(norm.cdf(z))) for prior, z in zip(self.frame.told.priors, place, strict=True)
        }
        return self.frame.dials(told, others)

    def _dials(self, places: np.ndarray) -> list[dict[str, float]]:
        """Return the dials of all markets."""
        return [self._told(place, other) for place, other in zip(places, self.others, strict=True)]

    def _run(self, dials: list[dict[str, float]], stage: int) -> Runs:
        """Run every market once, with one of a few seeds."""
        markets = {f"{k:04}": self._market(values) for k, values in enumerate(dials)}
        tables = []
        for group in range(SEEDS):
            some = {name: markets[name] for name in list(markets)[group::SEEDS]}
            if some:
                tables.append(self._tables(Plan(some, (self._number(stage, group),), (self.book,))))
        table = pd.concat(tables) if tables else pd.DataFrame()
        return self._gathered(table, [*markets], "market")

    def _side_by_side(
        self, places: Sequence[tuple[np.ndarray, Mapping[str, float]]], stage: int, count: int
    ) -> list[Runs]:
        """Run some markets, each with the same seeds."""
        seeds = tuple(self._number(stage, 50 + k) for k in range(count))
        markets = {f"{k:04}": self._market(self._told(*place)) for k, place in enumerate(places)}
        table = self._tables(Plan(markets, seeds, (self.book,)))
        return [self._gathered(table[table["market"] == name], [*seeds], "seed") for name in markets]

    def _number(self, stage: int, place: int) -> int:
        """Return a seed that is used once."""
        return self.seed * 100_000 + stage * 1_000 + place

    def _market(self, values: Mapping[str, float]) -> Scenario:
        """Return the market at the values of its dials."""
        try:
            return self.frame.scenario(values)
        except ValidationError as error:
            raise InputError(f"{self.log.name}: a market around it cannot be: {error.errors()[0]['msg']}") from None

    def _tables(self, plan: Plan) -> pd.DataFrame:
        """Run a plan."""
        self.runs += len(plan)
        return self.answer(plan)["book"]

    def _gathered(self, table: pd.DataFrame, keys: list[Any], by: str) -> Runs:
        """Return what runs gave, in order; totals are those of the whole book."""
        curves = [f"curve_{k}" for k in range(1, min(self.frame.months - 1, CURVE) + 1)]
        wide = table.set_index(by).reindex(index=keys, columns=[*(n.name for n in NUMBERS), *curves])
        values = wide[[n.name for n in NUMBERS]].to_numpy(float, copy=True)
        values[:, [n.adds for n in NUMBERS]] /= self.frame.part
        return Runs(values, wide[curves].to_numpy(float))

    def _said(self, runs: Runs) -> str:
        """Return how far runs are off the book, in the numbers that have to be met."""
        parts = []
        for number in self.matched:
            if number.must:
                found = float(np.nanmean(runs.values[:, column_of(number)]))
                parts.append(f"{number.name} {100 * number.off(found, self.wanted[number.name]):+.0f}")
        return ", ".join(parts) + " (%, points)"
