"""What would change for the people of a book: the same changes in every market that fits it.

A market is played as it was fitted, and with one thing changed, with the same seeds. Both are played until they have
settled: it is a comparison of two ways to sell, not of before and after. Organisation and pay are compared between
teams that differ in nothing else. What is counted is the profit of a year per salesperson.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from longgame.experiments.books.fitted import Fitted
from longgame.experiments.design.plan import Answer, Design, Measure, Plan
from longgame.experiments.evidence.priors import HERD
from longgame.experiments.figures.axes import headline, panels
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.measures.leavers import LEAVERS, leaver_loss
from longgame.experiments.study import Findings
from longgame.experiments.words import listed, number
from longgame.sim.books import Result
from longgame.sim.organisation import FirmPolicy, Firms, Pay
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Conduct, Strategy

#: Markets that are asked, the heaviest ones first, and seeds of each.
MARKETS, SEEDS = 40, (1, 2)

#: Months that are counted, behind the burn-in.
MONTHS = 36

#: How much more is asked; which part of what is promised beyond belief is left.
ASKS, PROMISES = 0.3, 0.5

#: How strongly people follow what they are paid for, where pay is compared (`economy.incentive`).
INCENTIVE = 0.2

#: Monthly cost of organising a team that passes leads on or has others deliver, in months of wage: a third of a herd's.
OVERHEAD = 0.05

#: Deals a month and member that a delivery team takes over: as many as that of a herd.
DELIVERED = 20.0

#: Name of what is counted per leaver, not per head.
LEAVER = "leaver"

#: Share of the markets that have to agree before something is said, and before it is said to be sure.
LIKELY, SURE = 0.8, 0.95

#: What is said where the markets do not agree, or too few of them show it.
UNTOLD = "cannot be told"

#: Everything that is said of a change, and how a sentence on it begins.
SAID = {
    "a gain, surely": "Would surely pay",
    "a gain, likely": "Would likely pay",
    "a loss, surely": "Would surely cost",
    "a loss, likely": "Would likely cost",
    UNTOLD: "Your book cannot tell whether it would pay",
}


@dataclass(frozen=True)
class Change:
    """One thing that could be changed.

    Attributes
    ----------
    name, words : str
    against, to : callable
        Make the two markets of a fitted one: without and with it.
    means : str
        What exactly is changed.
    """

    name: str
    words: str
    against: Callable[[Scenario], Scenario]
    to: Callable[[Scenario], Scenario]
    means: str


def as_it_is(scenario: Scenario) -> Scenario:
    """Return the market as it was fitted."""
    return scenario


def with_conduct(scenario: Scenario, change: Callable[[Conduct], Conduct]) -> Scenario:
    """Return a market whose people sell as before but for one thing."""
    made: dict[str, Strategy] = {}
    for strategy in scenario.strategies_used():
        phases = {
            phase: change(conduct) for phase in Strategy.PHASES if (conduct := getattr(strategy, phase)) is not None
        }
        made[strategy.name] = strategy.model_copy(update={**phases, "name": f"{strategy.name[:35]}-too"})
    groups = [
        group.model_copy(update={"strategies": {made[name].name: n for name, n in group.strategies.items()}})
        for group in scenario.firms
    ]
    return _with(scenario, groups, list(made.values()))


def in_teams(scenario: Scenario, policy: FirmPolicy) -> Scenario:
    """Return a market whose people work in teams of five of their own conduct; those left over work alone."""
    people: dict[str, int] = {}
    for group in scenario.firms:
        for name, members in group.strategies.items():
            people[name] = people.get(name, 0) + group.count * members
    alone = FirmPolicy(pay=policy.pay)
    groups = []
    for name, count in people.items():
        teams, rest = divmod(count, HERD)
        if teams:
            groups.append(Firms(name=f"{name}-team", count=teams, strategies={name: HERD}, policy=policy))
        if rest:
            groups.append(Firms(name=f"{name}-alone", count=rest, strategies={name: 1}, policy=alone))
    return _with(scenario, groups, list(scenario.strategies))


in_plain_teams = partial(in_teams, policy=FirmPolicy())


def _with(scenario: Scenario, groups: list[Firms], strategies: list[Strategy]) -> Scenario:
    """Return a market with other firms and strategies of its own."""
    return scenario.model_copy(update={"firms": tuple(groups), "strategies": tuple(strategies)})


def _asking(conduct: Conduct) -> Conduct:
    return conduct.but(discovery=min(1.0, conduct.discovery + ASKS))


def _promising(conduct: Conduct) -> Conduct:
    return conduct.but(overpromise=conduct.overpromise * PROMISES)


def _paid(scenario: Scenario, pay: Pay) -> Scenario:
    """Return teams in which people follow what they are paid for."""
    return in_teams(scenario.but({"economy.incentive": INCENTIVE}), FirmPolicy(pay=pay))


CHANGES: tuple[Change, ...] = (
    Change(
        "ask",
        "asking more",
        as_it_is,
        partial(with_conduct, change=_asking),
        f"effort to learn what is needed + {ASKS} of full effort; it takes their time",
    ),
    Change(
        "promise",
        "promising less",
        as_it_is,
        partial(with_conduct, change=_promising),
        "half of what they claim beyond what they believe",
    ),
    Change(
        "leads",
        "passing leads on",
        in_plain_teams,
        partial(in_teams, policy=FirmPolicy(shares_leads=True, overhead=OVERHEAD)),
        f"teams of {HERD}: to the colleague who fits; costs {OVERHEAD} of a wage a month and head",
    ),
    Change(
        "delivery",
        "a delivery team after the close",
        in_plain_teams,
        partial(in_teams, policy=FirmPolicy(delivery_team=DELIVERED, overhead=OVERHEAD)),
        f"teams of {HERD}: up to {DELIVERED:.0f} deals a month and head; costs 2 % of each stake, {OVERHEAD} of a wage",
    ),
    Change(
        "pay",
        "pay that counts repeat business",
        partial(_paid, pay=Pay()),
        partial(_paid, pay=Pay(closings=0.5, repeat=0.5)),
        "half of the commission moves from any deal to deals with old customers; people follow their pay",
    ),
)


def year_of_a_seller(result: Result) -> pd.DataFrame:
    """Return profit and revenue of a year per salesperson, in one row."""
    sums = result.monthly[["profit", "revenue", "salespeople"]].sum()
    people = float(sums["salespeople"]) / 12.0
    who = result.salespeople
    months = (who["left"].astype("Float64").fillna(result.scenario.months) - who["hired"] + 1).to_numpy(float)
    good = 12.0 * (who["revenue"] / np.maximum(months, 1.0))
    return pd.DataFrame(
        {
            "profit": [float(sums["profit"]) / people if people else math.nan],
            "revenue": [float(sums["revenue"]) / people if people else math.nan],
            "good": [float(good[months >= 12].quantile(0.9))],
        }
    )


YEAR = Measure("year", year_of_a_seller)


@dataclass(frozen=True)
class Advice:
    """What the markets that fit a book say of some changes.

    Attributes
    ----------
    fitted : Fitted
    rows : pandas.DataFrame
        ``name``, ``words``, ``means``, ``low``, ``middle``, ``high`` (money per salesperson and year; 90 % of the
        markets), ``share`` (of the markets that gain), ``says``.
    profit, revenue : float
        Of a year per salesperson as it is: medians.
    markets : int
        That were asked.
    """

    fitted: Fitted
    rows: pd.DataFrame
    profit: float
    revenue: float
    markets: int


def advise(fitted: Fitted, answer: Answer, *, markets: int = MARKETS, seeds: tuple[int, ...] = SEEDS) -> Advice:
    """Ask every market that fits a book what would change.

    Parameters
    ----------
    fitted : Fitted
    answer : callable
        Runs a plan.
    markets : int
        At most.
    seeds : tuple of int
        The same with a change and without.
    """
    weights = fitted.weights()
    heaviest = np.argsort(-weights, kind="stable")[: min(markets, int((weights > 0).sum()))]
    settled = {f"m{k:03}": fitted.frame.scenario(fitted.dials[k]).but(months=MONTHS) for k in heaviest}
    design = Design({})
    for name, scenario in settled.items():
        arms = {"is/as": scenario}
        for change in CHANGES:
            arms[f"{change.name}/against"], arms[f"{change.name}/to"] = change.against(scenario), change.to(scenario)
        design = design | Design(arms).under(name)
    table = answer(Plan(design, seeds, (YEAR,)))["year"]
    found = table.groupby(["point", "local"])[["profit", "revenue", "good"]].mean()
    rows = []
    for change in CHANGES:
        off = (
            found.xs(f"{change.name}/to", level="local")["profit"]
            - found.xs(f"{change.name}/against", level="local")["profit"]
        )
        rows.append(_row(change.name, change.words, change.means, off.dropna().to_numpy()))
    left = answer(Plan(settled, seeds, (LEAVERS,)))["leavers"]
    base = found.xs("is/as", level="local")
    lost = [-leaver_loss(sums) * float(base.loc[market, "good"]) for market, sums in left.groupby("market")]
    rows.append(
        _row(
            LEAVER,
            "a good person leaving",
            "what their customers buy in the year after, against customers of those who stay; per leaver, not per head",
            np.array([value for value in lost if math.isfinite(value)]),
        )
    )
    return Advice(
        fitted, pd.DataFrame(rows), float(base["profit"].median()), float(base["revenue"].median()), len(settled)
    )


def _row(name: str, words: str, means: str, off: np.ndarray) -> dict[str, Any]:
    """Return what the markets say of one change."""
    if len(off) < 5:
        return {"name": name, "words": words, "means": means, "low": math.nan, "middle": math.nan, "high": math.nan,
                "share": math.nan, "says": UNTOLD}  # fmt: skip
    low, middle, high = np.quantile(off, [0.05, 0.5, 0.95])
    share = float((off > 0).mean())
    return {"name": name, "words": words, "means": means, "low": low, "middle": middle, "high": high, "share": share,
            "says": said(share)}  # fmt: skip


def said(share: float) -> str:
    """Return what is said of a change that brings a gain in some share of the markets.

    Examples
    --------
    >>> said(0.97), said(0.85), said(0.5), said(0.1)
    ('a gain, surely', 'a gain, likely', 'cannot be told', 'a loss, likely')
    """
    for way, agree in (("a gain", share), ("a loss", 1.0 - share)):
        if agree >= LIKELY:
            return f"{way}, {'surely' if agree >= SURE else 'likely'}"
    return UNTOLD


def findings(advice: Advice, about: Mapping[str, Any] | None = None) -> Findings:
    """Return advice as one page."""
    fitted, rows = advice.fitted, advice.rows
    told = {says: [row.words for row in rows.itertuples() if row.says == says] for says in SAID}
    missed = fitted.not_matched
    _, far = fitted.outside()
    outside = f"the book lies outside those that such markets write ({listed(far) or 'all in all'})"
    sentences = [
        *([f"CAUTION: the market does not match your book in {listed(missed)}."] if missed else []),
        *([f"CAUTION: {outside}."] if fitted.is_outside else []),
        *(f"{SAID[says]}: {listed(words)}." for says, words in told.items() if words),
        f"A salesperson sells for {number(advice.revenue)} a year and leaves a profit of {number(advice.profit)}, "
        f"in the middle of {advice.markets} markets that fit your book.",
    ]
    shown = pd.DataFrame(
        {
            "change": rows["words"],
            f"{fitted.currency or 'money'} per salesperson and year": [_money(value) for value in rows["middle"]],
            "90 % of the markets": [
                f"{_money(low)} to {_money(high)}" for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            "markets with a gain": ["n/a" if math.isnan(share) else f"{share:.0%}" for share in rows["share"]],
            "so": rows["says"],
        }
    )
    means = pd.DataFrame({"change": rows["words"], "what it means": rows["means"]})
    return Findings(
        "advise",
        f"What would change: {fitted.name}.",
        sentences=tuple(sentences),
        shown={"": shown, "What is meant": means},
        tables={"advice": rows},
        figures={"advice": partial(draw, advice=advice)},
        scenario=fitted.scenario(),
        about=about or {},
    )


def _money(value: float) -> str:
    """Write a gain or a loss with its sign."""
    return "n/a" if math.isnan(value) else ("+" if value > 0 else "") + number(value)


def draw(figure: Figure, advice: Advice) -> None:
    """Fill a figure with what each change is worth, and how sure that is."""
    (ax,) = panels(figure, 1)
    per_head = np.isfinite(advice.rows["middle"]) & (advice.rows["name"] != LEAVER)
    rows = advice.rows[per_head].iloc[::-1].reset_index(drop=True)
    for place, row in rows.iterrows():
        colour = "0.6" if row["says"] == UNTOLD else OKABE_ITO["green" if row["middle"] > 0 else "vermillion"]
        ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=3, solid_capstyle="butt")
        ax.plot(row["middle"], place, "o", color=colour)
    ax.axvline(0, color="0.3", linewidth=0.8)
    ax.set_yticks(range(len(rows)), rows["words"])
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda value, _: number(value))
    ax.set_xlabel("money per salesperson and year, more or less than now")
    ax.grid(axis="x")
    told = [row["words"] for _, row in rows.iterrows() if "gain" in row["says"]]
    finding = f"What would pay: {listed(told[::-1])}" if told else "No change can be told to pay"
    headline(
        figure,
        finding,
        f"{advice.markets} markets that fit {advice.fitted.name}; bars: 90 % of them. Grey: cannot be told.",
    )
