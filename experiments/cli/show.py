"""``longgame show`` prints the card of a strategy; ``longgame cards`` measures what is on them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

from longgame.experiments.cli.options import (
    MOST_SEEDS,
    add_running,
    chosen_scenario,
    file_name,
    running,
    screen_width,
    whole_number,
)
from longgame.experiments.words import many


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of ``show``."""
    command.add_argument(
        "strategy",
        metavar="NAME",
        help="a strategy from `longgame list` or of the scenario, or a file of your own (.toml or .py)",
    )
    command.add_argument(
        "--scenario", metavar="FILE_OR_NAME", default="default", help="scenario file with more strategies"
    )


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Print a card."""
    from longgame.experiments.design.entrants import declared
    from longgame.experiments.studies import cards, cards_page
    from longgame.sim.library import STRATEGIES
    from longgame.sim.scenario_files import load_scenario

    names, scenario = declared([options.strategy], "show", load_scenario(options.scenario))
    shown = [
        cards_page.card(scenario.strategy(name), cards.load() if name in STRATEGIES else None, screen_width())
        for name in names
    ]
    print("\n\n".join(shown))
    return 0


def add_measuring(command: argparse.ArgumentParser) -> None:
    """Add the options of ``cards``."""
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=16,
        help="runs of every market of the tournament (default 16)",
    )
    command.add_argument(
        "--trait-seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=8,
        help="runs of every market in which traits are measured (default 8)",
    )
    command.add_argument(
        "--set",
        metavar="a.b=VALUE",
        dest="settings",
        action="append",
        default=[],
        help="change one number of the default scenario; may be repeated",
    )
    command.add_argument("--months", type=whole_number("months", 12_000), metavar="N", help="length of the runs")
    add_running(command)
    command.add_argument(
        "--out",
        type=file_name,
        metavar="FILE",
        default="results/cards.json",
        help="where what was measured goes (default results/cards.json; the cards are made from "
        "experiments/studies/cards.json)",
    )


def measure(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Measure the traits of the library and its tournament, and write them down."""
    from pathlib import Path

    from longgame.experiments.runs.provenance import commit
    from longgame.experiments.runs.workers import Failed, Lost, Workers
    from longgame.experiments.studies import cards
    from longgame.experiments.studies import cards_measured as measuring
    from longgame.sim.files import write_atomically
    from longgame.sim.scenario import MODEL_VERSION

    options.scenario = "default"
    scenario = chosen_scenario(options)
    about: dict[str, Any] = {
        "command": " ".join(["longgame", *arguments]),
        "model": MODEL_VERSION,
        "seeds": {"traits": options.trait_seeds, "tournament": options.seeds},
        "key": scenario.key(),
        "commit": commit(),
    }
    Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    with running(options) as how, Workers(**how) as workers:
        plans = measuring.plans(scenario, options.seeds, options.trait_seeds)
        _tell(f"cards: {many(sum(len(plan) for plan in plans), 'run')}; the same command goes on where it was")
        try:
            answer = partial(workers.tables, name="cards", whole=True)
            measured = measuring.measured(scenario, plans, answer, about)
        except (Lost, Failed) as error:
            _tell(f"longgame: {error}; finished runs are kept in {options.store}")
            return 1
    with write_atomically(options.out) as stream:
        stream.write(cards.dump(measured))
    print(f"Measured {many(len(cards.library()), 'strategy', 'strategies')}: {options.out}")
    return 0


def _tell(text: str) -> None:
    import sys

    print(text, file=sys.stderr, flush=True)
