"""``longgame page``: the live market."""

from __future__ import annotations

import socket
from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Market, cores, reader, whole

#: The page is for whoever sits at this machine.
HOST, PORT = "127.0.0.1", 8765

#: What a scenario is called on the page that is no named configuration.
YOURS = "yours"


def page(
    *,
    market: Market = Market(),
    port: Annotated[int, Parameter(converter=reader(whole("ports", 65_535, least=0)), metavar="N")] = PORT,
) -> int:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    port : int
        Port; 0: any that is free.
    """
    from longgame.sim.configurations import CONFIGURATIONS
    from longgame.sim.errors import InputError

    scenario = market.load().scenario
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
            door.bind((HOST, port))
        except OSError as error:
            raise InputError(f"--port {port}: cannot be used ({error.strerror}); name another, or 0 for any") from None
        from longgame.sim.precompile import precompile

        precompile()
        door.listen()
        print(f"http://{HOST}:{door.getsockname()[1]}/  (this machine only; Ctrl-C ends it)", flush=True)
        serving = server.Server(bases, known, cores())
        at = uvicorn.Server(
            uvicorn.Config(server.app(serving), log_level="warning", timeout_graceful_shutdown=3, lifespan="off")
        )
        serving.closing = lambda: at.should_exit
        try:
            at.run(sockets=[door])
        except KeyboardInterrupt:
            raise KeyboardInterrupt("the page is no longer served") from None
    return DONE
