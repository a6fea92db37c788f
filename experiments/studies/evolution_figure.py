"""Evolution in figures: replicator paths, long-run shares, and the live market beside the payoff table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from longgame.experiments.design.arms import SINGLETON, Arm
from longgame.experiments.figures.axes import bars, headline, label_ends, panels, runs
from longgame.experiments.figures.looks import OKABE_ITO, Look, distinct_looks
from longgame.experiments.figures.style import line_width
from longgame.experiments.studies.evolution_live import VARIANTS
from longgame.experiments.studies.evolution_report import PROCESSES, leaders
from longgame.experiments.words import capital

#: Strategies drawn in a colour of their own; the others are grey lines.
NAMED = 6

#: Marker and colour of every process; they differ in form, so that grey is enough.
_PROCESS_MARKERS = {
    "fermi": ("o", "black"),
    "moran": ("s", OKABE_ITO["blue"]),
    "replicator": ("D", OKABE_ITO["orange"]),
    "replicator-mutator": ("v", OKABE_ITO["sky"]),
}


def _named(peaks: pd.Series) -> list[str]:
    """Return the strategies worth a name: those that ever have most."""
    return [str(name) for name in peaks.sort_values(ascending=False, kind="stable").index[:NAMED]]


def _looks(named: Sequence[str]) -> dict[str, Look]:
    """Return how named strategies are drawn."""
    return dict(zip(named, distinct_looks([Arm(name, SINGLETON) for name in named]).values(), strict=True))


def _lines(ax: Axes, wide: pd.DataFrame, named: Sequence[str], style: str = "-", faint: bool = True) -> None:
    """Draw shares over time: named strategies in their looks, the others thin and grey."""
    looks = _looks(named)
    for name in wide:
        if name in named:
            its = looks[name]
            ax.plot(
                wide.index,
                wide[name],
                style,
                color=its.colour,
                marker=its.marker,
                markevery=(0.1, 0.25),
                markerfacecolor="white",
            )
        elif faint:
            ax.plot(wide.index, wide[name], color="#aaaaaa", linewidth=0.5 * line_width())


def _ends(ax: Axes, wide: pd.DataFrame, named: Sequence[str]) -> None:
    """Label the lines of named strategies that have not died out."""
    looks = _looks(named)
    last = wide.iloc[-1]
    label_ends(ax, [(float(last[n]), n, looks[n].colour) for n in named if last[n] >= 0.02])


def figure_replicator(figure: Figure, paths: pd.DataFrame, seeds: int, payoff: str, where: str) -> None:
    """Fill a figure with replicator paths from equal shares, without and with mutation.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    paths : pandas.DataFrame
        From `evolve.paths`.
    seeds : int
    payoff, where : str
        What spreads, and among whom.
    """
    rates = sorted(paths["mutation"].unique())
    axes = panels(figure, len(rates), sharey=True)
    ends = []
    for ax, rate in zip(axes, rates, strict=True):
        wide = paths[paths["mutation"] == rate].pivot(index="time", columns="strategy", values="share")
        named = _named(wide.max())
        _lines(ax, wide, named)
        _ends(ax, wide, named)
        ax.set_xscale("symlog", linthresh=1.0)
        ax.set_xlim(0, wide.index.max())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda time, _: f"{time:g}" if time < 1000 else f"{time / 1000:g}k"))
        ax.set_ylim(0, 1.02)
        ax.set_title(f"mutation rate {rate:g}" if rate else "no mutation")
        ax.set_xlabel("time")
        last = wide.iloc[-1].sort_values(ascending=False)
        ends.append(_listed(last))
    axes[0].set_ylabel("share of salespeople")
    said = f"{ends[0]}" + (f"; with mutation to {ends[1]}" if len(ends) > 1 else "")
    headline(
        figure,
        f"{capital(where)}: from equal shares the replicator leads to {said}",
        f"{runs(seeds)} of every market of two. Payoff: {payoff}, in mean pays × intensity of selection; in "
        "a unit of time a share grows by a factor e if it is worth one more than the mean (linear to 1, then "
        "logarithmic). The strategies that ever have most are in colour, those left at the end are named.",
    )


def _listed(last: pd.Series) -> str:
    """Say who is left, with their shares."""
    left = last[last >= 0.05]
    said = [f"{name} ({share:.0%})" for name, share in left.iloc[:3].items()]
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return (", ".join(said) + more) if said else f"a mixture of all {len(last)}"


def figure_long_run(figure: Figure, shares: pd.DataFrame, population: int, seeds: int, payoff: str, where: str) -> None:
    """Fill a figure with the long-run share of every strategy in every process.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    shares : pandas.DataFrame
        From `evolve.long_run`.
    population : int
        N of the processes with chance.
    seeds : int
    payoff, where : str
    """
    names = list(dict.fromkeys(shares["process"]))
    first = shares[shares["process"] == names[0]].set_index("strategy")["share"]
    most = shares.groupby("strategy")["share"].max().to_dict()
    order = [n for n in first.sort_values(ascending=False, kind="stable").index if most[n] >= 0.01]
    if figure.get_figwidth() < 6:
        figure.set_figheight(2.2 + 0.24 * len(order))
    ax = figure.add_subplot()
    size = rcParams["lines.markersize"] * (0.6 if len(order) > 8 else 1.0)  # four in a row, side by side
    for k, name in enumerate(names):
        marker, colour = _PROCESS_MARKERS[name]
        here = shares[shares["process"] == name].set_index("strategy").loc[order]
        rows = np.arange(len(order)) + 0.18 * (k - (len(names) - 1) / 2)
        ends = np.abs(np.nan_to_num(here[["low", "high"]].to_numpy() - here[["share"]].to_numpy())).T
        ax.errorbar(
            here["share"],
            rows,
            xerr=ends,
            **bars(),
            color=colour,
            marker=marker,
            linestyle="none",
            label=PROCESSES[name],
            markersize=size,
        )
    ax.set_yticks(range(len(order)), order)
    ax.invert_yaxis()
    ax.set_xlim(-0.02, 1.02)
    ax.grid(axis="x")
    ax.set_xlabel("share in the long run")
    # Above the panel: within, a mark of the legend could be taken for one of a row.
    ax.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=2 if figure.get_figwidth() < 6 else 4,
        columnspacing=1,
        handlelength=1.0,
        handletextpad=0.3,
    )
    rest = len(first) - len(order)
    left_out = f" Left out: {rest} with less than 1% everywhere." if rest else ""
    leaders = {name: _leader(shares, name) for name in names}
    same = set(leaders.values())
    finding = (
        f"{same.copy().pop()} leads in the long run, whatever the process"
        if len(same) == 1
        else "who leads in the long run hangs on the process: "
        + ", ".join(f"{leader} ({PROCESSES[name]})" for name, leader in leaders.items())
    )
    headline(
        figure,
        f"{capital(where)}: {finding}",
        f"{runs(seeds)} of every market of two; payoff: {payoff}; N = {population}. Bars = middle 95% over "
        f"resampled runs.{left_out}",
    )


def _leader(shares: pd.DataFrame, process: str) -> str:
    """Return the strategy with the largest share in a process, if its bar lies above all others."""
    here = shares[shares["process"] == process].set_index("strategy")
    first = here["share"].idxmax()
    clear = here.loc[first, "low"] > here["high"].drop(first).max()
    return str(first) if clear else "nobody clearly"


def figure_live(figure: Figure, live: pd.DataFrame, seeds: int, where: str) -> None:
    """Fill a figure with shares in the live market and on the payoff table, year by year.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    live : pandas.DataFrame
        From `live.compared`.
    seeds : int
    where : str
    """
    axes = panels(figure, len(VARIANTS), sharey=True)
    peaks = live.groupby("strategy")[["live", "table"]].max().max(axis=1)
    named = _named(peaks)
    for ax, variant in zip(axes, VARIANTS, strict=True):
        here = live[live["variant"] == variant]
        wide = {
            side: here.pivot(index="year", columns="strategy", values=side) for side in ("live", "table", "low", "high")
        }
        looks = _looks(named)
        for name in named:
            ax.fill_between(
                wide["low"].index, wide["low"][name], wide["high"][name], color=looks[name].colour, alpha=0.15, lw=0
            )
        _lines(ax, wide["live"], named)
        _lines(ax, wide["table"], named, ":", faint=False)
        _ends(ax, wide["live"], named)
        ax.set_title(variant)
        ax.set_xlabel("year")
        ax.set_xlim(wide["live"].index.min(), wide["live"].index.max())
        ax.set_ylim(0, None)
    axes[0].set_ylabel("share of salespeople")
    last = live[(live["year"] == live["year"].max()) & (live["variant"] == VARIANTS[0])]
    apart = f"{(last['live'] - last['table']).abs().sum() / 2:.0%}"
    headline(
        figure,
        f"{capital(where)}: by {VARIANTS[0]} alone {leaders(last)}; {apart} of salespeople sell otherwise than it says",
        f"{runs(seeds)} of markets that begin with all strategies alike. Solid = market, mean; band = "
        "95% interval; dotted = the same people copying on the table. The strategies that ever have most are "
        "in colour, those left at the end are named.",
    )
