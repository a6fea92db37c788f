"""Reference configurations beside the ranges of a market that could exist: plan, table, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from longgame.experiments.design.plan import Plan, Tables
from longgame.experiments.measures.firms import BANDS, ECONOMY, FIRM_LIVES, in_bands, numbers
from longgame.experiments.tables import markdown_table, text_table
from longgame.sim.scenario import Scenario


def plan(markets: Mapping[str, Scenario], seeds: tuple[int, ...]) -> Plan:
    """Return the runs by which markets are held beside the ranges."""
    return Plan(markets, seeds, (ECONOMY, FIRM_LIVES))


def table(tables: Tables) -> pd.DataFrame:
    """Return `in_bands` of every market, with its name in the column ``market``."""
    sums, lives = tables["economy"], tables["firms"]
    found = []
    for market in dict.fromkeys(sums["market"]):
        here = numbers(sums[sums["market"] == market], lives[lives["market"] == market])
        found.append(in_bands(here).assign(market=market))
    return pd.concat(found, ignore_index=True)


def _cells(table: pd.DataFrame, outside: str) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: a row a number, a column a market; a number outside is marked."""
    markets = list(dict.fromkeys(table["market"]))
    rows = []
    for band in BANDS:
        here = table[table["number"] == band.number].set_index("market")
        found = [_said(here["found"][name], bool(here["holds"][name]), outside) for name in markets]
        rows.append([band.meaning, f"{band.low:.2g}-{band.high:.2g}", *found])
    return ["", "range", *markets], rows


def _said(value: float, holds: bool, outside: str) -> str:
    """Return a number in words, marked where it is outside its range."""
    text = "-" if pd.isna(value) else f"{value:.2f}"
    return text if holds else outside.format(text)


def terminal(table: pd.DataFrame) -> str:
    """Return the table for the screen; numbers outside their range have a star."""
    heads, rows = _cells(table, "{}*")
    return text_table([heads, *rows], right=range(1, len(heads)))


def summary(outside: int) -> str:
    """Say how many numbers are outside of markets that should be in all ranges.

    Examples
    --------
    >>> summary(0)
    'No number is outside its range in a market that should be in all ranges'
    >>> summary(1)
    '1 number is outside its range in a market that should be in all ranges'
    >>> summary(12)
    '12 numbers are outside their ranges in markets that should be in all ranges'
    """
    if outside > 1:
        return f"{outside} numbers are outside their ranges in markets that should be in all ranges"
    return f"{'1' if outside else 'No'} number is outside its range in a market that should be in all ranges"


def markdown(table: pd.DataFrame) -> str:
    """Return the table for a document; numbers outside their range are bold. Sources of the ranges follow."""
    heads, rows = _cells(table, "**{}**")
    body = markdown_table(heads, rows, right=range(1, len(heads)))
    return f"{body}\n{_sources([(band.meaning, band.source) for band in BANDS])}"


def _sources(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the sources of the ranges as a list."""
    return "\n".join(["", "Sources of the ranges:", "", *(f"* {meaning}: {source}." for meaning, source in pairs)])
