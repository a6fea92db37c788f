"""``longgame lesson``: the lesson page."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any

from longgame.experiments.cli.options import add_running, add_scenario, chosen_scenario, file_name, running
from longgame.experiments.words import many

#: Where the page goes unless asked otherwise.
OUT = "results/lesson.html"


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_scenario(command)
    command.add_argument("--seeds", type=_seeds, metavar="N", help="runs of every market (default 8)")
    add_running(command)
    command.add_argument("--out", type=file_name, metavar="FILE", default=OUT, help=f"the page (default {OUT})")


def _seeds(text: str) -> int:
    """Convert the number of seeds."""
    from longgame.experiments.lesson.grid import LEAST_SEEDS, MOST_SEEDS

    if text.isdecimal() and LEAST_SEEDS <= int(text) <= MOST_SEEDS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"is {text!r}; it must be a whole number of seeds from {LEAST_SEEDS} to {MOST_SEEDS}"
    )


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run every market of the page that is not in the store yet, and write the page."""
    from pathlib import Path

    from pydantic import ValidationError

    from longgame.experiments.lesson import grid
    from longgame.sim.errors import InputError, refusals
    from longgame.sim.files import write_atomically

    started = time.perf_counter()
    scenario, seeds = chosen_scenario(options), options.seeds or grid.SEEDS
    try:
        plan = grid.plan(scenario, seeds)
    except ValidationError as error:
        raise InputError(f"--scenario: cannot hold the markets of the lesson: {refusals(error)}") from None
    out = Path(options.out)
    if options.out == OUT:
        out.parent.mkdir(parents=True, exist_ok=True)
    with write_atomically(out) as stream:  # before the long run: a wrong --out is told at once
        from longgame.experiments.lesson import build, page
        from longgame.experiments.runs.runner import run_plan

        print(
            f"lesson: {many(len(plan.markets), 'market')} x {many(seeds, 'seed')} = {many(len(plan), 'run')}",
            file=sys.stderr,
        )
        with running(options) as how:
            outcome = run_plan(plan, name="lesson", **how)
        _no_failures(outcome, len(plan))
        text = page.page(build.data(scenario, outcome.tables, seeds))
        stream.write(text)
    size = len(text.encode()) / 1e6
    print(f"{out}: {size:.1f} MB, in {time.perf_counter() - started:.0f} s. Open it in a browser; it needs no network.")
    return 0


def _no_failures(outcome: Any, total: int) -> None:
    """Refuse to make a page of which part is missing."""
    from longgame.experiments.runs.runner import failed
    from longgame.sim.errors import InputError

    if outcome.failures:
        raise InputError(f"{failed(outcome.failures, total)}. Finished runs are kept: the same command goes on there")
