"""Fit a scenario to an order log: how often customers buy, how long they stay, how much is at stake.

`likelihood` fits purchases and churn, `stakes` the amounts; `calibrate` makes a scenario of both. A purchase
is not a need: in the market a need may end in no purchase. `calibrate` therefore simulates the scenario. It
scales the rate of needs until the simulated share of active months is that of the log.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from longgame.experiments.orders.likelihood import (
    HORIZON,
    CountFit,
    Histories,
    PurchaseFit,
    expit,
    fit_counts,
    fit_purchases,
    histories,
    logit,
    repeat_curve,
    repeat_share,
)
from longgame.experiments.orders.log import OrderLog
from longgame.experiments.orders.stakes import StakeFit, fit_stakes
from longgame.sim.configurations import load, mean_markup, needs_per_seller
from longgame.sim.errors import InputError
from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario

#: Largest rate of needs that the matching tries: a need in 99.8 % of the months of an average customer.
RATE_CEILING = 6.0
#: Months of the simulation that are thrown away before its orders are compared with the log.
BURN_IN = 24
#: Relative difference of repeat shares at which the matching is content.
TOLERANCE = 0.02


@dataclass(frozen=True)
class Estimate:
    """One fitted number.

    Attributes
    ----------
    name : str
        Path in the scenario, or what it is.
    value, low, high : float
        Value and 95 % interval (NaN: no interval).
    unit : str
        Its unit.
    how : str
        How it was fitted, or why there is no interval.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    how: str


def places(sellers: int) -> tuple[int, int, int]:
    """Return (singletons, herds, members of a herd) per conduct for a number of salespeople.

    Each conduct has as many singletons as members of herds. Herds have 5 members from 20 salespeople on,
    fewer below. The least is 8 salespeople: per conduct 2 singletons and a herd of 2.

    Examples
    --------
    >>> places(40), places(1)
    ((10, 2, 5), (2, 1, 2))
    """
    if sellers >= 20:
        herds = max(1, round(sellers / 20))
        return 5 * herds, herds, 5
    of = max(2, round(sellers / 4))
    return of, 1, of


def _revenue_per_seller(scenario: Scenario) -> float:
    """Return a month's revenue per salesperson if all it has time for were bought, in money."""
    people = scenario.customers
    price = scenario.offer.unit_cost * (1.0 + mean_markup(scenario))
    served = needs_per_seller(scenario) / max(load(scenario), 1.0)
    return served * price * people.stake * math.exp(people.stake_spread**2 / 2.0)


def _build(
    count: int, sellers: int, rate: float, spread: float, churn: float, stake: float, stake_spread: float
) -> tuple[Scenario, float]:
    """Return the scenario of these numbers, and the factor on minutes per visit (1: as in the default)."""
    default = Scenario()
    alone, herds, of = places(sellers)
    groups = [
        group.model_dump(mode="json")
        for conduct in ("adversarial", "collaborative")
        for group in firms(conduct, singletons=alone, herds=herds, of=of)
    ]
    scenario = default.but(
        {
            "name": "calibrated",
            "firms": groups,
            "customers.count": count,
            "customers.rate": float(min(max(rate, 1e-6), 50.0)),
            "customers.rate_spread": float(min(spread, 5.0)),
            "customers.churn": float(churn),
            "customers.stake": float(min(max(stake, 1e-6), 1e7)),
            "customers.stake_spread": float(min(stake_spread, 3.0)),
        }
    )
    wage = default.economy.wage * _revenue_per_seller(scenario) / _revenue_per_seller(default)
    scenario = scenario.but({"economy.wage": float(min(round(wage, 2), 1e7))})
    # No busier than the default: beyond that, being swamped would be all that the market is about.
    factor = min(1.0, load(default) / load(scenario))
    if factor < 1.0:
        minutes = (
            "attention.talk",
            "attention.ask",
            "attention.advise",
            "service.service",
            "service.complaint",
            "service.support",
        )
        old = {path: value for path, _, value in scenario.numbers()}
        scenario = scenario.but({path: max(1, math.floor(old[path] * factor)) for path in minutes})
    return scenario, factor


@dataclass(frozen=True)
class Matching:
    """What matching the rate of needs by simulation did.

    Attributes
    ----------
    rates : tuple of float
        Rate of needs tried in each round.
    shares : tuple of float
        Simulated repeat share in each round.
    target : float
        Repeat share of the log.
    apparent_churn : float
        Churn that the same fit finds in the nearest simulation. Leaving the market and never coming back
        look alike in its orders.
    stopped : str
        Why the rounds ended.
    reached : bool
        Whether the simulated share came within `TOLERANCE` of the target.
    """

    rates: tuple[float, ...]
    shares: tuple[float, ...]
    target: float
    apparent_churn: float
    stopped: str
    reached: bool


@dataclass(frozen=True)
class Calibration:
    """A scenario fitted to an order log, with what it was fitted to. Made by `calibrate`."""

    name: str
    months: int
    customers: int
    sellers: int
    sellers_from: str
    count: int
    purchases: PurchaseFit
    counts: CountFit
    stakes: StakeFit | None
    rate: float
    stake: float
    matching: Matching | None
    why_not_matched: str
    past: Histories
    curve: np.ndarray
    repeat_share: float

    @property
    def warning(self) -> str:
        """A warning where the rate of needs was not matched; else empty."""
        if self.matching and self.matching.reached:
            return ""
        if self.matching is None:
            return (
                f"WARNING: the rate of needs was NOT matched ({self.why_not_matched}). customers.rate is the "
                "rate of purchases, and the market will sell less often than the log shows."
            )
        target = self.matching.target
        near = min(self.matching.shares, key=lambda share: abs(share - target))
        return (
            "WARNING: the rate of needs was NOT matched. Of the months after a first purchase, "
            f"{near:.3f} hold another one in the market, {target:.3f} in the log. Why: {self.matching.stopped}."
        )

    def scenario(self) -> Scenario:
        """Return the fitted scenario; everything that is not fitted stands as in the default."""
        return self._built()[0]

    def _built(self) -> tuple[Scenario, float]:
        """Return the fitted scenario, and the factor on minutes per visit."""
        fit = self.purchases
        churn = 0.0 if fit.at_bound[2] and fit.churn < 1e-3 else fit.churn
        spread = self.stakes.between if self.stakes else Scenario().customers.stake_spread
        return _build(self.count, self.sellers, self.rate, fit.spread, churn, self.stake, spread)

    def estimates(self) -> tuple[Estimate, ...]:
        """Return every fitted number with its interval and how it was fitted."""
        fit, counts = self.purchases, self.counts
        ratio = self.rate / fit.rate
        low, high = _interval(fit.rate, fit.errors[0])
        rate = (low * ratio, high * ratio)
        if self.matching is None:
            needs = f"the purchase rate itself: {self.why_not_matched}"
        elif self.matching.reached:
            needs = f"purchase rate × {ratio:.3g}, matched by simulation; its interval is scaled along"
        else:
            needs, rate = f"purchase rate × {ratio:.3g}: the nearest tried, NOT matched (see matching)", _NONE
        spread, churn = _interval(fit.spread, fit.errors[1]), _interval_of_share(fit.churn, fit.errors[2])
        r, alpha = _interval(counts.r, counts.errors[0]), _interval(counts.alpha, counts.errors[1])
        likely = [
            "maximum likelihood on months with and without a purchase"
            + ("; at the bound of its range, no interval" if at_bound else "")
            for at_bound in fit.at_bound
        ]
        reference = "gamma-Poisson on orders after the first month, for reference"
        return (
            Estimate("purchase rate", fit.rate, low, high, "per month", likely[0]),
            Estimate("customers.rate", self.rate, *rate, "per month", needs),
            Estimate("customers.rate_spread", fit.spread, *spread, "", likely[1]),
            Estimate("customers.churn", fit.churn, *churn, "per month", likely[2]),
            *self._stake_estimates(),
            Estimate("NBD r", counts.r, *r, "", reference),
            Estimate("NBD alpha", counts.alpha, *alpha, "months", "the same"),
        )

    def _stake_estimates(self) -> tuple[Estimate, ...]:
        """Return the fitted numbers of money; none of a log without amounts."""
        stakes = self.stakes
        if stakes is None:
            return ()
        unit = self.stake / stakes.mean
        order = f"so that the mean {'simulated' if self.matching else 'expected'} order has the mean amount"
        mean = "mean of a month's orders; bootstrap over customers"
        between = "variance components of ln amount; bootstrap over customers"
        return (
            Estimate("mean amount", stakes.mean, *stakes.mean_interval, "money", mean),
            Estimate("customers.stake", self.stake, *(unit * x for x in stakes.mean_interval), "money", order),
            Estimate("customers.stake_spread", stakes.between, *stakes.between_interval, "", between),
        )

    def report(self) -> str:
        """Return a text of every number, how it was fitted, and everything that was not fitted."""
        lines = [
            f"Fitted to {self.name}: {self.customers:,} customers, {self.months} months, "
            f"repeat share {self.repeat_share:.3f} (mean share active in months "
            f"1-{min(HORIZON, self.months - 1)} after the first)",
            "",
            f"  {'number':<24} {'value':>10}  {'95 % interval':<23} {'unit':<10} how",
        ]
        for e in self.estimates():
            interval = f"{e.low:.4g} to {e.high:.4g}" if math.isfinite(e.low) else "none"
            lines.append(f"  {e.name:<24} {e.value:>10.4g}  {interval:<23} {e.unit:<10} {e.how}")
        lines += [
            "",
            f"  ln likelihood: purchases {self.purchases.log_likelihood:.2f}, NBD {self.counts.log_likelihood:.2f}",
        ]
        if self.matching:
            m = self.matching
            rounds = ", ".join(f"{r:.3g} → {s:.3f}" for r, s in zip(m.rates, m.shares, strict=True))
            lines += [
                f"  matching (rate of needs → repeat share; target {m.target:.3f}): {rounds}; {m.stopped}",
                f"  dropout that the same fit finds in the simulation: {m.apparent_churn:.3g} per month, against "
                f"{self.purchases.churn:.3g} in the log (disappointed customers look like departed ones)",
            ]
        return "\n".join([*lines, "", "Taken over or assumed:", *self._assumed()])

    def _assumed(self) -> list[str]:
        """Return one line for each thing that the log does not give."""
        scenario, factor = self._built()
        seen = self.count == self.customers
        lines = [
            f"  customers.count = {scenario.customers.count:,}: "
            + ("customers seen" if seen else f"scaled down from {self.customers:,} seen, sellers in proportion"),
            f"  salespeople = {scenario.sellers:,}: {self.sellers_from}; rounded to the 2×2 of conduct × organisation",
            f"  economy.wage = {scenario.economy.wage:,.2f}: assumed; wage ÷ possible revenue per seller as "
            f"in the default scenario",
        ]
        if factor < 1.0:
            lines.append(
                f"  minutes per visit (talk, ask, advise, service, complaint, support) × {factor:.3g}, at least 1: "
                f"else {needs_per_seller(scenario):,.0f} needs per seller and month would swamp the salespeople"
            )
        if load(scenario) > load(Scenario()) * 1.1:
            lines.append("  even so there are more needs than minutes: visitors will be turned away")
        return [
            *lines,
            f"  spread of ln amount within a customer ({self.stakes.within:.3g}): not in the model, where a "
            f"customer's stake is fixed"
            if self.stakes
            else "  customers.stake and stake_spread: not fitted, the log has no amounts; they stay at the default",
            "  arrival = 1: every place that falls empty is taken at once; the log does not show who never bought",
            "  everything else (trust, choice, experience, service, word of mouth, …): not in an order log; "
            "stays at the default",
        ]


_NONE = (math.nan, math.nan)


def _interval(value: float, error: float) -> tuple[float, float]:
    """Return the 95 % interval of a positive number by the standard error of its ln; NaN without one."""
    return (value * math.exp(-1.96 * error), value * math.exp(1.96 * error)) if error < 20.0 else _NONE


def _interval_of_share(value: float, error: float) -> tuple[float, float]:
    """Return the 95 % interval of a share by the standard error of its logit; NaN without one."""
    return (expit(logit(value) - 1.96 * error), expit(logit(value) + 1.96 * error)) if error < 20.0 else _NONE


def calibrate(
    log: OrderLog,
    *,
    salespeople: int | None = None,
    customers: int | None = None,
    seed: int = 0,
    match: bool = True,
    rounds: int = 8,
    simulated: int = 6000,
) -> Calibration:
    """Fit a scenario to an order log.

    Parameters
    ----------
    log : OrderLog
        The orders (`longgame.experiments.orders.read.read_orders`).
    salespeople : int, optional
        Salespeople in the market. Without it, those who sell at one time in the log, else its firms or stores. A log
        that names neither gets as many customers per salesperson as the default scenario.
    customers : int, optional
        Largest number of customers of the scenario; salespeople are scaled in proportion. The fit uses all.
    seed : int
        Seed of the bootstrap and of the simulations (the same in every round).
    match : bool
        Match the rate of needs by simulation. Without, it is the rate of purchases.
    rounds : int
        Most rounds of matching.
    simulated : int
        Customers in the simulations that match.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        If the log has less than 3 months, less than 20 customers, or no repeat purchase.
    """
    months, seen = log.months, log.customers
    if months < 3:
        raise InputError(f"{log.name}: covers {months} complete month{'s' * (months != 1)}; a fit needs 3 or more")
    if seen < 20:
        raise InputError(f"{log.name}: has {seen} customer{'s' * (seen != 1)}; a fit needs 20 or more")
    for option, value in (("salespeople", salespeople), ("customers", customers)):
        if value is not None and value < 1:
            raise InputError(f"{option} is {value}; it must be at least 1")
    past = histories(log.frame, months)
    try:
        purchases = fit_purchases(past)
    except InputError as error:
        raise InputError(str(error).replace("order log", log.name)) from None
    stakes = fit_stakes(log.frame, np.random.default_rng(seed)) if log.has_amounts else None
    sellers, origin = _sellers(log, salespeople)
    count = min(seen, customers) if customers else seen
    if count < seen:
        sellers = max(1, round(sellers * count / seen))
    draft = Calibration(
        name=log.name,
        months=months,
        customers=seen,
        sellers=sellers,
        sellers_from=origin,
        count=count,
        purchases=purchases,
        counts=fit_counts(_later_orders(log), past.months),
        stakes=stakes,
        rate=purchases.rate,
        stake=1.0 if stakes else Scenario().customers.stake,
        matching=None,
        why_not_matched="matching was switched off",
        past=past,
        curve=repeat_curve(log.frame, months),
        repeat_share=repeat_share(log.frame, months),
    )
    # Without a simulation: order = price × stake, price at the mean markup, E[lognormal] = median · exp(σ²/2).
    if stakes:
        price = draft.scenario().offer.unit_cost * (1.0 + mean_markup(draft.scenario()))
        draft = replace(draft, stake=stakes.mean / (price * math.exp(min(stakes.between, 3.0) ** 2 / 2.0)))
    return _match(draft, seed, rounds, simulated) if match else draft


def _sellers(log: OrderLog, given: int | None) -> tuple[int, str]:
    """Return how many salespeople the market has, and where that number is from."""
    if given is not None:
        return given, "given"
    if at_once := log.salespeople_at_once:
        return max(1, round(at_once)), "salespeople who sell at one time in the log"
    if log.firms:
        return log.firms, "one per firm or store in the log"
    each = Scenario().customers.count / Scenario().sellers
    assumed = f"assumed, the log names none: one per {each:g} customers as in the default"
    return max(1, round(log.customers / each)), assumed


def _later_orders(log: OrderLog) -> np.ndarray:
    """Return the orders of each customer after their first month."""
    first = log.frame.groupby("customer")["month"].transform("min")
    return np.asarray((log.frame["month"] > first).groupby(log.frame["customer"], sort=True).sum())


def _match(draft: Calibration, seed: int, rounds: int, simulated: int) -> Calibration:
    """Scale the rate of needs until the simulated repeat share is that of the log, then the stake.

    Secant steps between ln rate and ln of the monthly hazard of a purchase, -ln(1 - share).
    """
    from longgame.sim import run

    small = min(draft.count, simulated)
    scaled = replace(draft, count=small, sellers=max(1, round(draft.sellers * small / draft.count)))
    length = min(draft.months, 60)
    target = float(np.nanmean(draft.curve[: min(HORIZON, length - 1)]))
    rate, rates, shares, logs, hazards = draft.rate, [], [], [], []
    stopped = f"stopped after {rounds} rounds"
    for _ in range(max(rounds, 1)):
        scenario = replace(scaled, rate=rate).scenario().but(months=BURN_IN + length)
        found: Any = run(scenario, seed, orders=True).orders
        found = found[found["month"] > BURN_IN]
        if found.empty or found["customer"].nunique() < 2:
            return replace(draft, why_not_matched="the simulated market sold next to nothing")
        orders = found.assign(month=found["month"] - BURN_IN)
        share = repeat_share(orders, length)
        rates.append(rate)
        shares.append(share)
        logs.append(orders)
        if abs(share - target) < TOLERANCE * target:
            stopped = f"within {TOLERANCE:.0%}"
            break
        if rate >= RATE_CEILING and share < target:
            stopped = (
                f"the market cannot repeat that often; with a need nearly every month only {share:.3f} of "
                "the months end in a purchase"
            )
            break
        hazards.append(-math.log1p(-min(max(share, 1e-4), 0.999)))
        slope = 1.0
        if len(rates) > 1 and rates[-1] != rates[-2]:
            # Shares grow more slowly than needs (hours and trust run out): learn how slowly, within reason.
            slope = math.log(hazards[-1] / hazards[-2]) / math.log(rates[-1] / rates[-2])
        step = (-math.log1p(-min(target, 0.999)) / hazards[-1]) ** (1.0 / min(max(slope, 0.25), 1.5))
        rate = min(rate * min(max(step, 1 / 3), 3.0), RATE_CEILING)
    best = int(np.argmin(np.abs(np.array(shares) - target)))
    orders = logs[best]
    monthly = orders.groupby(["customer", "month"])["amount"].sum()
    try:
        churn = fit_purchases(histories(orders, length)).churn
    except InputError:
        churn = math.nan
    stake = draft.stake * (draft.stakes.mean / float(monthly.mean()) if draft.stakes else 1.0)
    reached = abs(shares[best] - target) < TOLERANCE * target
    matching = Matching(tuple(rates), tuple(shares), target, churn, stopped, reached)
    return replace(draft, rate=rates[best], stake=stake, matching=matching, why_not_matched="")
