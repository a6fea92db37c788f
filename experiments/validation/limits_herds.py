"""Exact limits of herds: when a member gains by exploiting strangers, and when a way of selling takes a herd over."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from longgame.experiments.validation.limits import (
    LATEST,
    UNIT,
    Measured,
    break_even,
    by_customer,
    market,
    orders_of,
    present_value,
    sells,
)
from longgame.sim import Conduct, FirmPolicy, Firms, Pay, Result, Scenario, Strategy, run


def herd_scenario(
    n: int, g: float, m: float, pay: str, deviates: bool, *, churn: float, customers: int, months: int = 200
) -> Scenario:
    """Return a herd of n and an outsider; its first member may exploit the strangers who come to them.

    How it maps: nobody's product fits, so a promise is all there is: kept (x = ½) or not (x = 0). Customers
    know all n+1 by name and take one of the most trusted. Trust is in the firm (``individual``, ``pooled``),
    so a satisfied customer comes back to any member and a deceived one goes to the outsider, or in the
    person (``owned``). The deviator is honest to clients of the herd and deviates with new customers alone.
    """
    if pay not in ("individual", "pooled", "owned"):
        raise ValueError(f"`pay` is {pay!r}; it must be 'individual', 'pooled' or 'owned'")
    fair = Conduct(discovery=1.0, markup=-0.9)
    exploit = fair.but(markup=0.1 * (1 + g / m) - 1, overpromise=1.0)
    member = Strategy(
        name="member",
        description="the member in question",
        with_prospects=exploit if deviates else fair,
        with_clients=fair,
    )
    fairly = Strategy(name="fair", description="honest", with_prospects=fair)
    share = Pay(closings=0.0, team=1.0) if pay == "pooled" else Pay()
    herd = Firms(
        name="herd",
        strategies={"member": 1} | ({"fair": n - 1} if n > 1 else {}),
        policy=FirmPolicy(shares_memory=True, pay=share),
    )
    outsider = Firms(name="outsider", strategies={"fair": 1})
    in_firm = {"trust.brand_share": 1.0, "trust.brand_weight": 0.01, "trust.seller_weight": 1000.0}
    in_person = {"trust.brand_share": 0.0, "trust.seller_weight": 0.01}
    changes = {
        "customers.count": customers,
        "customers.churn": churn,
        "customers.arrival": 0.0,
        "customers.stake": UNIT * m / 0.01,
        "offer.unit_cost": 0.1,
        "offer.breadth": 1e-12,
        "trust.acquainted": True,
        "trust.remembered": n + 1,
        "trust.prior": 0.3,
        "choice.hope": 0.0,
        "choice.reference": 0.01,
        "experience.value_weight": 0.0,
        "experience.claim_weight": 10.0,
        "experience.pressure_weight": 0.0,
        "experience.experience_temperature": 0.1,
        "economy.commission": 1.0,
    }
    return market(
        [herd, outsider], [member, fairly], LATEST | changes | (in_person if pay == "owned" else in_firm), months
    )


def herd_threshold(
    n: int, g: float, m: float = 1.0, pay: str = "individual", *, customers: int = 40_000, seed: int = 1
) -> Measured:
    """Simulate the break-even δw of a member of a herd of n, from the pay that the firm's books give them.

    ``pay``: ``individual`` commission on a shared pool, ``pooled``, or ``owned`` accounts.
    """

    def pair(w: float) -> tuple[Scenario, Scenario]:
        arm = partial(herd_scenario, n, g, m, pay, churn=1 - w, customers=customers)
        return arm(False), arm(True)

    def earned(result: Result) -> float:
        return present_value(result.monthly[result.monthly["strategy"] == "member"], "commission", 1.0)

    def each(result: Result) -> NDArray[np.float64]:
        orders = orders_of(result)
        mine = orders["firm"] == 0 if pay == "pooled" else orders["salesperson"] == 0
        return by_customer(orders, orders["amount"] * mine / (n if pay == "pooled" else 1), customers)

    return break_even(pair, earned, each, seed)


def fixation(
    n: int, gap: float, beta: float, *, herds: int = 1000, looks: float = 0.1, years: int = 500, seed: int = 1
) -> Measured:
    """Simulate the chance that one mutant's way of selling takes over a herd whose members copy each other.

    Each of many herds in one market is a population of its own: its members look at a colleague's pay with
    probability `looks` at a year's end and copy by the Fermi rule. Mutants and the others sell as much to
    customers who come by chance, mutants at another price, so that pay differs by a constant on average;
    wages are so much larger that mean pay, in which selection is measured, stays what it is.
    """
    per_year = 3.0  # deals a person; what luck does to pay then hardly matters to a step (below)
    resident = sells("resident", markup=0.0)
    mutant = sells("mutant", markup=5.0 if gap >= 0 else -0.8)
    sellers = n * herds
    wage, relative = 1000.0, 1e-3  # the gap in mean pay, as a share of it
    price = wage * relative / (per_year / 12 * 0.1 * abs(mutant.with_prospects.markup))
    need = 0.5
    scenario = market(
        [
            Firms(
                name="herd",
                count=herds,
                strategies={"mutant": 1, "resident": n - 1},
                policy=FirmPolicy(learning="colleagues"),
            )
        ],
        [mutant, resident],
        {
            "customers.count": round(sellers * per_year / 12 / need),
            "customers.rate": float(-np.log1p(-need)),
            "customers.stake": price,
            "offer.unit_cost": 1.0,
            "trust.memory": False,
            "trust.remembered": 1,
            "trust.brands": 1,
            "choice.reach": 1,
            "economy.wage": wage,
            "economy.commission": 0.1,
            "staffing.imitation": looks,
            "staffing.selection": abs(beta * gap) / relative,
            "staffing.payback": 12,
        },
        months=12 * years,
    )
    people = run(scenario, seed).salespeople
    taken = (people["strategy"] == "mutant").groupby(people["firm"]).mean().to_numpy(float)
    # A herd that is still undecided counts with its present share (1-2 % of them, after 500 years).
    return Measured(float(taken.mean()), float(taken.std(ddof=1) / np.sqrt(herds)))
