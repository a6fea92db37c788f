"""The list of mutants is in step with the sources (``make mutants`` tries them)."""

import pytest

from tests.mutants import MUTANTS, ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_the_rule_it_breaks_is_there_once(mutant):
    assert (ROOT / "sim" / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    file, _, test = mutant.tests.partition("::")
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8") if test else (ROOT / file).exists()
    assert mutant.old != mutant.new
