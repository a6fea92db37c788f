"""``longgame list``: every name that the other commands take."""

from __future__ import annotations

import textwrap

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.found import studies
from longgame.experiments.cli.options import screen_width
from longgame.experiments.tables import text_table


def names() -> int:
    """Print every name that the other commands take."""
    from longgame.experiments import claims
    from longgame.sim.configurations import DESCRIPTIONS
    from longgame.sim.library import STRATEGIES

    told = {name: claims.headline(name) for name in claims.names()}
    _print("Experiments (longgame run NAME)", told | studies())
    _print("Strategies", {name: s.description for name, s in STRATEGIES.items()})
    _print("Configurations (--scenario NAME)", DESCRIPTIONS)
    return DONE


def _print(title: str, lines: dict[str, str]) -> None:
    """Print names and their lines in two columns."""
    room = screen_width() - max(map(len, lines)) - 4
    rows = [(name, textwrap.fill(text, room)) for name, text in lines.items()]
    print(f"{title}\n{text_table(rows, indent='  ')}\n")
