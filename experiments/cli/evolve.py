"""``longgame evolve``: where the market goes if ways of selling that earn more spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from longgame.experiments.cli.lab import SEEDS, Lab, Payoff, Strategies
from longgame.experiments.cli.options import Folder, Line, Market, Running, Seeds, between, reader, whole


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
    seeds : int
        Runs of every market.
    payoff : str
        Profit of the firm after all costs, or pay of the salesperson: what can be copied in the market.
    out : str, optional
        Where the results go (default results/evolve, with six letters of what was chosen).
    """
    from longgame.experiments.inference.games import NotPositive
    from longgame.experiments.studies.evolution import Unpaid
    from longgame.experiments.studies.values import Evolution
    from longgame.sim.errors import InputError

    contest = lab.choose(strategies, market)
    population = spreading.population or contest.firms
    if population < 2:
        raise InputError(f"--population {population}: nobody can copy anybody; it must be at least 2")
    study = Evolution(
        contest.strategies,
        contest.organisation,
        payoff,
        spreading.points,
        population,
        spreading.selection,
        spreading.strength,
        spreading.mutation,
        spreading.years,
        spreading.looks,
    )
    try:
        return contest.carry_out(study, seeds, running, out, line)
    except Unpaid as error:
        raise InputError(f"--scenario: {error}; set a wage or a commission") from None
    except NotPositive as error:
        raise InputError(f"--strength {spreading.strength:g}: {error}") from None
