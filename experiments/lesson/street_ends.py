"""What the street's ten policies come to: five ways to sell, alone or together, never changed for ten years.

Every policy is played in several towns, and in markets in which the reasons for honest teamwork are taken away. These
were written down before any of them was run. Two came after them. In the usual market honest sellers lack hours, and
the quiet one says what happens where they do not. The small town is the library's, whatever the page's market is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.inference.effects import effect_of
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.experiments.lesson.street import (
    CHOSEN,
    PARTS,
    SEED,
    TOGETHER,
    WAYS,
    YEARS,
    branches,
    constant,
    market,
    opening,
)
from longgame.sim.columns import OUTCOMES
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.scenario import Scenario

#: Towns in which policies are compared: a sign takes six.
TOWNS = 8

#: The policy that the lesson is about, with which all others are compared.
OURS = "team-honest"

#: Part of the month's wage and overhead that each member pays for being organised, where that is dear.
DEAR = 0.6


def _costly(scenario: Scenario) -> Scenario:
    """Return the market in which working together costs 60 % of a wage for each member."""
    groups = [group.model_dump() for group in scenario.firms]
    for group, its in zip(scenario.firms, groups, strict=True):
        if group.members > 1:
            its["policy"] = {**group.rules.model_dump(), "overhead": DEAR}
    return scenario.but(firms=groups)


#: Markets in which the policies are compared, by key.
MARKETS: dict[str, Callable[[Scenario], Scenario]] = {
    "usual": lambda scenario: scenario,
    "main": lambda scenario: CONFIGURATIONS["main-street"],
    "strangers": lambda scenario: scenario.but({"customers.churn": 0.25}),
    "silent": lambda scenario: scenario.but(
        {"word_of_mouth.gossip": 0.0, "choice.ask_around": 0.0, "trust.record": 0.0}
    ),
    "crowded": lambda scenario: scenario.but({"customers.count": 3 * scenario.customers.count}),
    "quiet": lambda scenario: scenario.but({"customers.count": max(1, scenario.customers.count // 2)}),
    "costly": _costly,
}


def ends(scenario: Scenario, towns: int, check: Check = unlimited) -> pd.DataFrame:
    """Play every policy in some towns; return the profit per head at the end, and whether the firm failed.

    Returns
    -------
    pandas.DataFrame
        One row per ``town`` (seed) × ``policy``: ``profit`` (money per head in ten years, or up to the failure)
        and ``failed``.
    """
    rows = [
        {"town": seed, "policy": f"{together}-{way}", "profit": found["curve"][-1], "failed": found["failed"]}
        for seed in range(towns)
        for together in TOGETHER
        for way, found in constant(opening(scenario, together, seed, check), check)
    ]
    return pd.DataFrame(rows)


def compared(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return every policy of `ends`: its numbers, and how ours does against it in the same towns.

    Returns
    -------
    dict
        By policy: ``median`` (money per head), ``failed`` (towns in which it ran out of money), ``ahead`` (towns in
        which ours is ahead of it), and of the mean difference ours − it ``value``, ``low``, ``high`` (money) and
        ``sign`` (1, −1, or None where it is unclear).
    """
    profit = table.pivot(index="town", columns="policy", values="profit")
    failed = table.pivot(index="town", columns="policy", values="failed")
    found: dict[str, dict[str, Any]] = {}
    for policy in profit:
        gap = profit[OURS] - profit[policy]
        effect = effect_of(gap, unit="money per head")
        found[str(policy)] = {
            "median": round(float(profit[policy].median())),
            "failed": int(failed[policy].notna().sum()),
            "ahead": int((gap > 0).sum()),
            **{name: _whole(getattr(effect, name)) for name in ("value", "low", "high")},
            "sign": effect.sign,
        }
    return found


def _whole(amount: float) -> int | None:
    """Return an amount as a whole number; None where there is none."""
    return round(amount) if np.isfinite(amount) else None


def everything(scenario: Scenario, towns: int | None = None, check: Check = unlimited) -> dict[str, Any]:
    """Return what the page that is one file has besides `begin`: every branch, and the policies in several towns.

    Parameters
    ----------
    scenario : Scenario
    towns : int, optional
        Towns in which the policies are compared; `TOWNS` unless another number is given.
    check : callable
        Called at least once a year of a run; ends the work by raising.

    Returns
    -------
    dict
        ``tree`` (by organisation and way, see `street.branches`), ``towns``, and ``markets`` (by market and policy,
        see `compared`).
    """
    towns = towns or TOWNS
    return {
        "tree": {together: branches(opening(scenario, together, SEED, check), check) for together in TOGETHER},
        "towns": towns,
        "markets": {name: compared(ends(change(scenario), towns, check)) for name, change in MARKETS.items()},
    }


def frame(scenario: Scenario) -> dict[str, Any]:
    """Return what no branch changes.

    Returns
    -------
    dict
        ``ways``, ``together`` (members of a firm), ``outcomes``, ``parts`` (bases of a visit's code), ``chosen`` and
        ``years``; ``sellers`` in the town besides the five; ``capacity`` (working hours of a month); ``prior``
        (trust in a stranger, percent); ``capital`` (money per head with which a firm opens, None if it needs none).
    """
    towns = {together: market(scenario, together) for together in TOGETHER}
    return {
        "ways": list(WAYS),
        "together": dict(TOGETHER),
        "outcomes": list(OUTCOMES),
        "parts": dict(PARTS),
        "chosen": CHOSEN,
        "years": YEARS,
        "sellers": scenario.sellers,
        "capacity": round(scenario.attention.capacity / 60),
        "prior": round(100 * scenario.trust.prior),
        "capital": {together: _capital(town) for together, town in towns.items()},
    }


def begin(scenario: Scenario, check: Check = unlimited) -> dict[str, Any]:
    """Return the `frame`, and under ``constant`` the ten policies in the town of the page, by name."""
    return {
        **frame(scenario),
        "constant": {
            f"{together}-{way}": found
            for together in TOGETHER
            for way, found in constant(opening(scenario, together, SEED, check), check)
        },
    }


def _capital(town: Scenario) -> int | None:
    """Return the money per head with which a firm of the five opens (`sim.state.capital_of`)."""
    pays = town.economy
    return round(pays.capital * pays.wage * (1 + town.firms[0].rules.overhead)) if pays.capital else None
