"""The lesson page in a real browser: every part used as a reader would, at a desk and on a phone."""

import json
import re

import pytest

from longgame.experiments.measures.totals import crossover_month

PARTS = ("play", "bet", "race", "market", "exchange", "sandbox", "end")

#: Smallest text that can be read from the back row. Unit: pixels.
SMALLEST = 18

TEXT_SIZES = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, style, noscript, .sr, .skip")) continue;
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


TEXTS = """() => [...document.querySelectorAll(
  "main p, main li, main dt, main dd, main caption, main th, main td, main label, main button, main summary")]
  .filter((node) => node.checkVisibility() && node.closest("section"))
  .map((node) => node.textContent.trim().replace(/\\s+/g, " ")).filter(Boolean)"""

#: Most words of a sentence.
MOST_WORDS = 30


def data_of(page):
    return json.loads(page.locator("#data").text_content())


def go(page, part):
    page.evaluate(f"location.hash = '{part}'")
    page.locator(f"#{part} h2").wait_for(state="visible")


def without_bets(page):
    go(page, "race")
    page.locator("[data-no-bet]").click()


# -- every part, at both sizes -------------------------------------------------------------------------


def readable(page, keep, name):
    """See that every part fits, and that its text is large and dark enough."""
    for part in PARTS:
        go(page, part)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{part} is too wide"
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
        assert len(ids) == len(set(ids))
        small = [(round(px, 1), text) for px, text in page.evaluate(TEXT_SIZES) if px < SMALLEST - 0.05]
        assert not small, f"{part}: {small}"
        pale = [(round(ratio, 1), text) for ratio, text in page.evaluate(CONTRAST) if ratio < 4.5]
        assert not pale, f"{part}: {pale}"
        plain(page)
        keep(page, f"{name}-{part}")


def plain(page):
    """See that no sentence is long, and that none begins with Who or What; questions in headings may."""
    sentences = [one for text in page.evaluate(TEXTS) for one in re.split(r"(?<=[.!?]) ", text)]
    assert sentences
    assert [one for one in sentences if len(one.split()) > MOST_WORDS] == []
    assert [one for one in sentences if re.match("(Who|What)[a-z]* ", one)] == []


def pressable(page):
    """See that whatever is pressed is large enough for a thumb."""
    for part in PARTS:
        go(page, part)
        for control in page.locator("button:visible, select:visible, input[type=range]:visible, summary:visible").all():
            box = control.bounding_box()
            assert box["height"] >= 44, (part, control.inner_text())


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_part_can_be_read(opened, keep, size):
    page = opened(size)
    without_bets(page)
    page.locator("#race [data-to-end]").click()
    readable(page, keep, size)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_what_is_pressed_is_large_enough(opened, size):
    page = opened(size)
    without_bets(page)
    pressable(page)


# -- bets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_bets_come_before_the_race_and_their_results_after_it(opened, keep, size):
    page = opened(size)
    data = data_of(page)
    go(page, "race")
    assert not page.locator("#race .chart").is_visible()
    page.locator("#gate button").first.click()
    watch = page.get_by_role("button", name="Watch the race")
    assert watch.is_disabled()
    left = data["contrasts"][0]["sides"][0]
    for horizon in (data["horizons"][0], data["months"]):
        page.locator(f"input[name=after-{horizon}][value={left}]").check()
    keep(page, f"{size}-bets")
    watch.click()
    page.locator("#race [data-to-end]").click()
    default = "-".join(str(dial["default"]) for dial in data["dials"])
    differences = data["cells"][default]["differences"]["separate"][data["contrasts"][0]["key"]]
    wanted = [
        "right" if differences[str(months)]["sign"] == 1 else "wrong"
        for months in (data["horizons"][0], data["months"])
    ]
    settled = page.locator("#race [data-bet]").evaluate_all("all => all.map((one) => one.dataset.bet)")
    assert settled == wanted
    keep(page, f"{size}-bets-settled")
    assert page.locator("#race .scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    go(page, "end")
    settled = page.locator("#end [data-bet]").evaluate_all("all => all.map((one) => one.dataset.bet)")
    assert settled == wanted


def test_a_reload_keeps_the_bets_and_a_new_visit_does_not(opened):
    page = opened(part="#bet")
    horizons = [data_of(page)[name] for name in ("months",)] + data_of(page)["horizons"][:1]
    for horizon in horizons:
        page.locator(f"input[name=after-{horizon}][value=even]").check()
    page.reload()
    for horizon in horizons:
        assert page.locator(f"input[name=after-{horizon}][value=even]").is_checked()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("input:checked").count() == 0


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_last_part_takes_the_herd_apart(opened, keep, size):
    page = opened(size)
    conclusion = data_of(page)["conclusion"]
    go(page, "end")
    wanted = conclusion["apart"]["collaborative-herd"]
    pair = page.locator("#end details", has_text="Herd against singleton, both collaborative")
    table = pair.locator("[data-table='Collaborative herds, taken apart']")
    assert not table.is_visible()
    pair.locator("summary").first.click()
    rows = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert rows == wanted
    assert page.get_by_text(conclusion["short"][-1]).is_visible()
    keep(page, f"{size}-herd-taken-apart")


# -- the race ------------------------------------------------------------------------------------------


def month(page):
    return int(page.locator("#race [data-month]").input_value())


def test_play_pause_step_reset(opened):
    page = opened()
    without_bets(page)
    play = page.locator("#race [data-play]")
    assert month(page) == 0
    page.locator("#race [data-step-one]").click()
    assert month(page) == 1
    page.locator("#race [data-step-year]").click()
    assert month(page) == 13
    play.click()
    assert play.inner_text() == "Pause"
    page.wait_for_function("+document.querySelector('#race [data-month]').value > 15")
    play.click()
    stopped = month(page)
    page.wait_for_timeout(400)
    assert month(page) == stopped
    assert play.inner_text() == "Play"
    play.click()
    page.wait_for_function(
        "(m) => document.querySelector('#race [data-month]').value === String(m)",
        arg=data_of(page)["months"],
        timeout=30_000,
    )
    assert play.inner_text() == "Play"  # it ends by itself
    play.click()  # and begins again
    page.wait_for_timeout(150)
    assert month(page) < 20
    page.locator("#race [data-reset]").click()
    page.wait_for_timeout(250)
    assert month(page) == 0


def test_race_stops_when_another_part_is_opened(opened):
    page = opened()
    without_bets(page)
    page.locator("#race [data-play]").click()
    go(page, "exchange")
    before = month(page)
    page.wait_for_timeout(400)
    assert month(page) == before


def test_amounts_and_crossovers_are_those_of_the_data(opened):
    page = opened()
    data = data_of(page)
    without_bets(page)
    page.locator("#race [data-to-end]").click()
    go(page, "sandbox")
    crossed = 0
    for where in ("separate", "shared"):
        page.locator("#sandbox [data-dial=where]").select_option(where)
        for contrast in data["contrasts"]:
            page.locator("#sandbox [data-dial=contrast]").select_option(contrast["key"])
            for run in range(-1, data["seeds"]):
                page.locator("#sandbox [data-dial=luck]").fill(str(run + 1))
                default = "-".join(str(dial["default"]) for dial in data["dials"])
                arms = data["cells"][default]["arms"][where]
                lines = [arms[a]["median"] if run < 0 else arms[a]["runs"][run] for a in contrast["sides"]]
                shown = page.locator("#sandbox .legend b").all_inner_texts()
                assert [int(text.replace(",", "").replace("−", "-")) for text in shown] == [line[-1] for line in lines]
                found = crossover_month(*lines) or crossover_month(*lines[::-1])
                mark = page.locator("#sandbox path.crossing")
                assert mark.count() == (found is not None and found > 1)
                if mark.count():
                    crossed += 1
                    assert int(mark.get_attribute("data-since")) == found
    assert crossed > 0


def test_every_control_moves_marks_itself_and_goes_back(opened, keep):
    page = opened()
    data = data_of(page)
    without_bets(page)
    page.locator("#race [data-to-end]").click()
    for part in ("bet", "race", "market", "exchange", "sandbox"):
        go(page, part)
        for control in page.locator(f"#{part} [data-dial]").all():
            key = control.get_attribute("data-dial")
            box = page.locator(f"#{part} .dial", has=page.locator(f"[data-dial={key}]"))
            before = control.input_value()
            assert "changed" not in box.get_attribute("class")
            if control.evaluate("node => node.tagName") == "SELECT":
                values = control.locator("option").evaluate_all("all => all.map((one) => one.value)")
                for value in values[1:]:
                    control.select_option(value)
                    assert "changed" in box.get_attribute("class")
            else:
                for value in range(int(control.get_attribute("max")) + 1):
                    control.fill(str(value))
                    assert ("changed" in box.get_attribute("class")) == (str(value) != before)
                control.fill("0" if before != "0" else "1")
            if key == "horizon":
                keep(page, f"desk-{part}-changed")
            box.locator("[data-back]").click()
            assert control.input_value() == before
            assert "changed" not in box.get_attribute("class")
    go(page, "sandbox")
    for dial in data["dials"]:
        other = 0 if dial["default"] else 1
        page.locator(f"#sandbox [data-dial={dial['key']}]").fill(str(other))
    keep(page, "desk-sandbox-all-changed")
    page.locator("#sandbox [data-back=all]").click()
    assert page.locator("#sandbox .changed").count() == 0


# -- the picture and the matrix ------------------------------------------------------------------------


@pytest.mark.parametrize("where, panels", [("separate", 2), ("shared", 1)])
def test_the_picture_shows_the_month(opened, keep, where, panels):
    page = opened()
    data = data_of(page)["picture"]
    go(page, "market")
    page.locator("#market [data-dial=where]").select_option(where)
    for _ in range(18):
        page.locator("#market [data-step-one]").click()
    keep(page, f"desk-market-{where}")
    names = [where] if where == "shared" else data_of(page)["contrasts"][0]["sides"]
    assert page.locator("#market .panel").count() == panels
    for panel, name in zip(page.locator("#market .panel").all(), names, strict=True):
        letters = data["markets"][name]["months"][17]
        assert panel.locator("svg[role=img] .trust").count() == sum(letters.count(n) for n in "0123")
        assert panel.locator("svg[role=img] .distrust").count() == letters.count("-")
        stories = data["markets"][name]["stories"][17]
        assert panel.locator("svg[role=img] .good").count() == sum(stories[2::3])
        assert panel.locator("svg[role=img] .bad").count() == len(stories) // 3 - sum(stories[2::3])


def test_the_matrix_adds_up_to_all_conversations(opened):
    page = opened()
    go(page, "exchange")
    for panel in page.locator("#exchange .panel").all():
        numbers = [float(text.rstrip("%")) for text in panel.locator(".value").all_text_contents()]
        none = float(panel.locator("tbody td").first.inner_text().rstrip("%"))
        assert len(numbers) == 4
        assert sum(numbers) + none == pytest.approx(100, abs=2.6)


# -- keyboard and motion -------------------------------------------------------------------------------


def test_the_lesson_can_be_done_by_keyboard_alone(opened, keep):
    page = opened()

    def tab_to(selector, most=60):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
                assert float(outline.removesuffix("px")) >= 3, f"{selector}: focus cannot be seen"
                return
        raise AssertionError(f"{selector} cannot be reached")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("[data-together=team]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#street h2')")  # the question is read next
    tab_to("[data-way=honest]")
    page.keyboard.press("Space")
    tab_to("[data-year-end]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.street-after h3')")  # what came of it is read next
    tab_to("#next")
    page.keyboard.press("Enter")
    page.locator("#bet h2").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Place your bets"
    for horizon in (data_of(page)["horizons"][0], data_of(page)["months"]):
        tab_to(f"input[name=after-{horizon}]")
        page.keyboard.press("Space")
    tab_to("#bets button")
    page.keyboard.press("Enter")
    page.locator("#race h2").wait_for()
    tab_to("#race [data-play]")
    keep(page, "desk-focus", whole=False)
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    tab_to("#race [data-month]")
    page.keyboard.press("End")
    assert month(page) == data_of(page)["months"]
    assert "ahead" in page.locator("#race [aria-live]").inner_text().lower()
    tab_to("#race [data-dial=memory]")
    page.keyboard.press("Home" if page.locator("#race [data-dial=memory]").input_value() != "0" else "End")
    assert page.locator("#race .changed").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#race .changed").count() == 0
    page.go_back()
    assert page.locator("#bet h2").is_visible()


def test_every_control_has_a_name(opened):
    page = opened()
    without_bets(page)
    for part in PARTS:
        go(page, part)
        for role in ("slider", "combobox", "button", "radio", "img"):
            for node in page.locator(f"#{part}").get_by_role(role).all():
                name = node.evaluate("node => node.ariaLabel || node.labels?.[0]?.textContent || node.textContent")
                assert name.strip(), (part, role)


def test_less_motion_shows_years_not_months(opened):
    page = opened(reduced_motion="reduce")
    without_bets(page)
    page.locator("#race [data-play]").click()
    page.wait_for_function("+document.querySelector('#race [data-month]').value > 0")
    assert month(page) % 12 == 0
    go(page, "market")
    assert page.evaluate("[...document.getAnimations()].length") == 0


def test_an_address_leads_to_its_part(opened):
    page = opened(part="#exchange")
    assert page.locator("#exchange h2").is_visible()
    assert page.locator("#steps [aria-current]").inner_text().endswith("Exchanges")
