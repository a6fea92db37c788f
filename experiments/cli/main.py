"""The command `longgame`.

Nothing heavy is imported until a command needs it: ``longgame --help`` answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import isnan
from typing import Any, NoReturn

from longgame.experiments.cli import claims as ledger
from longgame.experiments.cli import evolve, fit_strategy, invade, lesson, page, sensitivity, show, tournament
from longgame.experiments.cli import phase_map as frontier
from longgame.experiments.cli.options import (
    MOST_SEEDS,
    add_running,
    add_scenario,
    add_store,
    add_workers,
    chosen_scenario,
    cores,
    file_name,
    name_of_run,
    results_path,
    running,
    screen_width,
    seed_number,
    tell_failures,
    tell_lost,
    whole_number,
)
from longgame.experiments.tables import text_row, text_table, widths
from longgame.experiments.words import many

#: Exit codes.
DONE, FAILED, BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

SEEDS, QUICK_SEEDS = 20, 10

#: Columns of an order log that can be named, as `longgame.experiments.orders.read.read_orders` knows them.
ORDER_COLUMNS = ("customer", "salesperson", "firm", "date", "month", "amount", "order")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with code 2."""
        message = message.removeprefix("argument ")
        self.exit(BAD_INPUT, f"{self.prog}: {message} (try {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="longgame",
        allow_abbrev=False,
        description="In selling, who wins in the long run, and why? An agent-based market to find out.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, allow_abbrev=False)

    command("list", "show the experiments, strategies and reference configurations")

    run = command("run", "run an experiment and say whether its claim holds")
    run.add_argument("experiment", metavar="EXPERIMENT", help="a name from `longgame list`, or a file of your own")
    add_scenario(run)
    run.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        help=f"runs of every market (default {SEEDS}, with --quick {QUICK_SEEDS})",
    )
    add_running(run)
    run.add_argument(
        "--out",
        type=file_name,
        metavar="DIR",
        help="where the results go (default results/EXPERIMENT, with the scenario's name where it is another "
        "and six letters of its key where numbers were set)",
    )
    how_far = run.add_mutually_exclusive_group()
    how_far.add_argument("--quick", action="store_true", help="fewer seeds, for a first look")
    how_far.add_argument(
        "--until-clear",
        action="store_true",
        help="more and more seeds until the verdict is clear, with intervals corrected for looking often; "
        "--seeds is then the first look (default 16)",
    )
    run.add_argument(
        "--max-seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        help="where --until-clear ends at the latest (default 100)",
    )

    ledger.add(command("claims", "run all claims: verdicts, effects, and where they flip, in one table and page"))

    tournament.add(command("tournament", "play every strategy against every other; a league table"))
    invade.add(command("invade", "let every strategy invade every other: whose market is stable"))
    evolve.add(command("evolve", "let ways of selling that earn more spread, on payoffs and in the market"))
    frontier.add(command("frontier", "map who is ahead over any two dials of the scenario, and how surely"))

    sensitivity.add(command("sensitivity", "find the dials that decide the verdict of a claim"))

    show.add(command("show", "print the card of a strategy: rule, origin, traits, record"))
    show.add_measuring(command("cards", "measure what the strategy cards tell of the library"))
    fit_strategy.add(command("fit-strategy", "search the best conduct in a market, by horizon"))
    lesson.add(command("lesson", "make the lesson page: one HTML file to sell, bet, watch and try in"))
    page.add(command("page", "serve the lesson page to this machine, with markets of your own run live"))

    simulate = command("simulate", "run one market and write its tables")
    add_scenario(simulate)
    simulate.add_argument("--seed", type=seed_number, default=0, metavar="N", help="seed (default 0)")
    simulate.add_argument(
        "--orders", type=file_name, metavar="FILE", help="also write the order log (.csv, .csv.gz, .parquet)"
    )
    simulate.add_argument(
        "--out", type=file_name, metavar="DIR", help="where the tables go (default results/simulate, as for run)"
    )

    calibrate = command("calibrate", "fit a scenario to an order log")
    calibrate.add_argument("orders", metavar="ORDERS", help="order log: CSV, text or Parquet")
    calibrate.add_argument(
        "--out", type=file_name, metavar="FILE", required=True, help="scenario file to write (.toml)"
    )
    calibrate.add_argument(
        "--figure", type=file_name, metavar="FILE", help="also draw the fit beside the data (.png, .pdf, .svg)"
    )
    calibrate.add_argument("--seed", type=seed_number, default=0, metavar="N", help="seed of the fit (default 0)")
    calibrate.add_argument(
        "--salespeople",
        type=whole_number("salespeople", 10_000_000),
        metavar="N",
        help="salespeople in the market, where the log does not name them",
    )
    for name in ORDER_COLUMNS:
        calibrate.add_argument(f"--{name}", metavar="COL", help=f"column that holds the {name}")
    calibrate.add_argument("--date-format", metavar="FORMAT", help="format of the dates, for example %%d.%%m.%%Y")

    limits = command("limits", "compare the market with exact results of theory, all else switched off")
    limits.add_argument("--quick", action="store_true", help="one case of each, for a first look")
    limits.add_argument("--out", metavar="DIR", help="where the results go (default results/limits)")

    status = command("status", "show how far experiments are, and which runs failed")
    add_store(status)
    export = command("export", "write the runs of a results store as CSV or Parquet")
    add_store(export)
    export.add_argument(
        "--to",
        type=file_name,
        metavar="DIR_OR_FILE",
        required=True,
        help="folder for one file per measure; or, with one --measure, a file (.csv, .parquet)",
    )
    export.add_argument("--format", choices=["csv", "parquet"], help="default csv, or by the ending of the file")
    export.add_argument(
        "--measure", metavar="NAME", action="append", default=[], help="only this measure; may be repeated"
    )

    patterns = command("patterns", "compare the untuned market with published empirical patterns")
    patterns.add_argument("--quick", action="store_true", help="ten seeds, for a first look")
    patterns.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        help="runs of every market (default 100, with --quick 10; from 6 on there are verdicts)",
    )
    add_workers(patterns)
    patterns.add_argument("--out", metavar="DIR", help="where the results go (default results/patterns)")
    patterns.add_argument(
        "--write",
        type=file_name,
        metavar="FILE",
        help="also write the table into FILE, between its marks, and figures/patterns.png beside it",
    )
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the name of the program; those of the process if left out.

    Returns
    -------
    int
        0 done, 1 every run or a limit failed, 2 something wrong in what was given, 130 interrupted.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = argparse.Namespace()
    try:
        top = parser()
        options = top.parse_args(arguments)
        if options.command is None:
            top.print_help()
            return DONE
        code = _guarded(options, arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said what there is to say
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    except KeyboardInterrupt as stop:
        print(f"\ninterrupted; {str(stop) or _kept(options)}", file=sys.stderr)
        # CPython takes note of an interrupt that went through `exec` of a text (numba has some) even where it
        # is caught, and under `python -m` would die by the signal at its end. An `exec` clears the note.
        exec("")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; the interpreter's own flush must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _kept(options: argparse.Namespace) -> str:
    """Say what is left of an interrupted command: the runs in its store, once that was opened."""
    if not getattr(options, "kept", None):
        return "nothing was written"
    return f"no results were written; finished runs are kept in {options.kept}; the same command again goes on there"


def _guarded(options: argparse.Namespace, arguments: list[str]) -> int:
    """Carry out a command; a mistake in what the user gave becomes one line each on stderr."""
    from longgame.sim.errors import InputError

    try:
        return _COMMANDS[options.command](options, arguments)
    except InputError as error:
        for line in error.lines:
            print(f"longgame: {line}", file=sys.stderr)
        return BAD_INPUT


# -- list ---------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace, arguments: list[str]) -> int:
    """Print every name that the other commands take."""
    from longgame.experiments import claims
    from longgame.sim.configurations import DESCRIPTIONS
    from longgame.sim.library import STRATEGIES

    _print_names("Experiments (longgame run NAME)", {name: claims.headline(name) for name in claims.names()})
    _print_names("Strategies", {name: s.description for name, s in STRATEGIES.items()})
    _print_names("Configurations (--scenario NAME)", DESCRIPTIONS)
    return DONE


def _print_names(title: str, names: dict[str, str]) -> None:
    """Print names and their lines in two columns."""
    room = screen_width() - max(map(len, names)) - 4
    rows = [(name, textwrap.fill(text, room)) for name, text in names.items()]
    print(f"{title}\n{text_table(rows, indent='  ')}\n")


# -- run ----------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace, arguments: list[str]) -> int:
    """Run an experiment, write it up, and say what came out."""
    started = time.perf_counter()
    from longgame.experiments import claims

    claim = claims.load(options.experiment)
    name = claim.name
    scenario = chosen_scenario(options)
    planned = _planned(options)
    seeds = planned[-1] if planned else options.seeds or (QUICK_SEEDS if options.quick else SEEDS)
    out = results_path(name, options, scenario)

    from longgame.experiments.reports import run as report
    from longgame.experiments.reports.folder import results_folder

    with results_folder(out) as draft:  # before the long run: a wrong --out is told at once
        from longgame.experiments.runs.workers import Lost, Workers

        plan = _plan(claim, name, scenario, seeds)
        print(
            f"{name}: {'at most ' if planned else ''}{many(len(plan.markets), 'market')} x "
            f"{many(seeds, 'seed')} = {many(len(plan), 'run')} of "
            f"{many(scenario.customers.count, 'customer')} x {many(scenario.months, 'month')}",
            file=sys.stderr,
        )
        _tell_firms(name, plan, scenario)
        try:
            with running(options) as how, Workers(**how, progress=True) as workers:
                run = partial(workers.run, name=name_of_run(name, options, scenario))
                looked = _look(claim, scenario, run, planned) if planned else None
                plan, outcome = (looked.plan, looked.outcome) if looked else (plan, run(plan))
        except Lost as lost:  # no verdict on half an experiment
            tell_lost(lost.lost, lost.total, options.store)
            return FAILED
        tell_failures(outcome, len(plan), options.store)
        if len(outcome.failures) == len(plan):
            return FAILED
        findings = claim.analyse(outcome.tables)
        findings = replace(findings, verdicts=looked.verdicts) if looked else findings
        about = report.about(["longgame", *arguments], plan, outcome)
        if looked:
            about["looks"] = {"planned": planned, "taken": looked.looks, "level": looked.level}
        report.write(draft, claim.question, plan, outcome, findings, scenario, about)
    _tell(findings.verdicts, out, time.perf_counter() - started)
    return DONE


def _tell_firms(name: str, plan: Any, scenario: Any) -> None:
    """Say that an experiment arranges the firms itself, where the scenario has firms of its own."""
    from longgame.sim.scenario import Scenario

    default = Scenario()
    if (scenario.firms, scenario.strategies) == (default.firms, default.strategies):
        return
    groups = [group for market in plan.markets.values() for group in market.firms]
    strategies = list(dict.fromkeys(strategy for group in groups for strategy in group.strategies))
    sizes = sorted({group.members for group in groups})
    made = " and ".join("singletons" if size == 1 else f"herds of {size}" for size in sizes)
    sellers = sorted({market.sellers for market in plan.markets.values()})
    print(
        f"{name} arranges the firms itself: {many(len(strategies), 'strategy', 'strategies')} "
        f"({', '.join(strategies)}) as {made}, {' or '.join(f'{s:,}' for s in sellers)} salespeople in every "
        "market. The scenario's own firms are not used, only the size and rules of its herds and singletons.",
        file=sys.stderr,
    )


def _plan(claim: Any, name: str, scenario: Any, seeds: int) -> Any:
    """Return the plan of an experiment; a scenario that cannot hold its arms is the user's to mend."""
    from pydantic import ValidationError

    from longgame.sim.errors import InputError, refusals

    try:
        return claim.plan(scenario, tuple(range(seeds)))
    except ValidationError as error:
        raise InputError(f"--scenario: cannot hold the arms of {name}: {refusals(error)}") from None


def _planned(options: argparse.Namespace) -> tuple[int, ...]:
    """Return the seeds at every look of --until-clear; nothing without it."""
    from longgame.experiments.runs import sequential
    from longgame.sim.errors import InputError

    if not options.until_clear:
        if options.max_seeds is not None:
            raise InputError("--max-seeds: goes with --until-clear; add that, or use --seeds")
        return ()
    most = options.max_seeds or max(sequential.MOST, options.seeds or 0)
    if options.seeds and options.seeds > most:
        raise InputError(f"--seeds {options.seeds}: is more than --max-seeds {most}")
    try:
        return sequential.schedule(options.seeds or sequential.LEAST, most)
    except ValueError as error:
        raise InputError(f"--max-seeds: {error}") from None


def _look(claim: Any, scenario: Any, run: Any, planned: Sequence[int]) -> Any:
    """Run until it is clear, and say at each look what came out."""
    from longgame.experiments.runs.sequential import until_clear

    return until_clear(claim, scenario, run, planned, lambda text: print(text, file=sys.stderr, flush=True))


def _tell(verdicts: Sequence[Any], out: Any, seconds: float) -> None:
    """Print verdicts, their effects, and where everything lies."""
    from longgame.experiments.reports.run import compact

    for verdict in verdicts:
        print()
        print(textwrap.fill(verdict.question, screen_width()))
        print(textwrap.fill(verdict.sentence, screen_width(), initial_indent="  ", subsequent_indent="  "))
        print()
        print(compact(verdict))
    figures = sorted({path.stem for path in (out / "figures").rglob("*.png")})
    print(f"\nDone in {seconds:.0f} s. Verdicts: {out / 'verdict.md'}. Runs: {out / 'runs.csv'}.")
    print(
        textwrap.fill(
            f"Figures: {out / 'figures'}{os.sep}{{paper,slide}}{os.sep} {', '.join(figures)}",
            screen_width(),
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


# -- simulate -----------------------------------------------------------------------------------------

#: What `simulate` prints of every group: column, heading, format.
_SHOWN = (
    ("salesperson_years", "person-years", "{:,.0f}"),
    ("profit", "profit/year", "{:,.0f}"),
    ("revenue", "revenue/year", "{:,.0f}"),
    ("pay", "pay/year", "{:,.0f}"),
    ("deals", "deals/year", "{:,.1f}"),
    ("annuity_share", "repeat", "{:.0%}"),
    ("win_win_share", "win-win", "{:.0%}"),
    ("client_trust", "client trust", "{:.2f}"),
    ("relational_quotient", "RQ", "{:.2f}"),
)


def _simulate(options: argparse.Namespace, arguments: list[str]) -> int:
    """Run one market, print a line per group and write the tables."""
    from longgame.experiments.measures.totals import summary
    from longgame.experiments.orders.write import ending_of, write_orders
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.runner import warm
    from longgame.sim.scenario_files import dump_scenario

    scenario = chosen_scenario(options)
    if options.orders is not None:
        ending_of(options.orders)
    out = results_path("simulate", options, scenario)
    with results_folder(out) as draft:
        warm()
        from longgame.sim import run

        result = run(scenario, options.seed, orders=options.orders is not None)
        for name in ("monthly", "market", "salespeople", "customers"):
            getattr(result, name).to_csv(draft / f"{name}.csv", index=False)
        dump_scenario(scenario, draft / "scenario.toml")
        if options.orders is not None:
            write_orders(result.orders, options.orders)
    table = summary(result.monthly)
    rows = [["", *(heading for _, heading, _ in _SHOWN)]]
    for group, row in table.iterrows():
        rows.append([str(group), *("–" if isnan(row[c]) else f.format(row[c]) for c, _, f in _SHOWN)])
    print(text_table(rows, right=range(1, len(rows[0]))))
    months = many(scenario.months, "month")
    notes = (
        f"Seed {options.seed}, {months}; money per salesperson and year; profit is after all costs.",
        "repeat: share of the revenue from customers who had bought before; win-win: share of deals.",
        "RQ: relational quotient, the geometric mean of win-win share, repeat share of deals and client "
        "trust (0 to 1).",
    )
    print()
    for note in notes:
        print(textwrap.fill(note, screen_width(), subsequent_indent="  "))
    print(f"Tables: {out}{os.sep}" + (f"; order log: {options.orders}" if options.orders else ""))
    return DONE


# -- calibrate ----------------------------------------------------------------------------------------


def _calibrate(options: argparse.Namespace, arguments: list[str]) -> int:
    """Fit a scenario to an order log, write it, and print how well it fits."""
    from pathlib import Path

    from longgame.experiments.orders.calibrate import calibrate
    from longgame.experiments.orders.read import read_orders
    from longgame.sim.errors import InputError
    from longgame.sim.files import write_atomically
    from longgame.sim.scenario_files import dump_scenario

    kinds = {".png": "png", ".pdf": "pdf", ".svg": "svg"}
    kind = kinds.get(Path(options.figure).suffix.lower()) if options.figure else None
    if options.figure and kind is None:
        choice = ", ".join(kinds)
        raise InputError(f"--figure {options.figure}: has an ending that is not known; choose {choice}")
    for option, path in (("--out", options.out), ("--figure", options.figure)):
        if path is not None and _same_file(path, options.orders):
            raise InputError(f"{option} {path}: is the order log itself; name another file")
    if Path(options.out).suffix.lower() != ".toml":
        raise InputError(f"--out {options.out}: is written as TOML; give it the ending .toml")
    columns = {name: getattr(options, name) for name in ORDER_COLUMNS if getattr(options, name)}
    try:
        log = read_orders(options.orders, columns or None, date_format=options.date_format)
    except InputError as error:
        raise InputError(*map(_in_options, error.lines)) from None
    print(log.summary(), end="\n\n", flush=True)
    fit = calibrate(log, salespeople=options.salespeople, seed=options.seed)
    comments = [f"Fitted by longgame calibrate to {log.name}", *filter(None, [fit.warning])]
    dump_scenario(fit.scenario(), options.out, comments=comments)
    if options.figure:
        with write_atomically(options.figure, binary=True) as stream:
            _fit_figure(fit).savefig(stream, format=kind)
    print(fit.report())
    print(f"\nScenario: {options.out}" + (f"; figure: {options.figure}" if options.figure else ""))
    if fit.warning:
        print(f"\n{textwrap.fill(fit.warning, screen_width())}")
    return DONE


def _same_file(one: str, other: str) -> bool:
    """Return whether two names are of one file."""
    with contextlib.suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    return os.path.abspath(one) == os.path.abspath(other)


def _in_options(line: str) -> str:
    """Say a remedy of `longgame.experiments.orders.read.read_orders` in the options of this command."""
    import re

    line = re.sub(r"columns=\{'(\w+)': \.\.\.\}", r"--\1 COL", line)
    return line.replace("date_format=", "--date-format ").replace("give date_format", "give --date-format")


def _fit_figure(fit: Any) -> Any:
    """Return the figure of a fit."""
    from matplotlib.figure import Figure

    from longgame.experiments.orders.figure import plot_fit

    figure = Figure(figsize=(9.6, 2.8), layout="constrained")
    plot_fit(fit, axes=figure.subplots(1, 3))
    return figure


# -- limits -------------------------------------------------------------------------------------------


def _limits(options: argparse.Namespace, arguments: list[str]) -> int:
    """Simulate the exact limits, print them beside theory, and write table and figures."""
    from pathlib import Path

    from longgame.experiments.reports.folder import results_folder

    start = time.perf_counter()
    out = Path(options.out or Path("results") / "limits")
    with results_folder(out) as draft:
        from longgame.experiments.figures.style import save
        from longgame.experiments.runs.runner import warm
        from longgame.experiments.validation import limits_table

        warm()
        start = time.perf_counter()
        heads = limits_table.COLUMNS[:-1]
        wide = widths([heads, *((row.limit, row.case, "", "", "") for row in limits_table.rows(options.quick))])
        show = partial(text_row, right=range(2, 5))
        print(show((*heads, ""), (*wide, 4)), flush=True)

        def tell(row: Any) -> None:
            numbers = (f"{row[name]:.4f}" for name in heads[2:])
            held = "pass" if row["holds"] else "FAIL"
            print(show((row["limit"], row["case"], *numbers, held), (*wide, 4)), flush=True)

        table = limits_table.table(options.quick, tell)
        table.to_csv(draft / "limits.csv", index=False, float_format="%.9g")
        if not options.quick:
            for name, draw in limits_table.FIGURES.items():
                save(lambda figure, draw=draw: draw(figure, table), draft / "figures" / name)
    failed = int((~table["holds"]).sum())
    print(
        f"\n{len(table) - failed} of {len(table)} within tolerance ({limits_table.SIGMAS:g} standard errors "
        f"of the simulated number), in {time.perf_counter() - start:.0f} s. Results: {out}{os.sep}"
    )
    return FAILED if failed else DONE


# -- status and export --------------------------------------------------------------------------------


def _status(options: argparse.Namespace, arguments: list[str]) -> int:
    """Print how far the experiments of a results store are."""
    from longgame.experiments.store import export
    from longgame.experiments.store.store import ResultStore

    with ResultStore(export.find(options.store), read_only=True) as store:
        print(export.status(store))
    return DONE


def _export(options: argparse.Namespace, arguments: list[str]) -> int:
    """Write the runs of a results store for other programs."""
    from longgame.experiments.store import export
    from longgame.experiments.store.store import ResultStore

    with ResultStore(export.find(options.store), read_only=True) as store:
        written = export.export(store, options.to, options.format, options.measure)
    print("\n".join(map(str, written)))
    return DONE


# -- patterns -----------------------------------------------------------------------------------------


def _patterns(options: argparse.Namespace, arguments: list[str]) -> int:
    """Measure the empirical patterns, print and write them; one not met is a finding, not an error."""
    import json
    from pathlib import Path

    from longgame.experiments.reports.folder import results_folder

    start = time.perf_counter()
    out = Path(options.out or Path("results") / "patterns")
    with results_folder(out) as draft:
        from longgame.experiments.figures.style import save
        from longgame.experiments.reports.documents import check_place
        from longgame.experiments.runs.workers import Failed, Lost
        from longgame.experiments.validation import patterns_figure, patterns_report, patterns_table

        if options.write:  # before the long run: a wrong file is told at once
            check_place(options.write, "patterns")
        seeds = options.seeds or (patterns_table.QUICK_SEEDS if options.quick else patterns_table.SEEDS)
        try:
            tables = patterns_table.measure(range(seeds), options.workers or cores())
        except (Failed, Lost) as error:
            print(f"longgame: {error}", file=sys.stderr)
            return FAILED
        table = patterns_table.table(tables)
        print(patterns_report.terminal(table))
        about = patterns_report.about(["longgame", *arguments], seeds)
        (draft / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        table.to_csv(draft / "patterns.csv", index=False, float_format="%.6g")
        (draft / "tables").mkdir()
        for name, measured in tables.items():
            measured.to_csv(draft / "tables" / f"{name.replace(' ', '-')}.csv", index=False)
        draw = partial(patterns_figure.figure, tables=tables, df=table)
        save(draw, draft / "figures" / "patterns", ("paper",))
        if options.write:
            _write_patterns(options.write, patterns_report.markdown(table, about), draft)
    print(
        f"\n{patterns_report.summary(table)} ({many(seeds, 'seed')} of every market; what is not met is a "
        f"finding, not an error), in {time.perf_counter() - start:.0f} s. Results: {out}{os.sep}"
    )
    return DONE


def _write_patterns(document: str, text: str, draft: Any) -> None:
    """Write the table of patterns into a document, and the figure beside it."""
    from pathlib import Path

    from longgame.experiments.reports.documents import write_into
    from longgame.sim.files import write_atomically

    picture = (draft / "figures" / "paper" / "patterns.png").read_bytes()
    folder = Path(document).parent / "figures"
    folder.mkdir(exist_ok=True)
    with write_atomically(folder / "patterns.png", binary=True) as stream:
        stream.write(picture)
    write_into(document, "patterns", text)


_COMMANDS = {
    "list": _list,
    "run": _run,
    "claims": ledger.run,
    "tournament": tournament.run,
    "invade": invade.run,
    "evolve": evolve.run,
    "frontier": frontier.run,
    "sensitivity": sensitivity.run,
    "fit-strategy": fit_strategy.run,
    "lesson": lesson.run,
    "page": page.run,
    "simulate": _simulate,
    "calibrate": _calibrate,
    "show": show.run,
    "cards": show.measure,
    "limits": _limits,
    "patterns": _patterns,
    "status": _status,
    "export": _export,
}

if __name__ == "__main__":
    sys.exit(main())
