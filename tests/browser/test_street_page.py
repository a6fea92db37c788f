"""The street in a real browser: every number on its screens is one of the data, and every screen can be used."""

import json

import pytest

from longgame.experiments.lesson import street, street_ends
from tests.browser.test_lesson_page import CONTRAST, SMALLEST, TEXT_SIZES, complaints

#: Most words on a screen before a learner asks for more; names of buttons and pictures are no text to read.
MOST_WORDS = 60

READ = """(root) => [...root.querySelectorAll("h2, h3, p, li, .street-choice span")]
  .filter((node) => node.checkVisibility() && !node.closest("svg, details:not([open])"))
  .map((node) => node.innerText).join(" ")"""


def data_of(page):
    return json.loads(page.locator("#data").text_content())["street"]


def check(page, keep, name):
    """See that a screen has few words, fits, and can be pressed; keep a picture of it."""
    words = page.locator("#sell").evaluate(READ).split()
    assert 0 < len(words) <= MOST_WORDS, (name, len(words), words)
    small = [(round(px, 1), text) for px, text in page.evaluate(TEXT_SIZES) if px < SMALLEST - 0.05]
    assert not small, (name, small)
    pale = [(round(ratio, 1), text) for ratio, text in page.evaluate(CONTRAST) if ratio < 4.5]
    assert not pale, (name, pale)
    assert complaints(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    for control in page.locator("#sell button:visible, #sell summary:visible").all():
        assert control.bounding_box()["height"] >= 44, (name, control.inner_text())
    keep(page, name)


def money(amount):
    return f"{amount:,}".replace("-", "−")


def kinds(year):
    """Return how many visits of a year were of each kind, and its stories."""
    found = dict.fromkeys(("came", "returned", "bought", "no_deal", "no_time", "passed", "sent"), 0)
    for month in year["visits"]:
        for code in month[1::5]:
            one = {}
            for part, size in street.PARTS.items():
                code, one[part] = divmod(code, size)
            found["came"] += 1
            found["returned"] += one["source"] == 0 and one["client"] == 1
            found["bought"] += one["outcome"] >= 4
            found["no_deal"] += 1 <= one["outcome"] <= 3
            found["no_time"] += one["outcome"] == 0
            found["passed"] += one["how"] in (street.PASSED_ON, street.COVERED)
            found["sent"] += one["how"] == street.SENT
    good = [flag for month in year["told"] for flag in month[2::4]]
    return {**found, "told_good": sum(good), "told_bad": len(good) - sum(good)}


def said(words, found):
    return [words[name].replace("{n}", str(n)) for name, n in found.items() if n]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_three_years_and_ten(opened, keep, size):
    page = opened(size, part="#sell?lang=en")
    page.evaluate("window.setInterval = () => 0")  # months are turned by hand, however slow the machine is
    data, words = data_of(page), json.loads(page.locator("#data").text_content())["words"]["en"]["street"]
    check(page, keep, f"{size}-street-opening")
    page.locator("[data-together=team]").click()
    check(page, keep, f"{size}-street-ways")
    node, path = None, ["honest", "push", "orders"][: data["chosen"]]
    for way in path:
        page.locator(f"[data-way={way}]").click()
        node = (data["tree"]["team"] if node is None else node["then"])[way]
        earned = page.locator("[data-earned]")
        assert earned.get_attribute("data-earned") == str(node["curve"][0])
        assert earned.inner_text() == money(node["curve"][0])
        page.locator("[data-next-month]").click()
        assert earned.get_attribute("data-earned") == str(node["curve"][1])
        assert f"{node['hours'][1]}%" in page.locator(".street-hours").inner_text()
        assert page.locator(".street-visitor").count() == len(node["visits"][1]) // 5
        assert page.locator(".street-story").count() == len(node["told"][1]) // 4
        check(page, keep, f"{size}-street-{way}")
        page.locator("[data-year-end]").click()
        assert earned.get_attribute("data-earned") == str(node["curve"][11])
        assert page.locator(".street-counts li").all_inner_texts() == said(words, kinds(node))
        known = {c for m in node["visits"] for c in m[::5]} | {c for m in node["told"] for c in m[1::4]}
        if way == path[0]:  # those of earlier years stay
            assert page.locator(".street-face").count() == len(known) + len(node["visits"][11]) // 5
        check(page, keep, f"{size}-street-{way}-end")
    page.locator("[data-to-ten]").click()
    end = node["later"]["curve"][-1]
    assert page.locator("[data-end]").get_attribute("data-end") == str(end)
    assert money(end) in page.locator(".street-result").inner_text()
    assert money(data["constant"]["team-honest"]["curve"][-1]) in page.locator(".street-result").inner_text()
    check(page, keep, f"{size}-street-ten")
    page.locator(".street summary", has_text="All ten").click()
    ranked = sorted((found["curve"][-1] for found in data["constant"].values()), reverse=True)
    assert page.locator("#sell tbody td:nth-child(2)").all_inner_texts() == [money(one) for one in ranked]
    page.locator("[data-markets]").click()
    for name, policies in data["markets"].items():
        page.locator(f"[data-market={name}]").click()
        signs = [one["sign"] for policy, one in policies.items() if policy != street_ends.OURS]
        verdict = page.locator(f"[data-verdict={name}]").inner_text()
        assert f"ahead of {signs.count(1)} of 9 ways, clearly behind {signs.count(-1)}." in verdict
        assert (", alone" in verdict or ", in a team" in verdict) == (-1 in signs)
        check(page, keep, f"{size}-street-market-{name}")
    page.locator("[data-back-to-end]").click()
    assert page.locator("[data-end]").is_visible()


def test_a_choice_can_be_taken_back_and_all_begun_again(opened):
    page = opened(part="#sell?lang=en")
    page.locator("[data-together=alone]").click()
    page.locator("[data-way=cheap]").click()
    page.locator("[data-year-end]").click()
    page.locator("[data-back]").click()
    assert page.locator("[data-way]").count() == 5
    page.locator("[data-back]").click()
    assert page.locator("[data-together]").count() == 2
    page.locator("[data-together=alone]").click()
    page.locator("[data-way=honest]").click()
    page.locator("[data-year-end]").click()
    page.locator("[data-again]").click()
    assert page.locator("[data-together]").count() == 2


def test_a_year_runs_by_itself_and_can_be_paused(opened):
    page = opened(part="#sell?lang=en")
    page.locator("[data-together=team]").click()
    page.locator("[data-way=honest]").click()
    page.locator(".street-line", has_text="Month 3:").wait_for()
    page.locator(".street-pause").click()
    line = page.locator(".street-line").inner_text()
    page.wait_for_timeout(2_000)
    assert page.locator(".street-line").inner_text() == line


def test_without_motion_a_year_is_there_at_once(opened):
    page = opened(part="#sell?lang=en", reduced_motion="reduce")
    page.locator("[data-together=team]").click()
    page.locator("[data-way=honest]").click()
    assert page.locator(".street-after h3").first.is_visible()
    assert page.locator(".street-scene").get_attribute("aria-label").startswith("Month 12:")
