"""What the runs say of a saying, in the words of a language: for the page, for Moodle, for a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from longgame.experiments.figures.over_markets import LOOKS
from longgame.experiments.lesson.sayings import CHOICES, TOLD, Bound, Row, Saying, Turn, sayings, stored
from longgame.experiments.lesson.words import LANGUAGES, words
from longgame.experiments.words import listed, number

#: What Moodle's GIFT format takes for marks of its own.
_MARKS = re.compile(r"([\\~=#{}:])")


@dataclass(frozen=True)
class Speaker:
    """Says in one language what the runs say.

    Attributes
    ----------
    language : str
        One of `LANGUAGES`.
    """

    language: str

    def say(self, key: str, **values: object) -> str:
        """Return some words of the sayings with values put in."""
        return words(self.language)["sayings"][key].format(**values)

    def number(self, value: float | str) -> str:
        """Write a number, or one that is written in English, as the language does.

        Examples
        --------
        >>> Speaker("de").number(-12345.6), Speaker("de").number("0.212")
        ('−12.300', '0,212')
        """
        text = value if isinstance(value, str) else number(value)
        return text.translate(str.maketrans(",.", ".,")) if self.language == "de" else text

    def percent(self, share: float) -> str:
        """Write a share as a number of percent."""
        return f"{100 * share:.0f}"

    def place(self, row: Row) -> str:
        """Return what the comparisons of a row have in common."""
        return ", ".join(self.say(f"place_{slug(place)}") for place in row.places)

    def dial(self, name: str) -> str:
        """Return what a dial is."""
        return self.say(f"dial_{name.replace('.', '_')}")

    def listed(self, parts: Sequence[str]) -> str:
        """Join the parts of a list."""
        return listed(parts, self.say("and"))

    # -- sentences ------------------------------------------------------------------------------------

    def verdict(self, saying: Saying) -> str:
        """Return how many markets, or comparisons of the default market, support a saying and contradict it."""
        if saying.markets:
            shares = {"for": self.percent(saying.share("for")), "against": self.percent(saying.share("against"))}
            return self.say("markets", **shares)
        return self.default(saying)

    def default(self, saying: Saying) -> str:
        """Return how many comparisons of the default market support a saying and contradict it."""
        whole = Row((), tuple(saying.stored["effects"]))
        return self.say("default", all=len(whole.effects), yes=whole.count("yes"), no=whole.count("no"))

    def where(self, saying: Saying) -> list[str]:
        """Return where a saying turns in the default market, a sentence each."""
        rows = saying.rows
        if len({row.says for row in rows}) == 1 and rows[0].says != "mixed":
            found = [self.say("where_same", all=len(saying.stored["effects"]))]
        else:
            keys = {"yes": "where_yes", "no": "where_no", "mixed": "where_mixed", "not clear": "where_open"}
            parts = {key: [self.place(row) for row in rows if row.says == says] for says, key in keys.items()}
            found = [self.say(key, places="; ".join(some)) for key, some in parts.items() if some]
        return [*found, *self._turned(saying.stored)]

    def _turned(self, verdict: Mapping[str, Any]) -> list[str]:
        """Return which dials turn a verdict, and how many were searched; nothing where none was."""
        turns = [
            self.say(f"turned_{turn['holds']}", dial=self.dial(turn["dial"]), at=self.number(turn["at"]))
            for turn in verdict["turns"]
        ]
        searched = self.say("searched", n=verdict["searched"], found=len(turns)) if verdict["searched"] else ""
        return [*turns, *filter(None, [searched])]

    def turn(self, turn: Turn | None) -> str:
        """Return where most of the plausible markets lie that support a saying."""
        if turn is None:
            return self.say("turns_no")
        conditions = self.listed([self.bound(bound) for bound in turn.bounds])
        return self.say("turns", conditions=conditions, best=turn.best, elsewhere=turn.elsewhere)

    def bound(self, bound: Bound) -> str:
        """Return between which values a dial lies."""
        ends = {"low": self.number(bound.low), "high": self.number(bound.high)}
        return self.say(bound.relation, dial=self.dial(bound.dial), **ends)


def slug(text: str) -> str:
    """Return words as a part of a key.

    Examples
    --------
    >>> slug("usual needs, low stakes")
    'usual-needs-low-stakes'
    """
    return re.sub(r"\W+", "-", text)


# -- the page -----------------------------------------------------------------------------------------


def data(told: Traversable = TOLD) -> dict[str, Any]:
    """Return the data of the page's part: what is alike in all languages, and the words of each.

    Parameters
    ----------
    told : path
        Folder of what plausible markets say.

    Returns
    -------
    dict
        ``choices``; ``says``, what markets may say; ``cards``, one a saying: ``claim``, ``answer``, ``markets``
        (``kind``, ``shares`` in %), ``rows`` (``yes``, ``no``, ``open``, ``dots`` as value, low, high, says); ``said``,
        by language: ``cards`` (``verdict``, ``where``, ``places``, ``turns``, ``unit``, ``runs``), ``gift``, ``csv``.
    """
    found = in_order(told)
    return {
        "choices": list(CHOICES),
        "says": list(LOOKS),
        "cards": [_card(saying) for saying in found],
        "said": {
            language: {
                "cards": [_said(saying, Speaker(language)) for saying in found],
                "gift": gift(found, language),
                "csv": table(found, language),
            }
            for language in LANGUAGES
        },
    }


def in_order(told: Traversable = TOLD) -> list[Saying]:
    """Return every saying in the order of the words."""
    keys = words(LANGUAGES[0])["sayings"]
    return sayings([key.removeprefix("saying_") for key in keys if key.startswith("saying_")], told)


def _card(saying: Saying) -> dict[str, Any]:
    """Return the numbers of a saying."""
    return {
        "claim": saying.claim,
        "answer": saying.answer,
        "markets": [
            {"kind": each.kind, "shares": [round(100 * each.shares[says], 1) for says in LOOKS]}
            for each in saying.markets
        ],
        "rows": [
            {
                **{key: row.count(says) for key, says in (("yes", "yes"), ("no", "no"), ("open", "not clear"))},
                "dots": [[effect[name] for name in ("value", "low", "high", "says")] for effect in row.effects],
            }
            for row in saying.rows
        ],
    }


def _said(saying: Saying, speaker: Speaker) -> dict[str, Any]:
    """Return the words of a saying."""
    verdict = saying.stored
    level = speaker.number(f"{100 * verdict['level']:.3g}")
    return {
        "verdict": speaker.verdict(saying),
        "default": speaker.default(saying),
        "where": speaker.where(saying),
        "places": [speaker.place(row) for row in saying.rows],
        "turns": [speaker.turn(each.turn) for each in saying.markets],
        "unit": speaker.say(f"unit_{slug(verdict['unit'])}"),
        "runs": speaker.say("runs", runs=verdict["runs"], level=level),
    }


# -- to take away -------------------------------------------------------------------------------------


def gift(found: Sequence[Saying], language: str) -> str:
    """Return the sayings as a quiz for Moodle, in its GIFT format; those that the runs leave open are left out."""
    speaker = Speaker(language)
    return "\n\n".join([f"// {made()}\n$CATEGORY: longgame", *(_question(s, speaker) for s in answered(found))]) + "\n"


def answered(found: Sequence[Saying]) -> list[Saying]:
    """Return the sayings that the runs do not leave open."""
    return [saying for saying in found if saying.answer in CHOICES]


def _question(saying: Saying, speaker: Speaker) -> str:
    """Return one question of a quiz."""
    choices = "\n".join(f"{'=' if choice == saying.answer else '~'}{_plain(speaker.say(choice))}" for choice in CHOICES)
    why = _plain(" ".join(sentences(saying, speaker)))
    text = _plain(speaker.say(f"saying_{saying.claim}"))
    return f"::{saying.claim}::[plain]{text} {{\n{choices}\n####{why}\n}}"


def sentences(saying: Saying, speaker: Speaker) -> list[str]:
    """Return the whole answer to a saying, a sentence each."""
    turns = [f"{speaker.say(f'kind_{m.kind}').capitalize()}: {speaker.turn(m.turn)}" for m in saying.markets]
    return [
        speaker.verdict(saying),
        *turns,
        *([speaker.default(saying)] * bool(saying.markets)),
        *speaker.where(saying),
    ]


def _plain(text: str) -> str:
    """Return a text in which nothing is a mark of the format."""
    return _MARKS.sub(r"\\\1", text)


def table(found: Sequence[Saying], language: str) -> str:
    """Return the sayings as CSV, a line each, with everything that the runs say of them."""
    speaker = Speaker(language)
    head = ["claim", "saying", "answer", "for_percent", "against_percent", "yes", "no", "not_clear", "said"]
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    for saying in found:
        shares = [speaker.percent(saying.share(says)) if saying.markets else "" for says in ("for", "against")]
        whole = Row((), tuple(saying.stored["effects"]))
        counts = [whole.count(says) for says in ("yes", "no", "not clear")]
        text, answer = speaker.say(f"saying_{saying.claim}"), speaker.say(saying.answer)
        writer.writerow([saying.claim, text, answer, *shares, *counts, " ".join(sentences(saying, speaker))])
    return made.getvalue()


def made() -> str:
    """Return in a line what the verdicts of the default market are made by."""
    about = stored()["about"]
    return f"longgame, {about['scenario']}, {about['seeds']} seeds, model {about['model']}, commit {about['commit']}"
