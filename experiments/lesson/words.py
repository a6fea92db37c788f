"""The page's words, in one file per language."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def words(language: str) -> dict[str, Any]:
    """Return the words of a language by their owner and key."""
    return json.loads((files("longgame.experiments.lesson") / "words" / f"{language}.json").read_text(encoding="utf-8"))
