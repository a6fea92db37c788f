"""Strategies written as Python classes: from a subclass of `Salesperson` to a `Strategy`, and back where it is run."""

from __future__ import annotations

import hashlib
import linecache
import sys
import traceback
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import decode_source
from inspect import isfunction
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pydantic import ValidationError

from longgame.sim.errors import nearest
from longgame.sim.library import STRATEGIES
from longgame.sim.refusals import problems
from longgame.sim.strategy import Code, Conduct, Strategy

if TYPE_CHECKING:
    from longgame.sim.agents import Salesperson

#: Marks of classes that stand in no file; another class of the same name gets another one.
_marks: WeakKeyDictionary[type, str] = WeakKeyDictionary()


class StrategyFault(RuntimeError):
    """The code of a strategy raised an error; the message names strategy, line and error."""


def strategy_of(cls: type[Salesperson], text: str | None = None) -> Strategy:
    """Return the strategy that a class plays.

    Parameters
    ----------
    cls : subclass of Salesperson
        With attributes of its own ``name`` and ``description``. An attribute ``base``
        (a `Strategy`, or the name of one of the library) gives skill and the conduct that `conduct` starts from.
    text : str, optional
        The file it stands in, if its module is not there to be asked.

    Raises
    ------
    ValueError
        If the class has no name or an unknown base, or its file alone does not give it.

    Examples
    --------
    >>> from longgame.sim import Salesperson
    >>> class Patient(Salesperson):
    ...     name, description, base = "patient", "raises its price with every deal", "collaborative"
    ...
    ...     def conduct(self, customer):
    ...         return super().conduct(customer).but(markup=0.4 + 0.1 * min(customer.deals, 4))
    >>> strategy_of(Patient).with_prospects.aftercare
    0.8
    """
    if "name" not in vars(cls):
        raise ValueError(f"class {cls.__name__} has no `name` of its own; write name and description in it")
    base = _base_of(cls)
    code = _code_of(cls) if text is None else Code(cls.__name__, text)
    if code.live is None:
        try:
            class_of(code)
        except Exception as error:
            raise ValueError(
                f"class {cls.__name__}: its file alone does not give it ({_line(error)}); put it into a .py file that "
                "needs nothing beside it"
            ) from None
    return Strategy.model_validate(
        {
            **base.model_dump(exclude={"code"}),
            "name": cls.name,
            "description": cls.description,
            "origin": cls.origin,
            "weakness": cls.weakness,
            "code": code,
        }
    )


def _base_of(cls: type[Salesperson]) -> Strategy:
    """Return the declared strategy that gives what a class leaves open."""
    base: Any = cls.base
    if base is None:
        return Strategy(name="base", description="the defaults of `Conduct`")
    if isinstance(base, Strategy):
        return base
    if base not in STRATEGIES:
        help = nearest(str(base), STRATEGIES)
        raise ValueError(f"class {cls.__name__}: base is {base!r}, not a strategy of the library; {help}")
    return STRATEGIES[base]


def _code_of(cls: type[Salesperson]) -> Code:
    """Return the code of a class, with the class itself where no file gives it."""
    module = sys.modules.get(cls.__module__)
    file = getattr(module, "__file__", None)
    if file is None or getattr(module, cls.__name__, None) is not cls:  # of a notebook, or made in a function
        return Code(cls.__name__, _marks.setdefault(cls, token_hex(8)), cls)
    # A script is not run a second time: its class is used as it is, and found again by its text.
    return Code(cls.__name__, decode_source(Path(file).read_bytes()), cls if cls.__module__ == "__main__" else None)


def class_of(code: Code) -> type[Salesperson]:
    """Return the class of some code, made anew, so that no run leaves anything behind for the next.

    Raises
    ------
    Exception
        Any that the text raises; AttributeError if it has no such class.
    """
    if code.live is not None:
        return code.live
    file = _file_of(code)
    module = types.ModuleType(f"strategy_{hashlib.sha256(code.text.encode()).hexdigest()[:12]}")
    sys.modules[module.__name__] = module  # dataclasses look there
    linecache.cache[file] = (len(code.text), None, code.text.splitlines(keepends=True), file)
    exec(compile(code.text, file, "exec"), vars(module))
    return getattr(module, code.name)


def _file_of(code: Code) -> str:
    """Return the name that tracebacks give to the file of some code."""
    return f"<{code.name} {hashlib.sha256(code.text.encode()).hexdigest()[:6]}>"


def classes_in(strategies: Iterable[Strategy]) -> dict[str, type[Salesperson]]:
    """Return the classes that play strategies, by the names of the strategies; declared ones have none."""
    return {strategy.name: class_of(strategy.code) for strategy in strategies if strategy.code is not None}


@contextmanager
def blamed(strategies: Sequence[Strategy]) -> Iterator[None]:
    """Turn an error that the code of a strategy raises into a `StrategyFault`; other errors pass, and Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an exit, too, is an error of that run alone
        frames = traceback.extract_tb(error.__traceback__)
        for strategy in strategies:
            files = _files_of(strategy.code) if strategy.code else set()
            lines = [frame.lineno for frame in frames if frame.filename in files]
            if lines:
                where = f"strategy {strategy.name}, line {lines[-1]}"
                of_conduct = isinstance(error, ValidationError) and error.title == Conduct.__name__
                said = problems(error, Conduct, {}, where)[0] if of_conduct else f"{where}: {_line(error)}"
                raise StrategyFault(said) from error
        raise


def _files_of(code: Code) -> set[str]:
    """Return the names under which tracebacks have a class."""
    if code.live is None:
        return {_file_of(code)}
    members: Mapping[str, Any] = vars(code.live)
    return {member.__code__.co_filename for member in members.values() if isfunction(member)}


def _line(error: BaseException) -> str:
    """Return an error in a line."""
    return " ".join("".join(traceback.format_exception_only(error)).split())
