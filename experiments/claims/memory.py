"""Remember the little things: a seller who keeps what clients told does better.

The idea: what was learned about a client need not be asked again, and shows in the next offer. MODEL.md,
section 7, row *memory*: remember from 0 to 1, and herds that share what members know or do not. The same
collaborative seller remembers all or nothing, alone, in a herd whose members share it, and in one whose
members each know only their own clients.

The claim itself is judged in profit at the longest horizon, for all three. That clients trust such a seller
more, and that sharing it in the herd pays where all is remembered, is judged apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from matplotlib.figure import Figure

from longgame.experiments.design.arms import HERD, SEPARATE, SINGLETON, Arm, policy_of
from longgame.experiments.design.grids import sweep, with_between
from longgame.experiments.design.plan import Plan
from longgame.experiments.figures.pairs import figure_pairs
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import (
    HORIZONS,
    ONE_POINT,
    PROFIT_UNIT,
    Tables,
    a_twentieth,
    judge_pairs,
    of_pairs,
    only_pairs,
)
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.library import STRATEGIES
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

QUESTION = "Does a seller who remembers what clients told earn more than one who asks anew?"

#: Herds in which members know only their own clients.
UNSHARED = "unshared herds"

#: What one deal teaches, what asking costs and saves in mistakes, how fast needs change, how often they come.
KNOBS = (
    Knob("attention.learning", 0.0, 1.0),
    Knob("attention.ask", 0, 2400, whole=True),
    Knob("attention.estimate_noise", 0.0, 1.0),
    Knob("customers.drift", 0.0, 0.3),
    FREQUENCY,
)


def _arms(policy: FirmPolicy | None = None) -> dict[str, list[Arm]]:
    """Return three levels of remembering for each kind; without a policy of herds, their names only."""

    def sharing(shares: bool) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), "shares_memory": shares})

    lines = {kind: sweep(STRATEGIES["collaborative"], "remember", (0.0, 0.5, 1.0), kind) for kind in (SINGLETON, HERD)}
    unshared = (
        replace(arm, label=f"unshared-{arm.way}", title=f"unshared {arm.title}", policy=sharing(False))
        for arm in lines[HERD]
    )
    return {
        SINGLETON: lines[SINGLETON],
        HERD: [replace(arm, policy=sharing(True)) for arm in lines[HERD]],
        UNSHARED: list(unshared),
    }


ARMS = _arms()
PAIRS = [(line[-1], line[0]) for line in ARMS.values()]
SHARING = [(ARMS[HERD][-1], ARMS[UNSHARED][-1])]


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: all or nothing remembered × singletons, herds that share it and herds that do not."""
    lines = _arms(policy_of(scenario, HERD)).values()
    ends, between = [a for line in lines for a in (line[0], line[-1])], [line[1] for line in lines]
    return Plan(with_between(scenario, ends, between), seeds, (HORIZONS,))


def first_plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return what the first verdict needs: not the levels between."""
    return only_pairs(plan(scenario, seeds), PAIRS)


def first(tables: Tables) -> Verdict:
    """Return the verdict on profit."""
    tables = of_pairs(tables, PAIRS)
    return judge_pairs(
        "memory",
        QUESTION,
        tables,
        PAIRS,
        "profit",
        worth=a_twentieth(tables),
        finding="sellers who remember made {amount} {direction} profit per salesperson-year than those who do not",
    )


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, on clients' trust, and on sharing what is remembered."""
    return (
        first(tables),
        judge_pairs(
            "memory",
            "Do clients trust a seller more who remembers?",
            tables,
            PAIRS,
            "client_trust",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            more="higher",
            less="lower",
            finding="clients' trust was {amount} percentage points {direction} in sellers who remember",
        ),
        judge_pairs(
            "memory",
            "Does a herd earn more if its members share what they remember?",
            tables,
            SHARING,
            "profit",
            worth=a_twentieth(tables),
            finding="herds that share what they remember made {amount} {direction} profit per "
            "salesperson-year than herds that do not",
        ),
    )


def figures(tables: Tables) -> dict[str, Callable[[Figure], None]]:
    """Return the figures: profit over remembering, and over horizons for herds that share it or not."""
    drawn: dict[str, Callable[[Figure], None]] = {}
    for market, words in MARKET_WORDS.items():
        lines = ARMS if market == SEPARATE else {key: [line[0], line[-1]] for key, line in ARMS.items()}
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
