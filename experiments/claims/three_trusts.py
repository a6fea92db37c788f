"""Trust in the company carries clients over when their salesperson leaves.

The idea: a sale needs three leaps of faith, in the person, in the company and in the product. MODEL.md,
section 7, row *three-trusts*: turnover of salespeople with a strong or a weak brand. The trust in a person
dies with the job; that in the company stays with the herd. Trust in the product has no memory of its own in
the model: a claim is believed as far as its speaker is, so only person and company can be told apart here.

Turnover is nobody leaving, or half of the salespeople every year; a brand is weak where deals leave no trust
in the company (`trust.brand_share` 0), strong where they count in full (1). What survives is repeat revenue
with turnover ÷ repeat revenue without it. The first verdict compares strong with weak brands, in herds; then
herds with singletons, whose brand dies with them; then asks how much goes with the person even so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import HERD, ORGANISATIONS, SHARED, Arm, values
from longgame.experiments.design.grids import at_point, at_points, grid
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import AT_END, ONE_POINT, PROFIT_UNIT, Tables, a_twentieth
from longgame.experiments.inference.verdicts import Verdict, effect_of, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, years
from longgame.sim.scenario import Scenario

QUESTION = "Does more repeat revenue survive turnover where the company's name is strong?"

ARMS = {kind: Arm("collaborative", kind) for kind in ORGANISATIONS}
TURNOVER, BRAND = "staffing.turnover", "trust.brand_share"
STAY, LEAVE = 0.0, 0.5
BRANDS = (0.0, 0.5, 1.0)
WEAK, STRONG = BRANDS[0], BRANDS[-1]

KNOBS = (
    Knob("trust.seller_weight", 0.5, 10.0),
    FREQUENCY,
    Knob("trust.forgetting", 0.5, 1.0),
    Knob("choice.habit_weight", 0.0, 0.5),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: two rates of turnover × three brands × herds and singletons, shared and separate."""
    there = scenario.but({"staffing.dismissal": 0.0})  # who leaves is the treatment
    made = grid(there, {TURNOVER: (STAY, LEAVE), BRAND: BRANDS}, tuple(ARMS.values()))
    return Plan(made, seeds, (AT_END,))


def survival(table: pd.DataFrame) -> pd.DataFrame:
    """Return the share of repeat revenue per salesperson-year that survives turnover, for every brand.

    One row per market, group, seed and strength of the brand; ``lost_profit`` is what turnover costs.
    """
    table = at_points(table)
    table = table.assign(repeat=table["revenue"] * table["annuity_share"].fillna(0.0))
    keys = ["market", "setting", "group", "seed", "months", BRAND]
    leave, stay = (table[table[TURNOVER] == rate].set_index(keys)[["repeat", "profit"]] for rate in (LEAVE, STAY))
    return pd.DataFrame(
        {
            "survives": leave["repeat"] / stay["repeat"].where(stay["repeat"] > 0),
            "lost_profit": stay["profit"] - leave["profit"],
        }
    ).reset_index()


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: strong and weak brands, shared and in herds alone."""
    there = [
        (market, rate, brand)
        for market in (SHARED, ARMS[HERD].name)
        for rate in (STAY, LEAVE)
        for brand in (WEAK, STRONG)
    ]
    return plan(scenario, seeds).only(
        f"{market}@{TURNOVER}={rate:g},{BRAND}={brand:g}" for market, rate, brand in there
    )


def _share(found: pd.DataFrame, market: str, kind: str, brand: float, column: str = "survives") -> pd.Series:
    """Return what survives at one strength of the brand, seed by seed."""
    return values(at_point(found, {BRAND: brand}), market, ARMS[kind], column)


def _judge(
    question: str,
    tables: Tables,
    difference: Callable[[str], pd.Series],
    *,
    unit: str = "percentage points",
    scale: float = 100,
    worth: float = ONE_POINT,
    **words: str,
) -> Verdict:
    """Judge a difference between markets with and without turnover, in both kinds of market."""
    last = years(int(tables["horizons"]["months"].max()))
    found = [
        effect_of(scale * difference(market), unit=unit, worth=worth, at={"market": said, "horizon": last})
        for market, said in MARKET_WORDS.items()
    ]
    sold = measures.anything_sold(tables["horizons"])
    return judge("three-trusts", question, found, horizon=f"over {last}", sold=sold, **words)


def first(tables: Tables) -> Verdict:
    """Return the verdict on strong and weak brands."""
    share = partial(_share, survival(tables["horizons"]))
    return _judge(
        QUESTION,
        tables,
        lambda m: share(m, HERD, STRONG) - share(m, HERD, WEAK),
        finding="{amount} percentage points {direction} of a herd's repeat revenue survived turnover "
        "under a strong than under a weak brand",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on strong and weak brands, herds and singletons, and what goes with the person."""
    share = partial(_share, survival(tables["horizons"]))
    return (
        first(tables),
        _judge(
            "Does more repeat revenue survive turnover in herds than among singletons?",
            tables,
            lambda m: share(m, HERD, STRONG) - share(m, "singleton", STRONG),
            finding="{amount} percentage points {direction} of repeat revenue survived turnover in herds "
            "than among singletons, with brands that count in full",
        ),
        _judge(
            "Does repeat revenue go with the person even from herds with a strong brand?",
            tables,
            lambda m: 1 - share(m, HERD, STRONG),
            finding="repeat revenue of herds with a strong brand was {amount} percent {direction} where "
            "half of the salespeople leave every year than where nobody does",
            more="lower",
            less="higher",
        ),
        _judge(
            "Does turnover cost a herd profit?",
            tables,
            lambda m: share(m, HERD, STRONG, "lost_profit"),
            unit=PROFIT_UNIT,
            scale=1,
            worth=a_twentieth(tables),
            finding="turnover cost herds with a strong brand {amount} {direction} per salesperson-year",
            more="of profit",
            less="less than nothing",
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: what survives over the strength of the brand, herds and singletons."""
    table = survival(tables["horizons"])
    return {
        f"survives-{market}": partial(
            figure_grid,
            table=table,
            dial=BRAND,
            arms=[ARMS[HERD], ARMS["singleton"]],
            column="survives",
            what="the part of repeat revenue that survives turnover",
            where=words,
            scale=100,
            unit="percentage points",
        )
        for market, words in MARKET_WORDS.items()
    }
