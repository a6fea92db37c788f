"""Evolution: fixation, replicator and units of selection against closed forms; on the table; live."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longgame.experiments.cli.main import main
from longgame.experiments.design import compositions
from longgame.experiments.design.arms import SINGLETON
from longgame.experiments.figures import style
from longgame.experiments.inference import games as evolution
from longgame.experiments.studies import error_rates
from longgame.experiments.studies import evolution as evolve
from longgame.experiments.studies import evolution_live as live
from longgame.experiments.studies import evolution_report as evolve_report
from longgame.sim import STRATEGIES, Scenario, firms, run
from tests.docs.test_howto_pages import draw_only

payoffs = st.lists(st.floats(0.1, 5.0), min_size=1, max_size=12)


def moran_by_transitions(ours, theirs, w):
    """Chance to take over, solved from the birth-death chain of the Moran process itself."""
    n = len(ours) + 1
    step = np.zeros((n + 1, n + 1))
    step[0, 0] = step[n, n] = 1
    for i in range(1, n):
        f, g = 1 - w + w * ours[i - 1], 1 - w + w * theirs[i - 1]
        born = i * f / (i * f + (n - i) * g)
        step[i, i + 1], step[i, i - 1] = born * (n - i) / n, (1 - born) * i / n
        step[i, i] = 1 - step[i, i + 1] - step[i, i - 1]
    inner = step[1:n, 1:n]
    return np.linalg.solve(np.eye(n - 1) - inner, step[1:n, n])[0]


class TestFixation:
    @given(payoffs, st.floats(0.0, 1.0), st.randoms(use_true_random=False))
    def test_moran_is_the_chain_solved(self, ours, w, random):
        theirs = random.sample(ours, len(ours))
        found = np.exp(evolution.log_fixation(evolution.moran_odds(ours, theirs, w)))
        assert found == pytest.approx(moran_by_transitions(ours, theirs, w), rel=1e-6)

    @pytest.mark.parametrize("n", [2, 5, 40])
    def test_neutral_mutants_take_over_with_chance_1_in_n(self, n):
        same = [1.3] * (n - 1)
        for odds in (evolution.moran_odds(same, same, 0.7), evolution.fermi_odds([0.0] * (n - 1), 5.0)):
            assert np.exp(evolution.log_fixation(odds)) == pytest.approx(1 / n)

    @pytest.mark.parametrize(("unstable", "favoured"), [(0.25, True), (0.4, False)])
    def test_one_third_law(self, unstable, favoured):
        # Of two strict equilibria, weak selection favours the one whose basin is more than 2/3 (Nowak 2004).
        n = 400
        share = np.arange(1, n) / n
        chance = np.exp(evolution.log_fixation(evolution.fermi_odds(share - unstable, 1e-4)))
        assert (chance > 1 / n) == favoured

    def test_a_fitness_that_is_not_positive_says_what_would_be(self):
        with pytest.raises(evolution.NotPositive, match=r"up to w = 0\.333"):
            evolution.moran_odds([-2.0], [1.0], 0.5)
        evolution.moran_odds([-2.0], [1.0], 0.33)

    @given(st.integers(2, 6), st.integers(0, 1000))
    def test_rare_mutations_agree_with_the_chain_in_plain_numbers(self, ways, seed):
        chances = np.random.default_rng(seed).uniform(0.001, 0.2, size=(ways, ways))
        logs = np.log(chances)
        found = evolution.rare_mutation_shares(logs)
        np.fill_diagonal(chances, 0.0)
        rates = chances.T - np.diag(chances.sum(axis=1))
        system = np.vstack([rates, np.ones(ways)])  # the shares stay, and add to 1
        plain = np.linalg.lstsq(system, np.array([*np.zeros(ways), 1.0]), rcond=None)[0]
        assert found == pytest.approx(plain, abs=1e-9)
        order = np.random.default_rng(seed).permutation(ways)
        assert evolution.rare_mutation_shares(logs[np.ix_(order, order)]) == pytest.approx(found[order])

    def test_rare_mutations_need_no_representable_chances(self):
        logs = np.array([[0.0, -5000.0, -9000.0], [-5001.0, 0.0, -9000.0], [-10.0, -9000.0, 0.0]])
        share = evolution.rare_mutation_shares(logs)
        # The first two trade places e to 1; nothing ever leads to the third.
        assert share == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e), 0.0], rel=1e-9)


class TestReplicator:
    def test_hawks_and_doves_end_at_v_over_c(self):
        hawk_dove = np.array([[(1 - 3) / 2, 1.0], [0.0, 0.5]])
        _, x = evolution.replicator(lambda x: hawk_dove @ x, [0.9, 0.1])
        assert x[-1] == pytest.approx([1 / 3, 2 / 3], abs=1e-6)

    def test_rock_paper_scissors_goes_round(self):
        game = np.array([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]])
        _, x = evolution.replicator(lambda x: game @ x, [0.5, 0.3, 0.2], until=50.0)
        assert x.prod(axis=1) == pytest.approx(0.03, rel=1e-4)  # a constant of the motion

    @pytest.mark.parametrize("level", [-50.0, 0.0, 50.0])
    def test_what_all_earn_does_not_matter(self, level):
        game = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 1.0], [0.5, 0.5, 0.0]])
        _, x = evolution.replicator(lambda x: game @ x + level, [0.2, 0.3, 0.5])
        assert x[-1] == pytest.approx([2 / 3, 1 / 3, 0.0], abs=1e-5)

    def test_mutation_alone_makes_all_alike(self):
        _, x = evolution.replicator(lambda x: 0 * x, [0.97, 0.01, 0.02], mutation=0.1, until=200.0)
        assert x[-1] == pytest.approx([1 / 3] * 3, abs=1e-6)

    def test_mutation_and_selection_balance(self):
        # 0 = x(1-x)s + μ(1/2 - x), solved for x
        s, mu = 1.0, 0.1
        _, x = evolution.replicator(lambda x: np.array([s, 0.0]), [0.5, 0.5], mutation=mu, until=200.0)
        assert s * x[-1, 0] * (1 - x[-1, 0]) + mu * (0.5 - x[-1, 0]) == pytest.approx(0.0, abs=1e-7)


def nested_process(b, c, n, m, w, q, runs, rng):
    """Simulate herds that split when full (Traulsen & Nowak 2006): how often does one cooperator take over.

    Every step one individual, drawn by fitness, gets a child in its herd. A herd of more than n splits at
    random with probability q, and another herd dies; else one of its members dies.
    """
    good = np.zeros((runs, m), int)
    good[:, 0] = 1
    size = np.full((runs, m), n)
    won = 0
    while True:
        total = good.sum(axis=1)
        live = (total > 0) & (total < size.sum(axis=1))
        won += int((~live & (total > 0)).sum())
        if not live.any():
            return won / runs
        good, size, row = good[live], size[live], np.arange(live.sum())
        others = np.maximum(size - 1, 1)
        fit_good = good * (1 - w + w * (b * np.maximum(good - 1, 0) / others - c))
        fit_bad = (size - good) * (1 - w + w * b * good / others)
        edges = np.cumsum(np.concatenate([fit_good, fit_bad], axis=1), axis=1)
        drawn = (rng.random(len(row))[:, None] * edges[:, -1:] > edges).sum(axis=1)
        herd, child_good = drawn % m, drawn < m
        good[row, herd] += child_good
        size[row, herd] += 1
        full = size[row, herd] > n
        split = full & (rng.random(len(row)) < q)
        dies = full & ~split
        bad_luck = rng.random(len(row)) * size[row, herd] < good[row, herd]
        good[row, herd] -= dies & bad_luck
        size[row, herd] -= dies
        r = row[split]
        if len(r):
            h = herd[split]
            other = (h + rng.integers(1, m, len(r))) % m
            g, s = good[r, h], size[r, h]
            moved = rng.integers(1, s)  # at least one on either side
            moved_good = rng.hypergeometric(g, s - g, moved)
            good[r, other], size[r, other] = moved_good, moved
            good[r, h], size[r, h] = g - moved_good, s - moved


class TestUnitsOfSelection:
    def test_published_threshold(self):
        assert evolution.group_threshold(5, 10) == 1.625
        with pytest.raises(ValueError, match="must be 3 or more"):
            evolution.group_threshold(5, 2)

    @pytest.mark.parametrize(("n", "m"), [(5, 10), (10, 5), (2, 3), (20, 40)])
    def test_weak_selection_turns_at_the_threshold(self, n, m):
        at = evolution.group_threshold(n, m)
        below, above = (evolution.nested_fixation(k * at, 1.0, n, m, 1e-6) for k in (0.99, 1.01))
        assert below < 1 / (n * m) < above

    def test_herds_that_split_rarely_fix_cooperators_as_the_closed_form_says(self):
        n, m, w, runs = 3, 4, 0.3, 1500
        found = nested_process(5.0, 1.0, n, m, w, 0.003, runs, np.random.default_rng(2))
        exact = evolution.nested_fixation(5.0, 1.0, n, m, w)
        error = np.sqrt(exact * (1 - exact) / runs)
        assert abs(found - exact) < 3 * error
        assert abs(exact - 1 / (n * m)) > 4 * error  # selection can be told from none


class TestCopying:
    def test_neutral_shares_stay_on_average(self):
        shares = evolution.copying(
            np.zeros_like, [1, 4], beta=3.0, looks=0.5, leave=0.0, years=60, runs=2000, rng=np.random.default_rng(0)
        )
        assert np.abs(shares[:, 0] - 0.2).max() < 3.5 * np.sqrt(0.2 * 0.8 / 2000)

    def test_a_better_paid_one_takes_over_as_often_as_theory_says(self):
        runs, n, gap, beta, looks = 3000, 5, 1.0, 0.4, 0.3
        shares = evolution.copying(
            lambda x: np.broadcast_to([gap, 0.0], x.shape),
            [1, n - 1],
            beta=beta,
            looks=looks,
            leave=0.0,
            years=150,
            runs=runs,
            rng=np.random.default_rng(0),
        )
        exact = evolution.synchronous_fixation(n, gap, beta, looks)
        assert shares[-1, 0] == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / runs))

    def test_successors_bring_back_the_first_ways(self):
        shares = evolution.copying(
            lambda x: np.broadcast_to([9.0, 0.0], x.shape),
            [2, 8],
            beta=9.0,
            looks=1.0,
            leave=1.0,
            years=3,
            runs=10,
            rng=np.random.default_rng(0),
        )
        assert shares == pytest.approx(np.tile([0.2, 0.8], (3, 1)))


GAME = np.array([[1.0, 3.0, 0.5], [0.0, 2.0, 2.5], [2.0, 1.0, 1.5]])
SHARES = np.array([0.1, 0.5, 0.9])
MATRIX = (
    np.stack([[[GAME[i, i] * y + GAME[i, j] * (1 - y) for y in SHARES] for j in range(3)] for i in range(3)])
    * (1 - np.eye(3))[:, :, None]
)


class TestOnTheTable:
    @given(st.lists(st.floats(0.1, 1.0), min_size=3, max_size=3).map(lambda v: np.array(v) / sum(v)))
    def test_payoffs_of_a_matrix_game_are_those_of_the_game(self, x):
        if x.min() >= 0.1:
            assert evolve.payoff_at(MATRIX, SHARES, x) == pytest.approx(GAME @ x, rel=1e-6)

    def test_on_an_edge_the_gap_is_that_of_the_pair(self):
        x = np.array([0.3, 0.0, 0.7])
        f = evolve.payoff_at(MATRIX, SHARES, x)
        mutants, residents = evolve.along(MATRIX, SHARES, 10)
        assert f[0] - f[2] == pytest.approx(mutants[2, 0, 2] - residents[2, 0, 2], rel=1e-6)

    def test_copies_are_neutral_whatever_they_earn(self):
        rng = np.random.default_rng(0)
        beside = rng.random((8, 2, 2, 3)) * 0 + rng.random((8, 1, 1, 1))
        pairs = evolve.Pairs(("a", "b"), SHARES, beside * (1 - np.eye(2))[:, :, None], 100.0)
        found = evolve.fixation_table(pairs, 12, 2.0, 0.3)
        assert found["chance"].to_numpy() == pytest.approx(1 / 12) and set(found["selection"]) == {"open"}
        shares = evolve.long_run(pairs, 12, 2.0, 0.3, 0.01, 100.0)
        assert shares["share"].to_numpy() == pytest.approx(0.5)

    def test_constant_gap_is_the_closed_form(self):
        one = np.zeros((8, 2, 2, 3))
        one[:, 0, 1] = 1.3
        one[:, 1, 0] = 1.0
        found = evolve.fixation_table(evolve.Pairs(("a", "b"), SHARES, one, 100.0), 20, 2.0, 0.5)
        chance = found.set_index(["process", "resident", "mutant"])["chance"]
        assert chance["fermi", "b", "a"] == pytest.approx(evolution.fixation_probability(20, 0.3, 2.0))
        r = (0.5 + 0.5 * 1.3) / 1.0
        assert chance["moran", "b", "a"] == pytest.approx((1 - 1 / r) / (1 - r**-20.0))
        assert set(found["selection"]) == {"favoured", "opposed"}
        few = evolve.fixation_table(evolve.Pairs(("a", "b"), SHARES, one[:5], 100.0), 20, 2.0, 0.5)
        assert set(few["selection"]) == {"open"}  # five seeds tell nothing

    @pytest.mark.parametrize("seeds", [6, 16])
    def test_a_neutral_mutant_is_not_open_in_a_twentieth_of_studies(self, seeds):
        rng, wrong = np.random.default_rng(1), 0
        for _ in range(150):
            one = np.ones((seeds, 2, 2, 3))
            one[:, 0, 1] += 0.3 * rng.normal(size=(seeds, 1))
            found = evolve.fixation_table(evolve.Pairs(("a", "b"), SHARES, one, 100.0), 20, 1.0, 0.1)
            wrong += set(found.loc[found["process"] == "fermi", "selection"]) != {"open"}
        assert wrong / 150 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)

    def test_the_strength_that_is_named_is_weak_enough(self):
        one = 1.0 - np.random.default_rng(0).exponential(2.0, size=(8, 2, 2, 3))
        pairs = evolve.Pairs(("a", "b"), SHARES, one, 100.0)
        with pytest.raises(evolution.NotPositive) as error:
            evolve.long_run(pairs, 12, 2.0, 1.0, 0.01, 10.0)
        weak = float(str(error.value).rpartition("= ")[2])
        assert len(evolve.long_run(pairs, 12, 2.0, weak, 0.01, 10.0))
        evolve.fixation_table(evolve.Pairs(("a", "b"), SHARES, np.abs(one) + 0.1, 100.0), 12, 2.0, 1.0)


TINY = Scenario(months=12, firms=firms("collaborative", singletons=5)).but({"customers.count": 25})
TWIN = STRATEGIES["collaborative"].model_copy(update={"name": "twin"})


class TestLive:
    def test_a_neutral_copy_takes_over_a_live_market_with_chance_1_in_n(self):
        start = compositions.composed({"collaborative": 4, "twin": 1}, SINGLETON)
        market = live.market(TINY, start, live.COPYING, beta=2.0, looks=1.0, years=12, strategies={"twin": TWIN})
        last = []
        for seed in range(50):
            shares = live.by_year(run(market, seed))
            last.append(shares[(shares["year"] == 12) & (shares["strategy"] == "twin")]["share"].sum())
        assert np.mean(np.isin(last, (0.0, 1.0))) > 0.7  # nearly all are decided
        assert abs(np.mean(last) - 0.2) < 3 * np.std(last) / np.sqrt(len(last))

    def test_nobody_leaves_where_only_copying_counts(self):
        start = compositions.mixed(["collaborative", "twin"], 4, SINGLETON)[0]
        made = {
            variant: live.market(TINY, start, variant, beta=1.0, looks=0.3, years=9, strategies={"twin": TWIN})
            for variant in live.VARIANTS
        }
        assert len(run(made[live.COPYING], 1).salespeople) == 4 < len(run(made[live.HIRING], 1).salespeople)
        assert all(one.staffing.imitation == 0.3 and one.months == 108 for one in made.values())

    def test_where_the_market_goes_is_told_only_where_it_is_clear(self):
        last = pd.DataFrame(
            {"strategy": ["a", "b"], "live": [0.6, 0.4], "low": [0.5, 0.3], "high": [0.7, 0.5], "table": [0.9, 0.1]}
        )
        assert evolve_report.leaders(last) == "a leads, as the payoff table says"
        assert evolve_report.leaders(last.assign(low=0.2)) == "nobody clearly leads, by the payoff table a"


class TestErrorRates:
    def test_copies_are_said_to_invade_in_five_percent_of_studies_at_most(self):
        small = Scenario(months=12, firms=firms("adversarial", singletons=10)).but({"customers.count": 150})
        noise = error_rates.copies_gaps(small, "adversarial", SINGLETON, range(60))
        how = {"pairs": 2, "seeds": 8, "studies": 100, "rng": np.random.default_rng(0)}
        found = error_rates.wrong(noise, shift=0.0, worth=0.0, **how)
        worth = 7.5 * noise.std() / np.sqrt(8)
        edge = error_rates.wrong(noise, shift=worth, worth=worth, **how)
        for rate in (found["invaded"], found["stable"], edge["neutral"]):
            assert rate < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)
        # And a true difference is found.
        assert error_rates.wrong(noise, shift=3 * noise.std(), worth=0.0, **how)["invaded"] > 0.9


class TestCommand:
    def test_evolve_from_end_to_end(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "save", draw_only)
        monkeypatch.setattr(evolve, "RESAMPLES", 50)
        (tmp_path / "twin.py").write_text(
            "from longgame.sim import STRATEGIES\ntwin = STRATEGIES['champion'].model_copy(update={'name': 'twin'})\n"
        )
        more = ["--set", "customers.count=100", "--months", "12", "--workers", "1", "--seeds", "6"]
        for folder, names in (
            ("one", ["champion", "twin.py", "discounter"]),
            ("two", ["discounter", "champion", "twin.py"]),
        ):
            assert main(["evolve", *names, *more, "--years", "3", "--selection", "3", "--out", folder]) == 0
        for name in ("fixation.csv", "long-run.csv", "live.csv", "replicator.csv"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        found = pd.read_csv(tmp_path / "one/fixation.csv").set_index(["process", "resident", "mutant"])
        for process in ("fermi", "moran"):
            for pair in (("champion", "twin"), ("twin", "champion")):
                assert found.loc[(process, *pair), "chance"] == pytest.approx(1 / 44)
        assert "Live market, year 3" in (tmp_path / "one/report.md").read_text()
        assert "Live market, year 3" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (["--payoff", "profit", "--strength", "1"], "--strength 1: a payoff of -"),
            (["--population", "1"], "--population 1: nobody can copy anybody"),
            (["--set", "economy.wage=0", "--set", "economy.commission=0"], "--scenario: nobody is paid"),
            (["--selection", "x"], "--selection: is 'x'; selection must be a number from 0 to 1000"),
            (["--years", "-1"], "--years: is '-1'; it must be a whole number of years from 0 to 1000"),
        ],
    )
    def test_what_cannot_be_is_one_line(self, more, said, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        tiny = ["--set", "customers.count=50", "--months", "12", "--workers", "1", "--seeds", "1", "--points", "1"]
        assert main(["evolve", "champion", "discounter", "--years", "0", "--out", "out", *tiny, *more]) == 2
        assert said in capsys.readouterr().err.strip().splitlines()[-1] and not (tmp_path / "out").exists()
