"""The model's own rules, applied to one customer at a time, for the street and the trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from longgame.sim.chance import Purpose, unit, words
from longgame.sim.compiled import query
from longgame.sim.engine import in_ranges
from longgame.sim.layout import relink
from longgame.sim.stages import Stage
from longgame.sim.stages.acquaintance import trust_now
from longgame.sim.stages.conversation import fit, workmanship
from longgame.sim.state import State, contact_of
from longgame.sim.trust import trust_general

#: Called now and then by long work; raises once the work has to end early.
Check = Callable[[], None]


def unlimited() -> None:
    """Let work go on to its end."""


class Story(NamedTuple):
    """An experience with a salesperson that one customer told another."""

    teller: int
    listener: int
    seller: int
    good: bool


@query
def trust_levels(state, i, s, v):
    """Return customer i's trust in salespeople in general, and in salesperson s at visit v."""
    p = state.params[0]
    return trust_general(state.customers[i], p), trust_now(state, i, s, state.visits[v], p)


@query
def worth_of(state, i, s):
    """Return the real worth of the product of s for the need of customer i, per unit of stake."""
    person = state.salespeople[s]
    p = state.params[0]
    return fit(state.customers[i].need, person.position, p.breadth) * workmanship(person, p)


@query
def contact_asked(state, month, i):
    """Return the contact that customer i asks this month, or NOBODY."""
    return contact_of(state, i, unit(words(state.seed, month, i, Purpose.EVERY_MONTH)[2]))


#: Plays one stage over its whole table.
play_stage = in_ranges()


def play_telling(stage: Stage, state: State, month: int, listeners: Sequence[int]) -> list[Story]:
    """Play the word of mouth of a month; return the stories that some customers heard.

    The ranges into which a stage is cut change nothing (`sim.stages`). Each listener gets a range of their
    own: the stories counted in it are theirs.
    """
    heard, done = [], 0
    for i in sorted(listeners):
        stage.run(state, month, done, i, 0)
        before = state.told[0].copy()
        stage.run(state, month, i, i + 1, 0)
        done = i + 1
        for seller, bad in np.argwhere(state.told[0] != before).tolist():
            heard.append(Story(int(contact_asked(state, month, i)), int(i), seller, not bad))
    stage.run(state, month, done, len(state.customers), 0)
    return heard


def copied(state: State) -> State:
    """Return a copy of a market that can be played on by itself."""
    fields: list[Any] = [part.copy() if isinstance(part, np.ndarray) else part for part in state]
    return relink(State(*fields))
