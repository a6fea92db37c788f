"""The market: adversarial and collaborative salespeople, alone and in herds, and customers with memory.

Examples
--------
>>> from longgame.sim import Scenario, run
>>> result = run(Scenario(months=24), seed=1)
>>> list(result.monthly.columns[:4])
['month', 'group', 'organisation', 'strategy']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy, Firms, Pay, firms
from longgame.sim.scenario import MODEL_VERSION, Scenario
from longgame.sim.strategy import Conduct, Strategy

if TYPE_CHECKING:
    from longgame.sim.agents import Candidate, Client, Customer, Deal, Firm, Offer, Salesperson
    from longgame.sim.books import Result
    from longgame.sim.engine import run
    from longgame.sim.market import Market

__all__ = [
    "MODEL_VERSION",
    "POLICIES",
    "STRATEGIES",
    "Candidate",
    "Client",
    "Conduct",
    "Customer",
    "Deal",
    "Firm",
    "FirmPolicy",
    "Firms",
    "Market",
    "Offer",
    "Pay",
    "Result",
    "Salesperson",
    "Scenario",
    "Strategy",
    "firms",
    "run",
]

# Numba and Mesa take seconds to import; scenarios and strategies need neither.
_LAZY = {
    "run": "engine",
    "Result": "books",
    "Market": "market",
    **dict.fromkeys(("Candidate", "Client", "Customer", "Deal", "Firm", "Offer", "Salesperson"), "agents"),
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'longgame.sim' has no attribute {name!r}")
