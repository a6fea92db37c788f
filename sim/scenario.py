"""`Scenario`: every number of one market, validated, with the firms in it and their strategies."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from longgame.sim.declaration import dial
from longgame.sim.dials import (
    Attention,
    Choice,
    Customers,
    Economy,
    Experience,
    Network,
    Offer,
    Prosperity,
    Service,
    Staffing,
    Trust,
    WordOfMouth,
)
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import Firms, firms
from longgame.sim.strategy import LongName, Strategy, Value

#: Changes whenever the same scenario and seed would give different results.
MODEL_VERSION = "2"


#: Steps of a month.
STEPS = {"month": 1, "week": 4, "day": 20}

#: Numbers by how they depend on time: they grow with the number of months, or are shared out over the steps of one;
#: are probabilities that something happens within a month, or that it lasts for one; or spread like a random walk.
_IN_MONTHS = ("months", "burn_in", "economy.capital", "economy.vacancy", "staffing.payback", "staffing.hurdle")
_A_MONTH = ("customers.rate", "attention.capacity", "economy.wage")
_WITHIN_A_MONTH = ("customers.churn", "customers.arrival", "prosperity.reversion", "choice.prospecting_rate")
_FOR_A_MONTH = ("customers.patience",)
_WALKS = ("customers.drift",)


def by_step(path: str, value: Any, steps: int) -> Any:
    """Return a number that is given by the month as it is by the step, with so many steps to a month.

    Examples
    --------
    >>> by_step("customers.patience", 0.81, 2), by_step("trust.prior", 0.5, 4)
    (0.9, 0.5)
    """
    if steps == 1:
        return value
    if path in _IN_MONTHS:
        return value * steps
    if path in _A_MONTH:
        return value // steps if isinstance(value, int) else value / steps
    if path in _WITHIN_A_MONTH:
        return 1.0 - (1.0 - value) ** (1.0 / steps)
    if path in _FOR_A_MONTH:
        return value ** (1.0 / steps)
    return value / math.sqrt(steps) if path in _WALKS else value


class Scenario(Value):
    """Every number of one market. Frozen; unknown names are refused.

    Examples
    --------
    >>> Scenario().customers.rate
    0.25
    >>> Scenario().but({"customers.rate": 0.5}).customers.rate
    0.5
    """

    name: LongName = "anonymous"
    months: int = dial(120, "length of the run", unit="months", ge=1, le=12_000)
    step: Literal["month", "week", "day"] = dial(
        "month", "time from one need of a customer to the next that may follow (a month has 4 weeks or 20 days of work)"
    )
    burn_in: int = dial(0, "months played before the first month of any table", unit="months", ge=0, le=12_000, off="0")
    customers: Customers = Customers()
    network: Network = Network()
    offer: Offer = Offer()
    trust: Trust = Trust()
    choice: Choice = Choice()
    experience: Experience = Experience()
    attention: Attention = Attention()
    service: Service = Service()
    word_of_mouth: WordOfMouth = WordOfMouth()
    prosperity: Prosperity = Prosperity()
    economy: Economy = Economy()
    staffing: Staffing = Staffing()
    firms: Annotated[tuple[Firms, ...], Field(min_length=1, strict=False)] = (
        *firms("adversarial", singletons=10, herds=2),
        *firms("collaborative", singletons=10, herds=2),
    )
    strategies: Annotated[tuple[Strategy, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        own = [s.name for s in self.strategies]
        for name in own:
            if own.count(name) > 1:
                raise ValueError(f"`strategies` declares {name!r} twice; names must be unique")
            if name in STRATEGIES and self.strategy(name) != STRATEGIES[name]:
                raise ValueError(f"`strategies` declares {name!r}, which is a library strategy; choose another name")
        groups = [g.name for g in self.firms]
        for name in groups:
            if groups.count(name) > 1:
                raise ValueError(f"`firms` has two groups named {name!r}; names must be unique")
        for name in [n for g in self.firms for n in g.strategies] + [self.staffing.habitual]:
            if name not in own and name not in STRATEGIES:
                known = ", ".join([*own, *STRATEGIES])
                raise ValueError(f"strategy {name!r} is not known; choose from {known}")
        if self.burn_in % 12:
            raise ValueError(f"`burn_in` is {self.burn_in}; it must be whole years, at whose ends people come and go")
        if (self.months + self.burn_in) * self.steps > 32_000:
            raise ValueError(
                f"`months` and `burn_in` are {self.months} and {self.burn_in}; with steps of a {self.step} "
                f"at most {32_000 // self.steps} together"
            )
        longest = self.attention.talk + self.attention.ask + self.attention.advise
        if self.step != "month" and self.attention.capacity // self.steps < longest:
            raise ValueError(
                f"`attention.capacity` leaves {self.attention.capacity // self.steps} minutes a {self.step}; "
                f"the longest conversation takes {longest}"
            )
        if self.sellers > 10_000_000:
            raise ValueError(f"`firms` adds up to {self.sellers} salespeople; at most 10000000")
        if self.choice.initial_habit > 0 and not self.trust.acquainted:
            raise ValueError(
                f"`choice.initial_habit` is {self.choice.initial_habit}; it needs `trust.acquainted` = true: "
                "nobody can be used to a stranger"
            )
        if self.trust.acquainted and self.sellers > self.trust.remembered:
            raise ValueError(
                f"`trust.acquainted` needs room for every salesperson: `trust.remembered` is "
                f"{self.trust.remembered}, there are {self.sellers}"
            )
        return self

    # -- views ------------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """Steps of a month: what the rules take for a month is one of them."""
        return STEPS[self.step]

    @property
    def sellers(self) -> int:
        """Number of salespeople."""
        return sum(g.count * g.members for g in self.firms)

    def strategy(self, name: str) -> Strategy:
        """Return the strategy of that name: the scenario's own or the library's."""
        for strategy in self.strategies:
            if strategy.name == name:
                return strategy
        return STRATEGIES[name]

    def strategies_used(self) -> tuple[Strategy, ...]:
        """Return every strategy that occurs or may occur, in the order of the strategy table."""
        names = dict.fromkeys([n for g in self.firms for n in g.strategies])
        if any(g.rules.hiring == "record" for g in self.firms):
            names[self.staffing.habitual] = None
        return tuple(self.strategy(n) for n in names)

    def in_python(self) -> tuple[Strategy, ...]:
        """Return the strategies of the table that are played by Python classes."""
        return tuple(strategy for strategy in self.strategies_used() if strategy.code is not None)

    def numbers(self) -> Iterator[tuple[str, FieldInfo, Any]]:
        """Yield (dotted path, declaration, value) for every number outside `firms` and `strategies`."""
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, Value):
                for inner, inner_info in type(value).model_fields.items():
                    yield f"{name}.{inner}", inner_info, getattr(value, inner)
            elif name in ("months", "burn_in", "step"):
                yield name, info, value

    def record(self) -> np.void:
        """Return the numeric parameters as one flat NumPy record, as the compiled rules read them: by the step."""
        leaves = [
            (path.rpartition(".")[2], by_step(path, value, self.steps))
            for path, _, value in self.numbers()
            if not isinstance(value, str)
        ]
        leaves.append(("year", 12 * self.steps))
        leaves.append(("survivors", self.economy.entry == "survivors"))
        kinds = {bool: "u1", int: "i8", float: "f8"}
        table = np.zeros(1, dtype=[(name, kinds[type(value)]) for name, value in leaves])
        for name, value in leaves:
            table[name] = value
        return table[0]

    def key(self) -> str:
        """Return a hash that changes when any number, strategy or policy changes (not the name)."""
        text = MODEL_VERSION + self.model_dump_json(exclude={"name"})
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    # -- changes ----------------------------------------------------------------------------------

    def but(self, changes: Mapping[str, Any] | None = None, /, **top: Any) -> Scenario:
        """Return a scenario with some numbers changed.

        Parameters
        ----------
        changes : mapping
            Dotted path to value, for example ``{"customers.rate": 0.5}``.
        **top
            Top-level fields, for example ``months=60``.

        Raises
        ------
        pydantic.ValidationError
            If a name is unknown or a value out of range.
        """
        tree = self.model_dump()
        for path, value in {**(changes or {}), **top}.items():
            *sections, leaf = path.split(".")
            branch = tree
            for section in sections:
                branch = branch.setdefault(section, {})
            branch[leaf] = value
        return type(self).model_validate(tree)
