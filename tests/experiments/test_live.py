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
from longgame.experiments.design.arms import SEPARATE, SHARED, markets
from longgame.experiments.design.plan import Plan
from longgame.experiments.lesson import asked, grid, network, page, race, server, stream
from longgame.experiments.runs.runner import run_plan
from longgame.sim import run
from longgame.sim.configurations import needs_per_seller
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


def test_nothing_asked_is_the_lesson():
    usual = read()
    assert usual.scenario == SMALL
    assert usual.sides == (grid.CONTRASTS[0].left, grid.CONTRASTS[0].right)
    assert usual.contrast == grid.CONTRASTS[0]
    assert list(usual.markets) == [arm.name for arm in usual.sides]
    assert list(usual.seeds) == list(range(grid.SEEDS))


WRONG = {
    "wher=shared": "wher: is not known; did you mean `where`?",
    "where=here": "where: is 'here'; choose from shared, separate",
    "where=shared&where=separate": "where: is given 2 times",
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
    "sell=collaborative:herd:20": "sell: is given 1 times; from 2 to 6",
    "sell=collaborative:herd:20&sell=x": "sell: is 'x'; write for example",
    "sell=collaborative:herd:20&sell=adversarial:pack:5": "sell: is 'adversarial:pack:5'",
    "sell=collaborative:herd:20&sell=adversaria:herd:5": "strategy 'adversaria' is not known; did you mean",
    "sell=collaborative:herd:20&sell=adversarial:herd:7": "7 salespeople are no whole herds of 5; write 5 or",
    "sell=collaborative:herd:20&sell=adversarial:herd:3": "3 salespeople are no whole herds of 5; write 5",
    "sell=collaborative:herd:20&sell=collaborative:herd:5": "sell: collaborative-herd is given 2 times",
    "race=collaborative-herd": "race: is 'collaborative-herd'; name two of",
    "race=collaborative-herd,order-taker-herd": "race: is",
    "race=collaborative-herd,collaborative-herd": "race: is",
    "set=customers.count=4000000": "customers.count: comes to 4,000,000 in a market; at most 100,000",
    "set=customers.count=90000&runs=20": "runs: all runs together have 3,600,000 customers",
    "set=customers.count=40000&runs=10&months=600": "runs: all runs together are 480 million customer-months",
    "sell=collaborative:singleton:900&sell=adversarial:singleton:900": "sell: 1,800 salespeople in a market",
    "set=trust.acquainted=true": "`trust.acquainted` needs room for every salesperson",
    "set=trust.acquainted=true&set=trust.remembered=45"
    "&sell=collaborative:herd:50&sell=adversarial:herd:5": "sell: these sales forces cannot be held by the scenario: "
    "`trust.acquainted` needs room",
}


@pytest.mark.parametrize("query", WRONG)
def test_what_cannot_be_asked(query):
    with pytest.raises(InputError) as error:
        read(query)
    assert len(error.value.lines) == 1
    assert WRONG[query] in error.value.lines[0]


def test_customers_who_buy_more_often_are_fewer():
    often = read("set=customers.rate=0.5")
    needs = [needs_per_seller(scenario) for scenario in (SMALL, often.scenario)]
    assert often.scenario.customers.count < SMALL.customers.count
    assert needs[1] == pytest.approx(needs[0], rel=0.003)  # whole customers
    assert read("set=customers.rate=0.5&set=customers.count=400").scenario.customers.count == 400


def test_own_sales_forces():
    own = read("sell=order-taker:singleton:8&sell=principled:herd:10&sell=discounter:singleton:2&where=shared&months=3")
    shared = own.markets[SHARED]
    assert [(firms.name, firms.count, firms.members) for firms in shared.firms] == [
        ("order-taker-singleton", 8, 1),
        ("principled-herd", 2, 5),
        ("discounter-singleton", 2, 1),
    ]
    assert shared.sellers == 20
    assert shared.customers.count == SMALL.customers.count * 20 / SMALL.sellers
    alone = read("sell=order-taker:singleton:8&sell=principled:herd:10&sell=discounter:singleton:2").markets
    assert {name: market.sellers for name, market in alone.items()} == {
        "order-taker-singleton": 20,
        "principled-herd": 20,
    }


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [SHARED, SEPARATE])
def test_the_live_market_shows_what_the_lesson_shows(where):
    """Same scenario, same seeds: the cell of the lesson at its default dials, and every month on the way."""
    both = grid.CONTRASTS[-1]
    one = read(f"where={where}&race={both.left.name},{both.right.name}&runs=6")
    first, *on_the_way, last = stream.run(one)
    plan = Plan(markets(SMALL, grid.ARMS), tuple(range(6)), grid.MEASURES)
    tables = run_plan(plan, workers=1).tables
    lesson = race.cell(tables, SMALL.months, [where], grid.ARMS, [both])
    assert last["cell"]["differences"] == lesson["differences"]
    for arm in one.sides:
        assert last["cell"]["arms"][where][arm.name] == lesson["arms"][where][arm.name]
        final = lesson["arms"][where][arm.name]
        months = [message["arms"][arm.name] for message in on_the_way]
        for part in ("median", "low", "high"):
            np.testing.assert_allclose([m[part] for m in months], final[part], atol=1)  # whole money
        np.testing.assert_allclose(np.transpose([m["runs"] for m in months]), final["runs"], atol=1)
    assert [message["month"] for message in on_the_way] == list(range(1, SMALL.months + 1))
    assert first["markets"].keys() == one.markets.keys()
    assert last["said"]["where"] == where


@pytest.mark.parametrize("runs", [1, 2, 5])
def test_few_runs_have_no_interval(runs):
    *_, last = stream.run(read(f"runs={runs}&months=12"))
    effect = last["cell"]["differences"]["separate"]["alone"]["12"]
    assert (effect["n"], effect["low"], effect["high"], effect["sign"]) == (runs, None, None, 0)
    assert last["said"]["ahead"] == [["1 year", f"too few runs: {runs} of 6 needed", "", ""]]
    json.dumps(last, allow_nan=False)


def test_the_picture_of_the_lesson_is_the_live_one():
    usual = read(f"seed={network.SEED}&where=shared&months=12")
    first, *months = stream.picture(usual)
    lesson = network.pictures(SMALL.but(months=12))
    assert {name: first[name] for name in first} == {name: lesson[name] for name in first}
    shown = lesson["markets"][SHARED]
    assert [message["shown"][SHARED] for message in months] == [
        (letters, stories) for letters, stories in zip(shown["months"], shown["stories"], strict=True)
    ]


FORCES = (
    "collaborative:herd",
    "adversarial:singleton",
    "discounter:herd",
    "principled:singleton",
    "bait-and-switch:singleton",
)


@settings(max_examples=15, deadline=None)
@given(
    mix=st.lists(st.sampled_from(FORCES), min_size=2, max_size=5, unique=True),
    where=st.sampled_from((SHARED, SEPARATE)),
    seed=st.integers(0, asked.MOST_SEED),
    memory=st.floats(0.1, 1.0),
)
def test_an_address_is_all_there_is(mix, where, seed, memory):
    """The same address, the same months, to the last bit; books of both sides are there."""
    pairs = [("sell", f"{force}:10") for force in mix]
    query = urlencode(
        [*pairs, ("where", where), ("seed", seed), ("runs", 2), ("months", 6), ("set", f"trust.forgetting={memory!r}")]
    )
    once, again = list(stream.run(read(query))), list(stream.run(read(query)))
    assert once == again
    assert len(once) == 8
    assert {arm.name for arm in read(query).sides} == once[1]["arms"].keys()


# -- the server ------------------------------------------------------------------------------------------


def test_readers_do_not_mix(address):
    """Two streams read in turns hold the same as each alone."""
    queries = [f"{address}/run?seed=1&runs=2", f"{address}/run?seed=2&runs=2&set=trust.forgetting=0.5&where=shared"]
    alone = [lines(query) for query in queries]
    streams = [urllib.request.urlopen(query) for query in queries]
    both = [[], []]
    for _ in range(len(alone[0])):
        for said, answer in zip(both, streams, strict=True):
            said.append(json.loads(answer.readline()))
    assert both == alone


def test_a_refused_request_gives_one_line(address):
    for path in ("run", "picture", "monthly.csv", "scenario.toml"):
        status, _, text = get(f"{address}/{path}?seed=x")
        assert status == 422
        assert json.loads(text)["errors"][0].startswith("seed: is 'x'")
    status, headers, text = get(f"{address}/?sell=x")
    assert status == 422
    assert headers["content-type"].startswith("text/plain")
    assert text.count("\n") == 1


#: Addresses that start work, and the page itself.
PATHS = (
    "run?months=1&runs=1",
    "picture?months=1",
    "monthly.csv?months=1&runs=1",
    "street",
    "scenario.toml?market=x",
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


@pytest.mark.parametrize("path", ["", "?sell=x", "run?sell=x", "run?months=1&runs=1", "monthly.csv?sell=x", "nothing"])
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
    stream = urllib.request.urlopen(f"{address}/run?runs=20&months=600&set=customers.count=4000")
    assert "markets" in json.loads(stream.readline())
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
    status, _, text = get(f"{address}/street?scenario=nobody")
    assert status == 503
    assert "stopped after 0 seconds" in json.loads(text)["errors"][0]


@pytest.mark.parametrize(
    "path", ["street?scenario=nobody", "run?months=600", "monthly.csv?months=600&set=customers.count=2000"]
)
def test_work_ends_with_the_server(path, monkeypatch):
    """Ctrl-C in the middle of a street or a run: the answer comes at once, not when the work is done."""
    with serving() as at:
        get(f"{at}/street")  # all that is compiled is there
        monkeypatch.setattr(server.street, "YEARS", 800)  # a street of minutes
        asked = ThreadPoolExecutor().submit(get, f"{at}/{path}")
        time.sleep(0.5)
        ended = time.monotonic()
    assert "the server was ended" in asked.result()[2]
    assert time.monotonic() - ended < 2  # uvicorn itself would wait for three


def test_downloads_are_what_the_command_line_gives(address, tmp_path):
    query = "seed=5&runs=2&where=shared&months=18&set=word_of_mouth.gossip=0.6"
    _, headers, toml = get(f"{address}/scenario.toml?{query}&market=shared")
    assert re.search('filename="shared-[0-9a-f]{6}.toml"', headers["content-disposition"])
    (tmp_path / "shared.toml").write_text(toml, encoding="utf-8")
    command = re.search(r"^# longgame (simulate .*)$", toml, re.M)[1].replace(
        "THIS_FILE", str(tmp_path / "shared.toml")
    )
    assert main([*command.split(), "--out", str(tmp_path / "out")]) == 0
    simulated = pd.read_csv(tmp_path / "out" / "monthly.csv")
    downloaded = pd.read_csv(io.StringIO(get(f"{address}/monthly.csv?{query}")[2]))
    assert downloaded.groupby(["market", "seed"]).size().index.tolist() == [("shared", 5), ("shared", 6)]
    mine = downloaded[downloaded["seed"] == 5].drop(columns=["market", "seed"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, simulated, check_exact=True)
    again = run(load_scenario(tmp_path / "shared.toml"), 5).monthly
    assert mine["profit"].tolist() == again["profit"].tolist()
    assert get(f"{address}/scenario.toml?{query}&market=other")[0] == 422
    names = {
        get(f"{address}/monthly.csv?{query.replace('seed=5', seed)}")[1]["content-disposition"]
        for seed in ("seed=5", "seed=6")
    }
    assert len(names) == 2  # or the second download would pass for the first


def test_the_page_opens_as_its_address_says(address):
    sell = "sell=principled:herd:10&sell=discounter:singleton:4&race=discounter-singleton,principled-herd"
    text = get(f"{address}/?{sell}&set=trust.forgetting=0.7&set=trust.prior=0.4&seed=9&runs=3&where=shared")[2]
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])
    assert data["live"]["asked"] == {
        "memory": 2,
        "contrast": "own",
        "where": "shared",
        "seed": 9,
        "runs": 3,
        "own": {"trust.prior": "0.4"},
        "mix": [["discounter", "singleton", 4], ["principled", "herd", 10]],
    }
    assert data["dials"][0]["values"][2] == "0.7"
    shapes = {(look["colour"], look["marker"]) for arm, look in data["arms"].items() if arm.endswith("-herd")}
    assert len(shapes) == len(data["live"]["strategies"])  # no two strategies look alike


def test_both_sources_of_results_offer_the_same():
    """The page reads either by the same names; the live one has some more, for its own controls."""
    stored, at_server = (set(page._EXPORT.findall(page.source(name))) for name in (page.STORED, page.LIVE))
    names = [{name for _, name in found} for found in (stored, at_server)]
    assert names[0] <= names[1]


def test_the_howto_has_the_limits():
    table = (Path(__file__).parents[2] / "docs/howto/live-market.md").read_text(encoding="utf-8")
    limits = {
        "customers in a market": f"{asked.MOST_CUSTOMERS:,}",
        "salespeople in a market": f"{asked.MOST_SALESPEOPLE:,}",
        "runs": asked.MOST_RUNS,
        "months": asked.MOST_MONTHS,
        "customer-months of all runs": f"{asked.MOST_WORK / 1e6:.0f} million",
        "time for one request": f"{server.PATIENCE / 60:.0f} minutes",
        "requests that run markets at a time": server.MOST_AT_ONCE,
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
        assert len(lines(f"{address}/run?runs=1")) == 14
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors
