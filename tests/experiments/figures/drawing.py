"""Figures drawn for tests, the texts that are seen in them, and small tables to draw."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from longgame.experiments.design.arms import SEPARATE, SHARED, Arm
from longgame.experiments.figures.axes import EndLabels
from longgame.experiments.figures.style import style

SMALLEST = {"paper": 8, "slide": 18}
SEEDS = range(8)


def drawn(draw, kind):
    """Return a figure drawn in a style, laid out."""
    with style(kind):
        figure = Figure(layout="constrained")
        draw(figure)
        figure.draw_without_rendering()
    return figure


def said(draw, kind="slide"):
    """Return headline and note, each in one line."""
    figure = drawn(draw, kind)
    return tuple(" ".join(text.split()) for text in (figure.get_suptitle(), figure.get_supxlabel()))


def texts(figure):
    """Every text of a figure that is seen: end labels included, ticks outside the limits not."""
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    on_ticks = {id(t) for axis in axes for tick in axis.majorTicks for t in (tick.label1, tick.label2)}
    found = [t for t in figure.findobj(Text) if id(t) not in on_ticks]
    for axis in axes:
        low, high = sorted(axis.get_view_interval())
        places = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        found += [label for place, label in places if low <= place <= high]
    for labels in figure.findobj(EndLabels):
        found += labels.texts
    return [t for t in found if t.get_visible() and t.get_text().strip()]


def assert_readable(figure, kind, where=""):
    """Every text lies within the figure, and none is too small."""
    for text in texts(figure):
        box, page = text.get_window_extent(), figure.bbox
        told = f"{where} {kind}: {text.get_text()!r} {box} {page}"
        assert box.x0 >= -1 and box.x1 <= page.x1 + 1, told
        assert box.y0 >= -1 and box.y1 <= page.y1 + 1, told
        assert text.get_size() >= SMALLEST[kind], told


def herds(*names):
    """Return herds of strategies that have no conduct: for tables made by hand."""
    return [Arm(name, "herd") for name in names]


def luck(seed, spread=1.0):
    """Return a number that hangs on the seed alone."""
    return spread * np.random.default_rng(seed).normal()


def table(arms, levels, market=SHARED, months=(12, 24), column="profit", spread=1.0, **also):
    """A table of arms at given levels, with luck that the arms of a seed share and luck of their own."""
    return pd.DataFrame(
        [
            {
                "market": market,
                "seed": seed,
                "setting": SHARED if market == SHARED else SEPARATE,
                "strategy": arm.way,
                "organisation": arm.organisation,
                "group": arm.name,
                "months": m,
                **also,
                column: level * m / 12 + 100 * luck(seed) + spread * luck((seed, number, m)),
            }
            for seed in SEEDS
            for number, (arm, level) in enumerate(zip(arms, levels, strict=True))
            for m in months
        ]
    )
