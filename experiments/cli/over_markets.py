"""``--markets``: claims in every market of an ensemble instead of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longgame.experiments.cli.carry import show
from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Market, Running, folder, report
from longgame.experiments.words import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.evidence.ensemble import Ensemble
    from longgame.experiments.studies.over_markets import Sample
    from longgame.sim.scenario import Scenario

#: Markets of the prior for every three of the ensemble: they are background.
BESIDE = 3

#: Plausible markets of a quick look.
QUICK = 30


def over_markets(
    claims: Mapping[str, AnyClaim],
    name: str,
    *,
    market: Market,
    seeds: int | None,
    quick: bool,
    running: Running,
    out: str | None,
    line: str,
) -> int:
    """Run the first verdict of claims in the markets of an ensemble, print shares of markets, and write them.

    Parameters
    ----------
    claims : mapping of str to AnyClaim
    name : str
        A stored ensemble, or a file.
    market : Market
        Must be left as it is: an ensemble has numbers of its own.
    seeds : int, optional
        Runs of every market of every arm (default 3, with --quick 2).
    quick : bool
        `QUICK` plausible markets, drawn by weight.
    running, out, line
        As for other commands.

    Raises
    ------
    InputError
        If there is no such ensemble, an option does not go with it, or scikit-learn is not installed.
    """
    import time

    from longgame.experiments import claims as known
    from longgame.experiments.evidence.ensemble import Ensemble
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.provenance import made_by
    from longgame.experiments.studies import over_markets as study
    from longgame.experiments.studies.over_markets_report import findings
    from longgame.sim.errors import InputError

    if market != Market():
        raise InputError("--markets: does not go with --scenario, --set or --months; an ensemble has its own numbers")
    _check_extra()
    ensemble = Ensemble.load(name)
    count = seeds or (study.FEWEST_SEEDS if quick else study.SEEDS)
    if count < study.FEWEST_SEEDS:
        raise InputError(f"--seeds {count}: must be {study.FEWEST_SEEDS} or more with --markets, to tell luck")
    started = time.perf_counter()
    markets, samples, points = chosen(ensemble, QUICK if quick else None)
    what = f"{next(iter(claims))}-{ensemble.name}" if len(claims) == 1 else f"claims-{ensemble.name}"
    path = folder(what, out)
    with results_folder(path) as draft, running.open(progress=False) as workers:
        report(f"{many(len(claims), 'claim')} in {many(len(markets), 'market')}; the same command goes on where it was")
        compared = study.compare(claims, markets, tuple(range(count)), workers, report)
        among = max(len(claims), len(known.names()))
        about = {
            **made_by(line),
            "ensemble": ensemble.name,
            "made": ensemble.made,
            "seeds": count,
            "runs": compared.runs,
        }
        found, told = findings(ensemble, compared.rows, samples, points, claims, among, about)
        found.write(draft)
        told.write(draft / "told.json")
    show(found, path, time.perf_counter() - started)
    return DONE


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
    from importlib.util import find_spec

    from longgame.sim.errors import InputError

    if find_spec("sklearn") is None:
        raise InputError("--markets: needs scikit-learn: pip install 'longgame[evidence]'")
