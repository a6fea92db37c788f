"""``longgame lesson``: the lesson page."""

from __future__ import annotations

import time
from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Market, Running, held, reader, report, whole
from longgame.experiments.words import many

#: Where the page goes unless asked otherwise.
OUT = "results/lesson.html"


def _seeds(text: str) -> int:
    """Read the number of seeds."""
    from longgame.experiments.lesson.town import LEAST_SEEDS, MOST_SEEDS

    return whole("seeds", MOST_SEEDS, least=LEAST_SEEDS)(text)


def lesson(
    *,
    market: Market = Market(),
    seeds: Annotated[int | None, Parameter(converter=reader(_seeds), metavar="N")] = None,
    running: Running = Running(),
    out: FileName = OUT,
) -> int:
    """Run every market of the page that is not in the store yet, and write the page.

    Parameters
    ----------
    seeds : int, optional
        Runs of every market (default 12).
    out : str
        The page.
    """
    from pathlib import Path

    from longgame.experiments.lesson import sandbox, town
    from longgame.sim.files import write_atomically

    started = time.perf_counter()
    base, count = market.load().scenario, seeds or town.SEEDS
    with held("the markets of the lesson"):
        towns = len(sandbox.markets(base))
    path = Path(out)
    if out == OUT:
        path.parent.mkdir(parents=True, exist_ok=True)
    with write_atomically(path) as stream:  # before the long run: a wrong --out is told at once
        from longgame.experiments.lesson import build, page

        report(f"lesson: {many(towns, 'town')} x {many(count, 'seed')} = {many(towns * count, 'run')}, and a few more")
        with running.open() as workers:
            text = page.page(build.data(base, count, lambda plan: workers.tables(plan, "lesson", whole=True)))
        stream.write(text)
    size, seconds = len(text.encode()) / 1e6, time.perf_counter() - started
    print(f"{path}: {size:.1f} MB, in {seconds:.0f} s. Open it in a browser; it needs no network.")
    return DONE
