"""The herd does better than the singleton.

The idea: sellers who share leads, what they know of clients, and a delivery team do better than the same
sellers each on their own. MODEL.md, section 7, row *herd*: conduct × organisation (2×2), horizons of 1 to
20 years. A herd pays its overhead and its delivery team; it is not better by construction (section 8: a herd
that shares a pool of customers with individual commission needs *more* patience, not less).

Judged in profit after all costs per salesperson-year at every horizon, in the shared market and in separate
ones, for each conduct on its own; the interaction asks whether the herd does more for collaborators.
"""

import functools
from collections.abc import Callable, Mapping

import pandas as pd

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import HERD, SINGLETON, Arm, crossed, markets, values, with_setting
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Tables
from longgame.experiments.figures import paths as plots
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.inference.pairs import PROFIT_UNIT, only_pairs, spans
from longgame.experiments.measures.kept import EXCHANGES, HORIZONS
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, span, years

CONDUCTS = OURS, THEIRS = ("collaborative", "adversarial")
QUESTION = "Does a herd earn its sellers more than the same sellers earn as singletons?"


def _gain(table: pd.DataFrame, setting: str, conduct: str) -> pd.Series:
    """Return herd − singleton in profit, seed by seed."""
    in_herd, alone = (values(table, setting, Arm(conduct, kind), "profit") for kind in (HERD, SINGLETON))
    return in_herd - alone


def _everywhere(gain: Callable[[pd.DataFrame, str], pd.Series]) -> Callable[[Tables], list[Effect]]:
    """Return the effects of a gain in every setting and at every horizon, from the tables."""

    def effects(tables: Tables) -> list[Effect]:
        table = tables["horizons"]
        return [
            effect_of(
                gain(table[table["months"] == months], setting),
                unit=PROFIT_UNIT,
                at={"market": words, "horizon": years(months)},
            )
            for setting, words in MARKET_WORDS.items()
            for months in spans(tables)
        ]

    return effects


def _on(conduct: str) -> Contrast:
    """Ask what being in a herd does for sellers of one conduct."""
    return Contrast(
        f"{QUESTION[:-1]}, when they are {conduct}?",
        f"{conduct} sellers made {{amount}} {{direction}} profit per salesperson-year in herds than as singletons",
        _everywhere(lambda table, setting: _gain(table, setting, conduct)),
        horizon=lambda tables: span(spans(tables)),
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return the 2×2 over horizons with its paired differences, and how exchanges end."""
    drawn: dict[str, Draw] = {}
    for setting, words in MARKET_WORDS.items():
        here = {name: (t := with_setting(table))[t["setting"] == setting] for name, table in tables.items()}
        drawn[f"herd-{setting}"] = functools.partial(
            plots.figure_herd, df=here["horizons"], conducts=CONDUCTS, where=words
        )
        drawn[f"exchanges-{setting}"] = functools.partial(
            plots.figure_exchange_shares, df=here["exchanges"], where=words
        )
    return drawn


CLAIM = Claim(
    name="herd",
    text=__doc__,
    about=QUESTION,
    design=lambda scenario: markets(scenario, crossed(CONDUCTS)),
    measures=(HORIZONS, EXCHANGES),
    asks=(
        _on(OURS),
        _on(THEIRS),
        Contrast(
            f"Does a herd do more for {OURS} sellers than for {THEIRS} ones?",
            f"being in a herd brought {{amount}} {{direction}} profit per salesperson-year to {OURS} sellers than to "
            f"{THEIRS} ones",
            _everywhere(lambda table, setting: _gain(table, setting, OURS) - _gain(table, setting, THEIRS)),
            horizon=lambda tables: span(spans(tables)),
        ),
    ),
    # How often customers need something, the work after a close, the hours there are, how long people stay in
    # the job, and how long one waits.
    dials=(
        FREQUENCY,
        RANGES["service.service"],
        RANGES["attention.capacity"],
        RANGES["staffing.turnover"],
        RANGES["months"],
    ),
    draw=_draw,
    first_part=lambda plan: only_pairs(plan, [(Arm(OURS, HERD), Arm(OURS, SINGLETON))]),
    first_measures=("horizons",),
)
