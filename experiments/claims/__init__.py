"""One file per claim: add a claim by adding a module to this folder; nothing else has to know of it.

A claim module has a docstring, whose first line is the claim, followed by the idea it tests and where that comes from;
and a value ``CLAIM``, usually a `longgame.experiments.claim.Claim`. Claims that do not fit the pattern are any object
with ``name``, ``text``, ``question``, ``dials``, ``plan`` and ``analyse`` (`longgame.experiments.claim.AnyClaim`).
`longgame.experiments.contracts.check_claim` reports what a claim still lacks.

Measures, horizons and the smallest effect worth having (`inference.verdicts`) are chosen before results are looked at,
and no number of the model is turned to make a claim come true.

The file ``walk_away.py`` is the claim ``walk-away``. Files whose name starts with ``_`` are no claims. A claim in a
file of the user's own goes by the path of that file.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim

#: What every claim must have.
PARTS = ("name", "text", "question", "dials", "plan", "analyse")

#: How the name of a user's own file ends.
OWN = ".py"


def names() -> list[str]:
    """Return the names of all claims, without importing any."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")


def headline(name: str) -> str:
    """Return the first line of a claim's docstring, without importing it.

    Raises
    ------
    KeyError
        If there is no such claim.
    """
    for folder in __path__:
        finder = pkgutil.get_importer(folder)
        spec = finder.find_spec(name.replace("-", "_")) if finder else None
        if spec and spec.origin:
            with open(spec.origin, encoding="utf-8") as source:
                return (ast.get_docstring(ast.parse(source.read())) or "").partition("\n")[0]
    raise KeyError(name)


def load(name: str) -> AnyClaim:
    """Return a claim.

    Parameters
    ----------
    name : str
        Its name, or the path of a file of the user's own, which ends in ``.py`` and is run.

    Raises
    ------
    InputError
        In one line, if there is no such claim or file, the file cannot be run, or its ``CLAIM`` is none.
    """
    from longgame.sim.errors import InputError, nearest

    if name.endswith(OWN):
        return own(name, run_file(name))
    if name not in names():
        help = nearest(name, names(), "`longgame list` shows all; a file of your own ends in .py")
        raise InputError(f"{name}: is not a claim; {help}")
    claim = _declared(name, importlib.import_module(f"{__name__}.{name.replace('-', '_')}"))
    if claim.name != name:
        raise InputError(f"{name}: CLAIM.name is {claim.name!r}; it must be {name!r}, after its file")
    return claim


def own(path: str, module: ModuleType) -> AnyClaim:
    """Return the claim that a file of the user's own declares.

    Raises
    ------
    InputError
        If it declares none, or one with the name of a claim of longgame.
    """
    from longgame.sim.errors import InputError

    claim = _declared(path, module)
    if claim.name in names():
        raise InputError(f"{path}: CLAIM.name is {claim.name!r}, a claim of longgame; choose another name")
    return claim


def _declared(where: str, module: ModuleType) -> AnyClaim:
    """Return the claim of a module, which has every part of one."""
    from longgame.sim.errors import InputError

    claim = getattr(module, "CLAIM", None)
    if claim is None:
        raise InputError(f"{where}: declares no claim; write CLAIM = Claim(...), as docs/howto/add-a-claim.md does")
    if missing := [part for part in PARTS if not hasattr(claim, part)]:
        raise InputError(f"{where}: CLAIM lacks {', '.join(missing)}; make it a Claim, or give it those parts")
    return claim


def run_file(path: str) -> ModuleType:
    """Import a file of the user's own, so that worker processes find the measures in it as well.

    Raises
    ------
    InputError
        In one line, if there is no such file or it cannot be run.
    """
    from longgame.sim.errors import InputError
    from longgame.sim.files import open_problem

    file = Path(path).resolve()
    try:
        file.read_bytes()
    except OSError as error:
        raise open_problem(Path(path), error) from None
    if not file.stem.isidentifier():
        raise InputError(f"{path}: cannot be imported; name the file with letters, digits and _ only")
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
    importlib.invalidate_caches()
    if getattr(sys.modules.get(file.stem), "__file__", None) == str(file):
        del sys.modules[file.stem]  # it may have been changed since
    spec = importlib.util.find_spec(file.stem)
    if spec is None or spec.origin != str(file):
        raise InputError(f"{path}: {file.stem} is the name of another module; rename the file")
    try:
        return importlib.import_module(file.stem)
    except (Exception, SystemExit) as error:
        raise InputError(_raised(path, file, error)) from None


def _raised(path: str, file: Path, error: BaseException) -> str:
    """Return in a line what running a file raised, and in which of its lines."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    where = f" line {lines[-1]}:" if lines else ""
    return f"{path}:{where} {type(error).__name__}: {' '.join(str(error).split())}; mend the file"
