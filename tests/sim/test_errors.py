"""The one kind of error for what a user gave: lines that can be printed and read, and near matches."""

from __future__ import annotations

import pickle

import pytest

from longgame.sim.errors import LONGEST, InputError, closest, nearest, shown_as


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InputError("a: b", "c: d" * 1000)))
    assert error.lines == InputError("a: b", "c: d" * 1000).lines and str(error) == "\n".join(error.lines)


@pytest.mark.parametrize("value", ["x" * 65_000, "\x1b" * 65_000, "é\n" * 65_000], ids=["long", "codes", "lines"])
def test_a_line_keeps_its_place_and_its_advice_and_loses_what_is_too_long(value):
    error = InputError(f"orders.csv: the header {value} has no column `amount`; name it", "short: 1; make it 2")
    first, second = error.lines
    assert first.startswith("orders.csv: the header ") and first.endswith(" has no column `amount`; name it")
    assert len(first) == LONGEST and " … " in first and first.isprintable()
    assert second == "short: 1; make it 2"
    assert len(str(error)) < LONGEST + 100


def test_a_line_that_fits_is_whole():
    assert InputError("x" * LONGEST).lines == ("x" * LONGEST,)


def test_values_are_shown_as_a_user_writes_them():
    class Silent:
        def __str__(self):
            raise ZeroDivisionError

    assert shown_as(True) == "true" and shown_as({}) == "a table" and shown_as([]) == "an empty list"
    assert shown_as("x" * 100) == f'"{"x" * 57}..."'
    assert shown_as(Silent()) == "a value of the class Silent that cannot be printed"


def test_near_names():
    assert nearest("qqq", ["annuity", "herd"], "name a claim") == "name a claim"
    assert closest("rate", ["months", "customers.rate"]) == "; did you mean `customers.rate`?"
    assert closest("qqq", ["months"]) == ""
