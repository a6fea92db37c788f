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

from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, crossed, values
from longgame.experiments.design.grids import at_point, at_points, grid, only_shared
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.flips import Knob
from longgame.experiments.inference.pairs import AT_END, PROFIT_UNIT, Tables, a_twentieth
from longgame.experiments.inference.verdicts import Effect, Verdict, effect_of, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, years
from longgame.sim.scenario import Scenario

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
    return Plan(made, seeds, (AT_END,))


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: two opposite corners of the grid."""
    arms, count, dials = crossed((OURS, THEIRS)), scenario.customers.count, scenario.customers
    made = {}
    for rate, stake in zip(RATES[::2], STAKES[::2], strict=True):
        point = {RATE: [dials.rate * rate], STAKE: [dials.stake * stake], COUNT: [count]}
        made |= grid(scenario, point, arms)
    return plan(scenario, seeds).only(made)


def _effects(
    table: pd.DataFrame,
    more: tuple[float, ...],
    less: tuple[float, ...],
    column: str = "profit",
    unit: str = PROFIT_UNIT,
    worth: float = 0.0,
    **at: str,
) -> list[Effect]:
    """Return how much larger the advantage is at one (rate, stake, customers) than at another."""
    table = table.assign(in_stakes=table["profit"] / table[STAKE])
    last = years(int(table["months"].max()))

    def ahead(market: str, kind: str, point: tuple[float, ...]) -> pd.Series:
        here = at_point(table, dict(zip((RATE, STAKE, COUNT), point, strict=True)))
        ours, theirs = (values(here, market, Arm(s, kind), column) for s in (OURS, THEIRS))
        return ours - theirs

    return [
        effect_of(
            ahead(market, kind, more) - ahead(market, kind, less),
            unit=unit,
            worth=worth,
            at={"market": words, "organisation": ORGANISATION_WORDS[kind], **at, "horizon": last},
        )
        for market, words in MARKET_WORDS.items()
        for kind in ORGANISATIONS
    ]


def _judge(question: str, table: pd.DataFrame, effects: list[Effect], finding: str) -> Verdict:
    """Judge the advantage, saying over what time."""
    time, sold = f"over {years(int(table['months'].max()))}", measures.anything_sold(table)
    return judge("stakes", question, effects, finding=finding, horizon=time, sold=sold)


def first(tables: Tables) -> Verdict:
    """Return the verdict on both together."""
    table = at_points(tables["horizons"])
    low, high = ((end(table[RATE]), end(table[STAKE]), table[COUNT].max()) for end in (min, max))
    corners = pd.concat([at_point(table, dict(zip((RATE, STAKE, COUNT), p, strict=True))) for p in (low, high)])
    return _judge(
        QUESTION,
        corners,
        _effects(corners, high, low, worth=a_twentieth({"horizons": corners})),
        finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
        "per salesperson-year where needs are frequent and stakes high than where both are low",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on both together, on frequency, and on the stake beyond its size."""
    table = at_points(tables["horizons"])
    (seldom, often), (low, high), (few, many) = (_ends(table, dial) for dial in (RATE, STAKE, COUNT))
    rate, stake = (sorted(table[dial].unique())[1] for dial in (RATE, STAKE))
    fewer = _effects(table, (often, stake, few), (rate, stake, many), worth=a_twentieth(tables))
    in_stakes = partial(_effects, table, column="in_stakes", unit="stakes per salesperson-year")
    return (
        first(tables),
        _judge(
            "Is collaborating worth more, against pushing, where needs are frequent?",
            table,
            [
                *in_stakes((often, low, many), (seldom, low, many), stakes="low stakes"),
                *in_stakes((often, high, many), (seldom, high, many), stakes="high stakes"),
            ],
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
            "stakes per salesperson-year where needs are frequent than where they are rare",
        ),
        _judge(
            "If as many needs come from fewer customers, is collaborating worth more, against pushing?",
            table,
            fewer,
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
            "per salesperson-year where as many needs come from fewer customers",
        ),
        _judge(
            "Counted in stakes, is collaborating worth more, against pushing, where stakes are high?",
            table,
            [
                *in_stakes((seldom, high, many), (seldom, low, many), frequency="rare needs"),
                *in_stakes((often, high, many), (often, low, many), frequency="frequent needs"),
            ],
            finding="the profit of collaborative beyond that of adversarial sellers was {amount} {direction} "
            "stakes per salesperson-year where stakes are high than where they are low",
        ),
    )


def _ends(table: pd.DataFrame, dial: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a dial."""
    return float(table[dial].min()), float(table[dial].max())


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: maps of the advantage over frequency and stake, in stakes."""
    table = at_points(tables["horizons"])
    table = table[(table["market"] == SHARED) & (table[COUNT] == table[COUNT].max())]
    table = table.assign(in_stakes=table["profit"] / table[STAKE])
    return {
        f"map-{kind}": partial(
            figure_map,
            table=table,
            x=RATE,
            y=STAKE,
            ours=Arm(OURS, kind),
            theirs=Arm(THEIRS, kind),
            column="in_stakes",
            what="profit",
            where=MARKET_WORDS[SHARED],
            unit="stakes a year",
        )
        for kind in ORGANISATIONS
    }
