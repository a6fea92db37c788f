"""What salespeople say, and what the runs say of it: true, false, or it depends.

The sayings are the claims. Their verdicts are read, never run here: those of the default market from
``experiments/claims/verdicts.json`` (`longgame claims`), those over plausible markets, where there are any, from
``experiments/evidence/told`` (`longgame claims --markets`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Any, Literal

from longgame.experiments.evidence import stored_verdicts
from longgame.experiments.figures.over_markets import LOOKS, PLAUSIBLE
from longgame.experiments.inference.deciding import Turn

type Answer = Literal["true", "false", "depends", "open"]

#: What a learner may say; where the runs leave it open, no answer is right.
CHOICES: tuple[Answer, ...] = ("true", "false", "depends")

#: What the verdict of one market makes of a saying.
OF_VERDICT: dict[str, Answer] = {"holds": "true", "does not hold": "false", "depends": "depends", "undecided": "open"}

#: Most rows of a chart: what a phone has room for.
MOST_ROWS = 6


@dataclass(frozen=True)
class Markets:
    """What the plausible markets of one kind say of a saying.

    Attributes
    ----------
    kind : str
    shares : mapping of str to float
        Of the markets, by what they say (keys of `LOOKS`).
    turn : Turn or None
        None where no dial or two tell.
    """

    kind: str
    shares: Mapping[str, float]
    turn: Turn | None


@dataclass(frozen=True)
class Row:
    """Comparisons of the default market that are shown in one row.

    Attributes
    ----------
    places : tuple of str
        What they have in common, in the words of effects.
    effects : tuple of mapping
        ``value``, ``low``, ``high``, ``says`` ("yes", "no", "not clear").
    """

    places: tuple[str, ...]
    effects: tuple[Mapping[str, Any], ...]

    def count(self, says: str) -> int:
        """Return how many of the comparisons say something."""
        return sum(effect["says"] == says for effect in self.effects)

    @property
    def says(self) -> str:
        """What all of them say, or "mixed"."""
        found = {effect["says"] for effect in self.effects}
        return found.pop() if len(found) == 1 else "mixed"


@dataclass(frozen=True)
class Saying:
    """A saying with everything that the runs say of it.

    Attributes
    ----------
    claim : str
        Name of the claim.
    stored : mapping
        Its verdict in the default market, as it was kept.
    markets : tuple of Markets
        Empty where it was not run in plausible markets.
    """

    claim: str
    stored: Mapping[str, Any]
    markets: tuple[Markets, ...] = ()

    @property
    def answer(self) -> Answer:
        """What more than half of the plausible markets say, each kind counting alike; else the default market's."""
        if not self.markets:
            return OF_VERDICT[self.stored["verdict"]]
        most = {says: self.share(says) > 0.5 for says in LOOKS}
        return "true" if most["for"] else "false" if most["against"] else "open" if most["undecided"] else "depends"

    def share(self, says: str) -> float:
        """Return the share of plausible markets that say something, in [0, 1]; each kind counts alike."""
        return sum(each.shares[says] for each in self.markets) / len(self.markets)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The comparisons of the default market by the one or two places that best tell yes from no."""
        return grouped(self.stored["effects"])


@cache
def stored() -> dict[str, Any]:
    """Return the verdicts of the default market as they are kept: ``about`` and ``claims``."""
    path = files("longgame.experiments.claims") / "verdicts.json"
    return json.loads(path.read_text(encoding="utf-8"))


def sayings(order: Iterable[str], told: Traversable = stored_verdicts.FOLDER) -> list[Saying]:
    """Return every saying.

    Parameters
    ----------
    order : iterable of str
        Names of claims; those that are not in it come last.
    told : path
        Folder of what plausible markets say.
    """
    found = {each["claim"]: each for each in stored()["claims"]}
    names = [name for name in order if name in found]
    markets: dict[str, list[Markets]] = {}
    for each in stored_verdicts.stored(told):
        for claim, turn in each.turns.items():
            shares = {says: each.share(claim, PLAUSIBLE, says) for says in LOOKS}
            markets.setdefault(claim, []).append(Markets(each.name, shares, turn))
    return [
        Saying(name, found[name], tuple(markets.get(name, ())))
        for name in [*names, *(name for name in found if name not in names)]
    ]


def grouped(effects: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Return effects in rows, by the one or two names of places that best tell yes from no, fewest rows first.

    Examples
    --------
    >>> made = [{"at": {"market": m, "organisation": o}, "says": s} for m, o, s in (
    ...     ("own", "alone", "yes"), ("own", "herd", "no"), ("shared", "alone", "yes"), ("shared", "herd", "no"))]
    >>> [(row.places, row.says) for row in grouped(made)]
    [(('alone',), 'yes'), (('herd',), 'no')]
    """
    names = list(dict.fromkeys(name for effect in effects for name in effect["at"]))
    varying = [name for name in names if len({effect["at"].get(name) for effect in effects}) > 1]
    ways = [by for count in (0, 1, 2) for by in combinations(varying, count)]
    tried = [rows for rows in (_rows(effects, by) for by in ways) if len(rows) <= MOST_ROWS]
    told = [rows for rows in tried if len(rows) > 1] or tried
    return min(told, key=lambda rows: (sum(_astray(row) for row in rows), len(rows)))


def _rows(effects: Sequence[Mapping[str, Any]], by: Sequence[str]) -> tuple[Row, ...]:
    """Return effects in a row for each combination of places by some names."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for effect in effects:
        found.setdefault(tuple(effect["at"].get(name, "") for name in by), []).append(effect)
    return tuple(Row(places, tuple(some)) for places, some in found.items())


def _astray(row: Row) -> int:
    """Return how many comparisons of a row do not say what most of them say."""
    return len(row.effects) - max(row.count(says) for says in ("yes", "no", "not clear"))
