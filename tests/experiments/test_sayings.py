"""The sayings: their answers are those of the runs, in both languages, on the page, in Moodle and in a table."""

import csv
import io
import math
import re
from pathlib import Path

import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.cli import main as cli
from longgame.experiments.evidence.priors import space_of
from longgame.experiments.evidence.table import KINDS
from longgame.experiments.figures.over_markets import LOOKS, PLAUSIBLE, PRIOR
from longgame.experiments.inference.deciding import Deciding, Region
from longgame.experiments.lesson import sayings, sayings_said
from longgame.experiments.lesson.sayings import Bound, Markets, Row, Saying, turn_of
from longgame.experiments.lesson.words import LANGUAGES, words
from longgame.experiments.studies.over_markets_report import said
from longgame.experiments.studies.over_markets_stored import Told
from longgame.experiments.words import number

DOCS = Path(__file__).parents[2] / "docs"
STORED = {each["claim"]: each for each in sayings.stored()["claims"]}
#: Sayings of the default market alone: a folder in which nothing is told.
NOWHERE = Path(__file__).with_name("nothing-told")
FOUND = {saying.claim: saying for saying in sayings_said.in_order(NOWHERE)}
SPEAKERS = [sayings_said.Speaker(language) for language in LANGUAGES]


def told(folder, kind, **shares):
    """Write down what plausible markets of one kind say: shares for, mixed, undecided and against, by claim."""
    rows = [
        {"claim": claim.replace("_", "-"), "sample": sample, "says": says, "share": share, "low": 0.0, "high": 1.0}
        for claim, parts in shares.items()
        for sample in (PLAUSIBLE, PRIOR)
        for says, share in zip(LOOKS, parts if sample == PLAUSIBLE else (0.25,) * 4, strict=True)
    ]
    heads = {name: claims.headline(name) for name in (claim.replace("_", "-") for claim in shares)}
    text = "Where `trust.record` is above 1.5 and `switch.offers` is off: in 90 %. Elsewhere: in 4 %."
    Told(kind, pd.DataFrame(rows), heads, dict.fromkeys(heads, text), {}).write(folder / f"{kind}.json")
    return folder


# -- what is kept -------------------------------------------------------------------------------------


def tables_of_the_page():
    """Yield of every claim in docs/claims.md its name, first question, and the cells of its first table."""
    for section in re.split(r"^## ", (DOCS / "claims.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name = section.partition("\n")[0]
        question, _, rest = section.partition("\n### ")[2].partition("\n")
        table = rest.partition("\n### ")[0]
        yield name, question, [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]


def test_what_is_kept_is_what_the_page_of_claims_shows():
    shown = {name: (question, rows) for name, question, rows in tables_of_the_page()}
    assert sorted(shown) == sorted(STORED) == claims.names()
    for name, (question, (head, *rows)) in shown.items():
        kept = STORED[name]
        assert question == kept["question"]
        assert len(rows) == len(kept["effects"])
        for cells, effect in zip(rows, kept["effects"], strict=True):
            row = dict(zip(head, cells, strict=True))
            bounds = next(text for key, text in row.items() if key.endswith(" interval"))
            assert row["difference"] == number(effect["value"])
            assert bounds == f"{number(effect['low'])} to {number(effect['high'])}"
            assert row["answer"] == effect["says"]
            assert {key: row[key] for key in effect["at"]} == effect["at"]
    verdicts = dict(re.findall(r"^\| `([\w-]+)`: .*?\| \*\*(.+?)\*\*", (DOCS / "claims.md").read_text(), re.M))
    assert verdicts == {name: kept["verdict"] for name, kept in STORED.items()}


# -- the answer ---------------------------------------------------------------------------------------


def test_without_plausible_markets_the_default_market_answers():
    assert {name: saying.answer for name, saying in FOUND.items()} == {
        name: {"holds": "true", "does not hold": "false", "depends": "depends", "undecided": "open"}[kept["verdict"]]
        for name, kept in STORED.items()
    }


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ((0.9, 0, 0.1, 0), (0.2, 0.4, 0.4, 0), "true"),
        ((0.9, 0, 0.1, 0), (0.0, 0.4, 0.6, 0), "depends"),
        ((0, 0, 0.3, 0.7), (0, 0.1, 0.3, 0.6), "false"),
        ((0, 0, 0.9, 0.1), (0.1, 0, 0.8, 0.1), "open"),
        ((0.5, 0, 0, 0.5), (0.5, 0, 0, 0.5), "depends"),
    ],
)
def test_more_than_half_of_the_plausible_markets_decide_each_kind_counting_alike(one, other, answer):
    markets = tuple(Markets("projects", dict(zip(LOOKS, shares, strict=True)), None) for shares in (one, other))
    assert Saying("once", STORED["once"], markets).answer == answer


def test_rows_hold_every_comparison_once_and_tell_yes_from_no():
    for saying in FOUND.values():
        rows = saying.rows
        assert sum(len(row.effects) for row in rows) == len(saying.stored["effects"])
        assert 1 < len(rows) <= sayings.MOST_ROWS
        assert len({row.places for row in rows}) == len(rows)
    assert {row.places: row.says for row in FOUND["stakes"].rows}[("frequent needs, usual stakes",)] == "yes"


@pytest.mark.parametrize(
    "bounds",
    [
        {"switch.record": (0.5, math.inf)},
        {"switch.offers": (-math.inf, 0.5), "customers.rate": (0.2123, math.inf)},
        {"trust.prior": (0.21, 0.3), "attention.capacity": (-math.inf, 12345.0)},
        {"customers.churn": (0.00001234, 1e-4)},
    ],
)
def test_what_decides_is_read_as_it_is_written(bounds):
    found = turn_of(said(Deciding((Region(bounds, 0.834, 0.4), Region({}, 0.12, 0.6)), 0.5)))
    assert (found.best, found.elsewhere) == ("83", "12")
    assert [bound.dial for bound in found.bounds] == list(bounds)
    for bound, (low, high) in zip(found.bounds, bounds.values(), strict=True):
        if bound.dial.startswith("switch."):
            assert bound == Bound(bound.dial, "on" if low > 0 else "off")
        else:
            ends = ["" if math.isinf(end) else number(end) for end in (low, high)]
            assert [bound.low, bound.high] == ends
    assert turn_of(said(Deciding((Region({}, 0.5, 1.0),), 0.0))) is None


def test_plausible_markets_come_before_the_default_market(tmp_path):
    told(tmp_path, "projects", once=(0.7, 0.1, 0.1, 0.1), bell=(0, 0, 0, 1))
    found = {saying.claim: saying for saying in sayings_said.in_order(tmp_path)}
    assert (found["once"].answer, found["bell"].answer) == ("true", "false")
    assert found["herd"].markets == () and found["herd"].answer == FOUND["herd"].answer
    english, german = SPEAKERS
    assert english.verdict(found["once"]).endswith("70 % support it and 10 % contradict it.")
    assert "70 %" in german.verdict(found["once"])
    (line,) = (english.turn(each.turn) for each in found["once"].markets)
    assert line == (
        "In 90 % of the markets where: weight of what strangers can look up above 1.5 and not: customers hear several "
        "sellers. Elsewhere in 4 %."
    )


# -- words --------------------------------------------------------------------------------------------


def test_english_words_are_those_of_the_claims():
    english = words("en")["sayings"]
    assert [name for name in FOUND] == [key.removeprefix("saying_") for key in english if key.startswith("saying_")]
    for name, kept in STORED.items():
        assert english[f"saying_{name}"] == claims.headline(name)
        assert english[f"asked_{name}"] == kept["question"]


def test_every_dial_that_may_turn_a_saying_has_words():
    dials = {name for kind in KINDS for name in space_of(kind).names}
    dials |= {dial.name for name in claims.names() for dial in claims.load(name).dials}
    assert all(SPEAKERS[0].dial(dial) for dial in dials)
    assert all(SPEAKERS[0].say(f"kind_{kind}") for kind in KINDS)


def test_a_dial_that_turns_a_claim_is_named():
    turned = {**STORED["once"], "searched": 3, "turns": [{"dial": "trust.negativity", "holds": "above", "at": 1.25}]}
    english, german = (" ".join(speaker.where(Saying("once", turned))) for speaker in SPEAKERS)
    assert "above 1.25: times a bad experience counts." in english and "of these turn it: 1." in english
    assert "über 1,25" in german


# -- page and files -----------------------------------------------------------------------------------


def test_the_page_has_a_card_a_saying_with_words_in_both_languages(tmp_path):
    found = sayings_said.data(told(tmp_path, "repeat-supply", once=(0.7, 0.1, 0.1, 0.1)))
    assert [card["claim"] for card in found["cards"]] == list(FOUND)
    assert found["cards"][0]["markets"] == [{"kind": "repeat-supply", "shares": [70.0, 10.0, 10.0, 10.0]}]
    for language in LANGUAGES:
        for card, text in zip(found["cards"], found["said"][language]["cards"], strict=True):
            assert len(text["places"]) == len(card["rows"]) and len(text["turns"]) == len(card["markets"])
            assert text["verdict"] and text["where"] and text["unit"]


def questions_of(quiz):
    """Return the questions of a quiz in GIFT as title, text, choices and feedback."""
    plain = re.compile(r"\\(.)")
    found = re.findall(r"^::(.+?)::\[plain\](.+?) \{\n((?:[=~].+\n)+)####(.+)\n\}$", quiz, re.MULTILINE)
    return [(title, *(plain.sub(r"\1", part) for part in (text, choices, why))) for title, text, choices, why in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quiz_has_every_saying_that_is_not_open_with_one_right_choice(language):
    speaker = sayings_said.Speaker(language)
    quiz = sayings_said.gift(list(FOUND.values()), language)
    asked = questions_of(quiz)
    closed = [saying for saying in FOUND.values() if saying.answer != "open"]
    assert [title for title, *_ in asked] == [saying.claim for saying in closed] and len(asked) < len(FOUND)
    for saying, (_, text, choices, why) in zip(closed, asked, strict=True):
        assert text == speaker.say(f"saying_{saying.claim}")
        lines = choices.splitlines()
        assert [line[1:] for line in lines if line[0] == "="] == [speaker.say(saying.answer)]
        assert len(lines) == 3
        assert why == " ".join(sayings_said.sentences(saying, speaker))
    # Outside of questions there are only a comment and a category; within, no bare mark of the format.
    assert quiz.splitlines()[0].startswith("// longgame") and quiz.splitlines()[1] == "$CATEGORY: longgame"
    assert quiz.count("{") == quiz.count("}") == len(asked)
    assert all(not re.search(r"(?<!\\):", line) for line in quiz.splitlines() if line.startswith("####"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_every_saying_with_its_counts(language):
    rows = list(csv.DictReader(io.StringIO(sayings_said.table(list(FOUND.values()), language))))
    assert [row["claim"] for row in rows] == list(FOUND)
    for row in rows:
        assert sum(int(row[name]) for name in ("yes", "no", "not_clear")) == len(STORED[row["claim"]]["effects"])
        assert row["answer"] == sayings_said.Speaker(language).say(FOUND[row["claim"]].answer)


def test_the_command_prints_and_writes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sayings_said.in_order, "__defaults__", (NOWHERE,))
    assert cli.main(["sayings"]) == 0
    shown = capsys.readouterr().out
    assert "Win/lose only works once." in shown and shown.count("It depends") == sum(
        saying.answer == "depends" for saying in FOUND.values()
    )
    assert cli.main(["sayings", "--gift", "quiz.txt", "--csv", "sayings.csv", "--language", "de"]) == 0
    told = capsys.readouterr().out
    open_ones = sum(saying.answer == "open" for saying in FOUND.values())
    assert f"quiz.txt: {len(FOUND) - open_ones} sayings" in told and f"leave them open: {open_ones}." in told
    assert (tmp_path / "quiz.txt").read_text(encoding="utf-8") == sayings_said.gift(list(FOUND.values()), "de")
    assert (tmp_path / "sayings.csv").read_text(encoding="utf-8") == sayings_said.table(list(FOUND.values()), "de")
    assert cli.main(["sayings", "--language", "fr"]) == 2
    assert "--language: is 'fr'; choose from en, de" in capsys.readouterr().err


def test_a_row_says_what_all_of_its_comparisons_say():
    effects = [{"says": "yes"}, {"says": "yes"}]
    assert Row((), tuple(effects)).says == "yes" and Row((), (*effects, {"says": "no"})).says == "mixed"
