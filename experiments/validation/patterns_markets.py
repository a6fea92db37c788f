"""The markets in which empirical patterns are measured: the default market, or a stated variation of it."""

from __future__ import annotations

from collections.abc import Iterator

from longgame.default_market import DEFAULT
from longgame.experiments.design.plan import Measure
from longgame.experiments.measures.careers import honesty_by_person
from longgame.experiments.measures.leavers import LEAVERS
from longgame.experiments.validation import patterns
from longgame.sim import STRATEGIES, Firms, Scenario, Strategy
from longgame.sim.configurations import CONFIGURATIONS

#: Salespeople of each strategy in the mixed market.
EACH = 3


def mixed() -> Scenario:
    """Return the default market with three singletons of every strategy of the library in it."""
    groups = [Firms(name=name, count=EACH, strategies={name: 1}) for name in STRATEGIES]
    default = CONFIGURATIONS[DEFAULT]
    count = round(default.customers.count * EACH * len(groups) / default.sellers)
    return default.but({"customers.count": count}, firms=[group.model_dump() for group in groups])


def rare_talk() -> Scenario:
    """Return the default market in which a story is told thirty times less often.

    By default everybody is spoken ill of in their first month or two, which leaves no time "before".
    """
    return CONFIGURATIONS[DEFAULT].but({"word_of_mouth.gossip": 0.01})


def leavers() -> dict[str, Scenario]:
    """Return the default market with and without handing clients on, and with herds whose members sell one product.

    With one product nobody's successor sells something else.
    """
    default = CONFIGURATIONS[DEFAULT]
    firms = [group.model_dump() for group in default.firms]
    for group, made in zip(default.firms, firms, strict=True):
        if group.members > 1:
            made["policy"] = {**group.rules.model_dump(), "one_product": True}
    return {
        "handed on": default,
        "not handed on": default.but({"staffing.succession": 0.0}),
        "handed on, one product": default.but(firms=firms),
    }


#: Levels of consulting effort.
EFFORTS = tuple(round(0.1 * k, 1) for k in range(11))


def consulting(effort: float) -> Scenario:
    """Return the default market whose collaborative sellers put this effort into discovery and advice."""
    seller = Strategy(
        name="consultant",
        description="collaborative, with another consulting effort",
        with_prospects=STRATEGIES["collaborative"].with_prospects.but(discovery=effort, advice=effort),
    )
    groups = []
    for group in CONFIGURATIONS[DEFAULT].firms:
        mix = {name.replace("collaborative", "consultant"): n for name, n in group.strategies.items()}
        groups.append(group.model_copy(update={"strategies": mix}))
    return CONFIGURATIONS[DEFAULT].but(firms=[group.model_dump() for group in groups], strategies=[seller.model_dump()])


def plans() -> Iterator[tuple[str, dict[str, Scenario], tuple[Measure, ...]]]:
    """Yield every set of runs: its name, its markets, and what is measured in them."""
    yield (
        "default",
        {"default": CONFIGURATIONS[DEFAULT]},
        (
            Measure("stories", patterns.stories),
            Measure("repurchase", patterns.repurchase),
            Measure("reputation", patterns.reputation),
            Measure("minds", patterns.minds),
        ),
    )
    yield "mixed", {"mixed": mixed()}, (Measure("careers", honesty_by_person, orders=True),)
    yield "rare talk", {"rare talk": rare_talk()}, (Measure("bad words", patterns.bad_words),)
    yield "leavers", leavers(), (LEAVERS,)
    yield "effort", {f"{e:g}": consulting(e) for e in EFFORTS}, (Measure("consultants", patterns.consultants),)
