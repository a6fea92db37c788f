"""Mutation check: each rule broken in turn, to see that some test notices.

``python -m tests.mutants`` (or ``make mutants``) copies the sources, breaks one rule at a time, and runs the
tests named beside it (a file, or one test of it), which must fail. A mutant that survives is a rule that no test
guards; one that does not compile shows nothing and counts as survived. Mutants stand in files beside this one, a file
of the sources each. `tests/test_mutants.py` keeps them in step with the sources.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """One broken rule: what is replaced by what in which file, and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str


def _all() -> tuple[Mutant, ...]:
    """Return every mutant."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.toml"))]
    return tuple(Mutant(file=kept["file"], **one) for kept in files for one in kept["mutant"])


MUTANTS = _all()
