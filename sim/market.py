"""`Market`: the same market as a Mesa model, for teaching, inspection and code of your own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import mesa
import numpy as np
import pandas as pd
from mesa.agentset import AgentSet
from pydantic import ValidationError

from longgame.sim.agents import Customer, Firm, Salesperson
from longgame.sim.books import Books, Result
from longgame.sim.columns import OUTCOMES
from longgame.sim.engine import size_of
from longgame.sim.errors import InputError
from longgame.sim.hooks import AFTER, HOOKS, AgentClass, ask_for_policies, cover, overridden
from longgame.sim.layout import build, relink, with_own_conducts
from longgame.sim.loop import play_months
from longgame.sim.month import check_seed, pass_on, play_month, see_to_firms
from longgame.sim.precompile import precompile
from longgame.sim.refusals import problems
from longgame.sim.scenario import Scenario
from longgame.sim.stages import Stage
from longgame.sim.state import CENTS, FIRST_OUTCOME, NEVER, SOLD, State, general_trust
from longgame.sim.strategy_class import blamed, classes_in
from longgame.sim.trust import NOBODY

#: Code of one's own by whom it plays; a group of firms may have a class for its salespeople and one for itself.
Classes = Mapping[str, AgentClass | Sequence[AgentClass]]


def _set(scenario: Scenario, dials: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some numbers changed, of NumPy's types too; refuse them in one line."""
    changes = {
        path.replace("__", "."): value.item() if isinstance(value, np.generic) else value
        for path, value in dials.items()
    }
    try:
        return scenario.but(changes) if changes else scenario
    except ValidationError as error:
        raise InputError(problems(error, Scenario, {}, "Market")[0]) from None


def _said(names: Iterable[str | type]) -> str:
    """Return names in a row."""
    return ", ".join(name if isinstance(name, str) else name.__name__ for name in names)


class Market(mesa.Model):
    """A market of Mesa agents, month by month.

    Same scenario and seed, same trajectory as `longgame.run`, to the last bit: both call the same compiled
    rules on the same tables. Python is called for agents with code of their own alone: those whose class overrides
    a hook of `Customer`, `Salesperson` or `Firm`. Strategies that are Python classes are played by these.
    Calls of Mesa's that could have no effect here are refused: agents are added and removed by the market
    alone, and there is no time after the last month.

    Parameters
    ----------
    scenario : Scenario, optional
        Every number of the market.
    rng : int, numpy.random.Generator or None
        Seed of the run in 0 … 2⁶⁴-1; a generator is asked for one, and None takes any.
    classes : mapping of str to class, or to a sequence of classes, optional
        Code of your own: subclasses of `Salesperson` by the name of a group of firms or of a strategy, of `Firm` by
        the name of a group, of `Customer` by "customers".
    datacollector : mesa.DataCollector, optional
        Collected after every month; by default one with a few figures of the whole market. A class among its
        `agenttype_reporters` stands for its subclasses too.
    **dials
        Numbers of the scenario by their paths, as of `Scenario.but`; `__` may stand for the dot.

    Raises
    ------
    ValueError
        If the seed or a dial is out of range or `classes` names nothing in the scenario.
    RuntimeError
        From any call that adds or removes people, or goes beyond the last month; nothing is changed then.

    Examples
    --------
    >>> from longgame.sim import Market, Scenario
    >>> market = Market(Scenario().but({"customers.count": 50}, months=6), rng=1)
    >>> market.run_for(6)
    >>> len(market.result().market)
    6
    >>> Market(months=6, word_of_mouth__gossip=0.0).scenario.word_of_mouth.gossip
    0.0
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        rng: int | np.random.Generator | None = 0,
        classes: Classes | None = None,
        datacollector: mesa.DataCollector | None = None,
        **dials: Any,
    ) -> None:
        self._scenario = _set(scenario or Scenario(), dials)
        rng = np.random.default_rng() if rng is None else rng
        seed = int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
        check_seed(seed)
        self._peopling = False
        self._broken_off = False
        super().__init__(rng=int(seed))
        self.strategies = self._scenario.strategies_used()
        self.classes = self._find_classes(classes or {})
        own = {hook for kind in self.classes.values() for hook in overridden(kind)}
        shares = any(group.rules.shares_leads or group.rules.shares_attention for group in self._scenario.firms)
        if self._scenario.choice.offers > 1 and not own.isdisjoint(HOOKS[Customer]):
            raise ValueError(
                f"`choice.offers` is {self._scenario.choice.offers}; customers with code of their own hear one seller: "
                "let it be 1"
            )
        precompile(
            colleagues="conduct" in own and (shares or "policy" in own), customers=not own.isdisjoint(HOOKS[Customer])
        )
        self.month, self.clock = -self._scenario.burn_in, 0  # the clock counts steps, from the start of the burn-in
        self.state: State = build(self._scenario, int(seed))
        self.pays = [self._scenario.firms[g].rules.pay for g in self.state.firms["group"].tolist()]
        self.incentive = self._scenario.economy.incentive
        if "policy" in own and self.incentive > 0.0:  # their pay may come to shape another conduct than their group's
            self.state = with_own_conducts(self.state)
        self.first_custom_conduct = len(self.state.conducts)
        if "conduct" in own:  # for every visit there can be in a month a row of the first seller and one of a colleague
            most = len(self.state.customers) * self._scenario.choice.offers
            room = np.zeros(2 * most, self.state.conducts.dtype)
            self.state = self.state._replace(conducts=np.concatenate([self.state.conducts, room]))
        self.books = Books(self._scenario, int(seed), orders=True)
        self.customer_agents: dict[int, Customer] = {}
        self.seller_agents: dict[int, Salesperson] = {}
        self.firm_agents: dict[int, Firm] = {}
        self._founded = self.state.firms["generation"].copy()
        self._generations = np.full(len(self.state.customers), NOBODY)
        self._sync_customers()
        self._sync_people(np.arange(len(self.state.salespeople)))
        while self.month < 0:
            self._play_month()
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

    def _find_classes(self, wanted: Classes) -> dict[tuple[AgentClass, str], AgentClass]:
        """Return the classes by what they are subclasses of and whom they play; refuse those that play nobody."""
        groups = [group.name for group in self._scenario.firms]
        names = {Customer: ["customers"], Salesperson: [*groups, *(s.name for s in self.strategies)], Firm: groups}
        found: dict[tuple[AgentClass, str], AgentClass] = {
            (Salesperson, name): kind for name, kind in classes_in(self.strategies).items()
        }
        for name, kinds in wanted.items():
            for kind in kinds if isinstance(kinds, Sequence) else [kinds]:
                base = next((base for base in HOOKS if isinstance(kind, type) and issubclass(kind, base)), None)
                if base is None:
                    raise ValueError(f"`classes` has {kind!r} for {name!r}; it takes subclasses of {_said(HOOKS)}")
                if name not in names[base]:
                    known = _said(names[base])
                    raise ValueError(f"`classes` names {name!r} for a {base.__name__}; there it takes {known}")
                found[base, name] = kind
        return found

    def _class_of(self, base: AgentClass, *names: str) -> AgentClass:
        """Return the class that plays somebody who goes by some names, of which the first counts most."""
        return next((self.classes[base, name] for name in names if (base, name) in self.classes), base)

    def _seller_class(self, row: int) -> AgentClass:
        """Return the class that plays the salesperson of a row: by their group, else by their strategy."""
        person = self.state.salespeople[row]
        strategy = self.strategies[int(person["strategy"])].name
        return self._class_of(Salesperson, self._group_of(int(person["firm"])), strategy)

    def _is_another(self, row: int) -> bool:
        """Return whether the salesperson of a row is to be played by another class than before."""
        return row in self.seller_agents and type(self.seller_agents[row]) is not self._seller_class(row)

    def _group_of(self, f: int) -> str:
        """Return the name of a firm's group."""
        return self._scenario.firms[int(self.state.firms["group"][f])].name

    def _note_asked(self) -> None:
        """Note whose class overrides which hook."""
        self._asked: dict[str, list[int]] = {hook: [] for hook in overridden(self._class_of(Customer, "customers"))}
        for agents in (self.seller_agents, self.firm_agents):
            for row in sorted(agents):
                for hook in overridden(type(agents[row])):
                    self._asked.setdefault(hook, []).append(row)

    def asks(self, hook: str) -> bool:
        """Return whether somebody's class overrides a hook."""
        return hook in self._asked

    def asked(self, hook: str) -> list[int]:
        """Return the rows of the salespeople or firms whose class overrides a hook."""
        return self._asked.get(hook, [])

    def _sync_customers(self) -> None:
        """Let agents leave and join where the state says that customers did."""
        generations = np.where(self.state.arrived == NOBODY, NOBODY, self.state.customers["generation"])
        kind = self._class_of(Customer, "customers")
        with self._adding_and_removing():
            for place in np.flatnonzero(generations != self._generations).tolist():
                if place in self.customer_agents:
                    self.customer_agents.pop(place).remove()
                if generations[place] != NOBODY:
                    self.customer_agents[place] = kind(self, place)
        self._generations = generations

    def _sync_people(self, rows: np.ndarray) -> None:
        """Let newcomers' agents take the place of their predecessors', and new firms that of those before them."""
        firms = self.state.firms
        with self._adding_and_removing():
            for row in rows.tolist():
                if row in self.seller_agents:
                    self.seller_agents.pop(row).remove()
                if self.state.salespeople["hired"][row] != NEVER:
                    self.seller_agents[row] = self._seller_class(row)(self, row)
            for f in np.flatnonzero((firms["generation"] != self._founded) | (firms["closed"] > 0)).tolist():
                if f in self.firm_agents:
                    self.firm_agents.pop(f).remove()
            for f in np.flatnonzero(firms["closed"] == 0).tolist():
                if f not in self.firm_agents:
                    self.firm_agents[f] = self._class_of(Firm, self._group_of(f))(self, f)
        self._founded = firms["generation"].copy()
        self._note_asked()

    # -- time -------------------------------------------------------------------------------------

    def step(self) -> None:
        """Play one month.

        Raises
        ------
        RuntimeError
            If the scenario's last month is over, or an error broke an earlier month off.
        """
        self._broken_off = True  # unless the month comes to its end
        self._play_month()
        self.running = self.month < self._scenario.months
        self.datacollector.collect(self)
        self._broken_off = False

    def _play_month(self) -> None:
        """Play one month, of the burn-in too, and what follows at its end."""
        self.month += 1
        if self._asked:
            ask_for_policies(self)
        for _ in range(self._scenario.steps):
            self.clock += 1
            self._play_step()

    def _play_step(self) -> None:
        """Play one step: a month, or a week or day of it; and what follows at its end."""
        people = self.state.salespeople
        before = people[["generation", "hired", "strategy"]].copy()
        if self._asked:
            self.state = play_month(self.state, self.clock, self._do)
            self.books.enter(self.state, self.clock)
            see_to_firms(self.state, self.clock, self.books)
        else:
            self.state = play_months(self.state, self.books, self.clock, self.clock)
            self._sync_customers()
        pass_on(self.state, self.clock, self.books)
        moved = np.flatnonzero((before["generation"] != people["generation"]) | (before["hired"] != people["hired"]))
        learned = np.flatnonzero(before["strategy"] != people["strategy"])
        changed = [r for r in learned.tolist() if self._is_another(r)]
        if len(moved) or changed:
            self._sync_people(np.union1d(moved, np.array(changed, np.intp)))

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
        """Run one stage over its whole table, and ask the agents with code of their own."""
        self.state = state
        if stage.name == "cover":
            cover(self, stage)
        elif stage.over == "market":
            stage.run(state, month)
        else:
            stage.run(state, month, 0, size_of(state, stage.over), 0)
        if stage.name == "come_and_go":
            self._sync_customers()
        elif stage.name in AFTER:
            hook, ask = AFTER[stage.name]
            if self.asks(hook):
                ask(self)

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
    result = market.books.result(market.state)
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
