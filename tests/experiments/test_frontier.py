"""Phase diagrams: dials and ranges, refinement where the boundary is, interpolation, the command."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from longgame.experiments.cli import main as cli
from longgame.experiments.design import dials
from longgame.experiments.design.arms import Arm
from longgame.experiments.design.dials import FREQUENCY, Dial
from longgame.experiments.figures import style
from longgame.experiments.studies import phase_map as frontier
from longgame.experiments.studies import phase_map_figure as frontier_figure
from longgame.experiments.studies.phase_map import Cell, Chart
from longgame.sim import Scenario
from longgame.sim.configurations import needs_per_seller
from longgame.sim.errors import InputError

PAIR = (Arm("collaborative", "singleton"), Arm("adversarial", "singleton"))
UNIT = Dial("word_of_mouth.gossip", 0.0, 1.0), Dial("trust.forgetting", 0.0, 1.0)
TINY = ["--set", "customers.count=60", "--months", "6", "--seeds", "6", "--workers", "1"]


class TestDials:
    def test_a_dial_is_turned_as_the_claims_turn_it_or_as_asked(self):
        assert dials.read("months", "--x", Scenario()) == Dial("months", 12, 240, whole=True)
        assert dials.read("repurchase", "--x", Scenario()) == FREQUENCY
        asked = dials.read("repurchase=0.2:0.5", "--x", Scenario())
        assert (asked.low, asked.high, asked.holding) == (0.2, 0.5, "customers.count")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("word_of_mouth.gosip", "did you mean `word_of_mouth.gossip`"),
            (
                "word_of_mouth.gossip=0:2",
                "word_of_mouth.gossip is 2.0; it must be at least 0 and at most 1; give word_of_",
            ),
            ("word_of_mouth.gossip=0.5:0.2", "is no range"),
            ("months=1.5:3", "whole numbers"),
            ("trust.memory", "not a number"),
        ],
    )
    def test_what_is_no_dial_is_told(self, text, told):
        with pytest.raises(InputError, match=told):
            dials.read(text, "--x", Scenario())

    def test_a_scenario_takes_both_ends_of_every_dial(self):
        every = dials.every_dial(Scenario())
        assert len(every) > 60 and all(dial.low < dial.high for dial in every)
        for dial in every:
            dials.check(dial, "--all", Scenario())

    @given(st.floats(0.0, 1.0))
    def test_places_and_values_are_inverse(self, place):
        for dial in (Dial("a", -1.0, 3.0), Dial("b", 0.01, 5.0)):
            assert dials.place_of(dial, dials.value_at(dial, place)) == pytest.approx(place, abs=1e-3)

    def test_repurchase_leaves_the_needs_of_all_together_as_they_were(self):
        before, after = Scenario(), FREQUENCY.at(Scenario(), 0.5)
        assert needs_per_seller(after) == pytest.approx(needs_per_seller(before), rel=1e-3)
        assert after.customers.rate * after.customers.count > before.customers.rate * before.customers.count


def made_up(truth, chart, seeds=8, noise=0.0):
    """Return what answers plans of a chart with profits that differ by `truth(x, y)`, and what was asked."""
    asked = []

    def answer(plan):
        rows = []
        for name in plan.markets:
            x, y = (plan.markets.labels[name][dial.name] for dial in (chart.x, chart.y))
            luck = np.random.default_rng(len(name)).normal(0, noise, seeds)
            for seed in range(seeds):
                for arm, profit in ((PAIR[0], truth(x, y) + luck[seed]), (PAIR[1], 0.0)):
                    rows.append({"market": name, "seed": seed, "group": arm.name, "profit": profit, "months": 12})
        asked.append(len(plan.markets))
        return {"horizons": plan.markets.labelled(pd.DataFrame(rows))}

    return answer, asked


class TestTrace:
    def test_runs_are_made_where_the_boundary_is(self):
        chart = Chart(*UNIT, (PAIR,), coarse=5, depth=2, points=289)
        answer, asked = made_up(lambda x, y: x - 0.37, chart)
        traced = frontier.trace(chart, Scenario(), tuple(range(8)), answer)
        fine = [i / chart.steps for (i, _), depth in traced.depths.items() if depth == 2]
        assert fine and all(0.25 <= x <= 0.5 for x in fine)
        assert asked[0] == 25 and len(traced.effects) == asked[-1] < 289 / 2
        ours, theirs, unclear = frontier.surface(traced, 0).shares()
        assert ours == pytest.approx(0.63, abs=0.04) and theirs == pytest.approx(0.37, abs=0.04)
        assert unclear < 0.01

    def test_no_more_points_than_asked_for_and_the_boundary_first(self):
        chart = Chart(*UNIT, (PAIR,), coarse=3, depth=3, points=30)
        answer, _ = made_up(lambda x, y: x + y - 0.9, chart, noise=0.3)
        traced = frontier.trace(chart, Scenario(), tuple(range(8)), answer)
        assert 9 < len(traced.effects) <= 30

    def test_where_nobody_is_ahead_nothing_is_clear_and_the_points_are_bounded(self):
        chart = Chart(*UNIT, (PAIR,), coarse=3, depth=2, points=20)
        answer, _ = made_up(lambda x, y: 0.0, chart, noise=1.0)
        traced = frontier.trace(chart, Scenario(), tuple(range(8)), answer)
        table = frontier.points_table(traced)
        assert len(table) <= 20 and table["clear"].mean() < 0.5
        assert ((table["p_ahead"] > 0.5) == (table["effect"] > 0)).mean() > 0.8
        assert table["n"].eq(8).all()

    @pytest.mark.parametrize("seeds", [1, 3])
    def test_too_few_seeds_make_nothing_clear(self, seeds):
        chart = Chart(*UNIT, (PAIR,), coarse=3, depth=0, points=9)
        answer, _ = made_up(lambda x, y: 5.0 + x, chart, seeds=seeds, noise=0.1)
        traced = frontier.trace(chart, Scenario(), tuple(range(seeds)), answer)
        assert frontier.surface(traced, 0).shares() == (0.0, 0.0, 1.0)
        assert not frontier.points_table(traced)["clear"].any()

    def test_everything_clear_is_left_as_it_is(self):
        chart = Chart(*UNIT, (PAIR,), coarse=4, depth=3)
        answer, asked = made_up(lambda x, y: 1.0, chart)
        frontier.trace(chart, Scenario(), tuple(range(8)), answer)
        assert asked == [16]

    def test_an_upper_bound_on_runs_is_told(self):
        chart = Chart(*UNIT, (PAIR,), coarse=5, depth=2, points=80)
        assert frontier.most_runs(chart, Scenario(), 6) == 80 * 6
        separate = Chart(*UNIT, (PAIR,), market="separate", coarse=2, depth=0)
        assert frontier.most_runs(separate, Scenario(), 6) == 4 * 2 * 6

    @given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 3))
    def test_a_plane_is_interpolated_exactly(self, a, b, c, depth):
        chart = Chart(*UNIT, (PAIR,), coarse=3, depth=depth)
        places = {corner for cell in chart.grid() for corner in cell.corners()}
        grid = frontier.interpolated({(i, j): a + b * i + c * j for i, j in places}, chart)
        j, i = np.indices(grid.shape)
        assert np.allclose(grid, a + b * i + c * j)

    def test_quarters_cover_their_cell(self):
        cell = Cell(4, 8, 4)
        assert {q.width for q in cell.quarters()} == {2}
        assert {c for q in cell.quarters() for c in q.corners()} >= set(cell.corners())


def test_p_ahead_counts_resamples():
    def p(*differences):
        return frontier.p_ahead(SimpleNamespace(differences=differences))

    assert p(1.0, 2.0, 3.0) == 1.0 and p(-1.0, -2.0) == 0.0 and p(0.0, 0.0) == 0.5
    assert p(-1.0, 1.0) == pytest.approx(0.5, abs=0.03)
    assert math.isnan(p())


@pytest.mark.parametrize("kind", ["paper", "slide"])
def test_the_figure_says_who_is_ahead_where(kind):
    chart = Chart(*UNIT, (PAIR,), coarse=5, depth=1, points=81)
    answer, _ = made_up(lambda x, y: x - 0.5, chart, noise=0.2)
    traced = frontier.trace(chart, Scenario(), tuple(range(8)), answer)
    with style.style(kind):
        figure = Figure(layout="constrained")
        frontier_figure.draw(figure, traced, 0, 24)
        figure.draw_without_rendering()
    text = figure.get_suptitle().replace("\n", " ")
    assert "collaborative singletons clearly make more profit over 2 years in" in text
    labels = [t.get_text() for t in figure.axes[0].texts]
    assert labels == ["collaborative\nsingletons\nahead", "adversarial\nsingletons\nahead"]


@pytest.mark.parametrize("kind", ["paper", "slide"])
def test_a_map_that_is_clear_everywhere_has_the_room_of_one_that_is_not(kind):
    heights = []
    for zero in (0.5, -1.0):  # on the map, outside
        chart = Chart(*UNIT, (PAIR,), coarse=5, depth=0, points=81)
        answer, _ = made_up(lambda x, y, zero=zero: x - zero, chart, noise=0.2)
        traced = frontier.trace(chart, Scenario(), tuple(range(8)), answer)
        with style.style(kind):
            figure = Figure(layout="constrained")
            frontier_figure.draw(figure, traced, 0, 24)
            figure.suptitle("the same")
            figure.draw_without_rendering()
            ax = figure.axes[0]
            heights.append(ax.get_position().height)
            label = ax.yaxis.label.get_window_extent()
        assert ax.bbox.y0 < label.y0 and label.y1 < ax.bbox.y1  # beside the map, not beyond it
    assert heights[1] == pytest.approx(heights[0], rel=0.05)


class TestCommand:
    def ask(self, *more):
        return cli.main(["phase-map", *more, *TINY, "--coarse", "2", "--depth", "1", "--points", "9"])

    def test_any_two_dials_and_the_same_whatever_the_workers(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "FORMATS", dict.fromkeys(style.FORMATS, ("png",)))
        dials_ = ("--x", "customers.churn=0:0.1", "--y", "months=3:6", "--organisation", "singleton")
        assert self.ask(*dials_, "--out", "one") == 0
        said = capsys.readouterr().out
        assert "churn-months: Shared market: collaborative singletons clearly make more profit" in said
        made = (tmp_path / "one" / "churn-months.csv").read_bytes()
        table = pd.read_csv(tmp_path / "one" / "churn-months.csv")
        assert {"customers.churn", "months", "effect", "low", "high", "n", "p_ahead"} <= set(table)
        assert len(table) >= 4 and table["n"].eq(6).all()
        for kind in ("paper", "slide"):
            assert (tmp_path / "one" / "figures" / kind / "churn-months-singleton.png").exists()
        assert self.ask(*dials_, "--out", "two", "--store", "other.sqlite", "--workers", "2") == 0
        assert (tmp_path / "two" / "churn-months.csv").read_bytes() == made

    def test_sides_of_ones_own(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(style, "FORMATS", dict.fromkeys(style.FORMATS, ("png",)))
        text = "[[strategies]]\nname = '{0}'\ndescription = 'x'\n[strategies.with_prospects]\nmarkup = 0.7\n"
        Path("own.toml").write_text(text.format("mine"))
        Path("two.toml").write_text(text.format("one") + text.format("other"))
        dials_ = ("--x", "customers.churn=0:0.1", "--y", "months=3:6", "--organisation", "singleton")
        assert self.ask(*dials_, "--ours", "own.toml", "--out", "one") == 0
        assert "mine singletons" in capsys.readouterr().out
        assert "mine" in (tmp_path / "one" / "scenario.toml").read_text()
        assert self.ask("--theirs", "two.toml") == 2
        assert capsys.readouterr().err == (
            "longgame phase-map: --theirs two.toml: declares 2 strategies (one, other); give a file with one\n"
        )

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (("--x", "months"), "--x, --y: go together"),
            (("--x", "months", "--y", "months=3:6"), "is the same dial as --x"),
            (("--x", "repurchase", "--y", "customers.count"), "what the other holds"),
            (("--ours", "pushy"), "--ours pushy: is not a strategy"),
            (("--theirs", "collaborative"), "is the same as --ours"),
        ],
    )
    def test_what_does_not_go_is_told_in_a_line(self, options, told, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        assert self.ask(*options) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1 and not any(tmp_path.iterdir())


def test_a_belt_within_a_cell_is_seen():
    # Clearly behind on the left, clearly ahead on the right, and between them a quarter that is not clear.
    low, high = (np.array([[a, b], [a, b]], dtype=float) for a, b in ((-5, 3), (-3, 5)))
    shares = frontier.Surface((low + high) / 2, low, high).shares()
    assert shares == pytest.approx((0.375, 0.375, 0.25), abs=0.01)
