"""The tournament over many markets in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR
from longgame.experiments.studies.over_markets import Sample
from longgame.experiments.studies.over_markets_report import percent
from longgame.experiments.studies.tournament_over_markets import EVENTS, places, standings
from longgame.experiments.study import Findings
from longgame.experiments.words import many

HEADS = {"mixed": "All strategies together", "alone": "Each in a market of its own"}


def findings(played: pd.DataFrame, samples: Sequence[Sample], name: str, about: Mapping[str, Any]) -> Findings:
    """Return who is first in how many markets, with tables."""
    placed = places(played)
    found = standings(placed, samples)
    return Findings(
        "tournament",
        f"Tournament over plausible markets: {name}",
        sentences=(
            _said(found),
            f"{many(len(samples[0].weights), 'market')} of the ensemble {name}, "
            f"{many(len(samples[1].weights), 'market')} of its prior, "
            f"{many(played['seed'].nunique(), 'seed')} of each. Intervals are for all strategies at once.",
        ),
        shown={HEADS[event]: _table(found, event) for event in EVENTS},
        tables={"standings": found, "places": placed, "payoffs": played},
        about=about,
    )


def _said(found: pd.DataFrame) -> str:
    """Say who is first most often where all sell together."""
    best = found[(found["event"] == "mixed") & (found["sample"] == PLAUSIBLE)].iloc[0]
    return (
        f"Among all, {best['strategy']} earns most in {percent(best['first'])} of the plausible markets, and "
        f"clearly so in {percent(best['clear'])}."
    )


def _table(found: pd.DataFrame, event: str) -> pd.DataFrame:
    """Return the standings of one event, best first."""
    here = found[found["event"] == event]
    prior = here[here["sample"] == PRIOR].set_index("strategy")["first"]
    rows = [
        {
            "strategy": row.strategy,
            "first": f"{percent(row.first)} ({100 * row.low:.0f} to {100 * row.high:.0f})",
            "clearly first": percent(row.clear),
            "mean place": f"{row.place:.1f}",
            "first, in the prior": percent(prior[row.strategy]),
        }
        for row in here[here["sample"] == PLAUSIBLE].itertuples()
    ]
    return pd.DataFrame(rows)
