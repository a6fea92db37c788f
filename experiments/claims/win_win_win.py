"""Win-win-win: a seller who makes the client's business grow does better.

The idea: value goes up the chain; who helps clients so that their own customers gain has larger clients, and
an annuity that grows with them. MODEL.md, section 7, row *win-win-win*: advice on and off; prosperity,
revenue, customers' customers. The same collaborative seller gives full advice or none; a level between is
drawn. Advice takes hours that are lost to other customers.

The claim itself is judged in profit at the longest horizon. Revenue, the prosperity of clients at the end of
the run, and the share of win-win-win deals (which nobody has without advice) are judged apart.
"""

from __future__ import annotations

from longgame.experiments.design.arms import ORGANISATIONS, markets
from longgame.experiments.design.grids import sweep
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, in_each_market
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import (
    HORIZONS,
    ONE_POINT,
    Tables,
    a_twentieth,
    judge_pairs,
    of_pairs,
    only_pairs,
)
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

QUESTION = "Does a seller who makes clients' business grow earn more than one who gives no advice?"

LEVELS = (0.0, 0.5, 1.0)
ARMS = {kind: sweep(STRATEGIES["collaborative"], "advice", LEVELS, kind) for kind in ORGANISATIONS}
PAIRS = [(line[-1], line[0]) for line in ARMS.values()]

MEASURES = (HORIZONS, Measure("activity", measures.activity), Measure("clients", measures.clients_at_end))

#: How much advice brings, how long it lasts, what it takes, how long clients stay, how often they come.
KNOBS = (
    Knob("prosperity.advice_growth", 0.0, 0.1),
    Knob("prosperity.reversion", 0.002, 0.2),
    Knob("attention.advise", 0, 960, whole=True),
    Knob("customers.churn", 0.0, 0.1),
    FREQUENCY,
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: three levels of advice × singletons and herds, shared and separate."""
    return Plan(markets(scenario, [arm for line in ARMS.values() for arm in line]), seeds, MEASURES)


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: profit, without the level between."""
    return only_pairs(plan(scenario, seeds), PAIRS, HORIZONS.name)


def first(tables: Tables) -> Verdict:
    """Return the verdict on profit."""
    tables = of_pairs(tables, PAIRS)
    return judge_pairs(
        "win-win-win",
        QUESTION,
        tables,
        PAIRS,
        "profit",
        worth=a_twentieth(tables),
        finding="sellers who give advice made {amount} {direction} profit per salesperson-year than "
        "those who give none",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, on revenue, on clients' prosperity, and on win-win-win deals."""
    last = int(tables["clients"]["months"].max())
    at_end = {**tables, "horizons": tables["horizons"][tables["horizons"]["months"] == last]}
    points = {"scale": 100, "worth": ONE_POINT, "more": "higher", "less": "lower"}
    return (
        first(tables),
        judge_pairs(
            "win-win-win",
            "Does advice bring more revenue?",
            tables,
            PAIRS,
            "revenue",
            worth=a_twentieth(tables, "revenue"),
            finding="sellers who give advice had {amount} {direction} revenue per salesperson-year than "
            "those who give none",
        ),
        judge_pairs(
            "win-win-win",
            "Do clients of sellers who give advice prosper more?",
            at_end,
            PAIRS,
            "prosperity",
            table="clients",
            unit="percent of normal",
            **points,
            finding="clients' prosperity was {amount} percent of normal {direction} with advice than without",
        ),
        judge_pairs(
            "win-win-win",
            "Do clients' customers gain in more of the deals?",
            tables,
            PAIRS,
            "win_win_win_share",
            table="activity",
            unit="percentage points",
            **points,
            finding="the share of win-win-win deals was {amount} percentage points {direction} with advice "
            "than without",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit, revenue and clients' prosperity over advice."""
    columns = {
        "profit": PROFIT,
        "revenue": Shown("revenue", "revenue"),
        "prosperity": Shown("prosperity", "clients' prosperity", "percent of normal", 100, "clients"),
    }
    return in_each_market(figure_sweep, tables, columns, arms=ARMS, dial="advice")
