"""A seller who goes to war for the client when service fails does better.

The idea: "go to war for your client" when something goes wrong; a failure that is put right wins the client
for good. Aftercare runs from 0 to 1. Here a recovered failure satisfies, but never leaves more loyalty than
no failure (de Matos et al. 2007), and every fight costs hours of selling.

The same collaborative seller with aftercare 1 against aftercare 0, judged in profit at the longest horizon; a
level between is drawn. In herds a delivery team fights in the seller's place, so less is at stake there. That
clients trust such a seller more is judged apart.

The essays' idea: "go to war" for your client. Rules: docs/odd.md, 7.6 and 7.7.
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import ORGANISATIONS
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import sweep
from longgame.experiments.figures.pairs import PROFIT, Shown, in_each_market
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.sim.library import STRATEGIES

ARMS = {kind: sweep(STRATEGIES["collaborative"], "aftercare", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS}

CLAIM = Claim(
    name="champion",
    text=__doc__,
    arms=lambda scenario: [arm for arms in ARMS.values() for arm in arms],
    pairs=[(arms[-1], arms[0]) for arms in ARMS.values()],
    asks=(
        Ask(
            "Does a seller who fights for clients when service fails earn more than one who does not?",
            "sellers who fight for every client made {amount} {direction} profit per salesperson-year than those "
            "who never do",
        ),
        Ask(
            "Do clients trust a seller more who fights for them?",
            "clients' trust was {amount} percentage points {direction} where sellers fight for them",
            "client_trust",
            **POINTS,
        ),
    ),
    # How often something goes wrong, what a fight costs, how often customers need something, how long one waits.
    dials=(
        RANGES["service.issue"],
        RANGES["service.support"],
        FREQUENCY,
        RANGES["months"].between(24, 240),  # a fight pays, if it does, with the client's next needs
    ),
    draw=partial(
        in_each_market,
        figure_sweep,
        columns={"profit": PROFIT, "trust": Shown("client_trust", "clients' trust", scale=100)},
        arms=ARMS,
        dial="aftercare",
    ),
)
