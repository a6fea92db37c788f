"""The herd does better than the singleton.

The idea: sellers who share leads, what they know of clients, and a delivery team do better than the same
sellers each on their own. MODEL.md, section 7, row *herd*: conduct × organisation (2×2), horizons of 1 to
20 years. A herd pays its overhead and its delivery team; it is not better by construction (section 8: a herd
that shares a pool of customers with individual commission needs *more* patience, not less).

Judged in profit after all costs per salesperson-year at every horizon, in the shared market and in separate
ones, for each conduct on its own; the interaction asks whether the herd does more for collaborators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import HERD, SINGLETON, Arm, crossed, markets, values
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.paths import figure_herd
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import only_pairs
from longgame.experiments.inference.verdicts import Verdict, effect_of, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, span, years
from longgame.sim.scenario import Scenario

QUESTION = "Does a herd earn its sellers more than the same sellers earn as singletons?"

CONDUCTS = ("collaborative", "adversarial")
UNIT = "money per salesperson-year"

MEASURES = (Measure("horizons", measures.by_horizon, 2), Measure("exchanges", measures.exchanges))

#: How often customers need something, the work after a close, the hours there are, how long people stay in
#: the job, and how long one waits.
KNOBS = (
    FREQUENCY,
    Knob("service.service", 0, 480, whole=True),
    Knob("attention.capacity", 1200, 9600, whole=True),
    Knob("staffing.turnover", 0.0, 0.6),
    Knob("months", 12, 240, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: two conducts × singletons and herds, shared and separate."""
    return Plan(markets(scenario, crossed(CONDUCTS)), seeds, MEASURES)


def _gain(table: pd.DataFrame, market: str, conduct: str, months: int) -> pd.Series:
    """Return herd − singleton in profit, seed by seed."""
    rows = table[table["months"] == months]
    in_herd, alone = (values(rows, market, Arm(conduct, kind), "profit") for kind in (HERD, SINGLETON))
    return in_herd - alone


def _places(table: pd.DataFrame) -> list[tuple[str, int, dict[str, str]]]:
    """Return every market and horizon, and how they are called."""
    return [
        (market, months, {"market": words, "horizon": years(months)})
        for market, words in MARKET_WORDS.items()
        for months in sorted(table["months"].unique())
    ]


def _on_conduct(table: pd.DataFrame, conduct: str) -> Verdict:
    """Judge what being in a herd does for sellers of one conduct."""
    return judge(
        "herd",
        f"{QUESTION[:-1]}, when they are {conduct}?",
        [effect_of(_gain(table, m, conduct, t), unit=UNIT, at=at) for m, t, at in _places(table)],
        finding=f"{conduct} sellers made {{amount}} {{direction}} profit per salesperson-year in herds "
        "than as singletons",
        horizon=span(sorted(table["months"].unique())),
        sold=measures.anything_sold(table),
    )


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: profit, without separate markets of the second conduct."""
    pair = (Arm(CONDUCTS[0], HERD), Arm(CONDUCTS[0], SINGLETON))
    return only_pairs(plan(scenario, seeds), [pair], "horizons")


def first(tables: Mapping[str, pd.DataFrame]) -> Verdict:
    """Return the verdict on the first conduct."""
    return _on_conduct(tables["horizons"], CONDUCTS[0])


def verdicts(tables: Mapping[str, pd.DataFrame]) -> tuple[Verdict, ...]:
    """Return one verdict per conduct and one on their interaction."""
    table = tables["horizons"]
    ours, theirs = CONDUCTS
    interaction = judge(
        "herd",
        f"Does a herd do more for {ours} sellers than for {theirs} ones?",
        [
            effect_of(_gain(table, m, ours, t) - _gain(table, m, theirs, t), unit=UNIT, at=at)
            for m, t, at in _places(table)
        ],
        finding=f"being in a herd brought {{amount}} {{direction}} profit per salesperson-year to {ours} "
        f"sellers than to {theirs} ones",
        horizon=span(sorted(table["months"].unique())),
        sold=measures.anything_sold(table),
    )
    return (first(tables), _on_conduct(table, theirs), interaction)


def figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: the 2×2 over horizons with its paired differences, and how exchanges end."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    for market, words in MARKET_WORDS.items():
        here = {name: table[table["setting"] == market] for name, table in tables.items()}
        drawn[f"herd-{market}"] = partial(figure_herd, df=here["horizons"], conducts=CONDUCTS, where=words)
        drawn[f"exchanges-{market}"] = partial(figure_exchange_shares, df=here["exchanges"], where=words)
    return drawn
