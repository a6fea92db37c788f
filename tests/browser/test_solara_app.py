"""The app for Mesa users in a real browser, served as its command does, without a network."""

import os
import re
import socketserver
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

import pytest

from examples import solara_app as app
from tests.browser.conftest import SIZES

ROOT = Path(__file__).parents[2]

#: Longest wait for the server, and for anything on the page: a busy machine is slow. Unit: seconds.
PATIENCE = 300

#: What the page of Solara 1.64 itself warns of in the console whenever it is opened.
SOLARA_LOGS = ("Failed to evaluate Vue script and find module.exports, falling back to old method",)

CHARTS = (
    (app.draw_profit, "Cumulative profit per salesperson"),
    (app.draw_trust, "Whom customers trust most"),
    (app.draw_network, "Customers, their contacts, and salespeople around them"),
    (app.draw_endings, "How conversations end"),
)

BYTES_OF = """async (image) => {
  const read = await (await fetch(image.src)).arrayBuffer();
  return Array.from(new Uint8Array(read));
}"""


class Proxy(socketserver.ThreadingTCPServer):
    """Refuses every way out, and remembers who was to be reached."""

    daemon_threads = True

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Refuse)


class Refuse(socketserver.StreamRequestHandler):
    def handle(self):
        words = self.rfile.readline().decode("latin-1").split()  # CONNECT host:443, or GET http://host/…
        self.server.asked.append(re.sub(r"^http://|[:/].*$", "", words[1]) if len(words) > 1 else "?")
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def until(found, what, process, log):
    """Wait until something is found; fail if it takes too long or the server ends."""
    end = time.monotonic() + PATIENCE
    while not (got := found()):
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        assert time.monotonic() < end, f"no {what}: {log.read_text()}"
        time.sleep(0.5)
    return got


def answers(url):
    """Return whether a server answers, itself and not through a proxy."""
    try:
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30).status == 200
    except OSError:
        return False


@pytest.fixture
def address(browser, tmp_path):
    """Run the command of the docs where Solara was never used before; afterwards nothing was fetched."""
    proxy = Proxy()
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    way_out = f"http://127.0.0.1:{proxy.server_address[1]}"
    # Within pytest, Solara would leave a request to its maker out; a user's first visit would have it.
    kept = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    ways = {name: way_out for way in ("http_proxy", "https_proxy", "all_proxy") for name in (way, way.upper())}
    local = {name: "localhost,127.0.0.1" for name in ("no_proxy", "NO_PROXY")}
    log = tmp_path / "log"
    solara = Path(sys.executable).with_name("solara")
    command = [solara, "run", "examples/solara_app.py", "--no-open", "--no-check-version", "--port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**kept, **ways, **local, "SOLARA_HOME": str(tmp_path / "solara"), "PYTHONUNBUFFERED": "1"},
        )
    try:
        found = until(lambda: re.search(r"http://localhost:\d+", log.read_text()), "address", process, log)
        until(lambda: answers(found[0]), "answer", process, log)
        yield found[0]
        assert process.poll() is None, log.read_text()
        assert "Traceback" not in log.read_text(), log.read_text()
        assert not proxy.asked
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        proxy.shutdown()
        proxy.server_close()


@pytest.fixture
def visit(browser, address):
    """Return a function that opens the page as another visitor; afterwards nothing may have gone wrong."""
    troubles, contexts = [], []

    def ours(url):
        return urlparse(url).hostname in ("localhost", "127.0.0.1") or url.startswith(("data:", "blob:"))

    def hear(message):
        if message.type in ("error", "warning") and not message.text.startswith(SOLARA_LOGS):
            troubles.append(f"console: {message.type} {message.text}")

    def open_page():
        width, height = SIZES["desk"]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", hear)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url[:100]}"))
        page.on(
            "request", lambda request: None if ours(request.url) else troubles.append(f"request: {request.url[:100]}")
        )
        page.on(
            "websocket", lambda socket: None if ours(socket.url) else troubles.append(f"websocket: {socket.url[:100]}")
        )
        page.goto(address)
        at(page, 0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles, troubles


def at(page, month):
    """Wait until the page is at a month."""
    page.get_by_text(f"Time: {month}.0", exact=True).wait_for()


def month_of(page):
    """Return the month that the page is at."""
    return int(float(page.get_by_text(re.compile(r"^Time: [\d.]+$")).inner_text().removeprefix("Time: ")))


def press(page, button):
    """Press a button as soon as it can be pressed."""
    page.get_by_role("button", name=button, exact=True).click()


def charts(page):
    """Return the bytes of the charts."""
    return [bytes(page.locator("img").nth(i).evaluate(BYTES_OF)) for i in range(len(CHARTS))]


def shows(page, **numbers):
    """Wait until the charts are, to the byte, those of a market at the page's month; return the month."""
    market, end = app.AppMarket(**numbers), time.monotonic() + PATIENCE
    while True:
        while market.month < month_of(page):
            market.step()
        wanted = [app.picture(draw, what, market.seen) for draw, what in CHARTS]
        if page.locator("img").count() == len(CHARTS) and charts(page) == wanted:
            return market.month
        assert time.monotonic() < end, f"the charts are not those of month {market.month}"
        page.wait_for_timeout(500)


def test_every_visitor_plays_a_market_of_their_own(visit, keep):
    first = visit()
    first.get_by_text("This market: seed 1, 4,000 customers").wait_for()
    assert shows(first) == 0
    keep(first, "solara-start")
    press(first, "Step")
    at(first, 1)
    assert shows(first) == 1

    second = visit()
    for month in (1, 2):
        press(second, "Step")
        at(second, month)
    assert month_of(first) == 1

    press(first, "▶")
    at(first, 3)
    press(first, "❚❚")
    first.get_by_role("button", name="▶", exact=True).wait_for()
    assert shows(first) >= 3  # the month that was being played when it was paused may still have come
    keep(first, "solara-played")

    seed = first.get_by_role("slider").nth(2)  # after two of Mesa's own: how fast to play and to draw
    seed.focus()
    seed.press("ArrowRight")
    press(first, "Reset")
    first.get_by_text("This market: seed 2, 4,000 customers").wait_for()
    at(first, 0)
    press(first, "Step")
    at(first, 1)
    assert shows(first, seed=2) == 1
    assert shows(second) == 2
