"""Where a month asks agents with code of their own.

A stage first plays everybody by the rules. Then those whose class overrides a hook are asked, and their answers
take the place of the rules' own. So a hook that calls `super()` alone changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from longgame.sim.agents import Candidate, Client, Customer, Deal, Firm, Offer, Salesperson
from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.layout import write_conducts, write_policy
from longgame.sim.organisation import FirmPolicy
from longgame.sim.stages import Stage
from longgame.sim.stages.approach import approach_instead, look_again
from longgame.sim.stages.conversation import find_colleague, finish_waiting, waiting
from longgame.sim.stages.decision import weigh_offers
from longgame.sim.stages.memory import judge_deals
from longgame.sim.state import (
    CANDIDATE,
    CENTS,
    DECLINED,
    FIRST_OUTCOME,
    FROM_CHANCE,
    FROM_CONTACT,
    FROM_MEMORY,
    FROM_RIVAL,
    SOLD,
    conduct_row,
    customer_ids,
)
from longgame.sim.strategy import Conduct
from longgame.sim.trust import NOBODY

if TYPE_CHECKING:
    from longgame.sim.market import Market

AgentClass = type[Customer] | type[Salesperson] | type[Firm]

#: What a subclass may override, by the class that has it.
HOOKS: dict[AgentClass, tuple[str, ...]] = {
    Customer: ("approach", "decide", "experience"),
    Salesperson: ("conduct", "closed"),
    Firm: ("policy",),
}

_SOURCES = {FROM_MEMORY: "memory", FROM_CONTACT: "contact", FROM_RIVAL: "rival", FROM_CHANCE: "chance"}


@cache
def overridden(kind: AgentClass) -> set[str]:
    """Return the hooks of which a class has its own version."""
    base = next(base for base in HOOKS if issubclass(kind, base))
    return {hook for hook in HOOKS[base] if getattr(kind, hook) is not getattr(base, hook)}


def wrong(agent: Customer | Salesperson | Firm, hook: str, answer: Any, wanted: str) -> TypeError:
    """Return the error for an answer of the wrong type."""
    return TypeError(
        f"{type(agent).__name__}.{hook} returned an object of type {type(answer).__name__}; it must return {wanted}"
    )


# -- firms --------------------------------------------------------------------------------------------


def ask_for_policies(market: Market) -> None:
    """Let firms with code of their own choose this month's policy."""
    for f in market.asked("policy"):
        firm = market.firm_agents[f]
        policy = firm.policy()
        if not isinstance(policy, FirmPolicy):
            raise wrong(firm, "policy", policy, "a FirmPolicy")
        try:
            policy.check_for(int(firm.record["members"]))
        except ValueError as error:
            raise ValueError(f"{type(firm).__name__}.policy: {error}") from None
        write_policy(market.state.firms[f : f + 1], policy, market.books.scenario.steps)
        if policy.pay != market.pays[f]:
            market.pays[f] = policy.pay
            if market.incentive > 0.0:
                write_conducts(market.state, f, market.strategies, policy.pay, market.incentive)


# -- salespeople --------------------------------------------------------------------------------------


def clients_of(market: Market, visits: NDArray[Any]) -> Iterator[Client]:
    """Yield the customers of some visits, as far as the salespeople can know them."""
    found = market.state.visits[visits]
    ids = customer_ids(market.state, found["customer"])
    for number, deals, source in zip(ids.tolist(), found["deals_seen"].tolist(), found["source"].tolist(), strict=True):
        yield Client(number, deals, _SOURCES[source])


def ask_for_conduct(market: Market) -> None:
    """Let salespeople with code of their own choose their conduct towards those who come to them."""
    visits = _queue_of(market, "conduct", "met")
    _choose_conduct(market, visits, market.state.visits["met"][visits], market.first_custom_conduct + visits)


def _choose_conduct(market: Market, visits: NDArray[Any], sellers: NDArray[Any], places: NDArray[Any]) -> None:
    """Let salespeople choose their conduct for some visits, and write it to some rows of the conduct table."""
    chosen = []
    for row, client in zip(sellers.tolist(), clients_of(market, visits), strict=True):
        agent = market.seller_agents[row]
        conduct = agent.conduct(client)
        if not isinstance(conduct, Conduct):
            raise wrong(agent, "conduct", conduct, "a Conduct")
        chosen.append(conduct_row(conduct))
    market.state.conducts[places] = np.array(chosen, market.state.conducts.dtype)
    market.state.visits["conduct"][visits] = places


def tell_the_end(market: Market) -> None:
    """Tell salespeople with code of their own how their visits ended."""
    visits = _queue_of(market, "closed", "seller")
    found = market.state.visits[visits]
    numbers = zip(*(found[name].tolist() for name in ("seller", "outcome", "price", "refund")), strict=True)
    for client, (row, code, price, refund) in zip(clients_of(market, visits), numbers, strict=True):
        outcome = OUTCOMES[code - FIRST_OUTCOME]
        end = ("deal", price / CENTS) if outcome in DEAL else (outcome, 0.0)
        market.seller_agents[row].closed(client, *end, refund / CENTS)


def _queue_of(market: Market, hook: str, whose: str) -> NDArray[Any]:
    """Return the visits in the queues whose salesperson (`met` or `seller`) overrides a hook, firm by firm."""
    state = market.state
    queue = state.queue[: state.queue_last[state.roster[-1]]]
    return queue[np.isin(state.visits[whose][queue], market.asked(hook))]


def cover(market: Market, stage: Stage) -> None:
    """Let firms find colleagues: those that share and have a member with own conduct step by step."""
    state = market.state
    sharing = (state.firms["members"] > 1) & ((state.firms["shares_leads"] | state.firms["shares_attention"]) > 0)
    firms = np.unique(state.salespeople["firm"][market.asked("conduct")])
    begin = 0
    for f in [*firms[sharing[firms]].tolist(), len(state.firms)]:
        if f > begin:
            stage.run(state, market.clock, begin, f, 0)
        if f < len(state.firms):
            _cover_step_by_step(market, f)
        begin = f + 1


def _cover_step_by_step(market: Market, f: int) -> None:
    """Let a firm find colleagues for passed-on and overflowing customers, and ask them for their conduct."""
    state, month, asked = market.state, market.clock, set(market.asked("conduct"))
    first_row = (
        market.first_custom_conduct + len(state.customers) * market.books.scenario.choice.offers
    )  # the first seller's conduct is still needed
    first, last = waiting(state, month, f)
    for v in (state.keys[first:last] & np.uint64(0xFFFFFFFF)).astype(np.int64).tolist():
        visit = state.visits[v]
        conduct = int(visit["conduct"])
        colleague = find_colleague(state, month, v)
        if colleague in asked:
            _choose_conduct(market, np.array([v]), np.array([colleague]), np.array([first_row + v]))
        finish_waiting(state, month, v, colleague, conduct)


# -- customers ----------------------------------------------------------------------------------------


def ask_whom_to_approach(market: Market) -> None:
    """Let customers with code of their own choose among the candidates whom the rules put before them."""
    state = market.state
    visits = _visits_of(market)
    most = state.memories.shape[1] + 2 + market.books.scenario.choice.reach  # remembered, recommended twice, met
    found = np.zeros((len(visits), most), CANDIDATE)
    numbers = np.zeros(len(visits), np.int64)
    look_again(state, market.clock, visits, found, numbers)
    chosen = np.zeros(len(visits), CANDIDATE)
    chosen["seller"] = NOBODY
    places = state.visits["customer"][visits].tolist()
    ids, firms = state.salespeople["id"].tolist(), state.salespeople["firm"].tolist()
    for j, (place, count) in enumerate(zip(places, numbers.tolist(), strict=True)):
        rows = found[j, :count].tolist()
        candidates = [Candidate(ids[row], firms[row], _SOURCES[how], *sums[:2]) for row, how, *sums in rows]
        customer = market.customer_agents[place]
        answer = customer.approach(list(candidates))
        if answer is None:
            continue
        if answer not in candidates:
            raise wrong(customer, "approach", answer, "one of the candidates or None")
        chosen[j] = rows[candidates.index(answer)]
    approach_instead(state, visits, chosen)


def ask_whether_to_buy(market: Market) -> None:
    """Let customers with code of their own buy or decline."""
    state = market.state
    visits = _visits_of(market, DECLINED, SOLD)
    expected = np.zeros(len(visits))
    weigh_offers(state, visits, expected)
    found = state.visits[visits]
    stake = found["stake"] / CENTS
    columns = (
        state.salespeople["id"][found["seller"]],
        found["price"] / CENTS,
        found["claim"] * stake,
        found["trust"],
        expected * stake,
        state.customers["expected_price"][found["customer"]] * stake,
        state.conducts["pressure"][found["conduct"]],
    )
    answers = []
    for place, *offer in zip(found["customer"].tolist(), *(column.tolist() for column in columns), strict=True):
        customer = market.customer_agents[place]
        answer = customer.decide(Offer(*offer))
        if not isinstance(answer, bool | np.bool_):
            raise wrong(customer, "decide", answer, "True or False")
        answers.append(SOLD if answer else DECLINED)
    state.visits["outcome"][visits] = answers


def ask_for_experience(market: Market) -> None:
    """Let customers with code of their own judge what they were delivered."""
    state = market.state
    visits = _visits_of(market, *range(SOLD, SOLD + len(DEAL)))
    judge_deals(state, visits)
    found = state.visits[visits]
    stake = found["stake"] / CENTS
    columns = (
        state.salespeople["id"][found["seller"]],
        found["delivered"] * stake,
        found["claim"] * stake,
        found["price"] / CENTS,
        found["refund"] / CENTS,
        state.conducts["pressure"][found["conduct"]],
    )
    answers = []
    for place, *deal in zip(found["customer"].tolist(), *(column.tolist() for column in columns), strict=True):
        customer = market.customer_agents[place]
        answer = customer.experience(Deal(*deal))
        if not isinstance(answer, Real | np.number):
            raise wrong(customer, "experience", answer, "a number in [0, 1]")
        if not 0 <= answer <= 1:
            raise ValueError(
                f"{type(customer).__name__}.experience returned {answer}; it must return a number in [0, 1]"
            )
        answers.append(answer)
    state.visits["x"][visits] = answers


def _visits_of(market: Market, *outcomes: int) -> NDArray[np.int64]:
    """Return this month's visits that have come to certain outcomes, or all."""
    found = market.state.visits["outcome"][: int(market.state.n_visits[0])]
    return np.flatnonzero(np.isin(found, outcomes)) if outcomes else np.arange(len(found))


#: The hook that is asked after a stage, and how.
AFTER: dict[str, tuple[str, Callable[[Market], None]]] = {
    "approach": ("approach", ask_whom_to_approach),
    "greet": ("conduct", ask_for_conduct),
    "decide": ("decide", ask_whether_to_buy),
    "deliver": ("experience", ask_for_experience),
    "keep_books": ("closed", tell_the_end),
}
