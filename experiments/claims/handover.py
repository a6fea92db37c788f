"""Without handover the salesperson's attention is drained from new deals.

The idea: who keeps the work after the close has no hours left for the next customer; a herd hands it over to
a delivery team. MODEL.md, section 7, row *handover*: delivery team on and off; support load, prospecting,
revenue. The same herds with a team and without one, of collaborative and of adversarial sellers; all else in
how the herd works is the same, and the team's cost per deal is charged.

The claim itself is judged by new deals (first deals with a customer) per salesperson-year at the longest
horizon. Hours of support and of prospecting show the mechanism and are nearly so by construction; revenue and
profit say whether it pays.
"""

from __future__ import annotations

from longgame.experiments.design.arms import HERD, Arm, markets, policy_of
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, Tables, a_twentieth, judge_pairs
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.organisation import POLICIES, FirmPolicy
from longgame.sim.scenario import Scenario

QUESTION = "Do salespeople of a herd with a delivery team win more new customers than without one?"

CONDUCTS = ("collaborative", "adversarial")

MEASURES = (HORIZONS, Measure("activity", measures.activity))

#: What the work after a close and a fight for a client take, how often something goes wrong, how many hours
#: there are, and how often customers need something.
KNOBS = (
    Knob("service.service", 0, 480, whole=True),
    Knob("service.support", 0, 2400, whole=True),
    Knob("service.issue", 0.0, 0.6),
    Knob("attention.capacity", 1200, 9600, whole=True),
    FREQUENCY,
)


def _pairs(policy: FirmPolicy | None = None) -> list[tuple[Arm, Arm]]:
    """Return (with a team, without) for each conduct; without a policy, their names only."""

    def team(deals: float) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), "delivery_team": deals})

    size = (policy.delivery_team if policy else 0) or POLICIES[HERD].delivery_team
    return [
        (Arm(conduct, HERD, f"{conduct}-team", team(size)), Arm(conduct, HERD, f"{conduct}-alone", team(0.0)))
        for conduct in CONDUCTS
    ]


PAIRS = _pairs()


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: herds with and without a delivery team × two conducts, shared and separate."""
    pairs = _pairs(policy_of(scenario, HERD))
    return Plan(markets(scenario, [arm for pair in pairs for arm in pair]), seeds, MEASURES)


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on new deals, on hours of support and prospecting, on revenue, and on profit."""
    hours = {"table": "activity", "unit": "hours per salesperson-month", "worth": 1.0}
    return (
        judge_pairs(
            "handover",
            QUESTION,
            tables,
            PAIRS,
            "new_deals",
            table="activity",
            unit="deals per salesperson-year",
            worth=a_twentieth(tables, "new_deals", "activity"),
            finding="herds with a delivery team closed {amount} {direction} new deals per salesperson-year "
            "than without one",
        ),
        judge_pairs(
            "handover",
            "Do salespeople spend more hours on support without a delivery team?",
            tables,
            PAIRS,
            "support_hours",
            scale=-1,
            **hours,
            finding="salespeople without a delivery team spent {amount} hours a month {direction} on support "
            "than with one",
        ),
        judge_pairs(
            "handover",
            "Do salespeople have more hours for prospecting with a delivery team?",
            tables,
            PAIRS,
            "prospecting_hours",
            **hours,
            finding="salespeople with a delivery team spent {amount} hours a month {direction} on "
            "prospecting than without one",
        ),
        judge_pairs(
            "handover",
            "Does a delivery team bring more revenue?",
            tables,
            PAIRS,
            "revenue",
            worth=a_twentieth(tables, "revenue"),
            finding="herds with a delivery team had {amount} {direction} revenue per salesperson-year than without one",
        ),
        judge_pairs(
            "handover",
            "Does a delivery team pay?",
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="herds with a delivery team made {amount} {direction} profit per salesperson-year than without one",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: new deals, hours of support, and profit over horizons."""
    columns = {
        "new-deals": Shown("new_deals", "the number of new deals", "deals per salesperson-year", table="activity"),
        "support": Shown("support_hours", "the load of support", "hours per salesperson-month", table="activity"),
        "profit": PROFIT,
    }
    return in_each_market(figure_pairs, tables, columns, pairs=PAIRS, sides=("team", "alone"))
