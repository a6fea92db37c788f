"""The market as a Mesa model: a salesperson written in Python, and Mesa's own data collection."""

from mesa import DataCollector

import longgame


class BehindQuota(longgame.Salesperson):
    """Collaborative by nature; pushes as long as fewer deals than one a month are closed."""

    def conduct(self, customer):
        """Return the usual conduct, or a pushier one while behind."""
        usual = super().conduct(customer)
        return usual.but(pressure=0.9, markup=0.8) if self.deals < self.month else usual


def trust_of_customers(market):
    """Return the mean trust that customers have in salespeople in general."""
    return market.customers.agg("trust_general", lambda found: sum(found) / len(found))


def behind(market):
    """Return how many of these salespeople are behind their quota."""
    return sum(seller.deals < seller.month for seller in market.salespeople if isinstance(seller, BehindQuota))


if __name__ == "__main__":
    scenario = longgame.Scenario(
        months=12,
        firms=[
            longgame.Firms(name="quota", count=1, strategies={"collaborative": 5}, policy="herd"),
            longgame.Firms(name="adversarial", count=5, strategies={"adversarial": 1}),
        ],
    ).but({"customers.count": 400})
    market = longgame.Market(
        scenario,
        rng=1,
        classes={"quota": BehindQuota},
        datacollector=DataCollector(model_reporters={"trust": trust_of_customers, "behind": behind}),
    )
    market.run_for(12)
    print(market.datacollector.get_model_vars_dataframe().round(4).to_string())
    print(market.result().monthly.groupby("group", observed=True)[["deals", "profit"]].sum().round(0).to_string())
