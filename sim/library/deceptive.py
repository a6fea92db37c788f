"""Deceptive selling: trust or interest is won first and then used up."""

from longgame.sim.library._conducts import ADVERSARIAL, BELOW_COST, COLLABORATIVE, FAIR
from longgame.sim.strategy import Conduct, Strategy

milker = Strategy(
    name="milker",
    description="Collaborative until the third deal, then lives off the trust: dear, pushy and careless.",
    origin="Reputation milking (Holmström 1999; Mailath & Samuelson 2001).",
    weakness="Burns its best clients; word of mouth from a betrayed client is bad word of mouth.",
    with_prospects=COLLABORATIVE,
    with_clients=ADVERSARIAL.but(discovery=0.3, pressure=0.4, overpromise=0.6),
    client_after=3,
)

loss_leader = Strategy(
    name="loss-leader",
    description="Buys the first deal below cost, then gouges.",
    origin="Penetration pricing with switching costs (Klemperer 1995).",
    weakness="The first price becomes the client's reference, the second looks like a betrayal.",
    with_prospects=Conduct(
        discovery=0.4, overpromise=0.2, pressure=0.2, markup=BELOW_COST, aftercare=0.5, remember=0.5
    ),
    with_clients=Conduct(discovery=0.4, overpromise=0.4, pressure=0.4, markup=1.0, aftercare=0.3, remember=0.5),
)

bait_and_switch = Strategy(
    name="bait-and-switch",
    description="Promises a perfect fit at a fair price and delivers whatever is in stock.",
    origin="Bait and switch (Lazear 1995).",
    weakness="The distance between claim and delivery is the largest of all: disconfirmation.",
    with_prospects=Conduct(
        discovery=0.0, overpromise=1.0, pressure=0.5, markup=FAIR, aftercare=0.0, remember=0.0, availability=0.1
    ),
)

smooth_talker = Strategy(
    name="smooth-talker",
    description="Listens closely, then uses what it learned to promise more than it can keep.",
    origin="Machiavellian selling (Ricks & Fraedrich 1999).",
    weakness="Knows the truth about the fit and sells against it: good hours spent on bad deals.",
    with_prospects=Conduct(
        discovery=0.9, overpromise=0.9, pressure=0.2, markup=0.7, aftercare=0.3, remember=0.8, availability=0.5
    ),
)
