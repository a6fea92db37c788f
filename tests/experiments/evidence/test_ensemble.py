"""Dials make valid markets over the whole cube; an ensemble is the same after its file, and a wrong file is refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.priors import SWITCHES, market, space_of, usual
from longgame.experiments.evidence.space import Prior, Space
from longgame.experiments.evidence.table import KINDS
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.errors import InputError

SMALL = {"customers.count": 400}


def made(kind="repeat-supply", rows=5, seed=1, **changes):
    """Return a small ensemble of random markets."""
    rng, space = np.random.default_rng(seed), space_of(kind)
    first, second = (
        [tuple(values.values()) for values in space.values(rng.random((rows, len(space))))] for _ in range(2)
    )
    weights = rng.dirichlet(np.ones(rows)).tolist()
    whole = {"name": kind, "kind": kind, "dials": space.names, "fixed": SMALL, "points": first, "weights": weights}
    return Ensemble(**{**whole, "prior": second, "made": {"command": "test"}, **changes})


class TestSpace:
    @given(st.floats(0.0, 1.0), st.floats(0.01, 5.0), st.floats(1.01, 100.0))
    def test_a_place_leads_to_a_value_in_range_and_back(self, place, low, times):
        prior = Prior("x", float(f"{low:.3g}"), float(f"{low * times:.3g}"))
        if prior.low < prior.high:
            assert prior.low <= prior.value(place) <= prior.high
            assert prior.value(prior.place(prior.value(place))) == pytest.approx(prior.value(place), rel=0.006)

    def test_whole_numbers_count_alike_and_snap_to_the_middle_of_their_part(self):
        space = Space((Prior("n", 2, 4, whole=True), Prior("switch.s", 0, 1, whole=True), Prior("x", 0.0, 1.0)))
        places = np.random.default_rng(1).random((3000, 3))
        found = [tuple(values.values()) for values in space.values(places)]
        counts = np.unique([row[0] for row in found], return_counts=True)
        assert counts[0].tolist() == [2, 3, 4] and (abs(counts[1] - 1000) < 100).all()
        snapped = space.snapped(places)
        assert {tuple(row) for row in np.unique(snapped[:, :2], axis=0)} == {
            (a, b) for a in (1 / 6, 0.5, 5 / 6) for b in (0.25, 0.75)
        }
        assert [tuple(values.values())[:2] for values in space.values(snapped)] == [row[:2] for row in found]

    def test_factors_or_steps(self):
        assert Prior("x", 1.0, 4.0).value(0.5) == 2.5 and Prior("x", 1.0, 9.0).value(0.5) == 3.0


class TestMarkets:
    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(KINDS), st.integers(0, 2**32 - 1), st.booleans(), st.integers(60, 5000))
    def test_every_point_of_the_cube_is_a_market(self, kind, seed, corner, count):
        space = space_of(kind)
        places = np.random.default_rng(seed).random((1, len(space)))
        values = space.values(np.round(places) if corner else places)[0]
        scenario = market(kind, values, {"customers.count": count})
        assert scenario.sellers >= 3 and scenario.customers.count == count
        conducts = {name for group in scenario.firms for name in group.strategies}
        assert conducts == {"order-taker", "collaborative", "adversarial"}

    @pytest.mark.parametrize("kind", KINDS)
    def test_dials_in_their_usual_place_are_the_configuration(self, kind):
        base = CONFIGURATIONS[kind]
        found = market(kind, {name: usual(kind, name) for name in space_of(kind).names}, {"months": base.months})
        differing = [p for (p, _, a), (_, _, b) in zip(found.numbers(), base.numbers(), strict=True) if a != b]
        assert differing == [] and abs(found.sellers - base.sellers) <= 1

    @pytest.mark.parametrize("switch", SWITCHES)
    def test_a_switch_turns_its_rule_off_and_on(self, switch):
        space = space_of("projects")
        values = space.values(np.full((1, len(space)), 0.5))[0]
        for state in (0.0, 1.0):
            numbers = {path: value for path, _, value in market("projects", {**values, switch: state}, {}).numbers()}
            for path, off in SWITCHES[switch].items():
                assert (numbers[path] == off) is (state == 0.0)

    def test_the_sales_force_has_the_size_and_mix_that_are_asked_for(self):
        values = {"firms.customers": 50.0, "firms.adversarial": 0.15, "firms.collaborative": 0.4, "firms.herds": 0.5}
        scenario = market("repeat-supply", values, {"customers.count": 10_000})
        share = {conduct: 0.0 for conduct in ("order-taker", "collaborative", "adversarial")}
        for group in scenario.firms:
            for conduct, members in group.strategies.items():
                share[conduct] += group.count * members / scenario.sellers
        herds = sum(g.count * g.members for g in scenario.firms if g.members > 1) / scenario.sellers
        assert scenario.sellers == 200 and share == pytest.approx(
            {"order-taker": 0.45, "collaborative": 0.4, "adversarial": 0.15}
        )
        assert herds == pytest.approx(0.5, abs=0.03)


class TestEnsemble:
    @settings(max_examples=20, deadline=None)
    @given(st.sampled_from(KINDS), st.integers(1, 8), st.integers(0, 1000))
    def test_a_file_brings_back_the_same_markets(self, tmp_path_factory, kind, rows, seed):
        path = tmp_path_factory.mktemp("ensembles") / "one.json"
        one = made(kind, rows, seed)
        one.write(path)
        again = Ensemble.load(path)
        assert again.points == one.points and again.prior == one.prior and again.made == one.made
        assert again.shares == pytest.approx(one.shares, abs=1e-3) and again.shares.sum() == pytest.approx(1)
        assert again.scenarios() == one.scenarios() and again.prior_scenarios() == one.prior_scenarios()

    def test_names_and_sizes(self):
        one = made(rows=10, weights=[0.1] * 10)
        assert list(one.scenarios())[:2] == ["repeat-supply-01", "repeat-supply-02"]
        assert next(iter(one.prior_scenarios())) == "repeat-supply-prior-01" and one.effective == pytest.approx(10)
        assert {s.customers.count for s in one.scenarios().values()} == {400}

    def test_three_hundred_markets_of_thirty_dials_are_a_small_file(self, tmp_path):
        space, rng = space_of("repeat-supply"), np.random.default_rng(1)
        rows = [tuple(values.values())[:30] for values in space.values(rng.random((300, len(space))))]
        one = made(dials=space.names[:30], points=rows, prior=rows, weights=[1 / 300] * 300)
        one.write(tmp_path / "one.json")
        assert (tmp_path / "one.json").stat().st_size < 200_000

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"kind": "project"}, "kind: Input should be 'repeat-supply', 'projects' or 'consumer-services'"),
            ({"weights": [1.0]}, "`weights` has 1 numbers; there are 2 points"),
            ({"weights": [0.5, 0.9]}, "must be 0 or more and sum to 1"),
            ({"weights": [1.5, -0.5]}, "must be 0 or more and sum to 1"),
            ({"points": [[0.3, 0.4], [0.3]]}, "`points` 1 has 2 values; there are 1 dials"),
            ({"dials": ["word_of_mouth.gosip"]}, "did you mean `word_of_mouth.gossip`?"),
            ({"fixed": {"customers.cont": 3}}, "did you mean `customers.count`?"),
            ({"format": 9}, "this program reads 1"),
            ({"prior": []}, "prior: Tuple should have at least 1 item"),
            ({"colour": "blue"}, "colour: Extra inputs are not permitted"),
        ],
    )
    def test_a_wrong_file_is_refused_in_a_line(self, tmp_path, change, told):
        rows = [[0.3], [0.4]]
        tree = {"name": "m", "kind": "projects", "dials": ["word_of_mouth.gossip"], "points": rows, "prior": rows}
        path = tmp_path / "wrong.json"
        path.write_text(json.dumps({**tree, "weights": [0.5, 0.5], **change}))
        with pytest.raises(InputError) as refused:
            Ensemble.load(path)
        assert told in str(refused.value) and len(refused.value.lines) == 1 and str(path) in str(refused.value)

    def test_a_market_that_cannot_be_is_named(self):
        one = made(dials=["word_of_mouth.gossip"], points=[[0.3], [1.5]], prior=[[0.3]], weights=[0.5, 0.5])
        with pytest.raises(InputError, match="market 2 cannot be"):
            one.scenarios()

    def test_an_ensemble_that_is_not_stored_is_told_with_those_that_are(self):
        with pytest.raises(InputError, match="repeat-suply: is not stored"):
            Ensemble.load("repeat-suply")
