"""The words of the class mode: the same in all languages, all of them used, none missing."""

import re

import pytest

from longgame.experiments.lesson.classroom import market, pages

WORDS = {language: pages.words(language)["class"] for language in pages.LANGUAGES}
SCRIPT = "\n".join(text for name, (text, _) in pages.files().items() if name.endswith(".js"))


def values(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_language_says_the_same(language):
    first = WORDS[pages.LANGUAGES[0]]
    assert WORDS[language].keys() == first.keys()
    for key, text in WORDS[language].items():
        assert text.strip() and values(text) == values(first[key]), key


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
    assert used | made_up() | refusals() == WORDS["en"].keys()
