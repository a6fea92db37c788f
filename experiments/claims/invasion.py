"""Collaborators take over a market of adversaries, and adversaries do not take over theirs.

The idea: who wins in the long run is who spreads. MODEL.md, section 7, row *invasion*: pairwise invasion and
the Fermi process on its payoffs; the whole tournament is another experiment.

In a market of one kind (the residents) a tenth of the salespeople sell in another way (the invaders). The
gap is the invaders' profit less the residents', per salesperson-year at the longest horizon: above 0, they
spread. The first verdict asks for both directions of collaborative against adversarial sellers, as
singletons and in herds; the second whether any other way gets into a market of collaborators. From the gaps
at both ends of a pair (linear between them, in units of mean pay) follows the chance that one newcomer takes
over if salespeople copy whose firm earns more, and, with rare newcomers, how much of the time each way has
the market. In the market itself it is pay that may be copied, which differs less between ways of selling
than profit does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import permutations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, SINGLETON
from longgame.experiments.design.compositions import duel, hats, market, market_firms
from longgame.experiments.design.dials import FREQUENCY, Dial
from longgame.experiments.design.plan import Plan, Tables
from longgame.experiments.figures.matrix import figure_matrix
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.inference.games import rare_mutation_shares
from longgame.experiments.inference.pairs import PROFIT_UNIT, a_twentieth
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.validation.theory import log_fixation
from longgame.experiments.words import ORGANISATION_WORDS, years
from longgame.sim.scenario import Scenario

QUESTION = "Do collaborators spread among adversaries, and not the other way round?"

GOOD, BAD = "collaborative", "adversarial"
STRATEGIES = (GOOD, BAD, "principled", "order-taker", "discounter", "milker")

#: Part of the market that invades, and how the chance to take over is counted: salespeople, and how strongly
#: they copy who earns a mean pay more.
RARE, CROWD, SELECTION = 0.1, 20, 2.0

DIALS = (
    FREQUENCY,
    Dial("word_of_mouth.gossip", 0.0, 0.9),
    Dial("trust.forgetting", 0.5, 1.0),
    Dial("months", 12, 240, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: every invader in every market of singletons, and the two opponents also in herds."""
    made = {}
    for kind in ORGANISATIONS:
        for resident, invader in permutations(STRATEGIES if kind == SINGLETON else (GOOD, BAD), 2):
            name = _named(invader, resident, kind)
            few = duel(invader, resident, RARE, market_firms(scenario, kind), kind)
            made[name] = market(scenario, few)
    return Plan(made, seeds, (AT_END,))


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return the ``gap`` in profit and the mean ``pay``, by invader, resident, organisation and seed."""
    named = table["market"].str.extract(r"^(?P<invader>.+)-into-(?P<resident>.+)-(?P<organisation>\w+)$")
    way = table["group"].astype(str).str.rsplit("-", n=1).str[0]
    rows = table.join(named).assign(invades=way == named["invader"])
    wide = rows.pivot(
        index=["invader", "resident", "organisation", "seed"], columns="invades", values=["profit", "pay"]
    )
    return pd.DataFrame(
        {
            "gap": wide[("profit", True)] - wide[("profit", False)],
            "pay": RARE * wide[("pay", True)] + (1 - RARE) * wide[("pay", False)],
        }
    ).reset_index()


def take_over(found: pd.DataFrame, invader: str, resident: str, kind: str = SINGLETON) -> float:
    """Return the chance that one invader among `CROWD` takes over, by the mean gaps of the pair."""
    return math.exp(log_take_over(found, invader, resident, kind))


def log_take_over(found: pd.DataFrame, invader: str, resident: str, kind: str = SINGLETON) -> float:
    """Return the log of `take_over`: under strong selection the chance itself may be too small a number."""
    rare, common = (
        found[(found["invader"] == a) & (found["resident"] == b) & (found["organisation"] == kind)]
        for a, b in ((invader, resident), (resident, invader))
    )
    pay = pd.concat([rare["pay"], common["pay"]]).mean()
    if not pay > 0:  # nobody copies where nobody earns, as in the market
        return -math.log(CROWD)
    ends = np.array([rare["gap"].mean(), -common["gap"].mean()])
    along = hats(np.array([RARE, 1 - RARE]), np.arange(1, CROWD) / CROWD) @ ends
    return float(log_fixation(-SELECTION * along / pay))


def _reigns(found: pd.DataFrame) -> pd.Series:
    """Return how much of the time each strategy has the market of singletons."""
    logs = [[0.0 if a == b else log_take_over(found, b, a) for b in STRATEGIES] for a in STRATEGIES]
    return pd.Series(rare_mutation_shares(logs), index=list(STRATEGIES))


def _percent(share: float) -> str:
    """Say a chance."""
    return "below 0.1 %" if share < 0.001 else f"{100 * share:.3g} %"


def _named(invader: str, resident: str, kind: str) -> str:
    """Return the name of a market."""
    return f"{invader}-into-{resident}-{kind}"


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: the two opponents in each other's markets."""
    return plan(scenario, seeds).only(_opponents())


def _opponents() -> list[str]:
    """Return the markets of the two opponents."""
    return [_named(a, b, kind) for kind in ORGANISATIONS for a, b in ((GOOD, BAD), (BAD, GOOD))]


def _effect(table: pd.DataFrame, new: str, resident: str, kind: str, sign: int, **at: str) -> Effect:
    """Return the gap of an invader in a market, times the sign that speaks for the claim."""
    found = gaps(table[table["market"] == _named(new, resident, kind)])
    return effect_of(
        sign * found.set_index("seed")["gap"],
        worth=a_twentieth({"horizons": table}),
        unit=PROFIT_UNIT,
        at={
            "market": f"market of {resident} sellers",
            "organisation": ORGANISATION_WORDS[kind],
            **at,
            "horizon": years(int(table["months"].max())),
        },
    )


def _judge(question: str, table: pd.DataFrame, effects: list[Effect], **words: str) -> Verdict:
    """Judge gaps, saying over what time."""
    time, sold = f"over {years(int(table['months'].max()))}", measures.anything_sold(table)
    return judge("invasion", question, effects, horizon=time, sold=sold, **words)


def first(tables: Tables) -> Verdict:
    """Return the verdict on the two opponents."""
    table = tables["horizons"]
    table = table[table["market"].isin(_opponents())]
    found = gaps(table)
    ways = [(kind, *way) for kind in ORGANISATIONS for way in ((GOOD, BAD, 1), (BAD, GOOD, -1))]
    chances = [
        f"{_percent(take_over(found, a, b, kind))} for one {a} among {CROWD - 1} {b} {ORGANISATION_WORDS[kind]}"
        for kind, a, b, _ in ways
    ]
    return _judge(
        QUESTION,
        table,
        [_effect(table, a, b, kind, sign) for kind, a, b, sign in ways],
        finding=f"{GOOD} sellers made {{amount}} {{direction}} profit per salesperson-year than the "
        f"{BAD} ones in the same market",
        note=f"Chance to take over by copying, {100 / CROWD:g} % without any difference: {', '.join(chances)}.",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on the two opponents, and on all others against collaborators and adversaries."""
    table = tables["horizons"]
    reign = _reigns(gaps(table)).sort_values(ascending=False)
    said = [f"{name} {_percent(share)}" for name, share in reign.items()]
    return (
        first(tables),
        *(
            _judge(
                f"Does a market of {resident} sellers keep out every other way of selling?",
                table,
                [_effect(table, a, resident, SINGLETON, -1, invader=a) for a in STRATEGIES if a != resident],
                finding=f"the {resident} residents made {{amount}} {{direction}} profit per salesperson-year "
                "than a tenth who sell otherwise",
                note=f"With rare newcomers the market belongs to: {', '.join(said)} of the time."
                if resident == GOOD
                else "",
            )
            for resident in (GOOD, BAD)
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figure: who gains in whose market, among singletons."""
    found = gaps(tables["horizons"])
    return {
        "matrix": partial(
            figure_matrix,
            table=found[found["organisation"] == SINGLETON],
            order=STRATEGIES,
            value="gap",
            what="profit of invaders − residents",
            unit=PROFIT_UNIT,
            where=ORGANISATION_WORDS[SINGLETON],
        )
    }
