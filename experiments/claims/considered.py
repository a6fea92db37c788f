"""After a win-lose the seller is not considered at the next need.

The idea: a customer who lost by a deal goes elsewhere next time, even to somebody unknown. Read from the order
log: is the customer's next purchase from the same salesperson?

Whether a delivery fails, and whether that is put right, is decided by lot. So deals with a failure that nobody solved
are compared with sound deals of the same kind of seller. Every deal counts that is followed for two years. No purchase
in that time counts as none from the seller. Both conducts ask the same price.

Asked beside it: the same among customers who did buy something, the same for the firm, and the same after deals that
the seller won and the customer lost. The last were not drawn by lot: a poor fit makes them likelier, and fit lasts.

The essays' idea: win/lose works only once. Rules: docs/odd.md, 7.2, 7.3 and 7.6 (failure, kind of deal).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from longgame.experiments.claim import Claim, Contrast, nothing
from longgame.experiments.design.arms import Side, chosen
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.design.prices import at_equal_prices
from longgame.experiments.figures.clients import figure_after_first
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, Pair, in_each_setting
from longgame.experiments.measures.after import next_orders
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.study import Draw
from longgame.experiments.words import number

OURS, THEIRS = "collaborative", "adversarial"
ARMS = [arm for pair in at_equal_prices(OURS, [THEIRS]) for arm in pair]

#: Fewest deals of a kind in a run from which a share is taken.
FEWEST = 10

SOUND, FAILED = {"kind": "failure", "level": "none"}, {"kind": "failure", "level": "unsolved"}
BOTH_WON, ONE_LOST = {"kind": "loss", "level": "none"}, {"kind": "loss", "level": "large"}


def _prepare(tables: Tables) -> Tables:
    """Keep the kinds of deal from which a share can be taken."""
    if "next_orders" not in tables:
        return tables
    return {**tables, "next_orders": tables["next_orders"].loc[tables["next_orders"]["deals"] >= FEWEST]}


def _levels(tables: Tables) -> str:
    """Report both shares, over all arms and runs."""
    rows = tables["next_orders"]
    good, bad = (100 * rows.loc[chosen(rows, side), "again"].mean() for side in (SOUND, FAILED))
    said = f"{number(good)} % of sound and {number(bad)} % of failed deals"
    return f"The next purchase was from the same seller after {said}."


@dataclass(frozen=True)
class AfterDeals(Contrast):
    """What follows good deals against what follows bad ones of the same arm."""

    def sides(self, pairs: Sequence[Pair]) -> Sequence[Side]:
        """Return nothing: kinds of deal are no groups, and every arm is needed."""
        return ()


def _considers(
    question: str,
    finding: str,
    column: str,
    good: Side = SOUND,
    bad: Side = FAILED,
    note: Callable[[Tables], str] = nothing,
) -> AfterDeals:
    """Ask for a share after good deals and after bad ones."""
    return AfterDeals(
        question,
        finding,
        column,
        "next_orders",
        lead=(good, bad),
        places=(IN_SETTINGS, ("conduct", "strategy", {OURS: OURS, ARMS[1].way: THEIRS}), IN_ORGANISATIONS),
        unit="percentage points",
        scale=100,
        worth=1.0,
        note=note,
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return the share whose next purchase was from the same seller."""
    drawn: dict[str, Draw] = {}
    for setting, words, here in in_each_setting(tables):
        rows = here["next_orders"][here["next_orders"]["kind"] == "failure"].rename(columns={"level": "failure"})
        if len(rows):
            drawn[f"again-{setting}"] = partial(
                figure_after_first, df=rows, column="again", where=words, by="failure", deal="deal"
            )
    return drawn


CLAIM = Claim(
    name="considered",
    text=__doc__,
    arms=lambda scenario: ARMS,
    measures=(Measure("next_orders", next_orders, orders=True), HORIZONS),
    prepare=_prepare,
    asks=(
        _considers(
            "Does a customer who lost by a deal buy less often from that seller next time?",
            "the next purchase was {amount} percentage points {direction} often from the same seller after sound deals",
            "again",
            note=_levels,
        ),
        _considers(
            "Does a customer who buys again after a loss choose that seller less often?",
            "of customers who bought again, {amount} percentage points {direction} chose the seller after sound deals",
            "same",
        ),
        _considers(
            "Does a customer who lost by a deal buy less often from that firm next time?",
            "the next purchase was {amount} percentage points {direction} often from the same firm after sound deals",
            "firm_again",
        ),
        _considers(
            "Does a customer who lost much to the seller buy less often from them next time?",
            "the next purchase was {amount} percentage points {direction} often from that seller after win-win deals",
            "again",
            BOTH_WON,
            ONE_LOST,
        ),
    ),
    # How much a bad experience counts and how long it is remembered, how often customers need something, how strong
    # habit is, how many others they meet, and what they expect of them.
    dials=(
        RANGES["trust.negativity"].between(0.0, 3.0),  # also where a bad experience counts for nothing
        RANGES["trust.forgetting"],
        FREQUENCY,
        RANGES["choice.habit_weight"],
        RANGES["choice.temperature"],
        RANGES["choice.hope"],
    ),
    draw=_draw,
)
