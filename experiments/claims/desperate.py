"""Lose/win hurts the seller and the firm, and becomes a habit.

The idea: a seller who closes by giving the price away earns too little, does not last in the job, and
teaches clients to wait for the next discount. Below cost that is arithmetic. So the discounter of the library sells
at a thin but positive margin (cost + 10 %). The same seller at a fair price (cost + 40 %) differs in nothing else.

The claim itself is judged in profit at the longest horizon. Survival in the job is judged by dismissals per
salesperson-year (resignations come by luck alone), the habit by the price that clients expect at the end of
the run. An effect above 0 says that lose/win hurts.

Two more sellers are compared with the fair one, each in a market of its own. One gives the first deal away and returns
to the fair price. Asked is whether those clients come back less. The other gives discounts only when behind plan,
that is, while their work has made a loss so far.

The essays' idea: lose/win: "a ridiculously low price with no profit". Rules: docs/odd.md, 7.5, 7.7 (expected
price) and 7.10.
"""

from functools import partial

from longgame.experiments.claim import Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, Arm
from longgame.experiments.design.behind_plan import THIN, BehindPlan
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import with_between
from longgame.experiments.design.plan import Design, Measure
from longgame.experiments.design.prices import at_markup
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.measures.kept import HORIZONS, came_back, clients_at_end, job_security
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library._conducts import FAIR
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

FAIR_PRICE = at_markup("discounter", FAIR, "fair-price")
DISCOUNT = at_markup("discounter", THIN, "thin-margin")
RETURNS = Strategy.model_validate(
    {**DISCOUNT.model_dump(), "name": "price-returns", "with_clients": FAIR_PRICE.with_prospects}
)
PAIRS = [(Arm(FAIR_PRICE, kind), Arm(DISCOUNT, kind)) for kind in ORGANISATIONS]
RETURNED = [(Arm(FAIR_PRICE, kind), Arm(RETURNS, kind)) for kind in ORGANISATIONS]
BEHIND = [(Arm(FAIR_PRICE, kind), Arm(BehindPlan, kind)) for kind in ORGANISATIONS]
ALONE = {SEPARATE: MARKET_WORDS[SEPARATE]}


def _design(scenario: Scenario) -> Design:
    """Return a fair price and a discount, shared and separate, and the other two alone."""
    ends = [arm for pair in PAIRS for arm in pair]
    return with_between(scenario, ends, [arm for _, arm in (*RETURNED, *BEHIND)])


CLAIM = Claim(
    name="desperate",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(
        HORIZONS,
        Measure("jobs", job_security),
        Measure("clients", clients_at_end),
        Measure("came_back", came_back, orders=True),
    ),
    asks=(
        Ask(
            "Does a seller who gives the price away earn less than the same seller at a fair price?",
            "sellers at a fair price made {amount} {direction} profit per salesperson-year than desperate discounters",
        ),
        Ask(
            "Do sellers who give the price away lose their jobs more often?",
            "there were {amount} {direction} dismissals per 100 salesperson-years of desperate discounters than of "
            "sellers at a fair price",
            "dismissed",
            "jobs",
            unit="dismissals per 100 salesperson-years",
            scale=-100,
            worth=1.0,
        ),
        Ask(
            "Do clients of sellers who give the price away come to expect it?",
            "discounters' clients expected a price {amount} percentage points of the stake {direction} than clients "
            "of sellers at a fair price",
            "expected_price",
            "clients",
            unit="percentage points of the stake",
            scale=100,
            worth=1.0,
            more="lower",
            less="higher",
        ),
        Ask(
            "Do clients come back less once the price returns?",
            "clients came back {amount} percentage points {direction} often to who was fair from the first deal",
            "rate",
            "came_back",
            pairs=RETURNED,
            kinds=ALONE,
            unit="percentage points",
            scale=100,
            worth=1.0,
        ),
        Ask(
            "Does a seller who gives discounts only when behind plan earn less?",
            "sellers at a fair price made {amount} {direction} profit per salesperson-year than those who give "
            "discounts when behind plan",
            pairs=BEHIND,
            kinds=ALONE,
        ),
    ),
    # How much the expected price counts and how fast it moves, how picky customers are, and how often they buy.
    dials=(
        RANGES["choice.reference_weight"],
        RANGES["choice.reference_rate"],
        RANGES["choice.buy_temperature"],
        FREQUENCY,
    ),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "profit": PROFIT,
            "dismissals": Shown("dismissed", "the number of dismissals", "per 100 salesperson-years", 100, "jobs"),
        },
        pairs=PAIRS,
    ),
    first_measures=("horizons",),
)
