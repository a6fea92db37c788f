"""Figures that claims share: headlines follow the numbers, gaps are paired, maps mark what is not clear."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.design.grids import sweep
from longgame.experiments.figures import looks
from longgame.experiments.figures import pairs as charts
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.inference.verdicts import effect_of
from longgame.sim import STRATEGIES
from tests.experiments.test_plots import SMALLEST, drawn, texts

SEEDS = range(8)
PAIRS = of_both_kinds("principled", "collaborative")
SWEPT = {kind: sweep(STRATEGIES["collaborative"], "advice", (0, 0.5, 1), kind) for kind in ORGANISATIONS}


def luck(seed, spread=1.0):
    return spread * np.random.default_rng(seed).normal()


def table(levels, arm="shared", months=(12, 24), column="profit", spread=1.0, **also):
    """A table of groups at given levels, with luck that the groups of a seed share and luck of their own."""
    return pd.DataFrame(
        [
            {
                "market": arm,
                "setting": "shared" if arm == "shared" else "separate",
                "seed": seed,
                "group": group,
                "months": m,
                **also,
                column: level * m / 12 + 100 * luck(seed) + spread * luck((seed, number, m)),
            }
            for seed in SEEDS
            for number, (group, level) in enumerate(levels.items())
            for m in months
        ]
    )


def said(draw, kind="slide"):
    """Return headline and note, each in one line."""
    figure = drawn(draw, kind)
    return tuple(" ".join(text.split()) for text in (figure.get_suptitle(), figure.get_supxlabel()))


def pairs_figure(gap_alone, gap_herd, **options):
    levels = {
        "principled-singleton": 50 + gap_alone,
        "collaborative-singleton": 50,
        "principled-herd": 80 + gap_herd,
        "collaborative-herd": 80,
    }
    return partial(
        charts.figure_pairs,
        tables={"horizons": table(levels, **options)},
        pairs=PAIRS,
        market="shared",
        column="profit",
        what="profit",
        unit="money",
        where="shared market",
    )


def test_columns_by_markets():
    levels = {"a-herd": 10, "b-herd": 20}
    both = pd.concat([table(levels), *(table({name: level}, arm=name) for name, level in levels.items())])
    visits = both.rename(columns={"profit": "visits"}).assign(visits=lambda rows: 1 - rows["visits"])
    columns = {"money": charts.PROFIT, "calls": charts.Shown("visits", "the number of calls", table="did")}
    pairs = [(Arm("a", "herd"), Arm("b", "herd"))]
    found = charts.in_each_market(charts.figure_pairs, {"horizons": both, "did": visits}, columns, pairs=pairs)
    assert list(found) == ["money-shared", "calls-shared", "money-separate", "calls-separate"]
    assert said(found["money-shared"])[0].startswith("Shared market: over 2 years profit per salesperson-year is")
    calls = " ".join(said(found["calls-separate"])[0].split())  # wherever a line breaks
    assert calls.startswith("Separate markets: over 2 years the number of calls per") and "higher" in calls


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

    def test_what_is_counted_per_year_is_said_to_be(self):
        draw = partial(pairs_figure(20, -20), unit=charts.PROFIT_UNIT)
        assert "over 2 years profit per salesperson-year is" in said(draw)[0]
        assert charts.say(effect_of(pd.Series([2.0] * 8), unit=""), "hours per week", "load") == ("2 hours higher")

    def test_labels_say_what_differs_once(self):
        levels = {f"{kind}-{way}-herd": 10.0 for kind in ("kind", "cruel") for way in ("team", "alone")}
        pairs = [(Arm(f"{kind}-team", "herd"), Arm(f"{kind}-alone", "herd")) for kind in ("kind", "cruel")]
        figure = drawn(partial(pairs_figure(0, 0), tables={"horizons": table(levels)}, pairs=pairs), "slide")
        levels_panel, difference = (
            {text.get_text() for labels in ax.findobj(looks.EndLabels) for text in labels.texts} for ax in figure.axes
        )
        assert levels_panel == {"kind-team", "kind-alone", "cruel-team", "cruel-alone"}  # all are herds
        assert difference == {"kind", "cruel"}
        assert figure.axes[1].get_ylabel().startswith("team − alone")

    def test_several_rivals_of_one_are_named_after_each_other(self):
        pairs = [(Arm("a", "herd"), Arm(rival, "herd")) for rival in "bc"]
        draw = partial(
            pairs_figure(0, 0), tables={"horizons": table({"a-herd": 9, "b-herd": 5, "c-herd": 20})}, pairs=pairs
        )
        title, _ = said(draw)
        assert " higher for a than for b herds, and " in title and title.endswith(" lower than for c")
        assert drawn(draw, "slide").axes[1].get_ylabel().startswith("a − others")

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
        levels = {
            arm.name: 10.0 + 5 * i * (1 if kind == "herd" else -1)
            for kind, line in SWEPT.items()
            for i, arm in enumerate(line)
        }
        return {"horizons": table(levels)}

    def test_headline_and_peak(self, tables):
        title, note = said(
            partial(
                charts.figure_sweep,
                tables=tables,
                arms=SWEPT,
                market="shared",
                column="profit",
                dial="advice",
                what="profit",
                where="shared market",
            )
        )
        assert title.startswith("Shared market: with advice 1 instead of 0, profit per salesperson-year over 2")
        assert "lower for singletons" in title and "higher for herds" in title
        assert note.endswith("Mean highest at advice 0 for singletons, and 1 for herds.")

    def test_a_turn_between_the_ends_is_told(self):
        levels = {arm.name: level for kind in SWEPT for arm, level in zip(SWEPT[kind], (10, 30, 5), strict=True)}
        title, _ = said(
            partial(
                charts.figure_sweep,
                tables={"horizons": table(levels)},
                arms=SWEPT,
                market="shared",
                column="profit",
                dial="advice",
                what="profit",
                where="shared market",
            )
        )
        assert title.count("lower for") == 2 and title.count("higher at 0.5)") == 2

    def test_the_gap_starts_at_zero(self, tables):
        figure = drawn(
            partial(
                charts.figure_sweep,
                tables=tables,
                arms=SWEPT,
                market="shared",
                column="profit",
                dial="advice",
                what="profit",
                where="shared market",
            ),
            "slide",
        )
        for container in figure.axes[1].containers:
            assert container.lines[0].get_ydata()[0] == 0


def grid(slope, spread=1.0, **dials):
    """Two arms in markets over dials; ours − theirs grows with the product of the dials."""
    points = [{}]
    for dial, values in dials.items():
        points = [{**point, dial: value} for point in points for value in values]
    return pd.concat(
        [
            table(
                {"a-herd": slope * np.prod(list(point.values())), "b-herd": 1.0},
                spread=spread,
                **{dial.replace("_", ".", 1): value for dial, value in point.items()},
            )
            for point in points
        ]
    )


class TestGridAndMap:
    RATES = (0.05, 0.25, 1.0)

    def test_headline_names_both_ends(self):
        draw = partial(
            charts.figure_grid,
            table=grid(100.0, customers_rate=self.RATES),
            dial="customers.rate",
            arms=["a-herd", "b-herd"],
            column="profit",
            what="profit",
            where="shared market",
        )
        title, _ = said(draw)
        assert "where customers.rate is 0.05" in title and title.endswith("higher where it is 1")
        label = drawn(draw, "paper").axes[0].get_xlabel().replace("\n", " ")
        assert label.endswith("(customers.rate, per month, log scale)")

    def test_every_rival_is_set_against_the_first(self):
        rates = self.RATES
        three = pd.concat(
            [table({"a-herd": 10.0, "b-herd": 4.0, "c-herd": 30.0}, **{"customers.rate": rate}) for rate in rates]
        )
        draw = partial(
            charts.figure_grid,
            table=three,
            dial="customers.rate",
            arms=["a-herd", "b-herd", "c-herd"],
            column="profit",
            what="profit",
            where="shared market",
        )
        title, _ = said(draw)
        assert "higher for a herds than for b where" in title and "; than for c 4" in title
        assert len(drawn(draw, "slide").axes[1].containers) == 2

    def test_axes_say_what_a_dial_of_the_scenario_means(self):
        text = drawn(self.map_of(20.0), "slide").axes[0].get_xlabel()
        assert text == "mean number of needs of a customer\n(customers.rate, per month)"

    def test_a_table_with_both_kinds_needs_to_know_which(self):
        shared = grid(100.0, customers_rate=self.RATES)
        both = pd.concat([shared, shared.assign(setting="separate", market=shared["group"], profit=0.0)])
        draw = partial(
            charts.figure_grid,
            table=both,
            dial="customers.rate",
            arms=["a-herd", "b-herd"],
            column="profit",
            what="profit",
        )
        assert "neither higher nor lower" in said(partial(draw, where="separate markets"))[0]
        assert "neither" not in said(partial(draw, where="shared market"))[0]
        with pytest.raises(ValueError, match="both kinds of market"):
            draw(Figure(layout="constrained"), where="somewhere")

    def map_of(self, slope, spread=1.0):
        return partial(
            charts.figure_map,
            table=grid(slope, spread, customers_rate=self.RATES, customers_churn=(0.1, 1.0)),
            x="customers.rate",
            y="customers.churn",
            ours="a-herd",
            theirs="b-herd",
            column="profit",
            what="profit",
            where="shared market",
        )

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
