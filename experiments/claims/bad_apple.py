"""One adversary in a herd of collaborators spoils it.

The idea: the herd lives on the trust in its name. One member who wins at the customers' expense spends what the
others earn.

Collaborative herds are set against the same herds with one member replaced by an adversary who asks the same price.
The comparison is made in the shared market and in separate ones, at the longest horizon. The first verdict asks what
the apple costs the herd as a whole, the second what it costs each colleague. The others ask for the trust in
colleagues, and whether the apple itself earns more than they do. Profit is booked with who closes a deal: a
colleague gains from leads that are passed on, so the herd's profit is the fairer count.

The essays' idea: the herd lives on the trust in its name. Rules: docs/odd.md, 4.10, 7.2 and 7.13.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import HERD, Arm, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.design.prices import at_markup
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import IN_SETTINGS, PROFIT_UNIT
from longgame.experiments.measures.kept import HORIZONS, members_by_horizon
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

GOOD, BAD = "collaborative", "adversarial-equal"
APPLE = at_markup("adversarial", STRATEGIES[GOOD].with_prospects.markup, BAD)
PURE = Arm(GOOD, HERD, label="all-collaborative")
SPOILT = Arm(GOOD, HERD, label="one-adversary", others={BAD: 1})
PAIRS = [(PURE, SPOILT)]


def _design(scenario: Scenario) -> Design:
    """Return herds with and without an adversary, shared and separate."""
    declared = {strategy.name: strategy.model_dump() for strategy in (*scenario.strategies, APPLE)}
    return markets(scenario.but(strategies=list(declared.values())), [PURE, SPOILT])


def _with_colleagues(tables: Tables) -> Tables:
    """Add the table of collaborative members alone."""
    members = tables["members"]
    return {**tables, "colleagues": members.loc[members["strategy"] == GOOD]}


CLAIM = Claim(
    name="bad-apple",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(HORIZONS, Measure("members", members_by_horizon, 2)),
    prepare=_with_colleagues,
    asks=(
        Ask(
            "Does a herd as a whole earn less with an adversary in it?",
            "herds of collaborators alone made {amount} {direction} profit per salesperson-year than those with one "
            "adversary",
        ),
        Ask(
            "Do collaborative members of a herd earn less where one of them is an adversary?",
            "collaborative members made {amount} {direction} profit per salesperson-year among their like than with "
            "one adversary in the herd",
            table="colleagues",
        ),
        Ask(
            "Do clients trust the collaborative members less where one is an adversary?",
            "clients' trust in collaborative members was {amount} percentage points {direction} among their like than "
            "with one adversary in the herd",
            "client_trust",
            "colleagues",
            **POINTS,
        ),
        # If it does, nothing in the pay drives it out.
        Contrast(
            "Does the adversary in the herd earn more than its colleagues?",
            "the adversary made {amount} {direction} profit per salesperson-year than its colleagues",
            table="members",
            where={"group": SPOILT.name},
            lead=({"strategy": BAD}, {"strategy": GOOD}),
            places=(IN_SETTINGS,),
        ),
    ),
    dials=(
        RANGES["trust.brand_share"],
        RANGES["trust.seller_weight"],
        RANGES["word_of_mouth.gossip"],
        FREQUENCY,
        RANGES["trust.negativity"],
    ),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "herd": PROFIT,
            "colleagues": Shown("profit", "profit of a collaborative member", PROFIT_UNIT, table="colleagues"),
            "trust": Shown("client_trust", "clients' trust in collaborative members", scale=100, table="colleagues"),
        },
        pairs=PAIRS,
    ),
)
