"""``--markets``: every market of an ensemble instead of one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from longgame.experiments.cli.carry import show
from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Market, Running, folder, report
from longgame.experiments.words import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.cli.lab import Contest
    from longgame.experiments.evidence.ensemble import Ensemble
    from longgame.experiments.runs.workers import Workers
    from longgame.experiments.studies.over_markets import Sample
    from longgame.experiments.study import Findings
    from longgame.sim.scenario import Scenario

#: Markets of the prior for every three of the ensemble: they are background.
BESIDE = 3

#: Plausible markets of a quick look.
QUICK = 30


@dataclass(frozen=True)
class Over:
    """An ensemble as a command takes it.

    Attributes
    ----------
    ensemble : Ensemble
    seeds : tuple of int
        Of every market.
    markets : dict of str to Scenario
        Plausible ones first.
    samples : list of Sample
        In which they are counted.
    points : pandas.DataFrame
        Their dials.
    """

    ensemble: Ensemble
    seeds: tuple[int, ...]
    markets: dict[str, Scenario]
    samples: list[Sample]
    points: pd.DataFrame

    def about(self, line: str) -> dict[str, Any]:
        """Return what it takes to do it again."""
        from longgame.experiments.runs.provenance import made_by

        ensemble = self.ensemble
        return {**made_by(line), "ensemble": ensemble.name, "made": ensemble.made, "seeds": len(self.seeds)}


def drawn(name: str, market: Market, count: int, seed: int) -> tuple[str, tuple[Scenario, ...]]:
    """Return the name of an ensemble, and different markets of it, drawn by weight.

    Raises
    ------
    InputError
        As `Asked.opened`, or if it has fewer.
    """
    import numpy as np

    from longgame.sim.errors import InputError

    ensemble = _loaded(name, market)
    markets, weights = list(ensemble.scenarios().values()), ensemble.shares
    few = int(np.count_nonzero(weights))
    if count > few:
        raise InputError(
            f"--markets {name}: {count} different markets are needed, it has {few}; give fewer --seeds or --fresh"
        )
    places = np.random.default_rng(seed).choice(len(markets), count, replace=False, p=weights)
    return ensemble.name, tuple(markets[k] for k in places)


def _loaded(name: str, market: Market) -> Ensemble:
    """Return an ensemble, with the refusal of options that do not go with it."""
    from longgame.experiments.evidence.ensemble import Ensemble
    from longgame.sim.errors import InputError

    if market != Market():
        raise InputError("--markets: does not go with --scenario, --set or --months; an ensemble has its own numbers")
    return Ensemble.load(name)


@dataclass(frozen=True)
class Asked:
    """A command over the markets of an ensemble, as it was given.

    Attributes
    ----------
    name : str
        A stored ensemble, or a file.
    market : Market
        Must be left as it is: an ensemble has numbers of its own.
    seeds : int, optional
        Runs of every market (default 3, with `quick` 2).
    quick : bool
        `QUICK` plausible markets, drawn by weight.
    running, out, line
        As for other commands.
    """

    name: str
    market: Market
    seeds: int | None
    quick: bool
    running: Running
    out: str | None
    line: str

    def opened(self) -> Over:
        """Return the markets that are run.

        Raises
        ------
        InputError
            If there is no such ensemble, or an option does not go with it.
        """
        from longgame.experiments.studies.over_markets import FEWEST_SEEDS, SEEDS
        from longgame.sim.errors import InputError

        ensemble = _loaded(self.name, self.market)
        count = self.seeds or (FEWEST_SEEDS if self.quick else SEEDS)
        if count < FEWEST_SEEDS:
            raise InputError(f"--seeds {count}: must be {FEWEST_SEEDS} or more with --markets, to tell luck")
        return Over(ensemble, tuple(range(count)), *chosen(ensemble, QUICK if self.quick else None))

    def carry_out(self, what: str, find: Callable[[Over, Workers, Path], Findings]) -> int:
        """Open the markets, print what is found in them, and write it.

        Parameters
        ----------
        what : str
            Begins the name of the folder of results.
        find : callable
            Takes the markets, workers and the folder that is being written.
        """
        from longgame.experiments.reports.folder import results_folder

        over, started = self.opened(), time.perf_counter()
        path = folder(f"{what}-{over.ensemble.name}", self.out)
        with results_folder(path) as draft, self.running.open(progress=False) as workers:
            found = find(over, workers, draft)
            found.write(draft)
        show(found, path, time.perf_counter() - started)
        return DONE


def over_markets(claims: Mapping[str, AnyClaim], asked: Asked) -> int:
    """Run the first verdict of claims in the markets of an ensemble, print shares of markets, and write them.

    Raises
    ------
    InputError
        As `Asked.opened`, or if scikit-learn is not installed.
    """
    from longgame.experiments import claims as known
    from longgame.experiments.studies.over_markets import compare
    from longgame.experiments.studies.over_markets_report import findings

    def find(over: Over, workers: Workers, draft: Path) -> Findings:
        said = f"{many(len(claims), 'claim')} in {many(len(over.markets), 'market')}"
        report(f"{said}; the same command goes on where it was")
        compared = compare(claims, over.markets, over.seeds, workers, report)
        among = max(len(claims), len(known.names()))
        about = {**over.about(asked.line), "runs": compared.runs}
        found, told = findings(over.ensemble, compared.rows, over.samples, over.points, claims, among, about)
        told.write(draft / "told.json")
        return found

    _check_extra()
    return asked.carry_out(next(iter(claims)) if len(claims) == 1 else "claims", find)


def sensitivity_over(claim: AnyClaim, asked: Asked) -> int:
    """Run the first verdict of a claim in the markets of an ensemble, and write which dials its effect goes with."""
    from longgame.experiments.studies.over_markets import compare
    from longgame.experiments.studies.sensitivity_over_markets import findings

    def find(over: Over, workers: Workers, draft: Path) -> Findings:
        compared = compare({claim.name: claim}, over.markets, over.seeds, workers, report)
        about = {**over.about(asked.line), "runs": compared.runs}
        return findings(over.ensemble.name, claim.text, compared.rows, over.samples, over.points, about)

    _check_extra()
    return asked.carry_out(f"sensitivity-{claim.name}", find)


def tournament_over(contest: Contest, payoff: str, asked: Asked) -> int:
    """Play the tournament in the markets of an ensemble, print who is first in how many, and write it.

    Parameters
    ----------
    contest : Contest
        Who takes part.
    payoff : {"profit", "pay"}
    asked : Asked
    """
    from longgame.experiments.studies.tournament_over_markets import play
    from longgame.experiments.studies.tournament_over_markets_report import findings

    def find(over: Over, workers: Workers, draft: Path) -> Findings:
        played, runs = play(
            contest.strategies, contest.organisation, over.markets, over.seeds, workers, payoff, tell=report
        )
        return findings(played, over.samples, over.ensemble.name, {**over.about(asked.line), "runs": runs})

    return asked.carry_out(contest.name("tournament"), find)


def chosen(ensemble: Ensemble, most: int | None) -> tuple[dict[str, Scenario], list[Sample], pd.DataFrame]:
    """Return the markets that are run, the samples they are counted in, and their dials.

    Parameters
    ----------
    ensemble : Ensemble
    most : int, optional
        Plausible markets: the ensemble is then thinned by weight, evenly (systematic resampling), and all that are
        left count by how often they were drawn.
    """
    import numpy as np
    import pandas as pd

    from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR
    from longgame.experiments.studies.over_markets import Sample

    plausible, prior = ensemble.scenarios(), ensemble.prior_scenarios()
    points = pd.DataFrame([*ensemble.points, *ensemble.prior], columns=list(ensemble.dials), index=[*plausible, *prior])
    weights = dict(zip(plausible, ensemble.shares.tolist(), strict=True))
    if most is not None and most < len(plausible):
        drawn = np.searchsorted(np.cumsum(ensemble.shares), (np.arange(most) + 0.5) / most)
        names = np.array(list(plausible))[np.minimum(drawn, len(plausible) - 1)]
        weights = {name: float(times) for name, times in zip(*np.unique(names, return_counts=True), strict=True)}
    beside = dict.fromkeys(list(prior)[: max(1, (most or len(plausible)) // BESIDE)], 1.0)
    kept = [*weights, *beside]
    markets = {name: {**plausible, **prior}[name] for name in kept}
    return markets, [Sample(PLAUSIBLE, weights), Sample(PRIOR, beside)], points.loc[kept]


def _check_extra() -> None:
    """Refuse to start without scikit-learn, before anything is run."""
    from longgame.sim.errors import extra

    with extra("--markets", "evidence"):
        import sklearn.tree  # noqa: F401
