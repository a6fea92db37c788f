"""What most claims share: arms compared in one column, at every horizon, in the shared market and separately.

Three shapes of question, each a few lines in a claim's file:

* *pairs*: one way of selling or working against another (`judge_pairs`);
* *a sweep*: one dial of a conduct turned from 0 to 1 (`sweep`), judged as the pair of its ends;
* *a grid*: the same arms in markets that differ in a dial of the scenario (`grid`, `at_points`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, values
from longgame.experiments.design.plan import Plan, Tables
from longgame.experiments.inference.effects import Effect, paired
from longgame.experiments.inference.verdicts import Verdict, judge
from longgame.experiments.measures import kept as measures
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, span, years
from longgame.sim.strategy import Strategy

#: Unit of most effects.
PROFIT_UNIT = "money per salesperson-year"

Pair = tuple[Arm, Arm]


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


#: Smallest difference worth having in shares and trust, in percentage points: a convention.
ONE_POINT = 1.0


def of_both_kinds(ours: str | Strategy, theirs: str | Strategy) -> list[Pair]:
    """Return the pair of strategies as singletons and in herds."""
    return [(Arm(ours, kind), Arm(theirs, kind)) for kind in ORGANISATIONS]


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
        A column of `measures.summary`, or of another `table` with ``arm``, ``seed``, ``group``, ``months``.
    months : int
        The horizon.
    unit : str
    scale : float
        Factor on the differences, for example 100 for percentage points, −1 where less speaks for the claim.
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
    names = {(ours.label, theirs.name.rpartition("-")[0]) for ours, theirs in pairs}
    rivals = len(names) > 1 and not conducts
    several = len({theirs.name for _, theirs in pairs}) < len(pairs)
    return [
        paired(
            values(rows, market, ours, column),
            values(rows, market, theirs, column),
            unit=unit,
            scale=scale,
            worth=worth,
            at={
                "market": words,
                "organisation": ORGANISATION_WORDS[ours.organisation],
                **({"arm": ours.name.rpartition("-")[0]} if several else {}),
                **({"conduct": ours.strategy_name} if conducts else {}),
                **({"rival": f"{'against ' * several}{theirs.name.rpartition('-')[0]}"} if rivals else {}),
                "horizon": years(months),
            },
        )
        for market, words in kinds.items()
        for ours, theirs in pairs
    ]


def judge_pairs(
    claim: str,
    question: str,
    tables: Tables,
    pairs: Sequence[Pair],
    column: str,
    *,
    finding: str,
    unit: str = PROFIT_UNIT,
    scale: float = 1.0,
    every_horizon: bool = False,
    table: str = "horizons",
    kinds: Mapping[str, str] = MARKET_WORDS,
    worth: float = 0.0,
    **words: str,
) -> Verdict:
    """Judge a contrast of arms in one column of `measures.summary`.

    Parameters
    ----------
    claim, question, finding : str
        As for `statistics.judge`.
    tables, pairs, column, unit, scale, table, kinds, worth
        As for `effects`; a positive difference × `scale` speaks for the claim.
    every_horizon : bool
        Whether every horizon decides; else the longest decides and the others are reported.
    **words : str
        ``more``, ``less`` and ``note`` of `statistics.judge`.
    """
    found = {
        months: effects(tables, pairs, column, months, unit=unit, scale=scale, table=table, kinds=kinds, worth=worth)
        for months in spans(tables, table)
    }
    *earlier, last = found
    deciding = [e for months in found for e in found[months]] if every_horizon else found[last]
    return judge(
        claim,
        question,
        deciding,
        finding=finding,
        horizon=span(list(found)) if every_horizon else f"over {years(last)}",
        others=[] if every_horizon else [e for months in earlier for e in found[months]],
        sold=measures.anything_sold(tables["horizons"]),
        **words,
    )


# -- the part that the first verdict needs ------------------------------------------------------------


def only_pairs(plan: Plan, pairs: Sequence[Pair], *measures: str) -> Plan:
    """Return the part of a plan over `design.arms.markets` that a contrast of pairs needs.

    That is the shared market, whole, and the separate markets of the arms compared; and of the measures those
    named, all if none is.
    """
    arms = {arm.name for pair in pairs for arm in pair}
    return plan.only([name for name in plan.markets if name == SHARED or name in arms], *measures)


def of_pairs(tables: Tables, pairs: Sequence[Pair]) -> dict[str, pd.DataFrame]:
    """Return the rows of the arms compared, as if `only_pairs` had been run.

    What is worth having is counted on these alone, so that it does not hang on what else was run.
    """
    arms = {arm.name for pair in pairs for arm in pair}
    return {
        name: table.loc[table["group"].isin(arms) & (table["market"].isin(arms) | (table["market"] == SHARED))]
        for name, table in tables.items()
    }
