"""The state of the market: a few tables of records, and the first lines in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from longgame.sim.chance import Purpose, normal, pick, uniforms, unit, words
from longgame.sim.columns import DEAL, NO_DEAL
from longgame.sim.compiled import fetch, rule, stage
from longgame.sim.organisation import FirmPolicy, Pay
from longgame.sim.strategy import Conduct
from longgame.sim.trust import NOBODY, blank_memory

CENTS = 100.0
NEVER = 2**30  # a month that does not come
GUIDES = 8  # entries of the guide table a salesperson
DICE = 6  # purposes of one stage whose random words are drawn together, blocks of strangers included
FIXED_POINT = 1_000_000_000  # means of fractions are summed as integers, so that no order of summing matters


def _dtype(**fields: str) -> np.dtype[Any]:
    return np.dtype([(name, kind) for name, kind in fields.items()], align=True)


# Small records are fast ones. Months (12,000 at most), and counts that rise by one a month at most, fit 16 bits.
CUSTOMER = _dtype(
    stake="f4",
    need="f4",
    good="f4",
    bad="f4",
    expected_price="f4",
    warm_good="f4",
    usual="f4",
    warm="i4",
    warm_since="i2",
    generation="i2",
    last_need="i2",
    deals="i2",
)
#: What a customer paid, got back and gained, in cents: apart, as it is wanted once a deal alone.
ACCOUNT = _dtype(spent="i8", refunded="i8", surplus="i8")
MEMORY = _dtype(seller="i4", last="i2", deals="i2", met="i2", good="f4", bad="f4", value="f4", price="f4", habit="f4")
BRAND = _dtype(firm="i4", last="i2", deals="i2", good="f4", bad="f4")
#: What a firm that hands clients on stands for with a customer, whoever sells for it.
STANDING = _dtype(value="f4", price="f4", habit="f4")
CANDIDATE = _dtype(seller="i4", source="i4", trust="f8", surplus="f8", heard_good="f8", heard_bad="f8")
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
    credit="i8",
    posted="i8",
    praise="i8",
)
VISIT = _dtype(
    customer="i4",
    lot="i4",
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
    returned="u1",
    regretted="u1",
    war="u1",
    known="f8",
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
    intact="f8",
    x="f8",
    weight="f8",
)

#: Customers who choose side by side, and the most candidates that they have together.
CROWD_SIZE, CANDIDATES = 64, 1024
_KNOWN, _LEVELS = 64 + 2 + 16, 1 + 64  # the most salespeople and firms of whom a scenario lets a customer know


def _columns(*shape: int, **fields: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(name, kind, shape) for name, kind in fields.items()]


#: Scratch of a crowd in columns: each step of the choice goes through few of them.
CROWD = np.dtype(
    [
        # places of the customers, and of those whose turn comes next
        *_columns(CROWD_SIZE, who="u4", coming="u4"),
        *_columns(CROWD_SIZE, months="f8", need="f4", expected_price="f4", luck="f8"),
        # evidence just read; whoever asks, and whom (or else the stranger met); seller recommended to each, or NOBODY
        *_columns(CROWD_SIZE, good_sum="f4", evidence_sum="f4", asking="u4", met="u4"),
        *_columns(CROWD_SIZE, told="i4", told_good="f8", told_bad="f8", told_rival="f8"),
        # of a stranger met: their firm, row of `prior_of` that holds trust in it, whether they are not known yet
        *_columns(CROWD_SIZE, firm="u4", level="u4", unknown="u4"),
        # of each customer's candidates: the best surplus or trust, the sum of weights, the one chosen or NOBODY
        *_columns(CROWD_SIZE, top="f8", total="f8", choice="i4"),
        # sellers known: remembered, recommended by a rival, by a contact, strangers
        *_columns(_KNOWN, CROWD_SIZE, known="u4"),
        # firms remembered from row 1 on, and trust in them; in row 0 trust in salespeople in general
        *_columns(_LEVELS, CROWD_SIZE, brand="u4", prior_of="f8"),
        # candidates: whose (number in the crowd), and what is known of them
        *_columns(CANDIDATES, customer="u4", seller="u4", slot="u4", source="u1"),
        *_columns(CANDIDATES, good="f8", evidence="f8", prior="f8", hope="f8", price="f4", habit="f4"),
        *_columns(CANDIDATES, trust="f8", surplus="f8", weight="f8"),
    ],
    align=True,
)

# Why people leave.
RESIGNED, DISMISSED, SHED, CLOSED = 1, 2, 3, 4

# A visit's outcome. PITCHED, PASSED and OVERFLOW are on the way; every visit ends in one of OUTCOMES.
NOT_APPROACHED, PITCHED, PASSED, OVERFLOW = 0, 1, 2, 3
FIRST_OUTCOME = 4
TURNED_AWAY, WALKED_AWAY, REFERRED, DECLINED = (FIRST_OUTCOME + i for i in range(4))
WIN_WIN, WIN_LOSE, LOSE_WIN, LOSE_LOSE, WIN_WIN_WIN = (FIRST_OUTCOME + 4 + i for i in range(5))
SOLD = WIN_WIN  # until delivery decides on the kind of deal
assert len(NO_DEAL) == 4 and len(DEAL) == 5

# How the customer came to the salesperson.
FROM_MEMORY, FROM_CONTACT, FROM_RIVAL, FROM_CHANCE = 0, 1, 2, 3

#: Counts per salesperson and month, all integers (money in cents, fractions in fixed point).
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
            "returned",
            "regretted",
            "told_good",
            "told_bad",
            "talk_minutes",
            "support_minutes",
            "regret_minutes",
            "war_minutes",
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
#: Counts per month in the whole market; each range of work has a record of its own.
MARKET_SUMS = np.dtype(
    [
        (name, "i8")
        for name in (
            "customers",
            "arrivals",
            "departures",
            "needs",
            "renewed",
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
        ("founders", "i4"),
        ("staff", "i4"),
        ("closed", "i4"),
        ("shift", "i4"),  # rows from its group's conducts to its own; 0 where it has none of its own
        ("cash", "i8"),
        ("revenue", "i8"),
        ("profit", "i8"),
        ("year", "i8"),
        ("years", "i4"),
        ("losses", "i4"),
        ("posted", "i8"),
        ("praise", "i8"),
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
    # What every customer is asked for every month stands in columns:
    arrived: NDArray[np.int16]  # (n,) month, or NOBODY in an empty place
    rate: NDArray[np.float32]  # (n,) needs a month at normal size
    prosperity: NDArray[np.float32]  # (n,) size of the business
    open_since: NDArray[np.int16]  # (n,) month in which the need that is open arose, or NOBODY
    accounts: NDArray[Any]  # (n,) ACCOUNT
    memories: NDArray[Any]  # (n, K) MEMORY
    brands: NDArray[Any]  # (n, K_b) BRAND
    standings: NDArray[Any]  # (n, K_b) STANDING, of the firms in `brands`; without a row where nothing is handed on
    bought_from: NDArray[np.uint64]  # (n, ceil(firms / 64)) one bit a firm: the customer ever bought there
    defunct: NDArray[np.uint64]  # (ceil(firms / 64),) scratch: firms whose bits are to be cleared
    has_need: NDArray[np.uint8]  # (n,)
    visit_of: NDArray[np.int32]  # (n,) this month's visit, or NOBODY
    contact_starts: NDArray[np.int64]  # (n + 1,)
    contacts: NDArray[np.int32]
    rates: NDArray[np.float64]  # quantiles of the gamma distribution of rates
    salespeople: NDArray[Any]  # (m,) SALESPERSON
    by_post: NDArray[np.int32]  # (m,) rows in the order of posts, so that row order never matters
    hired: NDArray[np.int32]  # (m + 1,) this month's column of salespeople, and NEVER for NOBODY (index -1)
    firm_of: NDArray[np.uint32]  # (m,) the same
    founded: NDArray[np.int32]  # (f + 1,) the same of firms
    records: NDArray[np.float64]  # (2, m) good and bad that this month's public record tells of salespeople
    firm_records: NDArray[np.float64]  # (2, f) the same of firms
    reachable: NDArray[np.int64]  # (m,) running sum of prospecting attention, by post
    guide: NDArray[np.int32]  # (GUIDES · m,) where in that sum to begin looking for each equal part of it
    tally: NDArray[Any]  # (m,) TALLY of this month
    tally_numbers: NDArray[np.int64]  # (m, fields) the same memory as numbers
    career: NDArray[Any]  # (m,) CAREER
    career_numbers: NDArray[np.int64]  # (m, fields) the same memory as numbers
    recent_pay: NDArray[np.int64]  # (m, payback) ring of monthly pay
    recent_deals: NDArray[np.int64]  # (m, 12)
    recent_profit: NDArray[np.int64]  # (m, 12)
    told: NDArray[np.int64]  # (lanes, m, 2) good and bad stories
    lanes: NDArray[Any]  # (lanes,) MARKET_SUMS of this month
    lane_numbers: NDArray[np.int64]  # (lanes, fields) the same memory as numbers
    firms: NDArray[Any]  # (f,) FIRM
    roster: NDArray[np.int32]  # (m,) rows of members, firm by firm
    strategies: NDArray[Any]  # (s,) STRATEGY
    conducts: NDArray[Any]  # (3 groups · s + 3 firms · s of firms with own pay + room for custom ones,) CONDUCT
    culture: NDArray[np.int32]  # (m,) strategy of each post at the start
    habitual: NDArray[np.int32]  # (1,) strategy that newcomers bring where firms hire by record
    visits: NDArray[Any]  # (room,) VISIT
    n_visits: NDArray[np.int64]  # (1,)
    queue: NDArray[np.int32]  # (room,) visits by salesperson approached, members of a firm side by side
    queue_first: NDArray[np.int64]  # (m,) where a salesperson's part of the queue begins
    queue_last: NDArray[np.int64]  # (m,) and ends
    keys: NDArray[np.uint64]  # (room,) scratch: order of service; each firm uses its part of the queue
    crowds: NDArray[Any]  # (lanes,) scratch: CROWD
    agents: NDArray[np.int32]  # (lanes, STRIP) scratch: whose random words are drawn together
    chosen: NDArray[np.int32]  # (lanes, STRIP) scratch: which of a strip are meant
    flags: NDArray[np.uint8]  # (lanes, STRIP) scratch: whether each of a strip is
    dice: NDArray[np.uint32]  # (lanes, DICE, 4, STRIP) scratch: these words, for several purposes


def conduct_row(conduct: Conduct) -> tuple[float, ...]:
    """Return the dials of a conduct in the order of the conduct table."""
    return tuple(getattr(conduct, name) for name in CONDUCT.names or ())


@rule
def fetch_customer(state, i):
    """Ask for the record and the memories of customer i before they are needed."""
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
def market_size(stake, prosperity):
    """Return the worth of a perfect solution to a customer now; it grows with their prosperity."""
    return stake * np.sqrt(prosperity)


@rule
def at_work(person, month):
    """Return whether somebody holds a post: it may be vacant for a time, or not be there yet."""
    return person.hired <= month


@rule
def arrive(state, month, i):
    """Let a newcomer take place i: their rate, stake and need, and an empty memory."""
    p = state.params[0]
    customer = state.customers[i]
    a, b, c, d = uniforms(state.seed, month, i, Purpose.NEWCOMER)
    state.rate[i] = state.rates[pick(a, len(state.rates))]
    customer.stake = p.stake * np.exp(p.stake_spread * normal(b, c))
    customer.need = d
    state.prosperity[i] = 1.0
    customer.good = 0.0
    customer.bad = 0.0
    customer.expected_price = p.reference
    customer.usual = p.betrayed
    state.arrived[i] = month
    state.open_since[i] = NOBODY
    customer.last_need = month
    customer.warm = NOBODY
    customer.warm_since = month
    customer.warm_good = 0.0
    customer.deals = 0
    account = state.accounts[i]
    account.spent = account.refunded = account.surplus = 0
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
    if firm.one_product:
        person.position = unit(words(state.seed, 0, firm.post, Purpose.HIRED)[3])
    elif firm.specialises:
        # Members stand evenly around the circle; the firm as a whole stands anywhere.
        offset = unit(words(state.seed, 0, firm.post, Purpose.HIRED)[3])
        rank = person.post - state.salespeople[state.roster[firm.first]].post
        person.position = (offset + rank / firm.founders) % 1.0
    person.attention = p.capacity
    person.backlog = 0
    person.prospecting = p.capacity
    person.credit = person.posted = person.praise = 0


@rule
def capital_of(firm, p):
    """Return the cents with which a firm begins: some months of wages and overhead."""
    return int(p.capital * p.wage * (1.0 + firm.overhead) * firm.staff * CENTS + 0.5)


@stage
def settle(state, lo, hi):
    """Fill the places lo … hi-1 at the start; some stay empty if the scenario says so."""
    p = state.params[0]
    for i in range(lo, hi):
        arrive(state, 0, i)
        if unit(words(state.seed, 0, i, Purpose.EVERY_MONTH)[0]) >= p.initial:
            state.arrived[i] = NOBODY
            for k in range(state.memories.shape[1]):
                state.memories[i, k].seller = NOBODY


@stage
def open_business(state):
    """Let the first person take up each post."""
    for s in range(len(state.salespeople)):
        if at_work(state.salespeople[s], 0):
            hire(state, 0, s, state.culture[state.salespeople[s].post])
    for f in range(len(state.firms)):
        firm = state.firms[f]
        firm.staff = firm.founders
        firm.cash = capital_of(firm, state.params[0])


def customer_ids(state: State, places: Any) -> Any:
    """Return the number of the customer in each place; a newcomer in the same place has another one."""
    return places + state.customers["generation"][places] * np.int64(len(state.customers))


def general_trust(customers: Any, params: Any) -> Any:
    """Return trust in salespeople in general of customer records (`sim.trust.trust_general` for tables)."""
    good, bad, weight = (customers["good"].astype(float), customers["bad"].astype(float), params["general_weight"])
    return (good + weight * params["prior"]) / (good + bad + weight)
