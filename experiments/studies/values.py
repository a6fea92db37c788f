"""The studies of the program as values: what each asks, and what it gives.

Each is made with its options and has a method ``run(scenario, seeds, answer)`` that returns `Findings`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from longgame.experiments.claim import Claim
from longgame.experiments.design.arms import SINGLETON, firm_size
from longgame.experiments.design.compositions import Composition, market_firms, payoff_table, plan
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Answer, Plan, Tables
from longgame.experiments.studies import (
    evolution,
    evolution_figure,
    evolution_live,
    evolution_report,
    invasion,
    invasion_figure,
    invasion_report,
    phase_map,
    phase_map_figure,
    sensitivity,
    sensitivity_figure,
    tournament,
    tournament_figure,
    tournament_report,
)
from longgame.experiments.study import Draw, Findings
from longgame.experiments.words import ORGANISATION_WORDS, number
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy


def nobody(text: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Meeting(ABC):
    """Strategies that meet in the markets of some compositions, and what is read from what they earn there.

    Attributes
    ----------
    strategies : mapping of str to Strategy
        By name.
    organisation : {"singleton", "herd"}
    payoff : {"profit", "pay"}
    """

    strategies: Mapping[str, Strategy]
    organisation: str = SINGLETON
    payoff: str = "profit"

    @abstractmethod
    def compositions(self, firms: int) -> Sequence[Composition]:
        """Return who meets whom, in markets of so many firms."""

    @abstractmethod
    def analyse(self, tables: Tables, firms: int) -> Findings:
        """Return what is found in the tables of the plan."""

    def plan(self, scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
        """Return every market."""
        firms = market_firms(scenario, self.organisation)
        return plan(scenario, self.compositions(firms), seeds, self.strategies)

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run every market and return what is found."""
        return self.analyse(answer(self.plan(scenario, seeds)), market_firms(scenario, self.organisation))


@dataclass(frozen=True)
class Tournament(Meeting):
    """The tournament of some strategies, attributes as of `Meeting`."""

    name: str = "tournament"
    text: str = tournament.__doc__ or ""

    def compositions(self, firms: int) -> Sequence[Composition]:
        """Return every market of the tournament."""
        return tournament.compositions(self.strategies, firms, self.organisation)

    def analyse(self, tables: Tables, firms: int) -> Findings:
        """Return the league table, the duels and their figure."""
        table = payoff_table(tables["posts"])
        found = tournament.league(tournament.scores(table, firms, self.payoff))
        played = tournament.results(table, self.payoff)
        half = tournament.shares_of("duel", firms)
        won = tournament.record(played, half)
        where = ORGANISATION_WORDS[self.organisation]
        heads, cells = tournament_report.rows(found, won)
        draw = partial(
            tournament_figure.figure_duels, duels=played, league=found, share=half, payoff=self.payoff, where=where
        )
        return Findings(
            self.name,
            "Tournament",
            sentences=(tournament_report.explained(found, self.payoff, where),),
            shown={"": pd.DataFrame(cells, columns=heads)},
            tables={"payoffs": table, "league": found, "duels": played},
            figures={"duels": draw},
        )


@dataclass(frozen=True)
class Invasion(Meeting):
    """The invasion of every strategy's market by every other, attributes as of `Meeting`."""

    name: str = "invade"
    text: str = invasion.__doc__ or ""

    def compositions(self, firms: int) -> Sequence[Composition]:
        """Return the markets of every pair."""
        return invasion.compositions(self.strategies, firms, self.organisation)

    def analyse(self, tables: Tables, firms: int) -> Findings:
        """Return the verdict on every market and pair, and their figure."""
        table = payoff_table(tables["posts"])
        found = invasion.verdicts(table, self.payoff)
        words = (invasion.few_of(firms), self.payoff, ORGANISATION_WORDS[self.organisation])
        draw = partial(invasion_figure.figure_graph, found=found, few=words[0], payoff=self.payoff, where=words[2])
        said = pd.DataFrame(invasion_report.sentences(found), columns=["market of", "verdict"])
        return Findings(
            self.name,
            "Invasion",
            sentences=(invasion_report.explained(found, *words),),
            shown={"": said},
            tables={"payoffs": table, "verdicts": found},
            figures={"invasion": draw},
        )


#: Time, in the replicator's units, after which shares are read.
UNTIL = 1000.0


@dataclass(frozen=True)
class Evolution:
    """The spread of strategies that earn more, on the payoff table and in live markets.

    Attributes
    ----------
    strategies : mapping of str to Strategy
        By name.
    organisation : {"singleton", "herd"}
    payoff : {"profit", "pay"}
    points : int
        Shares at which every pair is simulated.
    population : int, optional
        Population of the processes with chance; the firms of the market if left out.
    selection : float, optional
        Intensity of copying, per mean pay; the scenario's if left out.
    strength : float
        Intensity of selection in the Moran process.
    mutation : float
        Rate of mutation in the replicator equation, per unit of time.
    years : int
        Length of the live markets; 0: none.
    attention : float, optional
        Yearly probability of looking at another's pay, live; the scenario's (or 0.5) if left out.

    Raises
    ------
    ValueError
        From `run`, if payoffs have no unit, or a process no meaning for them (`games.NotPositive`).
    """

    strategies: Mapping[str, Strategy]
    organisation: str = SINGLETON
    payoff: str = "pay"
    points: int = 3
    population: int | None = None
    selection: float | None = None
    strength: float = 0.1
    mutation: float = 0.01
    years: int = 30
    attention: float | None = None
    name: str = "evolve"
    text: str = evolution.__doc__ or ""

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Run pairs and live markets, and return where the market goes."""
        firms = market_firms(scenario, self.organisation)
        wanted = evolution.compositions(self.strategies, firms, self.organisation, self.points)
        table = payoff_table(answer(plan(scenario, wanted, seeds, self.strategies))["posts"])
        beta = scenario.staffing.selection if self.selection is None else self.selection
        population = self.population or firms
        pairs = evolution.pairs_of(table, self.payoff)
        fixation = evolution.fixation_table(pairs, population, beta, self.strength)
        shares = evolution.long_run(pairs, population, beta, self.strength, self.mutation, UNTIL)
        along = evolution.paths(pairs, beta, self.mutation, UNTIL)
        live = self._live(scenario, seeds, answer, table, beta) if self.years else None
        where = ORGANISATION_WORDS[self.organisation]
        words = {"seeds": len(seeds), "where": where}
        figures: dict[str, Draw] = {
            "replicator": partial(evolution_figure.figure_replicator, paths=along, payoff=self.payoff, **words),
            "long-run": partial(
                evolution_figure.figure_long_run, shares=shares, population=population, payoff=self.payoff, **words
            ),
        }
        tables = {"payoffs": table, "fixation": fixation, "long-run": shares, "replicator": along}
        if live is not None:
            figures["live"] = partial(evolution_figure.figure_live, live=live, **words)
            tables["live"] = live
        return Findings(
            self.name,
            "Evolution",
            sentences=(
                *evolution_report.terminal(shares, live).splitlines(),
                f"{evolution_report.fixation_line(fixation)}.",
                *([f"{evolution_report.live_line(live)}."] if live is not None else []),
                evolution_report.explained(self, where, len(seeds), population, beta),
            ),
            tables=tables,
            figures=figures,
        )

    def _live(
        self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer, table: pd.DataFrame, beta: float
    ) -> pd.DataFrame:
        """Run the live markets and return them beside the same copying on the table."""
        firms = market_firms(scenario, self.organisation)
        looks = (scenario.staffing.imitation or 0.5) if self.attention is None else self.attention
        wanted = evolution_live.plan(
            scenario, self.strategies, firms, self.organisation, seeds, beta=beta, looks=looks, years=self.years
        )
        shares = answer(wanted)["shares-by-year"]
        start = evolution_live.start_of(
            self.strategies, firms, self.organisation, firm_size(scenario, self.organisation)
        )
        return evolution_live.compared(
            shares, evolution.pairs_of(table, "pay"), scenario, start, beta=beta, looks=looks
        )


@dataclass(frozen=True)
class PhaseMaps:
    """Maps of who is ahead over two dials each, refined where that changes.

    Attributes
    ----------
    charts : mapping of str to Chart
        By name.
    tell : callable
        Takes a line on how far it is.
    """

    charts: Mapping[str, phase_map.Chart]
    tell: Callable[[str], None] = nobody
    name: str = "phase-map"
    text: str = phase_map.__doc__ or ""

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Trace every map and return points, runs and figures."""
        sentences, tables, figures = [], {}, {}
        for name, chart in self.charts.items():
            traced = phase_map.trace(
                chart, scenario, seeds, answer, lambda text, name=name: self.tell(f"{name}: {text}")
            )
            tables |= {name: phase_map.points_table(traced), f"tables/{name}-runs": traced.table}
            for i, (arm, _) in enumerate(chart.pairs):
                figures[f"{name}-{arm.organisation}"] = partial(
                    phase_map_figure.draw, traced=traced, pair=i, months=scenario.months
                )
                sentences.append(f"{name}: {phase_map_figure.finding(traced, i, scenario.months)}.")
        return Findings(self.name, "Phase maps", sentences=tuple(sentences), tables=tables, figures=figures)


@dataclass(frozen=True)
class Sensitivity:
    """The dials that decide the verdict of a claim: one at a time, by screening, by shares of the variance.

    Attributes
    ----------
    claim : Claim
    dials : sequence of Dial
    trajectories : int
        Of the Morris screening.
    top : int
        Dials that go on to Sobol indices; 0: none.
    samples : int
        Base samples of the Sobol indices, a power of 2.
    seed : int
        Of the samples.
    tell : callable
        Takes a line on how far it is.

    Raises
    ------
    sensitivity.Unmeasurable
        From `run`, if too few points have an effect.
    """

    claim: Claim
    dials: Sequence[Dial]
    trajectories: int = 10
    top: int = 4
    samples: int = 32
    seed: int = 1
    tell: Callable[[str], None] = nobody
    name: str = "sensitivity"
    text: str = sensitivity.__doc__ or ""

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Turn the dials and return what each does to the effect."""
        model = sensitivity.Verdicts(self.claim, scenario, seeds, answer)

        def stage(name: str) -> Any:
            return replace(model, tell=lambda done, total: self.tell(f"{name}: {done:,} of {total:,} points"))

        effects = stage("tornado").effects(sensitivity.tornado_points(scenario, self.dials))
        unit, above = next((effect.unit for effect in effects if effect.unit), ""), None
        tables = {"tornado": sensitivity.tornado(self.dials, effects)}
        tables["morris"] = sensitivity.morris(self.dials, stage("Morris"), self.trajectories, self.seed)
        words = {"claim": self.claim.name}
        figures: dict[str, Draw] = {
            "tornado": partial(sensitivity_figure.tornado, table=tables["tornado"], unit=unit, **words),
            "morris": partial(sensitivity_figure.morris, table=tables["morris"], unit=unit, **words),
        }
        if self.top:
            foremost = sensitivity.foremost(tables["morris"], self.dials, self.top)
            shared = sensitivity.sobol(foremost, stage("Sobol"), self.samples, self.seed)
            tables["sobol"], above = shared.table, shared.above
            figures["sobol"] = partial(sensitivity_figure.sobol, table=shared.table, above=above, **words)
        said = [
            f"The effect for the claim {self.claim.name} is {number(effects[0].value)} {unit} at the scenario's own "
            "values; it is the mean of the effects that decide.",
            "A star marks a dial that alone turns the mean effect round. mu* is the mean size of an elementary effect.",
        ]
        if above is not None:
            said.append(
                f"Over the ranges of the foremost dials the effect supports the claim in {above:.0%} of markets."
            )
        return Findings(
            self.name,
            f"What decides {self.claim.name}",
            sentences=tuple(said),
            shown={"": sensitivity.shown(tables)},
            tables=tables,
            figures=figures,
            about={"in favour": above, "unit": unit, "dials": {str(d): [d.low, d.high] for d in self.dials}},
        )
