"""The table of `longgame patterns`: what is expected, what the market shows, and whether it is met.

The criteria were written down before any run was looked at. A pattern that is not met is a finding: neither
a criterion nor a number of the model is moved for it. What may explain it stands in `patterns_report`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from longgame.default_market import DEFAULT
from longgame.experiments.design.plan import Plan
from longgame.experiments.evidence.table import Row
from longgame.experiments.evidence.table import rows as evidence_rows
from longgame.experiments.inference.effects import Effect, effect_of, fewest
from longgame.experiments.measures import careers
from longgame.experiments.measures.leavers import leaver_loss
from longgame.experiments.runs.workers import Workers
from longgame.experiments.store.store import ResultStore
from longgame.experiments.validation import patterns, patterns_markets
from longgame.experiments.validation.patterns import ENDINGS, SILENT, SOLVED, TEAM_SOLVED, UNSOLVED
from longgame.experiments.validation.patterns_markets import EFFORTS
from longgame.sim.configurations import CONFIGURATIONS

SEEDS, QUICK_SEEDS = 100, 10

Tables = Mapping[str, pd.DataFrame]

#: Columns of the table.
COLUMNS = ("pattern", "case", "market", "source", "expected", "unit", "value", "low", "high", "n", "outcome")

#: Percentage points around a share that TARP reports.
AROUND = 15.0


class Pattern(NamedTuple):
    """What one number of the runs is expected to be; `value` gives it per seed."""

    pattern: str
    case: str
    market: str
    source: str
    expected: str
    low: float
    high: float
    unit: str
    value: Callable[[Tables], pd.Series]

    def check(self, tables: Tables) -> dict[str, object]:
        """Return the row of the table."""
        effect = effect_of(self.value(tables), unit=self.unit)
        found = (effect.value, effect.low, effect.high, effect.n, judge(effect, self.low, self.high))
        said = (self.pattern, self.case, self.market, self.source, self.expected, self.unit)
        return dict(zip(COLUMNS, (*said, *found), strict=True))


class Input(NamedTuple):
    """A number that the scenario sets: it lies in its range because it was put there."""

    pattern: str
    path: str
    source: str
    expected: str
    low: float
    high: float


def judge(effect: Effect, low: float, high: float) -> str:
    """Return ``pass`` if the whole interval lies within the bounds, ``FAIL`` if none of it does.

    Anything else, and fewer seeds than can tell, is ``unclear``.

    Examples
    --------
    >>> judge(Effect(0.1, 0.05, 0.15, 20, ""), -0.1, 0.2), judge(Effect(0.3, 0.25, 0.35, 20, ""), -0.1, 0.2)
    ('pass', 'FAIL')
    >>> judge(Effect(0.2, 0.15, 0.25, 20, ""), -0.1, 0.2), judge(Effect(0.1, 0.05, 0.15, 5, ""), -0.1, 0.2)
    ('unclear', 'unclear')
    """
    if effect.n < fewest(effect.level) or math.isnan(effect.low):
        return "unclear"
    if low < effect.low and effect.high < high:
        return "pass"
    return "FAIL" if effect.high <= low or effect.low >= high else "unclear"


# -- one number per seed ------------------------------------------------------------------------------


def _career(of: Callable[[pd.DataFrame], float], sales: str) -> Callable[[Tables], pd.Series]:
    """Return a number of everybody's careers, per seed."""

    def value(tables: Tables) -> pd.Series:
        rows = tables["careers"]
        return cast(pd.Series, rows[rows["sales"] == sales].groupby("seed").apply(of))

    return value


def _end_slope(sales: str, end: int) -> Callable[[Tables], pd.Series]:
    """Return the slope of sales over effort at one end, in percent of mean sales per full effort."""

    def value(tables: Tables) -> pd.Series:
        wide = tables["consultants"].pivot(index="seed", columns="market", values=sales)
        wide = wide[[f"{effort:g}" for effort in EFFORTS]].dropna()
        slopes = [patterns.end_slopes(EFFORTS, row)[end] for row in wide.to_numpy(float)]
        return 100 * pd.Series(slopes, wide.index) / wide.mean(axis=1)

    return value


def _growth(who: str) -> Callable[[Tables], pd.DataFrame]:
    """Return growth before and after the first bad word, per seed."""

    def value(tables: Tables) -> pd.DataFrame:
        rows = tables["bad words"]
        wide = rows[rows["who"] == who].pivot(index="seed", columns="month", values="deals").dropna()
        pairs = [patterns.growth_before_and_after(row) for _, row in wide.iterrows()]
        return pd.DataFrame(pairs, wide.index, ["before", "after"])

    return value


def _after(tables: Tables) -> pd.Series:
    """Return growth after the first bad word."""
    return cast(pd.Series, _growth("hit")(tables)["after"])


def _turn(tables: Tables) -> pd.Series:
    """Return the change of growth of those who were hit, less that of those who were spared."""
    hit, spared = (_growth(f"matched {who}")(tables) for who in ("hit", "spared"))
    change = (hit - spared).dropna()
    return cast(pd.Series, change["after"] - change["before"])


def _told(above: str, below: str) -> Callable[[Tables], pd.Series]:
    """Return a ratio of stories told."""

    def value(tables: Tables) -> pd.Series:
        rows = tables["stories"].set_index("seed")
        return cast(pd.Series, rows[above] / rows[below].astype(float))

    return value


def _again(*ending: int) -> Callable[[Tables], pd.Series]:
    """Return the percentage who bought again after a deal that ended so."""

    def value(tables: Tables) -> pd.Series:
        rows = tables["repurchase"]
        rows = rows[rows["ending"].isin([ENDINGS[k] for k in ending])]
        sums = rows.groupby("seed")[["again", "cases"]].sum()
        return cast(pd.Series, 100 * sums["again"].astype(float) / sums["cases"])

    return value


def _step(more: int, less: int) -> Callable[[Tables], pd.Series]:
    """Return how many more bought again after one ending than after another, in percentage points."""
    return lambda tables: _again(more)(tables) - _again(less)(tables)


def _recovery(tables: Tables) -> pd.Series:
    """Return what a solved problem is worth against none, within groups, in percentage points."""
    return cast(pd.Series, tables["repurchase"].groupby("seed").apply(patterns.standardised))


def _lost(market: str) -> Callable[[Tables], pd.Series]:
    """Return the percentage of leavers' customers' yearly sales that is lost."""

    def value(tables: Tables) -> pd.Series:
        rows = tables["leavers"]
        return cast(pd.Series, 100 * rows[rows["market"] == market].groupby("seed").apply(leaver_loss))

    return value


def _column(table: str, column: str, scale: float = 1.0) -> Callable[[Tables], pd.Series]:
    """Return a column that holds one number per seed."""
    return lambda tables: cast(pd.Series, tables[table].set_index("seed")[column] * scale)


# -- what is expected ---------------------------------------------------------------------------------

_INF = math.inf
_MIXED = "three singletons of each library strategy"
_EFFORT = "default, discovery = advice = 0 … 1 of collaborative"
_RARE = "default, gossip 0.01"
_HONESTY, _GROWTH = "Franke & Park 2006; Jaramillo et al. 2007", "Jaramillo & Grisaffe 2009"
_TARP, _WORD = "TARP 1986", "Cabral & Hortaçsu 2010"


def _row(name: str) -> Row:
    """Return a row of the table of evidence."""
    return next(row for row in evidence_rows() if row.id == name)


def _range(name: str) -> tuple[float, float]:
    """Return the range of a row that has both ends."""
    row = _row(name)
    assert row.low is not None and row.high is not None
    return row.low, row.high


def _ends(name: str) -> str:
    """Return the range of a row in words."""
    low, high = _range(name)
    return f"{low:g} … {high:g}"


def _percent(name: str) -> float:
    """Return the value of a row that is a share, in percent."""
    value = _row(name).value
    assert value is not None
    return round(100 * value, 9)


PATTERNS: tuple[Pattern, ...] = (
    *(
        Pattern(
            "honesty and early sales",
            f"{sales} of the first year",
            _MIXED,
            _HONESTY,
            f"r in {_ends('orientation-sales').replace('-', '−')}",
            *_range("orientation-sales"),
            "r",
            _career(careers.correlation, sales),
        )
        for sales in ("deals", "revenue")
    ),
    *(
        Pattern(
            "honesty and growth",
            sales,
            _MIXED,
            _GROWTH,
            "above 0",
            0,
            _INF,
            f"{unit} a month, per year",
            _career(careers.slope, sales),
        )
        for sales, unit in (("deals", "deals"), ("revenue", "money"))
    ),
    *(
        Pattern(
            "inverted U of effort",
            f"{sales}, slope at effort {end}",
            _EFFORT,
            "Homburg et al. 2011",
            "below 0" if end else "above 0",
            -_INF if end else 0,
            0 if end else _INF,
            "% of mean sales",
            _end_slope(sales, end),
        )
        for sales in ("deals", "revenue")
        for end in (0, 1)
    ),
    Pattern(
        "first bad word", "growth after it", _RARE, _WORD, "below 0", -_INF, 0, "deals a month, per quarter", _after
    ),
    Pattern(
        "first bad word",
        "change of growth, less that of matched sellers",
        _RARE,
        _WORD,
        "below 0",
        -_INF,
        0,
        "deals a month, per quarter",
        _turn,
    ),
    Pattern(
        "word of mouth",
        "good ÷ bad stories",
        "default",
        "East et al. 2007",
        "above 1",
        1,
        _INF,
        "ratio",
        _told("told_good", "told_bad"),
    ),
    Pattern(
        "word of mouth",
        "bad ÷ good stories",
        "default",
        "the ratio above again; TARP 1986 counts people told",
        "at most 2",
        -_INF,
        2,
        "ratio",
        _told("told_bad", "told_good"),
    ),
    *(
        Pattern(
            "repurchase after a problem",
            f"{ENDINGS[k]}{note}",
            "default",
            _TARP,
            f"{_percent(row):g} ± {AROUND:g}",
            _percent(row) - AROUND,
            _percent(row) + AROUND,
            "% in 24 months",
            _again(k),
        )
        for k, row, note in (
            (SILENT, "again-silent", ""),
            (UNSOLVED, "again-voiced", ""),
            (SOLVED, "again-solved-large", ""),
            (TEAM_SOLVED, "again-fast", " (for solved fast)"),
        )
    ),
    *(
        Pattern(
            "repurchase after a problem",
            f"{ENDINGS[more]} − {ENDINGS[less]}",
            "default",
            _TARP,
            "above 0",
            0,
            _INF,
            "percentage points",
            _step(more, less),
        )
        for more, less in ((UNSOLVED, SILENT), (SOLVED, UNSOLVED), (TEAM_SOLVED, SOLVED))
    ),
    Pattern(
        "no recovery paradox",
        "solved − no problem, same group",
        "default",
        "assumed; de Matos et al. 2007 find no difference",
        "below 0",
        -_INF,
        0,
        "percentage points",
        _recovery,
    ),
    *(
        Pattern(
            "worth of reputation",
            f"if a stranger trusted {how}",
            "default",
            "Resnick et al. 2006",
            _ends("reputation-premium"),
            *_range("reputation-premium"),
            "% of price",
            _column("reputation", name, 100),
        )
        for how, name in (("fully", "full"), ("like a client", "client"))
    ),
    Pattern(
        "salespeople remembered",
        "mean of customers at the end",
        "default",
        "Howard & Sheth 1969, consumer brands",
        "3 … 7",
        3,
        7,
        "persons",
        _column("minds", "remembered"),
    ),
    *(
        Pattern(
            "loss by leavers",
            f"sales to a leaver's customers, {market}",
            f"default, {change}" if change else "default",
            source,
            f"{low} … {high}",
            low,
            high,
            "% a year",
            _lost(market),
        )
        for market, change, source, low, high in (
            ("handed on", "", "Shi et al. 2017: 13-18", 10, 25),
            ("not handed on", "succession 0", "assumed: most of it is the person's", 60, 90),
            ("handed on, one product", "herds of one product", "Shi et al. 2017: 13-18", 10, 25),
        )
    ),
)

INPUTS: tuple[Input, ...] = (
    Input("complaints voiced", "service.voice", _TARP, _ends("voice"), *_range("voice")),
    Input("bad evidence counts", "trust.negativity", "Baumeister et al. 2001", "1 … 3", 1, 3),
    Input("bad told ÷ good told", "word_of_mouth.bad_ratio", _TARP, "at most 2", 0, 2),
)

# -- the table ----------------------------------------------------------------------------------------


def measure(seeds: Sequence[int], workers: int) -> dict[str, pd.DataFrame]:
    """Run every market with every seed and return the tables of all measures.

    Raises
    ------
    longgame.experiments.runs.workers.Failed
        If a run failed.
    """
    tables: dict[str, pd.DataFrame] = {}
    with ResultStore() as store, Workers(store, workers, progress=True) as made:
        for _, scenarios, measures in patterns_markets.plans():
            tables |= made.tables(Plan(scenarios, tuple(seeds), measures), whole=True)
    return tables


def table(tables: Tables) -> pd.DataFrame:
    """Return the table (`COLUMNS`) of all patterns, and below them of the ranges that inputs were set in."""
    rows = [pattern.check(tables) for pattern in PATTERNS]
    values = {path: value for path, _, value in CONFIGURATIONS[DEFAULT].numbers()}
    for item in INPUTS:
        value = float(values[item.path])
        outcome = "input" if item.low <= value <= item.high else "FAIL"
        said = (item.pattern, item.path, "default", item.source, item.expected, "")
        rows.append(dict(zip(COLUMNS, (*said, value, np.nan, np.nan, 0, outcome), strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
