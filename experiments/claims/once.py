"""Win/lose only works once.

The idea: whoever wins at the customer's expense does not see that customer again.

Whether a delivery fails, and whether that is put right, is decided by lot. So customers whose first deal with a
firm failed are compared with those whose first deal was sound. Both kinds bought from the same kind of seller, fitted
as well, and paid the same. Only failures that nobody solved count: by most of them the customer loses. Asked is
whether they come back, and what they spend later. Windows of 1, 2 and 5 years count alike. First deals whose window is
not over are left out.

Beside it stands what follows a win-lose of a given size. There the kinds of customer were not drawn by lot: a poor fit
makes a win-lose likelier, and fit lasts. The last question compares conducts at equal prices and at best prices. It
asks for the revenue per meeting with a stranger, those who never bought included.

The essays' idea: win/lose works only once. Rules: docs/odd.md, 7.2, 7.3 and 7.6 (failure, kind of deal).
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial

import pandas as pd

from longgame.experiments.claim import Ask, Claim, Question
from longgame.experiments.design.arms import Side, chosen
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.design.prices import at_best_prices, at_equal_prices, fair_markets
from longgame.experiments.figures.clients import figure_after_first
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, Pair, in_each_setting, leads, spans
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures.after import first_deals
from longgame.experiments.measures.kept import HORIZONS
from longgame.experiments.measures.totals import anything_sold
from longgame.experiments.study import Draw
from longgame.experiments.words import number, span, years

OURS, THEIRS = "collaborative", "adversarial"
EQUAL = at_equal_prices(OURS, [THEIRS])
#: Conducts whose customers are followed, as tables have them.
CONDUCTS = {OURS: OURS, EQUAL[0][1].way: THEIRS}

#: Fewest first deals of a kind in a run from which a rate is taken.
FEWEST = 10

SOUND, FAILED = {"kind": "failure", "level": "none"}, {"kind": "failure", "level": "unsolved"}


def _often_enough(table: pd.DataFrame) -> pd.DataFrame:
    """Return the kinds of first deal from which a rate can be taken."""
    return table.loc[table["clients"] >= FEWEST]


@dataclass(frozen=True)
class AfterFirstDeal(Question):
    """What follows one kind of first deal against what follows another: every conduct and window decides.

    Comparisons for which one kind of first deal hardly occurred in any run are left out, and counted.
    """

    column: str
    _: KW_ONLY
    good: Side
    bad: Side
    unit: str
    scale: float = 1.0

    def verdict(self, claim: str, tables: Tables, pairs: Sequence[Pair]) -> Verdict:
        """Return the verdict on what could be compared."""
        windows = spans(tables, "first_deals")
        found = leads(
            _often_enough(tables["first_deals"]),
            (self.good, self.bad),
            None,
            self.column,
            places=(
                IN_SETTINGS,
                ("conduct", "strategy", CONDUCTS),
                IN_ORGANISATIONS,
                ("window", "months", {months: years(months) for months in windows}),
            ),
            unit=self.unit,
            scale=self.scale,
        )
        measured = [effect for effect in found if effect.n]
        missing = len(found) - len(measured)
        few = f"In {missing} of {len(found)} comparisons one kind of first deal hardly occurred." * bool(missing)
        return judge(
            claim,
            self.question,
            measured,
            finding=self.finding,
            horizon=span(windows, "within") if windows else "nowhere",
            note=" ".join(filter(None, (few, self._lost(tables)))),
            sold=anything_sold(tables["horizons"]),
        )

    def _lost(self, tables: Tables) -> str:
        """Report how often the customer lost by either kind of first deal."""
        rows = tables["first_deals"]
        good, bad = (rows.loc[chosen(rows, side), "lost"].mean() for side in (self.good, self.bad))
        shares = f"{number(100 * good)} % of the former and {number(100 * bad)} % of the latter deals"
        return f"The customer lost by {shares}."


def _never_bought(tables: Tables) -> str:
    """Report how many meetings with strangers came to nothing."""
    table = tables["horizons"]
    shares = table[table["months"] == table["months"].max()].groupby("strategy")["never_bought"].mean()
    said = [f"{number(100 * shares[way])} % of {conduct} sellers'" for way, conduct in CONDUCTS.items()]
    return f"At equal prices no first deal came of {' and '.join(said)} meetings with strangers."


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return coming back and later revenue after the first deal, in the middle window."""
    drawn: dict[str, Draw] = {}
    windows = spans(tables, "first_deals")
    for setting, words, here in in_each_setting(tables) if windows else ():
        rows = _often_enough(here["first_deals"])
        rows = rows[(rows["months"] == windows[len(windows) // 2]) & rows["strategy"].isin(list(CONDUCTS))]
        rows = rows[rows["kind"] == "failure"].rename(columns={"level": "failure"})
        if len(rows):
            draw = partial(figure_after_first, df=rows, where=words, by="failure")
            drawn[f"repeat-{setting}"] = partial(draw, column="rate")
            drawn[f"revenue-{setting}"] = partial(draw, column="revenue_after")
    return drawn


CLAIM = Claim(
    name="once",
    text=__doc__,
    about="Does a customer who lost by the first deal come back less, and spend less?",
    design=lambda scenario: fair_markets(scenario, OURS, [THEIRS]),
    measures=(Measure("first_deals", first_deals, orders=True), HORIZONS),
    asks=(
        AfterFirstDeal(
            "Does a customer who lost by the first deal come back less?",
            "customers came back {amount} percentage points {direction} often after a sound first deal than after a "
            "failed one",
            "rate",
            good=SOUND,
            bad=FAILED,
            unit="percentage points",
            scale=100,
        ),
        AfterFirstDeal(
            "Does a customer who lost by the first deal later spend less?",
            "customers later spent {amount} {direction} each after a sound first deal than after a failed one",
            "revenue_after",
            good=SOUND,
            bad=FAILED,
            unit="money per client",
        ),
        *(
            AfterFirstDeal(
                f"Does a customer who lost {much} by the first deal come back less than one who won?",
                "customers came back {amount} percentage points {direction} often after a win-win first deal than "
                f"after a {size} loss",
                "rate",
                good={"kind": "loss", "level": "none"},
                bad={"kind": "loss", "level": size},
                unit="percentage points",
                scale=100,
            )
            for size, much in (("small", "little"), ("large", "much"))
        ),
        Ask(
            f"Is a stranger worth more to {OURS} than to {THEIRS} sellers?",
            f"a meeting with a stranger brought {{amount}} {{direction}} revenue to {OURS} than to {THEIRS} sellers",
            "revenue_per_stranger",
            unit="money per stranger met",
            worth=0.0,
            pairs=[*EQUAL, *at_best_prices(None, OURS, [THEIRS])],
            note=_never_bought,
        ),
    ),
    # How much a bad experience counts and how long it is remembered, how often customers need something, how fast
    # needs change, and how strong habit is; then the assumed numbers.
    dials=(
        RANGES["trust.negativity"].between(0.0, 3.0),  # also where a bad experience counts for nothing
        RANGES["trust.forgetting"],
        FREQUENCY,
        RANGES["customers.drift"],
        RANGES["choice.habit_weight"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
)
