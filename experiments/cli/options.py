"""Options that several commands share, and how they are read."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from longgame.experiments.words import many

MOST_SEEDS = 100_000
MOST_MONTHS = 12_000

#: Where commands that run experiments keep their runs.
STORE = "results/runs.sqlite"


def whole_number(name: str, most: int, why: str = "") -> Any:
    """Return a converter for whole numbers from 1 to `most`."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = 0
        if not 1 <= value <= most:
            raise argparse.ArgumentTypeError(f"is {text!r}; it must be a whole number of {name} from 1 to {most}{why}")
        return value

    return convert


def seed_number(text: str) -> int:
    """Convert a seed."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**64:
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be a whole number from 0 to 2^64 - 1")
    return value


def file_name(text: str) -> str:
    """Convert a file name."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be a name")
    return text


def cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def screen_width() -> int:
    """Return the width of the terminal, within reason."""
    import shutil

    return min(120, shutil.get_terminal_size((100, 24)).columns)


def add_store(command: argparse.ArgumentParser) -> None:
    """Add the results store that is read."""
    command.add_argument(
        "store",
        type=file_name,
        metavar="STORE",
        nargs="?",
        default="results",
        help="results store or the folder that holds it (default results/)",
    )


def add_workers(command: argparse.ArgumentParser) -> None:
    """Add the number of worker processes."""
    most = 4 * cores()
    command.add_argument(
        "--workers",
        type=whole_number("worker processes", most, ", four per core"),
        metavar="N",
        help="worker processes (default: one per core; 1 runs in this process)",
    )


def add_running(command: argparse.ArgumentParser) -> None:
    """Add the options of a command that runs a plan; `_running` carries them out."""
    add_workers(command)
    command.add_argument(
        "--dask",
        type=file_name,
        metavar="ADDRESS",
        help="run on the Dask cluster of this scheduler; local: on one started for it (extra `cluster`)",
    )
    command.add_argument(
        "--store",
        type=file_name,
        metavar="FILE",
        default=STORE,
        help=f"results store: runs it has are not made again (default {STORE})",
    )


@contextlib.contextmanager
def running(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Give what `longgame.experiments.runs.runner.run_plan` needs of the options of `add_running`."""
    from longgame.experiments.store.store import ResultStore

    workers = options.workers or cores()
    with contextlib.ExitStack() as stack:
        how: dict[str, Any] = {"workers": workers}
        if options.dask is not None:
            from longgame.experiments.runs.cluster import cluster

            how["executor"], how["workers"] = stack.enter_context(cluster(options.dask, workers))
        how["store"] = stack.enter_context(ResultStore(options.store))
        options.kept = options.store  # what Ctrl-C says is left, also while figures are drawn
        yield how


def tell_lost(lost: int, total: int, store: str) -> None:
    """Say on stderr how many runs could not be made because the executor broke down."""
    print(
        f"longgame: the executor broke down, {many(lost, 'run')} of {total:,} could not be made; "
        f"the others are kept in {store}, the same command again goes on there",
        file=sys.stderr,
    )


def tell_failures(outcome: Any, total: int, store: str) -> None:
    """Say on stderr which runs of an outcome could not be made, or failed, if any."""
    if outcome.lost:
        tell_lost(outcome.lost, total, store)
    elif outcome.failures:
        from longgame.experiments.runs.runner import failed

        print(f"longgame: {failed(outcome.failures, total)}", file=sys.stderr)


def add_scenario(command: argparse.ArgumentParser) -> None:
    """Add the options that choose a market."""
    command.add_argument(
        "--scenario",
        metavar="FILE_OR_NAME",
        default="default",
        help="scenario file or a configuration from `longgame list`",
    )
    command.add_argument(
        "--set",
        metavar="a.b=VALUE",
        dest="settings",
        action="append",
        default=[],
        help="change one number of the scenario; may be repeated",
    )
    command.add_argument("--months", type=whole_number("months", MOST_MONTHS), metavar="N", help="length of the run")


def chosen_scenario(options: argparse.Namespace) -> Any:
    """Return the scenario that the options choose."""
    from longgame.sim.scenario_files import load_scenario, set_values

    months = [] if options.months is None else [f"months={options.months}"]
    return set_values(load_scenario(options.scenario), [*options.settings, *months])


def results_path(command: str, options: argparse.Namespace, scenario: Any) -> Any:
    """Return where results go: as asked, else named after the command and what differs from the default."""
    from pathlib import Path

    if options.out is not None:
        return Path(options.out)
    return Path("results") / name_of_run(command, options, scenario)


def name_of_run(command: str, options: argparse.Namespace, scenario: Any) -> str:
    """Return the name of a command with what differs from the default scenario."""
    import re

    from longgame.sim.configurations import CONFIGURATIONS
    from longgame.sim.scenario_files import load_scenario

    parts = [command]
    if scenario.name != "default":
        parts.append(re.sub(r"[^\w.-]+", "-", scenario.name).strip("-.")[:60])
    chosen = load_scenario(options.scenario)
    known = CONFIGURATIONS.get(scenario.name, chosen)
    if scenario.key() not in (chosen.key(), known.key()) or chosen.key() != known.key():
        parts.append(scenario.key()[:6])
    return "-".join(filter(None, parts))
