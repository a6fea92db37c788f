"""The pushy seller wins only where customers forget, do not talk and do not come back.

The idea behind all the others, turned round: *when does the pushy seller win?* Maps and break-even values
show it over memory, gossip, repurchase, horizon and churn.

The first verdict asks whether the pushy (adversarial) seller loses at the scenario's own values, in profit
at the longest horizon against the collaborative one; the dials of `DIALS`, turned one at a time, are where
that may flip. The others ask whether the collaborator's advantage is larger at one corner of a map than at
the opposite one: memory × word of mouth (no memory, nobody talks; long memory, all talk), and repurchase ×
horizon (rare needs and one year; frequent needs and the longest run). Where needs are rarer there are more
customers, so that salespeople have as much to do. Maps are of the shared market.

The essays' idea: the question behind all ideas, turned round: when does the pushy seller win? Rules:
docs/odd.md, 7.2, 7.3, 7.7 and 7.8.
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, chosen, crossed, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, Lead, of_both_kinds
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.scenario import Scenario

OURS, THEIRS = "collaborative", "adversarial"
MEMORY, TALK, RATE = "trust.forgetting", "word_of_mouth.gossip", "customers.rate"
HORIZON = "horizon in years"

MEMORIES, TALKS = (0.0, 0.5, 0.8, 0.95), (0.0, 0.2, 0.5, 0.9)

#: Factors on the scenario's frequency of needs.
FACTORS = (0.25, 0.5, 1.0, 4.0)


def _design(scenario: Scenario) -> Design:
    """Return the scenario itself, shared and separate, and two maps of shared markets."""
    arms = crossed((OURS, THEIRS))
    made = markets(scenario, arms).also(map="none")
    made |= grid(scenario, {MEMORY: MEMORIES, TALK: TALKS}, arms).where(setting=SHARED).also(map="memory")
    for factor in FACTORS:  # as many needs in all, of more or fewer customers
        there = scenario.but({"customers.count": round(scenario.customers.count / factor)})
        here = grid(there, {RATE: [factor * scenario.customers.rate]}, arms).where(setting=SHARED)
        made |= here.also(map="time", factor=factor)
    return made


def _with_maps(tables: Tables) -> Tables:
    """Add the runs as the maps have them: the horizon, which is an axis, in a column of its own."""
    table = tables["horizons"]
    months, first, last = table["months"], table["months"].min(), table["months"].max()
    return {
        **tables,
        "maps": table.assign(months=last, first=months == first, last=months == last, **{HORIZON: months / 12}),
    }


def _lead(**there: object) -> Lead:
    """Return the lead of collaborative sellers at a point of a map."""
    return ({"strategy": OURS, **there}, {"strategy": THEIRS, **there})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return both maps, for singletons and herds."""
    maps = tables["maps"]
    by_memory = maps.loc[chosen(maps, {"map": "memory", "last": True})]
    by_time = maps.loc[chosen(maps, {"map": "time"})].drop(columns="months")
    drawn: dict[str, Draw] = {}
    for kind in ORGANISATIONS:
        draw = partial(
            figure_map,
            ours=Arm(OURS, kind),
            theirs=Arm(THEIRS, kind),
            column="profit",
            what="profit",
            where=MARKET_WORDS[SHARED],
        )
        drawn[f"memory-{kind}"] = partial(draw, table=by_memory, x=TALK, y=MEMORY)
        drawn[f"time-{kind}"] = partial(draw, table=by_time, x=RATE, y=HORIZON)
    return drawn


SHARED_ONLY = (("market", "setting", {SHARED: MARKET_WORDS[SHARED]}), IN_ORGANISATIONS)

CLAIM = Claim(
    name="frontier",
    text=__doc__,
    pairs=of_both_kinds(OURS, THEIRS),
    design=_design,
    prepare=_with_maps,
    asks=(
        Ask(
            "Does the pushy seller lose in the long run?",
            f"{THEIRS} sellers made {{amount}} {{direction}} profit per salesperson-year than {OURS} ones",
            where={"map": "none"},
            more="less",
            less="more",
        ),
        Contrast(
            "Do memory and word of mouth turn the market against the pushy seller?",
            "collaborative sellers' lead in profit per salesperson-year was {amount} {direction} with long memories "
            "and much talk than with neither",
            table="maps",
            where={"map": "memory", "last": True},
            lead=_lead(**{MEMORY: MEMORIES[-1], TALK: TALKS[-1]}),
            beyond=_lead(**{MEMORY: MEMORIES[0], TALK: TALKS[0]}),
            places=SHARED_ONLY,
            more="larger",
            less="smaller",
        ),
        Contrast(
            "Do frequent needs and time turn the market against the pushy seller?",
            "collaborative sellers' lead in profit per salesperson-year was {amount} {direction} with frequent needs "
            "than with rare ones in the first year",
            table="maps",
            where={"map": "time"},
            lead=_lead(factor=FACTORS[-1], last=True),
            beyond=_lead(factor=FACTORS[0], first=True),
            places=SHARED_ONLY,
            more="larger",
            less="smaller",
        ),
    ),
    dials=(
        RANGES[MEMORY].between(0.0, 1.0),  # also where only the last deal counts
        RANGES[TALK],
        FREQUENCY,
        RANGES["months"],
        RANGES["customers.churn"],
    ),
    draw=_draw,
)
