"""Compositions: their markets, and the payoff table that everything in the lab is read from."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.design import compositions as lab
from longgame.experiments.design.arms import HERD, SINGLETON
from longgame.experiments.measures import kept as measures
from longgame.experiments.runs.runner import run_plan
from longgame.sim import STRATEGIES, Scenario, firms, run

SMALL = Scenario(months=24, firms=[*firms("adversarial", singletons=5), *firms("collaborative", herds=1)]).but(
    {"customers.count": 300, "staffing.turnover": 0.3}
)
TWIN = STRATEGIES["collaborative"].model_copy(update={"name": "twin"})


def table_of(compositions, seeds=range(3), strategies=None, scenario=SMALL, workers=1):
    outcome = run_plan(lab.plan(scenario, compositions, tuple(seeds), strategies), workers=workers, progress=False)
    assert not outcome.failures, outcome.failures[0].details
    return lab.payoff_table(outcome.tables["posts"])


class TestMarkets:
    @given(st.dictionaries(st.sampled_from(sorted(STRATEGIES)), st.integers(0, 9), min_size=1), st.randoms())
    def test_order_of_input_does_not_matter(self, counts, random):
        turned = list(counts.items())
        random.shuffle(turned)
        assert lab.composed(dict(turned), HERD) == lab.composed(counts, HERD)
        assert lab.composed(counts, HERD).firms == sum(counts.values())

    @pytest.mark.parametrize(("organisation", "count", "few"), [(SINGLETON, 10, 1), (HERD, 2, 1)])
    def test_a_duel_is_a_market_of_the_scenarios_size(self, organisation, count, few):
        assert lab.market_firms(SMALL, organisation) == count
        made = lab.market(SMALL, lab.duel("milker", "advisor", 0.1, count, organisation))
        assert made.sellers == SMALL.sellers and made.customers == SMALL.customers
        assert {g.name: g.count for g in made.firms} == {
            f"milker-{organisation}": few,
            f"advisor-{organisation}": count - few,
        }

    def test_everybody_has_every_share_of_every_pair_once(self):
        found = lab.duels(["milker", "advisor", "champion"], 10, SINGLETON, (0.2, 0.5))
        assert len(found) == len(set(found)) == 3 * 3
        shares = {(name, count / 10) for one in found for name, count in one.parts}
        assert shares == set(itertools.product(["milker", "advisor", "champion"], (0.2, 0.5, 0.8)))

    def test_in_the_mixed_markets_everybody_has_every_place_once(self):
        names = sorted(STRATEGIES)
        made = lab.mixed(reversed(names), 40, SINGLETON)
        places = np.array([[name for name, _ in one.parts] for one in made])
        assert all(sorted(row) == names for row in (*places, *places.T))
        assert {count for one in made for _, count in one.parts} == {2}

    def test_ways_of_selling_stay_though_the_scenario_would_change_them(self):
        eager = SMALL.but({"staffing.imitation": 1.0})
        group = eager.model_dump()["firms"]
        group[0]["policy"] = {"hiring": "record", "conversion": 0.5}
        eager = eager.but(firms=group)
        made = lab.market(eager, lab.duel("milker", "advisor", 0.5, 10, SINGLETON))
        people = run(made, 1).salespeople
        assert (people["group"].astype(str) == people["strategy"].astype(str) + "-singleton").all()
        assert len(people) > 10  # and some were newcomers


class TestPayoffs:
    def test_posts_add_up_to_what_the_groups_earn(self):
        market = lab.market(SMALL, lab.duel("milker", "advisor", 0.5, 2, HERD))
        result = run(market, 3)
        mine = lab.by_post(result).groupby("group")[["profit", "pay"]].mean()
        theirs = measures.at_end(result).set_index("group")[["profit", "pay"]]
        pd.testing.assert_frame_equal(mine, theirs.loc[mine.index], check_names=False)

    def test_luck_is_what_the_posts_earn_where_all_sell_alike(self):
        rows = [
            {"market": arm, "seed": 0, "post": post, "group": f"{name}-singleton", "profit": value, "pay": value}
            for arm, cells in {
                "3*a": [("a", 1.0), ("a", 2.0), ("a", 6.0)],
                "3*b": [("b", 5.0), ("b", 5.0), ("b", 5.0)],
                "2*a+1*b": [("a", 4.0), ("a", 6.0), ("b", 7.0)],
            }.items()
            for post, (name, value) in enumerate(cells)
        ]
        table = lab.payoff_table(pd.DataFrame(rows))
        (a, b) = table[table["composition"] == "2*a+1*b"].to_dict("records")
        assert (a["profit"], a["profit_luck"], a["sellers"], a["of"]) == (5.0, -1.5, 2, 3)
        assert (b["profit"], b["profit_luck"]) == (7.0, 0.0)
        ours, theirs = lab.duel_table(table).to_dict("records")
        assert (ours["ours"], ours["payoff"], ours["rival"], ours["gap"]) == ("a", 6.5, 7.0, -0.5)
        assert (theirs["ours"], theirs["gap"]) == ("b", 0.5)
        assert ours["share"] == pytest.approx(2 / 3)

    @pytest.mark.parametrize("organisation", [SINGLETON, HERD])
    def test_copies_under_another_name_earn_exactly_the_same(self, organisation):
        names, count = ["collaborative", "twin"], lab.market_firms(SMALL, organisation)
        table = table_of(lab.duels(names, count, organisation), strategies={"twin": TWIN})
        gaps = lab.duel_table(table)["gap"]
        assert len(gaps) and np.abs(gaps).max() < 1e-6
        raw = lab.duel_table(table.assign(profit_luck=0.0))["gap"]
        assert np.abs(raw).max() > 100  # what luck alone would have made of them

    def test_luck_of_posts_is_nothing_on_average(self):
        market = lab.market(SMALL, lab.monoculture("milker", 10, SINGLETON))
        posts = np.array([lab.by_post(run(market, seed))["profit"] for seed in range(60)])
        luck = posts - posts.mean(axis=1, keepdims=True)
        error = luck.std(axis=0, ddof=1) / np.sqrt(len(luck))
        assert (np.abs(luck.mean(axis=0)) < 3.5 * error).all() and luck.std() > 100

    def test_order_of_input_and_number_of_workers_do_not_matter(self):
        names = ["milker", "advisor", "twin"]
        twin = {"twin": TWIN}
        one, two = (
            table_of(
                [*lab.duels(order, 10, SINGLETON), *lab.mixed(order, 10, SINGLETON)], (0, 1), twin, workers=workers
            )
            for order, workers in ((names, 1), (names[::-1], 2))
        )
        pd.testing.assert_frame_equal(one, two)
