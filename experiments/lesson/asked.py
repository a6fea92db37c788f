"""Requests to the live market: a web address read, checked and turned into a town."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from longgame.experiments.lesson import town
from longgame.sim.errors import InputError, nearest, refusals
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import set_values

#: Most that one request may ask for; the command line has no such limits.
MOST_CUSTOMERS, MOST_RUNS, MOST_MONTHS = 100_000, 20, 600

#: Most customer-months of all runs of one request together: a minute on one core at most.
MOST_WORK = 200_000_000

#: Most customers of all runs together, all in memory at one time: about half a gigabyte.
MOST_HELD = 1_000_000

#: The largest seed: browsers count to it exactly.
MOST_SEED = 2**53 - 100

#: Names in an address: the words of the command line, the dials of the town, and how either side sells.
DIALS = {dial.key: dial for dial in town.DIALS}
NAMES = ("scenario", "key", "months", "set", "seed", "runs", *DIALS, *town.SIDES)

#: The name that may stand in an address more than once.
MANY = "set"

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request for a town.

    Attributes
    ----------
    base : Scenario
        The scenario without changes, of the length asked for.
    changes : mapping of str to str
        Numbers changed: dotted path to value, as written.
    setting : mapping of str to float
        Dials that do not stand as usual.
    sells : (str, str)
        Strategies of either side.
    seed, runs : int
        The first seed, and the number of seeds that follow each other.
    """

    base: Scenario
    changes: Mapping[str, str]
    setting: town.Setting
    sells: tuple[str, str]
    seed: int
    runs: int

    @cached_property
    def market(self) -> Scenario:
        """The market to be run."""
        changed = set_values(self.base, [f"{path}={value}" for path, value in self.changes.items()])
        return town.at(changed, self.setting, sells=self.sells)

    @property
    def seeds(self) -> range:
        """The seeds to be run."""
        return range(self.seed, self.seed + self.runs)


def read(query: Query, bases: Mapping[str, Scenario], usual: str) -> Asked:
    """Read an address.

    Parameters
    ----------
    query : sequence of (str, str)
        Names and values, in order.
    bases : mapping of str to Scenario
        The scenarios to choose from.
    usual : str
        The scenario that is meant where none is named.

    Raises
    ------
    InputError
        One line per mistake, opening with the name.
    """
    given: dict[str, list[str]] = {}
    for name, value in query:
        if name not in NAMES:
            raise InputError(f"{name}: is not known; {nearest(name, NAMES)}")
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        if len(values) > 1 and name != MANY:
            raise InputError(f"{name}: is given {len(values)} times; give it once")
    one = {name: values[0] for name, values in given.items()}

    chosen = one.get("scenario", usual)
    if chosen not in bases:
        raise InputError(f"scenario: {chosen!r} is not known here; {nearest(chosen, bases)}")
    base = bases[chosen]
    if one.get("key", base.key()) != base.key():
        raise InputError(
            f"key: the address was made with another scenario {chosen!r}; start with the one it was made with"
        )
    base = base.but(months=_whole("months", one.get("months", str(base.months)), 1, MOST_MONTHS))
    asked = Asked(
        base=base,
        changes=_changes(given.get(MANY, []), base),
        setting={key: _level(dial, one[key]) for key, dial in DIALS.items() if key in one},
        sells=(_sells("ours", one, base, town.COLLABORATIVE), _sells("theirs", one, base, town.ADVERSARIAL)),
        seed=_whole("seed", one.get("seed", "0"), 0, MOST_SEED),
        runs=_whole("runs", one.get("runs", str(town.SEEDS)), 1, MOST_RUNS),
    )
    _bounded(asked)
    return asked


def _whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number in a range."""
    if text.isdecimal() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise InputError(f"{name}: is {text!r}; it must be a whole number from {least:,} to {most:,}")


def _level(dial: town.Dial, text: str) -> float:
    """Return where a dial is to stand."""
    if dial.whole:
        return _whole(dial.key, text, round(dial.least), round(dial.most))
    try:
        level = float(text)
    except ValueError:
        level = math.nan
    if dial.least <= level <= dial.most:
        return level
    raise InputError(f"{dial.key}: is {text!r}; it must be a number from {dial.least:g} to {dial.most:g}")


def _sells(side: str, given: Mapping[str, str], base: Scenario, usual: str) -> str:
    """Return the strategy of a side."""
    name = given.get(side, usual)
    known = [*(strategy.name for strategy in base.strategies), *STRATEGIES]
    if name not in known:
        raise InputError(f"{side}: strategy {name!r} is not known; {nearest(name, known)}")
    return name


def _changes(texts: Iterable[str], base: Scenario) -> dict[str, str]:
    """Return path and value of every number to be changed; the last of a name counts."""
    known = [path for path, *_ in base.numbers() if path != "months"]
    found = {}
    for text in texts:
        path, equals, value = (part.strip() for part in text.partition("="))
        if path == "months":
            raise InputError("set: months are given by months=120, without set")
        if not equals:
            raise InputError(f"set: {text!r} has no value; write for example set=trust.prior=0.5")
        if path not in known:
            near = nearest(path, known, "write for example set=trust.prior=0.5")
            raise InputError(f"set: {text!r} changes no number of the scenario; {near}")
        found[path] = value
    return found


def _bounded(asked: Asked) -> None:
    """Refuse a request whose town is impossible, or too large to be run while the reader waits."""
    try:
        people = asked.market.customers.count
    except ValidationError as error:
        raise InputError(f"set: such a town cannot be: {refusals(error)}") from None
    except InputError as error:
        raise InputError(*(line.replace("--set ", "set: ", 1) for line in error.lines)) from None
    if people > MOST_CUSTOMERS:
        raise InputError(
            f"customers.count: comes to {people:,} in the town; at most {MOST_CUSTOMERS:,} can be run here"
        )
    held = asked.runs * people
    if held > MOST_HELD:
        raise InputError(
            f"runs: all runs together have {held:,} customers, at most {MOST_HELD:,} can be held here; ask "
            "for fewer runs or customers"
        )
    work = held * asked.base.months
    if work > MOST_WORK:
        raise InputError(
            f"runs: all runs together are {work / 1e6:,.0f} million customer-months, at most "
            f"{MOST_WORK / 1e6:,.0f} can be run here; ask for fewer runs, months or customers"
        )
