"""The pages of phone and projector, and the files they load from the server."""

from __future__ import annotations

import functools
from importlib.resources import files as resources
from typing import Any

import segno

from longgame.experiments.lesson.classroom.market import ALONE, KINDS, TOGETHER, TOWN, WAYS
from longgame.experiments.lesson.page import embedded
from longgame.experiments.lesson.words import LANGUAGES, words

LESSON = resources("longgame.experiments.lesson")
WEB = LESSON / "classroom" / "web"

#: Files of the lesson page that these pages load, too.
SHARED = ("dom.js", "fill.js")

#: Parts of the lesson's words that these pages use.
OWNERS = ("class", "shell")

_KINDS = {"js": "text/javascript", "css": "text/css"}


@functools.cache
def files() -> dict[str, tuple[str, str]]:
    """Return text and media type of every file that the pages load, by name."""
    own = [file for file in WEB.iterdir() if file.name.rpartition(".")[2] in _KINDS]
    found = [*own, *(LESSON / "web" / name for name in SHARED)]
    return {file.name: (file.read_text(encoding="utf-8"), _KINDS[file.name.rpartition(".")[2]]) for file in found}


def _page(name: str, **more: Any) -> str:
    """Return a page around its data: the words of all languages and the names that the server uses."""
    data = {
        "words": {name: {owner: words(name)[owner] for owner in OWNERS} for name in LANGUAGES},
        "ways": list(WAYS),
        "kinds": list(KINDS),
        "groups": [ALONE, TOGETHER],
        "town": list(TOWN),
        **more,
    }
    return (WEB / name).read_text(encoding="utf-8").replace("{{data}}", embedded(data))


@functools.cache
def phone() -> str:
    """Return the page of a phone."""
    return _page("phone.html")


def projector(address: str, code: str) -> str:
    """Return the page of the projector, with the QR code of the address where phones come in.

    Parameters
    ----------
    address : str
        ``http://…``; the code stands behind it as a fragment, which no browser sends.
    code : str
    """
    drawn = segno.make(f"{address}#{code}", error="m").svg_inline(border=4, omitsize=True, light="#fff", dark="#000")
    return _page("projector.html", address=address, code=code, qr=drawn)
