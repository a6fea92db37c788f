"""The tournament as a heat map: by how much each strategy out-earns each other in a market of both."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.figures.axes import headline, runs
from longgame.experiments.figures.matrix import draw_matrix
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.studies.tournament import EVENTS
from longgame.experiments.words import capital

#: Up to so many strategies numbers fit into the cells of a slide.
FEW_ENOUGH = 7


def figure_duels(
    figure: Figure, duels: pd.DataFrame, league: pd.DataFrame, share: float, payoff: str, where: str
) -> None:
    """Fill a figure with the gap of every duel, rows and columns in the order of the league.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    duels : pandas.DataFrame
        From `tournament.results`.
    league : pandas.DataFrame
        From `tournament.league`.
    share : float
        Part of the market that the row has.
    payoff : str
        What was earned, for the words.
    where : str
        Of whom, for the headline.
    """
    first = league[league["event"] == EVENTS[0]]
    order = first["strategy"].tolist()
    here = duels[np.isclose(duels["share"], share)]
    found = {
        (row.ours, row.theirs): Effect(row.gap, row.low, row.high, row.n, PROFIT_UNIT) for row in here.itertuples()
    }
    wide = figure.get_figwidth() > 6
    if not wide:
        figure.set_figheight(1.7 + (0.14 if len(order) > FEW_ENOUGH else 0.3) * len(order))
    ax = figure.add_subplot()
    few = len(order) <= FEW_ENOUGH
    rows = order if few else [f"{name} {place}" for place, name in enumerate(order, 1)]
    draw_matrix(ax, found, order, rows, numbers=wide and few, upright=wide or not few)
    if not few:  # names would leave no room for the cells
        ax.set_xticklabels([str(k) for k in range(1, len(order) + 1)], rotation=0 if wide else 90)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set_xlabel("ahead of (+) or behind (−) number …")
    else:
        ax.set_xlabel("row is ahead of (+) or behind (−) column")
    beaten = {a: sum(effect.sign == 1 for (one, _), effect in found.items() if one == a) for a in order}
    leader, tied = first.iloc[0], first[first["best"] == 1]["strategy"].tolist()
    most = max(beaten.values())
    winners = [name for name in order if beaten[name] == most]
    lead = (
        f"{leader['strategy']} earns most against all others on average"
        if len(tied) == 1
        else f"{leader['strategy']} leads, but {len(tied) - 1} others may be first"
    )
    if len(tied) == 2:
        lead = lead.replace("1 others", tied[1] if tied[0] == leader["strategy"] else tied[0])
    who = "it" if winners == [leader["strategy"]] else " and ".join(winners)
    won = "all duels" if most == len(order) - 1 else f"most duels ({most} of {len(order) - 1})"
    most_won = f"; {who} {'win' if len(winners) > 1 else 'wins'} {won}"
    headline(
        figure,
        f"Tournament of {where}: {lead}{most_won if len(winners) < 4 else ''}",
        f"{runs(int(here['n'].max()))} a market of two at half each. {capital(payoff)}, "
        f"{PROFIT_UNIT}, row less column: + above 0, − below 0, ? = 95% interval (BCa bootstrap) holds 0; "
        "dark = row ahead. Rows and columns in the order of the league.",
    )
