"""The market in its limits gives what theory says, and what theory says is what was published."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.figures.style import save
from longgame.experiments.inference import games
from longgame.experiments.validation import limits, limits_firms, limits_herds, limits_table, theory
from longgame.experiments.validation.limits import SIGMAS
from longgame.sim import Scenario, run
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build
from longgame.sim.month import play_month
from longgame.sim.trust import learn, trust_in


def within(measured, exact, most):
    """The tolerance is the sampling error, and that must be small enough to tell something."""
    value, error = measured[:2]
    assert 0 < SIGMAS * error <= most
    assert value == pytest.approx(exact, abs=SIGMAS * error)


class TestTheory:
    # Published or given: Weisbuch et al. 2000 as in docs/odd.md, section 1, to ±.01.
    @pytest.mark.parametrize(("half", "y"), [(0.0, 0.505), (0.8, 0.522), (1.25, 0.741), (1.5, 0.868), (2.0, 0.958)])
    def test_loyalty_of_two(self, half, y):
        assert theory.pair_loyalty(0.02, 2 * half)[0] == pytest.approx(y, abs=0.001)

    @pytest.mark.parametrize("m", [2, 3, 5])
    def test_three_ways_to_the_moving_average_agree(self, m):
        exact = theory.moving_average_loyalty(m, 0.05)
        assert theory.loyalty_near(m, 0.05, 0.0, "indifferent") == pytest.approx(exact, abs=1e-9)
        if m == 2:
            assert theory.pair_loyalty(0.05, 0.0)[0] == pytest.approx(exact, abs=1e-9)

    def test_noise_approximation_approaches_the_exact_chain(self):
        gaps = [
            theory.loyalty_near(2, gamma, 1.0, "indifferent") - theory.pair_loyalty(gamma, 1.0)[0]
            for gamma in (0.02, 0.01)
        ]
        assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.1)  # an error of second order

    @pytest.mark.parametrize(("m", "K"), [(3, 2.746), (5, 3.565), (10, 4.560)])
    def test_first_loyalty(self, m, K):
        assert theory.first_loyalty(m) == pytest.approx(K, abs=0.001)
        assert theory.loyal_share(m, K - 0.01) is None and theory.loyal_share(m, K + 0.01) > 1 / m

    @pytest.mark.parametrize(("g", "w", "T"), [(1, 0.8, 3.83), (2, 0.8, 8.5), (2, 0.9, 6.09), (4, 0.9, 13.79)])
    def test_crossover(self, g, w, T):
        assert theory.crossover_month(g, w) == pytest.approx(T, abs=0.005)

    def test_fixation(self):
        assert games.fixation_probability(20, 1.0, 0.1) == pytest.approx(0.110, abs=0.0005)
        assert games.synchronous_fixation(20, 1.0, 0.1, 1e-4) == pytest.approx(
            games.fixation_probability(20, 1.0, 0.1), rel=1e-3
        )

    def test_survival_has_the_limits_it_must(self):
        start = 5 + theory.OVERSHOOT
        # In the long run with a gain: 1 - exp(-2μc/σ²); without drift 2Φ(c/σ√t) - 1, by reflection.
        assert theory.survival(1e9, 5.0, 0.1, 1.0) == pytest.approx(1 - math.exp(-2 * 0.1 * start))
        assert theory.survival(16, 5.0, 0.0, 1.0) == pytest.approx(math.erf(start / 4 / math.sqrt(2)))
        assert theory.survival(36, 10.0, 0.2, 2.0) == pytest.approx(theory.survival(36, 5.0, 0.1, 1.0))

    def test_survival_is_that_of_a_walk_of_normal_steps(self):
        steps = np.random.default_rng(1).normal(-0.1, 1.0, (40_000, 36))
        alive = (5 + steps.cumsum(axis=1)).min(axis=1) >= 0
        error = alive.std() / 200
        assert alive.mean() == pytest.approx(theory.survival(36, 5.0, -0.1, 1.0), abs=4 * error)

    def test_a_record_counts_like_as_much_hearsay(self):
        # Forty stories of weight ρ ÷ 40 that enter person and firm alike, told to somebody who forgets nothing.
        p = Scenario().but({"trust.forgetting": 1.0, "trust.negativity": 1.0, "trust.brand_share": 1.0})
        p = p.but({"trust.general_share": 0.0}).record()
        state = build(Scenario().but({"customers.count": 1}), 1)
        tables = (state.customers[0], state.memories[0], state.brands[0], state.salespeople, state.firms)
        for k in range(40):
            learn(*tables, 3, 1.0 if k % 4 else 0.0, 2.0 / 40, 1, p)
        trust = trust_in(state.memories[0, 0], trust_in(state.brands[0, 0], 0.5, 2.0), 2.0)
        assert trust == pytest.approx(theory.known_by_record(0.75, 2.0, 0.5, 2.0, 2.0), abs=1e-6)

    def test_no_answer_where_there_is_none(self):
        with pytest.raises(ValueError, match="never catches up"):
            theory.crossover_month(4, 0.8)
        with pytest.raises(ValueError, match="no loyal state"):
            theory.loyalty_near(10, 0.01, 4.0, "loyal")
        with pytest.raises(ValueError, match="unstable"):
            theory.loyalty_near(2, 0.01, 2.5, "indifferent")


class TestMarket:
    def test_loyalty_transition(self):
        within(limits.loyalty_order(2, 0.05, 2.5, 1500, 500, 300), theory.pair_loyalty(0.05, 2.5)[0], 0.02)

    def test_the_better_seller_gets_the_habit(self):
        found = limits.loyalty_order(2, 0.05, 1.0, 1000, 500, 300, benefit=(0.5, 0.0))
        y, first = theory.pair_loyalty(0.05, 1.0, (0.5, 0.0))
        within(found, y, 0.01)
        within((found.first, found.first_error), first, 0.03)

    def test_history_decides_between_K1_and_m(self):
        loyal = limits.loyalty_order(10, 0.01, 6.5, 300, 1200, 800, start="loyal")
        shopping = limits.loyalty_order(10, 0.01, 6.5, 300, 1200, 800)
        assert loyal.loyal > 0.95 and shopping.loyal < 0.1
        assert loyal.y > 0.9 and shopping.y < 0.2

    def test_below_K1_loyalty_falls_apart(self):
        assert limits.loyalty_order(10, 0.01, 3.5, 300, 1200, 800, start="loyal").y < 0.15

    @pytest.mark.parametrize(("detection", "slip", "discount"), [(1.0, 0.0, 1.0), (1.0, 0.0, 0.9), (0.5, 0.1, 1.0)])
    def test_shadow_of_the_future(self, detection, slip, discount):
        exact = theory.shadow(0.5, 1.0, detection, slip) / discount
        within(limits.shadow_threshold(0.5, 1.0, detection, slip, discount, customers=5000), exact, 0.05)

    @pytest.mark.parametrize(("g", "w", "cohort"), [(1.0, 0.8, "open"), (2.0, 0.8, "closed")])
    def test_crossover(self, g, w, cohort):
        found = limits.crossover(g, w, cohort, customers=15_000, seed=2)
        within(found, theory.crossover_month(g, w, cohort), 0.25)

    @pytest.mark.parametrize(("q", "sign"), [(0.1, -1), (0.8, 1)])
    def test_word_of_mouth(self, q, sign):
        found = limits.gossip_advantage(q, 0.5, 2.0, customers=10_000)
        within(found, theory.gossip_gain(q, 0.5, 2.0), 0.4)
        assert found.sign == sign

    @pytest.mark.parametrize("pay", ["individual", "pooled", "owned"])
    def test_herd(self, pay):
        found = limits_herds.herd_threshold(3, 1.0, pay=pay, customers=6000)
        within(found, theory.herd_shadow(3, 1.0, pay=pay), 0.08)

    def test_herds_error_is_that_of_what_the_books_pay(self):
        pair = [
            run(limits_herds.herd_scenario(3, 1.0, 1.0, "pooled", deviates, churn=0.4, customers=500), 1, orders=True)
            for deviates in (False, True)
        ]
        paid, sold = (
            [f(result) for result in pair]
            for f in (
                lambda r: r.monthly.loc[r.monthly["strategy"] == "member", "commission"].sum(),
                lambda r: r.orders.loc[r.orders["firm"] == 0, "amount"].sum() / 3,
            )
        )
        assert paid == pytest.approx(sold, rel=1e-6)

    def test_fixation_of_a_neutral_way_of_selling(self):
        found = limits_herds.fixation(5, 1.0, 0.0, herds=1500, looks=1.0, years=25)
        within(found, games.fixation_probability(5, 1.0, 0.0), 0.05)

    def test_fixation_of_a_better_paid_one(self):
        found = limits_herds.fixation(5, 1.0, 0.6, herds=600, looks=0.2, years=80)
        within(found, games.fixation_probability(5, 1.0, 0.6), 0.09)
        assert found.value > 1.5 / 5

    @pytest.mark.parametrize(("cash", "drift", "after"), [(4.0, -0.1, 24), (4.0, 0.1, 24)])
    def test_survival(self, cash, drift, after):
        found = limits_firms.share_alive(cash, drift, after, firms=700)
        within(found, theory.survival(after, cash, drift, 1.0), 0.07)

    def test_monthly_profits_are_independent(self):
        scenario = limits_firms.living_on_cash(50.0, 0.1, firms=400, months=40)
        state, do, profits = build(scenario, 1), in_ranges(), []
        for month in range(1, 41):
            state = play_month(state, month, do)
            profits.append(state.tally["profit"] / 100 / limits_firms.SPREAD)
        x = np.array(profits)
        assert x.mean() == pytest.approx(0.1, abs=1e-4)  # customers are shared among all: no luck on the whole
        assert x.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * x.size))
        again = np.corrcoef(x[:-1].ravel(), x[1:].ravel())[0, 1]
        assert again == pytest.approx(0, abs=4 / np.sqrt(x.size))

    def test_a_public_record(self):
        found = limits_firms.strangers_trust(5.0, 0.3, sellers=60)
        within(found, theory.known_by_record(0.35, 5.0, 0.5, 2.0, 2.0), 0.01)

    @pytest.mark.parametrize(("share", "sign"), [(1.0, 0), (0.0, -1)])
    def test_leavers_take_along_what_is_not_handed_on(self, share, sign):
        assert limits_firms.lost_by_leaving(share, customers=60_000).sign == sign

    @pytest.mark.parametrize(
        ("call", "name"),
        [
            (lambda: limits.loyalty_order(2, 0.1, 1.0, 10, 10, 5, start="merry"), "start"),
            (lambda: limits_herds.herd_threshold(2, 1.0, pay="none"), "pay"),
        ],
    )
    def test_unknown_words_are_refused(self, call, name):
        with pytest.raises(ValueError, match=name):
            call()


class TestTable:
    def test_a_row_fails_outside_its_tolerance_or_without_any_spread(self):
        for value, error, holds in ((1.0, 0.1, True), (1.41, 0.1, False), (1.0, 0.0, False)):
            row = limits_table.Row("a", "b", lambda v=value, e=error: limits.Measured(v, e), 1.0)
            assert row.check()["holds"] is holds

    def test_quick_is_a_part(self):
        assert 5 < len(limits_table.rows(quick=True)) < len(limits_table.rows()) / 2

    def test_command_fails_with_a_row(self, monkeypatch, tmp_path, capsys):
        monkeypatch.chdir(tmp_path)
        for exact, code, word in ((1.0, 0, "pass"), (2.0, 1, "FAIL")):
            row = limits_table.Row("limit", "case", lambda: limits.Measured(1.0, 0.1), exact)
            monkeypatch.setattr(limits_table, "rows", lambda quick, row=row: [row])
            assert cli.main(["limits", "--quick"]) == code
            assert word in capsys.readouterr().out
            assert list(pd.read_csv(Path("results/limits/limits.csv"))) == list(limits_table.COLUMNS)

    def test_figures_draw_every_point(self, tmp_path):
        rows = [
            {"limit": r.limit, "case": r.case, "simulated": r.exact, "exact": r.exact, "tolerance": 0.01, "holds": True}
            for r in limits_table.rows()
        ]
        df = pd.DataFrame(rows)
        for name, draw in limits_table.FIGURES.items():
            files = save(lambda figure, draw=draw: draw(figure, df), tmp_path / name)
            assert {f.parent.name for f in files} == {"paper", "slide"}
        ax = limits_table.plot_shadow(df)
        drawn = sum(len(c.lines[0].get_xdata()) for c in ax.containers)
        assert drawn == len(limits_table.shadow_points(df)) == 8
