"""``longgame sweep``: one or two dials turned, and who is ahead at every value."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from longgame.experiments.cli.carry import carry_out
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds


def sweep(
    dial: Annotated[str, Parameter(metavar="DIAL=LOW:HIGH:COUNT")],
    second: Annotated[str | None, Parameter(metavar="DIAL=LOW:HIGH:COUNT")] = None,
    /,
    *,
    ours: Annotated[str, Parameter(metavar="STRATEGY")] = "collaborative",
    theirs: Annotated[str, Parameter(metavar="STRATEGY")] = "adversarial",
    organisation: Literal["singleton", "herd"] = "herd",
    setting: Annotated[Literal["shared", "separate"], Parameter(name="--market")] = "shared",
    column: Annotated[str, Parameter(metavar="COLUMN")] = "profit",
    market: Market = Market(),
    seeds: Seeds = 6,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Turn one or two dials, print who is ahead at every value, and write tables and the figure.

    Parameters
    ----------
    dial : str
        A dial of the scenario and its values, for example word_of_mouth.gossip=0:0.9:10 for ten values from 0 to 0.9;
        the name alone for five values over its usual range.
    second : str, optional
        Another one: then the figure is a map.
    ours, theirs : str
        A name, or a file of your own with one strategy.
    organisation : str
        How both sides work.
    setting : str
        Whether both compete for the same customers.
    column : str
        What is compared, a column of the run summary.
    seeds : int
        Runs of every point; from 6 on anything can be clear.
    out : str, optional
        Where the results go (default results/sweep, as for run).
    """
    from longgame.experiments.design.arms import Arm
    from longgame.experiments.measures.totals import SUMMARY_UNITS
    from longgame.experiments.studies.sweep import Sweep, read_sweep
    from longgame.sim.errors import InputError, nearest

    our, their, chosen = market.load().sides(ours, theirs)
    dials = dict(read_sweep(text, "DIAL", chosen.scenario) for text in (dial, second) if text is not None)
    if second is not None and len(dials) == 1:
        raise InputError(f"DIAL {second}: is turned already; name another dial")
    if column not in SUMMARY_UNITS:
        raise InputError(f"--column {column}: is not a column of the run summary; {nearest(column, SUMMARY_UNITS)}")
    study = Sweep(dials, Arm(our, organisation), Arm(their, organisation), setting, column)
    name = "-".join(["sweep", *(one.rpartition(".")[2].replace("_", "-") for one in dials)])
    return carry_out(study, chosen, seeds, name=chosen.name(name), running=running, out=out, line=line)
