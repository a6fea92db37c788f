"""What the README says must be so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from longgame.experiments import claims
from longgame.experiments.cli.main import main
from longgame.experiments.reports.documents import marks
from longgame.sim import MODEL_VERSION, run
from longgame.sim.scenario_files import load_scenario

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_in_it_runs_and_prints_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    (output,) = re.findall(r"```text\n(.*?)```", README, re.S)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == output.split()


def test_the_scenario_file_in_it_is_one(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    file = tmp_path / "patient.toml"
    file.write_text(text)
    scenario = load_scenario(file)
    assert [g.name for g in scenario.firms] == ["patient-herd", "adversarial"]
    assert run(scenario.but(months=3), 1).monthly.deals.sum() > 0


def test_files_and_figures_it_names_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_results_in_it_are_of_this_model():
    assert f"model version {MODEL_VERSION}" in README


def test_its_table_has_every_claim_with_the_verdict_of_the_ledger():
    row = re.compile(r"^\| `([\w-]+)`: .*?\| \*\*(.+?)\*\*", re.M)
    begin, end = marks("claims")
    table = dict(row.findall(README.partition(begin)[2].partition(end)[0]))
    assert sorted(table) == claims.names()
    assert table == dict(row.findall((ROOT / "docs" / "claims.md").read_text()))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^longgame ([\w-]+)", README, re.M))))
def test_commands_in_it_exist(command):
    assert main([command, "--help"]) == 0
