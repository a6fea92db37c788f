"""Keyed random numbers: each draw is a pure function of (seed, month, agent, purpose).

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3"). The seed is the key, (agent, month, purpose) the counter, so the same customer meets the
same luck under every strategy (common random numbers), in any order and on any number of threads.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from longgame.sim.compiled import routine, rule
from longgame.sim.functions import cos_turns, log

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_TO_UNIT = 2.0**-32

#: Agents whose random words are drawn together; they and their records fit the nearest cache.
STRIP = 128


class Purpose(IntEnum):
    """The purpose of a block of four random words. Strangers come last and take as many blocks as they need."""

    EVERY_MONTH = 0  # life, need, contact to ask, whether it is told
    NEWCOMER = 1  # rate, stake (2), need
    APPROACH = 2  # drift (2), contact, choice
    MEETING = 3  # place in the queue, estimate (2), priority
    COLLEAGUE = 4  # -, estimate of a colleague (2)
    PITCH = 5  # refer, buy, asking around
    DELIVERY = 6  # quality (2), issue, voice
    AFTERWARDS = 7  # solved, refund, customers' customers, place in the team's queue
    HIRED = 8  # skill, position, -, where a firm of specialists begins
    CAREER = 9  # resigns, is dismissed, converts, imitates
    MODEL = 10  # model to imitate, whether it is imitated
    FAVOURITE = 11  # favourite of a newcomer who knows everybody
    PATIENCE = 12  # whether a need is still there, -, size of an order (2)
    RECORD = 13  # whether an experience is posted, whether a misled customer gives the goods back
    SUCCESSION = 14  # who takes a leaver's client over
    FOUNDING = 15  # whom a new firm copies, whether a firm grows, whether it shrinks
    RIVALS = 16  # four rivals a block
    STRANGERS = 32  # four strangers a block


@rule
def _philox(seed, month, agent, purpose):
    """Return four random 32-bit words (as uint64) of Philox4x32-10."""
    k0 = np.uint64(seed) & _MASK
    k1 = (np.uint64(seed) >> _SHIFT) & _MASK
    c0 = np.uint64(agent) & _MASK
    c1 = np.uint64(month) & _MASK
    c2 = np.uint64(purpose) & _MASK
    c3 = (np.uint64(agent) >> _SHIFT) & _MASK
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _SHIFT) ^ c1 ^ k0
        c1 = p1 & _MASK
        c2 = (p0 >> _SHIFT) ^ c3 ^ k1
        c3 = p0 & _MASK
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@routine
def words(seed, month, agent, purpose):
    """Return four random 32-bit words (as uint64) for one purpose of one agent in one month."""
    return _philox(seed, month, agent, purpose)


@rule
def unit(word):
    """Turn a random word into a uniform number in (0, 1)."""
    return (np.float64(word) + 0.5) * _TO_UNIT


@routine
def roll(block, seed, month, agents, count, purpose):
    """Write the words of the first `count` agents side by side: ``block[:, b]`` is those of ``agents[b]``.

    Without a branch in the loop the compiler hashes many agents at once, ten times as fast as one by one.
    """
    for b in range(count):
        block[0, b], block[1, b], block[2, b], block[3, b] = _philox(seed, month, agents[b], purpose)


@rule
def uniforms(seed, month, agent, purpose):
    """Return four independent uniform numbers in (0, 1)."""
    a, b, c, d = words(seed, month, agent, purpose)
    return unit(a), unit(b), unit(c), unit(d)


@rule
def normal(u, v):
    """Turn two uniform numbers into one standard normal number (Box & Muller 1958)."""
    return math.sqrt(-2.0 * log(u)) * cos_turns(v)


@rule
def pick(u, n):
    """Turn a uniform number into an integer in 0 … n-1."""
    return min(int(u * n), n - 1)
