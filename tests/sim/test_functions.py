"""The project's own functions against those of NumPy in more digits."""

import numba
import numpy as np
import pytest

from longgame.sim.functions import cos_turns, exp, log

RNG = np.random.default_rng(0)
WIDE = np.finfo(np.longdouble).nmant > 60


def of_all(function, xs):
    """Return a function of many numbers, computed in a loop as rules are."""

    @numba.njit(error_model="numpy")
    def loop(xs, ys):
        for k in range(len(xs)):
            ys[k] = function(xs[k])

    ys = np.empty(len(xs))
    loop(xs, ys)
    return ys


def worst(found, exact):
    """Return the largest error in units in the last place."""
    return float((np.abs(found - exact) / np.spacing(np.abs(exact).astype(float))).max())


@pytest.mark.skipif(not WIDE, reason="this machine has no longer numbers to compare with")
@pytest.mark.parametrize(
    ("function", "exact", "xs"),
    [
        (exp, np.exp, np.concatenate([-RNG.exponential(3.0, 200_000), RNG.uniform(-708, 709, 200_000)])),
        (log, np.log, np.concatenate([RNG.random(200_000), 1.0 - 1e-6 * RNG.random(50_000), 2.0 ** -np.arange(60.0)])),
        (
            cos_turns,
            lambda v: np.cos(2 * np.longdouble("3.14159265358979323846264338327950288") * v),
            RNG.random(200_000),
        ),
    ],
    ids=["exp", "log", "cos"],
)
def test_the_last_place_errs_by_less_than_two(function, exact, xs):
    truth = exact(xs.astype(np.longdouble))
    found = of_all(function, xs)
    if function is cos_turns:  # near its zeros the cosine has digits that no argument of 53 bits decides
        assert np.abs(found - truth).max() < 5e-16
    else:
        assert worst(found, truth) < 2.0


def test_values_that_must_be_exact():
    assert of_all(exp, np.array([0.0, -0.0, -709.0, -np.inf])).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert of_all(log, np.array([1.0])).tolist() == [0.0]
    assert of_all(cos_turns, np.array([0.0, 0.5, 1.0])).tolist() == [1.0, -1.0, 1.0]
    assert abs(of_all(cos_turns, np.array([0.25]))[0]) < 1e-15


HEX = {
    "exp": ["0x1.cf46d99d52b3ap-1", "0x1.c8f87724b5c1dp-3", "0x1.b93de1e27ca3bp-30", "0x1.245639c3a49f7p-433"],
    "log": ["-0x1.004f6ca38db94p+3", "-0x1.534e277cb131ap+2", "-0x1.59775f751301fp+1", "-0x1.b42e1b3b631f0p-9"],
    "cos": ["0x1.ffffb6e525504p-1", "0x1.ffbfc0bc4910bp-1", "0x1.d2ef54d692feap-1", "0x1.ffe371c5da081p-1"],
}


def test_bits_are_those_of_every_processor():
    xs = np.array([-0.1, -1.5, -20.25, -300.0])
    assert [x.hex() for x in of_all(exp, xs).tolist()] == HEX["exp"]
    assert [x.hex() for x in of_all(log, -xs / 301).tolist()] == HEX["log"]
    assert [x.hex() for x in of_all(cos_turns, -xs / 301).tolist()] == HEX["cos"]
