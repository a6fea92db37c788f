"""The page in one file: texts, style, script and data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

WEB = files("longgame.experiments.lesson") / "web"

#: First module of the script; its imports lead to every other one.
MAIN, LIVE_MAIN = "main.js", "own.js"

#: Module that reads results: from the file itself, or from the server that sent the page.
STORED, LIVE = "stored.js", "live.js"

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w-]+\.js)";(?: //.*)?$', re.M)
_EXPORT = re.compile(r"^export ((?:const|function) (\w+))", re.M)


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
    body = _EXPORT.sub(r"\1", _IMPORT.sub(r'const \1 = modules["\2"];', text)).rstrip()
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();'


def page(data: Mapping[str, Any], *, live: bool = False) -> str:
    """Return the whole page around its data; the live one asks its server for results.

    Parameters
    ----------
    data : mapping
        From `build.data` or `build.live`.
    live : bool
    """
    # A text with "</script>" or "<!--<script>" in it would move the end of the script element that holds the data.
    numbers = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    parts = {
        **{name: escape(str(text)) for name, text in data["texts"].items()},
        "title": escape(str(data["title"])),
        "style": source("style.css") + source("street.css"),
        "data": numbers,
        "script": script(live=live),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], source("index.html"))
