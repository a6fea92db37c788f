"""`make` looks for a Python that is new enough, and says what it needs where it finds none."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("python3.13", "python3.14", "python3.12", "python3", "python")
WORKS, OLD, SHIM = "exit 0", "case $1 in --version) echo Python 3.11.2;; *) exit 1;; esac", "exit 127"


@pytest.fixture
def make(tmp_path):
    """Return a function that runs make beside Pythons that behave as told."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()

    def run(behaviour, *arguments):
        for name in NAMES:
            program = programs / name
            program.write_text(f"#!/bin/sh\n{behaviour.get(name, SHIM)}\n")
            program.chmod(0o755)
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS")}
        environment["PATH"] = f"{programs}:{environment['PATH']}"
        return subprocess.run(
            ["make", *arguments, ".venv/.ready"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    return run


@pytest.mark.parametrize(
    ("behaviour", "chosen"),
    [
        ({"python3": WORKS}, "python3"),
        ({"python3": OLD, "python3.12": WORKS}, "python3.12"),
        ({"python3.14": WORKS, "python3": WORKS}, "python3.14"),
        (dict.fromkeys(NAMES, WORKS), "python3.13"),
    ],
)
def test_the_first_python_that_runs_and_is_new_enough_is_taken(make, behaviour, chosen):
    assert re.findall(r"^(\S+) -m venv", make(behaviour, "-n").stdout, re.M) == [chosen]


def test_without_any_it_says_what_is_needed_and_how_to_name_one(make):
    done = make({"python3": OLD})
    assert done.returncode == 2
    assert "needs Python 3.12 or newer" in done.stdout and "make PYTHON=" in done.stdout


def test_a_python_that_was_named_and_is_too_old_is_refused(make):
    done = make({"python3": OLD, "python3.13": WORKS}, "PYTHON=python3")
    assert done.returncode == 2
    assert "'python3' is Python 3.11.2" in done.stdout
