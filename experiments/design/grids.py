"""Dials turned: of a conduct (`sweep`) or of the scenario (`grid`), with the values as labels of the markets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from longgame.experiments.design.arms import Arm, labels_of, markets
from longgame.experiments.design.dials import set_numbers
from longgame.experiments.design.plan import Design
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy


def sweep(base: Strategy, dial: str, levels: Sequence[float], organisation: str) -> list[Arm]:
    """Return one arm per level of a dial, turned alike towards prospects and clients.

    Their names begin with ``<dial>-<level in percent>``, for example ``overpromise-40``; the space in their
    titles does not break.

    Examples
    --------
    >>> from longgame.sim.library import STRATEGIES
    >>> [arm.name for arm in sweep(STRATEGIES["collaborative"], "aftercare", (0, 1), "herd")]
    ['aftercare-0-herd', 'aftercare-100-herd']
    """
    words = dial.replace("_", "-")
    return [
        Arm(with_dial(base, dial, level), organisation, title=f"{words}\N{NO-BREAK SPACE}{level:g}", level=float(level))
        for level in levels
    ]


def with_between(scenario: Scenario, arms: Sequence[Arm], between: Sequence[Arm]) -> Design:
    """Return the markets of arms, and separate markets alone for levels between those that are compared.

    More arms would make smaller parts of the shared market, and smaller herds, for levels that only figures
    need. Each level between stands in for an arm, so that its market is as large as theirs.
    """
    made = markets(scenario, arms)
    for arm in between:
        alone = markets(scenario, [arm, *arms[1:]])
        made |= Design({arm.name: alone[arm.name]}, alone.labels, labels_of([arm]))
    return made


def with_dial(base: Strategy, dial: str, level: float) -> Strategy:
    """Return a strategy with one dial of its conducts set, named after the dial."""
    name = f"{dial.replace('_', '-')}-{level * 100:.0f}"
    conducts = {
        phase: conduct.but(**{dial: float(level)})
        for phase in Strategy.PHASES
        if (conduct := getattr(base, phase)) is not None
    }
    return base.model_copy(update={"name": name, **conducts})


def inflating(base: Strategy) -> Strategy:
    """Return a strategy that sells as another does, but claims a perfect fit of everything: `inflates`."""
    return with_dial(base, "overpromise", 1.0).model_copy(update={"name": "inflates"})


# -- grids --------------------------------------------------------------------------------------------


def grid(scenario: Scenario, dials: Mapping[str, Sequence[Any]], arms: Sequence[Arm]) -> Design:
    """Return the markets of the arms at every point of a grid over dials of the scenario.

    Names are ``<market>@<dial>=<value>,…``; the values are labels, those of ``months`` as ``run_months``.

    Examples
    --------
    >>> arms = [Arm("collaborative", "singleton"), Arm("adversarial", "singleton")]
    >>> list(grid(Scenario(), {"months": [12, 24]}, arms))[:2]
    ['shared@months=12', 'collaborative-singleton@months=12']
    """
    made = Design({})
    for point in _points(dials):
        there = set_numbers(scenario, point)
        said = ",".join(f"{dial}={value:g}" for dial, value in point.items())
        labels = {"run_months" if dial == "months" else dial: value for dial, value in point.items()}
        made |= markets(there, arms).also(**labels).renamed(lambda name, said=said: f"{name}@{said}")
    return made


def _points(dials: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield every combination of values."""
    if not dials:
        yield {}
        return
    (dial, levels), *rest = dials.items()
    for level in levels:
        for others in _points(dict(rest)):
            yield {dial: level, **others}
