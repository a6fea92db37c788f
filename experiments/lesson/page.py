"""The page in one file: words, style, script and data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from longgame.experiments.lesson.words import LANGUAGES, words

WEB = files("longgame.experiments.lesson") / "web"

#: First module of the script; its imports lead to every other one.
MAIN, LIVE_MAIN = "file.js", "own.js"

#: Style sheet of the whole page; a part of the page may have its own.
SHELL = "style.css"

#: Module that reads results: from the file itself, or from the server that sent the page.
STORED, LIVE = "stored.js", "live.js"

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w-]+\.js)";(?: //.*)?$', re.M)
_EXPORT = re.compile(r"^export ((?:const|function|async function) (\w+))", re.M)


def source(name: str) -> str:
    """Return one of the page's own files."""
    return (WEB / name).read_text(encoding="utf-8")


def script(*, live: bool = False) -> str:
    """Return the script: every module as a function that returns its exports, after those it imports from.

    A browser refuses to import a module from a neighbouring file of a page opened from disk. In the live
    page the module that asks the server stands in for the one that reads the file.

    Raises
    ------
    ValueError
        If modules import each other in a circle.
    """
    done: dict[str, str] = {}

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"modules import each other: {' -> '.join((*path, name))}")
        if name not in done:
            text = source(LIVE if live and name == STORED else name)
            for _, needed in _IMPORT.findall(text):
                add(needed, (*path, name))
            done[name] = _as_function(name, text)

    add(LIVE_MAIN if live else MAIN, ())
    return "\n".join(["const modules = {};", *done.values()])


def _as_function(name: str, text: str) -> str:
    """Return a module as a function called at once."""
    exported = ", ".join(found for _, found in _EXPORT.findall(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(_as_constants, text)).rstrip()
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();'


def _as_constants(found: re.Match[str]) -> str:
    """Return an import as constants: `{ start as startStreet }` takes one export under another name."""
    return f'const {found[1].replace(" as ", ": ")} = modules["{found[2]}"];'


def style() -> str:
    """Return all style sheets: that of the shell, then those of parts of the page by their names."""
    names = sorted(file.name for file in WEB.iterdir() if file.name.endswith(".css"))
    return "\n".join(map(source, sorted(names, key=lambda name: name != SHELL)))


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that can stand in a script element.

    A text with "</script>" or "<!--<script>" in it would move the end of the element.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def page(data: Mapping[str, Any], *, live: bool = False) -> str:
    """Return the whole page around its data; the live one asks its server for results.

    Parameters
    ----------
    data : mapping
        From `build.data` or `build.live`.
    live : bool
    """
    said = {language: words(language) for language in LANGUAGES}
    shell = said[LANGUAGES[0]]["shell"]
    parts = {
        "title": escape(shell["brand"]),
        "noscript": escape(shell["noscript"]),
        "style": style(),
        "data": embedded({**data, "words": said}),
        "script": script(live=live),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], source("index.html"))
