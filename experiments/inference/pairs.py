"""What most claims share: arms compared in one column, at every horizon, in the shared market and separately.

Three shapes of question, each a few lines in a claim's file:

* *pairs*: one way of selling or working against another (`judge_pairs`);
* *a sweep*: one dial of a conduct turned from 0 to 1 (`sweep`), judged as the pair of its ends;
* *a grid*: the same arms in markets that differ in a dial of the scenario (`grid`, `at_points`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import (
    MARKET_WORDS,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    SHARED,
    Arm,
    markets,
    span,
    values,
    years,
)
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.verdicts import Effect, Verdict, judge, paired
from longgame.experiments.measures import kept as measures
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

#: What nearly every claim keeps of a run.
HORIZONS = Measure("horizons", measures.by_horizon, 2)
AT_END = Measure("horizons", measures.at_end)
EXCHANGES = Measure("exchanges", measures.exchanges)
PATHS = Measure("paths", measures.paths)

#: Unit of most effects.
PROFIT_UNIT = "money per salesperson-year"

Pair = tuple[Arm, Arm]
Tables = Mapping[str, pd.DataFrame]


def spans(tables: Tables) -> list[int]:
    """Return the horizons of a plan's runs, in months."""
    return sorted(tables["horizons"]["months"].unique().tolist())


def a_twentieth(tables: Tables, column: str = "pay", table: str = "horizons") -> float:
    """Return a twentieth of the mean of a column over all arms: the smallest difference worth having.

    Of pay, it is what profit is judged by: people take a rise of about 5 % for one, and less for none (Mitra,
    Tenhiälä & Shaw 2016: 5 to 8 %). For other columns it is a convention.
    """
    mean = float(tables[table][column].mean())
    return 0.05 * mean if mean > 0 else 0.0


#: Smallest difference worth having in shares and trust, in percentage points: a convention.
ONE_POINT = 1.0


def of_both_kinds(ours: str | Strategy, theirs: str | Strategy) -> list[Pair]:
    """Return the pair of strategies as singletons and in herds."""
    return [(Arm(ours, kind), Arm(theirs, kind)) for kind in ORGANISATIONS]


def effects(
    tables: Tables,
    pairs: Sequence[Pair],
    column: str,
    months: int,
    *,
    unit: str,
    scale: float = 1.0,
    table: str = "horizons",
    kinds: Mapping[str, str] = MARKET_WORDS,
    worth: float = 0.0,
) -> list[Effect]:
    """Return ours − theirs in a column at one horizon, for every pair in both kinds of market.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What a plan over `longgame.experiments.design.arms.markets` gave.
    pairs : sequence of (ours, theirs)
    column : str
        A column of `measures.summary`, or of another `table` with ``arm``, ``seed``, ``group``, ``months``.
    months : int
        The horizon.
    unit : str
    scale : float
        Factor on the differences, for example 100 for percentage points, −1 where less speaks for the claim.
    table : str
    kinds : mapping of str to str
        The kinds of market and how they are called, if not both.
    worth : float
        Smallest effect worth having, in `unit`; with 0 every effect is.
    """
    rows = tables[table][tables[table]["months"] == months]
    # The same conduct on both sides, of several kinds: what differs is how it is organised.
    conducts = len({ours.strategy_name for ours, _ in pairs}) > 1 and all(
        ours.strategy_name == theirs.strategy_name for ours, theirs in pairs
    )
    names = {(ours.label, theirs.name.rpartition("-")[0]) for ours, theirs in pairs}
    rivals = len(names) > 1 and not conducts
    several = len({theirs.name for _, theirs in pairs}) < len(pairs)
    return [
        paired(
            values(rows, market, ours, column),
            values(rows, market, theirs, column),
            unit=unit,
            scale=scale,
            worth=worth,
            at={
                "market": words,
                "organisation": ORGANISATION_WORDS[ours.organisation],
                **({"arm": ours.name.rpartition("-")[0]} if several else {}),
                **({"conduct": ours.strategy_name} if conducts else {}),
                **({"rival": f"{'against ' * several}{theirs.name.rpartition('-')[0]}"} if rivals else {}),
                "horizon": years(months),
            },
        )
        for market, words in kinds.items()
        for ours, theirs in pairs
    ]


def judge_pairs(
    claim: str,
    question: str,
    tables: Tables,
    pairs: Sequence[Pair],
    column: str,
    *,
    finding: str,
    unit: str = PROFIT_UNIT,
    scale: float = 1.0,
    every_horizon: bool = False,
    table: str = "horizons",
    kinds: Mapping[str, str] = MARKET_WORDS,
    worth: float = 0.0,
    **words: str,
) -> Verdict:
    """Judge a contrast of arms in one column of `measures.summary`.

    Parameters
    ----------
    claim, question, finding : str
        As for `statistics.judge`.
    tables, pairs, column, unit, scale, table, kinds, worth
        As for `effects`; a positive difference × `scale` speaks for the claim.
    every_horizon : bool
        Whether every horizon decides; else the longest decides and the others are reported.
    **words : str
        ``more``, ``less`` and ``note`` of `statistics.judge`.
    """
    found = {
        months: effects(tables, pairs, column, months, unit=unit, scale=scale, table=table, kinds=kinds, worth=worth)
        for months in spans(tables)
    }
    *earlier, last = found
    deciding = [e for months in found for e in found[months]] if every_horizon else found[last]
    return judge(
        claim,
        question,
        deciding,
        finding=finding,
        horizon=span(list(found)) if every_horizon else f"over {years(last)}",
        others=[] if every_horizon else [e for months in earlier for e in found[months]],
        sold=measures.anything_sold(tables["horizons"]),
        **words,
    )


# -- the part that the first verdict needs ------------------------------------------------------------


def only_pairs(plan: Plan, pairs: Sequence[Pair], *measures: str) -> Plan:
    """Return the part of a plan over `design.arms.markets` that a contrast of pairs needs.

    That is the shared market, whole, and the separate markets of the arms compared; and of the measures those
    named, all if none is.
    """
    arms = {arm.name for pair in pairs for arm in pair}
    return plan.only([name for name in plan.scenarios if name == SHARED or name in arms], *measures)


def of_pairs(tables: Tables, pairs: Sequence[Pair]) -> dict[str, pd.DataFrame]:
    """Return the rows of the arms compared, as if `only_pairs` had been run.

    What is worth having is counted on these alone, so that it does not hang on what else was run.
    """
    arms = {arm.name for pair in pairs for arm in pair}
    return {
        name: table.loc[table["group"].isin(arms) & (table["arm"].isin(arms) | (table["arm"] == SHARED))]
        for name, table in tables.items()
    }


# -- sweeps -------------------------------------------------------------------------------------------


def sweep(base: Strategy, dial: str, levels: Sequence[float], organisation: str) -> list[Arm]:
    """Return one arm per level of a dial, turned alike towards prospects and clients.

    Their labels are ``<dial>-<level in percent>``, for example ``overpromise-40``.

    Examples
    --------
    >>> from longgame.sim.library import STRATEGIES
    >>> [arm.name for arm in sweep(STRATEGIES["collaborative"], "aftercare", (0, 1), "herd")]
    ['aftercare-0-herd', 'aftercare-100-herd']
    """
    return [Arm(with_dial(base, dial, level), organisation) for level in levels]


def with_between(scenario: Scenario, arms: Sequence[Arm], between: Sequence[Arm]) -> dict[str, Scenario]:
    """Return the markets of arms, and separate markets alone for levels between those that are compared.

    More arms would make smaller parts of the shared market, and smaller herds, for levels that only figures
    need. Each level between stands in for an arm, so that its market is as large as theirs.
    """
    made = dict(markets(scenario, arms))
    for arm in between:
        made[arm.name] = markets(scenario, [arm, *arms[1:]])[arm.name]
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


def level_of(arm: str) -> float:
    """Return the level of a dial from the name of an arm of a `sweep`.

    Examples
    --------
    >>> level_of("overpromise-40-herd")
    0.4
    """
    return float(arm.rsplit("-", 2)[1]) / 100


# -- grids --------------------------------------------------------------------------------------------


def grid(scenario: Scenario, dials: Mapping[str, Sequence[Any]], arms: Sequence[Arm]) -> dict[str, Scenario]:
    """Return the markets of the arms at every point of a grid over dials of the scenario.

    Keys are ``<market>@<dial>=<value>,…``; read tables of such a plan with `at_points`.

    Examples
    --------
    >>> arms = [Arm("collaborative", "singleton"), Arm("adversarial", "singleton")]
    >>> list(grid(Scenario(), {"months": [12, 24]}, arms))[:2]
    ['shared@months=12', 'collaborative-singleton@months=12']
    """
    made: dict[str, Scenario] = {}
    for point in _points(dials):
        there = scenario.but({k: v for k, v in point.items() if k != "months"})
        if "months" in point:
            there = there.but(months=point["months"])
        said = ",".join(f"{dial}={value:g}" for dial, value in point.items())
        made |= {f"{name}@{said}": market for name, market in markets(there, arms).items()}
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


def at_points(table: pd.DataFrame) -> pd.DataFrame:
    """Split the arm names of a `grid`: ``arm`` becomes the market, and every dial a column of numbers.

    Of a grid over ``months`` only what was measured at the end of each run is kept.
    """
    market, _, said = zip(*(arm.partition("@") for arm in table["arm"]), strict=True)
    points = pd.DataFrame([dict(part.split("=") for part in point.split(",")) for point in said], table.index)
    values = {dial: points[dial].astype(float) for dial in points}
    split = table.assign(arm=list(market), **values)
    if "months" in values and "months" in table:
        split = split.loc[table["months"] == values["months"]]
    return split


def at_point(table: pd.DataFrame, point: Mapping[str, float]) -> pd.DataFrame:
    """Return the rows of `at_points` at one point, ready for `arms.values`."""
    here = np.ones(len(table), dtype=bool)
    for dial, value in point.items():
        here &= np.isclose(table[dial], value, rtol=1e-4)
    return table.loc[here]


def only_shared(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Return the shared markets of a grid: for maps, where each point costs a run of every arm otherwise."""
    return {name: market for name, market in scenarios.items() if name.partition("@")[0] == SHARED}
