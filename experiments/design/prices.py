"""Ways of selling at prices that are not their own: so that a comparison of conducts is not one of prices.

A bundle of conduct is compared at equal prices, and at each side's own best price. The best prices were found once for
each market that could exist, by `longgame fit-strategy --dials markup`, and stand with the command in
``best_prices.json``. For another market they are those of `repeat-supply`: the nearest that is known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from longgame.default_market import DEFAULT
from longgame.experiments.design.arms import ORGANISATIONS, Arm, markets
from longgame.experiments.design.plan import Design
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Conduct, Strategy

type Pair = tuple[Arm, Arm]

FILE = Path(__file__).with_name("best_prices.json")


@cache
def best_markups() -> dict[str, dict[str, float]]:
    """Return the best markup of strategies, by market and strategy."""
    return json.loads(FILE.read_text(encoding="utf-8"))["markups"]


def best_markup(scenario: Scenario, strategy: str) -> float:
    """Return the markup at which singletons of a strategy earn most beside collaborative and adversarial rivals.

    Raises
    ------
    KeyError
        If it was not searched for this strategy.
    """
    found = best_markups()
    return found.get(scenario.name, found[DEFAULT])[strategy]


def at_markup(strategy: str | Strategy, markup: float, label: str) -> Strategy:
    """Return a strategy that asks the same markup of everybody at all times, and is the same in all else.

    Examples
    --------
    >>> at_markup("adversarial", 0.4, "adversarial-fair").with_prospects.markup
    0.4
    """
    whole = STRATEGIES[strategy] if isinstance(strategy, str) else strategy

    def priced(conduct: Conduct | None) -> Conduct | None:
        return conduct and conduct.but(markup=markup)

    changes = {phase: priced(getattr(whole, phase)) for phase in Strategy.PHASES}
    return Strategy.model_validate({**whole.model_dump(), **changes, "name": label})


def at_price_of(ours: str, theirs: str, organisation: str) -> Arm:
    """Return the arm of a strategy that asks the price of another: `<ours>-equal`."""
    markup = STRATEGIES[theirs].with_prospects.markup
    strategy = at_markup(ours, markup, f"{ours}-equal")
    return Arm(strategy, organisation, title=f"{ours} at equal prices")


def at_best_price(scenario: Scenario | None, strategy: str, organisation: str) -> Arm:
    """Return the arm of a strategy at its own best price: `<strategy>-best`; without a scenario, its name only."""
    markup = best_markup(scenario, strategy) if scenario else STRATEGIES[strategy].with_prospects.markup
    return Arm(at_markup(strategy, markup, f"{strategy}-best"), organisation, title=f"{strategy} at its best price")


def at_equal_prices(ours: str, rivals: Sequence[str]) -> list[Pair]:
    """Return ours against each rival at our price, as singletons and in herds."""
    return [(Arm(ours, kind), at_price_of(rival, ours, kind)) for rival in rivals for kind in ORGANISATIONS]


def at_best_prices(scenario: Scenario | None, ours: str, rivals: Sequence[str]) -> list[Pair]:
    """Return ours against each rival, each at its own best price; without a scenario, their names only."""
    return [
        (at_best_price(scenario, ours, kind), at_best_price(scenario, rival, kind))
        for rival in rivals
        for kind in ORGANISATIONS
    ]


def fair_markets(scenario: Scenario, ours: str, rivals: Sequence[str]) -> Design:
    """Return the markets of conducts at equal prices, and those of the same at best prices, shared and separate."""
    made = Design({})
    for price, pairs in (("equal", at_equal_prices(ours, rivals)), ("best", at_best_prices(scenario, ours, rivals))):
        arms = list(dict.fromkeys(arm for pair in pairs for arm in pair))
        made |= markets(scenario, arms).renamed(lambda name, price=price: f"{name}@{price}-prices")
    return made
