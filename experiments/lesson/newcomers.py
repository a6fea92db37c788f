"""A market that the learner, or a class, joins: more firms, customers in proportion, and the same people throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longgame.sim.organisation import Firms
from longgame.sim.scenario import Scenario

#: Nobody resigns, is let go, copies others or is taken on.
AT_REST = {f"staffing.{name}": 0.0 for name in ("turnover", "dismissal", "imitation", "expansion")}


def joined(base: Scenario, groups: Sequence[Firms], people: int, **more: Any) -> Scenario:
    """Return a market with other groups of firms, among them some more people.

    Parameters
    ----------
    base : Scenario
    groups : sequence of Firms
        All of them, in order.
    people : int
        How many more salespeople there are than in `base`: customers grow in proportion.
    **more
        Other numbers of the scenario.

    Raises
    ------
    pydantic.ValidationError
        If it cannot hold so many.
    """
    customers = round(base.customers.count * (base.sellers + people) / base.sellers)
    changes: Mapping[str, Any] = {"customers.count": customers, **AT_REST}
    return base.but(changes, firms=[group.model_dump() for group in groups], **more)
