"""Without handover the salesperson's attention is drained from new deals.

The idea: who keeps the work after the close has no hours left for the next customer; a herd hands it over to
a delivery team. The same herds with a team and without one, of collaborative and of adversarial sellers, are
compared in new deals, hours and revenue.

A team could also be better at repair than the seller. Here it is not: it solves a failure just as likely as the seller
would. That is the chance that a customer complains, times the seller's aftercare, times `solve`. Nobody gains from an
apology either. So the two differ in hours alone, and the team's cost per deal is charged.

The claim itself is judged by new deals (first deals with a customer) per salesperson-year at the longest
horizon. Hours of support and of prospecting show the mechanism and are nearly so by construction; revenue and
profit say whether it pays.

The essays' idea: the work after the close drains a seller's attention. Rules: docs/odd.md, 7.6 and 7.9.
"""

from functools import partial

from longgame.experiments.claim import Ask, Claim
from longgame.experiments.design.arms import HERD, Arm, markets, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import Pair
from longgame.experiments.measures.kept import HORIZONS, activity
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy
from longgame.sim.scenario import Scenario

CONDUCTS = ("collaborative", "adversarial")


def own_chance(conduct: str, scenario: Scenario) -> float:
    """Return the chance that a seller solves a failure of a delivery alone."""
    return scenario.service.voice * STRATEGIES[conduct].with_prospects.aftercare * scenario.service.solve


def _pairs(scenario: Scenario | None = None) -> list[Pair]:
    """Return (with a team, without) for each conduct; without a scenario, their names only."""

    def policy(conduct: str, team: bool) -> FirmPolicy | None:
        if scenario is None:
            return None
        whole = policy_of(scenario, HERD)
        deals = (whole.delivery_team or POLICIES[HERD].delivery_team) if team else 0.0
        changes = {"delivery_team": deals, "team_quality": own_chance(conduct, scenario)}
        return FirmPolicy(**{**whole.model_dump(), **changes})

    return [
        (
            Arm(conduct, HERD, f"{conduct}-team", policy(conduct, True)),
            Arm(conduct, HERD, f"{conduct}-alone", policy(conduct, False)),
        )
        for conduct in CONDUCTS
    ]


def _design(scenario: Scenario) -> Design:
    """Return the herds of a scenario with and without a team, where an apology is worth nothing."""
    scenario = scenario.but({"service.sorry": 0.0})
    return markets(scenario, [arm for pair in _pairs(scenario) for arm in pair])


PAIRS = _pairs()
HOURS = {"table": "activity", "unit": "hours per salesperson-month", "worth": 1.0}

CLAIM = Claim(
    name="handover",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(HORIZONS, Measure("activity", activity, 2)),
    asks=(
        Ask(
            "Do salespeople of a herd with a delivery team win more new customers than without one?",
            "herds with a delivery team closed {amount} {direction} new deals per salesperson-year than without one",
            "new_deals",
            "activity",
            unit="deals per salesperson-year",
            worth=("new_deals", "activity"),
        ),
        Ask(
            "Do salespeople spend more hours on support without a delivery team?",
            "salespeople without a delivery team spent {amount} hours a month {direction} on support than with one",
            "support_hours",
            scale=-1,
            **HOURS,
        ),
        Ask(
            "Do salespeople have more hours for prospecting with a delivery team?",
            "salespeople with a delivery team spent {amount} hours a month {direction} on prospecting than without one",
            "prospecting_hours",
            **HOURS,
        ),
        Ask(
            "Does a delivery team bring more revenue?",
            "herds with a delivery team had {amount} {direction} revenue per salesperson-year than without one",
            "revenue",
            worth=("revenue",),
        ),
        Ask(
            "Does a delivery team pay?",
            "herds with a delivery team made {amount} {direction} profit per salesperson-year than without one",
        ),
    ),
    # What the work after a close and a fight for a client take, how often something goes wrong, how many hours there
    # are, and how often customers need something.
    dials=(
        RANGES["service.service"],
        RANGES["service.support"],
        RANGES["service.issue"].between(0.0, 0.6),  # also where nothing goes wrong: work after a close is left
        RANGES["attention.capacity"],
        FREQUENCY,
    ),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "new-deals": Shown("new_deals", "the number of new deals", "deals per salesperson-year", table="activity"),
            "support": Shown("support_hours", "the load of support", "hours per salesperson-month", table="activity"),
            "profit": PROFIT,
        },
        pairs=PAIRS,
        sides=("team", "alone"),
    ),
)
