"""The live market: requests and their limits, the same numbers as in the lesson, and readers apart."""

import asyncio
import io
import json
import re
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import anyio
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.experiments.cli.main import main
from longgame.experiments.lesson import asked, build, page, server, stream, street, town
from longgame.experiments.runs.runner import run_plan
from longgame.sim import run
from longgame.sim.errors import InputError
from longgame.sim.scenario_files import load_scenario
from tests.live_server import BASES, SMALL, get, lines, serving


def read(query=""):
    return asked.read(parse_qsl(query, keep_blank_values=True), BASES, "small")


@pytest.fixture(scope="module")
def address():
    with serving() as at:
        yield at


# -- requests ---------------------------------------------------------------------------------------


def test_nothing_asked_is_the_town_of_the_lesson():
    usual = read()
    assert usual.market == town.at(SMALL, {})
    assert list(usual.seeds) == list(range(town.SEEDS))


WRONG = {
    "wher=shared": "wher: is not known; did you mean `theirs`?",
    "team=5&team=6": "team: is given 2 times",
    "team=0": "team: is '0'; it must be a whole number from 1 to 40",
    "team=2.5": "team: is '2.5'; it must be a whole number",
    "talk=3": "talk: is '3'; it must be a whole number from 0 to 2",
    "bill=much": "bill: is 'much'; it must be a number from 0 to 10",
    "bill=nan": "bill: is 'nan'; it must be a number from 0 to 10",
    "leave=2": "leave: is '2'; it must be a number from 0.001 to 1",
    "ours=colaborative": "ours: strategy 'colaborative' is not known; did you mean `collaborative`?",
    "theirs=": "theirs: strategy '' is not known",
    "seed=-1": "seed: is '-1'; it must be a whole number from 0",
    "seed=1e3": "seed: is '1e3'",
    "runs=0": "runs: is '0'; it must be a whole number from 1 to 20",
    "runs=21": "runs: is '21'",
    "months=601": "months: is '601'; it must be a whole number from 1 to 600",
    "set=months=12": "set: months are given by months=120",
    "set=trust.forgeting=0.5": "set: 'trust.forgeting=0.5' changes no number of the scenario; did you mean",
    "set=trust.forgetting": "set: 'trust.forgetting' has no value",
    "set=trust.forgetting=2": "set: trust.forgetting=2",
    "set=trust.forgetting=high": "trust.forgetting",
    "set=firms.0.count=3": "set: 'firms.0.count=3' changes no number",
    "scenario=softwear": "scenario: 'softwear' is not known here; did you mean `software`?",
    "key=abc": "key: the address was made with another scenario 'small'",
    "set=customers.count=4000000": "customers.count: comes to 558,140 in the town; at most 100,000",
    "set=customers.count=500000&runs=20": "runs: all runs together have 1,395,340 customers",
    "set=customers.count=300000&runs=10&months=600": "runs: all runs together are 251 million customer-months",
    "set=trust.acquainted=true&team=40": "`trust.acquainted` needs room for every salesperson",
}


@pytest.mark.parametrize("query", WRONG)
def test_what_cannot_be_asked(query):
    with pytest.raises(InputError) as error:
        read(query)
    assert len(error.value.lines) == 1
    assert WRONG[query] in error.value.lines[0]


def test_what_is_asked_is_the_town():
    own = read(
        "team=2&rivals=3&bill=0.5&ours=principled&theirs=bait-and-switch&set=trust.prior=0.3&months=24&seed=4&runs=2"
    )
    ours, theirs = own.market.firms
    assert (ours.strategies, theirs.strategies) == ({"principled": 2}, {"bait-and-switch": 3})
    assert ours.rules.overhead == theirs.rules.overhead == 0.5
    assert (own.market.trust.prior, own.market.months, list(own.seeds)) == (0.3, 24, [4, 5])
    assert own.market.customers.count == round(SMALL.customers.count / SMALL.sellers * 5)


# -- numbers ---------------------------------------------------------------------------------------


def test_the_live_market_shows_what_the_lesson_shows():
    """Same scenario, same seeds: the course of the lesson, and every quarter on the way."""
    one = read("runs=6&bill=0.5")
    first, *on_the_way, last = stream.run(one)
    market = town.at(SMALL, {"bill": 0.5})
    lesson = town.courses(run_plan(town.plan({"it": market}, range(6)), workers=1).tables, SMALL.months)["it"]
    assert last["course"] == lesson
    assert first == {"customers": market.customers.count, "salespeople": 6, "months": 24}
    assert [message["month"] for message in on_the_way] == town.quarters(24)
    for part in ("median", "low", "high"):
        np.testing.assert_allclose([m["lead"][part] for m in on_the_way], lesson["lead"][part], atol=1)  # whole money
    for side in town.SIDES:
        np.testing.assert_allclose([m[side] for m in on_the_way], lesson[side], atol=1)


def test_a_part_is_the_same_from_the_server_and_in_the_file():
    answered = build.PARTS["fails"](SMALL, 6, stream.answer, lambda: None)
    in_file = build.PARTS["fails"](SMALL, 6, lambda plan: run_plan(plan, workers=1).tables, lambda: None)
    assert answered == in_file


@pytest.mark.parametrize("runs", [1, 2, 5])
def test_few_runs_have_no_interval(runs):
    *_, last = stream.run(read(f"runs={runs}&months=12"))
    effect = last["course"]["after"]["12"]
    assert (effect["n"], effect["low"], effect["high"], effect["sign"]) == (runs, None, None, 0)
    json.dumps(last, allow_nan=False)


@settings(max_examples=15, deadline=None)
@given(
    ours=st.sampled_from(("collaborative", "principled", "discounter")),
    team=st.integers(1, 6),
    rivals=st.integers(1, 6),
    seed=st.integers(0, asked.MOST_SEED),
    memory=st.floats(0.1, 1.0),
)
def test_an_address_is_all_there_is(ours, team, rivals, seed, memory):
    """The same address, the same quarters, to the last bit."""
    query = urlencode(
        {
            "ours": ours,
            "team": team,
            "rivals": rivals,
            "seed": seed,
            "runs": 2,
            "months": 6,
            "set": f"trust.forgetting={memory!r}",
        }
    )
    once, again = list(stream.run(read(query))), list(stream.run(read(query)))
    assert once == again
    assert len(once) == 4


# -- the server ------------------------------------------------------------------------------------------


def test_readers_do_not_mix(address):
    """Two streams read in turns hold the same as each alone."""
    queries = [f"{address}/run?seed=1&runs=2", f"{address}/run?seed=2&runs=2&set=trust.forgetting=0.5&team=2"]
    alone = [lines(query) for query in queries]
    streams = [urllib.request.urlopen(query) for query in queries]
    both = [[], []]
    for _ in range(len(alone[0])):
        for said, answer in zip(both, streams, strict=True):
            said.append(json.loads(answer.readline()))
    assert both == alone


def test_a_refused_request_gives_one_line(address):
    for path in ("run", "monthly.csv", "scenario.toml"):
        status, _, text = get(f"{address}/{path}?seed=x")
        assert status == 422
        assert json.loads(text)["errors"][0].startswith("seed: is 'x'")
    status, headers, text = get(f"{address}/?team=x")
    assert status == 422
    assert headers["content-type"].startswith("text/plain")
    assert text.count("\n") == 1


#: Addresses that start work, and the page itself.
PATHS = (
    "run?months=1&runs=1",
    "monthly.csv?months=1&runs=1",
    "part?name=street",
    "year?path=team.honest",
    "scenario.toml",
    "",
)

#: Headers with which a browser sends the requests of other sites: a script, a picture, a frame; a page from disk.
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty"},  # another port of this machine
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", FOREIGN)
def test_requests_of_other_sites_are_refused(address, path, headers):
    status, _, text = get(f"{address}/{path}", **headers)
    assert status == 403
    assert "another site asked for this" in text


def test_other_sites_may_link_to_the_page_alone(address):
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert get(f"{address}/", **linked)[0] == 200
    assert get(f"{address}/monthly.csv?months=1&runs=1", **linked)[0] == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
def test_requests_of_the_page_are_answered(address, headers):
    own = {**headers, "Origin": address}
    assert get(f"{address}/run?months=1&runs=1", **own)[0] == 200


def test_other_names_of_this_machine_are_refused(address):
    assert get(f"{address}/", Host="evil.example")[0] == 400


@pytest.mark.parametrize("path", ["", "?team=x", "run?team=x", "run?months=1&runs=1", "monthly.csv?team=x", "nothing"])
def test_headers_of_every_answer(address, path):
    _, headers, _ = get(f"{address}/{path}")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert get(f"{address}/{path}", Host="evil.example")[1]["x-content-type-options"] == "nosniff"


def test_too_many_readers_are_asked_to_wait(address, monkeypatch):
    monkeypatch.setattr(server, "MOST_AT_ONCE", 0)
    status, _, text = get(f"{address}/run")
    assert status == 503
    assert "close a tab" in json.loads(text)["errors"][0]
    assert get(f"{address}/monthly.csv")[0] == 503


def test_of_many_requests_at_once_those_without_a_place_are_refused():
    """Nine requests in the same moment: a place is taken before the first byte, so none is stopped later."""
    served = server.app(server.Server(BASES, "small", cores=1))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/run",
        "query_string": b"months=1&runs=1",
        "headers": [(b"host", b"localhost")],
    }

    async def ask():
        sent = []

        async def send(message):
            await anyio.sleep(0)  # as a server whose buffer is full: others go on meanwhile
            sent.append(message)

        await served(dict(scope), None, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)

    async def ask_all():
        return await asyncio.gather(*(ask() for _ in range(server.MOST_AT_ONCE + 1)))

    with ThreadPoolExecutor(1) as beside:  # the browser of other tests may have left a loop running in this thread
        answers = beside.submit(lambda: asyncio.run(ask_all())).result()
    assert sorted(status for status, _ in answers) == [200] * server.MOST_AT_ONCE + [503]
    assert not any(b"stopped" in text for status, text in answers if status == 200)


def test_a_reader_who_leaves_gives_the_place_back(address, monkeypatch):
    """With room for one only, a reader who goes away in the middle must not keep the next one out."""
    monkeypatch.setattr(server, "MOST_AT_ONCE", 1)
    stream = urllib.request.urlopen(f"{address}/run?runs=20&months=600&set=customers.count=80000")
    assert "customers" in json.loads(stream.readline())
    assert get(f"{address}/run?months=1&runs=1")[0] == 503
    stream.close()
    until = time.monotonic() + 20
    while get(f"{address}/run?months=1&runs=1")[0] != 200:
        assert time.monotonic() < until, "the place is not given back"
        time.sleep(0.1)


def test_what_takes_too_long_is_stopped(address, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0)
    said = lines(f"{address}/run?months=12")
    assert "stopped after 0 seconds" in said[-1]["stopped"]
    assert get(f"{address}/monthly.csv?months=12")[0] == 503
    status, _, text = get(f"{address}/part?name=street&scenario=nobody")
    assert status == 503
    assert "stopped after 0 seconds" in json.loads(text)["errors"][0]


@pytest.mark.parametrize(
    "path",
    [
        "part?name=street&scenario=nobody",
        "part?name=why&months=600",
        "run?months=600&set=customers.count=40000",
        "monthly.csv?months=600&set=customers.count=40000",
    ],
)
def test_work_ends_with_the_server(path, monkeypatch):
    """Ctrl-C in the middle of a street or a run: the answer comes at once, not when the work is done."""
    with serving() as at:
        get(f"{at}/part?name=street")  # all that is compiled is there
        monkeypatch.setattr(street, "YEARS", 800)  # a street of minutes
        asked = ThreadPoolExecutor().submit(get, f"{at}/{path}")
        time.sleep(0.5)
        ended = time.monotonic()
    assert "the server was ended" in asked.result()[2]
    assert time.monotonic() - ended < 2  # uvicorn itself would wait for three


def test_downloads_are_what_the_command_line_gives(address, tmp_path):
    query = "seed=5&runs=2&team=3&months=18&set=trust.prior=0.6"
    _, headers, toml = get(f"{address}/scenario.toml?{query}")
    assert re.search('filename="town-[0-9a-f]{6}.toml"', headers["content-disposition"])
    (tmp_path / "town.toml").write_text(toml, encoding="utf-8")
    command = re.search(r"^# longgame (simulate .*)$", toml, re.M)[1].replace("THIS_FILE", str(tmp_path / "town.toml"))
    assert main([*command.split(), "--out", str(tmp_path / "out")]) == 0
    simulated = pd.read_csv(tmp_path / "out" / "monthly.csv")
    downloaded = pd.read_csv(io.StringIO(get(f"{address}/monthly.csv?{query}")[2]))
    assert downloaded["seed"].unique().tolist() == [5, 6]
    mine = downloaded[downloaded["seed"] == 5].drop(columns=["seed"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, simulated, check_exact=True)
    again = run(load_scenario(tmp_path / "town.toml"), 5).monthly
    assert mine["profit"].tolist() == again["profit"].tolist()
    names = {
        get(f"{address}/monthly.csv?{query.replace('seed=5', seed)}")[1]["content-disposition"]
        for seed in ("seed=5", "seed=6")
    }
    assert len(names) == 2  # or the second download would pass for the first


def test_the_page_is_that_of_its_scenario(address):
    text = get(f"{address}/?scenario=software&months=36")[2]
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])
    assert (data["months"], data["live"]["scenario"], data["about"]["scenario"]) == (36, "software", "software")
    assert "courses" not in data["sandbox"]  # they are run when a dial is turned
    levels = {dial["key"]: [level["value"] for level in dial["levels"]] for dial in data["sandbox"]["dials"]}
    for key, values in levels.items():
        for value in values:
            assert asked.read([(key, value)], BASES, "small").setting[key] == float(value)


def test_parts_that_there_are_not_are_refused(address):
    status, _, text = get(f"{address}/part?name=storey")
    assert status == 422
    assert json.loads(text)["errors"] == ["name: is 'storey'; choose from story, street, why, fails, sayings, notes"]


def test_both_sources_of_results_offer_the_same():
    """The page reads either by the same names; the live one has some more, for its own controls."""
    stored, at_server = (set(page._EXPORT.findall(page.source(name))) for name in (page.STORED, page.LIVE))
    names = [{name for _, name in found} for found in (stored, at_server)]
    assert names[0] <= names[1]


def test_the_howto_has_the_limits():
    table = (Path(__file__).parents[2] / "docs/howto/live-market.md").read_text(encoding="utf-8")
    limits = {
        "customers in a town": f"{asked.MOST_CUSTOMERS:,}",
        "runs": asked.MOST_RUNS,
        "months": asked.MOST_MONTHS,
        "customer-months of all runs": f"{asked.MOST_WORK / 1e6:.0f} million",
        "time for one request": f"{server.PATIENCE / 60:.0f} minutes",
        "requests that run towns at a time": server.MOST_AT_ONCE,
    }
    for name, most in limits.items():
        assert f"| {name} | {most} |" in table


# -- the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "--port: is '70000'; it must be a whole number of ports from 0 to 65535"),
        (["--scenario", "softwear"], "did you mean `software`"),
        (["--set", "customers.count=4000000"], "at most 100,000 can be run here"),
        (["--months", "700"], "months: is '700'"),
    ],
)
def test_bad_input_is_one_line(arguments, said, capsys):
    try:
        code = main(["page", *arguments])
    except SystemExit as error:
        code = error.code
    message = capsys.readouterr().err
    assert code == 2
    assert said in message
    assert message.count("\n") == 1


def test_a_port_in_use_is_said(address, capsys):
    port = address.rpartition(":")[2]
    assert main(["page", "--port", port]) == 2
    assert f"--port {port}: cannot be used" in capsys.readouterr().err


def test_the_command_serves_until_it_is_stopped():
    command = [sys.executable, "-m", "longgame.experiments.cli.main", "page", "--port", "0", "--months", "12"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        address = re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        assert len(lines(f"{address}/run?runs=1")) == 6
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors


# -- the street ------------------------------------------------------------------------------------


def test_a_year_of_the_street_is_the_same_from_server_and_file(address):
    status, _, text = get(f"{address}/year?path=team.honest.push")
    assert status == 200
    wanted = street.walk(street.opening(SMALL, "team", street.SEED), ["honest", "push"])
    assert json.loads(text) == json.loads(json.dumps(wanted))
    assert get(f"{address}/year?path=team.honest.push")[2] == text


def test_a_year_that_is_no_path_is_refused(address):
    status, _, text = get(f"{address}/year?path=crowd.honest")
    assert status == 422
    assert json.loads(text)["errors"][0].startswith("path: is 'crowd.honest'")
