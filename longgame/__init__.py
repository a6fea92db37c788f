"""In selling, who wins in the long run, and why? An agent-based market to find out.

Examples
--------
>>> import longgame
>>> result = longgame.run(longgame.Scenario(months=24), seed=1)
>>> list(result.monthly.columns[:4])
['month', 'group', 'organisation', 'strategy']
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

# In a checkout the two packages lie at the top of the repository, and here are links to them. Where a system
# keeps no links (a checkout on Windows), they are found all the same.
if not (Path(__file__).parent / "sim").is_dir():
    __path__.append(str(Path(__file__).parent.parent))

if TYPE_CHECKING:
    from longgame.api import claim, experiment, run, run_many, sweep, tournament
    from longgame.experiments.claim import Ask, Claim, Contrast
    from longgame.experiments.design.arms import Arm
    from longgame.experiments.design.plan import Design, Measure, Plan
    from longgame.experiments.study import Findings, Study
    from longgame.sim import (
        MODEL_VERSION,
        POLICIES,
        STRATEGIES,
        Candidate,
        Client,
        Conduct,
        Customer,
        Deal,
        Firm,
        FirmPolicy,
        Firms,
        Market,
        Offer,
        Pay,
        Result,
        Salesperson,
        Scenario,
        Strategy,
        firms,
    )

__version__ = "0.2.0.dev0"

__all__ = [
    "MODEL_VERSION",
    "POLICIES",
    "STRATEGIES",
    "Arm",
    "Ask",
    "Candidate",
    "Claim",
    "Client",
    "Conduct",
    "Contrast",
    "Customer",
    "Deal",
    "Design",
    "Findings",
    "Firm",
    "FirmPolicy",
    "Firms",
    "Market",
    "Measure",
    "Offer",
    "Pay",
    "Plan",
    "Result",
    "Salesperson",
    "Scenario",
    "Strategy",
    "Study",
    "claim",
    "experiment",
    "firms",
    "run",
    "run_many",
    "sweep",
    "tournament",
]

# Numba, Mesa and matplotlib take seconds to import; each name brings only what it needs.
_HOMES = {
    **dict.fromkeys(("claim", "experiment", "run", "run_many", "sweep", "tournament"), "longgame.api"),
    **dict.fromkeys(("Ask", "Claim", "Contrast"), "longgame.experiments.claim"),
    **dict.fromkeys(("Design", "Measure", "Plan"), "longgame.experiments.design.plan"),
    **dict.fromkeys(("Findings", "Study"), "longgame.experiments.study"),
    "Arm": "longgame.experiments.design.arms",
}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "longgame.sim")), name)
    raise AttributeError(f"module 'longgame' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
