"""``longgame evolve``: where the market goes if ways of selling that earn more spread."""

from __future__ import annotations

import argparse
import os
import textwrap
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from longgame.experiments.cli import lab_options as lab
from longgame.experiments.cli.options import screen_width, whole_number
from longgame.experiments.words import many


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    lab.add(command, "evolve")
    lab.add_payoff(command, "pay", ": it is what can be copied in the market")
    command.add_argument(
        "--points",
        type=whole_number("points", 99),
        default=3,
        metavar="N",
        help="shares from a tenth to nine tenths at which every pair is simulated (default 3)",
    )
    command.add_argument(
        "--population",
        type=whole_number("salespeople", 100_000),
        metavar="N",
        help="population of the processes with chance (default: the firms of the market)",
    )
    command.add_argument(
        "--selection",
        type=_positive,
        metavar="BETA",
        help="intensity of copying by the Fermi rule, per mean pay (default: staffing.selection of the scenario)",
    )
    command.add_argument(
        "--strength",
        type=lab.dial_value("strength"),
        default=0.1,
        metavar="W",
        help="intensity of selection in the Moran process: fitness 1 - W + W x payoff (default 0.1)",
    )
    command.add_argument(
        "--mutation",
        type=lab.dial_value("mutation"),
        default=0.01,
        metavar="MU",
        help="rate of mutation in the replicator equation, per unit of time (default 0.01)",
    )
    command.add_argument(
        "--years",
        type=_years,
        default=30,
        metavar="N",
        help="length of the live markets, in years; 0: none (default 30)",
    )
    command.add_argument(
        "--looks",
        type=lab.dial_value("looks"),
        metavar="P",
        help="probability of looking at another's pay in a year, live (default: staffing.imitation of the "
        "scenario, or 0.5 where that is 0)",
    )


def _positive(text: str) -> float:
    """Convert an intensity."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"is {text!r}; it must be a number from 0 to 1000")
    return value


def _years(text: str) -> int:
    """Convert a number of years."""
    return 0 if text.strip() == "0" else whole_number("years", 1000, ", or 0")(text)


#: Time, in the replicator's units, after which shares are read.
UNTIL = 1000.0


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Simulate pairs and live markets, let ways of selling spread on the table, and write everything."""
    from longgame.experiments.figures.style import save
    from longgame.experiments.inference.games import NotPositive
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import evolution as evolve
    from longgame.experiments.studies import evolution_figure as evolve_figure
    from longgame.experiments.studies import evolution_report as evolve_report
    from longgame.experiments.words import ORGANISATION_WORDS
    from longgame.sim.errors import InputError

    choice = lab.chosen(options)
    out = lab.results_path("evolve", options, choice)
    beta = choice.scenario.staffing.selection if options.selection is None else options.selection
    population = options.population or choice.firms
    if population < 2:
        raise InputError(f"--population {population}: nobody can copy anybody; it must be at least 2")
    start = time.perf_counter()
    with results_folder(out) as draft:
        wanted = evolve.compositions(choice.strategies, choice.firms, choice.organisation, options.points)
        made = lab.payoff_table("evolve", wanted, options, choice)
        if made is None:
            return 1
        table, about = made
        try:
            pairs = evolve.pairs_of(table, options.payoff)
        except ValueError as error:
            raise InputError(f"--scenario: {error}; set a wage or a commission") from None
        try:
            fixation = evolve.fixation_table(pairs, population, beta, options.strength)
        except NotPositive as error:
            raise InputError(f"--strength {options.strength:g}: {error}") from None
        shares = evolve.long_run(pairs, population, beta, options.strength, options.mutation, UNTIL)
        paths = evolve.paths(pairs, beta, options.mutation, UNTIL)
        live = _live(options, choice, table, beta) if options.years else None
        if options.years and live is None:
            return 1
        where = ORGANISATION_WORDS[choice.organisation]
        command = " ".join(["longgame", *arguments])
        explained = _explained(options, where, population, beta)
        tables = {"payoffs": table, "fixation": fixation, "long-run": shares, "replicator": paths}
        tables |= {"live": live} if live is not None else {}
        lab.write(draft, tables, about, options, choice, arguments)
        text = evolve_report.markdown(shares, fixation, live, explained, command)
        (draft / "evolution.md").write_text(text, encoding="utf-8")
        words = {"seeds": options.seeds, "where": where}
        draws = {
            "replicator": partial(evolve_figure.figure_replicator, paths=paths, payoff=options.payoff, **words),
            "long-run": partial(
                evolve_figure.figure_long_run, shares=shares, population=population, payoff=options.payoff, **words
            ),
        }
        if live is not None:
            draws["live"] = partial(evolve_figure.figure_live, live=live, **words)
        for name, draw in draws.items():
            save(draw, draft / "figures" / name)
    print()
    for line in [
        *evolve_report.terminal(shares, live).splitlines(),
        evolve_report.fixation_line(fixation),
        *([evolve_report.live_line(live)] if live is not None else []),
        explained,
    ]:
        print(textwrap.fill(line, screen_width(), subsequent_indent="  "))
    print(f"\nIn {time.perf_counter() - start:.0f} s. Results: {out}{os.sep}")
    return 0


def _live(options: argparse.Namespace, choice: lab.Chosen, table: Any, beta: float) -> Any:
    """Simulate the live markets and return them beside the table; None where that failed."""
    from longgame.experiments.design.arms import firm_size
    from longgame.experiments.studies import evolution_live as live
    from longgame.experiments.studies.evolution import pairs_of

    scenario = choice.scenario
    looks = (scenario.staffing.imitation or 0.5) if options.looks is None else options.looks
    made = lab.simulate(
        "evolve-live",
        lambda: live.plan(
            scenario,
            choice.strategies,
            choice.firms,
            choice.organisation,
            range(options.seeds),
            beta=beta,
            looks=looks,
            years=options.years,
        ),
        options,
        choice,
    )
    if made is None:
        return None
    start = live.start_of(
        choice.strategies, choice.firms, choice.organisation, firm_size(scenario, choice.organisation)
    )
    shares = made[1].tables["shares-by-year"]
    return live.compared(shares, pairs_of(table, "pay"), scenario, start, beta=beta, looks=looks)


def _explained(options: argparse.Namespace, where: str, population: int, beta: float) -> str:
    """Say what the numbers are."""
    live = (
        f" Live markets copy pay, for {options.years} years, and are set beside the same copying on the payoff table."
        if options.years
        else ""
    )
    return (
        f"Payoff: {options.payoff} per salesperson-year ({where}, {many(options.seeds, 'seed')}), in mean "
        f"pays. Copying: intensity {beta:g}; Moran: W = {options.strength:g}; N = {population}; mutation "
        f"{options.mutation:g}; intervals: middle 95% over resampled seeds.{live}"
    )
