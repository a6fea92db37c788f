"""What a strategy is like to deal with, measured from its deals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.measures.totals import summary
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

#: Every measured trait: what it is called, its unit, and what it means.
TRAITS = {
    "profit": ("profit", "money per salesperson-year", "after all costs"),
    "deception": ("deception rate", "share of deals", "deals in which the claim went beyond what the seller believed"),
    "overclaim": ("claim beyond delivery", "÷ price", "worth claimed less worth delivered: what the customer misses"),
    "repeat_share": ("repeat share", "share of deals", "with customers who had bought from the firm before"),
    "trust_destroyed": (
        "trust destroyed per sale",
        "points of trust",
        "how much less a newcomer would trust the seller after one such deal; below 0 it is built",
    ),
    "price_over_value": ("price over value", "price ÷ worth", "above 1 customers pay more than they get"),
    "client_trust": ("trust of clients", "in [0, 1]", "of clients who visit, in the salesperson"),
    "relational_quotient": (
        "relational quotient",
        "in [0, 1]",
        "geometric mean of win-win share, repeat share and client trust",
    ),
}


def trust_left(scenario: Scenario, satisfaction: Any) -> Any:
    """Return the trust in a seller that one experience leaves in a newcomer.

    The rule of the model's trust memory on the level of the seller alone: evidence x for, ω(1 − x) against,
    and the prior t0 weighed by n_s.

    Parameters
    ----------
    scenario : Scenario
    satisfaction : float or array
        The experience x, in [0, 1].

    Examples
    --------
    >>> float(trust_left(Scenario(), 1.0)), float(trust_left(Scenario(), 0.0))
    (0.6666666666666666, 0.25)
    """
    trust = scenario.trust
    x = np.asarray(satisfaction, dtype=float)
    good, bad = x, trust.negativity * (1 - x)
    return (good + trust.seller_weight * trust.prior) / (good + bad + trust.seller_weight)


def deceives(strategy: Strategy, before: pd.Series, month: pd.Series, end: int) -> np.ndarray:
    """Return for every deal whether it was made by a conduct that claims more than it believes.

    Parameters
    ----------
    strategy : Strategy
    before : pandas.Series
        Deals of the same customer with the same salesperson before this one.
    month : pandas.Series
    end : int
        Months of the run.
    """
    prospects, clients, last = (conduct.overpromise > 0 for conduct in strategy.conducts())
    by_deals = np.where(before >= strategy.client_after, clients, prospects)
    return np.where(month > end - strategy.endgame_months, last, by_deals).astype(bool)


def of_deals(result: Any) -> pd.DataFrame:
    """Return the traits of every strategy in a run, one row per strategy.

    Whether a customer is a client is counted from the order log: who forgot a salesperson in between is a
    client here and a prospect there.

    Parameters
    ----------
    result : sim.Result
        With its orders.

    Returns
    -------
    pandas.DataFrame
        ``strategy`` and `TRAITS`; NaN without deals.
    """
    scenario, orders = result.scenario, result.orders
    summed = summary(result.monthly, ("strategy",))
    before = orders.groupby(["customer", "salesperson"]).cumcount()
    rows = []
    for name in summed.index:
        mine = (orders["strategy"] == name).to_numpy()
        deals = orders[mine]
        paid = deals["amount"].sum()
        strategy = scenario.strategy(str(name))
        lied = deceives(strategy, before[mine], deals["month"], scenario.months)
        some = len(deals) > 0
        rows.append(
            {
                "strategy": str(name),
                "deception": lied.mean() if some else np.nan,
                "overclaim": (deals["claim"] - deals["delivered"]).sum() / paid if some else np.nan,
                "trust_destroyed": scenario.trust.prior - trust_left(scenario, deals["satisfaction"]).mean()
                if some
                else np.nan,
                "price_over_value": paid / deals["delivered"].sum() if some else np.nan,
            }
        )
    known = ["profit", "repeat_share", "client_trust", "relational_quotient"]
    found = pd.DataFrame(rows).set_index("strategy").join(summed[known].rename(index=str))
    return found[list(TRAITS)].reset_index()


OF_DEALS = Measure("traits", of_deals, orders=True)


def averaged(table: pd.DataFrame) -> dict[str, dict[str, list[float | None]]]:
    """Return mean and interval over seeds of every trait of every strategy, of the means over markets.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``traits`` of a plan.

    Returns
    -------
    dict
        By strategy and trait: mean, low, high; None where there is no number.
    """
    found: dict[str, dict[str, list[float | None]]] = {}
    for name, rows in table.groupby("strategy", sort=True):
        seeds = rows.groupby("seed")[list(TRAITS)].mean()
        found[str(name)] = {trait: _rounded(effect_of(seeds[trait], unit="")) for trait in TRAITS}
    return found


def _rounded(effect: Any) -> list[float | None]:
    """Return mean, low and high with five digits."""
    values = (effect.value, effect.low, effect.high)
    return [float(f"{v:.5g}") if np.isfinite(v) else None for v in values]


def values(traits: Mapping[str, list[float | None]], trait: str) -> tuple[float, float, float]:
    """Return mean, low and high of a trait as numbers, NaN where there is none."""
    mean, low, high = (np.nan if v is None else v for v in traits[trait])
    return mean, low, high
