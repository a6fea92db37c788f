"""The figure of a fit: the order log and the model, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from longgame.experiments.orders.calibrate import Calibration
from longgame.experiments.orders.likelihood import rates_and_weights, repeat_distribution

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_fit(calibration: Calibration, *, axes: Sequence[Axes] | np.ndarray | None = None) -> np.ndarray:
    """Draw the fit beside the data: active months per customer, stakes, and repeat purchases over time.

    Parameters
    ----------
    calibration : Calibration
        The fit to show.
    axes : three matplotlib axes, optional
        The panels; a new figure without them.

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
    ax.set_title(f"Months with a purchase:\nmodel within {100 * gap:.1f} points")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_ylim(0, 1.45 * 100 * max(float(model.max()), float(data.max())))  # the legend above the bars
    ax.legend(frameon=False, title=f"n = {len(past.repeats):,} customers", loc="upper right")


def _plot_stakes(calibration: Calibration, ax: Axes) -> None:
    """Draw customers' mean ln amounts against the normal density of the fit, in money on a log axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
    from scipy.stats import norm

    stakes = calibration.stakes
    if stakes is None:
        ax.set_axis_off()
        ax.set_title("Stakes: the log has no amounts,\nthe default's are kept")
        return
    # A mean of few months varies by the spread between customers plus a share of the spread within.
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
    # Plain decades only; where a narrow range has one or none inside, a few plain numbers serve better.
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
    lam, weights = rates_and_weights(fit.rate, fit.spread)
    model = float(weights @ -np.expm1(-lam)) * (1.0 - fit.churn) ** j
    ax.plot(j, 100 * calibration.curve, color="0.4", marker="s", linestyle="none", label="order log")
    ax.plot(j, 100 * model, color="C0", label="model")
    ax.set(xlabel="months since the first one", ylabel="customers buying (%)", ylim=(0, 105))
    worst = int(np.nanargmax(np.abs(model - calibration.curve)))
    gap = 100 * (model[worst] - calibration.curve[worst])
    ax.set_title(f"Month {j[worst]} is the worst: model\n{abs(gap):.1f} points too {'high' if gap > 0 else 'low'}")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(frameon=False)
