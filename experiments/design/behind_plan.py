"""A seller who gives discounts only when behind plan: for the claim `desperate`."""

from longgame.sim.agents import Client, Salesperson
from longgame.sim.library import STRATEGIES
from longgame.sim.library._conducts import FAIR
from longgame.sim.strategy import Conduct

#: Cost + 10 %: a thin margin, but a margin.
THIN = 0.1


class BehindPlan(Salesperson):
    """Sells at a fair price, and at a thin margin while their work has made a loss so far."""

    name = "behind-plan"
    description = "The discounter at a fair price, but at a thin margin while behind plan."
    base = STRATEGIES["discounter"]

    def conduct(self, customer: Client) -> Conduct:
        """Return the discounter's conduct at one of the two prices."""
        return super().conduct(customer).but(markup=THIN if self.profit < 0.0 else FAIR)
