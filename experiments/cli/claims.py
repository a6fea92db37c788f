"""``longgame claims``: the ledger of claims."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    tell_lost,
    whole_number,
)


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument(
        "claims",
        metavar="CLAIM",
        nargs="*",
        help="names from `longgame list`, or files of your own (default: all of the list)",
    )
    add_scenario(command)
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        help="runs of every market (default 20, with --quick 10); flips are searched with a third of them",
    )
    command.add_argument(
        "--quick",
        action="store_true",
        help="a first look: 10 seeds, one dial and one figure per claim, no dial that costs over 50 million "
        "customer-months",
    )
    command.add_argument("--no-flips", action="store_true", help="do not search where claims flip")
    add_running(command)
    command.add_argument(
        "--out", type=file_name, metavar="DIR", help="where the results go (default results/claims, as for run)"
    )
    command.add_argument(
        "--write", type=file_name, metavar="FILE", help="also write a short table into FILE, between its marks"
    )


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run the claims, print a line for each as it is done and then the table, and write everything."""
    from dataclasses import replace

    from pydantic import ValidationError

    from longgame.experiments import claims
    from longgame.experiments.reports.documents import check_place, write_into
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.workers import Lost, Workers
    from longgame.experiments.studies import all_claims as ledger
    from longgame.experiments.studies import all_claims_report as ledger_report
    from longgame.sim.errors import InputError, refusals
    from longgame.sim.scenario_files import dump_scenario

    if options.write:  # before the long run: a wrong file is told at once
        check_place(options.write, "claims")
    scenario = chosen_scenario(options)
    asked = _load(options.claims or claims.names())
    budget = ledger.QUICK if options.quick else ledger.FULL
    budget = replace(budget, seeds=options.seeds or budget.seeds)
    out = results_path("claims", options, scenario)
    named = {name: name_of_run(name, options, scenario) for name in asked}
    entries: list[Any] = []
    drawing: dict[str, Future[list[Any]]] = {}
    start = time.perf_counter()
    with results_folder(out) as draft, running(options) as how, _status_line() as tell:
        # Figures are drawn while the workers run the next claim; in one thread, since styles are global.
        with Workers(**how) as workers, _artist() as artist:
            found = ledger.answer(asked, scenario, budget, workers, flips=not options.no_flips, names=named, tell=tell)
            try:
                for entry in found:
                    tell("")
                    print(_line(entry, len(entries) + 1, len(asked)), flush=True)
                    _tell_failures(entry)
                    drawing[entry.claim] = artist.submit(_pictures, entry.figures, budget.figures)
                    entries.append(replace(entry, figures={}))  # their tables need not all be held at once
            except Lost as lost:
                tell("")
                tell_lost(lost.lost, lost.total, options.store)
                return 1
            except ValidationError as error:
                raise InputError(f"--scenario: cannot hold the arms of a claim: {refusals(error)}") from None
            tell("figures")
            pictures = {claim: drawn.result() for claim, drawn in drawing.items()}
        from longgame.experiments.studies import all_claims_page as ledger_page

        about = _about(arguments, budget, scenario)
        ledger_report.write(draft, entries, about)
        text = ledger_page.page(entries, pictures, about)
        (draft / "claims.html").write_text(text, encoding="utf-8")
        dump_scenario(scenario, draft / "scenario.toml")
        if options.write:
            write_into(options.write, "claims", ledger_report.short(entries, about))
        tell("")
    print(f"\n{ledger_report.terminal(entries, screen_width())}\n")
    for text in ledger_report.explained(entries):
        print(textwrap.fill(text, screen_width()))
    names = "claims.{html,md,csv,json}"
    print(f"\n{ledger_report.tally(entries)}, in {time.perf_counter() - start:.0f} s: {out}{os.sep}{names}")
    return 0 if all(entry.verdicts for entry in entries) else 1


def _load(asked: Sequence[str]) -> dict[str, Any]:
    """Return the claims that are asked for, by name; all that are none are reported together."""
    from longgame.experiments import claims
    from longgame.sim.errors import InputError

    found, wrong = {}, []
    for name in asked:
        try:
            claim = claims.load(name)
            found[claim.name] = claim
        except InputError as error:
            wrong += error.lines
    if wrong:
        raise InputError(*wrong)
    return found


def _line(entry: Any, place: int, total: int) -> str:
    """Return a line of progress, cut to the terminal."""
    from longgame.experiments.studies.all_claims_report import line

    text = f"[{place}/{total}] {line(entry)}"
    return textwrap.shorten(text, screen_width(), placeholder=" …") if sys.stdout.isatty() else text


def _tell_failures(entry: Any) -> None:
    """Say on stderr that runs failed."""
    from longgame.experiments.runs.runner import failed

    if entry.failures:
        print(f"longgame: {entry.claim}: {failed(entry.failures, entry.runs)}", file=sys.stderr)


@contextlib.contextmanager
def _artist() -> Iterator[ThreadPoolExecutor]:
    """Give a thread to draw in; what it has not begun when the block ends is not drawn."""
    artist = ThreadPoolExecutor(1)
    try:
        yield artist
    finally:
        artist.shutdown(cancel_futures=True)


def _pictures(figures: Mapping[str, Any], most: int | None) -> list[Any]:
    """Draw the figures of a claim, as many as asked for."""
    from longgame.experiments.studies.all_claims_page import picture

    return [picture(draw, name) for name, draw in list(figures.items())[:most]]


def _about(arguments: Sequence[str], budget: Any, scenario: Any) -> dict[str, Any]:
    """Return what is needed to make the ledger again."""
    from longgame.experiments.runs.provenance import commit, versions
    from longgame.sim.scenario import MODEL_VERSION

    return {
        "command": " ".join(["longgame", *arguments]),
        "seeds": budget.seeds,
        "scenario": scenario.name,
        "key": scenario.key(),
        "budget": vars(budget),
        "model": MODEL_VERSION,
        "commit": commit(),
        "versions": versions(),
    }


@contextlib.contextmanager
def _status_line() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done in one line of stderr, if that is a terminal."""
    shown = sys.stderr.isatty()

    def tell(text: str) -> None:
        if shown:
            line = text[: screen_width() - 1]
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        tell("")
