"""What follows a deal: of a kind that a lot decides (a failure of service), and of a kind that the seller chose."""

from __future__ import annotations

import pandas as pd

from longgame.experiments.measures.clients import of_newcomers, repeat_purchase_rate
from longgame.sim.books import Result

#: A loss up to this part of the price is small.
SMALL = 0.25

WON = ("win_win", "win_win_win")


def size_of_loss(orders: pd.DataFrame) -> pd.Series:
    """Return what the customer lost by each deal that the seller won.

    Returns
    -------
    pandas.Series
        ``none`` where both won, ``small`` and ``large`` where the seller alone won, ``other`` where the seller lost.
    """
    lost = (orders["amount"] - orders["refund"] - orders["delivered"]) / orders["amount"]
    found = pd.Series("other", orders.index)
    found[orders["exchange"].isin(WON)] = "none"
    alone = orders["exchange"] == "win_lose"
    found[alone & (lost <= SMALL)] = "small"
    found[alone & (lost > SMALL)] = "large"
    return found


def windows(end: int) -> list[int]:
    """Return the windows, in months, that are over for some deals of a run: 1, 2 and 5 years, else half of it."""
    return [12 * years for years in (1, 2, 5) if 12 * years < end] or [max(1, end // 2)]


def first_deals(result: Result) -> pd.DataFrame:
    """Return whether newcomers to a firm came back and what they spent, by their first deal, in every window.

    Returns
    -------
    pandas.DataFrame
        Columns of `repeat_purchase_rate`, ``group``, ``months`` (the window), ``kind`` (``failure`` or ``loss``),
        ``level`` (of that kind), ``lost`` (share of the first deals by which the customer lost).
    """
    end = result.scenario.months
    orders = of_newcomers(result.orders)
    orders = orders.assign(
        failure=orders["failure"].astype(str),
        loss=size_of_loss(orders),
        customer_lost=orders["exchange"].isin(("win_lose", "lose_lose")),
    )
    pieces = []
    for months in windows(end):
        first = orders.drop_duplicates(["customer", "firm"])
        first = first[first["month"] <= end - months]
        for kind in ("failure", "loss"):
            by = ["group", kind]
            rates = repeat_purchase_rate(orders, by, within=months, end=end)
            lost = first.groupby(by, observed=True)["customer_lost"].mean().rename("lost")
            rows = rates.join(lost).reset_index().rename(columns={kind: "level"})
            pieces.append(rows.assign(kind=kind, months=months))
    return pd.concat(pieces, ignore_index=True)


def next_orders(result: Result) -> pd.DataFrame:
    """Return with whom customers bought next, after deals of each kind.

    Only deals that are followed for two years (or half of a shorter run) count.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``kind`` and ``level`` as in `first_deals`, ``months`` (the window), ``deals``, ``again`` (share
        after which the next purchase in the window was from the same salesperson; no purchase is none), ``same`` (the
        same among those with a purchase), ``firm_again`` (the next purchase was from the same firm).
    """
    end = result.scenario.months
    months = min(24, max(1, end // 2))
    assert result.orders is not None
    log = result.orders.sort_values(["customer", "month"], kind="stable").reset_index(drop=True)
    later = log.groupby("customer", sort=False)[["salesperson", "firm", "month"]].shift(-1)
    bought = later["month"] <= log["month"] + months
    deals = pd.DataFrame(
        {
            "group": log["group"],
            "failure": log["failure"].astype(str),
            "loss": size_of_loss(log),
            "again": bought & (later["salesperson"] == log["salesperson"]),
            "firm_again": bought & (later["firm"] == log["firm"]),
            "bought": bought,
        }
    )[log["month"] <= end - months]
    pieces = []
    for kind in ("failure", "loss"):
        found = deals.groupby(["group", kind], observed=True).agg(
            deals=("again", "size"),
            again=("again", "mean"),
            firm_again=("firm_again", "mean"),
            bought=("bought", "mean"),
        )
        rows = found.reset_index().rename(columns={kind: "level"})
        pieces.append(rows.assign(kind=kind, same=rows["again"] / rows["bought"].where(rows["bought"] > 0)))
    return pd.concat(pieces, ignore_index=True).assign(months=months)
