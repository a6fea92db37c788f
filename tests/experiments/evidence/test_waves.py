"""Waves on simulators with known answers: what is left, what is dropped, what is said where nothing is left."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.evidence import screening, waves
from longgame.experiments.evidence.conflict import sentences
from longgame.experiments.evidence.emulator import all_learned, learned
from longgame.experiments.evidence.implausibility import CUT, implausibility, largest, on_scale, survive
from longgame.experiments.evidence.sampling import evolve, maximin, spread_out
from longgame.experiments.evidence.space import Prior, Space
from tests.experiments.evidence.toys import SEEDS, Aim, cube, line, noisy


@pytest.fixture(autouse=True)
def smaller(monkeypatch):
    """A smaller population is enough for a few dials."""
    monkeypatch.setattr(waves, "POPULATION", 500)


def matched(space, targets, model, points=60, count=4, seed=1):
    return waves.match(
        waves.begin(space, targets, np.random.default_rng(seed)),
        model,
        points=points,
        seeds=SEEDS,
        waves=count,
        seed=seed,
    )


class TestSampling:
    def test_a_latin_hypercube_fills_every_row_and_is_spread_out(self):
        rng = np.random.default_rng(1)
        made = maximin(40, 3, rng)
        assert all(sorted((made[:, k] * 40).astype(int)) == list(range(40)) for k in range(3))
        few = spread_out(made, 10, rng)
        assert few.shape == (10, 3) and {tuple(row) for row in few} <= {tuple(row) for row in made}

    def test_points_evolve_to_an_even_sample_of_a_thin_region(self):
        """A slanted strip: even along it, and forgetful of the few points it began with."""

        def strip(places):
            return np.where(np.abs(places[:, 0] - places[:, 1]) < 0.05, 0.0, -np.inf)

        rng = np.random.default_rng(2)
        start = rng.random((4000, 3))
        start = start[np.isfinite(strip(start))][:60]
        found, taken = evolve(start, 3000, strip, rng, sweeps=40)
        assert np.isfinite(strip(found)).all() and 0.1 < taken < 0.95
        counts = np.histogram(found[:, 0], bins=5, range=(0, 1))[0] / 3000
        assert counts == pytest.approx(0.2, abs=0.05)
        assert np.histogram(found[:, 2], bins=4, range=(0, 1))[0] / 3000 == pytest.approx(0.25, abs=0.05)


class TestEmulator:
    def test_mean_and_variance_between_seeds_are_learned(self):
        space = cube(3)
        rng = np.random.default_rng(1)
        places = maximin(150, 3, rng)
        level = np.sin(4 * places[:, 0]) + places[:, 1] ** 2
        spread = 0.02 + 0.2 * places[:, 2]
        values = level[:, None] + spread[:, None] * rng.normal(size=(150, 8))
        one = learned("wave", places, values, 1)
        assert one is not None and one.predicts and one.r2 > 0.9
        at = rng.random((200, 3))
        mean, variance, seeds = one(at)
        truth = np.sin(4 * at[:, 0]) + at[:, 1] ** 2
        assert np.abs(mean - truth).mean() < 0.05
        assert (np.abs(mean - truth) <= 2 * np.sqrt(variance)).mean() > 0.85
        assert np.exp(np.mean(np.log(seeds) - 2 * np.log(0.02 + 0.2 * at[:, 2]))) == pytest.approx(1, abs=0.25)
        assert np.corrcoef(np.log(seeds), at[:, 2])[0, 1] > 0.8
        assert len(space) == 3

    def test_noise_alone_is_no_emulator(self):
        rng = np.random.default_rng(1)
        one = learned("luck", rng.random((80, 3)), rng.normal(size=(80, 4)), 1)
        assert one is not None and not one.predicts

    def test_what_is_defined_nowhere_or_never_varies_is_not_learned(self):
        rng = np.random.default_rng(1)
        places, values = rng.random((60, 2)), rng.normal(size=(60, 4, 3))
        values[:, :, 1], values[:50, :, 2] = 7.0, np.nan
        found, missing = all_learned(["luck", "same", "rare"], places, values, 1)
        assert [one.target for one in found] == ["luck"] and missing == ["same", "rare"]


class TestImplausibility:
    def test_is_the_distance_in_units_of_all_that_excuses_it(self):
        rng = np.random.default_rng(1)
        places = maximin(100, 2, rng)
        one = learned("a", places, places[:, [0]] + 0.1 * rng.normal(size=(100, 4)), 1)
        at = rng.random((50, 2))
        mean, variance, seeds = one(at)
        found = implausibility([one], [Aim("a", 0.5, 0.2)], at)[:, 0]
        assert found == pytest.approx(np.abs(0.5 - mean) / np.sqrt(0.04 + variance + seeds))
        assert np.median(seeds) == pytest.approx(0.01, rel=0.4) and (variance < seeds).all()

    @given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 1000))
    def test_the_largest_the_second_and_so_on(self, order, width, seed):
        found = np.random.default_rng(seed).random((5, width))
        assert largest(found, order).tolist() == [sorted(row)[::-1][min(order, width) - 1] for row in found.tolist()]

    def test_who_survives_is_who_is_below_the_cut(self):
        rng = np.random.default_rng(1)
        places = maximin(80, 2, rng)
        values = np.stack([places @ slope for slope in ([1, 0], [0, 1], [1, 1])], axis=1)
        noise = 0.02 * rng.normal(size=(80, 4, 3))
        found, _ = all_learned(["a", "b", "c"], places, values[:, None, :] + noise, 1)
        aims = [Aim("a", 0.5, 0.05), Aim("b", 0.5, 0.05), Aim("c", 1.5, 0.05)]
        at = rng.random((400, 2))
        for order in (1, 2, 3):
            expected = largest(implausibility(found, aims, at), order) <= CUT
            assert (survive(found, aims, at, order) == expected).all()

    def test_a_logarithm_of_nothing_is_far_below_but_finite(self):
        aim = Aim("a", 0.1, 0.2, low=0.05, high=0.2, log=True)
        scaled = on_scale(aim, np.array([0.0, 0.1, np.nan]))
        assert scaled[0] < np.log(0.01) and scaled[1] == pytest.approx(np.log(0.1)) and np.isnan(scaled[2])


class TestWaves:
    def test_what_is_left_is_where_the_truth_is_and_its_share_is_known(self):
        """Two targets pin two of three dials to strips whose size can be worked out."""
        space, sd = cube(3), 0.05
        targets = [Aim("a", 0.4, sd), Aim("b", 0.7, sd)]
        history = matched(space, targets, noisy(line([[1, 0, 0], [0, 1, 0]]), 0.01))
        wide = 2 * CUT * np.sqrt(sd**2 + 0.01**2)
        assert history.share == pytest.approx(wide**2, rel=0.25)
        assert history.inside(np.array([[0.4, 0.7, 0.9], [0.9, 0.7, 0.9], [0.4, 0.2, 0.1]])).tolist() == [
            True,
            False,
            False,
        ]
        assert history.points.mean(axis=0) == pytest.approx([0.4, 0.7, 0.5], abs=0.06)
        assert history.inside(history.points).all() and history.conflict is None
        assert history.waves[0].order == 2 and history.waves[-1].order == 1
        assert history.waves[2].out["a"] > 0.2 and set(history.waves[2].only) == {"a", "b"}

    def test_a_tiny_share_is_reached_in_steps(self):
        space = cube(5)
        targets = [Aim(f"t{k}", 0.5, 0.004) for k in range(5)]
        history = matched(space, targets, noisy(line(np.eye(5)), 0.001), points=80)
        wide = 2 * CUT * np.sqrt(0.004**2 + 0.001**2)
        assert history.conflict is None and 0.2 < history.share / wide**5 < 5
        assert np.abs(history.points - 0.5).max() < 0.1

    @settings(max_examples=6, deadline=None)
    @given(st.integers(0, 10_000), st.floats(0.02, 0.3), st.integers(1, 3))
    def test_the_share_left_never_grows(self, seed, sd, dials):
        rng = np.random.default_rng(seed)
        slopes, truth = rng.normal(size=(3, dials)), rng.random(dials)
        targets = [Aim(f"t{k}", float(slopes[k] @ truth), sd) for k in range(3)]
        history = matched(cube(dials), targets, noisy(line(slopes), 0.02), points=40, count=3, seed=seed)
        shares = history.shares()
        assert shares[0] == 1 and all(0 <= b <= a for a, b in pairwise(shares))
        assert history.share == pytest.approx(shares[-1])
        assert history.conflict is not None or history.inside(history.points).all()

    def test_waves_end_where_the_space_no_longer_shrinks(self):
        history = matched(cube(1), [Aim("a", 0.5, 0.1)], noisy(line([[1.0]]), 0.01), count=8)
        assert len(history.waves) == waves.FEWEST and history.settled

    def test_the_same_seed_gives_the_same_points_and_another_one_others(self):
        def run(seed):
            return matched(cube(2), [Aim("a", 0.5, 0.1)], noisy(line([[1.0, 0.5]]), 0.05), 30, 2, seed).points

        assert (run(3) == run(3)).all() and (run(3) != run(4)).any()

    def test_targets_that_pull_apart_leave_nothing_and_are_named(self):
        """One number cannot be both .2 and .8; the third has nothing to do with it."""
        targets = [Aim("low", 0.2, 0.02), Aim("high", 0.8, 0.02), Aim("free", 0.5, 0.05)]
        model = noisy(line([[1, 0], [1, 0], [0, 1]]), 0.01)
        history = matched(cube(2), targets, model, count=6)
        assert history.share == 0 and history.conflict is not None
        found = history.conflict
        assert found.alone == {} and [set(pair) for pair in found.pairs] == [{"low", "high"}]
        assert set(found.fewest) == {("low",), ("high",)}
        assert 0.2 <= found.nearest[0, 0] <= 0.8 and len(found.misses[0]) >= 1
        text = " ".join(sentences(found))
        assert "cannot be met at once" in text and "free" not in text

    def test_a_target_that_no_point_meets_is_named_alone(self):
        history = matched(cube(2), [Aim("far", 3.0, 0.05), Aim("near", 0.5, 0.05)], noisy(line([[1, 0], [0, 1]]), 0.01))
        assert history.conflict is not None and list(history.conflict.alone) == ["far"]
        assert history.conflict.pairs == {} and history.conflict.fewest == (("far",),)

    def test_an_emulator_that_does_not_predict_rules_nothing_out(self):
        def model(places, seeds):
            level = np.stack([places[:, 0], np.zeros(len(places))], axis=1)
            noise = [np.random.default_rng([seed, len(places)]).normal(size=level.shape) for seed in seeds]
            return np.stack([level + each * [0.01, 1.0] for each in noise], axis=1)

        history = matched(cube(2), [Aim("a", 0.5, 0.05), Aim("luck", 50.0, 0.1)], model)
        assert history.conflict is None and history.share == pytest.approx(6 * np.sqrt(0.05**2 + 0.01**2), rel=0.2)
        assert {one.target for wave in history.waves for one in wave.dropped} >= {"luck"}
        assert all(one.target == "a" for wave in history.waves for one in wave.emulators)

    def test_a_switch_is_decided(self):
        """Only with the switch on can the number be reached; the dial behind it does nothing while it is off."""
        space = Space((Prior("switch.s", 0, 1, whole=True), Prior("x", 0.0, 1.0)))

        def level(places):
            on = places[:, [0]] > 0.5
            return np.where(on, 1.0 + places[:, [1]], 0.2)

        history = matched(space, [Aim("a", 1.7, 0.05)], noisy(level, 0.02), points=60)
        assert history.conflict is None
        states = [values["switch.s"] for values in space.values(history.points)]
        assert np.mean(states) == 1.0 and history.points[:, 1].mean() == pytest.approx(0.7, abs=0.05)


class TestScreening:
    def test_dials_that_do_nothing_go_and_switches_stay(self):
        space = Space((*cube(4).priors, Prior("switch.s", 0, 1, whole=True)))
        rng = np.random.default_rng(1)
        places = space.snapped(maximin(150, 5, rng))
        level = np.stack([places[:, 0] + 0.3 * places[:, 1], places[:, 1] * places[:, 0]], axis=1)
        values = level[:, None, :] + 0.05 * rng.normal(size=(150, 4, 2))
        found, _ = all_learned(["a", "b"], places, values, 1)
        table = screening.indices(space, found, 1)
        assert screening.staying(table, space) == ["x0", "x1", "switch.s"]
        by = table.set_index("dial")
        assert by.loc["x0", "a"] == pytest.approx(1 / 1.09, abs=0.05) and table["dial"][0] == "x0"
        assert by.loc["x1", "a"] == pytest.approx(0.09 / 1.09, abs=0.03)
