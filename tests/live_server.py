"""The live market served from a thread of this process, for tests."""

import contextlib
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import uvicorn

from longgame.experiments.lesson import server
from longgame.sim.configurations import CONFIGURATIONS
from tests.lesson_pages import small_page

#: A market small enough to be run in a moment, and the library's software market.
SMALL = CONFIGURATIONS["repeat-supply"].but({"customers.count": 1_000, "customers.rate": 0.5}, name="small", months=24)
BASES = {
    "small": SMALL,
    "software": CONFIGURATIONS["software"],
    "nobody": SMALL.but({"customers.drift": 0.03}, name="nobody"),
}


@contextlib.contextmanager
def serving(bases=BASES, usual="small"):
    """Serve the live market; give its address."""
    door = socket.create_server(("127.0.0.1", 0))
    market = server.Server(bases, usual, cores=2)
    settings = uvicorn.Config(server.app(market), log_level="warning", lifespan="off", timeout_graceful_shutdown=3)
    at = uvicorn.Server(settings)
    market.closing = lambda: at.should_exit
    thread = threading.Thread(target=at.run, kwargs={"sockets": [door]}, daemon=True)
    with small_page():
        thread.start()
        until = time.monotonic() + 30
        while not at.started:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            at.should_exit = True
            thread.join(30)


def get(address, **headers):
    """Return (status, headers, text) of an address."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def lines(address):
    """Return the values of a stream of JSON lines."""
    status, _, text = get(address)
    assert status == 200, text
    return [json.loads(line) for line in text.splitlines()]
