"""What scenario and strategy files and ``--set`` accept, and that what is written is read back."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longgame.default_market import DEFAULT
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.errors import InputError
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import POLICIES, FirmPolicy, Firms, Pay
from longgame.sim.scenario import Scenario
from longgame.sim.scenario_files import dump_scenario, load_scenario, load_strategies, set_values
from longgame.sim.strategy import _NOT_NAMES, Conduct, Strategy
from tests.sim.user_files import written


def test_a_file_gives_only_what_differs(tmp_path):
    path = written(tmp_path, 'base = "software"\nmonths = 24\n[customers]\nrate = 1\n')
    scenario = load_scenario(path)
    software = CONFIGURATIONS["software"]
    assert scenario == software.but({"months": 24, "customers.rate": 1.0})
    assert scenario.customers.stake == software.customers.stake


def test_without_base_it_starts_from_the_default(tmp_path):
    default = CONFIGURATIONS[DEFAULT]
    assert load_scenario(written(tmp_path, "")) == default
    assert load_scenario(str(written(tmp_path, "\ufeffmonths = 7"))) == default.but(months=7)


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
_names = st.from_regex(r"\A[a-z][a-z0-9-]{0,20}\Z").filter(lambda n: n not in STRATEGIES and n not in _NOT_NAMES)


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
        dependent = path in ("network.contacts", "choice.initial_habit", "burn_in") or "skill_" in path
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
