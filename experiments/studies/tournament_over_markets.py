"""The tournament over many markets: who earns most in how many of them, and how sure that is.

Two events are played in every market: *mixed*, all strategies together, and *alone*, each in a market of its own. Duels
are left out: they would take twenty times as many runs. The best of a market is *clear* where it is ahead of the second
best by more than luck; luck is learned from all markets together (`inference.moderated`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import cast

import numpy as np
import pandas as pd

from longgame.experiments.design.compositions import market_firms, mixed, monoculture, payoff_table, plan
from longgame.experiments.design.plan import Design, Plan, apart
from longgame.experiments.inference.moderated import intervals
from longgame.experiments.runs.workers import Workers
from longgame.experiments.studies.over_markets import BATCH, LEVEL, Sample, Tell, share_of
from longgame.experiments.studies.tournament import scores
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

EVENTS = ("mixed", "alone")


def play(
    strategies: Mapping[str, Strategy],
    organisation: str,
    markets: Mapping[str, Scenario],
    seeds: tuple[int, ...],
    workers: Workers,
    payoff: str = "profit",
    tell: Tell = lambda text: None,
) -> tuple[pd.DataFrame, int]:
    """Play both events in every market.

    Returns
    -------
    pandas.DataFrame
        ``market``, ``event``, ``strategy``, ``seed``, ``payoff`` (money per salesperson-year).
    int
        Runs that it took.
    """
    pieces, done, runs = [], 0, 0
    for names in batched(markets, BATCH):
        tell(f"markets {done + 1} to {done + len(names)} of {len(markets)}")
        designs, measures = Design({}), ()
        for name in names:
            firms = market_firms(markets[name], organisation)
            asked = [monoculture(one, firms, organisation) for one in strategies]
            part = plan(markets[name], [*asked, *mixed(strategies, firms, organisation)], seeds, strategies)
            designs, measures = designs | part.markets.under(name), part.measures
        whole = Plan(designs, seeds, measures)
        tables, runs = workers.tables(whole, whole=True), runs + len(whole)
        for name, here in apart(tables).items():
            found = scores(payoff_table(here["posts"]), market_firms(markets[name], organisation), payoff)
            pieces.append(found[found["event"].isin(EVENTS)].assign(market=name))
        done += len(names)
    found = pd.concat(pieces, ignore_index=True)
    return found.loc[:, ["market", "event", "strategy", "seed", "payoff"]], runs


def places(played: pd.DataFrame) -> pd.DataFrame:
    """Return the place of every strategy in every market.

    Returns
    -------
    pandas.DataFrame
        ``event``, ``market``, ``strategy``, ``payoff`` (mean over seeds), ``place`` (1 is best), ``clear`` (whether it
        is first by more than luck).
    """
    pieces = []
    for event, rows in played.groupby("event", sort=False):
        wide = rows.pivot(index=["market", "strategy"], columns="seed", values="payoff")
        means = wide.mean(axis=1).rename("payoff").reset_index()
        means["place"] = means.groupby("market")["payoff"].rank(ascending=False, method="first").astype(int)
        leads = _leads(wide, means)
        first = means["place"] == 1
        means["clear"] = first & means["market"].map(leads)
        pieces.append(means.assign(event=event))
    found = pd.concat(pieces, ignore_index=True)
    return found.loc[:, ["event", "market", "strategy", "payoff", "place", "clear"]]


def _leads(wide: pd.DataFrame, means: pd.DataFrame) -> pd.Series:
    """Return by market whether the best is ahead of the second best by more than luck."""
    two = [means[means["place"] == place].set_index("market")["strategy"] for place in (1, 2)]
    if two[1].empty:
        return pd.Series(data=False, index=two[0].index)
    best, second = (
        wide.loc[list(zip(one.index, one, strict=True))].to_numpy() for one in (two[0], two[1][two[0].index])
    )
    gaps = best - second
    low, _ = intervals(gaps.mean(axis=1), gaps.var(axis=1, ddof=1), gaps.shape[1], LEVEL)
    return pd.Series(low > 0, two[0].index)


def standings(placed: pd.DataFrame, samples: Sequence[Sample]) -> pd.DataFrame:
    """Return how often every strategy is first, over weighted markets.

    Returns
    -------
    pandas.DataFrame
        ``event``, ``sample``, ``strategy``, ``first``, ``low``, ``high`` (share of markets and its interval), ``clear``
        (share in which it is clearly first), ``place`` (mean); best first. Intervals are for all strategies at once.
    """
    rows, names = [], list(dict.fromkeys(placed["strategy"]))
    for key, here in placed.groupby(["event", "strategy"], sort=False):
        event, strategy = cast(tuple[str, str], key)
        by_market = here.set_index("market")
        for sample in samples:
            part, weights = by_market.loc[list(sample.weights)], np.array(list(sample.weights.values()))
            first = share_of((part["place"] == 1).to_numpy(), weights, 1 - 0.05 / len(names))
            clear = float(np.average(part["clear"].to_numpy(float), weights=weights))
            place = float(np.average(part["place"].to_numpy(float), weights=weights))
            rows.append((event, sample.name, strategy, *first, clear, place))
    table = pd.DataFrame(rows, columns=["event", "sample", "strategy", "first", "low", "high", "clear", "place"])
    return table.sort_values(["event", "sample", "first", "place"], ascending=[False, True, False, True], kind="stable")
