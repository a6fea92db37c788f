"""The figures of every claim: nothing clipped, nothing tiny, no text on another, every number readable."""

import itertools

import pytest

from longgame.experiments import claims
from longgame.experiments.figures.looks import contrast
from tests.experiments.figures.drawing import assert_readable, drawn, texts

FIGURES = [(name, kind) for name in claims.names() for kind in ("paper", "slide")]


@pytest.mark.parametrize(("name", "kind"), FIGURES)
def test_no_text_is_clipped_or_too_small(name, kind, answered):
    for title, draw in claims.load(name).figures(answered[name]).items():
        assert_readable(drawn(draw, kind), kind, f"{name} {title}")


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
                assert contrast(text.get_color(), shade) > 4.5, text.get_text()  # WCAG 2, level AA
                seen += 1
    assert seen
