"""Figures of an ensemble: what waves leave, what is left over pairs of dials, published numbers and markets."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from longgame.experiments.evidence.implausibility import CUT, implausibility, largest
from longgame.experiments.evidence.waves import History
from longgame.experiments.figures.axes import headline
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.words import listed, many, number

BLACK, GREY, BLUE, ORANGE = OKABE_ITO["black"], "#bbbbbb", OKABE_ITO["blue"], OKABE_ITO["orange"]

#: Dials over whose pairs is drawn what is left, and parts of each.
DIALS, PARTS = 4, 8


def shares_left(figure: Figure, table: pd.DataFrame, kind: str) -> None:
    """Fill a figure with the share of the prior that is left after each wave, from the table of waves."""
    ax = figure.add_subplot()
    share = table["share"].to_numpy(dtype=float)
    floor = share[share > 0].min() / 10
    ax.plot(table["wave"], np.where(share > 0, share, np.nan), color=BLUE, marker="o")
    for wave, value, order in zip(table["wave"], share, table["order"], strict=True):
        if value > 0 and wave:
            label = f"{value:.1%}" if value >= 0.001 else f"{value:.0e}"
            ax.annotate(label, (wave, value), xytext=(0, 6), textcoords="offset points", ha="center")
        if order == 2 and value > 0:
            ax.plot([wave], [value], marker="o", color="white", markeredgecolor=BLUE, linestyle="none")
    ax.set_yscale("log")
    ax.set_ylim(floor, 3.0)
    ax.set_xlim(-0.4, max(len(table) - 0.6, 1.0))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("wave")
    ax.set_ylabel("share of the prior left")
    end = f"{share[-1]:.2g} of the prior is left" if share[-1] > 0 else "nothing is left"
    headline(
        figure,
        f"{kind}: after {many(len(table) - 1, 'wave')} {end}",
        "points = share of the volume of the prior that no wave rules out; hollow = cut on the second largest "
        "implausibility, filled = on the largest; log scale.",
    )


# -- evidence -----------------------------------------------------------------------------------------


def evidence(figure: Figure, table: pd.DataFrame, tests: pd.DataFrame, kind: str) -> None:
    """Fill a figure with published ranges, prior and ensemble: numbers that chose, and apart those that did not.

    Each row has a scale of its own: 0 and 1 are the ends of the published range.
    """
    tests = tests.loc[tests["low"].notna() & tests["high"].notna()]
    for ax, rows, title in _panels(figure, table, tests):
        _rows(ax, rows)
        ax.set_title(title, fontsize=rcParams["axes.labelsize"])
        ax.set_xlim(-2.0, 3.0)
        ax.set_xticks([0, 1], ["low", "high"])
    met = int(table["met"].sum())
    passed = f", {int(tests['met'].sum())} of {len(tests)} that chose nothing" if len(tests) else ""
    headline(
        figure,
        f"{kind}: the middle market meets {met} of {len(table)} numbers that chose{passed}",
        "band = published range; grey = middle 90% of markets of the prior, blue = of the ensemble; point = median, "
        "arrow = beyond the figure; low and high = ends of the range.",
    )


def _panels(figure: Figure, table: pd.DataFrame, tests: pd.DataFrame) -> list[tuple[Axes, pd.DataFrame, str]]:
    """Return panels with their rows and titles: one above the other on paper, in two columns on a slide."""
    chose, not_ = "numbers that chose", "chose nothing"
    if figure.get_figwidth() < 6:
        figure.set_figheight(1.6 + 0.17 * (len(table) + len(tests) + 2))
        parts = [(table, chose), *([(tests, not_)] if len(tests) else [])]
        axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=[len(rows) for rows, _ in parts])
        return [(ax, *part) for ax, part in zip(axes[:, 0], parts, strict=True)]
    half = min(len(table), -(-(len(table) + len(tests) + 2) // 2))
    right = [(table.iloc[half:], "and more"), (tests, not_)]
    right = [(rows, title) for rows, title in right if len(rows)]
    grid = figure.add_gridspec(max(len(right), 1), 2, height_ratios=[len(rows) for rows, _ in right] or None)
    found = [(figure.add_subplot(grid[:, 0]), table.iloc[:half], chose)]
    return found + [(figure.add_subplot(grid[k, 1]), *part) for k, part in enumerate(right)]


def _rows(ax: Axes, table: pd.DataFrame) -> None:
    """Fill a panel with a row per number, on the scale of its published range."""
    places = np.arange(len(table))[::-1]
    ax.axvspan(0, 1, color=OKABE_ITO["sky"], alpha=0.25, linewidth=0)
    for place, row in zip(places, table.to_dict("records"), strict=True):
        for who, colour, shift in (("prior", GREY, 0.18), ("ensemble", BLUE, -0.18)):
            low, middle, high = (_on_range(row, row[f"{who}_{part}"]) for part in ("low", "median", "high"))
            if np.isnan(middle):
                continue
            ax.plot([low, high], [place + shift] * 2, color=colour, solid_capstyle="butt")
            inside = float(np.clip(middle, -1.95, 2.95))
            marker = "o" if inside == middle else "<" if middle < 0 else ">"
            ax.plot([inside], [place + shift], marker=marker, color=colour, linestyle="none")
    ax.set_yticks(places, table["name"])
    ax.set_ylim(-0.7, len(table) - 0.3)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)


def _on_range(row: dict, value: float) -> float:
    """Return where a value lies on the published range: 0 its low end, 1 its high end."""
    low, high = float(row["low"]), float(row["high"])
    if row["log"] and low > 0:
        low, high, value = np.log(low), np.log(high), np.log(max(value, 1e-9)) if value == value else value
    return float((value - low) / (high - low))


# -- what is left -------------------------------------------------------------------------------------


def narrowed(history: History) -> list[int]:
    """Return the dials that are narrowed most, by the largest gap between prior and what is left (Kolmogorov)."""
    even = (np.arange(len(history.points)) + 0.5) / len(history.points)
    gaps = np.abs(np.sort(history.points, axis=0) - even[:, None]).max(axis=0)
    return np.argsort(-gaps, kind="stable")[: min(DIALS, history.points.shape[1])].tolist()


def least_implausible(history: History, places: np.ndarray) -> np.ndarray:
    """Return the implausibility by which a point is judged, the most of all waves, shape (points,)."""
    snapped = history.space.snapped(places)
    waves = [largest(implausibility(w.emulators, history.targets, snapped), w.order) for w in history.waves]
    return np.max(waves, axis=0) if waves else np.zeros(len(places))


def depth(figure: Figure, history: History, kind: str) -> None:
    """Fill a figure with pairs of dials: how much is left below the diagonal, least implausibility above it."""
    chosen = narrowed(history)
    seen = np.concatenate([np.random.default_rng(0).random((len(history.points), len(history.space))), history.points])
    judged = least_implausible(history, seen)
    count = len(chosen)
    axes = figure.subplots(count, count, squeeze=False)
    names = [history.space.priors[k].name.replace(".", ".\n") for k in chosen]
    for i, one in enumerate(chosen):
        for j, other in enumerate(chosen):
            ax = axes[i, j]
            if i == j:
                ax.hist(history.points[:, one], bins=PARTS, range=(0, 1), color=BLUE)
            elif i > j:
                _picture(ax, _left(history, other, one), "viridis", 0, None)
            else:
                _picture(ax, _least(seen, judged, other, one), "magma_r", 0, 2 * CUT)
            ax.set_xticks([])
            ax.set_yticks([])
            ax.grid(False)
            ax.set_xlim(0, 1)
            if i == count - 1:
                ax.set_xlabel(names[j])
            if j == 0:
                ax.set_ylabel(names[i], rotation=0, ha="right", va="center")
    priors = [history.space.priors[k] for k in chosen]
    ranges = [f"{prior.name} {number(prior.low)} to {number(prior.high)}" for prior in priors]
    if figure.get_figwidth() < 6:
        figure.set_figheight(4.6)
    headline(
        figure,
        f"{kind}: {priors[0].name} is narrowed most",
        "diagonal = what is left of a dial; below = share left (bright is more), above = least implausibility (dark "
        f"is ruled out); from left to right and from below: {listed(ranges)}.",
    )


def _picture(ax: Axes, grid: np.ndarray, colours: str, low: float, high: float | None) -> None:
    """Draw a grid over two dials."""
    ax.imshow(grid.T, origin="lower", extent=(0, 1, 0, 1), aspect="auto", cmap=colours, vmin=low, vmax=high)


def _left(history: History, x: int, y: int) -> np.ndarray:
    """Return the share of the prior that is left in every part of two dials: the optical depth."""
    counts, _, _ = np.histogram2d(history.points[:, x], history.points[:, y], bins=PARTS, range=[[0, 1], [0, 1]])
    return history.share * counts / len(history.points) * PARTS**2


def _least(places: np.ndarray, judged: np.ndarray, x: int, y: int) -> np.ndarray:
    """Return the least implausibility in every part of two dials; NaN where no point was looked at."""
    grid = np.full((PARTS, PARTS), np.inf)
    seats = np.minimum((places[:, [x, y]] * PARTS).astype(int), PARTS - 1)
    np.minimum.at(grid, (seats[:, 0], seats[:, 1]), judged)
    return np.where(np.isfinite(grid), grid, np.nan)
