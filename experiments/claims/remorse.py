"""Over-promising is the greatest source of buyer's remorse.

The idea: over-promise the benefits and under-sell the downsides, and the buyer regrets the deal. Greatest means
greater than other sources. The same collaborative seller is changed in one dial, by the same dose: over-promising from
0 to .8, pressure from 0 to .8, or discovery from .8 to 0. All ask the same price.

A buyer regrets a deal that is worth less than its price or its claim, by more than `tolerance`. The claim itself is
judged by the number of regretted deals per salesperson-year, at the longest horizon: over-promising must bring more
than each of the two others. Deals with money back are counted as well. They come of a value below the price, of
pressure, and where the law helps of a false claim. That over-promising brings any regret, costs clients' trust, and
costs profit in the long run, is judged apart.

The essays' idea: "over-promise the benefits, under-sell the downsides". Rules: docs/odd.md, 7.5 and 7.6
(refund).
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE
from longgame.experiments.design.dials import ASSUMED_NUMBERS, RANGES
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.measures.kept import EVENTS, HORIZONS
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

BASE = STRATEGIES["collaborative"]

#: How far each cause is turned: as far as there is discovery to leave out.
DOSE = BASE.with_prospects.discovery
LINES = {kind: sweep(BASE, "overpromise", (0.0, DOSE / 2, DOSE), kind) for kind in ORGANISATIONS}
OTHERS = {
    kind: [sweep(BASE, dial, (worst,), kind)[0] for dial, worst in (("pressure", DOSE), ("discovery", 0.0))]
    for kind in ORGANISATIONS
}
PAIRS = [(LINES[kind][-1], other) for kind in ORGANISATIONS for other in OTHERS[kind]]
SWAPPED = [(honest, liar) for honest, _, liar in LINES.values()]
YEARLY = {"table": "events", "unit": "deals per salesperson-year"}


def _design(scenario: Scenario) -> Design:
    """Return over-promising and not, pressure, no questions."""
    ends = [arm for kind, (none, _, all_) in LINES.items() for arm in (none, all_, *OTHERS[kind])]
    return with_between(scenario, ends, [line[1] for line in LINES.values()])


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return regrets by source, and regrets and profit over how far one over-promises."""
    counted = {"horizons": tables["events"]}
    regrets = {"column": "regretted", "what": "the number of regretted deals", "unit": "per salesperson-year"}
    drawn: dict[str, Draw] = {}
    for market, words in MARKET_WORDS.items():
        for kind in ORGANISATIONS:
            drawn[f"regrets-{market}-{kind}"] = partial(
                figure_pairs,
                tables=counted,
                pairs=[pair for pair in PAIRS if pair[0].organisation == kind],
                market=market,
                where=words,
                **regrets,
            )
        lines = LINES if market == SEPARATE else {kind: [none, all_] for kind, (none, _, all_) in LINES.items()}
        draw = partial(figure_sweep, arms=lines, market=market, dial="overpromise", where=words)
        drawn[f"overpromise-regrets-{market}"] = partial(draw, tables=counted, **regrets)
        drawn[f"overpromise-profit-{market}"] = partial(draw, tables=tables, column="profit", what="profit")
    return drawn


CLAIM = Claim(
    name="remorse",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(HORIZONS, EVENTS),
    asks=(
        Ask(
            "Does over-promising lead to more regretted deals than pressure, and than not asking?",
            "{amount} {direction} deals per salesperson-year were regretted after over-promising than after pressure, "
            "or without questions",
            "regretted",
            worth=("regretted", "events"),
            **YEARLY,
        ),
        Ask(
            "Does over-promising lead to more refunds than pressure, and than not asking?",
            "{amount} {direction} deals per salesperson-year were refunded after over-promising than after pressure, "
            "or without questions",
            "refunded",
            worth=("refunded", "events"),
            **YEARLY,
        ),
        Ask(
            "Does over-promising lead to regret?",
            "{amount} {direction} deals per salesperson-year were regretted with over-promising than with true claims",
            "regretted",
            pairs=[(liar, honest) for honest, liar in SWAPPED],
            worth=("regretted", "events"),
            **YEARLY,
        ),
        Ask(
            "Does over-promising cost clients' trust?",
            "clients' trust was {amount} percentage points {direction} in sellers whose claims are true than in those "
            "who over-promise",
            "client_trust",
            pairs=SWAPPED,
            **POINTS,
        ),
        Ask(
            "Does over-promising cost profit in the long run?",
            "sellers whose claims are true made {amount} {direction} profit per salesperson-year than those who "
            "over-promise",
            pairs=SWAPPED,
        ),
    ),
    # How far value may fall short before remorse, what pressure adds, how poor fits are, what of a false claim is
    # believed; then the assumed numbers.
    dials=(
        RANGES["service.tolerance"],
        RANGES["service.pressure_remorse"],
        RANGES["offer.breadth"],
        RANGES["choice.credence"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
    first_measures=("horizons", "events"),
)
