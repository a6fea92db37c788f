"""Lose/win hurts the seller and the firm, and becomes a habit.

The idea: a seller who closes by giving the price away loses on every deal, does not last in the job, and
teaches clients to wait for the next discount. MODEL.md, section 7, row *desperate*: profit, survival in the
job, price expectation of clients. The library's discounter, who sells at a tenth below cost, is set against
the same seller at a fair price (cost + 40 %), so that nothing but the price differs.

The claim itself is judged in profit at the longest horizon; below cost that is close to arithmetic, and its
size tells how many more are served at a loss. Survival in the job is judged by dismissals per
salesperson-year (resignations come by luck alone), the habit by the price that clients expect at the end of
the run. An effect above 0 says that lose/win hurts.
"""

from __future__ import annotations

from longgame.experiments.design.arms import ORGANISATIONS, Arm, markets
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, Tables, a_twentieth, judge_pairs
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.library import FAIR, STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

QUESTION = "Does a seller who gives the price away earn less than the same seller at a fair price?"

DISCOUNTER = STRATEGIES["discounter"]
FAIR_PRICE = Strategy(
    name="fair-price",
    description="The discounter in all but the price, which is fair.",
    with_prospects=DISCOUNTER.with_prospects.but(markup=FAIR),
)
PAIRS = [(Arm(FAIR_PRICE, kind), Arm("discounter", kind)) for kind in ORGANISATIONS]

MEASURES = (HORIZONS, Measure("jobs", measures.job_security), Measure("clients", measures.clients_at_end))

#: How much the expected price counts and how fast it moves, how picky customers are, and how often they buy.
KNOBS = (
    Knob("choice.reference_weight", 0.0, 2.0),
    Knob("choice.reference_rate", 0.0, 1.0),
    Knob("choice.buy_temperature", 0.03, 1.0),
    FREQUENCY,
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: a fair price and one below cost × singletons and herds, shared and separate."""
    return Plan(markets(scenario, [arm for pair in PAIRS for arm in pair]), seeds, MEASURES)


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, on dismissals, and on the price that clients expect."""
    last = int(tables["clients"]["months"].max())
    at_end = {**tables, "horizons": tables["horizons"][tables["horizons"]["months"] == last]}
    return (
        judge_pairs(
            "desperate",
            QUESTION,
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="sellers at a fair price made {amount} {direction} profit per salesperson-year than "
            "desperate discounters",
        ),
        judge_pairs(
            "desperate",
            "Do sellers who give the price away lose their jobs more often?",
            tables,
            PAIRS,
            "dismissed",
            table="jobs",
            unit="dismissals per 100 salesperson-years",
            scale=-100,
            worth=ONE_POINT,
            finding="there were {amount} {direction} dismissals per 100 salesperson-years of desperate "
            "discounters than of sellers at a fair price",
        ),
        judge_pairs(
            "desperate",
            "Do clients of sellers who give the price away come to expect it?",
            at_end,
            PAIRS,
            "expected_price",
            table="clients",
            unit="percentage points of the stake",
            scale=100,
            worth=ONE_POINT,
            more="lower",
            less="higher",
            finding="the price that clients of discounters expect was {amount} percentage points of the "
            "stake {direction} than that expected by clients of sellers at a fair price",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit and dismissals over horizons."""
    dismissals = "the number of dismissals"
    columns = {"profit": PROFIT, "dismissals": Shown("dismissed", dismissals, "per 100 salesperson-years", 100, "jobs")}
    return in_each_market(figure_pairs, tables, columns, pairs=PAIRS)
