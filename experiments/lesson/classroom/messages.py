"""What a phone or a projector may say, and nothing else: unknown fields, other types and long texts are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from longgame.sim.strategy import Value

ShortText = Annotated[str, Field(max_length=64)]


class Hello(Value):
    """A phone comes in by the code, or comes back by its token."""

    do: Literal["hello"]
    code: ShortText = ""
    token: ShortText = ""


class Lead(Value):
    """A projector comes in by the key that only the terminal of the server shows."""

    do: Literal["lead"]
    key: ShortText


class Bet(Value):
    """A phone bets on a kind of seller."""

    do: Literal["bet"]
    on: ShortText


class Choose(Value):
    """A phone chooses how to sell this year, and in which herd (none: alone)."""

    do: Literal["choose"]
    way: ShortText
    herd: Annotated[int, Field(ge=0, lt=1_000)] | None = None


class Next(Value):
    """A projector goes on from a step; one from another step was pressed twice, and does nothing."""

    do: Literal["next"]
    step: ShortText


Said = Annotated[Hello | Lead | Bet | Choose | Next, Field(discriminator="do")]

_SAID: TypeAdapter[Hello | Lead | Bet | Choose | Next] = TypeAdapter(Said)


def read(text: str) -> Hello | Lead | Bet | Choose | Next | None:
    """Return a message, or None if it is none.

    Examples
    --------
    >>> read('{"do": "bet", "on": "adversarial-herd"}')
    Bet(do='bet', on='adversarial-herd')
    >>> read('{"do": "bet", "on": "x", "name": "<script>"}') is None
    True
    """
    try:
        return _SAID.validate_json(text)
    except ValidationError:
        return None
