"""Bad sellers create sales resistance for all.

The idea: customers who were pushed distrust the next salesperson too, so adversaries spoil the trade for
honest colleagues. The share of adversaries runs from 0 to 1; compared are trust in salespeople in general,
and visits and profit of honest sellers.

Honest (collaborative) sellers are replaced by adversaries, a quarter at a time, in markets of singletons and
of herds. Judged as honest sellers alone against one honest seller in four; the first verdict asks for trust
in salespeople in general, which meets every stranger, the others whether honest sellers pay for it. They
lose trust but also good competitors, so this need not be so. The mixture is the treatment: no market is
separate.

The essays' idea: bad sellers create sales resistance for all. Rules: docs/odd.md, 7.2 (trust in general) and
7.3.
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, Arm, labels_of, mixture
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.measures.kept import HORIZONS, market_by_horizon
from longgame.experiments.study import Draw
from longgame.sim.scenario import Scenario

HONEST, BAD = "collaborative", "adversarial"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

#: The honest sellers among so many adversaries; with a share of 1 there is none left, only a market.
ARMS = {
    kind: [Arm(HONEST, kind, label=f"adversaries-{100 * share:.0f}", level=share) for share in SHARES]
    for kind in ORGANISATIONS
}
MIXED = {SEPARATE: "mixed market"}


def _design(scenario: Scenario) -> Design:
    """Return five shares of adversaries × markets of singletons and of herds."""
    made = Design({})
    for kind, arms in ARMS.items():
        bad = Arm(BAD, kind)
        for arm, share in zip(arms, SHARES, strict=True):
            parts = [(part, size) for part, size in ((arm, 1 - share), (bad, share)) if size > 0]
            here = {arm.name: mixture(scenario, parts, arm.name)}
            made |= Design(here, {arm.name: {"setting": SEPARATE, "share": share}}, labels_of([arm, bad]))
    return made


def _with_market(tables: Tables) -> Tables:
    """Return the tables with rows of the market as those of the arm whose market it is."""
    market = tables["market"]
    return {**tables, "market": market.assign(group=market["market"])}


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return general trust, and how honest sellers fare, over the share of adversaries."""
    draw = partial(figure_sweep, market=SEPARATE, dial="share of adversaries")
    of_all = partial(
        draw,
        tables={"horizons": tables["market"]},
        arms=ARMS,
        where="all customers",
        scale=100,
        unit="percentage points",
    )
    honest = partial(draw, tables=tables, arms={kind: arms[:-1] for kind, arms in ARMS.items()}, where="honest sellers")
    return {
        "trust": partial(of_all, column="trust_general", what="trust in salespeople in general"),
        "stayed-away": partial(of_all, column="stayed_away", what="the share of unmet needs"),
        "visits": partial(honest, column="visits", what="the number of visits"),
        "profit": partial(honest, column="profit", what="profit"),
    }


CLAIM = Claim(
    name="resistance",
    text=__doc__,
    pairs=[(arms[0], arms[3]) for arms in ARMS.values()],
    design=_design,
    measures=(HORIZONS, Measure("market", market_by_horizon)),
    prepare=_with_market,
    asks=(
        Ask(
            "Is trust in salespeople in general lower where more of them are adversaries?",
            "trust in salespeople in general was {amount} percentage points {direction} without adversaries than where "
            "three in four are adversaries",
            "trust_general",
            "market",
            kinds=MIXED,
            **POINTS,
        ),
        Ask(
            "Do more customers stay away from all salespeople where more are adversaries?",
            "of all needs {amount} percentage points {direction} were left unmet where three in four salespeople are "
            "adversaries than without any",
            "stayed_away",
            "market",
            kinds=MIXED,
            unit="percentage points",
            scale=-100,
            worth=1.0,
        ),
        Ask(
            "Do honest sellers meet fewer customers where more sellers are adversaries?",
            "honest sellers had {amount} {direction} visits a year without adversaries than where three in four are "
            "adversaries",
            "visits",
            kinds=MIXED,
            unit="visits per salesperson-year",
            worth=("visits",),
        ),
        Ask(
            "Do honest sellers earn less where more sellers are adversaries?",
            "honest sellers made {amount} {direction} profit per salesperson-year without adversaries than where three "
            "in four are adversaries",
            kinds=MIXED,
        ),
    ),
    dials=(RANGES["trust.general_share"], RANGES["trust.negativity"], RANGES["word_of_mouth.gossip"], FREQUENCY),
    draw=_draw,
)
