"""Each rule against the equation it stands for, with numbers worked out by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincinv

from longgame.sim import Scenario, layout, run
from longgame.sim.chance import Purpose, unit, words
from longgame.sim.layout import build, rate_quantiles
from longgame.sim.refusals import meaning_of
from longgame.sim.stages.approach import choose
from longgame.sim.stages.candidates import draw_up_guide, expected_surplus, stranger
from longgame.sim.stages.conversation import discovery_effort, fit, known, minutes_needed, workmanship
from longgame.sim.stages.decision import believed_value, claim, logistic, offer_value
from longgame.sim.stages.delivery import exchange, mend, refund, share
from longgame.sim.stages.memory import judge, running_mean, satisfaction
from longgame.sim.stages.need import bounds_of_chance, chance_of_need, expected_needs, need
from longgame.sim.stages.queueing import sort_keys
from longgame.sim.stages.word_of_mouth import tells
from longgame.sim.state import (
    CROWD,
    CROWD_SIZE,
    DECLINED,
    FIRM,
    LOSE_LOSE,
    LOSE_WIN,
    REFERRED,
    SALESPERSON,
    SOLD,
    TURNED_AWAY,
    VISIT,
    WALKED_AWAY,
    WIN_LOSE,
    WIN_WIN,
    WIN_WIN_WIN,
)
from tests.sim.records import P, conduct, one


@pytest.mark.parametrize(
    ("need", "position", "breadth", "expected"),
    [(0.2, 0.2, 0.5, 1.0), (0.95, 0.05, 0.5, 0.8), (0.0, 0.5, 0.5, 0.0), (0.3, 0.4, 0.2, 0.5), (0.3, 0.6, 0.2, 0.0)],
)
def test_fit_is_distance_along_the_circle(need, position, breadth, expected):
    assert fit(need, position, breadth) == pytest.approx(expected)


def test_skill_limits_what_is_delivered():
    assert workmanship(one(SALESPERSON, skill=0.5), P) == pytest.approx(1 - 0.2 * 0.5)


def test_expected_surplus_is_the_leap_of_faith():
    # T g + (1-T) l - price + eta h with l = 0.2, eta = 0.1
    assert expected_surplus(0.6, 0.9, 0.5, 0.4, P) == pytest.approx(0.6 * 0.9 + 0.4 * 0.2 - 0.5 + 0.1 * 0.4)


def test_effort_and_minutes_need_less_for_a_remembered_client():
    sells = conduct(discovery=0.8, remember=0.5, advice=0.25)
    knowledge = known(2, 12, P)
    assert knowledge == pytest.approx(1 - 0.6**2)
    assert discovery_effort(sells, 0.75, knowledge) == pytest.approx(1 - (1 - 0.6) * (1 - knowledge * 0.5))
    assert minutes_needed(sells, 0, 0.0, False, P) == 60 + 384
    assert minutes_needed(sells, 2, knowledge, False, P) == 60 + round(480 * 0.8 * (1 - 0.5 * knowledge) + 240 * 0.25)


def test_claim_goes_from_the_truth_to_perfection():
    assert claim(0.4, 0.0) == 0.4
    assert claim(0.4, 0.5) == pytest.approx(0.7)
    assert claim(0.4, 1.0) == 1.0


def test_offer_value_by_hand():
    expected = 0.7 * 0.9 + 0.3 * 0.2 - 0.56 + 0.3 * (0.6 - 0.56) + 0.15 * 0.5
    assert offer_value(believed_value(0.7, 0.9, 0.2, P), 0.56, 0.6, 0.5, 0.0, P) == pytest.approx(expected)


def test_satisfaction_by_hand():
    visit = one(VISIT, price=60, refund=10, stake=100, delivered=0.7, claim=0.9)
    expected = (1.0 * (0.7 - 0.6) + 0.5 * (0.7 - 0.9) - 0.2 * 0.8) / 0.15
    assert satisfaction(visit, 0.7, 0.8, 0.0, P) == pytest.approx(1 / (1 + math.exp(-expected)))


@pytest.mark.parametrize(
    ("outcome", "x", "weight"),
    [(TURNED_AWAY, 0, 0.3), (WALKED_AWAY, 1, 0.5), (REFERRED, 1, 0.5), (DECLINED, 0, 0.3 * 0.5)],
)
def test_an_ending_without_a_deal_leaves_its_mark(outcome, x, weight):
    visit = one(VISIT, outcome=outcome)
    judge(visit, conduct(pressure=0.5), 0.0, P)
    assert (visit["x"], visit["weight"]) == (x, pytest.approx(weight))


def test_a_declined_pitch_without_pressure_leaves_none():
    visit = one(VISIT, outcome=DECLINED)
    judge(visit, conduct(pressure=0.0), 0.0, P)
    assert visit["weight"] == 0


def test_a_deal_counts_fully():
    visit = one(VISIT, outcome=SOLD, price=50, stake=100, delivered=0.9, claim=0.9)
    judge(visit, conduct(), 0.0, P)
    assert visit["weight"] == 1.0 and visit["x"] > 0.9


@pytest.mark.parametrize(
    ("margin", "surplus", "third", "expected"),
    [
        (10, 10, False, WIN_WIN),
        (0, 0, False, WIN_WIN),
        (10, -1, False, WIN_LOSE),
        (-1, 10, False, LOSE_WIN),
        (-1, -1, False, LOSE_LOSE),
        (10, 10, True, WIN_WIN_WIN),
        (10, -1, True, WIN_LOSE),
        (-1, 5, True, LOSE_WIN),
    ],
)
def test_every_deal_is_of_one_kind(margin, surplus, third, expected):
    visit = one(VISIT, price=100, goods=70, service=20 - margin, refund=10, surplus=surplus)
    assert exchange(visit, third) == expected


def test_remorse_asks_for_a_refund_more_often_under_pressure():
    visit = one(VISIT, price=1001)
    gentle, pushy = conduct(pressure=0.0), conduct(pressure=1.0)
    assert refund(visit, gentle, 0.1, 0.0, P) == 0  # within tolerance
    assert refund(visit, gentle, 0.11, 0.29, P) == 501  # half the price, rounded to a cent
    assert refund(visit, gentle, 0.11, 0.31, P) == 0
    assert refund(visit, pushy, 0.11, 0.59, P) == 501
    assert refund(visit, pushy, 0.11, 0.61, P) == 0


def test_who_mends_an_issue():
    firm, care = one(FIRM, team_quality=0.7), conduct(aftercare=0.5)
    handed = one(VISIT, handed=1, stake=1000)
    assert mend(handed, firm, care, 0.8, True, 0.69, P) == pytest.approx(0.8 * 0.9)
    assert (handed["solved"], handed["voiced"], handed["later_minutes"], handed["service"]) == (1, 0, 0, 50)
    alone = one(VISIT, stake=1000)
    assert mend(alone, firm, care, 0.8, True, 0.44, P) == pytest.approx(0.8 * 0.9)
    assert (alone["solved"], alone["voiced"], alone["later_minutes"], alone["service"]) == (1, 1, 60 + 240, 50)
    failed = one(VISIT, stake=1000)
    assert mend(failed, firm, care, 0.8, True, 0.46, P) == pytest.approx(0.8 * 0.4)
    assert (failed["solved"], failed["voiced"], failed["later_minutes"], failed["service"]) == (0, 1, 300, 0)
    silent = one(VISIT, stake=1000)
    assert mend(silent, firm, care, 0.8, False, 0.0, P) == pytest.approx(0.8 * 0.4)
    assert (silent["issue"], silent["solved"], silent["later_minutes"]) == (1, 0, 0)


def test_a_recovered_failure_never_satisfies_more_than_no_failure():
    firm, care = one(FIRM, team_quality=1.0), conduct(aftercare=1.0)
    for value in np.linspace(0, 1.2, 13):
        assert mend(one(VISIT, handed=1, stake=100), firm, care, value, True, 0.0, P) <= value


def test_bad_news_is_told_more_often():
    assert tells(0.8, 1.0, 0.29, P) and not tells(0.8, 1.0, 0.31, P)
    assert tells(0.2, 1.0, 0.44, P) and not tells(0.2, 1.0, 0.46, P)


def test_a_chance_of_telling_above_one_is_certainty_and_declared_so():
    p = Scenario().but({"word_of_mouth.gossip": 0.5, "word_of_mouth.bad_ratio": 3.0}).record()
    assert tells(0.2, 1.0, 1.0 - 1e-9, p) and not tells(0.8, 1.0, 0.51, p)
    assert "a product above 1 counts as 1" in meaning_of("word_of_mouth.bad_ratio")[0]


def test_running_mean_starts_with_the_first_value():
    assert running_mean(-1.0, 0.7, 0.3) == 0.7
    assert running_mean(0.7, 1.0, 0.3) == pytest.approx(0.79)


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_shares_are_rounded_to_a_cent(amount, part):
    assert abs(share(amount, part) - amount * part) <= 0.5 + 1e-6


@given(st.lists(st.integers(0, 2**63), max_size=80), st.integers(0, 5))
def test_keys_are_sorted_in_their_part_only(keys, margin):
    table = np.array([99] * margin + keys + [1] * margin, np.uint64)
    sort_keys(table, margin, margin + len(keys))
    assert table.tolist() == [99] * margin + sorted(keys) + [1] * margin


def choices(surpluses, lucks, **dials):
    """Return whom a crowd chooses that has these candidates, each customer with luck of their own."""
    p = Scenario().but({f"choice.{name}": value for name, value in dials.items()}).record()
    crowd = one(CROWD)
    chosen = []
    for begin in range(0, len(lucks), CROWD_SIZE):
        luck = lucks[begin : begin + CROWD_SIZE]
        n = len(luck) * len(surpluses)
        crowd["luck"][: len(luck)] = luck
        # Nobody's candidates need stand together.
        crowd["customer"][:n] = np.tile(np.arange(len(luck)), len(surpluses))
        crowd["surplus"][:n] = np.repeat(surpluses, len(luck))
        choose(crowd, len(luck), n, p)
        chosen += [k // len(luck) for k in crowd["choice"][: len(luck)].tolist()]
    return np.array(chosen)


@pytest.mark.parametrize("nobody", [True, False])
def test_choice_follows_the_logit(nobody):
    surpluses, temperature = np.array([0.05, -0.1, 0.2]), 0.1
    u = (np.arange(20_000) + 0.5) / 20_000
    picks = choices(surpluses, u, nobody=nobody, temperature=temperature)
    weights = np.exp(surpluses / temperature)
    total = weights.sum() + (1.0 if nobody else 0.0)
    for k in range(3):
        assert (picks == k).mean() == pytest.approx(weights[k] / total, abs=2e-4)
    assert (picks == -1).mean() == pytest.approx(1 / total if nobody else 0.0, abs=2e-4)


def test_choice_survives_extreme_temperatures():
    cold = {"temperature": 1e-3}
    assert choices([5.0, -5.0], [0.5], **cold) == [0]
    assert choices([-5.0, -6.0], [0.5], **cold) == [-1]
    assert choices([-5.0, -6.0], [0.5], nobody=False, **cold) == [0]
    assert choices([], [0.5], nobody=False) == [-1]


def test_strangers_are_met_in_proportion_to_prospecting():
    reachable = np.cumsum([0, 3, 0, 1, 6])
    by_post = np.array([4, 3, 2, 1, 0], np.int32)
    guide = np.zeros(5, np.int32)
    draw_up_guide(reachable, guide)
    assert guide.tolist() == [1, 1, 4, 4, 4]
    u = (np.arange(1000) + 0.5) / 1000
    met = np.bincount([stranger(reachable, guide, by_post, v) for v in u], minlength=5)
    assert met.tolist() == [600, 100, 0, 300, 0]


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=40).filter(any), st.floats(0, 1, exclude_max=True))
def test_the_guide_only_saves_time(minutes, u):
    reachable, by_post = np.cumsum(minutes), np.arange(len(minutes), dtype=np.int32)
    expected = np.searchsorted(reachable, u * reachable[-1], side="right")
    for first in (0, len(minutes) - 1):
        assert stranger(reachable, np.full(len(minutes), first, np.int32), by_post, u) == expected
    guide = np.zeros(len(minutes), np.int32)
    draw_up_guide(reachable, guide)
    assert stranger(reachable, guide, by_post, u) == expected


def test_needs_arise_with_the_probability_they_should():
    assert chance_of_need(expected_needs(0.4, 1.44)) == pytest.approx(1 - math.exp(-0.4 * 1.2), rel=1e-6)


@given(st.floats(0, 60, width=32))
def test_the_bounds_of_the_chance_of_a_need_hold(expected):
    for x in (expected, np.float32(expected)):
        least, most = bounds_of_chance(x)
        assert least <= chance_of_need(x) <= most


def test_needs_are_those_of_each_customers_own_luck():
    state = build(Scenario().but({"customers.rate": 0.6, "customers.count": 3000, "customers.churn": 0.0}), 5)
    state.prosperity[:] = np.linspace(0.5, 2.0, 3000)
    need(state, 1, 0, 3000, 0)
    x = state.rate.astype(float) * np.sqrt(state.prosperity.astype(float))
    u = np.array([unit(words(np.uint64(5), 1, i, Purpose.EVERY_MONTH)[1]) for i in range(3000)])
    chance = 1 - np.exp(-x)
    clear = np.abs(u - chance) > 1e-6  # the engine's numbers have 24 bits
    assert clear.mean() > 0.99
    assert (state.has_need[clear] == (u < chance)[clear]).all()


def test_rates_have_the_mean_and_spread_asked_for():
    rates = rate_quantiles(0.25, 0.8)
    assert rates.mean() == pytest.approx(0.25)
    assert rates.std() / rates.mean() == pytest.approx(0.8, rel=0.02)
    assert rate_quantiles(0.25, 0.0).tolist() == [0.25]


@pytest.mark.parametrize("kept", [None, b"", b"no numbers", b"\x93NUMPY"])
def test_rates_that_are_kept_on_disk_are_those_of_scipy(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(layout, "sys", SimpleNamespace(modules={}))  # as if SciPy were not loaded
    monkeypatch.setattr("longgame.sim.files.WRITTEN", written := [])
    first = layout.gamma_quantiles(0.7, 64)
    assert not written  # no result that an interrupted command would name
    (file,) = (tmp_path / "cache").iterdir()
    if kept is not None:
        file.write_bytes(kept)
    expected = gammaincinv(0.7**-2, (np.arange(64) + 0.5) / 64)
    assert first.tolist() == layout.gamma_quantiles(0.7, 64).tolist() == expected.tolist()


@pytest.mark.parametrize("x", [-800.0, -1.0, 0.0, 2.0, 800.0])
def test_logistic(x):
    assert logistic(x) == pytest.approx(0.5 * (1 + math.tanh(x / 2)), abs=1e-15)


def test_the_number_of_needs_matches_the_rate():
    scenario = Scenario().but(
        {
            "customers.count": 5000,
            "customers.rate": 0.3,
            "customers.rate_spread": 0.0,
            "customers.churn": 0.0,
            "prosperity.growth": 0.0,
            "prosperity.advice_growth": 0.0,
        },
        months=24,
    )
    needs = run(scenario, 1).market.needs
    expected = 5000 * (1 - math.exp(-0.3))
    assert abs(needs.mean() - expected) < 4 * math.sqrt(expected / 24)
