"""Clients as an annuity earn more in the long run than transactions.

The idea: a customer who comes back is an income for years, a customer who was pushed is a sale. Collaborative
selling is set against adversarial selling and against taking orders. These are bundles of conduct. So they are
compared twice: at the collaborator's price, and each side at its own best price.

Judged in profit after all costs per salesperson-year, discounted, at the longest horizon of the run. The run
begins after the burn-in of the market, when firms and clients have found each other. "Holds" needs both prices,
singletons and herds, the shared market and separate ones. Shorter horizons are reported.

Asked beside it: the share of repeat business, what a customer is worth, and how many clients are lost. A client
who bought first within the run is lost after a long silence. The value of a customer is discounted profit per first
deal. It counts profit from clients of before the run as well, alike for all.

The essays' idea: a client is an annuity. Rules: docs/odd.md, 7.2, 7.3 and 7.9.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.design.prices import at_best_prices, at_equal_prices, fair_markets
from longgame.experiments.figures.clients import figure_retention
from longgame.experiments.figures.paths import crossovers, figure_cumulative_profit, figure_revenue_areas, say_crossover
from longgame.experiments.inference.pairs import Pair, in_each_setting
from longgame.experiments.measures.clients import pooled_retention
from longgame.experiments.measures.kept import HORIZONS, PATHS, at_horizons, new_client_lifetimes
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS

QUESTION = "Do clients kept as an annuity earn a seller more in the long run than one sale after another?"
OURS, RIVALS = "collaborative", ("adversarial", "order-taker")
EQUAL = {rival: at_equal_prices(OURS, [rival]) for rival in RIVALS}
BEST = {rival: at_best_prices(None, OURS, [rival]) for rival in RIVALS}
PAIRS = {rival: [*EQUAL[rival], *BEST[rival]] for rival in RIVALS}


def discounted(sums: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return profit discounted to month 1, in money per salesperson-year."""
    months = sums["salesperson_months"]
    return {"discounted": 12 * np.divide(sums["present_value"], months, np.full(len(months), np.nan), where=months > 0)}


def long_run(result) -> pd.DataFrame:
    """Return `discounted` of every group at every horizon."""
    return at_horizons(discounted, result)


def client_losses(clients: pd.DataFrame) -> pd.DataFrame:
    """Return how many clients each group loses per client-year, in every run.

    Parameters
    ----------
    clients : pandas.DataFrame
        Counts of `new_client_lifetimes`.
    """
    keys = [name for name in clients if name not in ("cohort", "duration", "lost", "clients", "silence")]
    counted = clients[keys].assign(
        losses=clients["clients"] * clients["lost"], client_years=clients["clients"] * clients["duration"] / 12
    )
    sums = counted.groupby(keys, sort=False, observed=True, dropna=False).sum().reset_index()
    return sums.assign(lost_a_year=sums["losses"] / sums["client_years"].where(sums["client_years"] > 0))


def _prepare(tables: Tables) -> Tables:
    """Add the losses of clients at the end of the runs."""
    if "clients" not in tables:
        return tables
    return {**tables, "losses": client_losses(tables["clients"]).assign(months=tables["horizons"]["months"].max())}


def _overtaking(tables: Tables, pairs: list[Pair]) -> str:
    """Report when the crossover came, in a sentence for each setting."""
    sentences = []
    for setting, words in MARKET_WORDS.items():
        here = tables["paths"].loc[tables["paths"]["setting"] == setting]
        for ours, theirs in pairs:
            when = say_crossover(crossovers(here, ours, theirs))
            sentences.append(f"At equal prices, {words}: {OURS} {ORGANISATION_WORDS[ours.organisation]} {when}.")
    return " ".join(sentences)


def _earns_more(rival: str) -> Ask:
    """Ask for discounted profit against one rival."""
    return Ask(
        QUESTION,
        f"{OURS} sellers made {{amount}} {{direction}} profit per salesperson-year than {rival} ones",
        "discounted",
        "long_run",
        worth=0.0,
        pairs=PAIRS[rival],
        note=partial(_overtaking, pairs=EQUAL[rival]),
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit, where revenue comes from, and retention."""
    drawn: dict[str, Draw] = {}
    arms = list(dict.fromkeys(arm for pairs in EQUAL.values() for pair in pairs for arm in pair))
    four = [arm for pair in EQUAL[RIVALS[0]] for arm in pair]
    for setting, words, here in in_each_setting(tables):
        for price, pairs_of in (("equal", EQUAL), ("best", BEST)):
            for rival, pairs in pairs_of.items():
                drawn[f"profit-{setting}-{rival}-{price}"] = partial(
                    figure_cumulative_profit, df=here["paths"], pairs=pairs, where=f"{words}, {price} prices"
                )
        paths = here["paths"][here["paths"]["group"].isin([arm.name for arm in arms])]
        drawn[f"revenue-{setting}"] = partial(figure_revenue_areas, df=paths, arms=arms, where=words)
        clients = here["clients"][here["clients"]["group"].isin([arm.name for arm in four])]
        if len(clients):
            drawn[f"retention-{setting}"] = partial(
                figure_retention, df=pooled_retention(clients), arms=four, where=words
            )
    return drawn


CLAIM = Claim(
    name="annuity",
    text=__doc__,
    pairs=PAIRS[RIVALS[0]],
    design=lambda scenario: fair_markets(scenario, OURS, RIVALS),
    measures=(HORIZONS, Measure("long_run", long_run), PATHS, Measure("clients", new_client_lifetimes, orders=True)),
    prepare=_prepare,
    asks=(
        *map(_earns_more, RIVALS),
        Ask(
            "Does more of the revenue come from customers who had bought before?",
            f"the share of repeat business in revenue was {{amount}} percentage points {{direction}} for {OURS} than "
            f"for {RIVALS[0]} sellers",
            "annuity_share",
            **{**POINTS, "worth": 0.0},
        ),
        Ask(
            "Is a customer worth more to a collaborative seller?",
            f"a new customer was worth {{amount}} {{direction}} to {OURS} than to {RIVALS[0]} sellers",
            "lifetime_value",
            unit="money per customer",
            worth=("lifetime_value",),
        ),
        Ask(
            "Do collaborative sellers lose fewer clients a year?",
            f"{OURS} sellers lost {{amount}} {{direction}} clients per 100 client-years than {RIVALS[0]} ones",
            "lost_a_year",
            "losses",
            unit="clients per 100 client-years",
            scale=-100,
            worth=1.0,
            more="fewer",
            less="more",
        ),
    ),
    # How often customers need something, how long they stay and remember, whether they talk, how long one waits; then
    # the assumed numbers.
    dials=(
        FREQUENCY,
        RANGES["trust.forgetting"],
        RANGES["word_of_mouth.gossip"],
        RANGES["customers.churn"],
        RANGES["months"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
    first_measures=("horizons", "long_run", "paths"),
)
