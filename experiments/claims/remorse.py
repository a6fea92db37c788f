"""Over-promising is the greatest source of buyer's remorse.

The idea: over-promise the benefits and under-sell the downsides, and the buyer regrets the deal.
Over-promising runs from 0 to 1; compared are refunds, trust, and profit in the long run. Greatest means
greater than other sources: the same collaborative seller is made to over-promise in full, to push in full, or
to ask nothing, and is otherwise left alone.

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

The essays' idea: "over-promise the benefits, under-sell the downsides". Rules: docs/odd.md, 7.5 and 7.6
(refund).
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE
from longgame.experiments.design.dials import RANGES
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

BASE = STRATEGIES["collaborative"]
LINES = {kind: sweep(BASE, "overpromise", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS}
OTHERS = {
    kind: [sweep(BASE, dial, (worst,), kind)[0] for dial, worst in (("pressure", 1.0), ("discovery", 0.0))]
    for kind in ORGANISATIONS
}
PAIRS = [(LINES[kind][-1], other) for kind in ORGANISATIONS for other in OTHERS[kind]]
SWAPPED = [(honest, liar) for honest, _, liar in LINES.values()]


def _design(scenario: Scenario) -> Design:
    """Return over-promising in full and not at all, full pressure, no questions."""
    ends = [arm for kind, (none, _, all_) in LINES.items() for arm in (none, all_, *OTHERS[kind])]
    return with_between(scenario, ends, [line[1] for line in LINES.values()])


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return refunds by source, and refunds and profit over how far one over-promises."""
    refunds = {"column": "refunded", "what": "the share of deals refunded", "scale": 100}
    drawn: dict[str, Draw] = {}
    for market, words in MARKET_WORDS.items():
        for kind in ORGANISATIONS:
            pairs = [pair for pair in PAIRS if pair[0].organisation == kind]
            drawn[f"refunds-{market}-{kind}"] = partial(
                figure_pairs,
                tables=tables,
                pairs=pairs,
                market=market,
                where=words,
                unit="percentage points",
                **refunds,
            )
        lines = LINES if market == SEPARATE else {kind: [none, all_] for kind, (none, _, all_) in LINES.items()}
        draw = partial(figure_sweep, tables=tables, arms=lines, market=market, dial="overpromise", where=words)
        drawn[f"overpromise-refunds-{market}"] = partial(draw, **refunds)
        drawn[f"overpromise-profit-{market}"] = partial(draw, column="profit", what="profit")
    return drawn


CLAIM = Claim(
    name="remorse",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    asks=(
        Ask(
            "Does over-promising lead to more refunds than pressure, and than not asking?",
            "the share of deals refunded was {amount} percentage points {direction} after over-promising than after "
            "pressure, or without questions",
            "refunded",
            **POINTS,
        ),
        Ask(
            "Does over-promising lead to refunds?",
            "the share of deals refunded was {amount} percentage points {direction} with over-promising than with true "
            "claims",
            "refunded",
            pairs=[(liar, honest) for honest, liar in SWAPPED],
            **POINTS,
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
    # How far value may fall short before remorse, what pressure adds, how poor fits are, and how trust starts (a claim
    # is believed as far as its speaker is trusted).
    dials=(
        RANGES["service.tolerance"],
        RANGES["service.pressure_remorse"],
        RANGES["offer.breadth"],
        RANGES["trust.prior"],
    ),
    draw=_draw,
)
