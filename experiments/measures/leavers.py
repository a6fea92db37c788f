"""What a firm loses when a salesperson leaves: the leaver's customers against those of colleagues who stay.

Shi et al. (2017) found losses of 13-18 % of yearly sales.
"""

from __future__ import annotations

import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.sim.books import Result

#: Sales are compared over this time before and after somebody leaves. Unit: months.
YEAR = 12


def sales_around(orders: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return what every customer of a firm paid it in the year up to a month, and in the year after.

    Parameters
    ----------
    orders : pandas.DataFrame
        `Result.orders`.
    month : int
        Last month of the year before.

    Returns
    -------
    pandas.DataFrame
        ``firm``, ``customer``, ``salesperson`` (who sold most to them in the year before; of equals the lowest
        number), ``before`` and ``after`` (money, before refunds, whoever of the firm sold).
    """
    past = orders[(orders["month"] > month - YEAR) & (orders["month"] <= month)]
    later = orders[(orders["month"] > month) & (orders["month"] <= month + YEAR)]
    pair = ["firm", "customer"]
    by_seller = past.groupby([*pair, "salesperson"], as_index=False)["amount"].sum()
    main = by_seller.sort_values([*pair, "amount"], ascending=[True, True, False], kind="stable").drop_duplicates(pair)
    sums = {"before": past.groupby(pair)["amount"].sum(), "after": later.groupby(pair)["amount"].sum()}
    found = main.drop(columns="amount").join(pd.DataFrame(sums), on=pair)
    return found.assign(after=found["after"].fillna(0.0)).reset_index(drop=True)


def leavers(result: Result) -> pd.DataFrame:
    """Return yearly sales to the customers of leavers and of stayers, before and after, at every end of a year.

    Only firms that are open through the year after count, so nobody's firm is gone.

    Parameters
    ----------
    result : sim.Result
        Of a run with orders.

    Returns
    -------
    pandas.DataFrame
        One row per group and month in which somebody left: ``group``, ``month``, ``leavers`` (persons with
        customers), ``left_before``, ``left_after``, ``stayed_before``, ``stayed_after`` (money a year).
    """
    assert result.orders is not None
    closed = result.firms.set_index("firm")["closed"].astype("Float64").fillna(float("inf"))
    people = result.salespeople.set_index("salesperson")
    left = people["left"].astype("Float64").fillna(float("inf"))
    pieces = []
    for month in range(YEAR, result.scenario.months - YEAR + 1, YEAR):
        sales = sales_around(result.orders, month)
        sales = sales[(sales["firm"].map(closed) > month + YEAR).to_numpy(bool)]
        until = sales["salesperson"].map(left)
        sales = sales.assign(
            group=sales["salesperson"].map(people["group"].astype(str)),
            gone=(until == month).to_numpy(bool),
            stays=(until > month).to_numpy(bool),
        )
        for group, rows in sales.groupby("group"):
            gone, stay = rows[rows["gone"]], rows[rows["stays"]]
            if len(gone):
                numbers = {
                    "leavers": gone["salesperson"].nunique(),
                    "left_before": gone["before"].sum(),
                    "left_after": gone["after"].sum(),
                    "stayed_before": stay["before"].sum(),
                    "stayed_after": stay["after"].sum(),
                }
                pieces.append({"group": group, "month": month, **numbers})
    columns = ["group", "month", "leavers", "left_before", "left_after", "stayed_before", "stayed_after"]
    return pd.DataFrame(pieces, columns=columns)


LEAVERS = Measure("leavers", leavers, orders=True)


def leaver_loss(sums: pd.DataFrame) -> float:
    """Return which share of leavers' customers' yearly sales a firm loses, against stayers' in the same months.

    What leavers' customers would have paid is what they paid the year before, times the change in sales to
    stayers' customers of the same group in the same months.

    Parameters
    ----------
    sums : pandas.DataFrame
        Rows of `leavers`, of as many runs as there are.

    Returns
    -------
    float
        0: no loss; 1: all is lost; below 0: a gain. NaN if nobody left beside others who stayed.

    Examples
    --------
    >>> row = {"left_before": 100.0, "left_after": 60.0, "stayed_before": 200.0, "stayed_after": 150.0}
    >>> round(leaver_loss(pd.DataFrame([row])), 9)  # 75 of 100 would have come
    0.2
    """
    known = sums[sums["stayed_before"] > 0]
    expected = float((known["left_before"] * known["stayed_after"] / known["stayed_before"]).sum())
    return 1.0 - float(known["left_after"].sum()) / expected if expected > 0 else float("nan")
