"""The empirical patterns in words: on the terminal, and as the table of a document."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from longgame.experiments.runs.provenance import made_by
from longgame.experiments.tables import markdown_table, text_table
from longgame.experiments.words import number

#: Why a pattern that is not met may not be met; written when the results were there.
WHY: dict[str, str] = {
    "honesty and early sales": (
        "In the library honesty does not vary alone: the least honest also save the hours of discovery and so"
        " meet more strangers, and two that sell below cost overpromise a little."
    ),
    "inverted U of effort": (
        "Sales only fall, most steeply at first, so the quadratic bends up at the end. Hours of discovery and "
        "advice come out of prospecting at once. That attention pleases and cuts the offer to the need does not "
        "make up for them, so the rising branch is missing."
    ),
    "first bad word": (
        "A story reaches one listener, who discounts it and may never have bought from this seller; there is "
        "no public record as on an auction site. What it costs is lost in the noise of three deals a month."
    ),
    "word of mouth": (
        "Most bad stories come from people who bought nothing: every declined pitch under pressure is an "
        "experience that may be told, and half the sellers push. Of the deals more are good experiences than "
        "bad ones."
    ),
    "repurchase after a problem": (
        "Complaining does nothing for customers unless it is heeded, and those whose complaint came to "
        "nothing are mostly customers of sellers who do not care. There is no speed of repair: a team that "
        "solves before anybody complains stands in for it, and it leaves the hassle. And whether customers "
        "return hangs more on who sells than on how a problem ended: of those without any problem hardly more"
        " return."
    ),
    "worth of reputation": (
        "Full trust is more than any seller enjoys. Trust as clients give it is nearer to the source, which "
        "is of buyers at a distance."
    ),
    "loss by leavers": (
        "Each person sells a speciality of their own, and it leaves with them: customers who had found what fits "
        "are given to somebody who fits them no better than anybody. Where all of a herd sell one product that "
        "loss is gone, and more is kept than was published. A real successor sells what the firm sells, or most "
        "of it."
    ),
    "salespeople remembered": (
        "Customers approach somebody about once a year, and salespeople stay for two or three years, so most "
        "places in memory stand empty. The source is of brands of things bought often."
    ),
}


def about(command: Sequence[str], seeds: int) -> dict[str, Any]:
    """Return what is needed to make the table again."""
    return {**made_by(" ".join(command)), "seeds": seeds}


def interval_of(row: Mapping[Any, Any]) -> str:
    """Write the interval of a row."""
    low, high = float(row["low"]), float(row["high"])
    return "–" if math.isnan(low) else f"{number(low)} to {number(high)}"


def terminal(df: pd.DataFrame) -> str:
    """Return the table for a screen."""
    rows = [
        (row["pattern"], row["case"], row["expected"], number(row["value"]), interval_of(row), row["outcome"])
        for row in df.to_dict("records")
    ]
    return text_table([("pattern", "number", "expected", "found", "95% interval", ""), *rows], right=[3])


def summary(df: pd.DataFrame) -> str:
    """Say how many numbers are as expected.

    Examples
    --------
    >>> summary(pd.DataFrame({"outcome": ["pass", "FAIL", "pass", "input"]}))
    '2 of 3 as expected, 1 not, 0 unclear'
    """
    count = df["outcome"].value_counts()
    met, missed, open_ = (int(count.get(word, 0)) for word in ("pass", "FAIL", "unclear"))
    return f"{met} of {met + missed + open_} as expected, {missed} not, {open_} unclear"


# -- the table in a document --------------------------------------------------------------------------


def markdown(df: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Return the table, what made it, and why what is not met may not be met, as Markdown."""
    heads = ("pattern", "number", "market", "source", "expected", "found", "interval", "")
    rows = []
    for row in df.to_dict("records"):
        case = f"`{row['case']}`" if row["outcome"] == "input" else row["case"]
        unit = f" ({row['unit']})" if row["unit"] else ""
        cells = (
            row["pattern"],
            case + unit,
            row["market"],
            row["source"],
            row["expected"],
            number(row["value"]),
            interval_of(row),
            row["outcome"],
        )
        rows.append(cells)
    unmet = dict.fromkeys(df.loc[df["outcome"].isin(["FAIL", "unclear"]), "pattern"])
    reasons = [f"* *{name}:* {WHY.get(name, 'not looked into yet.')}" for name in unmet]
    made = (
        f"{summary(df)}. Made by `longgame patterns --seeds {about['seeds']}` with model version "
        f"{about['model']}, {about['seeds']} seeds of every market; means over seeds with 95 % intervals."
    )
    return (
        "\n".join([made, "", markdown_table(heads, rows), "", "Why what is not as expected may not be:", "", *reasons])
        + "\n"
    )
