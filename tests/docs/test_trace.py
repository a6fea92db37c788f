"""docs/trace.md names what exists, leaves nothing out, and its table of patterns is of the present model."""

import ast
import re
from pathlib import Path

import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.reports.documents import marks
from longgame.experiments.validation import limits_table
from longgame.experiments.validation.patterns_report import WHY
from longgame.experiments.validation.patterns_table import INPUTS, PATTERNS
from longgame.sim import MODEL_VERSION, Scenario
from tests.mutants import MUTANTS

ROOT = Path(__file__).parents[2]
TRACE = (ROOT / "docs/trace.md").read_text(encoding="utf-8")
ODD = (ROOT / "docs/odd.md").read_text(encoding="utf-8")

ELEMENTS = [
    "Problem formulation",
    "Model description",
    "Data evaluation",
    "Conceptual model evaluation",
    "Implementation verification",
    "Model output verification",
    "Model analysis",
    "Model output corroboration",
]

FILES = {path.stem: path for path in (ROOT / "tests").rglob("test_*.py")}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def rows_under(head: str) -> list[dict[str, str]]:
    """Return the rows of the table whose heading starts so."""
    lines = TRACE.splitlines()
    (start,) = [k for k, line in enumerate(lines) if line.startswith(head)]
    names = cells(lines[start])
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append(dict(zip(names, cells(line), strict=True)))
    return found


RULES = rows_under("| § | rule |")
PATTERN_ROWS = rows_under("| pattern | number |")


def listed(row: dict[str, str], column: str) -> list[str]:
    return [] if row[column] == "–" else [part.strip(" `") for part in row[column].split(";")]


def named(column: str) -> set[str]:
    return {name for row in RULES for name in listed(row, column)}


def functions_of(file: str) -> set[str]:
    tree = ast.parse(FILES[file].read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_elements_of_trace_are_there_in_order():
    assert re.findall(r"^## \d (.+)$", TRACE, re.M) == ELEMENTS


def test_file_names_of_tests_are_unambiguous():
    assert len(FILES) == len(list((ROOT / "tests").rglob("test_*.py")))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+::\w+)`", TRACE))))
def test_every_test_it_names_exists(name):
    file, _, test = name.partition("::")
    assert test in functions_of(file)


def test_every_rule_names_a_test():
    for row in RULES:
        assert all("::" in name for name in listed(row, "tests")) and row["tests"] != "–", row["rule"]


def test_every_mutant_breaks_a_rule_of_the_table_and_no_other_is_named():
    assert named("mutants") == {mutant.name for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_a_mutant_stands_beside_a_test_of_the_file_that_must_notice_it(mutant):
    (row,) = [row for row in RULES if mutant.name in listed(row, "mutants")]
    file, _, test = mutant.tests.partition("::")
    name = f"{Path(file).stem}::{test}"
    assert any(beside == name if test else beside.startswith(name) for beside in listed(row, "tests"))


def test_every_rule_has_a_mutant_where_it_is_more_than_a_declaration():
    assert [row["rule"] for row in RULES if row["mutants"] == "–"] == ["numbers and their ranges"]


def test_every_limit_checks_a_rule_of_the_table_and_no_other_is_named():
    assert named("limits") == {row.limit for row in limits_table.rows()}


def test_every_submodel_is_covered():
    assert {row["§"] for row in RULES} >= set(re.findall(r"^### (7\.\d+) ", ODD, re.M))
    assert {row["§"] for row in RULES} <= set(re.findall(r"^##+ (\d[\d.]*) ", ODD, re.M))


def test_every_group_of_dials_is_covered_and_no_other_is_named():
    groups = {path.partition(".")[0] for path, _, _ in Scenario().numbers()}
    assert named("dials") == groups | {"conduct", "strategy", "firms", "policy", "pay"}


def test_every_source_has_a_reference_here_or_in_the_description():
    entries = [entry for text in (TRACE, ODD) for entry in text.rpartition("## References")[2].split("\n* ")]
    for row in (*RULES, *PATTERN_ROWS):
        for name, year in re.findall(r"([A-Z][\w-]+)[^;]*? (\d{4})", row["source"]):
            assert any(name in entry and f"({year})" in entry for entry in entries), (name, year)


def test_files_and_figures_it_links_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", TRACE):
        assert (ROOT / "docs" / target).exists(), target
    for target in re.findall(r"`((?:tests|experiments|sim|docs)/[\w/.]+)`", TRACE):
        assert (ROOT / target).exists(), target


def test_no_machine_paths_or_addresses():
    assert not re.search(r"(?<![\w`])/(work|tmp|home|usr)/|https?://", TRACE)


class TestPatterns:
    def test_they_are_of_the_present_model(self):
        begin, end = marks("patterns")
        block = TRACE[TRACE.index(begin) : TRACE.index(end)]
        found = re.search(r"Made by `(longgame patterns[^`]*)` .* model version (\S+), (\d+) seeds", block)
        assert found is not None, "run longgame patterns --write docs/trace.md"
        assert found[2] == MODEL_VERSION, "run longgame patterns --write docs/trace.md"
        assert main([*found[1].split()[1:], "--help"]) == 0
        assert "--quick" not in found[1] and int(found[3]) >= 20

    def test_every_pattern_stands_there_with_its_criterion(self):
        said = [(row["pattern"], row["expected"], row["source"]) for row in PATTERN_ROWS]
        declared = [(p.pattern, p.expected, p.source) for p in (*PATTERNS, *INPUTS)]
        assert said == declared

    def test_what_is_not_met_has_its_reason(self):
        for row in PATTERN_ROWS:
            if row[""] in ("FAIL", "unclear"):
                assert f"*{row['pattern']}:* {WHY[row['pattern']]}" in TRACE
        assert "input" not in {row[""] for row in PATTERN_ROWS[: len(PATTERNS)]}
