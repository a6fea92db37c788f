"""Weights where the answer is exact, thinning without bias, known truths, coverage, a target left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.evidence import checks, posterior, waves
from longgame.experiments.evidence.checks import over_seeds, predicted, quantiles
from longgame.experiments.evidence.ensemble import effective
from longgame.experiments.evidence.posterior import Candidates, kernel, misses, thinned, weights
from tests.experiments.evidence.toys import SEEDS, Aim, cube, line, noisy


@pytest.fixture(autouse=True)
def smaller(monkeypatch):
    monkeypatch.setattr(waves, "POPULATION", 500)


def searched(space, targets, model, points=80, count=3, seed=1):
    start = waves.begin(space, targets, np.random.default_rng(seed))
    return waves.match(start, model, points=points, seeds=SEEDS, waves=count, seed=seed)


def even(places, values):
    return Candidates(places, values, np.ones(len(places)))


class TestExact:
    """A linear model with normal errors: the posterior is normal, with mean and variance known."""

    SD, NOISE = 0.08, 0.04
    SLOPES = np.array([[1.0, 0.0], [0.5, 1.0]])
    TRUTH = np.array([0.45, 0.55])

    def exact(self):
        """Mean and standard deviations of the posterior; the mean over seeds is itself uncertain."""
        variance = self.SD**2 + self.NOISE**2 + self.NOISE**2 / len(SEEDS)
        precision = self.SLOPES.T @ self.SLOPES / variance
        return self.TRUTH, np.sqrt(np.diag(np.linalg.inv(precision)))

    def test_weights_give_the_exact_posterior(self):
        space, model = cube(2), noisy(line(self.SLOPES), self.NOISE)
        targets = [Aim(f"t{k}", float(value), self.SD) for k, value in enumerate(self.SLOPES @ self.TRUTH)]
        history = searched(space, targets, model)
        found = posterior.gathered(history, model, 400, SEEDS, 1)
        shares = weights(targets, found)
        mean = shares @ found.places
        spread = np.sqrt(shares @ (found.places - mean) ** 2)
        exact_mean, exact_spread = self.exact()
        assert shares.sum() == pytest.approx(1) and effective(shares) > posterior.LEAST
        assert mean == pytest.approx(exact_mean, abs=0.025) and spread == pytest.approx(exact_spread, rel=0.2)

    def test_a_batch_where_the_weight_is_changes_the_size_and_not_the_answer(self, monkeypatch):
        """From few even points, with more drawn by the emulators until they weigh enough."""
        space, model = cube(2), noisy(line(self.SLOPES), self.NOISE)
        targets = [Aim(f"t{k}", float(value), self.SD) for k, value in enumerate(self.SLOPES @ self.TRUTH)]
        history = searched(space, targets, model, points=40, count=1)
        monkeypatch.setattr(posterior, "LEAST", 250)
        found = posterior.gathered(history, model, 200, SEEDS, 1)
        shares = weights(targets, found)
        assert len(found.places) > 400 and np.ptp(found.density) > 0.5 and effective(shares) > 200
        mean, (exact_mean, exact_spread) = shares @ found.places, self.exact()
        assert mean == pytest.approx(exact_mean, abs=0.02)
        assert np.sqrt(shares @ (found.places - mean) ** 2) == pytest.approx(exact_spread, rel=0.15)


class TestWeights:
    def test_a_market_without_one_of_the_numbers_has_no_weight(self):
        missed = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, np.nan]])
        assert kernel(missed) == pytest.approx([1.0, np.exp(-0.5), 0.0])
        assert kernel(np.full((2, 1), np.nan)).tolist() == [0.0, 0.0]

    def test_misses_count_discrepancy_and_seeds_on_the_scale_of_the_target(self):
        values = np.array([[[1.0], [3.0]], [[2.0], [4.0]], [[np.nan], [np.nan]]])
        found = misses([Aim("a", 1.0, 1.0)], values)
        assert found[:2, 0] == pytest.approx(np.array([1.0, 2.0]) / np.sqrt(1 + 2)) and np.isnan(found[2, 0])
        logs = misses([Aim("a", 1.0, 1.0, low=0.5, high=2.0, log=True)], np.full((1, 2, 1), np.e))
        assert logs[0, 0] == pytest.approx(1.0)

    @given(st.integers(1, 400), st.integers(1, 50), st.floats(0.05, 3.0), st.integers(0, 1000))
    def test_thinning_keeps_as_many_as_asked_and_weights_that_sum_to_one(self, count, kept, shape, seed):
        shares = np.random.default_rng(seed).gamma(shape, size=count) + 1e-9
        shares /= shares.sum()
        chosen, given_ = thinned(shares, kept, seed)
        assert len(chosen) == len(set(chosen.tolist())) <= min(count, kept)
        assert given_.sum() == pytest.approx(1) and (np.diff(given_) <= 1e-12).all() and (given_ > 0).all()
        if count <= kept:
            assert sorted(chosen.tolist()) == list(range(count))

    def test_thinning_is_without_bias(self):
        rng = np.random.default_rng(1)
        shares = rng.gamma(0.3, size=500)
        shares /= shares.sum()
        number = rng.normal(size=500)
        means = [float(w @ number[k]) for k, w in (thinned(shares, 60, seed) for seed in range(300))]
        assert np.mean(means) == pytest.approx(float(shares @ number), abs=3 * np.std(means) / np.sqrt(300) + 1e-3)

    def test_quantiles_and_means_leave_out_what_is_not_there(self):
        values = np.array([1.0, 2.0, 3.0, np.nan])
        assert quantiles(values, np.array([1.0, 1.0, 1.0, 9.0]), [0.5])[0] == 2.0
        assert quantiles(values, np.array([0.0, 0.0, 1.0, 9.0]), [0.5])[0] == 3.0
        assert np.isnan(quantiles(np.array([np.nan]), np.ones(1), [0.5])[0])
        assert over_seeds(np.array([[[1.0], [np.nan]], [[np.nan], [np.nan]]]))[0, 0] == 1.0
        table = predicted(["a"], np.linspace(0, 1, 101).reshape(-1, 1, 1), np.ones(101))
        assert table.loc[0, "median"] == pytest.approx(0.5) and table.loc[0, "low"] == pytest.approx(0.05, abs=0.01)


class TestKnownTruths:
    SLOPES = np.eye(3)[:2]

    def test_truths_are_recovered_and_little_else_is_left(self):
        space, model = cube(3), noisy(line(self.SLOPES), 0.02)
        targets = [Aim("a", 0.5, 0.03), Aim("b", 0.5, 0.03)]
        history = searched(space, targets, model, count=2)
        table = checks.recovery(history, model, truths=8, points=40, seeds=SEEDS, waves=3, seed=1)
        assert list(table["truth"]) == list(range(1, 9)) and table["found"].mean() >= 0.85
        assert (table["share"] < 0.2).all() and (table["waves"] == 3).all()

    def test_a_shared_first_wave_takes_no_runs_but_the_truths(self):
        space, model, asked = cube(3), noisy(line(self.SLOPES), 0.02), []

        def counted(places, seeds):
            asked.append((len(places), seeds))
            return model(places, seeds)

        history = searched(space, [Aim("a", 0.5, 0.03), Aim("b", 0.5, 0.03)], model, count=1)
        table = checks.recovery(history, counted, truths=5, points=40, seeds=SEEDS, waves=1, seed=1)
        assert asked == [(5, (checks.WORLD,))] and len(table) == 5

    def test_a_pipeline_that_looks_in_the_wrong_place_is_found_out(self):
        """The world differs from the model that the emulators know."""
        space, model = cube(3), noisy(line(self.SLOPES), 0.02)
        history = searched(space, [Aim("a", 0.5, 0.03), Aim("b", 0.5, 0.03)], model, count=1)

        def shifted(places, seeds):
            return model(places, seeds) + 0.5 * (seeds == (checks.WORLD,))

        table = checks.recovery(history, shifted, truths=8, points=40, seeds=SEEDS, waves=3, seed=1)
        assert table["found"].mean() < 0.3

    def test_intervals_hold_as_many_truths_as_they_should(self):
        space, model = cube(3), noisy(line(self.SLOPES), 0.05)
        places = np.random.default_rng(1).random((900, 3))
        targets = [Aim("a", 0.5, 0.08), Aim("b", 0.5, 0.08)]
        table = checks.coverage(space, targets, even(places, model(places, SEEDS)), 1)
        assert table["truths"].eq(checks.TRUTHS).all() and table["held"].between(0.84, 0.97).all()
        assert (table["width"][:2] < 0.5).all() and table["width"][2] == pytest.approx(1.0, abs=0.05)

    def test_a_truth_without_a_number_aims_at_the_others(self):
        found = checks.known([Aim("a", 0.5, 0.1), Aim("b", 0.5, 0.1)], np.array([np.nan, 0.3]))
        assert [(one.name, one.value) for one in found] == [("b", 0.3)]


def test_a_target_left_out_is_foretold_by_the_others_or_not():
    """The second target repeats the first; the third is at odds with what the first two say of it."""
    space, model = cube(2), noisy(line([[1, 0], [1, 0], [1, 0], [0, 1]]), 0.02)
    places = np.random.default_rng(1).random((1500, 2))
    ranges = [(0.4, 0.05, 0.3, 0.5), (0.4, 0.05, 0.3, 0.5), (0.8, 0.05, 0.75, 0.95), (0.5, 0.05, 0.4, 0.6)]
    targets = [Aim(f"t{k}", v, sd, low, high) for k, (v, sd, low, high) in enumerate(ranges)]
    table = checks.left_out(targets, even(places, model(places, SEEDS))).set_index("target")
    assert table.loc["t2", "median"] == pytest.approx(0.4, abs=0.05) and not table.loc["t2", "met"]
    assert table.loc["t3", "met"] and table.loc["t3", "high"] - table.loc["t3", "low"] > 0.6
    assert len(space) == 2
