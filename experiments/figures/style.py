"""The two styles of figures, and how figures are written to files.

Nothing here touches pyplot or matplotlib's global settings: figures are plain `matplotlib.figure.Figure`
objects, and a style lasts as long as its `with style(...)` block.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure

_COMMON = {
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "figure.facecolor": "white",
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "longgame",
    "legend.frameon": False,
}


_STYLES: dict[str, dict] = {
    "paper": {
        "figure.figsize": (3.4, 2.6),
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "figure.titlesize": 9,
        "lines.linewidth": 1.3,
        "lines.markersize": 4,
        "axes.linewidth": 0.6,
        "grid.linewidth": 0.5,
        "savefig.dpi": 300,
        "hatch.linewidth": 0.5,
    },
    "slide": {
        "figure.figsize": (13.333, 7.5),
        "font.size": 18,
        "axes.titlesize": 18,
        "axes.labelsize": 18,
        "xtick.labelsize": 18,
        "ytick.labelsize": 18,
        "legend.fontsize": 18,
        "figure.titlesize": 24,
        "lines.linewidth": 3,
        "lines.markersize": 9,
        "axes.linewidth": 1.2,
        "grid.linewidth": 1,
        "savefig.dpi": 100,
        "hatch.linewidth": 1,
    },
}


#: What each style is written as.
FORMATS = {"paper": ("pdf", "svg", "png"), "slide": ("png", "svg")}


@contextlib.contextmanager
def style(name: str) -> Iterator[None]:
    """Draw in a style within this block: ``paper`` (3.4 in wide, 8 pt) or ``slide`` (16:9, 18 pt and up).

    Raises
    ------
    ValueError
        If there is no such style.
    """
    if name not in _STYLES:
        raise ValueError(f"no style {name!r}; choose from {', '.join(_STYLES)}")
    with rc_context({**_COMMON, **_STYLES[name]}):
        yield


def save(draw: Callable[[Figure], None], stem: Path, styles: Sequence[str] = ("paper", "slide")) -> list[Path]:
    """Draw a figure in each style and write it as ``<folder>/<style>/<name>.<format>``.

    Parameters
    ----------
    draw : callable
        Fills an empty figure.
    stem : pathlib.Path
        Folder and name, without a suffix.
    styles : sequence of str

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    written = []
    for name in styles:
        folder = stem.parent / name
        folder.mkdir(parents=True, exist_ok=True)
        with style(name):
            figure = Figure(layout="constrained")
            draw(figure)
            figure.draw_without_rendering()
            figure.set_layout_engine("none")  # laid out once, not once per format
            for kind in FORMATS[name]:
                path = folder / f"{stem.name}.{kind}"
                # No date in the file: the same results give the same bytes.
                date = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
                figure.savefig(path, metadata=date)
                written.append(path)
    return written


def line_width() -> float:
    """Return the width of a line in the style in force. Unit: points."""
    return rcParams["lines.linewidth"]


def hatching(pattern: str) -> str:
    """Return a hatch as dense as the style in force needs: small areas on paper would show a line or two.

    Examples
    --------
    >>> with style("paper"):
    ...     hatching("//")
    '////'
    """
    return pattern * 2 if rcParams["font.size"] < 12 else pattern
