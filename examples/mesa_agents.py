"""Agents of your own in Mesa: a seller who learns from each ending, and customers who compare two sellers."""

import mesa
import pandas as pd

import longgame


class Learner(longgame.Salesperson):
    """Raises its price after a deal, and lowers it after a refusal."""

    markup = 0.5

    def conduct(self, customer):
        """Return the usual conduct at the price learned so far."""
        return super().conduct(customer).but(markup=self.markup)

    def closed(self, customer, outcome, price, refund):
        """Learn from the end of a visit."""
        step = {"deal": 0.02, "declined": -0.05}.get(outcome, 0.0)
        self.markup = min(max(self.markup + step, 0.1), 1.0)


class Comparer(longgame.Customer):
    """Compares the two most promising sellers, goes to the more trusted one, and never pays more than usual."""

    def approach(self, candidates):
        """Return the more trusted of the two who promise most."""
        two = sorted(candidates, key=lambda each: each.surplus)[-2:]
        return max(two, key=lambda each: each.trust, default=None)

    def decide(self, offer):
        """Buy what the rules would buy, unless it costs more than usual."""
        return super().decide(offer) and offer.price <= offer.usual_price


class Town(longgame.Market):
    """A small market; dials are keywords, so that `batch_run` can set them."""

    def __init__(self, comparing: bool = False, **dials):
        herd = longgame.Firms(name="learners", strategies={"collaborative": 5}, policy="herd")
        rivals = longgame.Firms(name="rivals", count=5, strategies={"adversarial": 1})
        classes = {"learners": Learner, **({"customers": Comparer} if comparing else {})}
        collector = mesa.DataCollector(
            model_reporters={
                "trust": lambda market: market.customers.agg("trust_general", lambda found: sum(found) / len(found)),
                "profit": longgame.sim.market.market_profit,
            },
            agenttype_reporters={Learner: {"markup": "markup", "deals": "deals"}},
        )
        scenario = longgame.Scenario(months=24, firms=[herd, rivals]).but({"customers.count": 400})
        super().__init__(scenario, classes=classes, datacollector=collector, **dials)


if __name__ == "__main__":
    town = Town(comparing=True, rng=1)
    town.run_for(24)
    sellers = town.datacollector.get_agenttype_vars_dataframe(Learner)
    print("What the sellers have learned:")
    print(sellers.groupby("Step")[["markup", "deals"]].mean().iloc[[0, 5, 11, 23]].round(3).to_string())

    print("\nThe last month, by who buys and how much they gossip (means of two seeds):")
    parameters = {"comparing": [False, True], "word_of_mouth.gossip": [0.0, 0.5]}
    rows = mesa.batch_run(Town, parameters, rng=[1, 2], display_progress=False)
    table = pd.DataFrame(rows).drop_duplicates("RunId")
    print(table.groupby(list(parameters))[["trust", "profit"]].mean().round(3).to_string())
