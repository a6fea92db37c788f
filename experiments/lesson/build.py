"""From runs to the page's data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from longgame.experiments.design.arms import HERD, ORGANISATIONS, Arm, crossed, firm_size, herd_size
from longgame.experiments.figures.exchanges import FILLS
from longgame.experiments.figures.looks import Look, dark, distinct_looks, look
from longgame.experiments.inference.effects import fewest
from longgame.experiments.lesson import conclusion, grid, network, race, street_ends
from longgame.experiments.lesson.asked import MOST_ARMS, MOST_MONTHS, MOST_RUNS, MOST_SEED, OWN, Asked
from longgame.experiments.lesson.words import words
from longgame.experiments.measures.kept import horizons
from longgame.experiments.runs.provenance import commit
from longgame.experiments.words import MARKET_WORDS, named
from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.library import STRATEGIES
from longgame.sim.refusals import permitted
from longgame.sim.scenario import MODEL_VERSION, Scenario


def data(scenario: Scenario, tables: Mapping[str, pd.DataFrame], seeds: int) -> dict[str, Any]:
    """Return the data of the page that is one file.

    Parameters
    ----------
    scenario : Scenario
    tables : mapping of str to DataFrame
        Those of `grid.plan`.
    seeds : int
    """
    found = race.by_point(tables)
    cells = race.cells(scenario, found)
    usual = found[grid.key(grid.default_point(scenario))]["paths"]
    return {
        **frame(scenario),
        "seeds": seeds,
        "cells": cells,
        "picture": network.pictures(scenario),
        "street": street_ends.data(scenario, seeds),
        "conclusion": conclusion.data(scenario, cells, usual, seeds),
    }


def live(asked: Asked, name: str, bases: Mapping[str, Scenario]) -> dict[str, Any]:
    """Return the data of the live page before it asks for runs and for the game.

    Parameters
    ----------
    asked : Asked
        The choices with which the page opens.
    name : str
        Name of the scenario in `bases`.
    bases : mapping of str to Scenario
    """
    base, own = asked.base, dict(asked.changes)
    shown = frame(base, fine=True)
    turned = {}
    for dial in grid.DIALS:
        levels = [repr(level) for level in dial.levels(base, fine=True)]
        if own.get(dial.path) in levels:
            turned[dial.key] = levels.index(own.pop(dial.path))
    names = [*(strategy.name for strategy in base.strategies), *STRATEGIES]
    arms = crossed(names)
    found = distinct_looks(arms)
    size = firm_size(base, HERD)
    few = [[*_words(side), LIVE_FEW * size] for side in (grid.CONTRASTS[0].left, grid.CONTRASTS[0].right)]
    first = [pair for side in asked.sides for pair in asked.mix if pair[0] == side]  # the two that race
    mix = [[*_words(arm), many] for arm, many in dict.fromkeys([*first, *asked.mix])]
    return {
        **shown,
        "arms": {arm.name: _drawn(arm, found[arm.name]) for arm in arms},
        "contrasts": [
            *shown["contrasts"],
            {"key": OWN, "short": "Your own sales forces", "title": "", "sides": []},  # from the reader
        ],
        "conclusion": conclusion.words(),
        "live": {
            "scenario": name,
            "key": "" if CONFIGURATIONS.get(name) == bases[name] else bases[name].key(),
            "scenarios": list(bases),
            "strategies": {n: base.strategy(n).description for n in names},
            "organisations": list(ORGANISATIONS),
            "herd": size,
            "numbers": _numbers(base),
            "fewest": fewest(),
            "most": {"arms": MOST_ARMS, "runs": MOST_RUNS, "seed": MOST_SEED, "months": MOST_MONTHS},
            "defaults": {"seed": 0, "runs": grid.SEEDS, "own": {}, "mix": few},
            "asked": {
                **turned,
                "contrast": asked.contrast.key,
                "where": asked.where,
                "seed": asked.seed,
                "runs": asked.runs,
                "own": own,
                "mix": mix or few,
            },
        },
    }


#: Herds of each sales force at first, where readers put together their own.
LIVE_FEW = 4


def _words(arm: Arm) -> list[str]:
    """Return the two words by which a reader chooses an arm: strategy and organisation."""
    return [arm.strategy_name, arm.organisation]


def _numbers(scenario: Scenario) -> list[dict[str, Any]]:
    """Return every number that can be changed: path, value, meaning and permitted range."""
    return [
        {
            "path": path,
            "value": json.dumps(value),
            "meaning": info.description or "",
            "permitted": "true or false" if isinstance(value, bool) else permitted(info),
        }
        for path, info, value in scenario.numbers()
        if path != "months" and not isinstance(value, str)
    ]


def frame(scenario: Scenario, *, fine: bool = False) -> dict[str, Any]:
    """Return the data that no run changes: dials, arms with their looks, contrasts and horizons.

    The dials of the live market have `fine` levels.
    """
    return {
        "title": "The long game",
        "about": {"scenario": scenario.name, "model": MODEL_VERSION, "commit": commit()},
        "months": scenario.months,
        "horizons": list(horizons(scenario.months)),
        "band": round(100 * (race.BAND[1] - race.BAND[0])),
        "texts": {
            "members": herd_size(scenario, len(grid.ARMS)),
            **{name: _markup(scenario, conduct) for name, conduct in zip(("fair", "dear"), grid.CONDUCTS, strict=True)},
        },
        "dials": [
            {
                "key": dial.key,
                "path": dial.path,
                "title": dial.title,
                "help": dial.help,
                "levels": [dial.words(level) for level in dial.levels(scenario, fine=fine)],
                "values": [repr(level) for level in dial.levels(scenario, fine=fine)],
                "default": dial.levels(scenario, fine=fine).index(dial.value(scenario)),
            }
            for dial in grid.DIALS
        ],
        "arms": {arm.name: _drawn(arm, look(arm)) for arm in grid.ARMS},
        "contrasts": [
            {"key": c.key, "short": c.short, "title": c.title, "sides": [c.left.name, c.right.name]}
            for c in grid.CONTRASTS
        ],
        "wheres": [{"key": key, "title": title, "help": help} for key, (title, help) in _WHERES.items()],
        "outcomes": list(OUTCOMES),
        "exchange": {name: FILLS[name][0] for name in DEAL},
        "words": words("en"),
    }


def _markup(scenario: Scenario, strategy: str) -> str:
    """Return the markup of a strategy on its cost, in percent."""
    return f"{scenario.strategy(strategy).with_prospects.markup:.0%}"


_WHERES = {
    "separate": (
        "Two markets, same luck",
        "Each side has a market of its own, with the same customers, needs and luck.",
    ),
    "shared": ("One market for all", "All sellers compete for the same customers."),
}
assert set(_WHERES) == set(MARKET_WORDS)


def _drawn(arm: Arm, its: Look) -> dict[str, Any]:
    """Return the words and the look of an arm."""
    # Twice as dark as on figures: the back row has to read text on white (contrast above 4.5).
    text = "#" + "".join(f"{round(255 * part):02x}" for part in dark(dark(its.colour)))
    return {"words": named(arm), "colour": its.colour, "dark": text, "marker": its.marker, "herd": its.herd}
