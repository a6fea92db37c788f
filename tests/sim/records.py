"""Single records and small markets, made by hand, for tests of rules and stages."""

from __future__ import annotations

from typing import Any

import numpy as np

from longgame.sim import Conduct, Firms, Scenario, Strategy
from longgame.sim.layout import build
from longgame.sim.stages.queueing import line_up
from longgame.sim.state import CONDUCT, conduct_row
from longgame.sim.trust import NOBODY, blank_memory

P = Scenario().record()


def conduct(**dials: float) -> np.void:
    """Return a row of the conduct table."""
    return np.array([conduct_row(Conduct(**dials))], CONDUCT)[0]


def one(dtype: np.dtype[Any], **fields: Any) -> np.void:
    """Return a record with these fields; the others are zero."""
    table = np.zeros(1, dtype)
    for name, value in fields.items():
        table[name] = value
    return table[0]


PLAIN = Conduct(markup=0.5, discovery=0.8, aftercare=0.5, advice=0.5, remember=0.5)


def laid_out(changes=None, *, sellers=(1, 1, 1, 1), customers=3, **strategy):
    """Return a state at month 0: firms of these sizes, customers who are each other's contacts."""
    mine = Strategy(name="mine", description="x", with_prospects=PLAIN, **strategy)
    firms = [Firms(name=f"firm-{k}", count=1, strategies={"mine": n}).model_dump() for k, n in enumerate(sellers)]
    fixed = {
        "customers.count": customers,
        "network.contacts": 2,
        "offer.breadth": 0.5,
        "offer.craft": 0.2,
        "offer.unit_cost": 0.4,
        "offer.quality_noise": 0.0,
        "trust.seller_weight": 2.0,
        "trust.prior": 0.5,
        "trust.remembered": 2,
        "trust.forgetting": 1.0,
        "service.issue": 0.0,
        "strategies": [mine.model_dump()],
        "firms": firms,
    }
    return build(Scenario().but({**fixed, **(changes or {})}, months=24), 1)


def visit_of(state, **fields):
    """Write the first visit of the month, that of customer 0 to salesperson 1; return it."""
    visit = state.visits[0]
    for name, value in {"customer": 0, "seller": 1, "met": 1, "rival": NOBODY, **fields}.items():
        visit[name] = value
    return visit


def remembers(state, i, slot, seller, **fields):
    """Let customer i remember a salesperson."""
    memory = state.memories[i, slot]
    blank_memory(memory, seller, 1)
    for name, value in fields.items():
        memory[name] = value
    return memory


def numbers(**dials):
    """Return the parameter record with these dials, section and name parted by two underscores."""
    return Scenario().but({name.replace("__", "."): value for name, value in dials.items()}).record()


def queue_up(state, month, visits=1):
    """Line up the first visits of the month."""
    state.n_visits[0] = visits
    line_up(state, month)
