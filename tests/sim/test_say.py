"""Whoever waits is not left long without a word."""

import threading

import pytest

from longgame.sim import say


@pytest.fixture
def clock(monkeypatch):
    """Let the time be what the test says, and look at once."""
    monkeypatch.setattr(say, "INTERVAL", 1e-3)
    monkeypatch.setattr(say, "_said", 0.0)
    now = [100.0]
    monkeypatch.setattr(say.time, "monotonic", lambda: now[0])
    return now


def test_a_line_is_due_when_nothing_was_said_for_long(clock):
    began = clock[0]
    clock[0] = began + say.SILENCE - 1
    assert not say.silent_since(began)
    clock[0] = began + say.SILENCE
    assert say.silent_since(began)
    say.say("a word")
    assert not say.silent_since(began)


def test_nothing_is_said_in_a_block_that_is_short(clock, capsys):
    looked = threading.Event()
    with say.saying(lambda: "too early"), say.every_moment(looked.set):
        assert looked.wait(60)
    assert capsys.readouterr().err == ""


def test_a_long_block_says_its_line_once_a_silence(clock, capsys):
    said = threading.Event()

    def line():
        said.set()
        return "still at it"

    with say.saying(line):
        clock[0] += say.SILENCE
        assert said.wait(60)
    assert capsys.readouterr().err == "still at it\n"


def test_an_empty_line_is_not_said(clock, capsys):
    asked = threading.Event()
    with say.saying(lambda: asked.set() or ""):
        clock[0] += say.SILENCE
        assert asked.wait(60)
    assert capsys.readouterr().err == ""
