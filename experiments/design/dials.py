"""Dials of the scenario by name, with the range in which they are turned if none is given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from annotated_types import Ge, Gt, Le, Lt

from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.sim.errors import InputError, nearest
from longgame.sim.refusals import problems
from longgame.sim.scenario import Scenario

#: Another name for how often customers need something while the needs of all together stay as many.
REPURCHASE = "repurchase"

#: Dials valid only together with others, or only at some whole numbers: `every_dial` leaves them out.
TIED = ("network.contacts", "offer.skill_low", "offer.skill_high", "choice.initial_habit")

#: From a ratio of their ends on, ranges are gone through by equal factors instead of equal steps.
BY_FACTORS = 10.0


def known() -> dict[str, Knob]:
    """Return the dials that claims turn, by name, as they turn them, and `REPURCHASE`."""
    from longgame.experiments import claims

    found = {REPURCHASE: FREQUENCY}
    for name in claims.names():
        for knob in getattr(claims.load(name), "KNOBS", ()):
            if not getattr(knob, "holding", ""):
                found.setdefault(knob.dial, knob)
    return found


def dial(text: str, option: str, scenario: Scenario) -> Knob:
    """Read ``DIAL`` or ``DIAL=LOW:HIGH``.

    Parameters
    ----------
    text : str
        A dotted name, ``months`` or ``repurchase``. Without a range it is turned as the claims turn it, else
        in `sensible` limits.
    option : str
        Where it was given, for what is told of a mistake.
    scenario : Scenario

    Raises
    ------
    InputError
        If there is no such dial, it is no number, or the range is not two numbers that it may take.
    """
    name, _, ends = text.partition("=")
    knob = _knob(name, option, scenario)
    if not ends:
        return knob
    try:
        low, high = (float(end) for end in ends.split(":"))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError(f"{option} {text}: is no range; write {name}=LOW:HIGH, the lower number first")
    if knob.whole and (low != round(low) or high != round(high)):
        raise InputError(f"{option} {text}: {name} takes whole numbers only")
    return check(Knob(knob.dial, low, high, knob.whole, knob.holding), option, scenario)


def check(knob: Knob, option: str, scenario: Scenario) -> Knob:
    """Return the dial if a scenario can have it at both ends.

    Raises
    ------
    InputError
        If the scenario refuses a value.
    """
    from pydantic import ValidationError

    for value in (knob.low, knob.high):
        try:
            knob.at(scenario, value)
        except ValidationError as error:
            line = problems(error, Scenario, {}, option)[0]
            raise InputError(f"{line}; give {knob.dial}=LOW:HIGH in a range that the scenario allows") from None
    return knob


def _knob(name: str, option: str, scenario: Scenario) -> Knob:
    """Return a dial with its own range."""
    turned = known()
    if name in turned:
        return check(turned[name], option, scenario)
    numbers = {path: (info, value) for path, info, value in scenario.numbers()}
    if name not in numbers:
        help = nearest(name, [*turned, *numbers], "docs/odd.md lists them all")
        raise InputError(f"{option} {name}: is not a dial of the scenario; {help}")
    info, value = numbers[name]
    if not _is_number(value):
        raise InputError(f"{option} {name}: is {value!r}, not a number; only numbers can be turned")
    return check(sensible(name, info, value), option, scenario)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def sensible(name: str, info: Any, value: float) -> Knob:
    """Return a dial with limits in which it may reasonably be turned.

    Shares and probabilities (permitted from 0 to 1): all of it. Everything else: from half to double its
    value, from 0 to 1 where it is 0; within what is permitted.
    """
    low, high, open_low, open_high = _permitted(info)
    whole = isinstance(value, int)
    if (low, high) == (0.0, 1.0):
        edge = 0.01
        return Knob(name, low + edge * open_low, high - edge * open_high)
    least, most = (0.5 * value, 2.0 * value) if value else (0.0, 1.0)
    least, most = max(min(least, most), low), min(max(0.5 * value, most), high)
    return Knob(name, round(least) if whole else least, round(most) if whole else most, whole)


def _permitted(info: Any) -> tuple[float, float, bool, bool]:
    """Return the limits that a number declares, and whether they are themselves left out."""
    low, high, open_low, open_high = -math.inf, math.inf, False, False
    for bound in info.metadata:
        if isinstance(bound, Ge | Gt):
            low, open_low = float(getattr(bound, "ge", getattr(bound, "gt", low))), isinstance(bound, Gt)
        elif isinstance(bound, Le | Lt):
            high, open_high = float(getattr(bound, "le", getattr(bound, "lt", high))), isinstance(bound, Lt)
    return low, high, open_low, open_high


def every_dial(scenario: Scenario) -> list[Knob]:
    """Return every number of a scenario as a dial in `sensible` limits, but for those in `TIED`.

    The numbers of customers and of months count as dials too.
    """
    return [
        sensible(name, info, value)
        for name, info, value in scenario.numbers()
        if _is_number(value) and name not in TIED
    ]


def by_factors(knob: Knob) -> bool:
    """Return whether a dial is gone through by equal factors."""
    return knob.low > 0 and knob.high / knob.low >= BY_FACTORS


def value_at(knob: Knob, place: float) -> float:
    """Return the value of a dial at a place between 0 (its low end) and 1, to four digits.

    Examples
    --------
    >>> value_at(Knob("word_of_mouth.gossip", 0.0, 0.8), 0.5)
    0.4
    >>> value_at(Knob("months", 12, 240, whole=True), 0.5)
    54.0
    """
    if by_factors(knob):
        value = knob.low * (knob.high / knob.low) ** place
    else:
        value = knob.low + (knob.high - knob.low) * place
    return float(round(value)) if knob.whole else float(f"{value:.4g}")


def place_of(knob: Knob, value: float) -> float:
    """Return the place of a value between the ends of a dial, the inverse of `value_at` but for rounding.

    Examples
    --------
    >>> place_of(Knob("months", 12, 240, whole=True), 240)
    1.0
    """
    if by_factors(knob):
        return math.log(value / knob.low) / math.log(knob.high / knob.low)
    return (value - knob.low) / (knob.high - knob.low)


def turned(scenario: Scenario, values: Mapping[Knob, float]) -> Scenario:
    """Return the scenario with several dials turned, in their order."""
    for knob, value in values.items():
        scenario = knob.at(scenario, value)
    return scenario
