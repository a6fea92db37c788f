"""One file per claim: add a claim by adding a module to this folder; nothing else has to know of it.

A claim module has

* a docstring whose first line is the claim, followed by the idea it tests and where that comes from;
* ``QUESTION``: what is asked, in one sentence;
* ``DIALS``: two to five dials on which the answer is likely to hang, and between which values they make sense
  (`longgame.experiments.inference.flips.Dial`);
* ``plan(scenario, seeds) -> Plan``: the arms, made from the scenario the user passed;
* ``verdicts(tables) -> tuple[Verdict, ...]``: what the measured tables say, "does not hold" included; the
  first is the claim itself, the others are asked beside it;
* ``figures(tables) -> dict``: name of a figure to a function that draws it on an empty figure.

A claim whose first verdict needs clearly less than its whole plan has two parts more, because the search for
a flip asks that verdict again and again:

* ``first_plan(scenario, seeds) -> Plan``: the part of the plan that the first verdict needs (`Plan.only`);
* ``first(tables) -> Verdict``: that verdict, from the tables of either plan; ``verdicts`` calls it.

A claim that sets arms against each other lists them as ``PAIRS`` of (ours, theirs). Measures, horizons and
the smallest effect worth having (`inference.verdicts`) are chosen before results are looked at, and no
number of the model is turned to make a claim come true.

The file ``walk_away.py`` is the claim ``walk-away``. Files whose name starts with ``_`` are no claims.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from types import ModuleType

#: What every claim module must have.
PARTS = ("QUESTION", "DIALS", "plan", "verdicts", "figures")

#: What it has both of, or neither.
FIRST = ("first_plan", "first")


def names() -> list[str]:
    """Return the ids of all claims, without importing any."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")


def headline(name: str) -> str:
    """Return the first line of a claim's docstring, without importing it."""
    for folder in __path__:
        finder = pkgutil.get_importer(folder)
        spec = finder.find_spec(name.replace("-", "_")) if finder else None
        if spec and spec.origin:
            with open(spec.origin, encoding="utf-8") as source:
                return (ast.get_docstring(ast.parse(source.read())) or "").partition("\n")[0]
    raise KeyError(name)


def load(name: str) -> ModuleType:
    """Import a claim.

    Raises
    ------
    KeyError
        If there is no such claim.
    TypeError
        If the module lacks one of its parts.
    """
    if name not in names():
        raise KeyError(name)
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    whole = hasattr(module, "first") == hasattr(module, "first_plan")
    missing = [part for part in (*PARTS, *(() if whole else FIRST)) if not hasattr(module, part)]
    if missing:
        raise TypeError(f"the claim {name!r} ({module.__file__}) lacks {', '.join(missing)}")
    return module
