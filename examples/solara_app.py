"""The default market in Mesa's own interface: `solara run examples/solara_app.py --no-open`, then open its address.

It needs the extra `solara`. Every browser tab has a market of its own. More is in docs/howto/live-market.md.
"""

# pyright: reportPrivateImportUsage=false
# Solara does not declare what it exports.

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pandas as pd
import solara
import solara.checks
import solara.server.settings
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter

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

# Solara would report starts and visits to a service on the network.
solara.server.settings.telemetry.mixpanel_enable = False
solara.checks.should_perform_solara_check = lambda: False

#: What the sliders change: the default market.
START = Scenario()

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


def draw_trust(figure: Figure, seen: Result) -> None:
    """Draw the share of customers who trust a salesperson of each group most."""
    arms, clients = arms_of(seen), clients_of(seen.customers, seen.salespeople)
    share = clients["customers"].reindex(list(arms)) / max(len(seen.customers), 1)
    ax = _panel(figure, seen, f"{share.max():.0%} of customers trust {named(arms[str(share.idxmax())])} most")
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
    nobody = 1 - share.sum()
    ax.barh(len(share), nobody, height=0.7, color="#dddddd", edgecolor="#555555")
    _beside(ax, len(share), nobody, "", "#555555")
    ax.set_yticks(range(len(share) + 1), [*(named(arm).replace(" ", "\n") for arm in arms.values()), "nobody\nyet"])
    ax.invert_yaxis()
    ax.grid(False)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.set_xlabel("share of customers, and their mean trust in [0, 1]")


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
    SolaraViz(model, components=[Profit, Trusted, Endings], model_params=PARAMETERS, name="longgame")
