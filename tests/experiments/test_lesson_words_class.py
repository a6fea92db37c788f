"""The words of the class mode: all of them used, none missing."""

import re

from longgame.experiments.lesson.classroom import market, pages
from longgame.experiments.lesson.words import words

SCRIPT = "\n".join(text for name, (text, _) in pages.files().items() if name.endswith(".js"))


def made_up():
    """Return the keys that the pages put together from names."""
    named = {"way": market.WAYS, "about": market.WAYS, "kind": market.KINDS}
    named["line"] = (market.ALONE, market.TOGETHER, *market.TOWN)
    return {f"{part}_{name}" for part, names in named.items() for name in names}


def refusals():
    """Return the reasons for which the server refuses something."""
    sources = [pages.LESSON / "classroom" / f"{name}.py" for name in ("hour", "server")]
    return {why for source in sources for why in re.findall(r'Refused\("(\w+)"\)', source.read_text(encoding="utf-8"))}


def test_every_word_is_used_and_none_is_missing():
    used = set(re.findall(r'"class\.([\w-]+)"', SCRIPT))
    assert used | made_up() | refusals() == words("en")["class"].keys()
