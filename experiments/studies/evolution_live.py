"""Evolution live in the market: salespeople copy who is paid more and are replaced; customers remember.

The payoff table says what a way of selling earns in a market that has always been as it is. In the live
market trust and habit outlast a change of strategy, and pay is one person's with their luck. Both are set
beside each other from the same start: shares in the market, and shares if the same people copied each other
on the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import crowd
from longgame.experiments.design.compositions import Composition, arms_of, mixed
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.effects import RESAMPLING_SEED, effect_of, fewest
from longgame.experiments.inference.games import Array, copying
from longgame.experiments.studies.evolution import Pairs, payoff_at
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

#: What changes who sells how: copying alone, with nobody leaving; or also leavers replaced by newcomers.
COPYING, HIRING = "copying", "copying and hiring"
VARIANTS = (COPYING, HIRING)

#: Simulated histories on the table, and how far their mean share may be off by luck.
HISTORIES, TOLERANCE = 2000, 0.005


def by_year(result: Any) -> pd.DataFrame:
    """Return each ``strategy``'s ``share`` of salespeople in the last month of every ``year`` (from 1)."""
    heads = result.monthly.pivot_table(
        index="month", columns="strategy", values="salespeople", aggfunc="sum", fill_value=0, observed=True
    )
    shares = heads.div(heads.sum(axis=1), axis=0)
    shares = shares[shares.index % 12 == 0]
    shares.index = shares.index // 12
    long = shares.rename_axis("year").reset_index().melt("year", var_name="strategy", value_name="share")
    return long.astype({"strategy": str})


SHARES = Measure("shares-by-year", by_year)


def market(
    scenario: Scenario,
    composition: Composition,
    variant: str,
    *,
    beta: float,
    looks: float,
    years: int,
    strategies: Mapping[str, Strategy] | None = None,
) -> Scenario:
    """Return the market of a composition in which ways of selling spread.

    Parameters
    ----------
    scenario : Scenario
        Whom one may copy, and how firms hire, is its firms' policy.
    composition : Composition
    variant : str
        One of `VARIANTS`.
    beta, looks : float
        Intensity of copying, and probability of looking at another in a year.
    years : int
    strategies : mapping of str to Strategy, optional
        Those that neither the library nor the scenario has.
    """
    staying = {"staffing.turnover": 0.0, "staffing.dismissal": 0.0} if variant == COPYING else {}
    live = scenario.but({"staffing.imitation": looks, "staffing.selection": beta, "months": 12 * years, **staying})
    return crowd(live, arms_of(scenario, composition, strategies))


def plan(
    scenario: Scenario,
    strategies: Mapping[str, Strategy],
    firms: int,
    organisation: str,
    seeds: Sequence[int],
    **how: Any,
) -> Plan:
    """Return the plan: markets of all strategies alike in number, turned around the posts, per variant."""
    made = {
        f"{variant}: {start.name}": market(scenario, start, variant, strategies=strategies, **how)
        for variant in VARIANTS
        for start in mixed(strategies, firms, organisation)
    }
    return Plan(made, tuple(seeds), (SHARES,))


def compared(
    shares: pd.DataFrame, pairs: Pairs, scenario: Scenario, start: Sequence[int], *, beta: float, looks: float
) -> pd.DataFrame:
    """Return shares in the market and on the table, year by year.

    Parameters
    ----------
    shares : pandas.DataFrame
        Table ``shares-by-year`` of `plan`.
    pairs : Pairs
        Of pay, which is what is copied in the market.
    scenario : Scenario
    start : sequence of int
        How many sell in each way at the start, in the order of `pairs.names`.
    beta, looks : float

    Returns
    -------
    pandas.DataFrame
        ``variant``, ``strategy``, ``year``, ``live`` with ``low`` and ``high`` (over seeds), ``table``,
        ``differs`` (the interval, of six seeds or more, excludes what the table
        says; the table's own error is not in it).
    """
    rows = []
    for variant in VARIANTS:
        here = shares[shares["market"].str.partition(":")[0] == variant]
        # Turned markets of a seed share its luck: their mean is one observation.
        wide = here.groupby(["strategy", "year", "seed"])["share"].mean().unstack("seed").fillna(0.0)
        years = int(here["year"].max())
        expected = copying(
            lambda x: relative(pairs, x),
            start,
            beta=beta,
            looks=looks,
            years=years,
            runs=HISTORIES,
            leave=scenario.staffing.turnover if variant == HIRING else 0.0,
            rng=np.random.default_rng(RESAMPLING_SEED),
        )
        for key, values in wide.iterrows():
            strategy, year = cast(tuple[str, int], key)
            found = effect_of(values, unit="share")
            said = float(expected[year - 1, pairs.names.index(strategy)])
            rows.append(
                {
                    "variant": variant,
                    "strategy": strategy,
                    "year": year,
                    "live": found.value,
                    "low": found.low,
                    "high": found.high,
                    "table": said,
                    "differs": found.n >= fewest()
                    and bool(said < found.low - TOLERANCE or said > found.high + TOLERANCE),
                }
            )
    return pd.DataFrame(rows)


def relative(pairs: Pairs, x: Array) -> Array:
    """Return payoffs in units of the mean pay of a market with these shares, as the market reckons."""
    earned = payoff_at(pairs.mean, pairs.shares, x)
    return earned / (x * earned).sum(axis=-1, keepdims=True)


def start_of(names: Iterable[str], firms: int, organisation: str, members: int) -> list[int]:
    """Return how many salespeople sell each way at the start of the live markets, in the order of names."""
    return [members * count for _, count in sorted(mixed(names, firms, organisation)[0].parts)]
