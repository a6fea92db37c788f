"""Strategy files in Python: whatever such a file raises becomes one line that names it."""

import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.design.entrants import load_python
from longgame.sim import Conduct, Strategy
from longgame.sim.errors import InputError

HEAD = "from longgame import Conduct, Strategy\n"
CONTRIVED = {
    "an error that is no Exception": ("raise BaseException('no')\n", "line 1: BaseException: no; mend the file"),
    "a generator's exit": ("raise GeneratorExit\n", "line 1: GeneratorExit; mend the file"),
    "an error that cannot be printed": (
        "class Silent(Exception):\n    def __str__(self):\n        raise ValueError\nraise Silent\n",
        "raises Silent, which cannot be printed",
    ),
    "a number that cannot be printed": (
        "class Silent:\n    def __str__(self):\n        raise ValueError\n    __repr__ = __str__\n"
        "mine = Strategy(name='mine', description='x', skill=Silent())\n",
        "skill is a value of the class Silent that cannot be printed; it must be a number, above 0 and at most 1",
    ),
    "a mapping without values": (
        "class Empty(dict):\n    def values(self):\n        raise RuntimeError('no values')\nmine = Empty()\n",
        "line 4: RuntimeError: no values",
    ),
    "a strategy that cannot be compared": (
        "class Odd(Strategy):\n    def __eq__(self, other):\n        raise RuntimeError\n"
        "milker = Odd(name='milker', description='x')\n",
        'strategies.milker.name is "milker", a strategy of the library',
    ),
    "what is not validated": ("mine = Strategy.model_construct(name='A B', description='x')\n", 'name is "A B"'),
    "a name that tables do not give back": ("mine = Strategy(name='nan', description='x')\n", 'line 2: name: "nan" is'),
    "a long message": ("raise ValueError('x' * 70_000)\n", "line 1: ValueError: xxx"),
    "a class that lies": (
        "class Liar:\n    __class__ = property(lambda self: 1 / 0)\nmine = Liar()\n",
        "ZeroDivisionError: division by zero",
    ),
}


@pytest.mark.parametrize("case", CONTRIVED)
def test_whatever_a_file_raises_is_one_line(tmp_path, capsys, case):
    text, words = CONTRIVED[case]
    path = tmp_path / "mine.py"
    path.write_text(text if "raise" in text.split()[0] else HEAD + text)
    with pytest.raises(InputError) as error:
        load_python(str(path))
    (line,) = error.value.lines
    assert line.startswith(str(path)) and words in line and len(line) <= 600
    assert main(["tournament", str(path), "milker"]) == 2
    assert capsys.readouterr().err == f"longgame tournament: {line}\n"


def test_ctrl_c_while_a_file_runs_stops_the_command(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load_python(str(path))


def test_strategies_of_a_subclass_become_plain_ones(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        HEAD + "class Mine(Strategy):\n    note: str = 'y'\n    def __eq__(self, other):\n        raise ValueError\n"
        "class Part(float):\n    def __str__(self):\n        raise ValueError\n    __repr__ = __str__\n"
        "both = [Mine(name='mine', description='x', with_prospects=Conduct(pressure=Part(0.3)))] * 2\n"
    )
    (mine,) = load_python(str(path))
    assert type(mine) is Strategy
    assert mine == Strategy(name="mine", description="x", with_prospects=Conduct(pressure=0.3))


@pytest.mark.parametrize("path", ["x" * 300 + ".py", "d/" * 3000 + "x.py", "x\0.py"], ids=["name", "path", "nul"])
def test_names_that_no_file_can_have(path, capsys):
    assert main(["tournament", path, "milker"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "File name too long" in line or "is not a possible file name" in line
