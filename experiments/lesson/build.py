"""From runs to the page's data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from longgame.experiments.design.arms import HERD, ORGANISATIONS, Arm, crossed, firm_size
from longgame.experiments.figures.exchanges import FILLS
from longgame.experiments.figures.looks import Look, dark, distinct_looks, look
from longgame.experiments.lesson import conclusion, game, grid, network, race
from longgame.experiments.lesson.asked import MOST_ARMS, MOST_MONTHS, MOST_RUNS, MOST_SEED, OWN, Asked
from longgame.experiments.measures.kept import horizons
from longgame.experiments.runs.provenance import commit
from longgame.experiments.words import MARKET_WORDS, named
from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.library import STRATEGIES
from longgame.sim.refusals import permitted
from longgame.sim.scenario import MODEL_VERSION, Scenario


def data(scenario: Scenario, tables: Mapping[str, pd.DataFrame], seeds: int) -> dict[str, Any]:
    """Return everything that the page shows.

    Parameters
    ----------
    scenario : Scenario
    tables : mapping of str to DataFrame
        What `grid.plan` gave.
    seeds : int
    """
    found = race.split_by_setting(tables)
    cells = race.cells(scenario, found)
    usual = found[grid.key(grid.default_setting(scenario))]["paths"]
    return {
        **frame(scenario),
        "seeds": seeds,
        "cells": cells,
        "picture": network.pictures(scenario),
        "game": game.data(scenario),
        "conclusion": conclusion.data(scenario, cells, usual, seeds),
    }


def live(asked: Asked, name: str, bases: Mapping[str, Scenario]) -> dict[str, Any]:
    """Return what the live page knows before it asks for runs, but for the game.

    Parameters
    ----------
    asked : Asked
        How the page is set when it opens.
    name : str
        Of the scenario in `bases`.
    bases : mapping of str to Scenario
    """
    base, own = asked.base, dict(asked.settings)
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
            {"key": OWN, "short": "Your own sales forces", "title": "", "sides": []},  # as the reader says
        ],
        "conclusion": {"where": conclusion.WHERE, "left_out": conclusion.LEFT_OUT},
        "live": {
            "scenario": name,
            "key": "" if CONFIGURATIONS.get(name) == bases[name] else bases[name].key(),
            "scenarios": list(bases),
            "strategies": {n: base.strategy(n).description for n in names},
            "organisations": list(ORGANISATIONS),
            "herd": size,
            "numbers": _numbers(base),
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


#: Herds of each sales force that the reader begins with when putting together their own.
LIVE_FEW = 4


def _words(arm: Arm) -> list[str]:
    """Return how an arm is chosen: strategy and organisation."""
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
    """Return what the page knows before any run: dials, arms, contrasts, looks and horizons.

    The live market has dials with `fine` levels, and their values.
    """
    return {
        "title": "The long game",
        "about": {"scenario": scenario.name, "model": MODEL_VERSION, "commit": commit()},
        "months": scenario.months,
        "horizons": list(horizons(scenario.months)),
        "dials": [
            {
                "key": dial.key,
                "path": dial.path,
                "title": dial.title,
                "help": dial.help,
                "levels": [dial.say(level) for level in dial.levels(scenario, fine=fine)],
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
    }


_WHERES = {
    "separate": (
        "Two markets, same luck",
        "Each side has a market of its own: the same customers, the same needs, the same luck.",
    ),
    "shared": ("One market for all", "All sellers compete for the same customers."),
}
assert set(_WHERES) == set(MARKET_WORDS)


def _drawn(arm: Arm, its: Look) -> dict[str, Any]:
    """Return how an arm is called and drawn."""
    # Twice as dark as on figures: text on white has to be read from the back row (contrast above 4.5).
    text = "#" + "".join(f"{round(255 * part):02x}" for part in dark(dark(its.colour)))
    return {"words": named(arm), "colour": its.colour, "dark": text, "marker": its.marker, "herd": its.herd}
