"""A class served from a thread of this process, and phones that are no browsers, for tests."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from websockets.asyncio.client import connect

from longgame.experiments.lesson.classroom import server
from longgame.experiments.lesson.classroom.hour import Hour
from longgame.experiments.lesson.classroom.limits import Limits
from longgame.sim.configurations import CONFIGURATIONS

KEY, CODE = "the-key-of-the-test", "ABCD"

USUAL_LIMITS = Limits()

#: The default market with few customers.
TOWN = CONFIGURATIONS["repeat-supply"].but({"customers.count": 430})


def alone(work):
    """Carry out a coroutine in a thread of its own: browser tests leave a loop in theirs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextlib.contextmanager
def serving(base=TOWN, *, seed=0, limits=USUAL_LIMITS):
    """Serve a class; give its server and its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        hour = Hour(base, seed, CODE, limits)
        made = server.ClassServer(hour, KEY, f"http://127.0.0.1:{port}/")
        at = uvicorn.Server(server.config(server.app(made, ["127.0.0.1", "localhost"], port), limits))
        thread = threading.Thread(target=at.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not at.started:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.02)
        try:
            yield made, port
        finally:
            at.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


class Client:
    """A phone or a projector without a screen: it knows what it would show."""

    def __init__(self, port, hello, source="127.0.0.1"):
        self.port, self.hello, self.source = port, hello, source
        self.shown, self.token = {}, ""
        self.socket: Any = None

    async def __aenter__(self):
        await self.come()
        return self

    async def __aexit__(self, *_):
        await self.go()

    async def come(self):
        """Connect and say who it is."""
        self.socket = await connect(
            f"ws://127.0.0.1:{self.port}/class", local_addr=(self.source, 0), compression=None, max_size=None
        )
        await self.say(**({**self.hello, "token": self.token} if self.token else self.hello))

    async def go(self):
        """Disconnect as a phone does that is put away."""
        await self.socket.close()

    async def drop(self):
        """Lose the connection without a word."""
        self.socket.transport.abort()
        with contextlib.suppress(Exception):
            await self.socket.wait_closed()

    async def say(self, **message):
        """Send a message."""
        await self.socket.send(json.dumps(message))

    async def hear(self, wanted, within=20):
        """Take messages until what is shown is as wanted; return it."""
        async with asyncio.timeout(within):
            while not ("now" in self.shown and wanted(self.shown["now"])):
                message = json.loads(await self.socket.recv())
                self.token = message.pop("token", self.token)
                self.shown |= message
        return self.shown["now"]

    async def refused(self, within=20):
        """Return why the server refused something."""
        async with asyncio.timeout(within):
            while True:
                message = json.loads(await self.socket.recv())
                self.shown |= message
                if message.get("refused", [""])[0]:
                    return message["refused"][0]


def phone(port, **more):
    """Return a phone that knows the code."""
    return Client(port, {"do": "hello", "code": CODE}, **more)


def projector(port):
    """Return a projector that leads."""
    return Client(port, {"do": "lead", "key": KEY})


async def go_on(leader):
    """Let a projector press its button, and wait for the next step."""
    step = leader.shown["now"]["step"]
    await leader.say(do="next", step=step)
    return await leader.hear(lambda now: now["step"] != step and now["phase"] != "playing", within=60)
