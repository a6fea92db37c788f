"""Write the generated tables of `odd.md`, `trace.md` and the README and the page `strategies.md` from the code.

Each table stands between ``<!-- generated: NAME -->`` and ``<!-- /generated -->``. Run as
``python docs/generate.py`` to bring the documents up to date, with ``--check`` to be told what drifted.
``python docs/generate.py --figures`` draws the figure of the README's table as well.
"""

from __future__ import annotations

import argparse
import inspect
import re
import shutil
import sys
import tempfile
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

# The document describes the code beside it, not a version that may be installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from longgame.experiments.evidence.table import KINDS, Row, Use, evidence, rows
from longgame.experiments.tables import markdown_table
from longgame.sim.chance import Purpose
from longgame.sim.columns import TABLES, Column
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy, Firms, Pay
from longgame.sim.scenario import Scenario
from longgame.sim.stages import MONTH
from longgame.sim.strategy import Conduct, Strategy, Value

DOCUMENT = Path(__file__).with_name("odd.md")
TRACE = Path(__file__).with_name("trace.md")
README = Path(__file__).parents[1] / "README.md"
CARDS = Path(__file__).with_name("strategies.md")
STRIPS = Path(__file__).parent / "figures" / "plausible.png"

_BLOCK = re.compile(r"<!-- generated: ([a-z-]+) -->\n(.*?)<!-- /generated -->", re.DOTALL)
_TAG = re.compile(r"<\w+>")
_RANGE = re.compile(r"( of places| of visits| among visits)? lo … hi-1")
_BOUNDS = ((Ge, "ge", "["), (Gt, "gt", "("), (Le, "le", "]"), (Lt, "lt", ")"))
_KINDS = {bool: "yes/no", int: "whole number", float: "number", str: "text"}
NOTHING = "–"


# -- Markdown ------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars and tags in cells are made harmless.

    Examples
    --------
    >>> print(table(["a", "b"], [["1", "<NA>"]]), end="")
    | a | b |
    |---|---|
    | 1 | `<NA>` |
    """
    cells = ([_TAG.sub(r"`\g<0>`", cell) for cell in row] for row in rows)
    return markdown_table(head, cells) + "\n"


def code(text: str) -> str:
    """Return text set as code."""
    return f"`{text}`"


def inline(text: str) -> str:
    """Return a line of a docstring as Markdown: double backticks become single ones."""
    return text.replace("``", "`")


def number(value: Any) -> str:
    """Return a value as it is written in a scenario file.

    Examples
    --------
    >>> number(True), number(2000.0), number(0.25), number("herd")
    ('true', '2000', '0.25', 'herd')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# -- declarations --------------------------------------------------------------------------------------


def bounds(constraints: Iterable[Any]) -> str:
    """Return the permitted range that a field's constraints declare, or '' if there is none.

    Examples
    --------
    >>> bounds([Ge(ge=0), Lt(lt=1)])
    '[0, 1)'
    """
    low, high = ("(", "-∞"), ("∞", ")")
    for constraint in constraints:
        for kind, name, bracket in _BOUNDS:
            if isinstance(constraint, kind):
                limit = number(getattr(constraint, name))
                if bracket in "[(":
                    low = (bracket, limit)
                else:
                    high = (limit, bracket)
    if low[1] == "-∞" and high[0] == "∞":
        return ""
    return f"{low[0]}{low[1]}, {high[0]}{high[1]}"


def permitted(info: FieldInfo) -> str:
    """Return what a field may be: its range, its choices, or its kind."""
    kind: Any = info.annotation
    if typing.get_origin(kind) is Literal:
        return ", ".join(code(choice) for choice in typing.get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    interval = bounds(info.metadata)
    if kind is int and interval:
        return f"whole, {interval}"
    return interval or _KINDS.get(kind, NOTHING)


def attributes(cls: type) -> dict[str, str]:
    """Return the meanings that stand under "Attributes" in a class's numpydoc docstring.

    Examples
    --------
    >>> attributes(Conduct)["pressure"]
    'Push to close now: raises the chance of a sale today, spoils the memory of it.'
    """
    lines = (inspect.getdoc(cls) or "").splitlines()
    meanings: dict[str, list[str]] = {}
    name, inside = "", False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following and set(following) == {"-"}:
            inside = line == "Attributes"
        elif inside and line and not line.startswith((" ", "-")):
            name = line.partition(" : ")[0].strip()
            meanings[name] = []
        elif inside and name and line.strip():
            meanings[name].append(line.strip())
    return {name: inline(" ".join(parts)) for name, parts in meanings.items()}


def default_of(info: FieldInfo) -> str:
    """Return a field's default as text; groups of fields are named, not spelled out."""
    if info.is_required():
        return "required"
    if isinstance(info.default, BaseModel):
        return f"see `{type(info.default).__name__}`"
    return "none" if info.default is None else number(info.default)


def fields(cls: type[Value]) -> str:
    """Return the table of a value whose meanings stand in its docstring."""
    meanings = attributes(cls)
    rows = [
        [code(name), default_of(info), permitted(info), meanings[name] or f"see `{name.capitalize()}`"]
        for name, info in cls.model_fields.items()
    ]
    return table(["name", "default", "permitted", "meaning"], rows)


# -- the tables ----------------------------------------------------------------------------------------


def scenario_table(section: str) -> str:
    """Return the numbers of one section of `Scenario`; '' stands for the numbers outside sections."""
    rows = []
    for path, info, value in Scenario().numbers():
        where, _, name = path.rpartition(".")
        if where == section:
            extra = info.json_schema_extra
            notes: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
            rows.append(
                [
                    code(name),
                    number(value),
                    str(notes.get("unit", "")) or NOTHING,
                    permitted(info),
                    info.description or NOTHING,
                    str(notes.get("source", "")) or NOTHING,
                    str(notes.get("off", "")) or NOTHING,
                ]
            )
    return table(["name", "default", "unit", "permitted", "meaning", "source", "off"], rows)


def sections() -> list[str]:
    """Return the names of the sections of `Scenario` that hold numbers."""
    return list(dict.fromkeys(path.rpartition(".")[0] for path, _, _ in Scenario().numbers() if "." in path))


def library_table() -> str:
    """Return the dials of every library strategy, one row a phase that differs from the one before."""
    dials = list(Conduct.model_fields)
    rows = []
    for strategy in STRATEGIES.values():
        phases = [
            ("prospects", strategy.with_prospects),
            (f"clients, after deal {strategy.client_after}", strategy.with_clients),
            (f"last {strategy.endgame_months} months", strategy.endgame),
        ]
        for k, (phase, conduct) in enumerate(phases):
            if conduct is not None:
                whole = k == 0 and strategy.with_clients is None and strategy.endgame is None
                name = code(strategy.name) if k == 0 else ""
                skill = number(strategy.skill) if k == 0 else ""
                values = [number(getattr(conduct, dial)) for dial in dials]
                rows.append([name, "all" if whole else phase, *values, skill])
    return table(["strategy", "towards", *(code(dial) for dial in dials), "`skill`"], rows)


def origins_table() -> str:
    """Return what every library strategy does, where it comes from and where it fails."""
    return table(
        ["strategy", "what it does", "origin", "weakness"],
        [[code(s.name), s.description, s.origin, s.weakness] for s in STRATEGIES.values()],
    )


def traits_table() -> str:
    """Return the classification of every library strategy."""
    names = list(next(iter(STRATEGIES.values())).traits())
    return table(
        ["strategy", *(name.replace("_", " ") for name in names)],
        [[code(s.name), *("yes" if s.traits()[n] else "" for n in names)] for s in STRATEGIES.values()],
    )


def policies_table() -> str:
    """Return the policies that have a name, field by field."""
    rows = [
        [code(name), *(number(getattr(policy, name)) for policy in POLICIES.values())]
        for name in FirmPolicy.model_fields
        if name != "pay"
    ]
    rows += [
        [code(f"pay.{name}"), *(number(getattr(policy.pay, name)) for policy in POLICIES.values())]
        for name in Pay.model_fields
    ]
    return table(["field", *(code(name) for name in POLICIES)], rows)


def firms_table() -> str:
    """Return the groups of firms of the default scenario."""
    rows = [
        [
            code(group.name),
            str(group.count),
            ", ".join(f"{n} × {code(name)}" for name, n in group.strategies.items()),
            code(group.policy) if isinstance(group.policy, str) else "own",
        ]
        for group in Scenario().firms
    ]
    return table(["group", "firms", "members of each", "policy"], rows)


def columns_table(columns: Mapping[str, Column]) -> str:
    """Return the columns of one result table."""
    rows = [[code(name), column.unit, column.meaning] for name, column in columns.items()]
    return table(["column", "unit", "meaning"], rows)


def stages_table() -> str:
    """Return the stages of a month in order, with the first line of each one's docstring."""
    rows = []
    for k, stage in enumerate(MONTH, start=1):
        line = (inspect.getdoc(stage.run) or "").splitlines()[0]
        rows.append([str(k), code(stage.name), stage.over, inline(_RANGE.sub("", line))])
    return table(["", "step", "over", "what it does"], rows)


def draws_table() -> str:
    """Return the purposes of random numbers, with the comment that stands beside each in the code."""
    source = inspect.getsource(Purpose)
    rows = []
    for purpose in Purpose:
        match = re.search(rf"^\s+{purpose.name} = {purpose.value}\s+# (.+)$", source, re.MULTILINE)
        rows.append([str(purpose.value), code(purpose.name), match[1] if match else NOTHING])
    return table(["purpose", "name", "its four words are for"], rows)


def tables() -> dict[str, Callable[[], str]]:
    """Return every generated table by name."""
    made: dict[str, Callable[[], str]] = {
        "stages": stages_table,
        "draws": draws_table,
        "firms-default": firms_table,
        "scenario": lambda: scenario_table(""),
    }
    for section in sections():
        made[f"scenario-{section.replace('_', '-')}"] = lambda section=section: scenario_table(section)
    made |= {
        "conduct": lambda: fields(Conduct),
        "strategy": lambda: fields(Strategy),
        "firms": lambda: fields(Firms),
        "firm-policy": lambda: fields(FirmPolicy),
        "pay": lambda: fields(Pay),
        "policies": policies_table,
        "library": library_table,
        "library-origins": origins_table,
        "library-traits": traits_table,
    }
    for name, columns in TABLES.items():
        made[f"columns-{name}"] = lambda columns=columns: columns_table(columns)
    return made


def evidence_table(use: Use) -> str:
    """Return the rows of the table of evidence of one use."""
    measured = {"input": "dial", "fit": "kinds of market", "test": "measured by"}[use]
    cells = [
        [
            code(row.id),
            row.regularity,
            published(row),
            row.unit,
            row.population,
            f"{row.source} ({row.strength})",
            {"input": code(row.dial), "fit": kinds_of(row), "test": measured_by(row)}[use],
        ]
        for row in rows(use)
    ]
    return table(["row", "regularity", "published", "unit", "of whom", "source", measured], cells)


def tolerances_table() -> str:
    """Return the share of its value that a regularity may be off, by class."""
    shares = evidence().tolerances.model_dump(by_alias=True)
    return table(["class", "÷ value"], [[name, number(share)] for name, share in shares.items()])


def published(row: Row) -> str:
    """Return the value of a row and its range, or the tolerance that it has."""
    value = "" if row.value is None else number(row.value)
    if row.tolerance != "given":
        return f"{value} ± {row.tolerance}"
    if row.low is None or row.high is None:
        return f"above {number(row.low)}" if row.high is None else f"below {number(row.high)}"
    ends = f"{number(row.low)} … {number(row.high)}"
    return f"{value} ({ends})" if value else ends


def kinds_of(row: Row) -> str:
    """Return the kinds of market that a row speaks of, and why not of all."""
    return "all" if row.kinds == KINDS else f"{', '.join(row.kinds)}: {row.reason}"


def measured_by(row: Row) -> str:
    """Return the measure of a row of use *test*."""
    several = f"patterns: {row.pattern}" if row.pattern else "several runs; no plan yet"
    return several if row.measure == "runs" else code(row.measure)


def evidence_tables() -> dict[str, Callable[[], str]]:
    """Return every generated table of `trace.md` by name."""
    uses: tuple[Use, ...] = ("input", "fit", "test")
    made: dict[str, Callable[[], str]] = {"evidence-tolerances": tolerances_table}
    return made | {f"evidence-{use}": lambda use=use: evidence_table(use) for use in uses}


def plausible_table() -> str:
    """Return every claim over the markets of all stored ensembles."""
    from longgame.experiments.studies.over_markets_stored import side_by_side, stored

    told = stored()
    made = (
        f"`{one['command']}`, {one['runs']:,} runs, model version {one['model']}" for one in (t.about for t in told)
    )
    return f"{side_by_side(told)}\n\n{'; '.join(made)}.\n"


def draw_strips() -> None:
    """Draw every claim over the markets of all stored ensembles."""
    from longgame.experiments.figures.over_markets import figure_shares
    from longgame.experiments.figures.style import save
    from longgame.experiments.studies.over_markets_stored import stored

    shares = {told.name: told.shares for told in stored()}
    with tempfile.TemporaryDirectory() as folder:
        save(lambda figure: figure_shares(figure, shares), Path(folder) / STRIPS.stem, ["slide"])
        shutil.copy(Path(folder) / "slide" / STRIPS.name, STRIPS)


def documents() -> tuple[tuple[Path, Mapping[str, Callable[[], str]]], ...]:
    """Return every document with generated tables, and its tables by name."""
    return ((DOCUMENT, tables()), (TRACE, evidence_tables()), (README, {"plausible": plausible_table}))


# -- the document --------------------------------------------------------------------------------------


def renew(text: str, made: Mapping[str, Callable[[], str]] | None = None) -> tuple[str, list[str]]:
    """Return a document with every generated table made afresh, and the names of those that drifted.

    Without tables, it is the description and has those of `tables`.

    Raises
    ------
    ValueError
        If a marker names no table, a table stands nowhere or twice, or a marker is left open.
    """
    made = tables() if made is None else made
    found = [match[1] for match in _BLOCK.finditer(text)]
    if text.count("<!-- generated: ") != len(found):
        raise ValueError("a `<!-- generated: NAME -->` has a bad name or no `<!-- /generated -->`")
    for name in found:
        if name not in made:
            raise ValueError(f"marker {name!r} names no table; known are {', '.join(made)}")
        if found.count(name) > 1:
            raise ValueError(f"table {name!r} stands in the document twice")
    missing = [name for name in made if name not in found]
    if missing:
        raise ValueError(f"the document has no marker for {', '.join(missing)}")
    drifted: list[str] = []

    def fresh(match: re.Match[str]) -> str:
        body = "\n" + made[match[1]]() + "\n"
        if body != match[2]:
            drifted.append(match[1])
        return f"<!-- generated: {match[1]} -->\n{body}<!-- /generated -->"

    return _BLOCK.sub(fresh, text), drifted


def cards() -> str:
    """Return the page of strategy cards."""
    from longgame.experiments.studies.cards import load
    from longgame.experiments.studies.cards_page import page

    return page(load())


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the documents up to date, or with ``--check`` say what drifted (exit code 1)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a table drifted")
    parser.add_argument("--figures", action="store_true", help="draw figures, too")
    options = parser.parse_args(arguments)
    if options.figures:
        draw_strips()
    found: list[tuple[Path, str, list[str]]] = []
    for document, made in documents():
        try:
            found.append((document, *renew(document.read_text(encoding="utf-8"), made)))
        except (OSError, ValueError) as error:
            print(f"{document.name}: {error}", file=sys.stderr)
            return 2
    page = cards()
    stale = not CARDS.exists() or CARDS.read_text(encoding="utf-8") != page
    if options.check:
        for document, _, drifted in found:
            for name in drifted:
                print(f"{document.name}: table {name!r} drifted; run python docs/generate.py", file=sys.stderr)
        if stale:
            print(f"{CARDS.name}: drifted; run python docs/generate.py", file=sys.stderr)
        return 1 if stale or any(drifted for _, _, drifted in found) else 0
    if stale:
        CARDS.write_text(page, encoding="utf-8")
        print(f"{CARDS.name}: renewed")
    for document, text, drifted in found:
        if drifted:
            document.write_text(text, encoding="utf-8")
            print(f"{document.name}: renewed {', '.join(drifted)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
