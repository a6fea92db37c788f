"""``longgame claims``: all claims, in one table and page."""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from longgame.experiments.cli.codes import DONE, FAILED
from longgame.experiments.cli.options import (
    EnsembleName,
    FileName,
    Folder,
    Line,
    Market,
    Running,
    Seeds,
    folder,
    held,
    report,
    screen_width,
)

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.studies.all_claims import Budget, Entry
    from longgame.sim.scenario import Scenario


def claims(
    *claims: str,
    market: Market = Market(),
    seeds: Seeds | None = None,
    quick: bool = False,
    no_flips: bool = False,
    markets: EnsembleName | None = None,
    running: Running = Running(),
    out: Folder | None = None,
    write: FileName | None = None,
    line: Line,
) -> int:
    """Run the claims, print a line for each as it is done and then the table, and write everything.

    Parameters
    ----------
    claims : str
        Names from `longgame list`, or files of your own (default: all of the list).
    seeds : int, optional
        Runs of every market (default 20, with --quick 10); flips are searched with a third of them.
    quick : bool
        A first look: 10 seeds, one dial and one figure per claim, no dial that costs over 50 million customer-months.
    no_flips : bool
        Do not search where claims flip.
    markets : str, optional
        Instead of one market, all of an ensemble: a stored one, or a file (`longgame ensemble`). The answer is then in
        which share of them each claim holds, from 3 seeds of each (--quick: 2, and 30 markets).
    out : str, optional
        Where the results go (default results/claims, as for run).
    write : str, optional
        Also write a short table into FILE, between its marks.
    """
    from longgame.experiments import claims as known
    from longgame.experiments.reports.documents import check_place, write_into
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import all_claims, all_claims_report
    from longgame.sim.errors import InputError
    from longgame.sim.scenario_files import dump_scenario

    if markets is not None:
        from longgame.experiments.cli.over_markets import Asked, over_markets

        asked = _load(claims or known.names())
        if write or no_flips:
            raise InputError("--markets: does not go with --write or --no-flips; leave them out")
        return over_markets(asked, Asked(markets, market, seeds, quick, running, out, line))
    if write:  # before the long run: a wrong file is reported at once
        check_place(write, "claims")
    chosen = market.load()
    scenario = chosen.scenario
    asked = _load(claims or known.names())
    budget = all_claims.QUICK if quick else all_claims.FULL
    budget = replace(budget, seeds=seeds or budget.seeds)
    path = folder(chosen.name("claims"), out)
    named = {name: chosen.name(name) for name in asked}
    entries: list[Entry] = []
    drawing: dict[str, Future[list[Any]]] = {}
    start = time.perf_counter()
    with results_folder(path) as draft, running.open(progress=False) as workers, _status_line() as tell:
        # Figures are drawn while the workers run the next claim; in one thread, since styles are global.
        with _artist() as artist, held("the arms of a claim"):
            found = all_claims.answer(asked, scenario, budget, workers, flips=not no_flips, names=named, tell=tell)
            for entry in found:
                tell("")
                print(_line(entry, len(entries) + 1, len(asked)), flush=True)
                _report_failures(entry)
                drawing[entry.claim] = artist.submit(_pictures, entry.figures, budget.figures)
                entries.append(replace(entry, figures={}))  # their tables need not all be held at once
            tell("figures")
            pictures = {claim: drawn.result() for claim, drawn in drawing.items()}
        from longgame.experiments.studies import all_claims_page

        about = _about(line, budget, scenario)
        all_claims_report.write(draft, entries, about)
        (draft / "claims.html").write_text(all_claims_page.page(entries, pictures, about), encoding="utf-8")
        dump_scenario(scenario, draft / "scenario.toml")
        if write:
            write_into(write, "claims", all_claims_report.short(entries, about))
        tell("")
    print(f"\n{all_claims_report.terminal(entries, screen_width())}\n")
    for text in all_claims_report.explained(entries):
        print(textwrap.fill(text, screen_width()))
    names = "claims.{html,md,csv,json}"
    print(f"\n{all_claims_report.tally(entries)}, in {time.perf_counter() - start:.0f} s: {path}{os.sep}{names}")
    return DONE if all(entry.verdicts for entry in entries) else FAILED


def _load(asked: Sequence[str]) -> dict[str, AnyClaim]:
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


def _line(entry: Entry, place: int, total: int) -> str:
    """Return a line of progress, cut to the terminal."""
    from longgame.experiments.studies.all_claims_report import line

    text = f"[{place}/{total}] {line(entry)}"
    return textwrap.shorten(text, screen_width(), placeholder=" …") if sys.stdout.isatty() else text


def _report_failures(entry: Entry) -> None:
    """Report runs that failed."""
    from longgame.experiments.runs.runner import failed

    if entry.failures:
        report(f"longgame: {entry.claim}: {failed(entry.failures, entry.runs)}")


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


def _about(line: str, budget: Budget, scenario: Scenario) -> dict[str, Any]:
    """Return what is needed to run the claims again."""
    from longgame.experiments.runs.provenance import made_by, versions

    return {
        **made_by(line),
        "seeds": budget.seeds,
        "scenario": scenario.name,
        "key": scenario.key(),
        "budget": vars(budget),
        "versions": versions(),
    }


@contextlib.contextmanager
def _status_line() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done in one line of stderr, if piped in a line now and then."""
    from longgame.sim.say import saying

    shown, doing = sys.stderr.isatty(), ""

    def tell(text: str) -> None:
        nonlocal doing
        doing = text
        if shown:
            line = text[: screen_width() - 1]
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    try:
        with contextlib.nullcontext() if shown else saying(lambda: doing):
            yield tell
    finally:
        tell("")
