"""``longgame show``: the card of a strategy."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from longgame.default_market import DEFAULT
from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Market, screen_width


def show(name: str, /, *, scenario: Annotated[str, Parameter(metavar="FILE_OR_NAME")] = DEFAULT) -> int:
    """Print a card.

    Parameters
    ----------
    name : str
        A strategy from `longgame list` or of the scenario, or a file of your own (.toml or .py).
    scenario : str
        Scenario file with more strategies.
    """
    from longgame.experiments.design.entrants import declared
    from longgame.experiments.studies import cards, cards_page
    from longgame.sim.library import STRATEGIES

    names, known = declared([name], "show", Market(scenario).load().scenario)
    found = cards.load() if any(one in STRATEGIES for one in names) else None
    played = {one for by in found.traits.values() for one in by} if found else set()  # one may be newer
    measured = {one: found if one in STRATEGIES and one in played else None for one in names}
    print("\n\n".join(cards_page.card(known.strategy(one), measured[one], screen_width()) for one in names))
    return DONE
