"""Remember the little things: a seller who keeps what clients told does better.

The idea: what was learned about a client need not be asked again, and shows in the next offer. The same
collaborative seller remembers all or nothing, alone, in a herd whose members share it, and in one whose
members each know only their own clients.

The claim itself is judged in profit at the longest horizon, for all three. That clients trust such a seller
more, and that sharing it in the herd pays where all is remembered, is judged apart.

The essays' idea: remember "the little things". Rules: docs/odd.md, 7.4 (knowledge and effort).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import HERD, ORGANISATIONS, SEPARATE, SINGLETON, Arm, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

#: Herds in which members know only their own clients.
UNSHARED = "unshared herds"


def _lines(policy: FirmPolicy | None = None) -> dict[str, list[Arm]]:
    """Return three levels of remembering for each kind; without a policy of herds, their names only."""

    def sharing(shares: bool) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), "shares_memory": shares})

    alone, herds = (sweep(STRATEGIES["collaborative"], "remember", (0.0, 0.5, 1.0), kind) for kind in ORGANISATIONS)
    unshared = {"policy": sharing(False)}
    return {
        SINGLETON: alone,
        HERD: [replace(arm, policy=sharing(True)) for arm in herds],
        UNSHARED: [replace(a, label=f"unshared-{a.way}", title=f"unshared {a.title}", **unshared) for a in herds],
    }


LINES = _lines()
SHARING = [(LINES[HERD][-1], LINES[UNSHARED][-1])]


def _design(scenario: Scenario) -> Design:
    """Return all or nothing remembered × singletons, herds that share it and herds that do not."""
    lines = _lines(policy_of(scenario, HERD)).values()
    return with_between(scenario, [arm for none, _, all_ in lines for arm in (none, all_)], [line[1] for line in lines])


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit and trust over remembering, and profit over horizons for herds that share it or not."""
    drawn: dict[str, Draw] = {}
    for market, words in MARKET_WORDS.items():
        lines = LINES if market == SEPARATE else {key: [none, all_] for key, (none, _, all_) in LINES.items()}
        draw = partial(figure_sweep, tables=tables, arms=lines, market=market, dial="remember", where=words)
        drawn[f"profit-{market}"] = partial(draw, column="profit", what="profit")
        drawn[f"trust-{market}"] = partial(draw, column="client_trust", what="clients' trust", scale=100)
        drawn[f"sharing-{market}"] = partial(
            figure_pairs,
            tables=tables,
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
        ),
        Ask(
            "Do clients trust a seller more who remembers?",
            "clients' trust was {amount} percentage points {direction} in sellers who remember",
            "client_trust",
            **POINTS,
        ),
        Ask(
            "Does a herd earn more if its members share what they remember?",
            "herds that share what they remember made {amount} {direction} profit per salesperson-year than herds that "
            "do not",
            pairs=SHARING,
        ),
    ),
    # What one deal teaches, what asking costs and saves in mistakes, how fast needs change, how often they come.
    dials=(
        RANGES["attention.learning"],
        RANGES["attention.ask"],
        RANGES["attention.estimate_noise"],
        RANGES["customers.drift"],
        FREQUENCY,
    ),
    draw=_draw,
)
