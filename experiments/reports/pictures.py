"""Figures for a screen: drawn in memory, or put into a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

from matplotlib.figure import Figure

from longgame.experiments.figures.style import style


def drawn(draw: Callable[[Figure], None], size: tuple[float, float] = (9.6, 5.4), dpi: float = 100) -> Figure:
    """Return a figure for a screen, of a size in inches."""
    with style("slide"):
        figure = Figure(figsize=(13.333, 7.5), layout="constrained", dpi=dpi * size[0] / 13.333)
        draw(figure)
        figure.draw_without_rendering()
    return figure


def data_url(draw: Callable[[Figure], None]) -> str:
    """Return a figure as a PNG that stands in an HTML page."""
    with style("slide"):
        stream = io.BytesIO()
        drawn(draw).savefig(stream, format="png")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
