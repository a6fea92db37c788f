"""The identity of a function: its name, and a hash of what it does.

A function of longgame is known by its name, since a change of it raises a version. Any other function is known by
its name and a hash of its code, of what it was given beforehand (defaults, closure, arguments of a partial), and
of everything of the user's that its code refers to: other functions, classes, values, and the files of modules.
Installed packages count by name: their versions are kept beside every run.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib
import importlib.util
import secrets
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, EllipsisType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any

#: Written in full by `repr`.
PLAIN = (NoneType, bool, int, float, complex, str, bytes, EllipsisType)

#: Stands for what cannot be described, such as an open file: equal within this process alone.
UNKNOWN = secrets.token_hex()

#: Where Python keeps its own modules; installed packages are in folders of the names below.
STANDARD = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
INSTALLED = ("site-packages", "dist-packages")


def identity(function: Any) -> str:
    """Return where a function lives and, unless it is longgame's own, a hash of what it does.

    Examples
    --------
    >>> identity(identity)
    'longgame.experiments.design.identity.identity'
    >>> def plus(n):
    ...     return lambda result: result + n
    >>> identity(plus(1)) == identity(plus(1)), identity(plus(1)) == identity(plus(2))
    (True, False)
    """
    named = function
    while isinstance(named, functools.partial):
        named = named.func
    module, inside = _module_name(named), getattr(named, "__qualname__", type(named).__qualname__)
    if isinstance(function, FunctionType) and _known_by_name(function) and _of(_spec_name(function), "longgame"):
        return f"{module}.{inside}"
    return f"{module}.{inside}#{_Description(module).of(function)}"


class _Description:
    """The hash of one thing while it is walked through.

    Parameters
    ----------
    home : str
        Module of the function described: of its package the code counts, even if that is installed.
    """

    def __init__(self, home: str) -> None:
        self.home = home.partition(".")[0]
        self.seen: dict[int, int] = {}
        self.kept: list[Any] = []  # else the number of a thing could be given to another one

    def of(self, thing: Any) -> str:
        """Return the hash of a thing."""
        try:
            return _hash(self._text(thing))
        except Exception:  # too deep, or an object that does not bear being looked at
            return _hash(f"{UNKNOWN} {id(thing)}")

    def _text(self, thing: Any) -> str:
        """Return a text that differs where things differ."""
        if type(thing) in PLAIN:
            return f"{type(thing).__name__} {thing!r}"
        if type(thing) in (set, frozenset):
            return self._all(type(thing).__name__, *sorted(_hash(self._text(item)) for item in thing))
        if type(thing) is tuple:
            return self._all("tuple", *thing)
        if id(thing) in self.seen:
            return f"number {self.seen[id(thing)]}"
        self.seen[id(thing)] = len(self.seen)
        self.kept.append(thing)
        if type(thing) is list:
            return self._all("list", *thing)
        if type(thing) is dict:
            return self._all("dict", *thing.items())
        if isinstance(thing, ModuleType):
            return self._module(thing)
        if isinstance(thing, CodeType):
            return self._code(thing)
        if isinstance(thing, MethodType):
            return self._all("method", thing.__func__, thing.__self__)
        if isinstance(thing, FunctionType | type):
            if self._elsewhere(thing.__module__) and _known_by_name(thing):
                return self._all("installed", thing.__module__, thing.__qualname__)
            return self._function(thing) if isinstance(thing, FunctionType) else self._class(thing)
        return self._object(thing)

    def _all(self, kind: str, *parts: Any) -> str:
        """Return the text of something that is made of parts."""
        return f"{kind} {_hash(*map(self._text, parts))}"

    def _function(self, function: FunctionType) -> str:
        """Describe a function: its code, what it was given beforehand, and what its code refers to."""
        cells = [_content(cell) for cell in function.__closure__ or ()]
        given = (function.__defaults__, function.__kwdefaults__, cells, dict(sorted(vars(function).items())))
        space = function.__globals__
        referred, imported = _names(function.__code__)
        found = {name: space[name] for name in sorted(referred) if name in space}
        modules = [m for name in sorted(imported) for m in self._imported(name, space.get("__package__"))]
        return self._all("function", function.__code__, given, found, modules)

    def _code(self, code: CodeType) -> str:
        """Describe compiled code, wherever in its file it stands."""
        names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
        counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        return self._all("code", code.co_code, code.co_consts, names, counts, code.co_exceptiontable)

    def _class(self, kind: type) -> str:
        """Describe a class by what it is derived from and what was written into it."""
        written = {
            name: value
            for name, value in sorted(vars(kind).items())
            if name == "__pydantic_fields__"
            or (name != "_abc_impl" and not name.startswith("__"))
            or isinstance(value, FunctionType | staticmethod)
        }
        return self._all("class", kind.__bases__, written)

    def _module(self, module: ModuleType) -> str:
        """Describe a module of the user's by its file, its numbers (a program may set them), and what it takes from."""
        file = getattr(module, "__file__", None)
        if self._elsewhere(module.__name__) or file is None:
            return self._all("module", module.__name__)
        held = [value if isinstance(value, ModuleType) else _home_of(value) for value in vars(module).values()]
        others = {other.__name__: other for other in held if other is not None and other is not module}
        numbers = {
            name: value for name, value in sorted(vars(module).items()) if type(value) in PLAIN and name[0] != "_"
        }
        return self._all("module", Path(file).read_bytes(), numbers, dict(sorted(others.items())))

    def _object(self, thing: Any) -> str:
        """Describe any other object by what copies of it are made from."""
        if isinstance(thing, property):
            return self._all("property", thing.fget, thing.fset, thing.fdel)
        if isinstance(thing, staticmethod | classmethod):
            return self._all(type(thing).__name__, thing.__func__)
        wrapped = getattr(thing, "__dict__", {}).get("__wrapped__")
        if wrapped is not None and self._elsewhere(type(thing).__module__):  # kept or compiled by a decorator
            return self._all("wrapped", type(thing), wrapped)
        try:
            made = thing.__reduce_ex__(4)
        except Exception:
            return f"{UNKNOWN} {id(thing)}"
        if isinstance(made, str):
            return self._all("named", _module_name(thing), made)
        rest = [list(part) if i > 2 and part is not None else part for i, part in enumerate(made)]
        return self._all("object", *rest)

    def _imported(self, name: str, package: str | None) -> Iterator[ModuleType]:
        """Yield the modules that an import within a function may mean."""
        for full in (name, f"{package}.{name}" if package else ""):
            if full and not self._elsewhere(full):
                try:
                    yield importlib.import_module(full)
                except Exception:
                    continue  # then the function fails, or means the other one

    def _elsewhere(self, module: str | None) -> bool:
        """Return whether a module is longgame's, Python's, or of an installed package that is not at home here."""
        name = module or "builtins"
        return _of(name, "longgame") or (not _of(name, self.home) and _installed(name))


def _hash(*texts: str) -> str:
    """Return a short hash of some texts."""
    return hashlib.sha256(
        "\0".join(f"{len(text)} {text}" for text in texts).encode("utf-8", "surrogatepass")
    ).hexdigest()[:16]


def _names(code: CodeType) -> tuple[set[str], set[str]]:
    """Return the global names that code refers to, and the modules that it imports."""
    referred, imported = set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            referred.add(step.argval)
        elif step.opname == "IMPORT_NAME":
            imported.add(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            more = _names(inner)
            referred, imported = referred | more[0], imported | more[1]
    return referred, imported


def _content(cell: Any) -> Any:
    """Return what a cell of a closure holds."""
    try:
        return cell.cell_contents
    except ValueError:  # empty as yet
        return None


def _home_of(value: Any) -> ModuleType | None:
    """Return the module in which a function or class was written."""
    return sys.modules.get(getattr(value, "__module__", None) or "")


def _known_by_name(thing: Any) -> bool:
    """Return whether a function or class stands at the top of its module."""
    return "<" not in thing.__qualname__


def _module_name(thing: Any) -> str:
    """Return the name of the module of a thing; of a script, the name by which it could be imported."""
    name = _spec_name(thing)
    return Path(getattr(sys.modules[name], "__file__", None) or name).stem if name == "__main__" else name


def _spec_name(thing: Any) -> str:
    """Return the name of the module of a thing; ``__main__`` only for a script and in a notebook."""
    name = getattr(thing, "__module__", None) or type(thing).__module__
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec.name if name == "__main__" and spec else name  # `python -m name` is that module


def _of(module: str, package: str) -> bool:
    """Return whether a module is a package or in it."""
    return module == package or module.startswith(f"{package}.")


@functools.cache
def _installed(module: str) -> bool:
    """Return whether a module is part of Python or of an installed package."""
    root = module.partition(".")[0]
    if root == "__main__":
        return False
    try:
        found = sys.modules.get(root) or importlib.util.find_spec(root)
    except (ImportError, ValueError):
        return False
    place = getattr(found, "__file__", None) or getattr(found, "origin", None)
    if place is None or not Path(place).is_absolute():  # built in; or a folder without `__init__.py`
        return root in sys.builtin_module_names or root in sys.stdlib_module_names
    file = Path(place)
    return any(name in file.parts for name in INSTALLED) or any(file.is_relative_to(folder) for folder in STANDARD)
