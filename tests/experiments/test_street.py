"""The street: every number of it is one of the market's own, played again in other ways."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.inference.effects import interval
from longgame.experiments.lesson import street, street_ends
from longgame.sim import STRATEGIES, Market, Salesperson, Scenario, run
from longgame.sim.columns import OUTCOMES
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.errors import InputError
from tests.lesson_pages import small_street

#: A plausible market with few customers and a short burn-in.
TOWN = CONFIGURATIONS["repeat-supply"].but({"customers.count": 900}, burn_in=24)

#: A market in which everybody opens at once.
NEW = TOWN.but(burn_in=0)

#: The same where no firm can fail.
RICH = NEW.but({"economy.capital": 0.0})


def decoded(code):
    """Take the small numbers of a visit's code apart."""
    found = {}
    for name, size in street.PARTS.items():
        code, found[name] = divmod(code, size)
    return found


def rows(flat, size):
    return [flat[i : i + size] for i in range(0, len(flat), size)]


def lived(scenario, together, ways, **how):
    """Return the years of a way through the tree."""
    life, years = street.opening(scenario, together, street.SEED), []
    for way in ways:
        life, year = life.after(way, **how)
        years.append(year)
    return years


def market_of_agents(together, ways):
    """Return the same town as a market of agents, in which salespeople written in Python sell in these ways.

    The firms of the five count as closed until the engine itself founds them after the vacancy.
    """
    town = street.market(TOWN, together)
    begun = TOWN.burn_in

    class Chosen(Salesperson):
        def conduct(self, customer):
            return STRATEGIES[street.WAYS[ways[(self.model.month - begun - 1) // 12]]].with_prospects

    market = Market(town.but(burn_in=0, months=begun + town.months), rng=street.SEED, classes={street.GROUP: Chosen})
    firms = market.state.firms[: town.firms[0].count]
    firms["closed"], firms["staff"] = begun - town.economy.vacancy, 0
    market.state.salespeople["hired"][: street.FIVE] = 2**30
    market.run_for(begun)
    return market


@pytest.mark.parametrize(
    ("together", "ways"), [("team", ("promise", "honest", "push")), ("alone", ("honest", "cheap", "orders"))]
)
def test_every_number_of_a_year_is_what_the_market_of_agents_plays(together, ways):
    years, market = lived(TOWN, together, ways, watched=True), market_of_agents(together, ways)
    members, profit = street.TOGETHER[together], 0.0
    stories = passed = 0
    for year in years:
        for k, curve in enumerate(year["curve"]):
            market.run_for(1)
            mine = market.state.tally[:members]
            profit += mine["profit"].sum() / 100 / members
            assert curve == pytest.approx(profit, abs=0.51)
            minutes = mine["talk_minutes"][0] + mine["support_minutes"][0]
            assert year["hours"][k] == pytest.approx(100 * minutes / TOWN.attention.capacity, abs=0.51)
            told = rows(year["told"][k], 4)
            good = sum(story[2] for story in told)
            assert (good, len(told) - good) == (mine["told_good"][0], mine["told_bad"][0])
            stories += len(told)

            visits = market.table("visits")
            theirs = visits[(visits["met"] == street.YOU) | (visits["seller"] == street.YOU)]
            assert len(theirs) == len(year["visits"][k]) // 5
            size = len(market.state.customers)
            for (_, visit), (customer, code, gain, _, after) in zip(
                theirs.iterrows(), rows(year["visits"][k], 5), strict=True
            ):
                one = decoded(code)
                agent = market.customer_agents[int(visit["customer"])]
                assert customer % size == visit["customer"] and customer == agent.id
                assert OUTCOMES[one["outcome"]] == OUTCOMES[int(visit["outcome"]) - 4]
                assert (one["source"], one["client"]) == (visit["source"], visit["client"])
                assert (one["how"] in (street.PASSED_ON, street.COVERED)) == (visit["seller"] != street.YOU)
                assert (one["how"] == street.SENT) == (visit["met"] != street.YOU)
                passed += one["how"] != street.MET
                if one["outcome"] >= 4:
                    made = visit["price"] - visit["refund"] - visit["goods"] - visit["service"]
                    assert gain == pytest.approx(made / 100, abs=0.51)
                else:
                    assert gain == 0
                assert 0 <= after <= 100
    assert stories > 0
    assert (passed > 0) == (together == "team")


@pytest.mark.parametrize("together", street.TOGETHER)
def test_a_way_that_never_changes_is_a_plain_run(together):
    with small_street():
        town = street.market(RICH, together)
        found = dict(street.constant(street.opening(RICH, together, 3)))
        five = town.firms[0]
        for way in ("honest", "push"):
            own = five.model_copy(update={"strategies": {street.WAYS[way]: five.members}})
            whole = run(town.but(firms=[own.model_dump(), *(g.model_dump() for g in town.firms[1:])]), 3)
            people = whole.salespeople[whole.salespeople["post"] < five.members]
            assert people["salesperson"].tolist() == list(range(five.members))
            assert found[way]["failed"] is None
            assert found[way]["curve"][-1] == pytest.approx(people["profit"].sum() / five.members, abs=0.51)
            assert len(found[way]["curve"]) == 48


def test_a_firm_without_money_closes_and_its_story_ends():
    poor = NEW.but({"economy.capital": 1.0})
    with small_street():
        town = street.market(poor, "team")
        life = street.opening(poor, "team", 0)
        found = street.to_the_end(life, "cheap")
        five = town.firms[0]
        own = five.model_copy(update={"strategies": {street.WAYS["cheap"]: 5}})
        whole = run(town.but(firms=[own.model_dump(), *(g.model_dump() for g in town.firms[1:])]), 0)
        first = whole.firms[whole.firms["post"] == 0].iloc[0]
        assert first["reason"] == "failed"
        assert found["failed"] == len(found["curve"]) == first["closed"]
        assert found["curve"][-1] == pytest.approx(first["profit"] / 5, abs=0.51)
        assert found["curve"][-1] < -street_ends.frame(poor)["capital"]["team"]
        _, node = street.branch(life, "cheap", deep=True)
        assert node["failed"] == found["failed"] and not {"then", "later"} & set(node)
        with pytest.raises(InputError, match="runs out of money"):
            street.walk(life, ["cheap", "honest"])


def test_money_in_the_till_is_that_of_the_firm():
    capital = street_ends.frame(TOWN)["capital"]
    for together, members in street.TOGETHER.items():
        life = street.opening(TOWN, together, 0)
        assert int(life._state.firms["cash"][0]) == 100 * members * capital[together]
        later, year = life.after("honest")
        assert later._state.firms["cash"][0] / 100 / members == pytest.approx(
            capital[together] + year["curve"][-1], abs=1
        )


def test_the_five_are_strangers_until_they_open():
    for together in street.TOGETHER:
        state = street.opened(street.market(TOWN, together), 0)
        assert (state.salespeople["hired"][: street.FIVE] == TOWN.burn_in + 1).all()
        assert not np.isin(state.memories["seller"], np.arange(street.FIVE)).any()
        assert (state.salespeople["hired"][street.FIVE :] <= TOWN.burn_in).mean() > 0.8


def test_alone_and_together_the_five_are_the_same_people_in_the_same_town():
    alone, team = (street.opened(street.market(TOWN, together), 0) for together in street.TOGETHER)
    for name in ("skill", "position"):
        assert (alone.salespeople[name][: street.FIVE] == team.salespeople[name][: street.FIVE]).all()
    assert len(alone.salespeople) == len(team.salespeople)
    assert len(alone.customers) == len(team.customers) == round(900 * 48 / 43)


def test_the_tree_has_every_way_and_a_walk_finds_the_same():
    with small_street():
        life = street.opening(RICH, "team", 0)
        tree = street.branches(life)
        assert list(tree) == list(street.WAYS)
        for first in tree.values():
            assert list(first["then"]) == list(street.WAYS)
            for second in first["then"].values():
                assert "then" not in second
                assert len(second["later"]["curve"]) == 24
        assert street.walk(life, ["push", "honest"]) == tree["push"]["then"]["honest"]
        assert street.walk(life, ["push"])["curve"] == tree["push"]["curve"]
        assert tree["push"]["then"]["honest"]["curve"] != tree["honest"]["then"]["honest"]["curve"]


def test_watching_changes_nothing():
    life = street.opening(TOWN, "team", 1)
    assert life.after("honest", watched=True)[1]["curve"] == life.after("honest")[1]["curve"]
    assert life.year == 0


@pytest.mark.parametrize("text", ["", "team", "crowd.honest", "team.sly", "team.honest.honest.honest.honest"])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(InputError, match=r"path: is .*with dots between"):
        street.read_path(text)


def test_a_town_that_cannot_open_is_refused():
    with pytest.raises(InputError, match=r"economy.vacancy: is 24"):
        street.opened(street.market(TOWN.but({"economy.vacancy": 24}), "team"), 0)
    full = TOWN.but({"trust.remembered": 43, "trust.acquainted": True})
    with pytest.raises(InputError, match="acquainted"):
        street.market(full, "team")


# -- what policies come to -----------------------------------------------------------------------------


def test_the_ends_of_policies_are_those_of_their_curves():
    with small_street():
        table = street_ends.ends(NEW, 2)
        assert len(table) == 2 * 10
        for town in range(2):
            for together in street.TOGETHER:
                for way, found in street.constant(street.opening(NEW, together, town)):
                    row = table[(table["town"] == town) & (table["policy"] == f"{together}-{way}")].iloc[0]
                    assert row["profit"] == found["curve"][-1]


def test_policies_are_compared_in_the_same_towns():
    lead = [100, 120, 90, 130, 110, 105, -5, 95]
    table = pd.DataFrame(
        [
            {"town": town, "policy": policy, "profit": profit, "failed": failed}
            for town, ahead in enumerate(lead)
            for policy, profit, failed in (
                (street_ends.OURS, 1000 * town, None),
                ("alone-push", 1000 * town - ahead, 30 if town == 2 else None),
                ("team-push", 1000 * town + 7, None),
            )
        ]
    )
    found = street_ends.compared(table)
    low, high = interval(lead)
    push = found["alone-push"]
    assert (push["ahead"], push["failed"], push["sign"]) == (7, 1, 1)
    assert [push["value"], push["low"], push["high"]] == [round(np.mean(lead)), round(low), round(high)]
    assert (found["team-push"]["sign"], found["team-push"]["ahead"]) == (-1, 0)
    assert found[street_ends.OURS]["median"] == 3500


def test_every_market_takes_away_what_it_says():
    usual = street_ends.MARKETS["usual"](TOWN)
    assert usual == TOWN
    differ = {
        name: {
            path
            for (path, _, one), (_, _, other) in zip(change(TOWN).numbers(), TOWN.numbers(), strict=True)
            if one != other
        }
        for name, change in street_ends.MARKETS.items()
        if name != "main"
    }
    assert street_ends.MARKETS["main"](TOWN) == CONFIGURATIONS["main-street"]
    assert differ == {
        "usual": set(),
        "strangers": {"customers.churn"},
        "silent": {"word_of_mouth.gossip", "choice.ask_around", "trust.record"},
        "crowded": {"customers.count"},
        "quiet": {"customers.count"},
        "costly": set(),
    }
    costly = street_ends.MARKETS["costly"](TOWN)
    assert [g.rules.overhead for g in costly.firms] == [street_ends.DEAR * (g.members > 1) for g in TOWN.firms]
    assert street.market(costly, "team").firms[0].rules.overhead == street_ends.DEAR
    assert street.market(costly, "alone").firms[0].rules.overhead == 0


def test_the_data_can_be_written_and_are_small():
    with small_street():
        small = RICH.but({"customers.count": 300})
        data = {**street_ends.begin(small), **street_ends.everything(small, 6)}
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    assert len(text) < 1e6
    assert set(data["markets"]) == set(street_ends.MARKETS)
    assert set(data["constant"]) == {f"{t}-{w}" for t in street.TOGETHER for w in street.WAYS}
    path = data["tree"]["team"]["honest"]
    curve = path["curve"] + path["then"]["honest"]["curve"] + path["then"]["honest"]["later"]["curve"]
    assert curve == data["constant"]["team-honest"]["curve"]
    assert math.prod(street.PARTS.values()) > max(code for month in path["visits"] for code in month[1::5])


def test_a_scenario_with_a_python_strategy_is_refused():
    class Own(Salesperson):
        name, description, base = "own", "own", "collaborative"

    with_own = Scenario(strategies=[Own.as_strategy()], firms=[{"name": "own", "count": 3, "strategies": {"own": 1}}])
    with pytest.raises(InputError, match="own is a Python class"):
        street.market(with_own, "team")
