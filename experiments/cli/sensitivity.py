"""``longgame sensitivity``: which dials decide the verdict of a claim."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
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
    seed_number,
    whole_number,
)
from longgame.experiments.tables import text_table
from longgame.experiments.words import many


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument("experiment", metavar="EXPERIMENT", help="a name from `longgame list`")
    which = command.add_mutually_exclusive_group()
    which.add_argument(
        "--dials",
        nargs="+",
        metavar="DIAL[=LOW:HIGH]",
        help="dials to turn (default: those that the claim names for its flips)",
    )
    which.add_argument("--all", action="store_true", help="turn every number of the scenario")
    add_scenario(command)
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=6,
        help="runs of every market at a point (default 6)",
    )
    command.add_argument(
        "--trajectories",
        type=whole_number("trajectories", 10_000),
        metavar="N",
        default=10,
        help="trajectories of the Morris screening, a point per dial and one each (default 10)",
    )
    command.add_argument(
        "--top",
        type=whole_number("dials", 1000),
        metavar="N",
        default=4,
        help="dials that go on to Sobol indices (default 4)",
    )
    command.add_argument(
        "--samples",
        type=_power_of_two,
        metavar="N",
        default=32,
        help="base samples of the Sobol indices, a power of 2, a point per dial and two each (default 32)",
    )
    command.add_argument("--no-sobol", action="store_true", help="stop after the screening")
    command.add_argument("--seed", type=seed_number, metavar="N", default=1, help="seed of the samples (default 1)")
    add_running(command)
    command.add_argument(
        "--out", type=file_name, metavar="DIR", help="where the results go (default results/sensitivity-EXPERIMENT)"
    )


def _power_of_two(text: str) -> int:
    """Convert a number of base samples."""
    value = int(text) if text.isdecimal() else 0
    if value < 8 or value > 2**20 or value & (value - 1):
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be a power of 2 from 8 to 2^20")
    return value


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Turn the dials of a claim, and write tables and figures of what they do."""
    import json

    from pydantic import ValidationError

    from longgame.experiments import claims
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.workers import AllFailed, Lost, Workers
    from longgame.experiments.studies import sensitivity
    from longgame.sim.errors import InputError, refusals
    from longgame.sim.scenario_files import dump_scenario

    claim = claims.load(options.experiment)
    options.experiment = claim.name
    sensitivity.salib()
    scenario = chosen_scenario(options)
    dials = _dials(options, claim, scenario)
    out = results_path(f"sensitivity-{options.experiment}", options, scenario)
    with results_folder(out) as draft, running(options) as how, Workers(**how) as workers:
        name = name_of_run(f"sensitivity-{options.experiment}", options, scenario)
        answer = partial(workers.tables, name=name)  # points whose runs fail have no value
        model = sensitivity.Verdicts(claim, scenario, tuple(range(options.seeds)), answer)
        try:
            _announce(options, model, dials, how["workers"])
            found = _analyse(options, model, dials)
        except ValidationError as error:
            raise InputError(f"--dials: the scenario cannot have all of these together: {refusals(error)}") from None
        except (Lost, sensitivity.Unmeasurable, AllFailed) as error:
            print(f"longgame: {error}; finished runs are kept in {options.store}", file=sys.stderr)
            return 1
        for table, rows in found["tables"].items():
            rows.to_csv(draft / f"{table}.csv", index=False, float_format="%.8g")
        _figures(draft, options.experiment, found)
        dump_scenario(scenario, draft / "scenario.toml")
        text = json.dumps(_about(options, arguments, scenario, dials, found), indent=2, ensure_ascii=False)
        (draft / "about.json").write_text(text + "\n", encoding="utf-8")
    _say(options.experiment, found, dials)
    names = ",".join(found["tables"])
    print(f"\nTables: {out}{os.sep}{{{names}}}.csv; figures: {out}{os.sep}figures{os.sep}")
    return 0


def _dials(options: argparse.Namespace, claim: Any, scenario: Any) -> list[Any]:
    """Return the dials that are turned."""
    from longgame.experiments.design import dials
    from longgame.experiments.design.dials import check, every_dial, read
    from longgame.sim.errors import InputError

    if options.all:
        return every_dial(scenario)
    if options.dials:
        dials = [read(text, "--dials", scenario) for text in options.dials]
    else:
        dials = [check(dial, "--set", scenario) for dial in claim.dials]
    names = [name for dial in dials for name in (dial.name, dial.holding) if name]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--dials {name}: is turned twice; name each dial once")
    if len(dials) < 2:
        raise InputError(f"--dials: {many(len(dials), 'dial')} cannot be compared; give at least two")
    return dials


def _announce(options: argparse.Namespace, model: Any, dials: Sequence[Any], workers: int) -> None:
    """Say how many runs there will be, and about how long they take."""
    from longgame.experiments.runs.speed import minutes
    from longgame.experiments.runs.workers import work_of
    from longgame.experiments.studies import sensitivity

    plans = [model.plan(point) for point in sensitivity.tornado_points(model.scenario, dials)]
    work = sum(work_of(plan) for plan in plans) / len(plans)
    stages = dict(sensitivity.stages(len(dials), options.trajectories, options.top, options.samples))
    if options.no_sobol:
        stages.pop("Sobol")
    points = sum(stages.values())
    parts = " + ".join(f"{count:,} {name}" for name, count in stages.items())
    print(
        f"{options.experiment}: {many(len(dials), 'dial')}, {points:,} points ({parts}) of about "
        f"{many(len(plans[0]), 'run')} = {points * len(plans[0]):,} runs, {minutes(points * work, workers)}; "
        "the same command goes on where it was stopped",
        file=sys.stderr,
        flush=True,
    )


def _analyse(options: argparse.Namespace, model: Any, dials: Sequence[Any]) -> dict[str, Any]:
    """Return the tables of all stages, and what else is told."""
    from dataclasses import replace

    from longgame.experiments.studies import sensitivity

    def stage(name: str) -> Any:
        return replace(
            model, tell=lambda done, total: print(f"{name}: {done:,} of {total:,} points", file=sys.stderr, flush=True)
        )

    effects = stage("tornado").effects(sensitivity.tornado_points(model.scenario, dials))
    tables = {"tornado": sensitivity.tornado(dials, effects)}
    tables["morris"] = sensitivity.morris(dials, stage("Morris"), options.trajectories, options.seed)
    found = {"tables": tables, "unit": effects[0].unit, "base": effects[0], "above": None}
    if not options.no_sobol:
        top = sensitivity.foremost(tables["morris"], dials, options.top)
        shared = sensitivity.sobol(top, stage("Sobol"), options.samples, options.seed)
        tables["sobol"], found["above"] = shared.table, shared.above
    return found


def _figures(draft: Any, claim: str, found: Mapping[str, Any]) -> None:
    """Draw the figures of all stages."""
    from longgame.experiments.figures.style import save
    from longgame.experiments.studies import sensitivity_figure as figures

    tables = found["tables"]
    draw = {
        "tornado": partial(figures.tornado, table=tables["tornado"], claim=claim, unit=found["unit"]),
        "morris": partial(figures.morris, table=tables["morris"], claim=claim, unit=found["unit"]),
    }
    if "sobol" in tables:
        draw["sobol"] = partial(figures.sobol, table=tables["sobol"], claim=claim, above=found["above"])
    for name, fill in draw.items():
        save(fill, draft / "figures" / name)


def _about(
    options: argparse.Namespace, arguments: Sequence[str], scenario: Any, dials: Sequence[Any], found: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is needed to do it again."""
    from longgame.experiments.runs.provenance import commit, versions
    from longgame.sim.scenario import MODEL_VERSION

    return {
        "command": " ".join(["longgame", *arguments]),
        "seeds": options.seeds,
        "seed": options.seed,
        "dials": {str(dial): [dial.low, dial.high] for dial in dials},
        "key": scenario.key(),
        "part of the space in which the effect is for the claim": found["above"],
        "unit": found["unit"],
        "model": MODEL_VERSION,
        "commit": commit(),
        "versions": versions(),
    }


def _say(claim: str, found: Mapping[str, Any], dials: Sequence[Any]) -> None:
    """Print what came out, a row per dial."""
    from longgame.experiments.words import number

    tables = found["tables"]
    tornado, morris = (tables[name].set_index("dial") for name in ("tornado", "morris"))
    sobol = tables["sobol"].set_index("dial") if "sobol" in tables else None
    heads = ["dial", "from", "to", "effect there", "mu* (interval)", "first order", "total (interval)"]
    rows = [heads]
    for dial in morris.index:
        alone, anywhere = tornado.loc[dial], morris.loc[dial]
        cells = ["", ""]
        if sobol is not None and dial in sobol.index:
            s = sobol.loc[dial]
            cells = [f"{s['first']:.2f}", f"{s['total']:.2f} ({s['total_low']:.2f} to {s['total_high']:.2f})"]
        rows.append(
            [
                dial,
                number(alone["low_end"]),
                number(alone["high_end"]),
                _to(alone["low_effect"], alone["high_effect"]) + " *" * bool(alone["flips"]),
                f"{number(anywhere['mu_star'])} ({_to(anywhere['low'], anywhere['high'])})",
                *cells,
            ]
        )
    print(text_table(rows))
    above = (
        ""
        if found["above"] is None
        else (
            f" Over the ranges of the dials with Sobol indices it speaks for the claim in {found['above']:.0%} "
            "of markets."
        )
    )
    text = (
        f"Effect for claim {claim} (mean of its deciding effects, {found['unit']}): "
        f"{number(found['base'].value)} at the scenario's own values.{above} * = the dial alone turns the "
        "mean effect round, clearly. mu*: mean size of elementary effects; Sobol: share of the variance."
    )
    print(f"\n{textwrap.fill(text, screen_width())}")


def _to(low: float, high: float) -> str:
    """Write two numbers."""
    from longgame.experiments.words import number

    return f"{number(low)} to {number(high)}"
