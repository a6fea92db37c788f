"""Which dials vary in each kind of market, between which values, and why: before any number is compared.

A range is published (its source is named) or assumed. What does not stand here stays as the configuration of that kind
has it. Besides numbers of the scenario there are two sorts of dials. ``switch.NAME`` turns a rule of the model off (0)
or on (1): rival structures compete. ``firms.NAME`` makes the sales force: its size and the mix of conducts in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from longgame.experiments.evidence.space import Prior, Space
from longgame.experiments.evidence.table import Kind, rows
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario

#: Months of a run behind the burn-in: enough for leavers' clients, new firms' five years and reputations.
MONTHS = 120

#: Members of a herd.
HERD = 5

#: Switches of structure: the numbers that each sets to their off value.
SWITCHES: dict[str, dict[str, Any]] = {
    "switch.record": {"trust.record": 0.0},
    "switch.credence": {"choice.credence": 0.0, "choice.learned_fallback": 0.0},
    "switch.offers": {"choice.offers": 1},
    "switch.persistence": {"customers.patience": 0.0},
    "switch.succession": {"staffing.succession": 0.0},
}

#: Inputs of the table of evidence that are no number of a scenario, and the dial that each bounds.
_DERIVED = {"derived.adversarial": "firms.adversarial"}

#: Assumed ranges that all kinds share; published ones stand in the table of evidence (use *input*).
_COMMON: tuple[Prior, ...] = (
    # who is in the market
    Prior("firms.customers", 50, 150, "assumed: the configurations have 77 to 116 customers per salesperson"),
    Prior("firms.collaborative", 0.1, 0.6, "assumed: the others take orders"),
    Prior("firms.herds", 0.2, 0.9, "assumed: most salespeople have colleagues"),
    # switches of structure
    *(Prior(name, 0, 1, "rival structures: off or on", whole=True) for name in SWITCHES),
    # customers
    Prior("customers.rate", 0.08, 1.0, "assumed: from one need a year to one a month"),
    Prior("customers.churn", 0.002, 0.03, "assumed: a customer lasts 3 to 40 years"),
    Prior("customers.drift", 0.005, 0.1, "assumed: a need is another after a year, or hardly changes in ten"),
    Prior("customers.patience", 0.7, 0.99, "assumed: an open need lasts a quarter to some years"),
    # trust
    Prior("trust.forgetting", 0.7, 0.98, "assumed: two to fifty experiences are remembered"),
    Prior("trust.seller_weight", 0.5, 6.0, "assumed around 2 (Jøsang & Ismail 2002)"),
    Prior("trust.general_share", 0.05, 0.5, "assumed: less than the brand's"),
    Prior("trust.brand_share", 0.2, 0.8, "assumed"),
    Prior("trust.turned_away", 0.05, 0.6, "assumed"),
    Prior("trust.remembered", 2, 7, "suppliers 1.3-4, consumer brands 3-7 (Howard & Sheth 1969)", whole=True),
    Prior("trust.record", 0.3, 4.0, "assumed: a long record counts like a third of an experience, or like four"),
    Prior("trust.posted", 0.02, 0.3, "assumed"),
    # choice
    Prior("choice.hope", 0.5, 1.0, "assumed: between half of a perfect solution and all of it"),
    Prior("choice.temperature", 0.05, 0.3, "assumed"),
    Prior("choice.buy_temperature", 0.05, 0.3, "assumed"),
    Prior("choice.habit_weight", 0.02, 0.4, "assumed"),
    Prior("choice.reach", 1, 5, "assumed: strangers whom somebody in need looks for", whole=True),
    Prior("choice.ask_around", 0.1, 0.8, "assumed"),
    Prior("choice.reference", 0.4, 0.7, "assumed: between the cheap and the dear price"),
    Prior("choice.persuasion", 0.05, 0.3, "assumed"),
    Prior("choice.credence", 0.2, 1.0, "assumed: from a fifth of Bayes' rule to all of it"),
    Prior("choice.learned_fallback", 0.0, 1.0, "assumed"),
    Prior("choice.offers", 2, 4, "assumed: buyers ask for two to four offers", whole=True),
    # experience
    Prior("experience.claim_weight", 0.2, 1.5, "assumed around .5 (Oliver 1980: form)"),
    Prior("experience.experience_temperature", 0.08, 0.3, "assumed"),
    Prior("experience.attentive", 0.0, 0.15, "assumed"),
    Prior("experience.advice_felt", 0.0, 0.15, "assumed"),
    # hours and offer
    Prior("attention.tailoring", 0.0, 0.6, "assumed"),
    Prior("attention.estimate_noise", 0.1, 0.5, "assumed"),
    Prior("attention.knowledge_width", 0.1, 0.5, "assumed"),
    Prior("attention.learning", 0.2, 0.7, "assumed"),
    Prior("offer.breadth", 0.3, 0.5, "assumed"),
    Prior("offer.unit_cost", 0.3, 0.55, "assumed"),
    Prior("offer.quality_noise", 0.05, 0.25, "assumed"),
    # after the close
    Prior("service.issue", 0.05, 0.35, "assumed"),
    Prior("service.severity", 0.3, 0.9, "assumed"),
    Prior("service.solve", 0.5, 0.95, "assumed"),
    Prior("service.tolerance", 0.05, 0.3, "assumed"),
    Prior("service.remorse", 0.05, 0.6, "assumed"),
    Prior("service.refund_share", 0.3, 1.0, "assumed"),
    Prior("service.liability", 0.0, 0.4, "assumed"),
    Prior("service.speed", 0.0, 0.6, "assumed"),
    Prior("service.sorry", 0.0, 0.3, "assumed"),
    # talk
    Prior("word_of_mouth.gossip", 0.05, 0.6, "assumed"),
    Prior("word_of_mouth.witness", 0.2, 0.8, "assumed"),
    Prior("word_of_mouth.story_weight", 0.0, 1.5, "assumed"),
    # firms
    Prior("economy.commission", 0.02, 0.1, "assumed: variable pay about 40 % of pay (Zoltners et al. 2012)"),
    Prior("economy.capital", 6.0, 60.0, "assumed: half a year to five years of costs"),
    Prior(
        "staffing.turnover", 0.05, 0.3, "people who leave on their own account; with the others .15-.35 (trade surveys)"
    ),
    Prior("staffing.dismissal", 0.05, 0.5, "assumed"),
    Prior("staffing.succession", 0.3, 1.0, "assumed"),
)

#: Ranges of one kind that replace those that all share.
_OWN: dict[str, tuple[Prior, ...]] = {
    "repeat-supply": (),
    "projects": (
        Prior("customers.rate", 0.03, 0.3, "assumed: from one project in three years to three a year"),
        Prior("customers.stake_spread", 0.6, 1.2, "assumed: small firms and large ones"),
        Prior("service.issue", 0.15, 0.6, "assumed: projects have more problems"),
        Prior("offer.quality_noise", 0.1, 0.3, "assumed: projects vary"),
    ),
    "consumer-services": (
        Prior("customers.rate", 0.15, 1.5, "assumed: from two needs a year to more than one a month"),
        Prior("word_of_mouth.gossip", 0.1, 0.8, "assumed: neighbours talk more than firms"),
    ),
}

#: Numbers whose range is some part of what the configuration has, to some multiple of it, and why.
_AROUND: tuple[tuple[str, float, float, str], ...] = (
    ("economy.wage", 0.5, 2.0, "assumed: half to double of the configuration's"),
    ("attention.talk", 0.5, 2.0, "assumed: half to double of the configuration's"),
    ("attention.ask", 0.5, 2.0, "assumed: half to double of the configuration's"),
)


@cache
def space_of(kind: Kind) -> Space:
    """Return every dial that varies in a kind of market."""
    own = {prior.name: prior for prior in _OWN[kind]}
    now = {path: value for path, _, value in CONFIGURATIONS[kind].numbers()}
    shared = tuple(own.pop(prior.name, prior) for prior in (*_published(kind, now), *_COMMON))
    around = (
        Prior(path, now[path] * low, now[path] * high, why, whole=isinstance(now[path], int))
        for path, low, high, why in _AROUND
    )
    return Space((*shared, *own.values(), *around))


def _published(kind: Kind, now: Mapping[str, Any]) -> Iterator[Prior]:
    """Yield the dials whose range is published."""
    for row in rows("input", kind):
        name = _DERIVED.get(row.dial, row.dial)
        if (name in now or name in _FORCE) and row.low is not None and row.high is not None:
            yield Prior(name, row.low, row.high, row.source, whole=isinstance(now.get(name), int))


def usual(kind: Kind, name: str) -> float:
    """Return what a dial that does not vary is set to: where it stands in the configuration of its kind.

    A number that is off there and has a switch of its own is set to the middle of its range, for where it is on.
    """
    base = CONFIGURATIONS[kind]
    now = {path: value for path, _, value in base.numbers()}
    if name in SWITCHES:
        return float(any(now[path] != off for path, off in SWITCHES[name].items()))
    if any(name in paths and now[name] == paths[name] for paths in SWITCHES.values()):
        return next(prior.value(0.5) for prior in space_of(kind).priors if prior.name == name)
    if not name.startswith("firms."):
        return float(now[name])
    people: dict[str, int] = {}
    for group in base.firms:
        for conduct, members in group.strategies.items():
            people[conduct] = people.get(conduct, 0) + group.count * members
    if name == "firms.customers":
        return base.customers.count / base.sellers
    if name == "firms.herds":
        return sum(g.count * g.members for g in base.firms if g.members > 1) / base.sellers
    return people[name.removeprefix("firms.")] / base.sellers


def market(kind: Kind, values: Mapping[str, float], fixed: Mapping[str, Any]) -> Scenario:
    """Return the market of a kind at some values of its dials.

    Parameters
    ----------
    kind : Kind
    values : mapping of str to float
        By the names of dials; those that are not there stand as in the configuration.
    fixed : mapping of str to Any
        Dotted paths of numbers that are alike in all markets of an ensemble, above all the number of customers.

    Raises
    ------
    KeyError
        If a switch or a number of the sales force is not known.
    pydantic.ValidationError
        If a number of the scenario is not known or out of its range.
    """
    whole = {path for path, _, value in CONFIGURATIONS[kind].numbers() if isinstance(value, int)}
    changes: dict[str, Any] = {"months": MONTHS, **fixed}
    for name, value in values.items():
        if not name.startswith(("switch.", "firms.")):
            changes[name] = round(value) if name in whole else value
    for name in (name for name in values if name.startswith("switch.")):
        if values[name] == 0:
            changes |= SWITCHES[name]
    people = {name: usual(kind, name) for name in _FORCE} | {n: v for n, v in values.items() if n.startswith("firms.")}
    if unknown := set(people) - set(_FORCE):
        raise KeyError(min(unknown))
    count = changes.get("customers.count", CONFIGURATIONS[kind].customers.count)
    changes["firms"] = sales_force(count, **{name.removeprefix("firms."): value for name, value in people.items()})
    return CONFIGURATIONS[kind].but(changes)


_FORCE = ("firms.customers", "firms.adversarial", "firms.collaborative", "firms.herds")


def sales_force(
    count: int, customers: float, adversarial: float, collaborative: float, herds: float
) -> list[dict[str, Any]]:
    """Return the firms of a market: people of three conducts, alone and in herds of `HERD`.

    Parameters
    ----------
    count : int
        Customers of the market.
    customers : float
        Customers per salesperson.
    adversarial, collaborative : float
        Shares of people of these conducts, at least one person each; the others are order-takers.
    herds : float
        Share of people in herds. A conduct with fewer people than a herd takes has none.

    Examples
    --------
    >>> [(group["name"], group["count"]) for group in sales_force(2000, 80.0, 0.12, 0.4, 0.5)]
    [('order-taker-singleton', 7), ('order-taker-herd', 1), ('collaborative-singleton', 5), ('collaborative-herd', 1), ('adversarial-singleton', 3)]
    """  # noqa: E501
    total = max(3, round(count / customers))
    mean = max(1, round(total * adversarial))
    kind = min(max(1, round(total * collaborative)), total - mean - 1)
    people = {"order-taker": total - mean - kind, "collaborative": kind, "adversarial": mean}
    groups = []
    for conduct, number in people.items():
        of_herds = min(round(herds * number / HERD), number // HERD)
        groups += firms(conduct, herds=of_herds, of=HERD, singletons=number - HERD * of_herds)
    return [group.model_dump(mode="json") for group in groups]


def varied(kind: Kind, names: list[str]) -> tuple[Space, dict[str, float]]:
    """Return the space of some dials of a kind, and the values of the others, which vary no more."""
    whole = space_of(kind)
    return whole.only(names), {name: usual(kind, name) for name in whole.names if name not in names}
