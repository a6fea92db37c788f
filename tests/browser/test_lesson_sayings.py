"""Sayings, notes and rules in a real browser: what is said is what the runs say, and can be taken along."""

import re

import pytest

from longgame.experiments.lesson import notes
from longgame.experiments.lesson.words import LANGUAGES, words
from tests.browser.test_lesson_page import data_of, go
from tests.lesson_pages import SMALL


def answer(page, choice):
    page.locator(f"#sayings [data-answer={choice}]").click()
    page.locator("#sayings h3").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saying_is_answered_and_then_the_runs_answer(opened, keep, language):
    page = opened("phone", part=f"#sayings?lang={language}")
    said = words(language)["sayings"]
    card, text = (data_of(page)["sayings"][key] for key in ("cards", "said"))
    card, text = card[0], text[language]["cards"][0]
    assert page.locator("#sayings-said").inner_text() == said[f"saying_{card['claim']}"]
    assert page.locator("#sayings h3, #sayings figure").count() == 0  # nothing is given away
    answer(page, "false")
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.locator("#sayings h3").inner_text() == said[card["answer"]]
    shown = page.locator(".sayings-verdict").inner_text()
    told = text["turns"] if card["markets"] else text["where"]  # of plausible markets, or of the only market
    assert text["verdict"] in shown and told and all(line in shown for line in told)
    assert page.locator("#sayings [data-answer]:disabled").count() == 3
    assert "said=f" in page.url
    page.reload()
    assert page.locator("#sayings h3").inner_text() == said[card["answer"]]
    page.locator("[data-onward]").click()
    assert page.evaluate("document.activeElement.id") == "sayings-said"
    assert page.locator("#sayings h3").count() == 0
    keep(page, f"sayings-{language}")


def test_every_comparison_has_a_mark_where_its_number_is(opened):
    page = opened(part="#sayings")
    for i, card in enumerate(data_of(page)["sayings"]["cards"][:6]):
        answer(page, "true")
        page.locator("#sayings details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        ends = [end for row in card["rows"] for _, *some, _ in row["dots"] for end in some] + [0]
        low, high = min(ends), max(ends)
        rows = page.locator("#sayings .sayings-track").all()
        assert len(rows) == len(card["rows"]), i
        for track, row in zip(rows, card["rows"], strict=True):
            marks = track.locator(".sayings-dot").evaluate_all(
                "(all) => all.map((one) => [parseFloat(one.style.left), one.className])"
            )
            assert [left for left, _ in marks] == pytest.approx(
                [100 * (value - low) / (high - low) for value, *_ in row["dots"]], abs=0.01
            )
            kinds = {"yes": "is-yes", "no": "is-no", "not clear": "is-open"}
            assert all(kinds[dot[3]] in name for (_, name), dot in zip(marks, row["dots"], strict=True))
        page.locator("[data-onward]").click()


def test_the_end_counts_what_was_right_and_gives_files(opened, tmp_path, keep):
    page = opened("desk", part="#sayings?lang=en")
    data = data_of(page)["sayings"]
    for _ in data["cards"]:
        answer(page, "true")
        page.locator("[data-onward]").click()
    closed = [card["answer"] for card in data["cards"] if card["answer"] != "open"]
    assert 0 < closed.count("true") < len(closed) <= len(data["cards"])
    assert f"right on {closed.count('true')} of {len(closed)} sayings" in page.locator("#sayings .lead").inner_text()
    page.locator(".sayings-all summary").click()
    assert page.locator(".sayings-all tbody tr").count() == len(data["cards"])
    keep(page, "sayings-end")
    for button, kept in (("gift", "gift"), ("csv", "csv")):
        with page.expect_download() as waiting:
            page.locator(f"[data-{button}]").click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.read_text(encoding="utf-8") == data["said"]["en"][kept]
    page.locator("[data-again]").click()
    assert "said=" not in page.url and page.locator("#sayings-said").is_visible()


def test_a_saying_is_answered_by_keyboard_alone(opened):
    page = opened(part="#sayings")

    def tab_to(selector):
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached")

    tab_to("[data-answer=depends]")
    page.keyboard.press("Enter")
    page.locator("#sayings h3").wait_for()
    tab_to("[data-onward]")
    page.keyboard.press("Enter")
    assert "saying=1" in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_and_rules_open_and_name_the_numbers_of_the_market(opened, keep, language):
    page = opened(part=f"#notes?lang={language}")
    assert page.locator("#notes details").count() == len(notes.HOUR)
    page.locator("#notes summary").nth(1).click()
    assert words(language)["notes"]["story_ask"] in page.locator("#notes").inner_text()
    go(page, "rules")
    for summary in page.locator("#rules summary").all():
        summary.click()
    shown = re.sub(r"\s", " ", page.locator("#rules").inner_text())
    keep(page, f"rules-{language}")
    numbers = notes.numbers(SMALL)
    assert f"{numbers['negativity']:g}" in shown and "{" not in shown
    wage = f"{numbers['wage']:,.0f}"
    assert (wage if language == "en" else wage.replace(",", ".")) in shown
