"""The page of strategy cards, and a card for the screen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from longgame.experiments.studies.cards import (
    MARKETS,
    Measured,
    declared_traits,
    dial_rows,
    duels_line,
    fails,
    in_words,
    library,
    names,
    phases,
    record_line,
    record_rows,
    trait_rows,
)
from longgame.experiments.studies.cards_traits import TRAITS
from longgame.experiments.studies.tournament import LOST, WON
from longgame.experiments.tables import markdown_table, text_table
from longgame.sim.strategy import Strategy

#: Heads of the table of traits: each market, and the interval of the number before.
TRAIT_HEADS = ["measured", *(head for market in MARKETS for head in (market, "interval"))]
#: Heads of the table of the tournament: the place, and the first and last that the runs allow.
RECORD_HEADS = ["event", "place", "at best", "at worst"]


def page(measured: Measured) -> str:
    """Return the whole page as Markdown."""
    about = measured.about
    lines = [
        "# The strategies",
        "",
        "One card for each strategy of the library. Rules, origins and weaknesses are what `sim/library/` "
        "declares; the rest was measured. `longgame show NAME` prints a card.",
        "",
        "Made by `python docs/generate.py`; measured by",
        f"`{about['command']}` (model version {about['model']}, {about['seeds']['traits']} seeds for traits, "
        f"{about['seeds']['tournament']} for the tournament, singletons in the default market, means with "
        "95% intervals). What was measured stands in `experiments/studies/cards.json`.",
        "",
        "What was measured of each, "
        + " and ".join(f"*{short}*, that is {words}" for short, words in MARKETS.items())
        + ":",
        "",
        *(f"* **{words}** ({unit}): {meaning}." for words, unit, meaning in TRAITS.values()),
        "",
        "The tournament has five events: duels for half of a market, a tenth of a rival's market, nine tenths of "
        "one, nobody else, and all together. A place has the best and the worst beside it that the runs allow.",
        "",
        "Strategies: " + ", ".join(f"[{s.name}](#{s.name})" for s in library()) + ".",
        "",
    ]
    for strategy in library():
        lines += section(strategy, measured)
    return "\n".join(lines).rstrip() + "\n"


def section(strategy: Strategy, measured: Measured) -> list[str]:
    """Return the card of one strategy as Markdown, line by line."""
    name = strategy.name
    lines = [f"## {name}", "", strategy.description, "", f"*Origin:* {strategy.origin}", ""]
    lines += [f"* With {phase}: {in_words(conduct)}." for phase, conduct in phases(strategy).items()]
    if strategy.skill != 1:
        lines.append(f"* Skill: {strategy.skill:g} times that of others.")
    lines += [f"* Traits by its dials: {declared_traits(strategy)}.", ""]
    heads, rows = dial_rows(strategy)
    lines += [markdown_table(heads, [[f"`{r[0]}`", *r[1:]] for r in rows]), ""]
    lines += [markdown_table(TRAIT_HEADS, trait_rows(measured, name)), ""]
    lines += [f"*Tournament:* {duels_line(measured, name)}", ""]
    lines += [markdown_table(RECORD_HEADS, record_rows(measured, name)), ""]
    lines += [
        f"*Beats:* {names(measured.result(name, WON))}.",
        "",
        f"*Is beaten by:* {names(measured.result(name, LOST))}.",
        "",
        f"*Fails:* {fails(strategy, measured)}",
        "",
    ]
    return lines


def card(strategy: Strategy, measured: Measured | None, width: int) -> str:
    """Return a card for the screen.

    Parameters
    ----------
    strategy : Strategy
    measured : Measured or None
        None for a strategy that was not measured: then only what it declares is shown.
    width : int
        Of the screen.
    """

    def fill(head: str, text: str) -> str:
        return textwrap.fill(f"{head}{text}", width, subsequent_indent="  ", break_on_hyphens=False)

    lines = [fill(f"{strategy.name}: ", strategy.description), "", fill("Origin: ", strategy.origin)]
    if strategy.code is not None:
        lines.append(fill("Code: ", f"class {strategy.code.name} decides each encounter, from the following on."))
    lines += [fill(f"With {p}: ", f"{in_words(c)}.") for p, c in phases(strategy).items()]
    if strategy.skill != 1:
        lines.append(f"Skill: {strategy.skill:g} times that of others.")
    lines += [fill("Traits by its dials: ", f"{declared_traits(strategy)}."), "", _table(*dial_rows(strategy))]
    if measured is None:
        return "\n".join([*lines, "", fill("Weakness: ", strategy.weakness)])
    name, about = strategy.name, measured.about
    lines += ["", _table(TRAIT_HEADS, trait_rows(measured, name)), ""]
    lines += [
        fill("Tournament: ", f"{record_line(measured, name)}."),
        fill("Beats: ", f"{names(measured.result(name, WON))}."),
        fill("Is beaten by: ", f"{names(measured.result(name, LOST))}."),
        fill("Fails: ", fails(strategy, measured)),
        "",
        fill(
            "Measured by: ",
            f"{about['command']} (model version {about['model']}, "
            f"{about['seeds']['traits']} and {about['seeds']['tournament']} seeds, means, 95% intervals).",
        ),
    ]
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table for the screen, a little to the right."""
    return text_table([heads, *rows], indent="  ")
