"""Wants change, so a seller has to go on asking.

The idea: selling is a continuum; what a client wanted last time is not what they want now. The drift of needs
runs from none to high.

A collaborative seller, who asks at every need, is set against one who asks only until the first deal and
from then on goes by what is remembered, and against an order-taker. The first verdict is an interaction:
what asking again brings where needs drift fast, less what it brings where they stand still. In the model
what a seller has learned about a client does not go out of date by itself (docs/odd.md, 7.4: knowledge
counts deals), which favours the seller who no longer asks; drift works through the customers, whose
remembered value of a seller goes out of date.

The essays' idea: selling is a continuum: wants change. Rules: docs/odd.md, 7.1 (drift) and 7.4 (knowledge and
effort).
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.inference.pairs import Lead, in_each_setting
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

DRIFT = "customers.drift"

#: Standard deviation of the change of a need in a month: none, and up to forgetting last season's need.
STILL, _, FAST = DRIFTS = (0.0, 0.05, 0.2)

ASKS = STRATEGIES["collaborative"]
ASKS_ONCE = Strategy(
    name="asks-once",
    description="Collaborative, but asks nothing of those who bought: goes by what is remembered of them.",
    origin="The seller who believes that a client's wants stay as they were.",
    with_prospects=ASKS.with_prospects,
    with_clients=ASKS.with_prospects.but(discovery=0.0),
)
OURS, ONCE, NEVER = WAYS = (ASKS.name, ASKS_ONCE.name, "order-taker")
ARMS = {kind: [Arm(ASKS_ONCE if way == ONCE else way, kind) for way in WAYS] for kind in ORGANISATIONS}


def _design(scenario: Scenario) -> Design:
    """Return three speeds of drift × three ways of asking × singletons and herds."""
    return grid(scenario, {DRIFT: DRIFTS}, [arm for arms in zip(*ARMS.values(), strict=True) for arm in arms])


def _lead(rival: str, drift: float) -> Lead:
    """Return the lead of sellers who go on asking."""
    return ({"strategy": OURS, DRIFT: drift}, {"strategy": rival, DRIFT: drift})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit over drift, for three ways of asking."""
    return {
        f"profit-{setting}-{kind}": partial(
            figure_grid,
            table=here["horizons"],
            dial=DRIFT,
            arms=ARMS[kind],
            column="profit",
            what="profit",
            where=words,
        )
        for setting, words, here in in_each_setting(tables)
        for kind in ORGANISATIONS
    }


CLAIM = Claim(
    name="wants",
    text=__doc__,
    design=_design,
    measures=(AT_END,),
    asks=(
        Contrast(
            "Does asking again at every need bring more, the faster needs change?",
            "asking again, rather than once, brought {amount} {direction} profit per salesperson-year with fast drift "
            "of needs than with none",
            lead=_lead(ONCE, FAST),
            beyond=_lead(ONCE, STILL),
        ),
        Contrast(
            "Does asking at all bring more, the faster needs change?",
            "collaborative sellers' profit beyond order-takers' was {amount} {direction} per salesperson-year with "
            "fast drift of needs than with none",
            lead=_lead(NEVER, FAST),
            beyond=_lead(NEVER, STILL),
        ),
        Contrast(
            "Does a seller who asks again earn more than one who asks once, where needs drift fast?",
            "where needs drift fast, sellers who ask again made {amount} {direction} profit per salesperson-year than "
            "those who ask once",
            lead=_lead(ONCE, FAST),
        ),
    ),
    dials=(
        RANGES["attention.ask"].between(0, 1440),  # at most three times the usual: who asks more sees nobody else
        RANGES["attention.learning"],
        RANGES["attention.estimate_noise"].between(0.1, 1.0),  # without noise there is nothing to ask for
        FREQUENCY,
    ),
    draw=_draw,
)
