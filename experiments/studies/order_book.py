"""What an order book holds: its customers, orders and money, and what was left out."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from longgame.experiments.orders.log import OrderLog
from longgame.experiments.orders.repeats import HORIZON, repeat_curve, repeat_share, top_fifth
from longgame.experiments.studies import order_book_figure
from longgame.experiments.study import Findings
from longgame.experiments.words import many, number

#: Rows of an order book that are worth a figure.
FEW = 10


def facts(log: OrderLog) -> dict[str, Any]:
    """Return the numbers of an order book, ready for JSON; None for what the file does not say.

    Parameters
    ----------
    log : OrderLog
        As read from a file.

    Returns
    -------
    dict
        ``customers``, ``orders``, ``months``, ``salespeople`` (named), ``salespeople_at_once``; ``revenue`` in money;
        ``first`` and ``last``; ``repeat_share`` (share of customers who buy in a month after their first, mean of the
        first months), ``one_time_buyers`` (share of customers), ``top_fifth`` (share of the revenue that the top fifth
        of customers brings); ``dropped`` (list of ``why``, ``rows``, ``money``); how the file was understood.
    """
    counts = log.frame["customer"].value_counts()
    found = {
        "customers": log.customers,
        "orders": len(log.frame),
        "revenue": log.revenue,
        "currency": log.currency or None,
        "salespeople": log.salespeople,
        "salespeople_at_once": log.salespeople_at_once,
        "firms": log.firms,
        "first": log.first or None,
        "last": log.last or None,
        "months": log.months,
        "repeat_share": repeat_share(log.frame, log.months) if log.months > 1 else None,
        "one_time_buyers": float((counts == 1).mean()),
        "top_fifth": _top_fifth(log),
        "lost_deals": 0 if log.lost is None else len(log.lost),
        "rows": log.rows,
        "dropped": [{"why": out.why, "rows": out.rows, "money": _known(out.money)} for out in log.left_out],
        "columns": dict(log.columns),
        "dates": log.dates or None,
        "sales": log.sales or None,
        "notes": list(log.warnings),
    }
    return {name: _known(value) for name, value in found.items()}


def _known(value: Any) -> Any:
    """Return a value rounded to what JSON is to show, None for a number that is not known."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def _top_fifth(log: OrderLog) -> float:
    """Return the share of the revenue that the top fifth of the customers brings."""
    if not log.has_amounts:
        return math.nan
    return top_fifth(log.frame.groupby("customer", observed=True)["amount"].sum().to_numpy(float))


def order_book(log: OrderLog) -> Findings:
    """Return what an order book holds as findings: tables to read and figures of the log itself."""
    found = facts(log)
    shown = {"": _summary(found)}
    if log.left_out:
        money = [f"{out.money:,.2f}" if math.isfinite(out.money) else "not known" for out in log.left_out]
        shown["Left out"] = pd.DataFrame(
            {
                "why": [out.why for out in log.left_out],
                "rows": [f"{out.rows:,}" for out in log.left_out],
                "money": money,
            }
        )
    by_month = log.frame.groupby("month")["amount"].agg(["size", "sum"]).reindex(range(1, log.months + 1), fill_value=0)
    tables = {
        "months": by_month.rename(columns={"size": "orders", "sum": "revenue"}).reset_index(),
        "dropped": pd.DataFrame([vars(out) for out in log.left_out], columns=["why", "rows", "money"]),
    }
    if log.lost is not None:
        tables["lost"] = log.lost
    figures = {"months": partial(order_book_figure.draw_months, log=log)}
    if log.months > 1 and len(log.frame) > FEW:
        tables["repeats"] = (
            pd.DataFrame({"share": repeat_curve(log.frame, log.months)}).rename_axis("after").reset_index()
        )
        figures["customers"] = partial(order_book_figure.draw_customers, log=log)
    return Findings(
        "orders", f"What {log.name} holds.", sentences=_sentences(log), shown=shown, tables=tables, figures=figures
    )


def _sentences(log: OrderLog) -> tuple[str, ...]:
    """Say how a file was understood, and what looks odd."""
    taken = ", ".join(f"{meaning} = {name}" for meaning, name in log.columns.items())
    said = [f"{log.name}: {many(log.rows, 'row')}. Columns: {taken}."]
    said += [f"Dates: {log.dates}."] if log.dates else []
    said += [f"What a sale is: {log.sales}."] if log.sales else []
    return (*said, *(f"Look at this: {note}." for note in log.warnings))


def _summary(found: dict[str, Any]) -> pd.DataFrame:
    """Return the numbers of an order book as a table to read."""
    money = f" {found['currency']}" if found["currency"] else ""
    rows = {
        "customers": f"{found['customers']:,}",
        "orders": f"{found['orders']:,}",
        "revenue": None if found["revenue"] is None else f"{found['revenue']:,.2f}{money}",
        "salespeople named": None if found["salespeople"] is None else f"{found['salespeople']:,}",
        "salespeople at one time": found["salespeople_at_once"] and f"{found['salespeople_at_once']:,.1f}",
        "firms": None if found["firms"] is None else f"{found['firms']:,}",
        "first order": found["first"],
        "last order": found["last"],
        "months": f"{found['months']:,}",
        f"buy in a later month (mean of {HORIZON})": _percent(found["repeat_share"]),
        "customers with one order": _percent(found["one_time_buyers"]),
        "revenue from the top fifth": _percent(found["top_fifth"]),
        "lost deals": f"{found['lost_deals']:,}" if found["lost_deals"] else None,
    }
    kept = {name: value for name, value in rows.items() if value}
    return pd.DataFrame({"what": list(kept), "value": list(kept.values())})


def _percent(share: float | None) -> str | None:
    """Write a share in percent."""
    return None if share is None else f"{number(100 * share)} %"
