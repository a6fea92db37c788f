"""What the repository keeps of the ledger as data: the first verdict of every claim, and where it turns.

``longgame claims`` writes ``verdicts.json`` beside its report. That of the default market stands in
``experiments/claims``, from where the lesson and its quiz take it; ``docs/claims.md`` is the same in words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.reports.written import SAYS
from longgame.experiments.studies.all_claims import Entry

#: Significant digits of a number.
DIGITS = 6

#: Of what it takes to make the verdicts again, what is kept.
_ABOUT = ("command", "seeds", "scenario", "model", "commit")


def kept(entries: Sequence[Entry], about: Mapping[str, Any]) -> str:
    """Return the verdicts as JSON; claims without an answer are left out."""
    claims = [{"claim": entry.claim, **_first(entry)} for entry in entries if entry.verdicts]
    tree = {"about": {name: about[name] for name in _ABOUT}, "claims": claims}
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def _first(entry: Entry) -> dict[str, Any]:
    """Return the first verdict of a claim, and the dials that turn it."""
    verdict = entry.verdicts[0]
    return {
        "question": verdict.question,
        "verdict": verdict.outcome,
        "runs": verdict.n,
        "level": verdict.level,
        "unit": verdict.effect.unit,
        "effects": _effects(verdict),
        "searched": len(entry.flips),
        "turns": [
            {
                "dial": flip.dial.name,
                "holds": "above" if flip.high_effect.value > 0 else "below",
                "at": _short(flip.value),
            }
            for flip in entry.flips
            if flip.kind == "flips"
        ],
    }


def _effects(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the effects that decide, each with what it says at the level of the verdict."""
    return [
        {
            "at": dict(effect.at),
            "value": _short(effect.value),
            "low": _short(effect.low),
            "high": _short(effect.high),
            "says": SAYS[effect.says],
        }
        for effect in map(verdict.at_level, verdict.effects)
    ]


def _short(value: float) -> float | None:
    """Return a number with the digits that are kept; None where there is none."""
    return float(f"{value:.{DIGITS}g}") if value == value else None
