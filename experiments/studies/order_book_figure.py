"""Figures of an order book: orders and revenue by month, repeat purchases, gaps, sizes of orders."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from longgame.experiments.figures.axes import headline, money_axis, month_axis, panels
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.orders.log import OrderLog
from longgame.experiments.orders.repeats import repeat_curve
from longgame.experiments.words import many, number

#: Longest gap that has a bar of its own, in months.
LONGEST = 24


def draw_months(figure: Figure, log: OrderLog) -> None:
    """Fill a figure with orders and revenue by month."""
    months = np.arange(1, log.months + 1)
    index = log.frame["month"].to_numpy(dtype=np.int64)
    orders = np.bincount(index, minlength=log.months + 1)[1:]
    axes = panels(figure, 1 + log.has_amounts)
    axes[0].bar(months - 0.5, orders, width=0.9, color=OKABE_ITO["blue"])
    axes[0].set_title("Orders")
    if log.has_amounts:
        revenue = np.bincount(index, weights=log.frame["amount"].to_numpy(), minlength=log.months + 1)[1:]
        axes[1].bar(months - 0.5, revenue, width=0.9, color=OKABE_ITO["green"])
        axes[1].set_title("Revenue" + (f" ({log.currency})" if log.currency else ""))
        money_axis(axes[1])
    for ax in axes:
        month_axis(ax, log.months)
    half = max(1, log.months // 2)
    early, late = orders[:half].mean(), orders[-half:].mean()
    change = f"{number(100 * (late / early - 1))} % {'more' if late >= early else 'fewer'}".replace("−", "")
    finding = f"{number(float(orders.mean()))} orders a month"
    if log.months > 1 and early > 0:
        finding += f", in the second half {change} than in the first"
    since = f" from {log.start}" if log.start else ""
    headline(figure, finding, f"{many(len(log.frame), 'order')} of {log.name} in {many(log.months, 'month')}{since}.")


def draw_customers(figure: Figure, log: OrderLog) -> None:
    """Fill a figure with repeat purchases over time, gaps between orders, and sizes of orders."""
    axes = panels(figure, 2 + log.has_amounts)
    curve = repeat_curve(log.frame, log.months)
    axes[0].plot(np.arange(1, log.months), 100 * curve, color=OKABE_ITO["blue"], marker="o", markersize=3)
    axes[0].set(xlabel="months after the first order", ylabel="customers buying (%)", ylim=(0, None))
    axes[0].set_title("Repeat purchases")
    gaps = _gaps(log)
    _draw_gaps(axes[1], gaps)
    if log.has_amounts:
        _draw_sizes(axes[2], log.frame["amount"].to_numpy())
    again = float((log.frame["customer"].value_counts() > 1).mean())
    usual = f", as a rule after {many(int(np.median(gaps)), 'month')}" if len(gaps) else ""
    headline(
        figure,
        f"{number(100 * again)} % of customers order again{usual}",
        f"{many(log.customers, 'customer')} of {log.name}. Repeat purchases: share of the customers who are observed "
        "that long. Gaps: between months with orders of one customer.",
    )


def _gaps(log: OrderLog) -> np.ndarray:
    """Return the months between successive months with orders, of all customers."""
    active = log.frame[["customer", "month"]].drop_duplicates().sort_values(["customer", "month"], kind="stable")
    return active.groupby("customer", observed=True)["month"].diff().dropna().to_numpy(dtype=np.int64)


def _draw_gaps(ax: Axes, gaps: np.ndarray) -> None:
    """Draw how long customers wait between two months with orders."""
    counts = np.bincount(np.minimum(gaps, LONGEST), minlength=2)[1:]
    ax.bar(np.arange(1, len(counts) + 1), 100 * counts / max(len(gaps), 1), color=OKABE_ITO["orange"])
    more = " or more" if len(counts) == LONGEST else ""
    ax.set(xlabel=f"months between orders (to {len(counts)}{more})", ylabel="gaps (%)")
    ax.set_title("Gaps")


def _draw_sizes(ax: Axes, amounts: np.ndarray) -> None:
    """Draw the sizes of orders on a logarithmic axis."""
    low, high = np.quantile(amounts, (0.001, 0.999))
    bins = np.geomspace(low, max(high, low * 1.01), 30)
    ax.hist(amounts, bins=bins, weights=np.full(len(amounts), 100 / len(amounts)), color=OKABE_ITO["green"])
    ax.set_xscale("log")
    ax.set(xlabel="money", ylabel="orders (%)")
    ax.set_title("Sizes of orders")
