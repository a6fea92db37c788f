"""Wants change, so a seller has to go on asking.

The idea: selling is a continuum; what a client wanted last time is not what they want now. MODEL.md, section
7, row *wants*: drift of needs from 0 to high.

A collaborative seller, who asks at every need, is set against one who asks only until the first deal and
from then on goes by what is remembered, and against an order-taker. The first verdict is an interaction:
what asking again brings where needs drift fast, less what it brings where they stand still. In the model
what a seller has learned about a client does not go out of date by itself (docs/odd.md, 7.4: knowledge
counts deals), which favours the seller who no longer asks; drift works through the customers, whose
remembered value of a seller goes out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, values
from longgame.experiments.design.grids import at_point, at_points, grid
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import AT_END, PROFIT_UNIT, Tables, a_twentieth
from longgame.experiments.inference.verdicts import Verdict, effect_of, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, years
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

QUESTION = "Does asking again at every need bring more, the faster needs change?"

DRIFT = "customers.drift"

#: Standard deviation of the change of a need in a month: none, and up to forgetting last season's need.
DRIFTS = (0.0, 0.05, 0.2)
STILL, FAST = DRIFTS[0], DRIFTS[-1]

_ASKS = STRATEGIES["collaborative"]
ASKS_ONCE = Strategy(
    name="asks-once",
    description="Collaborative, but asks nothing of those who bought: goes by what is remembered of them.",
    origin="The seller who believes that a client's wants stay as they were.",
    with_prospects=_ASKS.with_prospects,
    with_clients=_ASKS.with_prospects.but(discovery=0.0),
)
OURS, ONCE, NEVER = "collaborative", ASKS_ONCE, "order-taker"
_NAMES = [Arm(strategy, kind).name for strategy in (OURS, ONCE) for kind in ORGANISATIONS]

KNOBS = (
    Knob("attention.ask", 0, 1440, whole=True),
    Knob("attention.learning", 0.0, 1.0),
    Knob("attention.estimate_noise", 0.1, 1.0),
    FREQUENCY,
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: three speeds of drift × three ways of asking × singletons and herds."""
    arms = [Arm(strategy, kind) for strategy in (OURS, ONCE, NEVER) for kind in ORGANISATIONS]
    return Plan(grid(scenario, {DRIFT: DRIFTS}, arms), seeds, (AT_END,))


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: no drift between, no separate markets of order-takers."""
    return plan(scenario, seeds).only(
        f"{market}@{DRIFT}={drift:g}" for market in (SHARED, *_NAMES) for drift in (STILL, FAST)
    )


def _ahead(table: pd.DataFrame, market: str, kind: str, rival: str | Strategy, drift: float) -> pd.Series:
    """Return our profit beyond a rival's at one speed of drift, seed by seed."""
    here = at_point(table, {DRIFT: drift})
    ours, theirs = (values(here, market, Arm(s, kind), "profit") for s in (OURS, rival))
    return ours - theirs


def _judge(question: str, tables: Tables, difference: Callable[[str, str], pd.Series], finding: str) -> Verdict:
    """Judge a difference in profit, by market and organisation."""
    last = years(int(tables["horizons"]["months"].max()))
    found = [
        effect_of(
            difference(market, kind),
            unit=PROFIT_UNIT,
            worth=a_twentieth(tables),
            at={"market": words, "organisation": ORGANISATION_WORDS[kind], "horizon": last},
        )
        for market, words in MARKET_WORDS.items()
        for kind in ORGANISATIONS
    ]
    sold = measures.anything_sold(tables["horizons"])
    return judge("wants", question, found, finding=finding, horizon=f"over {last}", sold=sold)


def first(tables: Tables) -> Verdict:
    """Return the verdict on asking again."""
    table = tables["horizons"]
    market, _, drift = (table["market"].str.partition("@")[part] for part in range(3))
    there = drift.isin([f"{DRIFT}={value:g}" for value in (STILL, FAST)])
    table = table[there & market.isin([SHARED, *_NAMES]) & table["group"].isin(_NAMES)]
    ahead = partial(_ahead, at_points(table))
    return _judge(
        QUESTION,
        {"horizons": table},
        lambda m, k: ahead(m, k, ONCE, FAST) - ahead(m, k, ONCE, STILL),
        finding="asking again, rather than once, brought {amount} {direction} profit per "
        "salesperson-year where needs drift fast than where they stand still",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on what drift does to the advantage of asking, and on that advantage under drift."""
    ahead = partial(_ahead, at_points(tables["horizons"]))
    return (
        first(tables),
        _judge(
            "Does asking at all bring more, the faster needs change?",
            tables,
            lambda m, k: ahead(m, k, NEVER, FAST) - ahead(m, k, NEVER, STILL),
            finding="collaborative sellers' profit beyond order-takers' was {amount} {direction} per "
            "salesperson-year where needs drift fast than where they stand still",
        ),
        _judge(
            "Does a seller who asks again earn more than one who asks once, where needs drift fast?",
            tables,
            lambda m, k: ahead(m, k, ONCE, FAST),
            finding="where needs drift fast, sellers who ask again made {amount} {direction} profit per "
            "salesperson-year than those who ask once",
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: profit over drift, for three ways of asking."""
    table = at_points(tables["horizons"])
    return {
        f"profit-{market}-{kind}": partial(
            figure_grid,
            table=table,
            dial=DRIFT,
            arms=[Arm(s, kind) for s in (OURS, ONCE, NEVER)],
            column="profit",
            what="profit",
            where=words,
        )
        for market, words in MARKET_WORDS.items()
        for kind in ORGANISATIONS
    }
