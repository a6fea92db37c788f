"""Findings as a reader gets them: on a terminal, as Markdown, as HTML. The words are in verdicts and templates."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.reports.pictures import data_url
from longgame.experiments.tables import markdown_table, text_table
from longgame.experiments.words import number

if TYPE_CHECKING:
    from longgame.experiments.study import Findings

#: What an effect says of the claim, in a cell.
SAYS = {1: "yes", -1: "no", 0: "no", None: "not clear"}

#: Names of places that are lengths of time: a column each on the terminal.
TIMES = ("horizon", "window")


@cache
def _templates() -> Environment:
    """Return the templates; text in HTML is escaped."""
    made = Environment(
        loader=PackageLoader("longgame.experiments.reports"),
        autoescape=lambda name: bool(name and ".html" in name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    made.globals.update(rows_of=rows_of, heads_of=heads_of, markdown_table=markdown_table, picture=data_url)
    made.filters["cells"] = cells
    return made


def heads_of(verdict: Verdict) -> list[str]:
    """Return the heads of the table of a verdict's effects."""
    names = dict.fromkeys(name for e in (*verdict.effects, *verdict.others) for name in e.at)
    return [*names, "difference", f"{100 * verdict.level:.3g}% interval", "answer", "runs", "decides"]


def rows_of(verdict: Verdict, others: bool = True) -> list[list[str]]:
    """Return the rows of the table of a verdict's effects: those that decide, and then the others, if wanted."""
    names = list(dict.fromkeys(name for e in (*verdict.effects, *verdict.others) for name in e.at))
    rows = []
    for decides, effects in (("yes", verdict.effects), ("", verdict.others if others else ())):
        for effect in map(verdict.at_level, effects):
            bounds = f"{number(effect.low)} to {number(effect.high)}"
            place = [effect.at.get(name, "") for name in names]
            rows.append([*place, number(effect.value), bounds, SAYS[effect.says], str(effect.n), decides])
    return rows


def cells(table: pd.DataFrame) -> list[list[str]]:
    """Return the cells of a table as text."""
    return [[str(cell) for cell in row] for row in table.itertuples(index=False)]


def rendered(template: str, **values: Any) -> str:
    """Return a text from one of the templates."""
    return _templates().get_template(template).render(values)


def markdown(findings: Findings) -> str:
    """Return findings as a Markdown page."""
    return rendered("findings.md.j2", found=findings)


def page(findings: Findings) -> str:
    """Return findings as one HTML page that needs no other file."""
    return rendered("page.html.j2", found=findings)


def fragment(findings: Findings) -> str:
    """Return findings as a piece of HTML for a notebook, with the first figure."""
    first = next(iter(findings.figures), None)
    return rendered("findings.html.j2", found=findings, pictures=[first] if first else [])


def terminal(findings: Findings, width: int) -> str:
    """Return findings for a terminal of some width."""
    parts = [textwrap.fill(sentence, width, subsequent_indent="  ") for sentence in findings.sentences]
    for heading, table in findings.shown.items():
        parts.append("\n".join(filter(None, [heading, text_table([list(table.columns), *cells(table)])])))
    parts += [_on_terminal(verdict, width) for verdict in findings.verdicts]
    return "\n\n".join(parts)


def _on_terminal(verdict: Verdict, width: int) -> str:
    """Return a verdict for a terminal: the question, the answer, the reasons, the effects."""
    indent = {"initial_indent": "  ", "subsequent_indent": "  "}
    lines = [textwrap.fill(verdict.question, width), textwrap.fill(verdict.answer, width, **indent)]
    if verdict.reasons:
        lines.append(textwrap.fill(" ".join(verdict.reasons), width, **indent))
    return "\n".join([*lines, "", compact(verdict)]) if verdict.effects else "\n".join(lines)


def compact(verdict: Verdict) -> str:
    """Return a verdict's effects as a small text table: a row per place, a column per horizon."""
    effects = [verdict.at_level(effect) for effect in (*verdict.others, *verdict.effects)]
    time = next((name for name in TIMES if effects and name in effects[0].at), None)
    columns = sorted(dict.fromkeys(e.at[time] for e in effects), key=_length) if time else ["difference"]
    rows: dict[str, dict[str, str]] = {}
    for e in effects:
        place = ", ".join(value for name, value in e.at.items() if name != time)
        rows.setdefault(place, {})[e.at[time] if time else "difference"] = _cell(e)
    body = [[place, *(found.get(column, "") for column in columns)] for place, found in rows.items()]
    table = text_table([["", *columns], *body], right=range(1, len(columns) + 1), indent="  ")
    unit = effects[0].unit if effects else ""
    return f"{table}\n  {unit}; * = {100 * verdict.level:.3g}% interval clear of 0"


def _length(time: str) -> float:
    """Return the months in a length of time as `words.years` writes it."""
    count, unit = time.split()
    return float(count) * (12 if unit.startswith("year") else 1)


def _cell(effect: Effect) -> str:
    """Write an effect in a few letters."""
    sign = "+" if effect.value > 0 else ""
    return f"{sign}{number(effect.value)}{'*' if effect.sign else ' '}"
