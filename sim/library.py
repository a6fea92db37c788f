"""The named strategies, one declaration each: conduct, origin and weakness."""

from __future__ import annotations

from longgame.sim.strategy import Conduct, Strategy

# The dials were written down from the essays' own words before any result was seen; nothing here is
# tuned. Three price levels recur: fair (cost + 40 %), dear (cost + 80 %), below cost (-10 %).
FAIR, DEAR, BELOW_COST = 0.4, 0.8, -0.1

_COLLABORATIVE = Conduct(
    discovery=0.8,
    overpromise=0.0,
    pressure=0.0,
    markup=FAIR,
    walk_away=-10.0,
    refer=0.0,
    aftercare=0.8,
    remember=0.9,
    advice=0.2,
    availability=0.7,
)
_ADVERSARIAL = Conduct(
    discovery=0.1,
    overpromise=0.8,
    pressure=0.8,
    markup=DEAR,
    walk_away=-10.0,
    refer=0.0,
    aftercare=0.1,
    remember=0.1,
    advice=0.0,
    availability=0.1,
)

_DECLARED = (
    Strategy(
        name="adversarial",
        description="Pushes everybody to close now, claims more than is true, charges what the market bears.",
        origin="The seller for whom a sale is a fight; the essays' opponent.",
        weakness="Wins each customer about once; every sale spends trust, also that of honest colleagues.",
        with_prospects=_ADVERSARIAL,
    ),
    Strategy(
        name="order-taker",
        description="Quotes, sells and moves on: no questions, no push, no care afterwards.",
        origin="Transactional selling (Rackham & DeVincentis 1999).",
        weakness="Sells what fits nobody in particular, and has no claim on the next order.",
        with_prospects=Conduct(discovery=0.1, markup=0.5, aftercare=0.3, remember=0.1, availability=0.3),
    ),
    Strategy(
        name="discounter",
        description="Closes by giving the price away, below cost if need be.",
        origin="Lose/win in the essays: 'a ridiculously low price with no profit'.",
        weakness="Loses on each deal and teaches the client to wait for the next discount.",
        with_prospects=Conduct(
            discovery=0.3,
            overpromise=0.2,
            pressure=0.3,
            markup=BELOW_COST,
            aftercare=0.5,
            remember=0.3,
            availability=0.5,
        ),
    ),
    Strategy(
        name="collaborative",
        description="Finds out what is needed, says what is true, charges a fair price, stays afterwards.",
        origin="The win/win seller of the essays; consultative selling.",
        weakness="Time spent on discovery is not spent on prospects; pitches even when the fit is poor.",
        with_prospects=_COLLABORATIVE,
    ),
    Strategy(
        name="principled",
        description="Collaborative, and walks away from a deal it believes is worth less than its price.",
        origin="'Win/win or no deal' (Covey 1989, habit 4); the essays' walking away.",
        weakness="Loses today's sale on every honest doubt, also on mistaken ones.",
        with_prospects=_COLLABORATIVE.but(walk_away=0.0),
    ),
    Strategy(
        name="honest-broker",
        description="Principled, and names the rival who fits better.",
        origin="'Lose the sale but save the client'; trusted advisor (Maister et al. 2000).",
        weakness="Feeds competitors who may never feed it back.",
        with_prospects=_COLLABORATIVE.but(walk_away=0.0, refer=1.0),
    ),
    Strategy(
        name="champion",
        description="Collaborative, and goes to war for the client whenever something goes wrong.",
        origin="'Go to war for your client'; service recovery (Tax, Brown & Chandrashekaran 1998).",
        weakness="Support work eats the hours for new business where no delivery team takes over.",
        with_prospects=_COLLABORATIVE.but(aftercare=1.0, availability=1.0),
    ),
    Strategy(
        name="advisor",
        description="Principled, and works on the client's business so that its customers gain too.",
        origin="Win-win-win in the essays; 'business advisor and partner'.",
        weakness="The most hours per client of all; pays only where clients stay and grow.",
        with_prospects=_COLLABORATIVE.but(
            discovery=1.0, walk_away=0.0, refer=0.5, aftercare=0.9, remember=1.0, advice=0.8, availability=0.9
        ),
    ),
    Strategy(
        name="milker",
        description="Collaborative until the third deal, then lives off the trust: dear, pushy and careless.",
        origin="Reputation milking (Holmström 1999; Mailath & Samuelson 2001).",
        weakness="Burns its best clients; word of mouth from a betrayed client is bad word of mouth.",
        with_prospects=_COLLABORATIVE,
        with_clients=_ADVERSARIAL.but(discovery=0.3, pressure=0.4, overpromise=0.6),
        client_after=3,
    ),
    Strategy(
        name="loss-leader",
        description="Buys the first deal below cost, then gouges.",
        origin="Penetration pricing with switching costs (Klemperer 1995).",
        weakness="The first price becomes the client's reference, the second looks like a betrayal.",
        with_prospects=Conduct(
            discovery=0.4, overpromise=0.2, pressure=0.2, markup=BELOW_COST, aftercare=0.5, remember=0.5
        ),
        with_clients=Conduct(discovery=0.4, overpromise=0.4, pressure=0.4, markup=1.0, aftercare=0.3, remember=0.5),
    ),
    Strategy(
        name="bait-and-switch",
        description="Promises a perfect fit at a fair price and delivers whatever is in stock.",
        origin="Bait and switch (Lazear 1995).",
        weakness="The distance between claim and delivery is the largest of all: disconfirmation.",
        with_prospects=Conduct(
            discovery=0.0, overpromise=1.0, pressure=0.5, markup=FAIR, aftercare=0.0, remember=0.0, availability=0.1
        ),
    ),
    Strategy(
        name="smooth-talker",
        description="Listens closely, then uses what it learned to promise more than it can keep.",
        origin="Machiavellian selling (Ricks & Fraedrich 1999).",
        weakness="Knows the truth about the fit and sells against it: good hours spent on bad deals.",
        with_prospects=Conduct(
            discovery=0.9, overpromise=0.9, pressure=0.2, markup=0.7, aftercare=0.3, remember=0.8, availability=0.5
        ),
    ),
    Strategy(
        name="fair-weather-friend",
        description="Collaborative in everything until something goes wrong.",
        origin="The essays' seller who is gone after the close.",
        weakness="One failure undoes the record, because bad news weighs more than good.",
        with_prospects=_COLLABORATIVE.but(aftercare=0.0, availability=0.3),
    ),
    Strategy(
        name="pushover",
        description="Collaborative with new customers, but gives each client a discount as a habit.",
        origin="Lose/win as a habit (Covey 1989); the essays' 'losing to the customer ruins you'.",
        weakness="The clients it keeps are the ones it earns nothing from.",
        with_prospects=_COLLABORATIVE.but(markup=0.2),
        with_clients=_COLLABORATIVE.but(markup=0.0, availability=1.0),
    ),
    Strategy(
        name="generous-amateur",
        description="Honest and cheap, but not good at the job.",
        origin="Benevolence without ability (Mayer, Davis & Schoorman 1995).",
        weakness="Good intentions misjudge the fit and deliver less of it.",
        with_prospects=_COLLABORATIVE.but(markup=0.25, discovery=0.6),
        skill=0.4,
    ),
    Strategy(
        name="quitter",
        description="Collaborative for a career, adversarial in the last year of it.",
        origin="The end-game problem of repeated games (Selten 1978).",
        weakness="None for the seller who leaves; the firm and the successor inherit the damage.",
        with_prospects=_COLLABORATIVE,
        endgame=_ADVERSARIAL,
        endgame_months=12,
    ),
)

#: Every library strategy by name.
STRATEGIES: dict[str, Strategy] = {strategy.name: strategy for strategy in _DECLARED}
