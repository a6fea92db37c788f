"""``longgame sensitivity``: which dials decide the verdict of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from longgame.experiments.cli.carry import carry_out
from longgame.experiments.cli.codes import Stopped
from longgame.experiments.cli.options import (
    SEVERAL,
    EnsembleName,
    Folder,
    Line,
    Market,
    Running,
    Seed,
    Seeds,
    cores,
    reader,
    report,
    whole,
)
from longgame.experiments.words import many

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.design.dials import Dial
    from longgame.experiments.design.plan import Plan
    from longgame.sim.scenario import Scenario


#: Runs of every market at a point.
SEEDS = 6


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
    seeds: Seeds | None = None,
    markets: EnsembleName | None = None,
    quick: bool = False,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Turn the dials of a claim, and write tables and figures of what they do.

    Parameters
    ----------
    experiment : str
        A claim from `longgame list`, or a file of your own.
    seeds : int, optional
        Runs of every market at a point (default 6; with --markets 3, with --quick 2).
    markets : str, optional
        Compare the markets of an ensemble instead of turning dials: a stored ensemble, or a file.
    quick : bool
        With --markets: 30 of them.
    out : str, optional
        Where the results go (default results/sensitivity-EXPERIMENT).
    """
    from longgame.experiments import claims
    from longgame.experiments.studies import sensitivity as study
    from longgame.experiments.studies.values import Sensitivity
    from longgame.sim.errors import InputError

    claim = claims.load(experiment)
    if markets is not None:
        from longgame.experiments.cli.over_markets import Asked, sensitivity_over

        if analysis != Analysis():
            raise InputError("--markets: does not go with --dials and other options of turning; leave one of them out")
        return sensitivity_over(claim, Asked(markets, market, seeds, quick, running, out, line))
    if quick:
        raise InputError("--quick: goes with --markets; use --samples and --trajectories instead")
    seeds = seeds or SEEDS
    study.salib()
    chosen = market.load()
    dials = _dials(analysis, claim, chosen.scenario)

    def announce(_: str, plan: Plan, scenario: Scenario) -> None:
        report(_planned(analysis, claim, dials, scenario, seeds, running.workers or cores()))

    name = chosen.name(f"sensitivity-{claim.name}")
    top = 0 if analysis.no_sobol else analysis.top
    asked = Sensitivity(claim, dials, analysis.trajectories, top, analysis.samples, analysis.seed, report)
    try:
        return carry_out(
            asked,
            chosen,
            seeds,
            name=name,
            running=running,
            out=out,
            line=line,
            whole=False,  # points whose runs fail have no value
            progress=False,
            before=announce,
        )
    except study.Unmeasurable as error:
        raise Stopped(f"{error}; finished runs are kept in {running.store}") from None


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


def _planned(
    analysis: Analysis, claim: AnyClaim, dials: Sequence[Dial], scenario: Scenario, seeds: int, workers: int
) -> str:
    """Return how many runs there will be, and about how long they take."""
    from longgame.experiments.runs.speed import minutes
    from longgame.experiments.runs.workers import work_of
    from longgame.experiments.studies import sensitivity as study

    model = study.Verdicts(claim, scenario, tuple(range(seeds)), lambda plan: {})
    plans = [model.plan(point) for point in study.tornado_points(scenario, dials)]
    work = sum(work_of(plan) for plan in plans) / len(plans)
    stages = dict(study.stages(len(dials), analysis.trajectories, analysis.top, analysis.samples))
    if analysis.no_sobol:
        stages.pop("Sobol")
    points = sum(stages.values())
    parts = " + ".join(f"{count:,} {name}" for name, count in stages.items())
    return (
        f"{claim.name}: {many(len(dials), 'dial')}, {points:,} points ({parts}) of about "
        f"{many(len(plans[0]), 'run')} = {points * len(plans[0]):,} runs, {minutes(points * work, workers)}; "
        "the same command goes on where it was stopped"
    )
