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
    from longgame.sim import *  # noqa: F403

__version__ = "0.2.0.dev0"


def __getattr__(name: str) -> Any:
    sim = import_module("longgame.sim")
    if name in sim.__all__:
        return getattr(sim, name)
    raise AttributeError(f"module 'longgame' has no attribute {name!r}")
