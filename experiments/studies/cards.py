"""Strategy cards: what a strategy does, where it comes from, what was measured of it, who beats it.

The declared half of a card is made from the library whenever it is asked for. The measured half comes from
``cards.json`` beside this file, which ``longgame cards`` writes and which says by what it was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.studies import cards_traits as traits
from longgame.experiments.studies.tournament import EVENTS, LOST, WON
from longgame.experiments.studies.tournament_report import HEADS, place
from longgame.experiments.words import number
from longgame.sim.library import STRATEGIES
from longgame.sim.strategy import Conduct, Strategy

DATA = Path(__file__).resolve().with_name("cards.json")

#: Markets in which traits are measured.
MARKETS = {"alone": "alone in its market", "mixed": "among all strategies"}

#: From when on a share counts as little, and as much.
LITTLE, MUCH = 0.34, 0.67


# -- in words -----------------------------------------------------------------------------------------


def _degree(value: float, *words: str) -> str:
    """Return the word for none, little, some or much of a dial."""
    none, little, some, much = words
    if value == 0:
        return none
    return little if value < LITTLE else some if value < MUCH else much


def in_words(conduct: Conduct) -> str:
    r"""Say a conduct in a sentence.

    Examples
    --------
    >>> print(*in_words(Conduct(markup=-0.1, refer=1.0, walk_away=0.0)).split(", "), sep="\n")
    asks some questions
    claims what it believes
    never pushes
    charges 10% below cost
    walks away from what it believes is worth less than its price
    recommends a rival who fits better
    helps when something goes wrong
    remembers some of it
    serves clients and prospects alike
    """
    price = f"{abs(conduct.markup):.0%} {'over' if conduct.markup > 0 else 'below'} cost"
    parts = [
        _degree(conduct.discovery, "asks nothing", "hardly asks", "asks some questions", "asks a lot"),
        f"claims {conduct.overpromise:.0%} of the way from what it believes to a perfect fit"
        if conduct.overpromise
        else "claims what it believes",
        _degree(conduct.pressure, "never pushes", "pushes a little", "pushes", "pushes hard"),
        f"charges {price if conduct.markup else 'cost'}",
        _walks(conduct.walk_away),
        _degree(
            conduct.refer,
            "",
            "seldom recommends a rival",
            "may recommend a rival who fits better",
            "recommends a rival who fits better",
        ),
        _degree(
            conduct.aftercare,
            "is gone when something goes wrong",
            "hardly helps when something goes wrong",
            "helps when something goes wrong",
            "fights for the client when something goes wrong",
        ),
        _degree(
            conduct.remember, "remembers nothing", "remembers little", "remembers some of it", "remembers the client"
        ),
        _degree(conduct.advice, "", "gives some advice", "gives advice", "works on the client's business"),
        _degree(
            conduct.availability,
            "serves whoever comes",
            "serves prospects as soon as clients",
            "serves clients and prospects alike",
            "serves clients first",
        ),
    ]
    return ", ".join(part for part in parts if part)


def _walks(walk_away: float) -> str:
    """Say from what a conduct walks away."""
    if walk_away <= -10:
        return "always pitches"
    if walk_away == 0:
        return "walks away from what it believes is worth less than its price"
    return f"walks away where it believes the customer gains less than {walk_away:g} of the stake"


def phases(strategy: Strategy) -> dict[str, Conduct]:
    """Return the conducts of a strategy by the words for whom they are."""
    found = {"everybody": strategy.with_prospects}
    if strategy.with_clients is not None:
        deals = f"{strategy.client_after} deal{'s' * (strategy.client_after != 1)}"
        found = {"prospects": strategy.with_prospects, f"clients, after {deals}": strategy.with_clients}
    if strategy.endgame is not None:
        found[f"everybody, in the last {strategy.endgame_months} months"] = strategy.endgame
    return found


def declared_traits(strategy: Strategy) -> str:
    """Return the traits that follow from the dials, in words."""
    words = [name.replace("_", " ") for name, true in strategy.traits().items() if true]
    return ", ".join(words) or "none of those told apart"


# -- measured -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What was measured of the library, as ``cards.json`` has it.

    Attributes
    ----------
    about : mapping
        ``command``, ``model``, ``seeds`` (of traits and tournament), ``key`` of the scenario, ``commit``.
    traits : mapping
        By market, strategy and trait: mean, low, high.
    league : pandas.DataFrame
        From `tournament.league`.
    duels : pandas.DataFrame
        From `tournament.results`.
    half : float
        Share of a duel for half of the market.
    """

    about: Mapping[str, Any]
    traits: Mapping[str, Mapping[str, Mapping[str, list[float | None]]]]
    league: pd.DataFrame
    duels: pd.DataFrame
    half: float

    def result(self, name: str, result: str) -> list[str]:
        """Return the rivals in duels for half of the market that ended so, the largest gap first."""
        half = abs(self.duels["share"] - self.half) < 1e-3  # shares are written with four digits
        here = self.duels[(self.duels["ours"] == name) & half]
        here = here[here["result"] == result]
        order = here["gap"].abs().sort_values(ascending=False, kind="stable").index
        return here.loc[order, "theirs"].tolist()

    def worst(self, name: str) -> tuple[str, float]:
        """Return where a strategy earned least, in words, and what: alone, or in a duel at any share."""
        mine = self.duels[self.duels["ours"] == name]
        alone = traits.values(self.traits["alone"][name], "profit")[0]
        if mine.empty or alone <= float(mine["payoff"].min()):
            return "a market of its own", alone
        row = mine.loc[mine["payoff"].idxmin()]
        return f"{row['share']:.0%} of a market of {row['theirs']}", float(row["payoff"])


def load(path: Path = DATA) -> Measured:
    """Read what was measured."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    return Measured(
        tree["about"], tree["traits"], pd.DataFrame(tree["league"]), pd.DataFrame(tree["duels"]), tree["half"]
    )


def dump(measured: Measured) -> str:
    """Write what was measured as JSON, a row a line."""

    def rows(table: pd.DataFrame) -> str:
        records = json.loads(table.to_json(orient="records", double_precision=4))
        return "[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]"

    found = {market: {n: json.dumps(t) for n, t in by.items()} for market, by in measured.traits.items()}
    traits_text = ",\n".join(
        f'"{market}": {{\n' + ",\n".join(f'"{n}": {t}' for n, t in by.items()) + "\n}" for market, by in found.items()
    )
    about = json.dumps(dict(measured.about), indent=1, ensure_ascii=False)
    return (
        f'{{\n"about": {about},\n"half": {measured.half},\n"traits": {{\n{traits_text}\n}},\n'
        f'"league": {rows(measured.league)},\n"duels": {rows(measured.duels)}\n}}\n'
    )


def _events(measured: Measured, name: str) -> dict[str, Any]:
    """Return the rows of a strategy in the league, by event."""
    rows = measured.league[measured.league["strategy"] == name].itertuples()
    return {str(row.event): row for row in rows}


def record_rows(measured: Measured, name: str) -> list[list[str]]:
    """Return a row per event of the tournament: which, the place, the first and the last that the runs allow."""
    mine = _events(measured, name)
    return [[HEADS[event], *(str(getattr(mine[event], c)) for c in ("rank", "best", "worst"))] for event in EVENTS]


def duels_line(measured: Measured, name: str) -> str:
    """Say how a strategy came out of its duels."""
    won, lost = (len(measured.result(name, result)) for result in (WON, LOST))
    duels = measured.league["strategy"].nunique() - 1
    earned = number(_events(measured, name)[EVENTS[0]].payoff)
    return (
        f"of {duels} duels, each for half of the market, it won {won} and lost {lost}; {duels - won - lost} "
        f"are not clear. It earned {earned} per salesperson-year in them."
    )


def record_line(measured: Measured, name: str) -> str:
    """Say the record of a strategy in the tournament."""
    mine = _events(measured, name)
    first = mine[EVENTS[0]]
    won, lost = (len(measured.result(name, result)) for result in (WON, LOST))
    others = ", ".join(f"{HEADS[event]} {place(mine[event])}" for event in EVENTS[1:])
    count = measured.league["strategy"].nunique()
    return (
        f"place {place(first)} of {count} in duels for half of the market ({won} won, {lost} lost, "
        f"{count - 1 - won - lost} not clear), earning {number(first.payoff)} per salesperson-year; "
        f"places in the other events: {others}"
    )


def names(found: Sequence[str]) -> str:
    """Join names, or say that there are none."""
    return ", ".join(found) or "nobody clearly"


def trait_rows(measured: Measured, name: str) -> list[list[str]]:
    """Return a row per trait: what it is, and in both markets the mean and its interval."""
    rows = []
    for trait, (words, unit, _) in traits.TRAITS.items():
        cells = []
        for market in MARKETS:
            mean, low, high = traits.values(measured.traits[market][name], trait)
            cells.append("–" if mean != mean else number(mean))
            cells.append(f"{number(low)} to {number(high)}" if low < high else "–")
        rows.append([f"{words} ({unit})", *cells])
    return rows


def dial_rows(strategy: Strategy) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the table of dials, a column per phase."""
    conducts = phases(strategy)
    rows = [[d, *(f"{getattr(c, d):g}" for c in conducts.values())] for d in Conduct.model_fields]
    return ["dial", *conducts], rows


def fails(strategy: Strategy, measured: Measured | None) -> str:
    """Say where a strategy fails: as declared, and as measured."""
    if measured is None:
        return strategy.weakness
    where, profit = measured.worst(strategy.name)
    return f"{strategy.weakness} Measured: it earns least, {number(profit)} per salesperson-year, in {where}."


def library() -> list[Strategy]:
    """Return the strategies that have cards, in the order of the library."""
    return list(STRATEGIES.values())
