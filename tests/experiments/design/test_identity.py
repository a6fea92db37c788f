"""What makes two functions the same to a results store: one test for each way in which they can differ."""

import functools
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.design.entrants import declared
from longgame.experiments.design.identity import identity
from longgame.experiments.design.plan import Measure
from longgame.experiments.measures import kept
from longgame.experiments.measures.kept import HORIZONS
from longgame.sim import Scenario

ROOT = Path(__file__).parents[3]


def written(text, module="__main__", **space):
    """Return the function `measure` of a program, as a script or a notebook has it."""
    space |= {"__name__": module}
    exec(textwrap.dedent(text), space)
    return space["measure"]


BASE = """
    from dataclasses import dataclass, field
    from pydantic import BaseModel
    import helper
    RATE = 2
    KINDS = {"a", "b"}

    class Rate(BaseModel):
        of: float = 2.0

    @dataclass
    class Kinds:
        some: tuple = ("x", "y")
        more: list = field(default_factory=lambda: [1])

    class Tax:
        share = 0.1
        def of(self, x):
            return x * self.share

    def net(x):
        return RATE * x - Tax().of(x)

    def measure(result, kind="a"):
        found = [net(x) * Rate().of for x in result if kind in KINDS or kind in Kinds().some]
        return helper.table(found)
"""

EDITS = {
    "the function": ("helper.table(found)", "helper.table(found[1:])"),
    "what it calls": ("RATE * x -", "RATE * x +"),
    "a number it refers to": ("RATE = 2", "RATE = 3"),
    "a set it refers to": ('{"a", "b"}', '{"a", "c"}'),
    "a default": ('kind="a"', 'kind="b"'),
    "a class it refers to": ("share = 0.1", "share = 0.2"),
    "a default of a field": ("float = 2.0", "float = 3.0"),
    "a default of a field of a data class": ('("x", "y")', '("x",)'),
    "what makes a default": ("lambda: [1]", "lambda: [2]"),
    "a method": ("x * self.share", "x / self.share"),
}


@pytest.fixture(autouse=True)
def helper(tmp_path, monkeypatch):
    """A module of the user's and one that it takes from; a function that writes them anew."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(table="list", deeper="1"):
        (tmp_path / "helper.py").write_text(f"import helper_of_it\ndef table(x): return {table}(x)\n")
        (tmp_path / "helper_of_it.py").write_text(f"VALUE = {deeper}\n")
        for name in ("helper", "helper_of_it"):
            sys.modules.pop(name, None)

    write()
    yield write
    for name in ("helper", "helper_of_it"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_in_a_script_or_notebook_is_another_function(what):
    old, new = EDITS[what]
    assert old in BASE
    assert identity(written(BASE)) != identity(written(BASE.replace(old, new)))


def test_an_edit_beside_it_is_not():
    assert identity(written(BASE)) == identity(written("# a comment\nSEEDS = range(40)\n" + textwrap.dedent(BASE)))


@pytest.mark.parametrize("change", [{"table": "tuple"}, {"deeper": "2"}])
@pytest.mark.parametrize("program", [BASE, "def measure(result):\n    import helper\n    return helper.table(result)"])
def test_an_edit_of_a_module_that_it_uses_or_that_this_uses_is(helper, program, change):
    before = identity(written(program))
    assert identity(written(program)) == before
    helper(**change)
    assert identity(written(program)) != before


def test_a_number_that_the_program_sets_in_a_module_is(helper):
    program = "import helper\ndef measure(result): return helper.RATE"
    found = []
    for rate in (1, 2):
        measure = written(program)
        sys.modules["helper"].RATE = rate
        found.append(identity(measure))
    assert found[0] != found[1]


def test_closures_and_lambdas_differ_by_what_they_hold():
    def adding(n):
        return lambda result: result + n

    one, other = (lambda result: result + 1), (lambda result: result + 2)
    assert identity(adding(1)) == identity(adding(1)) != identity(adding(2))
    assert identity(one) != identity(other)


class Quiet:
    """Objects of any value look the same."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return "Quiet"

    def __call__(self, result):
        return self.value

    def of(self, result):
        return self.value


def plain(result, given):
    return result


@pytest.mark.parametrize(
    "make",
    [
        lambda value: functools.partial(plain, given=Quiet(value)),
        lambda value: functools.partial(plain, given=np.arange(2000) + value),  # whose middle `repr` leaves out
        lambda value: functools.partial(plain, given=pd.DataFrame({"x": range(value, value + 500)})),
        lambda value: functools.partial(kept.by_horizon, value),
        Quiet,
        lambda value: Quiet(value).of,
    ],
)
def test_arguments_given_beforehand_count_by_value_not_by_how_they_look(make):
    assert identity(make(1)) == identity(make(1)) != identity(make(2))


def test_a_function_of_longgame_is_known_by_its_name():
    assert Measure("horizons", kept.by_horizon).function == "longgame.experiments.measures.kept.by_horizon"
    assert HORIZONS.function == "longgame.experiments.measures.kept.by_horizon"


def test_what_cannot_be_described_is_found_again_in_this_process_alone():
    lock = threading.Lock()

    def measure(result):
        return lock

    assert identity(measure) == identity(measure)
    code = "import threading; lock = threading.Lock()\ndef measure(result): return lock"
    assert said(code, "0") != said(code, "0")


def said(program, seed):
    """The identity of `measure` as another process finds it."""
    code = (
        textwrap.dedent(program)
        + "\nfrom longgame.experiments.design.identity import identity as of\nprint(of(measure))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[:1]]), "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_process_finds_the_same():
    assert said(BASE, "1") == said(BASE, "2") == said(BASE, "2")  # the third from compiled files


SCRIPT = """
    from longgame.experiments.design.plan import Measure, Plan
    from longgame.experiments.runs.runner import run_plan
    from longgame.experiments.store.store import ResultStore
    from longgame.sim import Scenario

    def measure(result):
        return result.monthly[["group", "COLUMN"]]

    if __name__ == "__main__":
        tiny = Scenario(months=1).but({"customers.count": 20})
        plan = Plan({"tiny": tiny}, (0, 1), (Measure("m", measure),))
        with ResultStore("runs.sqlite") as store:
            outcome = run_plan(plan, store=store, workers=1, progress=False)
        print(outcome.reused, list(outcome.tables["m"])[-1])
"""


def test_two_scripts_of_one_name_share_no_results(tmp_path):
    for folder, column in (("a", "profit"), ("b", "deals")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(textwrap.dedent(SCRIPT).replace("COLUMN", column))
    printed = [
        subprocess.run(
            [sys.executable, f"{folder}/mine.py"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        ).stdout
        for folder in ("a", "b", "a")
    ]
    assert printed == ["0 profit\n", "0 deals\n", "2 profit\n"]


def test_strategies_of_a_file_are_in_the_key_of_the_scenario(tmp_path):
    keys = set()
    for folder, pressure in (("a", 0.5), ("b", 0.6)):
        file = tmp_path / folder / "mine.py"
        file.parent.mkdir()
        conduct = f"with_clients=Conduct(pressure={pressure})"
        file.write_text(
            "from longgame.sim import Conduct, Strategy\n"
            f'mine = Strategy(name="mine", description="Mine.", {conduct})\n'
        )
        (name,), scenario = declared([str(file)], "--ours", Scenario())
        assert name == "mine"
        keys.add(scenario.key())
    assert len(keys) == 2
