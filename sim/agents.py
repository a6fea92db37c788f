"""The Mesa face of the market's people: agents that hold a view of their own record.

The rules play them all in compiled code. A subclass decides for itself by overriding a hook: `Customer.approach`,
`Customer.decide`, `Customer.experience`, `Salesperson.conduct`, `Salesperson.closed` or `Firm.policy`. Each is given
what that agent can know, and `super()` does what the rules would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import mesa
import numpy as np
import pandas as pd

from longgame.sim.organisation import FirmPolicy, shaped
from longgame.sim.stages.approach import choose_again
from longgame.sim.state import CANDIDATE, CENTS, SOLD, customer_ids, general_trust
from longgame.sim.strategy import Conduct, Strategy
from longgame.sim.strategy_class import strategy_of
from longgame.sim.trust import NOBODY

if TYPE_CHECKING:
    from longgame.sim.market import Market


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


class Candidate(NamedTuple):
    """A salesperson whom a customer may approach this month.

    Attributes
    ----------
    id : int
        The person, for notes of your own.
    firm : int
        Row of the firm they work for.
    source : str
        The way they came to mind, as for `Client`.
    trust : float
        The customer's trust in them, in (0, 1).
    surplus : float
        Gain that the customer expects of them, habit included, per unit of stake.
    """

    id: int
    firm: int
    source: str
    trust: float
    surplus: float


class Offer(NamedTuple):
    """The pitch before a customer, in money unless stated otherwise.

    Attributes
    ----------
    seller : int
        Number of the salesperson.
    price : float
        Price asked.
    claim : float
        Value that the salesperson claims.
    trust : float
        The customer's trust in them, in (0, 1).
    expected : float
        Value that the customer expects: the claim as far as they trust it, else what they know or fear.
    usual_price : float
        Price that the customer is used to.
    pressure : float
        Push to close now, in [0, 1].
    """

    seller: int
    price: float
    claim: float
    trust: float
    expected: float
    usual_price: float
    pressure: float


class Deal(NamedTuple):
    """A deal as the customer knows it after delivery, in money unless stated otherwise.

    Attributes
    ----------
    seller : int
        Number of the salesperson.
    delivered : float
        Value delivered.
    promised : float
        Value that was claimed.
    paid : float
        Price paid.
    refund : float
        Money paid back.
    pressure : float
        Push to close that the customer felt, in [0, 1].
    """

    seller: int
    delivered: float
    promised: float
    paid: float
    refund: float
    pressure: float


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

    @property
    def month(self) -> int:
        """The current month; 1 is the first."""
        return self.model.month

    def step(self) -> None:
        """Refuse: `Market.step` plays a month, in which all agents take turns stage by stage."""
        raise RuntimeError(f"a {type(self).__name__} takes no step alone; call step() of the market")

    advance = step


class Customer(_Recorded):
    """A customer: needs, a memory of whom to trust, contacts. Subclass it and override what they decide.

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
        return int(self.model.state.accounts["spent"][self.row]) / CENTS

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

    def approach(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Return the candidate to approach, or None for nobody: drawn by the rule, unless overridden.

        Parameters
        ----------
        candidates : sequence of Candidate
            Whom the rules put before the customer: remembered, recommended, met by chance. `super()` takes some of
            them too, and draws among these.
        """
        surpluses = np.zeros(len(candidates), CANDIDATE)
        surpluses["surplus"] = [candidate.surplus for candidate in candidates]
        state = self.model.state
        k = choose_again(state, self.model.clock, self.row, surpluses)
        return None if k == NOBODY else candidates[k]

    def decide(self, offer: Offer) -> bool:
        """Return whether to buy: as the rule decided on this month's pitch, unless overridden.

        Parameters
        ----------
        offer : Offer
            The pitch, with what the customer makes of it.
        """
        return int(self.model.state.visits["outcome"][self.visit]) == SOLD

    def experience(self, deal: Deal) -> float:
        """Return the satisfaction in [0, 1] that trust learns from: as the rule judged this month's deal.

        Parameters
        ----------
        deal : Deal
            What was delivered, promised and paid.
        """
        return float(self.model.state.visits["x"][self.visit])


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
        strategy, months = self.strategy, self.model.books.scenario.months
        prospects, clients, last = strategy.conducts()
        chosen = clients if customer.deals >= strategy.client_after else prospects
        if self.month > months - strategy.endgame_months:
            chosen = last
        return shaped(chosen, self.model.pays[self.firm.row], self.model.incentive)

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


class Firm(_Recorded):
    """A firm: a singleton or a herd. Subclass it and override `policy` to run it in a way of your own."""

    table = "firms"

    @property
    def id(self) -> int:
        """Number of this firm; the firm of a singleton's successor has another one."""
        return int(self.record["id"])

    @property
    def members(self) -> list[Salesperson]:
        """The salespeople who work for it."""
        first = int(self.record["first"])
        rows = self.model.state.roster[first : first + int(self.record["members"])].tolist()
        return [self.model.seller_agents[row] for row in rows if row in self.model.seller_agents]

    def policy(self) -> FirmPolicy:
        """Return how the firm works this month: as the scenario says, unless overridden.

        It is asked once a month, before anything else. Members' positions change with `specialises` only when
        they are hired.
        """
        return self.model.scenario.firms[int(self.record["group"])].rules
