"""A small lesson page for tests: two levels a dial, few customers, three years, a street of four."""

import contextlib
import json
import os
import re
import time
from dataclasses import replace
from unittest import mock

from longgame.experiments.cli.main import main
from longgame.experiments.lesson import street, street_ends, town
from longgame.sim.scenario_files import set_values

#: Two bets, and customers enough that somebody comes back.
OWN = {"customers.count": "2000", "customers.rate": "0.5"}
MONTHS, SEEDS = 36, 6
SMALL = set_values(town.BASE, [f"{path}={value}" for path, value in OWN.items()]).but(months=MONTHS)

#: Longest wait for another worker's page. Unit: seconds.
PATIENCE = 600


#: Years of the street with a choice, all its years, and its towns.
CHOSEN, YEARS, TOWNS = 2, 4, 6


@contextlib.contextmanager
def small_street():
    """Make the street short while the block lasts."""
    short = {"CHOSEN": CHOSEN, "YEARS": YEARS}
    with mock.patch.multiple(street, **short), mock.patch.multiple(street_ends, **short, TOWNS=TOWNS):
        yield


@contextlib.contextmanager
def small_page():
    """Make the street and the grid of the sandbox small while the block lasts."""
    few = tuple(replace(dial, further=dial.further[-1:]) for dial in town.DIALS)
    with mock.patch.object(town, "DIALS", few), small_street():
        yield


def make(folder):
    """Make the page by the command; return its path."""
    out = folder / "lesson.html"
    own = [word for path, value in OWN.items() for word in ("--set", f"{path}={value}")]
    how = ["--months", str(MONTHS), "--seeds", str(SEEDS), "--workers", "1", "--store", str(folder / "runs.sqlite")]
    with small_page():
        code = main(["lesson", *own, *how, "--out", str(out)])
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


def data_of(factory):
    """Return the text of the page and the data in it."""
    text = shared(factory).read_text(encoding="utf-8")
    (numbers,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return text, json.loads(numbers)
