"""The tournament and the invasion: league tables, verdicts, who takes part, the commands from end to end."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from longgame.experiments.cli import lab
from longgame.experiments.cli.main import main
from longgame.experiments.design import arms
from longgame.experiments.design.entrants import entrants
from longgame.experiments.figures import style
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.ranks import rank_intervals, ranks
from longgame.experiments.studies import invasion as invade
from longgame.experiments.studies import invasion_figure as invade_figure
from longgame.experiments.studies import invasion_report as invade_report
from longgame.experiments.studies import tournament, tournament_report
from longgame.sim import STRATEGIES, Scenario
from longgame.sim.errors import InputError
from tests.docs.test_howto_pages import draw_only

TINY = ["--set", "customers.count=120", "--months", "12", "--workers", "1"]
TWINS = """
[[strategies]]
name = "{0}"
description = "asks, and tells the truth"
with_prospects = {{ discovery = 0.9, markup = 0.5, aftercare = 0.9 }}
"""


def table_of(cells, seeds=8, noise=1.0, pay=100.0, luck=0.0):
    """Make a payoff table: {(ours, theirs, sellers of 10): what ours earn}."""
    rng = np.random.default_rng(1)
    rows = []
    for (ours, theirs, count), value in cells.items():
        sides = sorted([(count, ours), (10 - count, theirs)], key=lambda side: (-side[0], side[1]))
        # Half of a market each stands twice, turned round, as of two strategies alone (`compositions.mixed`).
        turns = [sides, sides[::-1]] if count == 5 else [sides]
        for turned in turns if ours != theirs else [[(10, ours)]]:
            name = "+".join(f"{n}*{strategy}" for n, strategy in turned)
            for seed in range(seeds):
                rows.append(
                    {
                        "composition": name,
                        "strategy": ours,
                        "seed": seed,
                        "sellers": count,
                        "of": 10,
                        "profit": value + luck + rng.normal(0, noise),
                        "pay": pay,
                        "profit_luck": luck,
                        "pay_luck": 0.0,
                    }
                )
    return pd.DataFrame(rows).sort_values(["composition", "strategy", "seed"], ignore_index=True)


def all_pairs(value_of, names="abc", **how):
    return table_of(
        {(a, b, n): value_of(a, b, n) for a in names for b in names for n in (1, 5, 9) if a != b}
        | {(a, a, 10): value_of(a, a, 10) for a in names},
        **how,
    )


class TestRanks:
    def test_equal_ones_share_the_better_place(self):
        assert ranks(np.array([[1.0, 3.0, 3.0, 0.0]])).tolist() == [3, 1, 1, 4]

    def test_clear_differences_leave_one_place_each(self):
        scores = np.random.default_rng(0).normal(size=(12, 4)) + np.array([0, 50, 20, 90])
        best, worst = rank_intervals(scores)
        assert best.tolist() == worst.tolist() == [4, 2, 3, 1]

    def test_too_few_runs_tell_nothing(self):
        best, worst = rank_intervals(np.arange(12.0).reshape(4, 3))
        assert best.tolist() == [1, 1, 1] and worst.tolist() == [3, 3, 3]

    def test_copies_are_never_told_apart(self):
        one = np.random.default_rng(0).normal(size=(10, 1))
        best, worst = rank_intervals(np.hstack([one, one, one + 5.0]))
        assert best.tolist() == [2, 2, 1] and worst.tolist() == [3, 3, 1]

    @pytest.mark.parametrize("kind", ["normal", "exponential"])
    def test_of_equal_strategies_any_is_told_apart_in_five_percent_of_studies(self, kind):
        rng = np.random.default_rng(3)
        wrong = 0
        for _ in range(300):
            scores = getattr(rng, kind)(size=(16, 6)) + 5 * rng.normal(size=(16, 1))
            best, worst = rank_intervals(scores, resamples=499)
            wrong += (best > 1).any() or (worst < 6).any()
        assert wrong / 300 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


class TestTournament:
    def test_scores_are_means_over_opponents(self):
        value = {"a": 10.0, "b": 20.0, "c": 60.0}
        table = all_pairs(lambda a, b, n: value[a] + value[b] / 10 + n, noise=0.0, luck=7.0)
        scored = tournament.scores(table, 10).groupby(["event", "strategy"])["payoff"].mean()
        assert scored["duel", "a"] == pytest.approx(10 + (2 + 6) / 2 + 5)
        assert scored["invader", "b"] == pytest.approx(20 + (1 + 6) / 2 + 1)
        assert scored["resident", "c"] == pytest.approx(60 + (1 + 2) / 2 + 9)
        assert scored["alone", "c"] == pytest.approx(60 + 6 + 10)

    def test_league_and_record(self):
        table = all_pairs(lambda a, b, n: {"a": 10.0, "b": 20.0, "c": 60.0}[a])
        scored = tournament.scores(table, 10)
        mixed = scored[scored["event"] == "alone"].assign(event="mixed")
        league = tournament.league(pd.concat([scored, mixed]))
        assert league[league["event"] == "duel"]["strategy"].tolist() == ["c", "b", "a"]
        assert league[league["event"] == "duel"]["worst"].tolist() == [1, 2, 3]
        duels = tournament.results(table)
        assert set(duels["n"]) == {table["seed"].nunique()}  # a seed's two turned markets are one observation
        record = tournament.record(duels, 0.5)
        assert record.loc["c", "won"] == 2 and record.loc["a", "lost"] == 2
        assert tournament_report.rows(league, record)[1][0][:2] == ["1", "c"]


class TestVerdicts:
    @pytest.mark.parametrize(
        ("value_of", "said"),
        [
            (lambda a, b, n: {"a": 10.0, "b": 60.0}[a], {("a", "b"): "invaded", ("b", "a"): "stable"}),
            (lambda a, b, n: 10.0, {("a", "b"): "neutral", ("b", "a"): "neutral"}),
            (lambda a, b, n: 60.0 if n == 1 else 10.0, {("a", "b"): "invaded", ("b", "a"): "invaded"}),
            (lambda a, b, n: 10.0 if n == 1 else 60.0, {("a", "b"): "stable", ("b", "a"): "stable"}),
        ],
        ids=["dominance", "neutral", "coexistence", "bistability"],
    )
    def test_of_a_pair(self, value_of, said, request):
        found = invade.verdicts(all_pairs(value_of, "ab", seeds=10))
        assert found.set_index(["resident", "invader"])["verdict"].to_dict() == said
        (kind,) = invade.pair_kinds(found).index
        assert kind == request.node.callspec.id or "neutral" in kind

    def test_noise_leaves_it_undecided(self):
        found = invade.verdicts(all_pairs(lambda a, b, n: 10.0, "ab", seeds=10, noise=100.0))
        assert set(found["verdict"]) == {"undecided"}
        assert "undecided at this sample size; undecided with b" in dict(invade_report.sentences(found))["a"]

    def test_too_few_seeds_leave_it_undecided(self):
        few = invade.verdicts(all_pairs(lambda a, b, n: {"a": 1.0, "b": 99.0}[a], "ab", seeds=6))
        assert set(few["verdict"]) == {"undecided"} and invade.enough_seeds(2) == 7

    def test_residents_name_their_invaders_and_the_graph_draws_them(self):
        found = invade.verdicts(all_pairs(lambda a, b, n: {"a": 10.0, "b": 60.0, "c": 60.0}[a], seeds=12))
        whole = invade.residents(found).set_index("resident")
        assert whole.loc["a", "invaded"] == ("b", "c") and whole.loc["b", "verdict"] == "neutral"
        assert "invaded by" in dict(invade_report.sentences(found))["a"]
        edges = {
            edge
            for *edge, kind in invade_figure.graph(found).edges(data="verdict")
            if kind == "invaded"
            for edge in [tuple(edge)]
        }
        assert edges == {("a", "b"), ("a", "c")}
        with style.style("paper"):
            figure = Figure(layout="constrained")
            invade_figure.figure_graph(figure, found, "1 of 10", "profit", "singletons")
        assert "b or c sellers keeps out all others; 1 of 3" in figure.get_suptitle().replace("\n", " ")
        note = " ".join(figure.get_supxlabel().split())
        assert "Points: black = stable" in note and "hollow = invaded" in note and "grey" not in note

    def test_where_nothing_is_told_the_graph_finds_nothing(self):
        found = invade.verdicts(all_pairs(lambda a, b, n: {"a": 1.0, "b": 99.0}[a], "ab", seeds=6))
        with style.style("slide"):
            figure = Figure(layout="constrained")
            invade_figure.figure_graph(figure, found, "1 of 10", "profit", "singletons")
        said = " ".join(figure.get_suptitle().split())
        assert said == "Singletons: too few runs to tell who keeps out whom"

    def test_intervals_are_at_the_level_for_all_pairs(self):
        assert invade.level_for(20) == pytest.approx(1 - 0.05 / 20)
        assert invade.verdict(Effect(0.0, 0.0, 0.0, 20, "", worth=0.0)) == "neutral"


class TestEntrants:
    def test_order_does_not_matter(self, tmp_path):
        mine = tmp_path / "mine.toml"
        mine.write_text(TWINS.format("patient"))
        assert entrants(["milker", str(mine)], Scenario()) == entrants([str(mine), "milker"], Scenario())
        assert list(entrants([str(mine)], Scenario())) == sorted([*STRATEGIES, "patient"])
        assert list(entrants([], Scenario())) == sorted(STRATEGIES)

    def test_a_python_file_declares_strategies(self, tmp_path):
        mine = tmp_path / "mine.py"
        mine.write_text(
            "from longgame.sim import STRATEGIES, Conduct, Strategy\n"
            "bold = Strategy(name='bold', description='x', with_prospects=Conduct(pressure=1.0))\n"
            "OTHERS = [bold.model_copy(update={'name': f'bold-{k}'}) for k in range(2)]\n"
        )
        assert list(entrants([str(mine), "milker"], Scenario())) == ["bold", "bold-0", "bold-1", "milker"]

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("a.py", "x = 1\n", "declares no strategy"),
            ("a.py", "x = 1\ny = 1 / 0\n", "line 2: ZeroDivisionError: division by zero; mend the file"),
            ("a.py", "x = (\n", "line 1: SyntaxError"),
            ("a.py", "raise SystemExit('bye')\n", "SystemExit: bye"),
            (
                "a.py",
                "from longgame.sim import Conduct\nc = Conduct(pressure=7)\n",
                "line 2: pressure is 7; it must be at least 0 and at most 1",
            ),
            ("a.toml", "[[strategies]]\nname = 'milker'\ndescription = 'x'\n", "a strategy of the library"),
        ],
    )
    def test_a_bad_file_is_one_line(self, tmp_path, name, text, said):
        file = tmp_path / name
        file.write_text(text)
        with pytest.raises(InputError) as error:
            entrants([str(file)], Scenario())
        (line,) = error.value.lines
        assert line.startswith(str(file)) and said in line

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["milkre", "advisor"], "milkre: is not a strategy; did you mean `milker`?"),
            (["milker"], "milker: is alone; name another strategy to set against it"),
            (["milker", "gone.py"], "gone.py: there is no such file"),
            (["milker", "gone.toml"], "gone.toml: there is no such file"),
        ],
    )
    def test_a_bad_word_is_one_line_and_code_2(self, words, said, capsys, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert main(["tournament", *words, "--out", "out", *TINY]) == 2
        assert said in capsys.readouterr().err and not list(tmp_path.iterdir())

    def test_one_name_has_one_meaning(self, tmp_path):
        for name in ("a", "b"):
            (tmp_path / f"{name}.toml").write_text(
                TWINS.format("patient").replace("0.9", "0.5" if name == "a" else "0.9")
            )
        with pytest.raises(InputError, match="patient is declared otherwise elsewhere"):
            entrants([str(tmp_path / "a.toml"), str(tmp_path / "b.toml")], Scenario())


class TestCommands:
    def test_organisations_are_those_of_arms(self):
        assert get_args(lab.Organisation) == arms.ORGANISATIONS

    @pytest.fixture
    def small(self, tmp_path, monkeypatch):
        """A folder with a strategy file; figures are drawn but not written, which takes most of the time."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "save", draw_only)
        (tmp_path / "mine.toml").write_text(TWINS.format("patient"))
        return tmp_path

    def test_tournament_does_not_depend_on_order_or_workers(self, small, capsys):
        names = ["milker", "mine.toml", "adversarial"]
        for folder, order, workers in (("one", names, "1"), ("two", names[::-1], "2")):
            more = ["--seeds", "6", "--noise", "0.2", "--store", f"{folder}.sqlite", "--out", folder]
            assert main(["tournament", *order, *more, *TINY, "--workers", workers]) == 0
        one, two = small / "one", small / "two"
        for name in ("payoffs.csv", "league.csv", "duels.csv"):
            assert (one / name).read_bytes() == (two / name).read_bytes()
        league = pd.read_csv(one / "league.csv").groupby("event")["rank"].agg(list)
        assert league["duel"] == [1, 2, 3] and len(league) == 5
        assert "| place | strategy |" in (one / "report.md").read_text()
        about = json.loads((one / "about.json").read_text())
        assert about["strategies"]["patient"]["with_prospects"]["markup"] == 0.5
        assert (
            "offer.quality_noise" not in about["command"]
            and "quality_noise = 0.2" in (one / "scenario.toml").read_text()
        )
        assert "ranked by profit" in capsys.readouterr().out.lower()

    def test_invade_finds_twins_neutral_whatever_the_order(self, small, capsys):
        (small / "twin.toml").write_text(TWINS.format("twin"))
        for folder, order in (
            ("one", ["mine.toml", "twin.toml", "milker"]),
            ("two", ["milker", "twin.toml", "mine.toml"]),
        ):
            assert main(["invade", *order, "--seeds", "8", "--turnover", "0.05", "--out", folder, *TINY]) == 0
        assert (small / "one/verdicts.csv").read_bytes() == (small / "two/verdicts.csv").read_bytes()
        found = pd.read_csv(small / "one/verdicts.csv").set_index(["resident", "invader"])
        assert found.loc[("patient", "twin"), "verdict"] == "neutral" == found.loc[("twin", "patient"), "verdict"]
        assert found.loc[("patient", "twin"), "gap"] == 0
        said = capsys.readouterr()
        assert "neutral with" in said.out and "every verdict is" not in said.err
        assert len(found) == 6 and "| market of | verdict |" in (small / "one/report.md").read_text()

    def test_a_number_is_not_set_twice(self, small, capsys):
        assert main(["tournament", "--turnover", "0.1", "--set", "customers.churn=0.2"]) == 2
        assert capsys.readouterr().err == (
            "longgame tournament: --turnover 0.1: sets customers.churn, and so does --set; give it once\n"
        )

    def test_a_scenario_that_cannot_hold_them_is_the_users_to_mend(self, small, capsys):
        (small / "few.toml").write_text("[trust]\nacquainted = true\nremembered = 40\n")
        words = ["--scenario", "few.toml", "--seeds", "2", "--workers", "1", "--out", "out", "--organisation", "herd"]
        code = main(["invade", "milker", "advisor", *words, "--set", "trust.remembered=30"])
        assert code == 2 and not (small / "out").exists()
        assert "trust.acquainted" in capsys.readouterr().err
