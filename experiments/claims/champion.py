"""A seller who goes to war for the client when service fails does better.

The idea: "go to war for your client" when something goes wrong; a failure that is put right wins the client
for good. MODEL.md, section 7, row *champion*: aftercare from 0 to 1. Here a recovered failure satisfies, but
never leaves more loyalty than no failure (de Matos et al. 2007), and every fight costs hours of selling.

The same collaborative seller with aftercare 1 against aftercare 0, judged in profit at the longest horizon; a
level between is drawn. In herds a delivery team fights in the seller's place, so less is at stake there. That
clients trust such a seller more is judged apart.
"""

from __future__ import annotations

from longgame.experiments.design.arms import ORGANISATIONS, markets
from longgame.experiments.design.grids import sweep
from longgame.experiments.design.plan import Plan
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
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

QUESTION = "Does a seller who fights for clients when service fails earn more than one who does not?"

LEVELS = (0.0, 0.5, 1.0)
ARMS = {kind: sweep(STRATEGIES["collaborative"], "aftercare", LEVELS, kind) for kind in ORGANISATIONS}
PAIRS = [(arms[-1], arms[0]) for arms in ARMS.values()]

#: How often something goes wrong, what a fight costs, how often customers need something, how long one waits.
KNOBS = (
    Knob("service.issue", 0.02, 0.6),
    Knob("service.support", 0, 2400, whole=True),
    FREQUENCY,
    Knob("months", 24, 240, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: three levels of aftercare × singletons and herds, shared and separate."""
    return Plan(markets(scenario, [arm for arms in ARMS.values() for arm in arms]), seeds, (HORIZONS,))


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: not the level between."""
    return only_pairs(plan(scenario, seeds), PAIRS)


def first(tables: Tables) -> Verdict:
    """Return the verdict on profit."""
    tables = of_pairs(tables, PAIRS)
    return judge_pairs(
        "champion",
        QUESTION,
        tables,
        PAIRS,
        "profit",
        worth=a_twentieth(tables),
        finding="sellers who fight for every client made {amount} {direction} profit per "
        "salesperson-year than those who never do",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, and on how much clients trust."""
    return (
        first(tables),
        judge_pairs(
            "champion",
            "Do clients trust a seller more who fights for them?",
            tables,
            PAIRS,
            "client_trust",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            more="higher",
            less="lower",
            finding="clients' trust was {amount} percentage points {direction} where sellers fight for them",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit and trust over aftercare."""
    columns = {"profit": PROFIT, "trust": Shown("client_trust", "clients' trust", scale=100)}
    return in_each_market(figure_sweep, tables, columns, arms=ARMS, dial="aftercare")
