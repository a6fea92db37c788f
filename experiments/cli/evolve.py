"""``longgame evolve``: where the market goes if ways of selling that earn more spread."""

from __future__ import annotations

import os
import textwrap
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.lab import SEEDS, Contest, Lab, Payoff, Strategies, payoff_table, simulate, write
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds, between, reader, screen_width, whole
from longgame.experiments.words import many

if TYPE_CHECKING:
    from longgame.experiments.runs.workers import Workers

#: Time, in the replicator's units, after which shares are read.
UNTIL = 1000.0


def _share(dial: str) -> Any:
    """Return the option of a dial that runs from 0 to 1."""
    return Parameter(converter=reader(between(dial, 0, 1)))


@Parameter(name="*")
@dataclass(frozen=True)
class Spreading:
    """Options of how ways of selling spread.

    Attributes
    ----------
    points : int
        Shares from a tenth to nine tenths at which every pair is simulated.
    population : int, optional
        Population of the processes with chance (default: the firms of the market).
    selection : float, optional
        Intensity of copying by the Fermi rule, per mean pay (default: staffing.selection of the scenario).
    strength : float
        Intensity of selection in the Moran process: fitness 1 - W + W x payoff.
    mutation : float
        Rate of mutation in the replicator equation, per unit of time.
    years : int
        Length of the simulated markets in which copying happens, in years; 0: none.
    looks : float, optional
        Probability of looking at another's pay in a year, in these markets (default: staffing.imitation of the
        scenario, or 0.5 where that is 0).
    """

    points: Annotated[int, Parameter(converter=reader(whole("points", 99)), metavar="N")] = 3
    population: Annotated[int | None, Parameter(converter=reader(whole("salespeople", 100_000)), metavar="N")] = None
    selection: Annotated[float | None, Parameter(converter=reader(between("selection", 0, 1000)), metavar="BETA")] = (
        None
    )
    strength: Annotated[float, _share("strength"), Parameter(metavar="W")] = 0.1
    mutation: Annotated[float, _share("mutation"), Parameter(metavar="MU")] = 0.01
    years: Annotated[int, Parameter(converter=reader(whole("years", 1000, least=0)), metavar="N")] = 30
    looks: Annotated[float | None, _share("looks"), Parameter(metavar="P")] = None


def evolve(
    *strategies: Strategies,
    lab: Lab = Lab(),
    market: Market = Market(),
    seeds: Seeds = SEEDS,
    payoff: Payoff = "pay",
    spreading: Spreading = Spreading(),
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Simulate pairs and live markets, let ways of selling spread on the table, and write everything.

    Parameters
    ----------
    strategies : str
        Names from `longgame list`, and files of your own: .toml with [[strategies]], .py with Strategy objects, which
        is run (default, and beside files alone: all that have a name).
    seeds : int
        Runs of every market.
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson: what can be copied in the market.
    out : str, optional
        Where the results go (default results/evolve, with six letters of what was chosen).
    """
    from longgame.experiments.figures.style import save
    from longgame.experiments.inference.games import NotPositive
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import evolution, evolution_figure, evolution_report
    from longgame.experiments.words import ORGANISATION_WORDS
    from longgame.sim.errors import InputError

    contest = lab.choose(strategies, market)
    path = contest.folder("evolve", out)
    scenario = contest.chosen.scenario
    beta = scenario.staffing.selection if spreading.selection is None else spreading.selection
    population = spreading.population or contest.firms
    if population < 2:
        raise InputError(f"--population {population}: nobody can copy anybody; it must be at least 2")
    start = time.perf_counter()
    with results_folder(path) as draft, running.open() as workers:
        wanted = evolution.compositions(contest.strategies, contest.firms, contest.organisation, spreading.points)
        table, about = payoff_table("evolve", wanted, contest, seeds, workers, line)
        try:
            pairs = evolution.pairs_of(table, payoff)
        except ValueError as error:
            raise InputError(f"--scenario: {error}; set a wage or a commission") from None
        try:
            fixation = evolution.fixation_table(pairs, population, beta, spreading.strength)
        except NotPositive as error:
            raise InputError(f"--strength {spreading.strength:g}: {error}") from None
        shares = evolution.long_run(pairs, population, beta, spreading.strength, spreading.mutation, UNTIL)
        paths = evolution.paths(pairs, beta, spreading.mutation, UNTIL)
        live = _live(spreading, contest, seeds, table, beta, workers) if spreading.years else None
        where = ORGANISATION_WORDS[contest.organisation]
        explained = _explained(spreading, payoff, seeds, where, population, beta)
        tables = {"payoffs": table, "fixation": fixation, "long-run": shares, "replicator": paths}
        tables |= {"live": live} if live is not None else {}
        write(draft, tables, about, contest)
        text = evolution_report.markdown(shares, fixation, live, explained, line)
        (draft / "evolution.md").write_text(text, encoding="utf-8")
        words: dict[str, Any] = {"seeds": seeds, "where": where}
        draws = {
            "replicator": partial(evolution_figure.figure_replicator, paths=paths, payoff=payoff, **words),
            "long-run": partial(
                evolution_figure.figure_long_run, shares=shares, population=population, payoff=payoff, **words
            ),
        }
        if live is not None:
            draws["live"] = partial(evolution_figure.figure_live, live=live, **words)
        for name, draw in draws.items():
            save(draw, draft / "figures" / name)
    print()
    for text in [
        *evolution_report.terminal(shares, live).splitlines(),
        evolution_report.fixation_line(fixation),
        *([evolution_report.live_line(live)] if live is not None else []),
        explained,
    ]:
        print(textwrap.fill(text, screen_width(), subsequent_indent="  "))
    print(f"\nIn {time.perf_counter() - start:.0f} s. Results: {path}{os.sep}")
    return DONE


def _live(spreading: Spreading, contest: Contest, seeds: int, table: Any, beta: float, workers: Workers) -> Any:
    """Simulate the markets in which copying happens and return them beside the table."""
    from longgame.experiments.design.arms import firm_size
    from longgame.experiments.studies import evolution_live
    from longgame.experiments.studies.evolution import pairs_of

    scenario, strategies, firms, organisation = (
        contest.chosen.scenario,
        contest.strategies,
        contest.firms,
        contest.organisation,
    )
    looks = (scenario.staffing.imitation or 0.5) if spreading.looks is None else spreading.looks
    how: dict[str, Any] = {"beta": beta, "looks": looks}
    planned = partial(
        evolution_live.plan, scenario, strategies, firms, organisation, range(seeds), years=spreading.years, **how
    )
    shares = simulate("evolve-live", planned, contest, workers)["shares-by-year"]
    start = evolution_live.start_of(strategies, firms, organisation, firm_size(scenario, organisation))
    return evolution_live.compared(shares, pairs_of(table, "pay"), scenario, start, **how)


def _explained(spreading: Spreading, payoff: str, seeds: int, where: str, population: int, beta: float) -> str:
    """Return what the numbers are."""
    live = (
        f" Live markets copy pay, for {spreading.years} years, and are set beside the same copying on the payoff table."
        if spreading.years
        else ""
    )
    return (
        f"Payoff: {payoff} per salesperson-year ({where}, {many(seeds, 'seed')}), in mean "
        f"pays. Copying: intensity {beta:g}; Moran: W = {spreading.strength:g}; N = {population}; mutation "
        f"{spreading.mutation:g}; intervals: middle 95% over resampled seeds.{live}"
    )
