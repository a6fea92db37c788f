"""Adversarial and transactional selling: the next sale is all that counts."""

from longgame.sim.library._conducts import ADVERSARIAL, BELOW_COST
from longgame.sim.strategy import Conduct, Strategy

adversarial = Strategy(
    name="adversarial",
    description="Pushes everybody to close now, claims more than is true, charges what the market bears.",
    origin="The seller for whom a sale is a fight; the essays' opponent.",
    weakness="Wins each customer about once; every sale spends trust, also that of honest colleagues.",
    with_prospects=ADVERSARIAL,
)

order_taker = Strategy(
    name="order-taker",
    description="Quotes, sells and moves on: no questions, no push, no care afterwards.",
    origin="Transactional selling (Rackham & DeVincentis 1999).",
    weakness="Sells what fits nobody in particular, and has no claim on the next order.",
    with_prospects=Conduct(discovery=0.1, markup=0.5, aftercare=0.3, remember=0.1, availability=0.3),
)

discounter = Strategy(
    name="discounter",
    description="Closes by giving the price away, below cost if need be.",
    origin="Lose/win in the essays: 'a ridiculously low price with no profit'.",
    weakness="Loses on each deal and teaches the client to wait for the next discount.",
    with_prospects=Conduct(
        discovery=0.3, overpromise=0.2, pressure=0.3, markup=BELOW_COST, aftercare=0.5, remember=0.3, availability=0.5
    ),
)
