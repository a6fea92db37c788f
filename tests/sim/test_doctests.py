import doctest
from importlib import import_module

import pytest

MODULES = [
    "sim",
    *(f"sim.{m}" for m in ("agents", "engine", "market", "organisation", "scenario", "strategy")),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name):
    module = import_module(name)
    outcome = doctest.testmod(module, extraglobs={"Salesperson": import_module("sim").Salesperson})
    assert outcome.attempted > 0
    assert outcome.failed == 0
