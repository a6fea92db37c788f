"""The command line: help, what it takes, how it reports what is wrong, and that a scenario is loaded once."""

import sys
from pathlib import Path

import pytest

from longgame.experiments import claims
from longgame.experiments.cli import main as cli
from longgame.experiments.cli.options import Market
from longgame.experiments.studies import all_claims
from longgame.sim import STRATEGIES
from tests.experiments.cli_folder import TINY, files, python


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])


class TestHelp:
    @pytest.mark.parametrize("words", [[], ["--help"], ["--version"], *([name, "--help"] for name in cli.COMMANDS)])
    def test_is_quick_because_nothing_heavy_is_imported(self, words):
        heavy = {"numpy", "pandas", "numba", "matplotlib", "mesa", "pydantic", "scipy", "longgame.sim"}
        code = f"import sys; from longgame.experiments.cli.main import main; code = main({words}); print(code); "
        done = python(f"{code}print(sorted({heavy} & set(sys.modules)))")
        assert done.stdout.splitlines()[-2:] == ["0", "[]"], done.stdout + done.stderr

    @pytest.mark.parametrize("name", cli.COMMANDS)
    def test_every_command_has_help_for_every_option(self, name, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "1000")
        assert cli.main([name, "--help"]) == 0
        usage, _, said, *rows = capsys.readouterr().out.splitlines()
        assert usage.startswith(f"Usage: longgame {name}") and said == cli.COMMANDS[name][1]
        options = [row.strip("│ ") for row in rows if "--" in row.partition("  ")[0] or row.startswith("│ --")]
        assert all("  " in option for option in options), options  # a text after the name

    def test_what_a_first_look_leaves_out_is_said_as_it_is(self, capsys, monkeypatch):
        """The budget is not imported for a help text; so its numbers stand there once more."""
        monkeypatch.setenv("COLUMNS", "1000")
        assert cli.main(["claims", "--help"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        budget = all_claims.QUICK
        assert (budget.dials, budget.figures) == (1, 1) and budget.work is not None
        assert f"A first look: {budget.seeds} seeds, one dial and one figure per claim" in said
        assert f"no dial that costs over {budget.work / 1e6:.0f} million customer-months" in said
        assert f"(default {all_claims.FULL.seeds}, with --quick {budget.seeds})" in said

    def test_no_command_prints_the_help(self, capsys):
        assert cli.main([]) == 0
        assert "fit-strategy" in capsys.readouterr().out


def test_list_shows_everything(capsys):
    assert cli.main(["list"]) == 0
    shown = capsys.readouterr().out
    for name in [*claims.names(), *STRATEGIES, "repeat-supply", "anonymous", "software"]:
        assert f"  {name} " in shown


@pytest.fixture(scope="module")
def opened():
    """Return the names of files that were opened; the system reports every one."""
    names, on = [], [True]
    sys.addaudithook(lambda event, args: names.append(str(args[0])) if on and event == "open" else None)
    yield names
    on.clear()  # a hook cannot be taken away


class TestScenario:
    """Its file may be edited while a command runs: everything must come from what was read at first."""

    WHOLE = (["simulate"], ["run", "desperate", "--seeds", "1", "--workers", "1"])
    #: These end where their results cannot be written, long after they know their scenario.
    ENDING = (
        ["claims", "herd"],
        ["tournament"],
        ["invade", "--turnover", "0.01", "--seeds", "99"],
        ["evolve"],
        ["sweep", "months"],
        ["phase-map"],
        ["sensitivity", "herd"],
        ["fit-strategy"],
    )

    @pytest.mark.parametrize("words", [*WHOLE, *ENDING], ids=lambda words: words[0])
    def test_is_opened_once(self, words, opened):
        Path("mine.toml").write_text('name = "mine"\n')
        Path("taken").write_text("a file")
        opened.clear()
        end = ["--out", "taken"] if words in self.ENDING else []
        assert cli.main([*words, *TINY, "--scenario", "mine.toml", *end]) == (2 if end else 0)
        assert sum(Path(name).name == "mine.toml" for name in opened) == 1

    def test_an_edit_does_not_change_the_name_of_a_run(self):
        file = Path("mine.toml")
        file.write_text("months = 24\n")
        same, changed = Market("mine.toml").load(), Market("mine.toml", ("customers.rate=0.5",)).load()
        names = [same.name("run"), changed.name("run")]
        file.write_text("months = 36\n")
        assert [same.name("run"), changed.name("run")] == names and len(set(names)) == 2


BAD = {
    "an unknown experiment": (["run", "anuity"], ["anuity", "did you mean `annuity`?"]),
    "a hopeless experiment": (["run", "xyz"], ["xyz: is not a claim; `longgame list` shows all"]),
    "an unknown command": (["rnu"], ["longgame: 'rnu' is not a command; did you mean `run`? (try longgame --help)"]),
    "a hopeless command": (["xyz"], ["choose from list, run, check"]),
    "an unknown option": (["run", "herd", "--sedes", "3"], ["longgame run: Unknown option: --sedes"]),
    "one word too many": (["run", "herd", "twice"], ["longgame run: 'twice' is more than the command takes"]),
    "no experiment": (["run"], ["longgame run: EXPERIMENT requires an argument (try longgame run --help)"]),
    "an option without a value": (["run", "herd", "--seeds"], ["--seeds requires an argument"]),
    "an organisation that is none": (["tournament", "--organisation", "team"], ["--organisation", "singleton", "herd"]),
    "an endless word": (["run", "herd", "--seeds", 5000 * "x"], ["--seeds: is 'xxx", "… (try longgame run --help)"]),
    "a word with line breaks": (["run", "herd", "--seeds", "1\n\x1b2"], ["--seeds: is '1", "whole number"]),
    "two ways at once": (["run", "herd", "--quick", "--until-clear"], ["--quick: does not go with --until-clear"]),
    "a sweep of no dial": (["sweep", "customers.chrn=0:1"], ["customers.chrn", "did you mean"]),
    "a sweep of one dial twice": (["sweep", "months=3:6", "months"], ["DIAL months: is turned already"]),
    "a sweep against itself": (
        ["sweep", "months", "--theirs", "collaborative"],
        ["--theirs collaborative: is the same"],
    ),
    "a column that is none": (["sweep", "months", "--column", "proft"], ["--column proft", "did you mean `profit`?"]),
    "a study that is none": (["run", "half.py"], ["half.py: STUDY lacks text, run"]),
    "no seeds": (["run", "herd", "--seeds", "0"], ["--seeds", "'0'", "from 1 to"]),
    "seeds in words": (["run", "herd", "--seeds", "many"], ["--seeds", "'many'"]),
    "no workers": (["run", "herd", "--workers", "0"], ["--workers", "'0'", "from 1 to"]),
    "too many workers": (["run", "herd", "--workers", "99999"], ["--workers", "four per core"]),
    "no months": (["run", "herd", "--months", "0"], ["--months", "'0'", "from 1 to 12000"]),
    "endless months": (["simulate", "--months", "999999"], ["--months"]),
    "a negative seed": (["simulate", "--seed", "-1"], ["--seed"]),
    "an unknown number": (["run", "herd", "--set", "customers.rat=1"], ["customers.rat", "did you mean"]),
    "a number out of range": (["run", "herd", "--set", "customers.churn=2"], ["churn", "2", "at most 1"]),
    "a setting without value": (["run", "herd", "--set", "customers.rate"], ["name=value"]),
    "no such scenario": (["run", "herd", "--scenario", "no.toml"], ["no.toml", "no such file"]),
    "a misspelt configuration": (["run", "herd", "--scenario", "sofware"], ["did you mean `software`?"]),
    "an unknown strategy": (["simulate", "--scenario", "bad.toml"], ["bad.toml", "colaborative"]),
    "arms that find no room": (["run", "annuity", "--scenario", "seven.toml"], ["acquainted", "7"]),
    "a file where a folder should be": (["run", "herd", "--out", "taken"], ["--out taken", "name a directory"]),
    "a file above the folder": (["simulate", "--out", "taken/deep"], ["--out taken/deep", "directory"]),
    "a folder that cannot be": (["simulate", "--out", "/proc/nowhere"], ["--out /proc/nowhere"]),
    "orders of an unknown kind": (["simulate", *TINY, "--orders", "log.xyz"], ["log.xyz", ".csv"]),
    "no order log": (["calibrate", "none.csv", "--out", "s.toml"], ["none.csv"]),
    "a log without a customer": (
        ["calibrate", "log.csv", "--out", "s.toml"],
        ["no column for `customer`", "--customer COL"],
    ),
    "dates that can be read twice": (["calibrate", "dates.csv", "--out", "s.toml"], ['--date-format "%d/%m/%Y"']),
    "a scenario that is not TOML": (["calibrate", "log.csv", "--out", "s.txt"], ["--out s.txt", ".toml"]),
    "a scenario over the log": (
        ["calibrate", "log.csv", "--out", "./log.csv"],
        ["--out ./log.csv", "order log itself"],
    ),
    "a figure over the log": (
        ["calibrate", "log.png", "--out", "s.toml", "--figure", "log.png"],
        ["--figure", "order log itself"],
    ),
    "a folder without a name": (["run", "herd", "--out", ""], ["--out", "must be a name"]),
    "tables without a folder": (["simulate", "--out", ""], ["--out", "must be a name"]),
    "no such store": (["status", "none.sqlite"], ["none.sqlite", "no such file"]),
    "a store that is none": (["export", "log.csv", "--to", "out"], ["log.csv", "not a results store"]),
    "a store to write that is none": (
        ["run", "herd", "--store", "log.csv", "--out", "out"],
        ["log.csv", "not a results store"],
    ),
    "a store where a file is": (["run", "herd", "--store", "taken/s", "--out", "out"], ["taken/s", "a file"]),
    "an export to nowhere": (["export"], ["--to"]),
    "an export of an unknown kind": (["export", "--to", "x", "--format", "xls"], ["--format", "csv"]),
    "a figure of an unknown kind": (
        ["calibrate", "taken", "--out", "s.toml", "--figure", "fit.doc"],
        ["fit.doc", ".png"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing(what, capsys):
    arguments, said = BAD[what]
    Path("taken").write_text("a file")
    for name in ("log.csv", "log.png"):
        Path(name).write_text("wer,date,amount\n1,2024-01-01,5\n")
    Path("dates.csv").write_text("customer,date,amount\n1,01/02/2024,5\n")
    Path("half.py").write_text("class STUDY:\n    name = 'half'\n")
    Path("bad.toml").write_text('[[firms]]\nname = "x"\ncount = 3\nstrategies = { colaborative = 1 }\n')
    Path("seven.toml").write_text(
        "[trust]\nacquainted = true\nremembered = 7\n"
        '[[firms]]\nname = "x"\ncount = 7\nstrategies = { collaborative = 1 }\n'
    )
    before = files()
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    complaints = [line for line in shown.err.strip().splitlines() if "runs of" not in line]
    assert shown.out == "" and len(complaints) == 1, shown.err
    assert all(words in shown.err for words in said), shown.err
    assert complaints[0].startswith("longgame") and len(complaints[0]) < 700
    assert "Traceback" not in shown.err
    assert [name for name in files() if "__pycache__" not in name] == before and not Path("results").exists()
