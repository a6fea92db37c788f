"""What the page concludes: sentences made from the runs on the page, and what the model leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from longgame.experiments.design.arms import HERD, SEPARATE, SHARED, Arm
from longgame.experiments.inference.effects import fewest
from longgame.experiments.lesson import parts
from longgame.experiments.lesson.grid import CONDUCTS, CONTRASTS, DIALS, Contrast, at, default_setting, key, settings
from longgame.experiments.lesson.race import UNIT, as_shown
from longgame.experiments.measures.kept import crossover_month, horizons
from longgame.experiments.words import named, years
from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.scenario import Scenario

#: What the reader has to bear in mind; README.md, "What the model leaves out", in the words of the page.
LEFT_OUT = (
    "Salespeople here follow fixed habits. They do not plan, bargain or learn.",
    "Customers do not put two offers side by side, and have no budget.",
    "Prices do not follow the competition: how dear one sells is part of one's habit.",
    "One product for each need, one need a month at most; no stock, no advertising, no season.",
    "Sales forces that lose money stay in business here.",
    "Most numbers of the model are assumed. What holds here is a reason to look in your own order book, not proof.",
)

#: How the two kinds of market are called in a sentence.
WHERE = {SEPARATE: "Each in a market of its own", SHARED: "All in one market"}


def money(amount: float) -> str:
    """Write an amount with its sign.

    Examples
    --------
    >>> money(-1234.5)
    '−1,234'
    """
    return f"{round(amount):,}".replace("-", "−")


def ahead(contrast: Contrast, effect: Mapping[str, Any]) -> str:
    """Say who was ahead by how much, or that it is not clear."""
    low, high, amount = effect["low"], effect["high"], effect["value"]
    if low is None:
        return _too_few(effect)
    winner = contrast.left
    if effect["sign"] < 0:
        winner, amount, low, high = contrast.right, -amount, -high, -low
    interval = f"(95% interval {money(low)} to {money(high)})"
    if not effect["sign"]:
        return f"no clear difference {interval}"
    return f"{named(winner)} ahead by {money(amount)} for each salesperson {interval}"


def _too_few(effect: Mapping[str, Any]) -> str:
    """Say that an effect has no interval, and how many runs would give one."""
    return f"too few runs to tell ({effect['n']}; {fewest()} are needed)"


def overtaking(contrast: Contrast, arms: Mapping[str, Any]) -> str:
    """Say from when on the winner's median stayed ahead, where that was not so from the first month."""
    left, right = (arms[arm.name]["median"] for arm in (contrast.left, contrast.right))
    for ours, theirs, arm in ((left, right, contrast.left), (right, left, contrast.right)):
        month = crossover_month(ours, theirs)
        if month is not None and month > 1:
            return f"By the medians {named(arm)} were ahead for good from month {month}."
    return ""


def at_default(scenario: Scenario, cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what came out with every dial at its default: one entry per contrast and kind of market."""
    cell = cells[key(default_setting(scenario))]
    return [came_out(cell, contrast, market, scenario.months) for contrast in CONTRASTS for market in WHERE]


def came_out(cell: Mapping[str, Any], contrast: Contrast, market: str, months: int) -> dict[str, Any]:
    """Return what came out of one contrast in one kind of market, at the first horizon and at the end."""
    effects, arms = cell["differences"][market][contrast.key], cell["arms"][market]
    ends = dict.fromkeys((horizons(months)[0], months))
    texts = [f"After {years(end)}: {ahead(contrast, effects[str(end)])}." for end in ends]
    if effects[str(months)]["sign"]:  # else it is not clear who is ahead, whatever the medians do
        texts.append(overtaking(contrast, arms))
    return {
        "contrast": contrast.key,
        "where": market,
        "text": " ".join(filter(None, texts)),
        "differed": differed(contrast, arms, str(months)),
    }


def differed(contrast: Contrast, arms: Mapping[str, Any], months: str) -> list[str]:
    """Say what else differed between two arms: clients who come back, who won, and who found no time."""
    said = []
    for arm in (contrast.left, contrast.right):
        shares = dict(zip(OUTCOMES, arms[arm.name]["exchanges"][months], strict=True))
        deals = sum(shares[kind] for kind in DEAL)
        both = 100 * (shares["win_win"] + shares["win_win_win"]) / deals if deals else 0.0
        repeat, turned_away = arms[arm.name]["repeat"][months], shares["turned_away"]
        said.append(
            f"{named(arm).capitalize()}: {repeat:.0f}% of the revenue from customers who had bought "
            f"before, both sides won in {both:.0f}% of the deals, no time for {turned_away:.0f}% of those "
            "who came."
        )
    return said


def taken_apart(scenario: Scenario, paths: pd.DataFrame) -> dict[str, Any]:
    """Return by name of the herd what it lives by: in short, and what every part of it brings.

    Parameters
    ----------
    scenario : Scenario
    paths : pandas.DataFrame
        `measures.paths` at the default setting, of the markets of `parts.arms` too.
    """
    said = {}
    for conduct in CONDUCTS:
        brings = [(p, as_shown(e)) for p, e in parts.worth(scenario, paths, conduct, UNIT)]
        owed = [f"{p.words} (without it {money(e['value'])} less)" for p, e in brings if e["sign"] > 0]
        herd = f"{'an' if conduct[0] in 'aeiou' else 'a'} {conduct} herd"
        said[Arm(conduct, HERD).name] = {
            "short": (
                f"{herd} owes most to {', then to '.join(owed[:2])}"
                if owed
                else f"no single part of what {herd} does together clearly brings it anything"
            ),
            "each": [f"Without {p.words}: {_missing(e)}." for p, e in brings],
        }
    return said


def _missing(effect: Mapping[str, Any]) -> str:
    """Say how much less is made without a part that brings an effect."""
    low, high, amount = effect["low"], effect["high"], effect["value"]
    if low is None:
        return _too_few(effect)
    if low == high == 0:
        return "no difference at all"
    word = "less"
    if effect["sign"] < 0:
        word, amount, low, high = "more", -amount, -high, -low
    interval = f"95% interval {money(low)} to {money(high)} {word}"
    return f"{money(amount)} {word} ({interval})" if effect["sign"] else f"no clear difference ({interval})"


def over_grid(scenario: Scenario, cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return in how many settings either side was clearly ahead at the end, and where the right one was."""
    last = str(scenario.months)
    found = []
    for contrast in CONTRASTS:
        for market in WHERE:
            signs = {s: cells[key(s)]["differences"][market][contrast.key][last]["sign"] for s in settings(scenario)}
            wins, losses = (sum(sign == side for sign in signs.values()) for side in (1, -1))
            unclear = len(signs) - wins - losses
            found.append(
                {
                    "contrast": contrast.key,
                    "where": market,
                    "text": (
                        f"In {len(signs)} settings of the dials, after {years(scenario.months)}: "
                        f"{named(contrast.left)} clearly ahead in {wins}, {named(contrast.right)} in "
                        f"{losses}, not clear in {unclear}."
                    ),
                    "against": [in_words(scenario, s) for s, sign in signs.items() if sign < 0],
                }
            )
    return found


def in_short(scenario: Scenario, cells: Mapping[str, Any]) -> list[str]:
    """Return the answer to each of the two questions, from all comparisons at the default dials."""
    cell = cells[key(default_setting(scenario))]
    first, last = horizons(scenario.months)[0], scenario.months
    asked = (
        (
            "Herd or singleton?",
            "either way of selling",
            ("the herd", "the singleton"),
            [c for c in CONTRASTS if c.left.strategy_name == c.right.strategy_name],
        ),
        (
            "Collaborative or adversarial?",
            "alone and in herds",
            ("the collaborative side", "the adversarial side"),
            [c for c in CONTRASTS if c.left.organisation == c.right.organisation],
        ),
    )
    return [
        f"{question} In {len(contrasts) * len(WHERE)} comparisons ({kinds}, in one market and in markets of "
        "their own) clearly ahead "
        + "; ".join(_tally(cell, contrasts, sides, months) for months in (first, last))
        + "."
        for question, kinds, sides, contrasts in asked
    ]


def _tally(cell: Mapping[str, Any], contrasts: Sequence[Contrast], sides: tuple[str, str], months: int) -> str:
    """Count who was clearly ahead at one horizon."""
    signs = [cell["differences"][market][c.key][str(months)]["sign"] for c in contrasts for market in WHERE]
    counts = zip((*sides, "neither"), (signs.count(1), signs.count(-1), signs.count(0)), strict=True)
    ahead = [(who, n) for who, n in counts if n]
    said = ", ".join(f"{who} in {n}" for who, n in ahead) if len(ahead) > 1 else f"{ahead[0][0]} in all"
    return f"after {years(months)}: {said}"


def in_words(scenario: Scenario, setting: tuple[int, ...]) -> str:
    """Say a setting of the dials."""
    return "; ".join(
        f"{dial.title.lower()}: {dial.say(dial.levels(scenario)[level])}"
        for dial, level in zip(DIALS, setting, strict=True)
    )


def losing(cells: Mapping[str, Any]) -> str:
    """Say how many groups on the page end with a loss: a reason to read differences, not amounts."""
    ends = [arm["median"][-1] for cell in cells.values() for arms in cell["arms"].values() for arm in arms.values()]
    count = sum(end < 0 for end in ends)
    return (
        f"After wages and all costs, {count} of the {len(ends)} groups on this page end with a loss: compare "
        "two sides, do not read the amounts."
    )


def data(scenario: Scenario, cells: Mapping[str, Any], usual: pd.DataFrame, seeds: int) -> dict[str, Any]:
    """Return the conclusion as the page reads it, with the `usual` paths: those at the default dials."""
    apart = taken_apart(scenario, usual)
    people = {at(scenario, s).customers.count for s in settings(scenario)}
    return {
        "short": [
            *in_short(scenario, cells),
            f"Why the herd? Over {years(scenario.months)}, for each salesperson: "
            + "; ".join(one["short"] for one in apart.values())
            + ". These overlap: do not add them up.",
        ],
        "apart": {herd: one["each"] for herd, one in apart.items()},
        "where": WHERE,
        "default": at_default(scenario, cells),
        "grid": over_grid(scenario, cells),
        "losing": losing(cells),
        "left_out": [*LEFT_OUT, losing(cells)],
        "made_from": (
            f"{seeds} runs of every market, {min(people):,} to {max(people):,} customers, "
            f"{years(scenario.months)}. “Clearly ahead” means that the 95% interval of the paired difference "
            "excludes zero. With many settings looked at, a few will come out clear by luck alone."
        ),
    }
