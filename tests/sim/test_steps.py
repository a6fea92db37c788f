"""Months in weeks or days: every number by the step, every table by the month."""

from __future__ import annotations

import math
from typing import ClassVar
from unittest.mock import patch

import numpy as np
import pytest

from longgame.sim import Client, Conduct, FirmPolicy, Firms, Market, Salesperson, Scenario, Strategy, engine, run
from longgame.sim.books import Books
from longgame.sim.errors import InputError
from longgame.sim.layout import build
from longgame.sim.scenario import STEPS, by_step
from longgame.sim.scenario_files import load_scenario
from tests.sim.tables import assert_same
from tests.sim.user_files import lines_of, written

# -- one number -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "steps", "expected"),
    [
        ("months", 24, 4, 96),
        ("burn_in", 12, 20, 240),
        ("economy.capital", 1.5, 4, 6.0),
        ("economy.vacancy", 3, 4, 12),
        ("staffing.payback", 12, 20, 240),
        ("staffing.hurdle", 0.5, 4, 2.0),
        ("customers.rate", 0.2, 4, 0.05),
        ("attention.capacity", 4_807, 4, 1_201),
        ("economy.wage", 1_000.0, 20, 50.0),
        ("customers.churn", 0.19, 2, 0.1),
        ("customers.arrival", 1.0, 20, 1.0),
        ("prosperity.reversion", 0.0, 20, 0.0),
        ("choice.prospecting_rate", 0.75, 2, 0.5),
        ("customers.patience", 0.0625, 4, 0.5),
        ("customers.drift", 0.06, 4, 0.03),
        ("trust.prior", 0.4, 20, 0.4),
        ("attention.talk", 60, 4, 60),
        ("staffing.turnover", 0.1, 4, 0.1),
    ],
)
def test_a_number_by_the_step(path, value, steps, expected):
    found = by_step(path, value, steps)
    assert found == pytest.approx(expected) and type(found) is type(expected)


def test_every_number_of_time_is_taken_by_the_step():
    for path, info, value in Scenario().numbers():
        unit = (info.json_schema_extra or {})["unit"]  # type: ignore[index, call-overload]
        if "month" in str(unit) and value not in (0.0, 1.0, "month"):
            assert by_step(path, value, 4) != value, path


def test_with_one_step_a_month_nothing_changes():
    assert all(by_step(path, value, STEPS["month"]) is value for path, _, value in Scenario().numbers())
    assert Scenario().but(step="month") == Scenario() and Scenario().record()["year"] == 12


def test_what_a_firm_and_a_strategy_give_by_the_month_is_by_the_step_too():
    mine = Strategy(
        name="mine", description="x", with_prospects=Conduct(), endgame=Conduct(markup=1.0), endgame_months=3
    )
    group = Firms(name="a", strategies={"mine": 2}, policy=FirmPolicy(delivery_team=1.0))
    changes = {"firms": [group.model_dump()], "strategies": [mine.model_dump()], "staffing.payback": 6}
    for step, steps in STEPS.items():
        state = build(Scenario().but({**changes, "attention.capacity": 20_000}, step=step), 1)
        assert state.firms["delivery_team"][0] == pytest.approx(1 / steps)
        assert state.strategies["endgame_months"][0] == 3 * steps
        assert (state.recent_pay.shape[1], state.recent_deals.shape[1]) == (6 * steps, 12 * steps)
        assert state.params[0]["year"] == 12 * steps


# -- months of the tables -----------------------------------------------------------------------------------------


def test_the_month_of_a_step():
    books = Books(Scenario().but({"attention.capacity": 4 * 780}, step="week", months=24, burn_in=12), 1)
    assert (books.burn_in, books.last) == (48, 144)
    assert [books._month(step) for step in (48, 49, 52, 53, 144)] == [0, 1, 1, 2, 24]


def test_what_happened_in_the_steps_of_a_month_adds_up():
    books = Books(Scenario().but({"attention.capacity": 4 * 780}, step="week", months=2), 1)
    books.monthly[:, 0, 0] = 1, 2, 3, 4, 10, 20, 30, 40
    books.monthly[:, 0, -1] = 5, 5, 4, 3, 3, 3, 3, 2
    books.sums[:, 0] = 1
    books.months = 7  # the second month is not over
    assert books._of_months(books.monthly)[:, 0, [0, -1]].tolist() == [[10, 3]]
    books.months = 8
    assert books._of_months(books.monthly)[:, 0, [0, -1]].tolist() == [[10, 3], [100, 2]]
    k = books.market.dtype.names.index("customers")
    books.sums[:, k] = range(8)
    assert books._of_months(books.sums)[:, k].tolist() == [3, 7]


def small(step="week", months=36, **changes):
    """Return a small market with room for the longest talk in a day."""
    groups = [
        Firms(name="alone", count=3, strategies={"collaborative": 1}),
        Firms(name="herd", count=2, strategies={"adversarial": 1, "collaborative": 2}, policy="herd"),
    ]
    fixed = {"customers.count": 300, "attention.capacity": 20_000, "firms": [group.model_dump() for group in groups]}
    return Scenario().but({**fixed, **{k.replace("__", "."): v for k, v in changes.items()}}, months=months, step=step)


@pytest.mark.parametrize("step", STEPS)
def test_wages_are_paid_by_the_month(step):
    result = run(small(step, months=13), 1)
    monthly = result.monthly
    assert sorted(set(monthly.month)) == list(range(1, 14)) == result.market.month.tolist()
    assert (monthly.wages == 1000.0 * monthly.salespeople).all()


@pytest.mark.parametrize("step", STEPS)
def test_people_come_and_go_at_the_end_of_years(step):
    result = run(small(step, staffing__turnover=1.0, staffing__dismissal=0.0), 1)
    people, firms = result.salespeople, result.firms
    assert sorted(set(people.hired)) == [1, 13, 25] and sorted(set(people.left.dropna())) == [12, 24]
    alone = firms[firms.group == "alone"]
    assert sorted(set(alone.founded)) == [1, 13, 25] and sorted(set(alone.closed.dropna())) == [12, 24]
    assert (alone.reason.dropna()[alone.closed.notna()] == "owner left").all()
    assert (firms.years[firms.group == "herd"] == 3).all()


@pytest.mark.parametrize("step", STEPS)
def test_firms_close_within_the_months_and_others_follow_after_the_vacancy(step):
    scenario = small(step, economy__capital=4.0, economy__vacancy=2, economy__wage=8_000.0, staffing__turnover=0.0)
    result = run(scenario.but({"staffing.dismissal": 0.0}), 1)
    firms = result.firms
    failed = firms[firms.reason == "failed"]
    assert len(failed) > 5 and failed.closed.between(1, 36).all() and (failed.closed >= failed.founded).all()
    gaps = {
        int(later - earlier)
        for _, post in firms.groupby("post")
        for earlier, later in zip(post.closed[:-1], post.founded[1:], strict=True)
    }
    # In months: two empty ones and then the first of the new firm. In shorter steps a firm may open within a month.
    assert gaps <= ({3} if step == "month" else {2, 3}) and gaps
    # What a firm lost when it closed is its capital, and at most the costs of a step more.
    lost = -failed.profit / (8_000.0 * failed.members)
    assert (lost > 4.0).all()
    if step == "day":
        assert lost[failed.group == "alone"].max() < 4.0 + 1.5 / STEPS[step]


@pytest.mark.parametrize("step", STEPS)
def test_orders_are_of_the_month_of_their_revenue(step):
    result = run(small(step, months=14).but({"burn_in": 12}), 1, orders=True)
    by_month = result.orders.groupby("month").amount.sum()
    assert by_month.to_dict() == pytest.approx(result.monthly.groupby("month").revenue.sum().to_dict())
    assert set(by_month.index) == set(range(1, 15))


@pytest.mark.parametrize("step", STEPS)
def test_customers_are_those_of_months(step):
    table = run(small(step, months=24, customers__churn=0.05, customers__rate=0.2), 1).customers
    assert table.arrived.between(0, 24).all() and (table.arrived == 24).any() and (table.arrived == 0).any()
    assert table.rate.mean() == pytest.approx(0.2, abs=4 * 0.2 * 0.8 / math.sqrt(300))


# -- how many needs ---------------------------------------------------------------------------------------------

EVEN = {"customers__rate_spread": 0.0, "customers__count": 2000, "customers__churn": 0.0, "choice__reach": 0}


def needs(step, rate, months=12, **changes):
    return run(small(step, months, **{**EVEN, "customers__rate": rate, **changes}), 1).market.needs.sum()


@pytest.mark.parametrize(("step", "rate"), [(step, rate) for step in STEPS for rate in (0.02, 3.0)])
def test_the_number_of_needs(step, rate):
    steps = STEPS[step]
    chance = -math.expm1(-rate / steps)
    n = 2000 * 12 * steps
    assert needs(step, rate) == pytest.approx(n * chance, abs=4 * math.sqrt(n * chance * (1 - chance)))


def test_rare_needs_are_as_many_in_weeks_and_frequent_ones_up_to_four_times():
    assert needs("week", 0.02) / needs("month", 0.02) == pytest.approx(1, abs=0.15)
    assert needs("week", 30.0) == pytest.approx(4 * needs("month", 30.0), rel=0.01)


@pytest.mark.parametrize("step", STEPS)
def test_customers_leave_as_often_and_needs_stay_as_long(step):
    steps = STEPS[step]
    market = run(small(step, 12, **{**EVEN, "customers__churn": 0.05, "customers__rate": 0.01}), 1).market
    leaving = 2000 * 12 * steps * (1 - 0.95 ** (1 / steps))
    assert market.departures.sum() == pytest.approx(leaving, abs=4 * math.sqrt(leaving))
    patient = {**EVEN, "customers__patience": 0.4, "customers__rate": 0.01, "network__contacts": 0}
    market = run(small(step, 24, **patient), 1).market
    again = 0.4 ** (1 / steps)
    assert market.renewed.sum() / market.needs.sum() == pytest.approx(again, abs=0.08)


# -- two faces, threads, code of one's own ------------------------------------------------------------------------

LIVELY = {
    "economy__capital": 4.0,
    "economy__wage": 6_000.0,
    "economy__vacancy": 1,
    "customers__patience": 0.5,
    "staffing__turnover": 0.3,
    "staffing__succession": 0.5,
    "staffing__expansion": 0.5,
    "staffing__imitation": 0.3,
    "trust__record": 1.0,
}


class Watchful(Salesperson):
    """Sells by the strategy's conduct, and notes of whom it is the agent."""

    heard: ClassVar[list[tuple[int, int]]] = []

    def __init__(self, model, row):
        super().__init__(model, row)
        self.of = int(model.state.salespeople["id"][row])
        self.place = row

    def conduct(self, customer: Client) -> Conduct:
        self.heard.append((self.of, int(self.model.state.salespeople["id"][self.place])))
        return super().conduct(customer)


@pytest.mark.parametrize("step", ["week", "day"])
def test_faces_and_threads_agree(step):
    scenario = small(step, 14, **LIVELY).but({"burn_in": 12})
    alone = run(scenario, 2, orders=True)
    assert (alone.firms.reason == "failed").any() and alone.salespeople.left.notna().any()
    market = Market(scenario, rng=2)
    market.run_for(14)
    assert_same(alone, market.result())
    with patch.object(engine, "WORTH", 1):
        assert_same(alone, run(scenario, 2, orders=True, threads=3))


def test_newcomers_within_a_month_have_agents_of_their_own():
    scenario = small("week", 18, **LIVELY)
    Watchful.heard.clear()
    classes = {group.name: Watchful for group in scenario.firms}
    market = Market(scenario, rng=2, classes=classes)
    market.run_for(18)
    result = market.result()
    assert_same(run(scenario, 2, orders=True), result)
    assert all(one == other for one, other in Watchful.heard)
    # Everybody who sold was asked, from the first day on.
    asked = {one for one, _ in Watchful.heard}
    assert set(result.salespeople.salesperson[result.salespeople.visits > 0]) <= asked
    assert (result.firms.founded % 12 != 1).any()


def test_an_endgame_lasts_as_many_months():
    last = Conduct(markup=3.0)
    mine = Strategy(name="mine", description="x", with_prospects=Conduct(), endgame=last, endgame_months=3)
    group = Firms(name="a", count=4, strategies={"mine": 1})
    free = {"choice__decides": False, "choice__nobody": False, "customers__stake_spread": 0.0}
    own = {"strategies": [mine.model_dump()], "firms": [group.model_dump()]}
    scenario = small("week", 8, **free).but(own)
    orders = run(scenario, 1, orders=True).orders
    price = orders.groupby("month").amount.median()
    assert price[6:].min() > 1.5 * price[:5].max() and np.isfinite(price).all()


# -- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('step = "hour"', ["step is", '"hour"', "month", "week", "day"]),
        ('step = "day"\nmonths = 2000\n[attention]\ncapacity = 20000', ["`months` and `burn_in` are 2000", "1600"]),
        ('step = "week"\n[attention]\ncapacity = 3119', ["leaves 779 minutes a week", "takes 780"]),
        ('step = "week"\nburn_in = 6\n[attention]\ncapacity = 9600', ["`burn_in` is 6", "whole years"]),
    ],
)
def test_a_bad_step_is_refused_in_one_line(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        load_scenario(written(tmp_path, text))
    (line,) = lines_of(error)
    for word in words:
        assert word in line, line


def test_what_just_fits_is_permitted():
    Scenario().but({"attention.capacity": 3120}, step="week")
    Scenario().but({"attention.capacity": 20_000}, step="day", months=1540, burn_in=60)
