"""Comparisons: one column of one side of a market against another side, run by run, at every horizon.

Two shapes of question:

* *pairs* (`effects`): one way of selling or working against another, in the shared market and in separate ones;
* *leads* (`leads`): rows with some labels against rows with others, and how much larger that lead is than
  another, in every setting and organisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from longgame.experiments.design.arms import ORGANISATIONS, Arm, Side, chosen, of_arm, value_of, values
from longgame.experiments.design.plan import Tables
from longgame.experiments.inference.effects import Effect, effect_of, paired
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures.totals import anything_sold
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, span, years
from longgame.sim.strategy import Strategy

#: Unit of most effects.
PROFIT_UNIT = "money per salesperson-year"

#: How a question counts in percentage points, in which a difference of one is worth having (a convention).
POINTS: dict[str, Any] = {"unit": "percentage points", "scale": 100, "worth": 1.0, "more": "higher", "less": "lower"}

Pair = tuple[Arm, Arm]

#: Ours, and theirs; without theirs the column itself says how far ours is ahead.
Lead = tuple[Side, Side] | tuple[Side]

#: Places to compare in: what they are called, the label that tells them apart, and its values in words.
Places = tuple[str, str, Mapping[Any, str]]

IN_SETTINGS: Places = ("market", "setting", MARKET_WORDS)
IN_ORGANISATIONS: Places = ("organisation", "organisation", ORGANISATION_WORDS)


def spans(tables: Tables, table: str = "horizons") -> list[int]:
    """Return the horizons of a plan's runs, in months."""
    return sorted(tables[table]["months"].unique().tolist())


def a_twentieth(tables: Tables, column: str = "pay", table: str = "horizons") -> float:
    """Return a twentieth of the mean of a column over all arms: the smallest difference worth having.

    Of pay, it is what profit is judged by: people take a rise of about 5 % for one, and less for none (Mitra,
    Tenhiälä & Shaw 2016: 5 to 8 %). For other columns it is a convention.
    """
    mean = float(tables[table][column].mean())
    return 0.05 * mean if mean > 0 else 0.0


def of_both_kinds(ours: str | Strategy, theirs: str | Strategy) -> list[Pair]:
    """Return the pair of strategies as singletons and in herds."""
    return [(Arm(ours, kind), Arm(theirs, kind)) for kind in ORGANISATIONS]


def in_each_setting(tables: Tables) -> Iterator[tuple[str, str, dict[str, pd.DataFrame]]]:
    """Yield the shared market, then separate ones: the setting, how it is called, and its rows of every table."""
    for setting, words in MARKET_WORDS.items():
        yield setting, words, {name: table.loc[chosen(table, {"setting": setting})] for name, table in tables.items()}


# -- pairs of arms ------------------------------------------------------------------------------------


def effects(
    tables: Tables,
    pairs: Sequence[Pair],
    column: str,
    months: int,
    *,
    unit: str,
    scale: float = 1.0,
    table: str = "horizons",
    kinds: Mapping[str, str] = MARKET_WORDS,
    worth: float = 0.0,
) -> list[Effect]:
    """Return ours − theirs in a column at one horizon, for every pair in both kinds of market.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What a plan over `longgame.experiments.design.arms.markets` gave.
    pairs : sequence of (ours, theirs)
    column : str
        A column of `measures.summary`, or of another `table` with ``setting``, ``seed``, ``group``, ``months``.
    months : int
        The horizon.
    unit : str
    scale : float
        Factor on the differences, for example 100 for percentage points, −1 where less supports the claim.
    table : str
    kinds : mapping of str to str
        The kinds of market and how they are called, if not both.
    worth : float
        Smallest effect worth having, in `unit`; with 0 every effect is.
    """
    rows = tables[table][tables[table]["months"] == months]
    # The same conduct on both sides, of several kinds: what differs is how it is organised.
    conducts = len({ours.strategy_name for ours, _ in pairs}) > 1 and all(
        ours.strategy_name == theirs.strategy_name for ours, theirs in pairs
    )
    rivals = len({(ours.label, theirs.way) for ours, theirs in pairs}) > 1 and not conducts
    several = len({theirs.name for _, theirs in pairs}) < len(pairs)
    return [
        paired(
            values(rows, setting, ours, column),
            values(rows, setting, theirs, column),
            unit=unit,
            scale=scale,
            worth=worth,
            at={
                "market": words,
                "organisation": ORGANISATION_WORDS[ours.organisation],
                **({"arm": ours.way} if several else {}),
                **({"conduct": ours.strategy_name} if conducts else {}),
                **({"rival": f"{'against ' * several}{theirs.way}"} if rivals else {}),
                "horizon": years(months),
            },
        )
        for setting, words in kinds.items()
        for ours, theirs in pairs
        if not is_void(tables[table], setting, ours, theirs)  # at any horizon
    ]


def is_void(rows: pd.DataFrame, setting: str, ours: Arm, theirs: Arm) -> bool:
    """Return whether what tells two arms apart cannot act in a market: the books of both are the same to the cent."""
    sides = [of_arm(rows, setting, arm).set_index(["seed", "months"]).select_dtypes("number") for arm in (ours, theirs)]
    one, two = (side.sort_index() for side in sides)
    return len(one) > 0 and one.equals(two)


def say_void(table: pd.DataFrame, pairs: Sequence[Pair], kinds: Mapping[str, str] = MARKET_WORDS) -> str:
    """Return a sentence that names the comparisons that are left out, or nothing."""
    void = [
        f"{ours.way} and {theirs.way}, {ORGANISATION_WORDS[ours.organisation]}, {words}"
        for setting, words in kinds.items()
        for ours, theirs in pairs
        if is_void(table, setting, ours, theirs)
    ]
    return f"Left out, as the books of both sides are the same: {'; '.join(void)}." if void else ""


# -- leads --------------------------------------------------------------------------------------------


def leads(
    rows: pd.DataFrame,
    lead: Lead,
    beyond: Lead | None,
    column: str,
    *,
    places: Sequence[Places],
    unit: str,
    scale: float = 1.0,
    worth: float = 0.0,
) -> list[Effect]:
    """Return a lead in a column, less another lead if there is one, at every place.

    Parameters
    ----------
    rows : pandas.DataFrame
        Labels, ``seed`` and `column`; one row per seed for each side at each place.
    lead, beyond : tuple of mappings
        Labels of ours and theirs.
    column : str
    places : sequence of (str, str, mapping)
        All combinations are compared, the last varying fastest.
    unit, scale, worth
        As for `effects`.
    """

    def gap(here: pd.DataFrame, sides: Lead) -> pd.Series:
        ours, *theirs = (value_of(here, side, column) for side in sides)
        return ours - theirs[0] if theirs else ours

    found = []
    for labels, at in combinations(places):
        here = rows.loc[chosen(rows, labels)]
        difference = gap(here, lead) - gap(here, beyond) if beyond else gap(here, lead)
        found.append(effect_of(scale * difference, unit=unit, worth=worth, at=at))
    return found


def combinations(places: Sequence[Places]) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Yield every combination of places, as labels and in words.

    Examples
    --------
    >>> list(combinations([("market", "setting", {"shared": "shared market"}), ("organisation", "organisation", {})]))
    []
    >>> next(combinations([IN_SETTINGS, IN_ORGANISATIONS]))
    ({'setting': 'shared', 'organisation': 'singleton'}, {'market': 'shared market', 'organisation': 'singletons'})
    """
    for values_ in product(*(words for _, _, words in places)):
        both = list(zip(places, values_, strict=True))
        yield (
            {label: value for (_, label, _), value in both},
            {called: words[value] for (called, _, words), value in both},
        )


# -- verdicts -----------------------------------------------------------------------------------------


def judge_horizons(
    claim: str,
    question: str,
    tables: Tables,
    table: str,
    effects_at: Callable[[int], Sequence[Effect]],
    *,
    every_horizon: bool = False,
    **words: str,
) -> Verdict:
    """Judge effects that there are at every horizon of a table.

    Parameters
    ----------
    claim, question : str
    tables : mapping of str to DataFrame
    table : str
        Whose horizons are gone through.
    effects_at : callable
        Takes a horizon in months, returns the effects.
    every_horizon : bool
        Whether every horizon decides; else the longest decides and the others are reported.
    **words : str
        ``finding``, ``more``, ``less`` and ``note`` of `verdicts.judge`.
    """
    found = {months: effects_at(months) for months in spans(tables, table) or spans(tables)}
    *earlier, last = found
    by_place = [effect for at_place in zip(*found.values(), strict=True) for effect in at_place]
    return judge(
        claim,
        question,
        by_place if every_horizon else found[last],
        horizon=span(list(found)) if every_horizon else f"over {years(last)}",
        others=[] if every_horizon else [effect for months in earlier for effect in found[months]],
        sold=anything_sold(tables["horizons"]),
        **words,
    )
