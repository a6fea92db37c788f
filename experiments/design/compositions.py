"""Who sells how in a market, how many of each: compositions, their markets, and what everybody earns there.

Payoff in a market depends on who else is in it. A *composition* says how many firms sell by which strategy.
It becomes a market in which nobody changes their way of selling, and is simulated once for every seed, with
the same customers and luck as every other. What all earn there is the payoff table, from which tournament,
invasion and evolution are read.

Which posts a strategy has is luck: talents and specialities go with posts. That luck is measured where all
sell alike: what the holders of the same posts earn beyond the market's mean in a market of that strategy
alone. Its expectation is 0, because posts differ in nothing but luck, so that taking it off (a control
variate with coefficient 1) biases nothing; between strategies that are much alike it takes off most of the
noise, between equal ones all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from longgame.experiments.design.arms import Arm, crowd, firm_size, policy_of
from longgame.experiments.design.plan import Measure, Plan
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

if TYPE_CHECKING:
    from longgame.sim.agents import Salesperson

#: What may be a payoff: a firm's profit after all costs, or what a salesperson is paid.
PAYOFFS = ("profit", "pay")

#: Parts of the market that one of two strategies has, by default: a few invaders, and half.
SHARES = (0.1, 0.5)

#: Separates the parts of a composition's name; no name of a strategy holds either sign.
_AND, _TIMES = "+", "*"


@dataclass(frozen=True)
class Composition:
    """How many firms sell by each strategy.

    Attributes
    ----------
    parts : tuple of (str, int)
        Strategies and their firms, in the order of their posts.
    organisation : {"singleton", "herd"}
    """

    parts: tuple[tuple[str, int], ...]
    organisation: str

    @property
    def name(self) -> str:
        """For example ``4*adversarial+36*collaborative``."""
        return _AND.join(f"{count}{_TIMES}{strategy}" for strategy, count in self.parts)

    @property
    def firms(self) -> int:
        """Firms in all."""
        return sum(count for _, count in self.parts)


def composed(counts: Mapping[str, int], organisation: str) -> Composition:
    """Return the composition of these firms, in an order that does not depend on the order of `counts`.

    The larger part has the first posts, and of equal ones the first by name: so different invaders of a
    market have the same posts in it.

    Examples
    --------
    >>> composed({"adversarial": 4, "collaborative": 36}, "singleton").name
    '36*collaborative+4*adversarial'
    """
    parts = sorted(counts.items(), key=lambda part: (-part[1], part[0]))
    return Composition(tuple(part for part in parts if part[1] > 0), organisation)


def market_firms(scenario: Scenario, organisation: str) -> int:
    """Return how many firms of a kind make about as many salespeople as the scenario has: even, so it can be halved."""
    return 2 * max(1, round(scenario.sellers / firm_size(scenario, organisation) / 2))


def part_of(firms: int, share: float) -> int:
    """Return how many of the firms a share is: the nearest number that leaves at least one to either side."""
    return min(firms - 1, max(1, round(firms * share)))


def monoculture(strategy: str, firms: int, organisation: str) -> Composition:
    """Return a market of one strategy."""
    return composed({strategy: firms}, organisation)


def duel(one: str, other: str, share: float, firms: int, organisation: str) -> Composition:
    """Return a market in which one strategy has a share and another the rest."""
    count = part_of(firms, share)
    return composed({one: count, other: firms - count}, organisation)


def duels(
    strategies: Iterable[str], firms: int, organisation: str, shares: Sequence[float] = SHARES
) -> list[Composition]:
    """Return the markets in which each of every pair has every share, each market once."""
    found = {
        duel(one, other, share, firms, organisation): None
        for one, other in permutations(sorted(strategies), 2)
        for share in shares
    }
    return list(found)


def mixed(strategies: Iterable[str], firms: int, organisation: str) -> list[Composition]:
    """Return markets of all strategies alike in number, one for every way to turn them around the posts.

    Each strategy has each place once (a cyclic Latin square), so that the luck of places evens out.
    """
    names = sorted(strategies)
    each = max(1, round(firms / len(names)))
    return [
        Composition(tuple((name, each) for name in names[turn:] + names[:turn]), organisation)
        for turn in range(len(names))
    ]


# -- markets ------------------------------------------------------------------------------------------


def market(
    scenario: Scenario, composition: Composition, strategies: Mapping[str, Strategy | type[Salesperson]] | None = None
) -> Scenario:
    """Return the market of a composition: the scenario's, with other firms, whose ways of selling stay.

    Nobody copies anybody, and newcomers sell as their firm does, whatever the scenario says.

    Parameters
    ----------
    scenario : Scenario
    composition : Composition
    strategies : mapping of str to Strategy or subclass of Salesperson, optional
        Those that neither the library nor the scenario has.

    Raises
    ------
    pydantic.ValidationError
        If the scenario cannot hold them.
    """
    policy = policy_of(scenario, composition.organisation)
    kept = None if policy.hiring == "culture" else policy.model_copy(update={"hiring": "culture", "conversion": 0.0})
    parts = arms_of(scenario, composition, strategies, kept)
    still = scenario.but({"staffing.imitation": 0.0}) if scenario.staffing.imitation else scenario
    return crowd(still, parts)


def arms_of(
    scenario: Scenario,
    composition: Composition,
    strategies: Mapping[str, Strategy | type[Salesperson]] | None = None,
    policy: FirmPolicy | None = None,
) -> list[tuple[Arm, int]]:
    """Return the arms of a composition with their firms; what library and scenario know goes by name."""
    known = {*STRATEGIES, *(strategy.name for strategy in scenario.strategies)}
    own = {name: one for name, one in (strategies or {}).items() if name not in known}
    return [
        (Arm(own.get(name, name), composition.organisation, policy=policy), count) for name, count in composition.parts
    ]


def by_post(result: Any) -> pd.DataFrame:
    """Return what was earned in every post: one row per post, with successors added up.

    Returns
    -------
    pandas.DataFrame
        ``post``, ``group``, ``profit`` (of the firm from the work in that post, after all costs) and ``pay``,
        both in money per year. A post is never empty, so that its years are those of the run.
    """
    years = result.scenario.months / 12
    sums = result.salespeople.groupby("post").agg(
        group=("group", "first"), profit=("profit", "sum"), pay=("pay", "sum")
    )
    return sums.assign(**{name: sums[name] / years for name in PAYOFFS}).reset_index()


POSTS = Measure("posts", by_post)


def plan(
    scenario: Scenario,
    compositions: Iterable[Composition],
    seeds: Sequence[int],
    strategies: Mapping[str, Strategy | type[Salesperson]] | None = None,
) -> Plan:
    """Return the plan: the market of every composition, and those of one strategy that tell duels' luck."""
    wanted = {one.name: one for one in compositions}
    for one in [one for one in wanted.values() if len(one.parts) == 2]:
        for name, _ in one.parts:
            alone = monoculture(name, one.firms, one.organisation)
            wanted.setdefault(alone.name, alone)
    made = {name: market(scenario, one, strategies) for name, one in sorted(wanted.items())}
    return Plan(made, tuple(seeds), (POSTS,))


# -- the payoff table ---------------------------------------------------------------------------------


def payoff_table(posts: pd.DataFrame) -> pd.DataFrame:
    """Return what salespeople of every strategy earned in every composition and run.

    Parameters
    ----------
    posts : pandas.DataFrame
        Table ``posts`` of a `plan`.

    Returns
    -------
    pandas.DataFrame
        ``composition``, ``strategy``, ``seed``, ``sellers`` and ``of`` (salespeople who sell so, and all),
        ``profit`` and ``pay`` in money per salesperson-year, ``profit_luck`` and ``pay_luck``: what those
        posts earned beyond the mean where all sell that way. Sorted by the first three.
    """
    groups = posts["group"].astype(str)
    rows = posts.assign(strategy=groups.str.rpartition("-")[0]).rename(columns={"market": "composition"})
    market = rows.groupby(["composition", "seed"])
    rows["of"] = market["post"].transform("size")
    alone = rows.loc[market["strategy"].transform("nunique") == 1]
    mean = alone.groupby(["composition", "seed"])[list(PAYOFFS)].transform("mean")
    post = ["strategy", "of", "seed", "post"]
    luck = alone[post].join((alone[list(PAYOFFS)] - mean).add_suffix("_luck"))
    names = [*PAYOFFS, *luck.columns[len(post) :]]
    return (
        rows.merge(luck, on=post, how="left")
        .groupby(["composition", "strategy", "seed"], sort=True)
        .agg(sellers=("post", "size"), of=("of", "first"), **{name: (name, "mean") for name in names})
        .reset_index()
    )


def duel_table(table: pd.DataFrame, payoff: str = "profit") -> pd.DataFrame:
    """Return both sides of every duel, free of the luck of posts.

    Returns
    -------
    pandas.DataFrame
        ``ours``, ``theirs``, ``share`` (of ours, in (0, 1)), ``seed``, ``payoff`` and ``rival`` (what ours
        and theirs earn) and ``gap`` = payoff − rival, in money per salesperson-year; every market from both
        sides. Markets of the same two, turned around the posts, share a seed's luck: their mean is one row.
    """
    rows = table.assign(payoff=free_of_luck(table, payoff), share=table["sellers"] / table["of"])
    two = rows.groupby(["composition", "seed"])["strategy"].transform("size") == 2
    side = rows.loc[two, ["composition", "seed", "strategy", "share", "payoff"]]
    both = side.rename(columns={"strategy": "ours"}).merge(
        side.drop(columns="share").rename(columns={"strategy": "theirs", "payoff": "rival"}), on=["composition", "seed"]
    )
    both = both[both["ours"] != both["theirs"]].assign(gap=lambda df: df["payoff"] - df["rival"])
    columns = ["ours", "theirs", "share", "seed"]
    return both.groupby(columns, as_index=False)[["payoff", "rival", "gap"]].mean()


def free_of_luck(table: pd.DataFrame, payoff: str = "profit") -> pd.Series:
    """Return a payoff less the luck of the posts, where that is known. Unit: money per salesperson-year."""
    # Rounded, so that what is equal but for the order of adding up is equal.
    return cast(pd.Series, table[payoff] - table[f"{payoff}_luck"].fillna(0.0)).round(6)


def hats(shares: NDArray[np.float64], at: ArrayLike) -> NDArray[np.float64]:
    """Return the weights (…, K) with which sampled points give the value at other shares."""
    return np.stack([np.interp(at, shares, row) for row in np.eye(len(shares))], axis=-1)
