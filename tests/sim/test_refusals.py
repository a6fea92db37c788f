"""What is refused of scenarios, strategies and settings, each in one line that says what would be right."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from pandas._libs.parsers import STR_NA_VALUES
from pydantic import ValidationError

from longgame.sim.errors import InputError
from longgame.sim.organisation import Firms
from longgame.sim.refusals import permitted
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import load_scenario, load_strategies, set_values
from longgame.sim.strategy import Strategy
from tests.sim.user_files import lines_of, written

ONE = '[[strategies]]\nname = "{}"\ndescription = "d"\n'

BAD_SCENARIOS = {
    "below the range": ("[customers]\nrate = -1", ["customers.rate is -1", "above 0 and at most 50 per month"]),
    "above the range": ("[trust]\nprior = 1.5", ["trust.prior is 1.5", "above 0 and"]),
    "zero months": ("months = 0", ["months is 0", "at least 1 and at most 12000 months"]),
    "misspelt number": ("[customers]\nraet = 1", ["customers.raet is not", "did you mean `customers.rate`"]),
    "misspelt section": ("[custmers]\nrate = 1", ["custmers is not", "did you mean `customers`"]),
    "forgotten section": ("rate = 0.5", ["rate is not", "did you mean `customers.rate`"]),
    "number in the wrong section": ("[offer]\nchurn = 0.5", ["offer.churn", "did you mean `customers.churn`"]),
    "nothing near": ("[offer]\nxyzzy = 1", ["offer.xyzzy is not", "known names in offer are unit_cost"]),
    "text for a number": ('[customers]\nrate = "often"', ['customers.rate is "often"', "a number, above 0"]),
    "fraction for a whole number": ("months = 10.5", ["months is 10.5", "a whole number, at least 1"]),
    "number for a switch": ("[trust]\nmemory = 1", ["trust.memory is 1", "true or false"]),
    "switch for a number": ("[customers]\ncount = true", ["customers.count is true", "a whole number"]),
    "number for a section": ("customers = 3", ["customers is 3", "a table"]),
    "infinite": ("[customers]\nrate = inf", ["customers.rate is inf", "a finite number, above 0"]),
    "not a number": ("[customers]\nstake = nan", ["customers.stake is nan", "a finite number"]),
    "huge integer": (f"months = 1{'0' * 400}", ["months is a whole number of about 401 digits", "at most 12000"]),
    "huge integer for a fraction": (f"[offer]\nbreadth = 1{'0' * 400}", ["offer.breadth is", "at most 0.5"]),
    "unreadable integer": (f"months = 1{'0' * 5000}", ["number that cannot be read", "smaller"]),
    "odd contacts": ("[network]\ncontacts = 3", ["network: `contacts` is 3", "must be even"]),
    "skills out of order": ("[offer]\nskill_low = 1\nskill_high = 0.5", ["offer: `skill_low` is 1", "exceed"]),
    "no firms": ("firms = []", ["firms is empty", "at least one"]),
    "firms not a list": ("firms = 3", ["firms is 3", "a list of tables"]),
    "firm without strategies": ('[[firms]]\nname = "a"', ["firms.a.strategies is missing", "add it"]),
    "firm without name": ("[[firms]]\nstrategies = {adversarial = 1}", ["firms.0.name is missing"]),
    "two groups of one name": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 1}\n' * 2,
        ["two groups named 'a'", "unique"],
    ),
    "unknown strategy": ('[[firms]]\nname = "a"\nstrategies = {nice = 1}', ["strategy 'nice' is not known", "choose"]),
    "no member": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 0}',
        ["firms.a.strategies.adversarial is 0", "at least 1"],
    ),
    "unknown policy": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 1}\npolicy = "flock"',
        ["firms.a: `policy` is 'flock'", "herd"],
    ),
    "bad policy dial": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 2}\npolicy = {pay = {closings = 9}}',
        ["firms.a.policy.pay.closings is 9", "at least 0 and at most 5"],
    ),
    "misspelt policy dial": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 2}\npolicy = {share_leads = true}',
        ["firms.a.policy.share_leads is not", "did you mean `firms.a.policy.shares_leads`"],
    ),
    "unknown choice": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 2}\npolicy = {hiring = "luck"}',
        ['firms.a.policy.hiring is "luck"', "'culture' or 'record'"],
    ),
    "sharing alone": (
        '[[firms]]\nname = "a"\nstrategies = {adversarial = 1}\npolicy = "herd"',
        ["`shares_leads` needs a firm of two"],
    ),
    "bad name": ('name = "My Market"', ['name is "My Market"', "lower-case", "60 characters"]),
    "half an endgame": (
        '[[strategies]]\nname = "x"\ndescription = "d"\nendgame_months = 3',
        ["strategies.x: `endgame`", "both or neither"],
    ),
    "unknown base": ('base = "softwear"', ['base is "softwear"', "did you mean `software`"]),
    "base not a name": ("base = 3", ["base is 3", "choose from repeat-supply"]),
    "acquainted with too many": ("[trust]\nacquainted = true", ["`trust.acquainted` needs room", "43"]),
    "used to a stranger": (
        "[choice]\ninitial_habit = 0.5",
        ["`choice.initial_habit` is 0.5", "needs `trust.acquainted` = true"],
    ),
    "syntax": ("months = 3\nrate == 4", ["not valid TOML", "line 2"]),
    "unquoted word": ("name = herd", ["not valid TOML", "line 1", '"word"']),
    "twice": ("months = 3\nmonths = 4\nx = 1", ["not valid TOML", "line 2", "once"]),
    "deep nesting": ("a = " + "[" * 3000 + "]" * 3000, ["nested too deeply"]),
    "deeper than useful": ("a = " + "[" * 30 + "]" * 30, ["nested too deeply", "20"]),
    "deep tables": (".".join("a" * 900) + " = 1", ["nested too deeply"]),
    "not UTF-8": (b"months = 3\nname = '\xff'", ["line 2 is not UTF-8", "save the file as UTF-8"]),
    "terminal codes": ('"\\u001b[31m" = 1', ["\\x1b[31m is not a known name"]),
}


@pytest.mark.parametrize("case", BAD_SCENARIOS)
def test_a_bad_scenario_is_refused_in_one_clear_line(tmp_path, case):
    text, words = BAD_SCENARIOS[case]
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        load_scenario(path)
    (line,) = lines_of(error)
    assert line.startswith(str(path))
    for word in words:
        assert word in line, line
    assert len(line) < 700 + len(str(path))


def test_every_mistake_is_shown_one_line_each(tmp_path):
    path = written(tmp_path, "months = 0\nfoo = 1\n[customers]\nrate = -1\nstake = 'x'\n[network]\ncontacts = 5\n")
    with pytest.raises(InputError) as error:
        load_scenario(path)
    lines = lines_of(error)
    assert len(lines) == 5
    assert all(line.startswith(f"{path}: ") for line in lines)
    for field in ("months", "foo", "customers.rate", "customers.stake", "contacts"):
        assert sum(field in line.split(";")[0] for line in lines) == 1


def test_a_thousand_mistakes_are_counted_not_poured_out(tmp_path):
    path = written(tmp_path, "".join(f"k{i} = 1\n" for i in range(1000)))
    with pytest.raises(InputError) as error:
        load_scenario(path)
    lines = lines_of(error)
    assert len(lines) == 21 and "980 more" in lines[-1]


@pytest.mark.parametrize(
    ("name", "words"), [("sofware", "did you mean `software`"), ("qqq", "choose from repeat-supply"), ("", "choose")]
)
def test_an_unknown_configuration(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        load_scenario(name)
    (line,) = lines_of(error)
    assert "neither a file nor a named configuration" in line and words in line


BAD_SETTINGS = {
    "customers.raet=1": ["customers.raet is not a known name", "did you mean `customers.rate`"],
    "customer.rate=1": ["customer.rate is not a known name", "did you mean `customers.rate`"],
    "rate=1": ["rate is not", "did you mean `customers.rate`"],
    "customers.rate=-1": ["customers.rate is -1", "above 0 and at most 50 per month"],
    "customers.rate=fast": ['customers.rate is "fast"', "a number"],
    "months=12.5": ["months is 12.5", "a whole number"],
    "trust.memory=True": ['trust.memory is "True"', "true or false"],
    "customers.rate=": ["has no value"],
    "customers.rate": ["is not of the form name=value"],
    "=3": ["is not of the form name=value"],
    "customers.rate=.5": ["is not a TOML value", "a number (0.5)"],
    "customers.rate=1,5": ["is not a TOML value"],
    "customers.rate=1\nmonths=2": ["is not a TOML value"],
    "customers.rate.x=1": ["customers.rate is a single value"],
    "firms.nobody.count=2": ['firms has no "nobody"', "choose from adversarial-singleton"],
    "firms.9.count=2": ['firms has no "9"'],
    "firms.0.cuont=2": ["firms.adversarial-singleton.cuont is not", "count`"],
    "firms=3": ["firms is 3", "a list"],
    "customers=3": ["customers is 3", "a table"],
    "customers.rate=nan": ["customers.rate is nan", "finite"],
    "staffing.habitual=pushy": ["strategy 'pushy' is not known"],
    f"months={'9' * 5000}": ["is not a TOML value"],
    "months=" + "[" * 2000 + "]" * 2000: ["is not a TOML value"],
}


@pytest.mark.parametrize("setting", BAD_SETTINGS, ids=lambda s: s[:30].replace("\n", " "))
def test_a_bad_setting_is_refused_in_one_clear_line(setting):
    with pytest.raises(InputError) as error:
        set_values(Scenario(), [setting])
    (line,) = lines_of(error)
    assert line.startswith("--set ")
    assert setting.split("\n")[0] in line or len(setting) > 1000
    for word in BAD_SETTINGS[setting]:
        assert word in line, line


def test_several_bad_settings_are_all_shown():
    with pytest.raises(InputError) as error:
        set_values(Scenario(), ["months=0", "customers.rate=-1"])
    assert len(lines_of(error)) == 2


@pytest.mark.parametrize("name", ["na", "nan", "none", "null", "inf", "infinity", "true", "false"])
def test_a_name_that_a_table_would_not_give_back_is_refused(tmp_path, name):
    texts = {
        f"strategies.{name}.name": ONE.format(name),
        f"firms.{name}.name": f'[[firms]]\nname = "{name}"\nstrategies = {{milker = 1}}',
        "name": f'name = "{name}"',
    }
    for field, text in texts.items():
        path = written(tmp_path, text)
        with pytest.raises(InputError) as error:
            (load_strategies if "strategies." in field else load_scenario)(path)
        (line,) = lines_of(error)
        assert line.startswith(f'{path}: {field}: "{name}" is read from a table as a missing value')
    with pytest.raises(InputError, match=f'^--set name="{name}": name: "{name}" is read'):
        set_values(Scenario(), [f'name="{name}"'])
    for make in (
        lambda: Strategy(name=name, description="d"),
        lambda: Firms(name=name, strategies={"milker": 1}),
        lambda: Scenario(name=name),
    ):
        with pytest.raises(ValidationError, match=f'(?s)name\n.*"{name}" is read from a table'):
            make()


def test_pandas_reads_every_permitted_name_as_a_name():
    for name in sorted(STR_NA_VALUES):
        with pytest.raises(ValidationError):
            Strategy(name=name, description="d")
    for name in ("a", "nano", "e5", "inf-1", "n-a", "yes"):
        Strategy(name=name, description="d")
        table = pd.read_csv(io.StringIO(f"strategy\n{name}\n"))
        assert table.strategy.tolist() == [name]


BAD_STRATEGIES = {
    "empty": ("", ["strategies is missing", "[[strategies]]"]),
    "no header": ('name = "x"\ndescription = "d"', ["strategies is missing", "[[strategies]]"]),
    "empty list": ("strategies = []", ["empty list"]),
    "not a list": ('strategies = "x"', ["strategies is", "a list of tables"]),
    "dial": (
        ONE.format("x") + "with_prospects = {pressure = 2}",
        ["strategies.x.with_prospects.pressure is 2", "at most 1"],
    ),
    "misspelt": (
        ONE.format("x") + "with_prospects = {presure = 0}",
        ["did you mean `strategies.x.with_prospects.pressure`"],
    ),
    "no description": ('[[strategies]]\nname = "x"', ["strategies.x.description is missing"]),
    "no words": ('[[strategies]]\nname = "x"\ndescription = ""', ["strategies.x.description is empty"]),
    "twice": (ONE.format("x") * 2, ['the name "x" 2 times', "its own"]),
    "library": (ONE.format("milker"), ['"milker", a strategy of the library', "another name"]),
    "name": (ONE.format("X Y"), ['name is "X Y"', "lower-case", "40 characters"]),
    "single brackets": (ONE.format("x").replace("[[", "[").replace("]]", "]"), ["a line [[strategies]]"]),
    "whole scenario": (
        'name = "x"\n' + ONE.format("x") + "[customers]\nrate = 1",
        ["name, customers belong to a whole scenario", "[[strategies]] alone"],
    ),
}


@pytest.mark.parametrize("case", BAD_STRATEGIES)
def test_bad_strategies_are_refused_in_one_clear_line(tmp_path, case):
    text, words = BAD_STRATEGIES[case]
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        load_strategies(path)
    (line,) = lines_of(error)
    assert line.startswith(str(path))
    for word in words:
        assert word in line, line


def test_permitted_ranges_are_read_from_the_declaration():
    fields = {path: info for path, info, _ in Scenario().numbers()}
    assert permitted(fields["customers.count"]) == "at least 1 and at most 100000000 customers"
    assert permitted(None) == ""
