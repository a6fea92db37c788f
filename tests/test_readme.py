"""What the README says must be so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from longgame.experiments import claims
from longgame.experiments.cli.main import main
from longgame.experiments.reports.documents import marks
from longgame.experiments.studies.over_markets_stored import stored
from longgame.sim import MODEL_VERSION

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
RESULTS = (ROOT / "docs" / "results.md").read_text()


def test_the_python_in_it_runs_and_prints_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    (output,) = re.findall(r"```text\n(.*?)```", README, re.S)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == output.split()


def test_files_and_figures_it_names_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_results_are_of_this_model():
    assert f"model version {MODEL_VERSION}" in RESULTS
    assert {told.about["model"] for told in stored()} == {MODEL_VERSION}


def test_its_table_has_every_claim():
    table = README.partition("<!-- generated: plausible -->")[2].partition("<!-- /generated -->")[0]
    assert sorted(re.findall(r"^\| `([\w-]+)`: ", table, re.M)) == claims.names()


def test_the_table_of_the_default_market_has_every_claim_with_the_verdict_of_the_ledger():
    row = re.compile(r"^\| `([\w-]+)`: .*?\| \*\*(.+?)\*\*", re.M)
    begin, end = marks("claims")
    table = dict(row.findall(RESULTS.partition(begin)[2].partition(end)[0]))
    assert sorted(table) == claims.names()
    assert table == dict(row.findall((ROOT / "docs" / "claims.md").read_text()))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^longgame ([\w-]+)", README, re.M))))
def test_commands_in_it_exist(command):
    assert main([command, "--help"]) == 0


def test_it_is_short():
    assert len(README.splitlines()) <= 120


#: Pages that are read by strangers; pages made from the code have tests of their own.
PROSE = [ROOT / "README.md", ROOT / "docs" / "results.md", *sorted((ROOT / "docs" / "howto").glob("*.md"))]


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.stem)
def test_no_sentence_is_long(page):
    assert not [s for s in sentences(page.read_text()) if len(s.split()) > 30]


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.stem)
def test_no_sentence_begins_with_who_or_what(page):
    assert not [
        s for s in sentences(page.read_text()) if re.match(r"(Who|What|Whoever|Whatever)\b", s) and s[-1] != "?"
    ]


def sentences(text):
    """Return the sentences of a Markdown page: no code, no tables, no headings, no generated parts."""
    text = re.sub(r"<!-- longgame (\w+) -->.*?<!-- /longgame \1 -->", "", text, flags=re.S)
    text = re.sub(r"<!-- generated: .*?<!-- /generated -->", "", text, flags=re.S)
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(
        r"^(\||#|!|\*\s|\d+\.\s|<).*$", lambda line: line[0][2:] + "." if line[0][0] in "*" else "", text, flags=re.M
    )
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    blocks = (" ".join(block.split()) for block in text.split("\n\n"))
    return [s for block in blocks for s in re.split(r"(?<=[.?!])\s+", block) if s.strip(" .")]
