"""The markets of the lesson page: two conducts × two organisations over a grid of three dials."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from longgame.experiments.design.arms import Arm, crossed
from longgame.experiments.design.grids import with_between
from longgame.experiments.design.plan import Design, Measure, Plan
from longgame.experiments.lesson import parts
from longgame.experiments.measures import kept as measures
from longgame.experiments.measures.kept import PATHS
from longgame.experiments.measures.totals import shares_of_exchanges
from longgame.sim.configurations import needs_per_seller
from longgame.sim.scenario import Scenario

CONDUCTS = ("collaborative", "adversarial")
ARMS = crossed(CONDUCTS)

#: Length of a run where the scenario gives none: the bets are on one year and on ten.
MONTHS = 120

#: Least, usual and most seeds: a sign takes six (`effects.fewest`), and the path of every run is on the page.
LEAST_SEEDS, SEEDS, MOST_SEEDS = 6, 8, 20


def exchanges_by_horizon(result) -> pd.DataFrame:
    """Return `exchange_shares` of every group at every horizon of the run."""
    return measures.at_horizons(shares_of_exchanges, result)


MEASURES = (PATHS, Measure("exchanges_by_horizon", exchanges_by_horizon, 2))


@dataclass(frozen=True)
class Dial:
    """A dial of the page: one number of the scenario, its name for the reader, and its levels.

    Attributes
    ----------
    key : str
        Name in the page's script.
    path : str
        Dotted path of the number in the scenario.
    title, help : str
        Words for the reader.
    fine : tuple of float
        Levels of the live market; the lowest and the highest are those of the lesson. The scenario's own
        value stands between them.
    words : callable
        Puts a level into words.
    """

    key: str
    path: str
    title: str
    help: str
    fine: tuple[float, ...]
    words: Callable[[float], str]

    def value(self, scenario: Scenario) -> float:
        """Return the scenario's own value."""
        section, name = self.path.split(".")
        return getattr(getattr(scenario, section), name)

    def levels(self, scenario: Scenario, *, fine: bool = False) -> list[float]:
        """Return the levels in rising order, the scenario's own value among them."""
        return sorted({*(self.fine if fine else (self.fine[0], self.fine[-1])), self.value(scenario)})


def _memory(kept: float) -> str:
    """Write the share of an old experience that is left after one more."""
    return f"{kept:.0%} stays"


def _gossip(chance: float) -> str:
    """Write the share of stories that are told."""
    return "nobody talks" if chance == 0 else f"{chance:.0%} of stories are told"


def _rate(rate: float) -> str:
    """Write the time between two needs."""
    months = 1 / rate
    if months >= 11.5:
        return f"every {months / 12:.2g} years" if months >= 13 else "once a year"
    return f"every {months:.2g} months" if months > 1.05 else "every month"


DIALS = (
    Dial(
        "memory",
        "trust.forgetting",
        "Memory",
        "How much of an old experience is left when a new one comes.",
        (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0),
        _memory,
    ),
    Dial(
        "gossip",
        "word_of_mouth.gossip",
        "Word of mouth",
        "How often a good experience is told to a contact who asks. Bad ones are told more often.",
        (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
        _gossip,
    ),
    Dial(
        "rate",
        "customers.rate",
        "Repurchase",
        "How often one customer needs something. There are fewer customers where each needs more: all of them "
        "together need as much as before.",
        (1 / 12, 1 / 9, 1 / 6, 0.25, 1 / 3, 0.5),
        _rate,
    ),
)

#: A combination of levels, as the number of the level of each dial.
Point = tuple[int, ...]


def points(scenario: Scenario) -> list[Point]:
    """Return every combination of levels."""
    return list(itertools.product(*(range(len(dial.levels(scenario))) for dial in DIALS)))


def default_point(scenario: Scenario) -> Point:
    """Return the combination that is the scenario itself."""
    return tuple(dial.levels(scenario).index(dial.value(scenario)) for dial in DIALS)


def at(scenario: Scenario, point: Point) -> Scenario:
    """Return the scenario at one combination of levels, with as many needs a month in all as before."""
    changes = {dial.path: dial.levels(scenario)[level] for dial, level in zip(DIALS, point, strict=True)}
    return as_many_needs(scenario, scenario.but(changes))


def as_many_needs(scenario: Scenario, changed: Scenario) -> Scenario:
    """Return the changed scenario with as many customers as together need what all needed before."""
    people = scenario.customers.count * needs_per_seller(scenario) / needs_per_seller(changed)
    return changed.but({"customers.count": max(1, round(people))})


def key(point: Point) -> str:
    """Return the name of a combination of levels."""
    return "-".join(map(str, point))


def plan(scenario: Scenario, seeds: int) -> Plan:
    """Return the plan: at every point the shared market and one market per arm, the same seeds in all.

    At the default point also one market per herd without one of its parts. The label ``point`` is the `key`.
    """
    usual = default_point(scenario)
    made = Design({})
    for point in points(scenario):
        here = with_between(at(scenario, point), ARMS, parts.arms(scenario, CONDUCTS) if point == usual else ())
        names = {name: f"{key(point)}/{name}" for name in here}
        labels = {names[name]: {**here.labels[name], "point": key(point)} for name in here}
        made |= Design({names[name]: market for name, market in here.items()}, labels, here.groups)
    return Plan(made, range(seeds), MEASURES)


@dataclass(frozen=True)
class Contrast:
    """Two arms that the page sets against each other; `short` is the title in a list."""

    key: str
    short: str
    title: str
    left: Arm
    right: Arm


def _arm(conduct: str, organisation: str) -> Arm:
    """Return one of the arms."""
    return next(arm for arm in ARMS if (arm.strategy_name, arm.organisation) == (conduct, organisation))


CONTRASTS: Sequence[Contrast] = (
    Contrast(
        "alone",
        "How they sell: alone",
        "Collaborative against adversarial, each seller alone",
        _arm("collaborative", "singleton"),
        _arm("adversarial", "singleton"),
    ),
    Contrast(
        "herds",
        "How they sell: in herds",
        "Collaborative against adversarial, both in herds",
        _arm("collaborative", "herd"),
        _arm("adversarial", "herd"),
    ),
    Contrast(
        "collaborative",
        "Herd or alone: collaborative",
        "Herd against singleton, both collaborative",
        _arm("collaborative", "herd"),
        _arm("collaborative", "singleton"),
    ),
    Contrast(
        "adversarial",
        "Herd or alone: adversarial",
        "Herd against singleton, both adversarial",
        _arm("adversarial", "herd"),
        _arm("adversarial", "singleton"),
    ),
    Contrast(
        "both",
        "Both differ",
        "Collaborative herd against adversarial singleton",
        _arm("collaborative", "herd"),
        _arm("adversarial", "singleton"),
    ),
)
