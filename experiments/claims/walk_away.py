"""No deal beats a bad deal: a seller who walks away from poor fits does better.

The idea: it is better to walk away from the deal than to sell what is not worth its price; win/win or no
deal. Principled sellers are set against collaborative ones who always pitch. They differ in this one dial:
the principled one tells a customer "this is not for you" where the offer is believed to be worth less than
its price, and earns trust in place of the sale.

Judged in profit at the longest horizon. That clients trust them more, and that more of their deals are
win-win, is judged apart: the second is nearly so by construction, mistakes about the fit excepted.

The essays' idea: win/win or no deal: "better to walk away from the deal". Rules: docs/odd.md, 7.4 (pitch,
refer, or walk away) and 7.7.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import of_both_kinds

PAIRS = of_both_kinds("principled", "collaborative")

CLAIM = Claim(
    name="walk-away",
    text=__doc__,
    pairs=PAIRS,
    asks=(
        Ask(
            "Does a seller who walks away from a bad deal earn more than one who always pitches?",
            "sellers who walk away from bad deals made {amount} {direction} profit per salesperson-year than those who "
            "always pitch",
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
            **POINTS,
        ),
    ),
    # How much an honest no is worth, how well the fit is known, how often it is poor, whether customers talk, and how
    # often they need something.
    dials=(
        RANGES["trust.honesty"],
        RANGES["attention.estimate_noise"],
        RANGES["offer.breadth"],
        RANGES["word_of_mouth.gossip"],
        FREQUENCY,
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
)
