"""BG/NBD against what was published of it, and against a sample drawn by its own definition."""

import importlib.metadata

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.orders.read import order_log
from longgame.experiments.validation import bgnbd
from longgame.experiments.validation.bgnbd import BGNBD
from longgame.sim import Scenario, firms, run

#: Fader, Hardie & Lee 2005, table 2: the CDNOW sample of 2,357 customers, in weeks.
PUBLISHED = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


def drawn(model, customers, T, rng):
    """Draw histories (x, t_x, T) as the paper's section 2 tells the story."""
    rows = []
    for rate, p in zip(
        rng.gamma(model.r, 1 / model.alpha, customers), rng.beta(model.a, model.b, customers), strict=True
    ):
        x, last = 0, 0.0
        while (now := last + rng.exponential(1 / rate)) < T:
            x, last = x + 1, now
            if rng.random() < p:
                break
        rows.append((x, last, T))
    return np.array(rows).T


def test_recovers_the_parameters_of_a_drawn_sample():
    truth = BGNBD(r=0.8, alpha=5.0, a=1.5, b=4.0)
    found = bgnbd.fit(*drawn(truth, 20_000, 60.0, np.random.default_rng(1)))
    assert found.r == pytest.approx(truth.r, rel=0.05)
    assert found.rate == pytest.approx(truth.rate, rel=0.05)
    assert found.dropout == pytest.approx(truth.dropout, rel=0.05)
    assert found.a == pytest.approx(truth.a, rel=0.2)


def test_expected_purchases_are_those_of_a_drawn_sample():
    model = BGNBD(r=0.8, alpha=5.0, a=1.5, b=4.0)
    x = drawn(model, 20_000, 30.0, np.random.default_rng(2))[0]
    error = x.std() / np.sqrt(len(x))
    assert model.expected_purchases(30.0) == pytest.approx(x.mean(), abs=4 * error)


def test_future_and_alive_are_those_of_a_drawn_sample():
    model = BGNBD(r=0.8, alpha=5.0, a=1.5, b=4.0)
    x, t_x, T = drawn(model, 30_000, 30.0, np.random.default_rng(3))
    # E[future | history] averaged over histories is the difference of the unconditional expectations.
    future = model.future_purchases(20.0, x, t_x, T)
    step = model.expected_purchases(50.0) - model.expected_purchases(30.0)
    assert future.mean() == pytest.approx(step, abs=4 * future.std() / np.sqrt(len(x)))
    assert model.alive(0, 0.0, 30.0) == 1.0
    assert model.alive(5, 29.0, 30.0) > 0.7 > 0.2 > model.alive(5, 3.0, 30.0)


def test_published_example():
    """Customer 1 of their note on the model in Excel: x = 2, t_x = 30.43, T = 38.86 weeks."""
    assert PUBLISHED.future_purchases(39.0, 2, 30.43, 38.86) == pytest.approx(1.226, abs=0.001)


def cdnow():
    """The published sample, which comes with the package `lifetimes` (a development dependency)."""
    try:
        package = importlib.metadata.distribution("lifetimes")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package `lifetimes`, which holds the CDNOW sample, is not installed")
    return pd.read_csv(package.locate_file("lifetimes/datasets/cdnow_customers_summary.csv"))


def test_cdnow():
    data = cdnow()
    found = bgnbd.fit(data["frequency"], data["recency"], data["T"])
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx(
        (PUBLISHED.r, PUBLISHED.alpha, PUBLISHED.a, PUBLISHED.b), abs=0.001
    )
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)


def test_unit_of_time_does_not_matter():
    x, t_x, T = drawn(BGNBD(0.8, 5.0, 1.5, 4.0), 3000, 40.0, np.random.default_rng(4))
    weeks, days = bgnbd.fit(x, t_x, T), bgnbd.fit(x, 7 * t_x, 7 * T)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-3)
    assert days.dropout == pytest.approx(weeks.dropout, rel=1e-3)


def test_histories_of_an_order_log():
    frame = pd.DataFrame({"customer": [1, 1, 1, 2], "month": [2, 5, 5, 4], "amount": 1.0})
    for past in (bgnbd.histories(order_log(frame, months=9)), bgnbd.histories(frame, 9)):
        assert past.loc[1].tolist() == [1, 3, 7]  # two orders of a month count once
        assert past.loc[2].tolist() == [0, 0, 5]


@pytest.mark.parametrize(
    ("x", "t_x", "word"), [([0, 0], [0, 0], "bought twice"), ([1, 0], [9, 0], "t_x"), ([1, 0], [-1, 0], "t_x")]
)
def test_nonsense_is_refused(x, t_x, word):
    with pytest.raises(ValueError, match=word):
        bgnbd.fit(x, t_x, [5, 5])


def test_markets_are_compared_by_their_logs():
    logs = {
        name: run(
            Scenario(firms=firms(name, singletons=10), months=60).but({"customers.count": 1500}), 1, orders=True
        ).orders
        for name in ("adversarial", "collaborative")
    }
    table = bgnbd.compare(logs, t=12.0)
    assert list(table.index) == list(logs)
    assert table["dropout"].between(0, 1).all() and (table["future"] > 0).all()
    # Collaborative sellers' customers buy more often, and more is expected of them.
    assert table.loc["collaborative", "rate"] > table.loc["adversarial", "rate"]
    assert table.loc["collaborative", "future"] > table.loc["adversarial", "future"]
