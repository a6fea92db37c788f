"""Bad sellers create sales resistance for all.

The idea: customers who were pushed distrust the next salesperson too, so adversaries spoil the trade for honest
colleagues.

Honest (collaborative) sellers are replaced by adversaries, a quarter at a time, in markets of singletons and of
herds. All ask the same price. Adversaries may harm or help honest sellers in many ways: as rivals, as a contrast,
by trust in general. Only the last is resistance. So every market is played again with that level of trust switched
off (`trust.general_share` 0): no experience says anything of other salespeople. What counts is how much more three
adversaries in four change with that level than without it.

The first verdict asks for the meetings of honest sellers with strangers that end without a deal. The others ask for
their visits and their profit, and for trust in salespeople in general itself. The mixture is the treatment: no
market is separate.

The essays' idea: bad sellers create sales resistance for all. Rules: docs/odd.md, 7.2 (trust in general) and 7.3.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from longgame.experiments.claim import POINTS, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, Arm, labels_of, mixture
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.design.prices import at_price_of
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, PROFIT_UNIT, Lead
from longgame.experiments.measures.kept import HORIZONS, market_by_horizon
from longgame.experiments.study import Draw
from longgame.experiments.words import ORGANISATION_WORDS
from longgame.sim.scenario import Scenario

HONEST, BAD = "collaborative", "adversarial"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

#: Most adversaries beside whom there is an honest seller left.
MANY = SHARES[-2]

#: With trust in general as the scenario has it, and with that level switched off; and what arms there are called.
LEVELS = {"on": "", "off": "deaf-"}


def _way(level: str, share: float) -> str:
    """Return what honest sellers among so many adversaries are called."""
    return f"{LEVELS[level]}adversaries-{100 * share:.0f}"


#: The honest sellers among so many adversaries; with a share of 1 there is none left, only a market.
ARMS = {
    (level, kind): [Arm(HONEST, kind, label=_way(level, share), level=share) for share in SHARES]
    for level in LEVELS
    for kind in ORGANISATIONS
}


def _design(scenario: Scenario) -> Design:
    """Return five shares of adversaries × singletons and herds × trust in general, on and off."""
    made = Design({})
    for (level, kind), arms in ARMS.items():
        there = scenario if level == "on" else scenario.but({"trust.general_share": 0.0})
        bad = at_price_of(BAD, HONEST, kind)
        for arm, share in zip(arms, SHARES, strict=True):
            parts = [(part, size) for part, size in ((arm, 1 - share), (bad, share)) if size > 0]
            here = {arm.name: mixture(there, parts, arm.name)}
            labels = {"setting": SEPARATE, "share": share, "level": level, "organisation": kind}
            made |= Design(here, {arm.name: labels}, labels_of([arm, bad]))
    return made


def _with_market(tables: Tables) -> Tables:
    """Return the tables with rows of the market as those of the arm whose market it is."""
    market = tables["market"]
    return {**tables, "market": market.assign(group=market["market"])}


def _change(level: str) -> Lead:
    """Return honest sellers among many adversaries, and among none."""
    return ({"strategy": _way(level, MANY)}, {"strategy": _way(level, 0.0)})


def _asked(question: str, finding: str, column: str = "profit", **more: Any) -> Contrast:
    """Ask by how much more adversaries change something for honest sellers with trust in general than without."""
    return Contrast(
        question, finding, column, lead=_change("on"), beyond=_change("off"), places=(IN_ORGANISATIONS,), **more
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return how honest sellers fare, with trust in general and without, and that trust, over shares of adversaries."""
    draw = partial(figure_sweep, market=SEPARATE, dial="share of adversaries")
    of_all = {kind: ARMS["on", kind] for kind in ORGANISATIONS}
    drawn: dict[str, Draw] = {}
    for kind, words in ORGANISATION_WORDS.items():
        lines = {said: ARMS[level, kind][:-1] for level, said in (("on", "general trust"), ("off", "none"))}
        honest = partial(draw, tables=tables, arms=lines, where=f"honest {words}")
        drawn |= {
            f"refused-{kind}": partial(honest, column="never_bought", what="the share of strangers lost", scale=100),
            f"visits-{kind}": partial(honest, column="visits", what="the number of visits"),
            f"profit-{kind}": partial(honest, column="profit", what="profit"),
        }
    drawn["trust"] = partial(
        draw,
        tables={"horizons": tables["market"]},
        arms=of_all,
        where="all customers",
        column="trust_general",
        what="trust in salespeople in general",
        scale=100,
        unit="percentage points",
    )
    return drawn


CLAIM = Claim(
    name="resistance",
    text=__doc__,
    design=_design,
    measures=(HORIZONS, Measure("market", market_by_horizon)),
    prepare=_with_market,
    asks=(
        _asked(
            "Do strangers refuse honest sellers more, for what adversaries do to trust in general?",
            "trust in general made strangers refuse honest sellers {amount} percentage points {direction} where three "
            "in four are adversaries",
            "never_bought",
            **{**POINTS, "more": "more often", "less": "less often"},
        ),
        _asked(
            "Do honest sellers meet fewer customers, for what adversaries do to trust in general?",
            "trust in general brought honest sellers {amount} {direction} visits a year where three in four are "
            "adversaries",
            "visits",
            unit="visits per salesperson-year",
            scale=-1,
            worth=("visits",),
            more="fewer",
            less="more",
        ),
        _asked(
            "Do honest sellers earn less, for what adversaries do to trust in general?",
            "trust in general brought honest sellers {amount} {direction} profit per salesperson-year where three in "
            "four are adversaries",
            unit=PROFIT_UNIT,
            scale=-1,
            more="less",
            less="more",
        ),
        Contrast(
            "Is trust in salespeople in general lower where more of them are adversaries?",
            "trust in salespeople in general was {amount} percentage points {direction} without adversaries than where "
            "three in four are adversaries",
            "trust_general",
            "market",
            lead=({"share": 0.0, "level": "on"}, {"share": MANY, "level": "on"}),
            places=(IN_ORGANISATIONS,),
            **POINTS,
        ),
    ),
    dials=(
        RANGES["trust.general_share"],
        RANGES["trust.negativity"],
        RANGES["word_of_mouth.gossip"],
        FREQUENCY,
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
)
