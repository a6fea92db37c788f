"""Evolution in words: for the screen and in Markdown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from longgame.experiments.studies.evolution import FAVOURED, OPEN, OPPOSED
from longgame.experiments.studies.evolution_live import VARIANTS
from longgame.experiments.words import many, number

#: How processes are called.
PROCESSES = {
    "fermi": "copying (Fermi), rare mutants",
    "moran": "Moran, rare mutants",
    "replicator": "replicator",
    "replicator-mutator": "replicator, mutants",
}


def percent(share: float) -> str:
    """Say a share.

    Examples
    --------
    >>> percent(0.5), percent(0.0), percent(0.0004)
    ('50%', '0%', '<0.1%')
    """
    return "<0.1%" if 0 < share < 0.001 else f"{100 * share:.3g}%"


def _cell(row: Any) -> str:
    """Write a share with its interval."""
    if pd.isna(row["low"]):
        return percent(row["share"])
    low, high = percent(row["low"]), percent(row["high"])
    return percent(row["share"]) + ("" if low == high else f" ({low}–{high})")


def rows(shares: pd.DataFrame, live: pd.DataFrame | None) -> tuple[list[str], list[list[str]]]:
    """Return heads and cells of the table of long-run shares, the largest by the first process on top."""
    names = list(dict.fromkeys(shares["process"]))
    order = shares[shares["process"] == names[0]].sort_values(["share", "strategy"], ascending=[False, True])
    heads = ["strategy", *[PROCESSES[name] for name in names]]
    by = {key: _cell(row) for key, row in shares.set_index(["process", "strategy"]).iterrows()}
    cells = [[strategy, *[by[name, strategy] for name in names]] for strategy in order["strategy"]]
    if live is not None:
        last = live[live["year"] == live["year"].max()].set_index(["variant", "strategy"])
        year = int(live["year"].max())
        heads += [f"market, year {year}: {variant}, {side}" for variant in VARIANTS for side in ("live", "by table")]
        for line in cells:
            for variant in VARIANTS:
                row = last.loc[(variant, line[0])]
                live_cell = _cell(pd.Series({"share": row["live"], "low": row["low"], "high": row["high"]}))
                line += [live_cell + " *" * bool(row["differs"]), percent(row["table"])]
    return heads, cells


def terminal(shares: pd.DataFrame, live: pd.DataFrame | None, most: int = 8) -> str:
    """Return the table for a screen, turned: a line per process, with at most `most` strategies."""
    heads, cells = rows(shares, live)
    lines = []
    for column, head in enumerate(heads[1:], 1):
        found = [(line[0], line[column]) for line in cells if line[column].split()[0] not in ("0%", "<0.1%")]
        size = {name: float(text.split("%")[0]) for name, text in found}
        found.sort(key=lambda pair: (-size[pair[0]], pair[0]))
        rest = f", and {len(found) - most} others" if len(found) > most else ""
        said = ", ".join(f"{name} {text}" for name, text in found[:most])
        lines.append(f"{head}: {said}{rest}")
    return "\n".join(lines)


def fixation_line(fixation: pd.DataFrame) -> str:
    """Say how many mutants selection favours."""
    parts = []
    for process, here in fixation.groupby("process"):
        counts = here["selection"].value_counts().to_dict()
        parts.append(
            f"{process}: {counts.get(FAVOURED, 0)} favoured, {counts.get(OPPOSED, 0)} opposed, "
            f"{counts.get(OPEN, 0)} open"
        )
    return (
        f"Of {len(fixation) // len(parts)} single mutants, against 1/N = "
        f"{number(fixation['neutral'].iloc[0])}: {'; '.join(parts)} (each "
        "at 95%, not corrected for their number)"
    )


def leaders(last: pd.DataFrame) -> str:
    """Say who leads in the live market and on the table, where that is clear.

    Live: the interval of the first lies above the share of the second; on the table: by a point.
    """
    live = last.sort_values("live", ascending=False)
    first, second = live.iloc[0], live.iloc[1]
    table = last.sort_values("table", ascending=False)
    clear = table["table"].iloc[0] - table["table"].iloc[1] > 0.01
    expected = str(table["strategy"].iloc[0]) if clear else "nobody clearly"
    here = str(first["strategy"]) if first["low"] > second["live"] else "nobody clearly"
    if here == expected:
        return f"{here} leads, as the payoff table says"
    return f"{here} leads, by the payoff table {expected}"


def live_line(live: pd.DataFrame) -> str:
    """Say whether the live market goes where the payoff table says."""
    parts = []
    for variant in VARIANTS:
        here = live[(live["variant"] == variant) & (live["year"] == live["year"].max())]
        apart = (here["live"] - here["table"]).abs().sum() / 2
        parts.append(
            f"{variant}: {leaders(here)}; {percent(apart)} of salespeople sell otherwise than it says, "
            f"{int(here['differs'].sum())} of {len(here)} shares differ from it (marked *)"
        )
    return f"Live market, year {int(live['year'].max())}. " + ". ".join(p[:1].upper() + p[1:] for p in parts)


def explained(study: Any, where: str, seeds: int, population: int, beta: float) -> str:
    """Return what the numbers are."""
    live = (
        f" Live markets copy pay, for {study.years} years, and are set beside the same copying on the payoff table."
        if study.years
        else ""
    )
    return (
        f"Payoff: {study.payoff} per salesperson-year ({where}, {many(seeds, 'seed')}), in mean pays. "
        f"Copying: intensity {beta:g}; Moran: W = {study.strength:g}; N = {population}; "
        f"mutation {study.mutation:g}; intervals: middle 95% over resampled seeds.{live}"
    )
