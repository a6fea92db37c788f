"""Organisation: `Pay`, `FirmPolicy`, and `Firms`, a group of firms that differ by luck alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from longgame.sim.strategy import Conduct, Dial, LongName, Strategy, Value

Weight = Annotated[float, Field(ge=0.0, le=5.0)]


class Pay(Value):
    """The basis of variable pay; each weight is in [0, 5] and multiplies ``economy.commission``.

    Attributes
    ----------
    closings : float
        Weight on the price of every deal closed.
    repeat : float
        Weight on the price of deals with customers who had bought from the firm before.
    satisfaction : float
        Weight on price × the client's satisfaction with the deal (in [0, 1]).
    team : float
        Weight on the team's mean revenue per member.
    contest : float
        Monthly prize for most deals in the firm, in months of wage (ties: more revenue, then split).
        Needs a firm of two or more.
    lead_split : float
        Share in [0, 1] of the variable pay of a lead passed on (not of overflow) that goes to the
        colleague who passed it. It is paid to them, but booked as a cost of the deal, with its closer.
    """

    closings: Weight = 1.0
    repeat: Weight = 0.0
    satisfaction: Weight = 0.0
    team: Weight = 0.0
    contest: Weight = 0.0
    lead_split: Dial = 0.5


def shaped(conduct: Conduct, pay: Pay, incentive: float) -> Conduct:
    """Return a conduct as pay shapes it: overpromise and pressure move with what is paid for.

    Examples
    --------
    >>> shaped(Conduct(pressure=0.5), Pay(closings=0.0, repeat=1.0), 0.2).pressure
    0.3
    """
    if incentive == 0.0:
        return conduct
    push = incentive * (pay.closings + pay.contest - pay.repeat - pay.satisfaction)
    moved = {name: min(max(getattr(conduct, name) + push, 0.0), 1.0) for name in ("overpromise", "pressure")}
    return conduct.but(**moved)


class FirmPolicy(Value):
    """How a firm works. The default shares nothing: a singleton, or several under one roof.

    Attributes
    ----------
    shares_leads : bool
        Pass a customer to the colleague who, as far as can be told, fits better and has attention left.
    shares_memory : bool
        Every member knows what any member learned about a client.
    shares_attention : bool
        Colleagues with attention left serve those whom a busy member would turn away.
    specialises : bool
        Members stand evenly around the circle of needs, not at random.
    one_product : bool
        All members sell one product: they stand at one point of the circle, whether or not the firm `specialises`.
    delivery_team : float
        Deals per month and member that a delivery team can take over after the close; 0: no team.
    team_quality : float
        Probability that the team solves a failure.
    team_cost : float
        Cost of one deal handed over, as a share of its stake.
    overhead : float
        Monthly cost of organisation, per member, in months of wage (so a wage of 0 means no overhead).
    hiring : {"culture", "record"}
        ``culture``: newcomers sell the firm's way. ``record``: newcomers bring the market's adversarial
        habit and convert with probability `conversion` a year.
    conversion : float
        See `hiring`.
    learning : {"nobody", "colleagues", "rivals", "anyone"}
        Whose strategy a member may imitate at year's end (see ``staffing.imitation``).
    pay : Pay
    """

    shares_leads: bool = False
    shares_memory: bool = False
    shares_attention: bool = False
    specialises: bool = False
    one_product: bool = False
    delivery_team: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0
    team_quality: Dial = 0.9
    team_cost: Annotated[float, Field(ge=0.0, le=1.0)] = 0.02
    overhead: Annotated[float, Field(ge=0.0, le=10.0)] = 0.0
    hiring: Literal["culture", "record"] = "culture"
    conversion: Dial = 0.0
    learning: Literal["nobody", "colleagues", "rivals", "anyone"] = "anyone"
    pay: Pay = Pay()

    @model_validator(mode="after")
    def _consistent(self) -> FirmPolicy:
        if self.conversion > 0 and self.hiring == "culture":
            raise ValueError('`conversion` needs hiring = "record": with hiring by culture nobody has to convert')
        return self

    def check_for(self, members: int) -> None:
        """Raise ValueError if the policy makes no sense in a firm of so many members."""
        shared = [name for name in ("shares_leads", "shares_attention", "specialises") if getattr(self, name)]
        needed = [*shared, *(["pay.contest"] if self.pay.contest > 0 else [])]
        if members == 1 and needed:
            raise ValueError(f"`{needed[0]}` needs a firm of two or more members; this one has 1")


#: Policies that have a name in scenario files. A herd shares and pays for it.
POLICIES: dict[str, FirmPolicy] = {
    "singleton": FirmPolicy(),
    "herd": FirmPolicy(shares_leads=True, shares_memory=True, shares_attention=True, delivery_team=20.0, overhead=0.15),
}


class Firms(Value):
    """A group of `count` firms with the same policy and the same mix of strategies.

    Attributes
    ----------
    name : str
        Label of the group in every table.
    count : int
        Number of firms.
    strategies : dict[str, int]
        Members per firm by strategy name; a firm of one is a singleton.
    policy : str or FirmPolicy
        A policy or the name of one (``singleton``, ``herd``).
    """

    name: LongName
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    strategies: Annotated[dict[str, Annotated[int, Field(ge=1, le=100_000)]], Field(min_length=1)]
    policy: str | FirmPolicy = "singleton"

    @model_validator(mode="after")
    def _consistent(self) -> Firms:
        if isinstance(self.policy, str) and self.policy not in POLICIES:
            raise ValueError(f"`policy` is {self.policy!r}; known policies are {', '.join(sorted(POLICIES))}")
        self.rules.check_for(self.members)
        return self

    @property
    def members(self) -> int:
        """Salespeople in each firm."""
        return sum(self.strategies.values())

    @property
    def rules(self) -> FirmPolicy:
        """The policy itself, also where the scenario names it."""
        return POLICIES[self.policy] if isinstance(self.policy, str) else self.policy

    @property
    def organisation(self) -> str:
        """``singleton`` for firms of one, else ``herd``."""
        return "singleton" if self.members == 1 else "herd"


def firms(strategy: Strategy | str, *, herds: int = 0, of: int = 5, singletons: int = 0) -> tuple[Firms, ...]:
    """Return the groups `<strategy>-herd` and `<strategy>-singleton` that a 2×2 comparison needs.

    Examples
    --------
    >>> [g.name for g in firms("adversarial", herds=2, singletons=10)]
    ['adversarial-singleton', 'adversarial-herd']
    """
    name = strategy if isinstance(strategy, str) else strategy.name
    groups = []
    if singletons:
        groups.append(Firms(name=f"{name}-singleton", count=singletons, strategies={name: 1}))
    if herds:
        groups.append(Firms(name=f"{name}-herd", count=herds, strategies={name: of}, policy="herd"))
    return tuple(groups)
