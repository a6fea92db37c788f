"""A leopard does not change its spots: hire for collaboration rather than convert.

The idea: who was hired for a record of closings brings the habit along; it is easier to hire people who
collaborate than to turn those who do not. MODEL.md, section 7, row *spots*: hiring policies.

Collaborative herds that hire by culture are set against the same herds that hire by record, where newcomers
sell the market's habitual (adversarial) way and a tenth, or half, of those left convert each year. Judged in
profit at the longest horizon, shared and separate. The model charges nothing for finding people of the right
kind, so the difference is what finding them may cost at most. Conversion, too, is free.
"""

from __future__ import annotations

from longgame.experiments.design.arms import HERD, Arm, markets, policy_of
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, Tables, a_twentieth, judge_pairs
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

QUESTION = "Does a herd that hires for collaboration earn more than one that hires by record and converts?"

CULTURE = "collaborative"

#: Share of those hired by record who convert in a year.
CONVERSIONS = (0.1, 0.5)

KNOBS = (
    Knob("staffing.turnover", 0.0, 0.6),
    Knob("staffing.dismissal", 0.0, 1.0),
    FREQUENCY,
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    Knob("months", 24, 240, whole=True),
)


def _arms(policy: FirmPolicy | None = None) -> list[Arm]:
    """Return the arms, with the policy of herds changed in how they hire; without one, their names only."""

    def hiring(**changes) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), **changes})

    return [
        Arm(CULTURE, HERD, "hire-culture", hiring(hiring="culture", conversion=0.0)),
        *(
            Arm(CULTURE, HERD, f"convert-{100 * share:.0f}", hiring(hiring="record", conversion=share))
            for share in CONVERSIONS
        ),
    ]


HIRE, *CONVERT = _arms()
PAIRS = [(HIRE, other) for other in CONVERT]


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: one way of hiring and two of converting, shared and separate."""
    conduct = Measure("conduct", measures.strategy_shares)
    return Plan(markets(scenario, _arms(policy_of(scenario, HERD))), seeds, (HORIZONS, conduct))


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, clients' trust, and the customers' gain."""
    left = tables["conduct"]
    left = left[left["strategy"] == CULTURE].groupby(["group", "months"])["share"].mean()
    last = int(tables["conduct"]["months"].max())
    shares = [f"{100 * left[(arm.name, last)]:.0f} % in {arm.label} herds" for arm in (HIRE, *CONVERT)]
    return (
        judge_pairs(
            "spots",
            QUESTION,
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="herds that hire for collaboration made {amount} {direction} profit per salesperson-year "
            "than those that hire by record and convert",
            note=f"At the end {', '.join(shares)} were collaborative.",
        ),
        judge_pairs(
            "spots",
            "Do clients trust sellers of a herd more that hires for collaboration?",
            tables,
            PAIRS,
            "client_trust",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            more="higher",
            less="lower",
            finding="clients' trust was {amount} percentage points {direction} in herds that hire for collaboration",
        ),
        judge_pairs(
            "spots",
            "Do customers gain more from herds that hire for collaboration?",
            tables,
            PAIRS,
            "surplus",
            worth=a_twentieth(tables),
            finding="customers gained {amount} {direction} per salesperson-year from herds that hire for collaboration",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit over horizons, and how many collaborate."""
    share = "the share of collaborative sellers"
    columns = {"profit": PROFIT, "conduct": Shown("share", share, "percentage points", 100, "conduct")}
    conduct = tables["conduct"]
    tables = {**tables, "conduct": conduct.loc[conduct["strategy"] == CULTURE]}
    return in_each_market(figure_pairs, tables, columns, pairs=PAIRS)
