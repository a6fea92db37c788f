"""One adversary in a herd of collaborators spoils it.

The idea: the herd lives on the trust in its name, and one member who wins at the customers' expense spends
what the others earn. MODEL.md, section 7, row *bad-apple*: one of n.

Collaborative herds are set against the same herds with one member replaced by an adversary, in the shared
market and in separate ones, at the longest horizon. The first verdict asks what the apple costs each of its
colleagues, the others what it costs the herd as a whole and the trust in it, and whether the apple itself
earns more than its colleagues. Profit is booked with who closes a deal: a colleague gains from leads that
are passed on.
"""

from __future__ import annotations

import pandas as pd

from longgame.experiments.design.arms import HERD, Arm, markets, values
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import (
    HORIZONS,
    ONE_POINT,
    PROFIT_UNIT,
    Tables,
    a_twentieth,
    judge_pairs,
    spans,
)
from longgame.experiments.inference.verdicts import Verdict, judge, paired
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, span, years
from longgame.sim.scenario import Scenario

QUESTION = "Do collaborative members of a herd earn less where one of them is an adversary?"

GOOD, BAD = "collaborative", "adversarial"
PURE = Arm(GOOD, HERD, label="all-collaborative")
SPOILT = Arm(GOOD, HERD, label="one-adversary", others={BAD: 1})
PAIRS = [(PURE, SPOILT)]

KNOBS = (
    Knob("trust.brand_share", 0.0, 1.0),
    Knob("trust.seller_weight", 0.5, 10.0),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    FREQUENCY,
    Knob("trust.negativity", 1.0, 3.0),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: herds with and without one adversary, shared and separate."""
    each = Measure("members", measures.members_by_horizon)
    return Plan(markets(scenario, [PURE, SPOILT]), seeds, (HORIZONS, each))


def _only(tables: Tables, strategy: str) -> Tables:
    """Return the tables with members of one strategy in the place of whole herds."""
    members = tables["members"]
    return {**tables, "horizons": members.loc[members["strategy"] == strategy]}


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on colleagues, the herd as a whole, trust, and the apple itself."""
    colleagues = _only(tables, GOOD)
    return (
        judge_pairs(
            "bad-apple",
            QUESTION,
            colleagues,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="collaborative members made {amount} {direction} profit per salesperson-year among their "
            "like than with one adversary in the herd",
        ),
        judge_pairs(
            "bad-apple",
            "Does the herd as a whole earn less with an adversary in it?",
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="herds of collaborators alone made {amount} {direction} profit per salesperson-year than "
            "those with one adversary",
        ),
        judge_pairs(
            "bad-apple",
            "Do clients trust the collaborative members less where one is an adversary?",
            colleagues,
            PAIRS,
            "client_trust",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            more="higher",
            less="lower",
            finding="clients' trust in collaborative members was {amount} percentage points {direction} "
            "among their like than with one adversary in the herd",
        ),
        _on_apple(tables),
    )


def _on_apple(tables: Tables) -> Verdict:
    """Judge whether the adversary earns more than its colleagues: then nothing in the pay drives it out."""
    bad, good = (_only(tables, strategy)["horizons"] for strategy in (BAD, GOOD))

    def profit(table: pd.DataFrame, market: str, months: int) -> pd.Series:
        return values(table[table["months"] == months], market, SPOILT, "profit")

    worth = a_twentieth(tables)
    found = {
        months: [
            paired(
                profit(bad, market, months),
                profit(good, market, months),
                unit=PROFIT_UNIT,
                worth=worth,
                at={"market": words, "horizon": years(months)},
            )
            for market, words in MARKET_WORDS.items()
        ]
        for months in spans(tables)
    }
    *earlier, last = found
    return judge(
        "bad-apple",
        "Does the adversary in the herd earn more than its colleagues?",
        found[last],
        finding="the adversary made {amount} {direction} profit per salesperson-year than its colleagues",
        horizon=span([last]),
        others=[effect for months in earlier for effect in found[months]],
        sold=measures.anything_sold(tables["horizons"]),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: colleagues' profit, the herd's profit and trust, over horizons."""
    trust = "clients' trust in collaborative members"
    columns = {
        "colleagues": Shown("profit", "profit of a collaborative member", PROFIT_UNIT, table="colleagues"),
        "herd": PROFIT,
        "trust": Shown("client_trust", trust, "percentage points", 100, "colleagues"),
    }
    tables = {**tables, "colleagues": _only(tables, GOOD)["horizons"]}
    return in_each_market(figure_pairs, tables, columns, pairs=PAIRS)
