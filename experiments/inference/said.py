"""Effects in sentences: the answer to a question in at most 15 words, how much, how sure; gaps in headlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np

from longgame.experiments.inference.effects import Effect, fewest
from longgame.experiments.words import capital, listed, many, number

Decision = Literal["holds", "does not hold", "depends", "undecided"]

#: Most words of an answer, and of a sentence.
SHORT, LONG = 15, 30

#: How a place is said, by what it is a place of; any other is said as it is.
SAID = {
    ("market", "shared market"): "in the shared market",
    ("market", "separate markets"): "in separate markets",
    ("organisation", "singletons"): "for singletons",
    ("organisation", "herds"): "in herds",
}
BEFORE = {"horizon": "over", "window": "within", "conduct": "for", "market": "in", "organisation": "in"}


def words_in(text: str) -> int:
    """Return how many words a text has.

    Examples
    --------
    >>> words_in("Yes, in herds.")
    3
    """
    return len(text.split())


def varying(effects: Sequence[Effect]) -> list[str]:
    """Return what differs between the places of effects: naming the rest again would say nothing."""
    names = dict.fromkeys(name for e in effects for name in e.at)
    return [name for name in names if len({e.at.get(name) for e in effects}) > 1]


@dataclass(frozen=True)
class Saying:
    """Words for what effects say together.

    Attributes
    ----------
    outcome : {"holds", "does not hold", "depends", "undecided"}
    finding : str
        Sentence with ``{amount}`` and ``{direction}``.
    more, less : str
        Words for the direction.
    horizon : str
    effects : tuple of Effect
        Those that decide.
    n : int
        Seeds.
    later : bool
        Whether shorter horizons were left out because it was too early to tell.
    """

    outcome: Decision
    finding: str
    more: str
    less: str
    horizon: str
    effects: tuple[Effect, ...]
    n: int
    later: bool = False

    @cached_property
    def sides(self) -> dict[int | None, list[Effect]]:
        """The effects by what they say: 1, -1, 0 (nothing worth having) or None (not clear)."""
        among = len(self.effects) if self.outcome == "depends" else 1
        found: dict[int | None, list[Effect]] = {1: [], -1: [], 0: [], None: []}
        for effect in self.effects:
            found[effect.says_among(among)].append(effect)
        return found

    @property
    def varying(self) -> list[str]:
        """What differs between the places of the effects."""
        return varying(self.effects)

    # -- the answer -----------------------------------------------------------------------------------

    def answer(self) -> str:
        """Return the answer, in at most `SHORT` words."""
        count = len(self.effects)
        everywhere = {1: "", 2: " in both comparisons"}.get(count, f" in all {count} comparisons")
        when = f", {self.horizon}" if self.later else ""
        if self.outcome == "holds":
            return f"Yes{when}{everywhere and f', {everywhere.strip()}'}."
        if self.outcome == "does not hold":
            if len(self.sides[-1]) == count:
                return f"No{when}: the opposite is true{everywhere}."
            return f"No{when}, not in {'the' if count == 1 else f'any of {count}'} comparison{'s' * (count > 1)}."
        return self._depends() if self.outcome == "depends" else self._undecided()

    def _depends(self) -> str:
        """Return where the answer is yes, and where it is no."""
        up, down = self.sides[1], self.sides[-1] + self.sides[0]
        rest = self.sides[None]
        yes, no = (where(side, [e for e in self.effects if e not in side], self.varying) for side in (up, down))
        said = f"Yes, {yes}. No, {no}."
        if yes and no and words_in(said) <= SHORT:
            return said
        one = [name for name in self.varying if not {e.at.get(name) for e in up} & {e.at.get(name) for e in down}]
        if len(one) == 1 and not rest:
            return f"It depends on the {one[0]}."
        count = f"Yes in {len(up)} of {len(self.effects)} comparisons, no in {len(down)}"
        return f"{count}, not clear in {len(rest)}." if rest else f"{count}."

    def _undecided(self) -> str:
        """Return what keeps the runs from an answer."""
        count, unclear = len(self.effects), len(self.sides[None])
        if not any(e.n for e in self.effects):
            return "Undecided: nothing could be compared."
        least = fewest(self.effects[0].level)
        if self.n < least:
            return f"Undecided: fewer than {least} runs show no sign."
        if not unclear:
            return "Undecided: the comparisons differ, but that may be chance."
        if unclear == count:
            return f"Undecided: {'no comparison is' if count > 1 else 'the comparison is not'} clear."
        return f"Undecided: {unclear} of {count} comparisons {'is' if unclear == 1 else 'are'} not clear."

    # -- the reasons ----------------------------------------------------------------------------------

    def reasons(self) -> list[str]:
        """Return how much, where, and how sure, a sentence each."""
        if not any(e.n for e in self.effects):
            return []
        return [*self._amounts(), *self._nothing(), *self._open(), self._sure()]

    @property
    def _time(self) -> str:
        """The time, if it is one for all: else the places name it."""
        return "" if {"horizon", "window"} & set(self.varying) else f"{capital(self.horizon)}, "

    def _amounts(self) -> list[str]:
        """Return one sentence per side that is clearly ahead."""
        found = []
        for sign, word in ((1, self.more), (-1, self.less)):
            some = self.sides[sign]
            if not some:
                continue
            text = self.finding.format(amount=amounts(some), direction=word)
            text = f"{self._time}{text}" if self._time else capital(text)
            found.append(self._placed(text, some))
        return found

    def _placed(self, text: str, some: Sequence[Effect]) -> str:
        """Return a sentence with the places it is about, where these are not all and it does not get too long."""
        if len(some) == len(self.effects):
            return f"{text}."
        there = where(some, [e for e in self.effects if e not in some], self.varying)
        if there and words_in(f"{text} {there}") <= LONG:
            return f"{text}, {there}."
        return f"{text} (in {len(some)} of {len(self.effects)} comparisons)."

    def _nothing(self) -> list[str]:
        """Return that there is no effect, or none worth having, where it is so."""
        some = self.sides[0]
        if not some:
            return []
        part = "" if len(some) == len(self.effects) else f"In {many(len(some), 'comparison')} "
        if all(e.low == e.high == 0 for e in some):
            return [capital(f"{part}there is no difference at all.")]
        least = number(max(e.worth for e in some))
        return [capital(f"{part}any advantage is below {least}, the least worth having.")]

    def _open(self) -> list[str]:
        """Return how many comparisons are not clear, beside some that are."""
        unclear = len(self.sides[None])
        if not unclear or unclear == len(self.effects) or self.outcome == "undecided":
            return []
        return [f"{capital(many(unclear, 'comparison'))} {'is' if unclear == 1 else 'are'} not clear."]

    def _sure(self) -> str:
        """Return how many runs there are and at which level is judged."""
        level = self.effects[0].level
        runs = f"{many(self.n, 'run')} of every market"
        if self.outcome != "depends":
            return f"How sure: {runs}, {level:.0%} intervals."
        count = len(self.effects)
        return f"How sure: {runs}, {100 * (1 - (1 - level) / count):.3g}% intervals, as there are {count} comparisons."


def amounts(some: Sequence[Effect]) -> str:
    """Return the smallest and the largest size of some effects."""
    sizes = sorted(abs(e.value) for e in some)
    return " to ".join(dict.fromkeys((number(sizes[0]), number(sizes[-1]))))


def where(some: Sequence[Effect], others: Sequence[Effect], names: Sequence[str]) -> str:
    """Return the places of some effects, said so that no other effect is in them.

    One name that tells them apart is enough (``in herds``); else two together (``for singletons in the shared
    market``). Empty where it takes more than three places.

    Examples
    --------
    >>> at = [{"market": m, "organisation": o} for m in ("shared market", "separate markets")
    ...       for o in ("herds", "singletons")]
    >>> effects = [Effect(1.0, 0.5, 1.5, 9, "money", at=place) for place in at]
    >>> where([effects[0], effects[2]], [effects[1], effects[3]], ["market", "organisation"])
    'in herds'
    >>> where(effects[1:2], [effects[0], *effects[2:]], ["market", "organisation"])
    'for singletons in the shared market'
    """
    left, found = list(some), []
    for size in (1, 2, 3):
        for chosen in combinations(names, size):
            for place in dict.fromkeys(tuple(e.at.get(name) for name in chosen) for e in left):
                inside = [e for e in left if tuple(e.at.get(name) for name in chosen) == place]
                outside = any(tuple(e.at.get(name) for name in chosen) == place for e in others)
                if inside and not outside and None not in place:
                    found.append(_said(zip(chosen, place, strict=True)))
                    left = [e for e in left if e not in inside]
    return listed(found, " or ") if not left and len(found) <= 3 else ""


def _said(place: Iterable[tuple[str, str | None]]) -> str:
    """Return a place in words, organisations before markets."""
    order = sorted(place, key=lambda part: (part[0] in ("horizon", "window"), part[0] == "market"))
    return " ".join(
        SAID.get((name, str(value)), f"{BEFORE[name]} {value}" if name in BEFORE else str(value))
        for name, value in order
    )


# -- gaps in the headlines of figures -----------------------------------------------------------------


def say(effect: Effect, unit: str, what: str = "") -> str:
    """Write a gap: how much higher or lower, or that it is not clear.

    Parameters
    ----------
    effect : Effect
    unit : str
        Its unit. Of "deals per salesperson-year" the deals stand with the amount, unless they are money or part
        of `what`; the rest is for `said_per`.
    what : str
        Name of the thing that is higher or lower.
    """
    noun = unit if unit.startswith("percent") else unit.partition(" per ")[0] if " per " in unit else ""
    word = "" if noun in ("", "money") or noun in what else f" {noun}"
    amount, side = f"{number(abs(effect.value))}{word}", "higher" if effect.value > 0 else "lower"
    if effect.sign == 0 or np.isnan(effect.value):
        return "neither higher nor lower"
    return f"{amount} {side}" if effect.sign else f"not clearly {side} ({amount})"


def say_each(effects: Sequence[Effect], unit: str, what: str) -> list[str]:
    """Write the gaps of one sentence: the unit with the first amount only."""
    said, told = [], False
    for effect in effects:
        said.append(say(effect, "" if told else unit, what))
        told = told or not (effect.sign == 0 or np.isnan(effect.value))
    return said


def said_per(what: str, unit: str) -> str:
    """Write a measure with what it is counted by: a year's profit is not that of ten years.

    Examples
    --------
    >>> said_per("profit", "money per salesperson-year"), said_per("clients' trust", "percentage points")
    ('profit per salesperson-year', "clients' trust")
    """
    found = re.search(r"\bper .+", unit)
    return f"{what} {found.group()}" if found else what
