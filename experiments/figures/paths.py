"""Paths of profit and revenue over months, and the 2×2 of conduct and organisation over horizons.

`plot_x(df, *, ax=None) -> Axes` draws a panel, `figure_x(figure, …)` a figure. Every headline states a finding worked
out from the data that is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from longgame.experiments.design.arms import HERD, SINGLETON, Arm
from longgame.experiments.figures.axes import (
    BAND,
    POINTS,
    bundle,
    by_horizon,
    by_seed,
    draw_means,
    headline,
    horizon_axis,
    label_ends,
    money_axis,
    month_axis,
    new_axes,
    runs,
    same_limits,
    two_panels,
    zero_line,
)
from longgame.experiments.figures.looks import arms_in, look
from longgame.experiments.figures.pairs import said_gaps
from longgame.experiments.figures.style import hatching, line_width
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.pairs import PROFIT_UNIT, Pair
from longgame.experiments.inference.said import say
from longgame.experiments.measures.totals import crossover_month
from longgame.experiments.words import ORGANISATION_WORDS, called, capital, named, years


def plot_cumulative_profit(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot cumulative profit per salesperson of every arm.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``strategy``, ``organisation``, ``seed``, ``month``, ``profit`` (cumulative money per
        salesperson).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    ends = []
    for place, arm in enumerate(arms_in(df)):
        its = look(arm)
        ends.append((bundle(ax, by_seed(df, arm, "profit"), its, place), named(arm), its.colour))
    zero_line(ax)
    money_axis(ax)
    month_axis(ax, int(df["month"].max()))
    ax.set_ylabel("cumulative profit\n(money per salesperson)")
    label_ends(ax, ends)
    return ax


def plot_profit_difference(df: pd.DataFrame, pairs: Sequence[Pair], *, ax: Axes | None = None) -> Axes:
    """Plot the paired difference of cumulative profit, seed by seed, and mark where it crosses over for good.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``seed``, ``month``, ``profit``.
    pairs : sequence of (ours, theirs)
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    ends = []
    for place, (ours, theirs) in enumerate(pairs):
        its = look(ours)
        gap = by_seed(df, ours, "profit") - by_seed(df, theirs, "profit")
        ends.append((bundle(ax, gap, its, place), ORGANISATION_WORDS[ours.organisation], its.colour))
        found = [month for month in crossovers(df, ours, theirs) if month is not None]
        month = int(np.median(found)) if 2 * len(found) > gap.shape[1] else 1
        if month > 1:
            ax.plot([month], [0], marker="|", color="#222222", markersize=12, markeredgewidth=1.5, zorder=5)
            # Two marks may lie close together: herds above, singletons below. A line that comes to lie above
            # 0 leaves room to the upper left and to the lower right, unless that is outside the panel.
            part = month / float(df["month"].max())
            if part < 0.1:
                continue  # no room; the note says when
            to = "right" if part > 0.3 and (its.herd or part > 0.7) else "left"
            away = 0.4 * ax.xaxis.label.get_size()
            ax.annotate(
                f"{month / 12:.1f} years",
                (month, 0),
                (away if to == "left" else -away, (2.1 if its.herd else -2.1) * away),
                textcoords="offset points",
                ha=to,
                va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5},
            )
    zero_line(ax)
    money_axis(ax)
    month_axis(ax, int(df["month"].max()))
    ours, theirs = map(called, pairs[0])
    ax.set_ylabel(f"{ours} −\n{theirs} (money)")
    label_ends(ax, ends)
    return ax


def crossovers(df: pd.DataFrame, ours: Arm, theirs: Arm) -> list[int | None]:
    """Return the crossover month of every run; None for the runs in which it never comes."""
    one, other = by_seed(df, ours, "profit"), by_seed(df, theirs, "profit")
    seeds = one.columns.intersection(other.columns)
    return [crossover_month(list(one[seed]), list(other[seed])) for seed in seeds]


def say_crossover(months: Sequence[int | None]) -> str:
    """Write when one arm passes the other for good.

    Examples
    --------
    >>> say_crossover([30, 34, 32]), say_crossover([None, None])
    ('ahead for good from month 32', 'never ahead for good')
    >>> say_crossover([1, 1]), say_crossover([9, None])
    ('ahead from the start', 'ahead for good from month 9 in 1 of 2 runs')
    """
    found = sorted(m for m in months if m is not None)
    if not found:
        return "never ahead for good"
    middle = int(np.median(found))
    when = "ahead from the start" if middle == 1 else f"ahead for good from month {middle}"
    return when if len(found) == len(months) else f"{when} in {len(found)} of {len(months)} runs"


def figure_cumulative_profit(figure: Figure, df: pd.DataFrame, pairs: Sequence[Pair], where: str) -> None:
    """Fill a figure with cumulative profit of the arms and their paired difference.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        Runs of one kind of market, as for `plot_cumulative_profit`.
    pairs : sequence of (ours, theirs)
    where : str
        The kind of market, for the headline.
    """
    df = df.loc[df["group"].isin([arm.name for pair in pairs for arm in pair])]
    levels, difference = two_panels(figure)
    plot_cumulative_profit(df, ax=levels)
    plot_profit_difference(df, pairs, ax=difference)
    months, n = int(df["month"].max()), df["seed"].nunique()
    yearly, when = [], []
    for ours, theirs in pairs:
        gap = (by_seed(df, ours, "profit") - by_seed(df, theirs, "profit")).iloc[-1]
        yearly.append(12 * gap / months)
        when.append(f"{ORGANISATION_WORDS[ours.organisation]} {say_crossover(crossovers(df, ours, theirs))}")
    headline(
        figure,
        said_gaps(pairs, yearly, "profit", PROFIT_UNIT, where, months),
        f"{capital('; '.join(when))}. {runs(n)}; {BAND}; | = median crossover, where most runs have one. "
        "Headline: mean, clear where its 95% interval (BCa bootstrap) excludes 0.",
    )


def plot_revenue_areas(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot first-time and repeat revenue per salesperson and month as stacked areas (mean of runs).

    Parameters
    ----------
    df : pandas.DataFrame
        One arm: ``strategy``, ``organisation``, ``seed``, ``month``, ``first_revenue``, ``repeat_revenue`` (money per
        salesperson).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    mean = df.groupby("month")[["first_revenue", "repeat_revenue"]].mean()
    # A quarter's mean: single months of a small market are noise that hides the shape.
    mean = mean.rolling(3, min_periods=1, center=True).mean()
    top = mean.sum(axis=1)
    (arm,) = arms_in(df)
    colour = look(arm).colour
    ax.fill_between(mean.index, 0, mean["repeat_revenue"], color=colour, lw=0, label="repeat (annuity)")
    ax.fill_between(
        mean.index,
        mean["repeat_revenue"],
        top,
        facecolor="#e4e4e4",
        edgecolor="#777777",
        hatch=hatching("////"),
        lw=0,
        label="first-time (transactions)",
    )
    ax.plot(mean.index, top, color="#222222", linewidth=0.5 * line_width())
    money_axis(ax)
    month_axis(ax, int(df["month"].max()))
    # Panels may share their axis: only ever widen it.
    highest = max(1.05 * float(top.max()), 0.0 if ax.get_autoscaley_on() else ax.get_ylim()[1])
    ax.set_ylim(0, highest or None)  # without revenue the height is matplotlib's
    return ax


def figure_revenue_areas(figure: Figure, df: pd.DataFrame, arms: Sequence[Arm], where: str) -> None:
    """Fill a figure with the revenue areas of several arms, in one scale.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        Runs of one kind of market, from `measures.paths`.
    arms : sequence of Arm
        Strategies × (singleton, herd).
    where : str
    """
    strategies = list(dict.fromkeys(arm.way for arm in arms))
    wide = figure.get_figwidth() > 6
    shape = (2, len(strategies)) if wide else (len(strategies), 2)
    if not wide:
        figure.set_figheight(1.5 * len(strategies) + 1.1)
    # The last tick of a panel and the first of the next would read as one number without a gap.
    grid = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False, gridspec_kw={"wspace": 0.06})
    shares = {}
    for column, strategy in enumerate(strategies):
        for row, organisation in enumerate((SINGLETON, HERD)):
            arm = Arm(strategy, organisation)
            rows = df[df["group"] == arm.name]
            ax = grid[row, column] if wide else grid[column, row]
            plot_revenue_areas(rows, ax=ax)
            repeat, first = float(rows["repeat_revenue"].sum()), float(rows["first_revenue"].sum())
            share = shares[named(arm)] = repeat / (repeat + first) if repeat + first else float("nan")
            narrow = not wide or len(strategies) > 2
            ax.set_title(f"{named(arm)}: {share:.0%}".replace(" ", "\n" if narrow else " ", 1))
            if not ax.get_subplotspec().is_last_row():
                ax.set_xlabel("")
    same_limits(list(grid.flat))
    size = grid[0, 0].yaxis.label.get_size()
    figure.supylabel("revenue (money per salesperson-month)", fontsize=size)
    top, bottom = max(shares, key=shares.get), min(shares, key=shares.get)
    finding = (
        f"{where.capitalize()}: repeat business is {shares[top]:.0%} of the revenue of {top}, "
        f"{shares[bottom]:.0%} of {bottom}"
    )
    n = df["seed"].nunique()
    headline(
        figure,
        finding,
        "solid = repeat revenue (the annuity; its share over all months in the title), hatched = first-time "
        f"revenue (transactions). {runs(n)}, mean of runs, 3-month mean.",
    )


def plot_by_horizon(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot profit per salesperson-year of every arm over horizons: mean and 95% interval.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``strategy``, ``organisation``, ``seed``, ``months``, ``profit`` (money per salesperson-year up to
        that month).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    series = [(look(arm), named(arm), by_horizon(df, arm)) for arm in arms_in(df)]
    draw_means(ax, series)
    horizon_axis(ax, series[0][2].index)
    ax.set_ylabel("profit\n(money per salesperson-year)")
    return ax


def plot_herd_difference(df: pd.DataFrame, conducts: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """Plot herd − singleton in profit per salesperson-year for each conduct, paired by seed.

    Parameters
    ----------
    df : pandas.DataFrame
        As for `plot_by_horizon`.
    conducts : sequence of str
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    series = []
    for conduct in conducts:
        herd, alone = Arm(conduct, HERD), Arm(conduct, SINGLETON)
        series.append((look(herd), conduct, by_horizon(df, herd) - by_horizon(df, alone)))
    draw_means(ax, series)
    horizon_axis(ax, series[0][2].index)
    ax.set_ylabel("herds − singletons\n(money per salesperson-year)")
    return ax


def figure_herd(figure: Figure, df: pd.DataFrame, conducts: Sequence[str], where: str) -> None:
    """Fill a figure with conduct × organisation over horizons, and herd − singleton beside it."""
    levels, difference = two_panels(figure)
    plot_by_horizon(df, ax=levels)
    plot_herd_difference(df, conducts, ax=difference)
    last, n = int(df["months"].max()), df["seed"].nunique()
    end = df[df["months"] == last].pivot(index="seed", columns="group", values="profit")
    said = []
    for conduct in conducts:
        gap = end[Arm(conduct, HERD).name] - end[Arm(conduct, SINGLETON).name]
        said.append(f"{say(effect_of(gap, unit=PROFIT_UNIT), PROFIT_UNIT)} with {conduct} sellers")
    finding = (
        f"{where.capitalize()}: over {years(last)} profit per salesperson-year is {' and '.join(said)} in "
        "herds than as singletons"
    )
    headline(figure, finding, f"{runs(n)}; {POINTS}.")
