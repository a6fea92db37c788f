"""Lose the sale, save the client: a seller who names the rival that fits better does better.

The idea: who recommends a better product from someone else loses this sale and keeps the client for the next.
The honest broker sells so, inside a herd and alone. It is set against the same seller who sells the misfit with an
inflated claim. Beside it stands the principled seller, who walks away just as often but names nobody. All ask the
same price.

Judged in profit at the longest horizon, as singletons and in herds (which first look for a colleague who
fits), in a market shared with sellers who never refer and in one where everybody does. What one referral brings is
the gap in profit per visit that was referred. Reciprocity is judged apart: where everybody refers, rivals send
customers back. That the client is saved, in visits by clients and in their trust, is judged apart too.

The essays' idea: "lose the sale but save the client". Rules: docs/odd.md, 7.4 (pitch, refer, or walk away)
and 7.7.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import inflating
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.inference.per_event import gaps_per
from longgame.experiments.measures.kept import EVENTS, HORIZONS, activity
from longgame.sim.library import STRATEGIES

BROKER, SILENT = "honest-broker", "principled"
#: Sells the misfit with an inflated claim.
INFLATES = inflating(STRATEGIES["collaborative"])
PAIRS = of_both_kinds(BROKER, INFLATES)
PLAIN = of_both_kinds(BROKER, SILENT)


def _prepare(tables: Tables) -> Tables:
    """Add what a referral brings, where referrals were counted."""
    if "events" not in tables:
        return tables
    return {**tables, "referrals": gaps_per(tables, PLAIN, "referred")}


CLAIM = Claim(
    name="refer",
    text=__doc__,
    pairs=PAIRS,
    arms=lambda scenario: [Arm(way, kind) for way in (BROKER, INFLATES, SILENT) for kind in ORGANISATIONS],
    measures=(HORIZONS, EVENTS, Measure("activity", activity, 2)),
    prepare=_prepare,
    asks=(
        Ask(
            "Does a seller who recommends a better fitting rival earn more than one who inflates the claim?",
            "sellers who refer made {amount} {direction} profit per salesperson-year than those who inflate the claim",
        ),
        Ask(
            "Does a seller who recommends a better fitting rival earn more than one who only walks away?",
            "sellers who refer made {amount} {direction} profit per salesperson-year than those who only walk away",
            pairs=PLAIN,
        ),
        Contrast(
            "Does a referral bring more than only walking away?",
            "a referral brought {amount} {direction} profit than walking away",
            "per_event",
            "referrals",
            lead=({},),
            unit="money per referral",
            worth=0.0,
        ),
        Ask(
            "Do rivals send customers back to a seller who refers?",
            "sellers who refer were sent {amount} {direction} customers per salesperson-year than those who only walk "
            "away",
            "recommended",
            "events",
            pairs=PLAIN,
            unit="visits per salesperson-year",
            worth=("recommended", "events"),
        ),
        Ask(
            "Do clients come back more often to a seller who refers?",
            "sellers who refer had {amount} {direction} visits by clients per salesperson-year than those who only "
            "walk away",
            "client_visits",
            "activity",
            pairs=PLAIN,
            unit="visits per salesperson-year",
            worth=("client_visits", "activity"),
        ),
        Ask(
            "Do clients trust a seller more who refers?",
            "clients' trust was {amount} percentage points {direction} in sellers who refer",
            "client_trust",
            pairs=PLAIN,
            **POINTS,
        ),
    ),
    # What honesty is worth, how many rivals a seller knows, how often customers need something, whether they talk, and
    # what of a false claim is believed.
    dials=(
        RANGES["trust.honesty"],
        RANGES["attention.rivals_known"],
        FREQUENCY,
        RANGES["word_of_mouth.gossip"],
        RANGES["choice.credence"],
    ),
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
