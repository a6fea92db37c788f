"""The examples in docstrings are true, in every module that has some."""

import doctest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

import pytest

from longgame import experiments, sim


def with_examples():
    for package in (sim, experiments):
        names = [m.name for m in walk_packages(package.__path__, f"{package.__name__}.")]
        for name in [package.__name__, *names]:
            if ">>> " in Path(find_spec(name).origin).read_text(encoding="utf-8"):
                yield name


@pytest.mark.parametrize("name", list(with_examples()))
def test_examples_in_docstrings_are_true(name):
    outcome = doctest.testmod(import_module(name), extraglobs={"Salesperson": sim.Salesperson})
    assert outcome.attempted > 0
    assert outcome.failed == 0
