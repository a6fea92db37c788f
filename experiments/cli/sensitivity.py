"""``longgame sensitivity``: which dials decide the verdict of a claim."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE, Stopped
from longgame.experiments.cli.options import (
    SEVERAL,
    Folder,
    Line,
    Market,
    Running,
    Seed,
    Seeds,
    held,
    reader,
    report,
    screen_width,
    whole,
)
from longgame.experiments.tables import text_table
from longgame.experiments.words import many

if TYPE_CHECKING:
    from pathlib import Path

    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.design.dials import Dial
    from longgame.experiments.studies.sensitivity import Verdicts
    from longgame.sim.scenario import Scenario


def _power_of_two(text: str) -> int:
    """Read a number of base samples."""
    value = int(text) if text.isdecimal() else 0
    if value < 8 or value > 2**20 or value & (value - 1):
        raise ValueError(f"is {text!r}; it must be a power of 2 from 8 to 2^20")
    return value


@Parameter(name="*")
@dataclass(frozen=True)
class Analysis:
    """Options of the analysis.

    Attributes
    ----------
    dials : tuple of str
        Dials to turn (default: those that the claim names for its flips).
    all : bool
        Turn every number of the scenario.
    trajectories : int
        Trajectories of the Morris screening, a point per dial and one each.
    top : int
        Dials that go on to Sobol indices.
    samples : int
        Base samples of the Sobol indices, a power of 2, a point per dial and two each.
    no_sobol : bool
        Stop after the screening.
    seed : int
        Seed of the samples.
    """

    dials: Annotated[tuple[str, ...], SEVERAL, Parameter(metavar="DIAL[=LOW:HIGH]")] = ()
    all: bool = False
    trajectories: Annotated[int, Parameter(converter=reader(whole("trajectories", 10_000)), metavar="N")] = 10
    top: Annotated[int, Parameter(converter=reader(whole("dials", 1000)), metavar="N")] = 4
    samples: Annotated[int, Parameter(converter=reader(_power_of_two), metavar="N")] = 32
    no_sobol: bool = False
    seed: Seed = 1


def sensitivity(
    experiment: str,
    /,
    *,
    analysis: Analysis = Analysis(),
    market: Market = Market(),
    seeds: Seeds = 6,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Turn the dials of a claim, and write tables and figures of what they do.

    Parameters
    ----------
    experiment : str
        A claim from `longgame list`, or a file of your own.
    seeds : int
        Runs of every market at a point.
    out : str, optional
        Where the results go (default results/sensitivity-EXPERIMENT).
    """
    from longgame.experiments import claims
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import sensitivity as study
    from longgame.sim.scenario_files import dump_scenario

    claim = claims.load(experiment)
    study.salib()
    chosen = market.load()
    scenario = chosen.scenario
    dials = _dials(analysis, claim, scenario)
    path = chosen.folder(f"sensitivity-{claim.name}", out)
    with results_folder(path) as draft, running.open(progress=False) as workers:
        name = chosen.name(f"sensitivity-{claim.name}")
        answer = partial(workers.tables, name=name)  # points whose runs fail have no value
        model = study.Verdicts(claim, scenario, tuple(range(seeds)), answer)
        try:
            with held("all of these together", "--dials: the scenario"):
                _announce(analysis, model, dials, workers.workers)
                found = _analyse(analysis, model, dials)
        except study.Unmeasurable as error:
            raise Stopped(f"{error}; finished runs are kept in {running.store}") from None
        for table, rows in found["tables"].items():
            rows.to_csv(draft / f"{table}.csv", index=False, float_format="%.8g")
        _figures(draft, claim.name, found)
        dump_scenario(scenario, draft / "scenario.toml")
        text = json.dumps(_about(analysis, seeds, line, scenario, dials, found), indent=2, ensure_ascii=False)
        (draft / "about.json").write_text(text + "\n", encoding="utf-8")
    _show(claim.name, found)
    names = ",".join(found["tables"])
    print(f"\nTables: {path}{os.sep}{{{names}}}.csv; figures: {path}{os.sep}figures{os.sep}")
    return DONE


def _dials(analysis: Analysis, claim: AnyClaim, scenario: Scenario) -> list[Dial]:
    """Return the dials that are turned."""
    from longgame.experiments.design.dials import check, every_dial, read
    from longgame.sim.errors import InputError

    if analysis.all and analysis.dials:
        raise InputError("--dials: does not go with --all; leave one of them out")
    if analysis.all:
        return every_dial(scenario)
    if analysis.dials:
        dials = [read(text, "--dials", scenario) for text in analysis.dials]
    else:
        dials = [check(dial, "--set", scenario) for dial in claim.dials]
    names = [name for dial in dials for name in (dial.name, dial.holding) if name]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--dials {name}: is turned twice; name each dial once")
    if len(dials) < 2:
        raise InputError(f"--dials: {many(len(dials), 'dial')} cannot be compared; give at least two")
    return dials


def _announce(analysis: Analysis, model: Verdicts, dials: Sequence[Dial], workers: int) -> None:
    """Report how many runs there will be, and about how long they take."""
    from longgame.experiments.runs.speed import minutes
    from longgame.experiments.runs.workers import work_of
    from longgame.experiments.studies import sensitivity as study

    plans = [model.plan(point) for point in study.tornado_points(model.scenario, dials)]
    work = sum(work_of(plan) for plan in plans) / len(plans)
    stages = dict(study.stages(len(dials), analysis.trajectories, analysis.top, analysis.samples))
    if analysis.no_sobol:
        stages.pop("Sobol")
    points = sum(stages.values())
    parts = " + ".join(f"{count:,} {name}" for name, count in stages.items())
    report(
        f"{model.claim.name}: {many(len(dials), 'dial')}, {points:,} points ({parts}) of about "
        f"{many(len(plans[0]), 'run')} = {points * len(plans[0]):,} runs, {minutes(points * work, workers)}; "
        "the same command goes on where it was stopped"
    )


def _analyse(analysis: Analysis, model: Verdicts, dials: Sequence[Dial]) -> dict[str, Any]:
    """Return the tables of all stages, and what else is shown."""
    from dataclasses import replace

    from longgame.experiments.studies import sensitivity as study

    def stage(name: str) -> Verdicts:
        return replace(model, tell=lambda done, total: report(f"{name}: {done:,} of {total:,} points"))

    effects = stage("tornado").effects(study.tornado_points(model.scenario, dials))
    tables = {"tornado": study.tornado(dials, effects)}
    tables["morris"] = study.morris(dials, stage("Morris"), analysis.trajectories, analysis.seed)
    found = {"tables": tables, "unit": effects[0].unit, "base": effects[0], "above": None}
    if not analysis.no_sobol:
        top = study.foremost(tables["morris"], dials, analysis.top)
        shared = study.sobol(top, stage("Sobol"), analysis.samples, analysis.seed)
        tables["sobol"], found["above"] = shared.table, shared.above
    return found


def _figures(draft: Path, claim: str, found: Mapping[str, Any]) -> None:
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
    analysis: Analysis, seeds: int, line: str, scenario: Scenario, dials: Sequence[Dial], found: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is needed to do it again."""
    from longgame.experiments.runs.provenance import commit, versions
    from longgame.sim.scenario import MODEL_VERSION

    return {
        "command": line,
        "seeds": seeds,
        "seed": analysis.seed,
        "dials": {str(dial): [dial.low, dial.high] for dial in dials},
        "key": scenario.key(),
        "part of the space in which the effect is for the claim": found["above"],
        "unit": found["unit"],
        "model": MODEL_VERSION,
        "commit": commit(),
        "versions": versions(),
    }


def _show(claim: str, found: Mapping[str, Any]) -> None:
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
