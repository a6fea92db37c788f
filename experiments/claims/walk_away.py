"""No deal beats a bad deal: a seller who walks away from poor fits does better.

The idea: it is better to walk away from the deal than to sell what is not worth its price; win/win or no
deal. MODEL.md, section 7, row *walk-away*: principled sellers against collaborative ones who always pitch.
They differ in this one dial: the principled one tells a customer "this is not for you" where the offer is
believed to be worth less than its price, and earns trust in place of the sale.

Judged in profit at the longest horizon. That clients trust them more, and that more of their deals are
win-win, is judged apart: the second is nearly so by construction, mistakes about the fit excepted.
"""

from __future__ import annotations

from longgame.experiments.design.arms import markets
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, Tables, a_twentieth, judge_pairs, of_both_kinds
from longgame.experiments.inference.verdicts import Verdict
from longgame.sim.scenario import Scenario

QUESTION = "Does a seller who walks away from a bad deal earn more than one who always pitches?"

OURS, THEIRS = "principled", "collaborative"
PAIRS = of_both_kinds(OURS, THEIRS)

#: How much an honest no is worth, how well the fit is known, how often it is poor, whether customers talk,
#: and how often they need something.
KNOBS = (
    Knob("trust.honesty", 0.0, 1.0),
    Knob("attention.estimate_noise", 0.0, 1.0),
    Knob("offer.breadth", 0.2, 0.5),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    FREQUENCY,
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: those who walk away and those who pitch × singletons and herds."""
    return Plan(markets(scenario, [arm for pair in PAIRS for arm in pair]), seeds, (HORIZONS,))


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, on clients' trust, and on win-win deals."""
    points = {"unit": "percentage points", "scale": 100, "worth": ONE_POINT, "more": "higher", "less": "lower"}
    return (
        judge_pairs(
            "walk-away",
            QUESTION,
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="sellers who walk away from bad deals made {amount} {direction} profit per "
            "salesperson-year than those who always pitch",
        ),
        judge_pairs(
            "walk-away",
            "Do clients trust a seller more who walks away from bad deals?",
            tables,
            PAIRS,
            "client_trust",
            **points,
            finding="clients' trust was {amount} percentage points {direction} in sellers who walk away",
        ),
        judge_pairs(
            "walk-away",
            "Are more of the deals win-win if bad ones are left alone?",
            tables,
            PAIRS,
            "win_win_share",
            **points,
            finding="the share of win-win deals was {amount} percentage points {direction} among sellers who walk away",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit and win-win deals over horizons."""
    win_win = Shown("win_win_share", "the share of win-win deals", "percentage points", 100)
    return in_each_market(figure_pairs, tables, {"profit": PROFIT, "win-win": win_win}, pairs=PAIRS)
