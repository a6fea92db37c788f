"""``longgame bands``: whether each reference configuration is a market that could exist."""

from __future__ import annotations

import time
from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE, FAILED
from longgame.experiments.cli.options import SEVERAL, FileName, Running, Seeds
from longgame.experiments.words import many


def bands(
    *,
    scenario: Annotated[tuple[str, ...], SEVERAL, Parameter(metavar="FILE_OR_NAME")] = (),
    seeds: Seeds = 20,
    running: Running = Running(),
    write: FileName | None = None,
) -> int:
    """Print numbers of the economy of some markets beside the ranges that are plausible.

    A market that should be in all of them and is not is an error; of the older configurations it is a finding.

    Parameters
    ----------
    scenario : tuple of str
        Scenario files or configurations (default: every configuration).
    seeds : int
        Runs of every market.
    write : str, optional
        Also write the table into FILE, between its marks.
    """
    from longgame.experiments.reports.documents import check_place, write_into
    from longgame.experiments.validation import bands as measured
    from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE
    from longgame.sim.scenario_files import load_scenario

    start = time.perf_counter()
    if write:
        check_place(write, "bands")
    markets = {name: load_scenario(name) for name in scenario or CONFIGURATIONS}
    with running.open() as workers:
        table = measured.table(workers.tables(measured.plan(markets, tuple(range(seeds)))))
    print(measured.terminal(table))
    if write:
        write_into(write, "bands", measured.markdown(table))
    outside = int((~table["holds"] & table["market"].isin(PLAUSIBLE)).sum())
    print(
        f"\n{measured.summary(outside)} ({many(seeds, 'seed')} of every market, {time.perf_counter() - start:.0f} s)."
    )
    return FAILED if outside else DONE
