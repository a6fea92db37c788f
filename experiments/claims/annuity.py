"""Clients as an annuity earn more in the long run than transactions.

The idea: a customer who comes back is an income for years, a customer who was pushed is a sale. MODEL.md,
section 7, row *annuity*: collaborative against adversarial against transactional selling; cumulative profit,
annuity share, crossover month.

Judged at the longest horizon of the run, in profit after all costs per salesperson-year, as singletons and in
herds, in the shared market and in separate ones; "holds" needs all four. Shorter horizons are reported: that
the pushy seller leads at first is part of the claim's own story, so it does not count against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from experiments import measures, plots
from experiments.arms import (
    MARKET_WORDS,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    Arm,
    crossed,
    markets,
    of_arm,
    values,
    with_market,
    years,
)
from experiments.plan import Measure, Plan
from experiments.statistics import Effect, Verdict, judge, paired
from sim.scenario import Scenario

QUESTION = "Do clients kept as an annuity earn a seller more in the long run than one sale after another?"

OURS = "collaborative"
RIVALS = ("adversarial", "order-taker")

MEASURES = (
    Measure("horizons", measures.by_horizon, 2),
    Measure("paths", measures.paths),
    Measure("exchanges", measures.exchanges),
    Measure("clients", measures.client_lifetimes, orders=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: three ways of selling × singletons and herds, shared and separate."""
    return Plan(markets(scenario, crossed([OURS, *RIVALS])), seeds, MEASURES)


def verdicts(tables: Mapping[str, pd.DataFrame]) -> tuple[Verdict, ...]:
    """Return one verdict on profit per rival, and one on where the revenue comes from."""
    return (*(_on_profit(tables, rival) for rival in RIVALS), _on_share(tables, RIVALS[0]))


def _compare(tables: Mapping[str, pd.DataFrame], rival: str, column: str, months: int, **how) -> list[Effect]:
    """Return ours − rival's at one horizon, for both organisations in both markets."""
    rows = tables["horizons"][tables["horizons"]["months"] == months]
    return [
        paired(
            values(rows, market, Arm(OURS, organisation), column),
            values(rows, market, Arm(rival, organisation), column),
            at={"market": words, "organisation": ORGANISATION_WORDS[organisation], "horizon": years(months)},
            **how,
        )
        for market, words in MARKET_WORDS.items()
        for organisation in ORGANISATIONS
    ]


def _on_profit(tables: Mapping[str, pd.DataFrame], rival: str) -> Verdict:
    """Judge cumulative profit at the longest horizon; say when the crossover came."""
    spans = sorted(tables["horizons"]["months"].unique())
    profit = {m: _compare(tables, rival, "profit", m, unit="money per salesperson-year") for m in spans}
    when = []
    for market, words in MARKET_WORDS.items():
        for organisation in ORGANISATIONS:
            ours, theirs = Arm(OURS, organisation), Arm(rival, organisation)
            both = pd.concat([of_arm(tables["paths"], market, ours), of_arm(tables["paths"], market, theirs)])
            said = plots.say_crossover(plots.crossovers(both, ours.name, theirs.name))
            when.append(f"{ORGANISATION_WORDS[organisation]} in {words} {said}")
    return judge(
        "annuity", QUESTION, profit[spans[-1]],
        finding=f"{OURS} sellers made {{amount}} {{direction}} profit per salesperson-year than {rival} ones",
        horizon=f"over {years(spans[-1])}",
        others=[e for m in spans[:-1] for e in profit[m]],
        sold=measures.anything_sold(tables["horizons"]),
        note=f"Cumulative profit of {OURS} sellers: {'; '.join(when)}.",
    )  # fmt: skip


def _on_share(tables: Mapping[str, pd.DataFrame], rival: str) -> Verdict:
    """Judge whether more of our revenue is repeat business."""
    spans = sorted(tables["horizons"]["months"].unique())
    share = {
        m: _compare(tables, rival, "annuity_share", m, unit="percentage points", scale=100) for m in spans
    }
    return judge(
        "annuity", "Does more of the revenue come from customers who had bought before?", share[spans[-1]],
        finding=f"the share of repeat business in revenue was {{amount}} percentage points {{direction}} for "
                f"{OURS} than for {rival} sellers",
        horizon=f"over {years(spans[-1])}", more="higher", less="lower",
        others=[e for m in spans[:-1] for e in share[m]],
        sold=measures.anything_sold(tables["horizons"]),
    )  # fmt: skip


def figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: profit, where revenue comes from, retention, and how exchanges end."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    arms = [arm.name for arm in crossed([OURS, *RIVALS])]
    four = [arm.name for arm in crossed([OURS, RIVALS[0]])]
    tidy = {name: with_market(table) for name, table in tables.items()}
    for market, words in MARKET_WORDS.items():
        here = {name: table[table["market"] == market] for name, table in tidy.items()}
        for rival in RIVALS:
            pairs = [(Arm(OURS, o).name, Arm(rival, o).name) for o in ORGANISATIONS]
            drawn[f"profit-{market}-{rival}"] = partial(
                plots.figure_cumulative_profit, df=here["paths"], pairs=pairs, where=words
            )
        drawn[f"revenue-{market}"] = partial(
            plots.figure_revenue_areas, df=here["paths"], arms=arms, where=words
        )
        drawn[f"exchanges-{market}"] = partial(
            plots.figure_exchange_shares, df=here["exchanges"], where=words
        )
        clients = here["clients"][here["clients"]["group"].isin(four)]
        if len(clients):
            drawn[f"retention-{market}"] = partial(
                plots.figure_retention, df=measures.pooled_retention(clients), where=words
            )
    return drawn
