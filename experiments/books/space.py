"""The dials of a market that a book tells of, and the market at some values of them.

What a book tells of is searched around a crude reading of it. What it does not tell of is drawn as the table of
evidence has it: from the weighted markets of the stored ensemble of that kind, or else from the prior ranges.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from longgame.experiments.evidence.ensemble import Ensemble, scenario_at, stored
from longgame.experiments.evidence.priors import space_of, usual
from longgame.experiments.evidence.sampling import maximin
from longgame.experiments.evidence.space import Prior, Space
from longgame.experiments.evidence.table import Kind
from longgame.experiments.orders.log import OrderLog
from longgame.sim.configurations import CONFIGURATIONS, load, mean_markup, needs_per_seller
from longgame.sim.scenario import STEPS, Scenario

#: Most customers of a market that is fitted, by its step; of a larger book it holds a part, with as many salespeople.
CUSTOMERS = {"month": 2_000, "week": 1_000, "day": 400}

#: Fewest salespeople of a market: one of each conduct.
SELLERS = 3

#: Told of by a book that names salespeople; no number of a scenario.
PLACES = "salespeople"

#: Share of orders that may stand in one step with another one of the same customer.
CROWDED = 0.1

#: Days of a week.
WEEK = 7

#: A book of one group of customers: all of them but this share come in its first half, or sooner.
NEWCOMERS = 0.03

#: Minutes that shrink together where there is more to do than time; those of a conversation come first.
MINUTES = (
    "attention.talk",
    "attention.ask",
    "attention.advise",
    "service.service",
    "service.complaint",
    "service.support",
    "service.war",
)


@dataclass(frozen=True)
class Frame:
    """What is fixed before anything is fitted.

    Attributes
    ----------
    kind : Kind
        Kind of market that stands for what a book does not tell of.
    months : int
        Length of the book.
    step : {"month", "week", "day"}
        Time from one need to the next that may follow.
    part : float
        Share of the customers of the book that the market holds.
    sellers : int
        Salespeople of the market, or around how many they are looked for where the book names them.
    sellers_from : str
        Where that number is from.
    cohort : int
        Month by which all come if the book is of one group of customers; else 0. Of a market only those are counted
        who come so soon.
    told : Space
        Dials of which the book tells.
    given : mapping of str to float
        Numbers of the market that the user knows.
    """

    kind: Kind
    months: int
    step: str
    part: float
    sellers: int
    sellers_from: str
    cohort: int
    told: Space = field(repr=False)
    given: Mapping[str, float] = field(default_factory=dict)

    @property
    def fixed(self) -> dict[str, Any]:
        """What is alike in all markets, and differs from the configuration."""
        closed = {"customers.arrival": 0.0, "burn_in": 0} if self.cohort else {}
        return {"months": self.months, "step": self.step, **closed, **self.given}

    def dials(self, told: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
        """Return the values of all dials of a market, those included that follow from others.

        The wage is in proportion to what a salesperson can sell. Minutes shrink where a conversation would not fit into
        a step, or where more would have to be done than in the configuration.
        """
        base = CONFIGURATIONS[self.kind]
        now = {path: value for path, _, value in base.numbers() if isinstance(value, int | float)}
        told = dict(told)
        sellers = max(SELLERS, round(told.pop(PLACES, self.sellers)))
        values = {**others, **told, "firms.customers": round(told["customers.count"]) / sellers}
        minutes = {path: values.get(path, now[path]) for path in MINUTES}
        if self.step != "month":
            room = values.get("attention.capacity", now["attention.capacity"]) // STEPS[self.step]
            minutes = _times(minutes, room / max(sum(minutes[path] for path in MINUTES[:3]), 1))
        minutes = _times(minutes, load(base) / load(scenario_at(self.kind, values | minutes, self.fixed)))
        values |= minutes
        ratio = _revenue_per_seller(scenario_at(self.kind, values, self.fixed)) / _revenue_per_seller(base)
        wage = values.get("economy.wage", now["economy.wage"]) * ratio
        return values | {"economy.wage": float(f"{min(wage, 1e7):.3g}")}

    def scenario(self, dials: Mapping[str, float]) -> Scenario:
        """Return the market at the values of all dials."""
        return scenario_at(self.kind, dials, self.fixed)


def _times(minutes: Mapping[str, float], factor: float) -> dict[str, float]:
    """Return minutes that shrink by a factor below 1: whole ones, at least 1 where there were any."""
    return {path: float(max(math.floor(value * min(factor, 1.0)), min(value, 1))) for path, value in minutes.items()}


def _revenue_per_seller(scenario: Scenario) -> float:
    """Return a month's revenue per salesperson if all it has time for were bought, in money."""
    people = scenario.customers
    price = scenario.offer.unit_cost * (1.0 + mean_markup(scenario))
    served = needs_per_seller(scenario) / max(load(scenario), 1.0)
    return served * price * people.stake * math.exp((people.stake_spread**2 + people.stake_noise**2) / 2.0)


def framed(
    log: OrderLog, found: Mapping[str, float], kind: Kind, salespeople: int | None, given: Mapping[str, float]
) -> Frame:
    """Return what is fixed before a book is fitted.

    Parameters
    ----------
    log : OrderLog
    found : mapping of str to float
        `numbers.numbers` of it.
    kind : Kind
    salespeople : int, optional
        At one time, where the user says so.
    given : mapping of str to float
        Numbers of the market that the user knows.
    """
    step = step_of(log)
    part = min(1.0, CUSTOMERS[step] / found["customers"])
    there, said = (float(salespeople), "given") if salespeople else (found["sellers"], "who sell at one time")
    if not there > 0:
        there = found["customers"] / usual(kind, "firms.customers")
        said = f"assumed, the book names none: one per {usual(kind, 'firms.customers'):.0f} customers"
    sellers = max(SELLERS, round(there * part))
    if part < 1.0 and sellers > SELLERS:
        part = min(1.0, sellers / there)
    cohort = cohort_of(log)
    named = math.isfinite(found["sellers"]) and not salespeople
    told = _told(found, part, step, bool(cohort), kind, sellers if named else None)
    return Frame(kind, log.months, step, part, sellers, said, cohort, told, dict(given))


def cohort_of(log: OrderLog) -> int:
    """Return the month by which nearly all customers have come, if that is in the first half of the book; else 0."""
    first = log.frame.groupby("customer", observed=True)["month"].min()
    come = int(np.quantile(first, 1.0 - NEWCOMERS, method="inverted_cdf"))
    return come if log.months >= 6 and come <= log.months // 2 else 0


def step_of(log: OrderLog) -> str:
    """Return the longest step in which hardly any customer orders twice: a need is at most one a step."""
    frame = log.frame
    dates = log.more["date"] if log.more is not None and "date" in log.more else None
    if not float(frame.duplicated(["customer", "month"]).mean()) > CROWDED:
        return "month"
    if dates is None or bool(dates.isna().any()):
        # Without days: as many orders as a month of that step has room for.
        most = frame.groupby(["customer", "month"], observed=True).size()
        return "week" if float(most.quantile(0.9)) <= STEPS["week"] else "day"
    days = dates.to_numpy("datetime64[D]").astype(np.int64)
    twice = frame.assign(when=days // WEEK).duplicated(["customer", "when"]).mean()
    return "day" if float(twice) > 2 * CROWDED else "week"


def _told(found: Mapping[str, float], part: float, step: str, closed: bool, kind: Kind, sellers: int | None) -> Space:
    """Return the dials of which a book tells, in ranges around a crude reading of it."""
    base = CONFIGURATIONS[kind]
    count = found["customers"] * part
    rate = found["orders"] / found["customers"]
    least, most = (0.9, 10.0) if closed else (0.3, 3.0)
    priors = [
        Prior("customers.count", least * count, most * count, "around those of the book"),
        Prior("customers.rate", 0.5 * rate, min(20.0 * rate, 2.0 * STEPS[step]), "around the orders of the book"),
        Prior("customers.rate_spread", 0.2, 4.0, "1-2 in four logs (BG/NBD r .25-.83), and more on both sides"),
        Prior("customers.churn", 0.001, 0.4, "assumed: a customer lasts three months to eighty years"),
    ]
    if math.isfinite(found["revenue"]):
        spread = (found["between"] ** 2 + found["within"] ** 2) / 2.0
        price = base.offer.unit_cost * (1.0 + mean_markup(base))
        stake = found["revenue"] / found["orders"] / math.exp(min(spread, 4.0)) / price
        priors += [
            Prior("customers.stake", 0.3 * stake, 3.0 * stake, "around the orders of the book"),
            Prior("customers.stake_spread", 0.05, 2.5, "assumed: wide"),
            Prior("customers.stake_noise", 0.05, 2.0, "assumed: wide"),
        ]
    if sellers:
        priors.append(Prior(PLACES, 0.6 * sellers, 1.7 * sellers, "around those who sell at one time"))
    if math.isfinite(found["sellers"]):
        priors.append(Prior("staffing.turnover", 0.01, 0.6, "assumed: wide"))
    if math.isfinite(found["refunds"]):
        priors.append(Prior("service.liability", 0.0, 0.6, "assumed: wide"))
    return Space(tuple(priors))


def others(frame: Frame, count: int, rng: np.random.Generator) -> list[dict[str, float]]:
    """Return draws of all dials of which a book does not tell.

    Parameters
    ----------
    frame : Frame
    count : int
    rng : numpy.random.Generator
    """
    taken = {*frame.told.names, *frame.given, "firms.customers"}
    if frame.kind in stored():
        kept = Ensemble.load(frame.kind)
        known = set(space_of(frame.kind).names)
        held = {name: float(value) for name, value in kept.fixed.items() if name in known}
        rows = rng.choice(len(kept.points), count, p=kept.shares)
        found = [held | dict(zip(kept.dials, kept.points[row], strict=True)) for row in rows]
    else:
        space = space_of(frame.kind)
        found = space.values(maximin(count, len(space), rng))
    return [{name: value for name, value in values.items() if name not in taken} for values in found]
