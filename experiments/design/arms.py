"""Fair contrasts: the same market for every arm, once shared and once each alone.

An arm is a way of selling in a way of working together. In the *shared* market all arms compete for the same
customers; in the *separate* ones each arm has a market of its own with as many salespeople in all, the same
customers, needs and luck.

In the shared market arms do not share the luck of their posts (skill, position). A second run in which ours
and theirs change places, averaged with the first, would cancel it. Measured on 60 seeds of the default
market: that makes the standard deviation of the paired difference in profit over 10 years 2.8 times smaller
for principled − collaborative herds (2,100 to 800; 2.2 times for singletons), where two independent runs
make it 1.4 times smaller; for collaborative − adversarial herds 1.4 times, no better than more seeds (1.7
for singletons). Claims make one run: where conducts are alike, shared markets need many seeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from longgame.experiments.design.plan import Design
from longgame.sim.organisation import POLICIES, FirmPolicy, Firms
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

if TYPE_CHECKING:
    import pandas as pd

    from longgame.sim.agents import Salesperson

SINGLETON, HERD = "singleton", "herd"
ORGANISATIONS = (SINGLETON, HERD)

#: Name of the market in which all arms compete; the others carry the name of the arm that is alone there.
SHARED = "shared"
SEPARATE = "separate"

#: Members of a herd where the scenario has none.
HERD_SIZE = 5


@dataclass(frozen=True)
class Arm:
    """A way of selling in a way of working together; its name labels the group of firms in every table.

    Attributes
    ----------
    strategy : str, Strategy or subclass of Salesperson
        A named strategy, or one of the experiment's own; a class is kept as the strategy that it plays.
    organisation : {"singleton", "herd"}
    label : str
        What the arm is called, if not by its strategy.
    policy : FirmPolicy, optional
        How its firms work, if not as the scenario's firms of that kind do.
    others : mapping of str to int
        Members of each herd who sell by another (named) strategy.
    title : str
        How sentences and figures call it, if not as its name does.
    level : float, optional
        Where the dial stands that tells it from the other arms of a sweep.
    """

    strategy: str | Strategy | type[Salesperson]
    organisation: str
    label: str = ""
    policy: FirmPolicy | None = None
    others: Mapping[str, int] = field(default_factory=dict, hash=False)
    title: str = ""
    level: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.strategy, type):
            object.__setattr__(self, "strategy", Strategy.model_validate(self.strategy))

    @property
    def strategy_name(self) -> str:
        """Name of the strategy."""
        return self.strategy if isinstance(self.strategy, str) else self.strategy.name

    @property
    def way(self) -> str:
        """Its label, or the name of its strategy: what tables have in the column ``strategy``."""
        return self.label or self.strategy_name

    @property
    def name(self) -> str:
        """``<label or strategy>-<organisation>``."""
        return f"{self.way}-{self.organisation}"


def crossed(strategies: Sequence[str]) -> tuple[Arm, ...]:
    """Return every strategy as singletons and as herds.

    Examples
    --------
    >>> [arm.name for arm in crossed(["collaborative"])]
    ['collaborative-singleton', 'collaborative-herd']
    """
    return tuple(Arm(strategy, organisation) for strategy in strategies for organisation in ORGANISATIONS)


def markets(scenario: Scenario, arms: Sequence[Arm]) -> Design:
    """Return the shared market and one market per arm, made from a scenario whose firms are replaced.

    Everything but the firms is the scenario's; where whole firms make fewer or more salespeople than it has,
    customers are fewer or more in proportion. The size and the policy of herds and singletons are taken from
    its first group of each kind (else herds of 5 and the named policies). Each arm gets the same number of
    salespeople, so that the total comes as near to the scenario's as whole herds allow; each market has that
    total.

    Raises
    ------
    pydantic.ValidationError
        If the scenario cannot hold the arms (unknown strategy, too many salespeople to be acquainted with).
    """
    each, size = _per_arm(scenario, len(arms))
    policies = _policies(scenario)
    shared = tuple(_group(arm, each, size, policies) for arm in arms)
    scenario = _with_strategies(scenario, arms)
    made = {SHARED: _with_firms(scenario, shared, SHARED)}
    for arm in arms:
        made[arm.name] = _with_firms(scenario, (_group(arm, each * len(arms), size, policies),), arm.name)
    return Design(made, settings(made), labels_of(arms))


def each_alone(scenario: Scenario, arms: Sequence[Arm]) -> Design:
    """Return a market of its own for each arm, as large as if there were no other."""
    made = Design({})
    for arm in arms:
        made |= markets(scenario, [arm]).where(setting=SEPARATE)
    return made


def settings(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the label ``setting`` of markets: shared, or separate where one arm is alone."""
    return {name: {"setting": SHARED if name == SHARED else SEPARATE} for name in names}


def labels_of(arms: Iterable[Arm]) -> dict[str, dict[str, str]]:
    """Return the labels of the groups of firms of some arms: their strategy and organisation."""
    return {arm.name: {"strategy": arm.way, "organisation": arm.organisation} for arm in arms}


def mixture(scenario: Scenario, parts: Sequence[tuple[Arm, float]], name: str = "mixture") -> Scenario:
    """Return one market in which arms of one organisation have unequal parts of the scenario's salespeople.

    Size and policy of firms are those of `markets`. Each arm has at least one firm, and as many as come
    nearest to its share; the first takes what is left.

    Parameters
    ----------
    scenario : Scenario
        Everything but the firms.
    parts : sequence of (Arm, float)
        Arms and their shares of all salespeople, in (0, 1].
    name : str

    Examples
    --------
    >>> from longgame.sim.scenario import Scenario
    >>> parts = [(Arm("collaborative", "herd"), 0.75), (Arm("adversarial", "herd"), 0.25)]
    >>> [group.count for group in mixture(Scenario(), parts).firms]
    [6, 2]
    """
    firms = max(len(parts), round(scenario.sellers / firm_size(scenario, parts[0][0].organisation)))
    counts = [max(1, round(firms * share)) for _, share in parts]
    counts[0] = max(1, firms - sum(counts[1:]))
    return crowd(scenario, [(arm, count) for (arm, _), count in zip(parts, counts, strict=True)], name)


def crowd(scenario: Scenario, parts: Sequence[tuple[Arm, int]], name: str = "crowd") -> Scenario:
    """Return one market with so many firms of each arm, whose posts follow each other in this order.

    Examples
    --------
    >>> from longgame.sim.scenario import Scenario
    >>> market = crowd(Scenario(), [(Arm("collaborative", "herd"), 3), (Arm("adversarial", "herd"), 1)])
    >>> market.sellers, market.customers.count  # as many customers to a salesperson as before
    (20, 2000)
    """
    policies = _policies(scenario)
    groups = tuple(
        _group(arm, count * firm_size(scenario, arm.organisation), firm_size(scenario, HERD), policies)
        for arm, count in parts
    )
    return _with_firms(_with_strategies(scenario, [arm for arm, _ in parts]), groups, name)


def firm_size(scenario: Scenario, organisation: str) -> int:
    """Return how many members a firm of a kind has in the markets of `mixture` and `crowd`."""
    return herd_size(scenario, 1) if organisation == HERD else 1


def herd_size(scenario: Scenario, arms: int) -> int:
    """Return how many members a herd has in the markets of so many arms."""
    return _per_arm(scenario, arms)[1]


def policy_of(scenario: Scenario, organisation: str) -> FirmPolicy:
    """Return how firms of a kind work in a scenario: its own policy, else the named one."""
    policy = _policies(scenario)[organisation]
    return POLICIES[policy] if isinstance(policy, str) else policy


def _per_arm(scenario: Scenario, arms: int) -> tuple[int, int]:
    """Return (salespeople of an arm in the shared market, members of a herd)."""
    herds = [g.members for g in scenario.firms if g.members > 1]
    fair = max(1, scenario.sellers // arms)
    size = min(herds[0] if herds else HERD_SIZE, max(2, fair))
    return size * max(1, round(scenario.sellers / arms / size)), size


def _policies(scenario: Scenario) -> dict[str, str | FirmPolicy]:
    """Return the scenario's own policy for singletons and herds, else the named ones."""
    found: dict[str, str | FirmPolicy] = {}
    for group in scenario.firms:
        found.setdefault(group.organisation, group.policy)
    return {SINGLETON: SINGLETON, HERD: HERD, **found}


def _group(arm: Arm, salespeople: int, size: int, policies: Mapping[str, str | FirmPolicy]) -> Firms:
    """Return the firms of an arm."""
    members = size if arm.organisation == HERD else 1
    theirs = members - sum(arm.others.values())
    return Firms(
        name=arm.name,
        count=salespeople // members,
        strategies={arm.strategy_name: theirs, **arm.others},
        policy=arm.policy or policies[arm.organisation],
    )


def _with_strategies(scenario: Scenario, arms: Sequence[Arm]) -> Scenario:
    """Return the scenario with the arms' own strategies declared."""
    own = {arm.strategy_name: arm.strategy for arm in arms if isinstance(arm.strategy, Strategy)}
    declared = {strategy.name: strategy for strategy in scenario.strategies}
    if not own:
        return scenario
    return scenario.but(strategies=[strategy.model_dump() for strategy in {**declared, **own}.values()])


def _with_firms(scenario: Scenario, firms: tuple[Firms, ...], name: str) -> Scenario:
    """Return the scenario with other firms, and as many customers to each salesperson as before."""
    market = scenario.but(firms=[group.model_dump() for group in firms], name=name)
    customers = max(1, round(scenario.customers.count * market.sellers / scenario.sellers))
    return market.but({"customers.count": customers})


# -- reading the tables of a plan over such markets ---------------------------------------------------

#: Values of labels that rows have: one side of a comparison.
Side = Mapping[str, Any]


def chosen(table: pd.DataFrame, labels: Side) -> NDArray[np.bool_]:
    """Return which rows have these values in these columns."""
    rows = np.ones(len(table), dtype=bool)
    for label, value in labels.items():
        rows &= (table[label] == value).to_numpy(bool)
    return rows


def rows_of(table: pd.DataFrame, sides: Sequence[Side]) -> pd.DataFrame:
    """Return the rows of any of some sides, by those of their labels that the table has; all without sides."""
    if not sides:
        return table
    there = [{label: value for label, value in side.items() if label in table} for side in sides]
    return table.loc[np.logical_or.reduce([chosen(table, side) for side in there])]


def value_of(table: pd.DataFrame, side: Side, column: str) -> pd.Series:
    """Return one number per seed of one side, indexed by seed, ready to be paired."""
    import pandas as pd

    # Only two columns are taken: a ledger asks thousands of times, and copying all of them takes longest.
    rows = chosen(table, side)
    seeds = pd.Index(table["seed"].to_numpy()[rows], name="seed")
    return pd.Series(table[column].to_numpy()[rows], seeds, name=column)


def values(table: pd.DataFrame, setting: str, arm: Arm | str, column: str) -> pd.Series:
    """Return one number per seed of one arm in the shared market or in separate ones, indexed by seed."""
    return value_of(table, _side(setting, arm), column)


def of_arm(table: pd.DataFrame, setting: str, arm: Arm | str) -> pd.DataFrame:
    """Return the rows of one arm in the shared market or in separate ones."""
    return table.loc[chosen(table, _side(setting, arm))]


def _side(setting: str, arm: Arm | str) -> Side:
    """Return the labels of an arm in one kind of market."""
    return {"setting": setting, "group": arm if isinstance(arm, str) else arm.name}
