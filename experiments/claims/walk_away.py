"""No deal beats a bad deal: a seller who walks away from poor fits does better.

The idea: it is better to walk away from the deal than to sell what is not worth its price; win/win or no
deal. The principled seller tells a customer "this is not for you" where the offer is believed to be worth less than
its price, and earns trust in place of the sale.

What else could be done with a misfit? It can be sold with an inflated claim. So the principled seller is set against
the same seller who pitches to everybody and over-promises in full. The better the fit, the less there is to inflate.
Beside it stands the collaborative seller, who pitches to everybody and tells the truth. All ask the same price.

Judged in profit at the longest horizon. What one refusal brings is the gap in profit per visit that the principled
seller walked away from. Clients' trust and win-win deals are judged apart.

The essays' idea: win/win or no deal: "better to walk away from the deal". Rules: docs/odd.md, 7.4 (pitch,
refer, or walk away) and 7.7.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.grids import inflating
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.inference.per_event import gaps_per
from longgame.experiments.measures.kept import EVENTS, HORIZONS
from longgame.sim.library import STRATEGIES

HONEST = "principled"
#: Sells the misfit with an inflated claim.
INFLATES = inflating(STRATEGIES["collaborative"])
PAIRS = of_both_kinds(HONEST, INFLATES)
PLAIN = of_both_kinds(HONEST, "collaborative")


def _prepare(tables: Tables) -> Tables:
    """Add what a refusal brings, where refusals were counted."""
    if "events" not in tables:
        return tables
    return {**tables, "refusals": gaps_per(tables, PAIRS, "walked_away")}


CLAIM = Claim(
    name="walk-away",
    text=__doc__,
    pairs=PAIRS,
    arms=lambda scenario: [Arm(way, kind) for way in (HONEST, INFLATES, "collaborative") for kind in ORGANISATIONS],
    measures=(HORIZONS, EVENTS),
    prepare=_prepare,
    asks=(
        Ask(
            "Does a seller who walks away from a bad deal earn more than one who inflates the claim?",
            "sellers who walk away from bad deals made {amount} {direction} profit per salesperson-year than those who "
            "inflate the claim",
        ),
        Ask(
            "Does a seller who walks away from a bad deal earn more than one who always pitches?",
            "sellers who walk away from bad deals made {amount} {direction} profit per salesperson-year than those who "
            "always pitch",
            pairs=PLAIN,
        ),
        Contrast(
            "Does a refusal bring more than a sale with an inflated claim?",
            "a refusal brought {amount} {direction} profit than an inflated claim",
            "per_event",
            "refusals",
            lead=({},),
            unit="money per refusal",
            worth=0.0,
        ),
        Ask(
            "Do clients trust a seller more who walks away from bad deals?",
            "clients' trust was {amount} percentage points {direction} in sellers who walk away",
            "client_trust",
            **POINTS,
        ),
        Ask(
            "Are more of the deals win-win if bad ones are left alone?",
            "the share of win-win deals was {amount} percentage points {direction} among sellers who walk away",
            "win_win_share",
            pairs=PLAIN,
            **POINTS,
        ),
    ),
    # How much an honest no is worth, what of a false claim is believed and given back, how often the fit is poor,
    # whether customers talk, and how often they need something; then the assumed numbers.
    dials=(
        RANGES["trust.honesty"],
        RANGES["choice.credence"],
        RANGES["offer.breadth"],
        RANGES["service.liability"],
        RANGES["word_of_mouth.gossip"],
        FREQUENCY,
        *ASSUMED_NUMBERS,
    ),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "profit": PROFIT,
            "win-win": Shown("win_win_share", "the share of win-win deals", "percentage points", 100),
        },
        pairs=PAIRS,
    ),
    first_measures=("horizons",),
)
