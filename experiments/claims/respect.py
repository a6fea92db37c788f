"""The cheap seller is respected less, and preferred less at the next need.

The idea: a price far below the usual one tells the customer that little is behind it. The cheap seller pays twice,
once in margin and once in respect.

The same collaborative seller asks cost + 40 % or cost + 10 %: a thin margin, yet not a loss. In these markets a
price below the expected one lowers the believed value (`choice.cheapness`). The markets without that rule stand
beside them. The first verdict asks for trust of clients and for repeat deals, with the rule on; "holds" needs both.
The second asks whether the rule widens the fair seller's lead, against the same markets with it off. The third asks
for profit. The rule acts on the decision to buy; trust itself is made by what was delivered, less its price. Where
the scenario has no value for the rule it is 1: what the price falls below the expected is doubted once over.

The essays' idea: "little respect" for who sells at a ridiculously low price. Rules: docs/odd.md, 7.2 and 7.5.
"""

from collections.abc import Mapping

import pandas as pd

from longgame.experiments.claim import POINTS, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, Arm, chosen, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.design.prices import at_markup
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, PROFIT_UNIT, Lead
from longgame.experiments.study import Draw
from longgame.sim.library import FAIR
from longgame.sim.scenario import Scenario

CHEAPNESS = "choice.cheapness"

#: A thin margin; and how strongly a low price is doubted where the scenario does not say.
THIN, DOUBT = 0.1, 1.0

PAIRS = [
    tuple(Arm(at_markup("collaborative", markup, label), kind) for label, markup in (("fair", FAIR), ("cheap", THIN)))
    for kind in ORGANISATIONS
]


def _design(scenario: Scenario) -> Design:
    """Return cheap and fair sellers where a low price is doubted, and where it is not."""
    arms, made = [arm for pair in PAIRS for arm in pair], Design({})
    for doubt, value in (("on", scenario.choice.cheapness or DOUBT), ("off", 0.0)):
        here = markets(scenario.but({CHEAPNESS: value}), arms).also(doubt=doubt)
        made |= here.renamed(lambda name, doubt=doubt: f"{name}@{doubt}")
    return made


def _with_next(tables: Tables) -> Tables:
    """Add a table of trust and repeat deals under one name, told apart by ``sign``."""
    table = tables["horizons"]
    signs = [table.assign(sign=name, share=table[name]) for name in ("client_trust", "repeat_share")]
    return {**tables, "next": pd.concat(signs, ignore_index=True)}


def _lead(doubt: str) -> Lead:
    """Return the lead of fair over cheap sellers where low prices are doubted, or not."""
    return ({"strategy": "fair", "doubt": doubt}, {"strategy": "cheap", "doubt": doubt})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return trust, repeat deals and profit over horizons, where low prices are doubted."""
    table = tables["horizons"]
    return in_each_market(
        figure_pairs,
        {"horizons": table.loc[chosen(table, {"doubt": "on"})]},
        columns={
            "trust": Shown("client_trust", "clients' trust", scale=100),
            "repeat": Shown("repeat_share", "the share of repeat deals", scale=100),
            "profit": PROFIT,
        },
        pairs=PAIRS,
    )


SIGNS = ("sign", "sign", {"client_trust": "trust of clients", "repeat_share": "share of repeat deals"})
BOTH = {"column": "share", "table": "next", "places": (SIGNS, IN_SETTINGS, IN_ORGANISATIONS), **POINTS}

CLAIM = Claim(
    name="respect",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    prepare=_with_next,
    asks=(
        Contrast(
            "Is the cheap seller trusted less, and preferred less at the next need?",
            "of the fair seller it was {amount} percentage points {direction} than of the cheap one",
            lead=_lead("on"),
            **BOTH,
        ),
        Contrast(
            "Does doubt about low prices widen the fair seller's lead?",
            "the fair seller's lead was {amount} percentage points {direction} where low prices are doubted",
            lead=_lead("on"),
            beyond=_lead("off"),
            **{**BOTH, "more": "larger", "less": "smaller"},
        ),
        Contrast(
            "Does the fair seller earn more than the cheap one?",
            "the fair seller made {amount} {direction} profit per salesperson-year than the cheap one",
            lead=_lead("on"),
            unit=PROFIT_UNIT,
        ),
    ),
    dials=(
        RANGES["choice.reference_weight"],
        RANGES["choice.reference_rate"],
        RANGES["choice.buy_temperature"],
        FREQUENCY,
    ),
    draw=_draw,
)
