"""Wants change, so a seller has to go on asking.

The idea: selling is a continuum; what a client wanted last time is not what they want now. The drift of needs
runs from none to high.

The same collaborative seller asks at every need, asks only until the first deal, or never asks. They differ in this
one dial and ask the same price. The first verdict is an interaction. It is what asking again brings where needs drift
fast, less what it brings where they stand still.

In a market that could exist, what a seller knows of a client ages with drift. What comes to light of a need lets the
offer be cut to it. Both speak for asking again. Drift also works through the customers, whose remembered value of
a seller goes out of date.

The essays' idea: selling is a continuum: wants change. Rules: docs/odd.md, 7.1 (drift) and 7.4 (knowledge and
effort).
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import DRIFT, DRIFTS, FAST, FREQUENCY, RANGES, STILL
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.inference.pairs import Lead, in_each_setting
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

ASKS = STRATEGIES["collaborative"]
ASKS_ONCE = Strategy(
    name="asks-once",
    description="Collaborative, but asks nothing of those who bought: goes by what is remembered of them.",
    origin="The seller who believes that a client's wants stay as they were.",
    with_prospects=ASKS.with_prospects,
    with_clients=ASKS.with_prospects.but(discovery=0.0),
)
ASKS_NEVER = Strategy(
    name="asks-never",
    description="Collaborative, but asks nothing of anybody: goes by a guess, and by what deals have taught.",
    origin="The seller who believes to know what everybody wants.",
    with_prospects=ASKS.with_prospects.but(discovery=0.0),
)
OURS, ONCE, NEVER = (ASKS.name, ASKS_ONCE.name, ASKS_NEVER.name)
ARMS = {kind: [Arm(way, kind) for way in (OURS, ASKS_ONCE, ASKS_NEVER)] for kind in ORGANISATIONS}


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
            "asking, rather than never, brought {amount} {direction} profit per salesperson-year with fast drift of "
            "needs than with none",
            lead=_lead(NEVER, FAST),
            beyond=_lead(NEVER, STILL),
        ),
        Contrast(
            "Does a seller who asks again earn more than one who asks once, where needs drift fast?",
            "where needs drift fast, sellers who ask again made {amount} {direction} profit per salesperson-year than "
            "those who ask once",
            lead=_lead(ONCE, FAST),
        ),
        Contrast(
            "Does a seller who asks at all earn more than one who never does, where needs stand still?",
            "where needs stand still, sellers who ask made {amount} {direction} profit per salesperson-year than those "
            "who never do",
            lead=_lead(NEVER, STILL),
        ),
    ),
    dials=(
        RANGES["attention.ask"].between(0, 1440),  # at most three times the usual: who asks more sees nobody else
        RANGES["attention.learning"],
        RANGES["attention.estimate_noise"].between(0.1, 1.0),  # without noise there is nothing to ask for
        FREQUENCY,
        RANGES["attention.tailoring"],
    ),
    draw=_draw,
)
