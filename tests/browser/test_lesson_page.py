"""The lesson page in a real browser: every screen used as a reader would, at a desk, on a phone and on a stage."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from longgame.experiments.lesson.words import LANGUAGES, words

SCREENS = (
    *("town", "bets", "race", "sell", "herd", "annuity", "trust", "record"),
    *("return", "silent", "crowded", "costly", "pair", "gang", "sandbox", "sayings", "answers", "notes", "rules"),
)

#: The game is another part's; its words are counted there.
OURS = tuple(screen for screen in SCREENS if screen != "sell")

#: Most words on a screen before the reader asks for more; names of buttons, dials and charts are no text to read.
MOST_WORDS = 60

#: Smallest text that can be read from the back row. Unit: pixels.
SMALLEST = 18

TEXT_SIZES = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, style, noscript, .sr, .skip, #handout")) continue;
    if (!parent.checkVisibility()) continue;
    const scale = parent instanceof SVGElement ? parent.getScreenCTM().a : 1;
    found.push([parseFloat(getComputedStyle(parent).fontSize) * scale, node.data.trim().slice(0, 40)]);
  }
  return found;
}"""

CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("main *, header *, footer *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest("script, noscript, svg, :disabled")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""


#: Text to be read: no controls, no drawings, nothing that is closed.
READ = """(root) => [...root.querySelectorAll("h2, h3, p, li, figcaption, legend")]
  .filter((node) => node.checkVisibility() && !node.closest("svg, .keys, .save, .dial, details:not([open])")
    && !node.parentElement.closest("p, li, figcaption, legend"))
  .map((node) => node.innerText).join(" ")"""


def data_of(page):
    return json.loads(page.locator("#data").text_content())


def go(page, screen):
    page.evaluate("(screen) => { location.hash = screen + (location.hash.match(/[?].*/)?.[0] ?? '') }", screen)
    page.locator(f"#{screen} h2").wait_for(state="visible")


def all_answered(page, **more):
    """Place every bet, so that every chart is there."""
    months = data_of(page)["bets"]
    bets = {f"bet{month}": "ours" for month in months} | {"seen": str(months[-1]), "herdbet": "leads", "annuity": "50"}
    bets["said"] = "t"
    fails = {f"fail-{key}": "ours" for key in ("return", "silent", "crowded", "costly", "pair", "gang")}
    query = "&".join(f"{name}={value}" for name, value in {**bets, **fails, "trial": "kept.lie", **more}.items())
    page.evaluate("(query) => { location.hash = `town?${query}` }", query)
    assert page.locator("#wrong").is_hidden()


def readable(page, keep, name, smallest=SMALLEST, screens=SCREENS):
    """See that every screen fits, and that its text is large and dark enough."""
    for screen in screens:
        go(page, screen)
        page.wait_for_timeout(50)  # charts are drawn when their size is known
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{screen} is too wide"
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
        assert len(ids) == len(set(ids))
        small = [(round(px, 1), text) for px, text in page.evaluate(TEXT_SIZES) if px < smallest - 0.05]
        assert not small, f"{screen}: {small}"
        pale = [(round(ratio, 1), text) for ratio, text in page.evaluate(CONTRAST) if ratio < 4.5]
        assert not pale, f"{screen}: {pale}"
        keep(page, f"{name}-{screen}")


def pressable(page, screens=SCREENS):
    """See that whatever is pressed is large enough for a thumb."""
    for screen in screens:
        go(page, screen)
        for control in page.locator(
            "main button:visible, main select:visible, main input[type=range]:visible, main summary:visible"
        ).all():
            assert control.bounding_box()["height"] >= 43.5, (screen, control.inner_text())


def complaints(page):
    """Return what axe finds above "minor" on the screen that is shown."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] != "minor"]


# -- every screen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_screen_can_be_read(opened, keep, size, theme):
    page = opened(size, color_scheme=theme)
    readable(page, keep, f"{size}-{theme}-before")
    all_answered(page)
    readable(page, keep, f"{size}-{theme}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_what_is_pressed_is_large_enough(opened, size):
    page = opened(size)
    pressable(page)
    all_answered(page)
    pressable(page)


def test_a_stage_is_read_from_the_back_row(opened, keep):
    page = opened("stage", part="#town?stage=on")
    readable(page, keep, "stage-before", smallest=28)
    all_answered(page, stage="on")
    readable(page, keep, "stage", smallest=28)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_has_few_words_at_first(opened, language):
    page = opened(part=f"#town?lang={language}")
    for screen in OURS:
        go(page, screen)
        said = page.locator(f"#{screen}").evaluate(READ)
        assert len(said.split()) <= MOST_WORDS, (screen, len(said.split()), said)


def test_letters_of_twice_the_size_fit(opened, keep):
    page = opened(viewport={"width": 640, "height": 450})  # 1280 x 900 at 200 %
    all_answered(page)
    for screen in SCREENS:
        go(page, screen)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
    keep(page, "zoom-sandbox")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_that_matters(opened, theme):
    page = opened(color_scheme=theme)
    for screen in SCREENS:
        go(page, screen)
        assert complaints(page) == [], screen
    all_answered(page)
    for screen in SCREENS:
        go(page, screen)
        assert complaints(page) == [], screen
    page.locator("[data-list]").click()
    assert complaints(page) == []


def test_headings_and_landmarks(opened):
    page = opened()
    for screen in SCREENS:
        go(page, screen)
        assert page.locator("h1:visible").count() == page.locator("main:visible").count() == 1
        assert page.locator("h2:visible").count() == 1
        assert page.title().startswith(page.locator("h2:visible").inner_text())


# -- addresses, languages, keys ------------------------------------------------------------------------


def test_an_address_leads_to_its_screen_and_keeps_choices(opened):
    page = opened(part="#bets")
    first, *_ = data_of(page)["bets"]
    page.locator(f"input[name=bet{first}][value=even]").check()
    assert f"bet{first}=even" in page.url
    page.reload()
    assert page.locator(f"input[name=bet{first}][value=even]").is_checked()
    page.locator("#next").click()
    page.locator("#race h2").wait_for()
    page.go_back()
    page.locator("#bets h2").wait_for()


def test_wrong_addresses_are_refused_in_words(opened):
    page = opened(part="#nowhere?team=77&colour=red&lang=en")
    said = page.locator("#wrong").inner_text()
    for part in ("nowhere", "team=77", "colour=red"):
        assert part in said
    assert page.locator("#town h2").is_visible()
    go(page, "sandbox")
    page.evaluate("location.hash = 'sandbox?team=2'")
    page.locator("#wrong").wait_for(state="hidden")


def test_german_is_whole(opened, keep):
    page = opened(part="#town?lang=de")
    english = {
        text for said in words("en").values() for text in said.values() if len(text.split()) > 3 and "{" not in text
    }
    all_answered(page, lang="de")
    page.locator("h2", has_text="Fünf gegen einen").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    for screen in OURS:
        go(page, screen)
        said = page.locator("body").inner_text()
        assert not [text for text in english if text in said], screen
        keep(page, f"german-{screen}")
    go(page, "answers")
    page.locator("[data-language]").select_option("en")
    page.locator("h2", has_text="Five questions").wait_for()


def test_dark_and_stage_are_kept_in_the_address(opened):
    page = opened(color_scheme="light")
    page.locator("[data-dark]").click()
    page.locator("[data-stage]").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"
    assert page.locator("[data-stage]").get_attribute("aria-pressed") == "true"


def test_keys_of_a_presenter(opened):
    page = opened()
    page.keyboard.press("PageDown")
    page.locator("#bets h2").wait_for()
    page.keyboard.press("b")  # letters do nothing off the stage
    assert page.locator("#blank").is_hidden()
    page.keyboard.press("ArrowLeft")
    page.locator("#town h2").wait_for()
    page.keyboard.press("End")
    page.locator(f"#{SCREENS[-1]} h2").wait_for()
    page.locator("[data-stage]").click()
    page.keyboard.press("b")
    assert page.locator("#blank").is_visible()
    page.keyboard.press("PageUp")  # the first key brings the page back, no more
    assert page.locator("#blank").is_hidden() and page.locator(f"#{SCREENS[-1]} h2").is_visible()
    page.keyboard.press("s")
    assert page.locator("[data-stage]").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Home")
    page.locator("#town h2").wait_for()


def test_the_list_of_screens(opened):
    page = opened()
    page.locator("[data-list]").click()
    assert page.locator("#list button").count() == len(SCREENS)
    assert page.locator("#list [aria-current]").inner_text() == "Five against one"
    page.keyboard.press("Escape")
    assert page.locator("#list").is_hidden()
    assert page.evaluate("document.activeElement.matches('[data-list]')")
    page.locator("[data-list]").click()
    page.locator("#list [data-to=sandbox]").click()
    page.locator("#sandbox h2").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Make the loner win"


def test_the_whole_by_keyboard_alone(opened, keep):
    page = opened()

    def tab_to(selector, most=60):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                outline = page.evaluate(
                    "getComputedStyle(document.activeElement.closest('.answer') ?? document.activeElement).outlineWidth"
                )
                assert float(outline.removesuffix("px")) >= 3, f"{selector}: focus cannot be seen"
                return
        raise AssertionError(f"{selector} cannot be reached")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("#next")
    page.keyboard.press("Enter")
    page.locator("#bets h2").wait_for()
    for month in data_of(page)["bets"]:
        tab_to(f"input[name=bet{month}]")
        page.keyboard.press("Space")
    tab_to("[data-watch]")
    page.keyboard.press("Enter")
    page.locator("#race h2").wait_for()
    tab_to("#race [data-play]")
    keep(page, "focus", whole=False)
    for _ in data_of(page)["bets"]:
        page.locator("#race [data-play]").focus()
        page.keyboard.press("Enter")
        page.locator("#race .card").wait_for(state="visible")
    assert page.locator("#race [data-bet]").count() == len(data_of(page)["bets"])
    go(page, "sandbox")
    tab_to("#sandbox [data-dial=bill]")
    page.keyboard.press("End")
    tab_to("#sandbox [data-undo]")
    page.keyboard.press("Enter")
    assert "bill=" not in page.url


# -- the story -----------------------------------------------------------------------------------------


def test_the_race_stops_by_itself_and_settles_the_bets(opened, keep):
    page = opened("phone")
    data = data_of(page)
    go(page, "race")
    assert not page.locator("#race .chart").is_visible()
    go(page, "bets")
    assert page.locator("[data-watch]").is_disabled()
    for month in data["bets"]:
        page.locator(f"input[name=bet{month}][value=ours]").check()
    page.locator("[data-watch]").click()
    course = data["story"]["course"]
    for month in data["bets"]:
        page.locator("#race [data-play]").click()
        page.locator("#race .card").wait_for(state="visible")
        lead = course["lead"]["median"][data["quarters"].index(month) - 1]
        assert f"{abs(lead):,}" in page.locator("#race .card .lead").inner_text()
        shown = page.locator("#race .keys b").all_inner_texts()
        at = data["quarters"].index(month) - 1
        assert [int(text.replace(",", "").replace("−", "-")) for text in shown] == [
            lead,
            course["ours"][at],
            course["theirs"][at],
        ]
        keep(page, f"race-{month}")
        if month < data["months"]:
            page.locator("[data-close-yes]").click()
            assert f"close{month}=yes" in page.url
            page.reload()  # keeps the race where it is
            assert page.locator("[data-close-yes]").get_attribute("aria-pressed") == "true"
    settled = page.locator("#race [data-bet]").evaluate_all("all => all.map((one) => one.dataset.bet)")
    assert settled == ["right" if course["after"][str(month)]["sign"] == 1 else "wrong" for month in data["bets"]]
    assert not page.locator("#race .band").count()
    page.locator("#race summary").click()
    page.locator("#race .band").wait_for(state="attached")
    after = course["after"][str(data["months"])]
    assert f"{after['ahead']} of {after['n']}" in page.locator("#race details").inner_text()


def test_a_race_that_is_left_stands_still(opened):
    page = opened(part="#race?unbet=yes")
    page.locator("#race [data-play]").click()
    go(page, "herd")
    page.wait_for_timeout(1500)
    go(page, "race")
    assert "seen=" not in page.url
    assert page.locator("#race [data-play]").inner_text() != "Pause"


def test_names_of_charts_have_results(opened):
    page = opened()
    all_answered(page)
    data = data_of(page)
    for screen in ("race", "annuity", "record", "return", "sandbox"):
        go(page, screen)
        name = page.locator(f"#{screen} svg[role=img]").first.get_attribute("aria-label")
        assert re.search(r"\d", name), screen
    go(page, "race")
    lead = data["story"]["course"]["lead"]["median"][-1]
    assert f"{abs(lead):,}" in page.locator("#race svg[role=img]").get_attribute("aria-label")


# -- why -----------------------------------------------------------------------------------------------


def test_the_herd_is_taken_apart_by_hand(opened):
    page = opened(part="#herd")
    apart = data_of(page)["why"]["apart"]
    assert not page.locator(".switches").is_visible()
    page.locator("input[name=herdbet][value=notes]").check()
    switches = page.locator("[data-switch]")
    for number, switch in enumerate(switches.all()):
        switch.click()
        code = "".join("0" if i <= number else "1" for i in range(5))
        assert switch.get_attribute("aria-checked") == "false"
        assert f"{abs(apart[code]['ours']):,}" in page.locator(".earnings").inner_text()
    page.locator("[data-all-on]").click()
    assert "herd=" not in page.url


def test_trust_is_walked_step_by_step(opened):
    page = opened(part="#trust")
    tree = data_of(page)["why"]["trials"]["trees"]["fits"]
    for event in ("kept", "sorry", "lie"):
        node = tree[event]
        page.locator(f"[data-event={event}]").click()
        visit = page.locator("[data-visit]").last
        assert f"{node['before']} % → {node['after']} %" in visit.inner_text()
        tree = node["next"]
        if not tree:
            break
    assert not page.locator("[data-event]").first.is_visible()
    page.locator("#trust [data-undo]").click()
    assert page.locator("[data-event]").first.is_visible()


# -- the sandbox ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_chart_and_dials_are_on_one_screen(opened, keep, size):
    page = opened(size, part="#sandbox")
    top = page.locator("#sandbox .box").bounding_box()["y"]
    last = page.locator("#sandbox [data-dial]").last.bounding_box()
    keep(page, f"{size}-sandbox", whole=False)
    assert top >= 0
    assert last["y"] + last["height"] <= page.locator("#pager").bounding_box()["y"]


def test_dials_turn_the_town_and_leave_a_ghost(opened):
    page = opened(part="#sandbox")
    sandbox = data_of(page)["sandbox"]

    def shown():
        return [
            int(text.replace(",", "").replace("−", "-")) for text in page.locator("#sandbox .keys b").all_inner_texts()
        ]

    levels = {dial["key"]: 0 for dial in sandbox["dials"]}
    for dial in sandbox["dials"]:
        values = [level["value"] for level in dial["levels"]]
        levels[dial["key"]] = values.index(dial["usual"])
    ghost = None
    for dial in sandbox["dials"]:
        other = (levels[dial["key"]] + 1) % len(dial["levels"])
        page.locator(f"#dial-{dial['key']}").fill(str(other))
        levels[dial["key"]] = other
        course = sandbox["courses"]["-".join(map(str, levels.values()))]
        lead = course["lead"]["median"][-1]
        assert shown()[:3] == [lead, course["ours"][-1], course["theirs"][-1]]
        assert ghost is None or shown()[3] == ghost
        assert page.locator("#sandbox .ghost").count() >= 1
        assert f"{dial['key']}={dial['levels'][other]['value']}" in page.url
        ghost = lead
    tried = len(sandbox["dials"]) + 1
    assert f"Settings tried: {tried}." in page.locator("[data-count]").inner_text()
    page.reload()
    assert shown()[0] == lead
    assert page.locator("#sandbox [data-undo]").is_disabled()
    page.locator("#sandbox [data-reset]").click()
    assert shown()[0] == data_of(page)["story"]["course"]["lead"]["median"][-1]
    page.locator("#sandbox [data-undo]").click()
    assert shown()[0] == lead


def test_a_failure_leads_to_its_dial(opened):
    page = opened(part="#costly")
    page.locator("[data-say-theirs]").click()
    page.locator("#costly [data-try]").click()
    page.locator("#sandbox h2").wait_for()
    assert "bill=1.5" in page.url and page.locator("#sandbox .turned").count() == 1
