"""Labels at the ends of lines, and headlines: they never overlap, and nobody loses room to them."""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from longgame.experiments.figures import axes
from longgame.experiments.figures.style import style


@pytest.mark.parametrize("ends", [[0, 0, 0, 0], [1, 1.001, 1.002], [0, 10], [5], [-3, -3, 10, 10, 10]])
def test_end_labels_never_overlap_and_stay_in_the_panel(ends):
    figure = Figure(figsize=(3.4, 2.6), layout="constrained")
    ax = figure.add_subplot()
    ax.set(xlim=(0, 1), ylim=(min(ends) - 1, max(ends) + 1))
    axes.label_ends(ax, [(y, f"line {i}", "#000000") for i, y in enumerate(ends)])
    figure.draw_without_rendering()
    (labels,) = figure.findobj(axes.EndLabels)
    boxes = [t.get_window_extent() for t in labels.texts]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    assert all(box.x1 <= figure.bbox.x1 for box in boxes)


def test_a_headline_leaves_no_word_alone():
    text = "Shared market: profit is higher for one than for other singletons and also for herds"
    for width in np.arange(2.0, 5.0, 0.05):  # where a line breaks depends on the machine's fonts
        plain, even = (broken(text, width, 12) for broken in (axes.wrapped, axes.balanced))
        if plain.split("\n")[-1] == "herds":
            break
    assert plain.split("\n")[-1] == "herds"
    assert even.count("\n") == plain.count("\n") and even.replace("\n", " ") == text
    assert len(even.split("\n")[-1].split()) > 1


def test_room_for_long_texts_is_not_taken_from_the_panels():
    heights = []
    for finding in ("Short", "a finding of many words " * 12):
        with style("paper"):
            figure = Figure(layout="constrained")
            (ax, _) = axes.panels(figure, 2)
            axes.headline(figure, finding, "a note")
            figure.draw_without_rendering()
        heights.append(ax.get_window_extent().height)
    assert heights[1] > 0.85 * heights[0]


def test_lines_are_broken_where_they_end():
    text = "a finding that is rather too long to stand in one line of a narrow figure"
    lines = axes.wrapped(text, 2.0, 10).split("\n")
    assert " ".join(lines) == text and len(lines) > 1
