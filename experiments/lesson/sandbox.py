"""Try everything: the town at every combination of levels of its dials."""

from __future__ import annotations

import itertools
from typing import Any

from longgame.experiments.design.plan import Answer
from longgame.experiments.lesson import town
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.sim.scenario import Scenario


def markets(base: Scenario) -> dict[str, Scenario]:
    """Return the town at every combination of levels, by its name (`town.named`)."""
    levels = [dial.levels(base) for dial in town.DIALS]
    made = {}
    for point in itertools.product(*(range(len(some)) for some in levels)):
        setting = {dial.key: some[i] for dial, some, i in zip(town.DIALS, levels, point, strict=True)}
        made[town.named(point)] = town.at(base, setting)
    return made


def data(base: Scenario, seeds: int, answer: Answer, check: Check = unlimited) -> dict[str, Any]:
    """Return this part as the page reads it: ``dials`` and, by name of the combination, ``courses``."""
    tables = answer(town.plan(markets(base), range(seeds)))
    return {"dials": town.described(base), "courses": town.courses(tables, base.months)}
