"""The lesson page: its towns, its numbers, its words and its file."""

import re

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.lesson import fails, page, sandbox, town, trials, why
from longgame.experiments.lesson.words import LANGUAGES, words
from longgame.experiments.measures.totals import cumulative
from longgame.sim import run
from longgame.sim.layout import build
from longgame.sim.month import play_month
from tests.lesson_pages import MONTHS, SEEDS, SMALL, data_of, small_page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page and its data."""
    return data_of(tmp_path_factory)


# -- the town ------------------------------------------------------------------------------------------


def test_the_town_is_five_against_one_in_the_market_of_its_scenario():
    market = town.at(town.BASE, {})
    assert [(f.name, f.count, f.strategies) for f in market.firms] == [
        ("ours", 1, {"collaborative": 5}),
        ("theirs", 1, {"adversarial": 1}),
    ]
    assert market.customers.count / market.sellers == pytest.approx(
        town.BASE.customers.count / town.BASE.sellers, rel=0.01
    )
    own = {path: value for path, _, value in market.numbers() if path not in ("customers.count", "burn_in")}
    assert own.items() <= {path: value for path, _, value in town.BASE.numbers()}.items()


def test_every_dial_changes_its_own_number_alone():
    usual = town.at(town.BASE, {})
    numbers = dict(_numbers(usual))
    changed = {
        "leave": {"customers.churn"},
        "talk": {"trust.record", "word_of_mouth.gossip"},
        "crowd": {"customers.count"},
        "bill": {"ours.overhead"},
        "team": {"customers.count", "ours.members"},
        "rivals": {"customers.count", "theirs.members"},
    }
    for dial in town.DIALS:
        assert dial.usual(town.BASE) in dial.levels(town.BASE)
        other = dict(_numbers(town.at(town.BASE, {dial.key: dial.further[-1]})))
        names = {name for name in numbers if other[name] != numbers[name]}
        if dial.key == "rivals":  # a herd of its own has a herd's policy
            assert {"theirs.shares_leads", "theirs.overhead"} < names
            names = {name for name in names if not name.startswith("theirs.") or name == "theirs.members"}
        assert names == changed[dial.key]


def _numbers(market):
    """Yield every number of a market and of its firms."""
    yield from ((path, value) for path, _, value in market.numbers())
    for group in market.firms:
        yield f"{group.name}.members", group.members
        yield from ((f"{group.name}.{name}", value) for name, value in group.rules.model_dump().items())


def test_conditions_of_failure_are_the_far_ends_of_dials():
    for setting in fails.CONDITIONS.values():
        ((key, level),) = setting.items()
        (dial,) = (one for one in town.DIALS if one.key == key)
        assert level == dial.further[-1]


# -- numbers: each one on the page is that of runs -----------------------------------------------------


def profits(market):
    """Return by side cumulative profit per salesperson, runs × months, straight from the runs."""
    found = {side: [] for side in town.SIDES}
    for seed in range(SEEDS):
        table = cumulative(run(market, seed).monthly, months=market.months)
        for side in town.SIDES:
            found[side].append(table.loc[table["group"] == side, "profit"].to_numpy())
    return {side: np.array(runs) for side, runs in found.items()}


def check(course, market):
    """See that a course is that of the runs of a market."""
    runs = profits(market)
    at = [month - 1 for month in town.quarters(MONTHS)]
    lead = (runs[town.OURS] - runs[town.THEIRS])[:, at]
    assert np.allclose(course["lead"]["median"], np.median(lead, axis=0), atol=0.51)
    assert np.allclose(course["lead"]["low"], np.quantile(lead, 0.1, axis=0), atol=0.51)
    assert np.allclose(course["lead"]["high"], np.quantile(lead, 0.9, axis=0), atol=0.51)
    for side in town.SIDES:
        assert np.allclose(course[side], np.median(runs[side][:, at], axis=0), atol=0.51)
    for month in town.bets(MONTHS):
        shown, differences = course["after"][str(month)], (runs[town.OURS] - runs[town.THEIRS])[:, month - 1]
        assert shown["value"] == pytest.approx(differences.mean(), abs=0.51)
        assert shown["ahead"] == (differences > 0).sum()
        assert shown["n"] == SEEDS
        assert shown["low"] <= shown["value"] <= shown["high"]
        assert shown["sign"] == (shown["low"] > 0) - (shown["high"] < 0)


def test_the_story_is_that_of_the_runs(made):
    _, data = made
    check(data["story"]["course"], town.at(SMALL, {}))
    assert data["story"]["customers"] == town.at(SMALL, {}).customers.count


@pytest.mark.parametrize("key", fails.CONDITIONS)
def test_failures_are_those_of_the_runs(made, key):
    _, data = made
    check(data["fails"]["conditions"][key]["course"], town.at(SMALL, fails.CONDITIONS[key]))
    assert data["fails"]["usual"] == data["story"]["course"]


def test_courses_of_the_sandbox_are_those_of_the_runs(made):
    _, data = made
    dials = data["sandbox"]["dials"]
    with small_page():
        markets = sandbox.markets(SMALL)
    assert list(data["sandbox"]["courses"]) == list(markets)
    assert len(markets) == 2 ** len(dials)
    for name in list(markets)[:: len(markets) // 4]:
        check(data["sandbox"]["courses"][name], markets[name])
    usual = town.named([[level["value"] for level in dial["levels"]].index(dial["usual"]) for dial in dials])
    assert data["sandbox"]["courses"][usual] == data["story"]["course"]
    for key, setting in fails.CONDITIONS.items():  # where the failure is a level of these few, it is the same town
        ((dial, level),) = setting.items()
        at = [
            [one["value"] for one in d["levels"]].index(town.text(level) if d["key"] == dial else d["usual"])
            for d in dials
        ]
        assert data["sandbox"]["courses"][town.named(at)] == data["fails"]["conditions"][key]["course"]


def test_the_herd_taken_apart_is_that_of_the_runs(made):
    _, data = made
    whole = profits(town.at(SMALL, {}))
    for code in ("11111", "01111", "10101", "00000"):
        apart = town.at(SMALL, {}, team=why.without(SMALL, code))
        policy = apart.firms[0].rules
        fields = [getattr(policy, field) for field in why.SWITCHES.values()]
        assert [bool(value) for value in fields] == [digit == "1" for digit in code]
        runs, shown = profits(apart), data["why"]["apart"][code]
        assert shown["ours"] == pytest.approx(np.median(runs[town.OURS][:, -1]), abs=0.51)
        assert shown["less"]["value"] == pytest.approx((whole[town.OURS] - runs[town.OURS])[:, -1].mean(), abs=0.51)
    assert list(data["why"]["apart"]) == why.codes()


def test_the_annuity_and_the_doors_are_those_of_the_runs(made):
    _, data = made
    results = [run(town.at(SMALL, {}), seed).monthly for seed in range(SEEDS)]
    for side in town.SIDES:
        rows = [table[table["group"] == side] for table in results]
        for year in range(MONTHS // 12):
            some = pd.concat(table[(table["month"] - 1) // 12 == year] for table in rows)
            repeat = (some["repeat_revenue"] / some["salespeople"]).sum() / SEEDS
            first = ((some["revenue"] - some["repeat_revenue"]) / some["salespeople"]).sum() / SEEDS
            shown = data["why"]["annuity"][side]
            assert shown["repeat"][year] == pytest.approx(repeat, abs=0.51)
            assert shown["first"][year] == pytest.approx(first, abs=0.51)
            strangers = some["visits"] - some["client_visits"]
            trust = (some["trust"] * some["visits"]).sum() - (some["client_trust"] * some["client_visits"]).sum()
            door = data["why"]["doors"]["record"][side][year]
            assert door == (pytest.approx(100 * trust / strangers.sum(), abs=0.51) if strangers.sum() else None)


# -- trust step by step --------------------------------------------------------------------------------


def nodes(tree):
    """Yield every step of a trial."""
    for node in tree.values():
        yield node
        yield from nodes(node["next"])


@pytest.mark.parametrize("guest", trials.GUESTS)
def test_steps_of_a_trial(made, guest):
    _, data = made
    tree = data["why"]["trials"]["trees"][guest]
    assert list(tree) == data["why"]["trials"]["events"] == list(trials.EVENTS)
    assert len({node["before"] for node in tree.values()}) == 1  # the same customer in the same moment
    for node in nodes(tree):
        assert bool(node["next"]) <= (node["wait"] is not None)
        assert 0 <= node["after"] <= 100
    if guest == "misfit":
        assert tree["kept"]["pleased"] is None and tree["lie"]["pleased"] is not None
        return
    kept = tree["kept"]
    for _ in range(trials.VISITS - 1):
        assert kept["pleased"] is not None
        kept = kept["next"]["kept"]
    assert kept["pleased"] is not None and not kept["next"]


def test_a_step_of_a_trial_is_a_month_of_the_market():
    """A kept word is what the team does anyway: the month of the trial is that of the market, but for failures."""
    scenario = trials.market(SMALL).but({"service.issue": 0.0})
    found = next(trials.visitors(scenario, 0, *trials.GUESTS["fits"]))
    state = build(scenario, 0)
    for month in range(1, found.month + 1):
        state = play_month(state, month, trials.play_stage)
    visit = state.visits[state.visit_of[found.i]]
    played = trials.play(found.before, found.month, found.i, "kept")
    other = played.visits[played.visit_of[found.i]]
    assert int(visit["met"]) == found.s
    for name in ("trust", "outcome", "price", "delivered", "x"):
        assert other[name] == visit[name], name


def test_a_failure_happens_where_it_is_chosen_and_nowhere_else():
    scenario = trials.market(SMALL)
    found = trials.guest(scenario, "fits", trials.unlimited)
    for event, issue in (("kept", 0), ("lie", 0), ("failure", 1), ("sorry", 1)):
        state = trials.play(trials.copied(found.before), found.month, found.i, event)
        assert state.visits[state.visit_of[found.i]]["issue"] == issue
        assert float(state.params["issue"][0]) == scenario.service.issue


# -- words ---------------------------------------------------------------------------------------------


def flat(language):
    return {f"{owner}.{key}": text for owner, said in words(language).items() for key, text in said.items()}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_words_and_values(language):
    one, other = flat(LANGUAGES[0]), flat(language)
    assert one.keys() == other.keys()
    for key, text in one.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", other[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    for key, text in flat(language).items():
        for sentence in re.split(r"(?<=[.!?:;]) ", text):
            assert len(sentence.split()) <= 20, key


def test_words_that_the_page_asks_for_are_there():
    known = flat("en")
    asked = {
        key
        for file in page.WEB.iterdir()
        if file.name.endswith(".js")
        for key in re.findall(r'(?:say|has)\("([\w.-]+)"', file.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= known.keys()


# -- the file ------------------------------------------------------------------------------------------


def test_the_page_is_one_file_that_asks_for_nothing(made):
    text, _ = made
    assert len(text.encode()) < 5e6
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert not re.search(r"@import|url\((?!#)", text)
    assert text.count("<script") == 2
    assert "{{" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_text_in_the_data_cannot_end_the_script():
    text = page.page({"note": "</script><script>alert(1)</script>"})
    assert "</script><script>alert" not in text


def test_text_in_the_data_cannot_keep_the_script_open():
    """After `<!--<script>` a browser reads on past the end of the script element, and the page stays empty."""
    text = page.page({"note": "a <!--<script> b"})
    (data,) = re.findall(r'id="data">(.*?)</script>', text, re.S)
    assert "<" not in data


@pytest.mark.parametrize("live", [False, True])
def test_every_module_is_there_once_after_those_it_needs(live):
    script = page.script(live=live)
    order = re.findall(r'^modules\["([\w.-]+)"\] = ', script, re.M)
    there = {f.name for f in page.WEB.iterdir() if f.name.endswith(".js")}
    other = {page.LIVE, page.MAIN} if live else {page.LIVE, page.LIVE_MAIN}
    assert sorted(order) == sorted(there - other)
    assert order[-1] == (page.LIVE_MAIN if live else page.MAIN)
    for name in order:
        for needed in re.findall(r'from "\./([\w.-]+)"', page.source(name)):
            assert order.index(needed) < order.index(name)
    assert ("fetch(" in script) == live  # the file asks nobody for anything
    assert not re.search(r"^import ", script, re.M)


def test_an_export_may_be_taken_under_another_name():
    found = page._as_function("own.js", 'import { start as begin } from "./other.js";\nbegin();\n')
    assert 'const { start: begin } = modules["other.js"];' in found


def test_what_is_wrong_is_told_at_once(tmp_path, capsys):
    for arguments, said in (
        (["--seeds", "2"], "from 6 to 20"),
        (["--out", str(tmp_path)], "is a directory"),
        (["--out", str(tmp_path / "no" / "lesson.html")], "no"),
        (["--set", "customers.rate=-1"], "customers.rate"),
    ):
        assert main(["lesson", *arguments]) == 2
        assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
