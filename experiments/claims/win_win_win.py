"""Win-win-win: a seller who makes the client's business grow does better.

The idea: value goes up the chain; who helps clients so that their own customers gain has larger clients, and
an annuity that grows with them. The same collaborative seller gives full advice or none, and is compared in
clients' prosperity, revenue, and the gain of customers' customers; a level between is drawn. Advice takes
hours that are lost to other customers.

The claim itself is judged in profit at the longest horizon. Revenue, the prosperity of clients at the end of
the run, and the share of win-win-win deals (which nobody has without advice) are judged apart.

The essays' idea: "business advisor and partner": value goes up the chain. Rules: docs/odd.md, 7.4 (minutes),
7.6 (kind of deal) and 7.7 (prosperity).
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import sweep
from longgame.experiments.design.plan import Measure
from longgame.experiments.figures.pairs import PROFIT, Shown, in_each_market
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.measures.kept import HORIZONS, activity, clients_at_end
from longgame.sim.library import STRATEGIES

LINES = {kind: sweep(STRATEGIES["collaborative"], "advice", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS}

CLAIM = Claim(
    name="win-win-win",
    text=__doc__,
    pairs=[(line[-1], line[0]) for line in LINES.values()],
    arms=lambda scenario: [arm for line in LINES.values() for arm in line],
    measures=(HORIZONS, Measure("activity", activity, 2), Measure("clients", clients_at_end)),
    asks=(
        Ask(
            "Does a seller who makes clients' business grow earn more than one who gives no advice?",
            "sellers who give advice made {amount} {direction} profit per salesperson-year than those who give none",
        ),
        Ask(
            "Does advice bring more revenue?",
            "sellers who give advice had {amount} {direction} revenue per salesperson-year than those who give none",
            "revenue",
            worth=("revenue",),
        ),
        Ask(
            "Do clients of sellers who give advice prosper more?",
            "clients' prosperity was {amount} percent of normal {direction} with advice than without",
            "prosperity",
            "clients",
            **{**POINTS, "unit": "percent of normal"},
        ),
        Ask(
            "Do clients' customers gain in more of the deals?",
            "the share of win-win-win deals was {amount} percentage points {direction} with advice than without",
            "win_win_win_share",
            "activity",
            **POINTS,
        ),
    ),
    # How much advice brings, how long it lasts, what it takes, how long clients stay, how often they come.
    dials=(
        RANGES["prosperity.advice_growth"],
        RANGES["prosperity.reversion"],
        RANGES["attention.advise"],
        RANGES["customers.churn"],
        FREQUENCY,
    ),
    draw=partial(
        in_each_market,
        figure_sweep,
        columns={
            "profit": PROFIT,
            "revenue": Shown("revenue", "revenue"),
            "prosperity": Shown("prosperity", "clients' prosperity", "percent of normal", 100, "clients"),
        },
        arms=LINES,
        dial="advice",
    ),
    first_measures=("horizons",),
)
