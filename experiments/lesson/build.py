"""From runs to the page's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments import looks
from experiments.arms import MARKET_WORDS
from experiments.lesson import conclusion, game, grid, network, race
from experiments.measures import horizons
from experiments.provenance import commit
from sim.columns import DEAL, OUTCOMES
from sim.scenario import MODEL_VERSION, Scenario


def data(scenario: Scenario, tables: Mapping[str, pd.DataFrame], seeds: int) -> dict[str, Any]:
    """Return everything that the page shows.

    Parameters
    ----------
    scenario : Scenario
    tables : mapping of str to DataFrame
        What `grid.plan` gave.
    seeds : int
    """
    cells = race.cells(scenario, tables)
    return {
        **frame(scenario),
        "seeds": seeds,
        "cells": cells,
        "picture": network.pictures(scenario),
        "game": game.data(scenario),
        "conclusion": conclusion.data(scenario, cells, seeds),
    }


def frame(scenario: Scenario) -> dict[str, Any]:
    """Return what the page knows before any run: dials, arms, contrasts, looks and horizons."""
    return {
        "title": "The long game",
        "about": {"scenario": scenario.name, "model": MODEL_VERSION, "commit": commit()},
        "months": scenario.months,
        "horizons": list(horizons(scenario.months)),
        "dials": [
            {
                "key": dial.key, "path": dial.path, "title": dial.title, "help": dial.help,
                "levels": [dial.say(level) for level in dial.levels(scenario)], "default": default,
            }
            for dial, default in zip(grid.DIALS, grid.default_setting(scenario), strict=True)
        ],
        "arms": {arm.name: _look(arm.name) for arm in grid.ARMS},
        "contrasts": [
            {"key": c.key, "short": c.short, "title": c.title, "sides": [c.left.name, c.right.name]}
            for c in grid.CONTRASTS
        ],
        "wheres": [{"key": key, "title": title, "help": help} for key, (title, help) in _WHERES.items()],
        "outcomes": list(OUTCOMES),
        "exchange": {name: looks.EXCHANGE_LOOKS[name][0] for name in DEAL},
    }  # fmt: skip


_WHERES = {
    "separate": (
        "Two markets, same luck",
        "Each side has a market of its own: the same customers, the same needs, the same luck.",
    ),
    "shared": ("One market for all", "All sellers compete for the same customers."),
}
assert set(_WHERES) == set(MARKET_WORDS)


def _look(arm: str) -> dict[str, Any]:
    """Return how an arm is called and drawn."""
    look = looks.look(arm)
    # Twice as dark as on figures: text on white has to be read from the back row (contrast above 4.5).
    dark = "#" + "".join(f"{round(255 * part):02x}" for part in looks.dark(looks.dark(look.colour)))
    return {
        "words": looks.named(arm),
        "colour": look.colour,
        "dark": dark,
        "marker": look.marker,
        "herd": look.herd,
    }
