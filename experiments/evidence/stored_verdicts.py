"""What plausible markets say of the claims, kept in the repository: one small file per ensemble, and a table of all.

``longgame claims --markets NAME`` writes the file ``told.json`` beside its report. Those from which the documents are
made stand in ``experiments/evidence/told``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.evidence.table import KINDS
from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR
from longgame.experiments.inference.deciding import Turn
from longgame.experiments.tables import markdown_table

FOLDER = Path(__file__).with_name("told")

#: Columns of a share that are kept, and digits of each number.
_KEPT, _DIGITS = ["sample", "says", "share", "low", "high"], 3

#: Significant figures of the values of a dial.
_FIGURES = 4


@dataclass(frozen=True)
class Told:
    """What the markets of one ensemble say.

    Attributes
    ----------
    name : str
        The ensemble.
    shares : pandas.DataFrame
        From `over_markets.shares`.
    headlines : mapping of str to str
        By claim: what it says.
    turns : mapping of str to Turn or None
        By claim: where it holds most often.
    about : mapping
        Command, seeds, versions, markets.
    """

    name: str
    shares: pd.DataFrame
    headlines: Mapping[str, str]
    turns: Mapping[str, Turn | None]
    about: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """Write the file."""
        claims = [
            {
                "claim": claim,
                "headline": self.headlines[claim],
                "turn": _written(self.turns[claim]),
                "shares": rows[_KEPT].round(_DIGITS).to_dict(orient="records"),
            }
            for claim, rows in self.shares.groupby("claim", sort=False)
        ]
        tree = {"name": self.name, "about": dict(self.about), "claims": claims}
        path.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Traversable) -> Told:
        """Read the file."""
        tree = json.loads(path.read_text(encoding="utf-8"))
        rows = [{"claim": each["claim"], **share} for each in tree["claims"] for share in each["shares"]]
        heads = {each["claim"]: each["headline"] for each in tree["claims"]}
        turns = {each["claim"]: _read(each["turn"]) for each in tree["claims"]}
        return cls(tree["name"], pd.DataFrame(rows), heads, turns, tree["about"])

    def share(self, claim: str, sample: str, says: str) -> float:
        """Return a share."""
        table = self.shares
        return float(
            table.loc[(table["claim"] == claim) & (table["sample"] == sample) & (table["says"] == says), "share"].iloc[
                0
            ]
        )


def _written(turn: Turn | None) -> dict[str, Any] | None:
    """Return where a claim holds most as JSON has it: null for an end that is open."""
    if turn is None:
        return None
    ends = {
        dial: [float(f"{x:.{_FIGURES}g}") if math.isfinite(x) else None for x in at] for dial, at in turn.bounds.items()
    }
    return {"bounds": ends, "share": round(turn.share, _DIGITS), "elsewhere": round(turn.elsewhere, _DIGITS)}


def _read(tree: Mapping[str, Any] | None) -> Turn | None:
    """Return what `_written` wrote."""
    if tree is None:
        return None
    opened = {
        dial: (-math.inf if low is None else low, math.inf if high is None else high)
        for dial, (low, high) in tree["bounds"].items()
    }
    return Turn(opened, tree["share"], tree["elsewhere"])


def stored(folder: Traversable = FOLDER) -> list[Told]:
    """Return what is kept in a folder, one after another in the order of the kinds of markets."""
    return [Told.load(path) for path in (folder / f"{kind}.json" for kind in KINDS) if path.is_file()]


def side_by_side(told: Sequence[Told]) -> str:
    """Return a table with a line a claim and a column an ensemble: shares for and against, the prior's in brackets."""
    claims = dict.fromkeys(claim for each in told for claim in each.headlines)
    rows = []
    for claim in claims:
        headline = next(each.headlines[claim] for each in told if claim in each.headlines)
        rows.append([f"`{claim}`: {headline}", *(_cell(each, claim) for each in told)])
    return markdown_table(["claim", *(each.name for each in told)], rows)


def _cell(told: Told, claim: str) -> str:
    """Write for how many markets speak for a claim, and how many against."""
    if claim not in told.headlines:
        return "–"
    ours, theirs = (told.share(claim, PLAUSIBLE, says) for says in ("for", "against"))
    before, against = (told.share(claim, PRIOR, says) for says in ("for", "against"))
    text = f"{100 * ours:.0f} % for, {100 * theirs:.0f} % against"
    strong = f"**{text}**" if max(ours, theirs) > 0.5 else text
    return f"{strong} ({100 * before:.0f}, {100 * against:.0f})"
