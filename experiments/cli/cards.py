"""``longgame cards``: measures what is on the strategy cards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Line, Market, Months, Running, Seeds, Settings, report
from longgame.experiments.words import many


def cards(
    *,
    seeds: Seeds = 16,
    trait_seeds: Seeds = 8,
    settings: Settings = (),
    months: Months | None = None,
    running: Running = Running(),
    out: FileName = "results/cards.json",
    line: Line,
) -> int:
    """Measure the traits of the library and its tournament, and write them down.

    Parameters
    ----------
    seeds : int
        Runs of every market of the tournament.
    trait_seeds : int
        Runs of every market in which traits are measured.
    settings : tuple of str
        Change one number of the default scenario; may be repeated.
    months : int, optional
        Length of the runs.
    out : str
        Where what was measured goes; the cards are made from experiments/studies/cards.json.
    """
    from longgame.experiments.runs.provenance import made_by
    from longgame.experiments.studies import cards as study
    from longgame.experiments.studies import cards_measured
    from longgame.sim.files import write_atomically

    scenario = Market(settings=settings, months=months).load().scenario
    about: dict[str, Any] = {
        **made_by(line),
        "seeds": {"traits": trait_seeds, "tournament": seeds},
        "key": scenario.key(),
    }
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    with running.open() as workers:
        plans = cards_measured.plans(scenario, seeds, trait_seeds)
        report(f"cards: {many(sum(len(plan) for plan in plans), 'run')}; the same command goes on where it was")
        measured = cards_measured.measured(scenario, plans, partial(workers.tables, name="cards", whole=True), about)
    with write_atomically(out) as stream:
        stream.write(study.dump(measured))
    print(f"Measured {many(len(study.library()), 'strategy', 'strategies')}: {out}")
    return DONE
