"""Markets fitted to a book: on a stand-in for the market whose answers are known, and once on the market itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.books.fit import LAST, NEARER, SEEDS, STEPS, TRIED, fit
from longgame.experiments.books.numbers import NUMBERS, numbers
from longgame.experiments.books.report import findings
from longgame.experiments.books.space import cohort_of, framed, step_of
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.orders.log import OrderLog, order_log
from longgame.experiments.orders.repeats import repeat_curve
from longgame.sim.configurations import CONFIGURATIONS, load
from longgame.sim.errors import InputError

#: Needs of which the stand-in sells, by the customers' trust; so the book does not tell it from the rate.
SOLD = {0.0: 0.3, 1.0: 0.6}


def written_by(scenario, seed: int, months: int) -> pd.DataFrame:
    """Return orders of a market in which customers buy by chance alone, and leave."""
    people, rng = scenario.customers, np.random.default_rng(seed)
    share = 0.3 + 0.3 * scenario.word_of_mouth.gossip
    lam = rng.gamma(1 / people.rate_spread**2, people.rate * people.rate_spread**2, people.count) * share
    stays = rng.random((people.count, months + 60)) >= people.churn
    spell = np.cumsum(~stays, axis=1)[:, 60:]
    bought = rng.random((people.count, months)) < -np.expm1(-lam)[:, None]
    place, month = np.nonzero(bought)
    level = rng.normal(0, people.stake_spread, people.count)
    noise = rng.normal(0, people.stake_noise, len(place))
    return pd.DataFrame(
        {
            "customer": place + people.count * spell[place, month],
            "salesperson": place % scenario.sellers,
            "month": month + 1,
            "amount": 0.6 * people.stake * np.exp(level[place] + noise),
        }
    ).sort_values("month", kind="stable")


def answer(plan):
    """Run a plan in that market."""
    rows = []
    for run in plan.runs():
        months = run.scenario.months
        log = order_log(written_by(run.scenario, run.seed + sum(map(ord, run.market)), months), months=months)
        curve = {f"curve_{k}": share for k, share in enumerate(repeat_curve(log.frame, months), 1)}
        rows.append({"market": run.market, "seed": run.seed, **numbers(log), **curve})
    return {"book": pd.DataFrame(rows)}


TRUTH = CONFIGURATIONS["repeat-supply"].but(
    {
        "customers.count": 600, "customers.rate": 0.5, "customers.rate_spread": 1.2, "customers.churn": 0.02,
        "customers.stake": 500.0, "customers.stake_spread": 0.7, "customers.stake_noise": 0.4, "months": 24,
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def log() -> OrderLog:
    frame = written_by(TRUTH, 77, 24)
    return order_log(frame.assign(salesperson=frame["salesperson"] % 8), months=24, name="made.csv")


@pytest.fixture(scope="module")
def fitted(log):
    return fit(log, markets=60, answer=answer, seed=3)


def test_what_is_delivered_has_the_numbers_of_the_book(fitted):
    table = fitted.compared().set_index("number")
    assert fitted.not_matched == []
    for name in ("orders", "revenue", "active", "customers", "repeat"):
        assert abs(table.loc[name, "off"]) <= 0.1 and table.loc[name, "low"] < table.loc[name, "high"]
    assert fitted.frame.sellers == 8 and fitted.scenario().sellers in (7, 8, 9)
    assert fitted.outside()[0] < 1.0


def test_the_truth_lies_in_the_intervals_and_the_book_narrows_them(fitted):
    found = fitted.estimates(0.98).set_index("dial")
    truth = {path: value for path, _, value in TRUTH.numbers()}
    for name in ("customers.count", "customers.churn", "customers.stake_spread", "customers.stake_noise"):
        assert found.loc[name, "low"] < truth[name] < found.loc[name, "high"], name
        assert found.loc[name, "narrowed"] < 0.8
    # What hangs together with a dial that no book shows stays uncertain.
    assert found.loc["customers.rate", "high"] / found.loc["customers.rate", "low"] > 1.1


def test_all_markets_are_kept_as_an_ensemble_with_weights(fitted, tmp_path):
    fitted.ensemble({"command": "test"}).write(tmp_path / "mine.json")
    kept = Ensemble.load(tmp_path / "mine.json")
    assert sum(kept.weights) == pytest.approx(1, abs=1e-3) and len(kept.prior) == 60
    (first, *_), row = kept.scenarios().values(), kept.points[0]
    assert first.customers.count == row[kept.dials.index("customers.count")]
    assert 5 <= first.sellers <= 14 and first.months == 24 and first.step == "month"


def test_the_report_says_first_what_is_not_matched(fitted):
    found = findings(fitted)
    assert found.sentences[0].startswith("Matched: ")
    text = " ".join(found.text(100).split())
    assert "orders a month" in text and "customers at one time" in text and "trust, gossip" in text
    grown = {**fitted.wanted, "orders": 2 * fitted.wanted["orders"]}
    other = findings(replace(fitted, wanted=grown))
    assert other.sentences[0].startswith("NOT matched: orders a month")
    assert next(iter(other.shown.values()))["verdict"].iloc[0] == "NOT matched"
    assert found.plot("fit").get_suptitle()


def test_the_same_seed_gives_the_same_fit(log, fitted):
    again = fit(log, markets=60, answer=answer, seed=3)
    assert again.nearest == fitted.nearest and np.array_equal(again.places, fitted.places)


@pytest.mark.parametrize(
    ("orders", "step"), [([1, 0, 1, 0], "month"), ([2, 2, 2, 2], "week"), ([12, 12, 12, 12], "day")]
)
def test_the_step_is_the_longest_in_which_hardly_anybody_orders_twice(orders, step):
    rows = [(customer, month + 1, 1.0) for customer in range(30) for month, n in enumerate(orders) for _ in range(n)]
    assert step_of(order_log(pd.DataFrame(rows, columns=["customer", "month", "amount"]), months=4)) == step


@pytest.mark.parametrize(("came", "cohort"), [([1, 2, 3], 3), ([1], 1), (range(1, 13), 0), ([1, 2, 9], 0)])
def test_a_book_of_one_group_is_known_by_when_its_customers_come(came, cohort):
    rows = [(customer, month, 1.0) for customer in range(60) for month in (list(came)[customer % len(came)], 12)]
    log = order_log(pd.DataFrame(rows, columns=["customer", "month", "amount"]), months=12)
    assert cohort_of(log) == cohort


def test_a_book_that_such_markets_do_not_write_is_said_to_lie_outside(fitted):
    assert not fitted.is_outside
    odd = replace(fitted, wanted={**fitted.wanted, "within": 3 * fitted.wanted["within"]})
    nearer, far = odd.outside()
    assert odd.is_outside and nearer == 1.0 and far == ["spread of order sizes within customers"]


def test_a_part_of_a_large_book_has_a_part_of_its_salespeople(log):
    found = numbers(log) | {"customers": 40_000.0, "sellers": 100.0}
    frame = framed(log, found, "repeat-supply", None, {})
    assert frame.sellers / frame.part == pytest.approx(100.0) and frame.part == pytest.approx(0.05, rel=0.01)
    dials = frame.dials({"customers.count": 2000.0, "customers.rate": 5.0}, {})
    assert load(frame.scenario(dials)) <= load(CONFIGURATIONS["repeat-supply"]) * 1.05
    assert frame.scenario(dials).sellers == frame.sellers


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"survey": {"trust": 1.5}}, "trust is 1.5"),
        ({"survey": {"trsut": 0.5}}, "'trsut'"),
        ({"salespeople": 0}, "salespeople is 0"),
        ({"markets": 5}, "markets is 5"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(log, change, words):
    with pytest.raises(InputError, match=words):
        fit(log, answer=answer, **change)


def test_a_thin_book_is_refused():
    rows = [(i, 1 + i % 4, 1.0) for i in range(40)]
    thin = order_log(pd.DataFrame(rows, columns=["customer", "month", "amount"]), months=4, name="thin.csv")
    with pytest.raises(InputError, match=r"thin.csv: no customer bought in a second month"):
        fit(thin)


def test_on_the_market_itself():
    from longgame.sim import run

    small = CONFIGURATIONS["repeat-supply"].but({"customers.count": 300, "months": 12, "burn_in": 12})
    small = small.but(firms=[{"name": "all", "count": 4, "strategies": {"collaborative": 1}, "policy": "singleton"}])
    orders = run(small, 5, orders=True).orders
    fitted = fit(order_log(orders, months=12, name="small"), markets=30, seed=1)
    least = 30 * (len(STEPS) + 1) + SEEDS * TRIED * (len(STEPS) + 1) + LAST
    most = least + NEARER * SEEDS * (2 + len(fitted.frame.told))
    assert least < fitted.runs <= most
    table = fitted.compared().set_index("number")
    assert math.isfinite(table.loc["orders", "market"]) and set(table.index) <= {n.name for n in NUMBERS}
