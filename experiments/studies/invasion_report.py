"""Invasion in words: for the screen, in Markdown, and as JSON."""

from __future__ import annotations

import pandas as pd

from longgame.experiments.studies.invasion import INVADED, NEUTRAL, STABLE, UNDECIDED, pair_kinds, residents
from longgame.experiments.words import many, number

#: What is said of a market of one strategy.
SAID = {
    STABLE: "stable: all others earn less as a few in its market",
    NEUTRAL: "stable but for who earns as much",
    INVADED: "invaded",
    UNDECIDED: "undecided at this sample size",
}


def sentences(found: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what becomes of every market, invaders named, those who gain most first."""
    gain = found.set_index(["resident", "invader"])["gap"]
    said = []
    for row in residents(found).itertuples():
        parts = []
        by = sorted(row.invaded, key=lambda name: -gain[row.resident, name])
        if by:
            parts.append("invaded by " + ", ".join(f"{name} (+{number(gain[row.resident, name])})" for name in by))
        elif row.verdict != INVADED:
            parts.append(SAID[row.verdict])
        if row.neutral:
            parts.append(f"neutral with {', '.join(row.neutral)}")
        if row.undecided:
            parts.append(f"undecided with {', '.join(row.undecided)}")
        said.append((row.resident, "; ".join(parts)))
    return said


def explained(found: pd.DataFrame, few: str, payoff: str, where: str) -> str:
    """Say what the verdicts are, and how many pairs are of each kind."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in pair_kinds(found).items())
    first = found.iloc[0]
    return (
        f"{payoff[:1].upper()}{payoff[1:]} of {few} {where} less that of the residents, "
        f"{many(int(found['n'].max()), 'seed')}; differences below {number(first['worth'])} a year (a "
        f"twentieth of mean pay) are neutral. Each interval is at {100 * first['level']:.4g}%, so that among "
        f"all {len(found)} verdicts any is wrong in about 5% of such studies. Pairs, both ways: {kinds}."
    )
