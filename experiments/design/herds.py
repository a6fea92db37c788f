"""Dials of working together: what a herd costs and does, and how many members it has.

They are no numbers of the scenario. A scenario has them in its firms; here they are turned in all its herds at once.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from longgame.sim.errors import InputError
from longgame.sim.organisation import FirmPolicy, Firms
from longgame.sim.scenario import Scenario

#: What the names of these dials begin with; the number of a herd's policy follows.
PREFIX = "herd."

#: The size of a herd.
MEMBERS = "herd.members"


def is_of_herds(name: str) -> bool:
    """Return whether a dial is one of working together."""
    return name.startswith(PREFIX)


def herd_numbers(scenario: Scenario) -> list[tuple[str, Any, float]]:
    """Return (name, declaration, value) of every number of the policy of the first herd of a scenario.

    Examples
    --------
    >>> [name for name, _, _ in herd_numbers(Scenario())]
    ['herd.delivery_team', 'herd.team_quality', 'herd.team_cost', 'herd.overhead', 'herd.conversion']
    """
    herds = [group for group in scenario.firms if group.members > 1]
    return [
        (PREFIX + name, info, value)
        for name, info in FirmPolicy.model_fields.items()
        for group in herds[:1]
        if isinstance(value := getattr(group.rules, name), float)
    ]


def with_herds(scenario: Scenario, name: str, value: float) -> Scenario:
    """Return a scenario whose herds all have another number in their policy, or another size.

    With another size there are as many salespeople as whole herds allow, and as many customers to each as before.

    Raises
    ------
    InputError
        If the scenario has no herd.
    """
    if all(group.members == 1 for group in scenario.firms):
        raise InputError(f"{name}: there is no herd in {scenario.name}; give the scenario one to turn it in")
    made = scenario.but(
        firms=[_turned(group, name, value) if group.members > 1 else group.model_dump() for group in scenario.firms]
    )
    customers = max(1, round(scenario.customers.count * made.sellers / scenario.sellers))
    return made.but({"customers.count": customers})


def _turned(group: Firms, name: str, value: float) -> dict[str, Any]:
    """Return a group of herds with another number, as a table."""
    if name != MEMBERS:
        return {**group.model_dump(), "policy": {**group.rules.model_dump(), name.removeprefix(PREFIX): value}}
    size = round(value)
    people = [strategy for strategy, count in group.strategies.items() for _ in range(count)]
    # Evenly over the members as they are, so that a mix stays what it is as nearly as can be.
    strategies = dict(Counter(people[int((k + 0.5) * len(people) / size)] for k in range(size)))
    count = max(1, round(group.count * group.members / size))
    return {**group.model_dump(), "strategies": strategies, "count": count}
