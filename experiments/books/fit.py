"""Fit a market to an order book: weighted markets that reproduce it, and the one in their middle.

Each of some hundred markets has its own values of what a book does not tell of. What the book tells of is moved, in
steps, until the market writes such a book (`smoother`). One further market has everything else as in its configuration:
the centre. It is what is delivered, so it is brought nearer still, by the mean of several seeds. In the end all markets
are run once more with seeds that nothing was fitted to: these runs are what is compared with the book.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from scipy.stats import norm

from longgame.experiments.books.fitted import Fitted, Runs, chance_of, column_of, filled, scaled
from longgame.experiments.books.numbers import BOOK, CURVE, KNOWN, NUMBERS, numbers
from longgame.experiments.books.smoother import CLOSEST, STEPS, gain, step
from longgame.experiments.books.space import SELLERS, Frame, framed, others, usual_others
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.evidence.table import Kind
from longgame.experiments.orders.likelihood import repeat_curve
from longgame.experiments.orders.log import OrderLog
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario

#: Markets that are fitted.
MARKETS = 100

#: Seeds among which the markets of a step are shared out: markets of one seed have much of their chance in common.
SEEDS = 8

#: Steps of the centre after those of all markets.
NEARER = 5

#: Seeds over which the centre is compared with the book.
LAST = 12

#: How closely the centre is to meet numbers that it need not meet, on their scales; the others `CLOSEST`.
OTHER_SD = 0.10

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
        self.others = others(self.frame, self.count, rng)
        usual = usual_others(self.frame, list(self.others[0]))
        self.matched = tuple(n for n in NUMBERS if math.isfinite(self.wanted[n.name]) and n.name != "sellers")
        wanted = np.array([float(n.scaled(np.array(self.wanted[n.name]))) for n in self.matched])
        places = rng.normal(size=(self.count, len(self.frame.told)))
        first = self._dials(places)
        middle = np.zeros(len(self.frame.told))
        for k, damp in enumerate(STEPS):
            ran, centre = self._run(self._dials(places), k), self._repeated(middle, usual, k)
            good = self._selling(ran)
            values = filled(scaled(ran, self.matched)[good])
            seen = places[good], values
            self.tell(f"step {k + 1} of {len(STEPS)}: {self._said(centre)}")
            self._hire(centre)
            middle = self._closer(middle, centre, seen, wanted)
            moved = step(places[good], values, wanted, chance_of(centre, self.matched), damp, rng)
            places[good] = moved
            places[~good] = moved[rng.integers(len(moved), size=int((~good).sum()))]
            places = np.clip(places, -3.0, 3.0)
        middle = self._nearest([middle, np.median(places, axis=0)], usual, seen, wanted)
        cloud = self._run(dials := self._dials(places), 90)
        delivered = self._repeated(middle, usual, 91, LAST)
        return Fitted(
            name=self.log.name,
            currency=self.log.currency,
            frame=self.frame,
            matched=self.matched,
            wanted=self.wanted,
            places=places,
            dials=dials,
            prior=first,
            centre=self._told(middle, usual),
            cloud=cloud,
            delivered=delivered,
            curve=repeat_curve(self.log.frame, self.log.months)[:CURVE],
            seed=self.seed,
            runs=self.runs,
        )

    def _hire(self, centre: Runs) -> None:
        """Give the markets as many places for salespeople as it takes to see so many sell at one time."""
        seen = float(np.nanmean(centre.values[:, column_of(KNOWN["sellers"])]))
        if self.wanted["sellers"] > 0 and seen > 0 and self.frame.named:
            places = round(self.frame.sellers * min(max(self.wanted["sellers"] / seen, 0.5), 2.0))
            self.frame = replace(self.frame, sellers=max(SELLERS, places))

    def _closer(
        self,
        middle: np.ndarray,
        centre: Runs,
        seen: tuple[np.ndarray, np.ndarray],
        wanted: np.ndarray,
        part: float = 1.0,
    ) -> np.ndarray:
        """Return the centre moved towards the book, by what the latest step says of how numbers follow dials."""
        if not np.isfinite(centre.values[:, column_of(KNOWN["orders"])]).any():
            return middle + 0.5  # it sold nothing: more needs of more customers
        others = np.array([0.0 if number.must else OTHER_SD**2 for number in self.matched])
        means = np.nanmean(scaled(centre, self.matched), axis=0)
        off = wanted - np.where(np.isfinite(means), means, wanted)
        moved = gain(*seen, chance_of(centre, self.matched) + others + CLOSEST**2) @ off
        return np.clip(middle + part * moved, -3.0, 3.0)

    def _nearest(
        self,
        starts: list[np.ndarray],
        usual: Mapping[str, float],
        seen: tuple[np.ndarray, np.ndarray],
        wanted: np.ndarray,
    ) -> np.ndarray:
        """Return the centre nearest to the book: from the better start on, in steps that halve where they fail."""
        stage = len(STEPS)
        tried = [(place, self._repeated(place, usual, stage + k)) for k, place in enumerate(starts)]
        best, centre = min(tried, key=lambda one: self._missed(one[1]))
        part = 1.0
        for k in range(NEARER):
            place = self._closer(best, centre, seen, wanted, part)
            ran = self._repeated(place, usual, stage + len(starts) + k)
            if self._missed(ran) < self._missed(centre):
                best, centre = place, ran
            else:
                part /= 2
            self.tell(f"centre, step {k + 1} of {NEARER}: {self._said(centre)}")
        return best

    def _missed(self, centre: Runs) -> float:
        """Return how far a centre is off the book in the numbers that it has to meet, in parts of what it may miss."""
        off = 0.0
        for number in (number for number in self.matched if number.must):
            found = float(np.nanmean(centre.values[:, column_of(number)]))
            missed = number.off(found, self.wanted[number.name]) / number.most
            off += missed**2 if math.isfinite(missed) else math.inf
        return off

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
                tables.append(self._tables(Plan(some, (self._number(stage, group),), (BOOK,))))
        table = pd.concat(tables) if tables else pd.DataFrame()
        return self._gathered(table, [*markets], "market")

    def _repeated(self, place: np.ndarray, usual: Mapping[str, float], stage: int, count: int = SEEDS) -> Runs:
        """Run the centre with several seeds."""
        seeds = tuple(self._number(stage, 50 + k) for k in range(count))
        table = self._tables(Plan({"centre": self._market(self._told(place, usual))}, seeds, (BOOK,)))
        return self._gathered(table, [*seeds], "seed")

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

    def _said(self, centre: Runs) -> str:
        """Return how far the centre is off the book, in the numbers that have to be met."""
        parts = []
        for number in self.matched:
            if number.must:
                found = float(np.nanmean(centre.values[:, column_of(number)]))
                parts.append(f"{number.name} {100 * number.off(found, self.wanted[number.name]):+.0f}")
        return ", ".join(parts) + " (%, points)"
