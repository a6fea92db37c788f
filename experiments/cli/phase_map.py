"""``longgame frontier``: phase diagrams."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Any

from longgame.experiments.cli.options import (
    MOST_SEEDS,
    add_running,
    add_scenario,
    chosen_scenario,
    file_name,
    name_of_run,
    results_path,
    running,
    screen_width,
    whole_number,
)
from longgame.experiments.words import many

SEEDS = 12


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    for axis in ("x", "y"):
        command.add_argument(
            f"--{axis}",
            metavar="DIAL[=LOW:HIGH]",
            help=f"dial of the scenario along {axis}, months or repurchase; without --x and --y two maps are "
            "made: memory x word of mouth, and repurchase x horizon",
        )
    command.add_argument(
        "--ours",
        metavar="STRATEGY",
        default="collaborative",
        help="name, or a file of your own with one strategy (default collaborative)",
    )
    command.add_argument("--theirs", metavar="STRATEGY", default="adversarial", help="as --ours (default adversarial)")
    command.add_argument(
        "--organisation",
        choices=["singleton", "herd", "both"],
        default="both",
        help="how both sides work; both (the default): four arms in one market, a map for each",
    )
    command.add_argument(
        "--market",
        choices=["shared", "separate"],
        default="shared",
        help="whether both compete for the same customers (default shared)",
    )
    add_scenario(command)
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=SEEDS,
        help=f"runs of every point (default {SEEDS}; from 6 on anything can be clear)",
    )
    command.add_argument(
        "--coarse",
        type=whole_number("points", 33),
        metavar="N",
        default=5,
        help="points along each dial to begin with (default 5)",
    )
    command.add_argument(
        "--depth",
        type=int,
        choices=range(6),
        metavar="N",
        default=2,
        help="how often a cell may be split in four, 0 to 5 (default 2)",
    )
    command.add_argument(
        "--points",
        type=whole_number("points", 100_000),
        metavar="N",
        default=80,
        help="points of a map at most, beyond the coarse grid (default 80)",
    )
    add_running(command)
    command.add_argument("--out", type=file_name, metavar="DIR", help="where the results go (default results/frontier)")


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Trace the maps, print who is ahead where, and write points, runs and figures."""
    import json

    from pydantic import ValidationError

    from longgame.experiments.design.entrants import declared
    from longgame.experiments.figures.style import save
    from longgame.experiments.reports import run as report
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.workers import Failed, Lost, Workers
    from longgame.experiments.studies import phase_map as frontier
    from longgame.experiments.studies import phase_map_figure as frontier_figure
    from longgame.sim.errors import InputError, refusals
    from longgame.sim.scenario_files import dump_scenario

    (ours,), scenario = declared([options.ours], "--ours", chosen_scenario(options), most=1)
    (theirs,), scenario = declared([options.theirs], "--theirs", scenario, most=1)
    charts = _charts(options, scenario, ours, theirs)
    seeds = tuple(range(options.seeds))
    out = results_path("frontier", options, scenario)
    sentences, about = [], {}
    with results_folder(out) as draft, running(options) as how, Workers(**how) as workers:
        for name, chart in charts.items():
            try:
                most = frontier.most_runs(chart, scenario, len(seeds))
                print(
                    f"{name}: {chart.x} x {chart.y}, at most {many(most, 'run')}; the same command goes on "
                    "where it was stopped",
                    file=sys.stderr,
                    flush=True,
                )
                answer = partial(workers.tables, name=name_of_run(f"frontier-{name}", options, scenario), whole=True)
                traced = frontier.trace(chart, scenario, seeds, answer, partial(_tell, name))
            except ValidationError as error:
                raise InputError(f"--scenario: cannot hold the arms of the map: {refusals(error)}") from None
            except (Lost, Failed) as error:
                print(f"longgame: {name}: {error}; finished runs are kept in {options.store}", file=sys.stderr)
                return 1
            frontier.points_table(traced).to_csv(draft / f"{name}.csv", index=False, float_format="%.10g")
            (draft / "tables").mkdir(exist_ok=True)
            traced.table.to_csv(draft / "tables" / f"{name}-runs.csv", index=False)
            about[name] = report.about(["longgame", *arguments], traced.plan, workers.outcome)
            for i, (arm, _) in enumerate(chart.pairs):
                figure = partial(frontier_figure.draw, traced=traced, pair=i, months=scenario.months)
                save(figure, draft / "figures" / f"{name}-{arm.organisation}")
                sentences.append(f"{name}: {frontier_figure.finding(traced, i, scenario.months)}.")
        dump_scenario(scenario, draft / "scenario.toml")
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        (draft / "about.json").write_text(text, encoding="utf-8")
    for sentence in sentences:
        print(textwrap.fill(sentence, screen_width(), subsequent_indent="  "))
    names = f"{{{','.join(charts)}}}.csv" if len(charts) > 1 else f"{next(iter(charts))}.csv"
    print(f"Points with n and intervals: {out}{os.sep}{names}; figures: {out}{os.sep}figures{os.sep}")
    return 0


def _tell(name: str, text: str) -> None:
    print(f"{name}: {text}", file=sys.stderr, flush=True)


def _charts(options: argparse.Namespace, scenario: Any, ours: str, theirs: str) -> dict[str, Any]:
    """Return the maps that are asked for, by name, of these two strategies."""
    from longgame.experiments.design import dials
    from longgame.experiments.design.arms import ORGANISATIONS, Arm
    from longgame.experiments.studies.phase_map import MAPS, Chart
    from longgame.sim.errors import InputError

    if options.coarse < 2:
        raise InputError("--coarse 1: is no grid; it must be at least 2")
    if (options.x is None) != (options.y is None):
        raise InputError("--x, --y: go together; give both, or neither for the two maps of the claim")
    kinds = ORGANISATIONS if options.organisation == "both" else (options.organisation,)
    if ours == theirs:
        raise InputError(f"--theirs {theirs}: is the same as --ours; compare two strategies")
    pairs = tuple((Arm(ours, kind), Arm(theirs, kind)) for kind in kinds)
    make = partial(
        Chart, pairs=pairs, market=options.market, coarse=options.coarse, depth=options.depth, points=options.points
    )
    if options.x is None:
        return {name: make(*(dials.check(dial, "--set", scenario) for dial in pair)) for name, pair in MAPS.items()}
    x, y = (dials.read(getattr(options, axis), f"--{axis}", scenario) for axis in ("x", "y"))
    if x.name == y.name:
        raise InputError(f"--y {options.y}: is the same dial as --x; a map needs two")
    if {x.holding, y.holding} & {x.name, y.name}:
        raise InputError("--x, --y: one of them is what the other holds; choose another dial")
    return {"-".join(dial.name.rpartition(".")[2].replace("_", "-") for dial in (x, y)): make(x, y)}
