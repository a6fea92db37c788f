"""What stands beside the lesson: how to teach it, and the rules of the market in words with its own numbers."""

from __future__ import annotations

from typing import Any

from longgame.experiments.design.arms import HERD, policy_of
from longgame.sim.configurations import needs_a_month
from longgame.sim.scenario import Scenario

#: Parts of an hour with a class and the minutes of each; 0 where it takes none of them.
HOUR = {"before": 0, "story": 15, "game": 10, "why": 10, "fails": 5, "sandbox": 10, "sayings": 5, "after": 5}

#: Rules in the order of a month, and what is left out.
RULES = (
    "purpose",
    "who",
    "need",
    "approach",
    "talk",
    "decision",
    "delivery",
    "trust",
    "gossip",
    "record",
    "team",
    "money",
    "closing",
    "luck",
    "without",
)


def data(scenario: Scenario) -> dict[str, Any]:
    """Return the data of the notes and of the rules: their order, minutes, and numbers of the market by name."""
    return {
        "hour": [{"part": part, "minutes": minutes} for part, minutes in HOUR.items()],
        "rules": [rule for rule in RULES if _is_on(rule, scenario)],
        "numbers": numbers(scenario),
    }


def _is_on(rule: str, scenario: Scenario) -> bool:
    """Return whether a market has a rule."""
    return {"record": scenario.trust.record, "closing": scenario.economy.capital}.get(rule, 1.0) > 0


def numbers(scenario: Scenario) -> dict[str, float]:
    """Return the numbers that the rules name, in the units in which they name them."""
    needs = needs_a_month(scenario.customers.rate, scenario.customers.rate_spread, scenario.steps)
    return {
        "customers": scenario.customers.count,
        "hours": round(scenario.attention.capacity / 60),
        "needs": round(12 * needs, 1),
        "issue": _percent(scenario.service.issue),
        "negativity": scenario.trust.negativity,
        "keep": _percent(scenario.trust.forgetting),
        "gossip": _percent(scenario.word_of_mouth.gossip),
        "posted": _percent(scenario.trust.posted),
        "overhead": _percent(policy_of(scenario, HERD).overhead),
        "wage": scenario.economy.wage,
        "commission": _percent(scenario.economy.commission),
        "capital": scenario.economy.capital,
    }


def _percent(share: float) -> float:
    """Return a share in percent, to a tenth."""
    return round(100 * share, 1)
