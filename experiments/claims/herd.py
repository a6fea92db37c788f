"""The herd does better than the singleton.

The idea: sellers who share leads, what they know of clients, and a delivery team do better than the same
sellers each on their own. Conduct is crossed with organisation, over horizons of 1 to 20 years. A herd pays
its overhead and its delivery team; it is not better by construction (a herd that shares a pool of customers
with individual commission needs *more* patience, not less).

Judged in profit after all costs per salesperson-year at every horizon, in the shared market and in separate
ones, for each conduct on its own; the interaction asks whether the herd does more for collaborators.

The essays' idea: the herd outlives the singleton. Rules: docs/odd.md, 4.10, 7.4 (colleagues) and 7.13.
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import HERD, SINGLETON, Arm, crossed
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.paths import figure_herd
from longgame.experiments.inference.pairs import IN_SETTINGS, Lead, in_each_setting
from longgame.experiments.measures.kept import EXCHANGES, HORIZONS
from longgame.experiments.study import Draw

CONDUCTS = OURS, THEIRS = ("collaborative", "adversarial")
QUESTION = "Does a herd earn its sellers more than the same sellers earn as singletons?"


def _gain(conduct: str) -> Lead:
    """Return what being in a herd does for sellers of one conduct."""
    return ({"strategy": conduct, "organisation": HERD}, {"strategy": conduct, "organisation": SINGLETON})


def _does_more_for(conduct: str) -> Contrast:
    """Ask what a herd does for sellers of one conduct, at every horizon."""
    return Contrast(
        f"{QUESTION[:-1]}, when they are {conduct}?",
        f"{conduct} sellers made {{amount}} {{direction}} profit per salesperson-year in herds than as singletons",
        lead=_gain(conduct),
        places=(IN_SETTINGS,),
        worth=0.0,
        every_horizon=True,
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return the 2×2 over horizons with its paired differences, and how exchanges end."""
    drawn: dict[str, Draw] = {}
    for setting, words, here in in_each_setting(tables):
        drawn[f"herd-{setting}"] = partial(figure_herd, df=here["horizons"], conducts=CONDUCTS, where=words)
        drawn[f"exchanges-{setting}"] = partial(figure_exchange_shares, df=here["exchanges"], where=words)
    return drawn


CLAIM = Claim(
    name="herd",
    text=__doc__,
    about=QUESTION,
    pairs=[(Arm(conduct, HERD), Arm(conduct, SINGLETON)) for conduct in CONDUCTS],
    arms=lambda scenario: crossed(CONDUCTS),
    measures=(HORIZONS, EXCHANGES),
    asks=(
        *map(_does_more_for, CONDUCTS),
        Contrast(
            f"Does a herd do more for {OURS} sellers than for {THEIRS} ones?",
            f"being in a herd brought {{amount}} {{direction}} profit per salesperson-year to {OURS} sellers than to "
            f"{THEIRS} ones",
            lead=_gain(OURS),
            beyond=_gain(THEIRS),
            places=(IN_SETTINGS,),
            worth=0.0,
            every_horizon=True,
        ),
    ),
    # How often customers need something, the work after a close, the hours there are, how long people stay in the job,
    # and how long one waits.
    dials=(
        FREQUENCY,
        RANGES["service.service"],
        RANGES["attention.capacity"],
        RANGES["staffing.turnover"],
        RANGES["months"],
    ),
    draw=_draw,
    first_measures=("horizons",),
)
