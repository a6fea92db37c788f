"""The live market: the lesson page served from this machine, its runs made while the reader watches.

The server keeps nothing of a reader between two requests: an address says all. So tabs are independent of
each other, and an address that is opened again shows the same runs.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from typing import Any

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from longgame.experiments.cli.options import cores
from longgame.experiments.lesson import build, game, live, page
from longgame.experiments.lesson.asked import Asked, read
from longgame.experiments.words import many
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario

#: Most requests that run markets at one time; further ones are told to try again.
MOST_AT_ONCE = 8

#: Longest that one request may take. Unit: seconds.
PATIENCE = 120

#: The page may load nothing and talk to nobody but its own server.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Busy(Exception):
    """Too many requests run markets at one time."""


class Closing(Exception):
    """The server is about to end."""


class Live:
    """What the server has: the scenarios to choose from, and the cores it may use.

    Attributes
    ----------
    running : int
        Requests that run markets now.
    closing : callable
        Whether the server is about to end, so that requests have to.

    Parameters
    ----------
    bases : mapping of str to Scenario
        By name; the reader chooses one.
    usual : str
        The one that is meant where none is named.
    """

    def __init__(self, bases: Mapping[str, Scenario], usual: str) -> None:
        self.bases = bases
        self.usual = usual
        self.running = 0
        self.closing: Callable[[], bool] = lambda: False
        self._cores = CapacityLimiter(cores())
        self._games: dict[str, dict[str, Any]] = {}
        self._playing = anyio.Lock()

    def asked(self, request: Request) -> Asked:
        """Return what a request asks for."""
        return read(request.query_params.multi_items(), self.bases, self.usual)

    async def each[T](self, items: Iterator[T]) -> AsyncIterator[T]:
        """Yield items that take a core to make; readers take turns item by item.

        Raises
        ------
        Busy
            If too many requests do so already.
        TimeoutError
            If it takes too long in all.
        Closing
            If the server is about to end.
        """
        if self.running >= MOST_AT_ONCE:
            raise Busy
        self.running += 1
        until = time.monotonic() + PATIENCE
        end = object()
        try:
            while (item := await anyio.to_thread.run_sync(next, items, end, limiter=self._cores)) is not end:
                yield item  # type: ignore[misc]
                if self.closing():
                    raise Closing
                if time.monotonic() > until:
                    raise TimeoutError
        finally:
            self.running -= 1

    # -- answers ----------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """Answer with the page, set as the address says."""
        asked = self.asked(request)
        known = build.live(asked, request.query_params.get("scenario", self.usual), self.bases)
        return HTMLResponse(page.page(known, live=True), headers=HEADERS)

    async def game(self, request: Request) -> Response:
        """Answer with the game of a scenario, which is played once."""
        base = self.asked(request).base
        key = base.but(months=1).key()  # it does not depend on the length of the runs
        async with self._playing:
            if key not in self._games:
                self._games[key] = await anyio.to_thread.run_sync(game.data, base, limiter=self._cores)
        return JSONResponse(self._games[key], headers=HEADERS)

    async def run(self, request: Request) -> Response:
        """Answer with the months of the runs, one JSON value a line."""
        return await self._lines(live.run(self.asked(request)))

    async def picture(self, request: Request) -> Response:
        """Answer with the months of the market picture, one JSON value a line."""
        return await self._lines(live.picture(self.asked(request)))

    async def _lines(self, messages: Iterator[live.Message]) -> Response:
        """Answer with messages as they come."""
        if self.running >= MOST_AT_ONCE:
            raise Busy

        async def lines() -> AsyncIterator[str]:
            try:
                async with aclosing(self.each(messages)) as each:
                    async for message in each:
                        yield json.dumps(message, separators=(",", ":"), allow_nan=False) + "\n"
            except (Busy, TimeoutError, Closing) as error:
                yield json.dumps({"stopped": _why(error)}) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=HEADERS)

    async def monthly(self, request: Request) -> Response:
        """Answer with the monthly tables of all runs as CSV."""
        asked = self.asked(request)
        text = io.StringIO()
        async with aclosing(self.each(live.monthly(asked))) as tables:
            async for table in tables:
                table.to_csv(text, index=False, header=not text.tell())
        return _file(text.getvalue(), "text/csv", f"monthly-{_letters(request.url.query)}.csv")

    async def scenario(self, request: Request) -> Response:
        """Answer with a market as a scenario file."""
        wanted = request.query_params.get("market", "")
        rest = [pair for pair in request.query_params.multi_items() if pair[0] != "market"]
        asked = read(rest, self.bases, self.usual)
        if wanted not in asked.markets:
            raise InputError(f"market: is {wanted!r}; choose from {', '.join(asked.markets)}")
        text = io.StringIO()
        last = asked.seeds[-1]
        dump_scenario(
            asked.markets[wanted],
            text,
            explain=True,
            comments=f"Market {wanted!r} of a page of longgame. To run it again, with any seed from "
            f"{asked.seed} to {last}:\nlonggame simulate --scenario THIS_FILE --seed {asked.seed}",
        )
        return _file(text.getvalue(), "application/toml", f"{wanted}-{asked.markets[wanted].key()[:6]}.toml")


def _letters(asked: str) -> str:
    """Return six letters that tell files of different requests apart."""
    return hashlib.sha256(asked.encode()).hexdigest()[:6]


def _file(text: str, kind: str, name: str) -> Response:
    """Return a file to be saved."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)


def _why(error: Exception) -> str:
    """Say why a request ended early."""
    if isinstance(error, Closing):
        return "the server was ended; start it again with: longgame page"
    if isinstance(error, Busy):
        return f"{many(MOST_AT_ONCE, 'market')} are being run already: close a tab, or try again in a moment"
    return f"stopped after {many(PATIENCE, 'second')}: ask for fewer runs, months or customers"


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a request that cannot be carried out: one line per mistake."""
    lines = list(error.lines) if isinstance(error, InputError) else [_why(error)]
    status = 422 if isinstance(error, InputError) else 503
    if request.url.path == "/":
        return Response("\n".join(lines) + "\n", status, HEADERS, "text/plain")
    return JSONResponse({"errors": lines}, status, HEADERS)


def app(market: Live) -> Starlette:
    """Return the application."""
    answers = {
        "/": market.page,
        "/game": market.game,
        "/run": market.run,
        "/picture": market.picture,
        "/monthly.csv": market.monthly,
        "/scenario.toml": market.scenario,
    }
    return Starlette(
        routes=[Route(path, answer) for path, answer in answers.items()],
        # Another site whose name leads here would be sent with its own name (DNS rebinding).
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        exception_handlers=dict.fromkeys((InputError, Busy, TimeoutError, Closing), _refused),
    )
