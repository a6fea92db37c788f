"""Exact limits: the market itself, parts of it switched off through its scenario, beside what theory says.

Nothing here plays a game of its own: every number comes from `sim` run on a `Scenario`, and is compared with
the function of the same meaning in `validation.theory`. A tolerance is `SIGMAS` standard errors of the
simulated number, nothing else; the error is measured from independent customers, blocks of them, or herds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from longgame.experiments.validation import theory
from longgame.sim import Conduct, Firms, Result, Scenario, Strategy, run
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build
from longgame.sim.month import play_month

#: Half-width of a tolerance in standard errors: one row in 16,000 fails by bad luck.
SIGMAS = 4.0

#: Money of one unit of the theory's payoff; rounding to a cent is then 1e-5 of it.
UNIT = 1000.0

#: The exploiter's profit on a deal, as a share of the stake, and the unit cost, in the markets of one seller.
TOP, COST = 0.04, 0.01

#: What every limit has in common: a need each month, all alike, no luck, no talk, no turnover, free time.
BARE: dict[str, Any] = {
    "customers.rate": 50.0,
    "customers.rate_spread": 0.0,
    "customers.stake_spread": 0.0,
    "customers.drift": 0.0,
    "customers.churn": 0.0,
    "network.contacts": 0,
    "offer.craft": 0.0,
    "offer.quality_noise": 0.0,
    "trust.negativity": 1.0,
    "trust.general_share": 0.0,
    "trust.turned_away": 0.0,
    "trust.harassed": 0.0,
    "choice.reach": 0,
    "choice.prospecting": False,
    "choice.ask_around": 0.0,
    "choice.nobody": False,
    "choice.decides": False,
    "choice.habit_weight": 0.0,
    "choice.betrayed": -1.0,
    "choice.reference_rate": 0.0,
    "choice.reference_weight": 0.0,
    "attention.capacity": 10_000_000,
    "attention.talk": 0,
    "attention.ask": 0,
    "attention.advise": 0,
    "attention.estimate_noise": 0.0,
    "service.issue": 0.0,
    "service.hassle": 0.0,
    "service.service": 0,
    "service.complaint": 0,
    "service.support": 0,
    "service.recovery_cost": 0.0,
    "service.remorse": 0.0,
    "word_of_mouth.gossip": 0.0,
    "prosperity.growth": 0.0,
    "prosperity.advice_growth": 0.0,
    "economy.wage": 0.0,
    "economy.commission": 0.0,
    "staffing.turnover": 0.0,
    "staffing.dismissal": 0.0,
}

#: A memory in which only the latest experience counts: one exploitation is enough, one honest deal is too.
LATEST = {"trust.forgetting": 0.0, "trust.seller_weight": 0.01, "choice.temperature": 0.005}


class Measured(NamedTuple):
    """A simulated number and its standard error."""

    value: float
    error: float

    @property
    def sign(self) -> int:
        """The sign of the number, 0 if it is within the tolerance of 0."""
        return 0 if abs(self.value) <= SIGMAS * self.error else int(np.sign(self.value))


class Loyalty(NamedTuple):
    """Mean order parameter y, its error, share of loyal customers, the first seller's part of habit."""

    y: float
    error: float
    loyal: float
    first: float
    first_error: float


def sells(name: str, **dials: float) -> Strategy:
    """Return a strategy of one conduct; it finds out everything, so that an honest claim is true."""
    return Strategy(name=name, description="one conduct for all", with_prospects=Conduct(discovery=1.0, **dials))


def market(firms: Sequence[Firms], strategies: Sequence[Strategy], changes: dict[str, Any], months: int) -> Scenario:
    """Return a bare market."""
    return Scenario(firms=tuple(firms), strategies=tuple(strategies), months=months).but(BARE | changes)


# -- loyalty ------------------------------------------------------------------------------------------

#: A favourite with at least this share of a customer's habit makes the customer loyal.
LOYAL = 0.8


def loyalty_scenario(
    sellers: int, gamma: float, K: float, customers: int, benefit: Sequence[float] | None = None
) -> Scenario:
    """Return the market in which only habit counts: everybody is known, nobody is trusted, all cost the same.

    Temperature is 1, so the weight of habit is K, and `benefit` (÷ temperature) a difference in price.
    """
    worth = np.zeros(sellers) if benefit is None else np.asarray(benefit, float)
    # price = 1 + the most that anybody offers - what this one offers
    prices = 1.0 + worth.max() - worth
    names = [f"seller-{k}" for k in range(sellers)]
    return market(
        [Firms(name=name, strategies={name: 1}) for name in names],
        [sells(name, markup=float(price - 1.0)) for name, price in zip(names, prices, strict=True)],
        {
            "customers.count": customers,
            "customers.stake": UNIT,
            "offer.unit_cost": 1.0,
            "trust.acquainted": True,
            "trust.remembered": sellers,
            "trust.prior": 1e-12,
            "trust.deal_share": 0.0,
            "trust.brand_share": 0.0,
            "choice.temperature": 1.0,
            "choice.reference": 1.0,
            "choice.habit_weight": float(K),
            "choice.habit_rate": float(gamma),
        },
        months=12_000,
    )


def loyalty_order(
    sellers: int,
    gamma: float,
    K: float,
    customers: int = 4000,
    months: int = 3000,
    burn_in: int = 2000,
    start: str = "indifferent",
    benefit: Sequence[float] | None = None,
    seed: int = 1,
) -> Loyalty:
    """Simulate the order parameter y = Σh²/(Σh)² of customers who choose by habit (Weisbuch et al. 2000).

    Parameters
    ----------
    sellers, gamma, K : int, float, float
        m sellers, speed of habit, weight of habit ÷ temperature.
    customers, months, burn_in : int
        y is the mean over customers and over the months after `burn_in`, sampled every 1/γ months.
    start : {"indifferent", "loyal"}
        ``loyal``: everybody begins with full habit towards one seller, drawn by lot.
    benefit : sequence of float, optional
        Worth of each seller beside habit, ÷ temperature.
    seed : int

    Raises
    ------
    ValueError
        If `start` is neither.
    """
    if start not in ("indifferent", "loyal"):
        raise ValueError(f"`start` is {start!r}; it must be 'indifferent' or 'loyal'")
    scenario = loyalty_scenario(sellers, gamma, K, customers, benefit)
    if start == "loyal":
        scenario = scenario.but({"choice.initial_habit": 1.0})
    state = build(scenario, seed)
    do = in_ranges()
    every = max(1, round(1 / gamma))
    total, favourite, first, samples = np.zeros(customers), np.zeros(customers), np.zeros(customers), 0
    for month in range(1, months + 1):
        state = play_month(state, month, do)
        after = month - burn_in
        if after > 0 and after % every == 0:
            share = state.memories["habit"] / state.memories["habit"].sum(axis=1, keepdims=True)
            total += (share**2).sum(axis=1)
            favourite += share.max(axis=1) >= LOYAL
            first += share[:, 0]
            samples += 1
    y, root = total / samples, np.sqrt(customers)
    return Loyalty(
        float(y.mean()),
        float(y.std(ddof=1) / root),
        float(favourite.mean() / samples),
        float(first.mean() / samples),
        float(first.std(ddof=1) / samples / root),
    )


# -- honesty against exploitation ----------------------------------------------------------------------


def returning(
    honest: bool,
    g: float,
    m: float = 1.0,
    detection: float = 1.0,
    slip: float = 0.0,
    *,
    churn: float = 0.0,
    arrival: float = 0.0,
    customers: int = 20_000,
    months: int = 200,
    **changes: Any,
) -> Scenario:
    """Return a market of one seller whose customers come back every month until they leave or are let down.

    How it maps: something goes wrong with probability `detection`, and then the conduct shows: the honest
    seller makes it good (but for a `slip`), the exploiter does not, and charges g more. Who was let down
    trusts no more and approaches nobody; trust, and habit at full weight, bring everybody else back.
    """
    margin = (m if honest else m + g) * TOP / (m + g)
    seller = sells("honest" if honest else "exploiter", markup=margin / COST, aftercare=1.0 - slip if honest else 0.0)
    own = {
        "customers.count": customers,
        "customers.stake": UNIT * (m + g) / TOP,
        "customers.churn": churn,
        "customers.arrival": arrival,
        "offer.unit_cost": COST,
        "trust.remembered": 1,
        "trust.brand_share": 0.0,
        "trust.prior": 0.5,
        # u of a stranger .5, of one who did well at least .19, of one who did not at most -.25
        "choice.reach": 1,
        "choice.nobody": True,
        "choice.hope": 2.0,
        "choice.reference": 0.0,
        "choice.value_rate": 0.0,
        "choice.habit_weight": 0.75,
        "choice.habit_rate": 1.0,
        # delivered as claimed: x = ½; nothing delivered: x = 0
        "experience.value_weight": 0.0,
        "experience.claim_weight": 10.0,
        "experience.pressure_weight": 0.0,
        "experience.experience_temperature": 1e-4,
        "service.issue": detection,
        "service.severity": 1.0,
        "service.voice": 1.0,
        "service.solve": 1.0,
    }
    firm = Firms(name="seller", strategies={seller.name: 1})
    return market([firm], [seller], LATEST | own | changes, months)


def present_value(monthly: pd.DataFrame, column: str, discount: float) -> float:
    """Return the sum of a column of money in units of payoff, the first month undiscounted."""
    return float((monthly[column] * discount ** (monthly["month"] - 1)).sum() / UNIT)


Pair = Callable[[float], tuple[Scenario, Scenario]]


def break_even(
    pair: Pair, value: Callable[[Result], float], each: Callable[[Result], NDArray[np.float64]], seed: int
) -> Measured:
    """Return the w at which two markets are worth the same, found by bisection on simulated values.

    Both see the same luck, at every w. The error is that of the difference in worth, measured from what each
    customer is worth (`each`), divided by its slope.
    """

    def gap(w: float) -> float:
        ours, theirs = pair(w)
        return value(run(ours, seed)) - value(run(theirs, seed))

    found = float(brentq(gap, 0.02, 0.97, xtol=1e-4))
    step = min(0.02, (1 - found) / 3)
    slope = (gap(found + step) - gap(found - step)) / (2 * step)
    ours, theirs = (each(run(scenario, seed, orders=True)) for scenario in pair(found))
    return Measured(found, float(np.std(ours - theirs) * np.sqrt(len(ours)) / slope))


def log_of(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Run a market and return its order log."""
    return orders_of(run(scenario, seed, orders=True))


def orders_of(result: Result) -> pd.DataFrame:
    """Return the order log of a run that kept one."""
    assert result.orders is not None
    return result.orders


def by_customer(orders: pd.DataFrame, amount: pd.Series, customers: int) -> NDArray[np.float64]:
    """Return an amount per order added up by customer."""
    return np.bincount(orders["customer"], amount / UNIT, minlength=customers)


def shadow_threshold(
    g: float,
    m: float = 1.0,
    detection: float = 1.0,
    slip: float = 0.0,
    discount: float = 1.0,
    *,
    customers: int = 40_000,
    seed: int = 1,
) -> Measured:
    """Simulate the break-even w between an honest seller and an exploiter, each alone with one cohort.

    Arguments as in `theory.shadow`, which gives δw.
    """

    def pair(w: float) -> tuple[Scenario, Scenario]:
        arm = partial(returning, g=g, m=m, detection=detection, slip=slip, churn=1 - w, customers=customers)
        return arm(True), arm(False)

    def each(result: Result) -> NDArray[np.float64]:
        orders = orders_of(result)
        cost = COST * UNIT * (m + g) / TOP
        return by_customer(orders, (orders["amount"] - cost) * discount ** (orders["month"] - 1), customers)

    return break_even(pair, lambda result: present_value(result.monthly, "profit", discount), each, seed)


def crossover(
    g: float, w: float, cohort: str = "open", *, customers: int = 100_000, blocks: int = 40, seed: int = 1
) -> Measured:
    """Simulate when the honest seller's cumulative profit passes the exploiter's (m = 1).

    Every place in the market is given up with probability 1-w a month. ``open``: it is taken again at once,
    so that those who were not there at the start arrive at a constant rate from the first month on; the
    founders are left out. ``closed``: nobody arrives; the founders are the cohort. Between months a cubic is
    drawn through the cumulative difference; the error is a jackknife over blocks of places.
    """
    expected = theory.crossover_month(g, w, cohort)
    months = int(2 * expected) + 6
    market_of = partial(
        returning, g=g, churn=1 - w, arrival=float(cohort == "open"), customers=customers, months=months
    )
    gains = np.zeros((blocks, months + 1))
    for honest, sign in ((True, 1.0), (False, -1.0)):
        orders = log_of(market_of(honest), seed)
        founders = orders["customer"] < customers
        orders = orders[founders != (cohort == "open")]
        profit = (1.0 if honest else 1.0 + g) * sign
        np.add.at(gains, (orders["customer"].to_numpy() % customers % blocks, orders["month"]), profit)
    ahead = gains.cumsum(axis=1)

    def month(path: NDArray[np.float64]) -> float:
        behind = np.flatnonzero(path[1:] < 0)
        last = int(behind[-1]) + 1  # the last month in which honesty is behind
        # The cumulative profit of a closed cohort jumps at the start, so month 0 is left out of the cubic.
        near = np.arange(max(last - 2, 1), last + 4)
        curve = CubicSpline(near, path[near])
        return float(brentq(curve, last, last + 1))

    whole = ahead.sum(axis=0)
    without = np.array([month(whole - block) for block in ahead])
    error = np.sqrt((blocks - 1) / blocks * ((without - without.mean()) ** 2).sum())
    return Measured(month(whole), float(error))


def gossip_advantage(
    q: float, w: float, g: float, m: float = 1.0, discount: float = 1.0, *, customers: int = 100_000, seed: int = 1
) -> Measured:
    """Simulate what honesty gains per prospect over an exploiter whom a prospect knows with probability q.

    A period is a need, which arises with probability ν a month. Those who meet the seller in month 1 tell
    whoever asks them; prospects are founders whose first need comes in month 2. Each of them has asked one
    contact, so they know with probability q = ν·`gossip` exactly (places of those who leave are taken again
    at once, so that the contact is there). The churn makes w the chance to have one more need. Both markets
    see the same needs, so the log of the honest one tells who was a prospect in the other.
    """
    need = max(0.5, q)
    stays = w / (need + w * (1 - need))
    months = int(np.ceil(np.log(1e-6) / np.log(stays)))
    arms = [
        returning(
            honest,
            g,
            m,
            churn=1 - stays,
            arrival=1.0,
            customers=customers,
            months=months,
            **{
                "customers.rate": -np.log1p(-need),
                "network.contacts": 10,
                "network.rewiring": 1.0,
                "word_of_mouth.gossip": q / need,
                "word_of_mouth.bad_ratio": 1.0,
                "word_of_mouth.witness": 1.0,
            },
        )
        for honest in (True, False)
    ]
    logs = (log_of(arm, seed) for arm in arms)
    ours, theirs = (log[log["customer"] < customers] for log in logs)
    first = ours.groupby("customer")["month"].min()
    prospects = first.index[first == 2]

    def worth(orders: pd.DataFrame, payoff: float) -> NDArray[np.float64]:
        period = orders.groupby("customer").cumcount()
        return by_customer(orders, payoff * UNIT * discount**period, customers)[prospects]

    gain = worth(ours, m) - worth(theirs, m + g)
    return Measured(float(gain.mean()), float(gain.std(ddof=1) / np.sqrt(len(gain))))
