"""Words: how numbers, counts, lists, lengths of time and arms are written, in every sentence and figure.

Imports nothing but names of types, so that the command line starts fast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longgame.experiments.design.arms import Arm

#: How markets and organisations are called, by their names in `design.arms`.
MARKET_WORDS = {"shared": "shared market", "separate": "separate markets"}
ORGANISATION_WORDS = {"singleton": "singletons", "herd": "herds"}

#: What the dials of an ensemble mean that are no numbers of a scenario.
DIAL_WORDS = {
    "switch.record": "what buyers post can be looked up",
    "switch.credence": "customers judge a claim by how large it is",
    "switch.offers": "customers hear several sellers",
    "switch.persistence": "open needs wait",
    "switch.succession": "colleagues take over a leaver's clients",
    "firms.customers": "customers per salesperson",
    "firms.adversarial": "share of adversarial salespeople",
    "firms.collaborative": "share of collaborative salespeople",
    "firms.herds": "share of salespeople in herds",
}


def number(value: float) -> str:
    """Write a number with about three digits, thousands apart, a true minus sign.

    Examples
    --------
    >>> number(-12345.6), number(0.1234), number(0.0)
    ('−12,300', '0.123', '0')
    """
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    rounded = float(f"{value:.3g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 or rounded == 0 else f"{rounded:,.3g}"
    return text.replace("-", "−")


def many(count: int, word: str, words: str = "") -> str:
    """Write a count with its noun; `words` is the plural where it takes more than an s.

    Examples
    --------
    >>> many(1, "run"), many(1200, "run"), many(0, "match", "matches")
    ('1 run', '1,200 runs', '0 matches')
    """
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def listed(parts: Sequence[str], last: str = " and ") -> str:
    """Join the parts of a list, with other letters before the last.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b"], ", and ")
    ('a', 'a, b and c', 'a, and b')
    """
    return last.join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def capital(text: str) -> str:
    """Begin a sentence: the first letter large, the others as they are.

    Examples
    --------
    >>> capital("n = 1 in USA")
    'N = 1 in USA'
    """
    return text[:1].upper() + text[1:]


def years(months: int) -> str:
    """Write a number of months in years where it is whole years.

    Examples
    --------
    >>> years(12), years(120), years(7)
    ('1 year', '10 years', '7 months')
    """
    count, unit = (months, "month") if months % 12 else (months // 12, "year")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def span(months: Sequence[int], before: str = "over") -> str:
    """Write a list of horizons.

    Examples
    --------
    >>> span([12, 24, 120]), span([12]), span([12, 24, 30])
    ('over 1, 2 and 10 years', 'over 1 year', 'over 1 year, 2 years and 30 months')
    """
    if len(months) == 1 or any(m % 12 for m in months):
        return f"{before} {listed([years(m) for m in months])}"
    return f"{before} {listed([str(m // 12) for m in months])} years"


def times(words: Sequence[str]) -> str:
    """Join lengths of time that are words already.

    Examples
    --------
    >>> times(["1 year", "2 years", "10 years"]), times(["1 year"]), times(["7 months", "1 year"])
    ('1, 2 and 10 years', '1 year', '7 months and 1 year')
    """
    if len(words) > 1 and all(word.endswith((" year", " years")) for word in words):
        return f"{listed([word.split()[0] for word in words])} years"
    return listed(words)


def called(arm: Arm) -> str:
    """Write an arm without its organisation: its title, else what tables have in the column ``strategy``."""
    return arm.title or arm.way


def named(arm: Arm) -> str:
    """Write an arm with its organisation.

    Examples
    --------
    >>> from longgame.experiments.design.arms import Arm
    >>> named(Arm("collaborative", "herd"))
    'collaborative herds'
    """
    return f"{called(arm)} {ORGANISATION_WORDS[arm.organisation]}"
