"""Dials of the scenario by name, with the range in which they are turned if none is given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from annotated_types import Ge, Gt, Le, Lt

from longgame.experiments.design.herds import MEMBERS, herd_numbers, is_of_herds, with_herds
from longgame.sim.configurations import needs_a_month
from longgame.sim.errors import InputError, nearest
from longgame.sim.refusals import problems
from longgame.sim.scenario import Scenario

#: Another name for how often customers need something while the needs of all together stay as many.
REPURCHASE = "repurchase"

#: Dials valid only together with others, or only at some whole numbers: `every_dial` leaves them out.
TIED = ("burn_in", "network.contacts", "offer.skill_low", "offer.skill_high", "choice.initial_habit")

#: From a ratio of their ends on, ranges are gone through by equal factors instead of equal steps.
BY_FACTORS = 10.0


@dataclass(frozen=True)
class Dial:
    """A dial of the scenario to turn, and between which values.

    Attributes
    ----------
    name : str
        Dotted name, for example ``word_of_mouth.gossip``; ``months`` is the horizon, ``herd.overhead`` that of
        all herds.
    low, high : float
        Ends of the search.
    whole : bool
        Whether only whole numbers make sense.
    holding : str
        Dotted name of a dial that is turned the other way, so that the product of both stays as it is; no
        dial if empty.
    """

    name: str
    low: float
    high: float
    whole: bool = False
    holding: str = ""

    def __str__(self) -> str:
        """Name of the dial, and what is held while it is turned."""
        if self.holding == "customers.count":
            return f"{self.name} (number of needs held)"
        return f"{self.name} (× {self.holding} held)" if self.holding else self.name

    def at(self, scenario: Scenario, value: float) -> Scenario:
        """Return the scenario with the dial at a value."""
        value = round(value) if self.whole else float(value)
        if not self.holding:
            return set_numbers(scenario, {self.name: value})
        now, other = (_value(scenario, name) for name in (self.name, self.holding))
        held = other * now / value
        if (self.name, self.holding) == ("customers.rate", "customers.count"):
            # At most one need a step: held is the number of needs, not of rate × count.
            spread, steps = scenario.customers.rate_spread, scenario.steps
            held = other * needs_a_month(now, spread, steps) / needs_a_month(value, spread, steps)
        held = max(1, round(held)) if isinstance(other, int) else held
        return scenario.but({self.name: value, self.holding: held})

    def between(self, low: float, high: float) -> Dial:
        """Return the dial with another range."""
        return replace(self, low=low, high=high)


def set_numbers(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with other numbers, by the names of their dials.

    Examples
    --------
    >>> made = set_numbers(Scenario(), {"months": 12, "customers.churn": 0.0, "herd.overhead": 0.3})
    >>> made.months, made.customers.churn, {g.rules.overhead for g in made.firms if g.members > 1}
    (12, 0.0, {0.3})
    """
    made = scenario.but({name: value for name, value in values.items() if not is_of_herds(name)})
    for name in filter(is_of_herds, values):
        made = with_herds(made, name, values[name])
    return made


def _value(scenario: Scenario, name: str) -> Any:
    """Return the value of a dial by its dotted name."""
    return reduce(getattr, name.split("."), scenario)


#: How often a customer needs something, with as many needs in all: of fewer customers where each comes more
#: often. The frequency alone would turn the load as well, and at four needs a year salespeople who take their
#: time already turn customers away. Below a need in ten months there would be customers beyond what a search
#: may cost.
FREQUENCY = Dial("customers.rate", 0.1, 1.0, holding="customers.count")


DRIFT = "customers.drift"

#: Standard deviation of the change of a need in a month: none, and up to forgetting last season's need.
STILL, _, FAST = DRIFTS = (0.0, 0.05, 0.2)


#: The range in which a dial is turned, unless a claim narrows it (`Dial.between`): one row per dial.
RANGES: dict[str, Dial] = {
    dial.name: dial
    for dial in (
        Dial("trust.forgetting", 0.5, 1.0),
        Dial("word_of_mouth.gossip", 0.0, 0.9),
        Dial("customers.churn", 0.0, 0.1),
        Dial("months", 12, 240, whole=True),
        Dial("trust.brand_share", 0.0, 1.0),
        Dial("trust.seller_weight", 0.5, 10.0),
        Dial("trust.negativity", 1.0, 3.0),
        Dial("staffing.selection", 0.5, 20.0),
        Dial("staffing.payback", 1, 60, whole=True),
        Dial("service.issue", 0.02, 0.6),
        Dial("service.support", 0, 2400, whole=True),
        Dial("choice.reference_weight", 0.0, 2.0),
        Dial("choice.reference_rate", 0.0, 1.0),
        Dial("choice.buy_temperature", 0.03, 1.0),
        Dial("service.service", 0, 480, whole=True),
        Dial("attention.capacity", 1200, 9600, whole=True),
        Dial("staffing.turnover", 0.0, 0.6),
        Dial("attention.learning", 0.0, 1.0),
        Dial("attention.ask", 0, 2400, whole=True),
        Dial("attention.estimate_noise", 0.0, 1.0),
        Dial("customers.drift", 0.0, 0.3),
        Dial("choice.habit_weight", 0.0, 1.0),
        Dial("trust.honesty", 0.0, 1.0),
        Dial("attention.rivals_known", 0, 16, whole=True),
        Dial("service.tolerance", 0.0, 0.5),
        Dial("service.pressure_remorse", 0.0, 5.0),
        Dial("offer.breadth", 0.2, 0.5),
        Dial("trust.prior", 0.1, 0.9),
        Dial("trust.general_share", 0.0, 1.0),
        Dial("staffing.dismissal", 0.0, 1.0),
        Dial("economy.wage", 0.0, 4000.0),
        Dial("prosperity.advice_growth", 0.0, 0.1),
        Dial("prosperity.reversion", 0.002, 0.2),
        Dial("attention.advise", 0, 960, whole=True),
        Dial("choice.temperature", 0.03, 0.5),
        Dial("choice.hope", 0.5, 1.0),
        Dial("trust.record", 0.0, 4.0),
        Dial("attention.tailoring", 0.0, 0.8),
        Dial("choice.credence", 0.0, 1.0),
        Dial("staffing.succession", 0.0, 1.0),
        Dial("service.liability", 0.0, 1.0),
        Dial("customers.patience", 0.0, 0.99),
        Dial("economy.capital", 3.0, 60.0),
        Dial("herd.overhead", 0.0, 1.0),
        Dial(MEMBERS, 2, 10, whole=True),
    )
}

#: Assumed numbers that may decide the sign of a headline claim; each of those claims is turned in all of them.
ASSUMED_NUMBERS: tuple[Dial, ...] = tuple(
    RANGES[name]
    for name in (
        "choice.temperature",
        "choice.hope",
        "choice.buy_temperature",
        "trust.prior",
        "staffing.dismissal",
        "attention.estimate_noise",
    )
)


def dial(name: str) -> Dial:
    """Return a dial of `RANGES` by name, or `FREQUENCY` for ``customers.rate``."""
    return FREQUENCY if name == FREQUENCY.name else RANGES[name]


def read(text: str, option: str, scenario: Scenario) -> Dial:
    """Read ``DIAL`` or ``DIAL=LOW:HIGH``.

    Parameters
    ----------
    text : str
        A dotted name, ``months``, ``repurchase``, or ``herd.`` with a number of a firm's policy. Without a range, that
        of `RANGES` is taken, else `sensible` limits.
    option : str
        Where it was given, for what is told of a mistake.
    scenario : Scenario

    Raises
    ------
    InputError
        If there is no such dial, it is no number, or the range is not two numbers that it may take.
    """
    name, _, ends = text.partition("=")
    dial = _dial(name, option, scenario)
    if not ends:
        return dial
    try:
        low, high = (float(end) for end in ends.split(":"))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError(f"{option} {text}: is no range; write {name}=LOW:HIGH, the lower number first")
    if dial.whole and (low != round(low) or high != round(high)):
        raise InputError(f"{option} {text}: {name} takes whole numbers only")
    return check(Dial(dial.name, low, high, dial.whole, dial.holding), option, scenario)


def check(dial: Dial, option: str, scenario: Scenario) -> Dial:
    """Return the dial if a scenario can have it at both ends.

    Raises
    ------
    InputError
        If the scenario refuses a value.
    """
    from pydantic import ValidationError

    for value in (dial.low, dial.high):
        try:
            dial.at(scenario, value)
        except ValidationError as error:
            line = problems(error, Scenario, {}, option)[0]
            raise InputError(f"{line}; give {dial.name}=LOW:HIGH in a range that the scenario allows") from None
    return dial


def _dial(name: str, option: str, scenario: Scenario) -> Dial:
    """Return a dial with its own range."""
    turned = {REPURCHASE: FREQUENCY, **RANGES}
    if name in turned:
        return check(turned[name], option, scenario)
    numbers = {path: (info, value) for path, info, value in (*scenario.numbers(), *herd_numbers(scenario))}
    if name not in numbers:
        help = nearest(name, [*turned, *numbers], "docs/odd.md lists them all")
        raise InputError(f"{option} {name}: is not a dial of the scenario; {help}")
    info, value = numbers[name]
    if not _is_number(value):
        raise InputError(f"{option} {name}: is {value!r}, not a number; only numbers can be turned")
    return check(sensible(name, info, value), option, scenario)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def sensible(name: str, info: Any, value: float) -> Dial:
    """Return a dial with limits in which it may reasonably be turned.

    Shares and probabilities (permitted from 0 to 1): all of it. Everything else: from half to double its
    value, from 0 to 1 where it is 0; within what is permitted.
    """
    low, high, open_low, open_high = _permitted(info)
    whole = isinstance(value, int)
    if (low, high) == (0.0, 1.0):
        edge = 0.01
        return Dial(name, low + edge * open_low, high - edge * open_high)
    least, most = (0.5 * value, 2.0 * value) if value else (0.0, 1.0)
    least, most = max(min(least, most), low), min(max(0.5 * value, most), high)
    return Dial(name, round(least) if whole else least, round(most) if whole else most, whole)


def _permitted(info: Any) -> tuple[float, float, bool, bool]:
    """Return the limits that a number declares, and whether they are themselves left out."""
    low, high, open_low, open_high = -math.inf, math.inf, False, False
    for bound in info.metadata:
        if isinstance(bound, Ge | Gt):
            low, open_low = float(getattr(bound, "ge", getattr(bound, "gt", low))), isinstance(bound, Gt)
        elif isinstance(bound, Le | Lt):
            high, open_high = float(getattr(bound, "le", getattr(bound, "lt", high))), isinstance(bound, Lt)
    return low, high, open_low, open_high


def every_dial(scenario: Scenario) -> list[Dial]:
    """Return every number of a scenario as a dial in `sensible` limits, but for those in `TIED`.

    The numbers of customers and of months count as dials too.
    """
    return [
        sensible(name, info, value)
        for name, info, value in scenario.numbers()
        if _is_number(value) and name not in TIED
    ]


def by_factors(dial: Dial) -> bool:
    """Return whether a dial is gone through by equal factors."""
    return dial.low > 0 and dial.high / dial.low >= BY_FACTORS


def value_at(dial: Dial, place: float) -> float:
    """Return the value of a dial at a place between 0 (its low end) and 1, to four digits.

    Examples
    --------
    >>> value_at(Dial("word_of_mouth.gossip", 0.0, 0.8), 0.5)
    0.4
    >>> value_at(Dial("months", 12, 240, whole=True), 0.5)
    54.0
    """
    if by_factors(dial):
        value = dial.low * (dial.high / dial.low) ** place
    else:
        value = dial.low + (dial.high - dial.low) * place
    return float(round(value)) if dial.whole else float(f"{value:.4g}")


def place_of(dial: Dial, value: float) -> float:
    """Return the place of a value between the ends of a dial, the inverse of `value_at` but for rounding.

    Examples
    --------
    >>> place_of(Dial("months", 12, 240, whole=True), 240)
    1.0
    """
    if by_factors(dial):
        return math.log(value / dial.low) / math.log(dial.high / dial.low)
    return (value - dial.low) / (dial.high - dial.low)


def turned(scenario: Scenario, values: Mapping[Dial, float]) -> Scenario:
    """Return the scenario with several dials turned, in their order."""
    for dial, value in values.items():
        scenario = dial.at(scenario, value)
    return scenario
