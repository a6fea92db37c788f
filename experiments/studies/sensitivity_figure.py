"""Figures of a sensitivity analysis: tornado, Morris screening, Sobol indices."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from longgame.experiments.figures.axes import bars, headline, money_axis, runs, zero_line
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.figures.style import hatching
from longgame.experiments.words import listed, number

#: Most rows of a figure: the foremost dials.
ROWS = 20

LOW, HIGH = "#bbbbbb", OKABE_ITO["blue"]


def _rows(figure: Figure, table: pd.DataFrame, what: str) -> tuple[Axes, np.ndarray]:
    """Return a panel with a row per dial, the first on top, and their places."""
    if figure.get_figwidth() < 6:
        figure.set_figheight(1.9 + 0.3 * len(table))
    ax = figure.add_subplot()
    places = np.arange(len(table))[::-1]
    ax.set_yticks(places, [name.replace(" (", "\n(") for name in table["dial"]])
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.grid(axis="x")
    ax.set_xlabel(what)
    return ax, places


def tornado(figure: Figure, table: pd.DataFrame, claim: str, unit: str) -> None:
    """Fill a figure with the effect at both ends of every dial, from `sensitivity.tornado`."""
    shown = table.head(ROWS)
    ax, places = _rows(figure, shown, f"mean effect for the claim\n({unit})")
    base, size = float(table["base"].iloc[0]), 0.85 * rcParams["font.size"]
    ends = shown[["low_effect", "high_effect"]].to_numpy()
    for end, colour, hatch in (("low", LOW, ""), ("high", HIGH, hatching("////"))):
        ax.barh(
            places,
            shown[f"{end}_effect"] - base,
            left=base,
            height=0.62,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            alpha=0.95,
            label=f"dial at its {end} end",
        )
        lows, highs = (shown[f"{end}_effect"] - shown[f"{end}_{part}"] for part in ("from", "to"))
        shift = 0.16 if end == "low" else -0.16
        ax.errorbar(
            shown[f"{end}_effect"],
            places + shift,
            xerr=[np.nan_to_num(lows.clip(lower=0)), np.nan_to_num((-highs).clip(lower=0))],
            **bars(),
            color="black",
            linestyle="none",
        )
    reach = np.nanmax(np.abs(np.append(ends, base)), initial=1e-9)
    for place, row in zip(places, shown.to_dict("records"), strict=True):
        lower_first = row["low_effect"] <= row["high_effect"]
        left, right = ("low", "high") if lower_first else ("high", "low")
        for end, side, align in ((left, -1, "right"), (right, 1, "left")):
            edge = (
                min(row[f"{end}_from"], row[f"{end}_effect"], base)
                if side < 0
                else max(row[f"{end}_to"], row[f"{end}_effect"], base)
            )
            if math.isfinite(float(edge)):
                ax.text(
                    edge + side * 0.02 * reach, place, number(row[f"{end}_end"]), ha=align, va="center", fontsize=size
                )
    ax.margins(x=0.16)
    zero_line(ax, "x")
    ax.axvline(base, color="#222222", linewidth=0.8, linestyle=":")
    money_axis(ax, "x")
    flips = [_bare(name) for name in table["dial"][table["flips"].to_numpy(dtype=bool)]]
    said = f"turned alone, {_moving(table, 'swing')}" + (
        f"; {listed(flips)} alone {'turn' if len(flips) > 1 else 'turns'} the mean effect round"
        if len(flips)
        else "; none alone turns the mean effect round"
    )
    headline(
        figure,
        f"Claim {claim}: {said}",
        f"{runs(int(table['low_n'].max()))} a point, the same seeds; bars from the scenario's own value "
        f"(dotted) to each end, grey = low end, hatched = high end, its value beside it; lines = 95% "
        f"interval (BCa bootstrap).{_cut(table)}",
    )


def morris(figure: Figure, table: pd.DataFrame, claim: str, unit: str) -> None:
    """Fill a figure with the elementary effects of every dial, from `sensitivity.morris`."""
    shown = table.head(ROWS)
    ax, places = _rows(figure, shown, f"size of the effect\nof the whole range\n({unit})")
    black = OKABE_ITO["black"]
    ax.errorbar(
        shown["mu_star"],
        places,
        xerr=[shown["mu_star"] - shown["low"], shown["high"] - shown["mu_star"]],
        **bars(),
        color=black,
        marker="o",
        linestyle="none",
    )
    ax.plot(shown["sigma"], places - 0.22, linestyle="none", marker="D", color=black, markerfacecolor="white")
    ax.set_xlim(left=0)
    money_axis(ax, "x")
    headline(
        figure,
        f"Claim {claim}: over all their ranges {_moving(table, 'mu_star')}",
        f"Morris screening, {int(table['n'].iloc[0])} trajectories; filled = mean size of elementary effects "
        f"(mu*), bar = 95% bootstrap interval; hollow = their spread (sigma): large where it depends "
        f"on the other dials or is bent.{_cut(table)}",
    )


def sobol(figure: Figure, table: pd.DataFrame, claim: str, above: float) -> None:
    """Fill a figure with first-order and total Sobol indices, from `sensitivity.sobol`."""
    shown = table.head(ROWS)
    ax, places = _rows(figure, shown, "share of the variance")
    for name, shift, marker, face in (("total", 0.13, "o", "black"), ("first", -0.13, "D", "white")):
        ax.errorbar(
            shown[name],
            places + shift,
            xerr=[shown[name] - shown[f"{name}_low"], shown[f"{name}_high"] - shown[name]],
            **bars(),
            color=OKABE_ITO["black"],
            marker=marker,
            markerfacecolor=face,
            linestyle="none",
        )
    zero_line(ax, "x")
    top = table.iloc[0]
    most = f"{_bare(top['dial'])} decides most, {max(top['total'], 0):.0%} of the variance"
    if np.isnan(top["total"]):
        most = "the effect is the same everywhere, so no dial has a share of its variance"
    headline(
        figure,
        f"Claim {claim}: {most}; over all ranges the effect is for the claim in {above:.0%} of markets",
        f"Sobol indices, {int(table['n'].iloc[0])} base samples; filled = total (with what a dial does "
        "together with others), hollow = first order (alone); bars = 95% bootstrap interval; dials not shown "
        "as the scenario has them.",
    )


def _bare(name: str) -> str:
    """Return the name of a dial without what is held while it is turned."""
    return str(name).partition(" (")[0]


def _moving(table: pd.DataFrame, column: str) -> str:
    """Write which dial moves the effect most, if any moves it."""
    if not table[column].iloc[0] > 0:  # 0 or not a number
        return "no dial moves the effect"
    return f"{_bare(table['dial'].iloc[0])} moves the effect most"


def _cut(table: pd.DataFrame) -> str:
    """Say that only the foremost dials are shown."""
    return f" The foremost {ROWS} of {len(table)} dials." if len(table) > ROWS else ""
