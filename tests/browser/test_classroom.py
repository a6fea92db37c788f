"""A class in a real browser: the projector at its size, a phone of 390 px, by touch and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, watched
from tests.class_server import CODE, KEY, TOWN, serving

#: A machine that has other things to do takes its time.
expect.set_options(timeout=60_000)


@pytest.fixture
def klass(browser):
    """A class of two years, and a function that opens its pages."""
    with (
        serving(TOWN.but(months=24)) as (made, port),
        watched(browser, f"http://127.0.0.1:{port}", locale="en-GB") as open_page,
    ):
        yield made, open_page


def open_projector(open_page, **options):
    return open_page(part=f"/projector#{KEY}", size="stage", **options)


def open_phone(open_page, part=f"/#{CODE}", **options):
    return open_page(part=part, size="phone", **options)


def title(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def letters(page):
    """Return the least size in which text is drawn. Unit: px on the screen."""
    return page.evaluate(
        """() => {
          const sizes = [];
          for (const one of document.querySelectorAll("body *")) {
            const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            const box = one.getBoundingClientRect();
            if (!own || box.width < 2 || one.closest(".sr") || ["SCRIPT", "NOSCRIPT"].includes(one.tagName)) continue;
            const drawn = one.ownerSVGElement;
            const scale = drawn ? drawn.getScreenCTM().a : 1;
            sizes.push(scale * parseFloat(getComputedStyle(one).fontSize));
          }
          return Math.min(...sizes);
        }"""
    )


def fits(page):
    """Check that nothing is wider than the screen, and letters on the projector are large enough."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if page.viewport_size["width"] == SIZES["stage"][0]:
        assert letters(page) >= 28
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the projector has to be scrolled"


def words(page):
    """Return how many words a page shows at once; numbers are none."""
    return len(re.findall(r"[^\W\d_]{2,}", page.locator("main").inner_text()))


def go_on(page, name):
    page.get_by_role("button", name=name).click()


def test_an_hour(klass, keep):
    made, open_page = klass
    wall = open_projector(open_page)
    title(wall, "Join with your phone")
    expect(wall.get_by_role("button", name="To the bets")).to_be_disabled()
    ada, bob = (open_phone(open_page) for _ in range(2))
    title(ada, "You are in")
    expect(wall.locator("main").get_by_text("2 phones are in")).to_be_visible()
    expect(wall.get_by_role("img", name="QR code of http://127.0.0.1")).to_be_visible()
    for page, name in ((wall, "lobby"), (ada, "in")):
        fits(page)
        keep(page, f"class-{name}", whole=False)

    go_on(wall, "To the bets")
    ada.get_by_role("button", name="Honest, in a herd").click()
    bob.get_by_role("button", name="Pushy, alone").click()
    expect(wall.locator("main").get_by_text("2 of 2 have bet")).to_be_visible()
    expect(ada.get_by_role("button", name="Honest, in a herd")).to_have_attribute("aria-pressed", "true")
    for page, name in ((wall, "bets"), (ada, "bet")):
        fits(page)
        keep(page, f"class-{name}", whole=False)

    go_on(wall, "Close the bets")
    for year in (1, 2):
        title(wall, f"Year {year}: how will you sell?")
        title(ada, "How will you sell this year?")
        ada.get_by_role("radio", name="Honest").check()
        ada.get_by_role("radio", name="Herd 2").check()
        ada.get_by_role("button", name="So I will sell").click()
        expect(ada.locator("main").get_by_text("Chosen.")).to_be_visible()
        expect(wall.locator("main").get_by_text("1 of 2 have chosen")).to_be_visible()
        for page, name in ((wall, "year"), (ada, "choose")):
            fits(page)
            keep(page, f"class-{name}-{year}", whole=page is ada)
        assert words(wall) <= 60 and words(ada) <= 60, (words(wall), words(ada))
        go_on(wall, f"Play year {year}")
    expect(ada.get_by_role("heading", level=1)).to_have_text("2 years are over")
    expect(wall.get_by_role("heading", level=1)).to_contain_text("Most earned:")
    race = wall.get_by_role("img", name=re.compile("Profit so far per head after 2 years: .*You, in herds"))
    expect(race).to_be_visible()
    for page, name in ((wall, "end"), (ada, "end-phone")):
        fits(page)
        keep(page, f"class-{name}", whole=False)
    go_on(wall, "Show the table")
    expect(wall.get_by_role("table")).to_have_count(2)
    fits(wall)
    keep(wall, "class-table", whole=False)
    right = made.hour.seats[0].bet == made.hour.market.winner()
    told = "Your bet was right" if right else "You bet on: Honest, in a herd"
    expect(ada.locator("main").get_by_text(told)).to_be_visible()
    total = round(float(made.hour.market.money[-1][0]))
    said = f"{total:,}".replace("-", "−")
    expect(ada.locator("main").get_by_text(f"{said} coins in all")).to_be_visible()
    go_on(wall, "Play again")
    title(ada, "Who earns most in 2 years?")


def test_a_phone_that_is_closed_and_opened_keeps_its_seller(klass):
    made, open_page = klass
    wall, ada = open_projector(open_page), open_phone(open_page)
    open_phone(open_page)
    expect(ada.locator("header").get_by_text("You are seller 1")).to_be_visible()
    go_on(wall, "To the bets")
    ada.get_by_role("button", name="Honest, alone").click()
    expect(ada.get_by_role("button", name="Honest, alone")).to_have_attribute("aria-pressed", "true")
    context = ada.context
    ada.close()
    expect(wall.locator("main").get_by_text("1 of 2 have bet")).to_be_visible()
    again = open_page(part="/", context=context)  # without the code
    expect(again.get_by_text("You are seller 1")).to_be_visible()
    expect(again.get_by_role("button", name="Honest, alone")).to_have_attribute("aria-pressed", "true")
    other = open_page(part="/", context=context)
    title(again, "Open in another tab")
    expect(other.get_by_text("You are seller 1")).to_be_visible()
    again.get_by_role("button", name="Go on here").click()
    title(other, "Open in another tab")
    assert len(made.hour.seats) == 2


def test_a_broken_connection_is_told_and_comes_back(klass, browser):
    made, open_page = klass
    open_now, down = [], False

    def meet(route):
        if down:
            route.close(code=1011)
            return
        open_now.append(route)
        route.connect_to_server()

    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.route_web_socket("**/class", meet)
    ada = open_page(part=f"/#{CODE}", context=context)
    title(ada, "You are in")
    down = True
    open_now[-1].close(code=1011)
    expect(ada.locator("main").get_by_text("The connection is lost")).to_be_visible()
    title(ada, "You are in")  # what was there stays
    down = False
    expect(ada.locator("main").get_by_text("The connection is lost")).to_have_count(0)
    expect(ada.locator("header").get_by_text("You are seller 1")).to_be_visible()
    assert len(made.hour.seats) == 1 and len(open_now) == 2
    context.close()


def test_by_keyboard_alone(klass):
    made, open_page = klass
    wall, ada = open_projector(open_page), open_phone(open_page, part="/")
    title(ada, "Join your class")
    ada.get_by_label("Code on the projector").focus()
    ada.keyboard.type("xxxx")
    ada.keyboard.press("Enter")
    expect(ada.locator("main").get_by_text("This code is not right")).to_be_visible()
    ada.get_by_label("Code on the projector").fill(CODE.lower())
    ada.keyboard.press("Enter")
    title(ada, "You are in")
    wall.get_by_role("button", name="To the bets").focus()
    wall.keyboard.press("Enter")
    ada.get_by_role("button", name="Pushy, in a herd").focus()
    ada.keyboard.press("Space")
    expect(ada.get_by_role("button", name="Pushy, in a herd")).to_be_focused()
    expect(ada.get_by_role("button", name="Pushy, in a herd")).to_have_attribute("aria-pressed", "true")
    title(wall, "Who earns most in 2 years?")
    wall.keyboard.press("Enter")  # the button that leads on keeps the focus
    ada.get_by_role("radio", name="As usual").focus()
    ada.keyboard.press("ArrowUp")
    expect(ada.get_by_role("radio", name="Cheap")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(wall.locator("main").get_by_text("1 of 1 have chosen")).to_be_visible()
    assert made.hour.seats[0].choice.way == "discounter"


def test_in_german_and_in_the_dark(klass, keep):
    _, open_page = klass
    wall = open_projector(open_page, locale="de-DE", color_scheme="dark")
    ada = open_phone(open_page, locale="de-AT", color_scheme="dark", reduced_motion="reduce")
    title(wall, "Mach mit dem Handy mit")
    title(ada, "Du bist dabei")
    assert ada.evaluate("document.documentElement.lang") == "de"
    assert ada.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    fits(wall)
    keep(wall, "class-dark-lobby", whole=False)
    go_on(wall, "Zu den Wetten")
    go_on(wall, "Wetten schließen")
    title(ada, "Wie verkaufst du dieses Jahr?")
    go_on(wall, "Jahr 1 spielen")
    title(wall, "Jahr 2: Wie verkauft ihr?")
    for page, name in ((wall, "year"), (ada, "choose")):
        fits(page)
        keep(page, f"class-dark-{name}", whole=page is ada)
    ada.get_by_role("button", name="English").click()
    title(ada, "How will you sell this year?")
    ada.reload()
    title(ada, "How will you sell this year?")


def test_only_the_whole_address_leads(klass):
    _, open_page = klass
    page = open_page(part="/projector")
    expect(page.locator("main").get_by_text("leads only with the whole address")).to_be_visible()
