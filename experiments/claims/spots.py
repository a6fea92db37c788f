"""A leopard does not change its spots: hire for collaboration rather than convert.

The idea: who was hired for a record of closings brings the habit along; it is easier to hire people who
collaborate than to turn those who do not.

Collaborative herds that hire by culture are set against the same herds that hire by record, where newcomers
sell the market's habitual (adversarial) way and a tenth, or half, of those left convert each year. Judged in
profit at the longest horizon, shared and separate. The model charges nothing for finding people of the right
kind, so the difference is what finding them may cost at most. Conversion, too, is free.

The essays' idea: a leopard does not change its spots. Rules: docs/odd.md, 7.10 (filling, converting) and 7.13
(hiring).
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import HERD, Arm, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.measures.kept import HORIZONS, strategy_shares
from longgame.sim.organisation import FirmPolicy

CULTURE = "collaborative"

#: Share of those hired by record who convert in a year.
CONVERSIONS = (0.1, 0.5)


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


HIRE, *CONVERT = ARMS = _arms()
PAIRS = [(HIRE, other) for other in CONVERT]


def _collaborators(tables: Tables) -> Tables:
    """Return the tables with how many collaborate."""
    conduct = tables["conduct"]
    return {**tables, "conduct": conduct.loc[conduct["strategy"] == CULTURE]}


def _ended(tables: Tables) -> str:
    """Report how many collaborated at the end."""
    conduct = tables["conduct"]
    left = conduct[conduct["months"] == conduct["months"].max()].groupby("group")["share"].mean()
    shares = [f"{100 * left[arm.name]:.0f} % in {arm.label} herds" for arm in ARMS]
    return f"At the end {', '.join(shares)} were collaborative."


CLAIM = Claim(
    name="spots",
    text=__doc__,
    pairs=PAIRS,
    arms=lambda scenario: _arms(policy_of(scenario, HERD)),
    measures=(HORIZONS, Measure("conduct", strategy_shares)),
    prepare=_collaborators,
    asks=(
        Ask(
            "Does a herd that hires for collaboration earn more than one that hires by record and converts?",
            "herds that hire for collaboration made {amount} {direction} profit per salesperson-year than those that "
            "hire by record and convert",
            note=_ended,
        ),
        Ask(
            "Do clients trust sellers of a herd more that hires for collaboration?",
            "clients' trust was {amount} percentage points {direction} in herds that hire for collaboration",
            "client_trust",
            **POINTS,
        ),
        Ask(
            "Do customers gain more from herds that hire for collaboration?",
            "customers gained {amount} {direction} per salesperson-year from herds that hire for collaboration",
            "surplus",
        ),
    ),
    dials=(
        RANGES["staffing.turnover"],
        RANGES["staffing.dismissal"],
        FREQUENCY,
        RANGES["word_of_mouth.gossip"],
        RANGES["months"].between(24, 240),  # conversion is counted by the year
    ),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "profit": PROFIT,
            "conduct": Shown("share", "the share of collaborative sellers", "percentage points", 100, "conduct"),
        },
        pairs=PAIRS,
    ),
)
