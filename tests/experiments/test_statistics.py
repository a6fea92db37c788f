"""Intervals, signs and verdicts: degenerate cases, coverage, and what may be said."""

import itertools
import json
import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.inference import effects as statistics
from longgame.experiments.inference.effects import Effect, interval, paired
from longgame.experiments.inference.said import LONG, SHORT, words_in
from longgame.experiments.inference.verdicts import decide, judge

FINDING = "we made {amount} {direction} profit than they"


def effect(low, high, n=20, worth=0.0, **at):
    return Effect((low + high) / 2, low, high, n, "money", at, worth=worth)


class TestInterval:
    def test_same_differences_same_interval_whatever_numpys_state(self):
        d = np.random.default_rng(1).normal(size=12)
        np.random.default_rng().normal(size=100)
        assert interval(d) == interval(list(d))

    def test_equal_differences_give_a_point(self):
        assert interval([0.0] * 8) == (0.0, 0.0)
        assert interval([3.5] * 8) == (3.5, 3.5)
        low, high = interval([0.1 + 0.2, 0.3] * 4)  # equal but for rounding
        assert low == high == pytest.approx(0.3)

    def test_too_few(self):
        assert all(math.isnan(x) for x in interval([1.0]))
        assert all(math.isnan(x) for x in interval([]))

    def test_one_outlier_still_gives_finite_bounds(self):
        low, high = interval([0.0] * 9 + [1.0])
        assert math.isfinite(low) and math.isfinite(high) and low <= 0.1 <= high

    def test_refuses_nan(self):
        with pytest.raises(ValueError, match="must be numbers"):
            interval([1.0, math.nan])

    @pytest.mark.parametrize(
        ("draw", "n", "low_bound"),
        [("normal", 8, 0.9), ("normal", 20, 0.915), ("exponential", 8, 0.88), ("exponential", 20, 0.88)],
    )
    def test_covers_the_truth_about_as_often_as_it_says(self, draw, n, low_bound, monkeypatch):
        # 95 % nominal, give or take the luck of 300 trials; skew costs the mean of 8 values some of it.
        monkeypatch.setattr(statistics, "RESAMPLES", 999)
        rng = np.random.default_rng(7)
        truth = {"normal": 0.0, "exponential": 1.0}[draw]
        trials = 300
        hits = 0
        for _ in range(trials):
            low, high = interval(getattr(rng, draw)(size=n))
            hits += low <= truth <= high
        assert low_bound <= hits / trials <= 0.985


class TestEffect:
    def test_pairs_by_seed_and_drops_what_has_no_partner(self):
        ours = pd.Series({0: 10.0, 1: 20.0, 2: 30.0, 3: np.nan})
        theirs = pd.Series({2: 1.0, 1: 2.0, 0: 3.0, 7: 100.0, 3: 1.0})
        found = paired(ours, theirs, unit="money")
        assert (found.n, found.value) == (3, pytest.approx((7 + 18 + 29) / 3))

    def test_scale(self):
        assert paired(pd.Series({0: 0.5}), pd.Series({0: 0.25}), unit="pp", scale=100).value == 25

    def test_refuses_two_values_for_a_seed(self):
        with pytest.raises(ValueError, match="one value per seed"):
            paired(pd.Series([1.0, 2.0], index=[0, 0]), pd.Series([1.0]), unit="")

    @pytest.mark.parametrize(
        ("low", "high", "n", "sign"),
        [
            (1, 2, 20, 1),
            (-2, -1, 20, -1),
            (-1, 1, 20, None),
            (0, 0, 20, 0),
            (0, 1, 20, None),
            (1, 2, 5, None),
            (1, 2, 6, 1),
            (math.nan, math.nan, 1, None),
        ],
    )
    def test_sign(self, low, high, n, sign):
        assert effect(low, high, n).sign == sign

    def test_fewest_is_where_equal_signs_become_unlikely(self):
        n = statistics.fewest(0.95)
        assert 2 ** (1 - n) <= 0.05 < 2 ** (2 - n)

    def test_no_difference_is_seldom_called_one(self):
        rng = np.random.default_rng(3)
        called = [statistics.effect_of(pd.Series(rng.normal(size=12)), unit="").sign is not None for _ in range(200)]
        assert np.mean(called) <= 0.09

    def test_one_of_many_is_told_by_chance_no_oftener_than_its_level_says(self):
        rng, wrong, studies = np.random.default_rng(2), 0, 1500
        for _ in range(studies):
            wrong += statistics.effect_of(pd.Series(rng.normal(size=10)), unit="").says_among(20) in (1, -1)
        level = 0.05 / 20
        assert wrong / studies < level + 3 * np.sqrt(level / studies)

    def test_one_of_many_must_be_clearer_than_one_alone(self):
        rng = np.random.default_rng(5)
        weak = statistics.effect_of(pd.Series(rng.normal(0.62, 1, size=20)), unit="")
        assert weak.sign == 1
        assert weak.says_among(1) == 1
        assert weak.says_among(100) is None


class TestVerdict:
    UP, DOWN, OPEN, NONE = effect(1, 3), effect(-3, -1), effect(-1, 2), effect(0, 0)

    @pytest.mark.parametrize(
        ("effects", "outcome"),
        [
            ([UP, UP], "holds"),
            ([UP, DOWN], "depends"),
            ([UP, NONE], "depends"),
            ([UP, DOWN, OPEN], "depends"),
            ([UP, OPEN], "undecided"),
            ([DOWN, OPEN], "undecided"),
            ([DOWN, DOWN], "does not hold"),
            ([NONE, NONE], "does not hold"),
            ([OPEN], "undecided"),
            ([], "undecided"),
        ],
    )
    def test_decide(self, effects, outcome):
        assert decide(effects) == outcome
        assert judge("c", "q?", effects, finding=FINDING, horizon="over 10 years").outcome == outcome

    def test_chance_among_many_is_not_taken_for_dependence(self):
        rng = np.random.default_rng(11)
        depends = 0
        for _ in range(40):
            same = statistics.effect_of(pd.Series([0.0] * 10), unit="")
            noise = [statistics.effect_of(pd.Series(rng.normal(size=10)), unit="") for _ in range(6)]
            depends += decide([same, *noise]) == "depends"
        assert depends <= 4

    def test_words_of_a_claim_that_holds(self):
        effects = [effect(100, 300), effect(1000, 3000)]
        said = judge("c", "q?", effects, finding=FINDING, horizon="over 10 years")
        assert said.answer == "Yes, in both comparisons."
        assert said.reasons == (
            "Over 10 years, we made 200 to 2,000 more profit than they.",
            "How sure: 20 runs of every market, 95% intervals.",
        )
        assert said.effect.value == 200  # the weakest bounds it

    def test_words_of_a_claim_that_fails(self):
        said = judge("c", "q?", [self.DOWN], finding=FINDING, horizon="over 1 year")
        assert said.answer == "No: the opposite is true."
        assert said.reasons[0] == "Over 1 year, we made 2 less profit than they."

    def test_depends_says_where(self):
        effects = [
            effect(1, 3, market="shared market", years="1"),
            effect(1, 3, market="shared market", years="2"),
            effect(-3, -1, market="separate markets", years="1"),
            effect(-3, -1, market="separate markets", years="2"),
        ]
        said = judge("c", "q?", effects, finding=FINDING, horizon="over 2 years")
        assert said.answer == "Yes, in the shared market. No, in separate markets."
        assert said.reasons == (
            "Over 2 years, we made 2 more profit than they, in the shared market.",
            "Over 2 years, we made 2 less profit than they, in separate markets.",
            "How sure: 20 runs of every market, 98.8% intervals, as there are 4 comparisons.",
        )

    def test_depends_on_two_things_together(self):
        at = [(m, t) for m in ("shared market", "separate markets") for t in ("1 year", "5 years")]
        bounds = [(-9, -7), (-3, 4), (-6, -4), (15, 17)]
        effects = [effect(*b, market=m, horizon=t) for b, (m, t) in zip(bounds, at, strict=True)]
        said = judge("c", "q?", effects, finding=FINDING, horizon="over 1 and 5 years")
        assert said.answer == "Yes, in separate markets over 5 years. No, over 1 year."
        assert "1 comparison is not clear." in said.reasons

    def test_undecided_says_what_is_open(self):
        effects = [effect(1, 3, market="shared market"), effect(-1, 2, market="separate markets")]
        said = judge("c", "q?", effects, finding=FINDING, horizon="over 2 years")
        assert said.answer == "Undecided: 1 of 2 comparisons is not clear."
        assert said.reasons[0] == "Over 2 years, we made 2 more profit than they, in the shared market."

    def test_a_contrast_that_is_clear_only_without_correction_may_be_chance(self):
        rng = np.random.default_rng(5)
        weak = replace(statistics.effect_of(pd.Series(rng.normal(0.62, 1, size=20)), unit=""), at={"market": "a"})
        effects = [weak, *(effect(-3, -1, market=m) for m in "bcd")]
        said = judge("c", "q?", effects, finding=FINDING, horizon="over 10 years")
        assert said.answer == "Undecided: the comparisons differ, but that may be chance."

    def test_shorter_times_are_reported(self):
        others = [effect(-3, -1, horizon="1 year"), effect(-1, 3, horizon="2 years"), effect(-1, 3, horizon="5 years")]
        said = judge("c", "q?", [effect(1, 3, horizon="10 years")], finding=FINDING, horizon="x", others=others)
        assert said.reasons[-1] == "Over time: no over 1 year, not clear over 2 and 5 years."
        same = judge("c", "q?", [self.UP], finding=FINDING, horizon="x", others=[effect(1, 3, horizon="1 year")])
        assert same.reasons[-1] == "The answer is the same over shorter times."

    def test_nothing_sold(self):
        said = judge("c", "q?", [self.NONE], finding=FINDING, horizon="over 10 years", sold=False)
        assert (said.outcome, said.sentence) == ("undecided", "Undecided: nothing was sold in any run.")

    @pytest.mark.parametrize("finding", [FINDING, "the share was {amount} points {direction} than theirs"])
    @pytest.mark.parametrize("signs", list(itertools.product("+-0?~", repeat=4)))
    def test_sentences_are_whole_and_true_whatever_the_signs(self, signs, finding):
        at = [(m, t) for m in ("shared market", "separate markets") for t in ("1 year", "10 years")]
        bounds = {"+": (1, 3), "-": (-3, -1), "0": (0, 0), "?": (-1, 2), "~": (-0.1, 0.11)}
        worth = 0.5 if "~" in signs else 0.0
        effects = []
        for k, (sign, (m, t)) in enumerate(zip(signs, at, strict=True), 1):
            low, high = bounds[sign]
            effects.append(effect(k * low, k * high, worth=worth, market=m, horizon=t))
        said = judge("c", "q?", effects, finding=finding, horizon="over 1 and 10 years")
        assert words_in(said.answer) <= SHORT
        assert all(words_in(reason) <= LONG and reason.endswith(".") for reason in said.reasons)
        text = said.sentence
        assert not re.search(r"\b0 of|None|[{}()]|  |,\.", text.replace("(in ", "").replace("comparisons)", ""))
        for words, kind in (("more", 1), ("less", -1)):
            among = len(said.effects) if said.outcome == "depends" else 1
            sizes = {abs(e.value) for e in said.effects if e.says_among(among) == kind}
            for low, high in re.findall(rf"([\d.]+)(?: to ([\d.]+))? (?:points )?{words}\b", text):
                assert {float(low), float(high or low)} == {min(sizes), max(sizes)}

    def test_too_early_to_tell_is_no_reason_to_leave_the_long_run_open(self):
        early, late = effect(-1, 2, horizon="1 year"), effect(1, 3, horizon="10 years")
        said = judge("c", "q?", [early, late], finding=FINDING, horizon="over 1 and 10 years")
        assert (said.outcome, said.answer) == ("holds", "Yes, from 10 years on.")
        assert said.reasons[-1] == "Over time: not clear over 1 year."
        # ... but what is open in the long run stays open, and an early no is not forgotten.
        swapped = [effect(1, 3, horizon="1 year"), effect(-1, 2, horizon="10 years")]
        assert judge("c", "q?", swapped, finding=FINDING, horizon="h").outcome == "undecided"
        mixed = [effect(-1, 2, horizon="1 year"), effect(-3, -1, horizon="1 year"), late]
        assert judge("c", "q?", mixed, finding=FINDING, horizon="h").outcome != "holds"

    @pytest.mark.parametrize(
        ("bounds", "outcome"),
        [
            ([(1, 30), (1, 30)], "holds"),
            ([(1, 9), (-9, 9)], "does not hold"),  # clear of 0 or not, it is not worth speaking of
            ([(-30, -1), (0, 0)], "does not hold"),
            ([(-1, 11), (-9, 9)], "undecided"),
            ([(1, 30), (-9, 9)], "depends"),
        ],
    )
    def test_the_smallest_effect_worth_having(self, bounds, outcome):
        effects = [effect(*b, worth=10.0, market=m) for b, m in zip(bounds, "ab", strict=True)]
        assert decide(effects) == outcome

    def test_words_of_effects_not_worth_having(self):
        two = [effect(-4, 8, worth=10.0, market="a"), effect(-5, 3, worth=10.0, market="b")]
        said = judge("c", "q?", two, finding=FINDING, horizon="over 10 years")
        assert said.answer == "No, not in any of 2 comparisons."
        assert said.reasons[0] == "Any advantage is below 10, the least worth having."
        mixed = [effect(-4, 8, worth=10.0, market="a"), effect(-5, -3, worth=10.0, market="b")]
        said = judge("c", "q?", mixed, finding=FINDING, horizon="over 10 years")
        assert said.reasons[:2] == (
            "Over 10 years, we made 4 less profit than they, in b.",
            "In 1 comparison any advantage is below 10, the least worth having.",
        )

    def test_rounding_noise_is_no_effect(self):
        seeds = range(8)
        ours = pd.Series([1e4 + 1e-9 * k for k in seeds], seeds)
        found = statistics.paired(ours, pd.Series([1e4] * 8, seeds), unit="money")
        assert (found.value, found.sign) == (0.0, 0)
        assert statistics.effect_of(pd.Series([-1e-12] * 8), unit="money").sign == 0

    def test_five_seeds_never_decide(self):
        said = judge("c", "q?", [effect(5, 6, n=5)], finding=FINDING, horizon="now")
        assert said.outcome == "undecided" and said.answer == "Undecided: fewer than 6 runs show no sign."

    def test_json_and_table(self):
        said = judge(
            "c",
            "q?",
            [effect(1, 3, market="shared")],
            finding=FINDING,
            horizon="now",
            others=[effect(math.nan, math.nan, 1, market="shared")],
        )
        tree = json.loads(said.to_json())
        assert tree["outcome"] == "holds" and tree["effects"][0]["at"] == {"market": "shared"}
        assert tree["others"][0]["value"] is None
        assert said.table()["decides"].tolist() == [True, False]


class TestErrorRates:
    """How often a claim with a smallest effect comes out wrong, with luck of sd 1 in 16 pairs."""

    TRIALS = 200

    def outcomes(self, effects, monkeypatch, worth=1.0):
        """Return how often each verdict comes out where these are the true effects."""
        monkeypatch.setattr(statistics, "RESAMPLES", 999)
        rng = np.random.default_rng(5)
        said = [
            decide(
                [statistics.effect_of(pd.Series(true + rng.normal(size=16)), unit="", worth=worth) for true in effects]
            )
            for _ in range(self.TRIALS)
        ]
        return {outcome: said.count(outcome) / self.TRIALS for outcome in set(said)}

    def test_what_is_worth_having_is_seldom_denied(self, monkeypatch):
        # At most 2.5 %, with the luck of 200 trials; an effect of just that size is the worst case.
        assert self.outcomes([1.0], monkeypatch).get("does not hold", 0) <= 0.06
        assert self.outcomes([0.0, 1.0], monkeypatch).get("does not hold", 0) <= 0.06

    def test_nothing_is_seldom_called_something(self, monkeypatch):
        assert self.outcomes([0.0], monkeypatch).get("holds", 0) <= 0.06
        assert self.outcomes([0.0, 1.5], monkeypatch).get("holds", 0) <= 0.06

    def test_nothing_is_mostly_found_out(self, monkeypatch):
        assert self.outcomes([0.0, 0.0], monkeypatch)["does not hold"] >= 0.8
        # Without a smallest effect it never would be: that is why there is one.
        assert self.outcomes([0.0, 0.0], monkeypatch, worth=0.0).get("does not hold", 0) <= 0.03
