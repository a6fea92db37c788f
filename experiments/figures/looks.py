"""The look of every strategy, the same in all figures: a colour and a marker, filled where it sells in herds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from longgame.experiments.design.arms import HERD, Arm

# Okabe & Ito's colours, safe for colour-blind readers. The two opponents lie far apart in grey too.
OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "purple": "#CC79A7",
    "green": "#009E73",
    "sky": "#56B4E9",
    "vermillion": "#D55E00",
    "black": "#000000",
}


_COLOURS = {
    "collaborative": "blue",
    "adversarial": "orange",
    "order-taker": "purple",
    "principled": "green",
    "honest-broker": "sky",
    "discounter": "vermillion",
}


_MARKERS = {
    "collaborative": "o",
    "adversarial": "^",
    "order-taker": "s",
    "principled": "D",
    "honest-broker": "v",
    "discounter": "X",
}


#: Colours and markers of strategies that have none of their own; the first four by their name, all where looks
#: must differ.
_SPARE = ("green", "sky", "vermillion", "black", "blue", "orange", "purple")


_SPARE_MARKERS = "DvXPo^s"


_GLYPHS = {"o": "●○", "^": "▲△", "s": "■□", "D": "◆◇", "v": "▼▽", "X": "✖✕", "P": "✚✛"}


@dataclass(frozen=True)
class Look:
    """Colour and marker of a strategy, and whether it sells in herds.

    Attributes
    ----------
    colour : str
    marker : str
        As matplotlib knows it.
    herd : bool
        Herds have solid lines and filled markers, singletons dashed lines and hollow ones.
    """

    colour: str
    marker: str
    herd: bool

    @property
    def glyph(self) -> str:
        """The marker as a letter: filled for herds, hollow for singletons."""
        return _GLYPHS[self.marker][0 if self.herd else 1]

    def line(self) -> dict:
        """Return keywords for a line: herds solid and filled, singletons dashed and hollow."""
        return {
            "color": self.colour,
            "marker": self.marker,
            "linestyle": "-" if self.herd else (0, (3, 1.5)),
            "markerfacecolor": self.colour if self.herd else "white",
        }


def look(arm: Arm) -> Look:
    """Return the look of an arm; a strategy that has none of its own gets one by its name."""
    pick = sum(map(ord, arm.way)) % 4
    colour = OKABE_ITO[_COLOURS.get(arm.way, _SPARE[pick])]
    return Look(colour, _MARKERS.get(arm.way, _SPARE_MARKERS[pick]), arm.organisation == HERD)


def distinct_looks(arms: Sequence[Arm]) -> dict[str, Look]:
    """Return a look per arm, by its name, such that no two strategies of a figure look alike.

    Strategies keep the look they have everywhere; one whose look is taken gets a free one.
    """
    taken: dict[tuple[str, str], str] = {}
    found = {}
    for arm in sorted(arms, key=lambda arm: arm.way not in _COLOURS):
        its, name = look(arm), arm.way
        mine = next((shape for shape, owner in taken.items() if owner == name), (its.colour, its.marker))
        if taken.setdefault(mine, name) != name:
            pairs = [*zip(_SPARE, _SPARE_MARKERS, strict=True), *product(_SPARE, _SPARE_MARKERS)]
            free = [(OKABE_ITO[c], m) for c, m in pairs]
            mine = next((shape for shape in free if shape not in taken), mine)
            taken.setdefault(mine, name)
        found[arm.name] = Look(*mine, its.herd)
    return {arm.name: found[arm.name] for arm in arms}


def in_order(arms: Iterable[Arm]) -> list[Arm]:
    """Return arms, each once, in the order in which they always appear: by strategy, singletons before herds."""
    known = list(_COLOURS)

    def place(arm: Arm) -> tuple[int, str, bool]:
        return known.index(arm.way) if arm.way in known else len(known), arm.way, arm.organisation == HERD

    return sorted({arm.name: arm for arm in arms}.values(), key=place)


def arms_in(table: pd.DataFrame) -> list[Arm]:
    """Return the arms of a table, from its columns ``strategy`` and ``organisation``, in their order.

    Examples
    --------
    >>> table = pd.DataFrame({"strategy": ["champion"] * 2, "organisation": ["herd", "singleton"]})
    >>> [arm.name for arm in arms_in(table)]
    ['champion-singleton', 'champion-herd']
    """
    found = table[["strategy", "organisation"]].drop_duplicates()
    return in_order(Arm(strategy, organisation) for strategy, organisation in found.itertuples(index=False))


def dark(colour: str) -> tuple[float, ...]:
    """Darken a colour until it can be read as text on white."""
    return tuple(0.72 * c for c in to_rgb(colour))


def contrast(one: ColorType, other: ColorType) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black on white), as WCAG 2 defines it.

    Examples
    --------
    >>> round(contrast("black", "white")), contrast("#777777", "#777777")
    (21, 1.0)
    """
    dim, bright = sorted(_luminance(colour) for colour in (one, other))
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: ColorType) -> float:
    """Return the relative luminance of a colour in sRGB."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def ink(background: ColorType) -> str:
    """Return the colour of text on a background: black or white, whichever stands out more.

    Examples
    --------
    >>> ink("#ffe945"), ink("#00224e")
    ('black', 'white')
    """
    return max(("black", "white"), key=lambda text: contrast(text, background))
