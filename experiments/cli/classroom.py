"""``longgame class``: the class mode of the lesson."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from contextlib import ExitStack
from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Market, Seed, held, reader, whole
from longgame.experiments.cli.page import HOST

#: Port of the class unless another is named.
PORT = 8766

#: Words of ``--on`` that are no addresses.
MACHINE, NETWORK = "machine", "network"

#: An address to which no packet goes (RFC 5737, kept for documentation): a look at the way to it tells our own.
FAR_AWAY = ("192.0.2.1", 9)


def classroom(
    *,
    market: Market = Market(),
    on: Annotated[str, Parameter(name="--on", metavar="WHERE")] = MACHINE,
    port: Annotated[int, Parameter(converter=reader(whole("ports", 65_535, least=0)), metavar="N")] = PORT,
    seed: Seed = 0,
    phones: Annotated[int, Parameter(converter=reader(whole("phones", 200)), metavar="N")] = 100,
    per_address: Annotated[int, Parameter(converter=reader(whole("phones", 200)), metavar="N")] = 8,
) -> int:
    """Serve the class mode until Ctrl-C: phones bet, then each sells in one market.

    Parameters
    ----------
    on : str
        Who can reach it: machine (this one alone), network (the local network), or an address of this machine.
    port : int
        Port; 0: any that is free.
    seed : int
        Luck of the first game.
    phones : int
        Most phones.
    per_address : int
        Most phones that come from one network address; this machine may have all.
    """
    from longgame.sim.errors import InputError, extra

    with extra("class", "page"):
        import segno  # noqa: F401
        import uvicorn
        import websockets  # noqa: F401

        from longgame.experiments.lesson.classroom import hour, server
        from longgame.experiments.lesson.classroom.limits import Limits
        from longgame.experiments.lesson.classroom.market import ClassMarket, market_of
    base = market.load().scenario
    with held("a class of so many phones"):
        market_of(base, phones)
    where = address_of(on)
    with ExitStack() as doors:
        try:
            mine = doors.enter_context(_door(HOST, port))
            port = mine.getsockname()[1]
            theirs = [] if where == HOST else [doors.enter_context(_door(where, port))]
        except OSError as error:
            raise InputError(
                f"--on {on}, --port {port}: cannot be used ({error.strerror}); name others, port 0 for any that is free"
            ) from None
        # Everything is compiled before phones come.
        ClassMarket(base.but(months=12), 2, 0).play_year([hour.Choice(), hour.Choice(herd=0)])
        limits = Limits(seats=phones, at_one_address=per_address, connections=max(4 * per_address, 16))
        address, key = f"http://{where}:{port}/", secrets.token_urlsafe(12)
        serving = server.ClassServer(hour.Hour(base, seed, hour.new_code(), limits), key, address)
        reach = "this machine only" if where == HOST else "everybody in the local network"
        print(f"projector: http://{HOST}:{port}/projector#{key}  (open it on this machine; keep it from the class)")
        print(f"phones:    {address}  ({reach}; code {serving.hour.code}; Ctrl-C ends it)", flush=True)
        application = server.app(serving, list(dict.fromkeys([HOST, where, "localhost"])), port)
        try:
            uvicorn.Server(server.config(application, limits)).run(sockets=[mine, *theirs])
        except KeyboardInterrupt:
            raise KeyboardInterrupt("the class is over; nothing was stored") from None
    return DONE


def address_of(on: str) -> str:
    """Return the address that phones use.

    Raises
    ------
    InputError
        If there is no local network, or the address is none of one machine.
    """
    from longgame.sim.errors import InputError

    if on == MACHINE:
        return HOST
    if on == NETWORK:
        return _own_address()
    try:
        address = ipaddress.IPv4Address(on)
    except ValueError:
        raise InputError(f"--on: is {on!r}; write {MACHINE}, {NETWORK}, or an address such as 192.168.1.5") from None
    if not (address.is_private or address.is_link_local) or address.is_unspecified:
        raise InputError(f"--on: {on} is no address of a local network; name one such as 192.168.1.5")
    return on


def _own_address() -> str:
    """Return the address of this machine in its local network; nothing is sent to find it."""
    from longgame.sim.errors import InputError

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(FAR_AWAY)
            found = probe.getsockname()[0]
        except OSError:
            found = HOST
    if found == HOST:
        raise InputError(f"--on {NETWORK}: no local network was found; join one, or name an address of this machine")
    return address_of(found)


def _door(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen()
    except OSError:
        door.close()
        raise
    return door
