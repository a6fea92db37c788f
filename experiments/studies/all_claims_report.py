"""The ledger written down: a table for the terminal, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from longgame.experiments.inference.effects import Effect
from longgame.experiments.reports.written import rendered
from longgame.experiments.studies.all_claims import Entry
from longgame.experiments.studies.all_claims_kept import kept
from longgame.experiments.tables import markdown_table, text_table, widths
from longgame.experiments.words import number


def size(effect: Effect) -> str:
    """Write the value of an effect with its unit.

    Examples
    --------
    >>> size(Effect(1234.5, 1000, 1500, 20, "money per salesperson-year"))
    '1,230 money per salesperson-year'
    """
    return "n/a" if math.isnan(effect.value) else f"{number(effect.value)} {effect.unit}".strip()


def bounds(effect: Effect) -> str:
    """Write the interval of an effect."""
    return "n/a" if math.isnan(effect.low) else f"{number(effect.low)} to {number(effect.high)}"


def corrected(entry: Entry) -> str:
    """Say what is left of a verdict when all claims are looked at."""
    return "" if not entry.verdicts else ("the same" if entry.corrected == entry.outcome else entry.corrected)


def row(entry: Entry) -> dict[str, Any]:
    """Return the entry as one row of numbers and words."""
    effect, mean = entry.effect, entry.mean
    return {
        "claim": entry.claim,
        "headline": entry.headline,
        "verdict": entry.outcome,
        "effect": effect.value,
        "low": effect.low,
        "high": effect.high,
        "where": effect.place,
        "mean": mean.value,
        "mean_low": mean.low,
        "mean_high": mean.high,
        "unit": effect.unit,
        "among_all_claims": entry.corrected,
        "level_among_all_claims": entry.level,
        "flips_when": entry.flips_when(),
        "seeds": effect.n,
        "runs": entry.runs,
        "failed": len(entry.failures),
        "error": entry.error,
    }


def write(folder: Path, entries: Sequence[Entry], about: Mapping[str, Any]) -> None:
    """Write ``claims.csv``, ``claims.json``, ``claims.md`` and ``verdicts.json`` into a folder."""
    rows = [row(entry) for entry in entries]
    with (folder / "claims.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows({k: "" if v is None or v != v else v for k, v in each.items()} for each in rows)
    trees = [{**each, **_details(entry)} for each, entry in zip(rows, entries, strict=True)]
    text = json.dumps(_finite({"about": dict(about), "claims": trees}), indent=2, ensure_ascii=False)
    (folder / "claims.json").write_text(text + "\n", encoding="utf-8")
    (folder / "claims.md").write_text(markdown(entries, about), encoding="utf-8")
    (folder / "verdicts.json").write_text(kept(entries, about), encoding="utf-8")


def _details(entry: Entry) -> dict[str, Any]:
    """Return what a row has no room for."""
    return {
        "question": entry.question,
        "verdicts": [json.loads(verdict.to_json()) for verdict in entry.verdicts],
        "flips": [
            {
                "dial": f.dial.name,
                "holding": f.dial.holding,
                "from": f.dial.low,
                "to": f.dial.high,
                "kind": f.kind,
                "value": f.value,
                "clear_below": f.clear_below,
                "clear_above": f.clear_above,
                "sentence": str(f),
                "tried": [{"at": at, **asdict(effect)} for at, effect in f.tried],
            }
            for f in entry.flips
        ],
        "not_searched": [{"dial": dial, "why": why} for dial, why in entry.skipped],
        "failures": [{"market": f.market, "seed": f.seed, "error": f.error} for f in entry.failures],
    }


def _finite(tree: Any) -> Any:
    """Replace what JSON has no word for by None."""
    if isinstance(tree, Mapping):
        return {str(k): _finite(v) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [_finite(v) for v in tree]
    return None if isinstance(tree, float) and not math.isfinite(tree) else tree


def tally(entries: Sequence[Entry]) -> str:
    """Count the verdicts.

    Examples
    --------
    >>> tally([])
    '0 claims'
    """
    outcomes = [entry.outcome for entry in entries]
    counted = ", ".join(_counted(each, outcomes.count(each)) for each in dict.fromkeys(outcomes))
    return f"{len(entries)} claim{'s' * (len(entries) != 1)}" + (f": {counted}" if counted else "")


def _counted(outcome: str, n: int) -> str:
    """Write how many claims have an outcome, with the verb in the right number."""
    several = {"holds": "hold", "depends": "depend", "does not hold": "do not hold"}
    return f"{n} {outcome if n == 1 else several.get(outcome, outcome)}"


def explained(entries: Sequence[Entry]) -> list[str]:
    """Return what a reader of the table has to know, a sentence each."""
    level = max((entry.level for entry in entries), default=0.95)
    return [
        "The effect is the least favourable comparison of the first verdict, with its 95% interval. The mean is "
        "over all comparisons that decide. A positive number supports the claim.",
        f"The column 'among all' repeats the verdict with {100 * level:.3g}% intervals, because {len(entries)} "
        "claims are read side by side. This correction (Bonferroni) is cautious where claims share runs.",
        "A flip is the value of a dial beyond which the mean effect contradicts the claim. The search turns one "
        f"dial at a time and leaves the others as they are{_with(entries)}.",
        *(
            f"{dial}: where {dial.name} is turned up, {dial.holding} is turned down, so that their product "
            "stays as it is."
            for dial in dict.fromkeys(f.dial for e in entries for f in e.flips if f.dial.holding)
        ),
    ]


def _with(entries: Sequence[Entry]) -> str:
    """Say with how many seeds flips were searched."""
    counts = {flip.low_effect.n for entry in entries for flip in entry.flips} - {0}
    return f", with {max(counts)} seeds" if counts else ""


def markdown(entries: Sequence[Entry], about: Mapping[str, Any]) -> str:
    """Return the ledger as Markdown: a table, then every claim with its sentences and flips."""
    head = ("claim", "verdict", "effect", "interval", "mean", "among all", "flips", "n")
    rows = [
        (
            f"`{e.claim}`: {e.headline}",
            f"**{e.outcome}**",
            size(e.effect),
            bounds(e.effect),
            number(e.mean.value),
            corrected(e),
            e.flips_when(),
            str(e.effect.n),
        )
        for e in entries
    ]
    return rendered(
        "claims.md.j2",
        counted=tally(entries),
        table=markdown_table(head, rows),
        explained=explained(entries),
        entries=entries,
        about=about,
    )


def short(entries: Sequence[Entry], about: Mapping[str, Any]) -> str:
    """Return the table for a document: every claim in a row, and what made it."""
    head = ("claim", "verdict", "effect: lowest to highest comparison", "it fails where")
    rows = []
    for e in entries:
        verdict = f"**{e.outcome}**"
        if corrected(e) not in ("", "the same"):
            verdict += f" (among all {len(entries)}: {e.corrected})"
        rows.append((f"`{e.claim}`: {e.headline}", verdict, _reach(e), e.flips_when()))
    made = (
        f"{tally(entries)}. Made by `{about['command']}`, {about['seeds']} seeds of every market, model "
        f"version {about['model']}, commit {about['commit']}."
    )
    return "\n".join([markdown_table(head, rows), "", textwrap.fill(made, 110)])


def _reach(entry: Entry) -> str:
    """Write the lowest and the highest of the deciding effects, with their unit."""
    values = [e.value for e in (entry.verdicts[0].effects if entry.verdicts else ()) if e.value == e.value]
    if not values:
        return "n/a"
    low, high = number(min(values)), number(max(values))
    return f"{low if low == high else f'{low} to {high}'} {entry.effect.unit}".strip()


def line(entry: Entry) -> str:
    """Return the entry as one line of progress."""
    if not entry.verdicts:
        return f"{entry.claim}: no answer; {entry.error}"
    e = entry.effect
    at_once = "" if entry.corrected == entry.outcome else f"; among all claims {entry.corrected}"
    return f"{entry.claim}: {entry.outcome}{at_once} ({size(e)}, {bounds(e)}, n = {e.n})"


def terminal(entries: Sequence[Entry], width: int) -> str:
    """Return the table fitted to a width: the words of claims and flips wrap, and where that is narrow, drop.

    Examples
    --------
    >>> terminal([], 80)
    ''
    """
    if not entries:
        return ""
    rows = [
        [e.claim, e.outcome, number(e.effect.value), bounds(e.effect), _unit(e.effect.unit), corrected(e)]
        for e in entries
    ]
    head = ["claim", "verdict", "effect", "interval", "unit", "among all"]
    numbers = ("effect", "interval")
    keep = list(range(len(head)))
    for drop in (None, 4, 3, 5, 2):  # what narrow terminals have to do without, in this order
        keep = [i for i in keep if i != drop]
        kept = [[each[i] for i in keep] for each in (head, *rows)]
        left = width - sum(widths(kept)) - 2 * len(keep)
        if left >= 16:
            break
    flips = (textwrap.fill(e.flips_when(), max(left, 16), break_long_words=False) for e in entries)
    whole = [[*cells, last] for cells, last in zip(kept, ("flips", *flips), strict=True)]
    return text_table(whole, right=[k for k, name in enumerate(kept[0]) if name in numbers])


def _unit(unit: str) -> str:
    """Shorten a unit for a narrow column."""
    return unit.replace("percentage points", "pp").replace("money per salesperson-year", "money/person-year")
