"""Clients who should not have been sold to cost the pushy seller hours later on.

The idea: who sells what does not fit goes to war with the client afterwards, and pays for the deal in time.

A deal is regretted where it is worth less than its price or its claim, beyond what customers tolerate. Adversarial
sellers are set against collaborative and against principled ones, all at the price of collaborative sellers. The
first verdict asks for the hours that regretted deals take, per salesperson-month: the conversation, the service and
the quarrel. The second counts the quarrels alone; where `service.war` is 0 there are none. The third asks how many
deals are regretted. The fourth sets principled against collaborative sellers, who differ in walking away alone. A
difference of an hour a month is the least worth having, about a hundredth of the hours.

The essays' idea: at war with the client, or for the client. Rules: docs/odd.md, 7.6 and 7.9.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.experiments.claim import Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.design.prices import at_price_of
from longgame.experiments.figures.pairs import Shown, figure_pairs, in_each_market
from longgame.experiments.measures.kept import HORIZONS, at_horizons
from longgame.experiments.study import Draw
from longgame.sim.books import Result

GOOD, PUSHY = ("collaborative", "principled"), "adversarial"
OURS = {kind: at_price_of(PUSHY, GOOD[0], kind) for kind in ORGANISATIONS}
PAIRS = [(OURS[kind], Arm(good, kind)) for good in GOOD for kind in ORGANISATIONS]
WALKING = [(Arm(GOOD[0], kind), Arm(GOOD[1], kind)) for kind in ORGANISATIONS]


def wasted(sums: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return ``regret_hours``, ``war_hours`` and ``regretted`` deals, all per salesperson-month."""
    months = np.maximum(sums["salesperson_months"], 1)
    return {
        "regret_hours": sums["regret_minutes"] / 60 / months,
        "war_hours": sums["war_minutes"] / 60 / months,
        "regretted": sums["regretted"] / months,
    }


def quarrels(result: Result) -> pd.DataFrame:
    """Return `wasted` of every group at every horizon."""
    return at_horizons(wasted, result)


HOURS = {"table": "quarrels", "unit": "hours per salesperson-month", "worth": 1.0}


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return the hours on regretted deals and on quarrels, for singletons and herds apart."""
    drawn: dict[str, Draw] = {}
    for kind in ORGANISATIONS:
        columns = {
            f"{name}-{kind}": Shown(f"{name}_hours", what, HOURS["unit"], table="quarrels")
            for name, what in (("regret", "time on deals that clients regret"), ("war", "time on quarrels"))
        }
        pairs = [pair for pair in PAIRS if pair[0].organisation == kind]
        drawn |= in_each_market(figure_pairs, tables, columns, pairs=pairs)
    return drawn


CLAIM = Claim(
    name="war",
    text=__doc__,
    pairs=PAIRS,
    measures=(HORIZONS, Measure("quarrels", quarrels)),
    asks=(
        Ask(
            "Do pushy sellers spend more hours on clients who should not have been sold to?",
            "at equal prices adversarial sellers spent {amount} {direction} hours a month on deals that clients regret",
            "regret_hours",
            **HOURS,
        ),
        Ask(
            "Do pushy sellers spend more hours on quarrels with such clients?",
            "at equal prices adversarial sellers spent {amount} {direction} hours a month on quarrels",
            "war_hours",
            **HOURS,
        ),
        Ask(
            "Do clients of pushy sellers regret more deals?",
            "at equal prices clients of adversarial sellers regretted {amount} {direction} deals a month",
            "regretted",
            "quarrels",
            unit="deals per salesperson-month",
            worth=("regretted", "quarrels"),
        ),
        Ask(
            "Does walking away spare hours on clients who should not have been sold to?",
            "sellers who always pitch spent {amount} {direction} hours a month on deals that clients regret",
            "regret_hours",
            pairs=WALKING,
            **HOURS,
        ),
    ),
    # What a quarrel takes, when a deal is regretted, how well fit is known and improved, and how often one returns.
    dials=(
        RANGES["service.tolerance"],
        RANGES["offer.breadth"],
        RANGES["attention.estimate_noise"],
        RANGES["attention.tailoring"],
        FREQUENCY,
    ),
    draw=_draw,
)
