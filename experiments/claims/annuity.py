"""Clients as an annuity earn more in the long run than transactions.

The idea: a customer who comes back is an income for years, a customer who was pushed is a sale. Collaborative
selling is set against adversarial and against transactional selling: in cumulative profit, in the share of
repeat business, and by the month of the crossover.

Judged at the longest horizon of the run, in profit after all costs per salesperson-year, as singletons and in
herds, in the shared market and in separate ones; "holds" needs all four. Shorter horizons are reported: that
the pushy seller leads at first is part of the claim's own story, so it does not count against it.

The essays' idea: a client is an annuity. Rules: docs/odd.md, 7.2, 7.3 and 7.9.
"""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import crossed, of_arm
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure, Tables
from longgame.experiments.figures.clients import figure_retention
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.paths import crossovers, figure_cumulative_profit, figure_revenue_areas, say_crossover
from longgame.experiments.inference.pairs import Pair, in_each_setting, of_both_kinds
from longgame.experiments.measures.clients import pooled_retention
from longgame.experiments.measures.kept import EXCHANGES, HORIZONS, PATHS, client_lifetimes
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS

QUESTION = "Do clients kept as an annuity earn a seller more in the long run than one sale after another?"
OURS, RIVALS = "collaborative", ("adversarial", "order-taker")
PAIRS = {rival: of_both_kinds(OURS, rival) for rival in RIVALS}
ARMS = crossed([OURS, *RIVALS])
FOUR = crossed([OURS, RIVALS[0]])


def _overtaking(tables: Tables, pairs: list[Pair]) -> str:
    """Report when the crossover came, in a sentence for each setting."""
    sentences = []
    for setting, words in MARKET_WORDS.items():
        when = []
        for ours, theirs in pairs:
            both = pd.concat([of_arm(tables["paths"], setting, arm) for arm in (ours, theirs)])
            when.append(f"{ORGANISATION_WORDS[ours.organisation]} {say_crossover(crossovers(both, ours, theirs))}")
        sentences.append(f"Cumulative profit, {words}: {OURS} {'; '.join(when)}.")
    return " ".join(sentences)


def _earns_more(rival: str) -> Ask:
    """Ask for cumulative profit against one rival."""
    return Ask(
        QUESTION,
        f"{OURS} sellers made {{amount}} {{direction}} profit per salesperson-year than {rival} ones",
        worth=0.0,
        pairs=PAIRS[rival],
        note=partial(_overtaking, pairs=PAIRS[rival]),
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit, where revenue comes from, how exchanges end, and retention."""
    drawn: dict[str, Draw] = {}
    for setting, words, here in in_each_setting(tables):
        for rival, pairs in PAIRS.items():
            drawn[f"profit-{setting}-{rival}"] = partial(
                figure_cumulative_profit, df=here["paths"], pairs=pairs, where=words
            )
        drawn[f"revenue-{setting}"] = partial(figure_revenue_areas, df=here["paths"], arms=ARMS, where=words)
        drawn[f"exchanges-{setting}"] = partial(figure_exchange_shares, df=here["exchanges"], where=words)
        clients = here["clients"][here["clients"]["group"].isin([arm.name for arm in FOUR])]
        if len(clients):
            drawn[f"retention-{setting}"] = partial(
                figure_retention, df=pooled_retention(clients), arms=FOUR, where=words
            )
    return drawn


CLAIM = Claim(
    name="annuity",
    text=__doc__,
    pairs=PAIRS[RIVALS[0]],
    arms=lambda scenario: ARMS,
    measures=(HORIZONS, PATHS, EXCHANGES, Measure("clients", client_lifetimes, orders=True)),
    asks=(
        *map(_earns_more, RIVALS),
        Ask(
            "Does more of the revenue come from customers who had bought before?",
            f"the share of repeat business in revenue was {{amount}} percentage points {{direction}} for {OURS} than "
            f"for {RIVALS[0]} sellers",
            "annuity_share",
            **{**POINTS, "worth": 0.0},
        ),
    ),
    # How often customers need something, how long they stay and remember, whether they talk, how long one waits.
    dials=(
        FREQUENCY,
        RANGES["trust.forgetting"],
        RANGES["word_of_mouth.gossip"],
        RANGES["customers.churn"],
        RANGES["months"],
    ),
    draw=_draw,
    first_measures=("horizons", "paths"),
)
