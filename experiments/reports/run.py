"""What is needed to do a run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from longgame.experiments.design.plan import Plan
from longgame.experiments.runs.provenance import made_by, versions
from longgame.experiments.runs.runner import Outcome


def about(command: Sequence[str], plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Return what is needed to do a run again: command, seeds, markets, versions, commit."""
    return {
        **made_by(" ".join(command)),
        "seeds": list(plan.seeds),
        "markets": {name: scenario.key() for name, scenario in plan.markets.items()},
        "measures": {measure.name: measure.version for measure in plan.measures},
        "runs": len(plan),
        "failed": len(outcome.failures),
        "seconds": round(outcome.seconds, 1),
        "reused": outcome.reused,
        "versions": versions(),
        # What the runs themselves were made with: some may have been there before.
        "made_with": [{"runs": runs, **environment} for environment, runs in outcome.environments],
    }
