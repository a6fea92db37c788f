"""When it fails: the same town with one number changed, for each of six conditions."""

from __future__ import annotations

from typing import Any

from longgame.experiments.design.plan import Answer
from longgame.experiments.lesson import town
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.sim.scenario import Scenario

#: The conditions: words of the screen, and where a dial stands. Each is the far end of its dial.
CONDITIONS: dict[str, town.Setting] = {
    "return": {"leave": 1.0},
    "silent": {"talk": town.NOTHING},
    "crowded": {"crowd": 4.0},
    "costly": {"bill": 1.5},
    "pair": {"team": 2},
    "gang": {"rivals": 5},
}

USUAL = "usual"


def data(base: Scenario, seeds: int, answer: Answer, check: Check = unlimited) -> dict[str, Any]:
    """Return this part as the page reads it.

    Returns
    -------
    dict
        ``usual``, the course of the town where no dial is turned; ``conditions``, by key ``course``, ``dial`` (key and
        value) and ``n``, the number that stands in its words.
    """
    settings = {USUAL: {}, **CONDITIONS}
    made = {name: town.at(base, setting) for name, setting in settings.items()}
    found = town.courses(answer(town.plan(made, range(seeds))), base.months)
    dials = {dial.key: dial for dial in town.DIALS}
    return {
        "usual": found[USUAL],
        "conditions": {
            name: {"course": found[name], "dial": [key, town.text(level)], "n": dials[key].shown(level, base)}
            for name, setting in CONDITIONS.items()
            for key, level in setting.items()
        },
    }
