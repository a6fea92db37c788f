"""The pushy seller wins only where customers forget, do not talk and do not come back.

The idea behind all the others, turned round: *when does the pushy seller win?* Maps show who leads, and by how much,
for singletons and for herds.

Collaborative sellers are set against pushy (adversarial) ones who ask the same price. The first verdict asks whether
the pushy seller loses at the scenario's own values, in profit at the longest horizon. The second asks the same at
each side's own best price. The others ask whether the collaborator's lead is larger at one corner of a map than at
the opposite one:

* what strangers can know × what a question can improve: from neither to a record that counts like four experiences,
  and discovery that removes most of a misfit (the headline map);
* memory × word of mouth: only the last deal counts and nobody talks, against long memory and much talk;
* frequency × horizon: rare needs and one year, against frequent needs and the longest run. Here firms are new, with
  nothing played before. Rarer needs come from more customers, so that salespeople have as much to do.

Maps are of the shared market.

The essays' idea: the question behind all ideas, turned round: when does the pushy seller win? Rules: docs/odd.md,
7.2, 7.3, 7.7 and 7.8.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from longgame.experiments.claim import Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, chosen, markets
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.design.prices import at_best_price, at_price_of
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, Lead
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, number
from longgame.sim.scenario import Scenario

OURS, THEIRS = "collaborative", "adversarial"
RECORD, TAILORING = "trust.record", "attention.tailoring"
MEMORY, TALK, RATE = "trust.forgetting", "word_of_mouth.gossip", "customers.rate"
HORIZON = "horizon in years"

#: Values of two dials, by the name of their map.
MAPS = {
    "record": {RECORD: (0.0, 0.5, 1.0, 4.0), TAILORING: (0.0, 0.3, 0.6, 0.8)},
    "memory": {MEMORY: (0.0, 0.5, 0.8, 0.95), TALK: (0.0, 0.2, 0.5, 0.9)},
}

#: Factors on the scenario's frequency of needs.
FACTORS = (0.25, 0.5, 1.0, 4.0)

EQUAL = [(Arm(OURS, kind), at_price_of(THEIRS, OURS, kind)) for kind in ORGANISATIONS]
BEST = [tuple(at_best_price(None, name, kind) for name in (OURS, THEIRS)) for kind in ORGANISATIONS]


def _design(scenario: Scenario) -> Design:
    """Return the scenario itself at equal and at best prices, shared and separate, and three maps of shared markets."""
    arms = [arm for pair in EQUAL for arm in pair]
    best = [at_best_price(scenario, name, kind) for kind in ORGANISATIONS for name in (OURS, THEIRS)]
    made = markets(scenario, arms).also(map="none")
    made |= markets(scenario, best).also(map="best").renamed(lambda name: f"{name}@best")
    for name, values in MAPS.items():
        made |= grid(scenario, values, arms).where(setting=SHARED).also(map=name)
    for factor in FACTORS:  # as many needs in all, of more or fewer customers
        there = FREQUENCY.at(scenario.but(burn_in=0), factor * scenario.customers.rate)
        here = grid(there, {RATE: [there.customers.rate]}, arms).where(setting=SHARED)
        made |= here.also(map="time", factor=factor)
    return made


def _with_maps(tables: Tables) -> Tables:
    """Add the runs as the maps have them: the horizon, which is an axis, in a column of its own."""
    table = tables["horizons"]
    months, first, last = table["months"], table["months"].min(), table["months"].max()
    maps = table.assign(months=last, first=months == first, last=months == last, **{HORIZON: months / 12})
    return {**tables, "maps": maps, "points": maps}  # one is cut down to what is asked


def _lead(**there: object) -> Lead:
    """Return the lead of collaborative sellers at a point of a map."""
    ours, theirs = (arm.way for arm in EQUAL[0])
    return ({"strategy": ours, **there}, {"strategy": theirs, **there})


def _of_map(tables: Tables, name: str) -> Any:
    """Return the rows of a map."""
    maps = tables["points"]
    if name == "time":
        return maps.loc[chosen(maps, {"map": name})].drop(columns="months")
    return maps.loc[chosen(maps, {"map": name, "last": True})]


def _axes(name: str) -> tuple[str, str]:
    """Return the columns of the axes of a map: across, upwards."""
    one, other = MAPS.get(name, {HORIZON: (), RATE: ()})
    return other, one


def _who_leads(tables: Tables, name: str) -> str:
    """Report who leads on a map, and by how much, for singletons and herds."""
    table, said = _of_map(tables, name), []
    for ours, theirs in EQUAL:
        one, other = (
            table[table["group"] == arm.name].groupby(list(_axes(name)))["profit"].mean() for arm in (ours, theirs)
        )
        gap = one - other
        kind, range_ = ORGANISATION_WORDS[ours.organisation], f"{number(gap.min())} to {number(gap.max())}"
        said.append(f"Of {kind} {OURS} ones lead in {(gap > 0).sum()} of {len(gap)} points of the map, by {range_}.")
    return " ".join(said)


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return all maps, for singletons and herds."""
    drawn: dict[str, Draw] = {}
    for name in (*MAPS, "time"):
        x, y = _axes(name)
        for ours, theirs in EQUAL:
            drawn[f"{name}-{ours.organisation}"] = partial(
                figure_map,
                table=_of_map(tables, name),
                x=x,
                y=y,
                ours=ours,
                theirs=theirs,
                column="profit",
                what="profit",
                where=MARKET_WORDS[SHARED],
            )
    return drawn


SHARED_ONLY = (("market", "setting", {SHARED: MARKET_WORDS[SHARED]}), IN_ORGANISATIONS)


def _turns(question: str, finding: str, name: str) -> Contrast:
    """Ask whether the lead is larger at the last corner of a map than at the first."""
    corners = [{dial: values[k] for dial, values in MAPS.get(name, {}).items()} for k in (0, -1)]
    low, high = corners if name in MAPS else ({"factor": FACTORS[0], "first": True}, {"factor": FACTORS[-1]})
    return Contrast(
        question,
        f"{OURS} sellers' lead in profit per salesperson-year was {{amount}} {{direction}} {finding}",
        table="maps",
        where={"map": name},
        lead=_lead(**high, last=True),
        beyond=_lead(**low, **({"last": True} if name in MAPS else {})),
        places=SHARED_ONLY,
        more="larger",
        less="smaller",
        note=partial(_who_leads, name=name),
    )


CLAIM = Claim(
    name="frontier",
    text=__doc__,
    pairs=EQUAL,
    design=_design,
    prepare=_with_maps,
    asks=(
        Ask(
            "Does the pushy seller lose in the long run?",
            f"at equal prices {THEIRS} sellers made {{amount}} {{direction}} profit per salesperson-year than {OURS} "
            "ones",
            where={"map": "none"},
            more="less",
            less="more",
        ),
        Ask(
            "Does the pushy seller lose in the long run at each side's own best price?",
            f"at their best prices {THEIRS} sellers made {{amount}} {{direction}} profit per salesperson-year than "
            f"{OURS} ones",
            pairs=BEST,
            where={"map": "best"},
            more="less",
            less="more",
        ),
        _turns(
            "Do a public record and tailoring turn the market against the pushy seller?",
            "with a public record and tailoring than with neither",
            "record",
        ),
        _turns(
            "Do memory and word of mouth turn the market against the pushy seller?",
            "with long memories and much talk than with neither",
            "memory",
        ),
        _turns(
            "Do frequent needs and time turn the market against the pushy seller?",
            "with frequent needs than with rare ones in the first year",
            "time",
        ),
    ),
    dials=(
        RANGES[MEMORY].between(0.0, 1.0),  # also where only the last deal counts
        RANGES[TALK],
        RANGES[RECORD],
        RANGES[TAILORING],
        FREQUENCY,
        RANGES["customers.churn"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
)
