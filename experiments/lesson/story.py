"""The story: five who work together against one who pushes, in one market, over ten years."""

from __future__ import annotations

from typing import Any

import numpy as np

from longgame.experiments.design.plan import Answer
from longgame.experiments.lesson import town
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.sim.scenario import Scenario


def data(base: Scenario, seeds: int, answer: Answer, check: Check = unlimited) -> dict[str, Any]:
    """Return the story as the page reads it.

    Returns
    -------
    dict
        ``course`` of the town where no dial is turned, ``customers`` and the markups of either side in percent.
    """
    market = town.at(base, {})
    tables = answer(town.plan({"usual": market}, range(seeds)))
    return {
        "course": town.courses(tables, base.months)["usual"],
        "customers": market.customers.count,
        "markups": [
            int(np.rint(100 * base.strategy(name).with_prospects.markup))
            for name in (town.COLLABORATIVE, town.ADVERSARIAL)
        ],
    }
