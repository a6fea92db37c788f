"""The herd taken apart: the profit of its sellers without one part of it, all else and the luck the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from longgame.experiments.design.arms import HERD, SEPARATE, Arm, policy_of, values
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.sim.scenario import Scenario


@dataclass(frozen=True)
class Part:
    """One part of working in a herd: a key, words that can follow "without", and the field of the policy."""

    key: str
    words: str
    field: str


PARTS = (
    Part("team", "a delivery team after the close", "delivery_team"),
    Part("leads", "passing customers on to the colleague who fits better", "shares_leads"),
    Part("memory", "sharing the knowledge of clients", "shares_memory"),
    Part("attention", "serving customers for whom a colleague has no time", "shares_attention"),
    Part("specialising", "colleagues who each know other needs best", "specialises"),
    Part("overhead", "the cost of being organised", "overhead"),
)


def parts_of(scenario: Scenario) -> tuple[Part, ...]:
    """Return the parts that herds of a scenario have."""
    policy = policy_of(scenario, HERD)
    return tuple(part for part in PARTS if getattr(policy, part.field))


def without(scenario: Scenario, conduct: str, part: Part) -> Arm:
    """Return the herd of a conduct without one part."""
    policy = policy_of(scenario, HERD)
    off = type(getattr(policy, part.field))(0)
    return Arm(conduct, HERD, f"{conduct}-without-{part.key}", policy.model_copy(update={part.field: off}))


def arms(scenario: Scenario, conducts: Iterable[str]) -> list[Arm]:
    """Return every herd without one of its parts."""
    return [without(scenario, conduct, part) for conduct in conducts for part in parts_of(scenario)]


def worth(scenario: Scenario, paths: pd.DataFrame, conduct: str, unit: str) -> list[tuple[Part, Effect]]:
    """Return the worth of each part to a herd in a market of its own: with it − without, the largest first.

    Parameters
    ----------
    scenario : Scenario
    paths : pandas.DataFrame
        `measures.paths` of the markets at the default dials.
    conduct : str
    unit : str
        Unit of cumulative profit at the end.
    """
    end = paths[paths["month"] == scenario.months]
    whole = values(end, SEPARATE, Arm(conduct, HERD), "profit")
    found = [
        (part, effect_of(whole - values(end, SEPARATE, without(scenario, conduct, part), "profit"), unit=unit))
        for part in parts_of(scenario)
    ]
    return sorted(found, key=lambda each: each[1].value, reverse=True)
