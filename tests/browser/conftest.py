"""A real Chromium, and the lesson page opened in it from disk."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from tests.lesson_pages import shared
from tests.live_server import serving

#: Names of Chromium on different systems; another one can be named in LONGGAME_BROWSER.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SIZES = {"phone": (390, 844), "desk": (1280, 800), "stage": (1920, 1080)}


def browser_path():
    """Return where the browser is, or None."""
    named = os.environ.get("LONGGAME_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser():
    """Start Chromium; without one skip, saying so, except in CI."""
    path = browser_path()
    if path is None:
        reason = "no browser was found: install chromium, or name one in LONGGAME_BROWSER"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def lesson_file(browser, tmp_path_factory):
    """The page as a file; after `browser`, so that it is not made for nothing."""
    chosen = os.environ.get("LONGGAME_LESSON")  # another page to be tried, for example the real one
    return Path(chosen).resolve() if chosen else shared(tmp_path_factory)


@contextlib.contextmanager
def watched(browser, home, **usual):
    """Give a function that opens pages of one home; afterwards nothing else may have been asked or logged."""
    troubles, contexts = [], []

    def called_off(request):
        return request.url.startswith((f"{home}/run?", f"{home}/part?")) and "ABORTED" in request.failure

    def open_page(size="desk", part="", context=None, **options):
        if context is None:
            width, height = SIZES[size]
            window = {"viewport": {"width": width, "height": height}, "locale": "en-GB"}
            context = browser.new_context(**{**window, **usual, **options})
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on(
            "console",
            lambda message: (
                troubles.append(f"console: {message.type} {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on(
            "requestfailed",
            lambda request: None if called_off(request) else troubles.append(f"failed: {request.url[:100]}"),
        )
        page.on(
            "request",
            lambda request: (
                troubles.append(f"request: {request.url[:100]}")
                if not request.url.startswith((home, "data:"))
                else None
            ),
        )
        page.goto(f"{home}{part}")
        return page

    open_page.troubles = troubles
    yield open_page
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture
def opened(browser, lesson_file):
    """Return a function that opens the page as a file."""
    with watched(browser, lesson_file.as_uri()) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def live_market(browser):
    """The address of a live market; after `browser`, so that it is not served for nothing."""
    with serving() as address:
        yield address


@pytest.fixture
def opened_live(browser, live_market):
    """Return a function that opens the page from its server."""
    # Playwright evaluates strings, which the page's own policy forbids.
    with watched(browser, live_market, bypass_csp=True) as open_page:
        yield open_page


@pytest.fixture
def keep(request):
    """Return a function that keeps a picture of a page in LONGGAME_SCREENSHOTS, to be looked at."""
    folder = os.environ.get("LONGGAME_SCREENSHOTS")

    def keep_picture(page, name, whole=True):
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)

    return keep_picture
