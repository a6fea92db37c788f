"""A run of an experiment, written up: tables, verdicts, figures, and what is needed to do it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.design.plan import Plan
from longgame.experiments.figures import style
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.runs.provenance import commit, versions
from longgame.experiments.runs.runner import Outcome
from longgame.experiments.study import Findings
from longgame.experiments.tables import markdown_table, text_table
from longgame.experiments.words import number
from longgame.sim.scenario import MODEL_VERSION, Scenario
from longgame.sim.scenario_files import dump_scenario


def write(
    folder: Path,
    question: str,
    plan: Plan,
    outcome: Outcome,
    findings: Findings,
    scenario: Scenario,
    about: Mapping[str, Any],
) -> None:
    """Write everything about a run into a folder.

    ``runs.csv`` (the first measure) and ``tables/`` (the others), ``verdict.json`` and ``verdict.md``,
    ``scenario.toml``, ``about.json``, ``figures/paper/`` and ``figures/slide/``, and ``failures.csv`` if runs
    failed.
    """
    first, *others = [measure.name for measure in plan.measures]
    outcome.tables[first].to_csv(folder / "runs.csv", index=False)
    if others:
        (folder / "tables").mkdir()
    for name in others:
        outcome.tables[name].to_csv(folder / "tables" / f"{name}.csv", index=False)
    if outcome.failures:
        pd.DataFrame([vars(failure) for failure in outcome.failures]).to_csv(folder / "failures.csv", index=False)
    (folder / "verdict.json").write_text(
        "[\n" + ",\n".join(v.to_json() for v in findings.verdicts) + "\n]\n", encoding="utf-8"
    )
    (folder / "verdict.md").write_text(markdown(findings.title, question, findings.verdicts, about), encoding="utf-8")
    dump_scenario(scenario, folder / "scenario.toml")
    (folder / "about.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, draw in findings.figures.items():
        style.save(draw, folder / "figures" / name)


def about(command: Sequence[str], plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """Return what is needed to do a run again: command, seeds, markets, versions, commit."""
    return {
        "command": " ".join(command),
        "seeds": list(plan.seeds),
        "markets": {arm: scenario.key() for arm, scenario in plan.markets.items()},
        "measures": {measure.name: measure.version for measure in plan.measures},
        "runs": len(plan),
        "failed": len(outcome.failures),
        "seconds": round(outcome.seconds, 1),
        "reused": outcome.reused,
        "model": MODEL_VERSION,
        "commit": commit(),
        "versions": versions(),
        # What the runs themselves were made with: some may have been there before.
        "made_with": [{"runs": runs, **environment} for environment, runs in outcome.environments],
    }


def markdown(title: str, question: str, verdicts: Sequence[Verdict], about: Mapping[str, Any]) -> str:
    """Return the verdicts with every effect, as Markdown."""
    lines = [f"# {title}", "", question, ""]
    for verdict in verdicts:
        lines += [f"## {verdict.question}", "", f"**{verdict.sentence}**", ""]
        names = list(dict.fromkeys(name for e in (*verdict.effects, *verdict.others) for name in e.at))
        heads = [*names, "effect", f"{_level(verdict)} interval", "n", "decides"]
        rows = [
            [*(e.at.get(name, "") for name in names), number(e.value), _bounds(e), str(e.n), decides]
            for decides, effects in (("yes", verdict.effects), ("", verdict.others))
            for e in effects
        ]
        lines.append(markdown_table(heads, rows))
        unit = verdict.effects[0].unit if verdict.effects else ""
        lines += ["", f"Unit: {unit}. Positive speaks for the claim.", ""]
    lines.append(f"`{about['command']}`, {about['runs']} runs, model {about['model']}, commit {about['commit']}.")
    return "\n".join(lines) + "\n"


def _bounds(effect: Effect) -> str:
    """Write the interval of an effect."""
    return f"{number(effect.low)} to {number(effect.high)}"


def _level(verdict: Verdict) -> str:
    """Return the confidence level of a verdict's intervals."""
    return f"{verdict.effects[0].level:.0%}" if verdict.effects else "95%"


def compact(verdict: Verdict) -> str:
    """Return a verdict's effects as a small text table: a row per place, a column per horizon."""
    effects = (*verdict.others, *verdict.effects)
    last = next((name for name in ("horizon", "window") if effects and name in effects[0].at), None)
    columns = sorted(dict.fromkeys(e.at[last] for e in effects), key=_length) if last else ["effect"]
    rows: dict[str, dict[str, str]] = {}
    for e in effects:
        place = ", ".join(value for name, value in e.at.items() if name != last)
        rows.setdefault(place, {})[e.at[last] if last else "effect"] = _cell(e)
    body = [[place, *(cells.get(column, "") for column in columns)] for place, cells in rows.items()]
    table = text_table([["", *columns], *body], right=range(1, len(columns) + 1), indent="  ")
    unit = effects[0].unit if effects else ""
    return f"{table}\n  {unit}; * = {_level(verdict)} interval clear of 0"


def _length(time: str) -> float:
    """Return the months in a length of time as `words.years` writes it."""
    count, unit = time.split()
    return float(count) * (12 if unit.startswith("year") else 1)


def _cell(effect: Effect) -> str:
    """Write an effect in a few letters."""
    sign = "+" if effect.value > 0 else ""
    return f"{sign}{number(effect.value)}{'*' if effect.sign else ' '}"
