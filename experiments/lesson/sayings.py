"""What salespeople say, and what the runs say of it: true, false, or it depends.

The sayings are the claims. Their verdicts are read, never run here: those of the default market from
``experiments/claims/verdicts.json`` (`longgame claims`), those over plausible markets, where there are any, from
``experiments/evidence/told`` (`longgame claims --markets`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Any, Literal, NamedTuple

from longgame.experiments.evidence.table import KINDS
from longgame.experiments.figures.over_markets import LOOKS, PLAUSIBLE

type Answer = Literal["true", "false", "depends", "open"]

#: What a learner may say; where the runs leave it open, no answer is right.
CHOICES: tuple[Answer, ...] = ("true", "false", "depends")

#: What the verdict of one market makes of a saying.
OF_VERDICT: dict[str, Answer] = {"holds": "true", "does not hold": "false", "depends": "depends", "undecided": "open"}

#: What plausible markets say, a file a kind (`studies.over_markets_stored`).
TOLD = files("longgame.experiments.evidence") / "told"

#: Most rows of a chart: what a phone has room for.
MOST_ROWS = 6


class Bound(NamedTuple):
    """Between which values a dial lies; a switch has neither end and is on or off."""

    dial: str
    relation: Literal["above", "most", "between", "on", "off"]
    low: str = ""
    high: str = ""


class Turn(NamedTuple):
    """Where most of the markets lie that support a saying; shares in percent, as they were written."""

    bounds: tuple[Bound, ...]
    best: str
    elsewhere: str


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


def sayings(order: Iterable[str], told: Traversable = TOLD) -> list[Saying]:
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
    for claim, each in _markets(told):
        markets.setdefault(claim, []).append(each)
    return [
        Saying(name, found[name], tuple(markets.get(name, ())))
        for name in [*names, *(name for name in found if name not in names)]
    ]


def _markets(folder: Traversable) -> Iterator[tuple[str, Markets]]:
    """Yield what the plausible markets of each kind that is there say, claim after claim."""
    for path in (folder / f"{kind}.json" for kind in KINDS):
        if path.is_file():
            tree = json.loads(path.read_text(encoding="utf-8"))
            for each in tree["claims"]:
                shares = {row["says"]: row["share"] for row in each["shares"] if row["sample"] == PLAUSIBLE}
                yield each["claim"], Markets(tree["name"], shares, turn_of(each["decides"]))


_SENTENCE = re.compile(r"Where (.+): in (\d+) %\. Elsewhere: in (\d+) %\.")
_NUMBER = r"(−?\d[\d,]*(?:\.\d+)?(?:e[+−-]?\d+)?)"
_BOUND = re.compile(rf"`([\w.-]+)` is (?:(on|off)|above {_NUMBER}|at most {_NUMBER}|between {_NUMBER} and {_NUMBER})")


def turn_of(sentence: str) -> Turn | None:
    """Return what a sentence of `over_markets_report.said` states.

    Examples
    --------
    >>> turn = turn_of("Where `switch.record` is on and `trust.prior` is at most 0.3: in 83 %. Elsewhere: in 20 %.")
    >>> turn.best, turn.elsewhere, [(bound.dial, bound.relation, bound.high) for bound in turn.bounds]
    ('83', '20', [('switch.record', 'on', ''), ('trust.prior', 'most', '0.3')])
    >>> turn_of("No one or two dials tell where.") is None
    True
    """
    found = _SENTENCE.fullmatch(sentence)
    if not found:
        return None
    bounds = tuple(_bound(*each.groups()) for each in _BOUND.finditer(found[1]))
    return Turn(bounds, found[2], found[3])


def _bound(dial: str, switch: str, above: str, most: str, low: str, high: str) -> Bound:
    """Return a bound from the parts of a match, of which one alternative is there."""
    if switch:
        return Bound(dial, "on" if switch == "on" else "off")
    if above:
        return Bound(dial, "above", low=above)
    return Bound(dial, "most", high=most) if most else Bound(dial, "between", low, high)


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
