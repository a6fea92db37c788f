"""Options that several commands share: types for one option, and values for groups of them.

A class that is decorated with ``Parameter(name="*")`` adds its fields to the options of every command that takes it.
Help texts are those of the docstrings. Nothing heavy is imported here: ``longgame COMMAND --help`` answers at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from longgame.default_market import DEFAULT
from longgame.experiments.cli.codes import Stopped
from longgame.experiments.words import many

if TYPE_CHECKING:
    from pathlib import Path

    from cyclopts import Token

    from longgame.experiments.runs.workers import Workers
    from longgame.sim.scenario import Scenario

MOST_SEEDS = 100_000
MOST_MONTHS = 12_000

#: Where commands that run experiments keep their runs.
STORE = "results/runs.sqlite"

# -- one option ---------------------------------------------------------------------------------------

#: Reads the words after an option, as cyclopts calls it: with the type of the option and the words.
type Reader = Callable[[Any, Sequence[Token]], Any]


def reader(convert: Callable[[str], Any]) -> Reader:
    """Return a reader of one word.

    Parameters
    ----------
    convert : callable
        Raises ValueError with what is wrong; the option's name is put before it.
    """
    return lambda _, tokens: convert(tokens[0].value)


def readers(convert: Callable[[str], Any]) -> Reader:
    """Return a reader of any number of words, each read in the same way."""
    return lambda _, tokens: tuple(convert(token.value) for token in tokens)


def whole(what: str, most: int, why: str = "", least: int = 1) -> Callable[[str], int]:
    """Return a converter for whole numbers from `least` to `most`.

    Examples
    --------
    >>> whole("seeds", 10)("11")
    Traceback (most recent call last):
        ...
    ValueError: is '11'; it must be a whole number of seeds from 1 to 10
    """

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ValueError(f"is {text!r}; it must be a whole number of {what} from {least} to {most}{why}")
        return value

    return convert


def between(what: str, low: float, high: float) -> Callable[[str], float]:
    """Return a converter for numbers from `low` to `high`.

    Examples
    --------
    >>> between("noise", 0, 1)("2")
    Traceback (most recent call last):
        ...
    ValueError: is '2'; noise must be a number from 0 to 1
    """

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"is {text!r}; {what} must be a number from {low:g} to {high:g}")
        return value

    return convert


def seed_number(text: str) -> int:
    """Read a seed."""
    if not (text.isdecimal() and int(text) < 2**64):
        raise ValueError(f"is {text!r}; it must be a whole number from 0 to 2^64 - 1")
    return int(text)


def file_name(text: str) -> str:
    """Read a file name."""
    if not text.strip():
        raise ValueError(f"is {text!r}; it must be a name")
    return text


def cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


#: How many runs of every market.
Seeds = Annotated[int, Parameter(converter=reader(whole("seeds", MOST_SEEDS)), metavar="N")]
#: The seed of one run, or of a search.
Seed = Annotated[int, Parameter(converter=reader(seed_number), metavar="N")]
Months = Annotated[int, Parameter(converter=reader(whole("months", MOST_MONTHS)), metavar="N")]
FileName = Annotated[str, Parameter(converter=reader(file_name), metavar="FILE")]
#: A stored ensemble of markets, or a file of one.
EnsembleName = Annotated[str, Parameter(converter=reader(file_name), metavar="NAME_OR_FILE")]
Folder = Annotated[str, Parameter(converter=reader(file_name), metavar="DIR")]
Processes = Annotated[
    int, Parameter(converter=reader(whole("worker processes", 4 * cores(), ", four per core")), metavar="N")
]
#: `--set a.b=VALUE`, repeated.
Settings = Annotated[tuple[str, ...], Parameter(name="--set", metavar="a.b=VALUE")]
#: One or more words after an option, each read by itself.
SEVERAL = Parameter(consume_multiple=(1, None))
#: The whole command line as it was typed, which is written beside the results; no option.
Line = Annotated[str, Parameter(parse=False)]


# -- the market ---------------------------------------------------------------------------------------


@Parameter(name="*")
@dataclass(frozen=True)
class Market:
    """Options that choose a market.

    Attributes
    ----------
    scenario : str
        Scenario file or a configuration from `longgame list`.
    settings : tuple of str
        Change one number of the scenario; may be repeated.
    months : int, optional
        Length of the run.
    """

    scenario: Annotated[str, Parameter(metavar="FILE_OR_NAME")] = DEFAULT
    settings: Settings = ()
    months: Months | None = None

    def load(self, *more: str) -> Chosen:
        """Return the chosen market; its file is opened here and nowhere else.

        Parameters
        ----------
        *more : str
            Settings beside those of ``--set``.

        Raises
        ------
        InputError
            If there is no such scenario, or it cannot have such numbers.
        """
        from longgame.sim.scenario_files import load_scenario, set_values

        before = load_scenario(self.scenario)
        months = [] if self.months is None else [f"months={self.months}"]
        return Chosen(set_values(before, [*self.settings, *more, *months]), before)


@dataclass(frozen=True)
class Chosen:
    """The market of a command, loaded once: results, their folder and the names of runs come from this value.

    Attributes
    ----------
    scenario : Scenario
        What is run.
    before : Scenario
        The same before numbers were set.
    """

    scenario: Scenario
    before: Scenario

    def sides(self, ours: str, theirs: str) -> tuple[str, str, Chosen]:
        """Return the names of the strategies of --ours and --theirs, and the market with both declared.

        Raises
        ------
        InputError
            If there is no such strategy, or both are one.
        """
        from longgame.experiments.design.entrants import declared
        from longgame.sim.errors import InputError

        (our,), scenario = declared([ours], "--ours", self.scenario, most=1)
        (their,), scenario = declared([theirs], "--theirs", scenario, most=1)
        if our == their:
            raise InputError(f"--theirs {their}: is the same as --ours; compare two strategies")
        return our, their, replace(self, scenario=scenario)

    def name(self, command: str) -> str:
        """Return the name of a command with what differs from the default scenario."""
        import re

        from longgame.sim.configurations import CONFIGURATIONS

        scenario, key = self.scenario, self.scenario.key()
        parts = [command]
        if scenario.name != DEFAULT:
            parts.append(re.sub(r"[^\w.-]+", "-", scenario.name).strip("-.")[:60])
        known = CONFIGURATIONS.get(scenario.name, self.before)
        if not key == self.before.key() == known.key():
            parts.append(key[:6])
        return "-".join(filter(None, parts))


def folder(name: str, out: str | None) -> Path:
    """Return where results go: as asked, else named after the command and what was chosen."""
    from pathlib import Path

    return Path(out) if out is not None else Path("results") / name


@contextmanager
def held(what: str, option: str = "--scenario") -> Iterator[None]:
    """Report a scenario that cannot be turned into the markets of an experiment: that is the user's to mend."""
    from pydantic import ValidationError

    from longgame.sim.errors import InputError, refusals

    try:
        yield
    except ValidationError as error:
        raise InputError(f"{option}: cannot hold {what}: {refusals(error)}") from None


# -- how it is run ------------------------------------------------------------------------------------


@Parameter(name="*")
@dataclass(frozen=True)
class Running:
    """Options of a command that runs markets.

    Attributes
    ----------
    workers : int, optional
        Worker processes (default: one per core; 1 runs in this process).
    dask : str, optional
        Run on the Dask cluster of this scheduler; local: on one started for it (extra `cluster`).
    store : str
        Results store: runs it has are not made again.
    """

    workers: Processes | None = None
    dask: Annotated[str | None, Parameter(converter=reader(file_name), metavar="ADDRESS")] = None
    store: FileName = STORE

    @contextmanager
    def open(self, progress: bool = True) -> Iterator[Workers]:
        """Give workers with the results store; what breaks there ends the command in one line.

        Parameters
        ----------
        progress : bool
            Report on stderr which runs are there already, and show a bar.

        Raises
        ------
        Stopped
            If runs could not be made, or failed and are needed.
        InputError
            If the store or the cluster cannot be used.
        """
        from longgame.experiments.runs.workers import Failed, Lost, Workers
        from longgame.experiments.store.store import ResultStore

        count = self.workers or cores()
        with ExitStack() as stack:
            executor = None
            if self.dask is not None:
                from longgame.experiments.runs.cluster import cluster

                executor, count = stack.enter_context(cluster(self.dask, count))
            store = stack.enter_context(ResultStore(self.store))
            workers = stack.enter_context(Workers(store, count, executor, progress))
            try:
                yield workers
            except Lost as lost:
                raise Stopped(
                    f"the executor broke down, {many(lost.lost, 'run')} of {lost.total:,} could not be made; "
                    f"the others are kept in {self.store}, the same command again goes on there"
                ) from None
            except Failed as error:
                raise Stopped(f"{error}; finished runs are kept in {self.store}") from None
            except KeyboardInterrupt as stop:
                raise KeyboardInterrupt(str(stop) or self._kept()) from None

    def _kept(self) -> str:
        """Report what an interrupted command leaves."""
        return f"no results were written; finished runs are kept in {self.store}; the same command again goes on there"


# -- the terminal -------------------------------------------------------------------------------------


def screen_width() -> int:
    """Return the width of the terminal, within reason. Unit: letters."""
    import shutil

    return min(120, shutil.get_terminal_size((100, 24)).columns)


def report(text: str) -> None:
    """Write a line on stderr, where progress is shown."""
    from longgame.sim.say import say

    say(text)
