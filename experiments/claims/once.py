"""Win/lose only works once.

The idea: whoever wins at the customer's expense does not see that customer again. MODEL.md, section 7, row
*once*: repeat rate and revenue per met customer after a win-lose.

Customers whose first deal with a firm was win-lose are compared with those whose first deal with the same
kind of firm was win-win: do they come back, and what do they spend later? Windows of 1, 2 and 5 years count
alike; first deals whose window is not over are left out. The two kinds of customer were not drawn by lot (a
poor fit makes a win-lose likelier, and fit lasts), so this tells what follows a win-lose, not what the same
customer would have done otherwise. The third verdict compares conducts, which *are* assigned: revenue per
meeting with a stranger, those who never bought included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, Arm, crossed, markets, of_arm, values
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.clients import figure_after_first
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.verdicts import Effect, Verdict, judge, paired
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, number, span, years
from longgame.sim.scenario import Scenario

QUESTION = "Does a customer who lost by the first deal come back less, and spend less, than one who won?"

CONDUCTS = ("collaborative", "adversarial")

#: Fewest first deals of a kind in a run from which a rate is taken.
FEWEST = 10

MEASURES = (Measure("first_deals", measures.after_first_deal, orders=True), Measure("horizons", measures.by_horizon, 2))

#: How much a bad experience counts and how long it is remembered, how often customers need something, how
#: fast needs change, and how strong habit is.
KNOBS = (
    Knob("trust.negativity", 0.0, 3.0),
    Knob("trust.forgetting", 0.5, 1.0),
    FREQUENCY,
    Knob("customers.drift", 0.0, 0.3),
    Knob("choice.habit_weight", 0.0, 1.0),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: two conducts × singletons and herds, shared and separate, with order logs."""
    return Plan(markets(scenario, crossed(CONDUCTS)), seeds, MEASURES)


def _after(tables: Mapping[str, pd.DataFrame], column: str, unit: str, scale: float = 1.0) -> list[Effect]:
    """Return win-win − win-lose of what follows the first deal, for every arm, market and window."""
    table = tables["first_deals"]
    table = table[table["clients"] >= FEWEST]
    found = []
    for market, words in MARKET_WORDS.items():
        for arm in crossed(CONDUCTS):
            rows = of_arm(table, market, arm)
            for months in sorted(tables["first_deals"]["months"].unique()):
                kinds = rows[rows["months"] == months].set_index("seed")
                won, lost = (kinds.loc[kinds["exchange"] == k, column] for k in ("win_win", "win_lose"))
                at = {
                    "market": words,
                    "conduct": arm.strategy,
                    "organisation": ORGANISATION_WORDS[arm.organisation],
                    "window": years(months),
                }
                found.append(paired(won, lost, unit=unit, scale=scale, at=at))
    return found


def verdicts(tables: Mapping[str, pd.DataFrame]) -> tuple[Verdict, ...]:
    """Return verdicts on coming back, on later revenue, and on revenue per meeting with a stranger."""
    spans = sorted(tables["first_deals"]["months"].unique())
    time = span(spans, "within") if spans else "nowhere"
    sold = measures.anything_sold(tables["horizons"])
    rates = _after(tables, "rate", "percentage points", 100)
    revenues = _after(tables, "revenue_after", "money per client")
    return (
        _judge_measurable(
            "Does a customer who lost by the first deal come back less than one who won?",
            rates,
            time,
            sold,
            finding="customers came back {amount} percentage points {direction} often after a win-win first "
            "deal than after a win-lose one",
        ),
        _judge_measurable(
            "Does a customer who lost by the first deal later spend less than one who won?",
            revenues,
            time,
            sold,
            finding="customers later spent {amount} {direction} each after a win-win first deal than after a "
            "win-lose one",
        ),
        _on_strangers(tables),
    )


def _judge_measurable(question: str, effects: list[Effect], windows: str, sold: bool, finding: str) -> Verdict:
    """Judge the comparisons for which both kinds of first deal occurred in any run; say how many did not."""
    measured = [e for e in effects if e.n]
    missing = len(effects) - len(measured)
    note = f"In {missing} of {len(effects)} comparisons one kind of first deal hardly occurred."
    note = note if missing else ""
    return judge("once", question, measured, finding=finding, horizon=windows, note=note, sold=sold)


def _on_strangers(tables: Mapping[str, pd.DataFrame]) -> Verdict:
    """Judge revenue per meeting with a stranger at the longest horizon; say how many never bought."""
    spans = sorted(tables["horizons"]["months"].unique())
    ours, theirs = CONDUCTS

    def effects(months: int) -> list[Effect]:
        rows = tables["horizons"][tables["horizons"]["months"] == months]
        return [
            paired(
                *(values(rows, market, Arm(c, kind), "revenue_per_stranger") for c in CONDUCTS),
                unit="money per stranger met",
                at={"market": words, "organisation": ORGANISATION_WORDS[kind], "horizon": years(months)},
            )
            for market, words in MARKET_WORDS.items()
            for kind in ORGANISATIONS
        ]

    last = tables["horizons"][tables["horizons"]["months"] == spans[-1]]
    never = {c: last[last["group"].str.startswith(f"{c}-")]["never_bought"].mean() for c in CONDUCTS}
    shares = [f"{number(100 * share)} % of {conduct} sellers'" for conduct, share in never.items()]
    return judge(
        "once",
        f"Is a stranger worth more to {ours} than to {theirs} sellers?",
        effects(spans[-1]),
        finding=f"a meeting with a stranger brought {{amount}} {{direction}} revenue to {ours} than to "
        f"{theirs} sellers",
        horizon=f"over {years(spans[-1])}",
        others=[e for m in spans[:-1] for e in effects(m)],
        sold=measures.anything_sold(tables["horizons"]),
        note=f"No first deal came of {' and '.join(shares)} meetings with strangers.",
    )


def figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: coming back and later revenue after the first deal, in the middle window."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    table = tables["first_deals"]
    spans = sorted(table["months"].unique())
    if not spans:
        return drawn
    table = table[(table["months"] == spans[len(spans) // 2]) & (table["clients"] >= FEWEST)]
    for market, words in MARKET_WORDS.items():
        rows = table[table["setting"] == market]
        if len(rows):
            drawn[f"repeat-{market}"] = partial(figure_after_first, df=rows, column="rate", where=words)
            drawn[f"revenue-{market}"] = partial(figure_after_first, df=rows, column="revenue_after", where=words)
    return drawn
