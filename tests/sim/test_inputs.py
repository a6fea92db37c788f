"""The user's files: what is read, what is refused and in which words, and that writing is whole or not at "
"all."""

from __future__ import annotations

import errno
import io
import math
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longgame.sim.configurations import CHANGES, CONFIGURATIONS, DESCRIPTIONS, cover, description, load
from longgame.sim.errors import InputError
from longgame.sim.files import SIZE_LIMIT, write_atomically
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy, Firms, Pay
from longgame.sim.refusals import permitted
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario, load_scenario, load_strategies, set_values
from longgame.sim.strategy import Conduct, Strategy


def written(folder: Path, text: str | bytes, name: str = "market.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines_of(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    lines = str(error.value).splitlines()
    assert tuple(lines) == error.value.lines
    assert "Traceback" not in str(error.value) and "pydantic" not in str(error.value)
    assert "function-after" not in str(error.value)
    return lines


# -- scenarios: what is accepted -----------------------------------------------------------------------


def test_a_file_gives_only_what_differs(tmp_path):
    path = written(tmp_path, 'base = "software"\nmonths = 24\n[customers]\nrate = 1\n')
    scenario = load_scenario(path)
    software = CONFIGURATIONS["software"]
    assert scenario == software.but({"months": 24, "customers.rate": 1.0})
    assert scenario.customers.stake == software.customers.stake


def test_without_base_it_starts_from_the_default(tmp_path):
    assert load_scenario(written(tmp_path, "")) == Scenario()
    assert load_scenario(str(written(tmp_path, "\ufeffmonths = 7"))) == Scenario(months=7)


def test_a_name_is_a_configuration_and_a_dotted_path_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "months = 5", "software")
    assert load_scenario("software") == CONFIGURATIONS["software"]
    assert load_scenario("./software").months == 5


def test_firms_of_the_file_replace_those_of_the_base(tmp_path):
    path = written(tmp_path, '[[firms]]\nname = "a"\nstrategies = {principled = 2}\npolicy = {delivery_team = 3}\n')
    (group,) = load_scenario(path).firms
    assert (group.name, group.members, group.rules) == ("a", 2, FirmPolicy(delivery_team=3.0))


def test_own_strategies_in_a_scenario(tmp_path):
    text = (
        '[[strategies]]\nname = "mine"\ndescription = "d"\n[strategies.with_prospects]\npressure = 1\n'
        '[[firms]]\nname = "a"\nstrategies = {mine = 1}\n'
    )
    assert load_scenario(written(tmp_path, text)).strategy("mine").with_prospects.pressure == 1.0


# -- scenarios: what is refused ------------------------------------------------------------------------

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
    "base not a name": ("base = 3", ["base is 3", "choose from default"]),
    "acquainted with too many": ("[trust]\nacquainted = true", ["`trust.acquainted` needs room", "40"]),
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


def test_files_that_cannot_be_read(tmp_path):
    written(tmp_path, "", "market.toml")
    cases = {
        tmp_path: "is a directory",
        tmp_path / "markte.toml": "did you mean `market.toml`",
        tmp_path / "no" / "where.toml": "no such file",
        tmp_path / "market.toml" / "inner.toml": "not a directory",
        written(tmp_path, "#" * (SIZE_LIMIT + 1), "large.toml"): "larger than 1000000 bytes",
        str(tmp_path) + "/a\0b.toml": "not a possible file name",
    }
    for path, words in cases.items():
        with pytest.raises(InputError) as error:
            load_scenario(path)
        (line,) = lines_of(error)
        assert words in line


def test_a_protected_file(tmp_path, monkeypatch):
    path = written(tmp_path, "")

    def refuse(*_args, **_kwargs):  # file permissions do not stop the superuser, so the refusal is played
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        load_scenario(path)


@pytest.mark.parametrize(
    ("name", "words"), [("sofware", "did you mean `software`"), ("qqq", "choose from default"), ("", "choose")]
)
def test_an_unknown_configuration(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        load_scenario(name)
    (line,) = lines_of(error)
    assert "neither a file nor a named configuration" in line and words in line


# -- --set ---------------------------------------------------------------------------------------------


def test_set_values():
    s = set_values(
        Scenario(),
        [
            "customers.rate = 0.5",
            "months=24",
            "trust.memory=false",
            "name=mine",
            "staffing.habitual=milker",
            "firms.adversarial-herd.count=4",
            "firms.0.count=3",
            "firms.collaborative-herd.policy.delivery_team=5",
            "months=36",
            "offer={unit_cost = 0.3}",
        ],
    )
    assert (s.customers.rate, s.months, s.trust.memory, s.name) == (0.5, 36, False, "mine")
    assert s.staffing.habitual == "milker"
    assert {g.name: g.count for g in s.firms} == {
        "adversarial-singleton": 3,
        "adversarial-herd": 4,
        "collaborative-singleton": 10,
        "collaborative-herd": 2,
    }
    assert s.firms[3].rules == POLICIES["herd"].model_copy(update={"delivery_team": 5.0})
    assert s.offer.unit_cost == 0.3 and s.offer.craft == Scenario().offer.craft


def test_set_values_replaces_firms_whole():
    s = set_values(Scenario(), ['firms=[{name="a", strategies={principled=1}}]'])
    assert s.firms == (Firms(name="a", strategies={"principled": 1}),)


def test_set_values_fills_in_an_absent_conduct():
    own = Strategy(name="own", description="d")
    scenario = Scenario(strategies=(own,), firms=(Firms(name="a", strategies={"own": 1}),))
    assert set_values(scenario, ["strategies.own.with_clients.markup=1.5"]).strategy("own").with_clients == Conduct(
        markup=1.5
    )


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


# -- round trips ---------------------------------------------------------------------------------------

_floats = st.floats(0, 1, allow_nan=False)
_conducts = st.builds(
    Conduct,
    discovery=_floats,
    overpromise=_floats,
    pressure=_floats,
    markup=st.floats(-0.9, 5),
    refer=_floats,
    walk_away=st.floats(-10, 1),
    aftercare=_floats,
)
_names = st.from_regex(r"\A[a-z][a-z0-9-]{0,20}\Z").filter(lambda n: n not in STRATEGIES)


@st.composite
def _strategies(draw):
    months = draw(st.integers(0, 24))
    return Strategy(
        name=draw(_names),
        description=draw(st.text(min_size=1)),
        origin=draw(st.text()),
        with_prospects=draw(_conducts),
        with_clients=draw(st.none() | _conducts),
        endgame=draw(_conducts) if months else None,
        endgame_months=months,
        client_after=draw(st.integers(1, 1000)),
        skill=draw(st.floats(0.01, 1)),
    )


@st.composite
def scenarios(draw):
    default = Scenario()
    changes = {}
    for path, info, value in default.numbers():
        dependent = path in ("network.contacts", "choice.initial_habit") or "skill_" in path
        if isinstance(value, bool | str) or dependent:
            continue
        bounds = {k: getattr(m, k) for m in info.metadata for k in ("ge", "le", "gt", "lt") if hasattr(m, k)}
        if draw(st.integers(0, 3)):
            continue
        low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
        if isinstance(value, int):
            changes[path] = draw(st.integers(int(low), int(high)))
        else:
            changes[path] = draw(
                st.floats(low, high, exclude_min="gt" in bounds, exclude_max="lt" in bounds, allow_nan=False)
            )
    own = draw(st.lists(_strategies(), max_size=2, unique_by=lambda s: s.name))
    names = [s.name for s in own] + list(STRATEGIES)[:4]
    policy = st.sampled_from(["singleton", "herd"]) | st.builds(
        FirmPolicy,
        shares_leads=st.booleans(),
        delivery_team=st.floats(0, 1000),
        learning=st.sampled_from(["nobody", "rivals"]),
        pay=st.builds(Pay, closings=st.floats(0, 5), contest=st.floats(0, 5)),
    )
    group = st.builds(
        Firms,
        name=_names,
        count=st.integers(1, 9),
        policy=policy,
        strategies=st.dictionaries(st.sampled_from(names), st.integers(2, 9), min_size=1, max_size=3),
    )
    groups = draw(st.lists(group, min_size=1, max_size=3, unique_by=lambda g: g.name))
    return default.but(changes).model_copy(update={"strategies": tuple(own), "firms": tuple(groups)})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), comment=st.text(), explain=st.booleans())
def test_a_dumped_scenario_loads_as_an_equal_one(tmp_path_factory, scenario, comment, explain):
    Scenario.model_validate(scenario.model_dump())  # the generator itself makes valid ones
    path = tmp_path_factory.mktemp("dump") / "s.toml"
    dump_scenario(scenario, path, comments=comment, explain=explain)
    assert load_scenario(path) == scenario
    assert load_scenario(path).key() == scenario.key()


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_round_trip(name):
    stream = io.StringIO()
    dump_scenario(CONFIGURATIONS[name], stream, comments=["made for", "a test"], explain=True)
    assert stream.getvalue().startswith("# made for\n# a test\n\n")
    assert "needs of a customer (above 0 and at most 50 per month)" in stream.getvalue()


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_any_setting_gives_a_scenario_or_an_input_error(text):
    try:
        assert isinstance(set_values(Scenario(), [text]), Scenario)
    except InputError as error:
        assert all(line.isprintable() for line in error.lines)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(max_size=100) | st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_give_a_scenario_or_an_input_error(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("any") / "s.toml"
    path.write_bytes(raw)
    try:
        assert isinstance(load_scenario(path), Scenario)
    except InputError as error:
        assert all(line.startswith(str(path)) and line.isprintable() for line in error.lines)


# -- strategies ----------------------------------------------------------------------------------------


def test_strategies_are_loaded(tmp_path):
    path = written(
        tmp_path,
        '[[strategies]]\nname = "mine"\ndescription = "d"\nendgame_months = '
        "6\n[strategies.with_prospects]\nmarkup = 0.3\n"
        "[strategies.endgame]\nmarkup = 2\n[[strategies]]\nname = 'other'\ndescription = 'e'\n",
    )
    mine, other = load_strategies(path)
    assert mine.conducts()[2].markup == 2.0 and mine.with_prospects.markup == 0.3
    assert other == Strategy(name="other", description="e")


ONE = '[[strategies]]\nname = "{}"\ndescription = "d"\n'
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


# -- writing -------------------------------------------------------------------------------------------


def test_writing_replaces_whole_files(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    (tmp_path / "old").hardlink_to(path)
    with write_atomically(path) as stream:
        stream.write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    # Renamed into place, not written over: whoever holds the old file still reads it whole.
    assert (tmp_path / "old").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "old"]


def test_an_error_while_writing_leaves_everything_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), write_atomically(path) as stream:
        stream.write("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="make room"), write_atomically(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_writing_follows_links(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with write_atomically(tmp_path / "link.txt", binary=True) as stream:
        stream.write(b"new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for path, words in {
        tmp_path: "is a directory",
        tmp_path / "no" / "a.toml": "does not exist",
        tmp_path / "file" / "a.toml": "does not exist",
        str(tmp_path / "a\0b"): "not a possible file name",
        tmp_path / ("x" * 300): "cannot be written",
    }.items():
        with pytest.raises(InputError) as error:
            dump_scenario(Scenario(), path)
        (line,) = lines_of(error)
        assert words in line
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InputError("a: b", "c: d")))
    assert error.lines == ("a: b", "c: d") and str(error) == "a: b\nc: d"


# -- reference configurations --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_are_in_proportion(name):
    scenario = CONFIGURATIONS[name]
    assert scenario.name == name
    assert Scenario.model_validate(scenario.model_dump()) == scenario
    # Every need can be served, and the margin of the needs pays the wage several times over.
    # (The default is scarcer of hours on purpose: there not every visit can be served.)
    assert cover(scenario) >= 4.0
    if name != "default":
        assert 0.6 <= load(scenario) <= 0.9
        assert cover(scenario) <= 7.0


def test_load_and_cover_by_hand():
    own = Strategy(
        name="own", description="d", with_prospects=Conduct(discovery=0.8, advice=0.2, aftercare=0.8, markup=0.4)
    )
    # Ten customers with a need every month; each visit takes 60 + 360·0.8 + 240·0.2 = 396 minutes, then 60 of
    # service and, for one in 0.15·0.6, a complaint of 60 and support of 480·0.8.
    s = Scenario().but(
        {
            "customers.count": 10,
            "customers.rate": 50.0,
            "customers.rate_spread": 0.0,
            "customers.stake": 100.0,
            "customers.stake_spread": 0.0,
            "economy.wage": 10.0,
            "attention.talk": 60,
            "attention.ask": 360,
            "attention.advise": 240,
            "attention.capacity": 9600,
            "service.issue": 0.15,
            "service.voice": 0.6,
            "service.service": 60,
            "service.complaint": 60,
            "service.support": 480,
            "offer.unit_cost": 0.4,
            "strategies": [own.model_dump()],
            "firms": [{"name": "a", "strategies": {"own": 1}}],
        }
    )
    assert load(s) == pytest.approx(10 * (396 + 60 + 0.09 * (60 + 384)) / 9600)
    assert cover(s) == pytest.approx(10 * 0.4 * 0.4 * 100 / 10)
    assert math.isinf(cover(s.but({"economy.wage": 0.0})))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_changed_number_has_its_reason(name):
    assert set(CHANGES) == set(DESCRIPTIONS) == set(CONFIGURATIONS)
    default, scenario = Scenario(), CONFIGURATIONS[name]
    before = {path: value for path, _, value in default.numbers()}
    differs = {path for path, _, value in scenario.numbers() if value != before[path]}
    stated = [change.path for change in CHANGES[name]]
    assert differs <= set(stated) and len(stated) == len(set(stated))
    assert all(change.reason for change in CHANGES[name])
    assert all(path in description(name) for path in stated)


def test_permitted_ranges_are_read_from_the_declaration():
    fields = {path: info for path, info, _ in Scenario().numbers()}
    assert permitted(fields["customers.count"]) == "at least 1 and at most 100000000 customers"
    assert permitted(None) == ""
