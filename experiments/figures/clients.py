"""Clients: whether they come back after a first deal, and how long they are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.axes import (
    ROUND,
    bars,
    headline,
    money_axis,
    month_axis,
    new_axes,
    panels,
    runs,
    zero_line,
)
from longgame.experiments.figures.looks import OKABE_ITO, arms_in, dark, in_order, look
from longgame.experiments.inference.effects import interval
from longgame.experiments.words import named, number, years

#: Kinds of deal: label, marker, colour, filled. Colours differ from those of strategies.
_GOOD, _BAD = ("P", OKABE_ITO["green"], True), ("X", OKABE_ITO["vermillion"], False)
_FIRST = {
    "exchange": {"win_win": ("win-win", *_GOOD), "win_lose": ("win-lose", *_BAD)},
    "failure": {"none": ("sound", *_GOOD), "unsolved": ("failed", *_BAD)},
}


def plot_after_first(df: pd.DataFrame, column: str, by: str = "exchange", *, ax: Axes | None = None) -> Axes:
    """Plot what follows a first deal that was win-win and one that was win-lose, arm by arm.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``strategy``, ``organisation``, ``seed``, `by` (of the first deal), and `column`.
    column : {"rate", "again", "revenue_after"}
    by : {"exchange", "failure"}
        What is told apart: win-win and win-lose, or sound deliveries and failures that nobody solved.
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    arms = arms_in(df)
    for kind, (label, marker, colour, filled) in _FIRST[by].items():
        rows = df[df[by] == kind]
        wide = rows.pivot(index="group", columns="seed", values=column).reindex([arm.name for arm in arms])
        bounds = np.array([interval(row.dropna()) for _, row in wide.iterrows()])
        mean = wide.mean(axis=1)
        y = np.arange(len(arms)) + (-0.12 if filled else 0.12)  # in the order of the legend
        ax.errorbar(
            mean,
            y,
            xerr=np.nan_to_num(np.abs(bounds.T - mean.to_numpy())),
            color=colour,
            marker=marker,
            linestyle="none",
            markerfacecolor=colour if filled else "white",
            label=label,
            **bars(),
        )
    _arm_rows(ax, arms)
    ax.set_xlim(left=-0.03 * ax.get_xlim()[1])  # a marker at 0 is not cut
    if column != "revenue_after":
        ax.set_xlabel("clients who came back" if column == "rate" else "next purchase from the same seller")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0%}"))
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    else:
        ax.set_xlabel("later revenue (money per client)")
        money_axis(ax, "x")
    return ax


def plot_after_first_difference(df: pd.DataFrame, column: str, by: str = "exchange", *, ax: Axes | None = None) -> Axes:
    """Plot good − bad (see `plot_after_first`) of what follows a first deal, paired by seed: mean and 95% interval."""
    ax = new_axes(ax)
    arms = arms_in(df)
    scale = 1 if column == "revenue_after" else 100
    good, bad = _FIRST[by]
    for y, arm in enumerate(arms):
        wide = df[df["group"] == arm.name].pivot(index="seed", columns=by, values=column)
        wide = wide.reindex(columns=[good, bad])
        gap = ((wide[good] - wide[bad]) * scale).dropna()
        low, high = interval(gap)
        its = look(arm)
        spread = [[max(0.0, gap.mean() - low)], [max(0.0, high - gap.mean())]]
        ax.errorbar([gap.mean()], [y], xerr=np.nan_to_num(spread), **{**its.line(), "linestyle": "none"}, **bars())
    _arm_rows(ax, arms)
    zero_line(ax, "x")
    minus = " − ".join(label for label, *_ in _FIRST[by].values())
    if column != "revenue_after":
        ax.set_xlabel(f"{minus}\n(percentage points)")
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    else:
        ax.set_xlabel(f"{minus}\n(money per client)")
        money_axis(ax, "x")
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, -0.05 * (high - low)), max(high, 0.05 * (high - low)))
    return ax


def _arm_rows(ax: Axes, arms: Sequence[Arm]) -> None:
    """Name the rows of a panel after the arms, the first on top."""
    ax.set_yticks(range(len(arms)), [named(arm).replace(" ", "\n") for arm in arms])
    ax.set_ylim(len(arms) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")


def figure_after_first(
    figure: Figure, df: pd.DataFrame, column: str, where: str, by: str = "exchange", deal: str = "first deal"
) -> None:
    """Fill a figure with what follows a good and a bad deal, and the paired difference (see `plot_after_first`)."""
    levels, difference = panels(figure, 2, height=2.3)
    plot_after_first(df, column, by, ax=levels)
    plot_after_first_difference(df, column, by, ax=difference)
    levels.legend(loc="upper center", bbox_to_anchor=(0.5, 1.02), ncols=2, handletextpad=0.2)
    levels.set_ylim(df["group"].nunique() - 0.5, -0.95)
    difference.set_ylim(levels.get_ylim())
    levels.set_title(f"After a {deal} that was …")
    difference.set_title("Paired difference (same seed)")
    if figure.get_figwidth() > 6:
        difference.set_yticklabels([])
    months, n = int(df["months"].iloc[0]), df["seed"].nunique()
    mean = df[df[by].isin(_FIRST[by])].groupby(by)[column].mean().reindex(list(_FIRST[by]))
    good, bad = mean if column == "revenue_after" else [f"{share:.0%}" for share in mean]
    kinds = ("win-win", "win-lose") if by == "exchange" else ("sound", "failed")
    what = {
        "rate": f"{good} of clients come back after a {kinds[0]} {deal}, {bad} after a {kinds[1]} one",
        "again": f"the same seller gets the next purchase after {good} of {kinds[0]}, {bad} of {kinds[1]} {deal}s",
    }.get(column)
    if what is None:
        what = (
            f"a {kinds[0]} {deal} is followed by {number(good)} of revenue per client, "
            f"a {kinds[1]} one by {number(bad)}"
        )
    headline(
        figure,
        f"{where.capitalize()}: within {years(months)}, {what}",
        f"{runs(n)}; points = mean of runs, bars = 95% interval (BCa bootstrap); headline = mean of the arms.",
    )


def plot_retention(df: pd.DataFrame, arms: Sequence[Arm], *, ax: Axes | None = None, names: bool = True) -> Axes:
    """Plot Kaplan-Meier curves with the numbers at risk below.

    Parameters
    ----------
    df : pandas.DataFrame
        One cohort, from `measures.retention`: ``group``, ``month`` since the first deal, ``retained``,
        ``at_risk``.
    arms : sequence of Arm
        Those that are drawn, where they had clients.
    ax : matplotlib.axes.Axes, optional
    names : bool
        Name the lines and what they are; False where a panel to the left has named them.
    """
    ax = new_axes(ax)
    end = int(df["month"].max())
    arms = [arm for arm in in_order(arms) if arm.name in set(df["group"])]
    for place, arm in enumerate(arms):
        rows = df[df["group"] == arm.name].sort_values("month")
        x = np.append(rows["month"], end)
        y = np.append(rows["retained"], rows["retained"].iloc[-1])
        every = (0.08 + 0.05 * (place % 4), 0.2)  # lines lie upon each other where nobody is lost yet
        ax.plot(x, y, drawstyle="steps-post", markevery=every, label=named(arm), **look(arm).line())
    month_axis(ax, end + 1 if end % 12 == 11 else max(end, 1))  # the last month of a year ends it
    ax.set_xlabel("years since the first deal" if end >= 24 else "months since the first deal")
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0%}"))
    ax.set_ylabel("clients not lost" if names else "")
    if names:
        ax.legend(loc="upper right", handlelength=2.5)  # curves that only fall leave that corner free
    _at_risk(ax, df, arms)
    return ax


def _at_risk(ax: Axes, df: pd.DataFrame, arms: Sequence[Arm]) -> None:
    """Write the clients still followed below a panel, one row per line, beside its marker."""
    size = ax.xaxis.label.get_size()
    ticks = [tick for tick in ax.get_xticks() if tick <= df["month"].max() + 1]
    for row, arm in enumerate(arms):
        rows, its = df[df["group"] == arm.name].sort_values("month"), look(arm)
        below = -size * (4.6 + 1.35 * row)  # under tick labels and axis label, one line each
        place = {"textcoords": "offset points", "va": "center", "color": dark(its.colour), "fontsize": size}
        for tick in ticks:
            after = rows[rows["month"] >= tick]
            count = int(after["at_risk"].iloc[0]) if len(after) else 0
            ax.annotate(_short(count), (tick, 0), (0, below), xycoords=("data", "axes fraction"), ha="center", **place)
        ax.annotate(its.glyph, (0, 0), (-1.6 * size, below), xycoords="axes fraction", ha="right", **place)


def _short(count: int) -> str:
    """Write a count in few letters."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.0f}k" if count >= 10_000 else f"{count / 1000:.1f}k"


def figure_retention(figure: Figure, df: pd.DataFrame, arms: Sequence[Arm], where: str) -> None:
    """Fill a figure with the retention of each cohort.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        From `measures.pooled_retention`.
    arms : sequence of Arm
    where : str
    """
    cohorts = sorted(df["cohort"].unique())[:2]
    drawn = panels(figure, len(cohorts), height=2.6, sharey=True)
    beside = drawn[0].get_position().y0 == drawn[-1].get_position().y0
    for ax, cohort in zip(drawn, cohorts, strict=True):
        rows = df[df["cohort"] == cohort]
        plot_retention(rows, arms, ax=ax, names=ax is drawn[0] or not beside)
        ax.set_title(f"First deal in months {cohort}–{cohort + 59}")
    first = df[df["cohort"] == cohorts[0]]
    mark = min(36, int(first["month"].max()))
    kept = first[first["month"] <= mark].sort_values("month").groupby("group", sort=False)["retained"].last()
    words = {arm.name: named(arm) for arm in arms}
    top, bottom = kept.idxmax(), kept.idxmin()
    silence = int(df["silence"].iloc[0])
    finding = (
        f"{where.capitalize()}: {years(mark)} after their first deal {kept[top]:.0%} of the clients of "
        f"{words[top]}, {kept[bottom]:.0%} of those of {words[bottom]}, have never gone {silence} months "
        "without an order"
    )
    headline(
        figure,
        finding,
        f"Kaplan-Meier, {runs(df['runs'].iloc[0])} together; lost = {silence} months without an order, so "
        f"nobody before month {silence}; numbers = clients neither lost nor censored before.",
    )
