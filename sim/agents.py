"""The Mesa face of the market's people: agents that hold a view of their own record.

Every method named after a stage calls the same compiled rule that `longgame.run` calls, on this agent's
record alone. `Salesperson.conduct` is the one place for conduct of your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import mesa
import numpy as np
import pandas as pd

from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.stages import MONTH
from longgame.sim.stages.conversation import find_colleague, find_time, finish_waiting, waiting
from longgame.sim.state import (
    CENTS,
    FIRST_OUTCOME,
    FROM_CHANCE,
    FROM_CONTACT,
    FROM_MEMORY,
    FROM_RIVAL,
    customer_ids,
    general_trust,
)
from longgame.sim.strategy import Conduct, Strategy
from longgame.sim.strategy_class import strategy_of
from longgame.sim.trust import NOBODY

if TYPE_CHECKING:
    from longgame.sim.market import Market

_STAGE = {stage.name: stage.run for stage in MONTH}
_SOURCES = {FROM_MEMORY: "memory", FROM_CONTACT: "contact", FROM_RIVAL: "rival", FROM_CHANCE: "chance"}


@dataclass(frozen=True)
class Client:
    """The customer before a salesperson, as far as that one can know them: by their own records.

    Attributes
    ----------
    id : int
        The customer, for notes of your own.
    deals : int
        Deals on record with this customer (the whole firm's if it shares its knowledge).
    source : str
        The way they came: by ``memory``, on the word of a ``contact`` or of a ``rival`` salesperson, or by
        ``chance``.
    """

    id: int
    deals: int
    source: str

    @property
    def is_client(self) -> bool:
        """Whether there was a deal before."""
        return self.deals > 0


class _Recorded(mesa.Agent):
    """An agent with a record in one of the state's tables."""

    model: Market
    table = ""

    def __init__(self, model: Market, row: int) -> None:
        super().__init__(model)
        self.row = int(row)

    @property
    def record(self) -> np.void:
        """The agent's own record: a view, so it is always up to date."""
        return getattr(self.model.state, self.table)[self.row]

    def step(self) -> None:
        """Refuse: `Market.step` plays a month, in which all agents take turns stage by stage."""
        raise RuntimeError(f"a {type(self).__name__} takes no step alone; call step() of the market")

    advance = step

    def _play(self, stage: str, index: int) -> None:
        """Run one stage on one record."""
        _STAGE[stage](self.model.state, self.model.month, index, index + 1, 0)


class Customer(_Recorded):
    """A customer: needs, a memory of whom to trust, contacts.

    Attributes
    ----------
    row : int
        Place in the market and in the network of contacts.
    """

    table = "customers"

    @property
    def id(self) -> int:
        """Number of this customer; a newcomer in the same place has another one."""
        return int(customer_ids(self.model.state, self.row))

    @property
    def visit(self) -> int:
        """Number of this month's visit, or -1."""
        return int(self.model.state.visit_of[self.row])

    @property
    def need_position(self) -> float:
        """Point on the circle of needs."""
        return float(self.record["need"])

    @property
    def prosperity(self) -> float:
        """Size of the customer's business; 1 is normal."""
        return float(self.model.state.prosperity[self.row])

    @property
    def trust_general(self) -> float:
        """Trust in salespeople in general, in (0, 1)."""
        return float(general_trust(self.record, self.model.state.params[0]))

    @property
    def spent(self) -> float:
        """Money paid so far."""
        return int(self.record["spent"]) / CENTS

    @property
    def contacts(self) -> list[int]:
        """Places of the customers they talk to."""
        state = self.model.state
        return state.contacts[state.contact_starts[self.row] : state.contact_starts[self.row + 1]].tolist()

    @property
    def memories(self) -> pd.DataFrame:
        """The remembered salespeople: one row a slot that is taken (seller is a row of the salespeople)."""
        slots = self.model.state.memories[self.row]
        hired = self.model.state.salespeople["hired"][np.maximum(slots["seller"], 0)]
        return pd.DataFrame(slots[(slots["seller"] != NOBODY) & (slots["last"] >= hired)])

    def come_and_go(self) -> None:
        """Leave, or stay (stage 1)."""
        self._play("come_and_go", self.row)

    def need(self) -> None:
        """Return to normal size, and perhaps have a need (stage 1)."""
        self._play("need", self.row)

    def approach(self) -> None:
        """Approach a salesperson, or nobody (stage 2)."""
        self._play("approach", self.visit)

    def decide(self) -> None:
        """Buy or decline (stage 4)."""
        self._play("decide", self.visit)

    def deliver(self) -> None:
        """Receive the delivery (stage 5)."""
        self._play("deliver", self.visit)

    def remember(self) -> None:
        """Learn from this month's visit (stage 6)."""
        self._play("remember", self.visit)

    def word_of_mouth(self) -> None:
        """Listen to a contact (stage 7)."""
        self._play("word_of_mouth", self.row)


class Salesperson(_Recorded):
    """A salesperson. Subclass it and override `conduct` to sell in a way of your own.

    A subclass with a `name` and a `description` is a strategy, and may be given wherever a strategy is wanted.

    Attributes
    ----------
    name, description, origin, weakness : str
        As of a `Strategy`.
    base : str, Strategy or None
        Strategy that gives skill and the conduct that is not overridden; None has the defaults of `Conduct`.

    Examples
    --------
    >>> class Moody(Salesperson):
    ...     name, description, base = "moody", "dear every other month", "collaborative"
    ...
    ...     def conduct(self, customer):
    ...         usual = super().conduct(customer)
    ...         return usual.but(markup=0.8) if self.month % 2 else usual
    """

    table = "salespeople"
    name: ClassVar[str]
    description: ClassVar[str] = ""
    origin: ClassVar[str] = Strategy.model_fields["origin"].default
    weakness: ClassVar[str] = Strategy.model_fields["weakness"].default
    base: ClassVar[str | Strategy | None] = None

    @classmethod
    def as_strategy(cls, text: str | None = None) -> Strategy:
        """Return the strategy that the class plays, as `longgame.sim.strategy_class.strategy_of`."""
        return strategy_of(cls, text)

    @property
    def id(self) -> int:
        """Number of this person; a successor in the same post has another one."""
        return int(self.record["id"])

    @property
    def month(self) -> int:
        """The current month; 1 is the first."""
        return self.model.month

    @property
    def strategy(self) -> Strategy:
        """The strategy they sell by."""
        return self.model.strategies[int(self.record["strategy"])]

    @property
    def firm(self) -> Firm:
        """The firm they work for."""
        return self.model.firm_agents[int(self.record["firm"])]

    @property
    def attention(self) -> int:
        """Minutes left this month."""
        return int(self.record["attention"])

    @property
    def backlog(self) -> int:
        """Minutes of support work waiting for next month."""
        return int(self.record["backlog"])

    @property
    def skill(self) -> float:
        """Skill, in (0, 1]."""
        return float(self.record["skill"])

    @property
    def profit(self) -> float:
        """Profit of the firm from their work so far (money)."""
        return int(self.model.state.career[self.row]["profit"]) / CENTS

    @property
    def deals(self) -> int:
        """Deals so far."""
        return int(self.model.state.career[self.row]["deals"])

    def conduct(self, customer: Client) -> Conduct:
        """Return the conduct towards this customer: the strategy's own, unless overridden.

        Parameters
        ----------
        customer : Client
            The customer, as far as the salesperson can know them.
        """
        strategy = self.strategy
        prospects, clients, last = strategy.conducts()
        if self.month > self.model.state.params[0]["months"] - strategy.endgame_months:
            return last
        return clients if customer.deals >= strategy.client_after else prospects

    def closed(self, customer: Client, outcome: str, price: float, refund: float) -> None:
        """Learn the end of an encounter, where a subclass overrides this; the default does nothing.

        Parameters
        ----------
        customer : Client
        outcome : str
            One of `longgame.sim.columns.NO_DEAL`, or ``"deal"``: a seller cannot see the kind of a deal.
        price, refund : float
            Money paid and paid back.
        """

    def greet(self) -> None:
        """Do last month's support work and size up who waits (stage 3)."""
        self._play("greet", self.row)
        if _overrides(self, "conduct"):
            state = self.model.state
            for v in state.queue[state.queue_first[self.row] : state.queue_last[self.row]]:
                self.choose_conduct(int(v))

    def choose_conduct(self, v: int) -> None:
        """Let `conduct` decide for visit v."""
        conduct = self.conduct(self.client(v))
        if not isinstance(conduct, Conduct):
            kind = type(conduct).__name__
            raise TypeError(
                f"{type(self).__name__}.conduct returned an object of type {kind}; it must return a Conduct"
            )
        self.model.set_conduct(v, conduct)

    def client(self, v: int) -> Client:
        """Return the customer of visit v, as far as the salesperson can know them."""
        state = self.model.state
        visit = state.visits[v]
        place = int(visit["customer"])
        return Client(
            id=int(customer_ids(state, place)), deals=int(visit["deals_seen"]), source=_SOURCES[int(visit["source"])]
        )

    def serve(self) -> None:
        """Talk to those who wait, while attention lasts (stage 3)."""
        self._play("serve", self.row)


class Firm(_Recorded):
    """A firm: a singleton or a herd."""

    table = "firms"

    @property
    def id(self) -> int:
        """Number of this firm; the firm of a singleton's successor has another one."""
        return int(self.record["id"])

    @property
    def members(self) -> list[Salesperson]:
        """The salespeople who work for it."""
        first = int(self.record["first"])
        rows = self.model.state.roster[first : first + int(self.record["members"])]
        return [self.model.seller_agents[int(row)] for row in rows]

    def cover(self) -> None:
        """Find colleagues for passed-on and overflowing customers (stage 3)."""
        record = self.record
        shares = record["members"] > 1 and (record["shares_leads"] or record["shares_attention"])
        if not shares or not any(_overrides(member, "conduct") for member in self.members):
            self._play("cover", self.row)
            return
        state, month = self.model.state, self.model.month
        first, last = waiting(state, month, self.row)
        for key in state.keys[first:last].copy():
            v = int(key) & 0xFFFFFFFF
            before = state.visits[["conduct", "deals_seen"]][v].copy()
            colleague = find_colleague(state, month, v)
            if colleague != NOBODY:
                agent = self.model.seller_agents[colleague]
                if _overrides(agent, "conduct"):
                    agent.choose_conduct(v)
                if not find_time(state, v, colleague):
                    state.visits["conduct"][v], state.visits["deals_seen"][v] = before
                    colleague = NOBODY
            if colleague == NOBODY and int(state.visits["conduct"][v]) >= self.model.first_custom_conduct:
                self.model.seller_agents[int(state.visits["met"][v])].choose_conduct(v)
            finish_waiting(state, month, v, colleague)

    def hand_over(self) -> None:
        """Hand deals over to the delivery team (stage 5)."""
        self._play("hand_over", self.row)

    def keep_books(self) -> None:
        """Close the month (stage 8), and let members with code of their own learn from it."""
        self._play("keep_books", self.row)
        listeners = {m.row: m for m in self.members if _overrides(m, "closed")}
        if not listeners:
            return
        state = self.model.state
        for member in self.members:
            for v in state.queue[state.queue_first[member.row] : state.queue_last[member.row]]:
                visit = state.visits[v]
                agent = listeners.get(int(visit["seller"]))
                if agent is not None:
                    outcome = OUTCOMES[int(visit["outcome"]) - FIRST_OUTCOME]
                    sold = outcome in DEAL
                    agent.closed(
                        agent.client(int(v)),
                        "deal" if sold else outcome,
                        int(visit["price"]) / CENTS if sold else 0.0,
                        int(visit["refund"]) / CENTS,
                    )


def _overrides(agent: Salesperson, method: str) -> bool:
    """Return whether an agent's class has its own version of a method."""
    return getattr(type(agent), method) is not getattr(Salesperson, method)
