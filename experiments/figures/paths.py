"""One function per figure: `plot_x(df, *, ax=None) -> Axes` draws a panel, `figure_x(figure, …)` a figure.

Every headline states a finding worked out from the data that is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from longgame.experiments.design.arms import HERD, SINGLETON
from longgame.experiments.figures.looks import (
    BAND,
    EXCHANGE_LOOKS,
    OKABE_ITO,
    ROUND,
    bundle,
    by_seed,
    dark,
    hatching,
    headline,
    in_order,
    ink,
    label_ends,
    line_width,
    look,
    money_axis,
    month_axis,
    named,
    new_axes,
    panels,
    runs,
    same_limits,
    save,
    split,
    style,
    zero_line,
)
from longgame.experiments.figures.pairs import bars, by_horizon, draw_means, horizon_axis, say
from longgame.experiments.inference.effects import effect_of, interval
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.measures.kept import crossover_month
from longgame.experiments.words import number, years
from longgame.sim.columns import DEAL, OUTCOMES

__all__ = ["save", "style"]


# -- cumulative profit --------------------------------------------------------------------------------


def plot_cumulative_profit(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot cumulative profit per salesperson of every arm.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group`` (the arm), ``seed``, ``month``, ``profit`` (cumulative money per salesperson).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    ends = []
    for place, arm in enumerate(in_order(df["group"])):
        its = look(arm)
        ends.append((bundle(ax, by_seed(df, arm, "profit"), its, place), named(arm), its.colour))
    zero_line(ax)
    money_axis(ax)
    month_axis(ax, int(df["month"].max()))
    ax.set_ylabel("cumulative profit\n(money per salesperson)")
    label_ends(ax, ends)
    return ax


def plot_profit_difference(df: pd.DataFrame, pairs: Sequence[tuple[str, str]], *, ax: Axes | None = None) -> Axes:
    """Plot the paired difference of cumulative profit, seed by seed, and mark where it crosses over for good.

    Parameters
    ----------
    df : pandas.DataFrame
        As for `plot_cumulative_profit`.
    pairs : sequence of (ours, theirs)
        Arms to compare.
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    ends = []
    for place, (ours, theirs) in enumerate(pairs):
        its = look(ours)
        gap = by_seed(df, ours, "profit") - by_seed(df, theirs, "profit")
        ends.append((bundle(ax, gap, its, place), _organised(ours), its.colour))
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
    ax.set_ylabel(f"{split(pairs[0][0])[0]} −\n{split(pairs[0][1])[0]} (money)")
    label_ends(ax, ends)
    return ax


def _organised(arm: str) -> str:
    """Return the organisation of an arm in a word."""
    return "herds" if split(arm)[1] == HERD else "singletons"


def crossovers(df: pd.DataFrame, ours: str, theirs: str) -> list[int | None]:
    """Return the crossover month of every run; None for the runs in which it never comes."""
    one, other = by_seed(df, ours, "profit"), by_seed(df, theirs, "profit")
    seeds = one.columns.intersection(other.columns)
    return [crossover_month(list(one[seed]), list(other[seed])) for seed in seeds]


def say_crossover(months: Sequence[int | None]) -> str:
    """Say when one arm passes the other for good.

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


def figure_cumulative_profit(figure: Figure, df: pd.DataFrame, pairs: Sequence[tuple[str, str]], where: str) -> None:
    """Fill a figure with cumulative profit of the arms and their paired difference.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        Runs of one kind of market: ``group``, ``seed``, ``month``, ``profit``.
    pairs : sequence of (ours, theirs)
    where : str
        The kind of market, for the headline.
    """
    arms = [arm for pair in pairs for arm in pair]
    df = df.loc[df["group"].isin(arms)]
    levels, difference = panels(figure, 2)
    plot_cumulative_profit(df, ax=levels)
    plot_profit_difference(df, pairs, ax=difference)
    levels.set_title("Levels")
    difference.set_title("Paired difference (same seed)")
    months, n = int(df["month"].max()), df["seed"].nunique()
    gaps, when = [], []
    for ours, theirs in pairs:
        gap = (by_seed(df, ours, "profit") - by_seed(df, theirs, "profit")).iloc[-1]
        gaps.append(f"{_more(gap, float(gap.median()))} profit as {_organised(ours)}")
        when.append(f"{_organised(ours)} {say_crossover(crossovers(df, ours, theirs))}")
    ours, theirs = split(pairs[0][0])[0], split(pairs[0][1])[0]
    finding = (
        f"{where.capitalize()}: after {years(months)} {ours} sellers have made {' and '.join(gaps)} than {theirs} ones"
    )
    said = "; ".join(when)
    headline(
        figure,
        finding,
        f"{said[:1].upper()}{said[1:]}. {runs(n)}; {BAND}; | = median crossover, where most runs have one. "
        "Headline: median, clear where the 95% interval of the mean (BCa bootstrap) excludes 0.",
    )


def _more(gap: pd.Series, value: float) -> str:
    """Say how much more or less `value` is, and whether the interval of the mean of `gap` bears that out.

    Examples
    --------
    >>> _more(pd.Series([3.0, 4.0] * 4), 3.5), _more(pd.Series([-30.0, 31.0] * 4), 0.5)
    ('3.5 more', 'not clearly more (0.5)')
    """
    side, amount = ("more" if value > 0 else "less"), number(abs(value))
    if effect_of(gap, unit="").sign == (1 if value > 0 else -1):
        return f"{amount} {side}"
    return f"not clearly {side} ({amount})"


# -- annuity and transactions -------------------------------------------------------------------------


def plot_revenue_areas(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot first-time and repeat revenue per salesperson and month as stacked areas (mean of runs).

    Parameters
    ----------
    df : pandas.DataFrame
        One arm: ``seed``, ``month``, ``first_revenue``, ``repeat_revenue`` (money per salesperson).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    mean = df.groupby("month")[["first_revenue", "repeat_revenue"]].mean()
    # A quarter's mean: single months of a small market are noise that hides the shape.
    mean = mean.rolling(3, min_periods=1, center=True).mean()
    top = mean.sum(axis=1)
    colour = look(df["group"].iloc[0]).colour if "group" in df else OKABE_ITO["blue"]
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


def figure_revenue_areas(figure: Figure, df: pd.DataFrame, arms: Sequence[str], where: str) -> None:
    """Fill a figure with the revenue areas of several arms, in one scale.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        Runs of one kind of market, from `measures.paths`.
    arms : sequence of str
        Strategies × (singleton, herd).
    where : str
    """
    strategies = list(dict.fromkeys(split(arm)[0] for arm in arms))
    wide = figure.get_figwidth() > 6
    shape = (2, len(strategies)) if wide else (len(strategies), 2)
    if not wide:
        figure.set_figheight(1.5 * len(strategies) + 1.1)
    # The last tick of a panel and the first of the next would read as one number without a gap.
    grid = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False, gridspec_kw={"wspace": 0.06})
    shares = {}
    for column, strategy in enumerate(strategies):
        for row, organisation in enumerate((SINGLETON, HERD)):
            arm = f"{strategy}-{organisation}"
            rows = df[df["group"] == arm]
            ax = grid[row, column] if wide else grid[column, row]
            plot_revenue_areas(rows, ax=ax)
            repeat, first = float(rows["repeat_revenue"].sum()), float(rows["first_revenue"].sum())
            shares[arm] = repeat / (repeat + first) if repeat + first else float("nan")
            ax.set_title(f"{named(arm)}: {shares[arm]:.0%}".replace(" ", " " if wide else "\n", 1))
            if not ax.get_subplotspec().is_last_row():
                ax.set_xlabel("")
    same_limits(list(grid.flat))
    size = grid[0, 0].yaxis.label.get_size()
    figure.supylabel("revenue (money per salesperson-month)", fontsize=size)
    top, bottom = max(shares, key=shares.get), min(shares, key=shares.get)
    finding = (
        f"{where.capitalize()}: repeat business is {shares[top]:.0%} of the revenue of {named(top)}, "
        f"{shares[bottom]:.0%} of {named(bottom)}"
    )
    n = df["seed"].nunique()
    headline(
        figure,
        finding,
        "solid = repeat revenue (the annuity; its share over all months in the title), hatched = first-time "
        f"revenue (transactions). {runs(n)}, mean of runs, 3-month mean.",
    )


# -- conduct × organisation over horizons -------------------------------------------------------------


def plot_by_horizon(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot profit per salesperson-year of every arm over horizons: mean and 95% interval.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``seed``, ``months``, ``profit`` (money per salesperson-year up to that month).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    arms = in_order(df["group"])
    series = [(look(arm), named(arm), by_horizon(df, arm)) for arm in arms]
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
        herd, alone = (by_horizon(df, f"{conduct}-{kind}") for kind in (HERD, SINGLETON))
        series.append((look(f"{conduct}-{HERD}"), conduct, herd - alone))
    draw_means(ax, series)
    horizon_axis(ax, series[0][2].index)
    ax.set_ylabel("herds − singletons\n(money per salesperson-year)")
    return ax


def figure_herd(figure: Figure, df: pd.DataFrame, conducts: Sequence[str], where: str) -> None:
    """Fill a figure with conduct × organisation over horizons, and herd − singleton beside it."""
    levels, difference = panels(figure, 2)
    plot_by_horizon(df, ax=levels)
    plot_herd_difference(df, conducts, ax=difference)
    levels.set_title("Levels")
    difference.set_title("Paired difference (same seed)")
    last, n = int(df["months"].max()), df["seed"].nunique()
    end = df[df["months"] == last].pivot(index="seed", columns="group", values="profit")
    said = []
    for conduct in conducts:
        gap = end[f"{conduct}-{HERD}"] - end[f"{conduct}-{SINGLETON}"]
        said.append(f"{say(effect_of(gap, unit=PROFIT_UNIT), PROFIT_UNIT)} with {conduct} sellers")
    finding = (
        f"{where.capitalize()}: over {years(last)} profit per salesperson-year is {' and '.join(said)} in "
        "herds than as singletons"
    )
    headline(figure, finding, f"{runs(n)}; points = mean, bars = 95% interval (BCa bootstrap).")


# -- after the first deal -----------------------------------------------------------------------------

#: Kinds of first deal: label, marker, colour, filled. Colours differ from those of strategies.
_FIRST = {
    "win_win": ("win-win", "P", OKABE_ITO["green"], True),
    "win_lose": ("win-lose", "X", OKABE_ITO["vermillion"], False),
}


def plot_after_first(df: pd.DataFrame, column: str, *, ax: Axes | None = None) -> Axes:
    """Plot what follows a first deal that was win-win and one that was win-lose, arm by arm.

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``seed``, ``exchange`` (of the first deal), and `column`.
    column : {"rate", "revenue_after"}
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    arms = in_order(df["group"])
    for kind, (label, marker, colour, filled) in _FIRST.items():
        rows = df[df["exchange"] == kind]
        wide = rows.pivot(index="group", columns="seed", values=column).reindex(arms)
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
    if column == "rate":
        ax.set_xlabel("clients who came back")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0%}"))
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    else:
        ax.set_xlabel("later revenue (money per client)")
        money_axis(ax, "x")
    return ax


def plot_after_first_difference(df: pd.DataFrame, column: str, *, ax: Axes | None = None) -> Axes:
    """Plot win-win − win-lose of what follows a first deal, paired by seed: mean and 95% interval."""
    ax = new_axes(ax)
    arms = in_order(df["group"])
    scale = 100 if column == "rate" else 1
    for y, arm in enumerate(arms):
        wide = df[df["group"] == arm].pivot(index="seed", columns="exchange", values=column)
        wide = wide.reindex(columns=list(_FIRST))
        gap = ((wide["win_win"] - wide["win_lose"]) * scale).dropna()
        low, high = interval(gap)
        its = look(arm)
        spread = [[max(0.0, gap.mean() - low)], [max(0.0, high - gap.mean())]]
        ax.errorbar([gap.mean()], [y], xerr=np.nan_to_num(spread), **{**its.line(), "linestyle": "none"}, **bars())
    _arm_rows(ax, arms)
    zero_line(ax, "x")
    if column == "rate":
        ax.set_xlabel("win-win − win-lose\n(percentage points)")
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    else:
        ax.set_xlabel("win-win − win-lose\n(money per client)")
        money_axis(ax, "x")
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, -0.05 * (high - low)), max(high, 0.05 * (high - low)))
    return ax


def _arm_rows(ax: Axes, arms: Sequence[str]) -> None:
    """Name the rows of a panel after the arms, the first on top."""
    ax.set_yticks(range(len(arms)), [named(arm).replace(" ", "\n") for arm in arms])
    ax.set_ylim(len(arms) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")


def figure_after_first(figure: Figure, df: pd.DataFrame, column: str, where: str) -> None:
    """Fill a figure with what follows a win-win and a win-lose first deal, and the paired difference."""
    levels, difference = panels(figure, 2, height=2.3)
    plot_after_first(df, column, ax=levels)
    plot_after_first_difference(df, column, ax=difference)
    levels.legend(loc="upper center", bbox_to_anchor=(0.5, 1.02), ncols=2, handletextpad=0.2)
    levels.set_ylim(df["group"].nunique() - 0.5, -0.95)
    difference.set_ylim(levels.get_ylim())
    levels.set_title("After a first deal that was …")
    difference.set_title("Paired difference (same seed)")
    if figure.get_figwidth() > 6:
        difference.set_yticklabels([])
    months, n = int(df["months"].iloc[0]), df["seed"].nunique()
    mean = df[df["exchange"].isin(_FIRST)].groupby("exchange")[column].mean().reindex(list(_FIRST))
    if column == "rate":
        what = (
            f"{mean['win_win']:.0%} of clients come back after a win-win first deal, "
            f"{mean['win_lose']:.0%} after a win-lose one"
        )
    else:
        what = (
            f"a win-win first deal is followed by {number(mean['win_win'])} of revenue per client, "
            f"a win-lose one by {number(mean['win_lose'])}"
        )
    headline(
        figure,
        f"{where.capitalize()}: within {years(months)}, {what}",
        f"{runs(n)}; points = mean of runs, bars = 95% interval (BCa bootstrap); headline = mean of the arms.",
    )


# -- the exchange matrix ------------------------------------------------------------------------------


def plot_exchange_shares(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot how the exchanges of each arm ended, as stacked bars that add to 100 % (mean of runs).

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``seed`` and one share per kind of exchange (`longgame.sim.columns.OUTCOMES`).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    mean = df.groupby("group", sort=False)[list(OUTCOMES)].mean()
    mean = mean.loc[in_order(mean.index)]
    left = np.zeros(len(mean))
    # A number is written where its part of the bar is wide enough for it.
    room = 2.9 * rcParams["font.size"] / (0.7 * 72 * ax.figure.get_figwidth())
    rows = np.arange(len(mean))
    for kind, (colour, hatch) in EXCHANGE_LOOKS.items():
        width = mean[kind].to_numpy()
        if width.max() < 0.0005:
            continue
        ax.barh(
            rows,
            width,
            left=left,
            color=colour,
            hatch=hatching(hatch),
            linewidth=0.4,
            edgecolor="#555555" if ink(colour) == "black" else "white",  # or hatches would not be seen
            height=0.7,
            label=kind.replace("_", "-" if kind in DEAL else " "),
        )
        for row in rows:
            if width[row] >= room:
                ax.text(
                    left[row] + width[row] / 2,
                    row,
                    f"{width[row]:.0%}",
                    ha="center",
                    va="center",
                    color=ink(colour),
                    fontsize="medium",
                    bbox={"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None,
                )
        left += width
    ax.set_yticks(rows, [named(arm).replace(" ", "\n") for arm in mean.index])
    ax.invert_yaxis()
    ax.grid(False)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0%}"))
    ax.set_xlabel("share of exchanges")
    return ax


def figure_exchange_shares(figure: Figure, df: pd.DataFrame, where: str) -> None:
    """Fill a figure with the exchange matrix of every arm."""
    wide = figure.get_figwidth() > 6
    if not wide:
        figure.set_figheight(0.42 * df["group"].nunique() + 2.3)
    ax = figure.add_subplot()
    plot_exchange_shares(df, ax=ax)
    kinds = len(ax.get_legend_handles_labels()[1])
    columns = min(kinds, 5 if kinds > 6 else 6) if wide else 3
    figure.legend(loc="outside lower center", ncols=columns, columnspacing=1, handlelength=1.2)
    mean = df.groupby("group", sort=False)[["win_win", "win_win_win"]].mean().sum(axis=1)
    top, bottom = mean.idxmax(), mean.idxmin()
    finding = (
        f"{where.capitalize()}: {mean[top]:.0%} of the exchanges of {named(top)} end win-win or win-win-win, "
        f"{mean[bottom]:.0%} of those of {named(bottom)}"
    )
    headline(figure, finding, "")
    ax.set_xlabel(f"share of exchanges (mean, {runs(df['seed'].nunique())})")


# -- retention ----------------------------------------------------------------------------------------


def plot_retention(df: pd.DataFrame, *, ax: Axes | None = None, names: bool = True) -> Axes:
    """Plot Kaplan-Meier curves with the numbers at risk below.

    Parameters
    ----------
    df : pandas.DataFrame
        One cohort, from `measures.retention`: ``group``, ``month`` since the first deal, ``retained``,
        ``at_risk``.
    ax : matplotlib.axes.Axes, optional
    names : bool
        Name the lines and what they are; False where a panel to the left has named them.
    """
    ax = new_axes(ax)
    end = int(df["month"].max())
    arms = in_order(df["group"])
    for place, arm in enumerate(arms):
        rows = df[df["group"] == arm].sort_values("month")
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


def _at_risk(ax: Axes, df: pd.DataFrame, arms: Sequence[str]) -> None:
    """Write below a panel how many clients were still followed, one row per line, beside its marker."""
    size = ax.xaxis.label.get_size()
    ticks = [tick for tick in ax.get_xticks() if tick <= df["month"].max() + 1]
    for row, arm in enumerate(arms):
        rows, its = df[df["group"] == arm].sort_values("month"), look(arm)
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


def figure_retention(figure: Figure, df: pd.DataFrame, where: str) -> None:
    """Fill a figure with the retention of each cohort.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    df : pandas.DataFrame
        From `measures.pooled_retention`.
    where : str
    """
    cohorts = sorted(df["cohort"].unique())[:2]
    drawn = panels(figure, len(cohorts), height=2.6, sharey=True)
    beside = drawn[0].get_position().y0 == drawn[-1].get_position().y0
    for ax, cohort in zip(drawn, cohorts, strict=True):
        rows = df[df["cohort"] == cohort]
        plot_retention(rows, ax=ax, names=ax is drawn[0] or not beside)
        ax.set_title(f"First deal in months {cohort}–{cohort + 59}")
    first = df[df["cohort"] == cohorts[0]]
    mark = min(36, int(first["month"].max()))
    kept = first[first["month"] <= mark].sort_values("month").groupby("group", sort=False)["retained"].last()
    top, bottom = kept.idxmax(), kept.idxmin()
    silence = int(df["silence"].iloc[0])
    finding = (
        f"{where.capitalize()}: {years(mark)} after their first deal {kept[top]:.0%} of the clients of "
        f"{named(top)}, {kept[bottom]:.0%} of those of {named(bottom)}, have never gone {silence} months "
        "without an order"
    )
    headline(
        figure,
        finding,
        f"Kaplan-Meier, {runs(df['runs'].iloc[0])} together; lost = {silence} months without an order, so "
        f"nobody before month {silence}; numbers = clients neither lost nor censored before.",
    )
