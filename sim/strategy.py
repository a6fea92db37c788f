"""Ways of selling: `Conduct` (in one encounter) and `Strategy` (over a career)."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

Dial = Annotated[float, Field(ge=0.0, le=1.0)]

#: Words that programs which read tables take for a missing value, a number or a switch.
_NOT_NAMES = {"na", "nan", "none", "null", "inf", "infinity", "true", "false"}


def _readable(name: str) -> str:
    """Return the name, unless it would not come back from a table as a name."""
    if name in _NOT_NAMES:
        raise ValueError(f'"{name}" is read from a table as a missing value, number or switch; choose another name')
    return name


#: A name as it stands in columns of tables.
ShortName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$"), AfterValidator(_readable)]
LongName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$"), AfterValidator(_readable)]


class Value(BaseModel):
    """A frozen, validated value; unknown fields and silent conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Conduct(Value):
    """The conduct of a salesperson in one encounter. Every dial is in [0, 1] unless stated otherwise.

    Attributes
    ----------
    discovery : float
        Effort to learn the customer's need. Costs attention, sharpens the estimate of fit.
    overpromise : float
        Distance of the claim from the salesperson's belief: 0 the estimate, 1 a perfect fit.
    pressure : float
        Push to close now: raises the chance of a sale today, spoils the memory of it.
    markup : float
        Price over unit cost, in [-0.9, 5]. Below 0 the deal is sold at a loss.
    walk_away : float
        Least expected customer surplus (÷ stake) at which a pitch is made, in [-10, 1]; -10 always pitches.
    refer : float
        Probability of recommending a rival whose product fits better when one's own does not.
    aftercare : float
        Effort to help the client when something goes wrong: costs time, and solves it in proportion.
    remember : float
        Share of the knowledge of a client that is kept for the next conversation.
    advice : float
        Effort to improve the client's business. Costs attention, raises the client's prosperity.
    availability : float
        Probability that a client in the queue is served before any prospect.
    """

    discovery: Dial = 0.5
    overpromise: Dial = 0.0
    pressure: Dial = 0.0
    markup: Annotated[float, Field(ge=-0.9, le=5.0)] = 0.5
    walk_away: Annotated[float, Field(ge=-10.0, le=1.0)] = -10.0
    refer: Dial = 0.0
    aftercare: Dial = 0.5
    remember: Dial = 0.5
    advice: Dial = 0.0
    availability: Dial = 0.5

    def but(self, **dials: float) -> Conduct:
        """Return this conduct with some dials changed (validated).

        Examples
        --------
        >>> Conduct(markup=0.4).but(pressure=1.0).pressure
        1.0
        """
        return Conduct(**{**self.model_dump(), **dials})


class Code:
    """A subclass of `Salesperson` in a form that travels to other processes: the text of the file it stands in.

    Not made from plain data, so that no scenario file and no setting can bring code with it.

    Attributes
    ----------
    name : str
        Name of the class.
    text : str
        The whole file. For a class that cannot be found in a file, a mark that no other class has.
    live : type or None
        The class itself, where the text does not give it: a class of a notebook, a script or a function.
    """

    __slots__ = ("live", "name", "text")

    def __init__(self, name: str, text: str, live: type | None = None) -> None:
        self.name, self.text, self.live = name, text, live

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Code) and (self.name, self.text) == (other.name, other.text)

    def __hash__(self) -> int:
        return hash((self.name, self.text))

    def __repr__(self) -> str:
        return f"Code({self.name!r}, {len(self.text):,} characters)"

    def __reduce__(self) -> tuple[type[Code], tuple[str, str]]:
        """Pickle, unless the class lives in this process alone."""
        if self.live is not None:
            raise TypeError(f"class {self.name} lives in this process alone: {OWN_FILE}")
        return Code, (self.name, self.text)


#: What to do about a class that cannot be sent to another process.
OWN_FILE = "put it into a .py file of its own, or use workers=1"


def _is_code(value: Any) -> Code | None:
    """Let nothing but `Code` through."""
    if value is not None and not isinstance(value, Code):
        raise ValueError("code is never read from a scenario or a setting; name the .py file as a strategy instead")
    return value


def _as_table(code: Code | None) -> dict[str, str] | None:
    """Write code for reading; nothing reads it back."""
    return code and {"class": code.name, "text": code.text}


class Strategy(Value):
    """A named way of selling over a whole relationship.

    Attributes
    ----------
    name : str
        Short name, used in scenarios and tables.
    description : str
        What the salesperson does, in one line.
    origin : str
        Source of the idea.
    weakness : str
        Its known weakness.
    with_prospects : Conduct
        Conduct towards customers who are not clients yet.
    with_clients : Conduct or None
        Conduct once `client_after` deals were done; None keeps `with_prospects`.
    client_after : int
        Deals after which a customer is treated as a client. A salesperson cannot see trust,
        only their own records, so the number of deals is what a strategy may count.
    endgame : Conduct or None
        Conduct in the last `endgame_months` of the run; None has no endgame.
    endgame_months : int
        Length of the endgame in months.
    skill : float
        Factor on the skill of the people who sell this way (1: like everybody; 0.5: an amateur).
    code : Code or None
        A subclass of `Salesperson` that decides instead of the conducts; wherever a strategy is wanted, the class
        itself may be given.
    """

    name: ShortName
    description: Annotated[str, Field(min_length=1)]
    origin: str = "the user's own"
    weakness: str = "not stated"
    with_prospects: Conduct = Conduct()
    with_clients: Conduct | None = None
    client_after: Annotated[int, Field(ge=1, le=1000)] = 1
    endgame: Conduct | None = None
    endgame_months: Annotated[int, Field(ge=0, le=1200)] = 0
    skill: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    code: Annotated[Code | None, PlainValidator(_is_code), PlainSerializer(_as_table, when_used="json")] = None

    #: The three phases in the order of the engine's conduct table.
    PHASES: ClassVar[tuple[str, str, str]] = ("with_prospects", "with_clients", "endgame")

    @model_validator(mode="before")
    @classmethod
    def _from_class(cls, value: Any) -> Any:
        """Take a subclass of `Salesperson` for the strategy that it plays."""
        return dict(value.as_strategy()) if isinstance(value, type) and hasattr(value, "as_strategy") else value

    @model_serializer(mode="wrap")
    def _without_absent_code(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out code that is not there: declared strategies are written as they always were."""
        tree = write(self)
        if self.code is None:
            tree.pop("code", None)
        return tree

    @model_validator(mode="after")
    def _endgame_is_whole(self) -> Strategy:
        if (self.endgame is None) != (self.endgame_months == 0):
            raise ValueError("`endgame` and `endgame_months` go together: give both or neither")
        return self

    def conducts(self) -> tuple[Conduct, Conduct, Conduct]:
        """Return the conducts (with prospects, with clients, endgame), absent ones filled in."""
        clients = self.with_clients or self.with_prospects
        return self.with_prospects, clients, self.endgame or clients

    def traits(self) -> dict[str, bool]:
        """Classify the strategy from its dials alone.

        Returns
        -------
        dict
            ``honest`` (never claims more than it believes), ``pushy``, ``principled`` (sells nothing that
            it believes is worth less than its price), ``refers``, ``sells_at_a_loss``,
            ``exploits_clients`` (dearer, pushier or less true to clients than to prospects),
            ``has_endgame``.

        Examples
        --------
        >>> from longgame.sim.library import STRATEGIES
        >>> STRATEGIES["milker"].traits()["exploits_clients"]
        True
        """
        first, later, last = self.conducts()
        every = (first, later, last)
        worse = any(
            b.markup > a.markup or b.pressure > a.pressure or b.overpromise > a.overpromise or b.aftercare < a.aftercare
            for a, b in ((first, later), (first, last))
        )
        return {
            "honest": all(c.overpromise == 0 for c in every),
            "pushy": any(c.pressure >= 0.5 for c in every),
            "principled": all(c.walk_away >= 0 for c in every),
            "refers": any(c.refer > 0 for c in every),
            "sells_at_a_loss": any(c.markup < 0 for c in every),
            "exploits_clients": worse,
            "has_endgame": self.endgame is not None and not math.isclose(self.endgame_months, 0),
        }
