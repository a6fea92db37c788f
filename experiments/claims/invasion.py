"""Collaborators take over a market of adversaries, and adversaries do not take over theirs.

The idea: who wins in the long run is who spreads. Each way of selling invades each other, and the Fermi
process on the payoffs gives the chance to take over; the whole tournament is another experiment.

In a market of one kind (the residents) a tenth of the salespeople sell in another way (the invaders). The
gap is the invaders' profit less the residents', per salesperson-year at the longest horizon: above 0, they
spread. The first verdict asks for both directions of collaborative against adversarial sellers, as
singletons and in herds; the second whether any other way gets into a market of collaborators. From the gaps
at both ends of a pair (linear between them, in units of mean pay) follows the chance that one newcomer takes
over if salespeople copy whose firm earns more, and, with rare newcomers, how much of the time each way has
the market. In the market itself it is pay that may be copied, which differs less between ways of selling
than profit does.

The essays' idea: the winner in the long run is the kind that spreads. Rules: docs/odd.md, 4.5 and 7.10
(imitating).
"""

import math
from collections.abc import Mapping
from functools import partial
from itertools import permutations

import numpy as np
import pandas as pd

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SINGLETON, Arm, labels_of
from longgame.experiments.design.compositions import duel, hats, market, market_firms
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.matrix import figure_matrix
from longgame.experiments.inference.games import log_fixation, rare_mutation_shares
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, PROFIT_UNIT, of_both_kinds
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.experiments.words import ORGANISATION_WORDS
from longgame.sim.scenario import Scenario

GOOD, BAD = "collaborative", "adversarial"
STRATEGIES = (GOOD, BAD, "principled", "order-taker", "discounter", "milker")

#: Part of the market that invades, and how the chance to take over is counted: salespeople, and how strongly
#: they copy who earns a mean pay more.
RARE, CROWD, SELECTION = 0.1, 20, 2.0


def _design(scenario: Scenario) -> Design:
    """Return every invader in every market of singletons, and the two opponents also in herds."""
    made = Design({})
    for kind in ORGANISATIONS:
        for resident, invader in permutations(STRATEGIES if kind == SINGLETON else (GOOD, BAD), 2):
            name = f"{invader}-into-{resident}-{kind}"
            few = market(scenario, duel(invader, resident, RARE, market_firms(scenario, kind), kind))
            labels = {"invader": invader, "resident": resident, "opponents": {invader, resident} == {GOOD, BAD}}
            made |= Design({name: few}, {name: labels}, labels_of([Arm(invader, kind), Arm(resident, kind)]))
    return made


def _with_sides(tables: Tables) -> Tables:
    """Add who invades."""
    table = tables["horizons"]
    return {"horizons": table.assign(invades=table["strategy"] == table["invader"])}


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return the ``gap`` in profit and the mean ``pay``, by invader, resident, organisation and seed."""
    wide = table.pivot(
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


def _chances(tables: Tables) -> str:
    """Report the chances of the two opponents to take over from each other."""
    found = gaps(tables["horizons"])
    sentences = [f"Without any difference a newcomer among {CROWD} takes over with a chance of {100 / CROWD:g} %."]
    for kind in ORGANISATIONS:
        one, other = (_percent(take_over(found, a, b, kind)) for a, b in ((GOOD, BAD), (BAD, GOOD)))
        sentences.append(
            f"For {ORGANISATION_WORDS[kind]} it is {one} for one {GOOD} among {BAD} ones and {other} for the reverse."
        )
    return " ".join(sentences)


def _reigns(tables: Tables) -> str:
    """Report how much of the time each strategy has the market of singletons."""
    found = gaps(tables["horizons"])
    logs = [[0.0 if a == b else log_take_over(found, b, a) for b in STRATEGIES] for a in STRATEGIES]
    reign = pd.Series(rare_mutation_shares(logs), index=list(STRATEGIES)).sort_values(ascending=False)
    said = [f"{name} {_percent(share)}" for name, share in reign.items()]
    return f"With rare newcomers the market belongs to: {', '.join(said)} of the time."


def _percent(share: float) -> str:
    """Write a chance."""
    return "below 0.1 %" if share < 0.001 else f"{100 * share:.3g} %"


def _keeps_out(resident: str, **more) -> Contrast:
    """Ask whether a market keeps out every other way of selling."""
    return Contrast(
        f"Does a market of {resident} sellers keep out every other way of selling?",
        f"the {resident} residents made {{amount}} {{direction}} profit per salesperson-year than a tenth who sell "
        "otherwise",
        lead=({"invades": False}, {"invades": True}),
        places=(
            ("market", "resident", {resident: MARKETS[resident]}),
            ("organisation", "organisation", {SINGLETON: ORGANISATION_WORDS[SINGLETON]}),
            ("invader", "invader", {invader: invader for invader in STRATEGIES if invader != resident}),
        ),
        **more,
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return who gains in whose market, among singletons."""
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


MARKETS = {resident: f"market of {resident} sellers" for resident in (BAD, GOOD)}

CLAIM = Claim(
    name="invasion",
    text=__doc__,
    pairs=of_both_kinds(GOOD, BAD),
    design=_design,
    measures=(AT_END,),
    prepare=_with_sides,
    asks=(
        Contrast(
            "Do collaborators spread among adversaries, and not the other way round?",
            f"{GOOD} sellers made {{amount}} {{direction}} profit per salesperson-year than the {BAD} ones in the same "
            "market",
            where={"opponents": True},
            lead=({"strategy": GOOD}, {"strategy": BAD}),
            places=(IN_ORGANISATIONS, ("market", "resident", MARKETS)),
            note=_chances,
        ),
        _keeps_out(GOOD, note=_reigns),
        _keeps_out(BAD),
    ),
    dials=(FREQUENCY, RANGES["word_of_mouth.gossip"], RANGES["trust.forgetting"], RANGES["months"]),
    draw=_draw,
)
