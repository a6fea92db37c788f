"""Lose the sale, save the client: a seller who names the rival that fits better does better.

The idea: who recommends a better product from someone else loses this sale and keeps the client for the next.
MODEL.md, section 7, row *refer*: the honest broker, inside a herd and alone. It is set against the principled
seller, who walks away just as often but names nobody.

Judged in profit at the longest horizon, as singletons and in herds (which first look for a colleague who
fits), in a market shared with sellers who never refer and in one where everybody does. That the client is
saved, in visits by clients and in their trust, is judged apart.
"""

from __future__ import annotations

from longgame.experiments.design.arms import markets
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, Tables, a_twentieth, judge_pairs, of_both_kinds
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.scenario import Scenario

QUESTION = "Does a seller who recommends a better fitting rival earn more than one who only walks away?"

OURS, THEIRS = "honest-broker", "principled"
PAIRS = of_both_kinds(OURS, THEIRS)

MEASURES = (HORIZONS, Measure("activity", measures.activity))

#: What honesty is worth, how many rivals a seller knows, how often customers need something, and whether they
#: talk.
KNOBS = (
    Knob("trust.honesty", 0.0, 1.0),
    Knob("attention.rivals_known", 0, 16, whole=True),
    FREQUENCY,
    Knob("word_of_mouth.gossip", 0.0, 0.9),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: those who refer and those who only walk away × singletons and herds."""
    return Plan(markets(scenario, [arm for pair in PAIRS for arm in pair]), seeds, MEASURES)


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on profit, on visits by clients, and on their trust."""
    return (
        judge_pairs(
            "refer",
            QUESTION,
            tables,
            PAIRS,
            "profit",
            worth=a_twentieth(tables),
            finding="sellers who refer made {amount} {direction} profit per salesperson-year than those who "
            "only walk away",
        ),
        judge_pairs(
            "refer",
            "Do clients come back more often to a seller who refers?",
            tables,
            PAIRS,
            "client_visits",
            table="activity",
            unit="visits per salesperson-year",
            worth=a_twentieth(tables, "client_visits", "activity"),
            finding="sellers who refer had {amount} {direction} visits by clients per salesperson-year than "
            "those who only walk away",
        ),
        judge_pairs(
            "refer",
            "Do clients trust a seller more who refers?",
            tables,
            PAIRS,
            "client_trust",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            more="higher",
            less="lower",
            finding="clients' trust was {amount} percentage points {direction} in sellers who refer",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: profit and visits by clients over horizons."""
    visits = "the number of visits by clients"
    columns = {"profit": PROFIT, "clients": Shown("client_visits", visits, "per salesperson-year", table="activity")}
    return in_each_market(figure_pairs, tables, columns, pairs=PAIRS)
