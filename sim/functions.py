"""Exponential, logarithm and cosine without a branch, so that loops compute many at once.

Each is a polynomial of basic operations alone, so the bits are the same on every processor. All err by less than
two units in the last place (`tests/sim/test_functions.py`); the mathematical library computes one value at a time.
"""

from __future__ import annotations

import math

import numpy as np

from longgame.sim.compiled import either, rule

_LOG2_E = 1.0 / math.log(2.0)
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # their sum is ln 2 to 86 bits
_WHOLE = 1.5 * 2.0**52  # a number this large has no fraction: adding it rounds to an integer, held in the last bits
_MANTISSA = np.int64(52)  # bits
_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)  # the bits of √½
_WHOLE_BITS = np.int64(0x4338000000000000)  # the bits of `_WHOLE`
_LEAST, _MOST = -708.0, 709.0  # beyond, the exponential is 0 or too large for a number of 64 bits

# Coefficients of the Taylor series of eʳ, and of cos 2πt in t².
_E2, _E3, _E4, _E5, _E6, _E7, _E8, _E9, _E10, _E11, _E12, _E13 = (1.0 / math.factorial(k) for k in range(2, 14))
_C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10 = (
    (-1.0) ** k * (2.0 * math.pi) ** (2 * k) / math.factorial(2 * k) for k in range(1, 11)
)


@rule
def _bits(x):
    """Return the bits of a number as an integer."""
    return np.float64(x).view(np.int64)


@rule
def _number(bits):
    """Return the number that has these bits."""
    return np.int64(bits).view(np.float64)


@rule
def exp(x):
    """Return eˣ = 2ⁿ·eʳ with |r| ≤ ½ ln 2; below -708 return 0."""
    shifted = max(min(x, _MOST), _LEAST) * _LOG2_E + _WHOLE
    n = shifted - _WHOLE
    r = (max(min(x, _MOST), _LEAST) - n * _LN2_HIGH) - n * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (_E2 + _E3 * r) + (_E4 + _E5 * r) * r2
    middle = (_E6 + _E7 * r) + (_E8 + _E9 * r) * r2
    high = (_E10 + _E11 * r) + (_E12 + _E13 * r) * r2
    power = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)))
    scaled = _number(_bits(power) + (_bits(shifted) << _MANTISSA))
    return either(x >= _LEAST, scaled, 0.0)


@rule
def log(x):
    """Return the natural logarithm n ln 2 + ln f of x = 2ⁿ·f, with √½ ≤ f < √2; x is positive and normal."""
    bits = _bits(x)
    n = (bits - _ROOT_HALF) >> _MANTISSA
    f = _number(bits - (n << _MANTISSA))
    s = (f - 1.0) / (f + 1.0)
    z = s * s
    w = z * z
    # ln f = 2 (s + s³/3 + s⁵/5 + …)
    high = (2 / 11 + 2 / 13 * z) + w * ((2 / 15 + 2 / 17 * z) + w * (2 / 19 + 2 / 21 * z))
    series = (2 / 3 + 2 / 5 * z) + w * ((2 / 7 + 2 / 9 * z) + w * high)
    whole = _number(n + _WHOLE_BITS) - _WHOLE
    return whole * _LN2_HIGH + (2.0 * s + (s * z * series + whole * _LN2_LOW))


@rule
def cos_turns(v):
    """Return the cosine of v turns, cos 2πv, for v in [0, 1]."""
    t = abs(v - 0.5)  # cos 2πv = -cos 2πt
    far = t > 0.25
    t = either(far, 0.5 - t, t)  # cos 2πt = -cos 2π(½ - t)
    z = t * t
    w = z * z
    high = (_C5 + _C6 * z) + w * (_C7 + _C8 * z) + (w * w) * (_C9 + _C10 * z)
    cosine = 1.0 + z * ((_C1 + _C2 * z) + w * (_C3 + _C4 * z) + (w * w) * high)
    return either(far, cosine, -cosine)
