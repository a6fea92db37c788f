"""`Market`: the same market as a Mesa model, for teaching, inspection and code of your own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import mesa
import numpy as np
import pandas as pd
from mesa.agentset import AgentSet

from longgame.sim.agents import Customer, Firm, Salesperson
from longgame.sim.books import Books, Result
from longgame.sim.columns import OUTCOMES
from longgame.sim.layout import build, relink
from longgame.sim.month import check_seed, play_month, play_year_end
from longgame.sim.precompile import precompile
from longgame.sim.scenario import Scenario
from longgame.sim.stages import Stage
from longgame.sim.state import CENTS, FIRST_OUTCOME, SOLD, State, conduct_row, general_trust
from longgame.sim.strategy import Conduct
from longgame.sim.strategy_class import blamed, classes_in
from longgame.sim.trust import NOBODY


class Market(mesa.Model):
    """A market of Mesa agents, month by month.

    Same scenario and seed, same trajectory as `longgame.run`, to the last bit: both call the same compiled
    rules on the same tables. It is some hundred times slower, and made for inspection and for code of your own.
    Calls of Mesa's that could have no effect here are refused: agents are added and removed by the market
    alone, and there is no time after the last month. Strategies that are Python classes are played by these.

    Parameters
    ----------
    scenario : Scenario, optional
        Every number of the market.
    rng : int or numpy.random.Generator
        Seed of the run in 0 … 2⁶⁴-1; a generator is asked for one.
    classes : mapping of str to subclass of Salesperson, optional
        Code of your own for a group of firms or a strategy, by name.
    datacollector : mesa.DataCollector, optional
        Collected after every month; by default one with a few figures of the whole market. A class among its
        `agenttype_reporters` stands for its subclasses too.

    Raises
    ------
    ValueError
        If the seed is out of range or `classes` names nothing in the scenario.
    RuntimeError
        From any call that adds or removes people, or goes beyond the last month; nothing is changed then.

    Examples
    --------
    >>> from longgame.sim import Market, Scenario
    >>> market = Market(Scenario().but({"customers.count": 50}, months=6), rng=1)
    >>> market.run_for(6)
    >>> len(market.result().market)
    6
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        rng: int | np.random.Generator = 0,
        classes: Mapping[str, type[Salesperson]] | None = None,
        datacollector: mesa.DataCollector | None = None,
    ) -> None:
        self._scenario = scenario or Scenario()
        seed = int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
        check_seed(seed)
        self._peopling = False
        self._broken_off = False
        super().__init__(rng=int(seed))
        sharing = any(group.rules.shares_leads or group.rules.shares_attention for group in self._scenario.firms)
        groups = [g.name for g in self._scenario.firms]
        self.strategies = self._scenario.strategies_used()
        self.classes = {**classes_in(self.strategies), **(classes or {})}
        precompile(custom=sharing and bool(self.classes))
        for name in self.classes:
            if name not in groups and name not in [s.name for s in self.strategies]:
                raise ValueError(f"`classes` names {name!r}, which is neither a group of firms nor a strategy here")
        self.month = 0
        self.state: State = build(self._scenario, int(seed))
        self.first_custom_conduct = len(self.state.conducts)
        if self.classes:  # a row of its own for every visit there can be in a month
            room = np.zeros(len(self.state.customers), self.state.conducts.dtype)
            self.state = self.state._replace(conducts=np.concatenate([self.state.conducts, room]))
        self.books = Books(self._scenario, int(seed), orders=True)
        self.customer_agents: dict[int, Customer] = {}
        self.seller_agents: dict[int, Salesperson] = {}
        self.firm_agents: dict[int, Firm] = {}
        self._sync_customers(np.arange(len(self.state.customers)))
        self._sync_people(np.arange(len(self.state.salespeople)))
        self.datacollector = datacollector or mesa.DataCollector(
            model_reporters={
                "month": "month",
                "customers": market_customers,
                "deals": market_deals,
                "profit": market_profit,
                "trust_general": market_trust,
            }
        )

    @property
    def scenario(self) -> Scenario:
        """Every number of the market."""
        return self._scenario

    @scenario.setter
    def scenario(self, value: Any) -> None:
        """Leave aside the default scenario that Mesa sets while a model is made; refuse any other."""
        if hasattr(self, "month"):
            raise RuntimeError("the scenario of a market cannot be replaced; make a new Market of the other one")

    # -- agents -----------------------------------------------------------------------------------

    @property
    def customers(self) -> AgentSet:
        """The customers in the market."""
        return AgentSet(self.customer_agents.values(), random=self.random)

    @property
    def salespeople(self) -> AgentSet:
        """The salespeople at work."""
        return AgentSet(self.seller_agents.values(), random=self.random)

    @property
    def firms(self) -> AgentSet:
        """The firms."""
        return AgentSet(self.firm_agents.values(), random=self.random)

    @property
    def agent_types(self) -> list[type]:
        """The classes of the agents here, without those that have subclasses among them.

        Mesa's data collector takes all instances of any other class, but of a class in this list only the agents
        that are of no subclass: it would leave out the sellers with code of their own.
        """
        kinds = super().agent_types
        return [kind for kind in kinds if not any(issubclass(other, kind) for other in kinds if other is not kind)]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Add an agent; the market's people are added by the market alone."""
        self._check_peopling(agent, "added")
        super().register_agent(agent)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Remove an agent; the market's people are removed by the market alone."""
        self._check_peopling(agent, "removed")
        super().deregister_agent(agent)

    def remove_all_agents(self) -> None:
        """Refuse: a market has no meaning without its people."""
        for agent in self.agents:
            self._check_peopling(agent, "removed")

    def _check_peopling(self, agent: mesa.Agent, done: str) -> None:
        """Raise RuntimeError if somebody else than the market adds or removes one of its people."""
        if isinstance(agent, Customer | Salesperson | Firm) and not self._peopling:
            raise RuntimeError(
                f"a {type(agent).__name__} cannot be {done}: the market's people come and go by its scenario alone "
                "(customers.churn, customers.arrival, staffing.turnover, firms)"
            )

    @contextmanager
    def _adding_and_removing(self) -> Iterator[None]:
        """Let agents be added and removed within the block."""
        self._peopling = True
        try:
            yield
        finally:
            self._peopling = False

    def _sync_customers(self, places: np.ndarray) -> None:
        """Let agents leave and join where the state says that customers did."""
        arrived = self.state.arrived
        with self._adding_and_removing():
            for place in places.tolist():
                if place in self.customer_agents:
                    self.customer_agents.pop(place).remove()
                if arrived[place] != NOBODY:
                    self.customer_agents[place] = Customer(self, place)

    def _class_of(self, row: int) -> type[Salesperson]:
        person = self.state.salespeople[row]
        group = self._scenario.firms[int(self.state.firms["group"][person["firm"]])].name
        strategy = self.strategies[int(person["strategy"])].name
        return self.classes.get(group) or self.classes.get(strategy) or Salesperson

    def _sync_people(self, rows: np.ndarray) -> None:
        """Let newcomers' agents take the place of their predecessors', and found their firms."""
        with self._adding_and_removing():
            for row in rows.tolist():
                if row in self.seller_agents:
                    self.seller_agents.pop(row).remove()
                self.seller_agents[row] = self._class_of(row)(self, row)
                f = int(self.state.salespeople["firm"][row])
                if f in self.firm_agents and self.state.firms["members"][f] == 1:
                    self.firm_agents.pop(f).remove()
                if f not in self.firm_agents:
                    self.firm_agents[f] = Firm(self, f)

    def set_conduct(self, v: int, conduct: Conduct) -> None:
        """Let visit v be conducted in this way."""
        row = self.first_custom_conduct + v
        self.state.conducts[row] = conduct_row(conduct)
        self.state.visits["conduct"][v] = row

    # -- time -------------------------------------------------------------------------------------

    def step(self) -> None:
        """Play one month.

        Raises
        ------
        RuntimeError
            If the scenario's last month is over, or an error broke an earlier month off.
        """
        self._broken_off = True  # unless the month comes to its end
        self.month += 1
        self.state = play_month(self.state, self.month, self._do)
        self.books.enter(self.state, self.month)
        if self.month == self._scenario.months:
            self.running = False
        elif self.month % 12 == 0:
            before = self.state.salespeople["strategy"].copy()
            left = play_year_end(self.state, self.month, self.books)
            moved = np.flatnonzero(before != self.state.salespeople["strategy"])
            changed = [r for r in moved if type(self.seller_agents[int(r)]) is not self._class_of(int(r))]
            self._sync_people(np.union1d(left, np.array(changed, np.int64)).astype(np.int64))
        self.datacollector.collect(self)
        self._broken_off = False

    def _advance_time(self, until: float) -> None:
        """Go on to a time, in months: the one way of all of Mesa's calls (`step`, `run_for`, `run_until`)."""
        months = self._scenario.months
        if self._broken_off:
            raise RuntimeError(f"month {self.month} was broken off by an error; make a new Market to play on")
        if not until <= months:
            raise RuntimeError(
                f"the market is over after its {months} months: it stands at {self.time:g}, "
                f"and cannot go on to {until:g}"
            )
        if until < self.time:
            raise RuntimeError(f"a market does not go back: it stands at {self.time:g}, and {until:g} is before that")
        super()._advance_time(until)

    def _do(self, stage: Stage, state: State, month: int) -> None:
        """Let every agent concerned play one stage."""
        self.state = state
        if stage.over == "market":
            stage.run(state, month)
        elif stage.name == "come_and_go":
            generation = state.customers["generation"].copy()
            vacant = np.flatnonzero(state.arrived == NOBODY)
            self.customers.do(stage.name)
            for place in vacant.tolist():
                stage.run(state, month, place, place + 1, 0)
            changed = (generation != state.customers["generation"]) | np.isin(np.arange(len(generation)), vacant)
            self._sync_customers(np.flatnonzero(changed))
        elif stage.over == "visits":
            visitors = state.visits["customer"][: int(state.n_visits[0])]
            AgentSet([self.customer_agents[int(i)] for i in visitors], random=self.random).do(stage.name)
        else:
            {"customers": self.customers, "salespeople": self.salespeople, "firms": self.firms}[stage.over].do(
                stage.name
            )

    # -- results ----------------------------------------------------------------------------------

    def result(self) -> Result:
        """Return the tables of the months played so far, as `longgame.run` would, orders included."""
        return self.books.result(self.state).whole()

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of one of the state's tables: customers, salespeople, firms, visits of the month."""
        records = getattr(self.state, name)
        frame = pd.DataFrame(records[: int(self.state.n_visits[0])] if name == "visits" else records.copy())
        if name == "customers":
            return frame.assign(**{each: getattr(self.state, each) for each in ("arrived", "rate", "prosperity")})
        return frame

    def meetings(self) -> pd.DataFrame:
        """Return this month's visits in words and money, for reading.

        Returns
        -------
        pandas.DataFrame
            One row per visit: ``customer`` (place), ``salesperson`` (row), ``deals_before`` (on the
            salesperson's record), ``outcome`` (one of `longgame.sim.columns.OUTCOMES`), ``trust`` in the salesperson
            before the meeting (in [0, 1]); in money ``stake``, ``claim``, ``price`` (NaN without a pitch),
            ``delivered``, ``refund``, ``customer_gain``, ``seller_gain`` (price less refund, goods and
            service) and ``experience`` (in [0, 1]; these five NaN without a deal).
        """
        visits = self.state.visits[: int(self.state.n_visits[0])]
        visits = visits[visits["outcome"] >= FIRST_OUTCOME]
        pitched, sold = visits["price"] > 0, visits["outcome"] >= SOLD
        stake = visits["stake"] / CENTS
        margin = visits["price"] - visits["refund"] - visits["goods"] - visits["service"]
        deal = {
            "delivered": visits["delivered"] * stake,
            "refund": visits["refund"] / CENTS,
            "customer_gain": visits["surplus"] / CENTS,
            "seller_gain": margin / CENTS,
            "experience": visits["x"],
        }
        return pd.DataFrame(
            {
                "customer": visits["customer"],
                "salesperson": visits["seller"],
                "deals_before": visits["deals_seen"],
                "outcome": [OUTCOMES[code - FIRST_OUTCOME] for code in visits["outcome"].tolist()],
                "trust": visits["trust"],
                "stake": np.where(pitched, stake, np.nan),
                "claim": np.where(pitched, visits["claim"] * stake, np.nan),
                "price": np.where(pitched, visits["price"] / CENTS, np.nan),
                **{name: np.where(sold, amount, np.nan) for name, amount in deal.items()},
            }
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle, and let views share memory again."""
        self.__dict__.update(state)
        self.state = relink(self.state)


def play(scenario: Scenario, seed: int, *, orders: bool = False) -> Result:
    """Play a whole market and return its tables.

    Raises
    ------
    longgame.sim.strategy_class.StrategyFault
        If the code of a strategy raised an error.
    """
    with blamed(scenario.in_python()):
        market = Market(scenario, rng=seed)
        market.run_for(scenario.months)
    result = market.result()
    if not orders:
        result.orders = None
    return result


def market_customers(market: Market) -> int:
    """Return the number of customers."""
    return len(market.customer_agents)


def market_deals(market: Market) -> int:
    """Return the number of deals of the month."""
    return int(market.state.tally["deals"].sum())


def market_profit(market: Market) -> float:
    """Return the profit of all firms in the month (money)."""
    return int(market.state.tally["profit"].sum()) / CENTS


def market_trust(market: Market) -> float:
    """Return the mean trust in salespeople in general."""
    people = market.state.customers[market.state.arrived != NOBODY]
    if len(people) == 0:
        return float("nan")
    return float(general_trust(people, market.state.params[0]).mean())
