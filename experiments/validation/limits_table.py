"""The table and figures of `longgame limits`: simulated beside exact, with its tolerance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from longgame.experiments.figures.axes import headline, label_ends, new_axes, panels
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.inference import games
from longgame.experiments.validation import limits, limits_firms, limits_herds, theory
from longgame.experiments.validation.limits import SIGMAS, Loyalty, Measured

#: Columns of the table.
COLUMNS = ("limit", "case", "simulated", "exact", "tolerance", "holds")


class Row(NamedTuple):
    """One limit: a case of it, how it is simulated, and what is exact; `quick` rows make a first look."""

    limit: str
    case: str
    simulate: Callable[[], Measured | Loyalty]
    exact: float
    quick: bool = False

    def check(self) -> dict[str, object]:
        """Simulate, and return the row of the table."""
        value, error = self.simulate()[:2]
        tolerance = SIGMAS * error
        # A simulation without any spread has nothing to show.
        holds = bool(error > 0 and abs(value - self.exact) <= tolerance)
        return dict(zip(COLUMNS, (self.limit, self.case, value, self.exact, tolerance, holds), strict=True))


#: K/2 of two sellers at γ = 0.02; the transition is at 1.
HALVES = (0.0, 0.8, 1.0, 1.25, 1.5, 2.0)


def _loyalty() -> Iterator[Row]:
    # At the transition it takes a thousand months to forget the start.
    for half in HALVES:
        yield Row(
            "loyalty y",
            f"m=2 γ=.02 K/2={half:g}",
            partial(limits.loyalty_order, 2, 0.02, 2 * half, 2000, 3000, 2000),
            theory.pair_loyalty(0.02, 2 * half)[0],
            quick=half == 1.25,
        )
    yield Row(
        "loyalty y",
        "m=2 γ=.02 K=1, one better by ½σ",
        partial(limits.loyalty_order, 2, 0.02, 1.0, 2000, 1500, 1000, benefit=(0.5, 0.0)),
        theory.pair_loyalty(0.02, 1.0, (0.5, 0.0))[0],
    )
    for m in (3, 10):
        yield Row(
            "loyalty y",
            f"m={m} γ=.02 K=0",
            partial(limits.loyalty_order, m, 0.02, 0.0, 2000, 600, 400),
            theory.moving_average_loyalty(m, 0.02),
            quick=m == 3,
        )
    # Below K₁ = 4.56 loyalty falls apart, between K₁ and m = 10 history decides.
    for K, start, state in (
        (4.0, "loyal", "indifferent"),
        (6.0, "loyal", "loyal"),
        (6.0, "indifferent", "indifferent"),
    ):
        yield Row(
            "hysteresis y",
            f"m=10 γ=.003 K={K:g} start {start}",
            partial(limits.loyalty_order, 10, 0.003, K, 800, 6500, 4000, start=start),
            theory.loyalty_near(10, 0.003, K, state),
        )


def _shadow() -> Iterator[Row]:
    for g, detection, slip, discount in (
        (0.5, 1.0, 0.0, 1.0),
        (1.0, 1.0, 0.0, 1.0),
        (3.0, 1.0, 0.0, 1.0),
        (0.5, 1.0, 0.0, 0.9),
        (0.5, 0.5, 0.0, 1.0),
        (2.0, 0.5, 0.0, 1.0),
        (1.0, 0.5, 0.1, 1.0),
        (3.0, 0.5, 0.1, 1.0),
        (2.0, 1.0, 0.0, 1.0),
    ):
        plain = detection == 1 and slip == 0
        case = f"g={g:g}" + ("" if plain else f" d={detection:g} ε={slip:g}")
        yield Row(
            "shadow of the future w",
            case + ("" if discount == 1 else f" δ={discount:g}"),
            partial(limits.shadow_threshold, g, 1.0, detection, slip, discount),
            theory.shadow(g, 1.0, detection, slip) / discount,
            quick=slip > 0 and g == 1,
        )


def _others() -> Iterator[Row]:
    for g, w, cohort in (
        (1.0, 0.8, "open"),
        (2.0, 0.8, "open"),
        (2.0, 0.9, "open"),
        (4.0, 0.9, "open"),
        (2.0, 0.8, "closed"),
        (4.0, 0.9, "closed"),
    ):
        yield Row(
            "crossover month",
            f"g={g:g} w={w:g} {cohort} cohort",
            partial(limits.crossover, g, w, cohort),
            theory.crossover_month(g, w, cohort),
            quick=g == 1,
        )
    for q, discount in ((0.0, 1.0), (0.2, 1.0), (0.5, 1.0), (0.5, 0.8), (0.8, 1.0)):
        yield Row(
            "word of mouth gain",
            f"q={q:g} w=.5 g=2" + ("" if discount == 1 else f" δ={discount:g}"),
            partial(limits.gossip_advantage, q, 0.5, 2.0, 1.0, discount),
            theory.gossip_gain(q, 0.5, 2.0, 1.0, discount),
            quick=q == 0.8,
        )
    for n, g, pay in (
        (1, 1.0, "individual"),
        (3, 1.0, "individual"),
        (5, 0.5, "individual"),
        (3, 1.0, "pooled"),
        (3, 1.0, "owned"),
    ):
        yield Row(
            "herd δw",
            f"n={n} g={g:g} " + ("owned accounts" if pay == "owned" else f"{pay} pay"),
            partial(limits_herds.herd_threshold, n, g, 1.0, pay),
            theory.herd_shadow(n, g, 1.0, pay),
            quick=n == 3 and pay == "individual",
        )
    for n, beta, looks, years in ((20, 0.0, 1.0, 80), (10, 0.2, 0.1, 300), (20, 0.1, 0.2, 400)):
        yield Row(
            "fixation",
            f"N={n} βΔ={beta:g}",
            partial(limits_herds.fixation, n, 1.0, beta, looks=looks, years=years),
            games.fixation_probability(n, 1.0, beta),
            quick=beta == 0,
        )


def _firms() -> Iterator[Row]:
    for cash, drift, after in ((5.0, -0.1, 36), (5.0, 0.0, 36), (5.0, 0.1, 60), (8.0, -0.1, 60)):
        yield Row(
            "survival of firms",
            f"cash {cash:g}σ, μ={drift:g}σ, {after} months",
            partial(limits_firms.share_alive, cash, drift, after),
            theory.survival(after, cash, drift, 1.0),
            quick=cash == 5 and drift == 0,
        )
    for weight, failures in ((2.0, 0.1), (5.0, 0.3)):
        mean = limits_firms.KEPT * (1 - failures) + limits_firms.FAILED * failures
        yield Row(
            "trust on public record",
            f"ρ={weight:g}, {failures:.0%} failures",
            partial(limits_firms.strangers_trust, weight, failures),
            theory.known_by_record(mean, weight, 0.5, 2.0, 2.0),
            quick=weight == 2,
        )
    yield Row("loss by leavers", "everything is handed on", partial(limits_firms.lost_by_leaving, 1.0), 0.0, quick=True)


def rows(quick: bool = False) -> list[Row]:
    """Return every limit, or those of a first look; each has a seed of its own, so rows are independent."""
    every = [row for part in (_loyalty(), _shadow(), _others(), _firms()) for row in part]
    return [
        row._replace(simulate=partial(row.simulate, seed=seed))
        for seed, row in enumerate(every, 1)
        if row.quick or not quick
    ]


def table(quick: bool = False, tell: Callable[[dict[str, object]], None] | None = None) -> pd.DataFrame:
    """Simulate every limit; return the table (`COLUMNS`). ``tell`` is called with each row once done."""
    done = []
    for row in rows(quick):
        done.append(row.check())
        if tell is not None:
            tell(done[-1])
    return pd.DataFrame(done, columns=list(COLUMNS))


# -- figures ------------------------------------------------------------------------------------------


def _points(ax: Axes, x: list[float], part: pd.DataFrame, colour: str, marker: str) -> None:
    """Draw simulated numbers with their tolerances."""
    ax.errorbar(
        x,
        part["simulated"].to_numpy(float),
        yerr=part["tolerance"].to_numpy(float),
        fmt=marker,
        color=colour,
        markerfacecolor="white",
        capsize=2,
        zorder=3,
    )


def _small_print(part: pd.DataFrame) -> str:
    """Say what points and lines are."""
    return (
        f"line = theory, points = the market with all else switched off (n = {len(part)}), "
        f"bars = tolerance, {SIGMAS:g} standard errors"
    )


def _finding(part: pd.DataFrame) -> str:
    """Say how many points lie on the line."""
    return f"{int(part['holds'].sum())} of {len(part)} simulated points lie on the line of theory"


def plot_loyalty(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot the loyalty transition of two sellers: y by the weight of habit K, theory and simulation."""
    ax = new_axes(ax)
    part = loyalty_points(df)
    K = np.linspace(0, 4.4, 45)
    ax.plot(K, [theory.pair_loyalty(0.02, k)[0] for k in K], color=OKABE_ITO["blue"])
    _points(ax, [2 * float(case.rpartition("=")[2]) for case in part["case"]], part, OKABE_ITO["blue"], "o")
    ax.axvline(2, color="#555555", linewidth=0.8, linestyle=":")
    ax.annotate("K = m", (2, 1), (3, -2), textcoords="offset points", va="top")
    ax.set(xlabel="weight of habit ÷ temperature, K", ylabel="loyalty y = Σh²/(Σh)²", ylim=(0.45, 1.02))
    return ax


def plot_shadow(df: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Plot the break-even probability to return by the temptation g, theory and simulation."""
    ax = new_axes(ax)
    part = shadow_points(df)
    g = np.linspace(0, 3.4, 60)
    kinds = (
        ("", "d = 1", 1.0, 0.0, OKABE_ITO["blue"], "o", "-"),
        ("d=0.5 ε=0", "d = ½", 0.5, 0.0, OKABE_ITO["orange"], "^", "--"),
        ("d=0.5 ε=0.1", "d = ½, ε = 0.1", 0.5, 0.1, OKABE_ITO["purple"], "s", ":"),
    )
    ends = []
    for mark, text, detection, slip, colour, marker, line in kinds:
        exact = np.array([theory.shadow(x, 1.0, detection, slip) for x in g])
        ax.plot(g[exact <= 1], exact[exact <= 1], color=colour, linestyle=line)
        ends.append((float(exact[-1]), text, colour))
        its = part[part["case"].str.partition(" ")[2] == mark]
        _points(ax, [float(c.split()[0].removeprefix("g=")) for c in its["case"]], its, colour, marker)
    label_ends(ax, [(y, text.replace(" ", "\u00a0"), colour) for y, text, colour in ends])
    ax.set(xlabel="temptation g (÷ honest profit m)", ylabel="break-even chance\nto return w")
    ax.set(xlim=(0, 3.4), ylim=(0, 1.02))
    return ax


def loyalty_points(df: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that lie on the line of the loyalty figure."""
    return df.loc[(df["limit"] == "loyalty y") & df["case"].str.contains("K/2")]


def shadow_points(df: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that lie on the lines of the figure of the shadow of the future."""
    return df.loc[df["limit"].str.startswith("shadow") & ~df["case"].str.contains("δ")]


def figure_loyalty(figure: Figure, df: pd.DataFrame) -> None:
    """Draw the loyalty transition with its headline."""
    part = loyalty_points(df)
    plot_loyalty(df, ax=panels(figure, 1, extra=1.3)[0])
    headline(
        figure,
        f"Habit turns shoppers into clients beyond K\u00a0=\u00a0m: {_finding(part)}",
        f"two sellers, γ = 0.02; {_small_print(part)}",
    )


def figure_shadow(figure: Figure, df: pd.DataFrame) -> None:
    """Draw the shadow of the future with its headline."""
    part = shadow_points(df)
    plot_shadow(df, ax=panels(figure, 1, extra=1.5)[0])
    headline(
        figure,
        f"Above its line honesty pays: {_finding(part)}",
        "an exploiter earns m+g a deal until found out (chance d), an honest seller m while customers return "
        f"(but is taken for an exploiter with chance εd); {_small_print(part)}",
    )


#: Every figure by its name.
FIGURES = {"loyalty": figure_loyalty, "shadow": figure_shadow}
