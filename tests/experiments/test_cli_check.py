"""`longgame list` and `longgame check` with files of the user's own."""

import sys
from pathlib import Path

import pytest

import longgame
from longgame.experiments import contracts, studies
from longgame.experiments.cli import main as cli
from longgame.experiments.cli import names
from longgame.experiments.studies import cards
from longgame.sim.errors import InputError
from longgame.sim.library import STRATEGIES

STUDY = '''"""Pay over time."""
from longgame import Findings, Plan, Study
from longgame.experiments.measures.kept import HORIZONS

def found(tables):
    return Findings("my-pay", "Pay.", sentences=("Pay was paid.",), tables={"runs": tables["horizons"]})

STUDY = Study("my-pay", __doc__, lambda scenario, seeds: Plan({"one": scenario}, seeds, [HORIZONS]), found)
'''

SELLER = """from longgame import Salesperson

class Keen(Salesperson):
    name, description, base = "keen", "Pushes in the first year.", "collaborative"
    origin, weakness = "A test.", "Customers who remember."

    def conduct(self, customer):
        usual = super().conduct(customer)
        return usual.but(pressure=0.8) if self.month <= 12 else usual
"""

DECLARED = """[[strategies]]
name = "calm"
description = "Never pushes."
origin = "A test."
weakness = "Customers who forget."
with_prospects = { discovery = 0.8, pressure = 0.0 }
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Work in a folder with files of each kind, and others that declare nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    tiny = contracts.MARKET.but({"customers.count": 100, "months": 12})
    monkeypatch.setattr(contracts.check_study, "__kwdefaults__", {"scenario": tiny, "seeds": contracts.SEEDS})
    monkeypatch.setattr(contracts.check_strategy, "__kwdefaults__", {"scenario": tiny})
    for name, text in {
        "my_pay.py": STUDY,
        "keen.py": SELLER,
        "calm.toml": DECLARED,
        "broken.py": "x = = 1",
        "letter.py": "raise RuntimeError('was run')",
        "half.toml": "[[strat",
    }.items():
        Path(name).write_text(text)
    Path("bytes.py").write_bytes(b"\xff\xfe")
    Path("folder.py").mkdir()
    yield
    sys.modules.pop("my_pay", None)


def test_list_has_the_files_of_the_folder_that_declare_something_and_runs_none(capsys):
    assert names.own_files() == {
        "calm.toml": "strategies",
        "keen.py": "strategies",
        "my_pay.py": "study: Pay over time.",
    }
    assert cli.main(["list"]) == 0
    assert "  my_pay.py  study: Pay over time." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CLAIM = 1", "claim"),
        ("STUDY: object = 1", "study"),
        ("class STUDY: ...", "study"),
        ("'''STUDY = 1'''\nSTUDY_OF = 1\nif x:\n    CLAIM = 1", ""),
        ("A = [sim.Strategy(name=f'a-{k}') for k in range(2)]", "strategies"),
        ("import Strategy\nkind: Strategy", ""),
    ],
)
def test_what_a_file_declares(text, kind):
    Path("one.py").write_text(text)
    assert names.declares("one.py") == kind


def test_check_takes_a_study_a_class_and_declared_strategies_without_a_test_of_their_own(capsys):
    assert cli.main(["check", "my_pay.py", "keen.py", "calm.toml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "my_pay.py: study my-pay: every rule is kept",
        "keen.py: strategy keen: every rule is kept",
        "calm.toml: strategy calm: every rule is kept",
    ]


def test_check_says_which_rule_is_broken(capsys):
    Path("my_pay.py").write_text(STUDY.replace("Pay over time.", "How much is paid?"))
    Path("keen.py").write_text(SELLER.replace('"A test."', '"nowhere"'))
    assert cli.main(["check", "my_pay.py", "keen.py"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("my_pay.py: study my-pay: the first line of its text must be a sentence with a full stop")
    assert second.startswith("keen.py: strategy keen: its origin must be a sentence with a full stop")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "FILE: is missing"),
        (["no.py"], "no.py: there is no such file"),
        (["letter.py"], "letter.py: line 1: RuntimeError"),
    ],
)
def test_check_refuses_in_a_line(files, said, capsys):
    assert cli.main(["check", *files]) == 2
    assert capsys.readouterr().err.startswith(f"longgame check: {said}")


def test_a_study_runs_from_python_by_its_file():
    found = longgame.experiment("my_pay.py", contracts.MARKET, months=6, seeds=2, workers=1, progress=False)
    assert found.sentences == ("Pay was paid.",) and set(found.tables["runs"]["seed"]) == {0, 1}
    assert found.about["command"] == "longgame.experiment('my-pay')"


def test_a_study_in_its_folder_must_be_named_after_its_file(monkeypatch):
    Path("own").mkdir()
    Path("own/other_pay.py").write_text(STUDY)
    monkeypatch.setattr(studies, "__path__", [*studies.__path__, "own"])
    with pytest.raises(InputError, match=r"other-pay: STUDY\.name is 'my-pay'; it must be 'other-pay'"):
        studies.load("other-pay")


def test_show_takes_a_strategy_of_the_library_that_was_not_measured_yet(monkeypatch, capsys):
    measured = cards.load()
    left = {market: {name: t for name, t in by.items() if name != "milker"} for market, by in measured.traits.items()}
    monkeypatch.setattr(cards, "load", lambda: type(measured)(**{**vars(measured), "traits": left}))
    assert "milker" in STRATEGIES and cli.main(["show", "milker"]) == 0
    assert "Weakness: " in capsys.readouterr().out
