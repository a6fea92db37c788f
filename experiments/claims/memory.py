"""Remember the little things: a seller who keeps what clients told does better.

The idea: what was learned about a client need not be asked again, and shows in the next offer. The same
collaborative seller remembers all or nothing, alone, in a herd whose members share it, and in one whose
members each know only their own clients. In a market that could exist, knowledge ages as needs drift, and what is
known lets the offer be cut to the need.

The claim itself is judged in profit at the longest horizon, for all three. That clients trust such a seller
more, and that sharing it in the herd pays where all is remembered, is judged apart.

Whether memory is worth anything hangs on drift and on asking. So drift is crossed with asking, in separate markets.
Asked is whether remembering brings more where needs stand still than where they drift fast. Asked is too whether it
brings more to sellers who ask than to those who never do.

The essays' idea: remember "the little things". Rules: docs/odd.md, 7.4 (knowledge and effort).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SEPARATE, SINGLETON, Arm, chosen, policy_of
from longgame.experiments.design.dials import DRIFT, FAST, FREQUENCY, RANGES, STILL
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, PROFIT_UNIT, Lead, Places
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Strategy

ASKS = STRATEGIES["collaborative"]

#: Herds in which members know only their own clients.
UNSHARED = "unshared herds"
OWN = {"speed": "own"}
SPEEDS = {"still": STILL, "fast": FAST}


def _lines(policy: FirmPolicy | None = None) -> dict[str, list[Arm]]:
    """Return three levels of remembering for each kind; without a policy of herds, their names only."""

    def sharing(shares: bool) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), "shares_memory": shares})

    alone, herds = (sweep(ASKS, "remember", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS)
    unshared = {"policy": sharing(False)}
    return {
        SINGLETON: alone,
        HERD: [replace(arm, policy=sharing(True)) for arm in herds],
        UNSHARED: [replace(a, label=f"unshared-{a.way}", title=f"unshared {a.title}", **unshared) for a in herds],
    }


def _unasked(arm: Arm) -> Arm:
    """Return the arm of a seller who remembers as much, but asks nothing."""
    assert isinstance(arm.strategy, Strategy)
    name, conduct = f"unasked-{arm.way}", arm.strategy.with_prospects.but(discovery=0.0)
    return replace(arm, strategy=arm.strategy.model_copy(update={"name": name, "with_prospects": conduct}))


LINES = _lines()
SHARING = [(LINES[HERD][-1], LINES[UNSHARED][-1])]
NOTHING, _, ALL = LINES[SINGLETON]


def _design(scenario: Scenario) -> Design:
    """Return all or nothing remembered by all three kinds; and drift × asking, in separate markets."""
    lines = _lines(policy_of(scenario, HERD))
    ends = [arm for none, _, all_ in lines.values() for arm in (none, all_)]
    made = with_between(scenario, ends, [line[1] for line in lines.values()]).also(**OWN)
    asked = [arm for arm in ends if not arm.label]
    for speed, drift in SPEEDS.items():
        there = with_between(scenario.but({DRIFT: drift}), ends, [_unasked(arm) for arm in asked])
        there = there.only(arm.name for one in asked for arm in (one, _unasked(one))).also(speed=speed)
        made |= there.renamed(lambda name, speed=speed: f"{name}@{speed}")
    return made


def _lead(asks: bool, speed: str) -> Lead:
    """Return the lead of sellers who remember all."""
    all_, none = (arm.way if asks else _unasked(arm).way for arm in (ALL, NOTHING))
    return ({"strategy": all_, "speed": speed}, {"strategy": none, "speed": speed})


#: Drift × asking is played in separate markets alone.
ALONE: Places = ("market", "setting", {SEPARATE: MARKET_WORDS[SEPARATE]})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit and trust over remembering, and profit over horizons for herds that share it or not."""
    drawn: dict[str, Draw] = {}
    table = tables["horizons"]
    own = {"horizons": table.loc[chosen(table, OWN)]}
    for market, words in MARKET_WORDS.items():
        lines = LINES if market == SEPARATE else {key: [none, all_] for key, (none, _, all_) in LINES.items()}
        draw = partial(figure_sweep, tables=own, arms=lines, market=market, dial="remember", where=words)
        drawn[f"profit-{market}"] = partial(draw, column="profit", what="profit")
        drawn[f"trust-{market}"] = partial(draw, column="client_trust", what="clients' trust", scale=100)
        drawn[f"sharing-{market}"] = partial(
            figure_pairs,
            tables=own,
            pairs=SHARING,
            market=market,
            column="profit",
            what="profit",
            unit=PROFIT_UNIT,
            where=words,
        )
    return drawn


CLAIM = Claim(
    name="memory",
    text=__doc__,
    pairs=[(line[-1], line[0]) for line in LINES.values()],
    design=_design,
    asks=(
        Ask(
            "Does a seller who remembers what clients told earn more than one who asks anew?",
            "sellers who remember made {amount} {direction} profit per salesperson-year than those who do not",
            where=OWN,
        ),
        Contrast(
            "Does remembering bring more where needs stand still?",
            "remembering brought {amount} {direction} profit per salesperson-year where needs stand still than where "
            "they drift fast",
            lead=_lead(True, "still"),
            beyond=_lead(True, "fast"),
            places=(ALONE, IN_ORGANISATIONS),
        ),
        Contrast(
            "Does remembering bring more to sellers who ask?",
            "where needs stand still, remembering brought {amount} {direction} profit per salesperson-year to sellers "
            "who ask than to those who never do",
            lead=_lead(True, "still"),
            beyond=_lead(False, "still"),
            places=(ALONE, IN_ORGANISATIONS),
        ),
        Ask(
            "Do clients trust a seller more who remembers?",
            "clients' trust was {amount} percentage points {direction} in sellers who remember",
            "client_trust",
            where=OWN,
            **POINTS,
        ),
        Ask(
            "Does a herd earn more if its members share what they remember?",
            "herds that share what they remember made {amount} {direction} profit per salesperson-year than herds that "
            "do not",
            where=OWN,
            pairs=SHARING,
        ),
    ),
    # What one deal teaches, what asking costs and saves in mistakes, what knowledge is good for, how fast needs change,
    # how often they come.
    dials=(
        RANGES["attention.learning"],
        RANGES["attention.ask"],
        RANGES["attention.estimate_noise"],
        RANGES["attention.tailoring"],
        RANGES["customers.drift"],
        FREQUENCY,
    ),
    draw=_draw,
)
