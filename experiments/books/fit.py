"""Fit a market to an order book: weighted markets that reproduce it, and the one in their middle.

Each of some hundred markets has its own values of what a book does not tell of. What the book tells of is moved, in
steps, until the market writes such a book (`smoother`). One further market has everything else as in its configuration:
the centre. It is what is delivered, so it is brought nearer still, by the mean of several seeds. In the end all markets
are run once more with seeds that nothing was fitted to: these runs are what is compared with the book.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from scipy.stats import norm

from longgame.experiments.books.numbers import BOOK, CURVE, KNOWN, NUMBERS, TENTH, Number, numbers
from longgame.experiments.books.smoother import CLOSEST, STEPS, gain, step
from longgame.experiments.books.space import SELLERS, Frame, framed, others, usual_others
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.implausibility import CUT
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

#: A book farther from the middle of the simulated ones than so many of them is said to lie outside.
OUTSIDE = 0.98

#: Numbers of a survey: those that are dials themselves, and those that are matched.
AS_DIAL = {"trust": "trust.prior"}
AS_NUMBER = ("recommended", "wallet")


@dataclass(frozen=True)
class Runs:
    """Markets that were run.

    Attributes
    ----------
    values : numpy.ndarray
        Numbers, natural scales, totals as of the whole book; shape (markets, numbers), NaN where nothing was sold.
    curves : numpy.ndarray
        Repeat curves, shape (markets, months).
    """

    values: np.ndarray
    curves: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Fitted:
    """Markets fitted to a book.

    Attributes
    ----------
    name, currency : str
        The book, and the currency of its amounts, if known.
    frame : Frame
    matched : tuple of Number
        Numbers that were matched.
    wanted : dict of str to float
        All numbers of the book.
    places : numpy.ndarray
        Normal scores of the dials that the book tells of, shape (markets, dials).
    dials : list of dict
        All dials of the markets.
    prior : list of dict
        The same before anything was compared.
    centre : dict of str to float
        Dials of the market in the middle.
    cloud : Runs
        The markets with fresh seeds.
    delivered : Runs
        The centre with fresh seeds, one row per seed.
    curve : numpy.ndarray
        Repeat curve of the book.
    seed : int
    runs : int
        That were made.
    """

    name: str
    currency: str
    frame: Frame
    matched: tuple[Number, ...]
    wanted: Mapping[str, float]
    places: np.ndarray = field(repr=False)
    dials: list[dict[str, float]] = field(repr=False)
    prior: list[dict[str, float]] = field(repr=False)
    centre: dict[str, float] = field(repr=False)
    cloud: Runs = field(repr=False)
    delivered: Runs = field(repr=False)
    curve: np.ndarray = field(repr=False)
    seed: int
    runs: int

    def scenario(self) -> Scenario:
        """Return the market in the middle."""
        return self.frame.scenario(self.centre).but(name="fitted")

    def weights(self) -> np.ndarray:
        """Return the weights of the markets: all alike, but none for one that is ruled out.

        Ruled out is what misses a number that has to be met by more than three deviations of chance and tolerance, as
        in `longgame ensemble`.
        """
        kept = np.ones(len(self.dials), dtype=bool)
        chance = _chance(self.delivered, self.matched)
        for k, number in enumerate(self.matched):
            if number.must and number.name in KNOWN:
                column = _column(number)
                off = number.scaled(self.cloud.values[:, column]) - number.scaled(np.array(self.wanted[number.name]))
                with np.errstate(invalid="ignore"):
                    kept &= np.abs(off) <= CUT * math.sqrt(2.0 * chance[k] + TENTH**2 / 4)
        if not kept.any():
            kept[:] = np.isfinite(self.cloud.values[:, 0])
        return kept / max(kept.sum(), 1)

    def estimates(self, level: float = 0.9) -> pd.DataFrame:
        """Return the dials that the book tells of: median and interval over the weighted markets.

        Returns
        -------
        pandas.DataFrame
            ``dial``, ``centre``, ``median``, ``low``, ``high``, ``narrowed`` (width ÷ that of the prior, on
            the prior's scale).
        """
        weights, rows = self.weights(), []
        kept = weights > 0
        for k, prior in enumerate(self.frame.told.priors):
            ends = np.quantile(norm.cdf(self.places[kept, k]), [(1 - level) / 2, 0.5, (1 + level) / 2])
            low, middle, high = (prior.value(float(end)) for end in ends)
            narrowed = float((ends[2] - ends[0]) / level)
            rows.append((prior.name, self.centre[prior.name], middle, low, high, narrowed))
        return pd.DataFrame(rows, columns=["dial", "centre", "median", "low", "high", "narrowed"])

    def compared(self) -> pd.DataFrame:
        """Return every number of the book beside the market that is delivered, what is not matched first.

        Returns
        -------
        pandas.DataFrame
            ``number``, ``words``, ``book``, ``market`` (mean over seeds), ``low``, ``high`` (90 % of the fitted
            markets), ``off`` (part, or points of a share), ``verdict`` ("matched", "NOT matched", "near", "far").
        """
        rows = []
        cloud = self.cloud.values[self.weights() > 0]
        for number in NUMBERS:
            wanted, column = self.wanted[number.name], _column(number)
            if not math.isfinite(wanted):
                continue
            found = float(np.nanmean(self.delivered.values[:, column]))
            low, high = np.nanquantile(cloud[:, column], [0.05, 0.95])
            off = number.off(found, wanted)
            near = abs(off) <= number.most
            verdict = ("matched" if near else "NOT matched") if number.must else ("near" if near else "far")
            rows.append((number.name, number.words, wanted, found, low, high, off, verdict))
        order = {"NOT matched": 0, "matched": 1, "far": 2, "near": 3}
        columns = ["number", "words", "book", "market", "low", "high", "off", "verdict"]
        found = pd.DataFrame(rows, columns=columns)
        return found.sort_values("verdict", key=lambda c: c.map(order), kind="stable").reset_index(drop=True)

    @property
    def not_matched(self) -> list[str]:
        """What the delivered market misses, in words."""
        table = self.compared()
        return table.loc[table["verdict"] == "NOT matched", "words"].tolist()

    def outside(self) -> tuple[float, list[str]]:
        """Return which share of the simulated books lie nearer to their middle than the book, and what sticks out.

        Distances are those of Mahalanobis, with the covariance of the fitted markets. A number sticks out that lies
        more than three standard deviations from their mean.
        """
        names = self.matched
        scaled = _filled(_scaled(self.cloud, names)[self.weights() > 0])
        wanted = np.array([float(number.scaled(np.array(self.wanted[number.name]))) for number in names])
        middle, spread = scaled.mean(axis=0), scaled.std(axis=0) + CLOSEST
        around = np.linalg.pinv(np.cov(scaled.T) + np.eye(len(names)) * CLOSEST**2)
        distance = np.einsum("ij,jk,ik->i", scaled - middle, around, scaled - middle)
        own = float((wanted - middle) @ around @ (wanted - middle))
        far = [n.words for n, x, m, s in zip(names, wanted, middle, spread, strict=True) if abs(x - m) > CUT * s]
        return float((distance < own).mean()), far

    def ensemble(self, made: Mapping[str, Any]) -> Ensemble:
        """Return the markets as an ensemble, with weights.

        Parameters
        ----------
        made : mapping of str to Any
            What it takes to make it again.
        """
        weights = self.weights()
        rows = [k for k in range(len(self.dials)) if weights[k] > 0]
        names = list(self.dials[0])
        return Ensemble(
            name="fitted",
            kind=self.frame.kind,
            dials=tuple(names),
            fixed=self.frame.fixed,
            points=tuple(tuple(self.dials[k][name] for name in names) for k in rows),
            weights=tuple(float(weights[k]) for k in rows),
            prior=tuple(tuple(values[name] for name in names) for values in self.prior),
            made={"book": self.name, "seed": self.seed, "runs": self.runs, **made},
        )


def _column(number: Number) -> int:
    return [one.name for one in NUMBERS].index(number.name)


def _scaled(runs: Runs, names: Sequence[Number]) -> np.ndarray:
    """Return some numbers of runs on the scales on which they are compared, shape (markets, numbers)."""
    return np.column_stack([number.scaled(runs.values[:, _column(number)]) for number in names])


def _filled(values: np.ndarray) -> np.ndarray:
    """Return numbers of runs with those that a run cannot show set to the mean of the others: they say nothing."""
    return np.where(np.isfinite(values), values, np.nanmean(values, axis=0))


def _chance(runs: Runs, names: tuple[Number, ...]) -> np.ndarray:
    """Return the variance between runs of one market, shape (numbers,)."""
    return np.nan_to_num(np.nanvar(_scaled(runs, names), axis=0, ddof=1), nan=CLOSEST**2)


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
            values = _filled(_scaled(ran, self.matched)[good])
            seen = places[good], values
            self.tell(f"step {k + 1} of {len(STEPS)}: {self._said(centre)}")
            self._hire(centre)
            middle = self._closer(middle, centre, seen, wanted)
            moved = step(places[good], values, wanted, _chance(centre, self.matched), damp, rng)
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
        seen = float(np.nanmean(centre.values[:, _column(KNOWN["sellers"])]))
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
        if not np.isfinite(centre.values[:, _column(KNOWN["orders"])]).any():
            return middle + 0.5  # it sold nothing: more needs of more customers
        others = np.array([0.0 if number.must else OTHER_SD**2 for number in self.matched])
        means = np.nanmean(_scaled(centre, self.matched), axis=0)
        off = wanted - np.where(np.isfinite(means), means, wanted)
        moved = gain(*seen, _chance(centre, self.matched) + others + CLOSEST**2) @ off
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
            found = float(np.nanmean(centre.values[:, _column(number)]))
            missed = number.off(found, self.wanted[number.name]) / number.most
            off += missed**2 if math.isfinite(missed) else math.inf
        return off

    def _selling(self, ran: Runs) -> np.ndarray:
        """Return which markets sell anything, shape (markets,)."""
        good = np.isfinite(ran.values[:, _column(KNOWN["orders"])])
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
                found = float(np.nanmean(centre.values[:, _column(number)]))
                parts.append(f"{number.name} {100 * number.off(found, self.wanted[number.name]):+.0f}")
        return ", ".join(parts) + " (%, points)"
