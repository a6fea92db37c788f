"""The live market in a real browser: the lesson's page with towns run while the reader watches."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from longgame.experiments.lesson import server
from tests.browser.test_lesson_page import SCREENS, go, pressable, readable
from tests.live_server import BASES, lines


def finished(page):
    page.locator("#sandbox progress").wait_for(state="hidden")
    page.locator("#sandbox details", has_text="How sure is that?").wait_for()


def changed(page, act):
    """Do something, and wait until the town that it asks for has come to its end."""
    with page.expect_request(re.compile("/run[?]")) as asked:
        act()
    finished(page)
    return asked.value.url


def amounts(page):
    shown = page.locator("#sandbox .keys b").all_inner_texts()
    return [int(text.replace(",", "").replace("−", "-")) for text in shown]


def sandbox(opened_live, choices="", query="", **options):
    page = opened_live(part=f"/{query}#sandbox{choices}", **options)
    finished(page)
    return page


def ends(address):
    """Return lead and levels at the end of the town at an address."""
    course = lines(address)[-1]["course"]
    return [course["lead"]["median"][-1], course["ours"][-1], course["theirs"][-1]]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_screen_can_be_read_and_pressed(opened_live, keep, size):
    page = opened_live(size, part="/#sandbox?set=trust.prior=0.3")
    finished(page)
    page.locator("[data-own] summary").first.wait_for()
    for screen in SCREENS:
        go(page, screen)
        page.locator(f"#{screen} [role=status]", has_text="being run").wait_for(state="hidden")
    readable(page, keep, f"live-{size}")
    pressable(page)


def test_dials_ask_anew_and_the_address_follows(opened_live):
    page = sandbox(opened_live)
    before = amounts(page)
    asked = changed(page, lambda: page.locator("#dial-bill").fill("5"))
    assert parse_qs(urlsplit(asked).query)["bill"] == [re.search("bill=([0-9.]+)", page.url)[1]]
    assert amounts(page)[:3] == ends(asked)
    assert amounts(page)[3] == before[0]  # the ghost
    changed(page, lambda: page.locator("#sandbox [data-undo]").click())
    assert amounts(page)[:3] == before[:3]
    assert "bill=" not in page.url


#: Hands the server's lines to the page one a frame, however fast they came.
SLOWLY = """() => {
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    if (!new URL(answer.url).pathname.endsWith("/run") || !answer.ok) return answer;
    const lines = (await answer.text()).split(/(?<=\\n)/);
    return new Response(new ReadableStream({ async pull(stream) {
      await new Promise(requestAnimationFrame);
      if (lines.length) stream.enqueue(new TextEncoder().encode(lines.shift())); else stream.close();
    } }));
  };
}"""


def test_the_town_grows_while_it_is_run(opened_live):
    """The line goes on line by line, and no result is there before the end; then the bar leaves."""
    page = opened_live(part="/?months=240#town")
    page.evaluate(SLOWLY)
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => {
        const bar = document.querySelector("#sandbox progress");
        if (bar) window.seen.push([bar.hidden, bar.value, document.querySelector("#sandbox details").hidden]);
      }).observe(document.querySelector("#sandbox"), { childList: true, subtree: true, attributes: true });
    }""")
    page.evaluate("location.hash = 'sandbox?runs=6'")
    finished(page)
    running = [(value, sure) for hidden, value, sure in page.evaluate("window.seen") if not hidden]
    values = [value for value, _ in running]
    assert values == sorted(values) and len({value for value in values if 0 < value < 240}) > 2
    assert {sure for _, sure in running} == {True}


def test_strategies_luck_and_numbers_of_ones_own(opened_live, keep):
    page = sandbox(opened_live)
    page.locator("[data-own] summary").click()
    asked = changed(page, lambda: page.locator("[data-sells=theirs]").select_option("bait-and-switch"))
    assert amounts(page)[:3] == ends(asked)
    seed = page.locator("[data-luck=seed]")
    changed(page, lambda: seed.fill("12345") or seed.press("Enter"))
    asked = changed(page, lambda: page.locator("[data-pick]").select_option("trust.prior"))
    number = page.locator("[data-number='trust.prior']")
    assert page.evaluate("document.activeElement.dataset.number") == "trust.prior"
    asked = changed(page, lambda: number.fill("0.6") or number.press("Enter"))
    query = parse_qs(urlsplit(asked).query)
    assert (query["set"], query["seed"], query["theirs"]) == (["trust.prior=0.6"], ["12345"], ["bait-and-switch"])
    assert amounts(page)[:3] == ends(asked)
    keep(page, "live-own")
    link = page.url
    mine = amounts(page)[:3]
    page.reload()
    finished(page)
    assert amounts(page) == mine and page.url == link
    changed(page, lambda: page.locator("#sandbox [data-reset]").click())
    assert "theirs=" not in page.url and page.locator("[data-number]").count() == 0


def test_what_cannot_be_run_is_said_and_put_right(opened_live):
    page = opened_live(part="/#sandbox?set=trust.prior=7")
    page.locator("#sandbox .refused", has_text="trust.prior").wait_for()
    assert page.locator("#sandbox progress").is_hidden()
    opened_live.troubles[:] = [one for one in opened_live.troubles if "422" not in one]  # the browser logs it
    number = page.locator("[data-number='trust.prior']")
    changed(page, lambda: number.fill("0.6") or number.press("Enter"))
    assert page.locator("#sandbox .refused").count() == 0


def test_a_seed_is_not_left_empty(opened_live):
    page = sandbox(opened_live)
    page.locator("[data-own] summary").click()
    asked = page.url
    seed = page.locator("[data-luck=seed]")
    seed.fill("")
    seed.press("Enter")
    assert page.evaluate("document.querySelector('[data-luck=seed]').validity.valueMissing")
    assert page.url == asked


def test_downloads(opened_live):
    page = sandbox(opened_live, choices="?runs=2")
    page.locator("[data-own] summary").wait_for()
    with page.expect_download() as csv:
        page.locator("[data-csv]").click()
    assert csv.value.path().read_text().startswith("seed,month,group,")
    with page.expect_download() as toml:
        page.locator("[data-toml]").click()
    assert "longgame simulate --scenario THIS_FILE --seed 0" in toml.value.path().read_text()


def test_another_market_is_opened(opened_live):
    page = sandbox(opened_live)
    page.locator("[data-own] summary").click()
    page.locator("[data-scenario]").select_option("software")
    page.locator("[data-months]").fill("36")
    with page.expect_navigation():
        page.locator("[data-open]").click()
    finished(page)
    assert "Scenario software" in page.locator("#about").inner_text()
    data = json.loads(page.locator("#data").text_content())
    assert (data["months"], data["about"]["scenario"]) == (36, BASES["software"].name)


def test_the_same_market_for_another_time_keeps_what_was_set(opened_live):
    page = sandbox(opened_live, choices="?set=trust.prior=0.6&bill=1.5")
    page.locator("[data-months]").fill("36")
    with page.expect_navigation():
        page.locator("[data-open]").click()
    finished(page)
    assert json.loads(page.locator("#data").text_content())["months"] == 36
    assert page.locator("[data-number='trust.prior']").input_value() == "0.6"


def test_a_busy_server_says_so(opened_live, monkeypatch):
    page = sandbox(opened_live)
    monkeypatch.setattr(server, "MOST_AT_ONCE", 0)
    page.locator("#dial-bill").fill("5")
    page.locator("#sandbox .refused", has_text="close a tab").wait_for()
    opened_live.troubles[:] = [one for one in opened_live.troubles if "503" not in one]  # the browser logs it


def test_a_server_that_is_gone_is_said_and_tried_again(opened_live):
    """The part and the town are asked for again by a button; nothing waits for ever."""
    page = opened_live(part="/#town")
    page.locator("#town .portraits").wait_for()
    page.route(re.compile("/(run|part)[?]"), lambda route: route.abort())
    go(page, "herd")
    page.locator("#herd [role=alert]", has_text="does not answer").wait_for()
    go(page, "sandbox")
    page.locator("#sandbox .refused", has_text="does not answer").wait_for()
    assert page.locator("#sandbox progress").is_hidden()
    page.unroute(re.compile("/(run|part)[?]"))
    page.locator("#sandbox [data-retry]").click()
    finished(page)
    go(page, "herd")
    page.locator("#herd [data-retry]").click()
    page.locator("#herd fieldset").wait_for()
    opened_live.troubles[:] = [one for one in opened_live.troubles if "failed" not in one.lower()]


def test_the_page_keeps_its_own_policy(opened_live):
    """With the policy in force: parts and runs come, and nothing is refused."""
    page = opened_live(part="/#race?unbet=yes", bypass_csp=False)
    page.locator("#race [data-play]").click()
    page.locator("#race .card").wait_for()
    with page.expect_download():
        page.locator("#race [data-save=png]").click()
    page.locator("[data-list]").click()
    page.locator("[data-to=sandbox]").click()
    finished(page)


def test_two_tabs_are_independent(opened_live):
    page = sandbox(opened_live)
    other = sandbox(opened_live, choices="?bill=1.5", context=page.context)
    assert amounts(other) != amounts(page)[:3]
    mine = amounts(page)
    changed(other, lambda: other.locator("#dial-team").fill("0"))
    assert amounts(page) == mine
