"""Why, by hand: the herd taken apart, the annuity, trust step by step, and what a stranger can look up."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import HERD, policy_of
from longgame.experiments.design.plan import Answer
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.lesson import town, trials
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.sim.scenario import Scenario

#: What the members of a team do together, and the field of its policy that is put to nothing without it.
SWITCHES = {
    "leads": "shares_leads",
    "notes": "shares_memory",
    "cover": "shares_attention",
    "delivery": "delivery_team",
    "bill": "overhead",
}

#: Name of the town in which a stranger can look up nothing.
UNRECORDED = "unrecorded"


def codes() -> list[str]:
    """Return every combination of switches, one digit each: 1 on, 0 off; all on first."""
    return ["".join(code) for code in itertools.product("10", repeat=len(SWITCHES))]


def without(base: Scenario, code: str) -> dict[str, Any]:
    """Return the fields of a team's policy that are off in a combination of switches."""
    policy = policy_of(base, HERD)
    off = [field for field, on in zip(SWITCHES.values(), code, strict=True) if on == "0"]
    return {field: type(getattr(policy, field))(0) for field in off}


def markets(base: Scenario) -> dict[str, Scenario]:
    """Return the towns of this part by name: one for each combination of switches, and one without a record."""
    apart = {code: town.at(base, {}, team=without(base, code)) for code in codes()}
    return {**apart, UNRECORDED: town.at(base, {"talk": town.STORIES})}


def data(base: Scenario, seeds: int, answer: Answer, check: Check = unlimited) -> dict[str, Any]:
    """Return this part as the page reads it.

    Returns
    -------
    dict
        ``switches`` (keys, in the order of a code), ``apart`` (by code, as `worth`), ``annuity`` (as `revenue`),
        ``doors`` (as `at_the_door`, with and without a record) and ``trials`` (as `trials.data`).
    """
    made = markets(base)
    tables = answer(town.plan(made, range(seeds)))
    rows = {str(name): found for name, found in tables[town.COURSE.name].groupby("market", sort=False)}
    full = codes()[0]
    return {
        "switches": list(SWITCHES),
        "apart": {code: worth(rows[code], rows[full]) for code in codes()},
        "annuity": revenue(rows[full]),
        "doors": {"record": at_the_door(rows[full]), "none": at_the_door(rows[UNRECORDED])},
        "trials": trials.data(base, check),
    }


def worth(rows: pd.DataFrame, full: pd.DataFrame) -> dict[str, Any]:
    """Return what members of a team have earned at the end, and how that differs from the whole team.

    Returns
    -------
    dict
        ``ours`` and ``lead`` (medians, money per salesperson), ``less`` (paired difference whole team − this one).
    """
    profit, before = town.runs_of(rows, "profit"), town.runs_of(full, "profit")
    ours, lead = profit[town.OURS][:, -1], (profit[town.OURS] - profit[town.THEIRS])[:, -1]
    less = effect_of(pd.Series(before[town.OURS][:, -1] - ours), unit=town.UNIT)
    return {"ours": town.whole(np.median(ours)), "lead": town.whole(np.median(lead)), "less": town.as_shown(less)}


def by_year(rows: pd.DataFrame, column: str) -> Mapping[str, np.ndarray]:
    """Return by side the mean over runs of what a year adds to a running sum; a last piece of a year counts as one."""
    months = sorted(rows["month"].unique())
    ends = [i for i, month in enumerate(months) if month % 12 == 0 or month == months[-1]]
    return {side: np.diff(runs[:, ends].mean(axis=0), prepend=0.0) for side, runs in town.runs_of(rows, column).items()}


def revenue(rows: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    """Return the revenue of every year by side, ``first`` from new customers and ``repeat`` from those who came back.

    Mean over runs, in money per salesperson.
    """
    first, repeat = by_year(rows, "first_revenue"), by_year(rows, "repeat_revenue")
    return {side: {"first": town.whole(first[side]), "repeat": town.whole(repeat[side])} for side in town.SIDES}


def at_the_door(rows: pd.DataFrame) -> dict[str, list[int | None]]:
    """Return by side the mean trust, in percent, of the customers of every year who had not bought there before.

    None stands for a year in which no such customer came.
    """
    trust, visits = by_year(rows, "stranger_trust"), by_year(rows, "strangers")
    return {
        side: [round(100 * t / n) if n > 0 else None for t, n in zip(trust[side], visits[side], strict=True)]
        for side in town.SIDES
    }
