"""What is compiled ahead is exactly what a run needs."""

import os
import subprocess
import sys

import pytest

from longgame.sim import Scenario, run
from longgame.sim.precompile import entry_points

CODE = """
from longgame.sim.precompile import compile_part, entry_points
compile_part(0, 2)
compile_part(1, 2)
from longgame.sim import Scenario, run
run(Scenario(months=13).but({"customers.count": 10}), 0)
print(sorted({len(function.signatures) for function, _ in entry_points()}))
"""


def test_a_run_compiles_nothing_that_was_not_compiled_ahead():
    # In a process of its own: others may have called entry points with types of theirs.
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[1]"


def test_every_entry_point_stands_once():
    names = [function.__name__ for function, _ in entry_points()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("executable", ["", "/nowhere/python"])
def test_without_a_second_process_the_first_does_all(tmp_path, monkeypatch, executable):
    from longgame.sim import precompile

    compiled = []
    monkeypatch.setattr(precompile, "CACHE", tmp_path)
    monkeypatch.setattr(precompile, "compile_part", lambda part, parts: compiled.append(part))
    monkeypatch.setattr(sys, "executable", executable or sys.executable)
    monkeypatch.setattr(os, "cpu_count", lambda: 1 if not executable else 2)
    precompile.precompile()
    assert compiled == [0, 1]
    (tmp_path / "engine.nbi").touch()
    precompile.precompile()
    assert compiled == [0, 1]


def test_a_run_works_whether_or_not_anything_was_compiled_ahead():
    assert len(run(Scenario(months=1).but({"customers.count": 10}), 0).market) == 1
