"""The pushy seller wins only where customers forget, do not talk and do not come back.

The idea behind all the others, turned round: *when does the pushy seller win?* MODEL.md, section 7, row
*frontier*: phase diagrams and break-even values over memory, gossip, repurchase, horizon and churn.

The first verdict asks whether the pushy (adversarial) seller loses at the scenario's own values, in profit
at the longest horizon against the collaborative one; the dials of `KNOBS`, turned one at a time, are where
that may flip. The others ask whether the collaborator's advantage is larger at one corner of a map than at
the opposite one: memory × word of mouth (no memory, nobody talks; long memory, all talk), and repurchase ×
horizon (rare needs and one year; frequent needs and the longest run). Where needs are rarer there are more
customers, so that salespeople have as much to do. Maps are of the shared market.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, crossed, markets, values
from longgame.experiments.design.grids import at_point, at_points, grid, only_shared
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import (
    HORIZONS,
    PROFIT_UNIT,
    Tables,
    a_twentieth,
    judge_pairs,
    of_both_kinds,
    of_pairs,
    only_pairs,
    spans,
)
from longgame.experiments.inference.verdicts import Effect, Verdict, effect_of, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, years
from longgame.sim.scenario import Scenario

QUESTION = "Does the pushy seller lose in the long run?"

OURS, THEIRS = "collaborative", "adversarial"
MEMORY, TALK, RATE = "trust.forgetting", "word_of_mouth.gossip", "customers.rate"
HORIZON = "horizon in years"

MEMORIES, TALKS = (0.0, 0.5, 0.8, 0.95), (0.0, 0.2, 0.5, 0.9)

#: Factors on the scenario's frequency of needs.
RATES = (0.25, 0.5, 1.0, 4.0)

KNOBS = (
    Knob(MEMORY, 0.0, 1.0),
    Knob(TALK, 0.0, 0.9),
    FREQUENCY,
    Knob("months", 12, 240, whole=True),
    Knob("customers.churn", 0.0, 0.1),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: the scenario itself, shared and separate, and two maps of shared markets."""
    arms = crossed((OURS, THEIRS))
    made = dict(markets(scenario, arms))
    made |= only_shared(grid(scenario, {MEMORY: MEMORIES, TALK: TALKS}, arms))
    for factor in RATES:  # as many needs in all, of more or fewer customers
        rate, count = factor * scenario.customers.rate, round(scenario.customers.count / factor)
        made |= only_shared(grid(scenario.but({"customers.count": count}), {RATE: [rate]}, arms))
    return Plan(made, seeds, (HORIZONS,))


def _maps(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of memory × talk, and of repurchase × time."""
    table = tables["horizons"]
    memory, rate = (table["market"].str.contains(f"@{dial}=", regex=False) for dial in (MEMORY, RATE))
    by_memory, by_rate = at_points(table[memory]), at_points(table[rate])
    by_memory = by_memory.loc[by_memory["months"] == by_memory["months"].max()]
    by_rate = by_rate.assign(**{HORIZON: by_rate["months"] / 12}).drop(columns="months")
    return by_memory, by_rate


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: the scenario itself, no map."""
    return only_pairs(plan(scenario, seeds), of_both_kinds(OURS, THEIRS))


def first(tables: Tables) -> Verdict:
    """Return the verdict on the scenario itself."""
    pairs = of_both_kinds(OURS, THEIRS)
    tables = of_pairs(tables, pairs)
    return judge_pairs(
        "frontier",
        QUESTION,
        tables,
        pairs,
        "profit",
        worth=a_twentieth(tables),
        finding=f"{THEIRS} sellers made {{amount}} {{direction}} profit per salesperson-year than {OURS} ones",
        more="less",
        less="more",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on the scenario itself, and on the opposite corners of both maps."""
    by_memory, by_rate = _maps(tables)
    last, worth = spans(tables)[-1], a_twentieth(tables)

    def corners(table: pd.DataFrame) -> list[Effect]:
        x, y = (TALK, MEMORY) if MEMORY in table else (RATE, HORIZON)
        low, high = ({dial: float(end(table[dial])) for dial in (x, y)} for end in (min, max))
        return [
            effect_of(
                _ahead(table, kind, high) - _ahead(table, kind, low),
                unit=PROFIT_UNIT,
                worth=worth,
                at={"market": MARKET_WORDS[SHARED], "organisation": ORGANISATION_WORDS[kind], "horizon": years(last)},
            )
            for kind in ORGANISATIONS
        ]

    ask = partial(judge, "frontier", sold=measures.anything_sold(tables["horizons"]))
    return (
        first(tables),
        ask(
            "Do memory and word of mouth turn the market against the pushy seller?",
            corners(by_memory),
            finding="the lead of collaborative sellers in profit per salesperson-year was {amount} "
            "{direction} where customers remember long and all talk than where only the last deal "
            "counts and nobody talks",
            more="larger",
            less="smaller",
            horizon=f"over {years(last)}",
        ),
        ask(
            "Do frequent needs and time turn the market against the pushy seller?",
            corners(by_rate),
            finding="the lead of collaborative sellers in profit per salesperson-year was {amount} "
            f"{{direction}} with frequent needs than with rare ones over {years(spans(tables)[0])}",
            more="larger",
            less="smaller",
            horizon=f"over {years(last)}",
        ),
    )


def _ahead(table: pd.DataFrame, kind: str, point: Mapping[str, float]) -> pd.Series:
    """Return ours − theirs at a point of a map."""
    ours, theirs = (values(at_point(table, point), SHARED, Arm(s, kind), "profit") for s in (OURS, THEIRS))
    return ours - theirs


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: both maps, for singletons and herds."""
    by_memory, by_rate = _maps(tables)
    drawn: dict[str, Callable[[Figure], None]] = {}
    for kind in ORGANISATIONS:
        draw = partial(
            figure_map,
            ours=Arm(OURS, kind),
            theirs=Arm(THEIRS, kind),
            column="profit",
            what="profit",
            where=MARKET_WORDS[SHARED],
        )
        drawn[f"memory-{kind}"] = partial(draw, table=by_memory, x=TALK, y=MEMORY)
        drawn[f"time-{kind}"] = partial(draw, table=by_rate, x=RATE, y=HORIZON)
    return drawn
