"""The rules of version 2 on firms: cash and failure, succession, growth, and credit for leads."""

import numpy as np
import pytest

from longgame.sim import FirmPolicy, Firms, Market, Scenario, run
from longgame.sim.books import Books
from longgame.sim.layout import build
from longgame.sim.month import play_year_end
from longgame.sim.stages.acquaintance import trust_now
from longgame.sim.stages.books import keep_books
from longgame.sim.stages.memory import remember
from longgame.sim.stages.queueing import line_up
from longgame.sim.stages.staffing import fill_posts, part_ways
from longgame.sim.stages.succession import (
    anything_due,
    close_firms,
    found_firms,
    founders_strategy,
    grow,
    hand_on,
    shrink,
)
from longgame.sim.state import CENTS, DISMISSED, NEVER, RESIGNED, SHED, WIN_WIN
from longgame.sim.trust import NOBODY, UNKNOWN, find_brand, find_seller
from tests.sim.records import laid_out, remembers, visit_of

BASE = Scenario().but({"customers.count": 300}, months=36)

#: People come and go for the firm's reasons alone.
STAY = {"staffing.turnover": 0.0, "staffing.dismissal": 0.0}


def market(changes=None, *, strategies=None, count=6, policy="singleton", months=36):
    firms = [Firms(name="all", count=count, strategies=strategies or {"collaborative": 1}, policy=policy).model_dump()]
    return BASE.but({"firms": firms, **(changes or {})}, months=months)


# -- cash and failure ---------------------------------------------------------------------------------------------


def failing():
    """Return a state of four singletons of which the second has run out of cash at the end of month 5."""
    state = laid_out({"economy.capital": 2.0, "economy.vacancy": 3})
    assert (state.firms["cash"] == 2 * 1000 * CENTS).all()
    remembers(state, 0, 0, 1, good=3.0, last=5)
    brand = state.brands[0, 0]
    brand["firm"], brand["good"], brand["last"] = 1, 3.0, 5
    state.bought_from[0, 0] = 0b11
    state.firms["cash"][:] = 0, -1, 5, 5
    return state


def test_capital_is_months_of_wages_and_overhead():
    policy = FirmPolicy(overhead=0.25)
    state = build(market({"economy.capital": 3.0}, strategies={"collaborative": 4}, policy=policy), 1)
    assert (state.firms["cash"] == 3 * 4 * 1250 * CENTS).all()


def test_a_firm_without_cash_closes_and_nobody_remembers_it():
    state = failing()
    assert anything_due(state, 5)
    close_firms(state, 5)
    assert state.firms["closed"].tolist() == [0, 5, 0, 0] and state.firms["staff"].tolist() == [1, 0, 1, 1]
    assert state.salespeople["hired"].tolist() == [0, NEVER, 0, 0]
    assert find_seller(state.memories[0], state.salespeople, 1) == NOBODY
    assert find_brand(state.brands[0], state.firms, 1) == NOBODY
    assert state.bought_from[0, 0] == 0b01
    assert [anything_due(state, month) for month in (6, 7, 8)] == [False, False, True]


def test_three_months_later_another_firm_is_there_that_nobody_knows():
    state = failing()
    close_firms(state, 5)
    found_firms(state, 7)
    assert state.firms["id"].tolist() == [0, 1, 2, 3]
    state.career["deals"][1] = state.recent_profit[1, 0] = 9
    found_firms(state, 8)
    firm, person = state.firms[1], state.salespeople[1]
    assert (firm["id"], firm["founded"], firm["closed"], firm["staff"], firm["cash"]) == (5, 9, 0, 1, 2000 * CENTS)
    assert (person["id"], person["hired"], person["posted"]) == (5, 9, 0)
    assert state.career["deals"][1] == state.recent_profit[1, 0] == 0
    assert find_seller(state.memories[0], state.salespeople, 1) == NOBODY
    assert find_brand(state.brands[0], state.firms, 1) == NOBODY
    visit = visit_of(state, seller=0, met=0)
    assert trust_now(state, 0, 1, visit, state.params[0]) == pytest.approx(0.5)
    assert not anything_due(state, 9)


def test_without_capital_nobody_closes():
    state = laid_out()
    state.firms["cash"][:] = -(10**9)
    assert not anything_due(state, 5)
    close_firms(state, 5)
    assert not state.firms["closed"].any()
    poor = run(market({"economy.wage": 50_000.0, **STAY}), 1)
    assert poor.firms.closed.isna().all() and (poor.firms.profit < 0).all() and len(poor.firms) == 6


def test_a_new_firm_sells_as_its_post_did_or_as_somebody_at_work():
    mix = [Firms(name=s, count=4, strategies={s: 1}).model_dump() for s in ("collaborative", "adversarial")]
    for entry, expected in (("post", {0}), ("survivors", {0, 1})):
        state = build(BASE.but({"firms": mix, "economy.entry": entry, "economy.capital": 1.0}), 1)
        state.firms["closed"][0], state.salespeople["hired"][0] = 3, NEVER
        drawn = [founders_strategy(state, month, 0, 0) for month in range(700)]
        assert set(drawn) == expected
        if entry == "survivors":  # of seven at work four are adversarial
            assert np.mean(drawn) == pytest.approx(4 / 7, abs=4 * 0.5 / np.sqrt(700))


POOR = {"economy.wage": 4000.0, "economy.capital": 3.0, "economy.vacancy": 2, **STAY}


def test_books_balance_while_firms_come_and_go():
    result = run(market(POOR), 1)
    firms, monthly, people = result.firms, result.monthly, result.salespeople
    failed = firms[firms.reason == "failed"]
    assert len(failed) > 5 and failed.closed.notna().all()
    assert firms[firms.reason == ""].closed.isna().all()
    assert firms.firm.is_unique and people.salesperson.is_unique
    # A place is empty for two months.
    for _, place in firms.groupby("post"):
        assert (place.founded.iloc[1:].to_numpy() == place.closed.iloc[:-1].to_numpy() + 3).all()
    # Wages are paid to those who are there.
    at_work = [((firms.founded <= m) & ~(firms.closed < m).fillna(False)).sum() for m in range(1, 37)]
    by_month = monthly.groupby("month")[["salespeople", "wages"]].sum().reindex(range(1, 37), fill_value=0)
    assert by_month.salespeople.tolist() == at_work and min(at_work) < 6
    assert by_month.wages.tolist() == [4000.0 * n for n in at_work]
    for name in ("revenue", "profit"):
        assert firms[name].sum() == pytest.approx(monthly[name].sum())
        assert people[name].sum() == pytest.approx(monthly[name].sum())
    gone = people[people.reason == "firm closed"]
    assert sorted(gone.left) == sorted(failed.closed)
    # It closed in the first month in which it had lost more than its capital of three months.
    assert (failed.profit < -12_000).all()


def test_nobody_approaches_a_place_that_is_empty():
    agents = Market(market(POOR), rng=1)
    empty = 0
    for _ in range(36):
        closed = np.flatnonzero(agents.state.firms["closed"])
        agents.step()
        met = agents.table("visits").met
        # A row of a singleton is its firm's; those founded last month are there.
        vacant = set(closed) - set(np.flatnonzero(agents.state.salespeople["hired"] <= agents.month))
        assert not vacant & set(met)
        empty += len(vacant)
    assert empty > 10


# -- succession ---------------------------------------------------------------------------------------------------


def handed_on(share, own=None):
    """Return the state after salesperson 1 of a firm of two left customer 0 to colleague 0."""
    state = laid_out({"staffing.succession": share, "choice.hope": 0.8, "trust.brand_weight": 2.0}, sellers=(2, 1))
    remembers(state, 0, 0, 1, good=3.0, bad=1.0, value=0.6, price=0.5, habit=0.4, deals=2, met=5, last=7)
    if own:
        remembers(state, 0, 1, 0, **own)
    state.customers["expected_price"][0] = 0.7
    state.salespeople["leaving"][1] = RESIGNED
    hand_on(state, 12)
    return state


def of_successor(state):
    fields = ("seller", "good", "bad", "value", "price", "habit", "deals", "met", "last")
    k = find_seller(state.memories[0], state.salespeople, 0)
    return dict(zip(fields, (state.memories[name][0, k].item() for name in fields), strict=True))


def test_a_successor_inherits_a_share():
    state = handed_on(0.5)
    half = {"good": 1.5, "bad": 0.5, "value": 0.7, "price": 0.6, "habit": 0.2}
    assert of_successor(state) == pytest.approx({"seller": 0, **half, "deals": 2, "met": 5, "last": 12})
    assert find_seller(state.memories[0], state.salespeople, 1) == NOBODY


def test_a_successor_inherits_everything():
    state = laid_out({"staffing.succession": 1.0}, sellers=(2, 1))
    visit = visit_of(state, seller=2, met=2)
    remembers(state, 0, 0, 1, good=3.0, bad=1.0, value=0.6, price=0.5, habit=0.4, deals=2, met=5, last=7)
    trust = trust_now(state, 0, 1, visit, state.params[0])
    state = handed_on(1.0)
    found = of_successor(state)
    whole = {"good": 3.0, "bad": 1.0, "value": 0.6, "price": 0.5, "habit": 0.4}
    assert found == pytest.approx({"seller": 0, **whole, "deals": 2, "met": 5, "last": 12})
    assert trust_now(state, 0, 0, visit, state.params[0]) == trust


def test_what_the_client_knows_of_the_successor_stays():
    own = {"good": 1.0, "value": 0.9, "habit": 0.1, "deals": 1, "met": 8, "last": 8}
    found = of_successor(handed_on(1.0, own))
    both = {"good": 4.0, "bad": 1.0, "value": 0.9, "price": 0.5, "habit": 0.5}
    assert found == pytest.approx({"seller": 0, **both, "deals": 3, "met": 8, "last": 12})


def test_what_is_unknown_stays_unknown_and_who_has_no_colleague_hands_nothing_on():
    state = laid_out({"staffing.succession": 1.0}, sellers=(2, 1))
    remembers(state, 0, 0, 1, good=1.0)
    remembers(state, 1, 0, 2, good=1.0)
    state.salespeople["leaving"][[1, 2]] = RESIGNED
    hand_on(state, 12)
    assert state.memories["value"][0, 0] == UNKNOWN and state.memories["seller"][:2, 0].tolist() == [0, 2]
    assert state.memories["last"][1, 0] == 1


def test_clients_are_spread_over_those_who_stay():
    state = laid_out({"staffing.succession": 1.0}, sellers=(4,), customers=600)
    for i in range(600):
        remembers(state, i, 0, 1, good=1.0)
    state.salespeople["leaving"][[1, 3]] = RESIGNED, SHED
    hand_on(state, 12)
    to = state.memories["seller"][:, 0]
    assert set(to.tolist()) == {0, 2} and (to == 0).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(600))


def test_a_firm_stands_for_what_it_delivered():
    # A colleague never met is hoped to be as good, as dear and as usual as the firm, by the share.
    state = laid_out(
        {"staffing.succession": 0.5, "choice.habit_rate": 0.2, "choice.value_rate": 0.5, "choice.hope": 0.8},
        sellers=(2, 1),
    )
    for seller, delivered, price in ((1, 0.6, 50), (0, 0.8, 70)):
        state.visits[0] = state.visits[1]
        visit_of(state, seller=seller, met=seller, outcome=WIN_WIN, delivered=delivered, price=price, stake=100)
        remember(state, 3, 0, 1, 0)
    standing = state.standings[0, 0]
    found = [standing[name] for name in ("value", "price", "habit")]
    assert found == pytest.approx([0.6 + 0.5 * 0.2, 0.5 + 0.5 * 0.2, 0.2 * 0.8 + 0.2])


# -- growth ---------------------------------------------------------------------------------------------------------

GROWING = {"staffing.expansion": 1.0, "staffing.room": 2.0, "staffing.hurdle": 6.0, **STAY}


def firm_of_three(earned, changes=None, *, count=1):
    """Return firms of three of five posts whose people brought this much in the year, in money."""
    scenario = market(
        GROWING | {"staffing.room": 5 / 3} | (changes or {}), strategies={"collaborative": 3}, count=count
    )
    state = build(scenario, 1)
    assert state.salespeople["hired"].tolist() == [0, 0, 0, NEVER, NEVER] * count
    for s, profit in enumerate(earned):
        state.recent_profit[s, 3] = profit * CENTS
    return state


def test_a_firm_that_earned_enough_adds_a_member():
    # The hurdle is six months of wage a member: 18,000 for three.
    for earned, staff in (((30_000, -6_000, -5_999), 4), ((30_000, -6_000, -6_000), 3)):
        state = firm_of_three(earned)
        grow(state, 12)
        assert state.firms["staff"][0] == staff
        assert state.salespeople["hired"].tolist() == [0, 0, 0, 13 if staff == 4 else NEVER, NEVER]
    state = firm_of_three((90_000, 0, 0))
    for month in (12, 24, 36):
        grow(state, month)
    assert state.firms["staff"][0] == 5  # there is no more room


def test_a_firm_that_made_a_loss_sheds_whoever_brought_least():
    for earned, leaving in (((10, -30, 19), [0, SHED, 0]), ((10, -30, 20), [0, 0, 0])):
        state = firm_of_three(earned)
        shrink(state, 12)
        assert state.salespeople["leaving"][:3].tolist() == leaving
    state = firm_of_three((10, -30, 19))
    state.params["expansion"] = 0.0
    shrink(state, 12)
    assert not state.salespeople["leaving"].any()


def year_end(state, scenario, month=12):
    play_year_end(state, month, Books(scenario, 1))


def test_a_place_that_is_shed_stays_empty_and_the_last_one_stays():
    scenario = market(GROWING, strategies={"collaborative": 2}, count=1)
    state = build(scenario, 1)
    state.recent_profit[:2, 3] = -5, -7
    year_end(state, scenario)
    assert state.firms["staff"][0] == 1 and state.salespeople["hired"].tolist() == [0, NEVER, NEVER, NEVER]
    year_end(state, scenario, 24)
    assert state.firms["staff"][0] == 1 and state.salespeople["hired"][0] == 0


def test_in_which_order_colleagues_leave_makes_no_difference():
    # One of two is shed, the other resigns: the firm goes on, whichever row comes first.
    for leaving in ([SHED, RESIGNED], [RESIGNED, SHED]):
        state = build(market(GROWING, strategies={"collaborative": 2}, count=1), 1)
        state.salespeople["leaving"][:2] = leaving
        fill_posts(state, 12)
        assert (state.firms["id"][0], state.firms["founded"][0], state.firms["staff"][0]) == (0, 0, 1)
        assert sorted(state.salespeople["hired"][:2].tolist()) == [13, NEVER]


def test_a_year_counts_what_those_brought_who_leave():
    scenario = market(GROWING | {"staffing.turnover": 1.0}, strategies={"collaborative": 3}, count=1)
    state = build(scenario, 1)
    state.recent_profit[:3, 3] = 10_000 * CENTS
    year_end(state, scenario)
    assert state.firms["staff"][0] == 4 and (state.salespeople["hired"][:4] == 13).all()


def test_firms_grow_and_shrink_in_a_whole_run():
    changes = GROWING | {"customers.count": 1500, "customers.patience": 0.7, "economy.wage": 200.0}
    result = run(market(changes, strategies={"collaborative": 2}, count=6, months=60), 1)
    heads = result.monthly.groupby("month").salespeople.sum()
    assert heads[1] == 12 and set(heads[:12]) == {12} and heads.max() > 12 and heads.max() <= 24
    assert (result.firms.members >= 1).all() and result.firms.members.sum() == heads.iloc[-1]
    assert result.monthly.wages.sum() == pytest.approx(200 * heads.sum())
    still = run(market(changes | {"staffing.expansion": 0.0}, strategies={"collaborative": 2}, months=60), 1)
    assert set(still.monthly.groupby("month").salespeople.sum()) == {12}
    poor = run(market(changes | {"economy.wage": 9000.0}, strategies={"collaborative": 2}, months=60), 1)
    assert poor.monthly.groupby("month").salespeople.sum().iloc[-1] == 6
    assert (poor.salespeople.reason == "shed").sum() == 6


# -- credit for leads -----------------------------------------------------------------------------------------------


def test_a_lead_passed_on_counts_for_who_passed_it():
    dismissed = []
    for credit in (0.0, 0.5):
        policy = FirmPolicy(shares_leads=True)
        changes = {"staffing.lead_credit": credit, "staffing.dismissal": 1.0, "staffing.turnover": 0.0}
        state = build(
            market(changes | {"economy.wage": 0.0}, strategies={"collaborative": 2}, policy=policy, count=1), 1
        )
        deal = {"outcome": WIN_WIN, "price": 10_000, "refund": 1000, "goods": 4000, "service": 100}
        state.visits["seller"] = state.visits["met"] = NOBODY
        for name, value in {"customer": 0, "met": 0, "seller": 1, "lead": 1, **deal}.items():
            state.visits[name][0] = value
        state.n_visits[0] = 1
        line_up(state, 5)
        keep_books(state, 5, 0, 1, 0)
        passed = round(credit * (10_000 - 1000 - 4000 - 100))
        commission = 500
        assert state.recent_profit[:, 5].tolist() == [passed, 4900 - commission - passed]
        assert state.tally["profit"].tolist() == [0, 4900 - commission]  # the books know no credit
        assert not state.salespeople["credit"].any()
        state.recent_profit[:, 6] = -2000
        part_ways(state, 12)
        dismissed.append(state.salespeople["leaving"].tolist())
    assert dismissed == [[DISMISSED, 0], [0, DISMISSED]]


def test_orders_are_of_those_who_made_them_though_their_firm_closes_and_opens_at_once():
    """The last orders of a firm were given to the one that took its place in the same month."""
    firms = [Firms(name="all", count=3, strategies={"order-taker": 1}).model_dump()]
    changes = {"customers.count": 200, "economy.capital": 1.0, "economy.vacancy": 0, "economy.wage": 4_000.0}
    result = run(Scenario().but({**changes, "firms": firms}, months=24), 1, orders=True)
    assert (result.firms.reason == "failed").sum() > 3
    by_firm = result.orders.groupby("firm").amount.sum()
    books = result.firms.set_index("firm").revenue
    assert by_firm.reindex(books.index, fill_value=0.0).to_dict() == pytest.approx(books.to_dict())
    people = result.salespeople.set_index("salesperson").deals
    assert result.orders.groupby("salesperson").size().reindex(people.index, fill_value=0).to_dict() == people.to_dict()
