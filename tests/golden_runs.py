"""Golden runs: named scenarios whose results must be the same from commit to commit, unless on purpose.

``python -m tests.golden_runs`` writes them anew; the commit that does so says why.
"""

from __future__ import annotations

import json
from pathlib import Path

from longgame.sim import run
from longgame.sim.configurations import CONFIGURATIONS

FILE = Path(__file__).parent / "golden" / "runs.json"
SEED = 20
MONTHS = 36


def summary(name: str) -> dict[str, dict[str, float]]:
    """Return whole numbers and money of a run by group of firms: all exact in any table format."""
    scenario = CONFIGURATIONS[name]
    result = run(scenario.but(months=MONTHS), SEED)
    columns = [
        "visits",
        "deals",
        "repeat_deals",
        "win_win",
        "win_lose",
        "turned_away",
        "passed_on",
        "solved",
        "told_bad",
        "talk_minutes",
        "revenue",
        "refunds",
        "profit",
        "surplus",
    ]
    sums = result.monthly.groupby("group", observed=True)[columns].sum().round(2)
    return {str(group): row for group, row in sums.to_dict(orient="index").items()}


if __name__ == "__main__":
    FILE.write_text(json.dumps({name: summary(name) for name in CONFIGURATIONS}, indent=1) + "\n")
    print(f"wrote {FILE.name}")
