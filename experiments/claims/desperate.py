"""Lose/win hurts the seller and the firm, and becomes a habit.

The idea: a seller who closes by giving the price away loses on every deal, does not last in the job, and
teaches clients to wait for the next discount. Compared are profit, survival in the job, and the price that
clients expect. The library's discounter, who sells at a tenth below cost, is set against the same seller at a
fair price (cost + 40 %), so that nothing but the price differs.

The claim itself is judged in profit at the longest horizon; below cost that is close to arithmetic, and its
size tells how many more are served at a loss. Survival in the job is judged by dismissals per
salesperson-year (resignations come by luck alone), the habit by the price that clients expect at the end of
the run. An effect above 0 says that lose/win hurts.

The essays' idea: lose/win: "a ridiculously low price with no profit". Rules: docs/odd.md, 7.5, 7.7 (expected
price) and 7.10.
"""

from functools import partial

from longgame.experiments.claim import Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.measures.kept import HORIZONS, clients_at_end, job_security
from longgame.sim.library import STRATEGIES
from longgame.sim.library._conducts import FAIR
from longgame.sim.strategy import Strategy

DISCOUNTER = STRATEGIES["discounter"]
FAIR_PRICE = Strategy(
    name="fair-price",
    description="The discounter in all but the price, which is fair.",
    with_prospects=DISCOUNTER.with_prospects.but(markup=FAIR),
)
PAIRS = [(Arm(FAIR_PRICE, kind), Arm("discounter", kind)) for kind in ORGANISATIONS]

CLAIM = Claim(
    name="desperate",
    text=__doc__,
    pairs=PAIRS,
    measures=(HORIZONS, Measure("jobs", job_security), Measure("clients", clients_at_end)),
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
