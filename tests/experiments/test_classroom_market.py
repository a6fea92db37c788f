"""The market of a class: choices become people, firms and conduct, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.lesson.classroom import market
from longgame.experiments.lesson.classroom.market import ALONE, HERD_OF, TOGETHER, WAYS, Choice, ClassMarket
from longgame.sim import Scenario
from longgame.sim.configurations import CONFIGURATIONS, needs_per_seller
from longgame.sim.errors import InputError
from longgame.sim.state import CENTS, NEVER, conduct_row
from longgame.sim.trust import NOBODY
from tests.class_server import TOWN

SEATS = 7
BASE = TOWN.but(months=36)
MIXED = [
    [Choice(WAYS[i % 5], None if i < 3 else 0) for i in range(SEATS)],
    [Choice(WAYS[(i + 1) % 5], 0 if i % 2 else 1) for i in range(SEATS)],
    [Choice(WAYS[0], None if i % 2 else 1) for i in range(SEATS)],
]


def played(base=BASE, seed=3, choices=MIXED, seats=SEATS):
    made = ClassMarket(base, seats, seed)
    return made, [made.play_year(year) for year in choices]


def test_same_seed_and_choices_give_the_same_bits():
    (one, brought), (other, again) = played(), played()
    assert one.money.tobytes() == other.money.tobytes() and one.lines == other.lines and brought == again
    assert one.by_way() == other.by_way() and one.by_kind() == other.by_kind()
    assert played(seed=4)[0].money.tobytes() != one.money.tobytes()
    changed = [MIXED[0], MIXED[1], [Choice("adversarial", c.herd) for c in MIXED[2]]]
    different, _ = played(choices=changed)
    assert (different.money[:24] == one.money[:24]).all() and (different.money[24:] != one.money[24:]).any()


def test_nothing_but_the_class_is_new_in_the_town():
    town = market.market_of(TOWN, 60)
    assert town.firms[:-2] == TOWN.firms
    assert [(g.name, g.count, g.members) for g in town.firms[-2:]] == [(ALONE, 60, 1), (TOGETHER, 12, HERD_OF)]
    at_work = town.but(firms=[g.model_dump() for g in town.firms[:-1]])
    assert needs_per_seller(at_work) == pytest.approx(needs_per_seller(TOWN), rel=0.01)
    differ = {path for (path, _, a), (_, _, b) in zip(TOWN.numbers(), town.numbers(), strict=True) if a != b}
    assert differ == {"burn_in", "customers.count", "staffing.turnover", "staffing.dismissal"}


def test_the_money_is_that_of_the_books():
    made, years = played()
    months = made._books.result(made._state).months
    own = [months.groups.index(name) * len(months.strategies) + k for name in (ALONE, TOGETHER) for k in range(5)]
    profit = months.numbers[:, own, months.columns.index("profit")].sum() / CENTS
    deals = months.numbers[:, own, months.columns.index("deals")].sum()
    assert made.money[-1].sum() == pytest.approx(profit, abs=0.01)
    assert sum(seat.deals for year in years for seat in year) == deals > 0
    assert sum(seat.money for year in years for seat in year) == pytest.approx(made.money[-1].sum(), abs=0.01)


def test_a_herd_shares_its_profit_and_somebody_alone_does_not():
    made, (first, second, third) = played()
    assert len({seat.money for seat in first[3:]}) == 1 and len({seat.money for seat in first[:3]}) == 3
    assert len({second[i].money for i in range(SEATS) if i % 2}) == 1
    assert len({third[i].money for i in range(SEATS) if i % 2}) == 3
    people = dict(zip(made._groups, made._books.latest("salespeople"), strict=True))
    assert (people[ALONE], people[TOGETHER]) == (3, 4)


def test_who_changes_firms_is_remembered():
    made = ClassMarket(BASE, SEATS, 3)
    made.play_year([Choice("collaborative")] * SEATS)
    state = made._state

    def known(row):
        slots = state.memories[state.memories["seller"] == row]
        return len(slots), float(slots["good"].sum()), int(slots["deals"].sum())

    before = [known(row) for row in made._rows.tolist()]
    people = state.salespeople[["id", "skill", "position", "hired"]][made._rows].copy()
    assert sum(count for count, *_ in before) > 0
    made._arrange([Choice("collaborative", 0 if i < 5 else None) for i in range(SEATS)])
    assert [known(row) for row in made._rows.tolist()] == before
    assert (state.salespeople[["id", "skill", "position", "hired"]][made._rows] == people).all()
    left = made._firm + np.arange(5)
    assert (state.firms["closed"][left] == NEVER).all() and (state.firms["staff"][left] == 0).all()
    herd = state.firms[made._firm + SEATS]
    assert (herd["staff"], herd["closed"], herd["founded"]) == (5, 0, 13)


def test_each_sells_as_it_chose():
    made = ClassMarket(BASE, SEATS, 3)
    chosen = [Choice(WAYS[i % 5], 0 if i < 4 else None) for i in range(SEATS)]
    made._arrange(chosen)
    for row, choice in zip(made._rows, chosen, strict=True):
        cell = int(made._state.salespeople["cell"][row])
        wanted = conduct_row(made.scenario.strategy(choice.way).conducts()[0])
        assert tuple(made._state.conducts[3 * cell]) == pytest.approx(wanted)


def consistent(made, choices):
    """Check the tables that say who works where."""
    state, people = made._state, made._state.salespeople
    assert sorted(state.roster) == list(range(len(people))) and (state.roster == state.by_post).all()
    assert (people["post"][state.roster] == np.arange(len(people))).all()
    for f, firm in enumerate(state.firms):
        rows = state.roster[firm["first"] : firm["first"] + firm["members"]]
        assert (people["firm"][rows] == f).all()
        if f >= made._firm:
            here = [row for row in rows.tolist() if row in made._rows]
            assert here == rows[: len(here)].tolist()  # those who found a firm anew are its first
            assert firm["closed"] != 0 or firm["staff"] == firm["founders"] == len(here) > 0
            assert firm["closed"] == 0 or (people["hired"][rows] == NEVER).all()
    for seat, choice in enumerate(choices):
        firm = made._firm + (seat if choice.herd is None else made.seats + choice.herd)
        assert people["firm"][made._rows[seat]] == firm


def a_year(seats):
    return st.lists(
        st.builds(Choice, st.sampled_from(WAYS), st.sampled_from([None, 0, 1])), min_size=seats, max_size=seats
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(a_year(5), min_size=3, max_size=3), st.sampled_from([0.0, 0.5, 24.0]), st.integers(0, 3))
def test_whatever_a_class_does_the_tables_agree(choices, capital, vacancy):
    base = BASE.but({"economy.capital": capital, "economy.vacancy": vacancy, "customers.count": 60})
    made = ClassMarket(base, 5, 1)
    for year in choices:
        made.play_year(year)
        consistent(made, year)
    assert np.isfinite(made.money).all() and made.money.shape == (36, 5)


def test_a_firm_that_runs_out_of_money_begins_anew_and_unknown():
    poor = BASE.but({"economy.capital": 0.5, "economy.vacancy": 3})
    made = ClassMarket(poor, SEATS, 3)
    years = [made.play_year([Choice("discounter", 0 if i < 3 else None) for i in range(SEATS)]) for _ in range(3)]
    failed = {i for year in years for i in range(SEATS) if year[i].failed}
    assert {0, 1, 2} <= failed and failed & {3, 4, 5, 6}
    people = made._state.salespeople[made._rows]
    assert (people["generation"][list(failed)] > 0).all()
    at_work = people["hired"] <= 36
    assert (made._state.salespeople["strategy"][made._rows] == made._strategies["discounter"])[at_work].all()
    for row, hired in zip(made._rows.tolist(), people["hired"].tolist(), strict=True):
        current = (made._state.memories["seller"] == row) & (made._state.memories["last"] >= hired)
        assert hired <= 36 or not current.any()


def test_a_herd_has_five_places_and_a_game_its_years():
    made = ClassMarket(BASE.but(months=12), 6, 0)
    with pytest.raises(ValueError, match="more than 5 members"):
        made.play_year([Choice(herd=0)] * 6)
    with pytest.raises(ValueError, match="5 choices for 6 seats"):
        made.play_year([Choice()] * 5)
    made.play_year([Choice()] * 6)
    with pytest.raises(ValueError, match="year 2 of 1"):
        made.play_year([Choice()] * 6)


def test_lines_pause_where_a_group_has_nobody():
    made, _ = played(choices=[[Choice()] * SEATS, [Choice(herd=0 if i < 4 else 1) for i in range(SEATS)]])
    assert made.lines[TOGETHER][:12] == [None] * 12 and made.lines[ALONE][12:] == [None] * 12
    assert None not in [*made.lines[ALONE][:12], *made.lines[TOGETHER][12:]]
    assert made.lines[ALONE][11] == pytest.approx(made.money[11].mean(), abs=0.01)
    assert made.lines[TOGETHER][-1] == pytest.approx((made.money[-1] - made.money[11]).mean(), abs=0.01)


def test_averages_are_those_of_the_monthly_table():
    made, _ = played()
    table = made._books.result(made._state).monthly
    rows = table[(table["strategy"] == "adversarial") & (table["organisation"] == "herd")]
    average = made.by_kind()["adversarial-herd"]
    assert average is not None
    assert average.years == rows["salespeople"].sum() / 12
    assert average.profit == pytest.approx(12 * rows["profit"].sum() / rows["salespeople"].sum())
    best = {name: one.profit for name, one in made.by_kind().items() if one}
    assert made.winner() == max(best, key=best.get)
    assert made.by_way()["bait-and-switch"][ALONE] is not None


def test_nobody_trusts_a_class_at_first():
    made = ClassMarket(BASE, SEATS, 0)
    assert (made._state.memories["seller"] == NOBODY).all()


@pytest.mark.parametrize("name", ["anonymous", "main-street", "consumer-services"])
def test_other_towns_can_be_played(name):
    base = CONFIGURATIONS[name].but({"customers.count": 300}, months=12)
    made, (year,) = played(base, choices=[MIXED[0]])
    assert np.isfinite(made.money).all() and len(year) == SEATS


def test_steps_of_a_week():
    base = BASE.but({"step": "week"}, months=12)
    made, _ = played(base, choices=[MIXED[0]])
    assert made.money.shape == (12, SEATS) and len(made.lines[ALONE]) == 12


def test_what_no_class_can_play():
    with pytest.raises(InputError, match="months: is 30; a class plays whole years"):
        market.market_of(TOWN.but(months=30), 5)
    with pytest.raises(InputError, match="240 months at most"):
        market.market_of(Scenario(months=252), 5)
