"""Who takes over whose market, as a directed graph."""

from __future__ import annotations

import networkx as nx
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from longgame.experiments.figures.axes import headline, runs
from longgame.experiments.figures.style import line_width
from longgame.experiments.studies.invasion import INVADED, NEUTRAL, STABLE, UNDECIDED, residents
from longgame.experiments.words import capital

#: Greys and black alone: what differs is width, darkness and filling.
INTO_STABLE, INTO_OTHERS, EQUAL = "#000000", "#9a9a9a", "#555555"


def graph(found: pd.DataFrame) -> nx.DiGraph:
    """Return the graph of verdicts: an edge from residents to whoever invades their market or is neutral.

    Nodes have the attribute ``verdict`` of `invade.residents`; edges the ``verdict`` of the pair.
    """
    made = nx.DiGraph()
    for row in residents(found).itertuples():
        made.add_node(row.resident, verdict=row.verdict)
    for row in found.itertuples():
        if row.verdict in (INVADED, NEUTRAL):
            made.add_edge(row.resident, row.invader, verdict=row.verdict)
    return made


def figure_graph(figure: Figure, found: pd.DataFrame, few: str, payoff: str, where: str) -> None:
    """Fill a figure with the graph of invasions.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    found : pandas.DataFrame
        From `invade.verdicts`.
    few : str
        How many invade, for the words.
    payoff, where : str
        What was earned, and of whom.
    """
    made = graph(found)
    wide = figure.get_figwidth() > 6
    if not wide:
        figure.set_figheight(4.0)
    ax = figure.add_subplot()
    ax.set_axis_off()
    # An ellipse as high as the panel and as wide as the names leave room for.
    ax.set_xlim(-2.05 if wide else -1.75, 2.05 if wide else 1.75)
    ax.set_ylim(-1.25, 1.25)
    _draw(ax, made)
    whole = residents(found).set_index("resident")["verdict"]
    counts = found["verdict"].value_counts()
    kept = [name for name in whole.index if whole[name] in (STABLE, NEUTRAL)]
    if kept:
        finding = (
            f"a market of {' or '.join(kept)} sellers keeps out all others"
            if len(kept) < 5
            else (f"{len(kept)} of {len(whole)} markets keep out all others")
        )
    else:
        finding = "no market is shown to keep out all others"
    told = f"{finding}; {(whole == INVADED).sum()} of {len(whole)} are invaded"
    if set(whole) == {UNDECIDED}:
        told = "too few runs to tell who keeps out whom"
    open_too = f", {counts.get(UNDECIDED, 0)} undecided (not drawn)" if UNDECIDED in counts else ""
    points = {
        STABLE: "black = stable or neutral against all (black arrows end there)",
        UNDECIDED: "grey = undecided",
        INVADED: "hollow = invaded, with the number of invaders",
    }
    seen = [said for kind, said in points.items() if kind in set(whole.replace(NEUTRAL, STABLE))]
    headline(
        figure,
        f"{capital(where)}: {told}",
        f"{runs(int(found['n'].max()))}. An arrow leads from residents to invaders who out-earn them as "
        f"{few} ({payoff}): {counts.get(INVADED, 0)} of {len(found)} pairs; dotted = neutral both ways or "
        f"one ({counts.get(NEUTRAL, 0)}){open_too}. Points: {', '.join(seen)}. "
        f"Intervals at {100 * found['level'].iloc[0]:.4g}% each, 95% for all pairs.",
    )


def _into(made: nx.DiGraph, name: str) -> int:
    """Return how many invade the market of a strategy."""
    return sum(verdict == INVADED for *_, verdict in made.out_edges(name, data="verdict"))


def _draw(ax: Axes, made: nx.DiGraph) -> None:
    """Draw nodes on a circle, against the clock from who is invaded least, and edges between them."""
    place = nx.circular_layout(sorted(made, key=lambda name: (_into(made, name), name)))
    size = 3.2 * line_width() + 3
    for a, b, kind in made.edges(data="verdict"):
        if kind == NEUTRAL:
            ax.plot(*zip(place[a], place[b], strict=True), ":", color=EQUAL, linewidth=0.6 * line_width())
            continue
        ends_here = made.nodes[b]["verdict"] in (STABLE, NEUTRAL)
        both = made.has_edge(b, a) and made.edges[b, a]["verdict"] == INVADED
        ax.add_patch(
            FancyArrowPatch(
                place[a],
                place[b],
                arrowstyle="-|>",
                mutation_scale=3.5 + 3.5 * line_width(),
                connectionstyle=f"arc3,rad={0.12 if both else 0.0}",
                shrinkA=size * 0.6,
                shrinkB=size * 0.6,
                color=INTO_STABLE if ends_here else INTO_OTHERS,
                linewidth=(0.8 if ends_here else 0.45) * line_width(),
                zorder=2 if ends_here else 1,
            )
        )
    fill = {STABLE: "black", NEUTRAL: "black", UNDECIDED: "#bbbbbb", INVADED: "white"}
    for name, (x, y) in place.items():
        kind = made.nodes[name]["verdict"]
        ax.plot(x, y, "o", markersize=size, color=fill[kind], markeredgecolor="black", zorder=3)
        into = _into(made, name)
        across = "left" if x > 0.15 else "right" if x < -0.15 else "center"
        out = 1.12 + (0.06 if across == "center" else 0.0)
        ax.text(
            out * x,
            out * y,
            f"{name} ({into})" if into else name,
            ha=across,
            va="center" if across != "center" else ("bottom" if y > 0 else "top"),
            fontweight="bold" if kind in (STABLE, NEUTRAL) else "normal",
        )
