"""Collaborators take over a market of adversaries, and adversaries do not take over theirs.

The idea: who wins in the long run is who spreads.

In a market of one kind (the residents) a tenth sell in another way (the invaders), at the same price. The market is
live, from the founding on. Once a year half of the salespeople look at another's pay and may copy the better paid.
Where the scenario has its own number, that counts. A firm that takes the place of a closed one sells as somebody at
work does. All else is the scenario's. So who replaces a leaver sells as that post did at first. That pulls both
kinds back to where they began.

The first verdict asks whether collaborators are a larger part of the salespeople at the end than at the start. It
asks among adversaries and beside a few of them, as singletons and in herds. The second asks the same with nobody
copying, so that closing and founding firms alone decide. The others ask whether a market of collaborators, and one
of adversaries, keeps every other way of selling out.

The essays' idea: the winner in the long run is the kind that spreads. Rules: docs/odd.md, 4.5 and 7.10 (imitating).
"""

from collections.abc import Mapping
from functools import partial
from itertools import permutations
from typing import Any

import pandas as pd

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SINGLETON, Arm, crowd
from longgame.experiments.design.compositions import market_firms, part_of
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.design.prices import at_markup
from longgame.experiments.figures.matrix import figure_matrix
from longgame.experiments.inference.pairs import IN_ORGANISATIONS
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.experiments.words import ORGANISATION_WORDS
from longgame.sim.books import Result
from longgame.sim.library import FAIR, STRATEGIES
from longgame.sim.scenario import Scenario

GOOD, BAD = "collaborative", "adversarial"

#: Ways of selling, all at the collaborative price.
WAYS = (GOOD, BAD, "principled", "order-taker", "bait-and-switch", "milker")
EQUAL = {
    name: name if STRATEGIES[name] == at_markup(name, FAIR, name) else at_markup(name, FAIR, f"{name}-equal")
    for name in WAYS
}

#: Part of the market that invades, and yearly probability of looking at another's pay if the scenario has none.
RARE, IMITATION = 0.1, 0.5


def _design(scenario: Scenario) -> Design:
    """Return every invader in every market of singletons, and the two opponents also in herds and without copying."""
    made = Design({})
    copying = scenario.staffing.imitation or IMITATION
    for kind in ORGANISATIONS:
        for resident, invader in permutations(WAYS if kind == SINGLETON else (GOOD, BAD), 2):
            opponents = {invader, resident} == {GOOD, BAD}
            for copies in (True, False) if opponents else (True,):
                live = {"economy.entry": "survivors", "staffing.imitation": copying if copies else 0.0}
                there = scenario.but({**live, "burn_in": 0})
                name = f"{invader}-into-{resident}-{kind}" + ("" if copies else "-still")
                labels = {
                    "invader": invader,
                    "resident": resident,
                    "organisation": kind,
                    "opponents": opponents,
                    "copies": copies,
                }
                groups = {Arm(way, kind).name: {"way": way} for way in (invader, resident)}
                made |= Design({name: _invaded(there, resident, invader, kind)}, {name: labels}, groups)
    return made


def _invaded(scenario: Scenario, resident: str, invader: str, kind: str) -> Scenario:
    """Return a market of residents in which a tenth sells in another way."""
    firms = market_firms(scenario, kind)
    few = part_of(firms, RARE)
    parts = [(Arm(EQUAL[way], kind, way), count) for way, count in ((resident, firms - few), (invader, few))]
    return crowd(scenario, parts, f"{invader}-into-{resident}")


def conducts(result: Result) -> pd.DataFrame:
    """Return the ``start`` and the ``end`` of each way's share of all salespeople, by ``strategy`` (in [0, 1])."""
    heads = result.monthly.pivot_table(
        index="strategy", columns="month", values="salespeople", aggfunc="sum", fill_value=0, observed=False
    )
    shares = heads / heads.sum()
    ends = {"start": shares.iloc[:, 0], "end": shares.iloc[:, -1]}
    return pd.DataFrame(ends).reset_index().assign(months=result.scenario.months)


def _with_gains(tables: Tables) -> Tables:
    """Add which way of selling a row is of, and what it gained in shares of all salespeople."""
    table = tables["conduct"]
    names = {way if isinstance(sold, str) else sold.name: way for way, sold in EQUAL.items()}
    table = table.assign(way=table["strategy"].astype(object).map(names), gained=table["end"] - table["start"])
    return {**tables, "conduct": table}


MARKETS = {resident: f"market of {resident} sellers" for resident in (BAD, GOOD)}
IN_SHARE: dict[str, Any] = {
    "column": "gained",
    "table": "conduct",
    "unit": "percentage points of all salespeople",
    "scale": 100,
    "worth": 1.0,
    "more": "won",
    "less": "lost",
}
BETWEEN = (IN_ORGANISATIONS, ("market", "resident", MARKETS))


def _spreads(question: str, copies: bool) -> Contrast:
    """Ask whether collaborators win part of a market from adversaries, from either side."""
    return Contrast(
        question,
        f"{GOOD} sellers {{direction}} {{amount}} percentage points of all salespeople",
        lead=({"way": GOOD, "opponents": True, "copies": copies},),
        places=BETWEEN,
        **IN_SHARE,
    )


def _keeps_out(resident: str) -> Contrast:
    """Ask whether a market keeps out every other way of selling."""
    return Contrast(
        f"Does a market of {resident} sellers keep out every other way of selling?",
        f"the {resident} residents {{direction}} {{amount}} percentage points of all salespeople",
        lead=({"way": resident, "copies": True},),
        places=(
            ("market", "resident", {resident: MARKETS[resident]}),
            ("organisation", "organisation", {SINGLETON: ORGANISATION_WORDS[SINGLETON]}),
            ("invader", "invader", {invader: invader for invader in WAYS if invader != resident}),
        ),
        **IN_SHARE,
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return who gains in whose market, among singletons."""
    table = tables["conduct"]
    here = (table["organisation"] == SINGLETON) & table["copies"].astype(bool) & (table["way"] == table["invader"])
    return {
        "matrix": partial(
            figure_matrix,
            table=table.loc[here].assign(points=100 * table["gained"]),
            order=WAYS,
            value="points",
            what="change of the invaders' part of the salespeople",
            unit="percentage points",
            where=ORGANISATION_WORDS[SINGLETON],
        )
    }


CLAIM = Claim(
    name="invasion",
    text=__doc__,
    design=_design,
    measures=(AT_END, Measure("conduct", conducts)),
    prepare=_with_gains,
    asks=(
        _spreads("Do collaborators spread among adversaries, and not the other way round?", copies=True),
        _spreads("Do they spread where nobody copies the better paid, by the life of firms alone?", copies=False),
        _keeps_out(GOOD),
        _keeps_out(BAD),
    ),
    dials=(
        FREQUENCY,
        RANGES["word_of_mouth.gossip"],
        RANGES["trust.forgetting"],
        RANGES["months"].between(24, 240),  # pay is looked at once a year
        RANGES["staffing.selection"],
        RANGES["staffing.payback"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
)
