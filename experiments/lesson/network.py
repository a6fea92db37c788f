"""The market picture: a small market month by month, customers placed among their contacts.

The default has 100 customers to a salesperson: 150 customers would leave room for one. Here there are twenty
salespeople, each with time to spare. The picture shows trust and stories, not earnings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import networkx as nx
import numpy as np

from longgame.experiments.design.arms import SHARED, Arm, markets
from longgame.experiments.lesson.grid import ARMS
from longgame.experiments.lesson.rules import Story, play_stage, play_telling
from longgame.sim.engine import months as months_of
from longgame.sim.layout import build
from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario
from longgame.sim.stages.acquaintance import look_back
from longgame.sim.state import State
from longgame.sim.trust import NOBODY

CUSTOMERS, SEED = 150, 1

#: Salespeople of each arm.
EACH = 5

#: Letters of a picture: a customer who knows nobody; one who trusts nobody they know as much as a newcomer
#: trusts a stranger; else the number of the arm that is trusted most.
STRANGER, DISTRUSTED, FIRST_ARM = ".", "-", "0"


def small(scenario: Scenario, arms: int = len(ARMS)) -> Scenario:
    """Return the scenario with 150 customers and five salespeople for each of so many arms."""
    groups = firms("collaborative", singletons=EACH * (arms - 1), herds=1, of=EACH)
    return scenario.but({"customers.count": CUSTOMERS}, firms=[group.model_dump() for group in groups])


def pictures(scenario: Scenario) -> dict[str, Any]:
    """Return the `scene`, and the months of every market of the lesson.

    Returns
    -------
    dict
        Those of `scene`, and ``markets``: name of the market to ``months`` (one string a month, one letter a
        customer: `STRANGER`, `DISTRUSTED`, or the number of the arm that is trusted most) and ``stories``
        (per month: teller, listener, 1 good or 0 bad, flat).
    """
    made = markets(small(scenario), ARMS)
    return {
        **scene(made[SHARED], ARMS, SEED),
        "markets": {name: month_by_month(market) for name, market in made.items()},
    }


def scene(shared: Scenario, arms: Sequence[Arm], seed: int) -> dict[str, Any]:
    """Return the unchanging parts: ``places`` (x, y in 0 … 1000), ``edges`` (pairs of places), ``arms``."""
    first = build(shared, seed)
    edges = [
        (i, int(j))
        for i in range(CUSTOMERS)
        for j in first.contacts[first.contact_starts[i] : first.contact_starts[i + 1]]
        if i < j
    ]
    return {
        "places": places(edges),
        "edges": [list(edge) for edge in edges],
        "arms": [arm.name for arm in arms],
        "customers": CUSTOMERS,
        "salespeople": shared.sellers,
        "threshold": round(100 * shared.trust.prior),
    }


def places(edges: list[tuple[int, int]]) -> list[list[int]]:
    """Return the places of customers, contacts near each other (Kamada & Kawai 1989). Unit: 0 … 1000."""
    graph = nx.Graph()
    graph.add_nodes_from(range(CUSTOMERS))
    graph.add_edges_from(edges)
    layout = nx.kamada_kawai_layout(graph)
    points = np.array([layout[i] for i in range(CUSTOMERS)])
    points = (points - points.min(axis=0)) / (points.max(axis=0) - points.min(axis=0))
    return np.rint(1000 * points).astype(int).tolist()


def month_by_month(market: Scenario) -> dict[str, list[Any]]:
    """Play a market and return its picture in every month."""
    names = [arm.name for arm in ARMS]
    months, stories = zip(*shown(market, names, SEED), strict=True)
    return {"months": list(months), "stories": list(stories)}


def shown(market: Scenario, names: Sequence[str], seed: int) -> Iterator[tuple[str, list[int]]]:
    """Yield the picture, month after month: one letter a customer, and the stories told.

    Parameters
    ----------
    market : Scenario
    names : sequence of str
        Arms; the letter of an arm is its place here.
    seed : int
    """
    told: list[Story] = []

    def do(stage: Any, state: State, month: int) -> None:
        if stage.name == "word_of_mouth":
            told.extend(play_telling(stage, state, month, range(len(state.customers))))
        else:
            play_stage(stage, state, month)

    for state, _ in months_of(market, seed, do=do):
        letters = "".join(trusted(market, names, state))
        yield letters, [part for story in told for part in (story.teller, story.listener, int(story.good))]
        told.clear()


def trusted(market: Scenario, names: Sequence[str], state: State) -> list[str]:
    """Return one letter per place: that of the arm whose seller the customer trusts most, if there is one."""
    everybody = np.arange(CUSTOMERS)
    favourite, trust, remembered, loyalty = (
        np.empty(CUSTOMERS, kind) for kind in (np.int32, np.float64, np.int64, np.float64)
    )
    look_back(state, everybody, favourite, trust, remembered, loyalty)
    group = state.firms["group"][state.salespeople["firm"][np.maximum(favourite, 0)]]
    numbers = [str(names.index(firms.name)) for firms in market.firms]
    return [
        STRANGER
        if favourite[i] == NOBODY or state.arrived[i] == NOBODY
        else numbers[group[i]]
        if trust[i] >= market.trust.prior
        else DISTRUSTED
        for i in everybody
    ]
