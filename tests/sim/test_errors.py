"""The one kind of error for what a user gave."""

from __future__ import annotations

import pickle

from longgame.sim.errors import InputError


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InputError("a: b", "c: d")))
    assert error.lines == ("a: b", "c: d") and str(error) == "a: b\nc: d"
