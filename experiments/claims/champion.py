"""A seller who goes to war for the client when service fails does better.

The idea: "go to war for your client" when something goes wrong; a failure that is put right wins the client
for good. Every fight costs hours of selling.

The same collaborative seller with aftercare 1 is set against aftercare 0. In herds a delivery team tries first, and
the seller fights on where it fails: P(solved) = 1 − (1 − team)(1 − aftercare · solve) if the customer complains. So
aftercare can act in herds as well.

A fight has two parts: repair and apology. The claim is judged by repair alone, in profit at the longest horizon, and
by the gap in profit per failure. What an apology adds is judged apart, where it is worth something to customers.
That a recovered failure never leaves more loyalty than no failure is a rule of the model. Published: satisfaction may
be higher after a recovery, repurchase is not (de Matos et al. 2007).

The essays' idea: "go to war" for your client. Rules: docs/odd.md, 7.6 and 7.7.
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, chosen, markets
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import PROFIT, Shown
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.pairs import Lead
from longgame.experiments.inference.per_event import gaps_per
from longgame.experiments.measures.kept import EVENTS, HORIZONS
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

ARMS = {kind: sweep(STRATEGIES["collaborative"], "aftercare", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS}
PAIRS = [(all_, none) for none, _, all_ in ARMS.values()]
NONE, FELT = {"apology": "none"}, {"apology": "felt"}


def _design(scenario: Scenario) -> Design:
    """Return all aftercare and none, where an apology is worth nothing and where it is."""
    ends = [arm for pair in PAIRS for arm in pair]
    scenario = scenario.but({"service.fight_on": 1.0})
    made = with_between(scenario.but({"service.sorry": 0.0}), ends, [line[1] for line in ARMS.values()]).also(**NONE)
    worth = scenario.service.sorry or CONFIGURATIONS[PLAUSIBLE[0]].service.sorry
    felt = markets(scenario.but({"service.sorry": worth}), ends).also(**FELT)
    return made | felt.renamed(lambda name: f"{name}@apology")


def _prepare(tables: Tables) -> Tables:
    """Add what aftercare brings per failure, where failures were counted."""
    if "events" not in tables:
        return tables
    return {**tables, "failures": gaps_per(tables, PAIRS, "issues", ("setting", "apology"))}


def _solved(tables: Tables) -> str:
    """Say how many failures were solved with aftercare and without."""
    table = tables["events"]
    shares = [
        100 * table.loc[table["group"].isin([pair[side].name for pair in PAIRS]), "solved_share"].mean()
        for side in (0, 1)
    ]
    return f"Solved were {shares[0]:.0f} % of failures with aftercare and {shares[1]:.0f} % without."


def _lead(**there: str) -> Lead:
    """Return the lead of aftercare 1 over 0."""
    (all_, none), _ = PAIRS
    return ({"strategy": all_.way, **there}, {"strategy": none.way, **there})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit and trust over aftercare."""
    drawn: dict[str, Draw] = {}
    table = tables["horizons"]
    alone = {"horizons": table.loc[chosen(table, NONE)]}
    for market, words in MARKET_WORDS.items():
        lines = ARMS if market == SEPARATE else {kind: [none, all_] for kind, (none, _, all_) in ARMS.items()}
        for name, shown in {"profit": PROFIT, "trust": Shown("client_trust", "clients' trust", scale=100)}.items():
            drawn[f"{name}-{market}"] = partial(
                figure_sweep,
                tables=alone,
                arms=lines,
                market=market,
                column=shown.column,
                what=shown.what,
                scale=shown.scale,
                dial="aftercare",
                where=words,
            )
    return drawn


CLAIM = Claim(
    name="champion",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(HORIZONS, EVENTS),
    prepare=_prepare,
    asks=(
        Ask(
            "Does a seller who fights for clients when service fails earn more than one who does not?",
            "sellers who fight for every client made {amount} {direction} profit per salesperson-year than those "
            "who never do",
            where=NONE,
            note=_solved,
        ),
        Contrast(
            "Does a failure cost a seller less who fights?",
            "each failure left {amount} {direction} profit to sellers who fight than to those who do not",
            "per_event",
            "failures",
            where=NONE,
            lead=({},),
            unit="money per failure",
            worth=0.0,
        ),
        Contrast(
            "Does an apology make the fight pay more?",
            "fighting brought {amount} {direction} profit per salesperson-year with an apology that counts",
            lead=_lead(**FELT),
            beyond=_lead(**NONE),
        ),
        Ask(
            "Do clients trust a seller more who fights for them?",
            "clients' trust was {amount} percentage points {direction} where sellers fight for them",
            "client_trust",
            where=NONE,
            **POINTS,
        ),
    ),
    # How often something goes wrong, what a fight costs, how often customers need something, how long one waits.
    dials=(
        RANGES["service.issue"],
        RANGES["service.support"],
        FREQUENCY,
        RANGES["months"].between(24, 240),  # a fight pays, if it does, with the client's next needs
    ),
    draw=_draw,
)
