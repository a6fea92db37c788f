"""``longgame phase-map``: a map of who is ahead over two dials."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from longgame.experiments.cli.carry import carry_out
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds, held, reader, report, whole
from longgame.experiments.words import many

if TYPE_CHECKING:
    from longgame.experiments.studies.phase_map import Chart
    from longgame.sim.scenario import Scenario

Axis = Annotated[str | None, Parameter(metavar="DIAL[=LOW:HIGH]")]
OneStrategy = Annotated[str, Parameter(metavar="STRATEGY")]


@Parameter(name="*")
@dataclass(frozen=True)
class Map:
    """Options of a map.

    Attributes
    ----------
    x : str, optional
        Dial of the scenario along x, months or repurchase; without --x and --y two maps are made: memory x word of
        mouth, and repurchase x horizon.
    y : str, optional
        The same along y.
    ours : str
        Name, or a file of your own with one strategy.
    theirs : str
        As --ours.
    organisation : str
        How both sides work; both: four arms in one market, a map for each.
    setting : str
        Whether both compete for the same customers.
    coarse : int
        Points along each dial to begin with.
    depth : int
        How often a cell may be split in four, 0 to 5.
    points : int
        Points of a map at most, beyond the coarse grid.
    """

    x: Axis = None
    y: Axis = None
    ours: OneStrategy = "collaborative"
    theirs: OneStrategy = "adversarial"
    organisation: Literal["singleton", "herd", "both"] = "both"
    setting: Annotated[Literal["shared", "separate"], Parameter(name="--market")] = "shared"
    coarse: Annotated[int, Parameter(converter=reader(whole("points", 33, least=2)), metavar="N")] = 5
    depth: Annotated[int, Parameter(converter=reader(whole("splits", 5, least=0)), metavar="N")] = 2
    points: Annotated[int, Parameter(converter=reader(whole("points", 100_000)), metavar="N")] = 80

    def charts(self, scenario: Scenario, ours: str, theirs: str) -> dict[str, Chart]:
        """Return the maps that are asked for, by name, of two strategies.

        Raises
        ------
        InputError
            If the dials do not go together.
        """
        from longgame.experiments.design import dials
        from longgame.experiments.design.arms import ORGANISATIONS, Arm
        from longgame.experiments.studies.phase_map import MAPS, Chart
        from longgame.sim.errors import InputError

        kinds = ORGANISATIONS if self.organisation == "both" else (self.organisation,)
        pairs = tuple((Arm(ours, kind), Arm(theirs, kind)) for kind in kinds)
        make = partial(
            Chart, pairs=pairs, market=self.setting, coarse=self.coarse, depth=self.depth, points=self.points
        )
        if self.x is None and self.y is None:
            return {name: make(*(dials.check(dial, "--set", scenario) for dial in pair)) for name, pair in MAPS.items()}
        if self.x is None or self.y is None:
            raise InputError("--x, --y: go together; give both, or neither for the two maps of the claim")
        x, y = dials.read(self.x, "--x", scenario), dials.read(self.y, "--y", scenario)
        if x.name == y.name:
            raise InputError(f"--y {self.y}: is the same dial as --x; a map needs two")
        if {x.holding, y.holding} & {x.name, y.name}:
            raise InputError("--x, --y: one of them is what the other holds; choose another dial")
        return {"-".join(dial.name.rpartition(".")[2].replace("_", "-") for dial in (x, y)): make(x, y)}


def phase_map(
    *,
    mapped: Map = Map(),
    market: Market = Market(),
    seeds: Seeds = 12,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Trace the maps, print who is ahead where, and write points, runs and figures.

    Parameters
    ----------
    seeds : int
        Runs of every point; from 6 on anything can be clear.
    out : str, optional
        Where the results go (default results/phase-map).
    """
    from longgame.experiments.studies.phase_map import most_runs
    from longgame.experiments.studies.values import PhaseMaps

    ours, theirs, chosen = market.load().sides(mapped.ours, mapped.theirs)
    charts = mapped.charts(chosen.scenario, ours, theirs)
    with held("the arms of the map"):
        for name, chart in charts.items():
            most = many(most_runs(chart, chosen.scenario, seeds), "run")
            report(f"{name}: {chart.x} x {chart.y}, at most {most}; the same command goes on where it was stopped")
    return carry_out(
        PhaseMaps(charts, report),
        chosen,
        seeds,
        name=chosen.name("phase-map"),
        running=running,
        out=out,
        line=line,
        progress=False,
        before=lambda *_: None,
    )
