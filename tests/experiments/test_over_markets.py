"""Claims over markets: what each market says, weighted shares, and the whole road with a made claim."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments import claims
from longgame.experiments.evidence.stored_verdicts import Told, side_by_side
from longgame.experiments.inference.deciding import Turn
from longgame.experiments.runs.workers import Workers
from longgame.experiments.store.store import ResultStore
from longgame.experiments.studies.over_markets import (
    COLUMNS,
    SAYS,
    Sample,
    compare,
    heard,
    says_together,
    share_of,
    shares,
)
from longgame.sim import Scenario

SMALL = Scenario(months=24).but({"customers.count": 300})


def compared(means, claim="c", places=("here", "there"), noise=1.0, worth=0.0, n=3, seed=0):
    """Return rows as of `compare`: a market a row of `means`, a place a column."""
    rng = np.random.default_rng(seed)
    rows = [
        (claim, f"m{m}", place, "money", worth, n, mean, noise * rng.chisquare(n - 1) / (n - 1))
        for m, row in enumerate(means)
        for place, mean in zip(places, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


class TestOneMarket:
    def test_clear_comparisons_decide_and_contrary_ones_are_mixed(self):
        means = [(9, 9), (-9, -9), (9, -9), (9, 0.1), (0.1, -0.1)] + [(0, 0)] * 60
        said = heard(compared(means)).set_index("market")["says"]
        assert said[["m0", "m1", "m2", "m3", "m4"]].tolist() == ["for", "against", "mixed", "undecided", "undecided"]

    def test_an_effect_too_small_to_be_worth_having_is_against(self):
        said = heard(compared([(0.5, 0.5), (9.0, 9.0)] * 30, noise=0.01, worth=3.0)).set_index("market")["says"]
        assert set(said[["m0", "m2"]]) == {"against"} and set(said[["m1", "m3"]]) == {"for"}

    def test_without_a_difference_the_signs_are_wrong_as_often_as_stated(self):
        rng = np.random.default_rng(5)
        means = rng.standard_normal((4_000, 1)) / math.sqrt(3)
        said = heard(compared(means, places=("here",)))["says"]
        assert float(said.isin(["for", "against"]).mean()) == pytest.approx(0.05, abs=0.012)

    def test_the_mean_is_over_comparisons(self):
        found = heard(compared([(1.0, 3.0)] * 3))
        assert found[["mean", "comparisons"]].to_numpy().tolist() == [[2.0, 2.0]] * 3

    def test_nothing_compared_is_nothing_said(self):
        assert heard(compared([])).empty

    @given(st.lists(st.sampled_from([1, 0, -1, None]), min_size=1, max_size=6))
    def test_turning_all_signs_turns_for_and_against(self, says):
        turned = [None if each is None else -each for each in says]
        swap = {"for": "against", "against": "for"}
        if 0 not in says:
            assert says_together(turned, turned) == swap.get(says_together(says, says), says_together(says, says))


class TestShares:
    def test_by_hand(self):
        said = heard(compared([(9, 9), (9, 9), (-9, -9), (0, 0)]))
        weights = {"m0": 1.0, "m1": 3.0, "m2": 4.0, "m3": 2.0, "cannot be": 10.0}
        table = shares(said, [Sample("posterior", weights)], claims=1).set_index("says")
        assert table["share"].to_dict() == pytest.approx({"for": 0.2, "against": 0.2, "mixed": 0.0, "undecided": 0.6})
        assert set(table["markets"]) == {5}

    def test_alike_weights_give_the_interval_of_wilson(self):
        found = share_of(np.arange(100) < 30, np.full(100, 0.01), 0.95)
        assert found == pytest.approx((0.3, 0.2189, 0.3958), abs=1e-4)  # Newcombe 1998, method 3

    def test_more_claims_make_wider_intervals(self):
        said = heard(compared([(9, 9), (-9, -9)] * 20))
        sample = [Sample("prior", {f"m{m}": 1.0 for m in range(40)})]
        one, many = (shares(said, sample, claims=n).set_index("says").loc["for"] for n in (1, 24))
        assert float(one["share"]) == float(many["share"]) and float(many["low"]) < float(one["low"])

    @given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 100)), min_size=1, max_size=30))
    def test_a_share_is_within_its_interval_and_its_complement_mirrors_it(self, markets):
        holds, weights = (np.array(each) for each in zip(*markets, strict=True))
        share, other = share_of(holds, weights, 0.95), share_of(~holds, weights, 0.95)
        assert 0 <= share.low <= share.value + 1e-12 and share.value <= share.high + 1e-12
        assert (other.low, other.high) == pytest.approx((1 - share.high, 1 - share.low))


def test_the_whole_road(tmp_path):
    """Two claims in three markets: rows as each claim's own verdict has them, and a second time nothing is run."""
    asked = {name: claims.load(name) for name in ("walk-away", "refer")}
    markets = {f"m{k}": SMALL.but({"word_of_mouth.gossip": k / 10}) for k in range(3)}
    with ResultStore(tmp_path / "runs.sqlite") as store, Workers(store, 1) as workers:
        found, runs = compare(asked, markets, (0, 1), workers)
        assert runs == store.connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        assert set(found["claim"]) == set(asked) and set(found["market"]) == set(markets)
        own = asked["refer"]
        plan = own.first_plan(markets["m1"], (0, 1))
        effects = own.first(workers.tables(plan)).effects
        assert workers.outcome is not None and workers.outcome.reused == len(plan)
        rows = found[(found["claim"] == "refer") & (found["market"] == "m1")].set_index("place")
        for effect in effects:
            assert rows.loc[effect.place, "mean"] == pytest.approx(effect.value)
            assert rows.loc[effect.place, "variance"] == pytest.approx(np.var(effect.differences, ddof=1))
        said = heard(found)
    assert len(said) == 6 and set(said["says"]) <= set(SAYS)


def test_a_market_that_cannot_hold_the_arms_is_left_out(tmp_path):
    claim = claims.load("walk-away")

    class Picky:
        name, text, question, dials = claim.name, claim.text, claim.question, ()
        first, analyse = claim.first, claim.analyse

        def plan(self, scenario, seeds):
            return claim.first_plan(scenario.but({"customers.rate": 2 * scenario.customers.rate}), seeds)

    markets = {"often": SMALL.but({"customers.rate": 30.0}), "usual": SMALL}  # at most 50
    with ResultStore(tmp_path / "runs.sqlite") as store, Workers(store, 1) as workers:
        found, _ = compare({"picky": Picky()}, markets, (0, 1), workers)
    assert set(found["market"]) == {"usual"}


class TestStored:
    def told(self, name="made"):
        said = heard(compared([(9, 9), (9, 9), (-9, -9), (0, 0)]))
        both = [Sample("plausible", {"m0": 1.0, "m1": 1.0, "m2": 1.0}), Sample("prior", {"m2": 1.0, "m3": 1.0})]
        return Told(
            name,
            shares(said, both, 1),
            {"c": "It is so."},
            {"c": Turn({"a": (-math.inf, 0.25), "b": (1.0, 2.0)}, 0.9, 0.1)},
            {"seeds": 3},
        )

    def test_what_is_written_is_read(self, tmp_path):
        told = self.told()
        told.write(tmp_path / "told.json")
        found = Told.load(tmp_path / "told.json")
        assert (found.name, found.headlines, found.turns, found.about) == (
            told.name,
            told.headlines,
            told.turns,
            told.about,
        )
        pd.testing.assert_frame_equal(found.shares, told.shares.drop(columns="markets").round(3))

    def test_a_table_has_a_line_a_claim_and_a_column_an_ensemble(self):
        lines = side_by_side([self.told(), self.told("other")]).splitlines()
        assert lines[0] == "| claim | made | other |"
        assert lines[2] == "| `c`: It is so. |" + " **67 % for, 33 % against** (0, 50) |" * 2
