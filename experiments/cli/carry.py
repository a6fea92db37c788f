"""What every command that runs an experiment does: run it, show what was found, write it."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Chosen, Running, folder, held, report, screen_width
from longgame.experiments.words import many

if TYPE_CHECKING:
    from pathlib import Path

    from longgame.experiments.design.plan import Plan
    from longgame.experiments.study import Experiment, Findings
    from longgame.sim.scenario import Scenario


def announce(name: str, plan: Plan, scenario: Scenario) -> None:
    """Report what will be run."""
    report(
        f"{name}: {many(len(plan.markets), 'market')} x {many(len(plan.seeds), 'seed')} = {many(len(plan), 'run')} of "
        f"{many(scenario.customers.count, 'customer')} x {many(scenario.months, 'month')}"
    )


def carry_out(
    experiment: Experiment,
    market: Chosen,
    seeds: int,
    *,
    name: str,
    running: Running,
    out: str | None,
    line: str,
    whole: bool = True,
    progress: bool = True,
    before: Callable[[str, Plan, Scenario], None] = announce,
    about: Mapping[str, Any] | None = None,
    between: str = "working out tables and figures",
) -> int:
    """Run an experiment, print what was found, write it into a folder, and return the exit code.

    Parameters
    ----------
    experiment : Experiment
    market : Chosen
    seeds : int
        Runs of every market.
    name : str
        Under which the store notes the plans.
    running : Running
    out : str, optional
        Folder of the results; one after `name` if left out.
    line : str
        The command as it was typed.
    whole : bool
        Whether every run is needed. If not, those that failed are reported and written beside the others.
    progress : bool
        Report for every plan how much is there already, and show a bar.
    before : callable
        Reports what will be run, from the name of the experiment, its first plan and the scenario.
    about : mapping, optional
        More of what it takes to do it again.
    between : str
        What goes on while nothing is run, in words.

    Raises
    ------
    InputError
        If the scenario cannot hold the markets of the experiment, or results cannot be written.
    Stopped
        If runs that are needed could not be made.
    """
    from longgame.experiments.reports.folder import results_folder

    started, path = time.perf_counter(), folder(name, out)
    with results_folder(path) as draft, ExitStack() as stack:  # first: a wrong --out is reported at once
        import pandas as pd

        from longgame.experiments.reports.run import about as about_run
        from longgame.experiments.runs.runner import failed
        from longgame.sim.say import saying

        opened = cache(lambda: stack.enter_context(running.open(progress)))  # the store, once there is a plan
        notes: dict[str, Any] = {}
        failures: list[dict[str, Any]] = []
        making = False

        def answer(plan: Plan) -> Mapping[str, pd.DataFrame]:
            nonlocal making
            if not notes:
                before(experiment.name, plan, market.scenario)
            workers = opened()
            making = True
            tables = workers.tables(plan, name, whole=whole)
            making = False
            assert workers.outcome is not None
            if found := workers.outcome.failures:
                report(f"longgame: {failed(found, len(plan))}")
                failures.extend(vars(failure) for failure in found)
            notes.update({**about_run([line], plan, workers.outcome), **(about or {})})
            return tables

        runs = "" if progress else "making runs"  # those whose progress is shown speak for themselves
        stack.enter_context(saying(lambda: runs if making else between))
        with held(f"the markets of {experiment.name}"):
            found = experiment.run(market.scenario, tuple(range(seeds)), answer)
        if failures:
            found = replace(found, tables={**found.tables, "failures": pd.DataFrame(failures)})
        found = found.with_about(market.scenario, notes)
        found.write(draft)
    show(found, path, time.perf_counter() - started)
    return DONE


def show(found: Findings, out: Path, seconds: float) -> None:
    """Print findings, and where they were written."""
    width = screen_width()
    print(f"\n{found.text(width)}\n\nDone in {seconds:.0f} s. Report: {out / 'report.md'}.")
    for what, names in (("Tables", found.tables), ("Figures", found.figures)):
        if not names:
            continue
        folder = out / "figures" / "{paper,slide}" if what == "Figures" else out
        text = f"{what}: {folder}{os.sep} {', '.join(names)}"
        print(textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
