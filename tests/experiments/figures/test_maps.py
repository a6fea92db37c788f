"""Markets over one dial and two: both ends are named, and what is not clear is marked."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from longgame.experiments.figures.maps import MAP_COLOURS, figure_grid, figure_map
from tests.experiments.figures.drawing import assert_readable, drawn, herds, said, table

A, B, C = herds("a", "b", "c")
RATES = (0.05, 0.25, 1.0)


def grid(slope, spread=1.0, **dials):
    """Two arms in markets over dials; ours − theirs grows with the product of the dials."""
    points = [{}]
    for dial, values in dials.items():
        points = [{**point, dial.replace("_", ".", 1): value} for point in points for value in values]
    return pd.concat(
        [table((A, B), (slope * np.prod(list(point.values())), 1.0), spread=spread, **point) for point in points]
    )


def grid_figure(found, *arms):
    return partial(
        figure_grid,
        table=found,
        dial="customers.rate",
        arms=arms,
        column="profit",
        what="profit",
        where="shared market",
    )


def map_figure(slope, spread=1.0):
    return partial(
        figure_map,
        table=grid(slope, spread, customers_rate=RATES, customers_churn=(0.1, 1.0)),
        x="customers.rate",
        y="customers.churn",
        ours=A,
        theirs=B,
        column="profit",
        what="profit",
        where="shared market",
    )


def test_headline_names_both_ends():
    draw = grid_figure(grid(100.0, customers_rate=RATES), A, B)
    title, _ = said(draw)
    assert "where customers.rate is 0.05" in title and title.endswith("higher where it is 1")
    label = drawn(draw, "paper").axes[0].get_xlabel().replace("\n", " ")
    assert label.endswith("(customers.rate, per month, log scale)")


def test_every_rival_is_set_against_the_first():
    three = pd.concat([table((A, B, C), (10.0, 4.0, 30.0), **{"customers.rate": rate}) for rate in RATES])
    draw = grid_figure(three, A, B, C)
    title, _ = said(draw)
    assert "higher for a herds than for b where" in title and "; than for c 4" in title
    assert len(drawn(draw, "slide").axes[1].containers) == 2


def test_axes_say_what_a_dial_of_the_scenario_means():
    text = drawn(map_figure(20.0), "slide").axes[0].get_xlabel()
    assert text == "mean number of needs of a customer\n(customers.rate, per month)"


def test_a_table_with_both_kinds_needs_to_know_which():
    shared = grid(100.0, customers_rate=RATES)
    draw = grid_figure(pd.concat([shared, shared.assign(setting="separate", profit=0.0)]), A, B)
    assert "neither higher nor lower" in said(partial(draw, where="separate markets"))[0]
    assert "neither" not in said(draw)[0]
    with pytest.raises(ValueError, match="both kinds of market"):
        draw(Figure(layout="constrained"), where="somewhere")


def test_map_counts_who_is_ahead_and_hatches_the_rest():
    title, _ = said(map_figure(20.0))
    assert "ahead of b herds in 4 of 6 markets" in title or "ahead of b herds in 3 of 6" in title
    figure = drawn(map_figure(20.0, spread=200.0), "slide")
    assert sum(bool(p.get_hatch()) for p in figure.axes[0].patches) >= 4
    title, _ = said(map_figure(-20.0))
    assert "in none of 6 markets, behind in 6" in title


def test_colours_of_a_map_run_one_way_in_grey():
    shades = colormaps[MAP_COLOURS](np.linspace(0, 1, 21))
    grey = [np.dot(to_rgb(shade), [0.299, 0.587, 0.114]) for shade in shades]
    assert (np.diff(grey) < 0).all()


@pytest.mark.parametrize("kind", ["paper", "slide"])
def test_no_text_is_clipped_or_too_small(kind):
    assert_readable(drawn(map_figure(20.0), kind), kind)
