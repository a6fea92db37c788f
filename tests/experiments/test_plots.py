"""Figures: nothing clipped, nothing tiny, nothing global, and headlines that follow the data."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from longgame.experiments import claims
from longgame.experiments.design.arms import crossed
from longgame.experiments.figures import looks
from longgame.experiments.figures import paths as plots

ROOT = Path(__file__).parents[2]
FIGURES = [(name, kind) for name in claims.names() for kind in ("paper", "slide")]
SMALLEST = {"paper": 8, "slide": 18}


def drawn(draw, kind):
    """Return a figure drawn in a style, laid out."""
    with looks.style(kind):
        figure = Figure(layout="constrained")
        draw(figure)
        figure.draw_without_rendering()
    return figure


def texts(figure):
    """Every text of a figure that is seen: end labels included, ticks outside the limits not."""
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    on_ticks = {id(t) for axis in axes for tick in axis.majorTicks for t in (tick.label1, tick.label2)}
    found = [t for t in figure.findobj(Text) if id(t) not in on_ticks]
    for axis in axes:
        low, high = sorted(axis.get_view_interval())
        places = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        found += [label for place, label in places if low <= place <= high]
    for labels in figure.findobj(looks.EndLabels):
        found += labels.texts
    return [t for t in found if t.get_visible() and t.get_text().strip()]


@pytest.mark.parametrize(("name", "kind"), FIGURES)
def test_no_text_is_clipped_or_too_small(name, kind, answered):
    for title, draw in claims.load(name).figures(answered[name]).items():
        figure = drawn(draw, kind)
        page = figure.bbox
        for text in texts(figure):
            box = text.get_window_extent()
            where = f"{name} {title} {kind}: {text.get_text()!r} {box} {page}"
            assert box.x0 >= -1 and box.x1 <= page.x1 + 1, where
            assert box.y0 >= -1 and box.y1 <= page.y1 + 1, where
            assert text.get_size() >= SMALLEST[kind], where


@pytest.mark.parametrize(("name", "kind"), FIGURES)
def test_no_text_lies_on_another(name, kind, answered):
    for title, draw in claims.load(name).figures(answered[name]).items():
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts(drawn(draw, kind))]
        for (one, here), (other, there) in itertools.combinations(boxes, 2):
            # Boxes hold room for letters that go higher and lower than most.
            wide = min(here.x1, there.x1) - max(here.x0, there.x0)
            high = min(here.y1, there.y1) - max(here.y0, there.y0)
            apart = wide < 1 or high < 0.25 * min(here.height, there.height, here.width, there.width)
            assert apart, f"{name} {title} {kind}: {one!r} {here} and {other!r} {there}"


def test_numbers_on_colours_can_be_read(answered):
    seen = 0
    for name in ("frontier", "stakes"):
        for draw in claims.load(name).figures(answered[name]).values():
            for text in drawn(draw, "slide").axes[0].texts:
                shade = text.get_bbox_patch().get_facecolor()
                assert looks.contrast(text.get_color(), shade) > 4.5, text.get_text()  # WCAG 2, level AA
                seen += 1
    assert seen


def test_files_in_both_styles_and_the_same_bytes_again(tmp_path, answered):
    title, draw = next(iter(claims.load("herd").figures(answered["herd"]).items()))
    first = plots.save(draw, tmp_path / "a" / title)
    again = plots.save(draw, tmp_path / "b" / title)
    assert sorted(p.relative_to(tmp_path / "a").as_posix() for p in first) == sorted(
        f"{kind}/{title}.{form}" for kind, forms in looks.FORMATS.items() for form in forms
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]


def test_nothing_global_changes(answered):
    before = dict(matplotlib.rcParams)
    drawn(next(iter(claims.load("herd").figures(answered["herd"]).values())), "slide")
    with pytest.raises(RuntimeError), looks.style("paper"):
        raise RuntimeError
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    code = "import longgame.experiments.figures.paths, sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_unknown_style():
    with pytest.raises(ValueError, match="choose from paper, slide"), looks.style("poster"):
        pass


class TestLooks:
    ARMS = tuple(arm.name for arm in crossed(["collaborative", "adversarial", "order-taker"]))

    def test_every_arm_is_told_apart_without_colour(self):
        lines = [looks.look(arm).line() for arm in self.ARMS]
        shapes = {(str(line["linestyle"]), line["marker"]) for line in lines}
        assert len(shapes) == len(self.ARMS)

    def test_the_two_opponents_differ_in_grey(self):
        grey = [
            np.dot(to_rgb(looks.look(f"{s}-herd").colour), [0.299, 0.587, 0.114])
            for s in ("collaborative", "adversarial")
        ]
        assert abs(grey[0] - grey[1]) > 0.2

    def test_a_strategy_of_the_users_has_a_look(self):
        assert looks.look("my-own-way-herd").herd and looks.split("my-own-way-herd")[0] == "my-own-way"

    @pytest.mark.parametrize("ends", [[0, 0, 0, 0], [1, 1.001, 1.002], [0, 10], [5], [-3, -3, 10, 10, 10]])
    def test_end_labels_never_overlap_and_stay_in_the_panel(self, ends):
        figure = Figure(figsize=(3.4, 2.6), layout="constrained")
        ax = figure.add_subplot()
        ax.set(xlim=(0, 1), ylim=(min(ends) - 1, max(ends) + 1))
        looks.label_ends(ax, [(y, f"line {i}", "#000000") for i, y in enumerate(ends)])
        figure.draw_without_rendering()
        (labels,) = figure.findobj(looks.EndLabels)
        boxes = [t.get_window_extent() for t in labels.texts]
        for one, other in itertools.combinations(boxes, 2):
            assert not one.overlaps(other)
        assert all(box.x1 <= figure.bbox.x1 for box in boxes)

    def test_a_headline_leaves_no_word_alone(self):
        text = "Shared market: profit is higher for one than for other singletons and also for herds"
        for width in np.arange(2.0, 5.0, 0.05):  # where a line breaks depends on the machine's fonts
            plain, even = (broken(text, width, 12) for broken in (looks.wrapped, looks.balanced))
            if plain.split("\n")[-1] == "herds":
                break
        assert plain.split("\n")[-1] == "herds"
        assert even.count("\n") == plain.count("\n") and even.replace("\n", " ") == text
        assert len(even.split("\n")[-1].split()) > 1

    def test_room_for_long_texts_is_not_taken_from_the_panels(self):
        heights = []
        for finding in ("Short", "a finding of many words " * 12):
            with looks.style("paper"):
                figure = Figure(layout="constrained")
                (ax, _) = looks.panels(figure, 2)
                looks.headline(figure, finding, "a note")
                figure.draw_without_rendering()
            heights.append(ax.get_window_extent().height)
        assert heights[1] > 0.85 * heights[0]

    def test_hatches_are_as_dense_on_paper_as_on_a_slide(self):
        found = {}
        for kind in ("paper", "slide"):
            with looks.style(kind):
                found[kind] = looks.hatching("//")
        assert found == {"paper": "////", "slide": "//"}

    def test_sweeps_are_called_by_dial_and_level(self):
        assert looks.named("overpromise-100-herd").replace("\xa0", " ") == "overpromise 1 herds"
        assert looks.named("walk-away-50-singleton").replace("\xa0", " ") == "walk-away 0.5 singletons"
        assert looks.named("convert-10-herd") == "convert-10 herds"  # no dial

    def test_lines_are_broken_where_they_end(self):
        text = "a finding that is rather too long to stand in one line of a narrow figure"
        lines = looks.wrapped(text, 2.0, 10).split("\n")
        assert " ".join(lines) == text and len(lines) > 1


def paths(gap, months=36, seeds=6):
    """Two arms, one of which earns `gap` a month more from month 13 on, and 1 a month less before."""
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(seeds):
        base = np.cumsum(rng.normal(5, 1, months))
        extra = np.cumsum([-1.0] * 12 + [gap] * (months - 12))
        for group, path in (("collaborative-herd", base + extra), ("adversarial-herd", base)):
            rows.append(
                pd.DataFrame(
                    {
                        "group": group,
                        "seed": seed,
                        "month": range(1, months + 1),
                        "profit": path,
                        "first_revenue": 1.0,
                        "repeat_revenue": 3.0 if group.startswith("c") else 1.0,
                    }
                )
            )
    return pd.concat(rows)


class TestFindings:
    PAIRS = (("collaborative-herd", "adversarial-herd"),)

    def headline(self, gap):
        df = paths(gap)
        figure = drawn(lambda f: plots.figure_cumulative_profit(f, df, self.PAIRS, "shared market"), "slide")
        return tuple(" ".join(text.split()) for text in (figure.get_suptitle(), figure.get_supxlabel()))

    def test_headline_follows_the_data(self):
        title, note = self.headline(+4.0)
        assert "84 more" in title  # 24 × 4 − 12
        assert "ahead for good from month 16" in note and "n = 6" in note  # 12 lost, 4 a month regained
        title, note = self.headline(-4.0)
        assert "108 less" in title
        assert "never ahead for good" in note

    def test_what_is_not_clear_is_not_called_more(self):
        title, _ = self.headline(0.52)  # 0.48 more in the end, of sums that wander by some tens
        assert "0.48 more" in title  # the luck that seeds share has gone
        df = paths(0.0)
        turn = np.where(df["group"].str.startswith("c"), (df["seed"] % 2) * 40.0 - 7.0, 0.0)
        figure = drawn(
            lambda f: plots.figure_cumulative_profit(
                f, df.assign(profit=df["profit"] + turn), self.PAIRS, "shared market"
            ),
            "paper",
        )
        assert "not clearly more (1)" in figure.get_suptitle().replace("\n", " ")

    def test_difference_has_its_zero_line_and_band_is_named(self):
        ax = plots.plot_profit_difference(paths(4.0), self.PAIRS)
        assert any(list(line.get_ydata()) == [0, 0] for line in ax.lines)
        assert "80%" in self.headline(4.0)[1]

    def test_areas_start_at_zero_with_one_scale(self):
        arms = ["collaborative-singleton", "collaborative-herd", "adversarial-singleton", "adversarial-herd"]
        df = paths(4.0)
        alone = df.assign(group=df["group"].str.replace("herd", "singleton"))
        both = pd.concat([df, alone])
        figure = drawn(lambda f: plots.figure_revenue_areas(f, both, arms, "shared market"), "paper")
        limits = {ax.get_ylim() for ax in figure.axes}
        assert len(limits) == 1 and next(iter(limits))[0] == 0 and next(iter(limits))[1] >= 4
        assert "75%" in figure.get_suptitle() and "50%" in figure.get_suptitle()

    def test_each_panel_alone(self, answered):
        retained = pd.DataFrame(
            {
                "group": "collaborative-herd",
                "cohort": 1,
                "month": [0, 12, 20],
                "retained": [1, 0.5, 0.4],
                "at_risk": [9, 9, 4],
            }
        )
        panels = [
            plots.plot_cumulative_profit(paths(1.0)),
            plots.plot_revenue_areas(paths(1.0)),
            plots.plot_by_horizon(answered["herd"]["horizons"].query("arm == 'shared'")),
            plots.plot_herd_difference(
                answered["herd"]["horizons"].query("arm == 'shared'"), ["collaborative", "adversarial"]
            ),
            plots.plot_exchange_shares(answered["herd"]["exchanges"].query("arm == 'shared'")),
            plots.plot_retention(retained),
        ]
        for ax in panels:
            ax.figure.draw_without_rendering()
            assert ax.get_xlabel()
