import json

import pytest

from longgame.sim.configurations import CONFIGURATIONS
from tests.golden_runs import FILE, summary

GOLDEN = json.loads(FILE.read_text())


def test_every_named_configuration_has_a_golden_run():
    assert set(GOLDEN) == set(CONFIGURATIONS)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_run(name):
    # If a change of the model is meant, `python -m tests.golden_runs` writes the new results.
    assert summary(name) == GOLDEN[name]
