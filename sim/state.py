"""The state of the market: a few tables of records, and how they are laid out at the start."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from longgame.sim import network
from longgame.sim.chance import STRIP, Purpose, normal, pick, uniforms, unit, words
from longgame.sim.columns import DEAL, NO_DEAL
from longgame.sim.compiled import fetch, rule, stage
from longgame.sim.organisation import FirmPolicy, Pay
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Conduct, Strategy
from longgame.sim.trust import NOBODY, blank_memory

CENTS = 100.0
DICE = 6  # purposes of one stage whose random words are drawn together, blocks of strangers included
FIXED_POINT = 1_000_000_000  # means of fractions are summed as integers, so that no order of summing matters


def _dtype(**fields: str) -> np.dtype[Any]:
    return np.dtype([(name, kind) for name, kind in fields.items()], align=True)


# Small records are fast ones. Months (12,000 at most), and what happens at most once a month, fit 16 bits.
CUSTOMER = _dtype(
    rate="f4",
    stake="f4",
    need="f4",
    prosperity="f4",
    good="f4",
    bad="f4",
    expected_price="f4",
    warm_good="f4",
    warm="i4",
    warm_since="i2",
    arrived="i2",
    generation="i2",
    last_need="i2",
    deals="i2",
    spent="i8",
    refunded="i8",
    surplus="i8",
)
MEMORY = _dtype(seller="i4", last="i2", deals="i2", good="f4", bad="f4", value="f4", price="f4", habit="f4")
BRAND = _dtype(firm="i4", last="i2", deals="i2", good="f4", bad="f4")
CANDIDATE = _dtype(seller="i4", source="i4", trust="f8", surplus="f8")
SALESPERSON = _dtype(
    id="i8",
    post="i4",
    firm="i4",
    strategy="i4",
    cell="i4",
    generation="i4",
    hired="i4",
    leaving="i4",
    skill="f8",
    position="f8",
    attention="i8",
    backlog="i8",
    prospecting="i8",
    pay="i8",
)
VISIT = _dtype(
    customer="i4",
    seller="i4",
    met="i4",
    rival="i4",
    conduct="i4",
    minutes="i4",
    deals_seen="i4",
    later_minutes="i4",
    outcome="u1",
    source="u1",
    client="u1",
    lead="u1",
    handed="u1",
    issue="u1",
    voiced="u1",
    solved="u1",
    effort="f8",
    estimated_need="f8",
    estimate="f8",
    claim="f8",
    trust="f8",
    general="f8",
    heard_good="f8",
    heard_bad="f8",
    price="i8",
    stake="i8",
    goods="i8",
    service="i8",
    refund="i8",
    surplus="i8",
    delivered="f8",
    x="f8",
    weight="f8",
)

# A visit's outcome. PITCHED, PASSED and OVERFLOW are on the way; every visit ends in one of OUTCOMES.
NOT_APPROACHED, PITCHED, PASSED, OVERFLOW = 0, 1, 2, 3
FIRST_OUTCOME = 4
TURNED_AWAY, WALKED_AWAY, REFERRED, DECLINED = (FIRST_OUTCOME + i for i in range(4))
WIN_WIN, WIN_LOSE, LOSE_WIN, LOSE_LOSE, WIN_WIN_WIN = (FIRST_OUTCOME + 4 + i for i in range(5))
SOLD = WIN_WIN  # until delivery tells which kind of deal it is
assert len(NO_DEAL) == 4 and len(DEAL) == 5

# How the customer came to the salesperson.
FROM_MEMORY, FROM_CONTACT, FROM_RIVAL, FROM_CHANCE = 0, 1, 2, 3

#: What is counted per salesperson and month, all integers (money in cents, fractions in fixed point).
TALLY = np.dtype(
    [
        (name, "i8")
        for name in (
            "visits",
            "client_visits",
            "introductions",
            "recommended",
            "passed_on",
            *NO_DEAL,
            *DEAL,
            "deals",
            "repeat_deals",
            "issues",
            "complaints",
            "solved",
            "handed_over",
            "refunded",
            "told_good",
            "told_bad",
            "talk_minutes",
            "support_minutes",
            "prospecting_minutes",
            "satisfaction",
            "trust",
            "client_trust",
            "revenue",
            "repeat_revenue",
            "refunds",
            "goods",
            "service_cost",
            "wages",
            "commission",
            "overhead",
            "profit",
            "surplus",
        )
    ]
)
#: The outcomes stand side by side in a tally, in the order of their codes.
OUTCOME_COLUMN = (TALLY.names or ()).index(NO_DEAL[0])
#: Sums over a person's time in a post.
CAREER = np.dtype(
    [(n, "i8") for n in ("visits", "deals", "repeat_deals", "early_deals", "revenue", "refunds", "pay", "profit")]
)
#: What is counted per month in the whole market; each range of work has a record of its own.
MARKET_SUMS = np.dtype(
    [
        (name, "i8")
        for name in (
            "customers",
            "arrivals",
            "departures",
            "needs",
            "approached",
            "trust_general",
            "expected_price",
            "prosperity",
        )
    ]
)


def _value_dtype(*models: type) -> list[tuple[str, str]]:
    """Return one numeric field per numeric field of a validated value (flags as u1)."""
    fields = []
    for model in models:
        for name, info in model.model_fields.items():
            if info.annotation in (bool, float):
                fields.append((name, "u1" if info.annotation is bool else "f8"))
    return fields


CONDUCT = np.dtype(_value_dtype(Conduct), align=True)
HIRING = {"culture": 0, "record": 1}
LEARNING = {"nobody": 0, "colleagues": 1, "rivals": 2, "anyone": 3}
FIRM = np.dtype(
    [
        ("post", "i4"),
        ("id", "i8"),
        ("group", "i4"),
        ("founded", "i4"),
        ("generation", "i4"),
        ("first", "i4"),
        ("members", "i4"),
        ("hiring", "i4"),
        ("learning", "i4"),
        *_value_dtype(FirmPolicy, Pay),
    ],
    align=True,
)
STRATEGY = np.dtype([("client_after", "i4"), ("endgame_months", "i4"), ("skill", "f8")], align=True)


class State(NamedTuple):
    """All tables of a running market.

    Tables that grow are replaced by a larger copy (`make_room`); nothing else is ever reassigned.
    """

    params: NDArray[Any]  # (1,) every number of the scenario
    seed: np.uint64
    customers: NDArray[Any]  # (n,) CUSTOMER
    memories: NDArray[Any]  # (n, K) MEMORY
    brands: NDArray[Any]  # (n, K_b) BRAND
    bought_from: NDArray[np.uint64]  # (n, ceil(firms / 64)) the ledger's own record of who bought where
    defunct: NDArray[np.uint64]  # (ceil(firms / 64),) scratch: firms to strike from that record
    has_need: NDArray[np.uint8]  # (n,)
    visit_of: NDArray[np.int32]  # (n,) this month's visit, or NOBODY
    contact_starts: NDArray[np.int64]  # (n + 1,)
    contacts: NDArray[np.int32]
    rates: NDArray[np.float64]  # quantiles of the gamma distribution of rates
    salespeople: NDArray[Any]  # (m,) SALESPERSON
    by_post: NDArray[np.int32]  # (m,) rows in the order of posts, so that row order never matters
    reachable: NDArray[np.int64]  # (m,) running sum of prospecting attention, by post
    guide: NDArray[np.int32]  # (m,) where in that sum to begin looking for each m-th of it
    tally: NDArray[Any]  # (m,) TALLY of this month
    tally_numbers: NDArray[np.int64]  # (m, columns) the same memory as numbers
    career: NDArray[Any]  # (m,) CAREER
    career_numbers: NDArray[np.int64]  # (m, columns) the same memory as numbers
    recent_pay: NDArray[np.int64]  # (m, payback) ring of monthly pay
    recent_deals: NDArray[np.int64]  # (m, 12)
    recent_profit: NDArray[np.int64]  # (m, 12)
    told: NDArray[np.int64]  # (lanes, m, 2) good and bad stories
    lanes: NDArray[Any]  # (lanes,) MARKET_SUMS of this month
    lane_numbers: NDArray[np.int64]  # (lanes, columns) the same memory as numbers
    firms: NDArray[Any]  # (f,) FIRM
    roster: NDArray[np.int32]  # (m,) rows of members, firm by firm
    strategies: NDArray[Any]  # (s,) STRATEGY
    conducts: NDArray[Any]  # (3 s + room for custom ones,) CONDUCT
    culture: NDArray[np.int32]  # (m,) strategy of each post at the start
    habitual: NDArray[np.int32]  # (1,) strategy that newcomers bring where firms hire by record
    visits: NDArray[Any]  # (room,) VISIT
    n_visits: NDArray[np.int64]  # (1,)
    queue: NDArray[np.int32]  # (room,) visits by salesperson approached, members of a firm side by side
    queue_first: NDArray[np.int64]  # (m,) where a salesperson's part of the queue begins
    queue_last: NDArray[np.int64]  # (m,) and ends
    keys: NDArray[np.uint64]  # (room,) scratch: order of service; each firm uses its part of the queue
    candidates: NDArray[Any]  # (lanes, K + 2 + reach) scratch: CANDIDATE
    agents: NDArray[np.int32]  # (lanes, STRIP) scratch: whose random words are drawn together
    chosen: NDArray[np.int32]  # (lanes, STRIP) scratch: which of a strip are meant
    dice: NDArray[np.uint32]  # (lanes, DICE, 4, STRIP) scratch: these words, for several purposes


def conduct_row(conduct: Conduct) -> tuple[float, ...]:
    """Return the dials of a conduct in the order of the conduct table."""
    return tuple(getattr(conduct, name) for name in CONDUCT.names or ())


@rule
def fetch_customer(state, i):
    """Ask for what is known of customer i, and for what customer i knows, before it is needed."""
    fetch(state.customers, i)
    fetch(state.memories, i)
    fetch(state.brands, i)


@rule
def contact_of(state, i, u):
    """Return one contact of customer i, drawn by a uniform number, or NOBODY if there is none."""
    first, last = state.contact_starts[i], state.contact_starts[i + 1]
    return state.contacts[first + pick(u, last - first)] if last > first else NOBODY


@rule
def fixed(x):
    """Return a fraction as an integer, so that sums do not depend on their order."""
    return int(x * FIXED_POINT + 0.5)


@rule
def market_size(customer):
    """Return the worth of a perfect solution to this customer now; it grows with their prosperity."""
    return customer.stake * np.sqrt(customer.prosperity)


@rule
def arrive(state, month, i):
    """Let a newcomer take place i: their rate, stake and need, and an empty memory."""
    p = state.params[0]
    customer = state.customers[i]
    a, b, c, d = uniforms(state.seed, month, i, Purpose.NEWCOMER)
    customer.rate = state.rates[pick(a, len(state.rates))]
    customer.stake = p.stake * np.exp(p.stake_spread * normal(b, c))
    customer.need = d
    customer.prosperity = 1.0
    customer.good = 0.0
    customer.bad = 0.0
    customer.expected_price = p.reference
    customer.arrived = month
    customer.last_need = month
    customer.warm = NOBODY
    customer.warm_since = month
    customer.warm_good = 0.0
    customer.deals = 0
    customer.spent = 0
    customer.refunded = 0
    customer.surplus = 0
    for k in range(state.memories.shape[1]):
        known = p.acquainted and k < len(state.by_post)
        blank_memory(state.memories[i, k], state.by_post[k] if known else NOBODY, month)
    if p.initial_habit > 0.0:
        u = uniforms(state.seed, month, i, Purpose.FAVOURITE)[0]
        state.memories[i, pick(u, len(state.by_post))].habit = p.initial_habit
    for k in range(state.brands.shape[1]):
        state.brands[i, k].firm = NOBODY
        state.brands[i, k].deals = 0
    for k in range(state.bought_from.shape[1]):
        state.bought_from[i, k] = 0


@rule
def hire(state, month, s, strategy):
    """Let a new person take up the post of row s: their skill, position and strategy."""
    p = state.params[0]
    person = state.salespeople[s]
    firm = state.firms[person.firm]
    a, b, _c, _d = uniforms(state.seed, month, person.post, Purpose.HIRED)
    person.strategy = strategy
    person.cell = firm.group * len(state.strategies) + strategy
    person.hired = month
    person.leaving = 0
    person.skill = (p.skill_low + (p.skill_high - p.skill_low) * a) * state.strategies[strategy].skill
    person.position = b
    if firm.specialises:
        # Members stand evenly around the circle; the firm as a whole stands anywhere.
        offset = unit(words(state.seed, 0, firm.post, Purpose.HIRED)[3])
        rank = person.post - state.salespeople[state.roster[firm.first]].post
        person.position = (offset + rank / firm.members) % 1.0
    person.attention = p.capacity
    person.backlog = 0
    person.prospecting = p.capacity


@stage
def settle(state, lo, hi):
    """Fill the places lo … hi-1 at the start; some stay empty if the scenario says so."""
    p = state.params[0]
    for i in range(lo, hi):
        arrive(state, 0, i)
        if unit(words(state.seed, 0, i, Purpose.EVERY_MONTH)[0]) >= p.initial:
            state.customers[i].arrived = NOBODY
            for k in range(state.memories.shape[1]):
                state.memories[i, k].seller = NOBODY


@stage
def open_business(state):
    """Let the first person take up each post."""
    for s in range(len(state.salespeople)):
        hire(state, 0, s, state.culture[state.salespeople[s].post])


@lru_cache  # a sweep asks for the same again and again, and it takes longer than the rest of the tables
def rate_quantiles(mean: float, spread: float, points: int = 4096) -> NDArray[np.float64]:
    """Return equally likely values of a gamma distribution with this mean and coefficient of variation."""
    if spread < 1e-4:  # beyond what the inverse of the gamma distribution can tell apart
        return np.full(1, mean)
    from scipy.special import gammaincinv

    shape = spread**-2
    values = gammaincinv(shape, (np.arange(points) + 0.5) / points)
    return values * (mean / values.mean())


def strategy_tables(strategies: tuple[Strategy, ...]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the strategy table and the conduct table (three conducts a strategy)."""
    table = np.array([(s.client_after, s.endgame_months, s.skill) for s in strategies], dtype=STRATEGY)
    conducts = np.array([conduct_row(c) for s in strategies for c in s.conducts()], dtype=CONDUCT)
    return table, conducts


def build(scenario: Scenario, seed: int, lanes: int = 1) -> State:
    """Return the market of a scenario at the end of month 0, with room for so many to work at once."""
    state = lay_out(scenario, seed, lanes)
    settle(state, 0, scenario.customers.count)
    open_business(state)
    return state


def lay_out(scenario: Scenario, seed: int, lanes: int = 1) -> State:
    """Return the tables of a market before anybody is in it."""
    n, m = scenario.customers.count, scenario.sellers
    used = scenario.strategies_used()
    index = {strategy.name: i for i, strategy in enumerate(used)}
    strategies, conducts = strategy_tables(used)

    n_firms = sum(group.count for group in scenario.firms)
    firms = np.zeros(n_firms, FIRM)
    salespeople = np.zeros(m, SALESPERSON)
    culture = np.zeros(m, np.int32)
    f = s = 0
    for g, group in enumerate(scenario.firms):
        rules = group.rules
        numbers = {**rules.pay.model_dump(), **rules.model_dump(exclude={"pay", "hiring", "learning"})}
        block = firms[f : f + group.count]
        for name, value in numbers.items():
            block[name] = value
        block["group"], block["members"] = g, group.members
        block["hiring"], block["learning"] = HIRING[rules.hiring], LEARNING[rules.learning]
        block["first"] = s + group.members * np.arange(group.count)
        mix = [index[name] for name, count in group.strategies.items() for _ in range(count)]
        rows = slice(s, s + group.count * group.members)
        culture[rows] = np.tile(mix, group.count)
        salespeople["firm"][rows] = f + np.repeat(np.arange(group.count), group.members)
        f, s = f + group.count, rows.stop
    firms["post"] = firms["id"] = np.arange(n_firms)
    salespeople["post"] = salespeople["id"] = np.arange(m)

    rows = np.arange(m, dtype=np.int32)
    starts, contacts = network.build(scenario.network, n, seed)
    expected = n * -np.expm1(-scenario.customers.rate)
    room = int(1.2 * expected) + 64
    payback = scenario.staffing.payback
    tally, career, sums = np.zeros(m, TALLY), np.zeros(m, CAREER), np.zeros(lanes, MARKET_SUMS)
    return State(
        params=np.array([scenario.record()]),
        seed=np.uint64(seed),
        customers=np.zeros(n, CUSTOMER),
        memories=np.zeros((n, scenario.trust.remembered), MEMORY),
        brands=np.zeros((n, scenario.trust.brands), BRAND),
        bought_from=np.zeros((n, (n_firms + 63) // 64), np.uint64),
        defunct=np.zeros((n_firms + 63) // 64, np.uint64),
        has_need=np.zeros(n, np.uint8),
        visit_of=np.full(n, NOBODY, np.int32),
        contact_starts=starts,
        contacts=contacts,
        rates=rate_quantiles(scenario.customers.rate, scenario.customers.rate_spread).copy(),
        salespeople=salespeople,
        by_post=rows.copy(),
        reachable=np.zeros(m, np.int64),
        guide=np.zeros(m, np.int32),
        tally=tally,
        tally_numbers=tally.view(np.int64).reshape(m, -1),
        career=career,
        career_numbers=career.view(np.int64).reshape(m, -1),
        recent_pay=np.zeros((m, payback), np.int64),
        recent_deals=np.zeros((m, 12), np.int64),
        recent_profit=np.zeros((m, 12), np.int64),
        told=np.zeros((lanes, m, 2), np.int64),
        lanes=sums,
        lane_numbers=sums.view(np.int64).reshape(lanes, -1),
        firms=firms,
        roster=rows.copy(),
        strategies=strategies,
        conducts=conducts,
        culture=culture,
        habitual=np.array([index.get(scenario.staffing.habitual, 0)], np.int32),
        visits=np.zeros(room, VISIT),
        n_visits=np.zeros(1, np.int64),
        queue=np.zeros(room, np.int32),
        queue_first=np.zeros(m, np.int64),
        queue_last=np.zeros(m, np.int64),
        keys=np.zeros(room, np.uint64),
        candidates=np.zeros((lanes, scenario.trust.remembered + 2 + scenario.choice.reach), CANDIDATE),
        agents=np.zeros((lanes, STRIP), np.int32),
        chosen=np.zeros((lanes, STRIP), np.int32),
        dice=np.zeros((lanes, DICE, 4, STRIP), np.uint32),
    )


def customer_ids(state: State, places: Any) -> Any:
    """Return the number of the customer in each place; a newcomer in the same place has another one."""
    return places + state.customers["generation"][places] * np.int64(len(state.customers))


def general_trust(customers: Any, params: Any) -> Any:
    """Return trust in salespeople in general of customer records (`sim.trust.trust_general` for tables)."""
    good, bad, weight = (customers["good"].astype(float), customers["bad"].astype(float), params["general_weight"])
    return (good + weight * params["prior"]) / (good + bad + weight)


def relink(state: State) -> State:
    """Let the number views of the tallies share memory with them again (a copy or pickle separates them)."""
    return state._replace(
        tally_numbers=state.tally.view(np.int64).reshape(len(state.tally), -1),
        career_numbers=state.career.view(np.int64).reshape(len(state.career), -1),
        lane_numbers=state.lanes.view(np.int64).reshape(len(state.lanes), -1),
    )


def make_room(state: State, needs: int) -> State:
    """Return the state with room for that many visits."""
    if needs < len(state.visits):
        return state
    room = int(1.25 * needs) + 64
    return state._replace(visits=np.zeros(room, VISIT), queue=np.zeros(room, np.int32), keys=np.zeros(room, np.uint64))
