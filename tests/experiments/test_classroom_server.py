"""A class over the network: sixty phones for ten years, breaks, and somebody who wants to spoil it."""

import asyncio
import json
import random
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from longgame.experiments.cli.classroom import address_of
from longgame.experiments.cli.main import main
from longgame.experiments.lesson.classroom.limits import Limits
from longgame.experiments.lesson.classroom.market import KINDS, WAYS, Choice, ClassMarket
from longgame.sim.errors import InputError
from tests.class_server import CODE, KEY, TOWN, Client, alone, go_on, phone, projector, serving
from tests.live_server import get

PHONES, YEARS = 60, 10

#: An address of this machine that is not the teacher's own.
STRANGER = "127.0.0.2"


def plan(rng):
    """Return what every phone bets and chooses."""
    bets = [rng.choice(list(KINDS)) for _ in range(PHONES)]
    years = []
    for _ in range(YEARS):
        herds = [herd for herd in range(12) for _ in range(5)] + [None] * 40
        rng.shuffle(herds)
        years.append([Choice(rng.choice(WAYS), herd) for herd in herds[:PHONES]])
    return bets, years


async def choose_all(phones, choices):
    """Let all first leave their herds and then enter those they want: a full herd lets nobody in."""
    for herd in (False, True):
        for one, choice in zip(phones, choices, strict=True):
            await one.say(do="choose", way=choice.way, herd=choice.herd if herd else None)
        for one, choice in zip(phones, choices, strict=True):
            wanted = choice.herd if herd else None
            await one.hear(lambda now, c=choice, w=wanted: (now["way"], now["herd"], now["chosen"]) == (c.way, w, True))


async def whole_class(port, bets, years, rng):
    """Play ten years with sixty phones, of whom a third drops out and comes back each year; return what is shown."""
    async with projector(port) as leader:
        await leader.hear(lambda now: True)
        phones = []
        for k in range(PHONES):
            one = phone(port)
            await one.come()
            await one.hear(lambda now, k=k: now["seat"] == k)
            phones.append(one)
        assert (await leader.hear(lambda now: len(now["seats"]) == PHONES))["phase"] == "lobby"
        await go_on(leader)
        for one, bet in zip(phones, bets, strict=True):
            await one.hear(lambda now: now["phase"] == "bets")
            await one.say(do="bet", on=bet)
        shown = await leader.hear(lambda now: sum(now["bets"]) == PHONES)
        assert shown["bets"] == [bets.count(kind) for kind in KINDS]
        await go_on(leader)
        for year, choices in enumerate(years, 1):
            for one in phones:
                await one.hear(lambda now, year=year: (now["phase"], now["year"]) == ("year", year))
            await choose_all(phones, choices)
            away = rng.sample(phones, PHONES // 3)
            for one in away:
                await one.drop()
            await leader.hear(lambda now: sum(here for here, *_ in now["seats"]) == PHONES - PHONES // 3)
            if year % 2:  # they come back before the year is played, or after it
                await come_back(away)
            await go_on(leader)
            if not year % 2:
                await come_back(away)
        ends = [await one.hear(lambda now: now["phase"] == "end") for one in phones]
        await leader.hear(lambda now: now["phase"] == "end" and all(here for here, *_ in now["seats"]))
        while len(leader.shown["race"]["seats"][0]) < YEARS:
            leader.shown |= json.loads(await leader.socket.recv())
        for one in phones:
            await one.go()
        return ends, leader.shown


async def come_back(away):
    """Let phones connect again; each has its seat, its bet and its choice."""
    for one in away:
        before, one.shown = one.shown["now"], {}
        await one.come()
        now = await one.hear(lambda now: True)
        assert (now["seat"], now["bet"]) == (before["seat"], before["bet"])
        if now["phase"] == "year":
            assert (now["way"], now["herd"]) == (before["way"], before["herd"])


def test_sixty_phones_play_ten_years_and_nothing_is_lost():
    """One server; a third of the phones drops and returns every year. The numbers are those of the same choices."""
    rng = random.Random(19)
    bets, years = plan(rng)
    with serving(TOWN, seed=5) as (_, port):
        ends, shown = alone(whole_class(port, bets, years, rng))
    single = ClassMarket(TOWN, PHONES, 5)
    last = [single.play_year(choices) for choices in years][-1]
    assert [now["total"] for now in ends] == [round(x) for x in single.money[-1].tolist()]
    assert [now["last"]["deals"] for now in ends] == [seat.deals for seat in last]
    assert [now["bet"] for now in ends] == bets
    assert {now["winner"] for now in ends} == {shown["now"]["winner"]} == {single.winner()}
    assert shown["race"]["lines"] == {
        name: [None if x is None else round(x) for x in line] for name, line in single.lines.items()
    }
    assert [line[-1] for line in shown["race"]["seats"]] == [now["total"] for now in ends]


# -- somebody hostile -----------------------------------------------------------------------------

BAD_MESSAGES = [
    "x" * 900,
    "<script>alert(1)</script>",
    '{"do": "hello", "code": "ABCD", "name": "<script>alert(1)</script>"}',
    '{"do": "next", "step": "lobby-0-1"}',
    '{"do": "lead", "key": "guess"}',
    '{"do": "choose", "way": "<img src=x onerror=alert(1)>", "herd": null}',
    b"\x00\xff" * 100,
    "[" * 999,
    '{"do": "bet", "on": 1e999}',
    '{"do": "hello", "token": "ü"}',
    '{"do": "hello", "code": "\\ud800"}',
    '{"do": "hello", "code": "ſABC"}',
]


async def closed_after(message, port):
    """Send something as the first message; return the code with which the server closes."""
    async with connect(f"ws://127.0.0.1:{port}/class", local_addr=(STRANGER, 0)) as attack:
        await attack.send(message)
        try:
            async with asyncio.timeout(20):
                while True:
                    assert "token" not in json.loads(await attack.recv())
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


async def swallowed(task):
    """Do something hostile that the server may cut off at any point."""
    try:
        await task
    except (ConnectionClosed, OSError, InvalidStatus, TimeoutError, EOFError):
        return


async def flood(port):
    """Send far more messages than the server hears of one phone, as fast as they go."""
    async with connect(f"ws://127.0.0.1:{port}/class", local_addr=(STRANGER, 0)) as attack:
        await attack.send(json.dumps({"do": "hello", "code": CODE}))
        for _ in range(300):
            await attack.send(json.dumps({"do": "bet", "on": "adversarial-herd"}))


async def guess(port, tries=60):
    """Try codes, a connection each; return what the server answered."""
    answers = []
    for k in range(tries):
        async with connect(f"ws://127.0.0.1:{port}/class", local_addr=(STRANGER, 0)) as attack:
            await attack.send(json.dumps({"do": "hello", "code": f"XX{k:02}"}))
            answers.append(json.loads(await attack.recv())["refused"][0])
    return answers


async def hold(port, count):
    """Open connections that say nothing; return how many the server keeps."""
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(STRANGER, 0))
        writers.append((_, writer))
    await asyncio.sleep(0.5)
    kept = 0
    for reader, writer in writers:
        try:
            async with asyncio.timeout(0.05):
                kept += bool(await reader.read(1))
        except TimeoutError:
            kept += 1
        except OSError:
            pass
        writer.close()
    return kept


async def answer_time(one, bets):
    """Return the longest time until a phone saw its own bets."""
    longest = 0.0
    for bet in bets:
        started = time.monotonic()
        await one.say(do="bet", on=bet)
        await one.hear(lambda now, bet=bet: now["bet"] == bet)
        longest = max(longest, time.monotonic() - started)
        await asyncio.sleep(0.3)
    return longest


def waits_no_longer(calm, longest):
    """Return whether a phone is answered within some seconds, or within ten times what the machine takes anyway."""
    return longest < 5.0 + 10 * calm


async def hostile(port, made):
    """Attack a class in which two honest phones bet; return what came of it."""
    async with projector(port) as leader, phone(port) as ada, phone(port) as bob:
        await leader.hear(lambda now: len(now["seats"]) == 2)
        await go_on(leader)
        for one in (ada, bob):
            await one.hear(lambda now: now["phase"] == "bets")
        calm = await answer_time(ada, list(KINDS))
        codes = [await closed_after(message, port) for message in BAD_MESSAGES]
        huge = await closed_after("x" * 200_000, port)
        guesses = await guess(port)
        kept = await hold(port, 80)
        attacks = [asyncio.create_task(swallowed(flood(port))) for _ in range(12)]
        longest = await answer_time(ada, [list(KINDS)[k % 4] for k in range(8)])
        await asyncio.gather(*attacks)
        await bob.say(do="bet", on="collaborative-herd")
        await bob.hear(lambda now: now["bet"] == "collaborative-herd")
        shown = await leader.hear(lambda now: sum(now["bets"][:2]) >= 1)
        return codes, huge, guesses, kept, (calm, longest), shown, made.hour


def test_a_hostile_client_harms_nobody():
    limits = Limits(at_one_address=3, connections=20)
    with serving(TOWN.but(months=12), limits=limits) as (made, port):
        codes, huge, guesses, kept, times, shown, hour = alone(hostile(port, made))
        assert set(codes) == {4000} and huge in (1006, 1009)
        assert guesses[:5] == ["wrong_code"] * 5 and set(guesses[20:]) == {"wait"}
        assert kept <= limits.connections
        assert waits_no_longer(*times)
        seats = [seat.address for seat in hour.seats]
        assert seats[:2] == ["127.0.0.1"] * 2 and seats.count(STRANGER) <= limits.at_one_address
        assert hour.seats[1].bet == "collaborative-herd" and hour.phase == "bets"
        assert "script" not in json.dumps(shown) and "onerror" not in json.dumps(shown)
        assert get(f"http://127.0.0.1:{port}/")[0] == 200


def test_a_phone_that_takes_nothing_holds_nobody_up():
    async def stuck(port):
        async with projector(port) as leader, phone(port) as ada, phone(port) as deaf:
            await leader.hear(lambda now: len(now["seats"]) == 2)
            deaf.socket.transport.pause_reading()
            await go_on(leader)
            await ada.hear(lambda now: now["phase"] == "bets")
            return await answer_time(ada, list(KINDS))

    async def without(port):
        async with projector(port) as leader, phone(port) as ada:
            await leader.hear(lambda now: len(now["seats"]) == 1)
            await go_on(leader)
            await ada.hear(lambda now: now["phase"] == "bets")
            return await answer_time(ada, list(KINDS))

    times = []
    for hour in (without, stuck):
        with serving(TOWN.but(months=12)) as (_, port):
            times.append(alone(hour(port)))
    assert waits_no_longer(*times)


def test_who_says_nothing_is_shown_out():
    async def silent(port):
        async with connect(f"ws://127.0.0.1:{port}/class") as quiet:
            with pytest.raises(ConnectionClosed) as end:
                await quiet.recv()
            return end.value.rcvd.code

    with serving(limits=Limits(patience=0.3)) as (_, port):
        assert alone(silent(port)) == 4000


def test_a_seat_has_one_phone():
    async def twice(port):
        async with phone(port) as first:
            await first.hear(lambda now: True)
            other = phone(port)
            other.token = first.token
            async with other:
                assert (await other.hear(lambda now: True))["seat"] == 0
                with pytest.raises(ConnectionClosed) as end:
                    while True:
                        await first.socket.recv()
                return end.value.rcvd.code

    with serving() as (made, port):
        assert alone(twice(port)) == 4001
        assert len(made.hour.seats) == 1


def test_a_button_pressed_twice_leads_on_once():
    async def twice(port):
        async with projector(port) as leader, phone(port) as ada:
            await leader.hear(lambda now: len(now["seats"]) == 1)
            for _ in range(3):
                await leader.say(do="next", step="lobby-0-1")
            await ada.hear(lambda now: now["phase"] == "bets")
            await asyncio.sleep(0.5)
            return (await leader.hear(lambda now: now["phase"] != "lobby"))["phase"]

    with serving() as (_, port):
        assert alone(twice(port)) == "bets"


async def refusal(client):
    """Return why somebody is not let in."""
    async with client:
        return await client.refused()


def test_only_the_key_leads():
    with serving() as (_, port):
        assert alone(refusal(Client(port, {"do": "lead", "key": "x"}))) == "wrong_key"
        assert alone(refusal(Client(port, {"do": "lead", "key": KEY}, source=STRANGER))) == "wrong_key"
        assert alone(refusal(Client(port, {"do": "hello", "code": "ZZZZ"}))) == "wrong_code"
        assert alone(refusal(Client(port, {"do": "hello", "token": "of an earlier class"}))) == "no_code"


def test_phones_do_not_lead_and_projectors_do_not_bet():
    async def mixed(port):
        async with projector(port) as leader, phone(port) as ada:
            await leader.hear(lambda now: len(now["seats"]) == 1)
            await ada.say(do="next", step="lobby-0-1")
            await leader.say(do="bet", on="adversarial-herd")
            first = await ada.refused(), await leader.refused()
            await ada.say(do="next", step="lobby-0-1")
            return *first, await ada.refused()  # the same once more is told once more

    with serving() as (made, port):
        assert alone(mixed(port)) == ("not_now", "not_now", "not_now")
        assert made.hour.phase == "lobby"


# -- pages ----------------------------------------------------------------------------------------


def test_pages_load_their_own_files_alone():
    with serving() as (_, port):
        home = f"http://127.0.0.1:{port}"
        for part in ("/", "/projector"):
            status, headers, text = get(home + part)
            assert status == 200 and "unsafe" not in headers["Content-Security-Policy"]
            assert (
                f"connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port};" in headers["Content-Security-Policy"]
            )
            assert headers["Cache-Control"] == "no-store" and "server" not in headers
            assert not re.search(r"https?://(?!127\.0\.0\.1|www\.w3\.org)", text)
        waiting, seen = ["phone.js", "projector.js", "class.css"], set()
        while waiting:
            name = waiting.pop()
            status, headers, text = get(f"{home}/web/{name}")
            assert status == 200 and headers["X-Content-Type-Options"] == "nosniff"
            seen.add(name)
            waiting += set(re.findall(r'from "\./([\w.]+)"', text)) - seen
        assert {"dom.js", "link.js", "words.js"} <= seen
        for name in ("pages.py", "..%2fpages.py", "%2e%2e%2fserver.py"):
            assert get(f"{home}/web/{name}")[0] == 404


def test_the_phones_page_does_not_tell_the_code_or_the_key():
    with serving() as (_, port):
        phones, leading = (get(f"http://127.0.0.1:{port}{part}")[2] for part in ("/", "/projector"))
        assert CODE not in phones and KEY not in phones + leading and f'"{CODE}"' in leading


def test_other_sites_are_kept_out():
    async def open_from(port, **headers):
        with pytest.raises(InvalidStatus) as error:
            async with connect(f"ws://127.0.0.1:{port}/class", additional_headers=headers):
                pass
        return error.value.response.status_code

    with serving() as (_, port):
        home = f"http://127.0.0.1:{port}"
        assert get(home + "/projector", Origin="http://elsewhere.example")[0] == 403
        assert get(home + "/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"})[0] == 403
        assert get(home + "/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"})[0] == 200
        assert get(home + "/", Host="elsewhere.example")[0] == 400
        assert alone(open_from(port, Origin="http://elsewhere.example")) == 403
        assert alone(open_from(port, **{"Sec-Fetch-Site": "cross-site"})) == 403


# -- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, line",
    [
        (["--on", "everywhere"], "--on: is 'everywhere'; write machine, network, or an address"),
        (["--on", "8.8.8.8"], "--on: 8.8.8.8 is no address of a local network"),
        (["--on", "0.0.0.0"], "--on: 0.0.0.0 is no address of a local network"),
        (["--on", "10.255.255.254"], "--on 10.255.255.254, --port"),
        (["--months", "30"], "months: is 30; a class plays whole years"),
        (["--phones", "0"], "--phones: is '0'; it must be a whole number of phones from 1 to 200"),
        (["--set", "trust.acquainted=true", "--set", "trust.remembered=50"], "cannot hold a class of so many phones"),
    ],
)
def test_what_the_command_refuses(words, line, capsys):
    assert main(["class", *words, "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert line in said and len(said.splitlines()) == 1


def test_a_port_that_is_taken(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["class", "--port", str(port)]) == 2
    assert f"--port {port}: cannot be used" in capsys.readouterr().err


def test_where_phones_find_it():
    assert address_of("machine") == "127.0.0.1" and address_of("192.168.1.5") == "192.168.1.5"
    try:
        assert address_of("network") != "127.0.0.1"
    except InputError as error:
        assert "local network" in str(error)


def test_the_command_serves_and_stores_nothing(tmp_path):
    command = [sys.executable, "-m", "longgame.experiments.cli.main", "class", "--port", "0", "--months", "12"]
    small = ["--set", "customers.count=200"]
    with subprocess.Popen(
        [*command, *small],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores Ctrl-C
    ) as serving_process:
        try:
            lines = [serving_process.stdout.readline() for _ in range(2)]
            home, key = re.search(r"(http://127\.0\.0\.1:\d+)/projector#(\S+)", lines[0]).groups()
            code = re.search(r"code ([A-Z]{4});", lines[1])[1]
            port = int(home.rpartition(":")[2])
            assert get(home + "/")[0] == 200

            async def play():
                leader = Client(port, {"do": "lead", "key": key})
                async with leader, Client(port, {"do": "hello", "code": code}) as ada:
                    await leader.hear(lambda now: len(now["seats"]) == 1)
                    for _ in range(3):
                        await go_on(leader)
                    return await ada.hear(lambda now: now["phase"] == "end")

            assert alone(play())["last"]["visits"] >= 0
        finally:
            serving_process.send_signal(signal.SIGINT)
            _, said = serving_process.communicate(timeout=30)
    assert serving_process.returncode == 130 and "the class is over; nothing was stored" in said
    assert list(tmp_path.iterdir()) == []
