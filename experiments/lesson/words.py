"""The words of the page: one file per language, in it one object per part of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

#: Languages of the page by the name of their file; the first is that of a browser that asks for none of them.
LANGUAGES = ("en", "de")

#: Words by part of the page and name; ``{name}`` in them stands for a value.
Words = Mapping[str, Mapping[str, str]]


@cache
def words(language: str) -> Words:
    """Return all words of a language.

    Raises
    ------
    FileNotFoundError
        If the page does not speak it.

    Examples
    --------
    >>> words("de")["shell"]["next"]
    'Weiter'
    """
    text = files("longgame.experiments.lesson") / "words" / f"{language}.json"
    return json.loads(text.read_text(encoding="utf-8"))
