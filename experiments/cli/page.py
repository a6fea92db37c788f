"""``longgame page``: the live market."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence

from longgame.experiments.cli.options import add_scenario, chosen_scenario, cores

#: The page is for whoever sits at this machine.
HOST, PORT = "127.0.0.1", 8765

#: What a scenario is called on the page that is no named configuration.
YOURS = "yours"


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_scenario(command)
    command.add_argument(
        "--port", type=_port, default=PORT, metavar="N", help=f"port (default {PORT}; 0: any that is free)"
    )


def _port(text: str) -> int:
    """Convert a port."""
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise argparse.ArgumentTypeError(f"is {text!r}; it must be a whole number from 0 to 65535")


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Serve the page until Ctrl-C."""
    from longgame.sim.configurations import CONFIGURATIONS
    from longgame.sim.errors import InputError

    scenario = chosen_scenario(options)
    known = next((name for name, one in CONFIGURATIONS.items() if one == scenario), YOURS)
    try:
        import uvicorn

        from longgame.experiments.lesson import server
    except ModuleNotFoundError as error:
        raise InputError(
            f"page: {error.name} is not installed; install the extra: pip install 'longgame[page]'"
        ) from None
    from longgame.experiments.lesson.asked import read

    bases = {known: scenario, **{n: one for n, one in CONFIGURATIONS.items() if n != known}}
    read((), bases, known)  # a scenario that is too large for the page is refused before anything is served
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, options.port))
        except OSError as error:
            raise InputError(
                f"--port {options.port}: cannot be used ({error.strerror}); name another, or 0 for any"
            ) from None
        from longgame.sim.precompile import precompile

        print("page: compiling the market, if it is not yet …", file=sys.stderr)
        precompile()
        door.listen()
        print(f"http://{HOST}:{door.getsockname()[1]}/  (this machine only; Ctrl-C ends it)", flush=True)
        market = server.Server(bases, known, cores())
        at = uvicorn.Server(
            uvicorn.Config(server.app(market), log_level="warning", timeout_graceful_shutdown=3, lifespan="off")
        )
        market.closing = lambda: at.should_exit
        try:
            at.run(sockets=[door])
        except KeyboardInterrupt:
            raise KeyboardInterrupt("the page is no longer served") from None
    return 0
