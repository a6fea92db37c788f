"""Win/lose only works once.

The idea: whoever wins at the customer's expense does not see that customer again. Compared are the repeat
rate and the revenue per customer met.

Customers whose first deal with a firm was win-lose are compared with those whose first deal with the same
kind of firm was win-win: do they come back, and what do they spend later? Windows of 1, 2 and 5 years count
alike; first deals whose window is not over are left out. The two kinds of customer were not drawn by lot (a
poor fit makes a win-lose likelier, and fit lasts), so this tells what follows a win-lose, not what the same
customer would have done otherwise. The third verdict compares conducts, which *are* assigned: revenue per
meeting with a stranger, those who never bought included.

The essays' idea: win/lose works only once. Rules: docs/odd.md, 7.2, 7.3 and 7.6 (kind of deal).
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial

import pandas as pd

from longgame.experiments.claim import Ask, Claim, Question
from longgame.experiments.design.arms import crossed
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.figures.clients import figure_after_first
from longgame.experiments.inference.pairs import (
    IN_ORGANISATIONS,
    IN_SETTINGS,
    Pair,
    in_each_setting,
    leads,
    of_both_kinds,
    spans,
)
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures.kept import HORIZONS, after_first_deal
from longgame.experiments.measures.totals import anything_sold
from longgame.experiments.study import Draw
from longgame.experiments.words import number, span, years

OURS, THEIRS = CONDUCTS = ("collaborative", "adversarial")

#: Fewest first deals of a kind in a run from which a rate is taken.
FEWEST = 10


def _often_enough(first_deals: pd.DataFrame) -> pd.DataFrame:
    """Return the kinds of first deal from which a rate can be taken."""
    return first_deals.loc[first_deals["clients"] >= FEWEST]


@dataclass(frozen=True)
class AfterFirstDeal(Question):
    """What follows a win-win first deal against what follows a win-lose one: every arm and window decides.

    Comparisons for which one kind of first deal hardly occurred in any run are left out, and counted.
    """

    column: str
    _: KW_ONLY
    unit: str
    scale: float = 1.0

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict on what could be compared."""
        windows = spans(tables, "first_deals")
        found = leads(
            _often_enough(tables["first_deals"]),
            ({"exchange": "win_win"}, {"exchange": "win_lose"}),
            None,
            self.column,
            places=(
                IN_SETTINGS,
                ("conduct", "strategy", {conduct: conduct for conduct in CONDUCTS}),
                IN_ORGANISATIONS,
                ("window", "months", {months: years(months) for months in windows}),
            ),
            unit=self.unit,
            scale=self.scale,
        )
        measured = [effect for effect in found if effect.n]
        missing = len(found) - len(measured)
        return judge(
            claim,
            self.question,
            measured,
            finding=self.finding,
            horizon=span(windows, "within") if windows else "nowhere",
            note=f"In {missing} of {len(found)} comparisons one kind of first deal hardly occurred." * bool(missing),
            sold=anything_sold(tables["horizons"]),
        )


def _never_bought(tables: Tables) -> str:
    """Report how many meetings with strangers came to nothing."""
    table = tables["horizons"]
    last = table[table["months"] == table["months"].max()]
    shares = last.groupby("strategy")["never_bought"].mean()
    said = [f"{number(100 * shares[conduct])} % of {conduct} sellers'" for conduct in CONDUCTS]
    return f"No first deal came of {' and '.join(said)} meetings with strangers."


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return coming back and later revenue after the first deal, in the middle window."""
    drawn: dict[str, Draw] = {}
    windows = spans(tables, "first_deals")
    for setting, words, here in in_each_setting(tables) if windows else ():
        rows = _often_enough(here["first_deals"])
        rows = rows[rows["months"] == windows[len(windows) // 2]]
        if len(rows):
            drawn[f"repeat-{setting}"] = partial(figure_after_first, df=rows, column="rate", where=words)
            drawn[f"revenue-{setting}"] = partial(figure_after_first, df=rows, column="revenue_after", where=words)
    return drawn


CLAIM = Claim(
    name="once",
    text=__doc__,
    about="Does a customer who lost by the first deal come back less, and spend less, than one who won?",
    arms=lambda scenario: crossed(CONDUCTS),
    measures=(Measure("first_deals", after_first_deal, orders=True), HORIZONS),
    asks=(
        AfterFirstDeal(
            "Does a customer who lost by the first deal come back less than one who won?",
            "customers came back {amount} percentage points {direction} often after a win-win first deal than after a "
            "win-lose one",
            "rate",
            unit="percentage points",
            scale=100,
        ),
        AfterFirstDeal(
            "Does a customer who lost by the first deal later spend less than one who won?",
            "customers later spent {amount} {direction} each after a win-win first deal than after a win-lose one",
            "revenue_after",
            unit="money per client",
        ),
        Ask(
            f"Is a stranger worth more to {OURS} than to {THEIRS} sellers?",
            f"a meeting with a stranger brought {{amount}} {{direction}} revenue to {OURS} than to {THEIRS} sellers",
            "revenue_per_stranger",
            unit="money per stranger met",
            worth=0.0,
            pairs=of_both_kinds(OURS, THEIRS),
            note=_never_bought,
        ),
    ),
    # How much a bad experience counts and how long it is remembered, how often customers need something, how fast
    # needs change, and how strong habit is.
    dials=(
        RANGES["trust.negativity"].between(0.0, 3.0),  # also where a bad experience counts for nothing
        RANGES["trust.forgetting"],
        FREQUENCY,
        RANGES["customers.drift"],
        RANGES["choice.habit_weight"],
    ),
    draw=_draw,
)
