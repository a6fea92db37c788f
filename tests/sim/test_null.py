"""Nothing comes of nothing: no difference where there is none, no annuity where nothing is remembered."""

import numpy as np
import pytest
from scipy import stats

from longgame.sim import STRATEGIES, Firms, Scenario, run

TWIN = STRATEGIES["collaborative"].model_dump() | {"name": "twin"}


def market(**changes):
    firms = [
        Firms(name="originals", count=4, strategies={"collaborative": 5}, policy="herd"),
        Firms(name="twins", count=4, strategies={"twin": 5}, policy="herd"),
    ]
    return Scenario().but(
        {"customers.count": 1000, "firms": [f.model_dump() for f in firms], "strategies": [TWIN], **changes}, months=36
    )


def test_identical_conducts_under_two_names_differ_by_chance_only():
    differences = {"profit": [], "repeat_revenue": [], "client_trust": []}
    for seed in range(60):
        sums = run(market(), seed).monthly.groupby("strategy", observed=True)[list(differences)].sum()
        for measure, values in differences.items():
            values.append(sums.loc["collaborative", measure] - sums.loc["twin", measure])
    for measure, values in differences.items():
        assert stats.ttest_1samp(values, 0.0).pvalue > 0.01, measure
        assert np.std(values) > 0


def test_a_real_difference_of_price_is_found_by_the_same_test():
    # The test above must be able to fail: a twin who charges a tenth more earns something else.
    dearer = TWIN | {"with_prospects": {**TWIN["with_prospects"], "markup": 0.8}}
    values = []
    for seed in range(60):
        monthly = run(market(strategies=[dearer]), seed).monthly
        sums = monthly.groupby("strategy", observed=True).profit.sum()
        values.append(sums["collaborative"] - sums["twin"])
    assert stats.ttest_1samp(values, 0.0).pvalue < 0.01


def test_names_carry_no_meaning():
    one = market()
    firms = [group.model_dump() for group in one.firms]
    firms[1]["strategies"] = {"zebra": 5}
    other = one.but({"strategies": [TWIN | {"name": "zebra"}], "firms": firms})
    a, b = (run(scenario, 5).monthly.drop(columns="strategy") for scenario in (one, other))
    assert a.equals(b)


@pytest.mark.parametrize("strategy", ["collaborative", "adversarial"])
def test_without_memory_and_gossip_repeat_business_is_chance(strategy):
    # Needs are new each time and nothing is remembered, so who sells to whom has no history: shuffling
    # the firms among the deals of a month must give as much repeat business as was seen.
    scenario = Scenario().but(
        {
            "trust.memory": False,
            "word_of_mouth.gossip": 0.0,
            "choice.ask_around": 0.0,
            "customers.drift": 1.0,
            "customers.churn": 0.0,
            "customers.count": 800,
            "staffing.turnover": 0.0,
            "staffing.dismissal": 0.0,
            "firms": [Firms(name="all", count=20, strategies={strategy: 1}).model_dump()],
        },
        months=60,
    )
    rng = np.random.default_rng(0)
    scores = []
    for seed in range(6):
        orders = run(scenario, seed, orders=True).orders
        seen = orders.repeat.mean()
        shuffled = []
        for _ in range(40):
            firm = orders.groupby("month").firm.transform(lambda column: rng.permutation(column.to_numpy()))
            shuffled.append(orders.assign(firm=firm).duplicated(["customer", "firm"]).mean())
        scores.append((seen - np.mean(shuffled)) / np.std(shuffled))
    assert abs(np.mean(scores)) * np.sqrt(len(scores)) < 3.5


def test_with_memory_repeat_business_is_more_than_chance():
    scenario = Scenario().but(
        {
            "customers.drift": 1.0,
            "customers.count": 800,
            "firms": [Firms(name="all", count=20, strategies={"collaborative": 1}).model_dump()],
        },
        months=60,
    )
    orders = run(scenario, 1, orders=True).orders
    rng = np.random.default_rng(0)
    firm = orders.groupby("month").firm.transform(lambda column: rng.permutation(column.to_numpy()))
    assert orders.repeat.mean() > 1.2 * orders.assign(firm=firm).duplicated(["customer", "firm"]).mean()
