"""How exchanges end: shares of every kind, arm by arm."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from longgame.experiments.figures.axes import headline, new_axes, runs
from longgame.experiments.figures.looks import arms_in, ink
from longgame.experiments.figures.style import hatching
from longgame.experiments.words import named
from longgame.sim.columns import DEAL, OUTCOMES

#: Fill and hatch of every kind of exchange; light to dark from "customer gains" to "nobody gains".
FILLS = {
    "win_win_win": ("#00543d", ""),
    "win_win": ("#009E73", ""),
    "lose_win": ("#a6dccb", "///"),
    "win_lose": ("#f0a35e", "\\\\\\"),
    "lose_lose": ("#b04a12", "xxx"),
    "walked_away": ("#e8e8e8", ""),
    "referred": ("#d0d0d0", "..."),
    "declined": ("#f7f7f7", ""),
    "turned_away": ("#bbbbbb", "xxx"),
}


def plot_exchange_shares(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot how the exchanges of each arm ended, as stacked bars that add to 100 % (mean of runs).

    Parameters
    ----------
    df : pandas.DataFrame
        ``group``, ``strategy``, ``organisation``, ``seed`` and one share per kind of exchange
        (`longgame.sim.columns.OUTCOMES`).
    ax : matplotlib.axes.Axes, optional
    """
    ax = new_axes(ax)
    mean = df.groupby("group", sort=False)[list(OUTCOMES)].mean()
    arms = arms_in(df)
    mean = mean.loc[[arm.name for arm in arms]]
    left = np.zeros(len(mean))
    # A number is written where its part of the bar is wide enough for it.
    room = 2.9 * rcParams["font.size"] / (0.7 * 72 * ax.figure.get_figwidth())
    rows = np.arange(len(mean))
    for kind, (colour, hatch) in FILLS.items():
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
    ax.set_yticks(rows, [named(arm).replace(" ", "\n") for arm in arms])
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
    words = {arm.name: named(arm) for arm in arms_in(df)}
    top, bottom = mean.idxmax(), mean.idxmin()
    finding = (
        f"{where.capitalize()}: {mean[top]:.0%} of the exchanges of {words[top]} end win-win or win-win-win, "
        f"{mean[bottom]:.0%} of those of {words[bottom]}"
    )
    headline(figure, finding, "")
    ax.set_xlabel(f"share of exchanges (mean, {runs(df['seed'].nunique())})")
