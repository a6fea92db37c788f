"""Figures that claims share: headlines follow the numbers, gaps are paired, maps mark what is not clear."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from experiments import charts, looks
from experiments.arms import ORGANISATIONS, Arm
from experiments.contrasts import at_points, of_both_kinds, sweep
from sim import STRATEGIES
from tests.experiments.test_plots import SMALLEST, drawn, texts

SEEDS = range(8)
PAIRS = of_both_kinds("principled", "collaborative")
SWEPT = {kind: sweep(STRATEGIES["collaborative"], "advice", (0, 0.5, 1), kind) for kind in ORGANISATIONS}


def luck(seed, spread=1.0):
    return spread * np.random.default_rng(seed).normal()


def table(levels, arm="shared", months=(12, 24), column="profit", spread=1.0, **also):
    """A table of groups at given levels, with luck that the groups of a seed share and luck of their own."""
    return pd.DataFrame([
        {
            "arm": arm, "seed": seed, "group": group, "months": m, **also,
            column: level * m / 12 + 100 * luck(seed) + spread * luck((seed, number, m)),
        }
        for seed in SEEDS for number, (group, level) in enumerate(levels.items()) for m in months
    ])  # fmt: skip


def said(draw, kind="slide"):
    """Return headline and note, each in one line."""
    figure = drawn(draw, kind)
    return figure.get_suptitle().replace("\n", " "), figure.get_supxlabel().replace("\n", " ")


def pairs_figure(gap_alone, gap_herd, **options):
    levels = {
        "principled-singleton": 50 + gap_alone, "collaborative-singleton": 50,
        "principled-herd": 80 + gap_herd, "collaborative-herd": 80,
    }  # fmt: skip
    return partial(
        charts.figure_pairs, tables={"horizons": table(levels, **options)}, pairs=PAIRS, market="shared",
        column="profit", what="profit", unit="money", where="shared market",
    )  # fmt: skip


def test_columns_by_markets():
    both = pd.concat([table({f"{name}-herd": level for name, level in (("a", 10), ("b", 20))}, arm=arm)
                      for arm in ("shared", "a-herd", "b-herd")])  # fmt: skip
    visits = both.rename(columns={"profit": "visits"}).assign(visits=lambda rows: 1 - rows["visits"])
    columns = {"money": charts.PROFIT, "calls": charts.Shown("visits", "the number of calls", table="did")}
    pairs = [(Arm("a", "herd"), Arm("b", "herd"))]
    found = charts.in_each_market(
        charts.figure_pairs, {"horizons": both, "did": visits}, columns, pairs=pairs
    )
    assert list(found) == ["money-shared", "calls-shared", "money-separate", "calls-separate"]
    assert said(found["money-shared"])[0].startswith("Shared market: over 2 years profit is")
    calls = said(found["calls-separate"])[0]
    assert calls.startswith("Separate markets: over 2 years the number of calls is") and "higher" in calls


class TestPairs:
    def test_headline_follows_the_data(self):
        title, note = said(pairs_figure(20, -20))
        assert title.startswith("Shared market: over 2 years profit is ")
        assert " higher for principled than for collaborative singletons" in title
        assert title.endswith(" lower for herds") and "not clearly" not in title
        assert note.startswith("n = 8 runs;")

    def test_what_is_not_clear_is_not_called_higher(self):
        title, _ = said(pairs_figure(0.1, 20, spread=30.0))
        assert "not clearly" in title

    def test_the_gap_is_paired_and_has_its_zero_line(self):
        figure = drawn(pairs_figure(10, 10, spread=0.001), "paper")
        levels, difference = figure.axes
        assert all(any(list(line.get_ydata()) == [0, 0] for line in ax.lines) for ax in figure.axes)
        drawn_gaps = [c.lines[0].get_ydata() for c in difference.containers]
        assert np.allclose(drawn_gaps, [[10, 20], [10, 20]], atol=0.1)  # what seeds share has gone
        low, high = levels.get_ylim()
        assert low <= 0 <= high

    def test_arms_are_told_apart(self):
        arms = ["one-way-herd", "other-way-herd", "third-way-herd", "collaborative-herd"]
        shapes = {(its.colour, its.marker) for its in looks.distinct_looks(arms).values()}
        assert len(shapes) == 4
        both = looks.distinct_looks(["one-way-herd", "one-way-singleton"])
        assert both["one-way-herd"].colour == both["one-way-singleton"].colour
        assert looks.distinct_looks(arms)["collaborative-herd"] == looks.look("collaborative-herd")


class TestSweep:
    @pytest.fixture
    def tables(self):
        levels = {arm.name: 10.0 + 5 * i * (1 if kind == "herd" else -1)
                  for kind, line in SWEPT.items() for i, arm in enumerate(line)}  # fmt: skip
        return {"horizons": table(levels)}

    def test_headline_and_peak(self, tables):
        title, note = said(partial(
            charts.figure_sweep, tables=tables, arms=SWEPT, market="shared", column="profit", dial="advice",
            what="profit", where="shared market",
        ))  # fmt: skip
        assert title.startswith("Shared market: with advice 1 instead of 0, profit over 2 years is ")
        assert "lower for singletons" in title and "higher for herds" in title
        assert note.endswith("Mean highest at advice 0 for singletons, and 1 for herds.")

    def test_the_gap_starts_at_zero(self, tables):
        figure = drawn(partial(
            charts.figure_sweep, tables=tables, arms=SWEPT, market="shared", column="profit", dial="advice",
            what="profit", where="shared market",
        ), "slide")  # fmt: skip
        for container in figure.axes[1].containers:
            assert container.lines[0].get_ydata()[0] == 0


def grid(slope, spread=1.0, **dials):
    """Two arms in markets over dials; ours − theirs grows with the product of the dials."""
    points = [{}]
    for dial, values in dials.items():
        points = [{**point, dial: value} for point in points for value in values]
    return pd.concat([
        table({"a-herd": slope * np.prod(list(point.values())), "b-herd": 1.0}, spread=spread, **{
            dial.replace("_", ".", 1): value for dial, value in point.items()
        })
        for point in points
    ])  # fmt: skip


class TestGridAndMap:
    RATES = (0.05, 0.25, 1.0)

    def test_headline_names_both_ends(self):
        draw = partial(
            charts.figure_grid, table=grid(100.0, customers_rate=self.RATES), dial="customers.rate",
            arms=["a-herd", "b-herd"], column="profit", what="profit", where="shared market",
        )  # fmt: skip
        title, _ = said(draw)
        assert "where customers.rate is 0.05" in title and title.endswith("higher where it is 1")
        assert drawn(draw, "paper").axes[0].get_xlabel() == "customers.rate (log scale)"

    def test_a_table_with_both_kinds_needs_to_know_which(self):
        shared = grid(100.0, customers_rate=self.RATES)
        both = pd.concat([shared, shared.assign(arm=shared["group"], profit=0.0)])
        draw = partial(
            charts.figure_grid, table=both, dial="customers.rate", arms=["a-herd", "b-herd"],
            column="profit", what="profit",
        )  # fmt: skip
        assert "neither higher nor lower" in said(partial(draw, where="separate markets"))[0]
        assert "neither" not in said(partial(draw, where="shared market"))[0]
        with pytest.raises(ValueError, match="both kinds of market"):
            draw(Figure(layout="constrained"), where="somewhere")

    def map_of(self, slope, spread=1.0):
        return partial(
            charts.figure_map,
            table=grid(slope, spread, customers_rate=self.RATES, customers_churn=(0.1, 1.0)),
            x="customers.rate", y="customers.churn", ours="a-herd", theirs="b-herd", column="profit",
            what="profit", where="shared market",
        )  # fmt: skip

    def test_map_counts_who_is_ahead_and_hatches_the_rest(self):
        title, _ = said(self.map_of(20.0))
        assert "ahead of b herds in 4 of 6 markets" in title or "ahead of b herds in 3 of 6" in title
        figure = drawn(self.map_of(20.0, spread=200.0), "slide")
        assert sum(bool(p.get_hatch()) for p in figure.axes[0].patches) >= 4
        title, _ = said(self.map_of(-20.0))
        assert "in none of 6 markets, behind in 6" in title

    def test_colours_of_a_map_run_one_way_in_grey(self):
        from matplotlib import colormaps

        shades = colormaps[charts.MAP_COLOURS](np.linspace(0, 1, 21))
        grey = [np.dot(to_rgb(shade), [0.299, 0.587, 0.114]) for shade in shades]
        assert (np.diff(grey) < 0).all()


@pytest.mark.parametrize("kind", ["paper", "slide"])
def test_no_text_is_clipped_or_too_small(kind):
    maps = TestGridAndMap().map_of(20.0)
    for draw in (pairs_figure(20, -20), maps):
        figure = drawn(draw, kind)
        for text in texts(figure):
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1, text.get_text()
            assert box.y0 >= -1 and box.y1 <= figure.bbox.y1 + 1, text.get_text()
            assert text.get_size() >= SMALLEST[kind], text.get_text()


def test_a_grid_over_the_length_of_runs_keeps_the_end_of_each():
    horizons = pd.concat([
        table({"a-herd": 1.0}, months=[m for m in (12, 24) if m <= end], arm=f"shared@months={end}")
        for end in (12, 24)
    ])  # fmt: skip
    split = at_points(horizons)
    assert not split.duplicated(["seed", "group", "months"]).any()
    assert set(split["months"]) == {12, 24} and set(split["arm"]) == {"shared"}
