"""The named strategies: every `Strategy` at the top of a module of this folder, in the order of files and lines.

One declaration each: what it does, where it comes from, where it fails. The dials were written down from the essays'
own words before any result was seen; nothing here is tuned. Add a strategy by adding a file; nothing else has to know
of it. Files whose name starts with ``_`` declare none.
"""

from __future__ import annotations

import importlib
import pkgutil

from longgame.sim.library._conducts import BELOW_COST, DEAR, FAIR
from longgame.sim.strategy import Strategy

__all__ = ["BELOW_COST", "DEAR", "FAIR", "STRATEGIES"]


def _declared() -> dict[str, Strategy]:
    """Return the strategies of all modules by name.

    Raises
    ------
    ValueError
        If two declare the same name.
    """
    found: dict[str, Strategy] = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_"):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, Strategy) and found.setdefault(value.name, value) is not value:
                raise ValueError(f"sim/library/{module}.py: strategies.{value.name} is declared in another file, too")
    return found


#: Every library strategy by name.
STRATEGIES: dict[str, Strategy] = _declared()
