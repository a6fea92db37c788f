"""The default market in Mesa's own interface: `solara run examples/solara_app.py --no-open`, then open its address.

It needs the extra `solara`. Every browser tab has a market of its own. More is in docs/howto/live-market.md.
"""

# pyright: reportPrivateImportUsage=false
# Solara does not declare what it exports.

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import solara
import solara.checks
import solara.server.settings
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter
from numpy.typing import NDArray

from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.exchanges import plot_exchange_shares
from longgame.experiments.figures.looks import dark, in_order, look
from longgame.experiments.figures.paths import plot_cumulative_profit
from longgame.experiments.figures.style import style
from longgame.experiments.measures.clients import clients_of
from longgame.experiments.measures.totals import cumulative, exchange_shares
from longgame.experiments.runs.runner import warm
from longgame.experiments.words import named
from longgame.sim import Market, Result, Salesperson, Scenario
from longgame.sim.dials import Network
from longgame.sim.network import build as contacts_of

# Solara would report starts and visits to a service on the network.
solara.server.settings.telemetry.mixpanel_enable = False
solara.checks.should_perform_solara_check = lambda: False

#: What the sliders change: the default market.
START = Scenario()

#: Least trust that is trust: an even chance.
TRUSTED = 0.5

#: Customers in the picture of the network, and the radius at which salespeople stand around them.
SHOWN, AROUND = 120, 1.3

#: Groups of firms or strategies, by name, that are played by code of your own (see `sim.Market`).
CLASSES: dict[str, type[Salesperson]] = {}


class AppMarket(Market):
    """A market made from plain numbers, as Mesa's interface wants it.

    Parameters
    ----------
    seed : int
        Seed of the run.
    customers : int
        `customers.count`. Unit: customers.
    rate : float
        `customers.rate`. Unit: needs per month.
    memory : float
        `trust.forgetting`, in [0, 1].
    gossip : float
        `word_of_mouth.gossip`, in [0, 1].

    Attributes
    ----------
    seen : Result
        Tables up to the last finished month. Charts are drawn from them, since months may be played in
        another thread.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        customers: int = START.customers.count,
        rate: float = START.customers.rate,
        memory: float = START.trust.forgetting,
        gossip: float = START.word_of_mouth.gossip,
    ) -> None:
        changes = {
            "customers.count": customers,
            "customers.rate": rate,
            "trust.forgetting": memory,
            "word_of_mouth.gossip": gossip,
        }
        super().__init__(START.but(changes), rng=seed, classes=CLASSES)
        self.seen: Result = self.result()

    # Mesa's interface builds a model anew from `scenario`, and refuses one that is not of Mesa's own kind.
    @property
    def scenario(self) -> None:
        """Nothing: the scenario is in `seen.scenario`."""

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Leave Mesa's own default scenario aside."""

    def step(self) -> None:
        """Play one month."""
        super().step()
        self.seen = self.result()

    def _advance_time(self, until: float) -> None:
        """Go on to a time, or to the end: Mesa plays several months at a time, also where there is one left."""
        if self.running:
            super()._advance_time(min(until, self.seen.scenario.months))


# -- what is drawn ------------------------------------------------------------------------------------


def arms_of(seen: Result) -> dict[str, Arm]:
    """Return how every group of firms sells and works, by its name, in the order of figures."""
    arms = {group.name: Arm(next(iter(group.strategies)), group.organisation) for group in seen.scenario.firms}
    order = [arm.name for arm in in_order(arms.values())]
    return dict(sorted(arms.items(), key=lambda item: order.index(item[1].name)))


def _with_arms(table: pd.DataFrame, seen: Result) -> pd.DataFrame:
    """Return a table with the strategy and the organisation of its groups."""
    arms = [arms_of(seen)[group] for group in table["group"]]
    return table.assign(
        group=[arm.name for arm in arms],
        strategy=[arm.way for arm in arms],
        organisation=[arm.organisation for arm in arms],
        seed=seen.seed,
    )


def draw_profit(figure: Figure, seen: Result) -> None:
    """Draw cumulative profit per salesperson of every group."""
    paths = cumulative(seen.monthly)
    now = paths[paths["month"] == len(seen.market)].set_index("group")["profit"]
    start = pd.DataFrame({"group": now.index, "month": 0, "profit": 0.0})
    paths = _with_arms(pd.concat([start, paths.astype({"group": str})]), seen)
    most = "earned most" if now.max() > 0 else "lost least"
    plot_cumulative_profit(paths, ax=_panel(figure, seen, f"{named(arms_of(seen)[now.idxmax()])} {most} so far"))


def trusting(seen: Result) -> pd.DataFrame:
    """Return the customers who trust somebody: less than an even chance is no trust."""
    return seen.customers.loc[seen.customers["trust_favourite"] >= TRUSTED, :]


def draw_trust(figure: Figure, seen: Result) -> None:
    """Draw the share of customers who trust a salesperson of each group most."""
    arms, clients, count = arms_of(seen), clients_of(trusting(seen), seen.salespeople), max(len(seen.customers), 1)
    share = clients["customers"].reindex(list(arms)) / count
    most = float(share.max())
    said = f"{most:.0%} of customers trust {named(arms[str(share.idxmax())])} most"
    ax = _panel(figure, seen, said if most > 0 else "no customer trusts anybody yet")
    for row, (group, arm) in enumerate(arms.items()):
        its = look(arm)
        ax.barh(
            row,
            share[group],
            height=0.7,
            color=its.colour if its.herd else "white",
            edgecolor=its.colour,
            linestyle=its.line()["linestyle"],
            linewidth=1.5,
        )
        mean = clients.loc[group, "trust_favourite"]
        _beside(ax, row, share[group], f" (trust {mean:.2f})" if clients.loc[group, "customers"] else "", its.colour)
    strangers = float(seen.customers["favourite"].isna().sum()) / count
    for row, part in enumerate((1 - share.sum() - strangers, strangers), len(share)):
        ax.barh(row, part, height=0.7, color="#dddddd", edgecolor="#555555")
        _beside(ax, row, part, "", "#555555")
    rows = [*(named(arm).replace(" ", "\n") for arm in arms.values()), "trust\nnobody", "know\nnobody"]
    ax.set_yticks(range(len(rows)), rows)
    ax.invert_yaxis()
    ax.grid(False)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.set_xlabel(f"share of customers, and their mean trust (below {TRUSTED:g}: none)")


def _beside(ax: Axes, row: int, share: float, more: str, colour: str) -> None:
    """Write a share at the end of its bar, within the bar where there is no room to its right."""
    inside = share > 0.6
    ax.annotate(
        f"{share:.0%}{more}",
        (share, row),
        (-4 if inside else 4, 0),
        textcoords="offset points",
        va="center",
        ha="right" if inside else "left",
        color="black" if inside else dark(colour),
    )


@cache
def neighbours(network: Network, customers: int, seed: int) -> tuple[nx.Graph, dict[int, NDArray[np.float64]]]:
    """Return some customers who are contacts of contacts, and a place for each within a circle of radius 1."""
    starts, contacts = contacts_of(network, customers, seed)
    near, k = [0], 0
    while k < len(near) < SHOWN:
        near += [j for j in contacts[starts[near[k]] : starts[near[k] + 1]].tolist() if j not in near]
        k += 1
    near = near[:SHOWN]
    graph = nx.Graph()
    graph.add_nodes_from(near)
    ends = ((i, j) for i in near for j in contacts[starts[i] : starts[i + 1]].tolist())
    graph.add_edges_from((i, j) for i, j in ends if j in graph)
    layout = nx.kamada_kawai_layout(graph)
    reach = max(np.hypot(*place) for place in layout.values()) or 1.0
    return graph, {i: place / reach for i, place in layout.items()}


def draw_network(figure: Figure, seen: Result) -> None:
    """Draw some customers among their contacts, all salespeople around them, and who trusts whom."""
    scenario, arms = seen.scenario, arms_of(seen)
    graph, places = neighbours(scenario.network, scenario.customers.count, seen.seed)
    here = seen.customers[seen.customers["place"].isin(list(graph))].set_index("place")
    sure = trusting(seen).set_index("place").reindex(here.index)["favourite"].dropna()
    ax = _panel(figure, seen, f"{len(sure)} of these {len(here)} customers trust somebody")
    ax.set_axis_off()
    ax.set_aspect("equal")
    ax.add_collection(LineCollection([[places[i], places[j]] for i, j in graph.edges], color="#cccccc", linewidth=0.5))
    staff = seen.salespeople[seen.salespeople["left"].isna() & seen.salespeople["hired"].notna()]
    angles = 2 * np.pi * np.arange(len(staff)) / max(len(staff), 1)
    around = dict(zip(staff["salesperson"], AROUND * np.column_stack([np.cos(angles), np.sin(angles)]), strict=True))
    for group, arm in arms.items():
        its, whose = look(arm), staff.loc[staff["group"] == group, "salesperson"]
        alike = {
            "marker": its.marker,
            "color": its.colour if its.herd else "white",
            "edgecolors": its.colour,
            "linewidths": 0.8,
        }
        theirs = sure[sure.isin(whose)]
        ties = [[places[i], around[person]] for i, person in theirs.items()]
        ax.add_collection(LineCollection(ties, color=its.colour, linewidth=0.5, alpha=0.5))
        ax.scatter(*_points([around[person] for person in whose]), 45, zorder=3, label=named(arm), **alike)
        ax.scatter(*_points([places[i] for i in theirs.index]), 12, zorder=2, **alike)
    others = here.index.difference(sure.index)
    ax.scatter(*_points([places[i] for i in others]), 6, color="#777777", linewidths=0, zorder=2, label="trust nobody")
    figure.legend(loc="outside lower center", ncols=3, columnspacing=1, handletextpad=0.2, fontsize="small")


def _points(places: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places as x and y."""
    x, y = np.array(places, dtype=float).reshape(-1, 2).T
    return x, y


def draw_endings(figure: Figure, seen: Result) -> None:
    """Draw how the conversations of the latest month ended, by group."""
    month = seen.monthly[seen.monthly["month"] == len(seen.market)]
    deals, visits = int(month["deals"].sum()), int(month["visits"].sum())
    ax = _panel(figure, seen, f"{deals} of {visits} conversations ended in a deal")
    shares = exchange_shares(month).fillna(0.0).reset_index()
    plot_exchange_shares(_with_arms(shares, seen), ax=ax)
    ax.set_xlabel("share of the month's conversations")
    if visits:
        figure.legend(loc="outside lower center", ncols=3, columnspacing=1, handlelength=1.2)


def _panel(figure: Figure, seen: Result, finding: str) -> Axes:
    """Return the panel of a figure under a title with the finding."""
    figure.suptitle(f"Month {len(seen.market)}: {finding}", x=0.01, ha="left", fontweight="bold")
    return figure.add_subplot()


def draw_start(figure: Figure, what: str) -> None:
    """Write the title of the drawing that follows after the first month."""
    figure.text(0.5, 0.5, f"{what}\n\nPress ▶ or STEP.", ha="center", va="center", color="#555555")


#: Settings of matplotlib are shared by all threads, and every visitor has one.
DRAWING = threading.Lock()


def picture(draw: Callable[[Figure, Result], None], what: str, seen: Result) -> bytes:
    """Return a drawing as PNG."""
    with DRAWING, style("paper"):
        figure = Figure(figsize=(4.6, 3.3), layout="constrained")
        if len(seen.market):
            draw(figure, seen)
        else:
            draw_start(figure, what)
        out = io.BytesIO()
        figure.savefig(out, dpi=160)
    return out.getvalue()


# -- the app -----------------------------------------------------------------------------------------


@solara.component
def Picture(model: AppMarket, draw: Callable[[Figure, Result], None], what: str):
    """Show a drawing of a model, and draw it anew when a month was played."""
    update_counter.get()
    seen = model.seen
    png = solara.use_memo(lambda: picture(draw, what, seen), [model, len(seen.market)])
    solara.Image(png, width="min(100%, 34rem)")


@solara.component
def Profit(model: AppMarket):
    """Show cumulative profit."""
    Picture(model, draw_profit, "Cumulative profit per salesperson")


@solara.component
def Trusted(model: AppMarket):
    """Show whom customers trust."""
    Picture(model, draw_trust, "Whom customers trust most")


@solara.component
def Agents(model: AppMarket):
    """Show customers, salespeople and who knows and trusts whom."""
    Picture(model, draw_network, "Customers, their contacts, and salespeople around them")


@solara.component
def Endings(model: AppMarket):
    """Show how conversations ended."""
    Picture(model, draw_endings, "How conversations end")


PARAMETERS = {
    "seed": Slider("Seed", 1, 1, 99, 1),
    "customers": Slider("Customers", START.customers.count, 500, 8000, 500),
    "rate": Slider("Needs per month", START.customers.rate, 0.05, 1.0, 0.05),
    "memory": Slider("Memory", START.trust.forgetting, 0.0, 1.0, 0.05),
    "gossip": Slider("Word of mouth", START.word_of_mouth.gossip, 0.0, 1.0, 0.05),
}

warm()  # the market is compiled before the app is offered, not while a visitor waits


@solara.component
def Page():
    """Show the app; every visitor gets a market of their own."""
    model = solara.use_reactive(solara.use_memo(AppMarket, []))
    scenario = model.value.seen.scenario
    with solara.Sidebar():
        solara.Info(
            f"This market: seed {model.value.seen.seed}, {scenario.customers.count:,} customers with "
            f"{scenario.customers.rate:g} needs a month, memory {scenario.trust.forgetting:g}, word of mouth "
            f"{scenario.word_of_mouth.gossip:g}. It is over after {scenario.months} months, a step each. "
            "RESET begins another.",
            dense=True,
        )
    SolaraViz(model, components=[Profit, Trusted, Agents, Endings], model_params=PARAMETERS, name="longgame")
