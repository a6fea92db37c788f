"""Clients as an annuity earn more in the long run than transactions.

The idea: a customer who comes back is an income for years, a customer who was pushed is a sale. MODEL.md,
section 7, row *annuity*: collaborative against adversarial against transactional selling; cumulative profit,
annuity share, crossover month.

Judged at the longest horizon of the run, in profit after all costs per salesperson-year, as singletons and in
herds, in the shared market and in separate ones; "holds" needs all four. Shorter horizons are reported: that
the pushy seller leads at first is part of the claim's own story, so it does not count against it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import crossed, markets, of_arm
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.clients import figure_retention
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.paths import crossovers, figure_cumulative_profit, figure_revenue_areas, say_crossover
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import (
    EXCHANGES,
    HORIZONS,
    PATHS,
    Tables,
    judge_pairs,
    of_both_kinds,
    only_pairs,
)
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS
from longgame.sim.scenario import Scenario

QUESTION = "Do clients kept as an annuity earn a seller more in the long run than one sale after another?"

OURS = "collaborative"
RIVALS = ("adversarial", "order-taker")

MEASURES = (HORIZONS, PATHS, EXCHANGES, Measure("clients", measures.client_lifetimes, orders=True))

#: Dials on which the answer may hang: how often customers need something, how long they stay and remember,
#: whether they talk, and how long one waits.
KNOBS = (
    FREQUENCY,
    Knob("trust.forgetting", 0.5, 1.0),
    Knob("word_of_mouth.gossip", 0.0, 0.9),
    Knob("customers.churn", 0.0, 0.1),
    Knob("months", 12, 240, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: three ways of selling × singletons and herds, shared and separate."""
    return Plan(markets(scenario, crossed([OURS, *RIVALS])), seeds, MEASURES)


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: profit, without the second rival's separate markets."""
    whole = plan(scenario, seeds)
    return only_pairs(whole, of_both_kinds(OURS, RIVALS[0]), HORIZONS.name, PATHS.name)


def first(tables: Tables) -> Verdict:
    """Return the verdict on profit against the first rival."""
    return _on_profit(tables, RIVALS[0])


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return one verdict on profit per rival, and one on where the revenue comes from."""
    others = (_on_profit(tables, rival) for rival in RIVALS[1:])
    return (first(tables), *others, _on_share(tables, RIVALS[0]))


def _on_profit(tables: Tables, rival: str) -> Verdict:
    """Judge cumulative profit at the longest horizon; say when the crossover came."""
    pairs = of_both_kinds(OURS, rival)
    when = []
    for market, words in MARKET_WORDS.items():
        for ours, theirs in pairs:
            both = pd.concat([of_arm(tables["paths"], market, ours), of_arm(tables["paths"], market, theirs)])
            said = say_crossover(crossovers(both, ours, theirs))
            when.append(f"{ORGANISATION_WORDS[ours.organisation]} in {words} {said}")
    return judge_pairs(
        "annuity",
        QUESTION,
        tables,
        pairs,
        "profit",
        finding=f"{OURS} sellers made {{amount}} {{direction}} profit per salesperson-year than {rival} ones",
        note=f"Cumulative profit of {OURS} sellers: {'; '.join(when)}.",
    )


def _on_share(tables: Tables, rival: str) -> Verdict:
    """Judge whether more of our revenue is repeat business."""
    return judge_pairs(
        "annuity",
        "Does more of the revenue come from customers who had bought before?",
        tables,
        of_both_kinds(OURS, rival),
        "annuity_share",
        unit="percentage points",
        scale=100,
        finding=f"the share of repeat business in revenue was {{amount}} percentage points {{direction}} for "
        f"{OURS} than for {rival} sellers",
        more="higher",
        less="lower",
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: profit, where revenue comes from, retention, and how exchanges end."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    arms, four = crossed([OURS, *RIVALS]), crossed([OURS, RIVALS[0]])
    for market, words in MARKET_WORDS.items():
        here = {name: table[table["setting"] == market] for name, table in tables.items()}
        for rival in RIVALS:
            pairs = of_both_kinds(OURS, rival)
            drawn[f"profit-{market}-{rival}"] = partial(
                figure_cumulative_profit, df=here["paths"], pairs=pairs, where=words
            )
        drawn[f"revenue-{market}"] = partial(figure_revenue_areas, df=here["paths"], arms=arms, where=words)
        drawn[f"exchanges-{market}"] = partial(figure_exchange_shares, df=here["exchanges"], where=words)
        clients = here["clients"][here["clients"]["group"].isin([arm.name for arm in four])]
        if len(clients):
            drawn[f"retention-{market}"] = partial(
                figure_retention, df=measures.pooled_retention(clients), arms=four, where=words
            )
    return drawn
