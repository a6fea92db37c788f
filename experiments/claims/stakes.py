"""From chewing gum to plane tickets: relationships matter more as stakes and frequency rise.

The idea: for a packet of gum nobody needs a salesperson to trust; the more is at stake and the more often,
the more the relationship is worth. MODEL.md, section 7, row *stakes*: λ × stakes grid.

The need's frequency and its stake are turned to a fifth and four times, a tenth and ten times what the
scenario has. The advantage is the profit of collaborative less that of adversarial sellers at the longest
horizon; the corners are judged in the shared market and in separate ones, the map between them is drawn for
the shared one. In money the first verdict is half built in: value, price and cost are shares of the stake,
so ten times the stake makes ten times any advantage *or disadvantage*; only wages and hours stay as they
are. The last verdict therefore counts in stakes. More frequent needs of as many customers are also more work
for as many salespeople, and collaborators, who take their time, are the first to run out of it; the third
verdict therefore has four times the needs come from a quarter of the customers (added after the first runs
showed how full collaborators' months were).

What else tells gum from tickets (conversation, service, memory) is in the named configurations: `longgame
run annuity --scenario chewing-gum`, `plane-ticket` or `software` asks there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from experiments import measures
from experiments.arms import (
    MARKET_WORDS,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    SHARED,
    Arm,
    crossed,
    values,
    years,
)
from experiments.charts import figure_map
from experiments.contrasts import PROFIT_UNIT, Tables, a_twentieth, at_point, at_points, grid, only_shared
from experiments.flips import Knob
from experiments.plan import Measure, Plan
from experiments.statistics import Effect, Verdict, effect_of, judge
from sim.scenario import Scenario

QUESTION = "Is collaborating worth more, against pushing, where needs are frequent and stakes are high?"

OURS, THEIRS = "collaborative", "adversarial"
RATE, STAKE, COUNT = "customers.rate", "customers.stake", "customers.count"

#: Factors on what the scenario has.
RATES, STAKES = (0.2, 1.0, 4.0), (0.1, 1.0, 10.0)

KNOBS = (
    Knob("economy.wage", 0.0, 4000.0),
    Knob("trust.forgetting", 0.5, 1.0),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    Knob("attention.ask", 0, 1440, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: a grid, its corners also in separate markets, its middle also with fewer customers."""
    arms = crossed((OURS, THEIRS))
    rates = [scenario.customers.rate * factor for factor in RATES]
    stakes = [scenario.customers.stake * factor for factor in STAKES]
    count = scenario.customers.count
    corners = grid(scenario, {RATE: rates[::2], STAKE: stakes[::2], COUNT: [count]}, arms)
    whole = only_shared(grid(scenario, {RATE: rates, STAKE: stakes, COUNT: [count]}, arms))
    middle = grid(scenario, {RATE: [rates[1]], STAKE: [stakes[1]], COUNT: [count]}, arms)
    few = max(1, round(count / RATES[-1]))
    fewer = grid(scenario, {RATE: [rates[-1]], STAKE: [stakes[1]], COUNT: [few]}, arms)
    made = {**whole, **corners, **middle, **fewer}
    return Plan(made, seeds, (Measure("horizons", measures.at_end),))


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on both together, on frequency, and on the stake beyond its size."""
    table = at_points(tables["horizons"])
    last = years(int(table["months"].max()))
    (seldom, often), (low, high), (few, many) = (_ends(table, dial) for dial in (RATE, STAKE, COUNT))
    usual = {dial: sorted(table[dial].unique())[1] for dial in (RATE, STAKE)}
    table = table.assign(in_stakes=table["profit"] / table[STAKE])

    def ahead(
        market: str, kind: str, rate: float, stake: float, column: str, count: float = many
    ) -> pd.Series:
        here = at_point(table, {RATE: rate, STAKE: stake, COUNT: count})
        ours, theirs = (values(here, market, Arm(s, kind), column) for s in (OURS, THEIRS))
        return ours - theirs

    def effects(
        more: tuple[float, float],
        less: tuple[float, float],
        column: str,
        unit: str,
        worth: float = 0.0,
        **at: str,
    ) -> list[Effect]:
        return [
            effect_of(
                ahead(market, kind, *more, column) - ahead(market, kind, *less, column),
                unit=unit, worth=worth,
                at={"market": words, "organisation": ORGANISATION_WORDS[kind], **at, "horizon": last},
            )
            for market, words in MARKET_WORDS.items()
            for kind in ORGANISATIONS
        ]  # fmt: skip

    fewer = [
        effect_of(
            ahead(market, kind, often, usual[STAKE], "profit", few)
            - ahead(market, kind, usual[RATE], usual[STAKE], "profit"),
            unit=PROFIT_UNIT,
            worth=a_twentieth(tables),
            at={"market": words, "organisation": ORGANISATION_WORDS[kind], "horizon": last},
        )
        for market, words in MARKET_WORDS.items()
        for kind in ORGANISATIONS
    ]
    ask = partial(judge, "stakes", horizon=f"over {last}", sold=measures.anything_sold(tables["horizons"]))
    unit = "stakes per salesperson-year"
    return (
        ask(
            QUESTION, effects((often, high), (seldom, low), "profit", PROFIT_UNIT, a_twentieth(tables)),
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
                    "per salesperson-year where needs are frequent and stakes high than where both are low",
        ),
        ask(
            "Is collaborating worth more, against pushing, where needs are frequent?",
            [
                *effects((often, low), (seldom, low), "in_stakes", unit, stakes="low stakes"),
                *effects((often, high), (seldom, high), "in_stakes", unit, stakes="high stakes"),
            ],
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
                    "stakes per salesperson-year where needs are frequent than where they are rare",
        ),
        ask(
            "If as many needs come from fewer customers, is collaborating worth more, against pushing?",
            fewer,
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
                    "per salesperson-year where as many needs come from fewer customers",
        ),
        ask(
            "Counted in stakes, is collaborating worth more, against pushing, where stakes are high?",
            [
                *effects((seldom, high), (seldom, low), "in_stakes", unit, frequency="rare needs"),
                *effects((often, high), (often, low), "in_stakes", unit, frequency="frequent needs"),
            ],
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
                    "stakes per salesperson-year where stakes are high than where they are low",
        ),
    )  # fmt: skip


def _ends(table: pd.DataFrame, dial: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a dial."""
    return float(table[dial].min()), float(table[dial].max())


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: maps of the advantage over frequency and stake, in stakes."""
    table = at_points(tables["horizons"])
    table = table[(table["arm"] == SHARED) & (table[COUNT] == table[COUNT].max())]
    table = table.assign(in_stakes=table["profit"] / table[STAKE])
    return {
        f"map-{kind}": partial(
            figure_map, table=table, x=RATE, y=STAKE, ours=Arm(OURS, kind), theirs=Arm(THEIRS, kind),
            column="in_stakes", what="profit", where=MARKET_WORDS[SHARED], unit="stakes a year",
        )
        for kind in ORGANISATIONS
    }  # fmt: skip
