"""Strategies that take part: named on a command line, or declared in files of the user's."""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Mapping, Sequence
from importlib.util import decode_source
from typing import Any

from pydantic import TypeAdapter, ValidationError

from longgame.sim.errors import InputError, closest, nearest
from longgame.sim.files import read_file
from longgame.sim.library import STRATEGIES
from longgame.sim.refusals import problems
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import load_strategies, own_strategies
from longgame.sim.strategy import Conduct, Strategy

#: How the names of files that declare strategies end.
FILES = (".toml", ".py")

#: Takes the fields of a strategy out of it, and out of its subclasses the same fields alone.
_FIELDS = TypeAdapter(Strategy)


def entrants(words: Sequence[str], scenario: Scenario) -> dict[str, Strategy]:
    """Return the strategies that take part, by name and in the order of names, whatever the order of `words`.

    Parameters
    ----------
    words : sequence of str
        Names of strategies of the library or the scenario; files that end in ``.toml`` or ``.py``, all of
        whose strategies take part. Without a name, all that library and scenario know take part too.
    scenario : Scenario

    Raises
    ------
    InputError
        One line per word that is neither, per mistake in a file, per name with two meanings; or if there are
        fewer than two.

    Examples
    --------
    >>> list(entrants(["milker", "advisor"], Scenario()))
    ['advisor', 'milker']
    """
    known = {**STRATEGIES, **{strategy.name: strategy for strategy in scenario.strategies}}
    found: dict[str, Strategy] = {}
    lines: list[str] = []
    named = [word for word in words if not word.endswith(FILES)]
    for word in named:
        if word in known:
            found[word] = known[word]
        else:
            near = closest(word, known) or "; name a strategy from `longgame list`, or a file .toml or .py"
            lines.append(f"{word}: is not a strategy{near}")
    for file in [word for word in words if word not in named]:
        try:
            theirs = load(file)
        except InputError as error:
            lines += error.lines
            continue
        for strategy in theirs:
            if found.get(strategy.name, known.get(strategy.name, strategy)) != strategy:
                lines.append(f"{file}: {strategy.name} is declared otherwise elsewhere; choose another name")
            found[strategy.name] = strategy
    if lines:
        raise InputError(*lines)
    taking_part = found if named else {**known, **found}
    if len(taking_part) < 2:
        raise InputError(f"{', '.join(taking_part)}: is alone; name another strategy to set against it")
    return dict(sorted(taking_part.items()))


def load(path: str) -> tuple[Strategy, ...]:
    """Return the strategies that a file of the user's declares, as `load_strategies` or `load_python`."""
    return load_python(path) if path.endswith(".py") else load_strategies(path)


def declared(
    words: Sequence[str], option: str, scenario: Scenario, most: int | None = None
) -> tuple[tuple[str, ...], Scenario]:
    """Return the names of the strategies meant, and the scenario with those that files of the user's declare.

    Parameters
    ----------
    words : sequence of str
        Names of strategies of the library or the scenario, and files as for `entrants`.
    option : str
        Where they were given, for the line that refuses a mistake.
    scenario : Scenario
    most : int, optional
        How many strategies a file may declare.

    Raises
    ------
    InputError
        If a word is neither, a file has a mistake or too many strategies, or a name has two meanings.
    """
    names: list[str] = []
    known = {strategy.name: strategy for strategy in scenario.strategies}
    for word in words:
        if not word.endswith(FILES):
            names.append(known_strategy(word, option, scenario))
            continue
        theirs = load(word)
        if most is not None and len(theirs) > most:
            own = ", ".join(strategy.name for strategy in theirs)
            raise InputError(f"{option} {word}: declares {len(theirs)} strategies ({own}); give a file with one")
        for strategy in theirs:
            if known.setdefault(strategy.name, strategy) != strategy:
                raise InputError(f"{word}: {strategy.name} is declared otherwise elsewhere; choose another name")
            names.append(strategy.name)
    if len(known) > len(scenario.strategies):
        scenario = scenario.but(strategies=[strategy.model_dump() for strategy in known.values()])
    return tuple(names), scenario


def known_strategy(name: str, option: str, scenario: Scenario) -> str:
    """Return the name of a strategy that the library or the scenario has.

    Raises
    ------
    InputError
        If neither has it.
    """
    known = [*(s.name for s in scenario.strategies), *STRATEGIES]
    if name not in known:
        near = nearest(name, known, "name one from `longgame list`, or a file .toml or .py")
        raise InputError(f"{option} {name}: is not a strategy; {near}".lstrip())
    return name


def load_python(path: str) -> tuple[Strategy, ...]:
    """Run a Python file of the user's and return the strategies it declares at its top, alone or in lists.

    Subclasses of `Salesperson` that have a name are strategies, too.

    The file is run because it was named for that; nothing else that is read is ever run.

    Raises
    ------
    InputError
        In one line, if the file cannot be read or run, or declares no strategy of its own.
    """
    source = read_file(path)  # a file and nothing else: `runpy` would also run folders and archives
    try:
        made = runpy.run_path(path, run_name="strategies")
        own = _own(made) + _played(made, decode_source(source))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a user's code can raise anything, also when a value of it is looked at
        raise InputError(_raised(path, error)) from None
    if not own:
        raise InputError(f'{path}: declares no strategy; write for example mine = Strategy(name="mine", ...)')
    return own_strategies(own, path)


def _raised(path: str, error: BaseException) -> str:
    """Return a line on the error that a file of the user's raised, and where, even if it cannot be printed."""
    try:
        return _described(path, error)
    except Exception:
        return f"{path}: raises {type(error).__name__}, which cannot be printed; mend the file"


def _described(path: str, error: BaseException) -> str:
    """Return a line on the error that a file of the user's raised, and where."""
    places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    if isinstance(error, SyntaxError):
        places = [error.lineno] if error.lineno else []
    said = " ".join(str(error).split())
    where = f" line {places[-1]}:" if places else ""
    model = {"Conduct": Conduct, "Strategy": Strategy}.get(getattr(error, "title", ""))
    if isinstance(error, ValidationError) and model:
        return problems(error, model, {}, f"{path}{where.rstrip(':')}")[0]
    return f"{path}:{where} {type(error).__name__}{': ' if said else ''}{said}; mend the file"


def _own(made: Mapping[str, Any]) -> list[Strategy]:
    """Return the strategies at the top of a module that are not of the library, each once and as plain values."""
    found = {id(strategy): strategy for value in made.values() for strategy in _strategies_in(value)}
    # A subclass of the user's, or what got past validation, must not turn up in the middle of a run.
    plain = [Strategy.model_validate(_FIELDS.dump_python(s, mode="json", warnings="none")) for s in found.values()]
    return [strategy for strategy in plain if STRATEGIES.get(strategy.name) != strategy]


def _played(made: Mapping[str, Any], text: str) -> list[Strategy]:
    """Return the strategies that classes of a module play; without a name they are none if one of them has one."""
    sellers = [
        value
        for value in made.values()
        if isinstance(value, type) and value.__module__ == made["__name__"] and hasattr(value, "as_strategy")
    ]
    named = [cls for cls in sellers if "name" in vars(cls)]
    return [cls.as_strategy(text) for cls in dict.fromkeys(named or sellers)]


def _strategies_in(value: Any) -> list[Strategy]:
    """Return the strategies that a value at the top of a module is or holds."""
    if isinstance(value, Mapping):
        value = list(value.values())
    held = value if isinstance(value, list | tuple | set) else [value]
    return [item for item in held if isinstance(item, Strategy)]
