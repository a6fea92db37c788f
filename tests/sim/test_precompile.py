"""What is compiled ahead is exactly what a run and a Mesa market need, and compiling shows its progress."""

import importlib
import os
import pkgutil
import subprocess
import sys
import time

import pytest
from numba.core.caching import FunctionCache

from longgame.sim import Scenario, compiled, loop, network, run, stages, state
from longgame.sim.precompile import parts as parts_of_the_market
from longgame.sim.precompile import precompile

IN_A_PROCESS_OF_ITS_OWN = """
from numba.core import event
from longgame.sim import Customer, Firm, Market, Salesperson, Scenario, run
from longgame.sim.precompile import parts, precompile

class Mine(Salesperson):
    def conduct(self, customer):
        return super().conduct(customer)

class Mind(Customer):
    def approach(self, candidates):
        return super().approach(candidates)
    def decide(self, offer):
        return super().decide(offer)
    def experience(self, deal):
        return super().experience(deal)

class House(Firm):
    def policy(self):
        return super().policy()

precompile(colleagues=True, customers=True)
for entry in parts(colleagues=True, customers=True):
    entry.compile()
scenario = Scenario(months=14).but({"customers.count": 100})
market = Market(scenario, rng=1, classes={"collaborative": Mine, "adversarial-herd": [Mine, House], "customers": Mind})
with event.install_recorder("numba:compile") as compiled:
    market.run_for(14)
    market.result()
    run(scenario, 0)
print(len(compiled.buffer))
"""

A_SMALL_RUN = """
import sys
import numba
import numpy as np
from longgame.sim import Scenario, run

run(Scenario(months=1).but({"customers.count": 10}), 0)
print("scipy.linalg" in sys.modules, numba.njit(lambda a: a @ a)(np.ones((3, 3)))[0, 0])
"""

IN_AN_EMPTY_CACHE = """
from longgame.sim.precompile import parts
entries = {entry.name: entry for entry in parts(colleagues=True, customers=True)}
print(any(entry.is_cached() for entry in entries.values()), end=" ")
entries["line_up"].compile()
print(*(name for name, entry in entries.items() if entry.is_cached()))
"""


def output_of(code: str, **environment: str) -> str:
    """Return what Python code prints in a process of its own: others may have compiled for types of theirs."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout.strip()


class Part:
    """An entry point that takes no time to compile."""

    def __init__(self, name: str, cached: bool = False) -> None:
        self.name, self.cached, self.compiled = name, cached, 0

    def is_cached(self) -> bool:
        return self.cached

    def compile(self) -> None:
        self.compiled += 1
        self.cached = True


@pytest.fixture
def parts(monkeypatch):
    """Let the market consist of five entry points, of which one is compiled."""
    made = [Part("cover"), Part("approach", cached=True), Part("serve"), Part("need"), Part("decide")]
    monkeypatch.setattr("longgame.sim.precompile.parts", lambda *_: made)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    precompile.cache_clear()
    yield made
    precompile.cache_clear()


def test_neither_a_run_nor_a_step_of_a_market_compiles_anything():
    assert output_of(IN_A_PROCESS_OF_ITS_OWN) == "0"


def test_every_function_that_python_calls_is_an_entry_point():
    names = [f"{stages.__name__}.{each.name}" for each in pkgutil.iter_modules(stages.__path__)]
    found = {
        name
        for module in [compiled, loop, network, state, *map(importlib.import_module, names)]
        for name, value in vars(module).items()
        if isinstance(value, compiled.EntryPoint) or isinstance(getattr(value, "_cache", None), FunctionCache)
    }
    assert {part.name.partition("/")[0] for part in parts_of_the_market(colleagues=True, customers=True)} == found


def test_a_start_does_not_wait_for_scipy_and_numba_can_multiply_matrices_still():
    assert output_of(A_SMALL_RUN) == "False 3.0"


def test_numba_is_asked_what_is_compiled(tmp_path):
    assert output_of(IN_AN_EMPTY_CACHE, LONGGAME_CACHE=str(tmp_path)) == "False line_up"


@pytest.mark.parametrize("executable", ["", "/nowhere/python"])
def test_without_a_second_process_the_first_compiles_what_is_missing(parts, monkeypatch, executable):
    monkeypatch.setattr(sys, "executable", executable or sys.executable)
    monkeypatch.setattr(os, "cpu_count", lambda: 2 if executable else 1)
    precompile()
    precompile()
    assert [part.compiled for part in parts] == [1, 0, 1, 1, 1]


def test_a_second_process_is_given_every_other_part(parts, monkeypatch):
    given = []
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: given.append(command) or _raise(OSError()))
    precompile()
    assert [command[1:] for command in given] == [["-m", "longgame.sim.precompile", "serve", "decide"]]


def _raise(error: Exception) -> None:
    raise error


def test_progress_is_shown_line_by_line_where_stderr_is_piped(parts, capsys):
    precompile()
    first, *_, last = capsys.readouterr().err.splitlines()
    assert (first, last) == ("compiling the market (once): 0 of 4", "compiling the market (once): 4 of 4")


def test_a_long_compilation_is_not_silent(parts, capsys, monkeypatch):
    monkeypatch.setattr("longgame.sim.say.INTERVAL", 0.01)
    monkeypatch.setattr("longgame.sim.say.SILENCE", 0.02)
    monkeypatch.setattr(parts[0], "compile", lambda: time.sleep(0.5))
    precompile()
    assert capsys.readouterr().err.count("0 of 4, 0 s\n") > 2


def test_progress_is_one_line_on_a_terminal(parts, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    precompile()
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.endswith("\rcompiling the market (once): 4 of 4\n")


def test_nothing_is_said_where_everything_is_compiled(parts, capsys):
    for part in parts:
        part.cached = True
    precompile()
    assert capsys.readouterr().err == "" and not any(part.compiled for part in parts)


def test_an_interrupted_compilation_is_taken_up_again(parts, monkeypatch):
    def interrupt(self: Part) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Part, "compile", interrupt)
        precompile()
    precompile()
    assert [part.compiled for part in parts] == [1, 0, 1, 1, 1]


def test_a_run_works_whether_or_not_anything_was_compiled_ahead():
    assert len(run(Scenario(months=1).but({"customers.count": 10}), 0).market) == 1
