"""The server of class mode: pages by HTTP, everything else by one WebSocket a phone and one a projector.

Each connection is sent what it shows as a whole, whenever that changed. So a phone that dropped out and comes back
misses nothing, a slow one holds nobody up, and no queue can grow.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import anyio
import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

from longgame.experiments.lesson.classroom import pages
from longgame.experiments.lesson.classroom.hour import PLAYING, Hour, Refused, Seat
from longgame.experiments.lesson.classroom.limits import HERE, Allowance, Limits, WrongCodes
from longgame.experiments.lesson.classroom.messages import Bet, Choose, Hello, Lead, Next, read
from longgame.experiments.lesson.server import HEADERS, Guard

#: Least time between two messages to one connection: a crowd's changes are told together. Unit: seconds.
PAUSE = 0.1

#: How the server ends a connection (RFC 6455, 7.4): in order; since it broke the rules or was refused; since the same
#: seat came in by another connection.
NORMAL, BROKE_RULES, ELSEWHERE = 1000, 4000, 4001

#: What is raised where the other side is gone, or takes or sends nothing in time.
GONE = (WebSocketDisconnect, TimeoutError, OSError)

#: The pages load their own files, and talk to their own server; 'self' alone would shut out older phones' WebSockets.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self' {sockets}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Connection:
    """One open WebSocket: what it was sent last, and whether it has to look again.

    Attributes
    ----------
    seat : Seat or None
        None for a projector.
    scope : anyio.CancelScope
        Ends its work.
    ending : int
        Code with which the server closes it.
    """

    def __init__(self, socket: WebSocket, seat: Seat | None) -> None:
        self.socket, self.seat = socket, seat
        self.news = anyio.Event()
        self.news.set()
        self.refused: tuple[str, int] = ("", 0)  # why, and how often: the same refusal is told again
        self.scope, self.ending = anyio.CancelScope(), NORMAL
        self._sent: dict[str, str] = {}

    def end(self, code: int) -> None:
        """End its work, and tell why."""
        self.ending = code
        self.scope.cancel()

    async def tell(self, parts: dict[str, Any], patience: float) -> None:
        """Send the parts that differ from those sent last.

        Raises
        ------
        TimeoutError
            If nobody takes them.
        """
        made = {name: json.dumps(part, separators=(",", ":"), allow_nan=False) for name, part in parts.items()}
        new = {name: text for name, text in made.items() if self._sent.get(name) != text}
        if new:
            with anyio.fail_after(patience):
                await self.socket.send_text("{" + ",".join(f'"{name}":{text}' for name, text in new.items()) + "}")
            self._sent |= new


class ClassServer:
    """Lets phones and projectors take part in an hour.

    Parameters
    ----------
    hour : Hour
    key : str
        Lets a projector lead.
    address : str
        Where phones find the page: ``http://…``.
    """

    def __init__(self, hour: Hour, key: str, address: str) -> None:
        self.hour, self.key, self.address, self.limits = hour, key, address, hour.limits
        self._connections: set[Connection] = set()
        self._wrong = WrongCodes(hour.limits)

    # -- pages ------------------------------------------------------------------------------------

    async def phone(self, request: Request) -> Response:
        """Answer with the page of a phone."""
        return HTMLResponse(pages.phone())

    async def projector(self, request: Request) -> Response:
        """Answer with the page of the projector; it shows the code, so only this machine gets it."""
        if not _is_here(request.client):
            return PlainTextResponse("the projector's page opens on the machine that serves it\n", 403)
        return HTMLResponse(pages.projector(self.address, self.hour.code))

    async def file(self, request: Request) -> Response:
        """Answer with a file of the pages."""
        found = pages.files().get(request.path_params["name"])
        return Response(found[0], media_type=found[1]) if found else PlainTextResponse("there is no such file\n", 404)

    # -- WebSockets -------------------------------------------------------------------------------

    async def take_part(self, socket: WebSocket) -> None:
        """Serve one connection from its first message to its end."""
        await socket.accept()
        ending = BROKE_RULES
        with suppress(*GONE):
            connection = await self._come_in(socket)
            if connection is not None:
                await self._serve(connection)
                ending = connection.ending
        with suppress(*GONE, RuntimeError), anyio.move_on_after(1.0):  # RuntimeError: it is closed already
            await socket.close(ending)

    async def _serve(self, connection: Connection) -> None:
        """Hear and tell one connection, until one of both ends."""
        self._connections.add(connection)
        self._note_presence(connection.seat)
        try:
            with connection.scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._until_gone, self._tell, connection)
                    tasks.start_soon(self._until_gone, self._hear, connection)
        finally:
            self._connections.discard(connection)
            self._note_presence(connection.seat)

    def _note_presence(self, seat: Seat | None) -> None:
        """Note whether a seat's phone is connected."""
        if seat is not None:
            seat.here = any(one.seat is seat for one in self._connections)
            self.changed()

    async def _until_gone(self, work: Callable[[Connection], Any], connection: Connection) -> None:
        """Do one side of a connection's work; when it ends, however, so does the other."""
        with suppress(*GONE):
            await work(connection)
        connection.scope.cancel()

    async def _come_in(self, socket: WebSocket) -> Connection | None:
        """Hear who it is; return the connection, or None after refusing it."""
        with anyio.fail_after(self.limits.patience):
            said = read(await _text(socket, self.limits.letters))
        try:
            if isinstance(said, Lead):
                return self._lead(socket, said)
            if isinstance(said, Hello):
                return await self._join(socket, said)
        except Refused as error:
            await socket.send_text(json.dumps({"refused": [error.why, 0]}))
        return None

    def _lead(self, socket: WebSocket, said: Lead) -> Connection:
        """Let a projector in."""
        if not _is_here(socket.client) or not secrets.compare_digest(said.key.encode(), self.key.encode()):
            raise Refused("wrong_key")
        return Connection(socket, None)

    async def _join(self, socket: WebSocket, said: Hello) -> Connection:
        """Let a phone come back to its seat, or give it one."""
        address = socket.client.host if socket.client else ""
        seat = self.hour.back(said.token)
        if seat is None:
            if not self._wrong.may_guess(address):
                raise Refused("wait")
            try:
                seat = self.hour.join(said.code, address)
            except Refused as error:
                if error.why == "wrong_code":
                    self._wrong.note(address)
                raise
        for other in self._connections:
            if other.seat is seat:
                other.end(ELSEWHERE)
        with anyio.fail_after(self.limits.patience):
            await socket.send_text(json.dumps({"token": seat.token}))
        return Connection(socket, seat)

    async def _hear(self, connection: Connection) -> None:
        """Carry out what a connection says, until it says what it may not."""
        allowed = Allowance(self.limits.burst, self.limits.a_second)
        while True:
            said = read(await _text(connection.socket, self.limits.letters))
            if said is None or not allowed.take():
                connection.ending = BROKE_RULES
                return
            try:
                await self._do(connection, said)
                connection.refused = ("", connection.refused[1])
            except Refused as error:
                connection.refused = (error.why, connection.refused[1] + 1)
            self.changed()

    async def _do(self, connection: Connection, said: Hello | Lead | Bet | Choose | Next) -> None:
        """Carry out one message."""
        seat = connection.seat
        if isinstance(said, Bet) and seat is not None:
            self.hour.bet(seat, said.on)
        elif isinstance(said, Choose) and seat is not None:
            self.hour.choose(seat, said.way, said.herd)
        elif isinstance(said, Next) and seat is None:
            await self._go_on(said)
        else:
            raise Refused("not_now")

    async def _go_on(self, said: Next) -> None:
        """Take the hour's next step, once however often it is asked for; a year is played beside the connections."""
        if said.step != self.hour.step:
            return
        play = self.hour.go_on()
        if play is not None:
            self.changed()
            with anyio.CancelScope(shield=True):  # a projector that leaves meanwhile does not leave the hour halfway
                try:
                    await anyio.to_thread.run_sync(play)
                finally:
                    self.hour.played()
                    self.changed()

    async def _tell(self, connection: Connection) -> None:
        """Send a connection what it shows, whenever that changed."""
        while True:
            await connection.news.wait()
            connection.news = anyio.Event()
            parts: dict[str, Any]
            if connection.seat is None:
                parts = {"now": self.hour.of_projector()}
                if self.hour.phase != PLAYING:
                    parts["race"] = self.hour.race()
            else:
                parts = {"now": self.hour.of_phone(connection.seat)}
            await connection.tell({**parts, "refused": connection.refused}, self.limits.patience)
            await anyio.sleep(PAUSE)

    def changed(self) -> None:
        """Let every connection look again at what it shows."""
        for connection in self._connections:
            connection.news.set()


async def _text(socket: WebSocket, most: int) -> str:
    """Return the next message; one that is too long or no text becomes an empty one, which is none."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text") or ""
    return text if len(text) <= most else ""


def _is_here(client: Any) -> bool:
    """Return whether a request comes from the machine that serves."""
    return client is not None and client.host == HERE


def doors(limits: Limits) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with so many connections to an address: further ones are cut off unread."""
    held: defaultdict[str, set[Any]] = defaultdict(set)

    class Doors(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            # A connection that becomes a WebSocket goes on under another protocol, so the transports are counted.
            theirs = {one for one in held.pop(address, ()) if not one.is_closing()}
            held[address] = theirs
            if address != HERE and len(theirs) >= limits.connections:
                transport.abort()
                return
            theirs.add(transport)

    return Doors


def app(server: ClassServer, hosts: Sequence[str], port: int) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    server : ClassServer
    hosts : sequence of str
        Addresses at which this machine answers.
    port : int
    """
    sockets = " ".join(f"ws://{host}:{port}" for host in hosts)
    return Guard(
        Starlette(
            routes=[
                Route("/", server.phone),
                Route("/projector", server.projector),
                Route("/web/{name}", server.file),
                WebSocketRoute("/class", server.take_part),
            ],
            # Another site whose name leads here would be sent with its own name (DNS rebinding).
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
        ),
        {**HEADERS, "Content-Security-Policy": POLICY.format(sockets=sockets)},
    )


def config(application: ASGIApp, limits: Limits) -> uvicorn.Config:
    """Return how uvicorn serves a class: short messages, few of them, and nothing in a log."""
    return uvicorn.Config(
        application,
        http=doors(limits),
        ws_max_size=limits.letters,
        ws_max_queue=4,
        ws_per_message_deflate=False,
        ws_ping_interval=15.0,
        ws_ping_timeout=15.0,
        h11_max_incomplete_event_size=8_192,
        access_log=False,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
