"""Empirical patterns: each measure on made-up tables whose answer is known, and how often it errs."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from longgame.default_market import DEFAULT
from longgame.experiments.cli import main as cli
from longgame.experiments.figures.style import style
from longgame.experiments.measures import careers
from longgame.experiments.reports.documents import marks
from longgame.experiments.validation import patterns, patterns_figure, patterns_markets, patterns_report, patterns_table
from longgame.experiments.validation.patterns import AFTER, BEFORE, ENDINGS, HORIZON, Diary
from longgame.experiments.validation.patterns_markets import EFFORTS
from longgame.experiments.validation.patterns_table import PATTERNS, Pattern
from longgame.sim import STRATEGIES, Scenario, run
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.stages.decision import offer_value
from longgame.sim.state import VISIT

BEGIN, END = marks("patterns")


def pattern(name: str, case: str) -> Pattern:
    (found,) = [p for p in PATTERNS if (p.pattern, p.case) == (name, case)]
    return found


class TestMarkets:
    def test_each_changes_what_it_says_and_nothing_else(self):
        default = CONFIGURATIONS[DEFAULT]
        assert patterns_markets.rare_talk() == default.but({"word_of_mouth.gossip": 0.01})
        mixed = patterns_markets.mixed()
        assert {name for group in mixed.firms for name in group.strategies} == set(STRATEGIES)
        assert mixed.customers.count == round(default.customers.count * mixed.sellers / default.sellers)
        assert mixed.but(firms=default.firms) == default.but({"customers.count": mixed.customers.count})
        for effort in (0.0, 1.0):
            market = patterns_markets.consulting(effort)
            conduct = market.strategy("consultant").with_prospects
            assert (conduct.discovery, conduct.advice) == (effort, effort)
            assert conduct.but(discovery=0.8, advice=0.2) == STRATEGIES["collaborative"].with_prospects
            assert market.but(firms=default.firms, strategies=()) == default
            assert [(g.count, g.members, g.policy) for g in market.firms] == [
                (g.count, g.members, g.policy) for g in default.firms
            ]

    def test_leavers_hand_on_or_not_and_herds_sell_one_product(self):
        default = CONFIGURATIONS[DEFAULT]
        kept, lost, alike = patterns_markets.leavers().values()
        assert kept == default and default.staffing.succession > 0
        assert lost.but({"staffing.succession": default.staffing.succession}) == default
        assert alike.but(firms=default.firms) == default
        for group, before in zip(alike.firms, default.firms, strict=True):
            assert group.rules.model_dump() == {**before.rules.model_dump(), "one_product": group.members > 1}

    def test_a_run_looked_into_is_the_same_run(self):
        scenario = Scenario(months=26).but({"customers.count": 200})
        seen = []
        looked = patterns.replay(scenario, 3, lambda state, month: seen.append(int(state.tally["deals"].sum())))
        plain = run(scenario, 3)
        pd.testing.assert_frame_equal(looked.monthly, plain.monthly)
        pd.testing.assert_frame_equal(looked.salespeople, plain.salespeople)
        assert seen == plain.monthly.groupby("month")["deals"].sum().tolist()


class TestHonesty:
    def test_honesty_is_that_of_what_customers_meet(self):
        assert careers.honesty_of(STRATEGIES["collaborative"]) == 1.0
        assert careers.honesty_of(STRATEGIES["adversarial"]) == pytest.approx(0.2)
        assert careers.honesty_of(STRATEGIES["milker"]) == pytest.approx(0.7)
        assert careers.honesty_of(STRATEGIES["quitter"]) == 1.0

    def test_careers_by_hand(self):
        people = pd.DataFrame({"salesperson": [7, 8, 9], "hired": [1, 13, 13], "left": [pd.NA, 24, pd.NA]})
        months = range(1, 61)
        sales = pd.DataFrame({m: [m / 12.0, 2.0 * (13 <= m <= 24)] for m in months}, index=[7, 8])  # 9 never sold
        found = careers.careers(people, sales, 60)
        assert found["early"].tolist() == pytest.approx([sum(range(1, 13)) / 12, 24.0, 0.0])
        assert found["growth"].tolist() == pytest.approx([1.0, math.nan, 0.0], nan_ok=True)

    def test_only_those_who_started_together_are_compared(self):
        # The honest start later, in a better market: no reason to say that honesty sells.
        people = pd.DataFrame(
            {
                "hired": [1, 1, 13, 13],
                "honesty": [0.0, 0.2, 0.8, 1.0],
                "early": [10.0, 10.0, 50.0, 50.0],
                "growth": [1.0, 2.0, 9.0, 10.0],
            }
        )
        assert math.isnan(careers.correlation(people)) or abs(careers.correlation(people)) < 1e-12
        assert careers.slope(people) == pytest.approx(5.0)
        assert careers.correlation(people.assign(early=[1.0, 3.0, 1.0, 3.0])) == pytest.approx(1.0)


def effort_tables(curve, seeds=20, noise=0.0, rng=None):
    rng = rng or np.random.default_rng(1)
    rows = [
        {"market": f"{e:g}", "seed": seed, "deals": curve(e) + level + noise * rng.standard_normal()}
        for seed, level in enumerate(rng.standard_normal(seeds))
        for e in EFFORTS
    ]
    frame = pd.DataFrame(rows)
    return {"consultants": frame.assign(revenue=frame["deals"])}


def inverted_u(tables):
    ends = [pattern("inverted U of effort", f"deals, slope at effort {end}") for end in (0, 1)]
    return [end.check(tables)["outcome"] for end in ends]


class TestInvertedU:
    @pytest.mark.parametrize(
        ("curve", "outcomes"),
        [
            (lambda e: 20 + 8 * e * (1 - e), ["pass", "pass"]),
            (lambda e: 20 + 3 * e, ["pass", "FAIL"]),
            (lambda e: 20 - 3 * e, ["FAIL", "pass"]),
            (lambda e: 20 - 8 * e * (1 - e), ["FAIL", "FAIL"]),
            (lambda e: 20 + e - 0.3 * e**2, ["pass", "FAIL"]),  # bends, but never turns
        ],
    )
    def test_shapes(self, curve, outcomes):
        assert inverted_u(effort_tables(curve, noise=0.1)) == outcomes

    def test_noise_is_seldom_an_inverted_u_and_a_line_is_not_one(self):
        rng = np.random.default_rng(5)
        for curve in (lambda e: 20.0, lambda e: 20.0 + 3 * e):
            found = [inverted_u(effort_tables(curve, 12, 1.0, rng)) == ["pass", "pass"] for _ in range(50)]
            assert sum(found) <= 3


def book_of(deals, firsts):
    """Return a diary of persons alike, with the months of their first bad word."""
    bad = np.zeros_like(deals)
    for row, first in enumerate(firsts):
        if first is not None:
            bad[row, first:] = 1
    return Diary(deals, bad, np.zeros(len(deals), np.int64))


class TestFirstBadWord:
    def test_pairs_by_hand(self):
        months = BEFORE + 1 + AFTER
        deals = np.tile(np.arange(months, dtype=float), (4, 1))
        deals[1] += 100  # far above the one that is hit
        deals[3, 0] = np.nan  # not at work for long enough
        deals[0, BEFORE + 1 :] = 0.0
        found = patterns.first_bad_words(book_of(deals, [BEFORE, None, None, None]))
        paths = {who: rows["deals"].to_numpy() for who, rows in found.groupby("who")}
        assert paths["hit"].tolist() == deals[0].tolist() == paths["matched hit"].tolist()
        assert paths["matched spared"].tolist() == deals[2].tolist()
        before, after = patterns.growth_before_and_after(found[found["who"] == "hit"].set_index("month")["deals"])
        assert (before, after) == (3.0, -4.0)

    def test_nobody_is_hit_or_too_early(self):
        deals = np.ones((3, 20))
        for firsts in ([None, None, None], [BEFORE - 1, None, None], [20 - AFTER, None, None]):
            assert (patterns.first_bad_words(book_of(deals, firsts))["cases"] == 0).all()

    @staticmethod
    def tables(rng, seeds, drop):
        """Made-up sellers: all grow and then shrink with the market; a bad word costs `drop`."""
        pieces = []
        for seed in range(seeds):
            firsts = [*rng.integers(BEFORE, 50, 30), *[None] * 10]
            level = 5 + 2 * np.sin(np.arange(60) / 8)
            deals = level + rng.standard_normal((40, 60))
            for row, first in enumerate(firsts):
                if first is not None:
                    deals[row, first + 1 :] -= drop
            pieces.append(patterns.first_bad_words(book_of(deals, firsts)).assign(seed=seed))
        return {"bad words": pd.concat(pieces)}

    def test_a_break_is_found(self):
        rng = np.random.default_rng(2)
        tables = self.tables(rng, 12, 1.0)
        for case in ("growth after it", "change of growth, less that of matched sellers"):
            row = pattern("first bad word", case).check(tables)
            assert row["outcome"] == "pass"
        assert row["value"] == pytest.approx(-1.0, abs=0.25)

    def test_no_break_is_seldom_found_though_the_market_turns(self):
        rng = np.random.default_rng(3)
        case = pattern("first bad word", "change of growth, less that of matched sellers")
        found = [case.check(self.tables(rng, 8, 0.0))["outcome"] == "pass" for _ in range(40)]
        assert sum(found) <= 4


class TestProblems:
    def test_endings(self):
        visits = np.zeros(6, VISIT)
        visits["issue"] = [0, 1, 1, 1, 1, 1]
        visits["voiced"] = [0, 0, 1, 1, 0, 0]
        visits["solved"] = [0, 0, 0, 1, 1, 0]
        visits["handed"] = [0, 0, 0, 0, 1, 1]
        assert patterns.endings(visits).tolist() == list(range(6))

    def test_bought_again_by_hand(self):
        end = HORIZON + 3
        there = [np.array([1, 2] if month < end else [1]) for month in range(1, end + 1)]
        open_ = [np.array([5, 6] if month < HORIZON + 1 else [5]) for month in range(1, end + 1)]
        log = pd.DataFrame(
            [(1, 5, 1), (1, 5, 2), (1, 5, 2 + HORIZON + 1), (2, 5, 2), (2, 5, 3), (1, 6, 1), (1, 6, 2)],
            columns=["customer", "firm", "month"],
        )
        found = patterns.bought_again(log, there, open_).sort_values(["customer", "firm", "month"])
        # Not counted: customer 2 from month 3 on (gone at the end), firm 6 (closed), the last order.
        assert found[["customer", "month", "again"]].to_numpy().tolist() == [[1, 1, True], [1, 2, False], [2, 2, True]]

    def test_groups_are_compared_with_themselves(self):
        # Solving does nothing here, but those who solve sell better.
        rows = [("good", 0, 100, 80), ("good", 3, 50, 40), ("bad", 0, 100, 20), ("bad", 3, 5, 1)]
        counts = pd.DataFrame(rows, columns=["group", "ending", "cases", "again"])
        counts["ending"] = counts["ending"].map(ENDINGS.__getitem__)
        assert patterns.standardised(counts) == pytest.approx(0.0, abs=1e-9)
        assert patterns.standardised(counts.assign(again=[80, 45, 20, 1])) == pytest.approx(10 * 50 / 55)


def test_loss_by_leavers_in_percent():
    row = {"left_before": 100.0, "left_after": 60.0, "stayed_before": 200.0, "stayed_after": 150.0}
    tables = {"leavers": pd.DataFrame([{**row, "seed": seed, "market": "handed on"} for seed in range(8)])}
    checked = pattern("loss by leavers", "sales to a leaver's customers, handed on").check(tables)
    assert checked["value"] == pytest.approx(20.0) and checked["outcome"] == "pass"


def labels_of(ax):
    """Return the boxes of all texts of a panel, in pixels."""
    ax.figure.draw_without_rendering()
    low, high = ax.get_xlim()
    seen = [text for text in ax.get_xticklabels() if low <= text.get_position()[0] <= high]
    texts = [*seen, *ax.get_yticklabels(), ax.xaxis.label, *ax.get_legend().get_texts()]
    return [text.get_window_extent() for text in texts]


def test_names_of_groups_do_not_touch():
    rows = [
        (f"{name}-singleton", ending, 0, 100, again)
        for name, again in (("adversarial", 5), ("collaborative", 80), ("order-taker", 99))
        for ending in ("no problem", "voiced and solved")
    ]
    tables = {"repurchase": pd.DataFrame(rows, columns=["group", "ending", "seed", "cases", "again"])}
    with style("paper"):
        ax = Figure(figsize=(4, 3)).add_axes((0.3, 0.3, 0.5, 0.45))  # as wide as on the page
        patterns_figure.recovery(ax, tables)
        boxes = labels_of(ax)
    assert len(boxes) >= 11
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_a_premium_leaves_the_offer_as_attractive():
    record = np.rec.array(np.array([Scenario().record()]))[0]
    rule = getattr(offer_value, "py_func", offer_value)
    trust, trusted, claim, price, expected = 0.4, 0.9, 0.7, 0.56, 0.6
    (share,) = patterns.premium(
        np.array([trust]), trusted, np.array([claim]), record.betrayed, np.array([price]), record.reference_weight
    )

    def value(belief, asked):
        return rule(belief * claim + (1 - belief) * record.betrayed, asked, expected, 0.0, 0.0, record)

    before, after = value(trust, price), value(trusted, price * (1 + share))
    assert share > 0 and after == pytest.approx(before)


class TestCommand:
    def test_prints_and_writes_and_takes_what_is_not_met_for_a_finding(self, monkeypatch, tmp_path, capsys):
        monkeypatch.chdir(tmp_path)
        small = [
            (name, {arm: s.but({"customers.count": 600}).but(months=60) for arm, s in markets.items()}, measures)
            for name, markets, measures in patterns_markets.plans()
        ]
        monkeypatch.setattr(patterns_markets, "plans", lambda: small)
        document = tmp_path / "a.md"
        document.write_text(f"before\n{BEGIN}\nstale-text\n{END}\nafter\n")
        assert cli.main(["patterns", "--seeds", "6", "--workers", "1", "--write", "a.md"]) == 0
        table = pd.read_csv("results/patterns/patterns.csv")
        assert list(table) == list(patterns_table.COLUMNS)
        assert len(table) == len(PATTERNS) + len(patterns_table.INPUTS)
        assert "FAIL" in set(table["outcome"])
        assert f"{patterns_report.summary(table)} (6 seeds" in capsys.readouterr().out
        text = document.read_text()
        assert "stale-text" not in text and text.startswith("before\n") and text.endswith("\nafter\n")
        assert "`longgame patterns --seeds 6`" in text
        assert (tmp_path / "figures/patterns.png").stat().st_size > 10_000

    @pytest.mark.parametrize("text", ["nothing", f"{END}{BEGIN}"])
    def test_a_document_without_a_place_is_refused_before_the_runs(self, text, tmp_path, capsys):
        document = tmp_path / "a.md"
        document.write_text(text)
        assert cli.main(["patterns", "--write", str(document), "--out", str(tmp_path / "out")]) == 2
        assert "--write" in capsys.readouterr().err
        assert document.read_text() == text and not (tmp_path / "out").exists()
