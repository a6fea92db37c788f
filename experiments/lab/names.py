"""Names that commands take, and what is said of a wrong one."""

from __future__ import annotations

from sim.inputs import InputError, nearest
from sim.library import STRATEGIES
from sim.scenario import Scenario


def known_strategy(name: str, option: str, scenario: Scenario | None = None) -> str:
    """Return the name of a strategy that the library or the scenario has.

    Raises
    ------
    InputError
        If neither has it.
    """
    known = [*(s.name for s in (scenario.strategies if scenario else ())), *STRATEGIES]
    if name not in known:
        raise InputError(f"{option} {name}: is not a strategy; {nearest(name, known)}".lstrip())
    return name
