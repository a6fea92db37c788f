"""Lose the sale, save the client: a seller who names the rival that fits better does better.

The idea: who recommends a better product from someone else loses this sale and keeps the client for the next.
The honest broker sells so, inside a herd and alone. It is set against the principled seller, who walks away
just as often but names nobody.

Judged in profit at the longest horizon, as singletons and in herds (which first look for a colleague who
fits), in a market shared with sellers who never refer and in one where everybody does. That the client is
saved, in visits by clients and in their trust, is judged apart.

The essays' idea: "lose the sale but save the client". Rules: docs/odd.md, 7.4 (pitch, refer, or walk away)
and 7.7.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.measures.kept import HORIZONS, activity

PAIRS = of_both_kinds("honest-broker", "principled")

CLAIM = Claim(
    name="refer",
    text=__doc__,
    pairs=PAIRS,
    measures=(HORIZONS, Measure("activity", activity, 2)),
    asks=(
        Ask(
            "Does a seller who recommends a better fitting rival earn more than one who only walks away?",
            "sellers who refer made {amount} {direction} profit per salesperson-year than those who only walk away",
        ),
        Ask(
            "Do clients come back more often to a seller who refers?",
            "sellers who refer had {amount} {direction} visits by clients per salesperson-year than those who only "
            "walk away",
            "client_visits",
            "activity",
            unit="visits per salesperson-year",
            worth=("client_visits", "activity"),
        ),
        Ask(
            "Do clients trust a seller more who refers?",
            "clients' trust was {amount} percentage points {direction} in sellers who refer",
            "client_trust",
            **POINTS,
        ),
    ),
    # What honesty is worth, how many rivals a seller knows, how often customers need something, whether they talk.
    dials=(RANGES["trust.honesty"], RANGES["attention.rivals_known"], FREQUENCY, RANGES["word_of_mouth.gossip"]),
    draw=partial(
        in_each_market,
        figure_pairs,
        columns={
            "profit": PROFIT,
            "clients": Shown(
                "client_visits", "the number of visits by clients", "per salesperson-year", table="activity"
            ),
        },
        pairs=PAIRS,
    ),
    first_measures=("horizons",),
)
