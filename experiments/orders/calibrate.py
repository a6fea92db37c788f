"""Fit a scenario to an order log: who buys how often, for how long they stay, and how much is at stake.

The unit is the *customer-month with a purchase* (an active month), because in the market a customer has at
most
one need a month. A customer is observed from the first active month (month 0 of their own clock) on. In each
later month they first leave for good with hazard c; if they stay they are active with probability
p = 1 - exp(-λ), λ gamma distributed across customers. With x active months after the first, the last of them
t months after the first, and n months observed after the first, a customer's history has the probability

    ∫ (1-c)^t p^x (1-p)^(t-x) [ q^(n-t) + c (1 - q^(n-t)) / (1-q) ] dGamma(λ),      q = (1-c)(1-p),

the bracket being the chance of no purchase in the n - t months after the last: still there and without a
need, or gone in one of them. It is the BG/BB model (Fader, Hardie & Shang 2010, Marketing Science 29) with a
gamma distributed rate in place of a beta distributed probability, and one hazard for all in place of a
beta distributed one. Because the first purchase is what makes a customer visible, nothing is assumed about
the time before it; the gamma distribution is that of customers *seen*, which is also what is counted.

A purchase is not a need: in the market a need may end in no purchase. `calibrate` therefore simulates the
scenario and scales the rate of needs until the simulated share of active months is that of the log.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from longgame.experiments.orders.read import OrderLog, order_log
from longgame.sim.configurations import load, mean_markup, needs_per_seller
from longgame.sim.errors import InputError
from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Bounds of mean rate (per month), coefficient of variation, and churn (per month) in the fit.
BOUNDS = ((1e-4, 20.0), (0.02, 5.0), (1e-6, 0.9))
#: Largest rate of needs that the matching tries: a need in 99.8 % of the months of an average customer.
RATE_CEILING = 6.0
#: Months of the simulation that are thrown away before its orders are compared with the log.
BURN_IN = 24
#: Relative difference of repeat shares at which the matching is content.
TOLERANCE = 0.02
#: Latest month after the first purchase that the compared repeat share looks at.
HORIZON = 12


# -- the likelihood of a purchase history --------------------------------------------------------------


def _gamma_nodes(mean: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return rates λ and weights that integrate over a gamma distribution (trapezoid rule in ln λ).

    The integrand is analytic in a strip around the real ln λ, so that the rule converges exponentially, also
    for the small shapes at which Gauss-Laguerre rules fail.
    """
    from scipy.special import gammainccinv, gammaincinv, gammaln

    shape = 1.0 / spread**2
    low = max(float(gammaincinv(shape, 1e-14)), 1e-300)
    step = min(0.2, 0.5 / math.sqrt(shape))
    z = np.arange(math.log(low) - step, math.log(float(gammainccinv(shape, 1e-14))) + 2 * step, step)
    weights = np.exp(shape * z - np.exp(z) - gammaln(shape)) * step
    return np.exp(z) * (mean / shape), weights


def history_probability(
    repeats: np.ndarray, last: np.ndarray, months: np.ndarray, *, rate: float, spread: float, churn: float
) -> np.ndarray:
    """Return the probability of each purchase history (of one particular sequence of months).

    Parameters
    ----------
    repeats, last, months : array of int
        Active months after the first (x), months from the first to the last active one (t; 0 without
        repeats),
        and months observed after the first (n).
    rate : float
        Mean of λ, purchases per month.
    spread : float
        Coefficient of variation of λ.
    churn : float
        Probability of leaving, per month.

    Returns
    -------
    array of float
        Summed over all 2^n sequences of active and inactive months, the probabilities give 1.
    """
    lam, weights = _gamma_nodes(rate, spread)
    x, t, n = (np.asarray(a, dtype=float)[:, None] for a in (repeats, last, months))
    stay = math.log1p(-churn)
    log_p = np.log(-np.expm1(-lam))
    log_q = stay - lam
    silent = np.exp((n - t) * log_q)
    silent = silent + churn * np.expm1((n - t) * log_q) / np.expm1(log_q)
    return (np.exp(t * stay + x * log_p - (t - x) * lam) * silent) @ weights


def repeat_distribution(months: int, *, rate: float, spread: float, churn: float) -> np.ndarray:
    """Return P(x active months | n months after the first) for n = 0 … `months`, as an (n+1, x+1) array.

    Computed month by month, without the closed form of `history_probability`.
    """
    lam, weights = _gamma_nodes(rate, spread)
    p = -np.expm1(-lam)[:, None]
    alive = np.zeros((len(lam), months + 1))
    alive[:, 0] = 1.0
    gone = np.zeros_like(alive)
    table = np.zeros((months + 1, months + 1))
    for month in range(months + 1):
        table[month] = weights @ (alive + gone)
        gone += churn * alive
        alive *= 1.0 - churn
        bought = alive[:, :-1] * p
        alive *= 1.0 - p
        alive[:, 1:] += bought
    return table


@dataclass(frozen=True)
class Histories:
    """Purchase histories of customers, one entry each: x, t, n as in `history_probability`."""

    repeats: np.ndarray
    last: np.ndarray
    months: np.ndarray


def histories(frame: pd.DataFrame, months: int) -> Histories:
    """Return the purchase histories of an order table that was observed for `months` months."""
    active = frame[["customer", "month"]].drop_duplicates()
    groups = active.groupby("customer", sort=True)["month"].agg(["count", "min", "max"])
    first = groups["min"].to_numpy(dtype=np.int64)
    return Histories(
        repeats=groups["count"].to_numpy(dtype=np.int64) - 1,
        last=groups["max"].to_numpy(dtype=np.int64) - first,
        months=months - first,
    )


def repeat_curve(frame: pd.DataFrame, months: int) -> np.ndarray:
    """Return the share of customers active j months after their first active month, j = 1 … months - 1.

    Each share is of the customers observed that long; NaN where there are none.
    """
    active = frame[["customer", "month"]].drop_duplicates()
    first = active.groupby("customer")["month"].transform("min")
    age = (active["month"] - first).to_numpy(dtype=np.int64)
    observed = months - first[age == 0].to_numpy(dtype=np.int64)
    bought = np.bincount(age, minlength=months)[1:months].astype(float)
    seen = np.array([np.count_nonzero(observed >= j) for j in range(1, months)], dtype=float)
    return np.divide(bought, seen, out=np.full(months - 1, np.nan), where=seen > 0)


def _repeat_share(frame: pd.DataFrame, months: int) -> float:
    """Return the mean of the repeat curve over its first `HORIZON` months."""
    return float(np.nanmean(repeat_curve(frame, months)[:HORIZON]))


# -- fitting -------------------------------------------------------------------------------------------


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


def _maximise(
    loss: Callable[[np.ndarray], float], starts: Sequence[Sequence[float]], bounds: Sequence[tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the minimum of a loss, its standard errors, and which parameters ended at a bound.

    Standard errors come from the inverse of the observed information (central differences) over the
    parameters that are not at a bound; theirs are NaN.
    """
    from scipy.optimize import minimize

    best: Any = None
    for start in starts:
        found = minimize(
            loss,
            np.asarray(start, dtype=float),
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
        )
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    x = np.asarray(best.x)
    edge = np.array([min(v - low, high - v) < 5e-3 for v, (low, high) in zip(x, bounds, strict=True)])
    free = np.flatnonzero(~edge)
    errors = np.full(len(x), np.nan)
    if len(free):
        h = 1e-3
        unit = np.eye(len(x))[free] * h
        information = np.empty((len(free), len(free)))
        for i, a in enumerate(unit):
            for j, b in enumerate(unit):
                information[i, j] = (loss(x + a + b) - loss(x + a - b) - loss(x - a + b) + loss(x - a - b)) / (
                    4 * h * h
                )
        try:
            variance = np.diag(np.linalg.inv((information + information.T) / 2))
            errors[free] = np.sqrt(np.where(variance > 0, variance, np.nan))
        except np.linalg.LinAlgError:
            pass  # a flat likelihood has no standard errors
    return x, errors, edge


@dataclass(frozen=True)
class PurchaseFit:
    """Maximum-likelihood fit of the purchase histories.

    Attributes
    ----------
    rate, spread, churn : float
        Mean purchases per month, coefficient of variation across customers, probability of leaving per month.
    errors : tuple of float
        Standard errors of ln rate, ln spread, logit churn; NaN at a bound.
    at_bound : tuple of bool
        Which of the three ended at a bound of `BOUNDS`.
    log_likelihood : float
        At the maximum.
    """

    rate: float
    spread: float
    churn: float
    errors: tuple[float, float, float]
    at_bound: tuple[bool, bool, bool]
    log_likelihood: float


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def _expit(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z))


def fit_purchases(past: Histories) -> PurchaseFit:
    """Fit mean rate, its spread, and churn to purchase histories by maximum likelihood.

    Raises
    ------
    InputError
        If nobody is observed after the first purchase or nobody ever bought again.
    """
    observed = past.months > 0
    if not observed.any() or not past.repeats.any():
        raise InputError("order log: nobody bought in a second month; give a log that covers repeat purchases")
    rows = np.stack([past.repeats[observed], past.last[observed], past.months[observed]], axis=1)
    unique, counts = np.unique(rows, axis=0, return_counts=True)

    def loss(z: np.ndarray) -> float:
        chance = history_probability(*unique.T, rate=math.exp(z[0]), spread=math.exp(z[1]), churn=_expit(z[2]))
        return -float(counts @ np.log(np.maximum(chance, 1e-300)))

    share = min(rows[:, 0].sum() / rows[:, 2].sum(), 0.95)
    crude = -math.log1p(-share)
    starts = [(math.log(crude * f), math.log(s), _logit(c)) for f, s, c in ((1.0, 0.8, 0.01), (1.5, 1.5, 0.1))]
    bounds = [
        (math.log(BOUNDS[0][0]), math.log(BOUNDS[0][1])),
        (math.log(BOUNDS[1][0]), math.log(BOUNDS[1][1])),
        (_logit(BOUNDS[2][0]), _logit(BOUNDS[2][1])),
    ]
    z, errors, edge = _maximise(loss, starts, bounds)
    # A churn of practically nothing has a flat logit: treat it as at its bound.
    if _expit(z[2]) < 1e-4 and not errors[2] < 2.0:
        edge[2], errors[2] = True, np.nan
    return PurchaseFit(
        math.exp(z[0]), math.exp(z[1]), _expit(z[2]), tuple(map(float, errors)), tuple(map(bool, edge)), -loss(z)
    )


@dataclass(frozen=True)
class CountFit:
    """Gamma-Poisson (NBD) fit of the orders after the first month: shape `r`, rate `alpha` (months)."""

    r: float
    alpha: float
    errors: tuple[float, float]
    log_likelihood: float


def fit_counts(orders: np.ndarray, months: np.ndarray) -> CountFit:
    """Fit the gamma-Poisson model (Ehrenberg 1959) to orders per customer in the months observed.

    Parameters
    ----------
    orders, months : array of int
        Orders after the first active month, and the months in which they could fall. Customers without
        such a month say nothing and are left out.
    """
    from scipy.special import gammaln

    seen = months > 0
    unique, counts = np.unique(np.stack([orders[seen], months[seen]], axis=1), axis=0, return_counts=True)
    x, n = unique.T.astype(float)

    def loss(z: np.ndarray) -> float:
        r, alpha = np.exp(z)
        each = (
            gammaln(r + x) - gammaln(r) - gammaln(x + 1) + r * np.log(alpha / (alpha + n)) + x * np.log(n / (alpha + n))
        )
        return -float(counts @ each)

    mean = max(float(counts @ x) / float(counts @ n), 1e-6)
    z, errors, _ = _maximise(loss, [(0.0, -math.log(mean))], [(-9.0, 9.0), (-12.0, 12.0)])
    return CountFit(float(np.exp(z[0])), float(np.exp(z[1])), (float(errors[0]), float(errors[1])), -loss(z))


@dataclass(frozen=True)
class StakeFit:
    """Amounts per active month: mean, and the spread of ln amount between and within customers.

    Attributes
    ----------
    mean : float
        Mean amount of an active month, in money.
    median : float
        Median customer's amount, exp of the mean ln amount over customers.
    between, within : float
        Standard deviations of ln amount: of customers' means, and around them.
    between_interval, mean_interval : (float, float)
        95 % intervals (bootstrap over customers, percentiles).
    customer_means : array
        Mean ln amount of each customer; for the figure.
    counts : array
        Active months of each customer.
    """

    mean: float
    median: float
    between: float
    within: float
    between_interval: tuple[float, float]
    mean_interval: tuple[float, float]
    customer_means: np.ndarray
    counts: np.ndarray


def _components(n: np.ndarray, mean: np.ndarray, squares: np.ndarray) -> tuple[float, float]:
    """Return (between, within) standard deviations of an unbalanced one-way layout (ANOVA estimator).

    Searle, Casella & McCulloch (1992), Variance Components, section 3.6. A negative between-variance is 0.
    """
    k, total = len(n), float(n.sum())
    if k < 2 or total <= k:
        return (float(np.std(mean)) if k else 0.0), 0.0
    within = float(squares.sum()) / (total - k)
    centre = float(n @ mean) / total
    between = float(n @ (mean - centre) ** 2) / (k - 1)
    n0 = (total - float(n @ n) / total) / (k - 1)
    return math.sqrt(max(0.0, (between - within) / n0)), math.sqrt(within)


def fit_stakes(frame: pd.DataFrame, rng: np.random.Generator, resamples: int = 200) -> StakeFit:
    """Fit the amounts of an order table; orders of one customer in one month are one amount."""
    amounts = frame.groupby(["customer", "month"], sort=True)["amount"].sum()
    logs = np.log(amounts)
    groups = logs.groupby(level="customer", sort=True)
    n = groups.size().to_numpy(dtype=float)
    mean = groups.mean().to_numpy(dtype=float)
    squares = ((logs - groups.transform("mean")) ** 2).groupby(level="customer", sort=True).sum().to_numpy(dtype=float)
    money = amounts.groupby(level="customer", sort=True).sum().to_numpy(dtype=float)
    between, within = _components(n, mean, squares)
    draws = np.empty((resamples, 2))
    for b in range(resamples):
        pick = rng.integers(0, len(n), len(n))
        draws[b] = _components(n[pick], mean[pick], squares[pick])[0], money[pick].sum() / n[pick].sum()
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    return StakeFit(
        float(amounts.mean()),
        math.exp(float(mean.mean())),
        between,
        within,
        (float(low[0]), float(high[0])),
        (float(low[1]), float(high[1])),
        mean,
        n,
    )


# -- from the fit to a scenario ------------------------------------------------------------------------


def design(sellers: int) -> tuple[int, int, int]:
    """Return (singletons, herds, members of a herd) per conduct for a number of salespeople.

    Each conduct has as many singletons as members of herds; herds have 5 members from 20 salespeople on,
    fewer
    below. The least is 8 salespeople: per conduct 2 singletons and a herd of 2.

    Examples
    --------
    >>> design(40)
    (10, 2, 5)
    >>> design(1)
    (2, 1, 2)
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
    alone, herds, of = design(sellers)
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
        Churn that the same fit finds in the last simulation, where leaving the market and never coming back
        look alike.
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
    stakes: StakeFit
    rate: float
    stake: float
    matching: Matching | None
    why_not_matched: str
    past: Histories
    curve: np.ndarray
    repeat_share: float

    @property
    def warning(self) -> str:
        """What must be known before the scenario is used; empty if the rate of needs was matched."""
        if self.matching and self.matching.reached:
            return ""
        if self.matching is None:
            return (
                f"WARNING: the rate of needs was NOT matched ({self.why_not_matched}): customers.rate is the "
                "rate of purchases, and the market will sell less often than the log says."
            )
        target = self.matching.target
        near = min(self.matching.shares, key=lambda share: abs(share - target))
        return (
            f"WARNING: the rate of needs was NOT matched: in the market {near:.3f} of the months after a "
            f"first purchase hold another one, in the log {self.matching.target:.3f} "
            f"({self.matching.stopped})."
        )

    def scenario(self) -> Scenario:
        """Return the fitted scenario; what is not fitted stands as in the default."""
        return self._built()[0]

    def _built(self) -> tuple[Scenario, float]:
        fit = self.purchases
        churn = 0.0 if fit.at_bound[2] and fit.churn < 1e-3 else fit.churn
        return _build(self.count, self.sellers, self.rate, fit.spread, churn, self.stake, self.stakes.between)

    def estimates(self) -> tuple[Estimate, ...]:
        """Return every fitted number with its interval and how it was fitted."""
        fit, stakes = self.purchases, self.stakes
        ratio = self.rate / fit.rate

        def wald(value: float, error: float, logit: bool = False) -> tuple[float, float]:
            if not error < 20.0:
                return math.nan, math.nan
            if logit:
                z = _logit(value)
                return _expit(z - 1.96 * error), _expit(z + 1.96 * error)
            return value * math.exp(-1.96 * error), value * math.exp(1.96 * error)

        def bound(i: int) -> str:
            return "; at the bound of its range, no interval" if fit.at_bound[i] else ""

        ml = "maximum likelihood on months with and without a purchase"
        low, high = wald(fit.rate, fit.errors[0])
        between = (low * ratio, high * ratio)
        if self.matching is None:
            needs = f"the purchase rate itself: {self.why_not_matched}"
        elif self.matching.reached:
            needs = f"purchase rate × {ratio:.3g}, matched by simulation; its interval is scaled along"
        else:
            needs, between = (
                f"purchase rate × {ratio:.3g}: the nearest tried, NOT matched (see matching)",
                (math.nan, math.nan),
            )
        return (
            Estimate("purchase rate", fit.rate, low, high, "per month", ml + bound(0)),
            Estimate("customers.rate", self.rate, *between, "per month", needs),
            Estimate("customers.rate_spread", fit.spread, *wald(fit.spread, fit.errors[1]), "", ml + bound(1)),
            Estimate("customers.churn", fit.churn, *wald(fit.churn, fit.errors[2], True), "per month", ml + bound(2)),
            Estimate(
                "mean amount",
                stakes.mean,
                *stakes.mean_interval,
                "money",
                "mean of a month's orders; bootstrap over customers",
            ),
            Estimate(
                "customers.stake",
                self.stake,
                *(self.stake / stakes.mean * x for x in stakes.mean_interval),
                "money",
                "so that the mean " + ("simulated" if self.matching else "expected") + " order has the mean amount",
            ),
            Estimate(
                "customers.stake_spread",
                stakes.between,
                *stakes.between_interval,
                "",
                "variance components of ln amount; bootstrap over customers",
            ),
            Estimate(
                "NBD r",
                self.counts.r,
                *wald(self.counts.r, self.counts.errors[0]),
                "",
                "gamma-Poisson on orders after the first month, for reference",
            ),
            Estimate(
                "NBD alpha", self.counts.alpha, *wald(self.counts.alpha, self.counts.errors[1]), "months", "the same"
            ),
        )

    def report(self) -> str:
        """Return what was fitted, how, and what was not, as text for people."""
        scenario, factor = self._built()
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
            lines.append(f"  matching (rate of needs → repeat share; target {m.target:.3f}): {rounds}; {m.stopped}")
            lines.append(
                f"  dropout that the same fit finds in the simulation: {m.apparent_churn:.3g} per month, "
                f"against "
                f"{self.purchases.churn:.3g} in the log (disappointed customers look like departed ones)"
            )
        lines += [
            "",
            "Taken over or assumed:",
            f"  customers.count = {scenario.customers.count:,}: "
            + (
                "customers seen"
                if self.count == self.customers
                else f"scaled down from {self.customers:,} seen, sellers in proportion"
            ),
            f"  salespeople = {scenario.sellers:,}: {self.sellers_from}; rounded to the 2×2 of conduct × organisation",
            f"  economy.wage = {scenario.economy.wage:,.2f}: assumed; wage ÷ possible revenue per seller as "
            f"in the default scenario",
        ]
        if factor < 1.0:
            lines.append(
                f"  minutes per visit (talk, ask, advise, service, complaint, support) × {factor:.3g}, at "
                f"least 1: else "
                f"{needs_per_seller(scenario):,.0f} needs per seller and month would swamp the salespeople"
            )
        if load(scenario) > load(Scenario()) * 1.1:
            lines.append("  even so there are more needs than minutes: visitors will be turned away")
        lines += [
            f"  spread of ln amount within a customer ({self.stakes.within:.3g}): not in the model, where a "
            f"customer's stake is fixed",
            "  arrival = 1: every place that falls empty is taken at once; the log does not show who never bought",
            "  everything else (trust, choice, experience, service, word of mouth, …): not in an order log; "
            "stays at the default",
        ]
        return "\n".join(lines)


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
        What was bought (`longgame.experiments.orders.read.read_orders`).
    salespeople : int, optional
        Salespeople in the market; else those in the log, else its firms or stores, else as many
        customers per salesperson as in the default scenario.
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
    first = log.frame.groupby("customer")["month"].transform("min")
    later = (log.frame["month"] > first).groupby(log.frame["customer"], sort=True).sum().to_numpy()
    stakes = fit_stakes(log.frame, np.random.default_rng(seed))

    per_seller = Scenario().customers.count / Scenario().sellers
    if salespeople is not None:
        sellers, origin = salespeople, "given"
    elif log.salespeople:
        sellers, origin = log.salespeople, "salespeople in the log"
    elif log.firms:
        sellers, origin = log.firms, "one per firm or store in the log"
    else:
        sellers, origin = (
            max(1, round(seen / per_seller)),
            f"assumed, the log names none: one per {per_seller:g} customers as in the default",
        )
    count = min(seen, customers) if customers else seen
    if count < seen:
        sellers = max(1, round(sellers * count / seen))

    curve = repeat_curve(log.frame, months)
    draft = Calibration(
        log.name,
        months,
        seen,
        sellers,
        origin,
        count,
        purchases,
        fit_counts(later, past.months),
        stakes,
        purchases.rate,
        1.0,
        None,
        "matching was switched off",
        past,
        curve,
        float(np.nanmean(curve[:HORIZON])),
    )
    # Without a simulation: order = price × stake, price at the mean markup, E[lognormal] = median ·
    # exp(σ²/2).
    price = draft.scenario().offer.unit_cost * (1.0 + mean_markup(draft.scenario()))
    draft = replace(draft, stake=stakes.mean / (price * math.exp(min(stakes.between, 3.0) ** 2 / 2.0)))
    if not match:
        return draft
    try:
        from longgame.sim import run
    except ImportError:
        return replace(draft, why_not_matched="the simulator could not be imported")
    return _match(draft, run, seed, rounds, simulated)


def _match(draft: Calibration, run: Callable[..., Any], seed: int, rounds: int, simulated: int) -> Calibration:
    """Scale the rate of needs until the simulated repeat share is that of the log, then the stake.

    Secant steps between ln rate and ln of the monthly hazard of a purchase, -ln(1 - share).
    """
    small = min(draft.count, simulated)
    scaled = replace(draft, count=small, sellers=max(1, round(draft.sellers * small / draft.count)))
    length = min(draft.months, 60)
    target = float(np.nanmean(draft.curve[: min(HORIZON, length - 1)]))
    rate, rates, shares, logs, hazards = draft.rate, [], [], [], []
    stopped = f"stopped after {rounds} rounds"
    for _ in range(max(rounds, 1)):
        scenario = replace(scaled, rate=rate).scenario().but(months=BURN_IN + length)
        found = run(scenario, seed, orders=True).orders
        found = found[found["month"] > BURN_IN]
        if found.empty or found["customer"].nunique() < 2:
            return replace(draft, why_not_matched="the simulated market sold next to nothing")
        orders = found.assign(month=found["month"] - BURN_IN)
        share = _repeat_share(orders, length)
        rates.append(rate)
        shares.append(share)
        logs.append(orders)
        if abs(share - target) < TOLERANCE * target:
            stopped = f"within {TOLERANCE:.0%}"
            break
        if rate >= RATE_CEILING and share < target:
            stopped = (
                f"the market cannot repeat that often: with a need nearly every month only {share:.3f} of "
                f"the "
                "months end in a purchase"
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
    stake = draft.stake * draft.stakes.mean / float(monthly.mean())
    reached = abs(shares[best] - target) < TOLERANCE * target
    matching = Matching(tuple(rates), tuple(shares), target, churn, stopped, reached)
    return replace(draft, rate=rates[best], stake=stake, matching=matching, why_not_matched="")


# -- the figure ----------------------------------------------------------------------------------------


def plot_fit(calibration: Calibration, *, axes: Sequence[Axes] | np.ndarray | None = None) -> np.ndarray:
    """Draw the fit beside the data: active months per customer, stakes, and repeat purchases over time.

    Parameters
    ----------
    calibration : Calibration
        What to show.
    axes : three matplotlib axes, optional
        Where to draw; a new figure of three panels without.

    Returns
    -------
    array of matplotlib.axes.Axes
        The three axes.
    """
    import matplotlib.pyplot as plt

    if axes is None:
        _, axes = plt.subplots(1, 3, layout="constrained", figsize=(3.2 * 3, 2.8))
    panels = np.asarray(axes, dtype=object).ravel()
    if len(panels) != 3:
        raise ValueError(f"plot_fit needs 3 axes, got {len(panels)}")
    _plot_repeats(calibration, panels[0])
    _plot_stakes(calibration, panels[1])
    _plot_curve(calibration, panels[2])
    return panels


def _plot_repeats(calibration: Calibration, ax: Axes) -> None:
    """Draw the distribution of active months after the first."""
    past, fit = calibration.past, calibration.purchases
    longest = int(past.months.max())
    table = repeat_distribution(longest, rate=fit.rate, spread=fit.spread, churn=fit.churn)
    weight = np.bincount(past.months, minlength=longest + 1)
    model = weight @ table / weight.sum()
    data = np.bincount(past.repeats, minlength=longest + 1) / len(past.repeats)
    gap = float(np.abs(np.cumsum(model) - np.cumsum(data)).max())
    x = np.arange(longest + 1)
    ax.bar(x, 100 * data, color="0.8", label="order log")
    ax.plot(x, 100 * model, color="C0", marker="o", label="model")
    ax.set(xlabel="later months with a purchase", ylabel="customers (%)", ylim=(0, None))
    ax.set_title(f"Who comes back how often:\nmodel within {100 * gap:.1f} points")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_ylim(0, 1.45 * 100 * max(float(model.max()), float(data.max())))  # the legend above the bars
    ax.legend(frameon=False, title=f"n = {len(past.repeats):,} customers", loc="upper right")


def _plot_stakes(calibration: Calibration, ax: Axes) -> None:
    """Draw customers' mean ln amounts against the normal density of the fit, in money on a log axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
    from scipy.stats import norm

    stakes = calibration.stakes
    # Mean of few months: its spread is that between customers plus the share of the spread within.
    low, high = np.quantile(stakes.customer_means, (0.001, 0.999))
    bins = np.linspace(low, high, 40)
    width = bins[1] - bins[0]
    data, _ = np.histogram(stakes.customer_means, bins)
    centres = (bins[1:] + bins[:-1]) / 2
    sizes, weight = np.unique(stakes.counts, return_counts=True)
    spread = np.sqrt(stakes.between**2 + stakes.within**2 / sizes)
    density = (
        norm.pdf(centres[:, None], stakes.customer_means.mean(), np.maximum(spread, 1e-9)) @ weight
    ) / weight.sum()
    ax.bar(
        np.exp(centres),
        100 * data / len(stakes.customer_means),
        width=np.exp(bins[1:]) - np.exp(bins[:-1]),
        color="0.8",
        label="order log",
    )
    ax.plot(np.exp(centres), 100 * density * width, color="C0", label="lognormal")
    ax.set_xscale("log")
    # Plain decades only; a narrow range has one or none inside, then a few plain numbers tell more.
    low, high = ax.get_xlim()
    decades = math.floor(math.log10(high)) - math.ceil(math.log10(low)) + 1
    ax.xaxis.set_major_locator(LogLocator(10) if decades >= 2 else MaxNLocator(3, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    share = stakes.between**2 / max(stakes.between**2 + stakes.within**2, 1e-12)
    ax.set(xlabel="typical monthly amount (money)", ylabel="customers (%)", ylim=(0, None))
    ax.set_ylim(0, 1.3 * ax.dataLim.y1)  # the legend above the bars
    ax.set_title(f"Stakes: {100 * share:.0f} % of variance of\nln amount is between customers")
    ax.legend(frameon=False, loc="upper right", ncols=2)


def _plot_curve(calibration: Calibration, ax: Axes) -> None:
    """Draw the share of customers that are active j months after the first purchase."""
    fit = calibration.purchases
    j = np.arange(1, len(calibration.curve) + 1)
    lam, weights = _gamma_nodes(fit.rate, fit.spread)
    model = float(weights @ -np.expm1(-lam)) * (1.0 - fit.churn) ** j
    ax.plot(j, 100 * calibration.curve, color="0.4", marker="s", linestyle="none", label="order log")
    ax.plot(j, 100 * model, color="C0", label="model")
    ax.set(xlabel="months since the first one", ylabel="customers buying (%)", ylim=(0, 105))
    worst = int(np.nanargmax(np.abs(model - calibration.curve)))
    gap = 100 * (model[worst] - calibration.curve[worst])
    ax.set_title(f"Month {j[worst]} is the worst: model\n{abs(gap):.1f} points too {'high' if gap > 0 else 'low'}")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(frameon=False)


__all__ = [
    "Calibration",
    "CountFit",
    "Estimate",
    "Histories",
    "Matching",
    "PurchaseFit",
    "StakeFit",
    "calibrate",
    "design",
    "fit_counts",
    "fit_purchases",
    "fit_stakes",
    "histories",
    "history_probability",
    "order_log",
    "plot_fit",
    "repeat_curve",
    "repeat_distribution",
]
