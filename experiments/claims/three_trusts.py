"""Trust in the company carries clients over when their salesperson leaves.

The idea: a sale needs three leaps of faith, in the person, in the company and in the product. The trust in a person
dies with the job; that in the company stays with the herd. Trust in the product has no memory of its own in the
model: a claim is believed as far as its speaker is, so only person and company can be told apart here.

The market with both levels of trust is set against the same market with one of them switched off. Without the
company, deals leave no trust in it (`trust.brand_share` 0). Without the person, the own record weighs next to
nothing against it (`trust.seller_weight` 1,000). Each is played with nobody leaving on their own account, and with
half of the salespeople leaving every year; nobody is let go. What survives is repeat revenue with turnover ÷ repeat
revenue without it.

The first verdict asks whether more survives in herds with trust in the company than without. The next two ask where
nobody leaves: what repeat revenue owes to either level, and to which it owes more. The others set herds against
singletons, whose name dies with them, and ask what turnover costs.

The essays' idea: a sale needs three leaps of faith. Rules: docs/odd.md, 4.1, 7.2 and 7.10 (filling).
"""

from collections.abc import Mapping

import pandas as pd

from longgame.experiments.claim import POINTS, Claim, Contrast
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SINGLETON, Arm, Side, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.matrix import figure_against
from longgame.experiments.figures.pairs import Shown, in_each_market
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, PROFIT_UNIT, Places
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.experiments.words import ORGANISATION_WORDS
from longgame.sim.scenario import Scenario

TURNOVER = "staffing.turnover"
STAY, LEAVE = 0.0, 0.5

#: The levels of trust that there are, and what is changed for that.
BOTH, NO_COMPANY, NO_PERSON = LEVELS = ("both", "no-company", "no-person")
OFF = {BOTH: {}, NO_COMPANY: {"trust.brand_share": 0.0}, NO_PERSON: {"trust.seller_weight": 1000.0}}

#: The same sellers with these levels of trust.
ARMS = {(level, kind): Arm("collaborative", kind, label=level) for level in LEVELS for kind in ORGANISATIONS}


def _design(scenario: Scenario) -> Design:
    """Return two rates of turnover × both levels of trust, and each switched off × herds and singletons."""
    made = Design({})
    for level in LEVELS:
        for turnover in (STAY, LEAVE):
            # Who leaves is the treatment.
            there = scenario.but({"staffing.dismissal": 0.0, TURNOVER: turnover, **OFF[level]})
            here = markets(there, [ARMS[level, kind] for kind in ORGANISATIONS])
            name = f"{level}@{TURNOVER}={turnover:g}"
            made |= here.also(level=level, **{TURNOVER: turnover}).renamed(lambda market, name=name: f"{market}@{name}")
    return made


def survival(table: pd.DataFrame) -> pd.DataFrame:
    """Return the share of repeat revenue per salesperson-year that survives turnover (``survives``) or not (``lost``).

    One row per setting, group and seed, with the repeat revenue where nobody leaves (``repeat``).
    """
    keys = ["setting", "organisation", "level", "group", "seed", "months"]
    repeat = table.assign(repeat=table["revenue"] * table["annuity_share"].fillna(0.0))
    leave, stay = (repeat[repeat[TURNOVER] == rate].set_index(keys)["repeat"] for rate in (LEAVE, STAY))
    found = pd.DataFrame({"survives": leave / stay.where(stay > 0), "repeat": stay}).reset_index()
    return found.assign(lost=1 - found["survives"])


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return repeat revenue and what survives of it, by the levels of trust that there are."""
    drawn: dict[str, Draw] = {}
    for kind in ORGANISATIONS:
        arms = [ARMS[level, kind] for level in LEVELS]
        words = ORGANISATION_WORDS[kind]
        columns = {
            f"survives-{kind}": Shown(
                "survives", f"{words}' surviving repeat revenue", "percentage points", 100, "survival"
            ),
            f"repeat-{kind}": Shown("repeat", f"{words}' repeat revenue", PROFIT_UNIT, table="survival"),
        }
        drawn |= in_each_market(figure_against, tables, columns, arms=arms, base=arms[0], rows="trust in")
    return drawn


def _herds(level: str) -> Side:
    """Return herds with these levels of trust."""
    return {"organisation": HERD, "level": level}


AMOUNT = {**POINTS, "more": "more", "less": "less"}
REPEAT = {"column": "repeat", "table": "survival", "unit": PROFIT_UNIT, "worth": ("revenue",)}
WHICH: Places = ("level", "without", {NO_COMPANY: "trust in the company", NO_PERSON: "trust in the person"})


def _prepare(tables: Tables) -> Tables:
    """Add what survives, and what repeat revenue owes to each level."""
    found = survival(tables["horizons"])
    keys = ["setting", "organisation", "seed", "months"]
    wide = found.pivot(index=keys, columns="level", values="repeat")
    off = [level for level in LEVELS[1:] if level in wide]  # the first verdict needs but one
    owed = pd.concat([(wide[BOTH] - wide[level]).rename("repeat").reset_index().assign(without=level) for level in off])
    return {**tables, "survival": found, "owed": owed}


CLAIM = Claim(
    name="three-trusts",
    text=__doc__,
    design=_design,
    measures=(AT_END,),
    prepare=_prepare,
    asks=(
        Contrast(
            "Does more repeat revenue survive turnover where there is trust in the company?",
            "{amount} percentage points {direction} of a herd's repeat revenue survived turnover with trust in the "
            "company than without",
            "survives",
            "survival",
            lead=(_herds(BOTH), _herds(NO_COMPANY)),
            places=(IN_SETTINGS,),
            **AMOUNT,
        ),
        Contrast(
            "Where nobody leaves, does repeat revenue owe something to either level of trust?",
            "repeat revenue per salesperson-year was {amount} {direction} with that level of trust than without",
            lead=({},),
            places=(WHICH, IN_SETTINGS, IN_ORGANISATIONS),
            **{**REPEAT, "table": "owed"},
        ),
        Contrast(
            "Where nobody leaves, does repeat revenue owe more to trust in the person than in the company?",
            "trust in the person brought {amount} {direction} repeat revenue per salesperson-year than that in the "
            "company",
            lead=({"level": NO_COMPANY}, {"level": NO_PERSON}),
            **REPEAT,
        ),
        Contrast(
            "Does more repeat revenue survive turnover in herds than among singletons?",
            "{amount} percentage points {direction} of repeat revenue survived turnover in herds than among singletons",
            "survives",
            "survival",
            lead=(_herds(BOTH), {"organisation": SINGLETON, "level": BOTH}),
            places=(IN_SETTINGS,),
            **AMOUNT,
        ),
        Contrast(
            "Does repeat revenue go with the person even where there is trust in the company?",
            "repeat revenue of herds was {amount} percent {direction} with half of the salespeople leaving every year "
            "than with none",
            "lost",
            "survival",
            lead=(_herds(BOTH),),
            places=(IN_SETTINGS,),
            **{**POINTS, "more": "lower", "less": "higher"},
        ),
        Contrast(
            "Does turnover cost a herd profit?",
            "turnover cost herds {amount} {direction} per salesperson-year",
            lead=({**_herds(BOTH), TURNOVER: STAY}, {**_herds(BOTH), TURNOVER: LEAVE}),
            places=(IN_SETTINGS,),
            more="of profit",
            less="less than nothing",
        ),
    ),
    dials=(
        RANGES["trust.brand_share"].between(0.05, 1.0),  # at 0 nothing is left to switch off
        RANGES["staffing.succession"],
        FREQUENCY,
        RANGES["trust.forgetting"],
        RANGES["choice.habit_weight"].between(0.0, 0.5),  # a stronger habit keeps clients whatever they trust
        RANGES["word_of_mouth.gossip"],
    ),
    draw=_draw,
)
