"""The market: adversarial and collaborative salespeople, alone and in herds, and customers who remember.

>>> from sim import Scenario, run
>>> result = run(Scenario(months=24), seed=1)
>>> list(result.monthly.columns[:4])
['month', 'group', 'organisation', 'strategy']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.library import STRATEGIES
from sim.organisation import POLICIES, FirmPolicy, Firms, Pay, firms
from sim.scenario import MODEL_VERSION, Scenario
from sim.strategy import Conduct, Strategy

if TYPE_CHECKING:
    from sim.agents import Client, Customer, Firm, Salesperson
    from sim.engine import run
    from sim.ledger import Result
    from sim.market import Market

__all__ = [
    "MODEL_VERSION", "POLICIES", "STRATEGIES", "Client", "Conduct", "Customer", "Firm", "FirmPolicy", "Firms",
    "Market", "Pay", "Result", "Salesperson", "Scenario", "Strategy", "firms", "run",
]  # fmt: skip

# Numba and Mesa take seconds to import; scenarios and strategies need neither.
_LAZY = {
    "run": "sim.engine", "Result": "sim.ledger", "Market": "sim.market", "Client": "sim.agents",
    "Customer": "sim.agents", "Salesperson": "sim.agents", "Firm": "sim.agents",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
