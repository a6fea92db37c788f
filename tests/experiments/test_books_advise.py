"""What would change for the people of a book: each change alone, and the page that says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.books import advise as of
from longgame.experiments.books.fit import fit, in_this_process
from longgame.experiments.orders.log import order_log
from longgame.sim import run
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.organisation import FirmPolicy

SMALL = CONFIGURATIONS["repeat-supply"].but({"customers.count": 300, "months": 12, "burn_in": 12})
SMALL = SMALL.but(firms=[{"name": "all", "count": 7, "strategies": {"collaborative": 1}, "policy": "singleton"}])


@pytest.fixture(scope="module")
def fitted():
    return fit(order_log(run(SMALL, 5, orders=True).orders, months=12, name="small"), markets=30, seed=1)


@pytest.fixture(scope="module")
def advice(fitted):
    return of.advise(fitted, in_this_process, markets=5, seeds=(1,))


def test_a_change_of_conduct_changes_nothing_else():
    more, less = (change.to(SMALL) for change in of.CHANGES[:2])
    before, asking, promising = (one.strategies_used()[0].with_prospects for one in (SMALL, more, less))
    assert asking.discovery == pytest.approx(min(1.0, before.discovery + of.ASKS))
    assert promising.overpromise == pytest.approx(before.overpromise * of.PROMISES)
    for market in (more, less):
        assert market.sellers == SMALL.sellers
        assert market.model_copy(update={"firms": SMALL.firms, "strategies": SMALL.strategies}) == SMALL


@pytest.mark.parametrize("change", of.CHANGES[2:], ids=lambda change: change.name)
def test_teams_are_compared_with_teams_of_the_same_people(change):
    one, other = change.against(SMALL), change.to(SMALL)
    assert one.sellers == other.sellers == SMALL.sellers
    assert [group.count for group in one.firms] == [group.count for group in other.firms] == [1, 2]
    assert [group.strategies for group in one.firms] == [{"collaborative": 5}, {"collaborative": 1}]
    assert one.firms[0].policy != other.firms[0].policy
    assert one.economy == other.economy and one.strategies == other.strategies


def test_those_left_over_work_alone():
    market = of.in_teams(SMALL, FirmPolicy(shares_leads=True))
    assert market.firms[1].policy == FirmPolicy()


def test_a_number_is_the_difference_of_two_runs(fitted, advice):
    assert advice.rows["name"].tolist() == [*(change.name for change in of.CHANGES), of.LEAVER]
    assert (advice.rows["low"] <= advice.rows["high"]).sum() >= len(of.CHANGES)
    kept = np.argsort(-fitted.weights(), kind="stable")[:5]
    change, off = of.CHANGES[0], []
    for k in kept:
        market = fitted.frame.scenario(fitted.dials[k]).but(months=of.MONTHS)
        pair = (run(side(market), 1) for side in (change.to, change.against))
        to, against = (float(of.year_of_a_seller(result)["profit"].iloc[0]) for result in pair)
        off.append(to - against)
    row = advice.rows.iloc[0]
    assert row["middle"] == pytest.approx(np.median(off)) and row["share"] == np.mean(np.array(off) > 0)


def test_the_page_says_what_pays_what_costs_and_what_cannot_be_told(advice):
    says = ["a gain, surely", "a loss, likely", of.UNTOLD, of.UNTOLD, of.UNTOLD, "a loss, surely"]
    advice = of.Advice(advice.fitted, advice.rows.assign(says=says), 1000.0, 5000.0, 5)
    found = of.findings(advice)
    text = "\n".join(found.sentences)
    assert "Would surely pay: asking more." in text and "Would likely cost: promising less." in text
    assert "cannot tell whether it would pay: passing leads on, a delivery team after the close and pay" in text
    assert found.plot("advice").get_suptitle() == "What would pay: asking more"
    assert len(found.shown[""]) == len(found.shown["What is meant"]) == 6
    assert "<table" in found.html()


def test_too_few_markets_tell_nothing():
    row = of._row("ask", "asking more", "", np.array([1.0, 2.0]))
    assert row["says"] == of.UNTOLD and pd.isna(row["middle"])
