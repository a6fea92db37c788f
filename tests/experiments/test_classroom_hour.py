"""The hour of a class: who may do what when, and what phones and projector are told."""

import inspect
import json
from pathlib import Path

import pytest

from longgame.experiments.cli.classroom import classroom
from longgame.experiments.lesson.classroom.hour import LETTERS, Hour, Refused, new_code
from longgame.experiments.lesson.classroom.limits import Allowance, Limits, WrongCodes
from longgame.experiments.lesson.classroom.market import MOST_YEARS
from longgame.experiments.lesson.classroom.messages import Choose, Hello, read
from tests.class_server import CODE, TOWN


def hour(phones=3, **limits):
    made = Hour(TOWN.but(months=24), 0, CODE, Limits(**limits))
    for k in range(phones):
        made.join(CODE, f"10.0.0.{k}")
    return made


def refused(call, *arguments):
    with pytest.raises(Refused) as error:
        call(*arguments)
    return error.value.why


def go_on(made):
    play = made.go_on()
    if play:
        play()
        made.played()


def test_a_whole_hour():
    made = hour()
    ada, bob, cy = made.seats
    assert [seat.number for seat in made.seats] == [0, 1, 2] and len({seat.token for seat in made.seats}) == 3
    go_on(made)
    made.bet(ada, "adversarial-herd")
    made.bet(bob, "collaborative-herd")
    made.bet(ada, "collaborative-herd")  # it may change
    assert made.of_projector()["bets"] == [0, 2, 0, 0]
    go_on(made)
    assert (made.phase, made.year) == ("year", 1)
    made.choose(ada, "collaborative", 0)
    made.choose(bob, "adversarial", 0)
    assert made.of_phone(cy)["herds"] == [2, 0] and not made.of_phone(cy)["chosen"]
    go_on(made)
    assert made.year == 2 and made.of_phone(ada)["last"]["money"] == made.of_phone(bob)["last"]["money"]
    assert made.of_projector()["ways"] == [[0, 1], [0, 1], [0, 0], [0, 0], [1, 0]]
    assert made.of_phone(ada)["way"] == "collaborative"  # the choice holds, but was not made for this year
    assert not made.of_phone(ada)["chosen"]
    go_on(made)
    shown = made.of_phone(ada)
    assert made.phase == "end" and shown["winner"] == made.market.winner()
    assert sorted(made.of_phone(seat)["rank"] for seat in made.seats) in ([1, 1, 3], [1, 2, 2])  # two share a herd
    race = made.race()
    assert [len(line) for line in race["seats"]] == [2, 2, 2] and race["seats"][0][-1] == shown["total"]
    json.dumps([made.of_projector(), race, shown], allow_nan=False)
    go_on(made)
    assert (made.phase, made.seed, made.market, made.race()) == ("bets", 1, None, None)
    assert made.of_phone(ada) == {"phase": "bets", "year": 1, "years": 2, "seat": 0, "bet": None}


def test_what_phones_may_not_do():
    made = hour(6, seats=7, at_one_address=2)
    first, *others = made.seats
    assert refused(made.join, "ABCE", "a") == "wrong_code" and refused(made.join, "", "a") == "no_code"
    assert made.join("abcd ", "a").number == 6  # as people type it
    assert refused(made.join, CODE, "b") == "full"
    assert refused(made.bet, first, "adversarial-herd") == "not_now"
    assert refused(made.choose, first, "collaborative", None) == "not_now"
    go_on(made)
    assert refused(made.bet, first, "<script>") == "not_now"
    go_on(made)
    assert refused(made.bet, first, "adversarial-herd") == "not_now"
    assert refused(made.choose, first, "constructor", None) == "not_now"
    assert refused(made.choose, first, "collaborative", 2) == "not_now"  # seven seats have two herds
    for seat in others:
        made.choose(seat, "collaborative", 1)
    assert refused(made.choose, first, "collaborative", 1) == "herd_full"
    made.choose(others[0], "adversarial", 1)  # who is in may stay
    made.choose(others[0], "adversarial", None)
    made.choose(first, "collaborative", 1)
    assert refused(made.join, CODE, "b") == "late"


def test_one_address_gets_some_seats_and_this_machine_all():
    made = hour(0, at_one_address=2)
    made.join(CODE, "10.0.0.9")
    made.join(CODE, "10.0.0.9")
    assert refused(made.join, CODE, "10.0.0.9") == "too_many_here"
    for _ in range(5):
        made.join(CODE, "127.0.0.1")


def test_a_token_finds_its_seat_and_nothing_else_does():
    made = hour()
    assert made.back(made.seats[1].token) is made.seats[1]
    assert made.back("") is None and made.back(made.seats[1].token[:-1]) is None


def test_nobody_is_no_class_and_a_year_is_played_once():
    made = hour(0)
    assert refused(made.go_on) == "nobody"
    made = hour(1)
    made.go_on()
    made.go_on()
    before, play = made.step, made.go_on()
    assert play and made.step != before and refused(made.go_on) == "not_now"
    play()
    made.played()
    assert made.year == 2


def test_a_year_that_cannot_be_played_is_chosen_again():
    made = hour(1)
    made.go_on()
    made.go_on()
    made.go_on()
    made.played()
    assert (made.phase, made.year) == ("year", 1)


def test_nothing_that_is_shown_tells_tokens_addresses_or_the_code():
    made = hour()
    for _ in range(4):
        for seat in made.seats:
            text = json.dumps([made.of_phone(seat), made.of_projector(), made.race()])
            assert not any(one.token in text or one.address in text for one in made.seats) and CODE not in text
        go_on(made)


def test_codes_are_four_letters_that_cannot_be_mistaken():
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190 and all(len(code) == 4 and set(code) <= set(LETTERS) for code in codes)
    assert not set("IOQ") & set(LETTERS)


NO_MESSAGES = [
    "",
    "x",
    "[]",
    "null",
    "{}",
    '{"do": "shout"}',
    '{"do": "bet"}',
    '{"do": "bet", "on": 3}',
    '{"do": "bet", "on": "' + "x" * 65 + '"}',
    '{"do": "hello", "code": "ABCD", "name": "<script>alert(1)</script>"}',
    '{"do": "choose", "way": "collaborative", "herd": -1}',
    '{"do": "choose", "way": "collaborative", "herd": "1"}',
    '{"do": "choose", "way": "collaborative", "herd": 1e400}',
    '{"do": "next", "step": null}',
    "[" * 500,
]


@pytest.mark.parametrize("text", NO_MESSAGES)
def test_what_is_no_message(text):
    assert read(text) is None


def test_messages():
    assert read('{"do": "hello", "code": "ABCD"}') == Hello(do="hello", code="ABCD")
    assert read('{"do": "choose", "way": "discounter", "herd": null}') == Choose(do="choose", way="discounter")


def test_the_how_to_page_and_the_command_name_the_limits():
    usual = Limits()
    page = (Path(__file__).parents[2] / "docs" / "howto" / "class.md").read_text(encoding="utf-8")
    options = inspect.signature(classroom).parameters
    assert (options["phones"].default, options["per_address"].default) == (usual.seats, usual.at_one_address)
    for row in (
        f"phones (`--phones`) | {usual.seats}",
        f"phones from one network address (`--per-address`) | {usual.at_one_address}",
        f"connections from one network address, per phone allowed | {usual.connections // usual.at_one_address}",
        f"one message | {usual.letters:,} bytes",
        f"messages of one phone | {usual.burst:.0f} at once, then {usual.a_second:.0f} a second",
        "wrong codes from one address | "
        f"{usual.wrong_burst:.0f} at once, then {60 * usual.wrong_a_second:.0f} a minute",
        f"years | {MOST_YEARS}",
    ):
        assert f"| {row} |" in page, row


def test_an_allowance_fills_up_again():
    now = [0.0]
    one = Allowance(2, 0.5, clock=lambda: now[0])
    assert [one.take() for _ in range(3)] == [True, True, False]
    now[0] = 2.0
    assert one.take() and not one.take()
    now[0] = 100.0
    assert [one.take() for _ in range(3)] == [True, True, False]


def test_who_guesses_codes_has_to_wait_and_others_do_not():
    wrong = WrongCodes(Limits(wrong_burst=3, wrong_a_second=0.0))
    for _ in range(3):
        assert wrong.may_guess("a")
        wrong.note("a")
    assert not wrong.may_guess("a") and wrong.may_guess("b")
    for k in range(2_000):
        wrong.note(f"x{k}")
    assert len(wrong._of) == 1_000
