"""The stages of a month, in order. Each is an entry point that works on a range of one table.

A stage writes only to the records of its own range and to the visits of its own agents, so results do
not depend on how the ranges are cut or in which order they run.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import types

from longgame.sim.compiled import EntryPoint
from longgame.sim.stages.approach import approach
from longgame.sim.stages.books import keep_books
from longgame.sim.stages.conversation import cover, greet, serve
from longgame.sim.stages.decision import decide
from longgame.sim.stages.delivery import deliver, hand_over
from longgame.sim.stages.memory import remember
from longgame.sim.stages.need import come_and_go, need, open_visits
from longgame.sim.stages.queueing import line_up
from longgame.sim.stages.word_of_mouth import word_of_mouth


class Stage(NamedTuple):
    """One stage: its function, and the table over which it ranges ('market' stages run once)."""

    name: str
    over: str
    run: EntryPoint

    def kinds(self, state: types.Type) -> tuple[types.Type, ...]:
        """Return the types of its arguments: state and month, and unless it runs once, range and lane."""
        return (state, *(1 if self.over == "market" else 4) * (types.int64,))


#: One month. MODEL stages: coming, going and need 1, approach 2, conversation 3, decision 4, delivery 5,
#: memory 6, word of mouth 7, books 8; `open_visits` and `line_up` only arrange the tables between them.
MONTH: tuple[Stage, ...] = (
    Stage("come_and_go", "customers", come_and_go),
    Stage("need", "customers", need),
    Stage("open_visits", "market", open_visits),
    Stage("approach", "visits", approach),
    Stage("line_up", "market", line_up),
    Stage("greet", "salespeople", greet),
    Stage("serve", "salespeople", serve),
    Stage("cover", "firms", cover),
    Stage("decide", "visits", decide),
    Stage("hand_over", "firms", hand_over),
    Stage("deliver", "visits", deliver),
    Stage("remember", "visits", remember),
    Stage("word_of_mouth", "customers", word_of_mouth),
    Stage("keep_books", "firms", keep_books),
)
