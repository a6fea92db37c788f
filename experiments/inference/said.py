"""Effects in words: gaps as parts of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from longgame.experiments.inference.verdicts import Effect
from longgame.experiments.words import number


def say(effect: Effect, unit: str, what: str = "") -> str:
    """Write a gap: how much higher or lower, or that it is not clear.

    Parameters
    ----------
    effect : Effect
    unit : str
        Its unit. Of "deals per salesperson-year" the deals stand with the amount, unless they are money or part
        of `what`; the rest is for `said_per`.
    what : str
        Name of the thing that is higher or lower.
    """
    noun = unit if unit.startswith("percent") else unit.partition(" per ")[0] if " per " in unit else ""
    word = "" if noun in ("", "money") or noun in what else f" {noun}"
    amount, side = f"{number(abs(effect.value))}{word}", "higher" if effect.value > 0 else "lower"
    if effect.sign == 0 or np.isnan(effect.value):
        return "neither higher nor lower"
    return f"{amount} {side}" if effect.sign else f"not clearly {side} ({amount})"


def say_each(effects: Sequence[Effect], unit: str, what: str) -> list[str]:
    """Write the gaps of one sentence: the unit with the first amount only."""
    said, told = [], False
    for effect in effects:
        said.append(say(effect, "" if told else unit, what))
        told = told or not (effect.sign == 0 or np.isnan(effect.value))
    return said


def said_per(what: str, unit: str) -> str:
    """Write a measure with what it is counted by: a year's profit is not that of ten years.

    Examples
    --------
    >>> said_per("profit", "money per salesperson-year"), said_per("clients' trust", "percentage points")
    ('profit per salesperson-year', "clients' trust")
    """
    found = re.search(r"\bper .+", unit)
    return f"{what} {found.group()}" if found else what
