"""Trust in the company carries clients over when their salesperson leaves.

The idea: a sale needs three leaps of faith, in the person, in the company and in the product. Turnover of
salespeople is tried with a strong and with a weak brand. The trust in a person dies with the job; that in the
company stays with the herd. Trust in the product has no memory of its own in the model: a claim is believed
as far as its speaker is, so only person and company can be told apart here.

Turnover is nobody leaving, or half of the salespeople every year; a brand is weak where deals leave no trust
in the company (`trust.brand_share` 0), strong where they count in full (1). What survives is repeat revenue
with turnover ÷ repeat revenue without it. The first verdict compares strong with weak brands, in herds; then
herds with singletons, whose brand dies with them; then asks how much goes with the person even so.

The essays' idea: a sale needs three leaps of faith. Rules: docs/odd.md, 4.1, 7.2 and 7.10 (filling).
"""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from longgame.experiments.claim import POINTS, Claim, Contrast
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SINGLETON, Arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.inference.pairs import IN_SETTINGS, in_each_setting
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.sim.scenario import Scenario

ARMS = {kind: Arm("collaborative", kind) for kind in ORGANISATIONS}
TURNOVER, BRAND = "staffing.turnover", "trust.brand_share"
STAY, LEAVE = 0.0, 0.5
WEAK, _, STRONG = BRANDS = (0.0, 0.5, 1.0)


def _design(scenario: Scenario) -> Design:
    """Return two rates of turnover × three brands × herds and singletons, shared and separate."""
    there = scenario.but({"staffing.dismissal": 0.0})  # who leaves is the treatment
    return grid(there, {TURNOVER: (STAY, LEAVE), BRAND: BRANDS}, tuple(ARMS.values()))


def survival(table: pd.DataFrame) -> pd.DataFrame:
    """Return the share of repeat revenue per salesperson-year that survives turnover (``survives``) or not (``lost``).

    One row per setting, group, seed and strength of the brand.
    """
    keys = ["setting", "organisation", "group", "seed", "months", BRAND]
    repeat = table.assign(repeat=table["revenue"] * table["annuity_share"].fillna(0.0))
    leave, stay = (repeat[repeat[TURNOVER] == rate].set_index(keys)["repeat"] for rate in (LEAVE, STAY))
    survives = (leave / stay.where(stay > 0)).rename("survives").reset_index()
    return survives.assign(lost=1 - survives["survives"])


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return what survives over the strength of the brand, herds and singletons."""
    return {
        f"survives-{setting}": partial(
            figure_grid,
            table=here["survival"],
            dial=BRAND,
            arms=[ARMS[HERD], ARMS[SINGLETON]],
            column="survives",
            what="the part of repeat revenue that survives turnover",
            where=words,
            scale=100,
            unit="percentage points",
        )
        for setting, words, here in in_each_setting(tables)
    }


STRONG_HERDS, WEAK_HERDS = ({"organisation": HERD, BRAND: brand} for brand in (STRONG, WEAK))

CLAIM = Claim(
    name="three-trusts",
    text=__doc__,
    design=_design,
    measures=(AT_END,),
    prepare=lambda tables: {**tables, "survival": survival(tables["horizons"])},
    asks=(
        Contrast(
            "Does more repeat revenue survive turnover where the company's name is strong?",
            "{amount} percentage points {direction} of a herd's repeat revenue survived turnover under a strong than "
            "under a weak brand",
            "survives",
            "survival",
            lead=(STRONG_HERDS, WEAK_HERDS),
            places=(IN_SETTINGS,),
            **{**POINTS, "more": "more", "less": "less"},
        ),
        Contrast(
            "Does more repeat revenue survive turnover in herds than among singletons?",
            "{amount} percentage points {direction} of repeat revenue survived turnover in herds than among "
            "singletons, with brands that count in full",
            "survives",
            "survival",
            lead=(STRONG_HERDS, {"organisation": SINGLETON, BRAND: STRONG}),
            places=(IN_SETTINGS,),
            **{**POINTS, "more": "more", "less": "less"},
        ),
        Contrast(
            "Does repeat revenue go with the person even from herds with a strong brand?",
            "repeat revenue of herds with a strong brand was {amount} percent {direction} with half of the "
            "salespeople leaving every year than with none",
            "lost",
            "survival",
            lead=(STRONG_HERDS,),
            places=(IN_SETTINGS,),
            **{**POINTS, "more": "lower", "less": "higher"},
        ),
        Contrast(
            "Does turnover cost a herd profit?",
            "turnover cost herds with a strong brand {amount} {direction} per salesperson-year",
            lead=({**STRONG_HERDS, TURNOVER: STAY}, {**STRONG_HERDS, TURNOVER: LEAVE}),
            places=(IN_SETTINGS,),
            more="of profit",
            less="less than nothing",
        ),
    ),
    dials=(
        RANGES["trust.seller_weight"],
        FREQUENCY,
        RANGES["trust.forgetting"],
        RANGES["choice.habit_weight"].between(0.0, 0.5),  # a stronger habit keeps clients whatever they trust
        RANGES["word_of_mouth.gossip"],
    ),
    draw=_draw,
)
