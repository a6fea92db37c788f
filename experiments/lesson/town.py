"""The town of the lesson: a team and a rival in one market, the dials of that market, and the course of its runs.

All firms are founded in month 1, when nobody knows them: the story is about the short run and the long one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from longgame.experiments.design.arms import HERD, SINGLETON, policy_of
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.effects import Effect, effect_of, fewest
from longgame.sim.books import Result
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.organisation import FirmPolicy, Firms
from longgame.sim.scenario import Scenario
from longgame.sim.state import CENTS, FIXED_POINT

#: The two groups of firms, in every table and on the page.
OURS, THEIRS = "ours", "theirs"
SIDES = (OURS, THEIRS)

#: How either side sells, and the members of the team.
COLLABORATIVE, ADVERSARIAL, TEAM = "collaborative", "adversarial", 5

#: The market around the two, unless another is named.
BASE = CONFIGURATIONS["repeat-supply"]

#: Least, usual and most runs of every market: a sign takes six (`effects.fewest`).
LEAST_SEEDS, SEEDS, MOST_SEEDS = 6, 12, 20

#: Months from one point of a course to the next.
STEP = 3

#: Years of the bets, where the run is long enough.
YEARS = (1, 5, 10)

#: The band around a median: the middle 80 % of runs, as in every figure (`axes.BAND`).
BAND = (0.1, 0.9)

UNIT = "money per salesperson"

#: Where the dials stand, by key.
type Setting = Mapping[str, float]

#: How much of what others know reaches a customer: nothing, stories alone, or stories and the public record.
NOTHING, STORIES, ALL = 0, 1, 2


@dataclass(frozen=True)
class Dial:
    """A dial of the town.

    Attributes
    ----------
    key : str
        Its name in addresses, words and data.
    usual : callable
        Its value in a scenario.
    further : tuple of float
        Other levels of the page that is one file; those of the live page are `fine`.
    fine : tuple of float
    least, most : float
        Permitted range.
    shown : callable
        The number that stands in the words of a level, from level and scenario.
    whole : bool
        Whether it takes whole numbers alone.
    """

    key: str
    usual: Callable[[Scenario], float]
    further: tuple[float, ...]
    fine: tuple[float, ...]
    least: float
    most: float
    shown: Callable[[float, Scenario], float]
    whole: bool = False

    def levels(self, base: Scenario, *, fine: bool = False) -> list[float]:
        """Return the levels in rising order, the scenario's own value among them."""
        return sorted({self.usual(base), *self.further, *(self.fine if fine else ())})


def _itself(level: float, base: Scenario) -> float:
    return level


#: Levels lie far apart: the page asks where the lead ends, not whether it is large.
DIALS = (
    Dial(
        "leave",
        lambda base: base.customers.churn,
        (0.1, 1.0),
        (0.02, 0.05, 0.2, 0.5),
        0.001,
        1.0,
        lambda level, base: round(1 / level),
    ),
    Dial("talk", lambda base: ALL, (NOTHING,), (STORIES,), NOTHING, ALL, _itself, whole=True),
    Dial(
        "crowd",
        lambda base: 1.0,
        (4.0,),
        (0.25, 0.5, 1.5, 2.0, 3.0, 8.0),
        0.1,
        20.0,
        lambda level, base: round(level * base.customers.count / base.sellers),
    ),
    Dial(
        "bill",
        lambda base: policy_of(base, HERD).overhead,
        (0.5, 1.5),
        (0.0, 0.3, 0.75, 1.0),
        0.0,
        10.0,
        lambda level, base: round(100 * level),
    ),
    Dial("team", lambda base: TEAM, (8, 2), (1, 3, 4, 6, 12), 1, 40, _itself, whole=True),
    Dial("rivals", lambda base: 1, (5,), (2, 3, 8), 1, 40, _itself, whole=True),
)


def usual(base: Scenario) -> dict[str, float]:
    """Return where all dials stand in a scenario."""
    return {dial.key: dial.usual(base) for dial in DIALS}


def policy(base: Scenario, members: int, changes: Mapping[str, Any]) -> FirmPolicy:
    """Return how a firm of so many members works: as the scenario's herds, or alone."""
    if members == 1:
        return policy_of(base, SINGLETON)
    return policy_of(base, HERD).model_copy(update=dict(changes))


def at(
    base: Scenario,
    setting: Setting,
    *,
    sells: tuple[str, str] = (COLLABORATIVE, ADVERSARIAL),
    team: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return the market of a team and a rival where the dials stand so.

    Parameters
    ----------
    base : Scenario
        All numbers but those of the dials; it has as many customers to a salesperson where no dial is turned.
    setting : mapping of str to float
        By key of a dial; those left out stand as usual.
    sells : (str, str)
        Strategies of either side.
    team : mapping, optional
        Fields of the team's policy that are other than those of the scenario's herds.
    """
    level = {**usual(base), **setting}
    sizes = (round(level["team"]), round(level["rivals"]))
    bill = {"overhead": level["bill"]}
    policies = (policy(base, sizes[0], {**bill, **(team or {})}), policy(base, sizes[1], bill))
    firms = [
        Firms(name=name, count=1, strategies={strategy: size}, policy=rules).model_dump()
        for name, strategy, size, rules in zip(SIDES, sells, sizes, policies, strict=True)
    ]
    people = base.customers.count / base.sellers * sum(sizes) * level["crowd"]
    changes: dict[str, Any] = {
        "customers.count": max(1, round(people)),
        "customers.churn": level["leave"],
        "burn_in": 0,
        "firms": firms,
    }
    if level["talk"] < ALL:
        changes["trust.record"] = 0.0
    if level["talk"] < STORIES:
        changes["word_of_mouth.gossip"] = 0.0
    return base.but(changes)


# -- the course of a run ----------------------------------------------------------------------------------


def course(result: Result) -> pd.DataFrame:
    """Return how either side stands at the end of every quarter.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``month``; ``profit``, ``first_revenue``, ``repeat_revenue``, all since the beginning, in money per
        salesperson; ``strangers`` (visits so far by customers who had not bought from the firm before) and
        ``stranger_trust`` (the sum of their trust); ``failed`` (firms that ran out of money so far).
    """
    numbers, names, groups, strategies = result.months
    last = result.scenario.months
    cells = np.zeros((last, len(groups), len(names)))
    cells[: len(numbers)] = numbers.reshape(len(numbers), len(groups), len(strategies), -1).sum(axis=2)
    columns = dict(zip(names, np.moveaxis(cells, 2, 0), strict=True))
    people, revenue = columns["salespeople"], columns["revenue"] - columns["repeat_revenue"]
    closed = result.firms[result.firms["reason"] == "failed"]
    ends = [np.sort(closed.loc[closed["group"] == group, "closed"].to_numpy(int)) for group in groups]
    month = np.arange(1, last + 1)
    sums = {
        **{
            name: (np.divide(value, people, out=np.zeros_like(value), where=people > 0) / CENTS).cumsum(axis=0)
            for name, value in (
                ("profit", columns["profit"]),
                ("first_revenue", revenue),
                ("repeat_revenue", columns["repeat_revenue"]),
            )
        },
        "strangers": (columns["visits"] - columns["client_visits"]).cumsum(axis=0),
        "stranger_trust": ((columns["trust"] - columns["client_trust"]) / FIXED_POINT).cumsum(axis=0),
        "failed": np.transpose([np.searchsorted(some, month, side="right") for some in ends]),
    }
    at = np.array(quarters(last)) - 1
    return pd.DataFrame(
        {
            "group": np.repeat([str(group) for group in groups], len(at)),
            "month": np.tile(at + 1, len(groups)),
            **{name: value[at].T.ravel() for name, value in sums.items()},
        }
    )


COURSE = Measure("course", course)


def plan(markets: Mapping[str, Scenario], seeds: Iterable[int]) -> Plan:
    """Return the plan of some towns."""
    return Plan(markets, seeds, (COURSE,))


def runs_of(rows: pd.DataFrame, column: str) -> dict[str, NDArray[np.float64]]:
    """Return by side a number of every run, from the rows of one market: runs × quarters."""
    return {
        side: rows[rows["group"] == side].pivot(index="seed", columns="month", values=column).to_numpy(float)
        for side in SIDES
    }


def whole(numbers: ArrayLike) -> Any:
    """Return a number or a list of numbers in whole money: a drawing needs no more."""
    return np.rint(numbers).astype(int).tolist()


def spread(runs: ArrayLike) -> dict[str, Any]:
    """Return median and band over runs, the first axis, in whole money."""
    low, high = np.quantile(runs, BAND, axis=0)
    return {"median": whole(np.median(runs, axis=0)), "low": whole(low), "high": whole(high)}


def quarters(months: int) -> list[int]:
    """Return the months at which a course has a point.

    Examples
    --------
    >>> quarters(8)
    [3, 6, 8]
    """
    return sorted({*range(STEP, months + 1, STEP), months})


def bets(months: int) -> list[int]:
    """Return the months of the bets that fit in a run; its end is one.

    Examples
    --------
    >>> bets(120), bets(36)
    ([12, 60, 120], [12, 36])
    """
    return [*(12 * years for years in YEARS if 12 * years < months), months]


def read(rows: pd.DataFrame, months: int) -> dict[str, Any]:
    """Return the course of one market as the page reads it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Those of `course` of every run of the market, with their ``seed``.
    months : int

    Returns
    -------
    dict
        ``lead`` (median, low and high of ours − theirs, by quarter), ``ours`` and ``theirs`` (medians), all in
        money per salesperson; ``after``, by month of a bet the paired difference as `as_shown`; ``failed``, by
        side the runs in which a firm of it ran out of money.
    """
    profit, failed = runs_of(rows, "profit"), runs_of(rows, "failed")
    lead, when = profit[OURS] - profit[THEIRS], quarters(months)
    return {
        "lead": spread(lead),
        **{side: whole(np.median(profit[side], axis=0)) for side in SIDES},
        "after": {
            str(month): as_shown(effect_of(pd.Series(lead[:, when.index(month)]), unit=UNIT)) for month in bets(months)
        },
        "failed": {side: int((failed[side][:, -1] > 0).sum()) for side in SIDES},
    }


def courses(tables: Mapping[str, pd.DataFrame], months: int) -> dict[str, dict[str, Any]]:
    """Return the course of every market of a plan, by its name."""
    return {str(name): read(rows, months) for name, rows in tables[COURSE.name].groupby("market", sort=False)}


def as_shown(effect: Effect) -> dict[str, Any]:
    """Return an effect as the page reads it; `sign` is the side that is clearly ahead: 1 ours, −1 theirs, else 0.

    It has no interval where there are fewer runs than a sign takes (`effects.fewest`).
    """
    enough = effect.n >= fewest(effect.level)
    low, high = (round(end) if enough else None for end in (effect.low, effect.high))
    ahead = sum(d > 0 for d in effect.differences)
    return {
        "value": round(effect.value),
        "low": low,
        "high": high,
        "n": effect.n,
        "sign": effect.sign or 0,
        "ahead": ahead,
    }


def named(setting: Sequence[int]) -> str:
    """Return the name of a combination of levels, by the number of the level of each dial."""
    return "-".join(map(str, setting))


def described(base: Scenario, *, fine: bool = False) -> list[dict[str, Any]]:
    """Return the dials as the page reads them: key, usual value, and levels with their numbers for words."""
    return [
        {
            "key": dial.key,
            "usual": text(dial.usual(base)),
            "levels": [{"value": text(level), "n": dial.shown(level, base)} for level in dial.levels(base, fine=fine)],
        }
        for dial in DIALS
    ]


def text(level: float) -> str:
    """Return a level as addresses have it.

    Examples
    --------
    >>> text(2.0), text(0.15)
    ('2', '0.15')
    """
    return f"{level:g}"
