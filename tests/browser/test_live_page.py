"""The live market in a real browser: the lesson's page with runs made while the reader watches."""

import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from longgame.experiments.lesson import server
from longgame.sim.errors import InputError
from tests.browser.test_lesson_page import go, pressable, readable, without_bets
from tests.live_server import BASES, lines


def finished(page):
    page.locator("#status", has_text="finished").wait_for()


def changed(page, act):
    """Do something, and wait until the market that it asks for has come to its end."""
    with page.expect_request(re.compile("/run[?]")):
        act()
    finished(page)


def amounts(page, part="sandbox"):
    shown = page.locator(f"#{part} .legend b").all_inner_texts()
    return [int(text.replace(",", "").replace("−", "-")) for text in shown]


def sandbox(opened_live, query="", **options):
    """Open the last part, its panel open and the clock at the end."""
    page = opened_live(part=f"/{query}#sandbox", **options)
    finished(page)
    page.locator("#sandbox [data-to-end]").click()
    return page


def cell(live_market, query):
    return lines(f"{live_market}/run?{query}")[-1]["cell"]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_part_can_be_read_and_pressed(opened_live, keep, size):
    page = opened_live(size, part="/#sandbox")
    finished(page)
    without_bets(page)
    page.locator("#race [data-to-end]").click()
    go(page, "sandbox")
    page.locator("[data-pick]").select_option("trust.prior")
    page.locator("[data-add-force]").click()
    finished(page)
    readable(page, keep, f"live-{size}")
    pressable(page)


def test_runs_are_those_of_the_server(opened_live, live_market):
    page = sandbox(opened_live)
    arms = cell(live_market, "")["arms"]["separate"]
    sides = ["collaborative-singleton", "adversarial-singleton"]
    assert amounts(page) == [arms[side]["median"][-1] for side in sides]
    for run in range(8):
        page.locator("#sandbox [data-dial=luck]").fill(str(run + 1))
        assert amounts(page) == [arms[side]["runs"][run][-1] for side in sides]


#: Notes in the page itself, at every change, what the clock says and how many results stand there.
NOTE_CHANGES = """() => {
  window.seen = []
  const here = document.querySelector("#sandbox")
  new MutationObserver(() => window.seen.push([
    here.querySelector("[data-now]").innerText, here.querySelectorAll(".verdicts tr").length
  ])).observe(here, {childList: true, characterData: true, subtree: true})
}"""


def test_months_are_shown_as_they_come(opened_live):
    """A long market: the clock goes on while it is run, and no result is there before the end."""
    page = opened_live(part="/?months=600&runs=20&set=customers.count=4000#sandbox")
    page.evaluate(NOTE_CHANGES)
    page.locator("#sandbox [data-to-end]").click()
    page.locator("#sandbox .verdicts tr").first.wait_for()
    running = [(text, results) for text, results in page.evaluate("window.seen") if "is being run" in text]
    months = [int(re.match(r"Month (\d+) of 600", text)[1]) for text, _ in running]
    assert months == sorted(months) and len({month for month in months if 0 < month < 600}) > 2
    assert {results for _, results in running} == {0}


def test_dials_ask_anew_and_the_address_follows(opened_live, live_market):
    page = sandbox(opened_live)
    before = amounts(page)
    changed(page, lambda: page.locator("#sandbox [data-dial=memory]").fill("0"))
    assert amounts(page) != before
    query = urlsplit(page.url).query
    assert parse_qs(query)["set"] == ["trust.forgetting=0.5"]
    arms = cell(live_market, query)["arms"]["separate"]
    assert amounts(page) == [arm["median"][-1] for arm in arms.values()]
    changed(page, lambda: page.locator("#sandbox [data-back=all]").click())
    assert amounts(page) == before


def test_sales_forces_of_ones_own(opened_live, live_market, keep):
    page = sandbox(opened_live)
    force = page.locator("[data-force]")
    changed(page, lambda: force.nth(0).locator("select").nth(0).select_option("bait-and-switch"))
    changed(page, lambda: force.nth(1).locator("select").nth(1).select_option("herd"))
    changed(page, lambda: page.locator("[data-add-force]").click())
    changed(page, lambda: force.nth(2).locator("input").fill("7") or force.nth(2).locator("input").press("Enter"))
    changed(page, lambda: page.locator("#sandbox [data-dial=where]").select_option("shared"))
    query = urlsplit(page.url).query
    assert parse_qs(query)["sell"][0] == "bait-and-switch:singleton:20"
    assert parse_qs(query)["sell"][2].endswith(":singleton:7")
    assert page.locator("#sandbox [data-dial=contrast]").input_value() == "own"
    keep(page, "live-own-forces")
    arms = cell(live_market, query)["arms"]["shared"]
    assert amounts(page) == [arm["median"][-1] for arm in arms.values()]
    assert "47 salespeople" in page.locator("#status").inner_text()
    changed(page, lambda: force.nth(2).get_by_role("button").click())
    assert "40 salespeople" in page.locator("#status").inner_text()


def test_any_number_and_what_is_wrong_with_it(opened_live, keep):
    page = sandbox(opened_live)
    page.locator("[data-pick]").select_option("trust.prior")
    number = page.locator("[data-number='trust.prior']")
    page.wait_for_function("document.activeElement.dataset.number == 'trust.prior'")
    number.fill("7")
    number.press("Enter")
    page.locator("#status.refused").wait_for()
    assert "trust.prior" in page.locator("#status").inner_text()
    assert "is being run" not in page.locator("#sandbox").inner_text()
    assert not page.locator("[data-csv]").is_visible()  # of a market that cannot be run
    keep(page, "live-refused", whole=False)
    opened_live.troubles[:] = [one for one in opened_live.troubles if "422" not in one]  # the browser logs it
    number.fill("0.6")
    changed(page, lambda: number.press("Enter"))
    assert page.locator("#status.refused").count() == 0
    assert page.locator("[data-csv]").is_visible()
    changed(page, lambda: page.locator("[data-own='trust.prior'] button").click())
    assert page.locator("[data-own]").count() == 0


def turn_prior(page):
    """Set a number that has no dial of its own."""
    page.locator("[data-pick]").select_option("trust.prior")
    number = page.locator("[data-number='trust.prior']")
    number.fill("0.6")
    changed(page, lambda: number.press("Enter"))


def test_everything_back_to_default_is_all_of_it(opened_live):
    page = sandbox(opened_live)
    turn_prior(page)
    seed = page.get_by_label("Seed", exact=True).last
    seed.fill("7")
    changed(page, lambda: seed.press("Enter"))
    elsewhere = page.locator("#sandbox [data-elsewhere]")
    assert "trust.prior (0.6)" in elsewhere.inner_text() and "Seed (7)" in elsewhere.inner_text()
    back = page.locator("#sandbox [data-back=all]")
    changed(page, back.click)
    assert page.locator("[data-own]").count() == 0 and not elsewhere.is_visible()
    assert "seed=0" in page.url and "prior" not in page.url and back.is_disabled()


def test_a_link_reproduces_and_tabs_are_independent(opened_live):
    page = sandbox(opened_live)
    changed(page, lambda: page.locator("#own input[aria-label=Seed]").fill("12345") or page.keyboard.press("Enter"))
    changed(page, lambda: page.locator("#sandbox [data-dial=gossip]").fill("0"))
    changed(page, lambda: page.locator("#sandbox [data-dial=contrast]").select_option("both"))
    link = page.locator("[data-link]").get_attribute("href")
    other = sandbox(opened_live, link[link.index("?") :].partition("#")[0], context=page.context)
    assert amounts(other) == amounts(page)
    mine = amounts(page)
    changed(other, lambda: other.locator("#own input[aria-label=Seed]").fill("1") or other.keyboard.press("Enter"))
    assert amounts(other) != mine
    assert amounts(page) == mine
    page.reload()
    finished(page)
    page.locator("#sandbox [data-to-end]").click()
    assert amounts(page) == mine


def test_downloads(opened_live):
    page = sandbox(opened_live, "?runs=2")
    with page.expect_download() as csv:
        page.locator("[data-csv]").click()
    assert csv.value.path().read_text().startswith("market,seed,month,group,")
    with page.expect_download() as toml:
        page.locator("[data-toml]").first.click()
    assert "longgame simulate --scenario THIS_FILE --seed 0" in toml.value.path().read_text()


def test_another_market_is_opened(opened_live):
    page = sandbox(opened_live)
    page.locator("#own select[aria-label=Scenario]").select_option("software")
    page.locator("#own input[aria-label=Months]").fill("36")
    with page.expect_navigation():
        page.locator("[data-open]").click()
    finished(page)
    assert "Scenario software" in page.locator("#about").inner_text()
    data = json.loads(page.locator("#data").text_content())
    assert (data["months"], data["about"]["scenario"]) == (36, BASES["software"].name)


def test_the_same_market_for_another_time_keeps_what_was_set(opened_live):
    page = sandbox(opened_live)
    turn_prior(page)
    before = page.url
    months = page.locator("#own input[aria-label=Months]")
    months.fill("0")
    page.locator("[data-open]").click()
    assert page.url == before  # the browser says what is permitted
    months.fill("36")
    with page.expect_navigation():
        page.locator("[data-open]").click()
    finished(page)
    assert json.loads(page.locator("#data").text_content())["months"] == 36
    assert page.locator("[data-number='trust.prior']").input_value() == "0.6"


def test_enter_leaves_the_reader_where_they_are(opened_live):
    page = sandbox(opened_live)
    focused = "document.activeElement.getAttribute('aria-label')"
    seed = page.locator("#own input[aria-label=Seed]")
    seed.fill("7")
    changed(page, lambda: seed.press("Enter"))
    assert page.evaluate(focused) == "Seed"


def test_own_market_by_keyboard_alone(opened_live):
    """Tab, arrows and Enter change what they are on; one is then on the next control, or where one was."""
    page = sandbox(opened_live)

    def at(label):
        page.wait_for_timeout(50)  # whatever is renewed is renewed after the key
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == label

    page.locator("#own select").first.focus()
    for press, label in [
        ("ArrowDown", "Sales force 1: how they sell"),
        ("Tab", "Sales force 1: alone or in herds"),
        ("Tab", "Sales force 1: how many salespeople"),
        ("ArrowUp", "Sales force 1: how many salespeople"),
        ("3", "Sales force 1: how many salespeople"),
        ("Tab", "Sales force 2: how they sell"),
    ]:
        page.keyboard.press(press)
        at(label)
    page.locator("#own input[aria-label=Seed]").focus()
    for press, label in [("ArrowUp", "Seed"), ("ArrowUp", "Seed"), ("4", "Seed"), ("Tab", "Runs")]:
        page.keyboard.press(press)
        at(label)
    page.locator("[data-pick]").select_option("trust.prior")
    at("trust.prior")
    page.keyboard.press("End")
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    at("trust.prior: back to default")
    page.keyboard.press("Enter")
    at("Change another number")


def test_own_sales_forces_begin_with_the_pair_that_races(opened_live):
    page = sandbox(opened_live)

    def pair():
        page.wait_for_timeout(50)
        return [force.locator("select").nth(i).input_value() for force in forces.all() for i in (0, 1)]

    forces, contrast = page.locator("[data-force]"), page.locator("#sandbox [data-dial=contrast]")
    assert pair() == ["collaborative", "singleton", "adversarial", "singleton"]
    changed(page, lambda: contrast.select_option("herds"))
    assert pair() == ["collaborative", "herd", "adversarial", "herd"]
    changed(page, lambda: forces.nth(0).locator("select").nth(0).select_option("principled"))
    changed(page, lambda: contrast.select_option("alone"))
    assert pair() == ["principled", "herd", "adversarial", "herd"]  # what the reader chose stays
    changed(page, lambda: contrast.select_option("own"))
    page.reload()
    changed(page, lambda: contrast.select_option("alone"))
    assert pair() == ["principled", "herd", "adversarial", "herd"]  # and from an address, too
    changed(page, lambda: contrast.select_option("herds"))
    changed(page, lambda: page.locator("#sandbox [data-back=all]").click())
    assert pair() == ["collaborative", "singleton", "adversarial", "singleton"]


def test_no_two_of_ones_own_strategies_share_a_colour(opened_live):
    """There are seven colours for sixteen strategies: four of these six are green elsewhere."""
    names = ("advisor", "milker", "loss-leader", "principled", "quitter", "honest-broker")
    sell = [("sell", f"{name}:{kind}:5") for name, kind in zip(names, ("herd", "singleton") * 3, strict=True)]
    page = sandbox(opened_live, f"?{urlencode([*sell, ('where', 'shared'), ('runs', 1)])}")
    colours = page.locator("[data-force] .named").evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert len(set(colours)) == len(names)
    raced = page.locator("#sandbox .legend .named").evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert raced == colours[:2]


def test_a_seed_is_not_left_empty(opened_live):
    page = sandbox(opened_live)
    asked = page.url
    seed = page.locator("#own input[aria-label=Seed]")
    seed.fill("")
    seed.press("Enter")
    assert page.evaluate("document.activeElement.validity.valueMissing")  # the browser says so beside it
    assert page.url == asked


@pytest.mark.parametrize("where, panels", [("separate", 2), ("shared", 1)])
def test_the_picture_is_played_with_the_readers_own_dials(opened_live, keep, where, panels):
    page = opened_live(part=f"/?where={where}&set=word_of_mouth.gossip=0.6#market")
    page.locator("#market .panel").first.wait_for()
    finished(page)
    page.locator("#market [data-step-year]").click()
    page.wait_for_function("document.querySelectorAll('#market .trust').length > 0")
    assert page.locator("#market .panel").count() == panels
    keep(page, f"live-market-{where}")


def test_the_results_of_bets_stand_at_the_end(opened_live):
    page = opened_live(part="/#bet")
    for horizon in (12, 24):
        page.locator(f"input[name=after-{horizon}][value=even]").check()
    page.get_by_role("button", name="Watch the race").click()
    page.locator("#race [data-to-end]").click()
    finished(page)
    page.locator("#race [data-bet]").first.wait_for()
    assert page.locator("#race [data-bet]").count() == 2
    go(page, "end")
    assert "Your bet after 2 years:" in page.locator("#end").inner_text()
    assert "Salespeople here follow fixed habits" in page.locator("#end").inner_text()


def test_a_busy_server_says_so(opened_live, monkeypatch):
    page = sandbox(opened_live)
    monkeypatch.setattr(server, "MOST_AT_ONCE", 0)
    page.locator("#sandbox [data-dial=memory]").fill("0")
    page.locator("#status.refused").wait_for()
    assert "close a tab" in page.locator("#status").inner_text()
    opened_live.troubles[:] = [one for one in opened_live.troubles if "503" not in one]  # the browser logs it


def test_the_page_keeps_its_own_policy(opened_live):
    """With the policy in force: the street and the runs come, and nothing is refused."""
    page = opened_live(bypass_csp=False)
    page.locator("[data-together=team]").click()
    page.locator("[data-way=honest]").click()
    page.locator("[data-year-end]").click()
    page.locator("#status", has_text="finished").wait_for()


def test_a_market_without_a_street_says_so(opened_live, monkeypatch):
    def refuse(scenario, check):
        raise InputError("no customer whom the product fits")

    monkeypatch.setattr(server.street_ends, "begin", refuse)
    page = opened_live(part="/?scenario=nobody")
    page.locator("#street [role=status]", has_text="no customer whom the product fits").wait_for()
    opened_live.troubles[:] = [one for one in opened_live.troubles if "422" not in one]  # the browser logs it
    finished(page)  # all else works
