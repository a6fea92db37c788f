"""The live market: the lesson page served from this machine, its runs made while the reader watches.

The server keeps nothing of a reader between two requests: an address holds everything. Tabs are therefore
independent of each other, and an address that is opened again shows the same runs.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager
from typing import Any

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from longgame.experiments.lesson import build, page, stream, street
from longgame.experiments.lesson.asked import Asked, read
from longgame.experiments.lesson.rules import Check
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario

#: Most requests that run markets at one time; further ones are refused.
MOST_AT_ONCE = 8

#: Longest that one request may take. Unit: seconds.
PATIENCE = 120

#: The page may load nothing, and may talk to its own server only.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

#: Headers of every answer.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class Busy(Exception):
    """Too many requests run markets at one time."""


class Closing(Exception):
    """The server is about to end."""


class Server:
    """Answers the requests of the page.

    Attributes
    ----------
    running : int
        Requests that run markets now.
    closing : callable
        Whether the server is about to end, so that requests have to.

    Parameters
    ----------
    bases : mapping of str to Scenario
        The scenarios to choose from, by name.
    usual : str
        The scenario that is meant where none is named.
    cores : int
        Most threads that run markets at one time.
    """

    def __init__(self, bases: Mapping[str, Scenario], usual: str, cores: int) -> None:
        self.bases = bases
        self.usual = usual
        self.running = 0
        self.closing: Callable[[], bool] = lambda: False
        self._cores = CapacityLimiter(cores)
        self._parts: dict[tuple[str, str], dict[str, Any]] = {}
        self._openings: dict[tuple[str, str], street.Life] = {}
        self._playing = anyio.Lock()

    def asked(self, request: Request) -> Asked:
        """Return a request, read and checked."""
        return read(request.query_params.multi_items(), self.bases, self.usual)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the `MOST_AT_ONCE` places of requests that run markets.

        Raises
        ------
        Busy
            If all places are taken.
        """
        if self.running >= MOST_AT_ONCE:
            raise Busy
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    def limit(self) -> Check:
        """Return a function for long work to call now and then: it raises once a request of now has to end.

        Raises
        ------
        TimeoutError
            If the request has taken too long.
        Closing
            If the server is about to end.
        """
        until = time.monotonic() + PATIENCE

        def check() -> None:
            if self.closing():
                raise Closing
            if time.monotonic() > until:
                raise TimeoutError

        return check

    async def each[T](self, items: Iterator[T]) -> AsyncIterator[T]:
        """Yield items that take a core to make; readers take turns item by item."""
        end = object()
        while (item := await anyio.to_thread.run_sync(next, items, end, limiter=self._cores)) is not end:
            yield item  # type: ignore[misc]

    # -- answers ----------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """Answer with the page of a scenario; the other choices stand in the part of its address that is not sent."""
        base = self.asked(request).base
        return HTMLResponse(
            page.page(build.live(base, request.query_params.get("scenario", self.usual), self.bases), live=True)
        )

    async def part(self, request: Request) -> Response:
        """Answer with the data of a part of the page, which are made once."""
        wanted = request.query_params.get("name", "")
        known = [name for name in build.PARTS if name != build.SANDBOX]
        if wanted not in known:
            raise InputError(f"name: is {wanted!r}; choose from {', '.join(known)}")
        rest = [pair for pair in request.query_params.multi_items() if pair[0] != "name"]
        base, check = read(rest, self.bases, self.usual).base, self.limit()
        at = (base.key(), wanted)
        async with self._playing:
            check()  # the wait for the part of another request counts
            if at not in self._parts:
                self._parts[at] = await anyio.to_thread.run_sync(
                    build.PARTS[wanted],
                    base,
                    build.LIVE_SEEDS,
                    lambda plan: stream.answer(plan, check),
                    check,
                    limiter=self._cores,
                )
        return JSONResponse(self._parts[at])

    async def year(self, request: Request) -> Response:
        """Answer with a year of the street: the last of a path of choices."""
        path = street.read_path(request.query_params.get("path", ""))
        rest = [pair for pair in request.query_params.multi_items() if pair[0] != "path"]
        base, check = read(rest, self.bases, self.usual).base, self.limit()
        async with self._playing:
            check()  # the wait for the year of another request counts
            year = await anyio.to_thread.run_sync(self._year, base, path, check, limiter=self._cores)
        return JSONResponse(year)

    def _year(self, base: Scenario, path: Sequence[str], check: Check) -> dict[str, Any]:
        """Play the years of a path; the firm before its first month is kept."""
        together, *ways = path
        at = (base.key(), together)
        if at not in self._openings:
            self._openings[at] = street.opening(base, together, street.SEED, check)
        return street.walk(self._openings[at], ways, check)

    async def run(self, request: Request) -> Response:
        """Answer with the months of the runs, one JSON value a line."""
        return self._lines(stream.run, request)

    def _lines(self, play: Callable[[Asked, Check], Iterator[stream.Message]], request: Request) -> Response:
        """Answer with messages as they come."""
        messages = play(self.asked(request), self.limit())

        async def lines() -> AsyncIterator[str]:
            try:
                async with aclosing(self.each(messages)) as each:
                    async for message in each:
                        yield json.dumps(message, separators=(",", ":"), allow_nan=False) + "\n"
            except (TimeoutError, Closing) as error:
                yield json.dumps({"stopped": _why(error)}) + "\n"

        return Stream(lines(), self.place())

    async def monthly(self, request: Request) -> Response:
        """Answer with the monthly tables of all runs as CSV."""
        asked, text = self.asked(request), io.StringIO()
        with self.place():
            async with aclosing(self.each(stream.monthly(asked, self.limit()))) as tables:
                async for table in tables:
                    table.to_csv(text, index=False, header=not text.tell())
        return _file(text.getvalue(), "text/csv", f"monthly-{_letters(request.url.query)}.csv")

    async def scenario(self, request: Request) -> Response:
        """Answer with the town as a scenario file."""
        asked, text = self.asked(request), io.StringIO()
        dump_scenario(
            asked.market,
            text,
            explain=True,
            comments=f"A town of a page of longgame. To run it again, with any seed from {asked.seed} to "
            f"{asked.seeds[-1]}:\nlonggame simulate --scenario THIS_FILE --seed {asked.seed}",
        )
        return _file(text.getvalue(), "application/toml", f"town-{asked.market.key()[:6]}.toml")


class Stream(StreamingResponse):
    """Lines of JSON, sent while a place is held: without one the request is refused before its first byte."""

    media_type = "application/x-ndjson"

    def __init__(self, lines: AsyncIterator[str], place: AbstractContextManager[None]) -> None:
        super().__init__(lines)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the lines."""
        with self._place:
            await super().__call__(scope, receive, send)


def _letters(asked: str) -> str:
    """Return six letters by which files of different requests differ."""
    return hashlib.sha256(asked.encode()).hexdigest()[:6]


def _file(text: str, kind: str, name: str) -> Response:
    """Return a file to be saved."""
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _why(error: Exception) -> str:
    """Return the reason why a request ended early, and what to do."""
    if isinstance(error, Closing):
        return "the server was ended; start it again with: longgame page"
    if isinstance(error, Busy):
        return f"{MOST_AT_ONCE} requests run markets already: close a tab, or try again in a moment"
    return f"stopped after {PATIENCE} seconds: ask for fewer runs, months or customers"


def _refusal(path: str, status: int, lines: Sequence[str]) -> Response:
    """Return the refusal of a request, one line per mistake: text for a reader, JSON for the page."""
    if path == "/":
        return PlainTextResponse("\n".join(lines) + "\n", status)
    return JSONResponse({"errors": list(lines)}, status)


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a request that cannot be carried out."""
    if isinstance(error, InputError):
        return _refusal(request.url.path, 422, error.lines)
    return _refusal(request.url.path, 503, [_why(error)])


class Guard:
    """Keeps other sites out, and puts `HEADERS` on every answer.

    A browser sends requests of any site to this machine, and names the site in headers that no script can
    change (https://www.w3.org/TR/fetch-metadata/). Another site may link to the page, no more: without this
    it could make the server run markets.

    Parameters
    ----------
    answers : ASGI application
        It answers the requests of the page itself.
    headers : mapping of str to str
        Headers of every answer.
    """

    def __init__(self, answers: ASGIApp, headers: Mapping[str, str] = HEADERS) -> None:
        self._answers, self._headers = answers, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        answers = self._answers
        if scope["type"] in ("http", "websocket") and _foreign(HTTPConnection(scope)):
            answers = _refusal(scope["path"], 403, ["another site asked for this; open the page itself, and ask there"])
        await answers(scope, receive, with_headers)


def _foreign(request: HTTPConnection) -> bool:
    """Return whether another site made a request or opened a WebSocket, other than by a link to the page."""
    said = request.headers
    linked = request.url.path == "/" and said.get("sec-fetch-dest") == "document"
    scheme = request.url.scheme.replace("ws", "http")  # an origin is that of the page
    own = (None, f"{scheme}://{said.get('host', '')}")
    return not linked and (
        said.get("sec-fetch-site", "none") not in ("same-origin", "none") or said.get("origin") not in own
    )


def app(server: Server) -> ASGIApp:
    """Return the application."""
    answers = {
        "/": server.page,
        "/part": server.part,
        "/year": server.year,
        "/run": server.run,
        "/monthly.csv": server.monthly,
        "/scenario.toml": server.scenario,
    }
    return Guard(
        Starlette(
            routes=[Route(path, answer) for path, answer in answers.items()],
            # Another site whose name leads here would be sent with its own name (DNS rebinding).
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
            exception_handlers=dict.fromkeys((InputError, Busy, TimeoutError, Closing), _refused),
        )
    )
