"""The hour of a class: who has joined, what they bet and choose, and what each phone and the projector show.

Nothing here knows of networks. Everything is kept in memory, and nothing of it tells who somebody is: a seat is a
number, and whoever shows its token.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from longgame.experiments.lesson.classroom.limits import HERE, Limits
from longgame.experiments.lesson.classroom.market import (
    ALONE,
    HERD_OF,
    KINDS,
    TOGETHER,
    WAYS,
    Average,
    Choice,
    ClassMarket,
    SeatYear,
    herds_for,
)
from longgame.sim.scenario import Scenario

#: The steps of the hour.
LOBBY, BETS, YEAR, PLAYING, END = "lobby", "bets", "year", "playing", "end"

#: Letters of a code: none that looks or sounds like another.
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
CODE_LENGTH = 4


def new_code() -> str:
    """Return the code that lets phones in."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


class Refused(Exception):
    """Something that a phone may not do now; `why` is a key of the page's words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Seat:
    """A phone's place in the class.

    Attributes
    ----------
    number : int
        Place among the salespeople; 0 is the first.
    token : str
        Whoever shows it has the seat.
    address : str
        From where it was taken, so that no one address takes all.
    here : bool
        Whether the phone is connected.
    bet : str or None
    choice : Choice
        The latest one; it holds until another is made.
    chosen : bool
        Whether it was made for this year.
    last : SeatYear or None
        What the latest year brought.
    """

    number: int
    address: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    here: bool = False
    bet: str | None = None
    choice: Choice = field(default_factory=Choice)
    chosen: bool = False
    last: SeatYear | None = None


class Hour:
    """The state of a class.

    Parameters
    ----------
    base : Scenario
        The town.
    seed : int
        Seed of the first game; further ones have the next seeds.
    code : str
        Lets phones in.
    limits : Limits

    Attributes
    ----------
    phase : {"lobby", "bets", "year", "playing", "end"}
    market : ClassMarket or None
        None before the first year.
    """

    def __init__(self, base: Scenario, seed: int, code: str, limits: Limits) -> None:
        self.base, self.seed, self.code, self.limits = base, seed, code, limits
        self.phase = LOBBY
        self.seats: list[Seat] = []
        self.market: ClassMarket | None = None
        self.years = base.months // 12
        self._chosen_last: Counter[tuple[str, str]] = Counter()
        self._ending: dict[str, Any] = {}

    # -- what phones do ---------------------------------------------------------------------------

    def back(self, token: str) -> Seat | None:
        """Return the seat of a token."""
        shown = token.encode()
        return next((seat for seat in self.seats if secrets.compare_digest(seat.token.encode(), shown)), None)

    def join(self, code: str, address: str) -> Seat:
        """Give a new seat.

        Raises
        ------
        Refused
            If the code is missing or wrong, the game has begun, or there are too many phones.
        """
        if not code:
            raise Refused("no_code")
        if not secrets.compare_digest(code.strip().upper().encode(), self.code.encode()):
            raise Refused("wrong_code")
        if self.phase not in (LOBBY, BETS):
            raise Refused("late")
        if len(self.seats) >= self.limits.seats:
            raise Refused("full")
        there = sum(seat.address == address for seat in self.seats)
        if address != HERE and there >= self.limits.at_one_address:
            raise Refused("too_many_here")
        self.seats.append(Seat(len(self.seats), address))
        return self.seats[-1]

    def bet(self, seat: Seat, kind: str) -> None:
        """Enter a bet; it can be changed until the bets are closed."""
        if self.phase != BETS or kind not in KINDS:
            raise Refused("not_now")
        seat.bet = kind

    def choose(self, seat: Seat, way: str, herd: int | None) -> None:
        """Enter how a seat sells this year; it can be changed until the year is played."""
        if self.phase != YEAR or way not in WAYS or (herd is not None and herd >= self.herds):
            raise Refused("not_now")
        if herd is not None and sum(s.choice.herd == herd for s in self.seats if s is not seat) >= HERD_OF:
            raise Refused("herd_full")
        seat.choice, seat.chosen = Choice(way, herd), True

    # -- what the projector does ------------------------------------------------------------------

    @property
    def herds(self) -> int:
        """How many herds the class has."""
        return herds_for(len(self.seats))

    @property
    def year(self) -> int:
        """The year that is played or chosen for; 1 is the first."""
        return min((self.market.year if self.market else 0) + 1, self.years)

    @property
    def step(self) -> str:
        """The step of the hour: one is left only by `go_on` from it."""
        return f"{self.phase}-{self.seed}-{self.year}"

    def go_on(self) -> Callable[[], None] | None:
        """Take the next step; where a year has to be played for it, return what plays it, and then `played` is due.

        Raises
        ------
        Refused
            If nobody has joined yet, or a year is being played.
        """
        if self.phase == LOBBY:
            if not self.seats:
                raise Refused("nobody")
            self.phase = BETS
        elif self.phase == BETS:
            self.phase = YEAR
        elif self.phase == YEAR:
            self.phase = PLAYING
            return self._play
        elif self.phase == END:
            self._begin_anew()
        else:
            raise Refused("not_now")
        return None

    def _play(self) -> None:
        """Play the year; nothing else changes the seats meanwhile."""
        self.market = self.market or ClassMarket(self.base, len(self.seats), self.seed)
        brought = self.market.play_year([seat.choice for seat in self.seats])
        for seat, year in zip(self.seats, brought, strict=True):
            seat.last, seat.chosen = year, False
        self._chosen_last = Counter((s.choice.way, ALONE if s.choice.herd is None else TOGETHER) for s in self.seats)
        if self.market.year == self.years:
            by_way = self.market.by_way()
            self._ending = {
                "winner": self.market.winner(),
                "kinds": [_average(average) for average in self.market.by_kind().values()],
                "by_way": [[_average(by_way[way][group]) for group in (ALONE, TOGETHER)] for way in WAYS],
            }

    def played(self) -> None:
        """Go on to the next year's choices, or to the end; to the same year's if it could not be played."""
        over = self.market is not None and self.market.year == self.years
        self.phase = END if over else YEAR

    def _begin_anew(self) -> None:
        """Begin another game with the same phones and other luck."""
        self.phase, self.market, self.seed = BETS, None, self.seed + 1
        self._chosen_last = Counter()
        for seat in self.seats:
            seat.bet, seat.choice, seat.chosen, seat.last = None, Choice(), False, None

    # -- what is shown ----------------------------------------------------------------------------

    def _common(self) -> dict[str, Any]:
        """Return what phones and projector both show."""
        return {"phase": self.phase, "year": self.year, "years": self.years}

    def of_phone(self, seat: Seat) -> dict[str, Any]:
        """Return everything that a phone shows: one that comes back needs nothing else."""
        shown = {**self._common(), "seat": seat.number, "bet": seat.bet}
        if self.phase in (YEAR, PLAYING):
            taken = Counter(s.choice.herd for s in self.seats)
            shown |= {"way": seat.choice.way, "herd": seat.choice.herd, "chosen": seat.chosen}
            shown |= {"herds": [taken[herd] for herd in range(self.herds)], "herd_of": HERD_OF}
        if self.market is not None and seat.last is not None:
            money = self.market.money[-1]
            shown["last"] = {**seat.last._asdict(), "money": round(seat.last.money)}
            shown["total"] = round(float(money[seat.number]))
            shown["rank"], shown["of"] = int((money > money[seat.number]).sum()) + 1, len(self.seats)
        if self.phase == END:
            shown["winner"] = self._ending["winner"]
        return shown

    def of_projector(self) -> dict[str, Any]:
        """Return what the projector shows of the class, without the race."""
        shown = {
            **self._common(),
            "step": self.step,
            "seats": [[seat.here, seat.bet is not None, seat.chosen] for seat in self.seats],
            "bets": [sum(seat.bet == kind for seat in self.seats) for kind in KINDS],
            "ways": [[self._chosen_last[way, group] for group in (ALONE, TOGETHER)] for way in WAYS],
        }
        return shown | self._ending if self.phase == END else shown

    def race(self) -> dict[str, Any] | None:
        """Return the race so far: the profit of every seat at the ends of the years, and the lines month by month."""
        if self.market is None:
            return None
        return {
            "seats": [[round(x) for x in line] for line in self.market.money[11::12].T.tolist()],
            "lines": {
                name: [None if x is None else round(x) for x in line] for name, line in self.market.lines.items()
            },
        }


def _average(average: Average | None) -> list[float] | None:
    """Return whole money and years of an average, as the page reads them."""
    return None if average is None else [round(average.profit), round(average.years, 1)]
