"""Requests to the live market: a web address read, checked and turned into markets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, SHARED, Arm, crowd, firm_size, markets, settings
from longgame.experiments.design.plan import Design
from longgame.experiments.lesson.grid import ARMS, CONTRASTS, SEEDS, Contrast, as_many_needs
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.errors import InputError, nearest, refusals
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import set_values

#: Most that one request may ask for; the command line has no such limits.
MOST_ARMS, MOST_SALESPEOPLE, MOST_CUSTOMERS, MOST_RUNS, MOST_MONTHS = 6, 1_000, 100_000, 20, 600

#: Most customer-months of all runs of one request together: a minute on one core at most.
MOST_WORK = 200_000_000

#: Most customers of all runs together, all in memory at one time: about half a gigabyte.
MOST_HELD = 1_000_000

#: The largest seed: browsers count to it exactly.
MOST_SEED = 2**53 - 100

#: Names in an address: the words of the command line, and those of the sales forces.
NAMES = ("scenario", "key", "months", "set", "sell", "race", "where", "seed", "runs")

#: Names that may stand in an address more than once.
MANY = ("set", "sell")

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request for markets.

    Attributes
    ----------
    base : Scenario
        The scenario without changes, of the length asked for.
    changes : mapping of str to str
        Numbers changed: dotted path to value, as written.
    mix : tuple of (Arm, int)
        Sales forces with their number of salespeople; empty: the four of the lesson.
    sides : tuple of Arm
        The two that race.
    where : {"shared", "separate"}
        One market for all, or one for each side.
    seed, runs : int
        The first seed, and the number of seeds that follow each other.
    """

    base: Scenario
    changes: Mapping[str, str]
    mix: tuple[tuple[Arm, int], ...]
    sides: tuple[Arm, Arm]
    where: str
    seed: int
    runs: int

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with its numbers changed; where customers buy more often they are fewer, as in the lesson."""
        changed = set_values(self.base, [f"{path}={value}" for path, value in self.changes.items()])
        held = "customers.rate" in self.changes and "customers.count" not in self.changes
        return as_many_needs(self.base, changed) if held else changed

    @property
    def arms(self) -> tuple[Arm, ...]:
        """All sales forces of the shared market."""
        return tuple(arm for arm, _ in self.mix) or ARMS

    @cached_property
    def markets(self) -> Design:
        """The markets to be run: the shared one, or one for each side."""
        scenario = self.scenario
        if not self.mix:
            made = markets(scenario, ARMS)
        else:
            firms = [(arm, many // firm_size(scenario, arm.organisation)) for arm, many in self.mix]
            total = sum(many for _, many in self.mix)
            own = {SHARED: crowd(scenario, firms, SHARED)}
            for arm in self.sides:
                count = max(1, round(total / firm_size(scenario, arm.organisation)))
                own[arm.name] = crowd(scenario, [(arm, count)], arm.name)
            made = Design(own, settings(own))
        return made.only([SHARED] if self.where == SHARED else [arm.name for arm in self.sides])

    @property
    def seeds(self) -> range:
        """The seeds to be run."""
        return range(self.seed, self.seed + self.runs)

    @property
    def contrast(self) -> Contrast:
        """The two sides as a contrast of the lesson, or as one of the reader's own."""
        for one in CONTRASTS:
            if not self.mix and (one.left, one.right) == self.sides:
                return one
        return Contrast(OWN, "Your own", "Your own sales forces", *self.sides)


#: Name of a contrast that is none of the lesson's.
OWN = "own"


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
        if len(values) > 1 and name not in MANY:
            raise InputError(f"{name}: is given {len(values)} times; give it once")
    one: Callable[[str, str], str] = lambda name, default: given.get(name, [default])[0]  # noqa: E731

    chosen = one("scenario", usual)
    if chosen not in bases:
        raise InputError(f"scenario: {chosen!r} is not known here; {nearest(chosen, bases)}")
    base = bases[chosen]
    if one("key", base.key()) != base.key():
        raise InputError(
            f"key: the address was made with another scenario {chosen!r}; start with the one it was made with"
        )
    base = base.but(months=_whole("months", one("months", str(base.months)), 1, MOST_MONTHS))
    where = one("where", SEPARATE)  # as the page begins
    if where not in MARKET_WORDS:
        raise InputError(f"where: is {where!r}; choose from {', '.join(MARKET_WORDS)}")
    mix = _mix(given.get("sell", []), base)
    asked = Asked(
        base=base,
        changes=_changes(given.get("set", []), base),
        mix=mix,
        sides=_sides(one("race", ""), mix),
        where=where,
        seed=_whole("seed", one("seed", "0"), 0, MOST_SEED),
        runs=_whole("runs", one("runs", str(SEEDS)), 1, MOST_RUNS),
    )
    _bounded(asked)
    return asked


def _whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number in a range."""
    if text.isdecimal() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise InputError(f"{name}: is {text!r}; it must be a whole number from {least:,} to {most:,}")


def _changes(texts: Iterable[str], base: Scenario) -> dict[str, str]:
    """Return path and value of every number to be changed; the last of a name counts."""
    known = [path for path, *_ in base.numbers() if path != "months"]
    found = {}
    for text in texts:
        path, equals, value = (part.strip() for part in text.partition("="))
        if path == "months":
            raise InputError("set: months are given by months=120, without set")
        if not equals:
            raise InputError(f"set: {text!r} has no value; write for example set=customers.rate=0.5")
        if path not in known:
            near = nearest(path, known, "write for example set=customers.rate=0.5")
            raise InputError(f"set: {text!r} changes no number of the scenario; {near}")
        found[path] = value
    return found


def _mix(texts: Sequence[str], base: Scenario) -> tuple[tuple[Arm, int], ...]:
    """Return the sales forces, with their number of salespeople."""
    if texts and not 2 <= len(texts) <= MOST_ARMS:
        raise InputError(f"sell: is given {len(texts)} times; from 2 to {MOST_ARMS} sales forces can be shown")
    names = [*(strategy.name for strategy in base.strategies), *STRATEGIES]
    found = []
    for text in texts:
        strategy, organisation, many = [*text.split(":"), "", ""][:3]
        if text.count(":") != 2 or organisation not in ORGANISATIONS:
            raise InputError(
                f"sell: is {text!r}; write for example sell=collaborative:herd:20, the second "
                f"part {' or '.join(ORGANISATIONS)}"
            )
        if strategy not in names:
            raise InputError(f"sell: strategy {strategy!r} is not known; {nearest(strategy, names)}")
        size = firm_size(base, organisation)
        count = _whole(f"sell={strategy}:{organisation}", many, 1, MOST_SALESPEOPLE)
        if count % size:
            down = count - count % size
            fitting = f"{down} or {down + size}" if down else str(size)
            raise InputError(
                f"sell={strategy}:{organisation}: {count} salespeople are no whole herds of {size}; write {fitting}"
            )
        found.append((Arm(strategy, organisation), count))
    arms = [arm.name for arm, _ in found]
    for name in arms:
        if arms.count(name) > 1:
            raise InputError(f"sell: {name} is given {arms.count(name)} times; give it once, with all its people")
    return tuple(found)


def _sides(text: str, mix: Sequence[tuple[Arm, int]]) -> tuple[Arm, Arm]:
    """Return the two arms that race: those named, else the first two of the mix, else the lesson's first pair."""
    arms = [arm for arm, _ in mix]
    by_name = {arm.name: arm for arm in arms or ARMS}
    usual = arms[:2] or (CONTRASTS[0].left, CONTRASTS[0].right)
    names = text.split(",") if text else [arm.name for arm in usual]
    if len(names) != 2 or names[0] == names[1] or not set(names) <= set(by_name):
        raise InputError(f"race: is {text!r}; name two of {', '.join(by_name)}, with a comma between them")
    return by_name[names[0]], by_name[names[1]]


def _bounded(asked: Asked) -> None:
    """Refuse a request whose markets are impossible, or too large to be run while the reader waits."""
    try:
        made = asked.markets
    except ValidationError as error:
        raise InputError(f"sell: these sales forces cannot be held by the scenario: {refusals(error)}") from None
    except InputError as error:
        raise InputError(*(line.replace("--set ", "set: ", 1) for line in error.lines)) from None
    people = max(market.customers.count for market in made.values())
    if people > MOST_CUSTOMERS:
        raise InputError(
            f"customers.count: comes to {people:,} in a market; at most {MOST_CUSTOMERS:,} can be run here"
        )
    sellers = max(market.sellers for market in made.values())
    if sellers > MOST_SALESPEOPLE:
        raise InputError(f"sell: {sellers:,} salespeople in a market; at most {MOST_SALESPEOPLE:,} can be run here")
    held = asked.runs * sum(market.customers.count for market in made.values())
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
