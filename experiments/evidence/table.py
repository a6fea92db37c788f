"""The table of evidence: published numbers, how far a market may be off, and which of them choose markets.

The numbers stand in ``table.toml`` alone. A `Row` of use *fit* becomes a `Target` of history matching:

* a value with a class of tolerance has the share of the class as its standard deviation, of the value;
* a range that is given is the tolerance. Its centre is the value, where one is stated, else its middle, and its half
  width is three standard deviations. So an implausibility of 3 is the edge of the range (with a value that is not
  the middle: as far from the value as the edge is from the middle);
* a range whose ends differ by more than a factor `FACTOR` is taken on the log scale. A correlation is not: it may be
  negative.
"""

from __future__ import annotations

import functools
import math
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, StringConstraints, model_validator

from longgame.sim.errors import InputError, closest, shown_as
from longgame.sim.files import read_toml
from longgame.sim.refusals import validated
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import LongName, Value

#: The table of the package.
TABLE = Path(__file__).with_name("table.toml")

#: Kinds of market, each an ensemble of its own.
Kind = Literal["repeat-supply", "projects", "consumer-services"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Use = Literal["input", "fit", "test"]
Strength = Literal["meta-analysis", "field experiment or census", "real log", "single study", "trade survey", "assumed"]

#: Inputs that are no number of a scenario: the share of adversarial salespeople in the mix of conducts, and the share
#: of commission in the pay of a salesperson.
DERIVED = ("derived.adversarial", "derived.variable_pay")

#: From this ratio of its ends on, a range is taken on the log scale.
FACTOR = 3.0

#: Standard deviations from the centre of a given range to its edge.
EDGE = 3.0

Words = Annotated[str, StringConstraints(min_length=1)]


class Tolerances(Value):
    """How far a market may be off a published value, by the strength of the evidence. Unit: ÷ value."""

    meta_analysis: float = Field(alias="meta-analysis", gt=0, le=1)
    real_log: float = Field(alias="real log", gt=0, le=1)
    single_study: float = Field(alias="single study", gt=0, le=1)
    trade_survey: float = Field(alias="trade survey", gt=0, le=1)

    def share(self, tolerance: str) -> float:
        """Return the share of the value for a class of tolerance."""
        return getattr(self, re.sub("[ -]", "_", tolerance))


@functools.cache
def _dials() -> tuple[str, ...]:
    """Return the names that an input may bound."""
    return (*(path for path, _, _ in Scenario().numbers()), *DERIVED)


class Row(Value):
    """One regularity: what is published, of whom, by whom, and what it is used for.

    Attributes
    ----------
    id : str
        Name of the row, and of its column in a measure.
    use : {"input", "fit", "test"}
        Bounds a dial, chooses markets, or is only compared.
    regularity : str
        What is counted, in words.
    value : float, optional
        What is published, or the centre of the range.
    low, high : float, optional
        Ends of the range; a *test* row may have one end alone.
    tolerance : str
        ``given`` (the range is the tolerance), or the class of `Tolerances` whose share of the value it is.
    unit, population, source : str
        Source: authors, year, journal.
    strength : str
        What kind of study it is from.
    kinds : tuple of str
        Kinds of market that it speaks of.
    reason : str
        Why not of all of them.
    dial : str
        Of an *input*: dotted name of a number of the scenario, or one of `DERIVED`.
    measure : str
        Of the others: ``evidence``, ``evidence_test``, or ``runs`` where it takes runs of changed scenarios.
    pattern : str
        The number of `longgame patterns` that measures it with ``runs``; empty where none does yet.
    """

    id: LongName
    use: Use
    regularity: Words
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: Literal["given", "meta-analysis", "real log", "single study", "trade survey"]
    unit: Words
    population: Words
    source: Words
    strength: Strength
    kinds: Annotated[tuple[Kind, ...], Field(strict=False, min_length=1)] = KINDS
    reason: str = ""
    dial: str = ""
    measure: Literal["", "evidence", "evidence_test", "runs"] = ""
    pattern: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """Refuse what does not go together."""
        for wrong, right in (*self._numbers(), *self._words()):
            if wrong:
                raise ValueError(right)
        return self

    def _numbers(self) -> tuple[tuple[bool, str], ...]:
        """Return what may be wrong with value and range, and what would be right."""
        low, high = (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)
        whole = math.isfinite(low) and math.isfinite(high)
        given = self.tolerance == "given"
        return (
            (low >= high, f"low is {shown_as(self.low)}; it must be below high = {shown_as(self.high)}"),
            (
                self.value is not None and not low <= self.value <= high,
                f"value is {shown_as(self.value)}; it must lie between low and high",
            ),
            (given and self.low is None and self.high is None, "tolerance is given; add low and high"),
            (given and self.use != "test" and not whole, f"use is {self.use}; it must have both low and high"),
            (not given and not self.value, "tolerance is a share of the value; value must be there and not 0"),
            (not given and low != -math.inf, f'low is {shown_as(self.low)}; with a range, tolerance must be "given"'),
            (not given and high != math.inf, f'high is {shown_as(self.high)}; with a range, tolerance must be "given"'),
        )

    def _words(self) -> tuple[tuple[bool, str], ...]:
        """Return what may be wrong with the rest, and what would be right."""
        dials = _dials()
        permitted = {"input": ("",), "fit": ("evidence",), "test": ("evidence_test", "runs")}[self.use]
        dated = re.search(r"\b(1[89]|20)\d\d\b", self.source) is not None
        return (
            (
                self.measure not in permitted,
                f"measure is {shown_as(self.measure)}; of use {self.use} it must be "
                + (" or ".join(permitted) or "empty"),
            ),
            (
                (self.dial not in dials) if self.use == "input" else bool(self.dial),
                f"dial is {shown_as(self.dial)}; an input names a number of the scenario, others none"
                + closest(self.dial, dials),
            ),
            (bool(self.pattern) and self.measure != "runs", 'pattern stands without measure = "runs"; leave it out'),
            (
                bool(self.reason) != (self.kinds != KINDS),
                "reason must say why kinds are not all three, and stand only then",
            ),
            (not dated and self.strength != "assumed", f"source is {shown_as(self.source)}; it must name a year"),
        )

    @property
    def name(self) -> str:
        """The id as a name in Python."""
        return self.id.replace("-", "_")


class Target(NamedTuple):
    """A row as a target of history matching.

    Attributes
    ----------
    name : str
        Id of the row, and column of the measure.
    low, high : float
        Ends of the range, in the row's unit; of a value with a class, three standard deviations off.
    value : float
        Centre, in the row's unit.
    sd : float
        Standard deviation of the discrepancy; of the logarithm, where `log`.
    log : bool
        Whether value and run are compared by their logarithms.
    """

    name: str
    low: float
    high: float
    value: float
    sd: float
    log: bool

    def scaled(self, found: ArrayLike) -> NDArray[np.float64]:
        """Return numbers on the scale of the target; of 0 or less the logarithm is -inf, of NaN it is NaN."""
        x = np.asarray(found, float)
        if not self.log:
            return x
        return np.log(x, out=np.where(np.isnan(x), np.nan, -np.inf), where=x > 0)

    def distance(self, found: ArrayLike) -> NDArray[np.float64]:
        """Return how many standard deviations of the discrepancy a number is off the target.

        Examples
        --------
        >>> Target("a", 0.2, 0.5, 0.35, 0.05, log=False).distance([0.35, 0.5]).round(3).tolist()
        [0.0, 3.0]
        """
        return (self.scaled(found) - self.scaled(self.value)) / self.sd


class Evidence(NamedTuple):
    """The content of a table: its rows and the tolerances of its classes."""

    rows: tuple[Row, ...]
    tolerances: Tolerances

    def target(self, row: Row) -> Target:
        """Return the target of a row that has a value or both ends of a range.

        Raises
        ------
        ValueError
            If it has one end of a range alone.
        """
        if row.tolerance != "given":
            assert row.value is not None
            sd = abs(row.value) * self.tolerances.share(row.tolerance)
            return Target(row.id, row.value - EDGE * sd, row.value + EDGE * sd, row.value, sd, log=False)
        if row.low is None or row.high is None:
            raise ValueError(f"{row.id} is open to one side: it is no target")
        log = row.low > 0 and row.high / row.low > FACTOR and row.unit != "r"
        low, high = (math.log(row.low), math.log(row.high)) if log else (row.low, row.high)
        middle = (low + high) / 2
        value = row.value if row.value is not None else math.exp(middle) if log else middle
        return Target(row.id, row.low, row.high, value, (high - low) / 2 / EDGE, log)


def read(path: str | os.PathLike[str] = TABLE) -> Evidence:
    """Return the table of evidence in a TOML file.

    Raises
    ------
    InputError
        One line per mistake: file, row, field, value, and what would be right.
    """
    tree = read_toml(path)
    where = os.fspath(path)
    if unknown := [name for name in tree if name not in ("tolerances", "row")]:
        raise InputError(f"{where}: {unknown[0]} is not a known name; known are tolerances and row")
    entries = tree.get("row")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{where}: row is {shown_as(entries)}; give tables, each opened by a line [[row]]")
    tolerances = validated(Tolerances, tree.get("tolerances", {}), f"{where}, tolerances")
    found: list[Row] = []
    lines: list[str] = []
    for k, entry in enumerate(entries):
        try:
            found.append(validated(Row, entry, f"{where}, {_called(entry, k)}"))
        except InputError as error:
            lines += error.lines
    ids = [row.id for row in found]
    lines += [
        f"{where}, {name}: id stands there twice; rename one" for name in dict.fromkeys(ids) if ids.count(name) > 1
    ]
    if lines:
        raise InputError(*lines)
    return Evidence(tuple(found), tolerances)


def _called(entry: dict[str, Any], k: int) -> str:
    """Return what a row is called in a line of refusal: its id, else its place."""
    name = entry.get("id")
    return name if isinstance(name, str) and name else f"row {k + 1}"


@functools.cache
def evidence() -> Evidence:
    """Return the table of the package, read once."""
    return read()


def rows(use: Use | None = None, kind: Kind | None = None) -> tuple[Row, ...]:
    """Return the rows of the table of one use and for one kind of market, or of all, in the order of the table.

    Examples
    --------
    >>> [row.dial for row in rows(use="input")][:2]
    ['attention.capacity', 'trust.prior']
    """
    return tuple(row for row in evidence().rows if use in (None, row.use) and (kind is None or kind in row.kinds))


def targets(kind: Kind) -> tuple[Target, ...]:
    """Return the targets that choose markets of a kind.

    Examples
    --------
    >>> found = targets("projects")[0]
    >>> found.name, found.value, round(found.sd, 3), found.log
    ('win-rate', 0.35, 0.05, False)
    """
    return tuple(evidence().target(row) for row in rows("fit", kind))
