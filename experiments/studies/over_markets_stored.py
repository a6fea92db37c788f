"""What plausible markets say of the claims, kept in the repository: one small file per ensemble, and a table of all.

``longgame claims --markets NAME`` writes the file ``told.json`` beside its report. Those from which the documents are
made stand in ``experiments/evidence/told``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR
from longgame.experiments.tables import markdown_table

FOLDER = Path(__file__).parents[1] / "evidence" / "told"

#: Columns of a share that are kept, and digits of each number.
_KEPT, _DIGITS = ["sample", "says", "share", "low", "high"], 3


@dataclass(frozen=True)
class Told:
    """What the markets of one ensemble say.

    Attributes
    ----------
    name : str
        The ensemble.
    shares : pandas.DataFrame
        From `over_markets.shares`.
    headlines, decides : mapping of str to str
        By claim: what it says, and what decides it.
    about : mapping
        Command, seeds, versions, markets.
    """

    name: str
    shares: pd.DataFrame
    headlines: Mapping[str, str]
    decides: Mapping[str, str]
    about: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """Write the file."""
        claims = [
            {
                "claim": claim,
                "headline": self.headlines[claim],
                "decides": self.decides[claim],
                "shares": rows[_KEPT].round(_DIGITS).to_dict(orient="records"),
            }
            for claim, rows in self.shares.groupby("claim", sort=False)
        ]
        tree = {"name": self.name, "about": dict(self.about), "claims": claims}
        path.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Told:
        """Read the file."""
        tree = json.loads(path.read_text(encoding="utf-8"))
        rows = [{"claim": each["claim"], **share} for each in tree["claims"] for share in each["shares"]]
        words = ({each["claim"]: each[key] for each in tree["claims"]} for key in ("headline", "decides"))
        return cls(tree["name"], pd.DataFrame(rows), *words, tree["about"])

    def share(self, claim: str, sample: str, says: str) -> float:
        """Return a share."""
        table = self.shares
        return float(
            table.loc[(table["claim"] == claim) & (table["sample"] == sample) & (table["says"] == says), "share"].iloc[
                0
            ]
        )


def stored() -> list[Told]:
    """Return what is kept, one after another in the order of the kinds of markets."""
    from longgame.experiments.evidence.table import KINDS

    return [Told.load(path) for path in (FOLDER / f"{kind}.json" for kind in KINDS) if path.is_file()]


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
