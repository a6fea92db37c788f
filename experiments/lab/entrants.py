"""Who takes part: strategies named on a command line, or declared in files of the user's."""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.inputs import InputError, closest, load_strategies, open_problem, own_strategies
from sim.library import STRATEGIES
from sim.scenario import Scenario
from sim.strategy import Strategy


def entrants(words: Sequence[str], scenario: Scenario) -> dict[str, Strategy]:
    """Return who takes part, by name, in the order of names whatever the order of `words`.

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
    named = [word for word in words if not word.endswith((".toml", ".py"))]
    for word in named:
        if word in known:
            found[word] = known[word]
        else:
            near = closest(word, known) or "; name a strategy from `longgame list`, or a file .toml or .py"
            lines.append(f"{word}: is not a strategy{near}")
    for file in [word for word in words if word not in named]:
        try:
            theirs = load_strategies(file) if file.endswith(".toml") else load_python(file)
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


def load_python(path: str) -> tuple[Strategy, ...]:
    """Run a Python file of the user's and return the strategies it declares at its top, alone or in lists.

    The file is run because it was named for that; nothing else that is read is ever run.

    Raises
    ------
    InputError
        In one line, if the file cannot be read or run, or declares no strategy of its own.
    """
    try:
        Path(path).read_bytes()  # a file and nothing else: `runpy` would also run folders and archives
        made = runpy.run_path(path, run_name="strategies")
    except OSError as error:
        if error.filename is None or Path(error.filename) != Path(path):
            raise InputError(_raised(path, error)) from None
        raise open_problem(Path(path), error) from None
    except (Exception, SystemExit) as error:
        raise InputError(_raised(path, error)) from None
    found = [strategy for value in made.values() for strategy in _strategies_in(value)]
    own = list({id(s): s for s in found if STRATEGIES.get(s.name) != s}.values())
    if not own:
        raise InputError(f'{path}: declares no strategy; write for example mine = Strategy(name="mine", ...)')
    return own_strategies(own, path)


def _raised(path: str, error: BaseException) -> str:
    """Say in a line what running a file of the user's raised, and in which of its lines."""
    places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    if isinstance(error, SyntaxError):
        places = [error.lineno]
    said = str(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    where = f" line {places[-1]}:" if places else ""
    return f"{path}:{where} {type(error).__name__}: {' '.join(said.split())}; mend the file"


def _strategies_in(value: Any) -> list[Strategy]:
    """Return the strategies that a value at the top of a module is or holds."""
    if isinstance(value, Mapping):
        value = list(value.values())
    held = value if isinstance(value, list | tuple | set) else [value]
    return [item for item in held if isinstance(item, Strategy)]
