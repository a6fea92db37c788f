"""The app for Mesa users, without a browser: its market is the simulated one, its charts show it."""

import inspect
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
import solara.checks
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from mesa.visualization.solara_viz import _check_model_params
from solara.server import settings

from examples import solara_app as app
from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.axes import EndLabels
from longgame.experiments.figures.style import style
from longgame.experiments.words import named
from longgame.sim import Salesperson, run

GROUPS = [group.name for group in app.START.firms]
ARMS = {group.name: Arm(next(iter(group.strategies)), group.organisation) for group in app.START.firms}


@pytest.fixture
def short(monkeypatch):
    """Make the app's market one of a few customers and a year and a half, so that a year end is in it."""
    monkeypatch.setattr(app, "START", app.START.but({"customers.count": 150}, months=18))
    return app.START


def played(months=18, **numbers):
    market = app.AppMarket(**{"customers": 150, **numbers})
    for _ in range(months):
        market.step()
    return market


def same(ours, theirs):
    for name in ("monthly", "market", "salespeople", "customers", "orders"):
        pd.testing.assert_frame_equal(getattr(ours, name), getattr(theirs, name), obj=name)


@pytest.mark.parametrize("numbers", [{}, {"rate": 0.6, "memory": 0.5, "gossip": 0.8}])
def test_months_played_in_the_app_are_those_of_the_simulation(short, numbers):
    changes = {"rate": "customers.rate", "memory": "trust.forgetting", "gossip": "word_of_mouth.gossip"}
    scenario = short.but({changes[name]: value for name, value in numbers.items()})
    same(played(seed=7, **numbers).seen, run(scenario, 7, orders=True))


def test_code_of_your_own_can_play_a_group(short, monkeypatch):
    class Plain(Salesperson):
        def conduct(self, customer):
            return super().conduct(customer)

    monkeypatch.setattr(app, "CLASSES", {"collaborative-herd": Plain})
    market = played(seed=3)
    assert any(type(person) is Plain for person in market.salespeople)
    same(market.seen, run(short, 3, orders=True))


def test_mesas_page_takes_the_market_and_every_slider():
    market = app.AppMarket(customers=50)
    assert market.scenario is None  # Mesa refuses a scenario that is not of its own kind
    _check_model_params(market, app.PARAMETERS)
    expected = inspect.signature(app.AppMarket).parameters
    assert {name: slider.value for name, slider in app.PARAMETERS.items()} == {
        name: parameter.default for name, parameter in expected.items()
    }
    for name, slider in app.PARAMETERS.items():
        for end in (slider.min, slider.max):
            app.AppMarket(**{"customers": 50, name: end})


def test_a_market_that_is_over_stays_as_it_is(short):
    market = played()
    before = market.seen
    market.step()
    assert not market.running
    assert market.seen is before


def test_solara_reports_nothing():
    assert not settings.telemetry.mixpanel_enable
    assert not solara.checks.should_perform_solara_check()


# -- charts ---------------------------------------------------------------------------------------------


def drawn(draw, seen):
    with style("paper"):
        figure = Figure(figsize=(4.6, 3.3), layout="constrained")
        draw(figure, seen)
        figure.draw_without_rendering()
    return figure


def bars(figure):
    """Return the widths of bars by the names of their rows."""
    ax = figure.axes[0]
    rows = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    found = {row: [] for row in rows}
    for bar in ax.patches:
        if isinstance(bar, Rectangle):
            found[rows[round(bar.get_y() + bar.get_height() / 2)]].append(bar.get_width())
    return found


def test_profit_is_that_of_the_run_and_every_line_has_its_name(short):
    seen = played(seed=2).seen
    figure = drawn(app.draw_profit, seen)
    labels = [text.get_text() for texts in figure.findobj(EndLabels) for text in texts.texts]
    assert sorted(label.replace("\n", " ") for label in labels) == sorted(map(named, ARMS.values()))
    sums = seen.monthly.groupby(["group", "month"], observed=True)[["profit", "salespeople"]].sum()
    earned = (sums["profit"] / sums["salespeople"]).groupby("group", observed=True).sum()
    ends = sorted(end for texts in figure.findobj(EndLabels) for end, *_ in texts.ends)
    assert ends == pytest.approx(sorted(earned))
    best = named(ARMS[earned.idxmax()])
    assert figure.get_suptitle() == f"Month 18: {best} {'earned most' if max(earned) > 0 else 'lost least'} so far"


def test_trust_is_that_of_the_customers_and_below_an_even_chance_there_is_none(short):
    seen = played(seed=2).seen
    shown = {row: sum(widths) for row, widths in bars(drawn(app.draw_trust, seen)).items()}
    group_of = dict(zip(seen.salespeople["salesperson"], seen.salespeople["group"].astype(str), strict=True))
    known = seen.customers.dropna(subset="favourite")
    sure = [group_of[person] for person in known.loc[known["trust_favourite"] >= 0.5, "favourite"]]
    n = len(seen.customers)
    assert 0 < len(sure) < len(known) < n  # or nothing is tested
    assert shown == pytest.approx(
        {named(ARMS[group]): sure.count(group) / n for group in GROUPS}
        | {"trust nobody": (len(known) - len(sure)) / n, "know nobody": 1 - len(known) / n}
    )


def test_the_network_shows_contacts_salespeople_and_who_trusts_whom(short):
    market = played(seed=2)
    figure = drawn(app.draw_network, market.seen)
    graph, places = app.neighbours(short.network, 150, 2)
    assert len(graph) == app.SHOWN and all(np.hypot(*place) < app.AROUND for place in places.values())
    assert all(set(graph[i]) <= set(market.customer_agents[i].contacts) for i in list(graph)[:5])
    contacts, *ties = figure.axes[0].collections
    lines = [part for part in (contacts, *ties) if isinstance(part, LineCollection)]
    assert len(lines[0].get_segments()) == graph.number_of_edges()
    sure = market.seen.customers.query("place in @graph.nodes and trust_favourite >= 0.5")
    assert sum(len(part.get_segments()) for part in lines[1:]) == len(sure) > 0
    assert figure.get_suptitle() == f"Month 18: {len(sure)} of these {app.SHOWN} customers trust somebody"
    marks = [len(part.get_offsets()) for part in figure.axes[0].collections if isinstance(part, PathCollection)]
    assert sum(marks) == app.SHOWN + market.seen.salespeople["left"].isna().sum()


def test_endings_are_those_of_the_latest_month(short):
    seen = played(seed=2).seen
    figure = drawn(app.draw_endings, seen)
    visits = seen.monthly[seen.monthly["month"] == 18].groupby("group", observed=True)["visits"].sum()
    for group in GROUPS:
        assert sum(bars(figure)[named(ARMS[group])]) == pytest.approx(1.0 if visits[group] else 0.0)
    deals = (seen.orders["month"] == 18).sum()
    assert figure.get_suptitle() == f"Month 18: {deals} of {visits.sum()} conversations ended in a deal"


@pytest.mark.parametrize("months", [0, 1, 18])
@pytest.mark.parametrize("customers", [1, 150])
def test_there_is_always_a_picture_and_no_setting_of_matplotlib_is_left_behind(short, months, customers):
    before = dict(matplotlib.rcParams)
    seen = played(months, customers=customers).seen
    for draw in (app.draw_profit, app.draw_trust, app.draw_network, app.draw_endings):
        assert app.picture(draw, "What is drawn", seen).startswith(b"\x89PNG")
    assert dict(matplotlib.rcParams) == before


def test_before_the_first_month_the_page_says_what_to_do():
    figure = Figure()
    app.draw_start(figure, "Profit")
    assert "STEP" in figure.texts[0].get_text()
    assert app.picture(pytest.fail, "Profit", SimpleNamespace(market=[])).startswith(b"\x89PNG")
