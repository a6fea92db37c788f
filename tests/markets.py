"""Random scenarios: every number is drawn from its declared range, sizes from what a test can afford."""

from __future__ import annotations

from hypothesis import strategies as st

from longgame.sim import STRATEGIES, Conduct, FirmPolicy, Firms, Pay, Scenario, Strategy
from longgame.sim.scenario import STEPS
from longgame.sim.strategy import Value

#: Where the declared range is wider than a quick or sensible market allows: (lowest, highest).
AFFORDABLE = {
    "months": (1, 30),
    "burn_in": (0, 24),
    "customers.count": (1, 60),
    "customers.rate": (0.01, 5.0),
    "customers.stake": (0.05, 50_000.0),
    "network.contacts": (0, 8),
    "trust.remembered": (1, 8),
    "trust.brands": (1, 4),
    "trust.brand_weight": (0.01, 10.0),
    "trust.general_weight": (0.01, 10.0),
    "trust.seller_weight": (0.01, 10.0),
    "choice.reach": (0, 5),
    "choice.offers": (1, 3),
    "choice.temperature": (0.005, 2.0),
    "choice.buy_temperature": (0.005, 2.0),
    "choice.habit_weight": (0.0, 2.0),
    "experience.experience_temperature": (0.01, 2.0),
    "attention.capacity": (1, 3000),
    "attention.talk": (0, 200),
    "attention.ask": (0, 1000),
    "attention.advise": (0, 500),
    "service.service": (0, 500),
    "service.complaint": (0, 500),
    "service.support": (0, 2000),
    "economy.wage": (0.0, 5000.0),
    "offer.breadth": (0.05, 0.5),
    "staffing.payback": (1, 30),
    "staffing.hurdle": (0.0, 12.0),
    "staffing.room": (1.0, 3.0),
    "economy.capital": (0.0, 6.0),
    "economy.vacancy": (0, 12),
    "service.war": (0, 500),
    "trust.record": (0.0, 5.0),
    "trust.record_full": (1.0, 20.0),
}

#: Numbers of which only multiples of this are allowed.
WHOLE = {"network.contacts": 2, "burn_in": 12}


def _number(path: str, info, value) -> st.SearchStrategy:
    low = high = None
    for bound in info.metadata:
        low = getattr(bound, "ge", getattr(bound, "gt", None)) if low is None else low
        high = getattr(bound, "le", getattr(bound, "lt", None)) if high is None else high
    low, high = AFFORDABLE.get(path, (low, high))
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        numbers = st.integers(int(low), int(high))
        return numbers.map(lambda n: n - n % WHOLE[path]) if path in WHOLE else numbers
    inner = 1e-3 if path == "trust.prior" else low
    outer = high - 1e-6 if path == "trust.prior" else high
    # The ends of a range are where mechanisms are off: visit them often.
    return st.one_of(st.just(value), st.floats(inner, outer), st.sampled_from([inner, outer]))


def _record(model: type[Value], **fixed) -> st.SearchStrategy:
    fields = {}
    for name, info in model.model_fields.items():
        if name in fixed:
            fields[name] = fixed[name]
        elif info.annotation is bool:
            fields[name] = st.booleans()
        elif info.annotation is float:
            low = next(b.ge for b in info.metadata if hasattr(b, "ge"))
            high = next(b.le for b in info.metadata if hasattr(b, "le"))
            fields[name] = st.one_of(st.floats(low, min(high, 50.0)), st.sampled_from([low, min(high, 50.0)]))
    return st.fixed_dictionaries(fields).map(lambda kw: model(**kw))


conducts = _record(Conduct)


@st.composite
def own_strategies(draw, name: str) -> Strategy:
    endgame = draw(st.none() | conducts)
    return Strategy(
        name=name,
        description="drawn at random",
        with_prospects=draw(conducts),
        with_clients=draw(st.none() | conducts),
        client_after=draw(st.integers(1, 4)),
        endgame=endgame,
        endgame_months=0 if endgame is None else draw(st.integers(1, 12)),
        skill=draw(st.floats(0.1, 1.0)),
    )


@st.composite
def policies(draw, members: int) -> FirmPolicy:
    several = members > 1
    alone = st.just(False)
    pay = _record(Pay, contest=st.floats(0.0, 2.0) if several else st.just(0.0))
    hiring = draw(st.sampled_from(["culture", "record"]))
    return draw(
        _record(
            FirmPolicy,
            shares_leads=st.booleans() if several else alone,
            shares_attention=st.booleans() if several else alone,
            specialises=st.booleans() if several else alone,
            hiring=st.just(hiring),
            conversion=st.floats(0.0, 1.0) if hiring == "record" else st.just(0.0),
            learning=st.sampled_from(["nobody", "colleagues", "rivals", "anyone"]),
            pay=pay,
        )
    )


@st.composite
def scenarios(draw, max_count: int = 60, max_months: int = 30) -> Scenario:
    """Any small market."""
    default = Scenario()
    changes = {}
    # A few numbers at a time differ from the default, or all of them.
    everything = draw(st.booleans())
    for path, info, value in default.numbers():
        if isinstance(value, str) or path in ("trust.acquainted", "choice.initial_habit"):
            continue
        if everything or path in ("customers.count", "months") or draw(st.integers(0, 5)) == 0:
            changes[path] = draw(_number(path, info, value))
    changes["customers.count"] = min(changes["customers.count"], max_count)
    changes["months"] = min(changes["months"], max_months)
    changes["step"] = draw(st.sampled_from(list(STEPS)))
    if (steps := STEPS[changes["step"]]) > 1:
        minutes = {name: getattr(default.attention, name) for name in ("capacity", "talk", "ask", "advise")}
        minutes |= {name: changes.get(f"attention.{name}", value) for name, value in minutes.items()}
        # A step has to hold the longest conversation; what was drawn for a month is what is left over.
        changes["attention.capacity"] = minutes.pop("capacity") + steps * sum(minutes.values())
        # As many steps, or few more, as a market in months has.
        changes["months"] = 1 + changes["months"] // steps
        changes["burn_in"] = min(changes.get("burn_in", 0), 12)
    low = changes.get("offer.skill_low", default.offer.skill_low)
    high = changes.get("offer.skill_high", default.offer.skill_high)
    changes["offer.skill_low"], changes["offer.skill_high"] = sorted((low, high))

    own = [draw(own_strategies(f"own-{i}")) for i in range(draw(st.integers(0, 2)))]
    names = [s.name for s in own] + list(STRATEGIES)
    groups = []
    for g in range(draw(st.integers(1, 3))):
        mix = draw(st.dictionaries(st.sampled_from(names), st.integers(1, 3), min_size=1, max_size=2))
        members = sum(mix.values())
        groups.append(
            Firms(
                name=f"group-{g}",
                count=draw(st.integers(1, 3)),
                strategies=mix,
                policy=draw(st.sampled_from(["singleton", "herd"]) if members > 1 else st.just("singleton"))
                if draw(st.booleans())
                else draw(policies(members)),
            )
        )
    changes["firms"] = [g.model_dump() for g in groups]
    changes["strategies"] = [s.model_dump() for s in own]
    return default.but(changes)
