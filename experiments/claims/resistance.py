"""Bad sellers create sales resistance for all.

The idea: customers who were pushed distrust the next salesperson too, so adversaries spoil the trade for
honest colleagues. MODEL.md, section 7, row *resistance*: share of adversaries from 0 to 1; trust in
salespeople in general, visits and profit of honest sellers.

Honest (collaborative) sellers are replaced by adversaries, a quarter at a time, in markets of singletons and
of herds. Judged as honest sellers alone against one honest seller in four; the first verdict asks for trust
in salespeople in general, which meets every stranger, the others whether honest sellers pay for it. They
lose trust but also good competitors, so this need not be so. The mixture is the treatment: no market is
separate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, Arm, mixture
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, Tables, a_twentieth, judge_pairs, only_pairs
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.scenario import Scenario

QUESTION = "Is trust in salespeople in general lower where more of them are adversaries?"

HONEST, BAD = "collaborative", "adversarial"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

#: The honest sellers among so many adversaries; with a share of 1 there is none left, only a market.
ARMS = {
    kind: [Arm(HONEST, kind, label=f"adversaries-{100 * share:.0f}", level=share) for share in SHARES]
    for kind in ORGANISATIONS
}
PAIRS = [(ARMS[kind][0], ARMS[kind][3]) for kind in ORGANISATIONS]
MIXED = {SEPARATE: "mixed market"}

KNOBS = (
    Knob("trust.general_share", 0.0, 1.0),
    Knob("trust.negativity", 1.0, 3.0),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    FREQUENCY,
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: five shares of adversaries × markets of singletons and of herds."""
    made = {}
    for kind, arms in ARMS.items():
        for arm, share in zip(arms, SHARES, strict=True):
            parts = [(arm, 1 - share), (Arm(BAD, kind), share)]
            made[arm.name] = mixture(scenario, [part for part in parts if part[1] > 0], arm.name)
    return Plan(made, seeds, (HORIZONS, Measure("market", measures.market_by_horizon)))


def _market(tables: Tables) -> Tables:
    """Return the tables with rows of the market as those of the arm whose market it is."""
    market = tables["market"]
    return {**tables, "market": market.assign(group=market["market"])}


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: the two shares of adversaries that are compared."""
    return only_pairs(plan(scenario, seeds), PAIRS)


def first(tables: Tables) -> Verdict:
    """Return the verdict on general trust."""
    return judge_pairs(
        "resistance",
        QUESTION,
        _market(tables),
        PAIRS,
        "trust_general",
        table="market",
        kinds=MIXED,
        unit="percentage points",
        scale=100,
        worth=ONE_POINT,
        more="higher",
        less="lower",
        finding="trust in salespeople in general was {amount} percentage points {direction} without "
        "adversaries than where three in four are adversaries",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on general trust, and on how honest sellers fare."""
    general = first(tables)
    tables = _market(tables)
    return (
        general,
        judge_pairs(
            "resistance",
            "Do more customers stay away from all salespeople where more are adversaries?",
            tables,
            PAIRS,
            "stayed_away",
            table="market",
            kinds=MIXED,
            unit="percentage points",
            scale=-100,
            worth=ONE_POINT,
            finding="of all needs {amount} percentage points {direction} were left unmet where three in four "
            "salespeople are adversaries than without any",
        ),
        judge_pairs(
            "resistance",
            "Do honest sellers meet fewer customers where more sellers are adversaries?",
            tables,
            PAIRS,
            "visits",
            kinds=MIXED,
            unit="visits per salesperson-year",
            worth=a_twentieth(tables, "visits"),
            finding="honest sellers had {amount} {direction} visits a year without adversaries than where "
            "three in four are adversaries",
        ),
        judge_pairs(
            "resistance",
            "Do honest sellers earn less where more sellers are adversaries?",
            tables,
            PAIRS,
            "profit",
            kinds=MIXED,
            worth=a_twentieth(tables),
            finding="honest sellers made {amount} {direction} profit per salesperson-year without "
            "adversaries than where three in four are adversaries",
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: general trust, and how honest sellers fare, over the share of adversaries."""
    tables = _market(tables)
    honest = {kind: arms[:-1] for kind, arms in ARMS.items()}
    of_market = {**tables, "horizons": tables["market"]}
    draw = partial(figure_sweep, market=SEPARATE, dial="share of adversaries", where="honest sellers")
    return {
        "trust": partial(
            draw,
            tables=of_market,
            arms=ARMS,
            column="trust_general",
            where="all customers",
            what="trust in salespeople in general",
            scale=100,
            unit="percentage points",
        ),
        "stayed-away": partial(
            draw,
            tables=of_market,
            arms=ARMS,
            column="stayed_away",
            where="all customers",
            what="the share of unmet needs",
            scale=100,
            unit="percentage points",
        ),
        "visits": partial(draw, tables=tables, arms=honest, column="visits", what="the number of visits"),
        "profit": partial(draw, tables=tables, arms=honest, column="profit", what="profit"),
    }
