"""Claims over markets: shares as strips, the prior behind; markets over the two dials that decide."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from longgame.experiments.figures.axes import LINEAR, dial_label, headline, wrapped
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.inference.deciding import Deciding
from longgame.experiments.words import DIAL_WORDS, many

#: Colour and marker of what a market says of a claim, from left to right.
LOOKS = {
    "for": (OKABE_ITO["blue"], "o"),
    "mixed": (OKABE_ITO["purple"], "s"),
    "undecided": ("#bbbbbb", "."),
    "against": (OKABE_ITO["orange"], "^"),
}

#: Heights of the strips of plausible markets and of the prior behind, where rows are 1 apart.
_FRONT, _BEHIND = 0.4, 0.86

PLAUSIBLE, PRIOR = "plausible", "prior"

#: Dials that are drawn at most.
MOST_DIALS = 10


def figure_shares(figure: Figure, shares: Mapping[str, pd.DataFrame]) -> None:
    """Fill a figure with a strip per claim: how many markets speak for it and against it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    shares : mapping of str to pandas.DataFrame
        From `over_markets.shares`, by the name of the ensemble: a panel each.
    """
    claims = list(dict.fromkeys(claim for table in shares.values() for claim in table["claim"]))
    narrow, row = figure.get_figwidth() < 6, 1.7 * rcParams["font.size"] / 72
    figure.set_figheight(max(0.0 if narrow else figure.get_figheight(), row * len(claims) + 12 * row))
    panels = figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
    for ax, (name, table) in zip(panels, shares.items(), strict=True):
        for sample, height, alpha in ((PRIOR, _BEHIND, 0.35), (PLAUSIBLE, _FRONT, 1.0)):
            _strips(ax, table[table["sample"] == sample], claims, height, alpha)
        called = name.replace("-", "-\n") if narrow else name
        ax.set_title(f"{called}\n\n" if name else "\n")  # room for the legend
        ax.set_xlim(0, 100)
        ax.grid(axis="x")
        ax.grid(visible=False, axis="y")
    panels[len(panels) // 2].set_xlabel("share of markets (%)")
    panels[0].set_yticks(range(len(claims)), claims)
    panels[0].set_ylim(len(claims) - 0.4, -0.6)
    handles = [Patch(color=colour, label=says) for says, (colour, _) in LOOKS.items()]
    close = {"handlelength": 0.8, "columnspacing": 0.8, "handletextpad": 0.3, "borderaxespad": 0.3}
    legend = panels[0].legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.3 * narrow, 1.0), ncols=4, **close)
    legend.set_in_layout(False)  # it reaches over the other panels, which must not give way
    headline(figure, _finding(shares), "strip = markets that agree with the evidence, pale behind = the prior.")


def _strips(ax: Axes, table: pd.DataFrame, claims: list[str], height: float, alpha: float) -> None:
    """Draw the strips of one sample, what speaks for a claim on the left."""
    left = np.zeros(len(claims))
    for says, (colour, _) in LOOKS.items():
        found = table[table["says"] == says].set_index("claim")["share"].reindex(claims).fillna(0.0)
        width = 100 * found.to_numpy(float)
        ax.barh(range(len(claims)), width, height, left, color=colour, alpha=alpha, linewidth=0)
        left = left + width


def _finding(shares: Mapping[str, pd.DataFrame]) -> str:
    """Say how many claims most plausible markets speak for, and how many they speak against."""
    told = []
    for name, table in shares.items():
        here = table[(table["sample"] == PLAUSIBLE) & (table["share"] > 0.5)]
        ours, theirs = (int((here["says"] == says).sum()) for says in ("for", "against"))
        told.append(f"{name}: {ours} for, {theirs} against" if name else f"{many(ours, 'claim')} for, {theirs} against")
    return f"What most plausible markets say: {'; '.join(told)}"


def figure_importance(figure: Figure, found: Mapping[str, pd.DataFrame]) -> None:
    """Fill a figure with the dials that an outcome goes with, among plausible markets and in the prior.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    found : mapping of str to pandas.DataFrame
        ``table`` of `inference.importance.Importance` by sample, `PLAUSIBLE` first.
    """
    ours = found[PLAUSIBLE]
    most = list(dict.fromkeys(dial for table in found.values() for dial in table.loc[table["counts"], "dial"]))
    dials = [dial for dial in ours["dial"] if dial in most][:MOST_DIALS] or list(ours["dial"][:1])
    ax = figure.subplots()
    for sample, height, alpha in ((PRIOR, _BEHIND, 0.35), (PLAUSIBLE, _FRONT, 1.0)):
        if sample in found:
            table = found[sample].set_index("dial").loc[dials]
            away = [table["importance"] - table["low"], table["high"] - table["importance"]]
            error = np.maximum(away, 0.0) if sample == PLAUSIBLE else None
            width = table["importance"].clip(lower=0.0)
            ax.barh(range(len(dials)), width, height, color=OKABE_ITO["blue"], alpha=alpha, linewidth=0, label=sample)
            if error is not None:
                ax.errorbar(width, range(len(dials)), xerr=error, fmt="none", ecolor="black", elinewidth=0.8)
    ax.set_yticks(range(len(dials)), dials)
    ax.set_ylim(len(dials) - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.set_xlabel("explained variance lost when the dial is shuffled")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right")
    foremost = ours.iloc[0]
    told = f"{foremost['dial']} counts most among plausible markets" if foremost["counts"] else "No dial counts"
    headline(figure, told, "bar = markets that agree with the evidence, pale behind = the prior; line = least to most.")


def figure_map(
    figure: Figure, points: pd.DataFrame, says: pd.Series, weights: Mapping[str, float], found: Deciding, title: str
) -> None:
    """Fill a figure with the markets over the dials that decide a claim.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    points : pandas.DataFrame
        Dials by market, of the plausible markets and of the prior.
    says : pandas.Series
        What each says of the claim, alike indexed.
    weights : mapping of str to float
        Of the plausible markets; all others are of the prior.
    found : Deciding
    title : str
        The claim.
    """
    ax = figure.subplots()
    across, *other = found.dials
    plausible = points.index.isin(list(weights))
    x, y = _places(ax, points[across], "x"), _places(ax, points[other[0]] if other else None, "y", len(points))
    size = rcParams["lines.markersize"] ** 2
    heavy = points.index.map(lambda name: weights.get(name, 0.0)).to_numpy(float)
    heavy = size * np.clip(heavy / (np.mean(list(weights.values())) or 1.0), 0.3, 3.0)
    for kind, (colour, marker) in LOOKS.items():
        its = (says == kind).to_numpy(bool)
        back, front = its & ~plausible, its & plausible
        if not front.any() and not back.any():
            continue
        alike = {"color": colour, "marker": marker, "linewidths": 0}
        ax.scatter(x[back], y[back], 0.5 * size, alpha=0.3, **alike)
        ax.scatter(x[front], y[front], heavy[front], alpha=0.85, label=kind, **alike)
    for region in found.regions:
        _edges(ax, region.bounds, across, other)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, handletextpad=0.1, columnspacing=0.8, borderaxespad=0.2
    )
    best = found.best
    headline(
        figure,
        f"{title.rstrip('.')}: in {100 * best.share:.0f} % of the markets of the best region, elsewhere in "
        f"{100 * found.elsewhere:.0f} %",
        "large = plausible markets by weight, small and pale = prior; lines = cuts of the tree.",
    )


def _places(ax: Axes, values: pd.Series | None, axis: str, count: int = 0) -> np.ndarray:
    """Set one axis for a dial and return where markets lie on it; without a dial they are spread evenly."""
    spread = np.random.default_rng(1).random(count or len(values if values is not None else ()))
    if values is None:
        getattr(ax, f"set_{axis}ticks")([])
        return spread
    room = 0.6 * (ax.figure.get_figwidth() if axis == "x" else ax.figure.get_figheight())
    name = str(values.name)
    if name in DIAL_WORDS:
        text = "\n".join(wrapped(part, room, rcParams["axes.labelsize"]) for part in (DIAL_WORDS[name], f"({name})"))
    else:
        text = dial_label(name, room)
    getattr(ax, f"set_{axis}label")(text)
    if name.startswith("switch."):
        getattr(ax, f"set_{axis}ticks")([0, 1], ["off", "on"])
        return values.to_numpy(float) + 0.5 * (spread - 0.5)
    if 0 < LINEAR * values.min() < values.max():
        getattr(ax, f"set_{axis}scale")("log")
    return values.to_numpy(float)


def _edges(ax: Axes, bounds: Mapping[str, tuple[float, float]], across: str, other: list[str]) -> None:
    """Draw the finite edges of a region as lines, each only as long as the region."""
    left, right = bounds.get(across, (-np.inf, np.inf))
    low, high = bounds.get(other[0], (-np.inf, np.inf)) if other else (-np.inf, np.inf)
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    for edge in (left, right):
        if np.isfinite(edge):
            ax.plot([edge, edge], [max(low, y0), min(high, y1)], color="black", linewidth=0.8)
    for edge in (low, high):
        if np.isfinite(edge):
            ax.plot([max(left, x0), min(right, x1)], [edge, edge], color="black", linewidth=0.8)
    ax.set_xlim(x0, x1)
    ax.set_ylim(y0, y1)
