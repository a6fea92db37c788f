"""Collaborative selling: clients who come back are what a seller lives by."""

from longgame.sim.library._conducts import COLLABORATIVE
from longgame.sim.strategy import Strategy

collaborative = Strategy(
    name="collaborative",
    description="Finds out what is needed, says what is true, charges a fair price, stays afterwards.",
    origin="The win/win seller of the essays; consultative selling.",
    weakness="Time spent on discovery is not spent on prospects; pitches even when the fit is poor.",
    with_prospects=COLLABORATIVE,
)

principled = Strategy(
    name="principled",
    description="Collaborative, and walks away from a deal it believes is worth less than its price.",
    origin="'Win/win or no deal' (Covey 1989, habit 4); the essays' walking away.",
    weakness="Loses today's sale on every honest doubt, also on mistaken ones.",
    with_prospects=COLLABORATIVE.but(walk_away=0.0),
)

honest_broker = Strategy(
    name="honest-broker",
    description="Principled, and names the rival who fits better.",
    origin="'Lose the sale but save the client'; trusted advisor (Maister et al. 2000).",
    weakness="Feeds competitors who may never feed it back.",
    with_prospects=COLLABORATIVE.but(walk_away=0.0, refer=1.0),
)

champion = Strategy(
    name="champion",
    description="Collaborative, and goes to war for the client whenever something goes wrong.",
    origin="'Go to war for your client'; service recovery (Tax, Brown & Chandrashekaran 1998).",
    weakness="Support work eats the hours for new business where no delivery team takes over.",
    with_prospects=COLLABORATIVE.but(aftercare=1.0, availability=1.0),
)

advisor = Strategy(
    name="advisor",
    description="Principled, and works on the client's business so that its customers gain too.",
    origin="Win-win-win in the essays; 'business advisor and partner'.",
    weakness="The most hours per client of all; pays only where clients stay and grow.",
    with_prospects=COLLABORATIVE.but(
        discovery=1.0, walk_away=0.0, refer=0.5, aftercare=0.9, remember=1.0, advice=0.8, availability=0.9
    ),
)
