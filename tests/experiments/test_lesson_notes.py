"""Notes and rules of the lesson: their numbers are the market's, their words are there in both languages, and plain."""

import re

import pytest

from longgame.experiments.lesson import notes
from longgame.experiments.lesson.words import LANGUAGES, words
from longgame.sim.configurations import CONFIGURATIONS

MINE = ("sayings", "notes", "rules")
NOW = CONFIGURATIONS["repeat-supply"]


def placeholders(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("owner", MINE)
def test_all_languages_have_the_same_words_and_values(owner):
    first, *others = (words(language)[owner] for language in LANGUAGES)
    for other in others:
        assert list(first) == list(other)
        assert {key: placeholders(text) for key, text in first.items()} == {
            key: placeholders(text) for key, text in other.items()
        }
        assert all(other.values()) and all(first.values())


@pytest.mark.parametrize("owner", MINE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_long(owner, language):
    texts = [text for key, text in words(language)[owner].items() if not key.startswith(("saying_", "asked_"))]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s+", text)]
    assert [sentence for sentence in sentences if len(sentence.split()) > 20] == []


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_rules_name_the_numbers_of_the_market_and_only_what_is_on_in_it(name):
    scenario = CONFIGURATIONS[name]
    made = notes.data(scenario)
    used = {value for rule in made["rules"] for value in placeholders(words("en")["rules"][f"{rule}_text"])}
    assert used <= set(made["numbers"])
    assert ("closing" in made["rules"]) == (scenario.economy.capital > 0)
    assert ("record" in made["rules"]) == (scenario.trust.record > 0)


def test_numbers_are_those_of_the_scenario():
    changed = NOW.but({"trust.negativity": 2.5, "word_of_mouth.gossip": 0.123, "economy.wage": 4321.0})
    before, after = notes.numbers(NOW), notes.numbers(changed)
    differs = {key: value for key, value in after.items() if value != before[key]}
    assert differs == {"negativity": 2.5, "gossip": 12.3, "wage": 4321.0}
    assert before["customers"] == NOW.customers.count and before["hours"] == NOW.attention.capacity / 60


def test_every_part_of_the_hour_and_every_rule_has_its_words():
    english = words("en")
    for part in notes.HOUR:
        assert {f"{part}_{what}" for what in ("title", "do", "ask", "hear")} <= set(english["notes"])
    for rule in notes.RULES:
        assert {f"{rule}_title", f"{rule}_text"} <= set(english["rules"])
    assert sum(notes.HOUR.values()) == 60
