"""A small lesson page for tests: eight settings, few customers, three years, and a street of four years."""

import contextlib
import os
import time
from contextlib import ExitStack
from unittest import mock

from longgame.experiments.cli.main import main
from longgame.experiments.lesson import street, street_ends
from longgame.sim import Scenario

#: Two levels a dial, since the market's own value is one of the ends.
OWN = {"trust.forgetting": 0.5, "word_of_mouth.gossip": 0.6, "customers.rate": 0.5, "customers.count": 240}
MONTHS, SEEDS = 36, 6
SMALL = Scenario(months=MONTHS).but(OWN)

#: Longest wait for another worker's page. Unit: seconds.
PATIENCE = 600


#: Years of the street with a choice, and all of its years.
CHOSEN, YEARS = 2, 4


@contextlib.contextmanager
def small_street():
    """Make the street short while the block lasts."""
    with ExitStack() as stack:
        for module in (street, street_ends):
            stack.enter_context(mock.patch.multiple(module, CHOSEN=CHOSEN, YEARS=YEARS))
        yield


def make(folder):
    """Make the page by the command; return its path."""
    out = folder / "lesson.html"
    own = [word for path, value in OWN.items() for word in ("--set", f"{path}={value}")]
    with small_street():
        code = main(
            [
                "lesson",
                *own,
                "--months",
                str(MONTHS),
                "--seeds",
                str(SEEDS),
                "--workers",
                "1",
                "--store",
                str(folder / "runs.sqlite"),
                "--out",
                str(out),
            ]
        )
    assert code == 0
    return out


def shared(factory):
    """Return the page, made by the first worker that asks; others wait for it."""
    base = factory.getbasetemp()
    folder = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    try:
        (folder / "lesson.begun").touch(exist_ok=False)
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not (folder / "lesson.html").exists():
            assert time.monotonic() < until, "the worker that makes the page did not"
            time.sleep(0.5)
        return folder / "lesson.html"
    return make(folder)
