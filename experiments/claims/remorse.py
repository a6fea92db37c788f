"""Over-promising is the greatest source of buyer's remorse.

The idea: over-promise the benefits and under-sell the downsides, and the buyer regrets the deal. MODEL.md,
section 7, row *remorse*: overpromise from 0 to 1; refunds, trust, long-run profit. Greatest means greater
than other sources: the same collaborative seller is made to over-promise in full, to push in full, or to ask
nothing, and is otherwise left alone.

The claim itself is judged by the share of deals that are refunded, at the longest horizon: over-promising
must bring more than each of the two others. That it brings any, costs clients' trust, and costs profit in the
long run, is judged apart. In this market a refund is asked where what was delivered falls short of the price
paid (and more readily after pressure), not where it falls short of the claim: a false claim brings remorse
only by selling what does not fit.

Seen after the first runs, and nothing turned for it: over-promising *pays*, in separate markets over 10
years 5,800 per salesperson-year among singletons and 5,400 in herds. All of it is made at the pitch. An
honest claim, too, is believed only as far as its speaker is trusted, so that the truth undersells: with
full over-promising 51 % of visits end in a deal instead of 22 % (herds: 66 instead of 45 %), and where
nobody can decline (`--set choice.decides=false`) over-promising *costs* 1,700 and 2,000. Refunds take back
4,100 and 1,700 (against `service.remorse=0`), disappointment 2,300 and 3,200 (against
`experience.claim_weight=0`; with 2, four times its weight, 3,200 and 400 are left of the gain). Memory as a
whole takes back 800 and nothing (`trust.memory=false`), word of mouth 200 and nothing
(`word_of_mouth.gossip=0`): clients' trust falls from 0.64 to 0.52 (0.65 to 0.56), less than the claim
rises, so even repeat revenue grows. 10 seeds each, `longgame run remorse --seeds 10 --set …`, the effects
of the last verdict in separate markets.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.flips import Knob
from longgame.experiments.inference.pairs import (
    HORIZONS,
    ONE_POINT,
    Tables,
    a_twentieth,
    judge_pairs,
    of_pairs,
    only_pairs,
)
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

QUESTION = "Does over-promising lead to more refunds than pressure, and than not asking?"

BASE = STRATEGIES["collaborative"]
SWEPT = {kind: sweep(BASE, "overpromise", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS}
OTHERS = {
    kind: [sweep(BASE, dial, (worst,), kind)[0] for dial, worst in (("pressure", 1.0), ("discovery", 0.0))]
    for kind in ORGANISATIONS
}
POINTS: dict[str, Any] = {
    "unit": "percentage points",
    "scale": 100,
    "worth": ONE_POINT,
    "more": "higher",
    "less": "lower",
}
PAIRS = [(SWEPT[kind][-1], other) for kind in ORGANISATIONS for other in OTHERS[kind]]
ENDS = [(line[-1], line[0]) for line in SWEPT.values()]
SWAPPED = [(honest, liar) for liar, honest in ENDS]

#: How far value may fall short before remorse, how often it asks for money back, what pressure adds, how poor
#: fits are, and how trust starts (a claim is believed as far as its speaker is trusted).
KNOBS = (
    Knob("service.tolerance", 0.0, 0.5),
    Knob("service.pressure_remorse", 0.0, 5.0),
    Knob("offer.breadth", 0.2, 0.5),
    Knob("trust.prior", 0.1, 0.9),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: over-promising in full and not at all, full pressure, no questions."""
    compared = [arm for kind in ORGANISATIONS for arm in (SWEPT[kind][0], SWEPT[kind][-1], *OTHERS[kind])]
    between = [arm for line in SWEPT.values() for arm in line[1:-1]]
    return Plan(with_between(scenario, compared, between), seeds, (HORIZONS,))


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: neither true claims nor the levels between."""
    return only_pairs(plan(scenario, seeds), PAIRS)


def first(tables: Tables) -> Verdict:
    """Return the verdict on the greatest source of refunds."""
    tables = of_pairs(tables, PAIRS)
    return judge_pairs(
        "remorse",
        QUESTION,
        tables,
        PAIRS,
        "refunded",
        **POINTS,
        finding="the share of deals refunded was {amount} percentage points {direction} after "
        "over-promising than after pressure, or without questions",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on the greatest source of refunds, and on what over-promising does by itself."""
    return (
        first(tables),
        judge_pairs(
            "remorse",
            "Does over-promising lead to refunds?",
            tables,
            ENDS,
            "refunded",
            **POINTS,
            finding="the share of deals refunded was {amount} percentage points {direction} with "
            "over-promising than with true claims",
        ),
        judge_pairs(
            "remorse",
            "Does over-promising cost clients' trust?",
            tables,
            SWAPPED,
            "client_trust",
            **POINTS,
            finding="clients' trust was {amount} percentage points {direction} in sellers whose claims are "
            "true than in those who over-promise",
        ),
        judge_pairs(
            "remorse",
            "Does over-promising cost profit in the long run?",
            tables,
            SWAPPED,
            "profit",
            worth=a_twentieth(tables),
            finding="sellers whose claims are true made {amount} {direction} profit per salesperson-year "
            "than those who over-promise",
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: refunds by source, and refunds and profit over how far one over-promises."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    for market, words in MARKET_WORDS.items():
        for kind in ORGANISATIONS:
            drawn[f"refunds-{market}-{kind}"] = partial(
                figure_pairs,
                tables=tables,
                pairs=[pair for pair in PAIRS if pair[0].organisation == kind],
                market=market,
                column="refunded",
                what="the share of deals refunded",
                unit="percentage points",
                where=words,
                scale=100,
            )
        lines = SWEPT if market == SEPARATE else {kind: [a, b] for kind, (a, *_, b) in SWEPT.items()}
        draw = partial(figure_sweep, tables=tables, arms=lines, market=market, dial="overpromise", where=words)
        drawn[f"overpromise-refunds-{market}"] = partial(
            draw, column="refunded", what="the share of deals refunded", scale=100
        )
        drawn[f"overpromise-profit-{market}"] = partial(draw, column="profit", what="profit")
    return drawn
