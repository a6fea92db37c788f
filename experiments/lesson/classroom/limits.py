"""What keeps a crowd, or one hostile machine, from taking the place of a class."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: The machine that serves is the teacher's: limits for one address do not count there.
HERE = "127.0.0.1"

#: Addresses whose wrong codes are remembered; of more, those heard of longest ago are forgotten.
MOST_ADDRESSES = 1_000


@dataclass(frozen=True)
class Limits:
    """How much a class may be, and how much one phone may ask.

    Attributes
    ----------
    seats : int
        Most phones of a class.
    at_one_address : int
        Most seats that are given to one network address.
    connections : int
        Most connections that one address may hold open.
    letters : int
        Longest message. Unit: bytes.
    burst, a_second : float
        Messages of one connection at once, and then a second.
    wrong_burst, wrong_a_second : float
        Wrong codes of one address at once, and then a second.
    patience : float
        Seconds within which a phone has to say who it is, and to take a message.
    """

    seats: int = 100
    at_one_address: int = 8
    connections: int = 32
    letters: int = 1_000
    burst: float = 20.0
    a_second: float = 4.0
    wrong_burst: float = 10.0
    wrong_a_second: float = 0.1
    patience: float = 10.0


class Allowance:
    """Something of which there is a burst at once, and then so much a second (a token bucket).

    Examples
    --------
    >>> one = Allowance(2, 1, clock=lambda: 0.0)
    >>> one.take(), one.take(), one.take()
    (True, True, False)
    """

    def __init__(self, burst: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._a_second, self._clock = burst, a_second, clock
        self._left, self._at = burst, clock()

    def _refill(self) -> None:
        now = self._clock()
        self._left, self._at = min(self._burst, self._left + (now - self._at) * self._a_second), now

    def empty(self) -> bool:
        """Return whether nothing is left now."""
        self._refill()
        return self._left < 1.0

    def take(self) -> bool:
        """Take one; return False if there is none."""
        if self.empty():
            return False
        self._left -= 1.0
        return True


class WrongCodes:
    """Wrong codes by address: who guesses has to wait. Kept in memory alone, and only for the latest addresses."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._of: OrderedDict[str, Allowance] = OrderedDict()

    def may_guess(self, address: str) -> bool:
        """Return whether an address may try a code."""
        return address not in self._of or not self._of[address].empty()

    def note(self, address: str) -> None:
        """Count a wrong code."""
        allowed = self._of.pop(address, None) or Allowance(self._limits.wrong_burst, self._limits.wrong_a_second)
        allowed.take()
        self._of[address] = allowed
        while len(self._of) > MOST_ADDRESSES:
            self._of.popitem(last=False)
