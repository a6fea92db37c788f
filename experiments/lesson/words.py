"""The words of the lesson, one file a language."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

#: Languages of the lesson, the first for anybody who asks for none.
LANGUAGES = ("en", "de")


@cache
def words(language: str) -> dict[str, dict[str, str]]:
    """Return the words of a language by part of the lesson and key; ``{name}`` stands for a value put in."""
    path = files("longgame.experiments.lesson") / "words" / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8"))
