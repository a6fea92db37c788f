"""Herds, pay, hiring and learning: that each does what its documentation says, and nothing when off."""

import numpy as np
import pytest

from longgame.sim import Conduct, FirmPolicy, Firms, Market, Pay, Salesperson, Scenario, Strategy, run
from longgame.sim.layout import build
from longgame.sim.stages.books import keep_books, pay_contest
from longgame.sim.stages.conversation import colleague_for, fits_a_colleague, greet, on_record, serve
from longgame.sim.stages.delivery import hand_over
from longgame.sim.stages.queueing import line_up
from longgame.sim.stages.staffing import fill_posts, learn_from_pay, mean_pay, model_for, newcomers_strategy, part_ways
from longgame.sim.state import OVERFLOW, PASSED, SOLD, TURNED_AWAY, WIN_WIN
from longgame.sim.trust import NOBODY, find_brand

BASE = Scenario().but({"customers.count": 400, "customers.rate": 0.5}, months=24)


def market(policy=None, *, strategies=None, count=4, changes=None, own=()):
    """Return a market of equal firms of five."""
    mix = strategies or {"collaborative": 5}
    firms = [Firms(name="all", count=count, strategies=mix, policy=policy or FirmPolicy()).model_dump()]
    return BASE.but({"firms": firms, "strategies": [s.model_dump() for s in own], **(changes or {})})


def sums(scenario, seed=1):
    return run(scenario, seed).monthly.drop(columns=["month", "group", "organisation", "strategy"]).sum()


def test_who_shares_nothing_passes_nothing_on():
    total = sums(market())
    assert total.passed_on == 0 and total.handed_over == 0 and total.overhead == 0


def test_sharing_leads_finds_the_colleague_who_fits():
    alone, herd = (run(market(FirmPolicy(shares_leads=flag)), 1, orders=True) for flag in (False, True))
    assert herd.monthly.passed_on.sum() > 0.2 * herd.monthly.visits.sum()
    worth = [(r.orders.delivered / r.orders.amount).mean() for r in (alone, herd)]
    assert worth[1] > 1.05 * worth[0]


def test_sharing_attention_serves_those_who_would_be_turned_away():
    scarce = {"attention.capacity": 900, "customers.rate_spread": 2.0}
    alone, herd = (sums(market(FirmPolicy(shares_attention=flag), changes=scarce)) for flag in (False, True))
    assert alone.passed_on == 0 < herd.passed_on
    assert herd.turned_away / herd.visits < alone.turned_away / alone.visits


def test_sharing_memory_saves_questions():
    known = {"attention.learning": 1.0, "customers.drift": 0.0, "choice.reference": 1.0}
    minutes = []
    for flag in (False, True):
        total = sums(market(FirmPolicy(shares_memory=flag, shares_leads=True), changes=known))
        minutes.append(total.talk_minutes / total.visits)
    assert minutes[1] < 0.95 * minutes[0]


def test_the_delivery_team_takes_work_off_the_seller_and_costs_money():
    without, team = (sums(market(FirmPolicy(delivery_team=n))) for n in (0.0, 50.0))
    assert without.handed_over == 0 and without.support_minutes > 0
    assert team.handed_over == team.deals and team.support_minutes == 0 and team.complaints == 0
    assert team.service_cost > without.service_cost


def test_the_delivery_team_has_a_capacity():
    result = run(market(FirmPolicy(delivery_team=0.6)), 1)
    assert result.monthly.groupby("month").handed_over.sum().max() <= 4 * 3
    assert result.monthly.handed_over.sum() < result.monthly.deals.sum()


def test_specialists_stand_evenly_around_the_circle():
    positions = build(market(FirmPolicy(specialises=True)), 1).salespeople["position"].reshape(4, 5)
    for firm in np.sort(positions):
        assert np.diff(firm, append=firm[0] + 1) == pytest.approx(0.2)


def test_a_passed_lead_pays_both_but_is_booked_with_the_closer():
    policy = FirmPolicy(shares_leads=True, pay=Pay(lead_split=1.0))
    result = run(market(policy), 1)
    people, monthly = result.salespeople, result.monthly
    assert people.pay.sum() == pytest.approx((monthly.wages + monthly.commission).sum())
    # With the whole commission going to those who pass on, closers of others' leads have less than theirs.
    own = run(market(FirmPolicy(shares_leads=True, pay=Pay(lead_split=0.0))), 1)
    assert own.monthly.commission.sum() == pytest.approx(monthly.commission.sum())
    assert not np.allclose(own.salespeople.pay, people.pay)


@pytest.mark.parametrize(
    ("pay", "column"),
    [
        (Pay(closings=1.0), "revenue"),
        (Pay(closings=0.0, repeat=1.0), "repeat_revenue"),
        (Pay(closings=0.0, team=1.0), "revenue"),
    ],
)
def test_pay_counts_what_it_says(pay, column):
    total = sums(market(FirmPolicy(pay=pay)))
    assert total.commission == pytest.approx(BASE.economy.commission * total[column], rel=2e-3)


def test_pay_by_satisfaction_lies_between_nothing_and_everything():
    total = sums(market(FirmPolicy(pay=Pay(closings=0.0, satisfaction=1.0))))
    assert 0 < total.commission < BASE.economy.commission * total.revenue


def test_the_contest_pays_one_prize_a_firm_and_month():
    policy = FirmPolicy(pay=Pay(closings=0.0, contest=0.5))
    total = sums(market(policy))
    assert total.commission <= 24 * 4 * 500
    assert total.commission > 0.9 * 24 * 4 * 500


def test_bad_years_cost_the_job_only_if_dismissal_is_on():
    poor = {"economy.wage": 20_000.0, "staffing.turnover": 0.0}
    fired = run(market(changes=poor | {"staffing.dismissal": 1.0}), 1).salespeople
    assert (fired.reason == "dismissed").sum() == 20
    kept = run(market(changes=poor | {"staffing.dismissal": 0.0}), 1).salespeople
    assert (kept.reason == "").all() and len(kept) == 20


def test_a_herds_brand_survives_its_people_and_a_singletons_does_not():
    leave = {"staffing.turnover": 1.0, "staffing.dismissal": 0.0}
    herd = run(market(changes=leave), 1, orders=True)
    assert set(herd.orders.firm) == {0, 1, 2, 3}
    assert herd.orders.query("month > 12").repeat.any()
    firms = [Firms(name="all", count=5, strategies={"collaborative": 1}).model_dump()]
    alone = run(BASE.but({"firms": firms, **leave}), 1, orders=True)
    assert set(alone.orders.firm) == set(range(10))
    late = alone.orders.query("month > 12")
    assert (late.firm >= 5).all()
    assert not late[late.month == 13].repeat.any()


def test_a_successor_founds_a_firm_that_nobody_knows():
    firms = [Firms(name="all", count=3, strategies={"collaborative": 1}).model_dump()]
    state = build(BASE.but({"firms": firms}), 1)
    state.brands["firm"][4, 0], state.brands["good"][4, 0], state.brands["last"][4, 0] = 1, 9.0, 12
    state.bought_from[4, 0] = 0b111
    state.salespeople["leaving"][1] = 1
    assert find_brand(state.brands[4], state.firms, 1) == 0
    fill_posts(state, 12)
    assert find_brand(state.brands[4], state.firms, 1) == -1
    assert state.bought_from[4, 0] == 0b101
    assert state.firms["id"].tolist() == [0, 4, 2] and state.salespeople["id"].tolist() == [0, 4, 2]
    assert state.salespeople["hired"].tolist() == [0, 13, 0]


def test_those_hired_by_record_bring_the_habit_of_the_market_and_convert_by_the_year():
    changes = {"staffing.turnover": 1.0, "staffing.dismissal": 0.0}
    by_record = market(FirmPolicy(hiring="record"), changes=changes)
    last = run(by_record, 1).monthly.query("month == 13").groupby("strategy", observed=True).salespeople.sum()
    assert last["adversarial"] == 20
    converts = market(FirmPolicy(hiring="record", conversion=1.0), changes=changes | {"staffing.turnover": 0.5}).but(
        months=36
    )
    monthly = run(converts, 1).monthly
    at = {m: monthly.query(f"month == {m}").set_index("strategy").salespeople for m in (13, 25)}
    # Newcomers sell their own way for a year; after it whoever is still there has converted.
    assert 3 < at[13]["adversarial"] < 17
    people = run(converts, 1).salespeople
    stayed = people[(people.hired == 13) & people.left.isna()]
    assert (stayed.strategy == "collaborative").all() and len(stayed) > 0


def richer(name, markup):
    return Strategy(name=name, description="x", with_prospects=Conduct(markup=markup, discovery=0.0))


def test_imitation_spreads_what_pays_better():
    own = (richer("dear", 0.6), richer("cheap", -0.5))
    learn = {
        "staffing.imitation": 1.0,
        "staffing.selection": 50.0,
        "staffing.turnover": 0.0,
        "staffing.dismissal": 0.0,
        "choice.decides": False,
        "trust.memory": False,
        "economy.commission": 0.5,
    }
    spread = market(strategies={"dear": 2, "cheap": 3}, own=own, changes=learn).but(months=120)
    last = run(spread, 1).monthly.query("month == 120").groupby("strategy", observed=True).salespeople.sum()
    assert last.get("dear", 0) >= 18
    still = spread.but({"staffing.imitation": 0.0})
    last = run(still, 1).monthly.query("month == 120").groupby("strategy", observed=True).salespeople.sum()
    assert last["dear"] == 8


@pytest.mark.parametrize(
    ("learning", "changes"), [("nobody", False), ("colleagues", False), ("rivals", True), ("anyone", True)]
)
def test_whom_one_may_learn_from(learning, changes):
    # Firms of one strategy each: colleagues have nothing new to teach, rivals have.
    groups = [
        Firms(name=f"group-{s}", count=2, strategies={s: 5}, policy=FirmPolicy(learning=learning)).model_dump()
        for s in ("collaborative", "adversarial")
    ]
    scenario = BASE.but(
        {
            "firms": groups,
            "staffing.imitation": 1.0,
            "staffing.selection": 0.0,
            "staffing.turnover": 0.0,
            "staffing.dismissal": 0.0,
        }
    )
    people = run(scenario, 1).salespeople
    moved = (people.strategy.astype(str) != people.group.str.removeprefix("group-").astype(str)).any()
    assert moved == changes


def test_pay_is_compared_per_month_at_work():
    state = build(market(changes={"staffing.payback": 24}), 1)
    state.recent_pay[:] = 0
    state.recent_pay[0, :] = 700  # two full years
    state.recent_pay[1, :6] = 700  # hired half a year ago
    state.salespeople["hired"][1] = 55
    assert mean_pay(state, 60, 0) == mean_pay(state, 60, 1) == 700


def test_a_visit_on_a_contacts_word_counts_also_if_passed_on():
    scenario = market(FirmPolicy(shares_leads=True), changes={"choice.ask_around": 1.0, "choice.reach": 1})
    market_ = Market(scenario, rng=2)
    introduced = passed = 0
    for _ in range(24):
        market_.step()
        visits = market_.table("visits")
        met = visits[visits.met >= 0]
        introduced += (met.source == 1).sum()
        passed += ((met.source == 1) & (met.met != met.seller)).sum()
    assert passed > 0
    assert market_.result().monthly.introductions.sum() == introduced


def test_a_recommended_rival_is_met_also_if_honesty_earns_no_credit():
    scenario = market(strategies={"honest-broker": 5}, changes={"trust.honesty": 0.0})
    total = sums(scenario)
    assert total.referred > 0 and total.recommended > 0


def test_refunds_leave_no_loyalty():
    remorse = {"service.remorse": 1.0, "service.refund_share": 1.0}
    with_refunds = run(market(strategies={"adversarial": 5}, changes=remorse), 1, orders=True).orders
    low = with_refunds[with_refunds.delivered < 0.7 * with_refunds.amount]
    assert (low.refund > 0).mean() > 0.9
    assert low.satisfaction.max() < 0.5


def test_a_person_who_takes_up_another_strategy_is_another_agent():
    class Mine(Salesperson):
        def conduct(self, customer):
            assert self.strategy.name == "collaborative"
            return super().conduct(customer)

    changes = {
        "staffing.imitation": 1.0,
        "staffing.selection": 0.0,
        "staffing.turnover": 0.0,
        "staffing.dismissal": 0.0,
    }
    scenario = market(strategies={"collaborative": 2, "adversarial": 3}, changes=changes).but(months=30)
    agents = Market(scenario, rng=1, classes={"collaborative": Mine})
    agents.run_for(30)
    for agent in agents.salespeople:
        assert isinstance(agent, Mine) == (agent.strategy.name == "collaborative")


def test_uniform_strangers_do_not_depend_on_prospecting():
    busy = {"attention.capacity": 600, "choice.prospecting": False}
    groups = [
        Firms(name=f"{s}-group", count=10, strategies={s: 1}).model_dump() for s in ("collaborative", "order-taker")
    ]
    scenario = BASE.but({"firms": groups, "trust.memory": False, "choice.ask_around": 0.0, **busy})
    visits = run(scenario, 1).monthly.groupby("strategy", observed=True).visits.sum()
    assert visits["collaborative"] == pytest.approx(visits["order-taker"], rel=0.06)
    skewed = run(scenario.but({"choice.prospecting": True}), 1).monthly.groupby("strategy", observed=True).visits.sum()
    assert skewed["order-taker"] > 1.2 * skewed["collaborative"]


# Equals in skill find out equally much, so whoever takes over a lead is briefed and does not ask again.
EQUAL = {"attention.capacity": 1_000_000, "offer.skill_low": 0.8, "offer.skill_high": 0.8}


def test_a_lead_goes_to_the_colleague_who_seems_to_fit_best():
    agents = Market(market(FirmPolicy(shares_leads=True, shares_memory=True), changes=EQUAL), rng=4)
    leads = 0
    for _ in range(11):
        agents.step()
        people = agents.state.salespeople
        for visit in agents.state.visits[: int(agents.state.n_visits[0])]:
            if visit["lead"]:
                leads += 1
                distance = np.abs(people["position"] - visit["estimated_need"])
                distance = np.minimum(distance, 1 - distance)
                colleagues = np.flatnonzero(people["firm"] == people["firm"][visit["met"]])
                assert visit["seller"] == colleagues[distance[colleagues].argmin()]
    assert leads > 50


def test_what_one_member_knows_all_members_know_if_the_firm_shares():
    state = build(market(FirmPolicy(shares_memory=True)), 1)
    alone = build(market(FirmPolicy()), 1)
    for tables in (state, alone):
        tables.memories["seller"][9, 0], tables.memories["deals"][9, 0] = 2, 3
        tables.brands["firm"][9, 0], tables.brands["deals"][9, 0] = 0, 5
    assert [on_record(state, 9, s)[0] for s in (0, 2, 5)] == [5, 5, 0]
    assert [on_record(alone, 9, s)[0] for s in (0, 2, 5)] == [0, 3, 0]
    # If the brand is forgotten but the person is not, the person's record is the firm's.
    state.brands["firm"][9, 0] = -1
    assert [on_record(state, 9, s)[0] for s in (0, 2, 5)] == [3, 3, 0]


def test_prospecting_is_known_from_the_latest_months():
    state = build(market(changes={"choice.prospecting_rate": 0.25}), 1)
    state.salespeople["prospecting"][:], state.salespeople["attention"][:] = 1000, 200
    keep_books(state, 1, 0, 1, 0)
    assert (state.salespeople["prospecting"][:5] == 800).all()
    assert (state.salespeople["prospecting"][5:] == 1000).all()


# Whole stages and rules of the firm, on records laid out by hand.


def team(policy=None, changes=None, *, count=1):
    """Return the state of firms of five at month 0; nobody's skill differs."""
    fixed = {"offer.craft": 0.0, "offer.breadth": 0.5, "economy.wage": 1000.0, "economy.commission": 0.05}
    return build(market(policy, count=count, changes=fixed | (changes or {})), 1)


def queued(state, *visits):
    """Lay out these visits as the queue of the first firm."""
    state.visits["seller"] = state.visits["met"] = NOBODY
    for v, fields in enumerate(visits):
        state.queue[v], state.visits["customer"][v] = v, v
        for name, value in fields.items():
            state.visits[name][v] = value
    state.n_visits[0] = state.queue_last[4] = len(visits)
    return state.visits[0]


def test_a_lead_is_passed_on_only_to_a_clearly_better_colleague_with_time():
    for margin, passed, to in ((0.05, True, 2), (0.25, True, 2), (0.35, False, NOBODY)):
        state = team(FirmPolicy(shares_leads=True), {"attention.pass_margin": margin})
        state.salespeople["position"] = 0.3, 0.35, 0.45, 0.9, 0.3  # worth 0.6, 0.7, 0.9, 0.2, 0.6
        visit = queued(state, {"met": 0, "estimated_need": 0.5, "outcome": PASSED})
        assert fits_a_colleague(state, 1, visit, 0) == passed
        assert colleague_for(state, 1, visit) == to
    state = team(FirmPolicy(shares_leads=True), {"attention.pass_margin": 0.05})
    state.salespeople["position"] = 0.3, 0.35, 0.45, 0.9, 0.3
    visit = queued(state, {"met": 0, "estimated_need": 0.5, "outcome": PASSED})
    state.salespeople["attention"][2] = 0
    assert colleague_for(state, 1, visit) == 1
    state.params["pass_margin"] = 0.15  # the best has no time, and the next best is not clearly better
    assert fits_a_colleague(state, 1, visit, 0) and colleague_for(state, 1, visit) == NOBODY


@pytest.mark.parametrize(("shares", "expected"), [(True, OVERFLOW), (False, TURNED_AWAY)])
def test_who_is_turned_away_waits_for_a_colleague_if_the_firm_shares_attention(shares, expected):
    state = team(FirmPolicy(shares_attention=shares), {"attention.capacity": 10})
    visit = queued(state, {"met": 0, "seller": 0})
    line_up(state, 1)
    greet(state, 1, 0, 5, 0)
    serve(state, 1, 0, 5, 0)
    assert visit["outcome"] == expected


def test_overflow_goes_to_the_colleague_with_most_time():
    state = team(FirmPolicy(shares_attention=True), {"attention.talk": 60, "attention.ask": 0})
    visit = queued(state, {"met": 0, "outcome": OVERFLOW})
    for attention, expected in (([9000, 100, 500, 300, 500], 2), ([9000, 59, 0, 30, 59], NOBODY)):
        state.salespeople["attention"] = attention
        assert colleague_for(state, 1, visit) == expected


def test_the_team_takes_over_as_many_deals_as_it_can():
    state = team(FirmPolicy(delivery_team=0.4))
    deal = {"met": 0, "seller": 0, "outcome": SOLD}
    queued(state, deal, deal, {**deal, "outcome": SOLD - 1}, deal, deal)
    hand_over(state, 1, 0, 1, 0)
    assert state.visits["handed"][[0, 1, 3, 4]].sum() == 2 and state.visits["handed"][2] == 0


def test_books_of_a_firm_by_hand():
    pay = Pay(closings=1.0, repeat=0.5, team=0.4, lead_split=0.3)
    state = team(FirmPolicy(shares_leads=True, overhead=0.25, pay=pay))
    deal = {"outcome": WIN_WIN, "price": 10_000, "goods": 4000, "service": 100, "later_minutes": 30}
    queued(
        state,
        {**deal, "met": 0, "seller": 1, "lead": 1},
        {**deal, "met": 2, "seller": 3, "client": 1, "refund": 2000},  # an overflow shares no pay
    )
    state.salespeople["backlog"][1] = 5
    keep_books(state, 1, 0, 1, 0)
    # Of the first deal 500 are earned, of the second 750; the team's pay is 1000 x 0.4 / 5 each.
    wage, shared = 100_000, 80
    assert state.recent_pay[:5, 1].tolist() == [wage + shared + e for e in (150, 350, 0, 750, 0)]
    tally = state.tally[:5]
    assert tally["commission"].tolist() == [shared + e for e in (0, 500, 0, 750, 0)]
    assert (tally["overhead"] == 25_000).all()
    costs = wage + 25_000 + shared
    assert tally["profit"].tolist() == [e - costs for e in (0, 5400, 0, 3150, 0)]
    assert state.salespeople["backlog"][:5].tolist() == [0, 35, 0, 30, 0]


@pytest.mark.parametrize(
    ("deals", "revenue", "prizes"),
    [
        ([3, 5, 2, 0, 4], [9, 7, 1, 0, 9], [0, 50_000, 0, 0, 0]),
        ([3, 5, 5, 5, 4], [9, 7, 8, 6, 9], [0, 0, 50_000, 0, 0]),  # revenue breaks the tie
        ([5, 5, 2, 5, 5], [7, 7, 7, 7, 6], [16_666, 16_666, 0, 16_666, 0]),  # odd cents are not paid
        ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    ],
)
def test_the_contest_goes_to_most_deals_then_most_revenue_then_is_split(deals, revenue, prizes):
    state = team(FirmPolicy(pay=Pay(contest=0.5)))
    state.tally["deals"], state.tally["revenue"] = deals, revenue
    pay_contest(state, state.firms[0], state.params[0])
    assert state.tally["commission"].tolist() == state.salespeople["pay"].tolist() == prizes


def test_only_a_full_year_of_losses_costs_the_job():
    state = team(changes={"staffing.turnover": 0.0, "staffing.dismissal": 1.0})
    state.recent_profit[:, 0] = -1, 0, 1, -1, -1
    state.salespeople["hired"] = 0, 0, 0, 13, 14  # at the end of month 24: a full year, and eleven months
    part_ways(state, 24)
    assert state.salespeople["leaving"].tolist() == [2, 0, 0, 2, 0]
    state.params["dismissal"] = 0.0
    state.salespeople["leaving"] = 0
    part_ways(state, 24)
    assert not state.salespeople["leaving"].any()
    state.params["turnover"] = 1.0
    part_ways(state, 24)
    assert (state.salespeople["leaving"] == 1).all()


AMATEUR = Strategy(name="amateur", description="x", skill=0.5)


def crowd(policy, **staffing):
    """Return the state of 4000 people, half of them amateurs paid a third of what the others are paid."""
    changes = {f"staffing.{name}": value for name, value in {"imitation": 1.0, **staffing}.items()}
    mix = {"collaborative": 2000, "amateur": 2000}
    state = build(market(policy, strategies=mix, own=[AMATEUR], count=1, changes=changes), 3)
    state.recent_pay[:2000], state.recent_pay[2000:] = 300, 100
    return state, state.salespeople["strategy"].copy(), state.salespeople["skill"].copy()


def test_how_often_the_better_paid_are_copied():
    state, before, skill = crowd(FirmPolicy(), selection=1.0)
    adopted = np.empty(4000, np.int32)
    learn_from_pay(state, 24, adopted)
    # Mean pay is 200, so the gap is 1; half of those looked at sell otherwise.
    up, down = (adopted != before)[2000:].mean(), (adopted != before)[:2000].mean()
    assert up == pytest.approx(0.5 / (1 + np.exp(-1)), abs=0.04)
    assert down == pytest.approx(0.5 / (1 + np.exp(1)), abs=0.04)
    # The talent stays; what the strategy makes of it changes.
    assert (state.salespeople["strategy"] == adopted).all()
    factor = np.where(adopted == before, 1.0, np.where(adopted == before[0], 2.0, 0.5))
    assert state.salespeople["skill"] == pytest.approx(skill * factor)


def test_how_many_convert_to_the_culture_of_their_post():
    state, culture, _ = crowd(FirmPolicy(hiring="record", conversion=0.25), imitation=0.0)
    state.salespeople["strategy"] = 1 - culture
    adopted = np.empty(4000, np.int32)
    learn_from_pay(state, 24, adopted)
    assert (adopted == culture).mean() == pytest.approx(0.25, abs=0.03)


def test_newcomers_bring_the_culture_or_the_habit_of_the_market():
    for hiring, expected in (("culture", [0, 0, 0, 1, 1]), ("record", [1] * 5)):
        mix = {"collaborative": 3, "adversarial": 2}
        state = build(market(FirmPolicy(hiring=hiring), strategies=mix, count=1), 1)
        assert [newcomers_strategy(state, s) for s in range(5)] == expected


def test_models_are_colleagues_rivals_or_anyone_but_never_oneself():
    state = team(count=2)
    for learning, expected in ((1, {0, 1, 3, 4}), (2, set(range(5, 10))), (3, set(range(10)) - {2})):
        state.firms["learning"] = learning
        assert {model_for(state, month, 2) for month in range(150)} == expected
