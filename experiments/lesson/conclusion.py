"""The conclusion of the page: sentences and tables made from its runs, and the limits of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from longgame.experiments.design.arms import HERD, SEPARATE, SHARED, Arm
from longgame.experiments.inference.effects import fewest
from longgame.experiments.lesson import parts
from longgame.experiments.lesson.grid import CONDUCTS, CONTRASTS, DIALS, Contrast, Point, at, default_point, key, points
from longgame.experiments.lesson.race import UNIT, as_shown
from longgame.experiments.measures.kept import horizons
from longgame.experiments.measures.totals import crossover_month
from longgame.experiments.words import capital, listed, named, years
from longgame.sim.columns import DEAL, OUTCOMES
from longgame.sim.scenario import Scenario

#: Limits of the model, in the words of the page.
LEFT_OUT = (
    "Salespeople here follow fixed habits. They do not plan, bargain or learn.",
    "Customers do not compare two offers side by side, and they have no budget.",
    "Prices do not follow the competition. The price level is a habit of the seller.",
    "Each need is met by one product, and a customer has at most one need a month. There is no stock, no "
    "advertising and no season.",
    "Sales forces that lose money stay in business here.",
    "Most numbers of the model are assumed. A result here is no proof: it is a reason to check your own order book.",
)

#: Titles of the two kinds of market.
WHERE = {SEPARATE: "Each in a market of its own", SHARED: "All in one market"}

#: The words where no side is clearly ahead.
UNCLEAR = "no clear difference"


def money(amount: float) -> str:
    """Write an amount with its sign.

    Examples
    --------
    >>> money(-1234.5)
    '−1,234'
    """
    return f"{round(amount):,}".replace("-", "−")


def ahead(contrast: Contrast, effect: Mapping[str, Any]) -> list[str]:
    """Return the cells of a row: the side that is ahead, by how much, and the 95% interval of that amount.

    Examples
    --------
    >>> ahead(CONTRASTS[0], {"value": -1200, "low": -1500, "high": -1000, "sign": -1, "n": 8})
    ['adversarial singletons', '1,200', '1,000 to 1,500']
    """
    low, high, amount = effect["low"], effect["high"], effect["value"]
    if low is None:
        return [_too_few(effect), "", ""]
    if not effect["sign"]:
        return [UNCLEAR, "", f"{money(low)} to {money(high)}"]
    winner = contrast.left
    if effect["sign"] < 0:
        winner, amount, low, high = contrast.right, -amount, -high, -low
    return [named(winner), money(amount), f"{money(low)} to {money(high)}"]


def _too_few(effect: Mapping[str, Any]) -> str:
    """Return the words for an effect without an interval."""
    return f"too few runs: {effect['n']} of {fewest()} needed"


def overtaking(contrast: Contrast, arms: Mapping[str, Any]) -> str:
    """Return since when the winner's median has been ahead, where that is not since the first month."""
    left, right = (arms[arm.name]["median"] for arm in (contrast.left, contrast.right))
    for ours, theirs, arm in ((left, right, contrast.left), (right, left, contrast.right)):
        month = crossover_month(ours, theirs)
        if month is not None and month > 1:
            return f"By the medians {named(arm)} were ahead for good from month {month}."
    return ""


def at_default(scenario: Scenario, cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the results with every dial at its default: one for each contrast and kind of market."""
    cell = cells[key(default_point(scenario))]
    return [result(cell, contrast, setting, scenario.months) for contrast in CONTRASTS for setting in WHERE]


def result(cell: Mapping[str, Any], contrast: Contrast, setting: str, months: int) -> dict[str, Any]:
    """Return the result of one contrast in one kind of market, at the first horizon and at the end.

    Returns
    -------
    dict
        ``contrast`` and ``where``; ``ahead``, rows of cells under `AHEAD`; ``overtaking``, a sentence or
        nothing; ``differed``, rows of cells under `DIFFERED`.
    """
    effects, arms = cell["differences"][setting][contrast.key], cell["arms"][setting]
    ends = dict.fromkeys((horizons(months)[0], months))
    clear = effects[str(months)]["sign"]  # else no side is clearly ahead, whatever the medians do
    return {
        "contrast": contrast.key,
        "where": setting,
        "ahead": [[years(end), *ahead(contrast, effects[str(end)])] for end in ends],
        "overtaking": overtaking(contrast, arms) if clear else "",
        "differed": differed(contrast, arms, str(months)),
    }


#: Heads of the tables of a `result`.
AHEAD = ("After", "Ahead", "By, for each salesperson", "95% interval")
DIFFERED = ("", "Revenue from earlier customers", "Deals in which both win", "Turned away for lack of time")


def differed(contrast: Contrast, arms: Mapping[str, Any], months: str) -> list[list[str]]:
    """Return a row of shares for either arm: revenue of clients who come back, fair deals, and lost visitors."""
    rows = []
    for arm in (contrast.left, contrast.right):
        shares = dict(zip(OUTCOMES, arms[arm.name]["exchanges"][months], strict=True))
        deals = sum(shares[kind] for kind in DEAL)
        both = 100 * (shares["win_win"] + shares["win_win_win"]) / deals if deals else 0.0
        percents = (arms[arm.name]["repeat"][months], both, shares["turned_away"])
        rows.append([named(arm), *(f"{percent:.0f}%" for percent in percents)])
    return rows


def taken_apart(scenario: Scenario, paths: pd.DataFrame) -> dict[str, Any]:
    """Return by name of the herd a sentence on its most useful parts, and rows of cells under `APART`.

    Parameters
    ----------
    scenario : Scenario
    paths : pandas.DataFrame
        `measures.paths` at the default point, of the markets of `parts.arms` too.
    """
    found = {}
    for conduct in CONDUCTS:
        brings = [(p, as_shown(e)) for p, e in parts.worth(scenario, paths, conduct, UNIT)]
        owed = [part.words for part, effect in brings if effect["sign"] > 0]
        herd = f"{'an' if conduct[0] in 'aeiou' else 'a'} {conduct} herd"
        found[Arm(conduct, HERD).name] = {
            "short": (
                f"{capital(herd)} owes most to {', then to '.join(owed[:2])}."
                if owed
                else f"No single part of {herd} clearly brings it anything."
            ),
            "each": [[part.words, *_missing(effect)] for part, effect in brings],
        }
    return found


#: Heads of the table of a herd taken apart.
APART = ("Without", "Each salesperson earns", "95% interval")


def _missing(effect: Mapping[str, Any]) -> list[str]:
    """Return the cells of a row: how much less is earned without a part that brings an effect."""
    low, high, amount = effect["low"], effect["high"], effect["value"]
    if low is None:
        return [_too_few(effect), ""]
    if low == high == 0:
        return ["exactly as much", ""]
    if not effect["sign"]:
        return [UNCLEAR, f"{money(-low)} more to {money(high)} less"]
    word = "less"
    if effect["sign"] < 0:
        word, amount, low, high = "more", -amount, -high, -low
    return [f"{money(amount)} {word}", f"{money(low)} to {money(high)} {word}"]


def over_grid(scenario: Scenario, cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the number of points at which either side was clearly ahead at the end, and those of the right side."""
    last = str(scenario.months)
    found = []
    for contrast in CONTRASTS:
        for setting in WHERE:
            signs = {p: cells[key(p)]["differences"][setting][contrast.key][last]["sign"] for p in points(scenario)}
            wins, losses = (sum(sign == side for sign in signs.values()) for side in (1, -1))
            unclear = len(signs) - wins - losses
            found.append(
                {
                    "contrast": contrast.key,
                    "where": setting,
                    "text": (
                        f"The dials have {len(signs)} settings. After {years(scenario.months)} "
                        f"{named(contrast.left)} were clearly ahead in {wins}, {named(contrast.right)} in "
                        f"{losses}, and neither in {unclear}."
                    ),
                    "against": [in_words(scenario, point) for point, sign in signs.items() if sign < 0],
                }
            )
    return found


def in_short(scenario: Scenario, cells: Mapping[str, Any]) -> list[str]:
    """Return the answer to each of the two questions, from all comparisons at the default dials."""
    cell, ends = cells[key(default_point(scenario))], (horizons(scenario.months)[0], scenario.months)
    questions = (
        (
            "Herd or singleton?",
            "two ways of selling",
            ("the herd", "the singleton"),
            [c for c in CONTRASTS if c.left.strategy_name == c.right.strategy_name],
        ),
        (
            "Collaborative or adversarial?",
            "sellers alone and in herds",
            ("the collaborative side", "the adversarial side"),
            [c for c in CONTRASTS if c.left.organisation == c.right.organisation],
        ),
    )
    return [
        f"{question} There are {len(contrasts) * len(WHERE)} comparisons: {kinds}, in one market and in markets of "
        f"their own. {' '.join(_tally(cell, contrasts, sides, end) for end in ends)}"
        for question, kinds, sides, contrasts in questions
    ]


def _tally(cell: Mapping[str, Any], contrasts: Sequence[Contrast], sides: tuple[str, str], months: int) -> str:
    """Return a sentence that counts the sides that were clearly ahead at one horizon."""
    signs = [cell["differences"][setting][c.key][str(months)]["sign"] for c in contrasts for setting in WHERE]
    counts = zip((*sides, "neither"), (signs.count(1), signs.count(-1), signs.count(0)), strict=True)
    (first, most), *others = [(side, n) for side, n in counts if n]
    where = listed([f"in {most}", *(f"{side} in {n}" for side, n in others)]) if others else "in all of them"
    return f"After {years(months)} {first} was clearly ahead {where}."


def in_words(scenario: Scenario, point: Point) -> str:
    """Write a setting of the dials."""
    return "; ".join(
        f"{dial.title.lower()}: {dial.words(dial.levels(scenario)[level])}"
        for dial, level in zip(DIALS, point, strict=True)
    )


def losing(cells: Mapping[str, Any]) -> str:
    """Return the number of groups on the page that end with a loss: a reason to read differences, not amounts."""
    ends = [arm["median"][-1] for cell in cells.values() for arms in cell["arms"].values() for arm in arms.values()]
    count = sum(end < 0 for end in ends)
    return (
        f"After wages and all costs, {count} of the {len(ends)} groups on this page end with a loss. Compare the two "
        "sides, not the amounts."
    )


def words() -> dict[str, Any]:
    """Return the words that no run changes: titles, heads of tables, and the limits of the model."""
    return {"where": WHERE, "heads": {"ahead": AHEAD, "differed": DIFFERED, "apart": APART}, "left_out": LEFT_OUT}


def data(scenario: Scenario, cells: Mapping[str, Any], usual: pd.DataFrame, seeds: int) -> dict[str, Any]:
    """Return the conclusion as the page reads it, with the `usual` paths: those at the default dials."""
    apart = taken_apart(scenario, usual)
    people = {at(scenario, point).customers.count for point in points(scenario)}
    return {
        **words(),
        "short": [
            *in_short(scenario, cells),
            " ".join(
                ["Why the herd?", *(one["short"] for one in apart.values()), "The parts overlap: do not add them up."]
            ),
        ],
        "apart": {herd: one["each"] for herd, one in apart.items()},
        "default": at_default(scenario, cells),
        "grid": over_grid(scenario, cells),
        "losing": losing(cells),
        "left_out": [*LEFT_OUT, losing(cells)],
        "made_from": (
            f"Every market was run {seeds} times for {years(scenario.months)}, with {min(people):,} to "
            f"{max(people):,} customers. A side is “clearly ahead” where the 95% interval of the paired difference "
            "excludes zero. There are many settings: in a few of them a side is clearly ahead by luck alone."
        ),
    }
